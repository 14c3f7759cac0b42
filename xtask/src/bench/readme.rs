//! The tables that a README shows, and putting them between its two marks.

use anyhow::{Result, bail};

use super::names::Language;
use super::report::{measured_on, of_curve, times_javascript, weight};
use super::results::{Axis, Contestant, Results};
use super::table::{Table, exponent_text, spread, time};
use crate::sizes::grouped;

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// What a README shows between its two marks.
pub fn section(results: &Results, language: Language) -> String {
    let mut text = taps_and_weight(results, language);
    text += "\n";
    text += &growth(results, language);
    text += "\n";
    text += &measured_on(results, language);
    text
}

fn taps_and_weight(results: &Results, language: Language) -> String {
    let mut table = Table::new(&[
        "",
        language.pick("启动（ms）", "Start, ms"),
        language.pick("首次点击到弹窗（µs）", "First tap to popup, µs"),
        language.pick("点击到弹窗（µs）", "Tap to popup, µs"),
        language.pick("为 JS 的倍数", "× JS"),
        language.pick("整次订阅（µs）", "Whole subscription, µs"),
        language.pick("为 JS 的倍数", "× JS"),
        language.pick("brotli 后（字节）", "Bytes, brotli"),
    ]);
    for contestant in Contestant::ALL {
        let (Some(start), Some(tap)) =
            (results.start.get(&contestant), results.tap.get(&contestant))
        else {
            continue;
        };
        let times = times_javascript(results, contestant);
        let [_, _, brotli] = weight(results, contestant);
        table.row([
            contestant.name(language).to_owned(),
            spread(start.total_ms),
            spread(start.first_tap),
            spread(tap.tap),
            times.0,
            spread(tap.whole),
            times.1,
            grouped(brotli),
        ]);
    }
    table.text()
}

/// From the smallest to the largest of each curve, and the exponents.
fn growth(results: &Results, language: Language) -> String {
    let exponent = |who: Contestant| {
        let (name, word) = (who.name(language), language.pick("指数", "exponent"));
        format!("{name} {word}")
    };
    let mut table = Table::with_text(
        2,
        &[
            language.pick("随什么增长", "Grows with").to_owned(),
            language.pick("测什么", "What is measured").to_owned(),
            "wx-subscribe".to_owned(),
            exponent(Contestant::Wasm),
            exponent(Contestant::JavaScript),
            exponent(Contestant::Naive),
        ],
    );
    for axis in Axis::ALL {
        for curve in axis.curves() {
            let of = |who| of_curve(results, *curve).find(|series| series.contestant == who);
            let exponent = |who| of(who).map_or(String::new(), |s| exponent_text(s.exponent));
            let ends = of(Contestant::Wasm).and_then(|s| s.points.first().zip(s.points.last()));
            let Some((first, last)) = ends else { continue };
            let (from, to) = (u64::from(first.count), u64::from(last.count));
            table.row([
                format!("{} {}–{}", axis.name(language), grouped(from), grouped(to)),
                curve.name(language).to_owned(),
                format!("{} → {}", time(first.us), time(last.us)),
                exponent(Contestant::Wasm),
                exponent(Contestant::JavaScript),
                exponent(Contestant::Naive),
            ]);
        }
    }
    table.text()
}

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
