//! Messages: the occasion, the values shown, and why one was not sent. Knows
//! neither HTTP nor the database.

pub(crate) mod content;
pub(crate) mod failure;
mod limits;
pub(crate) mod occasion;
