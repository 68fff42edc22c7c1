//! Calls that pages of any site may make, and whose answers they may read.
//!
//! Nobody is let in by a cookie there, so there is nothing that another site could misuse.

use axum::{
    middleware,
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::app::App;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
/// A star stands for every header but `Authorization`, which has to be named.
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, x-retry-count, x-write-key, *");
/// A day, as the answer never changes; browsers take less where that is too long for them.
const AGE_MAX_SECONDS: HeaderValue = HeaderValue::from_static("86400");
/// Libraries wait as long as they are told only if they can see it.
const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After");

const ANYWHERE: HeaderValue = HeaderValue::from_static("*");
const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Opens a call to all sites, and answers browsers that ask before they make it.
pub fn open(handler: MethodRouter<App>) -> MethodRouter<App> {
    handler
        .on(MethodFilter::OPTIONS, preflight)
        .route_layer(middleware::map_response(allow))
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
