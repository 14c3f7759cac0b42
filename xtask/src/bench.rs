//! Measures the package beside other ways to write the same flow: one command,
//! one run, every contestant over the same host.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sizes;
use crate::tools::run::{cargo, node, output_of, root, shown};

mod build;
mod figures;
mod names;
mod plot;
mod readme;
mod report;
mod results;
mod table;

use figures::{exponent, median_of};
use names::Language;
use results::{
    Axis, Contestant, Curve, HostCost, OneStart, Point, Results, Series, Size, Start, Tap,
};

/// How thorough a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// What the READMEs quote; under three minutes.
    Full,
    /// A first look.
    Quick,
}

impl Pace {
    /// Fresh processes for each start, for each tap, and for each point of a
    /// curve.
    const fn rounds(self) -> (usize, usize, usize) {
        match self {
            Self::Full => (15, 5, 3),
            Self::Quick => (3, 1, 1),
        }
    }

    /// How long one process warms up and measures taps, in milliseconds.
    const fn tap_ms(self) -> (u32, u32) {
        match self {
            Self::Full => (400, 400),
            Self::Quick => (200, 150),
        }
    }

    /// The same for each point of a curve.
    const fn point_ms(self) -> (u32, u32) {
        match self {
            Self::Full => (100, 120),
            Self::Quick => (60, 60),
        }
    }
}

/// Builds all, measures all, prints the tables, writes them and the figures to
/// `target/bench` and the plot to `docs/`.
pub fn bench(pace: Pace) -> Result<()> {
    let folder = folder()?;
    let bench = Bench {
        built: build::all(&folder)?,
        folder: root().join("tests/bench"),
        pace,
        cpu_shares: RefCell::default(),
    };
    let began = Instant::now();
    let results = bench.run()?;
    eprintln!("measured in {:.0} s", began.elapsed().as_secs_f64());

    let tables = report::full(&results);
    if report::is_busy(&results) {
        eprintln!("warning: the machine was busy with something else; measure again");
    }
    print!("{tables}");
    fs::write(results_file(&folder), serde_json::to_string_pretty(&results)?)?;
    fs::write(folder.join("report.md"), &tables)?;
    if pace == Pace::Full {
        let docs = root().join("docs");
        fs::create_dir_all(&docs)?;
        fs::write(docs.join("growth.svg"), plot::growth(&results)?)?;
    }
    Ok(())
}

/// Puts the figures of the last run into both READMEs.
pub fn update_readmes() -> Result<()> {
    let file = results_file(&folder()?);
    let text = fs::read_to_string(&file).with_context(|| {
        format!("cannot read {}: run `cargo xtask bench` first", file.display())
    })?;
    let results: Results = serde_json::from_str(&text)?;
    let readmes = [("README.md", Language::Chinese), ("README.en.md", Language::English)];
    // Both or neither: a mark may be missing.
    let mut spliced = Vec::new();
    for (name, language) in readmes {
        let path = root().join(name);
        let section = readme::section(&results, language);
        let text = readme::splice(&fs::read_to_string(&path)?, &section);
        spliced.push((path, text.with_context(|| name.to_owned())?));
    }
    for (path, text) in spliced {
        fs::write(path, text)?;
    }
    Ok(())
}

fn results_file(folder: &Path) -> PathBuf {
    folder.join("results.json")
}

/// `target/bench`, wherever this machine keeps its target folder.
fn folder() -> Result<PathBuf> {
    let mut metadata = cargo(["metadata", "--no-deps", "--format-version", "1"]);
    let text = output_of(&mut metadata).context("cargo metadata")?;
    let metadata: Value = serde_json::from_str(&text)?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    Ok(Path::new(target.context("the target folder")?).join("bench"))
}

/// What a driver prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<T> {
    answer: T,
    cpu_share: f64,
}

struct Bench {
    /// What the build made for the drivers.
    built: PathBuf,
    /// Where the drivers are.
    folder: PathBuf,
    pace: Pace,
    /// How much of a core each driver had.
    cpu_shares: RefCell<Vec<f64>>,
}

impl Bench {
    fn run(&self) -> Result<Results> {
        let (starts, taps, points) = self.pace.rounds();
        eprintln!("measuring starts");
        let start = self.each(starts, |contestant| self.start(contestant))?;
        eprintln!("measuring taps");
        let tap = self.each(taps, |contestant| self.tap(contestant))?;
        let mut growth = Vec::new();
        let counts = Axis::Waiting.counts();
        self.each(1, |contestant| {
            let options = json!({ "measure": "outboxes", "counts": counts });
            self.node::<Value>(self.of(contestant, options))
        })?;
        for axis in Axis::ALL {
            eprintln!("measuring growth with {}", axis.name(Language::English));
            growth.extend(self.curves(axis, points)?);
        }
        Ok(Results {
            machine: self.node(json!({ "measure": "machine" }))?,
            host: self.host()?,
            sizes: self.sizes()?,
            start: start.into_iter().map(|(who, all)| (who, Start::median(&all))).collect(),
            tap: tap.into_iter().map(|(who, all)| (who, Tap::median(&all))).collect(),
            growth,
            cpu_share: median_of(self.cpu_shares.take()),
        })
    }

