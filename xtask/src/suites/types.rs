//! The types: of the glue as it is written, and of the package as it is shipped.

use anyhow::Result;

use super::node_tests::node_tests;
use super::report::{Extent, Report};
use super::tally::Counts;
use crate::tools::run::{npm, root};
use crate::tools::setup;

/// Compiles them with the TypeScript of the workspace; in the full run what an
/// application writes with each TypeScript that applications have, too.
pub fn run(report: &mut Report) -> Result<()> {
    let mut types = npm(&root().join("js-glue"), ["run", "--silent", "typecheck"]);
    report.suite("types of the glue", Counts::One, &mut types)?;
    if report.extent() == Extent::Usual {
        return Ok(());
    }
    let folder = root().join("tests/types");
    setup::npm_packages(&folder)?;
    let mut tests = node_tests(&folder);
    report.suite("types in each TypeScript", Counts::Node, tests.arg("matrix.test.js"))
}
