//! No log and no event carries the openId: foreign text that holds one is left
//! out of messages.

use alloc::string::String;
use alloc::vec::Vec;

use crate::rules::text::{beginning, contains_bytes};

/// How much of a foreign text a message quotes, in characters.
const QUOTED: usize = 300;

/// So many bytes in a row of an openId are as good as the whole: a host may have
/// cut the text.
const TELLING: usize = 16;

/// How many openIds are remembered. A phone has few users.
const MOST_SEEN: usize = 8;

/// Whether the SDK knows which openId a text must not hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Knows {
    /// The user, or that there is none.
    Now,
    /// Those of earlier in this launch; a promise is to tell today's.
    Earlier,
    /// The question failed.
    Not,
}

/// The openIds of this launch.
#[derive(Debug, Default)]
pub struct Secrets {
    seen: Vec<String>,
}

impl Secrets {
    /// Remembers an openId.
    pub fn saw(&mut self, open_id: &str) {
        if !open_id.is_empty() && self.seen.iter().all(|known| known != open_id) {
            self.seen.truncate(MOST_SEEN - 1);
            self.seen.insert(0, open_id.into());
        }
    }

    /// The part of a foreign text that may be quoted. The whole text is searched
    /// for each openId before it is cut; `own` is that of the report which the text
    /// is about.
    #[must_use]
    pub fn quote(&self, text: &str, knows: Knows, own: Option<&str>) -> Option<String> {
        let is_known = match knows {
            Knows::Now => true,
            Knows::Earlier => !self.seen.is_empty(),
            Knows::Not => false,
        };
        let mut secrets = self.seen.iter().map(String::as_str).chain(own);
        let is_quotable =
            is_known && !text.is_empty() && !secrets.any(|secret| tells(text, secret));
        is_quotable.then(|| beginning(text, QUOTED))
    }
}

fn tells(text: &str, open_id: &str) -> bool {
    let length = TELLING.min(open_id.len());
    length > 0
        && open_id.as_bytes().windows(length).any(|part| contains_bytes(text.as_bytes(), part))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPEN_ID: &str = "oAbCd-1234567890_efghijklmno";

    fn seen(open_ids: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        open_ids.iter().for_each(|open_id| secrets.saw(open_id));
        secrets
    }

    fn quote(text: &str, open_id: &str) -> Option<String> {
        seen(&[open_id]).quote(text, Knows::Now, None)
    }

    #[test]
    fn a_text_that_was_cut_within_the_open_id_is_not_quoted() {
        for cut in [&OPEN_ID[..27], &OPEN_ID[1..], &OPEN_ID[5..21]] {
            assert_eq!(quote(&["user ", cut].concat(), OPEN_ID), None, "{cut}");
        }
        assert!(quote(&OPEN_ID[..15], OPEN_ID).is_some(), "as good as anything");
        assert!(quote("user-", "user-1").is_some(), "a short one counts as a whole");
        assert_eq!(quote("user-1 is unknown", "user-1"), None);
    }

    #[test]
    fn a_harmless_text_is_quoted_up_to_its_limit() {
        assert_eq!(quote("request:fail", OPEN_ID).as_deref(), Some("request:fail"));
        assert_eq!(quote(&"x".repeat(400), OPEN_ID).map(|text| text.len()), Some(QUOTED));
        assert_eq!(quote("", OPEN_ID), None);
    }

    #[test]
    fn the_owner_of_the_report_that_a_text_is_about_is_not_quoted() {
        let secrets = seen(&["another"]);
        assert_eq!(secrets.quote("user-1 is unknown", Knows::Now, Some("user-1")), None);
        assert!(secrets.quote("user-1 is unknown", Knows::Now, None).is_some());
        assert!(secrets.quote("anything", Knows::Now, Some("")).is_some());
    }

    #[test]
    fn nothing_is_quoted_where_nobody_can_tell_what_must_not_be() {
        assert_eq!(seen(&[OPEN_ID]).quote("text", Knows::Not, Some("user-1")), None);
        assert_eq!(seen(&[]).quote("text", Knows::Earlier, Some("user-1")), None);
        assert!(seen(&[OPEN_ID]).quote("text", Knows::Earlier, None).is_some());
        assert!(seen(&[]).quote("text", Knows::Now, None).is_some());
    }

    #[test]
    fn an_open_id_that_was_empty_once_hides_no_other() {
        assert_eq!(seen(&["", ""]).quote("text", Knows::Earlier, None), None);
        assert_eq!(seen(&["", OPEN_ID]).quote(OPEN_ID, Knows::Now, None), None);
    }

    #[test]
    fn the_last_eight_users_are_remembered() {
        let users: Vec<String> =
            (10..19).map(|number| ["user-", &number.to_string()].concat()).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let secrets = seen(&users);
        let is_hidden = |user: &&str| secrets.quote(user, Knows::Now, None).is_none();
        assert_eq!(users.iter().filter(|user| is_hidden(user)).count(), MOST_SEEN);
        assert!(!is_hidden(&users[0]));
        let mut again = seen(&users[1..]);
        again.saw(users[1]);
        assert_eq!(again.quote(users[1], Knows::Now, None), None);
        assert_eq!(again.quote(users[8], Knows::Now, None), None);
    }

    proptest! {
        #[test]
        fn neither_the_open_id_nor_a_part_cut_from_it_is_quoted(
            before in 0usize..400, after in ".{0,40}", shout in any::<bool>(),
        ) {
            let open_id = if shout { OPEN_ID.to_ascii_uppercase() } else { OPEN_ID.into() };
            let text = ["x".repeat(before).as_str(), &open_id, &after].concat();
            prop_assert_eq!(seen(&["another", OPEN_ID]).quote(&text, Knows::Now, None), None);
        }
    }
}
