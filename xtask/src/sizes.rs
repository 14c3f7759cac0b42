//! The size of the package, and its budget.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::tools::run::{node, output_of, root, shown};

/// The most bytes of the module, of the glue and of both, plain and as brotli.
const BUDGETS: [(&str, u64, u64); 3] = [
    ("wx_subscribe.wasm", 77 * 1024, 33 * 1024),
    ("index.js", 13 * 1024, 5 * 1024),
    ("both", (77 + 13) * 1024, 37 * 1024),
];

/// Prints the bytes of the module and of the glue, plain and compressed.
pub fn print(module: &Path, glue: &Path) -> Result<()> {
    print!("{}", table(&rows(module, glue)?));
    Ok(())
}

/// Fails if the package is over its budget.
pub fn check(module: &Path, glue: &Path) -> Result<()> {
    let rows = rows(module, glue)?;
    print!("{}", table(&rows));
    let excess = excess(&rows);
    if !excess.is_empty() {
        bail!("the package is too heavy:\n  {}", excess.join("\n  "));
    }
    Ok(())
}

/// One line for each part over its budget.
fn excess(rows: &[[u64; 3]; 3]) -> Vec<String> {
    let mut excess = Vec::new();
    for ((name, most_raw, most_brotli), [raw, _, brotli]) in BUDGETS.iter().zip(rows) {
        for (form, bytes, most) in [("plain", raw, most_raw), ("as brotli", brotli, most_brotli)] {
            if bytes > most {
                excess.push(format!("{name}: {bytes} bytes {form}, over {most}"));
            }
        }
    }
    excess
}

/// The bytes of each file: as it is, with gzip -9, with brotli 11.
fn measure<const N: usize>(files: [&Path; N]) -> Result<[[u64; 3]; N]> {
    let mut measure = node(&root().join("js-glue"), ["measure.mjs"]);
    measure.args(files);
    let text = output_of(&mut measure).with_context(|| format!("`{}` failed", shown(&measure)))?;
    let rows = text.lines().map(numbers).collect::<Option<Vec<_>>>();
    rows.and_then(|rows| rows.try_into().ok()).context("cannot read the sizes of files")
}

fn rows(module: &Path, glue: &Path) -> Result<[[u64; 3]; 3]> {
    Ok(with_sum(measure([module, glue])?))
}

fn with_sum([module, glue]: [[u64; 3]; 2]) -> [[u64; 3]; 3] {
    let mut sum = module;
    for (bytes, more) in sum.iter_mut().zip(glue) {
        *bytes += more;
    }
    [module, glue, sum]
}

fn numbers(line: &str) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().ok()
}

fn table(rows: &[[u64; 3]; 3]) -> String {
    let line = |name: &str, cells: [String; 3]| {
        let [raw, gzip, brotli] = cells;
        format!("{name:<18} {raw:>9} {gzip:>9} {brotli:>9}\n")
    };
    let mut text = line("", ["raw", "gzip -9", "brotli 11"].map(str::to_owned));
    for ((name, ..), row) in BUDGETS.iter().zip(rows) {
        text += &line(name, row.map(grouped));
    }
    text
}

/// A whole number with thousands separators.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(123_456), "123,456");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn the_last_row_sums_the_others() {
        let text = table(&with_sum([[1000, 20, 3], [500, 2, 1]]));
        let last: Vec<&str> = text.lines().last().unwrap_or_default().split_whitespace().collect();
        assert_eq!(last, ["both", "1,500", "22", "4"]);
    }

    #[test]
    fn the_readmes_and_the_changelog_name_the_budget() {
        let [.., (_, _, most)] = BUDGETS;
        let budget = format!("{} KiB", most / 1024);
        for page in ["README.md", "README.en.md", "CHANGELOG.md"] {
            let text = std::fs::read_to_string(root().join(page)).unwrap();
            assert!(text.contains(&budget), "{page} does not say {budget}");
        }
    }

    #[test]
    fn whatever_is_over_its_budget_is_named() {
        let limit = BUDGETS.map(|(_, raw, brotli)| [raw, 0, brotli]);
        assert_eq!(excess(&limit), Vec::<String>::new());
        let [module, glue, both] = limit;
        let [one_more, more_brotli] = [[1, 0, 0], [0, 0, 1]];
        let add = |row: [u64; 3], more: [u64; 3]| [row[0] + more[0], row[1], row[2] + more[2]];
        let over = excess(&[add(module, one_more), add(glue, more_brotli), add(both, more_brotli)]);
        assert_eq!(over.len(), 3);
        assert!(
            over.iter()
                .zip(["wx_subscribe.wasm", "index.js", "both"])
                .all(|(l, n)| l.starts_with(n))
        );
    }
}
