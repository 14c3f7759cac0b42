//! The tables: all of them for a run, and those that the READMEs show.

use std::fmt::Write as _;

use super::results::{Axis, Contestant, Curve, File, Results, Series, Spread};

/// What the figures are held against.
const MOST_TIMES_JAVASCRIPT: f64 = 3.0;
const MOST_START_MS: f64 = 5.0;
const MOST_EXPONENT: f64 = 1.15;

/// With less than this of a core, a process was held up by others.
const LEAST_CPU_SHARE: f64 = 0.9;

/// Which README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `README.md`
    Chinese,
    /// `README.en.md`
    English,
}

impl Language {
    const fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

impl Contestant {
    /// What a table calls it.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Wasm => "wx-subscribe",
            Self::Fallback => {
                language.pick("wx-subscribe，无 WebAssembly", "wx-subscribe without WebAssembly")
            }
            Self::JavaScript => language.pick("手写 JavaScript", "hand-written JavaScript"),
            Self::Naive => language.pick("常规 wasm-bindgen 写法", "plain wasm-bindgen"),
        }
    }

    /// The files that a mini-program carries for it.
    const fn files(self) -> &'static [File] {
        match self {
            Self::Wasm => &[File::Module, File::Glue],
            Self::Fallback => &[File::Fallback, File::Glue],
            Self::JavaScript => &[File::HandWritten],
            Self::Naive => &[File::NaiveModule, File::NaiveGlue],
        }
    }
}

impl Axis {
    /// What grows.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Templates => language.pick("一次弹窗的模板数", "templates of one popup"),
            Self::Triggers => language.pick("触发类型数", "trigger types"),
            Self::Waiting => language.pick("待上报的条数", "reports that wait"),
            Self::Delivered => language.pick("启动时补报的条数", "reports delivered at launch"),
        }
    }
}

impl Curve {
    /// What is measured.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::TemplatesTap | Self::TriggersTap => language.pick("点击到弹窗", "tap to popup"),
            Self::TemplatesWhole => language.pick("整次订阅", "whole subscription"),
            Self::WaitingWhole => {
                language.pick("订阅到入队", "subscription up to its queued report")
            }
            Self::TriggersSetup | Self::DeliveredSetup => "`setup`",
        }
    }

    /// What grows.
    pub fn axis(self) -> Axis {
        let has_it = |axis: &Axis| axis.curves().contains(&self);
        Axis::ALL.into_iter().find(has_it).unwrap_or(Axis::Templates)
    }
}

impl File {
    const fn name(self) -> &'static str {
        match self {
            Self::Module => "wx_subscribe.wasm",
            Self::Glue => "index.js",
            Self::Fallback => "fallback.js",
            Self::HandWritten => "hand-written, minified",
            Self::NaiveModule => "naive: wasm",
            Self::NaiveGlue => "naive: glue, minified",
        }
    }
}

