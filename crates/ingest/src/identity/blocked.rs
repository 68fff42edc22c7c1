//! Values that stand for nobody: what broken code sends in place of an id.

use throughline_model::IdentifierKind;

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

/// True for values of a type that must never join profiles.
///
/// Besides what names nobody at all: addresses that machines send from, or that people type to get on.
pub fn is_blocked_as(kind: IdentifierKind, value: &str) -> bool {
    if is_blocked(value) {
        return true;
    }
    match kind {
        IdentifierKind::Email => value
            .split_once('@')
            .is_some_and(|(local, domain)| is_nobodys(local, domain)),
        IdentifierKind::Phone => {
            let mut digits = value.bytes().filter(u8::is_ascii_digit);
            let first = digits.next();
            digits.all(|digit| Some(digit) == first)
                || value.contains("1234567890")
                || value.contains("0123456789")
        }
        IdentifierKind::Device | IdentifierKind::Advertising => {
            let mut letters = value.bytes().filter(u8::is_ascii_alphanumeric);
            let first = letters.next();
            letters.all(|letter| Some(letter) == first)
        }
        _ => false,
    }
}

fn is_nobodys(local: &str, domain: &str) -> bool {
    const SENDERS: [&str; 8] = [
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "mailer-daemon",
        "postmaster",
        "nobody",
    ];
    const TYPED: [&str; 8] = [
        "test@test.com",
        "test@test.de",
        "test@example.com",
        "asdf@asdf.com",
        "a@a.com",
        "abc@abc.com",
        "none@none.com",
        "no@email.com",
    ];
    let is = |known: &&str| local.eq_ignore_ascii_case(known);
    SENDERS.iter().any(is)
        || TYPED.iter().any(|known| {
            known.split_once('@').is_some_and(|(a, b)| {
                local.eq_ignore_ascii_case(a) && domain.eq_ignore_ascii_case(b)
            })
        })
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
