//! The example mini-program in a browser, against its back end: a subscription
//! from the tap to the message that it was for.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

use crate::example::backend;
use crate::example::simulator::{self, Simulator};
use crate::package;
use crate::tools::{browser, desktop};

/// When the demo ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A script drives a headless browser; ends after its last step.
    AfterStory,
    /// Anyone who opens the page; ends at Ctrl-C. With a port, the next demo on
    /// it finds the same users and database.
    OnInterrupt { port: Option<u16> },
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Builds everything and starts it. Returns the exit code of the driver.
pub fn demo(end: End) -> Result<ExitCode> {
    // Checked before the long build.
    let (browser, port) = match end {
        End::AfterStory => (Some(browser::required()?), None),
        End::OnInterrupt { port } => (None, port),
    };
    package::build()?;
    let backend = backend::build()?;
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))?;
    let is_interrupted = || INTERRUPTED.load(Ordering::Relaxed);

    if let Some(browser) = browser {
        let mut driver = simulator::driver("tests/browser/demo.mjs", &backend, &browser)?;
        let Some(status) = driver.wait(is_interrupted)? else { return Ok(ExitCode::FAILURE) };
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        return Ok(code.map_or(ExitCode::FAILURE, ExitCode::from));
    }

    let mut simulator = Simulator::start(&backend, port)?;
    println!("\nThe simulated phone, until Ctrl-C: {}", simulator.url());
    desktop::open(simulator.url());
    if let Some(status) = simulator.wait(is_interrupted)? {
        bail!("the simulator ended by itself ({status})");
    }
    Ok(ExitCode::SUCCESS)
}
