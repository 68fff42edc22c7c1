//! Bodies and parameters, strictly typed: what is not known is refused.

use axum::extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;

use super::refusal::{Code, Fault, Refusal};

/// A JSON body of a type that refuses unknown fields.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::new(
                Code::BodyType,
                "the body must be JSON; send the header Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        read(&bytes).map(Self)
    }
}

/// Parameters behind the question mark, of a type that refuses unknown ones.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|rejection| Refusal::new(Code::ParameterUnusable, rejection.body_text()))
    }
}

/// Reads a JSON text, saying where it does not fit.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let place = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let fault = Fault {
                place: if place == "." { String::new() } else { place },
                message: inner.to_string(),
            };
            Refusal::faulty("the body does not have the expected fields", vec![fault])
        } else {
            Refusal::new(Code::BodySyntax, format!("the body is not JSON: {inner}"))
        }
    })?;
    deserializer.end().map_err(|error| {
        Refusal::new(Code::BodySyntax, format!("the body is not JSON: {error}"))
    })?;
    Ok(value)
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let essence = value
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split(';').next());
    essence.is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
}

fn unread(rejection: BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(Code::BodyLarge, "the body is larger than this call takes")
    } else {
        Refusal::new(Code::BodySyntax, "the body broke off")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use throughline_model::report::Report;

    use super::*;

    fn check(body: &str, expected: Expect) {
        let refusal = read::<Report>(body.as_bytes()).expect_err("faulty");
        expected.assert_eq(&format!("{refusal:?}"));
    }

    #[test]
    fn a_misspelt_field_is_named() {
        check(
            r#"{"kind":"funnel","range":{"all":true},"steps":[],"windw":"7d"}"#,
            expect![[
                r#"Refusal(Inner { code: BodyUnusable, message: "the body does not have the expected fields", faults: [Fault { place: "", message: "unknown field `windw`, expected one of `range`, `steps`, `order`, `window`, `entry`, `unit`, `ties`, `reuse`, `exclusions`, `hold`, `breakdown`, `filter`, `people`, `accounts`, `times`" }], retry_after: None })"#
            ]],
        );
    }

    #[test]
    fn what_is_not_json_is_told_apart() {
        check(
            "{",
            expect![[
                r#"Refusal(Inner { code: BodySyntax, message: "the body is not JSON: EOF while parsing an object at line 1 column 1", faults: [], retry_after: None })"#
            ]],
        );
        check(
            "{\"kind\":\"paths\",\"range\":{\"all\":true}} x",
            expect![[
                r#"Refusal(Inner { code: BodySyntax, message: "the body is not JSON: trailing characters at line 1 column 39", faults: [], retry_after: None })"#
            ]],
        );
    }
}
