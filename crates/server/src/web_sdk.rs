//! Our own browser library: its script, its settings and its one way in, below one neutral path.
//!
//! A site that forwards `/t/` to us has all three on its own origin. The script sends plain text
//! with the key inside, so no browser asks before it sends.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use rust_embed::RustEmbed;
use serde::Serialize;
use throughline_ingest::segment;
use throughline_model::limits;
use utoipa::ToSchema;

use crate::{
    access::gate::Needs,
    app::App,
    collect::{self, CollectError, Refused, Taken},
    embed,
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
};

/// What the library's build has made; none when it was not built before the binary.
#[derive(RustEmbed)]
#[folder = "../../web-sdk/dist"]
#[allow_missing = true]
struct Files;

const NAME: &str = "throughline.js";

/// Long enough for a visit, short enough that a new version is soon in use.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=600");

const NOT_BUILT: &str = "console.warn('throughline: the browser library is not in this binary; \
    build it with `cargo xtask web`, and the binary again')";

/// What the library has to know of the server.
#[derive(Debug, Serialize, ToSchema)]
struct LibrarySettings {
    /// Events of one request.
    batch_events_max: usize,
    /// Bytes of one request.
    batch_bytes_max: usize,
    /// Bytes of one event.
    event_bytes_max: usize,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::WriteKey, __path_script, script),
        Route::new(Needs::WriteKey, __path_settings, settings),
        Route::new(Needs::WriteKey, __path_events, events),
    ]
}

/// The browser library, for a `script` element of any site.
#[utoipa::path(get, path = "/t/throughline.js", tag = "collect", operation_id = "libraryScript",
    responses((status = 200, body = String, content_type = "text/javascript")))]
async fn script(headers: HeaderMap) -> Response {
    let Some(file) = Files::get(NAME) else {
        let kind = "text/javascript; charset=utf-8";
        return ([(header::CONTENT_TYPE, kind)], NOT_BUILT).into_response();
    };
    let mut response = embed::found(NAME, file.data, &headers);
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE);
    response
}

/// Settings of the browser library for a write key.
#[utoipa::path(get, path = "/t/{key}/settings", tag = "collect", operation_id = "librarySettings",
    params(("key" = String, Path, description = "The write key")),
    responses((status = 200, body = LibrarySettings), (status = "default", body = CollectError)))]
async fn settings(State(app): State<App>, Path(key): Path<String>) -> Result<Response, Refused> {
    if app.instance().write_key(&key).is_none() {
        let message = "the write key is none of ours; copy one from Sources";
        return Err(Refused(Refusal::new(Code::KeyUnknown, message)));
    }
    let settings = LibrarySettings {
        batch_events_max: limits::BATCH_EVENTS_MAX,
        batch_bytes_max: limits::BODY_BYTES_MAX,
        event_bytes_max: limits::EVENT_BYTES_MAX,
    };
    let cache = HeaderValue::from_static("private, max-age=300");
    Ok(([(header::CACHE_CONTROL, cache)], Json(settings)).into_response())
}

/// Takes in what the browser library sends: a batch, with the write key as `writeKey` in the body.
#[utoipa::path(post, path = "/t/e", tag = "collect", operation_id = "libraryEvents",
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = Taken), (status = "default", body = CollectError)))]
async fn events(State(app): State<App>, request: Request) -> Result<Json<Taken>, Refused> {
    collect::collect(app, segment::Route::Batch, request).await
}
