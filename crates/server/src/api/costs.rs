//! What was paid, by day: files and batches that bring it, what is stored, and the way back.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use throughline_ingest::cost::CostMapping;
use throughline_model::{
    Channel, Role, Timestamp,
    cost::{CostRow, Paid, written_amount},
    limits,
};
use throughline_store::state::{CostImport, CostLine, CostWhere};
use utoipa::{IntoParams, ToSchema};

use super::session::{check_name, faulty};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    costs::{self, CostOutcome, CostsStored, FileOfCosts, Storing},
    http::{
        body::{Body, Query},
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::Decision,
};

/// Costs that are stored, and where they came from.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredCosts {
    /// The one currency of all costs; none while there are none.
    pub currency: Option<String>,
    /// All costs of the days together, as a decimal number.
    pub amount: String,
    pub impressions: u64,
    pub clicks: u64,
    /// Records that are left out of all this, as there is no rate of their day.
    pub unrated: Vec<UnratedCosts>,
    /// By day and campaign, the latest day first.
    pub lines: Vec<StoredCost>,
    /// How many lines there are, of which only the first are listed.
    pub lines_count: u64,
    /// The newest first.
    pub imports: Vec<StoredCostImport>,
}

/// Records of costs without a rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnratedCosts {
    pub currency: String,
    pub records: u64,
}

/// What was paid for a campaign on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredCost {
    pub day: String,
    pub channel: Channel,
    pub source: String,
    pub campaign: String,
    /// A decimal number.
    pub amount: String,
    pub impressions: u64,
    pub clicks: u64,
    /// How many mediums and contents it is told by.
    pub records: u64,
}

/// An import of costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredCostImport {
    pub id: u64,
    pub name: String,
    /// Who brought it.
    pub member: String,
    pub at: Timestamp,
    /// The codes of its currencies.
    pub currency: String,
    pub records: u64,
    /// Of those, records that count now: neither replaced since nor removed.
    pub records_live: u64,
}

/// A batch of records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCostRows {
    /// What the import is called in the list.
    #[serde(default = "batch_name")]
    pub name: String,
    pub rows: Vec<CostRow>,
}

/// A file of costs and what is to be done with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostFileSent {
    pub name: String,
    /// What the file holds: a table as CSV.
    pub text: String,
    /// What its columns mean; made from their names when it is missing.
    #[serde(default)]
    pub mapping: Option<CostMapping>,
    /// Only look, and store nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Leave out rows that cannot be used, instead of refusing the file.
    #[serde(default)]
    pub skip_faulty: bool,
}

/// Which costs: those that fit all that is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WhichCosts {
    /// The first day, like 2026-03-01.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<String>,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CostsRemoved {
    /// Records that counted until now.
    pub records: u64,
}

/// Days of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CostDays {
    /// The first day, like 2026-03-01.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// The only campaign that is listed and summed up.
    pub campaign: Option<String>,
}

pub fn routes() -> Vec<Route> {
    let (reads, edits) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    let body_max = limits::COST_FILE_BYTES_MAX;
    vec![
        Route::new(reads, __path_list, list),
        Route::new(edits, __path_put, put).with_body_max(body_max),
        Route::new(edits, __path_remove, remove),
        Route::new(edits, __path_take_file, take_file).with_body_max(body_max),
        Route::new(edits, __path_undo, undo),
    ]
}

/// What was paid, by day and campaign, and the imports that brought it.
#[utoipa::path(get, path = "/api/w/{ws}/costs", tag = "costs", operation_id = "listCosts",
    params(("ws" = String, Path, description = "The workspace"), CostDays),
    responses((status = 200, body = StoredCosts)))]
async fn list(
    workspace: Workspace,
    Query(query): Query<CostDays>,
) -> Result<Json<StoredCosts>, Refusal> {
    let days = days(query.from, query.to)?;
    let listed = workspace.runtime.with_state(move |state| {
        let (lines, all, lines_count) =
            state.cost_lines(days, query.campaign.as_deref(), limits::COSTS_LISTED_MAX)?;
        let mut paid = Paid::default();
        for cost in &all.costs {
            paid.add(cost.paid);
        }
        Ok(StoredCosts {
            currency: all.currency.map(|it| it.to_string()),
            amount: written_amount(paid.micros),
            impressions: paid.impressions,
            clicks: paid.clicks,
            lines: lines.into_iter().map(StoredCost::from).collect(),
            lines_count,
            unrated: (all.unrated.iter())
                .map(|(currency, records)| UnratedCosts {
                    currency: currency.to_string(),
                    records: *records,
                })
                .collect(),
            imports: (state.cost_imports()?.into_iter())
                .map(StoredCostImport::from)
                .collect(),
        })
    });
    listed.await.map(Json)
}

/// Stores records in place of all that is known of their days and campaigns: all of them, or none.
#[utoipa::path(put, path = "/api/w/{ws}/costs", tag = "costs", operation_id = "putCosts",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NewCostRows, responses((status = 200, body = CostsStored)))]
async fn put(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<NewCostRows>,
) -> Result<Json<CostsStored>, Refusal> {
    check_name("name", &body.name)?;
    if body.rows.len() > limits::COST_BATCH_MAX {
        let most = limits::COST_BATCH_MAX;
        return Err(faulty("rows", &format!("number at most {most}")));
    }
    let (now, member) = (app.now(), workspace.caller.email.clone());
    let stored = workspace.runtime.with_state(move |state| {
        let storing = Storing {
            member: &member,
            now,
        };
        let name = body.name.trim().to_owned();
        let stored = costs::take_rows(state, &name, &body.rows, storing)?;
        Ok((name, stored))
    });
    let (name, stored) = stored.await?;
    note_import(&app, &workspace, name, &stored).await?;
    Ok(Json(stored))
}

