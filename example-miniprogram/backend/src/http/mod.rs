//! What speaks HTTP. From the ground up: the refusal, what is read from a
//! request, the routes, and serving them on a socket.

pub(crate) mod access_log;
mod answers;
mod body;
pub(crate) mod error;
pub(crate) mod hosts;
mod lists;
mod messages;
pub(crate) mod router;
mod seats;
pub(crate) mod server;
mod surrogates;
mod validate;
