//! The interface, built into the binary.

use std::{borrow::Cow, collections::HashMap, io::Write, sync::RwLock};

use axum::{
    body::Body,
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use rust_embed::RustEmbed;

/// The files that the interface's build has made; none when it was not built before the binary.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Cargo cannot see new files in the folder, so the build of the product passes a stamp of them.
const STAMP: Option<&str> = option_env!("THROUGHLINE_WEB_STAMP");

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Throughline</title><h1>The interface is not in this binary</h1>\
    <p>It was built without the folder <code>web/dist</code>. Build it and the binary again with \
    <code>cargo xtask web</code> and <code>cargo build</code>, or use <code>make demo</code>, which \
    does both. The API works as it is.</p></html>";

/// Answers with a file of the interface; addresses of pages get the page that draws them all.
pub async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Files::get(path).filter(|_| !path.is_empty()) {
        return found(path, file.data, &headers);
    }
    // A file that is not there must not be answered with a page, or a browser would run it.
    if path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|it| it.contains('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Files::get("index.html") {
        Some(index) => found("index.html", index.data, &headers),
        None => (StatusCode::OK, Html(NOT_BUILT)).into_response(),
    }
}

/// Answers with a file that is built in, packed where the browser takes that.
pub fn found(path: &str, bytes: Cow<'static, [u8]>, headers: &HeaderMap) -> Response {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = kind.type_() == "text"
        || matches!(
            kind.subtype().as_str(),
            "javascript" | "json" | "svg" | "manifest+json"
        );
    // Names of files in this folder hold a hash of what is in them.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let tag = format!("\"{}-{}\"", STAMP.unwrap_or("dev"), bytes.len());
    let mut response = if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|it| *it == tag)
        && STAMP.is_some()
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else if is_text && bytes.len() > 1_000 && accepts_gzip(headers) {
        let body = Body::from(compressed(path, &bytes));
        let mut response = Response::new(body);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        Response::new(match bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        })
    };
    let headers = response.headers_mut();
    let kind = match kind.type_().as_str() {
        "text" => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    for (name, value) in [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CACHE_CONTROL, cache),
        (header::VARY, "accept-encoding"),
        (header::ETAG, tag.as_str()),
    ] {
        let value = HeaderValue::from_str(value).expect("types and stamps are plain text");
        headers.insert(name, value);
    }
    response
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    accepted.and_then(|it| it.to_str().ok()).is_some_and(|it| {
        it.split(',')
            .any(|each| each.trim().split(';').next() == Some("gzip"))
    })
}

/// Compresses a file once per process; what is built in does not change while it runs.
fn compressed(path: &str, bytes: &[u8]) -> Bytes {
    static KEPT: RwLock<Option<HashMap<(String, usize), Bytes>>> = RwLock::new(None);
    let key = (path.to_owned(), bytes.len());
    let kept = KEPT
        .read()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(done) = kept.as_ref().and_then(|files| files.get(&key)) {
        return done.clone();
    }
    drop(kept);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let done: Bytes = encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("compressing into memory cannot fail")
        .into();
    KEPT.write()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .get_or_insert_default()
        .insert(key, done.clone());
    done
}
