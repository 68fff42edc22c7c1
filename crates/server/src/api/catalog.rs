//! What there is to ask about: event names, fields, and the values of a field.

use std::collections::{BTreeMap, BTreeSet};

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use throughline_insight::{AskError, Cancel, Label, Numbers, View, catalog, events_at, spread};
use throughline_model::{
    Channel, Field, Matcher, Role, Timestamp, Value,
    naming::ValueKind,
    report::{Counts, Every, NamedMatcher, Range, Report},
};
use throughline_store::StoredEvent;
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::Context,
};

/// Every event name of a workspace, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Catalog {
    pub names: Vec<CatalogEvent>,
}

/// What is known of an event name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogEvent {
    pub name: String,
    pub events: u64,
    pub profiles: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// The channel of most of its events.
    pub channel: Channel,
    /// The touchpoint of most of its events.
    pub touchpoint: Option<String>,
    /// The stage that most of its events lead to.
    pub stage: Option<String>,
    /// True for names that the product gives itself.
    pub system: bool,
}

/// The fields that events have, judged by a sample.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fields {
    /// How many events were looked at.
    pub sampled: u64,
    pub fields: Vec<FieldUse>,
}

/// A field that events have.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldUse {
    #[schema(value_type = String)]
    pub field: Field,
    /// Of the events that were looked at.
    pub share: f64,
    pub types: Vec<ValueKind>,
}

/// The most frequent values of a field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldValues {
    pub values: Vec<FieldValue>,
}

/// A value of a field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldValue {
    pub value: Value,
    pub events: u64,
}

/// Which values to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ValuesOf {
    /// Like `properties.price`.
    pub field: String,
    /// The beginning of the value, in whatever case.
    pub prefix: Option<String>,
}

const VALUES_MAX: usize = 50;
const SAMPLE: usize = 3_000;
const FIELDS_MAX: usize = 500;
const DEPTH_MAX: usize = 3;

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_list_names, list_names),
        Route::new(reads, __path_list_fields, list_fields),
        Route::new(reads, __path_list_values, list_values),
    ]
}

/// Every event name, the most frequent first.
#[utoipa::path(get, path = "/api/w/{ws}/events", tag = "catalog", operation_id = "listEvents",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Catalog)))]
async fn list_names(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let asked = Asked::of(&workspace, "events");
    answers::answer(&app, asked, |context, cancel| {
        Ok(Catalog {
            names: names(context, cancel)?,
        })
    })
    .await
}

/// The fields that events have.
#[utoipa::path(get, path = "/api/w/{ws}/fields", tag = "catalog", operation_id = "listFields",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Fields)))]
async fn list_fields(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let asked = Asked::of(&workspace, "fields");
    answers::answer(&app, asked, fields).await
}

/// The most frequent values of a field.
#[utoipa::path(get, path = "/api/w/{ws}/fields/values", tag = "catalog", operation_id = "listValues",
    params(("ws" = String, Path, description = "The workspace"), ValuesOf),
    responses((status = 200, body = FieldValues)))]
async fn list_values(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<ValuesOf>,
) -> Result<Response, Refusal> {
    let field = Field::parse(&query.field)
        .map_err(|message| Refusal::new(Code::ParameterUnusable, message))?;
    let prefix = query.prefix.unwrap_or_default().to_lowercase();
    let asked = Asked::of(&workspace, &format!("values {field} {prefix}"));
    answers::answer(&app, asked, move |context, cancel| {
        values(context, field, &prefix, cancel)
    })
    .await
}

/// Every event name of a moment, the most frequent first.
pub fn names(context: &Context, cancel: &Cancel) -> Result<Vec<CatalogEvent>, AskError> {
    let vocabulary = &context.meaning.vocabulary;
    let view = View::new(&context.snapshot, vocabulary, cancel);
    let mut names: Vec<CatalogEvent> = catalog(&view)?
        .into_iter()
        .filter_map(|facts| {
            let names = &context.snapshot.names;
            let name = names.name(facts.code)?;
            if names.is_quiet(facts.code) && !name.is_system() {
                // Hidden names are to be offered nowhere.
                return None;
            }
            Some(CatalogEvent {
                name: name.to_string(),
                events: facts.events,
                profiles: facts.profiles,
                first: facts.first,
                last: facts.last,
                channel: facts.channel,
                touchpoint: facts
                    .touchpoint
                    .map(|index| vocabulary.touchpoints[index].id.clone()),
                stage: facts.stage.map(|index| vocabulary.stages[index].id.clone()),
                system: name.is_system(),
            })
        })
        .collect();
    names.sort_by(|a, b| b.events.cmp(&a.events).then(a.name.cmp(&b.name)));
    Ok(names)
}

