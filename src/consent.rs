//! The host's answer to the popup → what the user agreed to.
//!
//! WeChat puts `errMsg` among the template ids of its answer, leaves some ids
//! out, and answers with words that no document lists. So only the requested
//! ids are looked up, and a word that is not known is kept as it is.

use crate::text::Text;

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

/// The words that mean something by themselves.
static WORDS: [(&str, Verdict); 3] =
    [("reject", Verdict::Rejected), ("ban", Verdict::Banned), ("filter", Verdict::Filtered)];

impl Verdict {
    /// Reads the host's word. Every string has a verdict.
    #[must_use]
    pub fn of(word: &(impl Text + ?Sized)) -> Self {
        if word.begins_with("accept") {
            return Self::Accepted;
        }
        let known = WORDS.iter().find(|(known, _)| word.is(known));
        known.map_or(Self::Other, |(_, verdict)| *verdict)
    }
}

/// The answer, sorted. Every requested id is in exactly one of the five lists,
/// in the order it was requested.
///
/// `L` is a list of template ids; `R` holds pairs of an id and a word.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Consent<L, R> {
    /// Ids the user agreed to.
    pub accepted: L,
    /// Ids the user refused.
    pub rejected: L,
    /// Ids of templates that WeChat has banned.
    pub banned: L,
    /// Ids dropped for an equal title.
    pub filtered: L,
    /// Ids with an unknown word, or with none.
    pub other: L,
    /// Each id the host gave a word for, with that word.
    pub raw: R,
}

impl<L: Default, R: Default> Consent<L, R> {
    /// Sorts the ids by the word that `answer` has for each, with its verdict,
    /// or gives `None` if it has a word for none of them: that is no answer.
    #[must_use]
    pub fn sort<I: Clone, W>(
        requested: impl IntoIterator<Item = I>,
        mut answer: impl FnMut(&I) -> Option<(Verdict, W)>,
    ) -> Option<Self>
    where
        L: Extend<I>,
        R: Extend<(I, W)>,
    {
        let mut consent = Self::default();
        let mut is_answer = false;
        for id in requested {
            let mut verdict = Verdict::Other;
            if let Some((known, word)) = answer(&id) {
                verdict = known;
                consent.raw.extend([(id.clone(), word)]);
                is_answer = true;
            }
            let list = match verdict {
                Verdict::Accepted => &mut consent.accepted,
                Verdict::Rejected => &mut consent.rejected,
                Verdict::Banned => &mut consent.banned,
                Verdict::Filtered => &mut consent.filtered,
                Verdict::Other => &mut consent.other,
            };
            list.extend([id]);
        }
        is_answer.then_some(consent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    type Sorted = Consent<Vec<String>, Vec<(String, String)>>;

    /// Sorts by the words that `answer` has.
    fn sort(ids: &[&str], answer: impl Fn(&str) -> Option<&'static str>) -> Option<Sorted> {
        let ids = ids.iter().map(|id| String::from(*id));
        Consent::sort(ids, |id| answer(id).map(|word| (Verdict::of(word), word.into())))
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
        let consent = sort(&["a", "b", "c", "d", "e"], |id| match id {
            "a" => Some("acceptWithAlert"),
            "b" => Some("reject"),
            "c" => Some("maybe"),
            "d" => None,
            _ => Some("accept"),
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
        assert_eq!(sort(&["a", "b"], |_| None), None);
        assert_eq!(sort(&[], |_| Some("accept")), None);
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
            let consent: Option<Sorted> = Consent::sort(requested, |_| {
                let word = words.next().flatten()?;
                Some((Verdict::of(word.as_str()), word))
            });
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
