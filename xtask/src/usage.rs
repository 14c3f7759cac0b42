//! What the commands are: the whole list, and the part about one of them.

/// The whole list.
pub const USAGE: &str = "\
Usage: cargo xtask <command>

  build             make the package: js-glue/miniprogram_dist, and a copy of it
                    in the example mini-program
  pack              build, and make the tarball that npm installs:
                    dist/wx-subscribe-<version>.tgz
  test [--full]     run every check and suite; the last line counts them. With
                    --full, WeChat's own tools (250 MB of npm packages) try
                    the package, too, and so do four frameworks (1.1 GB), the
                    simulated phone is tested by itself, engines since 2017
                    (300 MB) run all they can, and Firefox and WebKit show the
                    example
  mutants [FILE...]
                    change the rules of the crate (those in FILE alone) in one
                    place at a time, about an hour in all, and list what no test
                    notices; a run that was broken off goes on
  demo [--once | --port N]
                    show the example mini-program in a browser, with its back
                    end, until Ctrl-C; with --once walk through it and end;
                    with --port the next demo on that port finds the same users
  bench [--quick] [--against DIR]
                    measure the package beside hand-written JavaScript and a plain
                    wasm-bindgen build, and beside the older miniprogram_dist
                    in DIR; print the tables
  bench --update-docs
                    write the figures of the last run to docs/*/benchmarks.md,
                    and four lines of them to both READMEs
  check-module      check that the built module loads on every phone
  check-sizes       check that the built package keeps to its budget
  test-runner FILE  run one wasm test file in Node; cargo test calls this

Each command installs what it needs, and says so. A Rust toolchain and Node
20.11 or newer must be there.
`cargo xtask <command> --help` shows the lines about one command.
";

/// The lines about one command, in each of its forms.
pub fn of(command: &str) -> Option<String> {
    let mut lines = String::new();
    let mut is_about = false;
    for line in USAGE.lines() {
        let form = line.strip_prefix("  ").filter(|form| !form.starts_with(' '));
        if let Some(form) = form {
            is_about = form.split(' ').next() == Some(command);
        } else if !line.starts_with(' ') {
            is_about = false;
        }
        if is_about {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    (!lines.is_empty()).then(|| format!("Usage: cargo xtask <command>\n\n{lines}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_explains_itself_with_all_its_lines_and_no_others() {
        let help = of("demo").unwrap();
        assert!(
            help.contains("demo [--once | --port N]")
                && help.contains("with --once walk through it")
        );
        assert!(!help.contains("bench") && !help.contains("Node"), "{help}");
    }

    #[test]
    fn a_command_in_two_forms_shows_both() {
        let help = of("bench").unwrap();
        assert!(help.contains("--quick") && help.contains("--update-docs"), "{help}");
        assert!(!help.contains("check-module"), "{help}");
    }

    #[test]
    fn the_last_command_ends_before_the_closing_words() {
        assert!(!of("test-runner").unwrap().contains("installs"));
    }

    #[test]
    fn what_is_no_command_has_no_help() {
        assert_eq!(of("deploy"), None);
        assert_eq!(of("--once"), None);
        assert_eq!(of(""), None);
    }
}
