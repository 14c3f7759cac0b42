//! The report of a run: every table, and whether the budgets are met.

use std::fmt::Write as _;

use super::names::Language;
use super::results::{Axis, Contestant, Curve, Machine, Results, Series, Spread, Tap};
use super::table::{Table, exponent_text, number, spread};
use crate::sizes::grouped;

/// What the figures are held against.
const MOST_TIMES_JAVASCRIPT: f64 = 3.0;
const MOST_START_MS: f64 = 5.0;
const MOST_EXPONENT: f64 = 1.15;

/// With less than this of a core, a process was held up by others.
const LEAST_CPU_SHARE: f64 = 0.9;

/// Everything, for the terminal and `target/bench/report.md`.
pub fn full(results: &Results) -> String {
    let english = Language::English;
    let mut text = format!("# Benchmark\n\n{}\n", measured_on(results, english));
    let percent = (100.0 * results.cpu_share).round();
    let _ = writeln!(text, "The processes had {percent} % of a core, helper threads included.");
    text += "\n## Start: `require` to ready, in a fresh process (ms)\n\n";
    text += &starts(results);
    text += "\n## A tap with its templates prefetched (µs)\n\n";
    text += &taps(results);
    text += "\n## The first tap of a process (µs)\n\n";
    text += &first_taps(results);
    text += "\n## Growth (exponent over the last decade; 1 is linear)\n\n";
    text += &curves(results);
    text += "\n## Size (bytes)\n\n";
    text += &sizes(results);
    text += "\n## Budgets\n\n";
    text += &budgets(results);
    text
}

/// Whether other programs took so much of the machine that the times say
/// little.
pub fn is_busy(results: &Results) -> bool {
    results.cpu_share < LEAST_CPU_SHARE
}

/// Where, when and how, and a warning where that was no good place.
pub fn measured_on(results: &Results, language: Language) -> String {
    let mut text = circumstances(results, language);
    if is_busy(results) {
        let percent = (100.0 * results.cpu_share).round();
        text += &match language {
            Language::Chinese => {
                format!("\n**测量时机器繁忙**（各进程只得到一个核的 {percent}%），数字不可引用。\n")
            }
            Language::English => format!(
                "\n**The machine was busy**: the processes had only {percent} % of a core, and the \
                 figures are not to be quoted.\n"
            ),
        };
    }
    text
}

fn circumstances(results: &Results, language: Language) -> String {
    let Machine { cpu, cores, os, node, date, .. } = &results.machine;
    let host = results.host.get(&Contestant::Wasm).map_or(f64::NAN, |host| host.whole.p50);
    let host = number(host);
    match language {
        Language::Chinese => format!(
            "测于 {cpu}（{cores} 核），{os}，Node {node}，{date}。均为各进程的中位数，括号内为 p10–p90；\
             宿主是立即应答的模拟 `wx`，它自己在一次订阅中占 {host} µs。手写 JavaScript 与 SDK \
             通过同一组用例（`tests/bench/conformance.test.js`）；常规 wasm-bindgen 写法做得略少\
             （`tests/bench/naive`）。增长曲线的每一点取受干扰最少的进程，\
             指数按最后一个数量级拟合，1 为线性。\n"
        ),
        Language::English => format!(
            "Measured on {cpu} ({cores} cores), {os}, Node {node}, {date}. Medians over fresh \
             processes, with p10–p90 in brackets; the host is a simulated `wx` that answers at \
             once, and itself takes {host} µs of a whole subscription. The hand-written \
             JavaScript passes the same scripted cases as the SDK \
             (`tests/bench/conformance.test.js`); the plain wasm-bindgen build does somewhat less \
             (`tests/bench/naive`). Each point of a curve is that of the least disturbed process; \
             exponents are fitted to the last decade, and 1 is linear.\n"
        ),
    }
}

fn starts(results: &Results) -> String {
    let mut table =
        Table::new(&["", "import", "instantiate", "rest of setup", "in all", "reads of storage"]);
    for (contestant, start) in &results.start {
        table.row([
            contestant.name(Language::English).to_owned(),
            spread(start.import_ms),
            spread(start.instantiate_ms),
            spread(start.setup_ms),
            spread(start.total_ms),
            number(start.storage_reads),
        ]);
    }
    table.text()
}

fn taps(results: &Results) -> String {
    let english = Language::English;
    let mut table =
        Table::new(&["", "prefetch", "tap to popup", "× JS", "whole subscription", "× JS"]);
    for (contestant, tap) in &results.tap {
        let times = times_javascript(results, *contestant);
        table.row([
            contestant.name(english).to_owned(),
            spread(tap.prefetch),
            spread(tap.tap),
            times.0,
            spread(tap.whole),
            times.1,
        ]);
    }
    let mut hosts = Table::new(&[
        "the host's part of it",
        "tap to popup",
        "whole subscription",
        "calls",
        "reads of storage",
        "writes",
        "wasm → JS up to the popup",
        "wasm → JS in all",
    ]);
    for (contestant, host) in &results.host {
        hosts.row([
            contestant.name(english).to_owned(),
            spread(host.tap),
            spread(host.whole),
            host.calls.to_string(),
            host.storage_reads.to_string(),
            host.storage_writes.to_string(),
            host.tap_crossings.to_string(),
            host.crossings.to_string(),
        ]);
    }
    table.text() + "\n" + &hosts.text()
}

