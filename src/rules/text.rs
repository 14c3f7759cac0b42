//! Searching text without the standard library's tables and two-way search,
//! which would be a tenth of the module.

use alloc::string::String;

/// Whether `part` is in `text`, where ASCII letters of either case are equal.
#[must_use]
pub fn contains(text: &str, part: &str) -> bool {
    contains_bytes(text.as_bytes(), part.as_bytes())
}

/// The same for bytes.
#[must_use]
pub fn contains_bytes(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// The first `most` characters.
#[must_use]
pub fn beginning(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ascii_letters_are_found_in_either_case_and_others_as_they_are() {
        assert!(contains("request:fail TIMEOUT", "timeout"));
        assert!(contains("request:fail 请求超时", "超时"));
        assert!(!contains("time", "timeout"));
        assert!(contains("", ""));
    }

    #[test]
    fn a_beginning_is_cut_between_characters() {
        assert_eq!(beginning("请求超时", 2), "请求");
        assert_eq!(beginning("ab", 300), "ab");
    }

    proptest! {
        #[test]
        fn what_is_put_into_a_text_is_found(before in ".*", part in ".*", after in ".*") {
            prop_assert!(contains(&[&*before, &*part, &*after].concat(), &part));
            let shouted = part.to_ascii_uppercase();
            prop_assert!(contains(&[&*before, &*shouted, &*after].concat(), &part));
        }
    }
}
