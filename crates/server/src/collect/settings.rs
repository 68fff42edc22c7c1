//! What the browser library asks for when a page loads: where to send events, and how to behave.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header, uri::Authority};
use serde_json::{Value, json};

use super::refuse::{CollectError, Refused};
use crate::{
    app::App,
    config::PublicUrl,
    http::refusal::{Code, Refusal},
};

/// Long enough for a visit, short enough that a new address is soon in use.
const CACHE: &str = "private, max-age=300";

/// Settings of the browser library, so that a page names our address once, as `cdnURL`.
#[utoipa::path(get, path = "/v1/projects/{key}/settings", tag = "collect",
    operation_id = "collectSettings",
    params(("key" = String, Path, description = "The write key")),
    responses((status = 200, body = Object), (status = "default", body = CollectError)))]
pub async fn settings(
    State(app): State<App>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    if app.instance().write_key(&key).is_none() {
        let message = "the write key is none of ours; copy one from Sources";
        return Err(Refused(Refusal::new(Code::KeyUnknown, message)));
    }
    let config = &app.config().server;
    let origin = origin(config.public_url.as_ref(), config.behind_proxy, &headers);
    let Some((protocol, host)) = origin else {
        let message = "the request does not say to which host it goes; set server.public_url";
        return Err(Refused(Refusal::new(Code::ParameterUnusable, message)));
    };
    let settings = document(&key, &protocol, &host);
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(settings)).into_response())
}

/// Scheme and host that browsers reach us by.
fn origin(
    public_url: Option<&PublicUrl>,
    is_proxied: bool,
    headers: &HeaderMap,
) -> Option<(String, String)> {
    if let Some(url) = public_url {
        let (scheme, host) = url.as_str().split_once("://")?;
        return Some((scheme.to_owned(), host.to_owned()));
    }
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let host: Authority = text("host")?.parse().ok()?;
    let is_https = is_proxied && text("x-forwarded-proto") == Some("https");
    let scheme = if is_https { "https" } else { "http" };
    Some((scheme.to_owned(), host.as_str().to_owned()))
}

/// The least that the library needs, and nothing that would make it load code or call others.
fn document(key: &str, protocol: &str, host: &str) -> Value {
    let enabled = json!({"enabled": true, "integrations": {}});
    json!({
        "integrations": {
            "Segment.io": {
                "apiKey": key,
                "apiHost": format!("{host}/v1"),
                "protocol": protocol,
                "retryQueue": true,
                // With its own settings the library gives events up after a few minutes.
                "httpConfig": {
                    "rateLimitConfig": {"maxRetryCount": 100},
                    "backoffConfig": {"maxRetryCount": 100},
                },
            },
        },
        "plan": {
            "track": {"__default": enabled},
            "identify": {"__default": {"enabled": true}},
            "group": {"__default": {"enabled": true}},
        },
        "enabledMiddleware": {},
        "middlewareSettings": {},
        "remotePlugins": [],
        "legacyVideoPluginsEnabled": false,
        "analyticsNextEnabled": true,
        // It would send counters about itself, by default to its maker.
        "metrics": {"sampleRate": 0, "host": format!("{host}/v1"), "protocol": protocol},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_of(public: &str, is_proxied: bool, headers: &[(&str, &str)]) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        let (scheme, host) = origin(PublicUrl::parse(public).as_ref(), is_proxied, &map)?;
        Some(format!("{scheme}://{host}"))
    }

    #[test]
    fn events_go_where_the_settings_came_from() {
        let host = ("host", "localhost:7700");
        let proto = ("x-forwarded-proto", "https");
        let check = |public, is_proxied, headers: &[_], expected: Option<&str>| {
            assert_eq!(origin_of(public, is_proxied, headers).as_deref(), expected);
        };
        check("", false, &[host], Some("http://localhost:7700"));
        check("", false, &[host, proto], Some("http://localhost:7700"));
        check("", true, &[host, proto], Some("https://localhost:7700"));
        let public = "https://journeys.example.com";
        check(public, false, &[host], Some(public));
        check("", false, &[], None);
        check("", false, &[("host", "a b\"")], None);
    }
}
