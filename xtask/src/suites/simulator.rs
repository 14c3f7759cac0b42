//! The suites of the simulator: those in Node, then those in a browser.

use std::process::Command;

use anyhow::{Result, bail};

use super::node_tests::{node_tests, test_files};
use super::report::{Extent, Report};
use super::tally::Counts;
use crate::example::{backend, simulator};
use crate::tools::browser;
use crate::tools::run::{is_set, npm};

/// Runs them. A machine without a browser leaves out the suites that need one,
/// and the end of the report names them; with `CI` set, it is an error.
pub fn run(report: &mut Report) -> Result<()> {
    let mut types = npm(&simulator::folder(), ["run", "--silent", "typecheck"]);
    report.suite("types of the simulator", Counts::One, &mut types)?;
    let mut tests = tests_in("tests/server")?;
    report.suite("server of the simulator", Counts::Node, &mut tests)?;

    let browser = match browser::find()? {
        Some(browser) => browser,
        None if is_set("CI") => bail!("the suites in a browser need one: {}", browser::HELP),
        None => {
            report.leave_out(format!("the suites in a browser: {}", browser::HELP));
            return Ok(());
        }
    };
    if report.extent() == Extent::Full {
        let mut tests = tests_in("tests/phone")?;
        report.suite("simulated phone", Counts::Node, tests.env(browser::VARIABLE, &browser))?;
    }
    let mut tests = tests_in("tests/browser")?;
    tests.env(backend::VARIABLE, backend::build()?).env(browser::VARIABLE, &browser);
    report.suite("simulator in a browser", Counts::Node, &mut tests)?;
    if report.extent() == Extent::Full {
        let mut tests = tests_in("tests/long")?;
        tests.env(backend::VARIABLE, backend::build()?).env(browser::VARIABLE, &browser);
        report.suite("a long session in a browser", Counts::Node, &mut tests)?;
    }
    Ok(())
}

/// The suites of one folder of the simulator.
fn tests_in(suite: &str) -> Result<Command> {
    let folder = simulator::folder();
    let mut command = node_tests(&folder);
    let files = test_files(&folder.join(suite), ".test.mjs")?;
    command.args(files.iter().map(|file| format!("{suite}/{file}")));
    Ok(command)
}
