//! What a message is: the occasion it is for, the values it shows, and why one
//! was not sent. Knows neither HTTP nor the database.

pub(crate) mod content;
pub(crate) mod failure;
mod limits;
pub(crate) mod occasion;