pub(super) fn fields(context: &Context, cancel: &Cancel) -> Result<Fields, AskError> {
    let mut seen: BTreeMap<Field, (u64, BTreeSet<ValueKind>)> = BTreeMap::new();
    let events = sample(context, cancel)?;
    for event in &events {
        let mut found = Vec::new();
        for (map, field) in [
            (
                event.properties.to_map(),
                Field::Property as fn(Vec<String>) -> Field,
            ),
            (event.context.to_map(), Field::Context),
        ] {
            leaves(&map, &mut Vec::new(), &mut |path, kind| {
                found.push((field(path.to_vec()), kind));
            });
        }
        for (field, kind) in found {
            let (count, types) = seen.entry(field).or_default();
            *count += 1;
            types.insert(kind);
        }
    }
    let sampled = events.len() as u64;
    let bot = Field::Context(vec!["bot".to_owned()]);
    let agent = Field::Context(vec!["userAgent".to_owned()]);
    if let Some((count, _)) = seen.get(&agent).cloned() {
        // It is worked out from the browser, so it can be asked of each event that names one.
        seen.entry(bot)
            .or_insert_with(|| (count, BTreeSet::from([ValueKind::Text])));
    }
    let mut fields: Vec<FieldUse> = seen
        .into_iter()
        .map(|(field, (count, types))| FieldUse {
            field,
            share: count as f64 / sampled as f64,
            types: types.into_iter().collect(),
        })
        .collect();
    fields.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.field.cmp(&b.field)));
    fields.truncate(FIELDS_MAX);
    Ok(Fields { sampled, fields })
}

/// Events spread evenly over all that are not hidden.
fn sample(context: &Context, cancel: &Cancel) -> Result<Vec<StoredEvent>, AskError> {
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let names = &context.snapshot.names;
    let is_hidden: Vec<bool> = (names.iter())
        .map(|(code, name)| names.is_quiet(code) && !name.is_system())
        .collect();
    let is_seen = |run: usize, row: usize| {
        let event = context.snapshot.runs[run].event[row];
        !is_hidden[usize::from(event)]
    };
    events_at(&view, &spread(&view, SAMPLE, is_seen))
}

pub(super) fn leaves(
    map: &serde_json::Map<String, serde_json::Value>,
    path: &mut Vec<String>,
    see: &mut impl FnMut(&[String], ValueKind),
) {
    for (name, value) in map {
        // A name with a dot cannot be told from a path.
        if name.is_empty() || name.contains('.') {
            continue;
        }
        path.push(name.clone());
        match value {
            serde_json::Value::String(_) => see(path, ValueKind::Text),
            serde_json::Value::Number(_) => see(path, ValueKind::Number),
            serde_json::Value::Bool(_) => see(path, ValueKind::Flag),
            serde_json::Value::Object(inner) if path.len() < DEPTH_MAX => leaves(inner, path, see),
            _ => {}
        }
        path.pop();
    }
}

fn values(
    context: &Context,
    field: Field,
    prefix: &str,
    cancel: &Cancel,
) -> Result<FieldValues, AskError> {
    let report = Report::Counts(Counts {
        range: Range::all(),
        series: vec![NamedMatcher {
            name: "all".to_owned(),
            matcher: Matcher::default(),
        }],
        every: Every::Range,
        filter: None,
        people: None,
        accounts: None,
        breakdown: Some(field.into()),
    });
    let Numbers::Counts(counts) = context.ask(&report, cancel)?.numbers else {
        unreachable!("counts are answered with counts");
    };
    let fits = |value: &Value| match value {
        Value::Text(text) => text.to_lowercase().starts_with(prefix),
        Value::Number(number) => number.to_string().starts_with(prefix),
        Value::Flag(flag) => flag.to_string().starts_with(prefix),
    };
    let mut values: Vec<FieldValue> = counts
        .series
        .into_iter()
        .filter_map(|series| match series.label {
            Some(Label::Value(value)) if fits(&value) => Some(FieldValue {
                value,
                events: series.total.events,
            }),
            _ => None,
        })
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.events));
    values.truncate(VALUES_MAX);
    Ok(FieldValues { values })
}
