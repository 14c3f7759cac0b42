//! Work that shares a commit: what one failure does to the others.

use super::*;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::task::Poll;

use tokio::runtime::{Builder, Runtime};

/// A writer over a table `t (n UNIQUE)`.
struct Table {
    writer: Writer,
    folder: PathBuf,
    runtime: Runtime,
}

impl Table {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("backend-writer-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("test.sqlite3");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER UNIQUE)")
            .unwrap();
        let files = Files::of(&path).unwrap();
        let writer = Writer::start(connection, files, 256).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { writer, folder, runtime }
    }

    /// Queues all work before the writer runs, so that it shares a commit;
    /// returns the results.
    fn together(&self, works: Vec<Box<Work>>) -> Vec<Result<(), StoreError>> {
        let (begin, begun) = channel();
        let (go, gone) = channel();
        self.runtime.block_on(async {
            let blocked = self.writer.run(move |_| {
                begin.send(()).unwrap();
                gone.recv().unwrap();
                Ok(())
            });
            let mut blocked = pin!(blocked);
            assert!(now(blocked.as_mut()).await.is_none(), "it waits");
            begun.recv().unwrap();
            let mut running: Vec<_> =
                works.into_iter().map(|work| Box::pin(self.writer.run(work))).collect();
            for work in &mut running {
                assert!(now(work.as_mut()).await.is_none(), "it waits");
            }
            go.send(()).unwrap();
            blocked.await.unwrap();
            let mut results = Vec::new();
            for work in running {
                results.push(work.await);
            }
            results
        })
    }

    fn rows(&self) -> Vec<i64> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare("SELECT n FROM t ORDER BY n")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        self.runtime.block_on(self.writer.run(read)).unwrap()
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

type Work = dyn FnOnce(&Connection) -> Result<(), StoreError> + Send;

/// Polls once; returns the output if it is ready.
async fn now<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

fn insert(numbers: &'static [i64]) -> Box<Work> {
    Box::new(move |connection| {
        for number in numbers {
            connection.execute("INSERT INTO t VALUES (?1)", [number])?;
        }
        Ok(())
    })
}

#[test]
fn work_that_fails_is_undone_and_takes_nothing_from_its_neighbours() {
    let table = Table::new();
    let panics: Box<Work> = Box::new(|connection| {
        connection.execute("INSERT INTO t VALUES (9)", [])?;
        panic!("of this work only")
    });
    let works = vec![insert(&[1]), insert(&[2, 1]), panics, insert(&[3])];
    let results = table.together(works);
    assert!(results[0].is_ok() && results[3].is_ok(), "{results:?}");
    assert!(matches!(results[1], Err(StoreError::Sqlite(_))), "{results:?}");
    assert!(matches!(results[2], Err(StoreError::Stopped)), "{results:?}");
    assert_eq!(table.rows(), [1, 3]);
}

#[test]
fn where_sqlite_rolls_back_everything_nothing_is_answered_as_stored() {
    let table = Table::new();
    let rolls_back: Box<Work> = Box::new(|connection| {
        connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)", [])?;
        Ok(())
    });
    let results = table.together(vec![insert(&[1]), rolls_back, insert(&[3])]);
    assert!(results.iter().all(Result::is_err), "{results:?}");
    assert_eq!(table.rows(), [0; 0]);
    assert!(table.together(vec![insert(&[4])])[0].is_ok());
    assert_eq!(table.rows(), [4]);
}

#[test]
fn more_work_than_can_wait_is_refused_as_busy() {
    let table = Table::new();
    let ((begin, begun), (go, gone)) = (channel(), channel::<()>());
    table.runtime.block_on(async {
        let mut blocked = pin!(table.writer.run(move |_| {
            begin.send(()).unwrap();
            gone.recv().unwrap();
            Ok(())
        }));
        assert!(now(blocked.as_mut()).await.is_none());
        begun.recv().unwrap();
        let mut waiting = Vec::new();
        let refused = loop {
            let mut work = Box::pin(table.writer.run(|_| Ok(())));
            match now(work.as_mut()).await {
                Some(result) => break result,
                None => waiting.push(work),
            }
        };
        assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
        assert_eq!(waiting.len(), LONGEST_QUEUE);
        go.send(()).unwrap();
        blocked.await.unwrap();
        for work in waiting {
            work.await.unwrap();
        }
    });
}

#[test]
fn a_file_that_is_replaced_before_the_commit_ends_has_stored_nothing() {
    let table = Table::new();
    let file = table.folder.join("test.sqlite3");
    let replaced = table.together(vec![Box::new(move |connection| {
        connection.execute("INSERT INTO t VALUES (1)", [])?;
        std::fs::rename(&file, file.with_extension("moved")).unwrap();
        Ok(())
    })]);
    assert!(matches!(replaced[0], Err(StoreError::Replaced)), "{replaced:?}");
}
