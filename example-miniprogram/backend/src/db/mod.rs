//! The database. From the ground up: errors and columns, the open [`Store`],
//! one file for each table, the ledger of grants and messages over them, and
//! opening a file on top.

pub(crate) mod answers;
mod columns;
pub(crate) mod error;
pub(crate) mod grants;
pub(crate) mod ledger;
pub(crate) mod messages;
mod open;
mod schema;
mod seed;
mod seed_fields;
pub(crate) mod store;
pub(crate) mod templates;

#[cfg(doc)]
use store::Store;
