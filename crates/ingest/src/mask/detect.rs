//! Where in a text personal data lies, by its form and its check digits.

use std::ops::Range;

use throughline_model::masking::Detector;

/// The fewest digits of anything that is looked for by its digits.
pub const DIGITS_MIN: usize = 8;

/// Names of parameters whose values are nobody's to keep.
const SECRETS: [&str; 21] = [
    "token",
    "access_token",
    "accesstoken",
    "refresh_token",
    "id_token",
    "auth",
    "auth_token",
    "authorization",
    "password",
    "passwd",
    "pwd",
    "pass",
    "secret",
    "client_secret",
    "key",
    "api_key",
    "apikey",
    "otp",
    "session",
    "signature",
    "sig",
];

/// Whether a parameter of this name holds a secret.
pub fn is_secret(name: &str) -> bool {
    let name = name.trim();
    SECRETS.iter().any(|it| name.eq_ignore_ascii_case(it))
        || ["_token", "-token", "_secret", "password"]
            .iter()
            .any(|end| {
                let at = name.len().checked_sub(end.len());
                at.and_then(|at| name.get(at..))
                    .is_some_and(|it| it.eq_ignore_ascii_case(end))
            })
}

/// The first place of a detector's data at or after `from`.
pub fn find(detector: Detector, text: &str, from: usize) -> Option<Range<usize>> {
    match detector {
        Detector::Email => email(text, from),
        Detector::Phone => digits(text, from, phone),
        Detector::Card => digits(text, from, card),
        Detector::NationalIdCn => national_id(text, from),
        Detector::Iban => iban(text, from),
        Detector::Secret => None,
    }
}

/// A name, an at sign, and a domain with a dot; the sign may be written as `%40`.
fn email(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let sign = match bytes[at] {
            b'@' => 1,
            b'%' if text.get(at..at + 3) == Some("%40") => 3,
            _ => {
                at += 1;
                continue;
            }
        };
        let local = bytes[from..at]
            .iter()
            .rev()
            .take_while(|it| is_local(**it))
            .count();
        let start = at - local;
        // What stands first is a name only with a letter or a digit.
        let start = start
            + bytes[start..at]
                .iter()
                .take_while(|it| !it.is_ascii_alphanumeric())
                .count();
        let after = at + sign;
        let domain = bytes[after..]
            .iter()
            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'))
            .count();
        let domain = text[after..after + domain].trim_end_matches(['.', '-']);
        let ending = domain.rsplit_once('.').map(|it| it.1);
        let is_domain = ending
            .is_some_and(|it| it.len() >= 2 && it.bytes().all(|byte| byte.is_ascii_alphabetic()));
        if start < at && is_domain && !domain.starts_with(['.', '-']) {
            return Some(start..after + domain.len());
        }
        at = after;
    }
    None
}

fn is_local(byte: u8) -> bool {
    // A percent sign would take the parts of an address before it.
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-' | b'\'')
}

/// Digits with single signs between, as a whole; `is_it` judges the digits and how they stand.
fn digits(text: &str, from: usize, is_it: impl Fn(&str, &str) -> bool) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = from;
    while start < bytes.len() {
        if !(bytes[start].is_ascii_digit()
            || matches!(bytes[start], b'+' | b'(')
                && bytes.get(start + 1).is_some_and(u8::is_ascii_digit))
        {
            start += 1;
            continue;
        }
        let mut end = start + 1;
        let mut last = if bytes[start].is_ascii_digit() {
            end
        } else {
            start
        };
        let mut between = 0;
        while end < bytes.len() {
            match bytes[end] {
                byte if byte.is_ascii_digit() => {
                    last = end + 1;
                    between = 0;
                }
                b' ' | b'-' | b'.' | b'(' | b')' | b'/' if between < 2 => between += 1,
                _ => break,
            }
            end += 1;
        }
        let is_inside = |at: Option<&u8>| {
            at.is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b','))
        };
        let before = start.checked_sub(1).and_then(|at| bytes.get(at));
        let follows = bytes.get(last);
        let is_word = is_inside(before)
            || follows.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_')
            || !text.is_char_boundary(last);
        if last > start && !is_word {
            let whole = &text[start..last];
            let plain: String = whole.chars().filter(char::is_ascii_digit).collect();
            if is_it(&plain, whole) {
                return Some(start..last);
            }
        }
        start = last.max(start + 1);
    }
    None
}

