//! The outcomes of a run against the list of accepted survivors.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Context, Result, bail};

use super::list::List;
use super::outcomes::{Key, Mutants, Outcomes};

/// What a run found. The list is right if it names each survivor, and nothing
/// that the run has killed or that is no longer there.
#[derive(Debug)]
pub struct Verdict {
    tested: usize,
    loops: BTreeSet<Key>,
    accepted: BTreeSet<Key>,
    survivors: BTreeSet<Key>,
    killed: BTreeSet<Key>,
    unknown: BTreeSet<Key>,
}

impl Verdict {
    /// Compares the outcomes of the mutants in these files (all, if there are
    /// none) with the list.
    pub fn of(all: &Mutants, files: &[&str], outcomes: &Outcomes, list: &List) -> Result<Self> {
        let key = |name: &String| {
            all.key(name).cloned().with_context(|| format!("`{name}` was tested, not listed"))
        };
        let keys = |names: &[String]| names.iter().map(key).collect::<Result<BTreeSet<_>>>();
        let (tested, alive) = (all.keys_in(files), keys(&outcomes.survivors)?);
        let (accepted, survivors) = alive.into_iter().partition(|key| list.has(key));
        let there = all.keys_in(&[]);
        Ok(Self {
            loops: keys(&outcomes.loops)?,
            killed: list
                .keys()
                .filter(|key| tested.contains(key))
                .cloned()
                .collect::<BTreeSet<_>>()
                .difference(&accepted)
                .cloned()
                .collect(),
            unknown: list.keys().filter(|key| !there.contains(key)).cloned().collect(),
            tested: tested.len(),
            accepted,
            survivors,
        })
    }

    /// Fails unless the list is right.
    pub fn check(&self) -> Result<()> {
        let (survivors, stale) = (self.survivors.len(), self.killed.len() + self.unknown.len());
        if survivors + stale > 0 {
            bail!("mutants: {survivors} survive unlisted, {stale} entries of the list are stale");
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = [
            ("killed by the time limit, so they loop", &self.loops),
            ("survive: write a test, or list them with a reason", &self.survivors),
            ("listed, and killed now: take them out of the list", &self.killed),
            ("listed, and not in the source: take them out of the list", &self.unknown),
        ];
        for (title, keys) in groups {
            if !keys.is_empty() {
                writeln!(f, "mutants: {} {title}", keys.len())?;
            }
            for key in keys {
                writeln!(f, "  {key}")?;
            }
        }
        let (tested, accepted) = (self.tested, self.accepted.len());
        writeln!(f, "mutants: {tested} tested, {accepted} of them survive for a listed reason")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "src/a.rs:1:1: replace + with - in f";
    const B: &str = "src/b.rs:1:1: replace + with - in g";

    fn verdict(files: &[&str], survivors: &[&str], listed: &[&str]) -> Verdict {
        let all = format!(r#"[{{ "name": "{A}" }}, {{ "name": "{B}" }}]"#);
        let list: String = listed
            .iter()
            .map(|key| format!("[[survivor]]\nmutant = '{key}'\nreason = 'same'\n"))
            .collect();
        let survivors = survivors.iter().map(|&name| name.to_owned()).collect();
        let outcomes = Outcomes { survivors, loops: Vec::new() };
        let all = Mutants::parse(&all).unwrap();
        Verdict::of(&all, files, &outcomes, &List::parse(&list).unwrap()).unwrap()
    }

    const KEY_A: &str = "src/a.rs: replace + with - in f";
    const KEY_B: &str = "src/b.rs: replace + with - in g";

    #[test]
    fn a_survivor_fails_unless_it_is_listed() {
        let unlisted = verdict(&[], &[A], &[]);
        assert!(unlisted.check().is_err());
        assert!(
            unlisted.to_string().contains(&format!(
                "survive: write a test, or list them with a reason\n  {KEY_A}\n"
            ))
        );
        verdict(&[], &[A], &[KEY_A]).check().unwrap();
        verdict(&[], &[], &[]).check().unwrap();
    }

    #[test]
    fn a_listed_mutant_that_is_killed_fails() {
        let killed = verdict(&[], &[], &[KEY_A]);
        assert!(killed.check().is_err());
        assert!(killed.to_string().contains("1 listed, and killed now"));
    }

    #[test]
    fn a_listed_mutant_that_is_not_in_the_source_fails() {
        let unknown = verdict(&[], &[], &["src/a.rs: replace + with * in f"]);
        assert!(unknown.check().is_err());
        assert!(unknown.to_string().contains("1 listed, and not in the source"));
    }

    #[test]
    fn a_run_over_some_files_says_nothing_of_the_others() {
        verdict(&["src/a.rs"], &[], &[KEY_B]).check().unwrap();
        assert!(verdict(&["src/b.rs"], &[], &[KEY_B]).check().is_err());
    }

    #[test]
    fn an_outcome_of_a_mutant_that_was_not_found_is_an_error() {
        let all = Mutants::parse(&format!(r#"[{{ "name": "{A}" }}]"#)).unwrap();
        let outcomes = Outcomes { survivors: vec![B.to_owned()], loops: Vec::new() };
        assert!(Verdict::of(&all, &[], &outcomes, &List::default()).is_err());
    }
}
