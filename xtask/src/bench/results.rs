//! What a run measured, as it is written to `results.json`. Times are in µs
//! unless their name says otherwise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figures::{median_of, quantile};

/// Who is measured.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Contestant {
    /// The package.
    Wasm,
    /// The package where there is no WebAssembly.
    Fallback,
    /// The flow in plain JavaScript.
    JavaScript,
    /// The flow as wasm-bindgen's guide would have it.
    Naive,
}

impl Contestant {
    /// All, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Wasm, Self::Fallback, Self::JavaScript, Self::Naive];
}

/// What grows along a curve.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Axis {
    /// Template ids of one popup.
    Templates,
    /// Trigger types, the application's own included.
    Triggers,
    /// Reports that wait while one more is added.
    Waiting,
    /// Reports that a launch finds and delivers.
    Delivered,
}

impl Axis {
    /// All, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Templates, Self::Triggers, Self::Waiting, Self::Delivered];

    /// The numbers that are measured.
    pub const fn counts(self) -> &'static [u32] {
        match self {
            Self::Templates => &[1, 10, 100, 1_000, 2_000, 5_000],
            Self::Triggers => &[9, 100, 1_000, 3_000, 10_000],
            Self::Waiting | Self::Delivered => &[1, 10, 100, 300, 1_000],
        }
    }

    /// What the driver calls the measure.
    pub const fn measure(self) -> &'static str {
        match self {
            Self::Templates | Self::Triggers => "tap",
            Self::Waiting => "queued",
            Self::Delivered => "drain",
        }
    }

    /// What the driver calls the number.
    pub const fn option(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Triggers => "triggers",
            Self::Waiting | Self::Delivered => "reports",
        }
    }

    /// The curves along this axis.
    pub const fn curves(self) -> &'static [Curve] {
        match self {
            Self::Templates => &[Curve::TemplatesTap, Curve::TemplatesWhole],
            Self::Triggers => &[Curve::TriggersTap, Curve::TriggersSetup],
            Self::Waiting => &[Curve::WaitingWhole],
            Self::Delivered => &[Curve::DeliveredSetup],
        }
    }
}

/// What is measured along an axis.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Curve {
    /// From the tap to the host's popup, by templates.
    TemplatesTap,
    /// A whole subscription, by templates.
    TemplatesWhole,
    /// From the tap to the host's popup, by trigger types.
    TriggersTap,
    /// A later `setup`, by trigger types.
    TriggersSetup,
    /// A subscription up to its queued report, by reports that wait.
    WaitingWhole,
    /// A `setup` that delivers what an earlier launch left, by reports.
    DeliveredSetup,
}

impl Curve {
    /// Where the driver's answer has the time.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::TemplatesTap | Self::TriggersTap => "/tap/p50",
            Self::TemplatesWhole | Self::WaitingWhole => "/whole/p50",
            Self::TriggersSetup => "/configure/p50",
            Self::DeliveredSetup => "/setup/p50",
        }
    }
}

/// A file that is weighed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum File {
    /// `wx_subscribe.wasm`
    Module,
    /// `index.js`
    Glue,
    /// `fallback.js`
    Fallback,
    /// The flow in plain JavaScript.
    HandWritten,
    /// The module of the naive build.
    NaiveModule,
    /// Its glue.
    NaiveGlue,
}

/// Everything that one run measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Results {
    /// Where and when.
    pub machine: Machine,
    /// What each file weighs.
    pub sizes: Vec<Size>,
    /// From nothing to ready.
    pub start: BTreeMap<Contestant, Start>,
    /// Taps.
    pub tap: BTreeMap<Contestant, Tap>,
    /// What of it is the host's own.
    pub host: BTreeMap<Contestant, HostCost>,
    /// Every curve of every contestant.
    pub growth: Vec<Series>,
    /// How much of a core the drivers had; 1 or more if nothing disturbed
    /// them.
    pub cpu_share: f64,
}

/// Where and when it was measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many it has.
    pub cores: u32,
    /// The operating system, its version and architecture.
    pub os: String,
    /// Node's version.
    pub node: String,
    /// Its engine's version.
    pub v8: String,
    /// The day, as `2026-01-31`.
    pub date: String,
}

