//! What speaks to WeChat: a connection, the two calls, the access token, and
//! the sender, which spends the grants of the database.

pub(crate) mod api_url;
pub(crate) mod client;
mod connection;
pub(crate) mod notice;
pub(crate) mod sender;
mod token;
