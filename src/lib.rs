//! WeChat subscription messages done right: from a trigger type to a consent
//! that the back end has.
//!
//! A page calls `asyncSubscribeMessage(type, busNo, extraVariableMap)` of the
//! JavaScript package, which is thin glue over this crate compiled to
//! WebAssembly. Data flows one way:
//!
//! ```text
//! page → js-glue → js → subscriber → backend, reports → host → wx
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`trigger`] | trigger type ⇄ business scene |
//! | [`consent`] | the popup's answer → accepted, rejected and the rest |
//! | [`failure`] | errCode and errMsg → kind, message, retryable |
//! | [`contract`] | the two calls to the back end, for both of its ends |
//! | [`templates`] | template ids fetched ahead of a tap |
//! | [`outbox`] | which report goes next, and when |
//! | [`text`] | what is asked about a text, wherever it is |
//!
//! These know neither JavaScript nor WeChat: they build and are tested on any
//! host, and a back end in Rust uses [`contract`] as it is. The rest, from
//! `foreign` to `js`, exists on wasm32 only.

#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

extern crate alloc;

pub mod consent;
pub mod contract;
pub mod failure;
pub mod outbox;
pub mod templates;
pub mod text;
pub mod trigger;

#[cfg(target_arch = "wasm32")]
mod backend;
#[cfg(target_arch = "wasm32")]
mod config;
#[cfg(target_arch = "wasm32")]
mod env;
#[cfg(target_arch = "wasm32")]
mod event;
#[cfg(target_arch = "wasm32")]
mod foreign;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod ids;
#[cfg(target_arch = "wasm32")]
pub mod js;
#[cfg(target_arch = "wasm32")]
mod offers;
#[cfg(target_arch = "wasm32")]
mod outcome;
#[cfg(target_arch = "wasm32")]
mod reports;
#[cfg(target_arch = "wasm32")]
mod settings;
#[cfg(any(target_arch = "wasm32", test))]
mod slot;
#[cfg(target_arch = "wasm32")]
mod store;
#[cfg(target_arch = "wasm32")]
pub mod subscriber;
#[cfg(target_arch = "wasm32")]
mod words;
#[cfg(target_arch = "wasm32")]
mod writer;
