//! What the page asks for: popup, templates, delivery, settings, previews.
//!
//! Everything up to the popup runs on plain calls and on the host's own
//! callbacks: WeChat opens the popup only within a tap, and a tap does not
//! outlive a promise on every phone. The tasks of this crate keep to that.

mod arguments;
mod backend;
mod config;
mod consent;
mod context;
mod cool_down;
mod delivery;
mod diagnostics;
mod event;
mod identity;
mod journal;
mod kept;
mod learned;
mod outbox_store;
mod outcome;
mod preview;
mod sdk;
mod settings;
mod subscription;
mod templates;
mod waiting;

pub use sdk::Sdk;
