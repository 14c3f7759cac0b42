//! Other programs: how they are started, found and installed.

pub mod browser;
pub mod debian;
pub mod desktop;
pub mod fingerprint;
mod root;
pub mod run;
pub mod setup;
