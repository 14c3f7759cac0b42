//! How many tests passed and failed, read from the output of the programs.

use std::ops::AddAssign;

/// A number of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that passed.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl Tally {
    /// One check that passed.
    pub const PASSED: Self = Self { passed: 1, failed: 0 };
    /// One check that failed.
    pub const FAILED: Self = Self { passed: 0, failed: 1 };

    /// Whether nothing was counted.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The form in which a program prints its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// No counts: the program passes or fails as one check.
    One,
    /// `test result: ok. 3 passed; 0 failed; …`, once for each test file.
    Cargo,
    /// `ℹ pass 3` and the like, at the end of the run.
    Node,
    /// `engines: 3 passed, 0 failed`, at the end of the run.
    Engines,
}

impl Counts {
    /// The counts in one line of the output.
    pub fn in_line(self, line: &str) -> Tally {
        match self {
            Self::One => Tally::default(),
            Self::Cargo => cargo_line(line).unwrap_or_default(),
            Self::Node => node_line(line).unwrap_or_default(),
            Self::Engines => engines_line(line).unwrap_or_default(),
        }
    }
}

fn cargo_line(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    let number_before = |word: &str| {
        counts
            .split([';', '.'])
            .find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
    };
    Some(Tally { passed: number_before("passed")?, failed: number_before("failed")? })
}

fn node_line(line: &str) -> Option<Tally> {
    let (word, number) = line.strip_prefix("ℹ ")?.trim().split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Tally { passed: number, failed: 0 }),
        // A cancelled test was still running when its file ended.
        "fail" | "cancelled" => Some(Tally { passed: 0, failed: number }),
        _ => None,
    }
}

fn engines_line(line: &str) -> Option<Tally> {
    let (passed, failed) = line.strip_prefix("engines: ")?.split_once(" passed, ")?;
    let failed = failed.strip_suffix(" failed")?;
    Some(Tally { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(counts: Counts, output: &str) -> (u64, u64) {
        let mut sum = Tally::default();
        output.lines().for_each(|line| sum += counts.in_line(line));
        (sum.passed, sum.failed)
    }

    #[test]
    fn the_results_of_all_test_files_of_cargo_are_summed() {
        let output = "running 2 tests\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 4 passed; 1 failed; 0 ignored; 1 filtered out; finished in 0.19s\n";
        assert_eq!(sum(Counts::Cargo, output), (6, 1));
    }

    #[test]
    fn nodes_cancelled_tests_count_as_failed() {
        let output = "✔ subscribes (1.2ms)\nℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\n\
            ℹ cancelled 2\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 76.1\n";
        assert_eq!(sum(Counts::Node, output), (3, 3));
    }

    #[test]
    fn only_the_last_line_of_the_engines_counts() {
        let output = "JavaScriptCore 2.50.6, wasm: 468 passed, 0 failed, 4.2 s\n\
            QuickJS, fallback: not run, it is not here\nengines: 467 passed, 1 failed\n";
        assert_eq!(sum(Counts::Engines, output), (467, 1));
    }

    #[test]
    fn a_check_that_counts_nothing_says_nothing() {
        assert_eq!(sum(Counts::One, "test result: ok. 2 passed; 0 failed"), (0, 0));
    }
}
