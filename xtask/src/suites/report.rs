//! One run of the suites: its extent, the counts, and the time of each suite.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::tally::{Counts, Tally};
use crate::tools::run::shown;

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The usual run, for every change.
    Usual,
    /// With suites that take longer or need large packages.
    Full,
}

/// The results so far.
#[derive(Debug)]
pub struct Report {
    extent: Extent,
    sum: Tally,
    start: Instant,
    left_out: Vec<String>,
}

impl Report {
    /// A report of a run that begins now.
    pub fn new(extent: Extent) -> Self {
        Self { extent, sum: Tally::default(), start: Instant::now(), left_out: Vec::new() }
    }

    /// How much is run.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Notes what this machine cannot run.
    pub fn leave_out(&mut self, what: String) {
        self.left_out.push(what);
    }

    /// Runs a command as a suite and reads its counts.
    pub fn suite(&mut self, title: &str, counts: Counts, command: &mut Command) -> Result<()> {
        let repeat = shown(command);
        self.run(title, &repeat, || watched(command, counts))
    }

    /// Runs a step of this program as a check.
    pub fn step(&mut self, title: &str, repeat: &str, step: fn() -> Result<()>) -> Result<()> {
        self.run(title, repeat, || match step() {
            Ok(()) => Ok(Tally::PASSED),
            Err(error) => {
                eprintln!("error: {error:#}");
                Ok(Tally::FAILED)
            }
        })
    }

    /// Prints what was left out, the time, and the counts in the last line.
    pub fn print(&self) {
        for left_out in &self.left_out {
            println!("\nnot run: {left_out}");
        }
        println!("\ntook {:.1} s\n{}", self.start.elapsed().as_secs_f64(), self.sum);
    }

    fn run(
        &mut self,
        title: &str,
        repeat: &str,
        body: impl FnOnce() -> Result<Tally>,
    ) -> Result<()> {
        println!("\n== {title}");
        let start = Instant::now();
        let tally = body()?;
        self.sum += tally;
        println!("== {title}: {tally}, {:.1} s", start.elapsed().as_secs_f64());
        if tally.failed > 0 {
            bail!("{title} failed; to repeat: {repeat}");
        }
        Ok(())
    }
}

/// Runs a command, passes its output on line by line, and counts.
fn watched(command: &mut Command, counts: Counts) -> Result<Tally> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        while stdout.read_until(b'\n', &mut line)? > 0 {
            std::io::stdout().write_all(&line)?;
            tally += counts.in_line(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
    Ok(match (child.wait()?.success(), counts) {
        (true, Counts::One) => Tally::PASSED,
        (true, _) if tally.is_empty() => {
            eprintln!("error: no test ran");
            Tally::FAILED
        }
        (false, _) if tally.failed == 0 => Tally { failed: 1, ..tally },
        _ => tally,
    })
}
