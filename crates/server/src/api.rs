//! The API, one file per resource: shapes, handlers, and what each call needs.

pub mod accounts;
pub mod ask;
pub mod audit;
pub mod catalog;
pub mod catalogue;
pub mod costs;
pub mod crm;
pub mod dashboards;
pub mod decisions;
pub mod demo;
mod documents;
pub mod elements;
pub mod erasures;
pub mod export;
pub mod folders;
pub mod health;
pub mod hooks;
pub mod identity;
pub mod imports;
pub mod keeping;
pub mod keys;
pub mod live;
mod logged;
pub mod maps;
pub mod members;
pub mod money;
pub mod now;
pub mod objects;
pub mod overview;
pub mod plan;
pub mod privacy;
pub mod profiles;
pub mod quality;
pub mod quarantine;
pub mod receipts;
pub mod reports;
pub mod research;
pub mod schedules;
pub mod segments;
pub mod sent_links;
pub mod session;
pub mod setup;
pub mod shared;
pub mod shares;
pub mod sql;
pub mod statements;
pub mod targets;
pub mod vocabulary;
pub mod workspaces;

use std::time::Instant;

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, Uri},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    app::App,
    collect, embed,
    http::{
        headers, openapi,
        refusal::{Code, Refusal},
        routes::{self, Route},
    },
    web_sdk,
};

/// Every call that the server describes, in the order of the reference.
pub fn routes() -> Vec<Route> {
    [
        health::routes(),
        setup::routes(),
        session::routes(),
        members::routes(),
        audit::routes(),
        workspaces::routes(),
        demo::routes(),
        keys::routes(),
        overview::routes(),
        live::routes(),
        now::routes(),
        catalog::routes(),
        catalogue::routes(),
        plan::routes(),
        elements::routes(),
        quality::routes(),
        quarantine::routes(),
        receipts::routes(),
        imports::routes(),
        folders::routes(),
        hooks::routes(),
        crm::routes(),
        costs::routes(),
        money::routes(),
        ask::routes(),
        sql::routes(),
        statements::routes(),
        export::routes(),
        profiles::routes(),
        objects::routes(),
        accounts::routes(),
        identity::routes(),
        privacy::routes(),
        keeping::routes(),
        erasures::routes(),
        vocabulary::routes(),
        reports::routes(),
        segments::routes(),
        sent_links::routes(),
        maps::routes(),
        dashboards::routes(),
        targets::routes(),
        decisions::routes(),
        research::routes(),
        schedules::routes(),
        shares::routes(),
        shared::routes(),
        collect::routes(),
        web_sdk::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The whole server as one service: our API, the collecting API, the interface.
pub fn router(app: &App) -> Router {
    let described = axum::routing::get(async || {
        let kind = (http::header::CONTENT_TYPE, "application/json");
        ([kind], openapi::PUBLISHED)
    });
    routes::router(app, routes())
        .route("/openapi.json", described)
        .fallback(fallback)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), count))
        .layer(middleware::from_fn(headers::protect))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(app.clone())
}

async fn fallback(method: Method, uri: Uri, request: Request) -> Response {
    let path = uri.path();
    let is_ours = path.starts_with("/api/") || path.starts_with("/v1/") || path.starts_with("/t/");
    if is_ours || !(method == Method::GET || method == Method::HEAD) {
        let message = format!("there is nothing at {path}; /openapi.json lists what there is");
        return Refusal::new(Code::PathUnknown, message).into_response();
    }
    embed::file(uri, request.headers().clone()).await
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let path = uri.path();
    Refusal::new(
        Code::MethodUnknown,
        format!("{path} does not take {method}; /openapi.json lists what it takes"),
    )
}

async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let route = match &route {
        Some(path) => format!("{method} {}", path.as_str()),
        None => "interface".to_owned(),
    };
    let (status, took) = (response.status().as_u16(), start.elapsed());
    app.metrics().answered(&route, status, took);
    tracing::debug!(
        route,
        status,
        took_ms = took.as_secs_f64() * 1e3,
        "answered"
    );
    response
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("something that is no text");
    tracing::error!(text, "a handler panicked");
    Refusal::new(
        Code::Internal,
        "something went wrong here; the server's log says what",
    )
    .into_response()
}
