//! For probes and collectors of metrics.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    access::gate::Needs,
    app::{App, ClientAddress},
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
};

/// Whether the server can take work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `live`, `ready` or `draining`.
    pub state: &'static str,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Nothing, __path_live, live),
        Route::new(Needs::Nothing, __path_ready, ready),
        Route::new(Needs::Nothing, __path_metrics, metrics),
    ]
}

/// Answers as long as the process runs.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> Json<Health> {
    Json(Health { state: "live" })
}

/// Answers 200 while the server takes work, 503 once it is about to stop.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn ready(State(app): State<App>) -> (StatusCode, Json<Health>) {
    if app.is_draining() {
        let health = Health { state: "draining" };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(health));
    }
    (StatusCode::OK, Json(Health { state: "ready" }))
}

/// Metrics in the text form of OpenMetrics, for this machine or on the admin address.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, body = String)))]
async fn metrics(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Response {
    let is_forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let is_near = address.is_some_and(|it| it.to_canonical().is_loopback()) && !is_forwarded;
    if !is_near {
        let message = "metrics are for this machine only; set server.admin_listen for others";
        return Refusal::new(Code::PathUnknown, message).into_response();
    }
    metrics_text(&app)
}

/// The metrics themselves, for whoever may see them.
pub fn metrics_text(app: &App) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics().text()).into_response()
}
