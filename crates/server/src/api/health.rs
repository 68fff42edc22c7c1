//! For probes and collectors of metrics.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use throughline_store::log;
use utoipa::ToSchema;

use crate::{
    access::gate::Needs,
    app::{App, ClientAddress},
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
    metrics::Figures,
};

/// Whether the server can take work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `live`, `ready`, `draining` or `stopped`.
    pub state: &'static str,
    /// What a person has to look at, when there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Health {
    fn of(state: &'static str) -> Json<Self> {
        let reason = None;
        Json(Self { state, reason })
    }
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
    Health::of("live")
}

/// Answers 200 while the server takes work, 503 once it is about to stop or cannot write any more.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn ready(State(app): State<App>) -> (StatusCode, Json<Health>) {
    if app.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, Health::of("draining"));
    }
    let workspaces = app.workspaces().all();
    let mut logs = workspaces
        .iter()
        .map(|it| (it.id().as_str(), it.pipeline().health()));
    match logs.find_map(|(workspace, health)| stopped(workspace, &health)) {
        Some(health) => (StatusCode::SERVICE_UNAVAILABLE, Json(health)),
        None => (StatusCode::OK, Health::of("ready")),
    }
}

/// What is said of a log that takes no records until the server is started again.
fn stopped(workspace: &str, health: &log::Health) -> Option<Health> {
    let log::Health::Stopped(reason) = health else {
        return None;
    };
    let reason = format!(
        "workspace {workspace} takes no events until the server is started again: {reason}"
    );
    Some(Health {
        state: "stopped",
        reason: Some(reason),
    })
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
    let workspaces = app.workspaces().all();
    let figures: Vec<Figures<'_>> = workspaces
        .iter()
        .map(|it| Figures {
            workspace: it.id().as_str(),
            stats: it.pipeline().stats(),
            health: it.pipeline().health(),
        })
        .collect();
    let text = app.metrics().text(&figures);
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_log_that_stopped_for_good_turns_readiness_off() {
        let check = |health| stopped("shop", &health).and_then(|it| it.reason);
        assert_eq!(check(log::Health::Writing), None);
        assert_eq!(check(log::Health::Full), None, "reading goes on");
        let reason = check(log::Health::Stopped("fdatasync failed".into())).unwrap();
        assert!(reason.contains("shop") && reason.contains("fdatasync failed"));
    }
}
