//! In which currency amounts of money are read, and at which rates.

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::json;
use throughline_model::{Role, limits, money::MoneyRules};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    logged,
    maps::ChangedVersion,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::{MONEY, MoneyInForce},
};

/// How amounts of money are read.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredMoney {
    /// 0 while nobody has written any; to be sent in `If-Match` with a change.
    pub version: u64,
    pub rules: MoneyRules,
    pub rates_count: usize,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Workspace(Role::Viewer), __path_show, show),
        Route::new(Needs::Workspace(Role::Admin), __path_change, change)
            .with_body_max(2 * limits::MONEY_RATES_BYTES_MAX),
    ]
}

/// In which currency amounts of money are read; as they were sent until somebody names one.
#[utoipa::path(get, path = "/api/w/{ws}/money", tag = "workspaces", operation_id = "getMoney",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredMoney)))]
async fn show(State(app): State<App>, workspace: Workspace) -> Result<Json<StoredMoney>, Refusal> {
    let in_force = workspace.runtime.money();
    let rules = with_zone(&app, &workspace, MoneyRules::clone(&in_force.rules))?;
    Ok(Json(StoredMoney {
        version: in_force.version,
        rules,
        rates_count: in_force.money.map_or(0, |it| it.rates_count()),
    }))
}

/// Writes in which currency amounts are read, and all rates in place of those of before. They hold for all of history
/// and for what comes in, at once.
#[utoipa::path(put, path = "/api/w/{ws}/money", tag = "workspaces", operation_id = "changeMoney",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = MoneyRules, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    IfMatch(version): IfMatch,
    Body(rules): Body<MoneyRules>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let rules = with_zone(&app, &workspace, rules)?;
    let money =
        rules.read().map_err(
            |faults| match documents::check("list of currencies", faults) {
                Err(refusal) => refusal,
                Ok(()) => unreachable!("rules that cannot be read have a fault"),
            },
        )?;
    let mut audit = workspace.did("money.changed", app.now());
    let details = json!({
        "currency": money.as_ref().map(|it| it.currency().to_string()),
        "rates": money.as_ref().map_or(0, |it| it.rates_count()),
    });
    let (now, runtime) = (app.now(), workspace.runtime.clone());
    let written = workspace.runtime.with_state(move |state| {
        let _turn = runtime.money_turn();
        let json = serde_json::to_string(&rules).expect("rules have text keys");
        let (kind, expected) = (DocumentKind::Vocabulary, (version > 0).then_some(version));
        let version = documents::put_over(state, kind, MONEY, expected, "Money", &json, now)?;
        runtime.set_money(MoneyInForce::of(version, rules, money));
        Ok(version)
    });
    let version = written.await?;
    audit.details = json!({ "version": version, "after": details });
    logged::note(&app, audit).await?;
    Ok(Json(ChangedVersion { version }))
}

/// The same, with the zone of the workspace where they name none.
fn with_zone(app: &App, workspace: &Workspace, rules: MoneyRules) -> Result<MoneyRules, Refusal> {
    if rules.zone.is_some() {
        return Ok(rules);
    }
    let directory = app.instance().read();
    let row = directory.workspace(workspace.runtime.id());
    let row =
        row.ok_or_else(|| Refusal::new(Code::WorkspaceUnknown, "there is no such workspace"))?;
    Ok(MoneyRules {
        zone: Some(row.zone.clone()),
        ..rules
    })
}
