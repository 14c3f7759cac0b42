//! Where the checkout is that the commands act on.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};

/// The root of the workspace. A checkout that was moved or copied together with
/// its target folder runs the program that was compiled at the old place, so the
/// place is asked for at run time: cargo names it to whatever it runs. There is
/// no second guess, which could act on another checkout.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        find(manifest.as_deref()).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            process::exit(1)
        })
    });
    &ROOT
}

/// The folder above that of these commands, which cargo was asked to run.
fn find(manifest: Option<&Path>) -> Result<PathBuf> {
    let start = "start the commands as `cargo xtask <command>`, within the checkout";
    let Some(manifest) = manifest else {
        bail!("CARGO_MANIFEST_DIR is not set: {start}");
    };
    let own = format!("name = \"{}\"", env!("CARGO_PKG_NAME"));
    let content = fs::read_to_string(manifest.join("Cargo.toml"));
    if !content.is_ok_and(|content| content.lines().any(|line| line == own)) {
        bail!("CARGO_MANIFEST_DIR is {}, not the folder of xtask: {start}", manifest.display());
    }
    let root = manifest.parent().filter(|root| root.join("Cargo.toml").is_file());
    root.map(Path::to_owned).with_context(|| format!("no workspace above {}", manifest.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_this_package_and_the_workspace() {
        let here = root().join("xtask/src/tools/root.rs");
        assert!(here.is_file(), "{}", here.display());
    }

    #[test]
    fn without_cargo_and_from_another_package_it_is_an_error() {
        assert!(find(None).unwrap_err().to_string().contains("cargo xtask"));
        let other = find(Some(&root().join("example-miniprogram/backend"))).unwrap_err();
        assert!(other.to_string().contains("not the folder of xtask"), "{other}");
    }

    #[test]
    fn a_package_outside_a_workspace_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let xtask = folder.path().join("xtask");
        fs::create_dir(&xtask).unwrap();
        fs::copy(root().join("xtask/Cargo.toml"), xtask.join("Cargo.toml")).unwrap();
        assert!(find(Some(&xtask)).unwrap_err().to_string().contains("no workspace"));
        fs::copy(root().join("Cargo.toml"), folder.path().join("Cargo.toml")).unwrap();
        assert_eq!(find(Some(&xtask)).unwrap(), folder.path());
    }
}
