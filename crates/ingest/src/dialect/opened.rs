//! What is inside a body: JSON, or a form, in whatever it was wrapped.
//!
//! JSON comes plain, packed, as Base64, in the field `data` of a form, and in several of these at
//! once, while headers say something else. LZ-String in Base64 looks like Base64 of nonsense.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{form, lz};
use crate::{Refusal, inflate};

/// A body without its wrapping.
pub(super) struct Opened<'a> {
    text: Cow<'a, str>,
    /// Of a form: whether it asks for an answer in JSON.
    pub verbose: Option<bool>,
}

/// Base64 as libraries write it: with padding or without, and with bits to spare.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Takes the wrapping off a body.
pub(super) fn open(body: &[u8]) -> Result<Opened<'_>, Refusal> {
    let text = inflate::text(body)?;
    if is_json(&text) {
        return Ok(Opened {
            text,
            verbose: None,
        });
    }
    let mut verbose = None;
    let inner = match form::value(&text, "data") {
        Some(data) => {
            verbose = Some(form::value(&text, "verbose").as_deref() == Some("1"));
            Some(data.into_owned())
        }
        // A form without this field is the event itself.
        None if text.trim().trim_end_matches('=').contains('=') => None,
        None => Some(text.clone().into_owned()),
    };
    let text = match inner {
        Some(inner) => Cow::Owned(unwrapped(inner)?),
        None => text,
    };
    Ok(Opened { text, verbose })
}

impl<'a> Opened<'a> {
    /// JSON, or a form without a field `data`.
    pub fn text(&self) -> &str {
        trimmed(&self.text)
    }

    /// The same with the blanks around it.
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }
}

/// What a text in Base64 says; reads it from the field of a form too.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .chars()
        .filter(|it| !matches!(it, '\n' | '\r'))
        .map(|it| match it {
            '-' => '+',
            '_' => '/',
            // A plus in a form is read as a blank.
            ' ' => '+',
            other => other,
        })
        .collect();
    LENIENT.decode(plain.trim_matches('+')).ok()
}

fn unwrapped(text: String) -> Result<String, Refusal> {
    if is_json(&text) {
        return Ok(text);
    }
    let plain = from_base64(&text).map(|it| inflate::text(&it).map(Cow::into_owned));
    match plain {
        Some(Ok(plain)) if is_json(&plain) => Ok(plain),
        plain => {
            let most = inflate::most_of(&text);
            match lz::unpacked(&text, most) {
                Some(unpacked) if is_json(&unpacked) && unpacked.len() <= most => Ok(unpacked),
                _ => plain.unwrap_or(Ok(text)),
            }
        }
    }
}

fn is_json(text: &str) -> bool {
    trimmed(text).starts_with(['{', '['])
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim_ascii()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use flate2::{
        Compression,
        write::{GzEncoder, ZlibEncoder},
    };

    use super::*;

    const TEXT: &str = r#"{"event":"é?>"}"#;

    fn check(body: &[u8], expected: &str, verbose: Option<bool>) {
        let opened = open(body).expect("opens");
        assert_eq!((opened.text(), opened.verbose), (expected, verbose));
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("writes to memory");
        encoder.finish().expect("writes to memory")
    }

    #[test]
    fn json_is_found_in_whatever_it_is_wrapped() {
        let base64 = BASE64_STANDARD.encode(TEXT);
        check(TEXT.as_bytes(), TEXT, None);
        check(&gzip(TEXT.as_bytes()), TEXT, None);
        check(base64.as_bytes(), TEXT, None);
        check(BASE64_URL_SAFE_NO_PAD.encode(TEXT).as_bytes(), TEXT, None);
        check(format!("data={base64}").as_bytes(), TEXT, Some(false));
        let packed = BASE64_STANDARD.encode(gzip(TEXT.as_bytes()));
        check(format!("ip=1&data={packed}").as_bytes(), TEXT, Some(false));
        let form = format!("verbose=1&data={}", TEXT.replace('"', "%22"));
        check(form.as_bytes(), TEXT, Some(true));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT.as_bytes()).expect("writes to memory");
        check(&zlib.finish().expect("writes to memory"), TEXT, None);
        // As lz-string 1.5.0 packs it, plain and as a form has it.
        let packed = "N4IgpgbmB2AuIC4QEuD8A+EBfIA=";
        check(packed.as_bytes(), TEXT, None);
        let form = packed.replace('+', "%2B").replace('/', "%2F");
        let form = format!("data={}&compression=lz64", form.replace('=', "%3D"));
        check(form.as_bytes(), TEXT, Some(false));
        let zstd = zstd::encode_all(TEXT.as_bytes(), 3).expect("writes to memory");
        check(&zstd, TEXT, None);
    }

    #[test]
    fn what_a_body_says_is_found_in_whatever_it_is_wrapped() {
        use super::super::said;
        let packed = BASE64_STANDARD.encode(gzip(TEXT.as_bytes()));
        for body in [packed, TEXT.to_owned()] {
            assert_eq!(said(body.as_bytes()), TEXT);
        }
        let form = "e=pv&uid=ann%40example.org&uid=b";
        let expected = r#"[{"e":"pv"},{"uid":"ann@example.org"},{"uid":"b"}]"#;
        assert_eq!(said(form.as_bytes()), expected);
        assert_eq!(said(b"plain"), "plain");
    }

    #[test]
    fn a_form_without_data_is_the_event_itself() {
        check(b"e=pv&uid=u1", "e=pv&uid=u1", None);
    }
}
