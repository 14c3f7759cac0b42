//! Lone surrogates in JSON.
//!
//! A JavaScript string may hold half of a surrogate pair, say after an emoji
//! was cut in two, and `JSON.stringify` writes it as `\ud83d`. No Rust string
//! can hold it, and refusing the body with 400 would drop the report.

use std::borrow::Cow;

/// The same JSON with U+FFFD in place of each half that stands alone, in any
/// string or key.
pub(crate) fn replaced(json: &[u8]) -> Cow<'_, [u8]> {
    let mut json = Cow::Borrowed(json);
    let mut at = 0;
    // Only strings have backslashes; invalid JSON is refused later.
    while let Some(next) = escape_after(&json, at) {
        at = next;
        match half(&json, at) {
            None => at += 2,
            Some(Half::High) if matches!(half(&json, at + 6), Some(Half::Low)) => at += 12,
            Some(_) => {
                if let Some(escape) = json.to_mut().get_mut(at..at + 6) {
                    escape.copy_from_slice(br"\ufffd");
                }
                at += 6;
            }
        }
    }
    json
}

/// Where the next backslash is.
fn escape_after(json: &[u8], at: usize) -> Option<usize> {
    Some(at + json.get(at..)?.iter().position(|byte| *byte == b'\\')?)
}

enum Half {
    High,
    Low,
}

/// The half of a pair that is escaped at `at`, if one is.
fn half(json: &[u8], at: usize) -> Option<Half> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    match u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()? {
        0xd800..=0xdbff => Some(Half::High),
        0xdc00..=0xdfff => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(json: &str) -> String {
        serde_json::from_slice(&replaced(json.as_bytes())).unwrap()
    }

    #[test]
    fn a_half_that_stands_alone_is_replaced_and_nothing_else() {
        for (json, text) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\uD83D\uDE00""#, "😀"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\\ud83d""#, r"\ud83d"),
            (r#""\\\ud83d""#, "\\\u{fffd}"),
            (r#""a😀b""#, "a😀b"),
        ] {
            assert_eq!(parsed(json), text, "{json}");
        }
        assert!(matches!(replaced(br#"{"a": "\n\\u"}"#), Cow::Borrowed(_)));
    }

    /// As `JSON.stringify` writes a string, or with every unit escaped.
    fn written(units: &[u16], all: bool) -> String {
        let unit = |found: Result<char, _>| match found {
            Ok(c) if !all => serde_json::to_string(&c).unwrap().trim_matches('"').to_owned(),
            Ok(c) => c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect(),
            Err(half) => format!("\\u{half:04X}"),
        };
        let text = char::decode_utf16(units.iter().copied())
            .map(|found| match found {
                Ok('"') => r#"\""#.to_owned(),
                other => unit(other.map_err(|error| error.unpaired_surrogate())),
            })
            .collect::<String>();
        format!("\"{text}\"")
    }

    proptest! {
        #[test]
        fn every_javascript_string_is_read_as_its_utf_16_is_lossily(
            units in prop::collection::vec(
                prop_oneof![0xd7f0..0xe010_u16, 0..0x80_u16, Just(u16::from(b'\\')), any::<u16>()],
                0..40,
            ),
            all: bool,
        ) {
            prop_assert_eq!(parsed(&written(&units, all)), String::from_utf16_lossy(&units));
        }

        #[test]
        fn what_is_no_json_stays_so_and_any_bytes_are_taken(
            bytes in prop::collection::vec(
                prop_oneof![Just(b'\\'), Just(b'u'), Just(b'd'), Just(b'"'), any::<u8>()],
                0..60,
            ),
        ) {
            let replaced = replaced(&bytes);
            prop_assert_eq!(replaced.len(), bytes.len());
            if serde_json::from_slice::<serde_json::Value>(&bytes).is_ok() {
                prop_assert_eq!(&*replaced, &*bytes);
            }
        }
    }
}
