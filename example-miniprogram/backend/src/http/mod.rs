//! What speaks HTTP. From the ground up: the refusal, what is read from a
//! request, the routes, and serving them on a socket.

mod answers;
mod body;
mod connections;
pub(crate) mod error;
pub(crate) mod hosts;
pub(crate) mod identity;
mod lists;
mod messages;
mod push;
pub(crate) mod router;
pub(crate) mod server;
mod surrogates;
mod validate;
