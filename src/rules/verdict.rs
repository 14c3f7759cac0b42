//! The host's word for one template → what the user decided.
//!
//! WeChat answers with words that no document lists, so every string has a
//! verdict.

use serde::Serialize;

/// How many templates got each verdict.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// The user agreed.
    pub accepted: u32,
    /// The user refused.
    pub rejected: u32,
    /// WeChat has banned them.
    pub banned: u32,
    /// Dropped for an equal title.
    pub filtered: u32,
    /// A word that is not known, or none.
    pub other: u32,
}

/// What the host's word for one template means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The user agreed: `accept`, `acceptWithAudio`, `acceptWithAlert`,
    /// `acceptWithForcePush`, and whatever else begins with `accept`.
    Accepted,
    /// The user refused or cancelled: `reject`.
    Rejected,
    /// WeChat has banned the template: `ban`.
    Banned,
    /// Dropped, as another template of the call has the same title: `filter`.
    Filtered,
    /// A word that is not known, or no word at all.
    Other,
}

impl Verdict {
    /// Reads the host's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "reject" => Self::Rejected,
            "ban" => Self::Banned,
            "filter" => Self::Filtered,
            _ if word.starts_with("accept") => Self::Accepted,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    #[test]
    fn every_word_that_is_documented_or_was_seen_has_its_verdict() {
        for word in ["accept", "acceptWithAudio", "acceptWithAlert", "acceptWithForcePush"] {
            assert_eq!(Verdict::of(word), Verdict::Accepted, "{word}");
        }
        assert_eq!(Verdict::of("reject"), Verdict::Rejected);
        assert_eq!(Verdict::of("ban"), Verdict::Banned);
        assert_eq!(Verdict::of("filter"), Verdict::Filtered);
        for word in ["", "Accept", " accept", "rejected", "banned", "unaccept", "接受"] {
            assert_eq!(Verdict::of(word), Verdict::Other, "{word}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn a_word_is_an_acceptance_if_and_only_if_it_begins_with_accept(word in any::<String>()) {
            prop_assert_eq!(Verdict::of(&word) == Verdict::Accepted, word.starts_with("accept"));
            let longer = ["accept", &word].concat();
            prop_assert_eq!(Verdict::of(&longer), Verdict::Accepted);
        }
    }
}