/// In the form of E.164, or grouped as people write a number.
fn phone(plain: &str, whole: &str) -> bool {
    if whole.starts_with('+') {
        return (8..=15).contains(&plain.len()) && !plain.starts_with('0');
    }
    // A date and an address on the net are grouped as well.
    let groups: Vec<&str> = whole
        .split([' ', '-', '.', '(', ')', '/'])
        .filter(|it| !it.is_empty())
        .collect();
    let is_date =
        groups.len() >= 3 && groups[0].len() == 4 && groups[1].len() <= 2 && groups[2].len() <= 2;
    let is_date_backwards =
        groups.len() >= 3 && groups[0].len() <= 2 && groups[1].len() <= 2 && groups[2].len() == 4;
    let is_net = whole.matches('.').count() == 3 && groups.iter().all(|it| it.len() <= 3);
    let is_grouped =
        groups.len() >= 3 && groups.iter().skip(1).all(|it| (2..=4).contains(&it.len()));
    let is_chinese_mobile = plain.len() == 11 && groups.len() == 1 && is_mobile(plain);
    (9..=13).contains(&plain.len())
        && (is_grouped && !is_date && !is_date_backwards && !is_net && !is_luhn_card(plain)
            || is_chinese_mobile)
}

/// A mobile number of mainland China: eleven digits that begin with 13 to 19.
fn is_mobile(plain: &str) -> bool {
    plain.starts_with('1') && matches!(plain.as_bytes()[1], b'3'..=b'9')
}

/// By the first digits of payment cards, their lengths, and Luhn's check digit.
fn card(plain: &str, whole: &str) -> bool {
    // A plus begins a phone number, whatever its digits come to.
    !whole.starts_with('+') && is_luhn_card(plain)
}

fn is_luhn_card(plain: &str) -> bool {
    let two: u32 = plain.get(..2).and_then(|it| it.parse().ok()).unwrap_or(0);
    let is_known = match two {
        40..=49 => matches!(plain.len(), 13 | 16 | 19),
        51..=55 | 22..=27 => plain.len() == 16,
        34 | 37 => plain.len() == 15,
        30 | 36 | 38 | 39 => matches!(plain.len(), 14 | 16),
        35 | 60 | 64 | 65 => plain.len() == 16,
        62 | 81 => (16..=19).contains(&plain.len()),
        50 | 56..=58 | 63 | 67 => (12..=19).contains(&plain.len()),
        _ => false,
    };
    is_known && luhn(plain)
}

