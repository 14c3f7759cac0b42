//! No log and no event carries the openId: foreign text that holds one is left
//! out of messages.

use alloc::string::String;

use crate::rules::text::{beginning, contains};

/// How much of a foreign text a message quotes, in characters.
const QUOTED: usize = 300;

/// The part of a foreign text that may be quoted. The whole text is searched
/// for each openId before it is cut.
#[must_use]
pub fn quote<'a>(text: &str, open_ids: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut open_ids = open_ids.into_iter().filter(|open_id| !open_id.is_empty());
    let is_quotable = !text.is_empty() && !open_ids.any(|open_id| contains(text, open_id));
    is_quotable.then(|| beginning(text, QUOTED))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPEN_ID: &str = "oAbCd-1234567890_efghijklmno";

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
