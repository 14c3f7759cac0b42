//! Calls of Node's own test runner.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::run::node;

/// A test file that hangs fails after three minutes, in ms.
const TIMEOUT: &str = "--test-timeout=180000";

/// Files that run at once. Node's own choice leaves a core idle.
const CONCURRENCY: &str = "--test-concurrency=2";

/// A call in a folder; the files have to be added.
pub fn node_tests(folder: &Path) -> Command {
    node(folder, ["--test", "--test-reporter=spec", TIMEOUT, CONCURRENCY])
}

/// The names of a folder's files with that ending, in order.
pub fn test_files(folder: &Path, ending: &str) -> Result<Vec<String>> {
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
