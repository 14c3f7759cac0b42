//! The back end over real HTTP, on a socket and a database of each test's own.

mod answers;
mod codes;
mod database;
mod gateway;
mod grants;
mod members;
mod migration;
// It ends programs by signals.
#[cfg(unix)]
mod program;
mod refusals;
mod sending;
mod support;
mod templates;
mod tokens;
mod unknown;
