//! The runner of the wasm test files; `.cargo/config.toml` names it.

use std::env;

use anyhow::Result;
use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

use crate::tools::run::root;
use crate::tools::setup;

/// Runs one wasm test file in Node. The arguments are those that `cargo test`
/// gives a runner.
pub fn run(arguments: &[&str]) -> Result<()> {
    setup::node()?;
    let watch = root().join("xtask/src/watch.cjs");
    let options = with_required(env::var("NODE_OPTIONS").ok(), &watch.to_string_lossy());
    // SAFETY: this program has one thread so far, so no other thread reads the
    // environment.
    unsafe { env::set_var("NODE_OPTIONS", options) };
    // `cargo test --quiet` passes options that this runner does not know.
    let known = arguments.iter().copied().filter(|argument| *argument != "--quiet");
    run_cli_with_args(std::iter::once("wasm-bindgen-test-runner").chain(known))
}

/// Node's options, and a file to load before anything else. Node takes a
/// backslash inside quotes for an escape.
fn with_required(options: Option<String>, file: &str) -> String {
    let file = file.replace('\\', r"\\").replace('"', "\\\"");
    format!("{} --require \"{file}\"", options.unwrap_or_default()).trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_node_options_stay() {
        let options = with_required(Some("--no-warnings".into()), "/a b/watch.cjs");
        assert_eq!(options, r#"--no-warnings --require "/a b/watch.cjs""#);
    }

    #[test]
    fn a_windows_path_is_escaped() {
        assert_eq!(with_required(None, r"C:\x\w.cjs"), r#"--require "C:\\x\\w.cjs""#);
    }
}
