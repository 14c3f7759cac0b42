//! The commands of this workspace: `cargo xtask <command>`.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

mod bench;
mod bind;
mod demo;
mod example;
mod module;
mod mutants;
mod pack;
mod package;
mod runner;
mod sizes;
mod suites;
mod tools;

const USAGE: &str = "\
Usage: cargo xtask <command>

  build             make the package: js-glue/miniprogram_dist, and a copy of it
                    in the example mini-program
  pack              build, and make the tarball that npm installs:
                    dist/wx-subscribe-<version>.tgz
  test [--full]     run every check and suite; the last line counts them. With
                    --full, WeChat's own tools (250 MB of npm packages) try
                    the package, too, and so do four frameworks (1.1 GB), the
                    simulated phone is tested by itself, engines since 2017
                    (300 MB) run all they can, and Firefox and WebKit show the
                    example
  mutants [FILE...]
                    change the rules of the crate (those in FILE alone) in one
                    place at a time, about an hour in all, and list what no test
                    notices; a run that was broken off goes on
  demo [--once | --port N]
                    show the example mini-program in a browser, with its back
                    end, until Ctrl-C; with --once walk through it and end;
                    with --port the next demo on that port finds the same users
  bench [--quick] [--against DIR]
                    measure the package beside hand-written JavaScript and a plain
                    wasm-bindgen build, and beside the older miniprogram_dist
                    in DIR; print the tables
  bench --update-docs
                    write the figures of the last run to docs/*/benchmarks.md,
                    and four lines of them to both READMEs
  check-module      check that the built module loads on every phone
  check-sizes       check that the built package keeps to its budget
  test-runner FILE  run one wasm test file in Node; cargo test calls this

Each command installs what it needs, and says so. A Rust toolchain and Node
20.11 or newer must be there.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] => print!("{USAGE}"),
        ["build"] => package::build()?,
        ["pack"] => pack::pack()?,
        ["test"] => suites::test(suites::Extent::Usual)?,
        ["test", "--full"] => suites::test(suites::Extent::Full)?,
        ["mutants", files @ ..] => mutants::mutants(files)?,
        ["demo"] => return demo::demo(demo::End::OnInterrupt { port: None }),
        ["demo", "--port", port] => {
            let port = Some(port.parse().context("--port needs a number up to 65535")?);
            return demo::demo(demo::End::OnInterrupt { port });
        }
        ["demo", "--once"] => return demo::demo(demo::End::AfterStory),
        ["bench", options @ ..] => bench::bench(options)?,
        ["check-module"] => package::check_module()?,
        ["check-sizes"] => package::check_sizes()?,
        ["test-runner", rest @ ..] => runner::run(rest)?,
        _ => bail!("`{}` is not a command here; see cargo xtask help", words.join(" ")),
    }
    Ok(ExitCode::SUCCESS)
}
