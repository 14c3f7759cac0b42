//! What cargo checks: the format, the lints, the tests, the documentation.

use anyhow::Result;

use super::report::{Extent, Report};
use super::tally::Counts;
use crate::tools::run::{HOST_TARGET, WASM_TARGET, cargo};

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];
const WASM_CRATE: [&str; 4] = ["--package", "wx-subscribe", "--target", WASM_TARGET];

/// Runs all of them.
pub fn run(report: &mut Report) -> Result<()> {
    let host = |words: &[&str]| cargo(words.iter().chain(&HOST_TARGET));
    let wasm = |words: &[&str]| cargo(words.iter().chain(&WASM_CRATE));

    report.suite("format", Counts::One, &mut cargo(["fmt", "--all", "--check"]))?;
    let mut lint = host(&["clippy", "--quiet", "--workspace", "--all-targets"]);
    report.suite("clippy on this machine", Counts::One, lint.args(DENY_WARNINGS))?;
    let mut lint = wasm(&["clippy", "--quiet", "--all-targets"]);
    report.suite("clippy for wasm", Counts::One, lint.args(DENY_WARNINGS))?;
    let naive = ["clippy", "--quiet", "--package", "wx-subscribe-naive", "--target", WASM_TARGET];
    let mut lint = cargo(naive);
    report.suite("clippy for the naive build", Counts::One, lint.args(DENY_WARNINGS))?;
    // Separate calls: each package is tested with the features that it runs
    // with. In one call, features would be unified.
    let mut tests = host(&["test", "--quiet", "--package", "xtask"]);
    report.suite("tests of these commands", Counts::Cargo, &mut tests)?;
    let mut tests = host(&["test", "--quiet", "--workspace", "--exclude", "xtask"]);
    report.suite("tests on this machine", Counts::Cargo, tests.arg("--no-fail-fast"))?;
    let mut tests = wasm(&["test", "--no-fail-fast"]);
    report.suite("tests in wasm", Counts::Cargo, &mut tests)?;
    let (variable, deny) = ("RUSTDOCFLAGS", "-D warnings");
    let mut docs = host(&["doc", "--quiet", "--workspace", "--no-deps"]);
    report.suite("docs on this machine", Counts::One, docs.env(variable, deny))?;
    let mut docs = wasm(&["doc", "--quiet", "--no-deps"]);
    report.suite("docs for wasm", Counts::One, docs.env(variable, deny))?;
    if report.extent() == Extent::Full {
        let package = ["package", "--quiet", "--allow-dirty", "--package", "wx-subscribe"];
        report.suite("the crate as it is published", Counts::One, &mut host(&package))?;
    }
    Ok(())
}
