//! Counts of tests, read from what the runners print, and the summary that ends `make test`.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

/// What one runner reported.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Names of what failed, as the runner prints them.
    pub failures: Vec<String>,
}

/// One line of the summary.
#[derive(Debug)]
pub struct Suite {
    pub name: &'static str,
    pub tally: Tally,
    pub took: Duration,
}

impl Tally {
    /// A chore with one verdict counts as one test.
    pub fn verdict(name: &str, result: &Result<()>) -> Self {
        match result {
            Ok(()) => Self {
                passed: 1,
                ..Self::default()
            },
            Err(error) => Self::broken(format!("{name}: {error:#}")),
        }
    }

    /// A runner that could not tell its counts is one failure.
    pub fn broken(reason: String) -> Self {
        Self {
            failed: 1,
            failures: vec![reason],
            ..Self::default()
        }
    }

    /// Takes in one line of `cargo test`.
    pub fn read_cargo_line(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += count_before(counts, "passed");
            self.failed += count_before(counts, "failed");
            self.skipped += count_before(counts, "ignored");
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|it| it.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        }
    }

    /// Reads the JSON report of vitest.
    pub fn from_vitest(report: &Value) -> Option<Self> {
        let number = |key: &str| report.get(key)?.as_u64();
        let files = report.get("testResults")?.as_array()?;
        let failures = files.iter().flat_map(|file| {
            let cases = file["assertionResults"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            cases
                .iter()
                .filter(|it| it["status"] == "failed")
                .map(|it| text(&it["fullName"]))
        });
        let mut tally = Self {
            passed: number("numPassedTests")?,
            failed: number("numFailedTests")?,
            skipped: number("numPendingTests")? + number("numTodoTests").unwrap_or(0),
            failures: failures.collect(),
        };
        // A file that does not even load fails without having a case.
        for file in files.iter().filter(|it| it["status"] == "failed") {
            if file["assertionResults"]
                .as_array()
                .is_none_or(|it| it.iter().all(|it| it["status"] != "failed"))
            {
                tally.failed += 1;
                tally.failures.push(text(&file["name"]));
            }
        }
        Some(tally)
    }

    /// Reads the JSON report of Playwright. A test that passed only when repeated counts as failed.
    pub fn from_playwright(report: &Value) -> Option<Self> {
        let stats = report.get("stats")?;
        let number = |key: &str| stats.get(key)?.as_u64();
        let mut failures = Vec::new();
        for suite in report["suites"].as_array()? {
            playwright_failures(suite, &mut failures);
        }
        let errors = report["errors"].as_array().map_or(&[][..], Vec::as_slice);
        failures.extend(errors.iter().map(|it| text(&it["message"])));
        Some(Self {
            passed: number("expected")?,
            failed: number("unexpected")? + number("flaky")? + errors.len() as u64,
            skipped: number("skipped")?,
            failures,
        })
    }

    /// A runner that ends badly without a failed test must not look fine.
    pub fn with_exit(mut self, name: &str, succeeded: bool) -> Self {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
            self.failures
                .push(format!("{name} ended with an error outside any test"));
        }
        self
    }
}

/// Reads the JSON file that a runner left behind.
pub fn read_report(file: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the runner left no report at {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("could not read {}", file.display()))
}

fn playwright_failures(suite: &Value, failures: &mut Vec<String>) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for spec in list(&suite["specs"]) {
        let is_unclean = |it: &Value| it["status"] == "unexpected" || it["status"] == "flaky";
        if list(&spec["tests"]).iter().any(is_unclean) {
            failures.push(format!("{}: {}", text(&spec["file"]), text(&spec["title"])));
        }
    }
    for inner in list(&suite["suites"]) {
        playwright_failures(&inner, failures);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("without a name").to_owned()
}

/// The number in `... 12 passed; ...`.
fn count_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ';']).filter(|it| !it.is_empty()).collect();
    words
        .windows(2)
        .filter(|it| it[1] == word)
        .filter_map(|it| it[0].parse::<u64>().ok())
        .sum()
}

/// All suites of one `make test`, in the order they ran.
#[derive(Debug)]
pub struct Summary(pub Vec<Suite>);

