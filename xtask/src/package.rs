//! Making the package: cargo, the binding generator, wasm-opt, the bundler.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

use crate::tools::fingerprint::fingerprint_of;
use crate::tools::run::{WASM_TARGET, built_file, cargo, node, root, succeed};
use crate::tools::setup;
use crate::{bind, module, sizes};

/// The name of the module, and of the files that the generator makes for it.
const STEM: &str = "wx_subscribe";

/// What the linker writes into the module's list of used features. With only
/// mutable-globals there, the generator keeps to one table and no externref;
/// `wasm-opt` lowers what the precompiled standard library uses all the same.
/// The stack is small so that the module starts with few pages of memory.
const RUSTFLAGS: [&str; 5] = [
    "-Ctarget-cpu=mvp",
    "-Clink-arg=--no-check-features",
    "-Clink-arg=--features=mutable-globals",
    "-Clink-arg=-zstack-size=65536",
    "-Clink-arg=--no-merge-data-segments",
];

/// Newer instructions become older ones. The features are what the input may
/// hold; `--all-features` would make the lowering refuse.
const LOWER: [&str; 11] = [
    "--enable-mutable-globals",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-reference-types",
    "--signext-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "--llvm-memory-copy-fill-lowering",
    "-Oz",
];

/// The result may hold nothing else. The passes in the middle assume what holds
/// here: nothing is kept at addresses below 1,024.
const SHRINK: [&str; 15] = [
    "--mvp-features",
    "--enable-mutable-globals",
    "--low-memory-unused",
    "--generate-global-effects",
    "--flatten",
    "--rereloop",
    "-Oz",
    "--optimize-added-constants-propagate",
    "-aimfs",
    "5",
    "-Oz",
    "--reorder-locals",
    "--strip-target-features",
    "--strip-producers",
    "--strip-debug",
];

/// Makes `js-glue/miniprogram_dist`, puts a copy into the example mini-program
/// and prints the sizes.
pub fn build() -> Result<()> {
    setup::wasm_target()?;
    setup::node()?;
    let glue = root().join("js-glue");
    setup::npm_packages(root())?;

    let generated = glue.join("generated");
    let optimised = generated.join(format!("{STEM}.wasm"));
    generate(&compile()?, &generated, &optimised)?;

    succeed(&mut node(&glue, ["build.mjs"]))?;
    let module = shipped_module();
    copy(&optimised, &module)?;
    succeed(node(&glue, ["compress.mjs"]).arg(&module))?;
    sizes::print(&module, &dist().join("index.js"))?;
    install_in_example(&dist())
}

/// Checks that the built package keeps to its budget.
pub fn check_sizes() -> Result<()> {
    sizes::check(&shipped_module(), &dist().join("index.js"))
}

/// Checks that the built module keeps to what every phone loads.
pub fn check_module() -> Result<()> {
    let path = shipped_module();
    let wasm = fs::read(&path).with_context(|| {
        format!("cannot read {}: run `cargo xtask build` first", path.display())
    })?;
    let summary = module::check(&wasm)?;
    println!("{summary}");
    Ok(())
}

fn dist() -> PathBuf {
    root().join("js-glue/miniprogram_dist")
}

fn shipped_module() -> PathBuf {
    dist().join(format!("{STEM}.wasm"))
}

fn compile() -> Result<PathBuf> {
    let arguments = ["rustc", "--quiet", "--profile", "ship", "--target", WASM_TARGET];
    let what = ["--package", "wx-subscribe", "--lib", "--crate-type", "cdylib"];
    let mut command = cargo(arguments.into_iter().chain(what));
    // The form that wins over whatever flags the caller's environment holds.
    command.env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\x1f"));
    built_file(&mut command, ".wasm")
}

/// Fills `generated` from the compiled module, unless that was done before
/// from the same module by the same program and packages.
fn generate(compiled: &Path, generated: &Path, optimised: &Path) -> Result<()> {
    let wasm = fs::read(compiled)?;
    let lock = fs::read(root().join("package-lock.json"))?;
    let stamp = generated.join(".stamp");
    let fingerprint = fingerprint_of([&wasm[..], &lock, &program_age()?.to_le_bytes()]);
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == fingerprint) {
        return Ok(());
    }
    if generated.exists() {
        fs::remove_dir_all(generated)?;
    }
    bind::bind(wasm, STEM, generated)?;
    optimise(&generated.join(format!("{STEM}_bg.wasm")), optimised)?;
    fs::write(&stamp, fingerprint)?;
    Ok(())
}

/// When this very program was built: other code may generate other files.
fn program_age() -> Result<u128> {
    let built = fs::metadata(std::env::current_exe()?)?.modified()?;
    Ok(built.duration_since(UNIX_EPOCH)?.as_nanos())
}

fn optimise(bound: &Path, optimised: &Path) -> Result<()> {
    let lowered = bound.with_extension("lowered");
    let wasm_opt = |input: &Path, options: &[&str], output: &Path| {
        let mut command = node(root(), ["node_modules/binaryen/bin/wasm-opt"]);
        succeed(command.arg(input).args(options).arg("-o").arg(output))
    };
    wasm_opt(bound, &LOWER, &lowered)?;
    wasm_opt(&lowered, &SHRINK, optimised)?;
    // The same module for hosts without WebAssembly.
    let mut wasm2js = node(root(), ["node_modules/binaryen/bin/wasm2js"]);
    let script = optimised.with_extension("wasm2js.js");
    succeed(wasm2js.arg(optimised).args(["-Oz", "-o"]).arg(script))?;
    fs::remove_file(&lowered)?;
    fs::remove_file(bound)?;
    Ok(())
}

/// WeChat DevTools finds the package here without its "build npm" step.
fn install_in_example(dist: &Path) -> Result<()> {
    let target = root().join("example-miniprogram/miniprogram/miniprogram_npm/wx-subscribe");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    copy_folder(dist, &target)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
