//! The log of the program: one line an event on stderr, with its time.

use std::io::{Write, stderr};
use std::thread::sleep;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::LevelFilter;

/// How many lines may wait to be written. Then lines are dropped and counted:
/// stderr blocks when its reader stops, and no request may wait for that.
const LONGEST_QUEUE: usize = 1024;

/// How often [`Log::tell`] tries, 5 ms apart.
const TRIES: u32 = 200;

/// The log; dropping it writes what is left, for at most a second.
pub struct Log {
    dropped: ErrorCounter,
    _worker: WorkerGuard,
}

impl Log {
    /// Starts the log.
    pub fn start() -> Self {
        let (writer, worker) =
            NonBlockingBuilder::default().buffered_lines_limit(LONGEST_QUEUE).finish(stderr());
        let dropped = writer.error_counter();
        tracing_subscriber::fmt()
            .with_writer(writer)
            .with_ansi(false)
            .with_target(false)
            .with_max_level(LevelFilter::INFO)
            .init();
        Self { dropped, _worker: worker }
    }

    /// Before the end: says how many lines are missing. Gives up when nobody
    /// reads the log.
    pub fn end(self) {
        let missing = self.dropped.dropped_lines();
        if missing == 0 {
            return;
        }
        for _ in 0..TRIES {
            let before = self.dropped.dropped_lines();
            tracing::warn!("{missing} lines dropped, as nobody read the log");
            if self.dropped.dropped_lines() == before {
                return;
            }
            sleep(Duration::from_millis(5));
        }
    }
}

/// Says on stderr why the program did not start.
pub fn complain(why: &str) {
    // A closed stderr is no reason to fail, as it would be for `eprintln!`.
    let _ = writeln!(stderr(), "wx-subscribe-backend: {why}");
}