impl Summary {
    /// Whether nothing failed and something ran.
    pub fn is_clean(&self) -> bool {
        self.sum(|it| it.failed) == 0 && self.sum(|it| it.passed) > 0
    }

    fn sum(&self, field: impl Fn(&Tally) -> u64) -> u64 {
        self.0.iter().map(|it| field(&it.tally)).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in self.0.iter().flat_map(|it| &it.tally.failures) {
            writeln!(f, "FAILED {failure}")?;
        }
        writeln!(
            f,
            "{:<24}{:>8}{:>8}{:>9}{:>9}",
            "suite", "passed", "failed", "skipped", "seconds"
        )?;
        for Suite { name, tally, took } in &self.0 {
            let Tally {
                passed,
                failed,
                skipped,
                ..
            } = tally;
            writeln!(
                f,
                "{name:<24}{passed:>8}{failed:>8}{skipped:>9}{:>9}",
                took.as_secs()
            )?;
        }
        write!(
            f,
            "{} passed, {} failed",
            self.sum(|it| it.passed),
            self.sum(|it| it.failed)
        )
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    fn summary(tally: Tally) -> String {
        Summary(vec![Suite {
            name: "one",
            tally,
            took: Duration::from_secs(3),
        }])
        .to_string()
    }

    #[test]
    fn cargo_results_add_up_over_binaries() {
        let mut tally = Tally::default();
        for line in [
            "running 2 tests",
            "test funnel::counts ... ok",
            "test funnel::window ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.30s",
            "the words `5 passed` in the output of a test",
        ] {
            tally.read_cargo_line(line);
        }
        expect![[r#"
            FAILED funnel::window
            suite                     passed  failed  skipped  seconds
            one                           41       1        2        3
            41 passed, 1 failed"#]]
        .assert_eq(&summary(tally));
    }

    #[test]
    fn a_runner_that_breaks_off_counts_as_a_failure() {
        let tally = Tally {
            passed: 7,
            ..Tally::default()
        }
        .with_exit("cargo test", false);
        expect![[r#"
            FAILED cargo test ended with an error outside any test
            suite                     passed  failed  skipped  seconds
            one                            7       1        0        3
            7 passed, 1 failed"#]]
        .assert_eq(&summary(tally));
    }

    #[test]
    fn a_web_test_file_that_does_not_load_is_a_failure() {
        let report = json!({
            "numPassedTests": 2, "numFailedTests": 1, "numPendingTests": 1,
            "testResults": [
                {"name": "a.test.ts", "status": "failed", "assertionResults": [
                    {"status": "passed", "fullName": "a one"},
                    {"status": "failed", "fullName": "a two"},
                ]},
                {"name": "b.test.ts", "status": "failed", "assertionResults": []},
            ],
        });
        expect![[r#"
            FAILED a two
            FAILED b.test.ts
            suite                     passed  failed  skipped  seconds
            one                            2       2        1        3
            2 passed, 2 failed"#]]
        .assert_eq(&summary(Tally::from_vitest(&report).unwrap()));
    }

    #[test]
    fn a_browser_test_that_needed_a_second_try_is_a_failure() {
        let report = json!({
            "stats": {"expected": 4, "unexpected": 1, "flaky": 1, "skipped": 2},
            "errors": [],
            "suites": [{"specs": [], "suites": [{"specs": [
                {"file": "map.spec.ts", "title": "opens", "tests": [{"status": "flaky"}]},
                {"file": "map.spec.ts", "title": "closes", "tests": [{"status": "unexpected"}]},
                {"file": "map.spec.ts", "title": "stays", "tests": [{"status": "expected"}]},
            ]}]}],
        });
        expect![[r#"
            FAILED map.spec.ts: opens
            FAILED map.spec.ts: closes
            suite                     passed  failed  skipped  seconds
            one                            4       2        2        3
            4 passed, 2 failed"#]]
        .assert_eq(&summary(Tally::from_playwright(&report).unwrap()));
    }

    #[test]
    fn a_report_of_another_shape_is_not_taken_for_zero_tests() {
        assert_eq!(Tally::from_vitest(&json!({"numPassedTests": 3})), None);
        assert_eq!(Tally::from_playwright(&json!({"suites": []})), None);
    }

    #[test]
    fn nothing_run_is_not_clean() {
        assert!(!Summary(Vec::new()).is_clean());
    }
}
