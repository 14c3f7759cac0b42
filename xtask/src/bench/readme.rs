//! Puts the tables of a run into a README, between its two marks.

use anyhow::{Result, bail};

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// The text with `section` between its marks, in the place of what was there.
pub fn splice(text: &str, section: &str) -> Result<String> {
    let (before, rest) = once(text, BEGIN)?;
    let (old, after) = once(rest, END)?;
    if old.contains(BEGIN) || before.contains(END) {
        bail!("`{BEGIN}` must come once, and before `{END}`");
    }
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", section.trim()))
}

/// What is before the mark and what is after it; an error unless it comes
/// exactly once.
fn once<'a>(text: &'a str, mark: &str) -> Result<(&'a str, &'a str)> {
    match text.split_once(mark) {
        Some((before, after)) if !after.contains(mark) => Ok((before, after)),
        Some(_) => bail!("the mark `{mark}` comes twice"),
        None => bail!("the mark `{mark}` is missing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# wx\n\n<!-- bench:begin -->\nold\n<!-- bench:end -->\n\nrest\n";

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let new = splice(README, "| a |\n").unwrap();
        assert_eq!(new, "# wx\n\n<!-- bench:begin -->\n\n| a |\n\n<!-- bench:end -->\n\nrest\n");
    }

    #[test]
    fn the_same_section_again_changes_nothing() {
        let once = splice(README, "| a |").unwrap();
        assert_eq!(splice(&once, "| a |").unwrap(), once);
    }

    #[test]
    fn a_readme_without_its_marks_is_left_alone() {
        for text in [
            "",
            "<!-- bench:begin -->",
            "<!-- bench:end -->",
            "<!-- bench:end --> <!-- bench:begin -->",
            "<!-- bench:begin --> <!-- bench:begin --> <!-- bench:end -->",
            "<!-- bench:begin --> <!-- bench:end --> <!-- bench:end -->",
            "<!-- bench:end --> <!-- bench:begin --> <!-- bench:end -->",
        ] {
            assert!(splice(text, "| a |").is_err(), "{text}");
        }
    }
}
