//! Reports: the user's answers on their way to the back end.
//!
//! [`rules::outbox`](crate::rules::outbox) decides; this room does what it says.

pub mod diagnostics;
pub mod sender;
pub mod store;
