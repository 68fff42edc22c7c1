//! The addresses that other makers' libraries send to, each as it is and with a prefix of our own.
//!
//! Two makers share some of them; there the body decides. With the prefix `/x/{maker}` nothing is
//! left to decide.

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::MethodFilter,
};
use bytes::Bytes;
use http::{Method, StatusCode, request::Parts};
use serde_json::json;
use throughline_ingest::{
    dialect::{Call, Dialect, Moment},
    instant, segment,
};
use throughline_model::{EventKind, Timestamp};

use super::{
    CALLS, find_any, is_retry, key, quiet,
    receive::{self, Received},
    refuse::{self, MakerError},
    reply::{self, Wish},
    take,
};
use crate::{
    access::gate::Needs,
    app::App,
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
};

/// One address, with a name for the OpenAPI document where it has a line of its own there.
struct Address {
    maker: &'static str,
    path: &'static str,
    call: Call,
    id: Option<&'static str>,
}

const fn at(
    maker: &'static str,
    path: &'static str,
    call: Call,
    id: Option<&'static str>,
) -> Address {
    Address {
        maker,
        path,
        call,
        id,
    }
}

const POSTHOG: Call = Call::Is(Dialect::PostHog);
const POSTHOG_V1: Call = Call::Is(Dialect::PostHogV1);
const EVENTS: Call = Call::Is(Dialect::MixpanelEvents);
const PROFILES: Call = Call::Is(Dialect::MixpanelProfiles);
const GROUPS: Call = Call::Is(Dialect::MixpanelGroups);
const AMPLITUDE: Call = Call::Is(Dialect::Amplitude);
const SNOWPLOW: Call = Call::Is(Dialect::Snowplow);

/// Addresses as libraries know them.
const SHARED: [Address; 13] = [
    at("", "/batch", Call::Batch, Some("collectMakerBatch")),
    at("", "/track", Call::Track, Some("collectMakerTrack")),
    at("", "/engage", Call::Engage, Some("collectMakerEngage")),
    at("", "/e", POSTHOG, Some("collectPosthog")),
    at("", "/i/v0/e", POSTHOG, None),
    at("", "/capture", POSTHOG, None),
    at(
        "",
        "/i/v1/analytics/events",
        POSTHOG_V1,
        Some("collectPosthogV1"),
    ),
    at("", "/import", EVENTS, Some("collectMixpanelImport")),
    at("", "/groups", GROUPS, Some("collectMixpanelGroups")),
    at("", "/2/httpapi", AMPLITUDE, Some("collectAmplitude")),
    at("", SNOWPLOW_PATH, SNOWPLOW, Some("collectSnowplow")),
    at("", "/i", SNOWPLOW, None),
    at(
        "",
        "/beacon/v1/batch",
        Call::Is(Dialect::Segment(segment::Route::Batch)),
        None,
    ),
];

/// The same behind a prefix that leaves no choice.
const PREFIXED: [Address; 17] = [
    at("posthog", "/batch", POSTHOG, None),
    at("posthog", "/e", POSTHOG, None),
    at("posthog", "/i/v0/e", POSTHOG, None),
    at("posthog", "/capture", POSTHOG, None),
    at("posthog", "/track", POSTHOG, None),
    at("posthog", "/engage", POSTHOG, None),
    at("posthog", "/i/v1/analytics/events", POSTHOG_V1, None),
    at("mixpanel", "/track", EVENTS, None),
    at("mixpanel", "/import", EVENTS, None),
    at("mixpanel", "/engage", PROFILES, None),
    at("mixpanel", "/groups", GROUPS, None),
    at("amplitude", "/2/httpapi", AMPLITUDE, None),
    at("amplitude", "/batch", AMPLITUDE, None),
    at("snowplow", SNOWPLOW_PATH, SNOWPLOW, None),
    at("snowplow", "/i", SNOWPLOW, None),
    at("snowplow/{key}", SNOWPLOW_PATH, SNOWPLOW, None),
    at("snowplow/{key}", "/i", SNOWPLOW, None),
];

const SNOWPLOW_PATH: &str = "/com.snowplowanalytics.snowplow/tp2";

/// Every address but those of Segment's own calls.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for Address {
        maker,
        path,
        call,
        id,
    } in SHARED.into_iter().chain(PREFIXED)
    {
        let path = match maker {
            "" => path.to_owned(),
            maker => format!("/x/{maker}{path}"),
        };
        // Listed as it stands; the same with a slash goes without saying.
        let route = events(call).at(&*path, id.unwrap_or_default());
        routes.push(if id.is_some() {
            route
        } else {
            route.unlisted()
        });
        routes.push(events(call).at(format!("{path}/"), "").unlisted());
    }
    for (name, _) in CALLS {
        let kind = segment::Route::parse(name).expect("a call of Segment");
        for prefix in ["/api/s", "/api/s/s2s"] {
            let call = Call::Is(Dialect::Segment(kind));
            routes.push(events(call).at(format!("{prefix}/{name}"), "").unlisted());
        }
    }
    for (name, kind) in [("track", EventKind::Track), ("page", EventKind::Page)] {
        let call = Call::Is(Dialect::Pixel(kind));
        let path = format!("/pixel/v1/{name}");
        routes.push(events(call).at(path, "").unlisted());
    }
    for path in ["/mp/collect", "/x/ga4/mp/collect"] {
        let route = Route::new(Needs::WriteKey, __path_measure, measure);
        routes.push(unless_listed(
            route.at(path, "collectGa4"),
            path == "/mp/collect",
        ));
    }
    let debug = Route::new(Needs::WriteKey, __path_validate, validate);
    routes.push(debug);
    routes.extend(quiet_routes());
    routes
}

