//! What libraries ask for beside sending events. Without an answer they would ask again or complain.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::header;
use serde_json::{Value, json};

use super::{
    find_any, key, receive,
    refuse::{CollectError, Refused},
    unknown_key,
};
use crate::{
    app::App,
    http::refusal::{Code, Refusal},
};

/// Feature flags, of which there are none.
#[utoipa::path(post, path = "/flags/", tag = "collect", operation_id = "flags",
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Object)))]
pub async fn flags(request: Request) -> Json<Value> {
    drain(request).await;
    let mut answer = behavior();
    answer["flags"] = json!({});
    answer["featureFlags"] = json!({});
    answer["featureFlagPayloads"] = json!({});
    answer["errorsWhileComputingFlags"] = json!(false);
    answer["requestId"] = json!("00000000-0000-0000-0000-000000000000");
    Json(answer)
}

/// Rules by which servers compute feature flags, of which there are none.
#[utoipa::path(get, path = "/flags/definitions", tag = "collect", operation_id = "flagDefinitions",
    responses((status = 200, body = Object)))]
pub async fn flag_definitions() -> Json<Value> {
    Json(json!({"flags": [], "group_type_mapping": {}, "cohorts": {}}))
}

/// Recordings of sessions, which are not kept.
#[utoipa::path(post, path = "/s/", tag = "collect", operation_id = "forgetRecording",
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Object)))]
pub async fn forget(request: Request) -> Json<Value> {
    drain(request).await;
    Json(json!({"status": 1}))
}

/// How PostHog's browser library shall behave, as JSON.
#[utoipa::path(get, path = "/array/{key}/config", tag = "collect", operation_id = "remoteConfig",
    params(("key" = String, Path, description = "The write key")),
    responses((status = 200, body = Object), (status = "default", body = CollectError)))]
pub async fn remote_config(
    State(app): State<App>,
    Path(key): Path<String>,
) -> Result<Json<Value>, Refused> {
    Ok(Json(config_of(&app, &key)?))
}

/// How PostHog's browser library shall behave, as a script.
#[utoipa::path(get, path = "/array/{key}/config.js", tag = "collect", operation_id = "remoteConfigScript",
    params(("key" = String, Path, description = "The write key")),
    responses((status = 200, content_type = "text/javascript"), (status = "default", body = CollectError)))]
pub async fn remote_config_script(
    State(app): State<App>,
    Path(key): Path<String>,
) -> Result<Response, Refused> {
    let config = config_of(&app, &key)?;
    // A key of ours is made of letters and digits, so it can break out of nothing.
    let script = format!(
        "(function() {{\n  window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {{}};\n  \
         window._POSTHOG_REMOTE_CONFIG['{key}'] = {{ config: {config}, siteApps: [] }};\n}})();\n"
    );
    Ok((
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        script,
    )
        .into_response())
}

/// What RudderStack's browser library asks for when a page loads.
#[utoipa::path(get, path = "/sourceConfig/", tag = "collect", operation_id = "sourceConfig",
    params(("writeKey" = Option<String>, Query, description = "The write key")),
    responses((status = 200, body = Object), (status = "default", body = CollectError)))]
pub async fn source_config(
    State(app): State<App>,
    request: Request,
) -> Result<Json<Value>, Refused> {
    let (head, _) = request.into_parts();
    let keys = key::anywhere(&head);
    let found = find_any(&app, &keys);
    let (key, _) = found.ok_or_else(|| Refused(unknown_key("the write key is none of ours")))?;
    Ok(Json(json!({
        "source": {
            "id": key,
            "name": "web",
            "writeKey": key,
            "enabled": true,
            "workspaceId": "throughline",
            "destinations": [],
            "config": {
                "statsCollection": {"errors": {"enabled": false}, "metrics": {"enabled": false}},
            },
            "dataplanes": {},
            "connections": [],
        },
        "updatedAt": "2026-01-01T00:00:00Z",
        "consentManagementMetadata": {"providers": [], "resolutionStrategies": {}},
    })))
}

fn config_of(app: &App, key: &str) -> Result<Value, Refused> {
    if app.instance().write_key(key).is_none() {
        let message = "the write key is none of ours; copy one from Sources";
        return Err(Refused(Refusal::new(Code::KeyUnknown, message)));
    }
    let mut config = behavior();
    config["token"] = json!(key);
    config["hasFeatureFlags"] = json!(false);
    Ok(config)
}

/// Events as the page makes them, and nothing that would load code or record screens.
fn behavior() -> Value {
    json!({
        "supportedCompression": ["gzip", "gzip-js"],
        "analytics": {"endpoint": "/i/v0/e/"},
        "defaultIdentifiedOnly": true,
        "elementsChainAsString": true,
        "autocapture_opt_out": false,
        "autocaptureExceptions": false,
        "captureDeadClicks": false,
        "capturePerformance": false,
        "errorTracking": {"autocaptureExceptions": false},
        "heatmaps": false,
        "isAuthenticated": false,
        "sessionRecording": false,
        "siteApps": [],
        "surveys": false,
        "toolbarParams": {},
    })
}

async fn drain(request: Request) {
    let (head, mut body) = request.into_parts();
    receive::discard(&head.headers, &mut body).await;
}
