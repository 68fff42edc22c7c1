use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use throughline_ingest::dialect::hook::Maker;
use throughline_model::{Span, Timestamp, limits};

use super::*;
use crate::{
    hooks::Check,
    // Written by hand after the standard, so it agrees with the library for a reason.
    outgoing::sign::{hex, hmac_sha256},
};

const NOW: Timestamp = Timestamp(1_795_867_200_000);
const SECRET: &str = "s3cret";

struct Request {
    maker: Maker,
    secret: String,
    check: Check,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
    now: Timestamp,
}

impl Request {
    fn new(maker: Maker, body: &[u8]) -> Self {
        Self {
            maker,
            secret: SECRET.to_owned(),
            check: Check::default(),
            url: "https://tl.example/hooks/k".to_owned(),
            headers: HeaderMap::new(),
            body: body.to_vec(),
            now: NOW,
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("plain text");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    fn check(&self) -> Result<(), SignatureFault> {
        let settings = Settings {
            maker: self.maker,
            secret: Some(self.secret.clone()),
            check: self.check.clone(),
            mapping: None,
            is_paused: false,
        };
        let signed = Signed {
            method: "POST",
            urls: std::slice::from_ref(&self.url),
            headers: &self.headers,
            body: &self.body,
            now: self.now,
        };
        check(&settings, signed)
    }

    /// It is believed as it is, and not with another body, another secret or no signature.
    fn stands_alone(mut self) {
        assert_eq!(self.check(), Ok(()), "{:?}", self.maker);
        let (secret, body) = (self.secret.clone(), self.body.clone());
        self.secret = "another".to_owned();
        assert!(
            self.check().is_err(),
            "{:?} with another secret",
            self.maker
        );
        self.secret = secret;
        // Mailgun signs a token and not the body.
        if self.maker != Maker::Mailgun {
            self.body.extend_from_slice(b"&x=1");
            assert!(self.check().is_err(), "{:?} with another body", self.maker);
            self.body = body;
            self.headers.clear();
            assert!(
                self.check().is_err(),
                "{:?} without a signature",
                self.maker
            );
        }
    }
}

fn base64_of(message: &[u8]) -> String {
    BASE64_STANDARD.encode(hmac_sha256(SECRET.as_bytes(), message))
}

fn hex_of(message: &[u8]) -> String {
    hex(&hmac_sha256(SECRET.as_bytes(), message))
}

#[test]
fn signatures_over_the_body_are_believed_and_others_are_not() {
    let body = br#"{"id":1}"#;
    Request::new(Maker::Shopify, body)
        .with("x-shopify-hmac-sha256", &base64_of(body))
        .stands_alone();
    Request::new(Maker::Whatsapp, body)
        .with("x-hub-signature-256", &format!("sha256={}", hex_of(body)))
        .stands_alone();
    Request::new(Maker::Typeform, body)
        .with("typeform-signature", &format!("sha256={}", base64_of(body)))
        .stands_alone();
    let time = "2026-11-28T11:59:00Z";
    Request::new(Maker::Zendesk, body)
        .with("x-zendesk-webhook-signature-timestamp", time)
        .with(
            "x-zendesk-webhook-signature",
            &base64_of(&[time.as_bytes(), body].concat()),
        )
        .stands_alone();
}

#[test]
fn stripe_signs_the_time_and_may_sign_with_two_secrets() {
    let body = br#"{"id":"evt_1"}"#;
    let seconds = NOW.0 / 1_000;
    let code = hex_of(&[format!("{seconds}.").as_bytes(), body].concat());
    let other = hex(&hmac_sha256(b"older", b"x"));
    let header = format!("t={seconds},v1={other},v1={code},v0=abc");
    let request = || Request::new(Maker::Stripe, body).with("stripe-signature", &header);
    request().stands_alone();
    for (seconds, is_fresh) in [(300, true), (-300, true), (301, false), (-301, false)] {
        let mut request = request();
        request.now = NOW.plus(Span::seconds(seconds));
        assert_eq!(request.check().is_ok(), is_fresh, "{seconds}");
    }
    let many = |count: usize| {
        format!(
            "t={seconds},{}v1={code}",
            format!("v1={other},").repeat(count)
        )
    };
    for (count, is_believed) in [(3, true), (4, false), (10_000, false)] {
        let request = Request::new(Maker::Stripe, body).with("stripe-signature", &many(count));
        assert_eq!(request.check().is_ok(), is_believed, "{count}");
    }
    for odd in [
        "",
        "v1=aa",
        "t=1",
        "t=x,v1=aa",
        "t=1,v1=zz",
        "t=9223372036854775807,v1=aa",
    ] {
        let request = Request::new(Maker::Stripe, body).with("stripe-signature", odd);
        let fault = request.check();
        assert_eq!(
            fault,
            Err(SignatureFault::HeaderOdd("stripe-signature".to_owned())),
            "{odd}"
        );
    }
}

/// The example of its own helper libraries.
#[test]
fn twilio_signs_the_address_and_the_sorted_fields() {
    let body = b"Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE";
    let mut request = Request::new(Maker::Twilio, body)
        .with("x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    request.secret = "12345".to_owned();
    request.url = "https://mycompany.com/myapp.php?foo=1&bar=2".to_owned();
    assert_eq!(request.check(), Ok(()));
    request.url = "http://mycompany.com/myapp.php?foo=1&bar=2".to_owned();
    assert_eq!(request.check(), Err(SignatureFault::Wrong));
    request.url = "https://mycompany.com/myapp.php?foo=1&bar=2".to_owned();
    request.stands_alone();
}

/// The example of its own helper libraries.
#[test]
fn sendgrid_signs_with_a_key_whose_public_half_is_known() {
    let body = concat!(
        r#"[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","#,
        r#""sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","#,
        r#""sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","#,
        r#""smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]"#,
        "\r\n"
    );
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    let request = || {
        let code = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
        let mut request = Request::new(Maker::Sendgrid, body.as_bytes())
            .with("x-twilio-email-event-webhook-signature", code)
            .with("x-twilio-email-event-webhook-timestamp", "1600112502");
        request.secret = key.to_owned();
        request.now = Timestamp(1_600_112_502_000);
        request
    };
    request().stands_alone();
    let mut pem = request();
    pem.secret = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
    assert_eq!(pem.check(), Ok(()));
    let mut late = request();
    late.now = late.now.plus(Span::hours(25));
    assert_eq!(
        late.check(),
        Err(SignatureFault::Old(Timestamp(1_600_112_502_000)))
    );
    let mut odd = request();
    odd.secret = "no key".to_owned();
    assert_eq!(odd.check(), Err(SignatureFault::KeyOdd));
}

#[test]
fn mailgun_signs_a_time_and_a_token_in_the_body() {
    let seconds = NOW.0 / 1_000;
    let code = hex_of(format!("{seconds}token").as_bytes());
    let body = format!(
        r#"{{"signature":{{"timestamp":"{seconds}","token":"token","signature":"{code}"}},"event-data":{{}}}}"#
    );
    Request::new(Maker::Mailgun, body.as_bytes()).stands_alone();
    let mut late = Request::new(Maker::Mailgun, body.as_bytes());
    late.now = NOW.plus(Span::hours(25));
    assert_eq!(late.check(), Err(SignatureFault::Old(NOW)));
    let fault = Request::new(Maker::Mailgun, b"{}").check();
    assert_eq!(fault, Err(SignatureFault::BodyOdd("signature")));
}

#[test]
fn hubspot_signs_method_address_body_and_time() {
    let body = br#"[{"eventId":1}]"#;
    let time = NOW.0.to_string();
    let message = [
        b"POSThttps://tl.example/hooks/k".as_slice(),
        body,
        time.as_bytes(),
    ]
    .concat();
    let request = || {
        Request::new(Maker::Hubspot, body)
            .with("x-hubspot-request-timestamp", &time)
            .with("x-hubspot-signature-v3", &base64_of(&message))
    };
    request().stands_alone();
    let mut late = request();
    late.now = NOW.plus(Span::minutes(6));
    assert_eq!(late.check(), Err(SignatureFault::Old(NOW)));
}

#[test]
fn others_sign_as_they_are_set_up() {
    let body = b"{}";
    for (method, value) in [
        (Method::Token, "Bearer s3cret".to_owned()),
        (Method::HmacHex, hex_of(body)),
        (Method::HmacHex, format!("sha256={}", hex_of(body))),
        (Method::HmacBase64, base64_of(body)),
    ] {
        let mut request = Request::new(Maker::Generic, body).with("x-signature", &value);
        request.check = Check {
            method,
            header: "X-Signature".to_owned(),
        };
        assert_eq!(request.check(), Ok(()), "{method:?}");
        request.secret = "another".to_owned();
        assert!(request.check().is_err(), "{method:?}");
        request.headers.clear();
        let missing = SignatureFault::HeaderMissing("X-Signature".to_owned());
        assert_eq!(request.check(), Err(missing));
    }
    assert_eq!(
        Request::new(Maker::Generic, body).check(),
        Ok(()),
        "nothing is asked"
    );
}

#[test]
fn without_a_secret_nothing_is_believed() {
    for maker in Maker::ALL {
        let mut request = Request::new(maker, b"{}");
        request.secret = String::new();
        if matches!(maker, Maker::Generic | Maker::Survey) {
            request.check.method = Method::Token;
        }
        assert_eq!(
            request.check(),
            Err(SignatureFault::SecretMissing),
            "{maker:?}"
        );
    }
}

#[test]
fn a_signature_that_holds_for_long_is_a_duplicate_as_long() {
    assert!(RETRIED < limits::DUPLICATE_WINDOW && FRESH < RETRIED);
}
