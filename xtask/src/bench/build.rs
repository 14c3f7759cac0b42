//! What is measured: the package, and its contestants beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::results::File;
use crate::package;
use crate::tools::run::{WASM_TARGET, built_file, cargo, node, root, succeed};

const NAIVE: &str = "wx-subscribe-naive";

/// Builds the package, the naive build and the bundles; gives the folder of
/// what the drivers load beside the package.
pub fn all(bench: &Path) -> Result<PathBuf> {
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
    succeed(bundle.arg(&generated).arg(&built))?;
    Ok(built)
}

/// The naive build: cargo's release profile and the generator's defaults, but
/// for the names of functions, which a mini-program has no use for.
fn naive(generated: &Path, module: &Path) -> Result<()> {
    let words = ["build", "--quiet", "--release", "--target", WASM_TARGET, "--package", NAIVE];
    let mut build = cargo(words);
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let compiled = built_file(&mut build, ".wasm")?;
    let mut generator = Bindgen::new();
    generator.input_path(compiled).bundler(true)?.typescript(false);
    generator.remove_name_section(true).remove_producers_section(true);
    generator.generate(generated).context("wasm-bindgen's generator")?;
    let bound = generated.join("wx_subscribe_naive_bg.wasm");
    fs::copy(&bound, module).with_context(|| bound.display().to_string())?;
    Ok(())
}

/// The files that are weighed.
pub fn weighed(built: &Path) -> [(File, PathBuf); 6] {
    let dist = root().join("js-glue/miniprogram_dist");
    [
        (File::Module, dist.join("wx_subscribe.wasm")),
        (File::Glue, dist.join("index.js")),
        (File::Fallback, dist.join("fallback.js")),
        (File::HandWritten, built.join("hand-written.js")),
        (File::NaiveModule, built.join("naive.wasm")),
        (File::NaiveGlue, built.join("naive.js")),
    ]
}
