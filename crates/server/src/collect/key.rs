//! Where a request shows its write key before its body is read.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{header, request::Parts};

/// Why a header cannot hold a write key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Authorization header is not `Basic` with the write key as the user name")]
pub struct HeaderError;

/// The write key in the head of a request; none when only its body may hold one.
///
/// What is in the head counts more than the body: some libraries mask the key in the body.
pub fn in_head(parts: &Parts) -> Result<Option<String>, HeaderError> {
    if let Some(key) = in_authorization(parts)? {
        return Ok(Some(key));
    }
    let in_header = parts.headers.get("x-write-key");
    let key = match in_header.and_then(|it| it.to_str().ok()) {
        Some(key) => Some(key),
        None => in_query(parts.uri.query().unwrap_or_default()),
    };
    Ok(key.and_then(filled))
}

/// Every place in the head of a request where other makers' libraries may have put a key.
pub fn anywhere(parts: &Parts) -> Vec<String> {
    const NAMES: [&str; 6] = [
        "writeKey",
        "api_key",
        "token",
        "api_secret",
        "apiKey",
        "project_id",
    ];
    let text = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
    let mut keys = Vec::new();
    keys.extend(in_authorization(parts).ok().flatten());
    keys.extend(
        text("authorization")
            .and_then(|it| it.strip_prefix("Bearer "))
            .and_then(filled),
    );
    if let Some(key) = text("x-write-key") {
        // Either half of `id:secret` may be ours.
        let (id, secret) = key.split_once(':').unwrap_or((key, ""));
        keys.extend([key, secret, id].into_iter().filter_map(filled));
    }
    let query = parts.uri.query().unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    keys.extend(
        pairs
            .filter(|(name, _)| NAMES.contains(name))
            .filter_map(|(_, it)| filled(it)),
    );
    // An address of our own may hold the key: `/x/snowplow/{key}/…`.
    let mut path = parts.uri.path().split('/').skip(1);
    if path.next() == Some("x") {
        keys.extend(path.nth(1).and_then(filled));
    }
    keys
}

fn in_authorization(parts: &Parts) -> Result<Option<String>, HeaderError> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| HeaderError)?;
    let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text, ""));
    // With a token of another scheme the key is in the body.
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let bytes = BASE64_STANDARD
        .decode(rest.trim())
        .map_err(|_| HeaderError)?;
    let pair = String::from_utf8(bytes).map_err(|_| HeaderError)?;
    let (name, _) = pair.split_once(':').unwrap_or((&pair, ""));
    Ok(filled(name))
}

/// Keys are made of letters that need no escapes.
fn in_query(query: &str) -> Option<&str> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("writeKey="))
}

fn filled(key: &str) -> Option<String> {
    let key = key.trim();
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, headers: &[(&str, &str)], expected: Result<Option<&str>, HeaderError>) {
        let mut request = http::Request::builder().uri(format!("/v1/track{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let key = in_head(&parts);
        assert_eq!(
            key.as_ref().map(Option::as_deref).map_err(|it| *it),
            expected,
            "{query} {headers:?}"
        );
    }

    #[test]
    fn a_key_is_the_user_name_or_in_its_own_header_or_in_the_address() {
        check("", &[("authorization", "Basic a2V5Og==")], Ok(Some("key")));
        check("", &[("authorization", "basic  a2V5")], Ok(Some("key")));
        check("", &[("x-write-key", "key")], Ok(Some("key")));
        check("?a=b&writeKey=key", &[], Ok(Some("key")));
        check("?writeKey=", &[], Ok(None));
        check("", &[], Ok(None));
    }

    #[test]
    fn an_empty_user_name_and_other_schemes_leave_it_to_the_body() {
        check("", &[("authorization", "Basic Og==")], Ok(None));
        check("", &[("authorization", "Bearer token")], Ok(None));
    }

    #[test]
    fn other_makers_have_other_places() {
        let check = |uri: &str, headers: &[(&str, &str)], expected: &[&str]| {
            let mut request = http::Request::builder().uri(uri);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(anywhere(&parts), expected, "{uri}");
        };
        check("/e/", &[("authorization", "Bearer key")], &["key"]);
        check("/mp/collect?measurement_id=G&api_secret=key", &[], &["key"]);
        let halves = ["id:key", "key", "id"];
        check("/api/s/page", &[("x-write-key", "id:key")], &halves);
        check("/x/snowplow/key/i", &[], &["key"]);
        check("/e/?token=", &[], &[]);
    }

    #[test]
    fn what_should_be_basic_must_be() {
        check("", &[("authorization", "Basic %%%")], Err(HeaderError));
        check("", &[("authorization", "Basic /w==")], Err(HeaderError));
    }
}
