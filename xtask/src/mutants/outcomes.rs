//! What cargo-mutants says: which mutants there are, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The mutants of the source. cargo-mutants names them by line and column; here
/// each also has a key that stays when lines move.
#[derive(Debug, Default)]
pub struct Mutants {
    keys: BTreeMap<String, Key>,
}

/// `src/a.rs: replace f -> bool with true`; where a function has several that read
/// the same, `src/a.rs: replace < with <= in f (2 of 3)`, in the order of the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

impl Mutants {
    /// Reads the output of `cargo mutants --list --json`.
    pub fn parse(json: &str) -> Result<Self> {
        let list: Vec<Value> = serde_json::from_str(json).context("the list of mutants")?;
        if list.is_empty() {
            bail!("cargo-mutants found no mutants");
        }
        let mut alike: BTreeMap<String, Vec<(Place, String)>> = BTreeMap::new();
        for mutant in &list {
            let name = mutant.get("name").and_then(Value::as_str).context("a mutant's name")?;
            let (key, place) = parts(name).with_context(|| format!("the mutant `{name}`"))?;
            alike.entry(key).or_default().push((place, name.to_owned()));
        }
        let mut keys = BTreeMap::new();
        for (key, mut names) in alike {
            names.sort();
            let count = names.len();
            for (index, (_, name)) in names.into_iter().enumerate() {
                let key = match count {
                    1 => key.clone(),
                    _ => format!("{key} ({} of {count})", index + 1),
                };
                keys.insert(name, Key(key));
            }
        }
        Ok(Self { keys })
    }

    /// The key of the mutant with this name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.get(name)
    }

    /// The keys of the mutants in these files; of all if there are none.
    pub fn keys_in(&self, files: &[&str]) -> BTreeSet<Key> {
        let within = |key: &&Key| files.is_empty() || files.contains(&key.file());
        self.keys.values().filter(within).cloned().collect()
    }

    /// The files that have mutants.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.keys.values().map(Key::file)
    }
}

impl Key {
    /// The key as it is written in the list.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The file that the mutant is in.
    pub fn file(&self) -> &str {
        self.0.split_once(": ").map_or("", |(file, _)| file)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Line and column.
type Place = (u32, u32);

/// `src/a.rs:12:5: replace …` without the place, and the place.
fn parts(name: &str) -> Option<(String, Place)> {
    let (location, change) = name.split_once(": ")?;
    let mut location = location.rsplitn(3, ':');
    let column = location.next()?.parse().ok()?;
    let line = location.next()?.parse().ok()?;
    Some((format!("{}: {change}", location.next()?), (line, column)))
}

/// What a finished run found; mutants that an earlier part of the run killed are
/// not in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The names of the mutants that no test killed.
    pub survivors: Vec<String>,
    /// The names of those whose tests had no end: the mutant made a loop.
    pub loops: Vec<String>,
}

impl Outcomes {
    /// Reads `outcomes.json`.
    pub fn parse(json: &str) -> Result<Self> {
        let run: Value = serde_json::from_str(json).context("the outcomes")?;
        if run.get("end_time").is_none_or(Value::is_null) {
            bail!("the run has not finished");
        }
        let mut outcomes = Self::default();
        for outcome in run.get("outcomes").and_then(Value::as_array).context("the outcomes")? {
            let Some(mutant) = outcome.get("scenario").and_then(|of| of.get("Mutant")) else {
                continue;
            };
            let name = mutant.get("name").and_then(Value::as_str).context("a mutant's name")?;
            match outcome.get("summary").and_then(Value::as_str) {
                Some("CaughtMutant" | "Unviable") => {}
                Some("MissedMutant") => outcomes.survivors.push(name.to_owned()),
                Some("Timeout") if last_phase(outcome) == Some("Test") => {
                    outcomes.loops.push(name.to_owned());
                }
                summary => bail!("`{name}` ended as {summary:?}, see target/mutants"),
            }
        }
        Ok(outcomes)
    }
}

fn last_phase(outcome: &Value) -> Option<&str> {
    outcome.get("phase_results")?.as_array()?.last()?.get("phase")?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mutants(names: &[&str]) -> Mutants {
        let list: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        Mutants::parse(&json!(list).to_string()).unwrap()
    }

    fn outcome(summary: &str, phase: &str) -> Value {
        json!({
            "scenario": { "Mutant": { "name": format!("src/a.rs:1:2: {summary}") } },
            "summary": summary,
            "phase_results": [{ "phase": "Build" }, { "phase": phase }],
        })
    }

    fn finished(outcomes: &[Value]) -> Result<Outcomes> {
        let baseline = json!({ "scenario": "Baseline", "summary": "Success" });
        let outcomes: Vec<_> = [&baseline].into_iter().chain(outcomes).collect();
        let run = json!({ "outcomes": outcomes, "end_time": "2026-01-01T00:00:00Z" });
        Outcomes::parse(&run.to_string())
    }

    #[test]
    fn a_key_stays_when_lines_move() {
        let name = "src/a.rs:12:5: replace <impl From<A> for B>::from -> Self with B::new()";
        let moved = name.replace("12:5", "120:9");
        let key = mutants(&[name]).key(name).cloned().unwrap();
        assert_eq!(Some(&key), mutants(&[&moved]).key(&moved));
        assert_eq!(
            key.to_string(),
            "src/a.rs: replace <impl From<A> for B>::from -> Self with B::new()"
        );
        assert_eq!(key.file(), "src/a.rs");
    }

    #[test]
    fn mutants_that_read_the_same_are_numbered_in_the_order_of_the_source() {
        let (later, sooner) =
            ("src/a.rs:10:1: replace < with == in f", "src/a.rs:9:30: replace < with == in f");
        let mutants = mutants(&[later, sooner]);
        let key = |name| mutants.key(name).map(Key::to_string).unwrap();
        assert_eq!(key(sooner), "src/a.rs: replace < with == in f (1 of 2)");
        assert_eq!(key(later), "src/a.rs: replace < with == in f (2 of 2)");
    }

    #[test]
    fn a_list_without_mutants_is_an_error() {
        assert!(Mutants::parse("[]").is_err());
        assert!(Mutants::parse(r#"[{ "name": "src/a.rs" }]"#).is_err());
    }

    #[test]
    fn a_test_that_has_no_end_is_a_loop_and_one_that_fails_or_cannot_compile_is_nothing() {
        let all = ["CaughtMutant", "MissedMutant", "Timeout"].map(|end| outcome(end, "Test"));
        let outcomes = finished(&[all.as_slice(), &[outcome("Unviable", "Build")]].concat());
        let outcomes = outcomes.unwrap();
        assert_eq!(outcomes.survivors, ["src/a.rs:1:2: MissedMutant"]);
        assert_eq!(outcomes.loops, ["src/a.rs:1:2: Timeout"]);
    }

    #[test]
    fn a_build_that_has_no_end_and_an_unknown_outcome_are_errors() {
        assert!(finished(&[outcome("Timeout", "Build")]).is_err());
        assert!(finished(&[outcome("Failure", "Test")]).is_err());
    }

    #[test]
    fn a_run_that_was_broken_off_has_no_outcomes() {
        assert!(Outcomes::parse(r#"{ "outcomes": [], "end_time": null }"#).is_err());
        assert!(Outcomes::parse(r#"{ "outcomes": [] }"#).is_err());
    }
}
