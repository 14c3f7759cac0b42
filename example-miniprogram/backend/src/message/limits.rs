//! Limits of a value by the kind of its field: one invalid value makes WeChat
//! refuse the whole message (47003).
//!
//! Source: the table of value limits at the end of WeChat's page on
//! `subscribeMessage.send`.

/// The value nearest to `text` that a field with this key may hold, never an
/// empty one. A kind that is not known gets the limits of `thing`, the
/// strictest of the free texts.
pub(crate) fn fit(key: &str, text: &str) -> String {
    let fitted = match key.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "character_string" => only(text, 32, |c| c.is_ascii_graphic()),
        "letter" => only(text, 32, |c| c.is_ascii_alphabetic()),
        "number" => number(text),
        "amount" => amount(text).map(yuan).unwrap_or_default(),
        "phrase" => only(text, 5, is_han),
        "name" => name(text),
        "phone_number" => only(text, 17, |c| c.is_ascii_digit() || "+-".contains(c)),
        "car_number" => only(text, 8, |c| c.is_ascii_alphanumeric() || is_han(c)),
        "symbol" => only(text, 5, |c| !c.is_alphanumeric() && !c.is_whitespace()),
        // A date is written by this program, in a form that fits either kind. Of
        // an enum only the template's own words are taken: a shortened one is
        // none of them.
        "time" | "date" | "enum" => one_line(text),
        _ => thing(text),
    };
    if fitted.is_empty() { nothing(key) } else { fitted }
}

/// Stands for a missing value: an empty one is refused.
fn nothing(key: &str) -> String {
    let text = match key.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "number" | "phone_number" => "0",
        "amount" => "¥0.00",
        "phrase" | "name" => "无",
        "letter" => "N",
        _ => "-",
    };
    text.to_owned()
}

/// At most twenty characters. An emoji counts as two, since WeChat does not say
/// how it counts them.
fn thing(text: &str) -> String {
    const LONGEST: usize = 20;
    let text = one_line(text);
    if text.encode_utf16().count() <= LONGEST {
        return text;
    }
    let mut left = LONGEST - 1;
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    });
    let mut shortened: String = kept.collect();
    shortened.push('…');
    shortened
}

/// Ten Chinese characters, or twenty letters where there is no Chinese one.
fn name(text: &str) -> String {
    let longest = if text.chars().any(is_han) { 10 } else { 20 };
    only(&one_line(text), longest, |c| c.is_alphabetic() || c == ' ' || c == '·')
}

/// Digits with at most one point, the first number of the text.
fn number(text: &str) -> String {
    let mut pointed = false;
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit()).chars().take_while(|c| {
        c.is_ascii_digit() || (*c == '.' && !std::mem::replace(&mut pointed, true))
    });
    digits.take(32).collect::<String>().trim_end_matches('.').to_owned()
}

/// The first `longest` of the wanted characters.
fn only(text: &str, longest: usize, wanted: impl Fn(char) -> bool) -> String {
    text.chars().filter(|c| wanted(*c)).take(longest).collect()
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Most fen that ten digits can show: ¥99999999.99.
const MOST_FEN: u64 = 9_999_999_999;

/// An amount such as `129`, `¥1,299.9` or `12.50元` in fen, rounded down; `None`
/// if it is no amount or too large to be shown.
pub(crate) fn amount(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_prefix(['¥', '￥']).unwrap_or(text);
    let text = text.strip_suffix('元').unwrap_or(text).trim().replace(',', "");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if whole.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let cents: String = part.chars().chain(['0', '0']).take(2).collect();
    let fen = whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)?;
    (fen <= MOST_FEN).then_some(fen)
}

/// An amount in WeChat's form: a currency sign and at most ten digits.
pub(crate) fn yuan(fen: u64) -> String {
    format!("¥{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_one_line_of_at_most_twenty_characters() {
        assert_eq!(fit("thing1", "明前龙井 250g"), "明前龙井 250g");
        assert_eq!(fit("thing1", &"茶".repeat(20)), "茶".repeat(20));
        assert_eq!(fit("thing12", &"茶".repeat(21)), format!("{}…", "茶".repeat(19)));
        assert_eq!(fit("thing1", " 明前\r\n\t龙井\u{0} "), "明前 龙井");
        assert_eq!(fit("thing1", &"🍵".repeat(11)), format!("{}…", "🍵".repeat(9)));
        assert_eq!(fit("thing1", &"🍵".repeat(10)), "🍵".repeat(10));
        assert_eq!(
            fit("thing1", &format!("a{}茶", "🍵".repeat(10))),
            format!("a{}…", "🍵".repeat(9))
        );
    }

    #[test]
    fn a_character_string_is_at_most_32_letters_digits_and_symbols() {
        assert_eq!(fit("character_string1", "order-20260401-0007"), "order-20260401-0007");
        assert_eq!(fit("character_string1", &"x".repeat(33)), "x".repeat(32));
        assert_eq!(fit("character_string1", "订单 A-1"), "A-1");
        assert_eq!(fit("character_string1", "订单"), "-");
    }

    #[test]
    fn a_phrase_is_at_most_five_chinese_characters() {
        assert_eq!(fit("phrase1", "顺丰速运"), "顺丰速运");
        assert_eq!(fit("phrase1", "SF 顺丰速运（华东）"), "顺丰速运华");
        assert_eq!(fit("phrase1", "SF"), "无");
    }

    #[test]
    fn an_amount_has_one_sign_and_at_most_ten_digits() {
        for (text, shown) in [
            ("129.00", "¥129.00"),
            ("299.9", "¥299.90"),
            ("¥1,299.999元", "¥1299.99"),
            (" ￥ 5 ", "¥5.00"),
            ("0.05", "¥0.05"),
            ("99999999.99", "¥99999999.99"),
        ] {
            assert_eq!(fit("amount2", text), shown);
        }
        for text in
            ["", ".", ".5", "-1", "1e3", "1.2.3", "免费", "100000000", "99999999999999999999"]
        {
            assert_eq!(amount(text), None, "{text}");
            assert_eq!(fit("amount2", text), "¥0.00", "{text}");
        }
    }

    #[test]
    fn the_other_kinds_keep_what_they_may_hold() {
        for (key, text, shown) in [
            ("number1", "共 12.5.0 件", "12.5"),
            ("number1", "3.", "3"),
            ("number1", "没有", "0"),
            ("letter1", "SF-Express 1", "SFExpress"),
            ("name1", "王小明 (先生)", "王小明 先生"),
            ("name1", "Ming Wang the Third of Longjing", "Ming Wang the Third "),
            ("phone_number1", "+86 0571-12345678", "+860571-12345678"),
            ("car_number1", "浙A 12345·挂", "浙A12345挂"),
            ("time3", "2026年04月01日 09:30", "2026年04月01日 09:30"),
            ("symbol1", "a*+ 1-/·#", "*+-/·"),
            ("symbol1", "abc", "-"),
            ("enum1", &"长".repeat(40), &"长".repeat(40)),
            ("unheard_of9", &"长".repeat(40), &format!("{}…", "长".repeat(19))),
            ("unheard_of9", "", "-"),
        ] {
            assert_eq!(fit(key, text), shown, "{key}");
        }
    }
}