/// Everything, for the terminal and `target/bench/report.md`.
pub fn full(results: &Results) -> String {
    let english = Language::English;
    let mut text = format!("# Benchmark\n\n{}\n", measured_on(results, english));
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

/// What a README shows between its two marks.
pub fn readme(results: &Results, language: Language) -> String {
    let mut text = taps_and_weight(results, language);
    text += "\n";
    text += &growth(results, language);
    text += "\n";
    text += &measured_on(results, language);
    text
}

/// Whether other programs took so much of the machine that the times say
/// little.
pub fn is_busy(results: &Results) -> bool {
    results.cpu_share < LEAST_CPU_SHARE
}

/// Where, when and how, and a warning where that was no good place.
fn measured_on(results: &Results, language: Language) -> String {
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
    let m = &results.machine;
    let host = results.host.get(&Contestant::Wasm).map_or(f64::NAN, |host| host.whole.p50);
    match language {
        Language::Chinese => format!(
            "测于 {}（{} 核），{}，Node {}，{}。均为各进程的中位数，括号内为 p10–p90；宿主是立即应答的模拟 `wx`，\
             它自己在一次订阅中占 {} µs。手写 JavaScript 与 SDK 通过同一组用例\
             （`tests/bench/conformance.test.js`）；常规 wasm-bindgen 写法做得略少\
             （`tests/bench/naive`）。指数按最后一个数量级拟合，1 为线性。\n",
            m.cpu,
            m.cores,
            m.os,
            m.node,
            m.date,
            number(host)
        ),
        Language::English => format!(
            "Measured on {} ({} cores), {}, Node {}, {}. Medians over fresh processes, with p10–p90 \
             in brackets; the host is a simulated `wx` that answers at once, and itself takes {} µs \
             of a whole subscription. The hand-written JavaScript passes the same scripted cases as \
             the SDK (`tests/bench/conformance.test.js`); the plain wasm-bindgen build does somewhat \
             less (`tests/bench/naive`). Exponents are fitted to the last decade; 1 is linear.\n",
            m.cpu,
            m.cores,
            m.os,
            m.node,
            m.date,
            number(host)
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

type Part = (&'static str, fn(&super::results::Tap) -> Spread);
const PARTS: [Part; 2] = [("tap to popup", |tap| tap.tap), ("whole subscription", |tap| tap.whole)];

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

fn of_curve(results: &Results, curve: Curve) -> impl Iterator<Item = &Series> {
    results.growth.iter().filter(move |series| series.curve == curve)
}

/// How many times as long as the hand-written flow, for the tap and for the
/// whole subscription.
fn times_javascript(results: &Results, contestant: Contestant) -> (String, String) {
    let times = |part: fn(&super::results::Tap) -> Spread| {
        let of = |who| results.tap.get(&who).map_or(f64::NAN, |tap| part(tap).p50);
        format!("{:.1}", of(contestant) / of(Contestant::JavaScript))
    };
    (times(|tap| tap.tap), times(|tap| tap.whole))
}

/// All files of a contestant together.
fn weight(results: &Results, contestant: Contestant) -> [u64; 3] {
    let files = contestant.files();
    let own = results.sizes.iter().filter(|size| files.contains(&size.file));
    own.fold([0; 3], |[raw, gzip, brotli], size| {
        let [more_raw, more_gzip, more_brotli] = size.bytes;
        [raw + more_raw, gzip + more_gzip, brotli + more_brotli]
    })
}

fn spread(of: Spread) -> String {
    format!("{} ({}–{})", number(of.p50), number(of.p10), number(of.p90))
}

/// Three digits that say something; whole numbers in groups of thousands.
fn number(value: f64) -> String {
    match value {
        value if !value.is_finite() => "?".to_owned(),
        value if value >= 99.95 => grouped(value.round() as u64),
        value if value >= 9.995 => trimmed(format!("{value:.1}")),
        value => trimmed(format!("{value:.2}")),
    }
}

/// A time in µs, in the unit that reads best.
fn time(us: f64) -> String {
    match us {
        us if us >= 1e6 => format!("{} s", number(us / 1e6)),
        us if us >= 1e3 => format!("{} ms", number(us / 1e3)),
        us => format!("{} µs", number(us)),
    }
}

fn exponent_text(exponent: f64) -> String {
    // Adding nothing takes the sign off a zero.
    format!("{:.2}", (exponent * 100.0).round() / 100.0 + 0.0)
}

fn trimmed(digits: String) -> String {
    match digits.split_once('.') {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => digits,
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A table of Markdown: text to the left, figures to the right.
struct Table {
    text: String,
}

impl Table {
    /// One whose first column alone is text.
    fn new<S: AsRef<str>>(head: &[S]) -> Self {
        Self::with_text(1, head)
    }

    fn with_text<S: AsRef<str>>(columns: usize, head: &[S]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(head.iter().map(|cell| cell.as_ref().to_owned()));
        let align = |at| if at < columns { "---" } else { "---:" };
        table.row((0..head.len()).map(|at| align(at).to_owned()));
        table
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for cell in cells {
            let _ = write!(self.text, "| {cell} ");
        }
        self.text.push_str("|\n");
    }

    fn text(self) -> String {
        self.text
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
pub(in crate::bench) mod tests;
