//! Values that stand for nobody: what broken code sends in place of an id.

/// Words that name no one, in lower case.
const WORDS: [&str; 25] = [
    "-1",
    "none",
    "null",
    "nil",
    "nan",
    "undefined",
    "true",
    "false",
    "id",
    "email",
    "anonymous",
    "anonymous-user",
    "anonymous_user",
    "guest",
    "user",
    "system",
    "backend",
    "distinct_id",
    "distinctid",
    "user_id",
    "userid",
    "not_authenticated",
    "unknown",
    "[object object]",
    "n/a",
];

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// True for values that must never join profiles: `null`, `undefined`, `0`, an all-zero UUID, a blank.
///
/// Case, blanks and quotes around the value do not matter.
pub fn is_blocked(value: &str) -> bool {
    let bare = value.trim_matches(|c: char| c.is_whitespace() || QUOTES.contains(&c));
    bare.bytes().all(|byte| matches!(byte, b'0' | b'-'))
        || WORDS.iter().any(|word| bare.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_name_nobody_are_blocked_however_they_are_written() {
        for value in [
            "",
            "  ",
            "0",
            "000",
            "-",
            "00000000-0000-0000-0000-000000000000",
            "NULL",
            "'null'",
            "\"undefined\"",
            "`Guest`",
            " NaN ",
            "[object Object]",
            "-1",
        ] {
            assert!(is_blocked(value), "{value:?}");
        }
    }

    #[test]
    fn ordinary_ids_pass() {
        for value in [
            "1",
            "10",
            "u-0",
            "nullable",
            "user1",
            "guest@example.com",
            "客人",
        ] {
            assert!(!is_blocked(value), "{value:?}");
        }
    }
}
