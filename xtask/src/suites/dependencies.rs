//! What the Rust packages depend on: their licences and sources, and the oldest
//! Rust that compiles the crate.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::report::Report;
use super::tally::Counts;
use crate::tools::run::{WASM_TARGET, metadata, root};
use crate::tools::setup;

/// The crate that others may compile.
const CRATE: &str = "wx-subscribe";

/// The version of the tool that reads `deny.toml`.
const CARGO_DENY: &str = "0.20.2";

/// Runs both checks.
pub fn run(report: &mut Report) -> Result<()> {
    let mut deny = Command::new(setup::cargo_deny(CARGO_DENY)?);
    deny.args(["--workspace", "check", "licenses", "bans", "sources"]).current_dir(root());
    report.suite("licences and sources of dependencies", Counts::One, &mut deny)?;

    let version = rust_version()?;
    if !setup::toolchain(&version)? {
        report.leave_out(format!("the crate in Rust {version}: there is no rustup here"));
        return Ok(());
    }
    for (place, target) in [("here", &[][..]), ("for wasm", &["--target", WASM_TARGET])] {
        let mut check = Command::new("rustup");
        check.args(["run", &version, "cargo", "check", "--quiet", "--locked"]);
        check.args(["--package", CRATE, "--lib"]).args(target).current_dir(root());
        report.suite(&format!("Rust {version}, {place}"), Counts::One, &mut check)?;
    }
    Ok(())
}

/// The `rust-version` of the crate.
fn rust_version() -> Result<String> {
    let metadata = metadata()?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("the packages")?;
    let own = packages.iter().find(|package| package.get("name").is_some_and(|name| name == CRATE));
    let version = own.and_then(|package| package.get("rust_version")?.as_str());
    version.map(str::to_owned).context("the rust-version of the crate")
}
