//! JSON text that every parser takes.
//!
//! `JSON.stringify` writes half a surrogate pair (`'👍'.slice(0, 1)`) as an
//! escape, `\ud83d`. Many parsers of back ends refuse the whole text for it.

use alloc::string::String;

/// Whether objects and lists in the text are nested deeper than so many levels.
#[must_use]
pub fn is_deeper_than(text: &str, most: u32) -> bool {
    let (mut depth, mut is_string, mut is_escaped) = (0_u32, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_string = !is_string,
            _ if is_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Replaces each escaped half of a surrogate pair by U+FFFD. `text` is what
/// `JSON.stringify` wrote: it escapes no whole pair, and an unescaped half has
/// become U+FFFD when the string was encoded.
#[must_use]
pub fn well_formed(text: String) -> String {
    let Some(first) = next_half(&text, 0) else { return text };
    let mut result = String::with_capacity(text.len());
    let (mut done, mut half) = (0, Some(first));
    while let Some(at) = half {
        result.push_str(text.get(done..at).unwrap_or_default());
        result.push('\u{fffd}');
        done = at + ESCAPE_LENGTH;
        half = next_half(&text, done);
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

const ESCAPE_LENGTH: usize = "\\ud83d".len();

/// Where the next escape of U+D800 to U+DFFF begins, from `start` on.
fn next_half(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match rest {
            [b'\\', b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', _, _, ..] => {
                return Some(at);
            }
            // An escaped backslash does not begin another escape.
            [b'\\', _, ..] => at += 2,
            _ => at += 1,
        }
    }
    None
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_half_becomes_one_replacement_character() {
        for (text, expected) in [
            (r#"{"name":"\ud83d"}"#, "{\"name\":\"\u{fffd}\"}"),
            (r#"{"\udc4dx":1}"#, "{\"\u{fffd}x\":1}"),
            (r#"["\uDC4D\uD83D"]"#, "[\"\u{fffd}\u{fffd}\"]"),
        ] {
            assert_eq!(well_formed(text.into()), expected);
        }
    }

    #[test]
    fn other_escapes_and_escaped_backslashes_stay() {
        for text in
            [r#""\\ud83d""#, r#""\u0007\n\"""#, r#""\ud7ff""#, r#""👍""#, "", r#""\\\\ud800""#]
        {
            assert_eq!(well_formed(text.into()), text);
        }
        assert_eq!(well_formed(r#""\\\ud800""#.into()), "\"\\\\\u{fffd}\"");
    }

    #[test]
    fn levels_are_counted_outside_of_strings_and_where_they_are_open_at_once() {
        for (text, levels) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a":[],"b":[{}],"c":{}}"#, 3),
            (r#"["[[[[","\"[[[","\\",[]]"#, 2),
            (r#"{"[\\":{}}"#, 2),
        ] {
            assert!(!is_deeper_than(text, levels), "{text}");
            assert!(levels == 0 || is_deeper_than(text, levels - 1), "{text}");
        }
        let deep = ["[".repeat(5_000), "]".repeat(5_000)].concat();
        assert!(is_deeper_than(&deep, 4_999) && !is_deeper_than(&deep, 5_000));
    }

    proptest! {
        #[test]
        fn a_text_without_halves_is_left_as_it_is(value in any::<String>()) {
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(well_formed(text.clone()), text);
        }

        #[test]
        fn any_text_with_halves_is_parsed_afterwards(
            parts in prop::collection::vec((any::<String>(), 0xd800u32..0xe000), 0..10),
        ) {
            let mut text = String::from("\"");
            let mut expected = String::new();
            for (part, half) in &parts {
                let part_text = serde_json::to_string(part).unwrap();
                text.push_str(&part_text[1..part_text.len() - 1]);
                text.push_str(&format!("\\u{half:04x}"));
                expected.push_str(part);
                expected.push('\u{fffd}');
            }
            text.push('"');
            let value: String = serde_json::from_str(&well_formed(text)).unwrap();
            prop_assert_eq!(value, expected);
        }
    }
}
