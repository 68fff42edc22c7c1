//! People as a table: what they are called, what is known of them, and how they were met.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::Value;
use throughline_insight::{
    Cancel, View, describe,
    table::{Cell, Column, ColumnKind, Fact, Table, Unit},
};
use throughline_model::{IdentifierKind, ProfileId, Zone, limits, report::Range};
use throughline_store::state::WorkspaceState;

use super::super::{
    ask::{Wanted, found},
    profiles::{Name, names_of},
};
use crate::{answers::refuse, export::Export, http::refusal::Refusal, workspace::Context};

/// Profiles that are looked up at once; each look walks over who is whom.
const CHUNK: usize = 10_000;

/// The people behind a number.
pub struct WantedPeople {
    pub wanted: Wanted,
    /// The same as JSON, to stand in the file.
    pub definition: String,
    /// Whether a column names the segments of each.
    pub has_segments: bool,
}

impl WantedPeople {
    /// Lists them, up to a limit that the file names.
    pub fn export(
        &self,
        title: Option<&str>,
        context: &Context,
        state: &WorkspaceState,
        cancel: &Cancel,
    ) -> Result<Export, Refusal> {
        let all = found(context, &self.wanted, cancel).map_err(refuse)?;
        let listed = &all[..all.len().min(limits::PEOPLE_EXPORT_MAX)];
        let range = self.range();
        let covered = range.resolve(context.now);
        let mut facts: Vec<Fact> = title.map(|it| Fact::new("title", it)).into_iter().collect();
        facts.extend([
            Fact::new("report", "people"),
            Fact::new("range_from", covered.from),
            Fact::new("range_to", covered.to),
            Fact::new("zone", range.zone.name()),
            Fact::new("asked", context.now),
            Fact::new("log_taken", context.snapshot.taken),
            Fact::new("link_log_position", context.snapshot.links),
            Fact::new("n", all.len()),
            Fact::new("listed", listed.len()),
            Fact::new("left_out_capped", all.len() - listed.len()),
            Fact::new("definition", self.definition.as_str()),
        ]);
        Ok(Export {
            facts,
            zone: self.zone(),
            tables: vec![table(context, state, listed, self.has_segments, cancel)?],
            json: None,
        })
    }

    fn range(&self) -> Range {
        match &self.wanted {
            Wanted::Report(report, _) => report.range().clone(),
            Wanted::Map(map, _) => map.range.clone(),
            Wanted::Rule(_) => Range::all(),
        }
    }

    fn zone(&self) -> Zone {
        self.range().zone
    }
}

fn table(
    context: &Context,
    state: &WorkspaceState,
    profiles: &[ProfileId],
    has_segments: bool,
    cancel: &Cancel,
) -> Result<Table, Refusal> {
    let vocabulary = &context.meaning.vocabulary;
    let view = View::new(&context.snapshot, vocabulary, cancel);
    let people = describe(&view, profiles).map_err(refuse)?;
    let mut names: BTreeMap<ProfileId, Name> = BTreeMap::new();
    for chunk in profiles.chunks(CHUNK) {
        cancel.check().map_err(|stopped| refuse(stopped.into()))?;
        names.extend(names_of(context, state, chunk)?);
    }
    let traits = Traits::of(names.values());
    let mut columns = vec![
        Column::whole("profile", Unit::None),
        Column::text("label"),
        Column::flag("is_known"),
        Column::text("user_ids"),
        Column::text("anonymous_ids"),
        Column::time("first"),
        Column::time("last"),
        Column::whole("events", Unit::Events),
        Column::text("stage"),
        Column::text("stage_name"),
        Column::text("channels"),
    ];
    let segments = match has_segments {
        true => {
            columns.push(Column::text("segments"));
            context.runtime.memberships().all()
        }
        false => BTreeMap::new(),
    };
    columns.extend(traits.columns());
    let mut table = Table::new("people", columns);
    for person in people {
        let name = names.remove(&person.profile).unwrap_or_default();
        let stage = person.stage.map(|(stage, _)| &vocabulary.stages[stage]);
        let channels: Vec<&str> = person.channels.iter().map(|it| it.0.name()).collect();
        let mut row: Vec<Cell> = vec![
            person.profile.0.into(),
            name.label(person.profile).into(),
            name.is_known().into(),
            identifiers(&name, IdentifierKind::User),
            identifiers(&name, IdentifierKind::Anonymous),
            person.first.into(),
            person.last.into(),
            person.events_count.into(),
            stage.map(|it| it.id.as_str()).into(),
            stage.map(|it| it.name.as_str()).into(),
            channels.join("; ").into(),
        ];
        if has_segments {
            let within = segments
                .iter()
                .filter(|(_, it)| it.contains(person.profile.0));
            let ids: Vec<&str> = within.map(|(id, _)| id.as_str()).collect();
            row.push((!ids.is_empty()).then(|| ids.join("; ")).into());
        }
        row.extend(traits.cells(&name));
        table.push(row);
    }
    Ok(table)
}

