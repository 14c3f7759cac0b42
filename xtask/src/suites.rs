//! Every check and suite; those that fail soonest come first.

use anyhow::Result;

use crate::tools::run::root;
use crate::tools::setup;
use crate::{pack, package};

mod dependencies;
mod docs;
mod engines;
mod frameworks;
mod gate;
mod javascript;
mod node_tests;
mod other_browsers;
mod report;
mod rust;
mod simulator;
mod tally;
mod types;

pub use report::Extent;

use report::Report;

/// Runs everything, up to the first suite that fails. The last line on stdout
/// counts what ran.
pub fn test(extent: Extent) -> Result<()> {
    let mut report = Report::new(extent);
    let result = run_all(&mut report);
    report.print();
    result
}

fn run_all(report: &mut Report) -> Result<()> {
    setup::wasm_target()?;
    setup::lint_tools()?;
    setup::node()?;
    setup::npm_packages(root())?;

    javascript::lint(report)?;
    rust::run(report)?;
    report.step("package", "cargo xtask build", package::build)?;
    report.step("shipped module", "cargo xtask check-module", package::check_module)?;
    report.step("package sizes", "cargo xtask check-sizes", package::check_sizes)?;
    report.step("tarball, twice the same", "cargo xtask pack", pack::check)?;
    types::run(report)?;
    javascript::run(report)?;
    docs::run(report)?;
    engines::run(report)?;
    if report.extent() == Extent::Full {
        dependencies::run(report)?;
        gate::run(report)?;
        frameworks::run(report)?;
    }
    simulator::run(report)?;
    if report.extent() == Extent::Full {
        other_browsers::run(report)?;
    }
    Ok(())
}
