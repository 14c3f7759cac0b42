//! The JavaScript suites over the built package, in Node.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::node_tests::{node_tests, test_files};
use super::report::{Extent, Report};
use super::tally::Counts;
use crate::example::backend;
use crate::tools::run::{node, root};

/// Suites that run once: they do not test the package by itself, or cover both
/// of its builds in one run.
const ONCE: [&str; 7] = [
    "brotli.test.js",
    "example.test.js",
    "fake-wx.test.js",
    "fuzz.test.js",
    "language-level.test.js",
    "package.test.js",
    "popup-memory.test.js",
];

/// The suite that takes long: of the full run only.
const LONG: &str = "soak.test.js";

/// How many random runs the usual run has; the full one has as many as the suite
/// itself says.
const FUZZ_RUNS: (&str, &str) = ("WX_SUBSCRIBE_FUZZ_RUNS", "300");

/// Checks the format and the lints of all JavaScript and TypeScript.
pub fn lint(report: &mut Report) -> Result<()> {
    let mut biome = node(root(), ["node_modules/@biomejs/biome/bin/biome", "ci"]);
    biome.arg("--error-on-warnings");
    report.suite("format and lints of JavaScript", Counts::One, &mut biome)
}

/// Runs the suites over the wasm build and, in the full run, over the fallback,
/// which the usual run leaves to the engines without WebAssembly. Then the tests
/// of the benchmark: the cases that its hand-written flow has to pass, and its
/// report.
pub fn run(report: &mut Report) -> Result<()> {
    let suites = root().join("tests/js");
    let is_full = report.extent() == Extent::Full;
    let mut tests = over("wasm", &suites, |file| is_full || file != LONG)?;
    if !is_full {
        tests.env(FUZZ_RUNS.0, FUZZ_RUNS.1);
    }
    report.suite("JavaScript suites", Counts::Node, &mut tests)?;
    if is_full {
        let mut tests = over("fallback", &suites, |file| !ONCE.contains(&file))?;
        report.suite("JavaScript suites without WebAssembly", Counts::Node, &mut tests)?;
    }
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
