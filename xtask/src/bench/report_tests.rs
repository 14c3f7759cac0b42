//! Tests of the tables, over figures that are easy to follow.

use std::collections::BTreeMap;

use super::*;
use crate::bench::figures::exponent;
use crate::bench::readme::section;
use crate::bench::results::{File, HostCost, Point, Size, Start};

fn around(p50: f64) -> Spread {
    Spread { p10: p50 / 2.0, p50, p90: p50 * 2.0 }
}

fn everyone<T>(of: impl Fn(f64) -> T) -> BTreeMap<Contestant, T> {
    let times = [4.0, 8.0, 2.0, 20.0];
    Contestant::ALL.into_iter().zip(times).map(|(who, times)| (who, of(times))).collect()
}

fn start(ms: f64) -> Start {
    Start {
        import_ms: around(ms / 4.0),
        instantiate_ms: around(ms / 4.0),
        setup_ms: around(ms / 2.0),
        total_ms: around(ms),
        first_tap: around(100.0 * ms),
        first_whole: around(1_000.0 * ms),
        storage_reads: 2.0,
    }
}

fn tap(us: f64) -> Tap {
    Tap { prefetch: around(us), tap: around(us), whole: around(10.0 * us), configure: around(us) }
}

fn series(curve: Curve, contestant: Contestant, time: fn(f64) -> f64) -> Series {
    let counts = curve.axis().counts();
    let points: Vec<Point> = counts
        .iter()
        .map(|count| Point { count: *count, us: time(f64::from(*count)), json_share: None })
        .collect();
    let of: Vec<_> = points.iter().map(|point| (f64::from(point.count), point.us)).collect();
    Series { curve, contestant, exponent: exponent(&of), points }
}

pub(in crate::bench) fn results() -> Results {
    let mut growth = Vec::new();
    for axis in Axis::ALL {
        for curve in axis.curves() {
            growth.push(series(*curve, Contestant::Wasm, |count| 5.0 + 2.0 * count));
            growth.push(series(*curve, Contestant::JavaScript, |_| 7.0));
            growth.push(series(*curve, Contestant::Naive, |count| count * count));
        }
    }
    Results {
        machine: Machine {
            cpu: "Abacus 3000".to_owned(),
            cores: 2,
            os: "Linux 6.1 x64".to_owned(),
            node: "v20.11.0".to_owned(),
            v8: "11.3".to_owned(),
            date: "2026-01-31".to_owned(),
        },
        sizes: [
            (File::Module, 20_000),
            (File::Glue, 5_000),
            (File::Fallback, 60_000),
            (File::HandWritten, 6_000),
            (File::NaiveModule, 140_000),
            (File::NaiveGlue, 8_000),
        ]
        .map(|(file, raw)| Size { file, bytes: [raw, raw / 2, raw / 4] })
        .into(),
        start: everyone(start),
        tap: everyone(tap),
        host: everyone(|us| HostCost {
            tap: around(us / 100.0),
            whole: around(us / 10.0),
            tap_crossings: 75,
            crossings: 900,
            calls: 14,
            storage_reads: 7,
            storage_writes: 3,
        }),
        growth,
        cpu_share: 1.02,
    }
}

/// Each table of a text, row by row, cell by cell.
fn tables(text: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables = vec![Vec::new()];
    for line in text.lines() {
        match line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) {
            Some(cells) => {
                let row = cells.split(" | ").map(|cell| cell.trim().to_owned()).collect();
                tables.last_mut().unwrap().push(row);
            }
            None => tables.push(Vec::new()),
        }
    }
    tables.retain(|table| !table.is_empty());
    tables
}

#[test]
fn every_row_of_a_table_has_as_many_cells_as_its_head() {
    let results = results();
    for text in
        [full(&results), section(&results, Language::Chinese), section(&results, Language::English)]
    {
        let tables = tables(&text);
        assert!(tables.len() >= 2, "{text}");
        for table in tables {
            assert!(table.len() > 2, "a table without rows: {table:?}");
            for row in &table {
                assert_eq!(row.len(), table[0].len(), "{row:?}");
            }
        }
    }
}

#[test]
fn the_readme_shows_medians_spreads_and_ratios_to_javascript() {
    let text = section(&results(), Language::English);
    let tables = tables(&text);
    let wasm = &tables[0][2];
    assert_eq!(wasm[0], "wx-subscribe");
    assert_eq!(
        wasm[1..],
        ["4 (2–8)", "400 (200–800)", "4 (2–8)", "2.0", "40 (20–80)", "2.0", "6,250"]
    );
    let naive = &tables[0][5];
    assert_eq!(naive[4], "10.0");
    assert_eq!(naive[7], "37,000", "the module and its glue");
}

#[test]
fn the_readme_shows_how_fast_each_curve_grows() {
    let text = section(&results(), Language::English);
    let tables = tables(&text);
    let delivered = tables[1].last().unwrap();
    assert_eq!(delivered[0], "reports delivered at launch 1–1,000");
    assert_eq!(delivered[2], "7 µs → 2 ms");
    assert_eq!(delivered[3..], ["0.99", "0.00", "2.00"]);
}

#[test]
fn the_readme_names_the_machine_and_the_day() {
    for language in [Language::Chinese, Language::English] {
        let text = section(&results(), language);
        for fact in ["Abacus 3000", "Linux 6.1 x64", "v20.11.0", "2026-01-31"] {
            assert!(text.contains(fact), "{fact}: {text}");
        }
    }
}

#[test]
fn figures_of_a_busy_machine_are_not_passed_off_as_good_ones() {
    let quiet = results();
    let busy = Results { cpu_share: 0.4, ..results() };
    assert!(!is_busy(&quiet) && is_busy(&busy));
    assert!(!full(&quiet).contains("busy"));
    assert!(full(&busy).contains("only 40 % of a core"), "{}", full(&busy));
    assert!(section(&busy, Language::English).contains("only 40 % of a core"));
    assert!(section(&busy, Language::Chinese).contains("40%"));
}

#[test]
fn a_budget_that_is_not_met_is_said_so() {
    let mut results = results();
    let text = budgets(&results);
    assert!(text.contains("- wx-subscribe, start, ms: 4 of at most 5: met"), "{text}");
    assert!(text.contains("wx-subscribe, tap to popup, × JavaScript: 2 of at most 3: met"));
    assert!(text.contains("without WebAssembly, start, ms: 8 of at most 5: NOT met"));
    let is_wasm = |series: &&mut Series| series.contestant == Contestant::Wasm;
    results.growth.iter_mut().filter(is_wasm).for_each(|series| series.exponent = 1.9);
    assert!(budgets(&results).contains("1.90 of at most 1.15: NOT met"));
}

#[test]
fn the_results_are_read_back_as_they_were_written() {
    let results = results();
    let text = serde_json::to_string_pretty(&results).unwrap();
    let read: Results = serde_json::from_str(&text).unwrap();
    assert_eq!(full(&read), full(&results));
    assert_eq!(read.growth.len(), results.growth.len());
}
