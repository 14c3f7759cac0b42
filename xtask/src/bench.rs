//! Benchmarks the package against other implementations of the same flow. They
//! are built here; the programs in `tests/bench` measure them and write the
//! pages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tools::run::{metadata, node, root, succeed};

mod build;

/// Runs `cargo xtask bench` with these options. A run writes its figures
/// to `target/bench/results.json`; `--update-docs` writes those to the pages.
pub fn bench(options: &[&str]) -> Result<()> {
    let folder = folder()?;
    let drivers = root().join("tests/bench");
    if options == ["--update-docs"] {
        let results = folder.join("results.json");
        fs::metadata(&results).context("no figures: run `cargo xtask bench` first")?;
        return succeed(node(&drivers, ["report/update-docs.js"]).arg(results));
    }
    let mut run = node(&drivers, ["run.js"]);
    run.arg(&folder);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "--quick" => run.arg(option),
            "--against" => {
                let before = options.next().context("--against needs a folder")?;
                let before = fs::canonicalize(before).with_context(|| (*before).to_owned())?;
                run.arg(option).arg(before)
            }
            _ => bail!("`bench {option}` is not a command here; see cargo xtask help"),
        };
    }
    build::all(&folder)?;
    succeed(&mut run)
}

/// `target/bench`, wherever this machine keeps its target folder.
fn folder() -> Result<PathBuf> {
    let metadata = metadata()?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    Ok(Path::new(target.context("the target folder")?).join("bench"))
}
