//! What WeChat's own tools say of the package and of the example.

use std::process::Command;

use anyhow::Result;

use crate::run::{node, root};
use crate::{engines, setup};

/// The command that runs the checks, over the package as it is built now.
pub fn suite() -> Result<Command> {
    let folder = root().join("tests/miniprogram-ci");
    setup::npm_packages(&folder)?;
    // What the tools make of the package runs in the engines, too.
    engines::install()?;
    Ok(node(&folder, ["--test", "--test-reporter=spec", "gate.test.js"]))
}
