//! What looks wrong in the names, each with a rule that would mend it.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use serde::Serialize;
use throughline_insight::{AskError, Cancel, FieldFacts, TypeFacts, View, mixed_fields, twins};
use throughline_model::{
    EventName, Field, Role,
    naming::{NameRule, ValueKind},
};
use throughline_store::EventNames;
use utoipa::ToSchema;

use super::{
    super::catalog::{FieldUse, fields},
    list::{CatalogueEvent, SentName, events},
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{refusal::Refusal, routes::Route},
    workspace::Context,
};

/// What looks wrong in the names.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposals {
    pub twins: Vec<TwinEvents>,
    pub property_twins: Vec<TwinProperties>,
    pub flips: Vec<TypeFlip>,
    /// How many events were looked at to find properties; counts are of all.
    pub looked_at: u64,
}

/// Events whose names differ in case, separators or plural only.
#[derive(Debug, Serialize, ToSchema)]
pub struct TwinEvents {
    /// The most frequent first.
    pub names: Vec<SentName>,
    /// Shows them all as the most frequent.
    pub rule: NameRule,
}

/// Properties whose names differ in case, separators or plural only.
#[derive(Debug, Serialize, ToSchema)]
pub struct TwinProperties {
    /// The most frequent first, with their share of the events that were looked at.
    pub fields: Vec<FieldUse>,
    /// One for each of the others, which reads it as the most frequent.
    pub rules: Vec<NameRule>,
}

/// A property that holds one type in some events and another in others.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeFlip {
    #[schema(value_type = String)]
    pub property: Field,
    /// The most frequent first.
    pub types: Vec<TypeFacts>,
    pub events: Vec<EventTypes>,
    /// Reads it as the most frequent type.
    pub rule: NameRule,
}

/// Which types a property holds in one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventTypes {
    pub event: String,
    pub types: Vec<TypeFacts>,
}

/// Properties of which all values are looked at.
const FIELDS_MAX: usize = 200;

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_list,
        list,
    )]
}

/// What looks wrong in the names, each with a rule that would mend it.
#[utoipa::path(get, path = "/api/w/{ws}/catalogue/proposals", tag = "catalogue",
    operation_id = "listNameProposals", params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Proposals)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let asked = Asked::of(&workspace, "catalogue proposals");
    answers::answer(&app, asked, proposals).await
}

fn proposals(context: &Context, cancel: &Cancel) -> Result<Proposals, AskError> {
    let all = events(context, cancel)?;
    let is_seen = |it: &&CatalogueEvent| !(it.system || it.blocked || it.hidden);
    let seen: Vec<&CatalogueEvent> = all.iter().filter(is_seen).collect();
    let found = fields(context, cancel)?;
    let properties: Vec<&FieldUse> = (found.fields.iter())
        .filter(|it| matches!(it.field, Field::Property(_)))
        .collect();
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let wanted: Vec<Field> = (properties.iter())
        .take(FIELDS_MAX)
        .map(|it| it.field.clone())
        .collect();
    let flips = mixed_fields(&view, &wanted)?;
    let names = &context.snapshot.names;
    Ok(Proposals {
        twins: event_twins(&seen),
        property_twins: property_twins(&properties),
        flips: flips.into_iter().filter_map(|it| flip(it, names)).collect(),
        looked_at: found.sampled,
    })
}

fn event_twins(seen: &[&CatalogueEvent]) -> Vec<TwinEvents> {
    let by_name: BTreeMap<&str, &CatalogueEvent> =
        seen.iter().map(|it| (it.name.as_str(), *it)).collect();
    let groups = twins(seen.iter().map(|it| (it.name.as_str(), it.events)));
    let of = |names: &[&str]| {
        let parsed = |name: &&str| EventName::parse(name).ok();
        let to = parsed(names.first()?)?;
        let others: Vec<&CatalogueEvent> = names[1..].iter().map(|it| by_name[it]).collect();
        // What is shown under a name already is renamed by what it is sent as.
        let sent = others.iter().flat_map(|it| &it.sent);
        let from = sent
            .filter_map(|it| EventName::parse(&it.name).ok())
            .collect();
        let names = names.iter().map(|name| {
            let it = by_name[name];
            SentName {
                name: it.name.clone(),
                events: it.events,
                first: it.first,
                last: it.last,
            }
        });
        Some(TwinEvents {
            names: names.collect(),
            rule: NameRule::Rename { from, to },
        })
    };
    groups.iter().filter_map(|it| of(&it.names)).collect()
}

/// Twins of one object: `a.item_id` and `b.itemId` are two.
fn property_twins(fields: &[&FieldUse]) -> Vec<TwinProperties> {
    let mut by_parent: BTreeMap<&[String], Vec<&FieldUse>> = BTreeMap::new();
    for it in fields {
        if let Field::Property(path) = &it.field
            && let Some((_, parent)) = path.split_last()
        {
            by_parent.entry(parent).or_default().push(it);
        }
    }
    let mut found = Vec::new();
    for them in by_parent.values() {
        let name_of = |it: &FieldUse| match &it.field {
            Field::Property(path) => path.last().cloned().unwrap_or_default(),
            _ => String::new(),
        };
        let named: Vec<(String, &FieldUse)> = them.iter().map(|it| (name_of(it), *it)).collect();
        // Shares of one sample order as counts do.
        let weight = |it: &FieldUse| (it.share * 1e9) as u64;
        for group in twins(named.iter().map(|(name, it)| (name.as_str(), weight(it)))) {
            let uses: Vec<FieldUse> = (group.names.iter())
                .filter_map(|name| named.iter().find(|it| it.0 == *name))
                .map(|(_, it)| (*it).clone())
                .collect();
            let Some((first, others)) = uses.split_first() else {
                continue;
            };
            let rules = others.iter().map(|it| NameRule::Property {
                events: Vec::new(),
                from: it.field.clone(),
                to: first.field.clone(),
            });
            found.push(TwinProperties {
                rules: rules.collect(),
                fields: uses,
            });
        }
    }
    found
}

fn flip((property, facts): (Field, FieldFacts), names: &EventNames) -> Option<TypeFlip> {
    let mut all: BTreeMap<ValueKind, TypeFacts> = BTreeMap::new();
    let mut events = Vec::new();
    for (code, kinds) in facts {
        if names.is_quiet(code) {
            continue;
        }
        for it in &kinds {
            let sum = all.entry(it.kind).or_insert(TypeFacts { events: 0, ..*it });
            sum.events += it.events;
            sum.first = sum.first.min(it.first);
            sum.last = sum.last.max(it.last);
        }
        events.push(EventTypes {
            event: names.name(code)?.to_string(),
            types: told(kinds),
        });
    }
    if all.len() < 2 {
        return None;
    }
    let types = told(all.into_values().collect());
    let to = types.first()?.kind;
    Some(TypeFlip {
        rule: NameRule::Type {
            events: Vec::new(),
            property: property.clone(),
            to,
        },
        property,
        types,
        events,
    })
}

fn told(mut kinds: Vec<TypeFacts>) -> Vec<TypeFacts> {
    kinds.sort_by_key(|it| std::cmp::Reverse(it.events));
    kinds
}
