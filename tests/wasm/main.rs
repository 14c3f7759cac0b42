//! The SDK in WebAssembly, against a fake `wx` that enforces the platform's
//! rules. Runs in headless Node: `cargo test --target wasm32-unknown-unknown`.
#![cfg(target_arch = "wasm32")]

mod answers;
mod failures;
mod fake;
mod headers;
mod limit;
mod open_id;
mod outbox;
mod reports;
mod steps;
mod tap;
mod triggers;