fn luhn(plain: &str) -> bool {
    let sum: u32 = (plain.bytes().rev().enumerate())
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            match index % 2 {
                0 => digit,
                _ if digit * 2 > 9 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Six digits of a place, a date of birth, three digits, and a check digit that may be an X.
fn national_id(text: &str, from: usize) -> Option<Range<usize>> {
    const LENGTH: usize = 18;
    let bytes = text.as_bytes();
    let mut start = from;
    while start + LENGTH <= bytes.len() {
        let run = bytes[start..]
            .iter()
            .take_while(|it| it.is_ascii_digit())
            .count();
        if run < LENGTH - 1 {
            start += run + 1;
            continue;
        }
        let end = start + LENGTH;
        let is_word = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
        let before = start.checked_sub(1).and_then(|at| bytes.get(at));
        let is_alone = !is_word(before) && !is_word(bytes.get(end)) && text.is_char_boundary(end);
        if is_alone && is_national_id(&bytes[start..end]) {
            return Some(start..end);
        }
        start += run;
    }
    None
}

fn is_national_id(id: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let number = |range: Range<usize>| {
        id[range]
            .iter()
            .fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'))
    };
    let is_born = (1900..=2099).contains(&number(6..10))
        && (1..=12).contains(&number(10..12))
        && (1..=31).contains(&number(12..14));
    let sum: u32 = (id.iter().zip(WEIGHTS))
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    is_born && CHECKS[(sum % 11) as usize] == id[17].to_ascii_uppercase()
}

/// Two letters, two check digits, and 11 to 30 letters and digits, in groups of four or not.
fn iban(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    for start in from..bytes.len().saturating_sub(14) {
        let head = &bytes[start..start + 4];
        let is_head = head[..2].iter().all(u8::is_ascii_alphabetic)
            && head[2..].iter().all(u8::is_ascii_digit);
        let is_word = start > 0 && bytes[start - 1].is_ascii_alphanumeric();
        if !is_head || is_word {
            continue;
        }
        let mut plain = Vec::with_capacity(34);
        let mut ends = Vec::new();
        for (index, byte) in bytes[start..].iter().enumerate() {
            if byte.is_ascii_alphanumeric() {
                plain.push(byte.to_ascii_uppercase());
            } else if *byte != b' ' || !plain.len().is_multiple_of(4) {
                ends.push((start + index, plain.len()));
                break;
            } else {
                ends.push((start + index, plain.len()));
            }
            if plain.len() > 34 {
                break;
            }
            if start + index + 1 == bytes.len() {
                ends.push((bytes.len(), plain.len()));
            }
        }
        // A word may follow the last group.
        for (end, length) in ends.into_iter().rev() {
            if (15..=34).contains(&length) && is_iban(&plain[..length]) {
                return Some(start..end);
            }
        }
    }
    None
}

/// Letters count from ten, the head stands last, and the remainder by 97 is one.
fn is_iban(plain: &[u8]) -> bool {
    let turned = plain[4..].iter().chain(&plain[..4]);
    let rest = turned.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(detector: Detector, text: &str) -> Vec<&str> {
        let (mut from, mut all) = (0, Vec::new());
        while let Some(range) = find(detector, text, from) {
            from = range.end;
            all.push(&text[range]);
        }
        all
    }

    #[test]
    fn each_detector_finds_its_own() {
        use Detector::{Card, Email, Iban, NationalIdCn, Phone};
        for (detector, text, expected) in [
            (Email, "ana@x.org", vec!["ana@x.org"]),
            (
                Email,
                "to ana.b+c@mail.x.co, bob@y.de.",
                vec!["ana.b+c@mail.x.co", "bob@y.de"],
            ),
            (Email, "ana%40x.org", vec!["ana%40x.org"]),
            (Email, "由ana@x.org写", vec!["ana@x.org"]),
            (Phone, "+4915112345678", vec!["+4915112345678"]),
            (Phone, "call +1 (212) 555-0123!", vec!["+1 (212) 555-0123"]),
            (Phone, "212-555-0123", vec!["212-555-0123"]),
            (Phone, "(212) 555-0123", vec!["(212) 555-0123"]),
            (Phone, "电话13812345678。", vec!["13812345678"]),
            (Card, "4111 1111 1111 1111", vec!["4111 1111 1111 1111"]),
            (Card, "card=378282246310005;", vec!["378282246310005"]),
            (
                NationalIdCn,
                "证11010519491231002X号",
                vec!["11010519491231002X"],
            ),
            (
                Iban,
                "DE89 3704 0044 0532 0130 00 bitte",
                vec!["DE89 3704 0044 0532 0130 00"],
            ),
            (
                Iban,
                "gb82west12345698765432",
                vec!["gb82west12345698765432"],
            ),
        ] {
            assert_eq!(found(detector, text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_left() {
        use Detector::{Card, Email, Iban, NationalIdCn, Phone};
        for (detector, text) in [
            (Email, "@handle and a@b and you@home"),
            (Email, "a@1.2"),
            (Email, "@x.org"),
            (Phone, "2026-11-28 22:15"),
            (Phone, "28.11.2026"),
            (Phone, "192.168.100.200"),
            (Phone, "1764366912345"),
            (Phone, "order 123456789"),
            (Phone, "v1.22.333.4444"),
            (Phone, "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
            (Card, "4111 1111 1111 1112"),
            (Card, "1764366912340"),
            (Card, "id4111111111111111x"),
            (NationalIdCn, "110105194912310021"),
            (NationalIdCn, "110105194913310029"),
            (Iban, "DE89370400440532013001"),
            (Iban, "AB12 not an account at all"),
        ] {
            assert_eq!(found(detector, text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in ["token", "Access_Token", "reset_token", "newPassword", "otp"] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "color",
            "code",
            "keyword",
            "promo_code",
            "tokens",
            "utm_source",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