fn identifiers(name: &Name, kind: IdentifierKind) -> Cell {
    let values = name.identifiers.iter().filter(|it| it.kind == kind);
    let values: Vec<&str> = values.map(|it| &*it.value).collect();
    (!values.is_empty()).then(|| values.join("; ")).into()
}

/// Which traits have a column, in the order of their names.
struct Traits {
    listed: BTreeMap<String, ColumnKind>,
    has_others: bool,
}

impl Traits {
    /// The most frequent traits; a column is of numbers when all its values are.
    fn of<'a>(names: impl Iterator<Item = &'a Name>) -> Self {
        let mut uses: BTreeMap<&str, (usize, Option<ColumnKind>)> = BTreeMap::new();
        for name in names {
            for (trait_name, value) in values(name) {
                let kind = kind_of(&value);
                let (count, so_far) = uses.entry(trait_name).or_insert((0, Some(kind)));
                *count += 1;
                *so_far = so_far.filter(|it| *it == kind);
            }
        }
        let mut ranked: Vec<_> = uses.into_iter().collect();
        ranked.sort_by_key(|(name, (count, _))| (Reverse(*count), *name));
        let has_others = ranked.len() > limits::EXPORT_TRAITS_MAX;
        ranked.truncate(limits::EXPORT_TRAITS_MAX);
        let listed = ranked.into_iter();
        let listed = listed
            .map(|(name, (_, kind))| (name.to_owned(), kind.unwrap_or(ColumnKind::Text)))
            .collect();
        Self { listed, has_others }
    }

    fn columns(&self) -> Vec<Column> {
        let named =
            |(name, kind): (&String, &ColumnKind)| Column::named(format!("trait.{name}"), *kind);
        let mut columns: Vec<Column> = self.listed.iter().map(named).collect();
        if self.has_others {
            columns.push(Column::text("other_traits"));
        }
        columns
    }

    fn cells(&self, name: &Name) -> Vec<Cell> {
        let mut own: BTreeMap<&str, Value> = values(name).collect();
        let listed = self.listed.keys().map(|it| own.remove(it.as_str()));
        let mut cells: Vec<Cell> = listed.map(|value| value.map(cell).into()).collect();
        if self.has_others {
            let others = (!own.is_empty()).then(|| serde_json::json!(own).to_string());
            cells.push(others.into());
        }
        // A column of texts holds the others as texts.
        for (kind, cell) in self.listed.values().zip(&mut cells) {
            if *kind == ColumnKind::Text {
                match cell {
                    Cell::Real(number) => *cell = number.to_string().into(),
                    Cell::Flag(flag) => *cell = flag.to_string().into(),
                    _ => {}
                }
            }
        }
        cells
    }
}

fn values(name: &Name) -> impl Iterator<Item = (&str, Value)> {
    name.traits.iter().filter_map(|row| {
        let value = serde_json::from_str(row.value.as_deref()?).ok()?;
        Some((&*row.name, value))
    })
}

fn kind_of(value: &Value) -> ColumnKind {
    match value {
        Value::Number(_) => ColumnKind::Real,
        Value::Bool(_) => ColumnKind::Flag,
        _ => ColumnKind::Text,
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Missing,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => number.as_f64().into(),
        Value::String(text) => text.into(),
        value => value.to_string().into(),
    }
}
