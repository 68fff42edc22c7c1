//! Which names of files are meant.

/// Ends of names under which programs write what is not whole yet.
const UNFINISHED: [&str; 6] = [".tmp", ".part", ".partial", ".filepart", ".crdownload", "~"];

/// Whether a file of this name is taken: it fits the pattern, and is neither hidden nor unfinished.
pub fn fits(pattern: &str, name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_unfinished = UNFINISHED.iter().any(|it| lower.ends_with(it));
    let is_meant = pattern.is_empty() || matches(pattern, name);
    is_meant && !name.starts_with('.') && !is_unfinished
}

/// Walks both at once; after a failure the last `*` takes one character more.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((place, taken)) = star else {
                    return false;
                };
                star = Some((place, taken + 1));
                at = place + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|it| *it == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tries every length that a `*` may have.
    fn naive(pattern: &[char], name: &[char]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some(('*', rest)) => (0..=name.len()).any(|taken| naive(rest, &name[taken..])),
            Some((wanted, rest)) => name
                .split_first()
                .is_some_and(|(it, left)| (*wanted == '?' || wanted == it) && naive(rest, left)),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_as_trying_everything_says(pattern in "[ab*?]{0,8}", name in "[ab]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &name), naive(&chars(&pattern), &chars(&name)));
        }
    }

    #[test]
    fn hidden_and_unfinished_files_are_passed_over() {
        for (pattern, name, expected) in [
            ("", "orders.csv", true),
            ("orders-*.csv", "orders-2026-03.csv", true),
            ("orders-*.csv", "returns.csv", false),
            ("*", ".orders.csv", false),
            ("", "orders.csv.part", false),
            ("", "orders.TMP", false),
            ("?.csv", "é.csv", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
