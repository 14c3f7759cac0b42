//! The log: one line an event on stderr, and never an `openId`.

use std::fmt::Arguments;
use std::io::Write;

/// Writes one line. A closed stderr is no reason to fail, as it would be for
/// `eprintln!`.
pub(crate) fn line(text: Arguments<'_>) {
    // In one write, as stderr has no buffer and others may write in between.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
