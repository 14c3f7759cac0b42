//! The SDK in WebAssembly, against a fake `wx` that enforces the platform's
//! rules. Runs in headless Node: `cargo test --target wasm32-unknown-unknown`.
#![cfg(target_arch = "wasm32")]

mod answers;
mod ask;
mod failures;
mod fake;
mod headers;
mod limit;
mod line;
mod open_id;
mod outbox;
mod reports;
mod saved;
mod sign_in;
mod steps;
mod tap;
mod triggers;
mod wrapped_host;
