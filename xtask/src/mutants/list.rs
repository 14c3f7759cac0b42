//! The survivors that are accepted: `tests/mutants.toml`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use super::outcomes::Key;

/// Each accepted survivor with its reason.
#[derive(Debug, Default)]
pub struct List {
    reasons: BTreeMap<Key, String>,
}

impl List {
    /// Reads the file. Each entry has a mutant and a reason, and nothing else.
    pub fn parse(text: &str) -> Result<Self> {
        let mut file: Table = text.parse()?;
        let entries = file.remove("survivor").unwrap_or_else(|| Value::Array(Vec::new()));
        if let Some((name, _)) = file.iter().next() {
            bail!("`{name}` has no meaning here");
        }
        let mut reasons = BTreeMap::new();
        for entry in entries.as_array().context("`survivor` is not a list: write [[survivor]]")? {
            let text = |name| entry.get(name).and_then(Value::as_str).map_or("", str::trim);
            let (mutant, reason) = (text("mutant"), text("reason"));
            if mutant.is_empty() || reason.is_empty() {
                bail!("an entry needs a `mutant` and a `reason`: `{mutant}`, `{reason}`");
            }
            if entry.as_table().is_none_or(|members| members.len() != 2) {
                bail!("an entry has `mutant` and `reason` alone: `{mutant}`");
            }
            if reasons.insert(Key::new(mutant), reason.to_owned()).is_some() {
                bail!("`{mutant}` is there twice");
            }
        }
        Ok(Self { reasons })
    }

    /// Whether the survivor is accepted.
    pub fn has(&self, key: &Key) -> bool {
        self.reasons.contains_key(key)
    }

    /// The mutants of the list.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.reasons.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        List::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn an_entry_is_a_mutant_with_a_reason() {
        let list = "[[survivor]]\nmutant = 'src/a.rs: replace + with - in f'\nreason = 'same'";
        let list = List::parse(list).unwrap();
        assert!(list.has(&Key::new("src/a.rs: replace + with - in f")));
        assert!(!list.has(&Key::new("src/a.rs: replace + with * in f")));
    }

    #[test]
    fn a_file_without_entries_is_an_empty_list() {
        assert_eq!(List::parse("# none\n").unwrap().keys().count(), 0);
    }

    #[test]
    fn a_missing_or_blank_reason_is_an_error() {
        assert!(error("[[survivor]]\nmutant = 'm'").contains("reason"));
        assert!(error("[[survivor]]\nmutant = 'm'\nreason = ' '").contains("reason"));
    }

    #[test]
    fn a_mutant_twice_and_a_misspelt_word_are_errors() {
        let entry = "[[survivor]]\nmutant = 'm'\nreason = 'r'\n";
        assert!(error(&entry.repeat(2)).contains("twice"));
        assert!(error(&format!("{entry}because = 'r'")).contains("alone"));
        assert!(error("[[survivors]]\nmutant = 'm'\nreason = 'r'").contains("survivors"));
    }
}
