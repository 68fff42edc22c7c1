//! Reading JSON text in place, without building values.
//!
//! The text was valid when it was accepted. Where it is not what it should be, the functions
//! here answer `None` and their callers keep the text as it is; nothing panics.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;
use throughline_model::Value;

/// A place in the text of a JSON value.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// A string as it stands in the text, without its quotes.
#[derive(Clone, Copy)]
pub(crate) struct RawText<'a> {
    /// With the quotes around it.
    quoted: &'a str,
    pub has_escape: bool,
}

impl<'a> RawText<'a> {
    /// The text between the quotes, escapes and all.
    pub fn inner(self) -> &'a str {
        &self.quoted[1..self.quoted.len() - 1]
    }

    /// The text that is meant; `None` when an escape stands for no character.
    pub fn decode(self) -> Option<Cow<'a, str>> {
        if self.has_escape {
            serde_json::from_str::<String>(self.quoted)
                .ok()
                .map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(self.inner()))
        }
    }
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is not blank.
    pub fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at)?, b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        Some(bytes[self.at])
    }

    /// Takes the next byte that is not blank, if it is this one.
    pub fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The key of an object's next member, with the cursor before its value; `Some(None)` at the
    /// end of the object. `is_first` says that the cursor stands right behind the brace.
    pub fn key(&mut self, is_first: bool) -> Option<Option<RawText<'a>>> {
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(None);
        }
        if !is_first {
            self.eat(b',')?;
            self.peek()?;
        }
        let key = self.string()?;
        self.eat(b':')?;
        self.peek()?;
        Some(Some(key))
    }

    /// Takes a string.
    pub fn string(&mut self) -> Option<RawText<'a>> {
        let from = self.at;
        self.eat(b'"')?;
        let mut has_escape = false;
        loop {
            self.at += quote_or_escape(&self.text.as_bytes()[self.at..])?;
            if self.text.as_bytes()[self.at] == b'"' {
                self.at += 1;
                let quoted = self.text.get(from..self.at)?;
                return Some(RawText { quoted, has_escape });
            }
            has_escape = true;
            self.at += 2;
            if self.at > self.text.len() {
                return None;
            }
        }
    }

    /// Takes any value and gives its text.
    pub fn value(&mut self) -> Option<&'a str> {
        let first = self.peek()?;
        let from = self.at;
        match first {
            b'"' => {
                self.string()?;
            }
            b'{' | b'[' => self.skip_nested()?,
            _ => self.skip_word(),
        }
        (self.at > from).then(|| self.text.get(from..self.at))?
    }

    fn skip_word(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
        self.at += end.unwrap_or(rest.len());
    }

    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match *self.text.as_bytes().get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// The scalar at the end of a path of names, as a rule sees it; objects, lists and null are none.
///
/// Of two members with one name the last counts, as it does for every JSON parser here.
pub(crate) fn lookup(object: &str, names: &[String]) -> Option<Value> {
    let mut value = object;
    for name in names {
        value = member(value, name)?;
    }
    scalar(value)
}

fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut cursor = Cursor::new(object);
    cursor.eat(b'{')?;
    let (mut found, mut is_first) = (None, true);
    while let Some(key) = cursor.key(is_first)? {
        let value = cursor.value()?;
        if is_name(key, name) {
            found = Some(value);
        }
        is_first = false;
    }
    found
}

fn is_name(key: RawText<'_>, name: &str) -> bool {
    if key.has_escape {
        key.decode().is_some_and(|decoded| decoded == name)
    } else {
        key.inner() == name
    }
}

/// The scalar that a JSON text stands for.
pub(crate) fn scalar(text: &str) -> Option<Value> {
    match text.as_bytes().first()? {
        b'"' => {
            let text = Cursor::new(text).string()?.decode()?;
            Some(Value::Text(text.into_owned()))
        }
        b't' => Some(Value::Flag(true)),
        b'f' => Some(Value::Flag(false)),
        b'-' | b'0'..=b'9' => number(text).map(Value::Number),
        _ => None,
    }
}

/// The number nearest to a JSON number's text.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number that [`write_number`] gives back with the same value, digit for digit; else `None`.
pub(crate) fn exact_number(text: &str) -> Option<f64> {
    if let Some(number) = short_number(text) {
        return Some(number);
    }
    let number = number(text)?;
    let has_exponent = text.bytes().any(|byte| matches!(byte, b'e' | b'E'));
    let is_negative_zero = number == 0.0 && text.starts_with('-');
    if has_exponent || is_negative_zero {
        return None;
    }
    let mut written = String::with_capacity(24);
    write_number(number, &mut written);
    (written == without_needless_zeros(text)).then_some(number)
}

/// Numbers of at most 15 digits: the quotient of two exact floats is the nearest float, and 15
/// digits always come back from it.
fn short_number(text: &str) -> Option<f64> {
    const POWERS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let (mut mantissa, mut digits_count, mut point) = (0_i64, 0_usize, None);
    for (index, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                digits_count += 1;
            }
            b'.' if point.is_none() => point = Some(index),
            _ => return None,
        }
    }
    if digits_count > 15 || mantissa == 0 && is_negative {
        return None;
    }
    let scale = point.map_or(0, |point| digits.len() - point - 1);
    let number = mantissa as f64 / POWERS[scale];
    Some(if is_negative { -number } else { number })
}

