//! The types: of the glue as it is written, and of the package as it is shipped.

use anyhow::Result;

use super::node_tests::{node_tests, test_files};
use super::report::{Extent, Report};
use super::tally::Counts;
use crate::tools::run::{node, root};
use crate::tools::setup;

/// Compiles them with the TypeScript of the workspace; in the full run what an
/// application writes with each TypeScript that applications have, the card of
/// the package, and what generators make of the contract, too.
pub fn run(report: &mut Report) -> Result<()> {
    let tsc = root().join("node_modules/typescript/bin/tsc");
    for project in [".", "test"] {
        let mut types = node(&root().join("js-glue"), [tsc.as_os_str()]);
        types.args(["--noEmit", "--project", project]);
        report.suite(&format!("types of the glue, {project}"), Counts::One, &mut types)?;
    }
    if report.extent() == Extent::Usual {
        return Ok(());
    }
    let folder = root().join("tests/types");
    setup::npm_packages(&folder)?;
    let mut tests = node_tests(&folder);
    tests.args(test_files(&folder, ".test.js")?);
    report.suite("types, and the card of the package", Counts::Node, &mut tests)
}
