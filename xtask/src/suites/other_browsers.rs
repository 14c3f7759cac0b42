//! The story of the simulator in browsers that are not built on Chromium: once
//! from the tap to the message, on Linux.

use anyhow::{Result, bail};

use super::node_tests::node_tests;
use super::report::Report;
use super::tally::Counts;
use crate::example::{backend, simulator};
use crate::tools::run::{is_set, on_path};
use crate::tools::{debian, setup};

struct Browser {
    title: &'static str,
    /// The name of its program.
    program: &'static str,
    /// The packages of Debian that it needs.
    packages: &'static [&'static str],
    /// Its test, and the environment variable in which that looks for the
    /// program.
    test: &'static str,
    variable: &'static str,
}

const BROWSERS: [Browser; 2] = [
    Browser {
        title: "Firefox",
        program: "firefox-esr",
        packages: &["firefox-esr"],
        test: "firefox.test.mjs",
        variable: "WX_SUBSCRIBE_FIREFOX",
    },
    Browser {
        title: "WebKit",
        program: "WebKitWebDriver",
        packages: &["webkit2gtk-driver", "xvfb"],
        test: "webkit.test.mjs",
        variable: "WX_SUBSCRIBE_WEBKIT",
    },
];

/// Runs the story in each of them. One that cannot be installed is left out, and
/// the end of the report names it; with `CI` set, it is an error on Linux.
pub fn run(report: &mut Report) -> Result<()> {
    let folder = simulator::folder().join("tests/other-browsers");
    for Browser { title, program, packages, test, variable } in BROWSERS {
        if cfg!(target_os = "linux") {
            debian::install(packages)?;
        }
        let Some(found) = on_path(program) else {
            let what = format!("the story in {title}: there is no `{program}` here");
            if is_set("CI") && cfg!(target_os = "linux") {
                bail!("{what}; Debian has it in {}", packages.join(", "));
            }
            report.leave_out(what);
            continue;
        };
        setup::npm_packages(&folder)?;
        let mut tests = node_tests(&folder);
        tests.arg(test).env(backend::VARIABLE, backend::build()?).env(variable, found);
        report.suite(&format!("the story in {title}"), Counts::Node, &mut tests)?;
    }
    Ok(())
}
