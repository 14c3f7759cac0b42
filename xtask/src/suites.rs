//! Every check and suite, in the order that fails soonest.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::run::{HOST_TARGET, WASM_TARGET, built_file, cargo, node, npm, root, shown};
use crate::tally::{Counts, Tally};
use crate::{package, setup};

/// A test that hangs is a failure, too: three minutes for a file, in ms.
const TEST_LIMIT: &str = "--test-timeout=180000";

/// Files that run at once. Node's own choice leaves a core idle.
const CONCURRENCY: &str = "--test-concurrency=2";

/// Runs everything, up to the first suite that fails. The last line on stdout
/// counts what ran.
pub fn test() -> Result<()> {
    let mut report = Report { sum: Tally::default(), start: Instant::now() };
    let result = run_all(&mut report);
    println!("\ntook {:.1} s\n{}", report.start.elapsed().as_secs_f64(), report.sum);
    result
}

fn run_all(report: &mut Report) -> Result<()> {
    const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];
    const WASM_CRATE: [&str; 4] = ["--package", "wx-subscribe", "--target", WASM_TARGET];
    let glue = root().join("js-glue");
    let suites = root().join("tests/js");

    setup::wasm_target()?;
    setup::lint_tools()?;
    setup::node()?;
    setup::npm_packages(&glue)?;
    setup::npm_packages(&suites)?;

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
    // Apart from the others, these commands are tested with the dependencies
    // that they run with; together, all would be compiled with more features.
    let mut tests = host(&["test", "--quiet", "--package", "xtask"]);
    report.suite("tests of these commands", Counts::Cargo, &mut tests)?;
    let mut tests = host(&["test", "--quiet", "--workspace", "--exclude", "xtask"]);
    report.suite("tests on this machine", Counts::Cargo, tests.arg("--no-fail-fast"))?;
    let mut tests = wasm(&["test", "--no-fail-fast"]);
    report.suite("tests in wasm", Counts::Cargo, &mut tests)?;
    let mut docs = host(&["doc", "--quiet", "--workspace", "--no-deps"]);
    let deny = ("RUSTDOCFLAGS", "-D warnings");
    report.suite("docs on this machine", Counts::One, docs.env(deny.0, deny.1))?;
    let mut docs = wasm(&["doc", "--quiet", "--no-deps"]);
    report.suite("docs for wasm", Counts::One, docs.env(deny.0, deny.1))?;

    report.step("package", "cargo xtask build", package::build)?;
    report.step("shipped module", "cargo xtask check-module", package::check_module)?;
    let mut types = npm(&glue, ["run", "--silent", "typecheck"]);
    report.suite("types of the glue", Counts::One, &mut types)?;
    let mut tests = javascript(&suites, "wasm", |_| true)?;
    report.suite("JavaScript suites", Counts::Node, &mut tests)?;
    let mut tests = javascript(&suites, "fallback", |file| !ONCE.contains(&file))?;
    report.suite("JavaScript suites without WebAssembly", Counts::Node, &mut tests)?;
    let mut tests = javascript(&root().join("tests/bench"), "wasm", |_| true)?;
    report.suite("the benchmark's hand-written flow", Counts::Node, &mut tests)
}

/// Suites that once is enough for: they do not test the package by itself, or
/// cover both of its builds in one run.
const ONCE: [&str; 3] = ["example.test.js", "fake-wx.test.js", "fuzz.test.js"];

/// The suites over one build of the package: `wasm`, or the `fallback` for
/// hosts without it. They start the back end themselves.
fn javascript(folder: &Path, build: &str, is_wanted: fn(&str) -> bool) -> Result<Command> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") && is_wanted(&name) {
            files.push(name);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("{} holds no *.test.js", folder.display());
    }
    let mut command = node(folder, ["--test", "--test-reporter=spec", TEST_LIMIT, CONCURRENCY]);
    command.args(files).env("WX_SUBSCRIBE_BUILD", build).env("WX_SUBSCRIBE_BACKEND", backend()?);
    Ok(command)
}

/// Builds the example's back end and says where the program is.
pub fn backend() -> Result<PathBuf> {
    const NAME: &str = "wx-subscribe-backend";
    let words = ["build", "--quiet", "--package", NAME, "--bin", NAME];
    let ending = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    built_file(&mut cargo(words.into_iter().chain(HOST_TARGET)), &ending)
}

struct Report {
    sum: Tally,
    start: Instant,
}

impl Report {
    /// Runs a command as a suite and counts what it says.
    fn suite(&mut self, title: &str, counts: Counts, command: &mut Command) -> Result<()> {
        let repeat = shown(command);
        self.run(title, &repeat, || watched(command, counts))
    }

    /// Runs a step of this program as a check.
    fn step(&mut self, title: &str, repeat: &str, step: fn() -> Result<()>) -> Result<()> {
        self.run(title, repeat, || match step() {
            Ok(()) => Ok(Tally::PASSED),
            Err(error) => {
                eprintln!("error: {error:#}");
                Ok(Tally::FAILED)
            }
        })
    }

    fn run(
        &mut self,
        title: &str,
        repeat: &str,
        body: impl FnOnce() -> Result<Tally>,
    ) -> Result<()> {
        println!("\n== {title}");
        let start = Instant::now();
        let tally = body()?;
        self.sum += tally;
        println!("== {title}: {tally}, {:.1} s", start.elapsed().as_secs_f64());
        if tally.failed > 0 {
            bail!("{title} failed; to repeat: {repeat}");
        }
        Ok(())
    }
}

/// Runs a command, passing its output on line by line, and counts.
fn watched(command: &mut Command, counts: Counts) -> Result<Tally> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        while stdout.read_until(b'\n', &mut line)? > 0 {
            std::io::stdout().write_all(&line)?;
            tally += counts.in_line(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
    Ok(match (child.wait()?.success(), counts) {
        (true, Counts::One) => Tally::PASSED,
        (true, _) if tally.is_empty() => {
            eprintln!("error: no test ran");
            Tally::FAILED
        }
        (false, _) if tally.failed == 0 => Tally { failed: 1, ..tally },
        _ => tally,
    })
}
