//! The programs of the example mini-program.

pub mod backend;
pub mod simulator;
