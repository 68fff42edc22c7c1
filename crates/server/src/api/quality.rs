//! How far the data can be trusted: every figure with what it was taken from.

use std::collections::{BTreeMap, BTreeSet};

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_insight::{
    AskError, Cancel, Unrated, View,
    quality::{
        Arrivals, Bots, OutOfOrder, SourceGap, arrivals, bots, out_of_order, sample, sample_lives,
        source_gaps,
    },
    unrated,
};
use throughline_model::{Matcher, Role, SourceId, Span, TimeRange, Timestamp};
use throughline_store::state::{
    DocumentKind, QuarantineFilter, SourceCounts, StateError, WorkspaceState,
};
use utoipa::{IntoParams, ToSchema};

use super::quarantine::HeldBack;
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    work::blocking,
    workspace::Context,
};

/// How far the data of the last weeks can be trusted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DataQuality {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Hours in which a source sent far less than in other weeks, the latest first.
    pub gaps: Vec<SourceGap>,
    pub sources: Vec<SourceQuality>,
    /// How many events were looked at for when they arrived.
    pub looked_at: u64,
    /// Without imports, which are all late.
    pub arrivals: Vec<Arrivals>,
    pub out_of_order: OutOfOrder,
    pub bots: Bots,
    /// Whose events are told as `goals`; none where no funnel is saved.
    pub goal: Option<QualityGoal>,
    /// Amounts that are in no sum.
    pub unrated: Unrated,
    /// Of all time.
    pub quarantined: Vec<HeldBack>,
}

/// What one source sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceQuality {
    pub source: SourceId,
    /// In the range.
    pub events: u64,
    /// Hours that could be held against other weeks.
    pub hours_judged: u64,
    /// What was expected in its gaps and did not come.
    pub missing: f64,
    /// Of all time, as the three below.
    pub stored: u64,
    pub duplicate: u64,
    pub quarantined: u64,
    /// Rows of a file that are no events.
    pub faulty: u64,
}

/// The end of the funnel that was saved last.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityGoal {
    pub report: String,
    pub title: String,
    pub step: String,
}

/// Of which time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QualityRange {
    /// Days up to now, 7 to 365; 56 when it is left out. Gaps need four weeks.
    pub days: Option<i64>,
}

const DAYS: i64 = 56;
const LOOKED_AT_MAX: usize = 10_000;
const PROFILES_MAX: usize = 200;

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_show,
        show,
    )]
}

/// How far the data can be trusted.
#[utoipa::path(get, path = "/api/w/{ws}/quality", tag = "catalogue", operation_id = "getDataQuality",
    params(("ws" = String, Path, description = "The workspace"), QualityRange),
    responses((status = 200, body = DataQuality)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<QualityRange>,
) -> Result<Response, Refusal> {
    let days = query.days.unwrap_or(DAYS);
    if !(7..=365).contains(&days) {
        return Err(Refusal::new(Code::ParameterUnusable, "`days` is 7 to 365"));
    }
    let runtime = workspace.runtime.clone();
    let goal = blocking(move || goal(runtime.state())).await;
    let goal = goal.map_err(|error| Refusal::internal(&error))?;
    // A report that is saved or changed is no event, so the answer is told apart by it.
    let end = serde_json::to_string(&goal).expect("goals have text keys");
    let asked = Asked::of(&workspace, &format!("quality {days} {end}"));
    answers::answer(&app, asked, move |context, cancel| {
        quality(context, days, goal, cancel)
    })
    .await
}

fn quality(
    context: &Context,
    days: i64,
    goal: Option<Goal>,
    cancel: &Cancel,
) -> Result<DataQuality, AskError> {
    let state = context.runtime.state();
    let range = TimeRange {
        from: context.now.minus(Span::days(days)),
        to: context.now,
    };
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let imports: BTreeSet<SourceId> = state.imports()?.iter().map(|it| it.source).collect();
    let (mut gaps, volumes) = source_gaps(&view, range)?;
    // A file has no hours in which it should have come.
    gaps.retain(|it| !imports.contains(&it.source));
    let mut sources: BTreeMap<SourceId, SourceQuality> = BTreeMap::new();
    for (source, counts) in state.source_counts()? {
        sources.insert(source, counted(source, counts));
    }
    for (source, volume) in volumes {
        let its = sources
            .entry(source)
            .or_insert_with(|| counted(source, SourceCounts::default()));
        its.events = volume.events;
        its.hours_judged = volume.hours_judged;
    }
    for gap in &gaps {
        if let Some(its) = sources.get_mut(&gap.source) {
            its.missing += gap.expected - gap.events as f64;
        }
    }
    let looked_at = sample(&view, range, &imports, LOOKED_AT_MAX)?;
    let lives = sample_lives(&view, range, &imports, PROFILES_MAX)?;
    let condition = goal.as_ref().map(|it| view.matcher(&it.1)).transpose()?;
    let quarantine = state.quarantine(&QuarantineFilter::default())?;
    let mut sources: Vec<SourceQuality> = sources.into_values().collect();
    sources.sort_by(|a, b| b.events.cmp(&a.events).then(a.source.cmp(&b.source)));
    Ok(DataQuality {
        from: range.from,
        to: range.to,
        gaps,
        sources,
        looked_at: looked_at.len() as u64,
        arrivals: arrivals(&looked_at),
        out_of_order: out_of_order(&lives),
        bots: bots(&view, range, condition.as_ref())?,
        goal: goal.map(|it| it.0),
        unrated: unrated(&view, range)?,
        quarantined: (quarantine.by_reason.into_iter())
            .map(|it| HeldBack {
                reason: it.reason,
                count: it.count,
            })
            .collect(),
    })
}

fn counted(source: SourceId, counts: SourceCounts) -> SourceQuality {
    SourceQuality {
        source,
        events: 0,
        hours_judged: 0,
        missing: 0.0,
        stored: counts.stored,
        duplicate: counts.duplicate,
        quarantined: counts.quarantined,
        faulty: counts.faulty,
    }
}

/// The last step of the funnel that was saved last, and what it takes.
type Goal = (QualityGoal, Matcher);

fn goal(state: &WorkspaceState) -> Result<Option<Goal>, StateError> {
    for document in state.documents(DocumentKind::Report)? {
        let Ok(json) = serde_json::from_str::<Value>(&document.json) else {
            continue;
        };
        let report = json.get("report").unwrap_or(&json);
        if report.get("kind").is_none_or(|it| it != "funnel") {
            continue;
        }
        let last = report
            .get("steps")
            .and_then(Value::as_array)
            .and_then(|it| it.last());
        let Some(last) = last else {
            continue;
        };
        let matcher = last
            .get("matcher")
            .cloned()
            .map(serde_json::from_value::<Matcher>);
        if let Some(Ok(matcher)) = matcher {
            let step = last.get("name").and_then(Value::as_str).unwrap_or_default();
            let goal = QualityGoal {
                report: document.head.id,
                title: document.head.title,
                step: step.to_owned(),
            };
            return Ok(Some((goal, matcher)));
        }
    }
    Ok(None)
}