fn first_taps(results: &Results) -> String {
    let mut table = Table::new(&["", "tap to popup", "whole subscription"]);
    for (contestant, start) in &results.start {
        let name = contestant.name(Language::English).to_owned();
        table.row([name, spread(start.first_tap), spread(start.first_whole)]);
    }
    table.text()
}

/// Every point of every curve, and how much of the deliveries is JSON.
fn curves(results: &Results) -> String {
    let mut text = String::new();
    for axis in Axis::ALL {
        for curve in axis.curves() {
            let counts = axis.counts().iter().map(|count| grouped(u64::from(*count)));
            let head: Vec<String> = [curve_name(*curve, Language::English)]
                .into_iter()
                .chain(counts)
                .chain(["exponent".to_owned()])
                .collect();
            let mut table = Table::new(&head);
            for series in of_curve(results, *curve) {
                let mut row = vec![series.contestant.name(Language::English).to_owned()];
                row.extend(series.points.iter().map(|point| number(point.us)));
                row.push(exponent_text(series.exponent));
                table.row(row);
                if series.points.iter().any(|point| point.json_share.is_some()) {
                    let share = |share: f64| format!("{:.0} %", 100.0 * share);
                    let mut row = vec!["… of it the engine's own JSON".to_owned()];
                    let shares = series.points.iter().map(|point| point.json_share);
                    row.extend(shares.map(|known| known.map_or(String::new(), share)));
                    row.push(String::new());
                    table.row(row);
                }
            }
            text += &table.text();
            text.push('\n');
        }
    }
    text.trim_end().to_owned() + "\n"
}

fn curve_name(curve: Curve, language: Language) -> String {
    let (what, axis) = (curve.name(language), curve.axis().name(language));
    match language {
        Language::Chinese => format!("{what}（µs），按{axis}"),
        Language::English => format!("{what} (µs), by {axis}"),
    }
}

fn sizes(results: &Results) -> String {
    let mut table = Table::new(&["", "raw", "gzip -9", "brotli 11"]);
    for size in &results.sizes {
        let [raw, gzip, brotli] = size.bytes.map(grouped);
        table.row([size.file.name().to_owned(), raw, gzip, brotli]);
    }
    for contestant in Contestant::ALL {
        let [raw, gzip, brotli] = weight(results, contestant).map(grouped);
        table.row([format!("all of {}", contestant.name(Language::English)), raw, gzip, brotli]);
    }
    table.text()
}

/// Whether each budget is met. Nothing fails where one is not.
fn budgets(results: &Results) -> String {
    let mut text = String::new();
    let mut judge = |what: String, value: f64, most: f64| {
        let verdict = if value <= most { "met" } else { "NOT met" };
        let _ = writeln!(text, "- {what}: {} of at most {most}: {verdict}", number(value));
    };
    for contestant in [Contestant::Wasm, Contestant::Fallback] {
        let name = contestant.name(Language::English);
        if let Some(start) = results.start.get(&contestant) {
            judge(format!("{name}, start, ms"), start.total_ms.p50, MOST_START_MS);
        }
        for (part, of) in PARTS {
            let time = |who| results.tap.get(&who).map_or(f64::NAN, |tap| of(tap).p50);
            let own = time(contestant);
            let times = own / time(Contestant::JavaScript);
            judge(format!("{name}, {part}, × JavaScript"), times, MOST_TIMES_JAVASCRIPT);
            judge(
                format!("{name}, {part}, × plain wasm-bindgen"),
                own / time(Contestant::Naive),
                1.0,
            );
        }
        for series in results.growth.iter().filter(|series| series.contestant == contestant) {
            let curve = curve_name(series.curve, Language::English);
            judge(format!("{name}, exponent of {curve}"), series.exponent, MOST_EXPONENT);
        }
    }
    text
}

type Part = (&'static str, fn(&Tap) -> Spread);
const PARTS: [Part; 2] = [("tap to popup", |tap| tap.tap), ("whole subscription", |tap| tap.whole)];

/// A curve, of each contestant.
pub fn of_curve(results: &Results, curve: Curve) -> impl Iterator<Item = &Series> {
    results.growth.iter().filter(move |series| series.curve == curve)
}

/// How many times as long as the hand-written flow, for the tap and for the
/// whole subscription.
pub fn times_javascript(results: &Results, contestant: Contestant) -> (String, String) {
    let times = |part: fn(&Tap) -> Spread| {
        let of = |who| results.tap.get(&who).map_or(f64::NAN, |tap| part(tap).p50);
        format!("{:.1}", of(contestant) / of(Contestant::JavaScript))
    };
    (times(|tap| tap.tap), times(|tap| tap.whole))
}

/// All files of a contestant together.
pub fn weight(results: &Results, contestant: Contestant) -> [u64; 3] {
    let files = contestant.files();
    let own = results.sizes.iter().filter(|size| files.contains(&size.file));
    own.fold([0; 3], |[raw, gzip, brotli], size| {
        let [more_raw, more_gzip, more_brotli] = size.bytes;
        [raw + more_raw, gzip + more_gzip, brotli + more_brotli]
    })
}

#[cfg(test)]
#[path = "report_tests.rs"]
pub(in crate::bench) mod tests;
