//! The suites over the package in the engines that phones use.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::run::{node, root};
use crate::suites::Extent;
use crate::{debian, setup};

/// JavaScriptCore's shell, under the names that releases of Debian and Ubuntu
/// have for it.
const JAVASCRIPTCORE: [&str; 3] =
    ["libjavascriptcoregtk-4.0-bin", "libjavascriptcoregtk-4.1-bin", "libjavascriptcoregtk-bin"];

/// Installs the engines, as far as this machine can have them. What runs the
/// suites finds out itself which one is missing, and says so.
pub fn install() -> Result<()> {
    setup::npm_packages(&folder())?;
    for package in JAVASCRIPTCORE {
        if debian::install(&[package])? {
            break;
        }
    }
    Ok(())
}

/// The command that checks what stands in for Node there.
pub fn stand_in_tests() -> Result<Command> {
    install()?;
    Ok(node(&folder(), ["--test", "--test-reporter=spec", "stand-in.test.js"]))
}

/// The command that runs the suites in every engine.
pub fn suites(extent: Extent) -> Result<Command> {
    install()?;
    let mut command = node(&folder(), ["run.js"]);
    if extent == Extent::Full {
        command.arg("--full");
    }
    Ok(command)
}

fn folder() -> PathBuf {
    root().join("tests/engines")
}
