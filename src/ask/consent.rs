//! The host's words for templates, sorted: those of an answer, and those that
//! the settings keep.

use wasm_bindgen::JsValue;

use crate::js::{StringMap, TemplateIds, value};
use crate::rules::verdict::{Counts, Verdict};

/// The longest word of the host that is read, in UTF-16 units.
const LONGEST_WORD: u32 = 32;

/// Template ids, sorted by the host's words.
#[derive(Default)]
pub struct Consent {
    /// The user agreed.
    pub accepted: TemplateIds,
    /// The user refused or cancelled.
    pub rejected: TemplateIds,
    /// WeChat has banned the template.
    pub banned: TemplateIds,
    /// Dropped for an equal title.
    pub filtered: TemplateIds,
    /// A word that is not known, or none.
    pub other: TemplateIds,
    /// Template id → the host's own word.
    pub raw: StringMap,
    /// Whether there is a word for any id.
    pub has_words: bool,
}

impl Consent {
    /// Sorts the ids by the words of an object. WeChat puts `errMsg` among the
    /// ids and leaves some out, so only these ids are looked up.
    pub fn sort(ids: &TemplateIds, words: &JsValue) -> Self {
        let mut consent = Self::default();
        for id in ids.iter() {
            let word = value::get_by(words, &id);
            let verdict = match value::beginning(&word, LONGEST_WORD) {
                Some(beginning) => {
                    consent.has_words = true;
                    consent.raw.insert(&id, &word);
                    Verdict::of(&beginning)
                }
                None => Verdict::Other,
            };
            let list = match verdict {
                Verdict::Accepted => &consent.accepted,
                Verdict::Rejected => &consent.rejected,
                Verdict::Banned => &consent.banned,
                Verdict::Filtered => &consent.filtered,
                Verdict::Other => &consent.other,
            };
            list.push(&id);
        }
        consent
    }

    /// How many ids are in each list.
    pub fn counts(&self) -> Counts {
        Counts {
            accepted: self.accepted.len(),
            rejected: self.rejected.len(),
            banned: self.banned.len(),
            filtered: self.filtered.len(),
            other: self.other.len(),
        }
    }
}
