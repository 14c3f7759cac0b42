//! The JavaScript suites over the built package, in Node.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::node_tests::{node_tests, test_files};
use super::report::{Extent, Report};
use super::tally::Counts;
use crate::example::backend;
use crate::tools::run::root;

/// Suites that run once: they do not test the package by itself, or cover both
/// of its builds in one run.
const ONCE: [&str; 5] = [
    "brotli.test.js",
    "example.test.js",
    "fake-wx.test.js",
    "fuzz.test.js",
    "language-level.test.js",
];

/// The suite that takes long, and gives the same result for both builds.
const LONG: &str = "soak.test.js";

/// Runs the suites over both builds, then the tests of the benchmark: the cases
/// that its hand-written flow has to pass, and its report.
pub fn run(report: &mut Report) -> Result<()> {
    let suites = root().join("tests/js");
    let is_full = report.extent() == Extent::Full;
    let mut tests = over("wasm", &suites, |_| true)?;
    report.suite("JavaScript suites", Counts::Node, &mut tests)?;
    let is_wanted = |file: &str| !ONCE.contains(&file) && (is_full || file != LONG);
    let mut tests = over("fallback", &suites, is_wanted)?;
    report.suite("JavaScript suites without WebAssembly", Counts::Node, &mut tests)?;
    let mut tests = over("wasm", &root().join("tests/bench"), |_| true)?;
    report.suite("the benchmark's own tests", Counts::Node, &mut tests)
}

/// The suites of a folder over one build of the package: `wasm`, or the
/// `fallback` for hosts without it. They start the back end themselves.
fn over(build: &str, folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<Command> {
    let files = test_files(folder, ".test.js")?;
    let mut command = node_tests(folder);
    command.args(files.iter().filter(|file| is_wanted(file)));
    command.env("WX_SUBSCRIBE_BUILD", build).env(backend::VARIABLE, backend::build()?);
    Ok(command)
}
