//! What a page asks for: templates, popup, settings, previews.
//!
//! Everything up to the popup runs on plain calls and on the host's own
//! callbacks: WeChat opens the popup only within a tap, and a tap does not
//! outlive a promise on every phone. The tasks of this crate keep to that.

pub mod arguments;
pub mod consent;
pub mod cool_down;
pub mod kept;
pub mod outcome;
pub mod popup;
pub mod preview;
pub mod settings;
pub mod templates;
