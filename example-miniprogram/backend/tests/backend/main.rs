//! The back end over real HTTP. Each test has its own socket and database.

mod answers;
mod codes;
#[cfg(unix)]
mod connections;
mod contract;
mod database;
#[cfg(unix)]
mod durability;
mod gateway;
mod grants;
#[cfg(unix)]
mod hosts;
mod members;
mod migration;
// Needs signals to end programs.
#[cfg(unix)]
mod program;
#[cfg(unix)]
mod program_sending;
mod push_fixtures;
mod pushes;
mod refusals;
mod send_keys;
mod sending;
mod sessions;
mod summary;
mod support;
mod templates;
mod throughput;
mod tokens;
mod unknown;
mod verdicts;
