//! Finds a browser of the Chromium family, for the simulator and its suites.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::debian;
use super::run::on_path;

/// The environment variable that names the browser to use.
pub const VARIABLE: &str = "WX_SUBSCRIBE_BROWSER";

/// Hint on how to install one.
pub const HELP: &str = "install Chromium, Google Chrome or Microsoft Edge, \
                        or name one with the environment variable WX_SUBSCRIBE_BROWSER";

/// The names of such browsers on the PATH.
const NAMES: [&str; 8] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
];

/// On macOS, in the Applications folder of the system or the user.
const MAC_APPLICATIONS: [&str; 3] = [
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/// On Windows, below one of the program folders.
const WINDOWS_PROGRAMS: [&str; 3] = [
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
];

/// The browser to use; `None` if there is none and none can be installed.
///
/// # Errors
/// The variable names a file that is not there, or installing failed.
pub fn find() -> Result<Option<PathBuf>> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        if !named.is_file() {
            bail!("{VARIABLE} names {}, which is not there", named.display());
        }
        return Ok(Some(named));
    }
    if let Some(found) = installed() {
        return Ok(Some(found));
    }
    // The font is for the Chinese texts of the example.
    if cfg!(target_os = "linux") && debian::install(&["chromium", "fonts-noto-cjk"])? {
        return Ok(installed());
    }
    Ok(None)
}

/// The browser to use; without one, the error says what to install.
pub fn required() -> Result<PathBuf> {
    find()?.with_context(|| format!("a browser is needed: {HELP}"))
}

fn installed() -> Option<PathBuf> {
    let named = NAMES.iter().find_map(|name| on_path(name));
    named.or_else(|| usual_places().into_iter().find(|file| file.is_file()))
}

fn usual_places() -> Vec<PathBuf> {
    let within = |folders: Vec<PathBuf>, files: [&str; 3]| {
        folders.iter().flat_map(|folder| files.map(|file| folder.join(file))).collect()
    };
    let folder_in = |variable: &str| env::var_os(variable).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        let system = Some(PathBuf::from("/Applications"));
        let own = folder_in("HOME").map(|home| home.join("Applications"));
        return within(system.into_iter().chain(own).collect(), MAC_APPLICATIONS);
    }
    if cfg!(windows) {
        let folders = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"];
        return within(folders.into_iter().filter_map(folder_in).collect(), WINDOWS_PROGRAMS);
    }
    vec![Path::new("/snap/bin/chromium").to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_usual_place_is_relative() {
        assert!(usual_places().iter().all(|place| place.is_absolute()));
    }
}
