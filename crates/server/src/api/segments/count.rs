//! How many people satisfy a rule, how rules overlap, and which traits there are to ask for.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use throughline_insight::{Overlap, RuleCounts, View, count_people, overlap};
use throughline_model::{Role, Timestamp, Value, limits, people::PeopleRule};
use utoipa::{IntoParams, ToSchema};

use super::check_rule;
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    api::{ask::ticket, session::faulty},
    app::App,
    http::{
        body::{Body, Query},
        refusal::Refusal,
        routes::Route,
    },
};

/// Which people to count.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountQuery {
    pub rule: PeopleRule,
}

/// How many satisfy a rule now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleCount {
    /// What counted as now.
    pub asked: Timestamp,
    #[serde(flatten)]
    pub counts: RuleCounts,
}

/// Rules, or segments as rules, whose overlap is wanted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverlapQuery {
    /// 2 to 20.
    pub rules: Vec<PeopleRule>,
}

/// How rules overlap now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleOverlap {
    /// What counted as now.
    pub asked: Timestamp,
    #[serde(flatten)]
    pub overlap: Overlap,
}

/// Traits that sources have told, those of most identifiers first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Traits {
    pub traits: Vec<TraitUse>,
}

/// A trait that sources have told.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraitUse {
    pub name: String,
    /// Identifiers that it was told of.
    pub identifiers: u64,
}

/// Which values of a trait to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TraitValuesOf {
    pub name: String,
    /// The beginning of the value, in whatever case.
    pub prefix: Option<String>,
}

/// The most frequent values of a trait.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraitValues {
    pub values: Vec<TraitValue>,
}

/// A value of a trait.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraitValue {
    pub value: Value,
    pub profiles: u64,
}

const VALUES_MAX: usize = 50;
const NAMES_MAX: usize = 500;

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_count, count),
        Route::new(reads, __path_overlaps, overlaps),
        Route::new(reads, __path_list_traits, list_traits),
        Route::new(reads, __path_list_trait_values, list_trait_values),
    ]
}

/// How many people satisfy a rule now, and how much each of its conditions narrows.
#[utoipa::path(post, path = "/api/w/{ws}/people/count", tag = "segments", operation_id = "countPeople",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = CountQuery, responses((status = 200, body = PeopleCount)))]
async fn count(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<CountQuery>,
) -> Result<Response, Refusal> {
    check_rule(&workspace, &body.rule, "rule")?;
    let asked = asked(&workspace, &headers, "count", &body)?;
    answers::answer(&app, asked, move |context, cancel| {
        let snapshot = context.snapshot_for(&[&body.rule])?;
        let view = View::new(&snapshot, &context.meaning.vocabulary, cancel);
        Ok(PeopleCount {
            asked: context.now,
            counts: count_people(&view, &body.rule, context.now)?,
        })
    })
    .await
}

/// How the people of several rules overlap now: each, every two, and every region of two or three.
#[utoipa::path(post, path = "/api/w/{ws}/people/overlap", tag = "segments", operation_id = "overlapPeople",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = OverlapQuery, responses((status = 200, body = PeopleOverlap)))]
async fn overlaps(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<OverlapQuery>,
) -> Result<Response, Refusal> {
    let most = limits::OVERLAP_SEGMENTS_MAX;
    if !(2..=most).contains(&body.rules.len()) {
        return Err(faulty("rules", &format!("number 2 to {most}")));
    }
    for (index, rule) in body.rules.iter().enumerate() {
        check_rule(&workspace, rule, &format!("rules[{index}]"))?;
    }
    let asked = asked(&workspace, &headers, "overlap", &body)?;
    answers::answer(&app, asked, move |context, cancel| {
        let rules: Vec<&PeopleRule> = body.rules.iter().collect();
        let snapshot = context.snapshot_for(&rules)?;
        let view = View::new(&snapshot, &context.meaning.vocabulary, cancel);
        Ok(PeopleOverlap {
            asked: context.now,
            overlap: overlap(&view, &body.rules, context.now)?,
        })
    })
    .await
}

/// The traits that sources have told.
#[utoipa::path(get, path = "/api/w/{ws}/traits", tag = "catalog", operation_id = "listTraits",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Traits)))]
async fn list_traits(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let runtime = workspace.runtime.clone();
    let asked = Asked::of(&workspace, "traits");
    answers::answer(&app, asked, move |_, _| {
        let names = runtime.state().trait_names(NAMES_MAX)?.into_iter();
        let traits = names.map(|(name, identifiers)| TraitUse { name, identifiers });
        Ok(Traits {
            traits: traits.collect(),
        })
    })
    .await
}

/// The most frequent values of a trait.
#[utoipa::path(get, path = "/api/w/{ws}/traits/values", tag = "catalog", operation_id = "listTraitValues",
    params(("ws" = String, Path, description = "The workspace"), TraitValuesOf),
    responses((status = 200, body = TraitValues)))]
async fn list_trait_values(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<TraitValuesOf>,
) -> Result<Response, Refusal> {
    let (name, prefix) = (query.name, query.prefix.unwrap_or_default().to_lowercase());
    let runtime = workspace.runtime.clone();
    let asked = Asked::of(&workspace, &format!("trait values {name:?} {prefix}"));
    answers::answer(&app, asked, move |context, _| {
        let column = runtime.state().trait_column(&name)?;
        let values = column.values(|actor| context.snapshot.root(actor));
        Ok(ranked(values.into_values(), &prefix))
    })
    .await
}

fn ranked(values: impl Iterator<Item = Value>, prefix: &str) -> TraitValues {
    let mut counts: BTreeMap<String, TraitValue> = BTreeMap::new();
    for value in values {
        let text = match &value {
            Value::Text(text) => text.to_lowercase(),
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
        };
        if !text.starts_with(prefix) {
            continue;
        }
        let key = serde_json::to_string(&value).expect("a scalar is JSON");
        let counted = counts
            .entry(key)
            .or_insert(TraitValue { value, profiles: 0 });
        counted.profiles += 1;
    }
    let mut ranked: Vec<(String, TraitValue)> = counts.into_iter().collect();
    ranked.sort_by(|(a, left), (b, right)| right.profiles.cmp(&left.profiles).then(a.cmp(b)));
    ranked.truncate(VALUES_MAX);
    TraitValues {
        values: ranked.into_iter().map(|(_, value)| value).collect(),
    }
}

fn asked<'a>(
    workspace: &'a Workspace,
    headers: &HeaderMap,
    what: &str,
    body: &impl Serialize,
) -> Result<Asked<'a>, Refusal> {
    let body = serde_json::to_string(body).expect("rules have text keys");
    Ok(Asked {
        ticket: ticket(workspace, headers)?,
        ..Asked::of(workspace, &format!("{what} {body}"))
    })
}
