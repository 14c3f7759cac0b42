//! The suites over the package in the engines that phones use.

use anyhow::Result;

use super::report::{Extent, Report};
use super::tally::Counts;
use crate::tools::debian;
use crate::tools::run::{node, root};
use crate::tools::setup;

/// JavaScriptCore's shell, under the names that releases of Debian and Ubuntu
/// have for it.
const JAVASCRIPTCORE: [&str; 3] =
    ["libjavascriptcoregtk-4.0-bin", "libjavascriptcoregtk-4.1-bin", "libjavascriptcoregtk-bin"];

/// Installs the engines that npm does not have, where possible. The runner of
/// the suites prints which engine is missing.
pub fn install() -> Result<()> {
    for package in JAVASCRIPTCORE {
        if debian::install(&[package])? {
            break;
        }
    }
    Ok(())
}

/// Checks the stand-in for Node's modules there, then runs the suites in every
/// engine; in the full run in those of old phones, too, which are large and have
/// their own lock file.
pub fn run(report: &mut Report) -> Result<()> {
    install()?;
    let folder = root().join("tests/engines");
    if report.extent() == Extent::Full {
        setup::npm_packages(&folder.join("old"))?;
    }
    let mut tests = node(&folder, ["--test", "--test-reporter=spec", "stand-in.test.js"]);
    report.suite("what stands in for Node in other engines", Counts::Node, &mut tests)?;
    let mut suites = node(&folder, ["run.js"]);
    if report.extent() == Extent::Full {
        suites.arg("--full");
    }
    report.suite("engines of phones", Counts::Engines, &mut suites)
}
