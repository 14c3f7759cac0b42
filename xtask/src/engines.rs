//! The suites over the package in the engines that phones use.

use std::process::Command;

use anyhow::Result;

use crate::run::{node, root};
use crate::suites::Extent;
use crate::{debian, setup};

/// JavaScriptCore's shell, under the names that releases of Debian and Ubuntu
/// have for it.
const JAVASCRIPTCORE: [&str; 3] =
    ["libjavascriptcoregtk-4.0-bin", "libjavascriptcoregtk-4.1-bin", "libjavascriptcoregtk-bin"];

/// The command that runs them. It says itself which engine this machine lacks.
pub fn suites(extent: Extent) -> Result<Command> {
    let folder = root().join("tests/engines");
    setup::npm_packages(&folder)?;
    install_javascriptcore()?;
    let mut command = node(&folder, ["run.js"]);
    if extent == Extent::Full {
        command.arg("--full");
    }
    Ok(command)
}

/// Where the shell cannot be had from Debian, it may have come otherwise.
pub fn install_javascriptcore() -> Result<()> {
    for package in JAVASCRIPTCORE {
        if debian::install(&[package])? {
            break;
        }
    }
    Ok(())
}
