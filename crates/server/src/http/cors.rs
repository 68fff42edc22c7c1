//! Calls that pages of any site may make, and whose answers they may read.
//!
//! Nobody is let in by a cookie there, so there is nothing that another site could misuse.

use axum::{
    extract::Request,
    middleware::{self, Next},
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::app::App;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
/// A star stands for every header but `Authorization`, which has to be named. Those that libraries
/// send are named as well, for browsers that do not know the star.
const HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, content-encoding, x-retry-count, x-write-key, anonymousid, \
     sentat, posthog-sdk-info, posthog-attempt, posthog-request-id, posthog-request-timestamp, *",
);
/// A day, as the answer never changes; browsers take less where that is too long for them.
const AGE_MAX_SECONDS: HeaderValue = HeaderValue::from_static("86400");
/// Libraries wait as long as they are told only if they can see it.
const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After");

const TRUE: HeaderValue = HeaderValue::from_static("true");
const ANYWHERE: HeaderValue = HeaderValue::from_static("*");
const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Opens a call to all sites, and answers browsers that ask before they make it.
pub fn open(handler: MethodRouter<App>) -> MethodRouter<App> {
    handler
        .on(MethodFilter::OPTIONS, preflight)
        .route_layer(middleware::map_response(allow))
}

/// As `open`, for libraries that send cookies along: browsers then want their site named.
pub fn open_to_named(handler: MethodRouter<App>) -> MethodRouter<App> {
    handler
        .on(MethodFilter::OPTIONS, preflight)
        .route_layer(middleware::from_fn(allow_named))
}

async fn preflight() -> impl axum::response::IntoResponse {
    (
        StatusCode::NO_CONTENT,
        [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, AGE_MAX_SECONDS),
        ],
    )
}

async fn allow(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANYWHERE);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert(RESOURCE_POLICY, CROSS_ORIGIN);
    response
}

async fn allow_named(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN).cloned();
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = allow(next.run(request).await).await;
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    // With cookies a star stands for nothing but itself.
    if let Some(asked) = asked {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    response
}
