//! Whether what came to a webhook is from whom it says: signatures over the body as it was sent.
//!
//! Codes are compared in constant time. Where a product signs the time too, what is old is refused,
//! so that nobody can send it again. What may come again is a duplicate, by an id or a text that is
//! signed; where that is neither the topic nor all of the body, the recipe says so.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderMap;
use ring::{
    digest, hmac,
    signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey},
};
use serde::Deserialize;
use throughline_ingest::{
    dialect::hook::{self, Maker},
    instant,
};
use throughline_model::{Span, Timestamp};

use super::{Method, Settings};

/// What a signature may be over.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub method: &'a str,
    /// The address as the other product may know it: whoever stands between may have changed it.
    pub urls: &'a [String],
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub now: Timestamp,
}

/// Why a request is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("no signing secret is set yet; paste it under Sources")]
    SecretMissing,
    #[error("the header `{0}` is missing")]
    HeaderMissing(String),
    #[error("the header `{0}` is not a signature as it is expected")]
    HeaderOdd(String),
    #[error("the secret is no public key as SendGrid shows it; copy it again")]
    KeyOdd,
    #[error("the body has no `{0}`, as each of this product has")]
    BodyOdd(&'static str),
    #[error("the signature does not fit; compare the secret with that of the other product")]
    Wrong,
    #[error("the token is another one; compare it with that of the other product")]
    TokenWrong,
    #[error(
        "it was signed at {0}, too far from now; check the clock, or it was sent again by somebody else"
    )]
    Old(Timestamp),
}

/// How far a signed time may be from now, where the product signs each try anew.
const FRESH: Span = Span::minutes(5);
/// The same where a later try may come with the signature of the first. Within it, what comes again is
/// a duplicate by its id, so it must be less than [`throughline_model::limits::DUPLICATE_WINDOW`].
const RETRIED: Span = Span::hours(24);

/// Says whether a request proves to come from the product.
pub fn check(settings: &Settings, signed: Signed<'_>) -> Result<(), SignatureFault> {
    if matches!(settings.maker, Maker::Generic | Maker::Survey) {
        return generic(settings, signed);
    }
    let secret = settings.secret.as_deref().filter(|it| !it.is_empty());
    let secret = secret.ok_or(SignatureFault::SecretMissing)?;
    match settings.maker {
        Maker::Shopify => {
            let code = signed.base64("x-shopify-hmac-sha256")?;
            sha256(secret, &[signed.body], &code)
        }
        Maker::Stripe => stripe(secret, signed),
        Maker::Twilio => twilio(secret, signed),
        Maker::Sendgrid => sendgrid(secret, signed),
        Maker::Mailgun => mailgun(secret, signed),
        Maker::Whatsapp => {
            let code = signed.code("x-hub-signature-256", "sha256=", from_hex)?;
            sha256(secret, &[signed.body], &code)
        }
        Maker::Zendesk => zendesk(secret, signed),
        Maker::Typeform => {
            let code = signed.code("typeform-signature", "sha256=", from_base64)?;
            sha256(secret, &[signed.body], &code)
        }
        Maker::Hubspot => hubspot(secret, signed),
        Maker::Generic | Maker::Survey => unreachable!("checked above"),
    }
}

impl<'a> Signed<'a> {
    fn header(&self, name: &str) -> Result<&'a str, SignatureFault> {
        let value = self.headers.get(name);
        let value = value.ok_or_else(|| SignatureFault::HeaderMissing(name.to_owned()))?;
        let text = value.to_str().ok().map(str::trim);
        text.ok_or_else(|| SignatureFault::HeaderOdd(name.to_owned()))
    }

    fn base64(&self, name: &str) -> Result<Vec<u8>, SignatureFault> {
        self.code(name, "", from_base64)
    }

    /// The code in a header, after a prefix and in some writing.
    fn code(
        &self,
        name: &str,
        prefix: &str,
        read: fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, SignatureFault> {
        let code = self.header(name)?.strip_prefix(prefix).and_then(read);
        code.ok_or_else(|| SignatureFault::HeaderOdd(name.to_owned()))
    }

    /// Refuses what was signed too long ago, or by a clock that is far ahead.
    fn fresh(&self, at: Timestamp, within: Span) -> Result<(), SignatureFault> {
        match self.now.since(at).0.abs() <= within.0 {
            true => Ok(()),
            false => Err(SignatureFault::Old(at)),
        }
    }
}

