//! The back end over real HTTP, on a socket and a database of each test's own.

mod answers;
mod database;
mod members;
// It ends programs by signals.
#[cfg(unix)]
mod program;
mod refusals;
mod support;
mod templates;
