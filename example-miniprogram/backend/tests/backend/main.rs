//! The back end over real HTTP, on a socket and a database of each test's own.

mod answers;
mod codes;
#[cfg(unix)]
mod connections;
mod database;
#[cfg(unix)]
mod durability;
mod gateway;
mod grants;
#[cfg(unix)]
mod hosts;
mod members;
mod migration;
// They end programs by signals.
#[cfg(unix)]
mod program;
#[cfg(unix)]
mod program_sending;
mod refusals;
mod send_keys;
mod sending;
mod support;
mod templates;
mod throughput;
mod tokens;
mod unknown;
mod verdicts;
