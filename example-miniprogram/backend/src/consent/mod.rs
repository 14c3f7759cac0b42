//! What two witnesses say of a user's consents: the page's reports, and the
//! events that WeChat pushes. Pure: it knows no database and no clock.

pub(crate) mod pairing;
#[cfg(test)]
mod pairing_tests;