/// Bytes of a file.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Size {
    /// Which.
    pub file: File,
    /// As it is, with gzip -9, with brotli 11.
    pub bytes: [u64; 3],
}

/// A median and the spread around it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Spread {
    /// One in ten is below.
    pub p10: f64,
    /// The median.
    pub p50: f64,
    /// One in ten is above.
    pub p90: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        Self {
            p10: quantile(values.clone(), 0.1),
            p50: median_of(values.clone()),
            p90: quantile(values, 0.9),
        }
    }

    /// The median of each part.
    fn median(all: impl Iterator<Item = Self> + Clone) -> Self {
        Self {
            p10: median_of(all.clone().map(|one| one.p10)),
            p50: median_of(all.clone().map(|one| one.p50)),
            p90: median_of(all.map(|one| one.p90)),
        }
    }
}

/// The start of one process.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OneStart {
    import_ms: f64,
    instantiate_ms: f64,
    setup_ms: f64,
    total_ms: f64,
    first_tap_us: f64,
    first_whole_us: f64,
    storage_reads: f64,
}

/// Starts, each in a fresh process.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// `require`.
    pub import_ms: Spread,
    /// The module's compilation and instance.
    pub instantiate_ms: Spread,
    /// The rest of `setup`.
    pub setup_ms: Spread,
    /// All of it.
    pub total_ms: Spread,
    /// The first tap of the process, up to the host's popup.
    pub first_tap: Spread,
    /// The first whole subscription.
    pub first_whole: Spread,
    /// Reads of storage up to ready.
    pub storage_reads: f64,
}

impl Start {
    /// What many processes come to.
    pub fn median(all: &[OneStart]) -> Self {
        let of = |part: fn(&OneStart) -> f64| Spread::of(all.iter().map(part));
        Self {
            import_ms: of(|one| one.import_ms),
            instantiate_ms: of(|one| one.instantiate_ms),
            setup_ms: of(|one| one.setup_ms),
            total_ms: of(|one| one.total_ms),
            first_tap: of(|one| one.first_tap_us),
            first_whole: of(|one| one.first_whole_us),
            storage_reads: of(|one| one.storage_reads).p50,
        }
    }
}

/// Taps with their templates prefetched, in a process that is warm.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Tap {
    /// The prefetch before it.
    pub prefetch: Spread,
    /// Up to the host's popup.
    pub tap: Spread,
    /// Up to the outcome and an empty outbox.
    pub whole: Spread,
    /// A later `setup`.
    pub configure: Spread,
}

impl Tap {
    /// What many processes come to.
    pub fn median(all: &[Self]) -> Self {
        let of = |part: fn(&Self) -> Spread| Spread::median(all.iter().map(part));
        Self {
            prefetch: of(|one| one.prefetch),
            tap: of(|one| one.tap),
            whole: of(|one| one.whole),
            configure: of(|one| one.configure),
        }
    }
}

/// What the host costs under a contestant's calls of one subscription.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostCost {
    /// Up to the popup.
    pub tap: Spread,
    /// All calls of a whole subscription.
    pub whole: Spread,
    /// How often the module calls JavaScript up to the popup.
    pub tap_crossings: u32,
    /// How often in the whole subscription.
    pub crossings: u32,
    /// How many calls of the host there are.
    pub calls: u32,
    /// Reads of storage among them.
    pub storage_reads: u32,
    /// Writes.
    pub storage_writes: u32,
}

/// One curve of one contestant.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// What is measured.
    pub curve: Curve,
    /// Of whom.
    pub contestant: Contestant,
    /// How fast it grows in its last decade: 1 is linear.
    pub exponent: f64,
    /// From small to large.
    pub points: Vec<Point>,
}

/// One point of a curve.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// How many.
    pub count: u32,
    /// How long it takes.
    pub us: f64,
    /// How much of it is the engine's own JSON, from 0 to 1, where that is
    /// told.
    pub json_share: Option<f64>,
}
