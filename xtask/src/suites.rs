//! Every check and suite, in the order that fails soonest.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::run::{HOST_TARGET, WASM_TARGET, built_file, cargo, is_set, node, npm, root, shown};
use crate::tally::{Counts, Tally};
use crate::{browser, engines, gate, package, setup, simulator};

/// A test that hangs is a failure, too: three minutes for a file, in ms.
const TEST_LIMIT: &str = "--test-timeout=180000";

/// Files that run at once. Node's own choice leaves a core idle.
const CONCURRENCY: &str = "--test-concurrency=2";

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What a change is tried with.
    Usual,
    /// With what takes longer, or needs large packages.
    Full,
}

/// Runs everything, up to the first suite that fails. The last line on stdout
/// counts what ran.
pub fn test(extent: Extent) -> Result<()> {
    let mut report = Report { sum: Tally::default(), start: Instant::now(), left_out: None };
    let result = run_all(&mut report, extent);
    if let Some(left_out) = &report.left_out {
        println!("\nnot run: {left_out}");
    }
    println!("\ntook {:.1} s\n{}", report.start.elapsed().as_secs_f64(), report.sum);
    result
}

fn run_all(report: &mut Report, extent: Extent) -> Result<()> {
    const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];
    const WASM_CRATE: [&str; 4] = ["--package", "wx-subscribe", "--target", WASM_TARGET];
    let glue = root().join("js-glue");
    let suites = root().join("tests/js");

    setup::wasm_target()?;
    setup::lint_tools()?;
    setup::node()?;
    setup::npm_packages(&glue)?;
    setup::npm_packages(&suites)?;
    setup::npm_packages(&simulator::folder())?;

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
    report.step("package sizes", "cargo xtask check-sizes", package::check_sizes)?;
    let mut types = npm(&glue, ["run", "--silent", "typecheck"]);
    report.suite("types of the glue", Counts::One, &mut types)?;
    let mut tests = javascript(&suites, "wasm", |_| true)?;
    report.suite("JavaScript suites", Counts::Node, &mut tests)?;
    let mut tests = javascript(&suites, "fallback", |file| {
        !ONCE.contains(&file) && (extent == Extent::Full || file != LONG)
    })?;
    report.suite("JavaScript suites without WebAssembly", Counts::Node, &mut tests)?;
    let mut tests = javascript(&root().join("tests/bench"), "wasm", |_| true)?;
    report.suite("the benchmark's hand-written flow", Counts::Node, &mut tests)?;
    let mut tests = engines::stand_in_tests()?;
    report.suite("what stands in for Node in other engines", Counts::Node, &mut tests)?;
    let mut tests = engines::suites(extent)?;
    report.suite("engines of phones", Counts::Engines, &mut tests)?;
    if extent == Extent::Full {
        report.suite("gate of WeChat's own tools", Counts::Node, &mut gate::suite()?)?;
    }
    simulated(report, extent)
}

/// The simulator: what runs in Node, then what needs a browser. Where nobody
/// counts on all suites having run, a machine without one leaves those out, and
/// the end of the report says so.
fn simulated(report: &mut Report, extent: Extent) -> Result<()> {
    let folder = simulator::folder();
    let mut types = npm(&folder, ["run", "--silent", "typecheck"]);
    report.suite("types of the simulator", Counts::One, &mut types)?;
    let mut tests = in_simulator("tests/server")?;
    report.suite("server of the simulator", Counts::Node, &mut tests)?;

    let browser = match browser::find()? {
        Some(browser) => browser,
        None if is_set("CI") => bail!("the suites in a browser need one: {}", browser::HELP),
        None => {
            report.left_out = Some(format!("the suites in a browser: {}", browser::HELP));
            return Ok(());
        }
    };
    if extent == Extent::Full {
        let mut tests = in_simulator("tests/phone")?;
        report.suite("simulated phone", Counts::Node, tests.env(browser::VARIABLE, &browser))?;
    }
    let mut tests = in_simulator("tests/browser")?;
    tests.env(simulator::BACKEND, backend()?).env(browser::VARIABLE, &browser);
    report.suite("simulator in a browser", Counts::Node, &mut tests)
}

/// The suites in a folder of the simulator.
fn in_simulator(suite: &str) -> Result<Command> {
    let folder = simulator::folder();
    let mut command = node_tests(&folder);
    let files = test_files(&folder.join(suite), ".test.mjs")?;
    command.args(files.iter().map(|file| format!("{suite}/{file}")));
    Ok(command)
}

/// Suites that once is enough for: they do not test the package by itself, or
/// cover both of its builds in one run.
const ONCE: [&str; 5] = [
    "brotli.test.js",
    "example.test.js",
    "fake-wx.test.js",
    "fuzz.test.js",
    "language-level.test.js",
];

/// The suite that takes long, and says the same of both builds.
const LONG: &str = "soak.test.js";

/// The suites over one build of the package: `wasm`, or the `fallback` for
/// hosts without it. They start the back end themselves.
fn javascript(folder: &Path, build: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Command> {
    let files = test_files(folder, ".test.js")?;
    let mut command = node_tests(folder);
    command.args(files.iter().filter(|file| is_wanted(file)));
    command.env("WX_SUBSCRIBE_BUILD", build).env(simulator::BACKEND, backend()?);
    Ok(command)
}

/// The names of a folder's files with that ending, in order.
fn test_files(folder: &Path, ending: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(ending) {
            files.push(name);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("{} holds no *{ending}", folder.display());
    }
    Ok(files)
}

fn node_tests(folder: &Path) -> Command {
    node(folder, ["--test", "--test-reporter=spec", TEST_LIMIT, CONCURRENCY])
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
    /// What this machine could not run.
    left_out: Option<String>,
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
