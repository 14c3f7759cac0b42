//! Builds what is measured.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::package;
use crate::tools::run::{WASM_TARGET, built_file, cargo, node, root, succeed};

const NAIVE: &str = "wx-subscribe-naive";

/// Builds the package, and the other contestants into `built`.
pub fn all(bench: &Path) -> Result<()> {
    package::build()?;
    let (built, generated) = (bench.join("built"), bench.join("generated"));
    for folder in [&built, &generated] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    naive(&generated, &built.join("naive.wasm"))?;
    let mut bundle = node(&root().join("tests/bench"), ["bundle.mjs"]);
    succeed(bundle.arg(&generated).arg(&built))
}

/// The plain wasm-bindgen build with the usual care: the profile of the
/// package, the defaults of the generator without names, `wasm-opt`.
fn naive(generated: &Path, module: &Path) -> Result<()> {
    let words = ["build", "--quiet", "--profile", "ship", "--target", WASM_TARGET];
    let mut build = cargo(words.into_iter().chain(["--package", NAIVE]));
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let compiled = built_file(&mut build, ".wasm")?;
    let mut generator = Bindgen::new();
    generator.input_path(compiled).bundler(true)?.typescript(false);
    generator.remove_name_section(true).remove_producers_section(true);
    generator.generate(generated).context("wasm-bindgen's generator")?;
    let mut optimise = node(root(), ["node_modules/binaryen/bin/wasm-opt", "-Oz"]);
    optimise.arg(generated.join("wx_subscribe_naive_bg.wasm"));
    succeed(optimise.arg("-o").arg(module))
}
