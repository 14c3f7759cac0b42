//! Mutation tests of what decides natively: cargo-mutants changes one expression
//! at a time, and a test of the crate has to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::tools::fingerprint::fingerprint_of;
use crate::tools::run::{output_of, root, shown};
use crate::tools::setup;

mod list;
mod outcomes;
mod verdict;

use list::List;
use outcomes::{Mutants, Outcomes};
use verdict::Verdict;

const CARGO_MUTANTS: &str = "27.1.0";

/// What decides, and is compiled on this machine.
const MUTATED: [&str; 3] = ["src/rules/**", "src/task.rs", "src/trigger.rs"];
/// Its tests.
const TESTS: [&str; 3] = ["*_tests.rs", "src/rules/outbox/model/**", "src/rules/outbox/scenes.rs"];

/// The survivors that are accepted, each with its reason.
const LIST: &str = "tests/mutants.toml";

/// Seconds. The tests take less than one; a mutant that needs 20 is in a loop.
const TIME_LIMIT: &str = "20";

/// Runs `cargo xtask mutants` for these files, or for all without any.
pub fn mutants(files: &[&str]) -> Result<()> {
    let listed = fs::read_to_string(root().join(LIST)).with_context(|| LIST.to_owned())?;
    let listed = List::parse(&listed).context(LIST)?;
    let program = setup::cargo_mutants(CARGO_MUTANTS)?;
    let all = discover(&program)?;
    let files = files.iter().map(|file| file.trim_start_matches("./")).collect::<Vec<_>>();
    for file in &files {
        if !all.files().any(|mutated| mutated == *file) {
            let mutated = MUTATED.join(", ");
            bail!("{file} has nothing to mutate: what is mutated are {mutated}, without tests");
        }
    }
    let outcomes = run(&program, &files)?;
    let verdict = Verdict::of(&all, &files, &outcomes, &listed)?;
    print!("{verdict}");
    verdict.check()
}

/// Every mutant that there is, in the order of the source.
fn discover(program: &Path) -> Result<Mutants> {
    let mut list = call(program, &MUTATED);
    let json = output_of(list.args(["--list", "--json"]));
    Mutants::parse(&json.with_context(|| format!("`{}` failed", shown(&list)))?)
}

/// Tests the mutants of these files, or all. A run that was broken off goes on
/// if the sources are still the same.
fn run(program: &Path, files: &[&str]) -> Result<Outcomes> {
    let output = if files.is_empty() { "target/mutants/all" } else { "target/mutants/some" };
    let folder = root().join(output);
    let inputs = inputs(files)?;
    let unfinished = folder.join("unfinished");
    if fs::read_to_string(&unfinished).is_ok_and(|of| of == inputs) {
        eprintln!("mutants: going on where the last run was broken off");
    } else if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(&unfinished, inputs)?;

    let mut tests = call(program, if files.is_empty() { &MUTATED } else { files });
    let jobs = std::thread::available_parallelism()?.to_string();
    tests.args(["--iterate", "--jobs", &jobs, "--timeout", TIME_LIMIT, "--output", output]);
    tests.arg("--cargo-arg=--lib");
    tests.env("WX_SUBSCRIBE_MODEL_STEPS", "50000").env("PROPTEST_CASES", "64");
    // Nobody reads a backtrace of a mutant.
    tests.env("CARGO_PROFILE_DEV_DEBUG", "none").env("RUST_BACKTRACE", "0");
    eprintln!("mutants: {}", shown(&tests));
    let status = tests.stdin(Stdio::null()).status()?;
    match status.code() {
        // All were killed; some survive; some ran into the time limit.
        Some(0 | 2 | 3) => {}
        Some(4) => bail!("the tests fail without a mutant, too"),
        _ => bail!("cargo-mutants failed ({status})"),
    }
    let outcomes = folder.join("mutants.out/outcomes.json");
    let outcomes = Outcomes::parse(&fs::read_to_string(outcomes)?)?;
    fs::remove_file(unfinished)?;
    Ok(outcomes)
}

fn call(program: &Path, files: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["mutants", "--no-config", "--package", "wx-subscribe"]).current_dir(root());
    // Each job has a copy of the sources, and must have a target folder, too.
    command.env_remove("CARGO_TARGET_DIR");
    for file in files {
        command.args(["--file", file]);
    }
    for file in TESTS {
        command.args(["--exclude", file]);
    }
    command
}

/// A fingerprint of all that the outcomes depend on.
fn inputs(files: &[&str]) -> Result<String> {
    let mut sources = vec![root().join("Cargo.toml"), root().join("Cargo.lock")];
    add_files(&root().join("src"), &mut sources)?;
    sources.sort();
    let mut contents = vec![CARGO_MUTANTS.as_bytes().to_vec(), files.join(" ").into_bytes()];
    for source in sources {
        contents.push(source.to_string_lossy().as_bytes().to_vec());
        contents.push(fs::read(&source).with_context(|| source.display().to_string())?);
    }
    Ok(fingerprint_of(contents.iter().map(Vec::as_slice)))
}

fn add_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            add_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
