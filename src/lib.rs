//! WeChat subscription messages done right: from a trigger type to a consent
//! that the back end has.
//!
//! A page calls `asyncSubscribeMessage(type, busNo, extraVariableMap)` of the
//! JavaScript package, which is thin glue over this crate compiled to
//! WebAssembly. Knowledge runs one way:
//!
//! ```text
//! exports → flow → host → js → rules, task
//! ```
//!
//! | room | what is in it |
//! |---|---|
//! | [`trigger`] | trigger type ⇄ business scene |
//! | [`contract`] | the two calls to the back end, for a back end in Rust |
//! | [`rules`] | what follows from what: verdicts, errors, the outbox, limits, what a tap would do |
//! | [`task`] | the executor of the `async` functions, which keeps the tap |
//! | `js` | values of JavaScript, read once at the border |
//! | `host` | `wx`: calls and their answers, storage, timers |
//! | `flow` | what the page asks for: popup, templates, delivery, settings, previews |
//! | `exports` | what JavaScript sees of the module |
//!
//! The first four know neither JavaScript nor WeChat: they build and are tested
//! on any machine. The rest exists on wasm32 only.

#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

extern crate alloc;

pub mod contract;
pub mod rules;
pub mod task;
pub mod trigger;

#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
mod flow;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod js;

#[cfg(target_arch = "wasm32")]
pub use flow::Sdk;
