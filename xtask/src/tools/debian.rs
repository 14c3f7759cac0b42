//! Programs from the packages of Debian and of the systems based on it.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use super::run::{output_of, shown, succeed};

/// Whether this run has updated the package lists.
static UPDATED: AtomicBool = AtomicBool::new(false);

/// Installs the missing ones of these packages, and returns whether all are
/// installed. `false` if this machine has no apt, if another user is needed for
/// it, or if there is no package of such a name.
///
/// # Errors
/// Only if apt itself failed.
pub fn install(packages: &[&str]) -> Result<bool> {
    if packages.iter().all(|package| is_installed(package)) {
        return Ok(true);
    }
    if !may_install() {
        return Ok(false);
    }
    let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
    install.args(packages);
    if !UPDATED.load(Ordering::Relaxed) {
        // The package lists may be outdated: the files that they name are gone.
        if are_known(packages) && carry_out(&mut install).is_ok() {
            return Ok(true);
        }
        carry_out(&mut apt_get(&["update"]))?;
        UPDATED.store(true, Ordering::Relaxed);
    }
    if !are_known(packages) {
        return Ok(false);
    }
    carry_out(&mut install)?;
    Ok(true)
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]);
    output_of(&mut query).is_some_and(|status| status == "installed")
}

fn are_known(packages: &[&str]) -> bool {
    let is_known =
        |package: &&str| output_of(Command::new("apt-cache").args(["show", package])).is_some();
    packages.iter().all(is_known)
}

fn may_install() -> bool {
    let is_root = output_of(Command::new("id").arg("-u")).is_some_and(|user| user == "0");
    is_root && output_of(Command::new("apt-get").arg("--version")).is_some()
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn carry_out(command: &mut Command) -> Result<()> {
    eprintln!("set-up: {}", shown(command));
    succeed(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_needed_for_no_package() {
        assert!(matches!(install(&[]), Ok(true)));
    }

    #[test]
    fn a_package_that_no_system_has_is_not_installed() {
        assert!(!is_installed("wx-subscribe-has-no-such-package"));
    }
}
