//! What follows from what. These modules know no JavaScript: they are tested
//! natively with the types that ship.

pub mod ask;
pub mod failure;
pub mod json_text;
pub mod limit;
pub mod outbox;
pub mod owner;
pub mod popups;
pub mod report_policy;
pub mod secrecy;
pub mod template_cache;
pub mod text;
pub mod verdict;
