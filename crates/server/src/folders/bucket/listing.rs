//! What a store answers when it is asked for the objects of a bucket.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::{
    folders::Version,
    import::xml::{Tag, Xml},
};

/// One page of a listing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// By key.
    pub objects: BTreeMap<String, Version>,
    /// By which the next page is asked for.
    pub next: Option<String>,
}

/// Reads a page; `Err` says what is wrong with it.
pub fn page(xml: &[u8]) -> Result<Page, String> {
    let mut page = Page::default();
    let (mut is_listing, mut is_encoded, mut is_cut) = (false, false, false);
    let mut objects = Vec::new();
    fields(xml, &mut |path, text| match path {
        ["ListBucketResult"] => is_listing = true,
        ["ListBucketResult", "EncodingType"] => is_encoded = text == "url",
        ["ListBucketResult", "IsTruncated"] => is_cut = text == "true",
        ["ListBucketResult", "NextContinuationToken"] => page.next = Some(text.to_owned()),
        ["ListBucketResult", "Contents"] => objects.push(Object::default()),
        ["ListBucketResult", "Contents", field] => {
            if let Some(object) = objects.last_mut() {
                object.take(field, text);
            }
        }
        _ => {}
    })?;
    if !is_listing {
        return Err("it is another document".to_owned());
    }
    for object in objects {
        let (key, version) = object.read(is_encoded)?;
        page.objects.insert(key, version);
    }
    if !is_cut {
        page.next = None;
    } else if page.next.is_none() {
        return Err("it is cut and does not say how it goes on".to_owned());
    }
    Ok(page)
}

/// The code and the message of an answer that says no, as far as it has them.
pub fn refusal(xml: &[u8]) -> Option<(String, String)> {
    let (mut code, mut message) = (None, String::new());
    let read = fields(xml, &mut |path, text| match path {
        ["Error", "Code"] => code = Some(text.to_owned()),
        ["Error", "Message"] => text.clone_into(&mut message),
        _ => {}
    });
    read.ok()?;
    Some((code?, message))
}

/// What the mark of an object is known by.
pub fn tag_of(etag: &str) -> u64 {
    xxh3_64(etag.trim_matches('"').as_bytes())
}

#[derive(Default)]
struct Object {
    key: String,
    size: String,
    modified: String,
    tag: String,
}

impl Object {
    fn take(&mut self, field: &str, text: &str) {
        let place = match field {
            "Key" => &mut self.key,
            "Size" => &mut self.size,
            "LastModified" => &mut self.modified,
            "ETag" => &mut self.tag,
            _ => return,
        };
        text.clone_into(place);
    }

    fn read(self, is_encoded: bool) -> Result<(String, Version), String> {
        let modified: jiff::Timestamp = (self.modified.parse())
            .map_err(|_| format!("`{}` is no time of an object", self.modified))?;
        let bytes = self.size.parse();
        let version = Version {
            bytes: bytes.map_err(|_| format!("`{}` is no size of an object", self.size))?,
            modified: i64::try_from(modified.as_nanosecond()).unwrap_or(i64::MAX),
            tag: tag_of(&self.tag),
        };
        let key = match is_encoded {
            true => decoded(&self.key)?,
            false => self.key,
        };
        Ok((key, version))
    }
}

/// Tells of each element when it ends, with its text; of an object when it begins.
fn fields(xml: &[u8], tell: &mut dyn FnMut(&[&str], &str)) -> Result<(), String> {
    let mut xml = Xml::new(xml);
    let mut names: Vec<String> = Vec::new();
    let mut text = String::new();
    while let Some(tag) = xml.next().map_err(|it| it.to_string())? {
        let is_open = match tag {
            Tag::Text(more) => {
                text.push_str(&more);
                continue;
            }
            Tag::Open(open) => {
                names.push(open.name);
                text.clear();
                true
            }
            Tag::Close(_) => false,
        };
        let path: Vec<&str> = names.iter().map(String::as_str).collect();
        let is_object = matches!(path[..], ["ListBucketResult", "Contents"]);
        if is_open == is_object {
            tell(&path, &text);
        }
        if !is_open {
            names.pop();
            text.clear();
        }
    }
    Ok(())
}

/// A key without the encoding of addresses.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |it: Option<u8>| char::from(it?).to_digit(16);
        bytes.push(match byte {
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => u8::try_from(high * 16 + low).expect("two digits"),
                _ => return Err(format!("`{text}` is no key")),
            },
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| format!("`{text}` is no key in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_objects_and_the_way_to_the_next() {
        let xml = br#"<?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
            <Prefix>daily/</Prefix><KeyCount>2</KeyCount><EncodingType>url</EncodingType>
            <IsTruncated>true</IsTruncated><NextContinuationToken>1ue/==</NextContinuationToken>
            <Contents><Key>daily/a+b%C3%BC.csv</Key><LastModified>2026-02-01T10:00:00.000Z</LastModified>
            <ETag>&quot;70ee1738&quot;</ETag><Size>12</Size><StorageClass>STANDARD</StorageClass></Contents>
            <Contents><Key>daily/c.csv</Key><LastModified>2026-02-01T10:00:00.5Z</LastModified>
            <ETag>"x"</ETag><Size>0</Size><Owner><ID>o</ID></Owner></Contents>
            <CommonPrefixes><Prefix>daily/old/</Prefix></CommonPrefixes></ListBucketResult>"#;
        let page = page(xml).unwrap();
        assert_eq!(page.next.as_deref(), Some("1ue/=="));
        let found: Vec<_> = page.objects.iter().collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, "daily/a b\u{fc}.csv");
        assert_eq!((found[0].1.bytes, found[0].1.tag), (12, tag_of("70ee1738")));
        assert_eq!(found[1].1.modified, 1_769_940_000_500_000_000);
    }

    #[test]
    fn what_is_no_listing_is_told() {
        for (xml, expected) in [
            (
                "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
                "how it goes on",
            ),
            (
                "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
                "no time",
            ),
            ("<ListBucketResult><Contents>", "ends within"),
            ("<!DOCTYPE a><ListBucketResult/>", "document type"),
            ("<html></html>", "another document"),
        ] {
            let told = page(xml.as_bytes()).unwrap_err();
            assert!(told.contains(expected), "{xml}: {told}");
        }
        let no = "<Error><Code>AccessDenied</Code><Message>No &amp; no</Message></Error>";
        let told = ("AccessDenied".to_owned(), "No & no".to_owned());
        assert_eq!(refusal(no.as_bytes()), Some(told));
        assert_eq!(refusal(b"<html>"), None);
    }
}
