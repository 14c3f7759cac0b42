//! No log and no event carries the openId: foreign text that holds one is left
//! out of messages.

use alloc::string::String;

use crate::rules::text::{beginning, contains_bytes};

/// How much of a foreign text a message quotes, in characters.
const QUOTED: usize = 300;

/// So many bytes in a row of an openId are as good as the whole: a host may have
/// cut the text.
const TELLING: usize = 16;

/// The part of a foreign text that may be quoted. The whole text is searched
/// for each openId before it is cut.
#[must_use]
pub fn quote<'a>(text: &str, open_ids: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut open_ids = open_ids.into_iter().filter(|open_id| !open_id.is_empty());
    let is_quotable = !text.is_empty() && !open_ids.any(|open_id| tells(text, open_id));
    is_quotable.then(|| beginning(text, QUOTED))
}

fn tells(text: &str, open_id: &str) -> bool {
    let length = TELLING.min(open_id.len());
    open_id.as_bytes().windows(length).any(|part| contains_bytes(text.as_bytes(), part))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPEN_ID: &str = "oAbCd-1234567890_efghijklmno";

    #[test]
    fn a_text_that_was_cut_within_the_open_id_is_not_quoted() {
        for cut in [&OPEN_ID[..27], &OPEN_ID[1..], &OPEN_ID[5..21]] {
            assert_eq!(quote(&["user ", cut].concat(), [OPEN_ID]), None, "{cut}");
        }
        assert!(quote(&OPEN_ID[..15], [OPEN_ID]).is_some(), "as good as anything");
        assert!(quote("user-", ["user-1"]).is_some(), "a short one counts as a whole");
    }

    #[test]
    fn a_harmless_text_is_quoted_up_to_its_limit() {
        assert_eq!(quote("request:fail", [OPEN_ID]).as_deref(), Some("request:fail"));
        assert_eq!(quote(&"x".repeat(400), [OPEN_ID]).map(|text| text.len()), Some(QUOTED));
        assert_eq!(quote("", [OPEN_ID]), None);
        assert_eq!(quote("unknown", [""]).as_deref(), Some("unknown"));
    }

    proptest! {
        #[test]
        fn neither_the_open_id_nor_a_part_cut_from_it_is_quoted(
            before in 0usize..400, after in ".{0,40}", shout in any::<bool>(),
        ) {
            let open_id = if shout { OPEN_ID.to_ascii_uppercase() } else { OPEN_ID.into() };
            let text = ["x".repeat(before).as_str(), &open_id, &after].concat();
            prop_assert_eq!(quote(&text, ["another", OPEN_ID]), None);
        }
    }
}
