//! What kind of file it is, from its first bytes.

use serde_json::value::RawValue;

use super::{Format, Mapping};
use crate::json;

/// Why a file cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SniffFault {
    #[error("the file is empty")]
    Empty,
    #[error("the file is UTF-16; save it as UTF-8")]
    Utf16,
    #[error("the file is not UTF-8 text; save it as UTF-8")]
    NotUtf8,
    #[error("the file is one JSON list; write one object per line")]
    JsonList,
    #[error("the file is a spreadsheet or an archive; save it as CSV")]
    Archive,
    #[error("the file is binary and not Parquet")]
    Binary,
    #[error("the file is XML of a kind that is not known; XES and OCEL are")]
    Xml,
}

/// Tells the format and delimiter from the beginning of a file, unpacked if it was gzip.
///
/// The beginning may end anywhere, also within a character.
pub fn sniff(head: &[u8]) -> Result<Mapping, SniffFault> {
    if head.starts_with(b"PAR1") {
        return Ok(Mapping::new(Format::Parquet));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(SniffFault::Archive);
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(SniffFault::Utf16);
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) if looks_like_utf16(head) => return Err(SniffFault::Utf16),
        Err(_) if head.contains(&0) => return Err(SniffFault::Binary),
        Err(_) => return Err(SniffFault::NotUtf8),
    };
    if text.contains('\0') {
        let is_utf16 = looks_like_utf16(head);
        return Err(if is_utf16 {
            SniffFault::Utf16
        } else {
            SniffFault::Binary
        });
    }
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().chars().next() {
        None => Err(SniffFault::Empty),
        Some('[') => Err(SniffFault::JsonList),
        Some('<') if is_log(text) && text.contains("<object-types") => {
            Ok(Mapping::new(Format::Ocel))
        }
        Some('<') if is_log(text) => Ok(Mapping::new(Format::Xes)),
        Some('<') => Err(SniffFault::Xml),
        Some('{') if is_ocel(text) => Ok(Mapping::new(Format::Ocel)),
        Some('{') => Ok(Mapping::new(lines_format(text))),
        Some(_) => {
            let mut mapping = Mapping::new(Format::Csv);
            mapping.delimiter = Some(delimiter(text));
            Ok(mapping)
        }
    }
}

/// A log of XES or OCEL begins with this element, behind whatever XML lets stand before it.
fn is_log(text: &str) -> bool {
    let log = text.find("<log").map(|at| &text[at + "<log".len()..]);
    log.is_some_and(|rest| rest.starts_with(|sign: char| sign.is_whitespace() || sign == '>'))
}

/// The lists of a log of OCEL.
const OCEL_PARTS: [&str; 4] = ["events", "objects", "objectTypes", "eventTypes"];

/// Whether it is one document with the lists of a log. In a file of lines, whose objects may have such lists too, the
/// first object is whole, and others are behind it or it is no log.
fn is_ocel(text: &str) -> bool {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let Some(Ok(document)) = documents.next() else {
        return begins_like_ocel(text);
    };
    let is_alone = text[documents.byte_offset()..].trim().is_empty();
    let has = |part: &&str| {
        json::member(document.get(), part).is_some_and(|value| value.starts_with('['))
    };
    is_alone && has(&"events") && OCEL_PARTS[1..].iter().any(has)
}

/// Whether the first part is one of a log; they come in any order.
fn begins_like_ocel(text: &str) -> bool {
    let body = text.trim_start()[1..].trim_start();
    OCEL_PARTS.iter().any(|part| {
        let rest = body.strip_prefix('"').and_then(|it| it.strip_prefix(part));
        let rest = rest.and_then(|it| it.strip_prefix('"'));
        let rest = rest.and_then(|it| it.trim_start().strip_prefix(':'));
        rest.is_some_and(|it| it.trim_start().starts_with('['))
    })
}

/// Every second byte of Western text in UTF-16 is zero.
fn looks_like_utf16(head: &[u8]) -> bool {
    let zeros = head.iter().filter(|&&byte| byte == 0).count();
    zeros * 3 > head.len()
}

/// Lines whose members are those of the Segment dialect need no mapping.
fn lines_format(text: &str) -> Format {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let Ok(raw) = serde_json::from_str::<&RawValue>(line) else {
        return Format::Lines;
    };
    let line = raw.get();
    let kinds = ["track", "identify", "page", "screen", "group", "alias"];
    let kind = json::member(line, "type").and_then(json::text);
    let has_kind = kind.is_some_and(|kind| kinds.contains(&&*kind));
    let has_id = ["userId", "anonymousId"]
        .into_iter()
        .any(|name| json::member(line, name).is_some());
    if has_kind && has_id {
        Format::Segment
    } else {
        Format::Lines
    }
}

