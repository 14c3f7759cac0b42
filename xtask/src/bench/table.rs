//! Tables in Markdown, and how figures are written in them.

use std::fmt::Write as _;

use super::results::Spread;
use crate::sizes::grouped;

/// A table of Markdown: text to the left, figures to the right.
pub struct Table {
    text: String,
}

impl Table {
    /// One whose first column alone is text.
    pub fn new<S: AsRef<str>>(head: &[S]) -> Self {
        Self::with_text(1, head)
    }

    /// One whose first columns, so many, are text.
    pub fn with_text<S: AsRef<str>>(columns: usize, head: &[S]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(head.iter().map(|cell| cell.as_ref().to_owned()));
        let align = |at| if at < columns { "---" } else { "---:" };
        table.row((0..head.len()).map(|at| align(at).to_owned()));
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for cell in cells {
            let _ = write!(self.text, "| {cell} ");
        }
        self.text.push_str("|\n");
    }

    /// The table in Markdown.
    pub fn text(self) -> String {
        self.text
    }
}

/// A median, and its spread in brackets.
pub fn spread(of: Spread) -> String {
    format!("{} ({}–{})", number(of.p50), number(of.p10), number(of.p90))
}

/// Three digits that say something; whole numbers in groups of thousands.
pub fn number(value: f64) -> String {
    match value {
        value if !value.is_finite() => "?".to_owned(),
        value if value >= 99.95 => grouped(value.round() as u64),
        value if value >= 9.995 => trimmed(format!("{value:.1}")),
        value => trimmed(format!("{value:.2}")),
    }
}

/// A time in µs, in the unit that reads best.
pub fn time(us: f64) -> String {
    match us {
        us if us >= 1e6 => format!("{} s", number(us / 1e6)),
        us if us >= 1e3 => format!("{} ms", number(us / 1e3)),
        us => format!("{} µs", number(us)),
    }
}

/// An exponent with two digits.
pub fn exponent_text(exponent: f64) -> String {
    // Adding nothing takes the sign off a zero.
    format!("{:.2}", (exponent * 100.0).round() / 100.0 + 0.0)
}

fn trimmed(digits: String) -> String {
    match digits.split_once('.') {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_say_something() {
        let shown = [0.0, 0.123, 2.0, 9.994, 9.996, 12.34, 99.94, 99.96, 123.4, 1_234_567.0];
        let wanted = ["0", "0.12", "2", "9.99", "10", "12.3", "99.9", "100", "123", "1,234,567"];
        assert_eq!(shown.map(number), wanted);
        assert_eq!(number(f64::NAN), "?");
    }

    #[test]
    fn a_time_has_the_unit_that_reads_best() {
        let shown = [0.5, 999.0, 1_000.0, 12_345.0, 999_900.0, 1_000_000.0, 42_184_452.0];
        let wanted = ["0.50 µs", "999 µs", "1 ms", "12.3 ms", "1,000 ms", "1 s", "42.2 s"];
        assert_eq!(shown.map(time), wanted);
    }

    #[test]
    fn an_exponent_around_nothing_has_no_sign() {
        assert_eq!([-0.001, 0.0, 0.994, 2.0].map(exponent_text), ["0.00", "0.00", "0.99", "2.00"]);
    }
}