/// Signatures that are looked at: a product has two secrets at most.
const CODES_MAX: usize = 4;

/// `t=1700000000,v1=…,v1=…`: a product that changes its secret signs with both for a while.
fn stripe(secret: &str, signed: Signed<'_>) -> Result<(), SignatureFault> {
    const HEADER: &str = "stripe-signature";
    let odd = || SignatureFault::HeaderOdd(HEADER.to_owned());
    let (mut seconds, mut codes) = (None, Vec::new());
    for (name, value) in signed
        .header(HEADER)?
        .split(',')
        .filter_map(|it| it.split_once('='))
    {
        match name.trim() {
            "t" => seconds = Some(value.trim()),
            "v1" if codes.len() < CODES_MAX => codes.extend(from_hex(value.trim())),
            _ => {}
        }
    }
    let seconds = seconds.ok_or_else(odd)?;
    let at = in_seconds(seconds).ok_or_else(odd)?;
    if codes.is_empty() {
        return Err(odd());
    }
    let parts = [seconds.as_bytes(), b".", signed.body];
    let tag = tag_of(hmac::HMAC_SHA256, secret, &parts);
    match codes.iter().any(|code| same(code, tag.as_ref())) {
        true => signed.fresh(at, FRESH),
        false => Err(SignatureFault::Wrong),
    }
}

/// HMAC with SHA-1 of the address and the sorted fields of the form. Where the body is no form, the
/// address names its hash.
fn twilio(secret: &str, signed: Signed<'_>) -> Result<(), SignatureFault> {
    let code = signed.base64("x-twilio-signature")?;
    let is_signed = |url: &String| {
        let mut message = url.clone();
        let hash = url.split_once("bodySHA256=").map(|(_, rest)| rest);
        match hash.map(|rest| rest.split('&').next().unwrap_or_default()) {
            Some(hash) => {
                let digest = digest::digest(&digest::SHA256, signed.body);
                if from_hex(hash).as_deref() != Some(digest.as_ref()) {
                    return false;
                }
            }
            None => {
                let mut fields = hook::form(signed.body);
                fields.sort();
                fields.dedup();
                message.extend(fields.into_iter().flat_map(|(name, value)| [name, value]));
            }
        }
        let legacy = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        let tag = tag_of(legacy, secret, &[message.as_bytes()]);
        same(&code, tag.as_ref())
    };
    match signed.urls.iter().any(is_signed) {
        true => Ok(()),
        false => Err(SignatureFault::Wrong),
    }
}

/// ECDSA over P-256 of the time and the body; the secret is the public key.
fn sendgrid(key: &str, signed: Signed<'_>) -> Result<(), SignatureFault> {
    const TIME: &str = "x-twilio-email-event-webhook-timestamp";
    let code = signed.base64("x-twilio-email-event-webhook-signature")?;
    let time = signed.header(TIME)?;
    let at = in_seconds(time).ok_or_else(|| SignatureFault::HeaderOdd(TIME.to_owned()))?;
    let point = p256_point(key).ok_or(SignatureFault::KeyOdd)?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
    let message = [time.as_bytes(), signed.body].concat();
    key.verify(&message, &code)
        .map_err(|_| SignatureFault::Wrong)?;
    signed.fresh(at, RETRIED)
}

/// The point of a public key in the usual wrapping (SPKI, in Base64 or PEM).
fn p256_point(key: &str) -> Option<Vec<u8>> {
    /// The wrapping of every uncompressed point on P-256.
    const WRAPPING: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let lines = key.lines().filter(|line| !line.contains("-----"));
    let base64: String = lines.flat_map(str::split_whitespace).collect();
    let bytes = BASE64_STANDARD.decode(base64).ok()?;
    let point = bytes.strip_prefix(&WRAPPING)?;
    (point.len() == 65 && point[0] == 4).then(|| point.to_vec())
}

