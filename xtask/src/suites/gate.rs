//! WeChat's own tools over the package and the example.

use anyhow::Result;

use super::engines;
use super::report::Report;
use super::tally::Counts;
use crate::tools::run::{node, root};
use crate::tools::setup;

/// Runs the checks over the package as it is built now. The tools have their
/// own lock file: they are large, and only this suite needs them.
pub fn run(report: &mut Report) -> Result<()> {
    let folder = root().join("tests/miniprogram-ci");
    setup::npm_packages(&folder)?;
    // The output of the tools runs in the engines, too.
    engines::install()?;
    let mut tests = node(&folder, ["--test", "--test-reporter=spec", "gate.test.js"]);
    report.suite("gate of WeChat's own tools", Counts::Node, &mut tests)
}
