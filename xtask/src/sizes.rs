//! The table of what the package weighs.

use std::path::Path;

use anyhow::{Context, Result};

use crate::run::{node, output_of, root};

/// Node is there anyway and holds zlib and brotli themselves.
const COMPRESS: &str = "
const fs = require('fs'), zlib = require('zlib');
for (const path of process.argv.slice(1)) {
  const raw = fs.readFileSync(path);
  const gzip = zlib.gzipSync(raw, { level: 9 });
  const brotli = zlib.brotliCompressSync(raw, {
    params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
  });
  console.log(raw.length, gzip.length, brotli.length);
}";

/// Prints the bytes of the module and of the glue, plain and compressed.
pub fn print(module: &Path, glue: &Path) -> Result<()> {
    let mut compress = node(root(), ["-e", COMPRESS]);
    let text = output_of(compress.arg(module).arg(glue)).context("cannot measure the package")?;
    let rows = text.lines().map(numbers).collect::<Option<Vec<_>>>();
    let rows = rows.context("cannot read the package's sizes")?;
    print!("{}", table(&["wx_subscribe.wasm", "index.js"], &rows));
    Ok(())
}

fn numbers(line: &str) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().ok()
}

fn table(names: &[&str], rows: &[[u64; 3]]) -> String {
    let line = |name: &str, cells: [String; 3]| {
        let [raw, gzip, brotli] = cells;
        format!("{name:<18} {raw:>9} {gzip:>9} {brotli:>9}\n")
    };
    let mut text = line("", ["raw", "gzip -9", "brotli 11"].map(str::to_owned));
    let mut total = [0; 3];
    for (name, row) in names.iter().zip(rows) {
        text += &line(name, row.map(grouped));
        for (sum, bytes) in total.iter_mut().zip(row) {
            *sum += bytes;
        }
    }
    text + &line("both", total.map(grouped))
}

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
        let text = table(&["a", "b"], &[[1000, 20, 3], [500, 2, 1]]);
        let last: Vec<&str> = text.lines().last().unwrap_or_default().split_whitespace().collect();
        assert_eq!(last, ["both", "1,500", "22", "4"]);
    }
}
