//! Every event that was ever seen, also those that are hidden or blocked.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use serde::Serialize;
use throughline_insight::{AskError, Cancel, View, catalog};
use throughline_model::{Channel, Role, Span, Timestamp};
use utoipa::ToSchema;

use super::{
    notes::{self, Note},
    uses::Uses,
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{refusal::Refusal, routes::Route},
    workspace::Context,
};

/// Every event that was ever seen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Catalogue {
    /// The most frequent first.
    pub events: Vec<CatalogueEvent>,
    /// An event that nobody names and that was not seen for so long is unused.
    pub unused_after: Span,
}

/// What is known of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueEvent {
    pub name: String,
    pub events: u64,
    pub profiles: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// The channel of most of its events.
    pub channel: Channel,
    pub touchpoint: Option<String>,
    pub stage: Option<String>,
    /// True for names that the product gives itself.
    pub system: bool,
    pub hidden: bool,
    pub blocked: bool,
    /// The names that it is sent under; one where nothing is renamed.
    pub sent: Vec<SentName>,
    pub note: Note,
    /// How many reports, maps, segments and rules name it.
    pub uses: u64,
    /// True where nobody names it and it was not seen for long.
    pub unused: bool,
}

/// A name that events are sent under.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SentName {
    pub name: String,
    pub events: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

const UNUSED_AFTER: Span = Span::days(30);

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_list,
        list,
    )]
}

/// Every event that was ever seen, with who uses it.
#[utoipa::path(get, path = "/api/w/{ws}/catalogue", tag = "catalogue", operation_id = "getCatalogue",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Catalogue)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    // Words of people and what they have saved are not part of the key, so nothing is kept for long.
    let asked = Asked {
        age_max: Span(0),
        ..Asked::of(&workspace, "catalogue")
    };
    answers::answer(&app, asked, |context, cancel| {
        Ok(Catalogue {
            events: events(context, cancel)?,
            unused_after: UNUSED_AFTER,
        })
    })
    .await
}

/// Every event of a moment, the most frequent first.
pub(super) fn events(context: &Context, cancel: &Cancel) -> Result<Vec<CatalogueEvent>, AskError> {
    let state = context.runtime.state();
    let notes = notes::read(state)?;
    let whole = context.with_blocked();
    let uses = Uses::read(state, &whole.snapshot.names)?;
    let vocabulary = &whole.meaning.vocabulary;
    let view = View::new(&whole.snapshot, vocabulary, cancel);
    let mut sent = sent_names(context, cancel)?;
    let names = &whole.snapshot.names;
    let naming = &context.naming.naming;
    let mut events: Vec<CatalogueEvent> = catalog(&view)?
        .into_iter()
        .filter_map(|facts| {
            let name = names.name(facts.code)?;
            let uses = uses.of_event(name.as_str()).len() as u64;
            let sent = sent.remove(name.as_str()).unwrap_or_default();
            Some(CatalogueEvent {
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
                hidden: naming.is_hidden(name),
                blocked: naming.is_blocked(name),
                note: notes.of_event(name.as_str(), &sent),
                sent,
                uses,
                unused: uses == 0 && context.now.since(facts.last) > UNUSED_AFTER,
            })
        })
        .collect();
    events.sort_by(|a, b| b.events.cmp(&a.events).then(a.name.cmp(&b.name)));
    Ok(events)
}

/// By shown name, the names that events were sent under.
fn sent_names(
    context: &Context,
    cancel: &Cancel,
) -> Result<BTreeMap<String, Vec<SentName>>, AskError> {
    let snapshot = context.runtime.pipeline().snapshot();
    let view = View::new(&snapshot, &context.meaning.vocabulary, cancel);
    let mut sent: BTreeMap<String, Vec<SentName>> = BTreeMap::new();
    for facts in catalog(&view)? {
        let Some(name) = snapshot.names.name(facts.code) else {
            continue;
        };
        let shown = context.naming.naming.shown(name).to_string();
        sent.entry(shown).or_default().push(SentName {
            name: name.to_string(),
            events: facts.events,
            first: facts.first,
            last: facts.last,
        });
    }
    for names in sent.values_mut() {
        names.sort_by(|a, b| b.events.cmp(&a.events).then(a.name.cmp(&b.name)));
    }
    Ok(sent)
}
