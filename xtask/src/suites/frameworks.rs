//! The package in the frameworks that mini-programs are written with.

use anyhow::Result;

use super::node_tests::test_files;
use super::report::Report;
use super::tally::Counts;
use crate::tools::run::{node, root};
use crate::tools::setup;

/// The first run installs a gigabyte of packages, in ms for each file.
const TIMEOUT: &str = "--test-timeout=600000";

/// Follows the guide of each framework with the packed tarball, and runs what
/// its own tools make of it. WeChat's own build the projects without one.
pub fn run(report: &mut Report) -> Result<()> {
    setup::npm_packages(&root().join("tests/miniprogram-ci"))?;
    let folder = root().join("tests/frameworks");
    let mut tests = node(&folder, ["--test", "--test-reporter=spec", "--test-concurrency=2"]);
    tests.arg(TIMEOUT).args(test_files(&folder, ".test.js")?);
    report.suite("frameworks", Counts::Node, &mut tests)
}