fn without_needless_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// Writes a number as JSON: whole numbers without a point, the others as short as they can be.
pub(crate) fn write_number(number: f64, out: &mut String) {
    use std::fmt::Write as _;
    debug_assert!(number.is_finite());
    write!(out, "{number}").expect("writing to a text cannot fail");
}

/// Writes a text as a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    let is_plain = text
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    if is_plain {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::to_string(text).expect("text is always JSON"));
    }
}

/// The object with each member once, the last of its name, and names escaped only where they
/// must be. Numbers and lists keep their spelling. `None` when it is no object.
pub(crate) fn without_repeats(object: &str) -> Option<String> {
    let mut out = String::with_capacity(object.len());
    write_without_repeats(object, &mut out)?;
    Some(out)
}

fn write_without_repeats(object: &str, out: &mut String) -> Option<()> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    let mut opening = '{';
    for (name, value) in &members {
        out.push(opening);
        opening = ',';
        write_text(name, out);
        out.push(':');
        if value.get().starts_with('{') {
            write_without_repeats(value.get(), out)?;
        } else {
            out.push_str(value.get());
        }
    }
    if members.is_empty() {
        out.push('{');
    }
    out.push('}');
    Some(())
}

/// Place of the first `"` or `\`, eight bytes at a time.
fn quote_or_escape(bytes: &[u8]) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest mark is exact; higher ones may be carried over from it.
        let marks = zeros(word ^ (LOW * u64::from(b'"'))) | zeros(word ^ (LOW * u64::from(b'\\')));
        if marks != 0 {
            return Some(index * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let done = words.len() * 8;
    let place = bytes[done..]
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(done + place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(object: &str, path: &str, expected: Option<Value>) {
        let names: Vec<String> = path.split('.').map(str::to_owned).collect();
        assert_eq!(lookup(object, &names), expected, "{path} of {object}");
    }

    #[test]
    fn scalars_are_found_at_the_end_of_a_path() {
        let object = r#" { "a" : 1.5 , "b":{"c":"x\"y","d":[1,{"e":2}]},"t":true, "n":null } "#;
        check(object, "a", Some(Value::Number(1.5)));
        check(object, "b.c", Some(Value::Text("x\"y".into())));
        check(object, "t", Some(Value::Flag(true)));
        for missing in ["b", "b.d", "n", "z", "a.b", "b.d.e"] {
            check(object, missing, None);
        }
    }

    #[test]
    fn the_last_of_two_members_counts_and_names_may_be_escaped() {
        check(r#"{"a":1,"a":2}"#, "a", Some(Value::Number(2.0)));
        check(r#"{"a":{"b":1},"a":{"c":2}}"#, "a.b", None);
        check(r#"{"\u0061":7}"#, "a", Some(Value::Number(7.0)));
    }

    #[test]
    fn text_that_is_no_json_has_no_members() {
        for bad in [
            "",
            "{",
            "{\"",
            "{\"a",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "[1]",
            "{\"a\\",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":1e999}",
        ] {
            check(bad, "a", None);
        }
    }

    #[test]
    fn numbers_come_back_with_the_same_value_or_are_left_alone() {
        for (text, expected) in [
            ("0", Some("0")),
            ("19", Some("19")),
            ("19.0", Some("19")),
            ("19.90", Some("19.9")),
            ("-0.5", Some("-0.5")),
            ("0.30000000000000004", Some("0.30000000000000004")),
            ("123456789012345678", None),
            ("9007199254740993", None),
            ("0.1234567890123456789", None),
            ("-0", None),
            ("-0.0", None),
            ("1e3", None),
        ] {
            let written = exact_number(text).map(|number| {
                let mut out = String::new();
                write_number(number, &mut out);
                out
            });
            assert_eq!(written.as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_short_decimal_is_read_as_the_nearest_float(
            mantissa in -999_999_999_999_999_i64..=999_999_999_999_999,
            scale in 0_usize..=14,
        ) {
            let digits = format!("{:0width$}", mantissa.unsigned_abs(), width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            let sign = if mantissa < 0 { "-" } else { "" };
            let text = if scale == 0 {
                format!("{sign}{whole}")
            } else {
                format!("{sign}{whole}.{fraction}")
            };
            if let Some(number) = exact_number(&text) {
                prop_assert_eq!(Some(number), text.parse::<f64>().ok());
                let mut out = String::new();
                write_number(number, &mut out);
                prop_assert_eq!(out.as_str(), without_needless_zeros(&text));
            } else {
                prop_assert!(mantissa <= 0, "{}", text);
            }
        }

        #[test]
        fn texts_are_found_whatever_they_hold(text in ".{0,40}", name in "[a-z\"\\\\\u{1F600}]{1,9}") {
            let object = json!({ "before": "\"\\", &name: text, "after": [] }).to_string();
            prop_assert_eq!(lookup(&object, &[name]), Some(Value::Text(text)));
        }

        #[test]
        fn mangled_text_never_panics(text in "[{}\\[\\]\",:\\\\a0-9 tfn.e-]{0,40}") {
            lookup(&text, &["a".to_owned()]);
        }

        #[test]
        fn quotes_and_escapes_are_found_at_any_place(bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), Just(b'!'), Just(b'#'), any::<u8>()], 0..40)) {
            let naive = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            prop_assert_eq!(quote_or_escape(&bytes), naive);
        }
    }
}
