//! The back end of the example, `example-miniprogram/backend`.

use std::path::PathBuf;

use anyhow::Result;

use crate::tools::run::{HOST_TARGET, built_file, cargo};

/// The environment variable that names the built program.
pub const VARIABLE: &str = "WX_SUBSCRIBE_BACKEND";

/// Builds the program and returns where it is.
pub fn build() -> Result<PathBuf> {
    const NAME: &str = "wx-subscribe-backend";
    let words = ["build", "--quiet", "--package", NAME, "--bin", NAME];
    let ending = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    built_file(&mut cargo(words.into_iter().chain(HOST_TARGET)), &ending)
}