/// Looks at a file of costs, or stores it in place of all that is known of its days and campaigns.
#[utoipa::path(post, path = "/api/w/{ws}/costs/files", tag = "costs", operation_id = "takeCostFile",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = CostFileSent, responses((status = 200, body = CostOutcome)))]
async fn take_file(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<CostFileSent>,
) -> Result<Json<CostOutcome>, Refusal> {
    check_name("name", &body.name)?;
    let (now, member) = (app.now(), workspace.caller.email.clone());
    let taken = workspace.runtime.with_state(move |state| {
        let file = FileOfCosts {
            name: body.name.trim(),
            text: &body.text,
            mapping: body.mapping.as_ref(),
            skip_faulty: body.skip_faulty,
        };
        let storing = (!body.dry_run).then_some(Storing {
            member: &member,
            now,
        });
        let outcome = costs::take_file(state, &file, storing)?;
        Ok((file.name.to_owned(), outcome))
    });
    let (name, outcome) = taken.await?;
    note_import(&app, &workspace, name, &outcome.stored).await?;
    Ok(Json(outcome))
}

/// Takes an import of costs back: what it replaced counts again.
#[utoipa::path(post, path = "/api/w/{ws}/costs/imports/{id}/undo", tag = "costs", operation_id = "undoCosts",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The import")),
    responses((status = 204)))]
async fn undo(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u64)>,
) -> Result<StatusCode, Refusal> {
    let undone = workspace.runtime.with_state(move |state| {
        let imports = state.cost_imports()?;
        let name = imports.into_iter().find(|it| it.id == id).map(|it| it.name);
        Ok(state.undo_costs(id)?.then(|| name.unwrap_or_default()))
    });
    match undone.await? {
        Some(name) => {
            let details = json!({ "import": id });
            note(&app, &workspace, "costs.undone", name, details).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(Refusal::new(
            Code::ImportUnknown,
            "this workspace has no such import of costs; it may have been taken back",
        )),
    }
}

/// Removes costs for good, with all that they had replaced.
#[utoipa::path(delete, path = "/api/w/{ws}/costs", tag = "costs", operation_id = "removeCosts",
    params(("ws" = String, Path, description = "The workspace"), WhichCosts),
    responses((status = 200, body = CostsRemoved)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<WhichCosts>,
) -> Result<Json<CostsRemoved>, Refusal> {
    let channel = match &query.channel {
        Some(name) => {
            let channel = Channel::parse(name);
            Some(channel.ok_or_else(|| parameter("channel", "is not a channel"))?)
        }
        None => None,
    };
    let named = query.campaign.clone().unwrap_or_default();
    let of = CostWhere {
        days: days(query.from, query.to)?,
        channel,
        source: query.source,
        campaign: query.campaign,
    };
    if of == CostWhere::default() {
        return Err(parameter("from", "is missing: say which costs to remove"));
    }
    let removed = workspace
        .runtime
        .with_state(move |state| Ok(state.remove_costs(&of)?));
    let records = removed.await?;
    let details = json!({ "records": records });
    note(&app, &workspace, "costs.removed", named, details).await?;
    Ok(Json(CostsRemoved { records }))
}

/// Says in the audit log that costs were stored; a look stores nothing and is none.
async fn note_import(
    app: &App,
    workspace: &Workspace,
    name: String,
    stored: &CostsStored,
) -> Result<(), Refusal> {
    let Some(import) = stored.import else {
        return Ok(());
    };
    let details = json!({
        "import": import,
        "records": stored.records,
        "amount": stored.amount,
        "currency": stored.currency,
    });
    note(app, workspace, "costs.stored", name, details).await
}

async fn note(
    app: &App,
    workspace: &Workspace,
    action: &str,
    subject: String,
    details: serde_json::Value,
) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.subject = Some(subject);
    audit.details = details;
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}

fn days(from: Option<String>, to: Option<String>) -> Result<Option<(String, String)>, Refusal> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let read = |name: &str, day: Option<String>, open: &str| {
        let row = CostRow {
            day: day.unwrap_or_else(|| open.to_owned()),
            amount: "0".to_owned(),
            ..CostRow::default()
        };
        let (cost, _) = row
            .read()
            .map_err(|fault| parameter(name, &fault.message))?;
        Ok::<_, Refusal>(cost.place.day.to_string())
    };
    Ok(Some((
        read("from", from, "1970-01-01")?,
        read("to", to, "2200-12-31")?,
    )))
}

fn parameter(name: &str, message: &str) -> Refusal {
    Refusal::new(Code::ParameterUnusable, format!("`{name}` {message}"))
}

fn batch_name() -> String {
    "API".to_owned()
}

impl From<CostLine> for StoredCost {
    fn from(line: CostLine) -> Self {
        Self {
            day: line.place.day.to_string(),
            channel: line.place.channel,
            source: line.place.source,
            campaign: line.place.campaign,
            amount: written_amount(line.paid.micros),
            impressions: line.paid.impressions,
            clicks: line.paid.clicks,
            records: line.records,
        }
    }
}

impl From<CostImport> for StoredCostImport {
    fn from(it: CostImport) -> Self {
        Self {
            id: it.id,
            name: it.name,
            member: it.member,
            at: it.at,
            currency: it.currency,
            records: it.records,
            records_live: it.records_live,
        }
    }
}
