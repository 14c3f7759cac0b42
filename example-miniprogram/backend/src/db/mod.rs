//! The database. From the ground up: errors and columns, connections, the
//! thread that writes and those that read, the open [`Store`] over both, one
//! file for each table, the ledger of grants and messages over them, and
//! opening a file on top.

pub(crate) mod answers;
mod columns;
mod connection;
mod consents;
pub(crate) mod error;
mod files;
pub(crate) mod grants;
pub(crate) mod hold;
pub(crate) mod ledger;
pub(crate) mod messages;
mod open;
mod pushes;
mod readers;
mod schema;
mod seed;
pub(crate) mod send_keys;
pub(crate) mod store;
pub(crate) mod summary;
pub(crate) mod templates;
mod writer;

#[cfg(doc)]
use store::Store;
