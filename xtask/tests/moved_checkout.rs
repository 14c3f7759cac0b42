//! A checkout that was copied with its target folder acts on itself, not on the
//! one that it was compiled in.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;

/// The program of this checkout. Cargo names it at run time: the constant would
/// be the place where this test was compiled.
fn program() -> PathBuf {
    env::var_os("CARGO_BIN_EXE_xtask").expect("cargo names the program").into()
}

fn original() -> PathBuf {
    let xtask = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the package"));
    xtask.parent().expect("the workspace").to_owned()
}

/// A copy of what makes a folder this checkout, and of the built program.
fn copied() -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for manifest in ["Cargo.toml", "xtask/Cargo.toml"] {
        place(copy.path(), manifest, &original().join(manifest));
    }
    place(copy.path(), "target/debug/xtask", &program());
    copy
}

fn place(copy: &Path, name: &str, from: &Path) {
    let to = copy.join(name);
    fs::create_dir_all(to.parent().expect("a folder")).expect("the folder is made");
    fs::copy(from, to).expect("the file is copied");
}

/// Runs the copied program as cargo does, for this package.
fn run(copy: &Path, manifest: Option<&Path>) -> Output {
    let mut command = Command::new(copy.join("target/debug/xtask"));
    command.arg("check-module").current_dir(copy).env_remove("CARGO_MANIFEST_DIR");
    if let Some(manifest) = manifest {
        command.env("CARGO_MANIFEST_DIR", manifest);
    }
    command.output().expect("the program starts")
}

fn error_of(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_commands_of_a_copied_checkout_read_the_copy() {
    let copy = copied();
    let xtask = copy.path().join("xtask");
    let module = copy.path().join("js-glue/miniprogram_dist/wx_subscribe.wasm");
    let missing = error_of(&run(copy.path(), Some(&xtask)));
    assert!(missing.contains(&format!("cannot read {}", module.display())), "{missing}");

    fs::create_dir_all(module.parent().expect("a folder")).expect("the folder is made");
    fs::write(&module, "no module").expect("the module is written");
    let wrong = error_of(&run(copy.path(), Some(&xtask)));
    assert!(!wrong.contains("cannot read"), "{wrong}");
}

#[test]
fn without_cargo_the_commands_act_on_no_checkout() {
    let copy = copied();
    let error = error_of(&run(copy.path(), None));
    assert!(error.contains("cargo xtask"), "{error}");
    let other = original().join("example-miniprogram/backend");
    let error = error_of(&run(copy.path(), Some(&other)));
    assert!(error.contains("not the folder of xtask"), "{error}");
}