fn unless_listed(route: Route, is_listed: bool) -> Route {
    if is_listed { route } else { route.unlisted() }
}

fn events(call: Call) -> Route {
    let handler = move |State(app): State<App>, request: Request| collect(app, call, request);
    Route::new(Needs::WriteKey, __path_collect, handler)
        .also(MethodFilter::GET, handler)
        .with_credentials()
}

fn quiet_routes() -> Vec<Route> {
    let flags = |path: &str| {
        let route = Route::new(Needs::WriteKey, quiet::__path_flags, quiet::flags)
            .also(MethodFilter::GET, quiet::flags);
        unless_listed(route.at(path, "flags"), path == "/flags/")
    };
    let forget = |path: &str| {
        let route = Route::new(Needs::WriteKey, quiet::__path_forget, quiet::forget);
        unless_listed(route.at(path, "forgetRecording"), path == "/s/")
    };
    let definitions = |path: &str| {
        let (path_of, handler) = (quiet::__path_flag_definitions, quiet::flag_definitions);
        let route = Route::new(Needs::WriteKey, path_of, handler);
        unless_listed(
            route.at(path, "flagDefinitions"),
            path == "/flags/definitions",
        )
    };
    let source_config = |path: &str| {
        let (path_of, handler) = (quiet::__path_source_config, quiet::source_config);
        let route = Route::new(Needs::WriteKey, path_of, handler);
        unless_listed(route.at(path, "sourceConfig"), path == "/sourceConfig/")
    };
    let mut routes: Vec<Route> = Vec::new();
    routes.extend(["/flags/", "/flags", "/decide/", "/decide"].map(flags));
    routes.extend(["/s/", "/s", "/record/", "/record"].map(forget));
    routes.extend(
        [
            "/flags/definitions",
            "/api/feature_flag/local_evaluation",
            "/api/feature_flag/local_evaluation/",
        ]
        .map(definitions),
    );
    routes.extend(["/sourceConfig/", "/sourceConfig"].map(source_config));
    routes.push(Route::new(
        Needs::WriteKey,
        quiet::__path_remote_config,
        quiet::remote_config,
    ));
    routes.push(Route::new(
        Needs::WriteKey,
        quiet::__path_remote_config_script,
        quiet::remote_config_script,
    ));
    routes
}

/// Takes events in as the library of another maker sends them, and answers in its words.
///
/// The write key is where the library keeps its own. The body is what that library sends; where two
/// makers share an address, it tells them apart. Without a body the query is taken for one.
#[utoipa::path(post, path = "/e", tag = "collect", operation_id = "collectMaker",
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Object), (status = "default", body = MakerError)))]
async fn collect(app: App, call: Call, request: Request) -> Response {
    let (head, mut body) = request.into_parts();
    let result = async {
        let received = receive(&app, &head, &mut body).await?;
        let keys = key::anywhere(&head);
        let known = find_any(&app, &keys).map(|(_, key)| key);
        take(
            &app,
            call,
            moment(&app, call, &head),
            known,
            received,
            is_retry(&head),
        )
        .await
    };
    match result.await {
        Ok(outcome) => reply::answer(&outcome, wish(call, &head)),
        Err(refusal) => {
            receive::discard(&head.headers, &mut body).await;
            refused(call, refusal)
        }
    }
}

/// Takes events of the Measurement Protocol in. It answers 204 to everything but our own trouble,
/// as its maker does; what is wrong with a request, `/debug/mp/collect` tells.
#[utoipa::path(post, path = "/mp/collect", tag = "collect", operation_id = "collectGa4",
    params(("api_secret" = String, Query, description = "The write key")),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 204), (status = "default", body = MakerError)))]
