//! The host's answer to the popup → what the user agreed to.
//!
//! WeChat puts `errMsg` among the template ids of its answer, leaves some ids
//! out, and answers with words that no document lists. So only the requested
//! ids are looked up, and a word that is not known is kept as it is.

use alloc::string::String;
use alloc::vec::Vec;

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
    /// Reads the host's word. Every string has a verdict.
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

/// The answer, sorted. Every requested id is in exactly one of the five lists,
/// in the order it was requested.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Consent {
    /// Ids the user agreed to.
    pub accepted: Vec<String>,
    /// Ids the user refused.
    pub rejected: Vec<String>,
    /// Ids of templates that WeChat has banned.
    pub banned: Vec<String>,
    /// Ids dropped for an equal title.
    pub filtered: Vec<String>,
    /// Ids with an unknown word, or with none.
    pub other: Vec<String>,
    /// Each id the host gave a word for, with that word.
    pub raw: Vec<(String, String)>,
}

impl Consent {
    /// Sorts `requested` by the word that `answer` has for each id, or gives
    /// `None` if it has a word for none of them: that is no answer.
    #[must_use]
    pub fn sort(
        requested: Vec<String>,
        mut answer: impl FnMut(&str) -> Option<String>,
    ) -> Option<Self> {
        let mut consent = Self::default();
        for id in requested {
            let word = answer(&id);
            let list = match word.as_deref().map_or(Verdict::Other, Verdict::of) {
                Verdict::Accepted => &mut consent.accepted,
                Verdict::Rejected => &mut consent.rejected,
                Verdict::Banned => &mut consent.banned,
                Verdict::Filtered => &mut consent.filtered,
                Verdict::Other => &mut consent.other,
            };
            if let Some(word) = word {
                consent.raw.push((id.clone(), word));
            }
            list.push(id);
        }
        (!consent.raw.is_empty()).then_some(consent)
    }

    /// Whether the user accepted or rejected anything: only then is there
    /// something to report.
    #[must_use]
    pub fn is_reportable(&self) -> bool {
        !self.accepted.is_empty() || !self.rejected.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| String::from(*id)).collect()
    }

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

    #[test]
    fn ids_keep_their_order_and_unknown_words_are_kept() {
        let consent = Consent::sort(ids(&["a", "b", "c", "d", "e"]), |id| match id {
            "a" => Some("acceptWithAlert".into()),
            "b" => Some("reject".into()),
            "c" => Some("maybe".into()),
            "d" => None,
            _ => Some("accept".into()),
        })
        .unwrap();
        assert_eq!(consent.accepted, ["a", "e"]);
        assert_eq!(consent.rejected, ["b"]);
        assert_eq!(consent.other, ["c", "d"]);
        assert_eq!(consent.raw.len(), 4);
        assert!(consent.raw.contains(&("c".into(), "maybe".into())));
    }

    #[test]
    fn an_answer_without_a_word_for_any_id_is_no_answer() {
        assert_eq!(Consent::sort(ids(&["a", "b"]), |_| None), None);
        assert_eq!(Consent::sort(Vec::new(), |_| Some("accept".into())), None);
    }

    #[test]
    fn only_accepted_and_rejected_ids_are_worth_a_report() {
        let answered = |word: &str| Consent::sort(ids(&["a"]), |_| Some(word.into())).unwrap();
        assert!(answered("accept").is_reportable());
        assert!(answered("reject").is_reportable());
        assert!(!answered("ban").is_reportable());
        assert!(!answered("filter").is_reportable());
        assert!(!answered("?").is_reportable());
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn any_word() -> impl Strategy<Value = Option<String>> {
        prop_oneof![
            Just(None),
            prop::sample::select(vec!["accept", "acceptWithAudio", "reject", "ban", "filter"])
                .prop_map(|word| Some(String::from(word))),
            "accept.*".prop_map(Some),
            any::<String>().prop_map(Some),
        ]
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn any_answer_puts_every_id_into_exactly_one_list(
            answer in prop::collection::vec((any::<String>(), any_word()), 0..40),
        ) {
            let requested: Vec<String> = answer.iter().map(|(id, _)| id.clone()).collect();
            let mut words = answer.iter().map(|(_, word)| word.clone());
            let consent = Consent::sort(requested.clone(), |_| words.next().flatten());
            let answered = answer.iter().any(|(_, word)| word.is_some());
            prop_assert_eq!(consent.is_some(), answered);
            if let Some(consent) = consent {
                let Consent { accepted, rejected, banned, filtered, other, raw } = consent;
                let expected = |verdict: Verdict| -> Vec<String> {
                    answer
                        .iter()
                        .filter(|(_, word)| {
                            word.as_deref().map_or(Verdict::Other, Verdict::of) == verdict
                        })
                        .map(|(id, _)| id.clone())
                        .collect()
                };
                prop_assert_eq!(accepted, expected(Verdict::Accepted));
                prop_assert_eq!(rejected, expected(Verdict::Rejected));
                prop_assert_eq!(banned, expected(Verdict::Banned));
                prop_assert_eq!(filtered, expected(Verdict::Filtered));
                prop_assert_eq!(other, expected(Verdict::Other));
                prop_assert_eq!(raw.len(), answer.iter().filter(|(_, word)| word.is_some()).count());
            }
        }
    }
}
