//! Starting other programs: cargo, Node, npm.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub use super::root::root;

/// The target that the package is built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The target of every cargo call for this machine. It is always named, so that
/// the calls share their build output.
pub const HOST_TARGET: [&str; 2] = ["--target", "host-tuple"];

/// A call of the cargo that runs this program, in the root.
pub fn cargo<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// What cargo knows of the workspace, without its dependencies.
pub fn metadata() -> Result<Value> {
    let mut metadata = cargo(["metadata", "--no-deps", "--format-version", "1"]);
    Ok(serde_json::from_str(&output_of(&mut metadata).context("cargo metadata")?)?)
}

/// A call of Node in a folder of the workspace.
pub fn node<I: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder);
    command
}

/// A call of npm in a folder of the workspace.
pub fn npm<I: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(folder);
    command
}

/// The program of this name on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name).with_extension(std::env::consts::EXE_EXTENSION))
        .find(|file| file.is_file())
}

/// Whether the environment variable is there and not empty.
pub fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Runs a command with this program's own output; an error names the command.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// The output of a command, trimmed; `None` if it is missing or fails.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs a `cargo build` or `cargo rustc` and returns the file that it made
/// whose name ends in `ending`, wherever this machine keeps its target folder.
pub fn built_file(command: &mut Command, ending: &str) -> Result<PathBuf> {
    command.arg("--message-format=json-render-diagnostics");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let mut messages = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_to_string(&mut messages)?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message.get("filenames")?.as_array().cloned())
        .flatten()
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .rfind(|path| path.to_string_lossy().ends_with(ending))
        .with_context(|| format!("`{}` made no file ending in {ending}", shown(command)))
}

/// A command as one would type it in the root of the workspace.
pub fn shown(command: &Command) -> String {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            let _ = write!(line, "{}={} ", name.to_string_lossy(), quoted(value));
        }
    }
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    line.push_str(&program.to_string_lossy());
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&quoted(argument));
    }
    match command.get_current_dir().and_then(|folder| folder.strip_prefix(root()).ok()) {
        Some(folder) if folder != Path::new("") => {
            format!("(cd {} && {line})", folder.to_string_lossy())
        }
        _ => line,
    }
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_typed_in_the_root() {
        let mut command = node(&root().join("tests/js"), ["--test", "a b.test.js"]);
        command.env("WX_URL", "it's");
        assert_eq!(shown(&command), r"(cd tests/js && WX_URL='it'\''s' node --test 'a b.test.js')");
    }

    #[test]
    fn a_shown_cargo_command_names_no_path_of_this_machine() {
        let line = shown(&cargo(["fmt", "--all", "--check"]));
        assert_eq!(line, "cargo fmt --all --check");
    }
}
