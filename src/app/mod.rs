//! The application around the SDK: what it configures and is told, who its user
//! is, and how its back end is called.

pub mod backend;
pub mod config;
pub mod context;
pub mod event;
pub mod identity;
pub mod journal;
pub mod learned;