/// The delimiter that splits the first lines into the most cells, equally many in each.
fn delimiter(text: &str) -> char {
    const LINES: usize = 20;
    let counts = |delimiter: char| -> Vec<usize> {
        let mut counts = vec![0];
        let mut in_quotes = false;
        for part in text.chars() {
            match part {
                '"' => in_quotes = !in_quotes,
                '\n' if !in_quotes => {
                    if counts.len() == LINES {
                        return counts;
                    }
                    counts.push(0);
                }
                part if part == delimiter && !in_quotes => {
                    *counts.last_mut().expect("never empty") += 1;
                }
                _ => {}
            }
        }
        // The last line may be cut off.
        if counts.len() > 1 {
            counts.pop();
        }
        counts
    };
    let score = |delimiter: char| {
        let counts = counts(delimiter);
        let first = counts[0];
        let alike = counts.iter().filter(|&&count| count == first).count();
        (first > 0, alike * first)
    };
    [',', ';', '\t', '|']
        .into_iter()
        .rev()
        .max_by_key(|&it| score(it))
        .expect("a fixed list")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(head: &str) -> Option<char> {
        let mapping = sniff(head.as_bytes()).expect("text");
        assert_eq!(mapping.format, Format::Csv);
        mapping.delimiter
    }

    #[test]
    fn the_delimiter_is_the_one_that_all_lines_share() {
        assert_eq!(csv("a,b,c\n1,2,3\n"), Some(','));
        assert_eq!(csv("a;b\n1,5;2,5\n3,1;4,2\n"), Some(';'));
        assert_eq!(csv("a\tb\n\"x,y\"\tz\n"), Some('\t'));
        assert_eq!(csv("a|b|c\n1|2,2|3\n"), Some('|'));
        assert_eq!(csv("alone\n1\n"), Some(','));
        assert_eq!(csv("\u{feff}a,\"b;c\nd\",e\n1,2,3\n"), Some(','));
    }

    #[test]
    fn lines_parquet_and_the_segment_dialect_are_told_apart() {
        let format = |head: &[u8]| sniff(head).map(|it| it.format);
        assert_eq!(format(b"PAR1\x15\x04"), Ok(Format::Parquet));
        assert_eq!(format(b"{\"user\":1}\n{\"us"), Ok(Format::Lines));
        let segment = br#"{"type":"track","event":"e","anonymousId":"a"}
            {"type":"#;
        assert_eq!(format(segment), Ok(Format::Segment));
        assert_eq!(
            format(b"{\"type\":\"track\",\"user\":1}\n"),
            Ok(Format::Lines)
        );
    }

    #[test]
    fn logs_of_process_mining_are_told_from_other_xml() {
        let format = |head: &str| sniff(head.as_bytes()).map(|it| it.format);
        let log = "\u{feff}<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<log xes.version=\"1.0\"><trace>";
        assert_eq!(format(log), Ok(Format::Xes));
        assert_eq!(
            format("<log><object-types><object-type name=\"order\">"),
            Ok(Format::Ocel)
        );
        let json = "{\n \"objectTypes\": [ {\"name\":\"order\"}], \"events\": [";
        assert_eq!(format(json), Ok(Format::Ocel));
        let whole = "{\"@context\":1, \"objectTypes\":[],\"objects\":[{}],\"events\":[{}]}\n";
        assert_eq!(format(whole), Ok(Format::Ocel));
        for lines in [
            "{\"events\":3,\"type\":1}\n",
            "{\"events\":[1,2],\"user\":1}\n{\"events\":[",
            "{\"objects\":[{}],\"events\":[{}]}\n{\"objects\":[],\"events\":[]}",
            "{\"events\":[\"a\"],\"user\":1}",
        ] {
            assert_eq!(format(lines), Ok(Format::Lines), "{lines}");
        }
        assert_eq!(format("<logs></logs>"), Err(SniffFault::Xml));
        assert_eq!(format("<html>"), Err(SniffFault::Xml));
    }

    #[test]
    fn what_cannot_be_read_says_what_to_do() {
        let refused = |head: &[u8]| sniff(head).map(|it| it.format).map_err(|it| it.to_string());
        let says = |text: &str| Err(text.to_owned());
        assert_eq!(
            refused(b"\xff\xfea\0"),
            says("the file is UTF-16; save it as UTF-8")
        );
        assert_eq!(
            refused(b"a\0,\0b\0"),
            says("the file is UTF-16; save it as UTF-8")
        );
        assert_eq!(
            refused(b"\xd6\xd0,1\n"),
            says("the file is not UTF-8 text; save it as UTF-8")
        );
        assert_eq!(
            refused(b" [{}]"),
            says("the file is one JSON list; write one object per line")
        );
        assert_eq!(
            refused(b"PK\x03\x04x"),
            says("the file is a spreadsheet or an archive; save it as CSV")
        );
        assert_eq!(refused(b"\xef\xbb\xbf \n"), says("the file is empty"));
        assert!(
            sniff("用户,时间\n张三,今".as_bytes()[..23].into()).is_ok(),
            "cut within a character"
        );
    }
}