/// Mailgun signs a time and a token, which stand in the body, and nothing else: the token is what an
/// event is known by, so that another body with it is a duplicate.
fn mailgun(secret: &str, signed: Signed<'_>) -> Result<(), SignatureFault> {
    #[derive(Deserialize)]
    struct Body {
        signature: Proof,
    }
    #[derive(Deserialize)]
    struct Proof {
        timestamp: String,
        token: String,
        signature: String,
    }
    let odd = || SignatureFault::BodyOdd("signature");
    let Body { signature } = serde_json::from_slice(signed.body).map_err(|_| odd())?;
    let at = in_seconds(&signature.timestamp).ok_or_else(odd)?;
    let code = from_hex(&signature.signature).ok_or_else(odd)?;
    let parts = [signature.timestamp.as_bytes(), signature.token.as_bytes()];
    sha256(secret, &parts, &code)?;
    signed.fresh(at, RETRIED)
}

fn zendesk(secret: &str, signed: Signed<'_>) -> Result<(), SignatureFault> {
    const TIME: &str = "x-zendesk-webhook-signature-timestamp";
    let code = signed.base64("x-zendesk-webhook-signature")?;
    let time = signed.header(TIME)?;
    let at = instant::read(time).ok_or_else(|| SignatureFault::HeaderOdd(TIME.to_owned()))?;
    sha256(secret, &[time.as_bytes(), signed.body], &code)?;
    signed.fresh(at, RETRIED)
}

/// The third version of its signatures: method, address, body and time.
fn hubspot(secret: &str, signed: Signed<'_>) -> Result<(), SignatureFault> {
    const TIME: &str = "x-hubspot-request-timestamp";
    let code = signed.base64("x-hubspot-signature-v3")?;
    let time = signed.header(TIME)?;
    let at: i64 = time
        .parse()
        .map_err(|_| SignatureFault::HeaderOdd(TIME.to_owned()))?;
    let method = signed.method.as_bytes();
    let is_signed = |url: &String| {
        let parts = [method, url.as_bytes(), signed.body, time.as_bytes()];
        sha256(secret, &parts, &code).is_ok()
    };
    if !signed.urls.iter().any(is_signed) {
        return Err(SignatureFault::Wrong);
    }
    signed.fresh(Timestamp(at), FRESH)
}

fn generic(settings: &Settings, signed: Signed<'_>) -> Result<(), SignatureFault> {
    let check = &settings.check;
    if check.method == Method::None {
        return Ok(());
    }
    let secret = settings.secret.as_deref().filter(|it| !it.is_empty());
    let secret = secret.ok_or(SignatureFault::SecretMissing)?;
    let shown = signed.header(&check.header)?;
    let odd = || SignatureFault::HeaderOdd(check.header.clone());
    let bare = shown.strip_prefix("sha256=").unwrap_or(shown);
    let code = match check.method {
        Method::None => return Ok(()),
        Method::Token => {
            let token = shown.strip_prefix("Bearer ").unwrap_or(shown).trim();
            return match same(token.as_bytes(), secret.as_bytes()) {
                true => Ok(()),
                false => Err(SignatureFault::TokenWrong),
            };
        }
        Method::HmacHex => from_hex(bare).ok_or_else(odd)?,
        Method::HmacBase64 => from_base64(bare).ok_or_else(odd)?,
    };
    sha256(secret, &[signed.body], &code)
}

fn sha256(secret: &str, parts: &[&[u8]], code: &[u8]) -> Result<(), SignatureFault> {
    match same(code, tag_of(hmac::HMAC_SHA256, secret, parts).as_ref()) {
        true => Ok(()),
        false => Err(SignatureFault::Wrong),
    }
}

fn tag_of(algorithm: hmac::Algorithm, secret: &str, parts: &[&[u8]]) -> hmac::Tag {
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}

/// Compares without telling by the time it takes where two differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    // Codes under a key that nobody knows say nothing of how much is equal.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"compared by code");
    let code = hmac::sign(&key, b);
    hmac::verify(&key, a, code.as_ref()).is_ok()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digits = text.bytes().map(|it| char::from(it).to_digit(16));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let bytes = digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]));
    bytes.collect::<Result<_, _>>().ok()
}

/// A time in whole seconds, as products sign it.
fn in_seconds(text: &str) -> Option<Timestamp> {
    let seconds: i64 = text.parse().ok()?;
    Some(Timestamp(seconds.checked_mul(1_000)?))
}

#[cfg(test)]
mod tests;
