//! Opens an address in the browser of the user.

use std::process::{Command, Stdio};

use super::run::is_set;

/// Opens an address in the desktop's browser, if there is a desktop with a
/// user. It may fail silently: the address is printed as well.
pub fn open(url: &str) {
    if !is_watched() {
        return;
    }
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut start = Command::new("cmd");
        // The first quoted word would be the window's title.
        start.args(["/C", "start", ""]);
        start
    } else {
        Command::new("xdg-open")
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.spawn();
}

/// Whether this is a desktop rather than a build server.
fn is_watched() -> bool {
    if is_set("CI") {
        return false;
    }
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
