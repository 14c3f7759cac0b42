//! WeChat subscription messages done right: from the trigger type to the
//! reported consent.
#![cfg_attr(target_os = "none", no_std)]

extern crate alloc;

pub mod contract;
pub mod trigger;
