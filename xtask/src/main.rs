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
mod usage;

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
        [] | ["help" | "--help" | "-h"] => print!("{}", usage::USAGE),
        ["help", command] | [command, "--help" | "-h"] => {
            let help = usage::of(command);
            print!("{}", help.with_context(|| format!("`{command}` is not a command here"))?);
        }
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
