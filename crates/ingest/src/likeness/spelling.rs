//! The forms in which names, phones and e-mails of strangers compare.

use std::collections::BTreeSet;

use throughline_model::limits;
use xxhash_rust::xxh3::xxh3_64;

/// Shorter parts before the `@` are alike by chance.
const LOCAL_CHARS_MIN: usize = 5;
/// Digits at the end of a phone number that are the same whichever way it was dialed.
const PHONE_DIGITS: usize = 9;
/// Numbers with fewer digits are no whole numbers.
const PHONE_DIGITS_MIN: usize = 8;

/// The words of a name or city in lower case and in the order of the alphabet; none when there
/// are none.
pub fn words_of(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let words = text.split(|it: char| !it.is_alphanumeric());
    let mut words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    words.sort_unstable();
    let words = words.join(" ");
    (words.chars().count() > 1).then_some(words)
}

/// The last digits of a phone number, without country and trunk digit.
pub fn phone_end(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let bare = digits.trim_start_matches('0');
    (bare.len() >= PHONE_DIGITS_MIN)
        .then(|| bare[bare.len().saturating_sub(PHONE_DIGITS)..].to_owned())
}

/// True for two e-mails of one domain that differ by what may be a slip: one character too many,
/// too few or another, two that changed places, or a tag behind a `+`.
///
/// A digit more or another digit is another person's address as often as not.
pub fn is_near(a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (Mailbox::of(a), Mailbox::of(b)) else {
        return false;
    };
    a.domain == b.domain && (a.local == b.local || is_slip(&a.local, &b.local))
}

/// Keys of which two near e-mails share one: hashes of what is left when any one character goes.
pub(super) fn spellings(email: &str) -> BTreeSet<u64> {
    let Some(Mailbox { local, domain }) = Mailbox::of(email) else {
        return BTreeSet::new();
    };
    let key = |local: String| xxh3_64(format!("{local}@{domain}").as_bytes());
    let without = (0..local.len()).map(|at| {
        let mut rest = local.clone();
        rest.remove(at);
        key(rest.into_iter().collect())
    });
    let mut keys: BTreeSet<u64> = without.collect();
    keys.insert(key(local.iter().collect()));
    keys
}

struct Mailbox<'a> {
    local: Vec<char>,
    domain: &'a str,
}

impl<'a> Mailbox<'a> {
    fn of(email: &'a str) -> Option<Self> {
        let (local, domain) = email.split_once('@')?;
        let local: Vec<char> = local.split('+').next()?.chars().collect();
        let is_told = (LOCAL_CHARS_MIN..=limits::LIKENESS_LOCAL_CHARS_MAX).contains(&local.len());
        is_told.then_some(Self { local, domain })
    }
}

/// True for two texts that are one edit apart, of which none is an edit of a digit.
fn is_slip(a: &[char], b: &[char]) -> bool {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let are_letters = |them: &[char]| !them.iter().any(char::is_ascii_digit);
    if a.len() == b.len() {
        return match (a, b) {
            ([one, a @ ..], [other, b @ ..]) if a == b => are_letters(&[*one, *other]),
            ([one, two, a @ ..], [second, first, b @ ..]) => {
                (one, two) == (first, second) && a == b && are_letters(&[*one, *two])
            }
            _ => false,
        };
    }
    b.len() == a.len() + 1 && a == &b[1..] && are_letters(&b[..1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words_in_any_order() {
        let words = |text| words_of(text).unwrap_or_default();
        assert_eq!(words("Lee, Ann"), words(" ann  LEE"));
        assert_eq!(words("Ann-Marie O'Neil"), "ann marie neil o");
        assert_eq!(words("王小明"), "王小明");
        assert_eq!((words("-"), words("A")), (String::new(), String::new()));
    }

    #[test]
    fn a_phone_is_one_however_it_was_dialed() {
        let end = |text| phone_end(text).unwrap_or_default();
        assert_eq!(end("+44 20 7946 0018"), end("020 7946 0018"));
        assert_eq!(end("0049 30 9018201"), end("030 9018201"));
        assert_eq!(end("1234567"), "", "no whole number");
    }

    #[test]
    fn slips_are_told_from_other_addresses() {
        for (a, b, expected) in [
            ("ann.lee@x.org", "ann.le@x.org", true),
            ("ann.lee@x.org", "ann.lew@x.org", true),
            ("ann.lee@x.org", "nan.lee@x.org", true),
            ("ann.lee@x.org", "ann.lee+shop@x.org", true),
            ("ann.lee@x.org", "ann.lee@y.org", false),
            ("ann.lee@x.org", "ann.l@x.org", false),
            ("ann.lee1@x.org", "ann.lee2@x.org", false),
            ("ann.lee1@x.org", "ann.lee@x.org", false),
            ("annie@x.org", "anna@x.org", false),
            ("hello", "hell", false),
        ] {
            assert_eq!(is_near(a, b), expected, "{a} {b}");
            assert_eq!(is_near(b, a), expected, "{b} {a}");
        }
    }
}
