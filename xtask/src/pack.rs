//! The npm package as a tarball: `dist/wx-subscribe-<version>.tgz`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::package;
use crate::tools::run::{node, npm, output_of, root, shown};

/// What the tarball holds, in the order of npm's list.
const CONTENTS: [&str; 12] = [
    "LICENSE",
    "README.md",
    "REFERENCE.md",
    "fallback.d.ts",
    "fallback.js",
    "miniprogram_dist/fallback.d.ts",
    "miniprogram_dist/fallback.js",
    "miniprogram_dist/index.d.ts",
    "miniprogram_dist/index.js",
    "miniprogram_dist/wx_subscribe.wasm",
    "miniprogram_dist/wx_subscribe.wasm.br",
    "package.json",
];

/// Builds the package and packs it.
pub fn pack() -> Result<()> {
    package::build()?;
    println!("{}", pack_into(&root().join("dist"))?.display());
    Ok(())
}

/// Packs what was built, and packs it once more elsewhere: the two are the same
/// byte for byte, whenever and wherever they are made.
pub fn check() -> Result<()> {
    let first = pack_into(&root().join("dist"))?;
    let elsewhere = tempfile::tempdir()?;
    let second = pack_into(elsewhere.path())?;
    if fs::read(&first)? != fs::read(&second)? {
        bail!("{} and {} differ", first.display(), second.display());
    }
    Ok(())
}

/// Packs what was built. Fails if the contents are not those listed above, or
/// if the package does not have the version of the crate.
fn pack_into(folder: &Path) -> Result<PathBuf> {
    let glue = root().join("js-glue");
    fs::copy(root().join("LICENSE"), glue.join("LICENSE"))?;
    fs::create_dir_all(folder)?;
    let mut pack = npm(&glue, ["pack", "--json", "--pack-destination"]);
    let told = output_of(pack.arg(folder))
        .with_context(|| format!("`{}` failed", shown(&pack)))
        .and_then(|text| Ok(serde_json::from_str::<Value>(&text)?))?;
    check_contents(&contents(&told))?;
    check_versions(&[
        ("Cargo.toml", env!("CARGO_PKG_VERSION")),
        ("js-glue/package.json", string_at(&told, "/0/version")?),
        ("`version` of the package", &exported_version()?),
    ])?;
    Ok(folder.join(string_at(&told, "/0/filename")?))
}

/// The files that `npm pack --json` tells of.
fn contents(told: &Value) -> Vec<&str> {
    let files = told.pointer("/0/files").and_then(Value::as_array);
    let mut paths: Vec<&str> =
        files.into_iter().flatten().filter_map(|file| file.get("path")?.as_str()).collect();
    paths.sort_unstable();
    paths
}

fn check_contents(paths: &[&str]) -> Result<()> {
    if paths != CONTENTS {
        bail!("the tarball should hold\n  {CONTENTS:?}, and holds\n  {paths:?}");
    }
    Ok(())
}

fn check_versions(versions: &[(&str, &str)]) -> Result<()> {
    if versions.windows(2).any(|pair| matches!(pair, [(_, one), (_, other)] if one != other)) {
        bail!("these versions should be the same: {versions:?}");
    }
    Ok(())
}

/// What an application reads as `version`.
fn exported_version() -> Result<String> {
    let print = "console.log(require('./miniprogram_dist/index.js').version)";
    output_of(&mut node(&root().join("js-glue"), ["-e", print]))
        .context("the built package cannot be required: run `cargo xtask build` first")
}

fn string_at<'a>(told: &'a Value, pointer: &str) -> Result<&'a str> {
    told.pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("npm told nothing at {pointer}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_too_many_or_too_few_is_an_error() {
        let with = |paths: &[&str]| {
            let files: Vec<Value> = paths.iter().map(|path| json!({ "path": path })).collect();
            check_contents(&contents(&json!([{ "files": files }])))
        };
        assert!(with(&CONTENTS).is_ok());
        assert!(with(CONTENTS.split_last().unwrap().1).is_err());
        assert!(with(&[&CONTENTS[..], &["src/index.ts"]].concat()).is_err());
        assert!(with(&[]).is_err());
    }

    #[test]
    fn a_version_that_differs_is_an_error() {
        assert!(check_versions(&[("a", "0.1.0"), ("b", "0.1.0"), ("c", "0.1.0")]).is_ok());
        assert!(check_versions(&[("a", "0.1.0"), ("b", "0.1.0"), ("c", "0.2.0")]).is_err());
    }
}
