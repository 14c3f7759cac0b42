//! WeChat subscription messages done right: from a trigger type to a consent
//! that the back end has.
//!
//! A page calls `asyncSubscribeMessage(type, busNo, extraVariableMap)` of the
//! JavaScript package, which is thin glue over this crate compiled to
//! WebAssembly. Knowledge runs one way:
//!
//! ```text
//! exports → sdk → ask → report → app → host → js → rules, task
//! ```
//!
//! | room | what is in it |
//! |---|---|
//! | [`trigger`] | trigger type ⇄ business scene |
//! | [`contract`] | the two calls to the back end, for a back end in Rust |
//! | [`rules`] | what follows from what: whose a report is, what an answer means, the outbox, what a call may ask |
//! | [`task`] | the executor of the `async` functions, which keeps the tap |
//! | `js` | values of JavaScript, read once at the border |
//! | `host` | `wx`: calls and their answers, storage, timers |
//! | `app` | what the application configures and is told: events, its user, its back end |
//! | `report` | the reports on their way to the back end |
//! | `ask` | what a page asks for: templates, popup, settings, previews |
//! | `sdk` | the SDK of one instance of the module |
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
mod app;
#[cfg(target_arch = "wasm32")]
mod ask;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod js;
#[cfg(target_arch = "wasm32")]
mod report;
#[cfg(target_arch = "wasm32")]
mod sdk;

#[cfg(target_arch = "wasm32")]
pub use sdk::Sdk;
