//! The log: one line per event on stderr, never with an `openId`.
//!
//! A separate thread writes, because stderr blocks when its reader stops. When
//! the queue is full, lines are dropped; their number is logged later.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How many lines may wait to be written.
const LONGEST_QUEUE: usize = 1024;

/// How long to wait before the queue is checked again.
const AGAIN: Duration = Duration::from_millis(5);

enum Entry {
    Line(String),
    /// All lines before it are written.
    Mark(SyncSender<()>),
}

struct Log {
    queue: SyncSender<Entry>,
    dropped: AtomicU64,
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let (queue, waiting) = sync_channel(LONGEST_QUEUE);
        // If the thread cannot start, lines are dropped and the server still
        // runs.
        let _ = thread::Builder::new().name("log".to_owned()).spawn(move || write(&waiting));
        Log { queue, dropped: AtomicU64::new(0) }
    })
}

/// Writes one line, soon. It never waits.
pub(crate) fn line(text: Arguments<'_>) {
    let log = log();
    if log.queue.try_send(Entry::Line(format!("{text}\n"))).is_err() {
        log.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits until the lines so far are written, for at most `longest`: call it
/// before the program ends.
pub fn flush_log(longest: Duration) {
    let end = Instant::now() + longest;
    let (mark, written) = sync_channel(1);
    let mut entry = Entry::Mark(mark);
    while let Err(TrySendError::Full(refused)) = log().queue.try_send(entry) {
        if Instant::now() >= end {
            return;
        }
        entry = refused;
        thread::sleep(AGAIN);
    }
    let _ = written.recv_timeout(end.saturating_duration_since(Instant::now()));
}

fn write(waiting: &Receiver<Entry>) {
    for entry in waiting {
        match entry {
            Entry::Line(line) => put(&line),
            Entry::Mark(mark) => {
                let _ = mark.try_send(());
            }
        }
        let dropped = log().dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            put(&format!("{dropped} lines dropped, as nobody read the log\n"));
        }
    }
}

/// A closed stderr is no reason to fail, as it would be for `eprintln!`.
fn put(line: &str) {
    // In one write, as stderr has no buffer and others may write in between.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