    /// Measures every contestant so often, in turns: what disturbs the machine
    /// for a while disturbs all of them alike.
    fn each<T>(
        &self,
        rounds: usize,
        measure: impl Fn(Contestant) -> Result<T>,
    ) -> Result<BTreeMap<Contestant, Vec<T>>> {
        let mut all: BTreeMap<_, Vec<T>> = BTreeMap::new();
        for _ in 0..rounds {
            for contestant in Contestant::ALL {
                all.entry(contestant).or_default().push(measure(contestant)?);
            }
        }
        Ok(all)
    }

    fn start(&self, contestant: Contestant) -> Result<OneStart> {
        self.node(self.of(contestant, json!({ "measure": "start" })))
    }

    fn tap(&self, contestant: Contestant) -> Result<Tap> {
        let (warm_up_ms, measure_ms) = self.pace.tap_ms();
        let options = json!({
            "measure": "tap", "warmUpMs": warm_up_ms, "measureMs": measure_ms,
        });
        self.node(self.of(contestant, options))
    }

    /// What the host costs under each contestant's own calls.
    fn host(&self) -> Result<BTreeMap<Contestant, HostCost>> {
        let all = self
            .each(1, |contestant| self.node(self.of(contestant, json!({ "measure": "host" }))))?;
        Ok(all.into_iter().filter_map(|(who, all)| Some((who, all.into_iter().next()?))).collect())
    }

    fn sizes(&self) -> Result<Vec<Size>> {
        let files = build::weighed(&self.built);
        let weights = sizes::measure(files.each_ref().map(|(_, path)| path))?;
        Ok(files.into_iter().zip(weights).map(|((file, _), bytes)| Size { file, bytes }).collect())
    }

    /// Every curve along one axis: a process measures one point of each.
    fn curves(&self, axis: Axis, rounds: usize) -> Result<Vec<Series>> {
        let mut points: BTreeMap<(Curve, Contestant), Vec<Point>> = BTreeMap::new();
        for count in axis.counts() {
            let all = self.point(axis, *count, rounds)?;
            for (contestant, all) in all {
                // Of the medians of a few processes, the least disturbed.
                let least = |pointer: &str| {
                    let values = all.iter().filter_map(|point| point.pointer(pointer)?.as_f64());
                    values.reduce(f64::min)
                };
                for curve in axis.curves() {
                    let us = least(curve.pointer()).context("a driver's answer")?;
                    let point = Point { count: *count, us, json_share: least("/jsonShare") };
                    points.entry((*curve, contestant)).or_default().push(point);
                }
            }
        }
        Ok(points
            .into_iter()
            .map(|((curve, contestant), points)| {
                let of: Vec<_> = points.iter().map(|p| (f64::from(p.count), p.us)).collect();
                Series { curve, contestant, exponent: exponent(&of), points }
            })
            .collect())
    }

    /// One point of every contestant. One that takes long is not repeated.
    fn point(
        &self,
        axis: Axis,
        count: u32,
        rounds: usize,
    ) -> Result<BTreeMap<Contestant, Vec<Value>>> {
        const LONG: Duration = Duration::from_millis(1_500);
        let (warm_up_ms, measure_ms) = self.pace.point_ms();
        let mut all: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        let mut is_long = BTreeSet::new();
        for _ in 0..rounds {
            for contestant in Contestant::ALL {
                if is_long.contains(&contestant) {
                    continue;
                }
                let options = json!({
                    "measure": axis.measure(),
                    axis.option(): count,
                    "warmUpMs": warm_up_ms,
                    "measureMs": measure_ms,
                });
                let began = Instant::now();
                let point = self.node(self.of(contestant, options))?;
                all.entry(contestant).or_default().push(point);
                if began.elapsed() > LONG {
                    is_long.insert(contestant);
                }
            }
        }
        Ok(all)
    }

    /// What a driver is asked, about this contestant.
    fn of(&self, contestant: Contestant, mut options: Value) -> Value {
        if let Value::Object(options) = &mut options {
            options.insert("contestant".into(), json!(contestant));
            options.insert("built".into(), json!(self.built));
        }
        options
    }

    /// Asks the driver, in a fresh process.
    fn node<T: for<'de> Deserialize<'de>>(&self, options: Value) -> Result<T> {
        let mut command = node(&self.folder, ["measure.js".to_owned(), options.to_string()]);
        let output = command.output().with_context(|| shown(&command))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed ({})\n{said}", shown(&command), output.status);
        }
        let Answer { answer, cpu_share } =
            serde_json::from_slice(&output.stdout).with_context(|| shown(&command))?;
        self.cpu_shares.borrow_mut().push(cpu_share);
        Ok(answer)
    }
}