async fn measure(State(app): State<App>, request: Request) -> Response {
    let call = Call::Is(Dialect::Ga4);
    let (head, mut body) = request.into_parts();
    let result = async {
        let received = receive(&app, &head, &mut body).await?;
        let keys = key::anywhere(&head);
        let known = find_any(&app, &keys).map(|(_, key)| key);
        take(
            &app,
            call,
            moment(&app, call, &head),
            known,
            received,
            false,
        )
        .await
    };
    match result.await {
        Err(refusal)
            if refusal.code().parts().1 == StatusCode::TOO_MANY_REQUESTS
                || refusal.code().parts().1.is_server_error() =>
        {
            refused(call, refusal)
        }
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => {
            receive::discard(&head.headers, &mut body).await;
            tracing::debug!(
                code = refusal.code().parts().0,
                "a measurement was not taken"
            );
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

/// Says what is wrong with events of the Measurement Protocol, and takes none of them.
#[utoipa::path(post, path = "/debug/mp/collect", tag = "collect", operation_id = "validateGa4",
    params(("api_secret" = String, Query, description = "The write key")),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Object)))]
async fn validate(State(app): State<App>, request: Request) -> Response {
    let call = Call::Is(Dialect::Ga4);
    let (head, mut body) = request.into_parts();
    let found = |code: &str, field: String, description: String| json!({"fieldPath": field, "description": description, "validationCode": code});
    let mut messages = Vec::new();
    if find_any(&app, &key::anywhere(&head)).is_none() {
        let description = "api_secret is no write key of ours; copy one from Sources".to_owned();
        messages.push(found("VALUE_INVALID", "api_secret".to_owned(), description));
    }
    let read = async {
        let received = receive(&app, &head, &mut body).await?;
        app.collector()
            .read(call, received, moment(&app, call, &head))
            .await
    };
    match read.await {
        Ok(read) => messages.extend(read.decoded.quarantined.into_iter().map(|held| {
            let reason = held.fault.reason.code().to_uppercase();
            found(
                &reason,
                format!("events[{}]", held.index),
                held.fault.message,
            )
        })),
        Err(refusal) => messages.push(found("BODY_INVALID", String::new(), refusal.to_string())),
    }
    Json(json!({ "validationMessages": messages })).into_response()
}

/// The body, or the query of a request that has none.
async fn receive(
    app: &App,
    head: &Parts,
    body: &mut axum::body::Body,
) -> Result<Received, Refusal> {
    let query = || Bytes::copy_from_slice(head.uri.query().unwrap_or_default().as_bytes());
    let room = &app.collector().room;
    if head.method == Method::GET || head.method == Method::HEAD {
        return room.hold(query());
    }
    let received = room.receive(body).await?;
    match received.bytes.is_empty() {
        true => room.hold(query()),
        false => Ok(received),
    }
}

/// When the request came, and when its library says that it was sent, if not within the body.
fn moment(app: &App, call: Call, head: &Parts) -> Moment {
    let header = head.headers.get("posthog-request-timestamp");
    let sent = match call {
        POSTHOG_V1 => header
            .and_then(|it| it.to_str().ok())
            .and_then(instant::read),
        Call::Track | Call::Engage | EVENTS | PROFILES => sent_in_query(head),
        _ => None,
    };
    Moment {
        received: app.now(),
        sent,
    }
}

/// Mixpanel's browser library puts the time into the address, so that nothing caches the answer.
fn sent_in_query(head: &Parts) -> Option<Timestamp> {
    let text = parameter(head, "_").filter(|it| it.len() == 13)?;
    text.parse().ok().map(Timestamp)
}

fn parameter<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    let pairs = head.uri.query()?.split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

fn wish(call: Call, head: &Parts) -> Wish {
    let is_pixel = call == SNOWPLOW && head.method == Method::GET;
    Wish {
        picture: is_pixel || parameter(head, "img") == Some("1"),
        verbose: parameter(head, "verbose") == Some("1"),
        import: head.uri.path().contains("/import"),
    }
}

fn refused(call: Call, refusal: Refusal) -> Response {
    match call {
        // Libraries of Segment's dialect look for code and message.
        Call::Is(Dialect::Segment(_)) => refuse::Refused(refusal).into_response(),
        call => {
            let status = status_of(call, refusal.code());
            refuse::refused_by_maker(refusal, status)
        }
    }
}

/// The status after which the libraries that make this call do as the refusal means it.
fn status_of(call: Call, code: Code) -> StatusCode {
    let (_, status) = code.parts();
    match call {
        // They send everything again unless they are told so, with this status.
        AMPLITUDE | Call::Batch if code == Code::WriteKeyUnknown => StatusCode::BAD_REQUEST,
        // In a browser it gives events up after any 4xx.
        POSTHOG if status == StatusCode::TOO_MANY_REQUESTS => StatusCode::SERVICE_UNAVAILABLE,
        _ => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_status_after_which_its_libraries_do_as_it_means() {
        for (call, busy, key) in [
            (POSTHOG, 503, 401),
            (POSTHOG_V1, 429, 401),
            (EVENTS, 429, 401),
            (AMPLITUDE, 429, 400),
            (Call::Batch, 429, 400),
            (SNOWPLOW, 429, 401),
        ] {
            let status = |code| status_of(call, code).as_u16();
            let told = (status(Code::EventsBusy), status(Code::WriteKeyUnknown));
            assert_eq!(told, (busy, key), "{call:?}");
        }
    }
}
