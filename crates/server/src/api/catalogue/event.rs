//! One event: its properties with their types, samples, and who uses it.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use throughline_insight::{AskError, Cancel, TypeFacts, View, events_at, field_facts, spread};
use throughline_model::{EventCode, EventName, Field, Role, Span, Timestamp, Value};
use throughline_store::{StoredEvent, value_of};
use utoipa::{IntoParams, ToSchema};

use super::{
    super::catalog::leaves,
    list::{CatalogueEvent, events},
    notes::{self, Note},
    uses::{Use, Uses},
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked, refuse},
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::Context,
};

/// Everything that is known of one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct CataloguePage {
    pub event: CatalogueEvent,
    /// How many events were looked at to find its properties; their counts are of all.
    pub looked_at: u64,
    /// The most frequent first.
    pub properties: Vec<PropertyFacts>,
    /// The newest.
    pub samples: Vec<SampleEvent>,
    pub uses: Vec<Use>,
}

/// What is known of a property in one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct PropertyFacts {
    #[schema(value_type = String)]
    pub property: Field,
    /// Events in which it has a value.
    pub events: u64,
    /// Of the events of the name.
    pub share: f64,
    /// The most frequent first.
    pub types: Vec<TypeFacts>,
    /// Some values, as they were met first.
    pub values: Vec<Value>,
    pub note: Note,
    pub uses: Vec<Use>,
}

/// One event as it was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleEvent {
    pub time: Timestamp,
    /// The name that it was sent under.
    pub sent_as: String,
    #[schema(value_type = Object)]
    pub properties: serde_json::Value,
    #[schema(value_type = Object)]
    pub context: serde_json::Value,
}

/// Which event.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichEvent {
    /// As it is shown, or as it is sent.
    #[param(value_type = String)]
    pub name: EventName,
}

const LOOKED_AT_MAX: usize = 2_000;
const PROPERTIES_MAX: usize = 100;
const SAMPLES: usize = 5;
const VALUES: usize = 5;

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_show,
        show,
    )]
}

/// One event with its properties, samples and uses.
#[utoipa::path(get, path = "/api/w/{ws}/catalogue/event", tag = "catalogue", operation_id = "getCatalogueEvent",
    params(("ws" = String, Path, description = "The workspace"), WhichEvent),
    responses((status = 200, body = CataloguePage)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<WhichEvent>,
) -> Result<Response, Refusal> {
    let asked = Asked {
        age_max: Span(0),
        ..Asked::of(&workspace, &format!("catalogue {}", query.name))
    };
    answers::try_answer(&app, asked, move |context, cancel| {
        let page = page(context, &query.name, cancel).map_err(refuse)?;
        page.ok_or_else(|| {
            let message = format!("no event named `{}` was ever seen", query.name);
            Refusal::new(Code::DocumentUnknown, message)
        })
    })
    .await
}

fn page(
    context: &Context,
    name: &EventName,
    cancel: &Cancel,
) -> Result<Option<CataloguePage>, AskError> {
    let shown = context.naming.naming.shown(name).to_string();
    let event = events(context, cancel)?
        .into_iter()
        .find(|it| it.name == shown);
    let whole = context.with_blocked();
    let code = EventName::parse(&shown).ok();
    let code = code.and_then(|name| whole.snapshot.names.code(&name));
    let (Some(event), Some(code)) = (event, code) else {
        return Ok(None);
    };
    let state = context.runtime.state();
    let uses = Uses::read(state, &whole.snapshot.names)?;
    let notes = notes::read(state)?;
    let view = View::new(&whole.snapshot, &whole.meaning.vocabulary, cancel);
    let looked_at = look(&view, code)?;
    let mut properties = Vec::new();
    for (property, values) in fields_of(&looked_at) {
        let path = property.to_string();
        let mut types: Vec<TypeFacts> = (field_facts(&view, Some(code), &property)?)
            .remove(&code)
            .unwrap_or_default();
        types.sort_by_key(|it| std::cmp::Reverse(it.events));
        let count = types.iter().map(|it| it.events).sum();
        properties.push(PropertyFacts {
            events: count,
            share: count as f64 / event.events.max(1) as f64,
            types,
            values,
            note: notes.of_property(&property, &context.naming.naming),
            uses: uses.of_property(&path),
            property,
        });
    }
    properties.sort_by(|a, b| b.events.cmp(&a.events).then(a.property.cmp(&b.property)));
    let mut newest: Vec<&StoredEvent> = looked_at.iter().collect();
    newest.sort_by_key(|it| std::cmp::Reverse((it.time, it.seq)));
    let names = &whole.snapshot.names;
    let samples = newest.into_iter().take(SAMPLES).map(|it| SampleEvent {
        time: it.time,
        sent_as: (names.sent(EventCode(it.event))).map_or_else(String::new, ToString::to_string),
        properties: it.properties.to_map().into(),
        context: it.context.to_map().into(),
    });
    Ok(Some(CataloguePage {
        looked_at: looked_at.len() as u64,
        samples: samples.collect(),
        properties,
        uses: uses.of_event(&event.name),
        event,
    }))
}

fn look(view: &View<'_>, code: EventCode) -> Result<Vec<StoredEvent>, AskError> {
    let is_it = |run: usize, row: usize| view.snapshot.runs[run].event[row] == code.0;
    events_at(view, &spread(view, LOOKED_AT_MAX, is_it))
}

/// The properties that some events have, each with a few values.
fn fields_of(events: &[StoredEvent]) -> Vec<(Field, Vec<Value>)> {
    let mut found: BTreeMap<Field, (u64, Vec<Value>)> = BTreeMap::new();
    for event in events {
        let mut paths = Vec::new();
        leaves(
            &event.properties.to_map(),
            &mut Vec::new(),
            &mut |path, _| {
                paths.push(Field::Property(path.to_vec()));
            },
        );
        for field in paths {
            let value = value_of(event, &field);
            let (count, values) = found.entry(field).or_default();
            *count += 1;
            if let Some(value) = value.filter(|it| values.len() < VALUES && !values.contains(it)) {
                values.push(value);
            }
        }
    }
    let mut fields: Vec<(u64, Field, Vec<Value>)> = found
        .into_iter()
        .map(|(field, (count, values))| (count, field, values))
        .collect();
    fields.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    fields.truncate(PROPERTIES_MAX);
    fields
        .into_iter()
        .map(|(_, field, values)| (field, values))
        .collect()
}
