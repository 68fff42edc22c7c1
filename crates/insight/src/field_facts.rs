//! What a property holds, event by event: how often, of which types, and since when.

use std::collections::BTreeMap;

use arrow::array::Array;
use serde::Serialize;
use throughline_model::{EventCode, Field, Timestamp, naming::ValueKind};
use throughline_store::Values;
use utoipa::ToSchema;

use crate::{ask::AskError, sampling::live_rows, view::View};

/// Events in which a property holds one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TypeFacts {
    #[serde(rename = "type")]
    pub kind: ValueKind,
    pub events: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// What one field holds, by event; events without a value are left out.
pub type FieldFacts = BTreeMap<EventCode, Vec<TypeFacts>>;

/// What a field holds in the events of a name, or in all of them.
pub fn field_facts(
    view: &View<'_>,
    event: Option<EventCode>,
    field: &Field,
) -> Result<FieldFacts, AskError> {
    let mut facts: BTreeMap<(EventCode, ValueKind), TypeFacts> = BTreeMap::new();
    for run in &view.snapshot.runs {
        view.cancel.check()?;
        if event.is_some_and(|code| !run.event.contains(&code.0)) {
            continue;
        }
        let values = run.values(field)?;
        for row in live_rows(view, run) {
            let code = EventCode(run.event[row]);
            if event.is_some_and(|it| it != code) {
                continue;
            }
            let Some(kind) = kind_of(&values, row) else {
                continue;
            };
            let time = Timestamp(run.time[row]);
            let its = facts.entry((code, kind)).or_insert(TypeFacts {
                kind,
                events: 0,
                first: time,
                last: time,
            });
            its.events += 1;
            its.first = its.first.min(time);
            its.last = its.last.max(time);
        }
    }
    let mut by_event = FieldFacts::new();
    for ((code, _), its) in facts {
        by_event.entry(code).or_default().push(its);
    }
    Ok(by_event)
}

/// Fields that hold more than one type, whatever the events, with what they hold.
pub fn mixed_fields(
    view: &View<'_>,
    fields: &[Field],
) -> Result<Vec<(Field, FieldFacts)>, AskError> {
    let mut mixed = Vec::new();
    for field in fields {
        let mut kinds = [false; ValueKind::ALL.len()];
        for run in &view.snapshot.runs {
            view.cancel.check()?;
            let values = run.values(field)?;
            kinds[0] |= values.text.is_some();
            kinds[1] |= values.number.is_some();
            kinds[2] |= values.flag.is_some();
        }
        if kinds.iter().filter(|it| **it).count() < 2 {
            continue;
        }
        let facts = field_facts(view, None, field)?;
        let mut of_any = facts.values().flatten().map(|it| it.kind);
        let first = of_any.next();
        // Rows that a merge has moved away may have been the only ones of a type.
        if of_any.any(|kind| Some(kind) != first) {
            mixed.push((field.clone(), facts));
        }
    }
    Ok(mixed)
}

fn kind_of(values: &Values, row: usize) -> Option<ValueKind> {
    if values.text.as_ref().is_some_and(|it| it.get(row).is_some()) {
        return Some(ValueKind::Text);
    }
    if values.number.as_ref().is_some_and(|it| it.is_valid(row)) {
        return Some(ValueKind::Number);
    }
    let flag = values.flag.as_ref().is_some_and(|it| it.is_valid(row));
    flag.then_some(ValueKind::Flag)
}

#[cfg(test)]
mod tests {
    use throughline_model::Vocabulary;

    use super::*;
    use crate::{cancel::Cancel, fixture::Log, sampling::spread};

    #[test]
    fn a_property_that_changes_its_type_is_told_with_since_when() {
        let snapshot = Log::read(
            r#"
            ana 09:00 order web {"price":3,"name":"a"}
            ana 09:05 order web {"price":"4"}
            ben 09:01 view web {"price":8,"name":"b"}
            ben 10:00 view web {"list":[1],"name":"c"}
            "#,
        )
        .snapshot();
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let fields = ["price", "name", "list"].map(|it| Field::Property(vec![it.to_owned()]));
        let mixed = mixed_fields(&view, &fields).expect("read");
        let told: Vec<String> = (mixed.iter())
            .flat_map(|(field, facts)| {
                facts.iter().flat_map(move |(code, kinds)| {
                    let name = snapshot_name(code.0);
                    kinds.iter().map(move |it| {
                        let time = it.first.to_string();
                        format!(
                            "{field} {name} {:?} {} {}",
                            it.kind,
                            it.events,
                            &time[11..16]
                        )
                    })
                })
            })
            .collect();
        assert_eq!(
            told,
            [
                "properties.price order Text 1 09:05",
                "properties.price order Number 1 09:00",
                "properties.price view Number 1 09:01",
            ]
        );
        let code = snapshot
            .names
            .iter()
            .find(|it| it.1.as_str() == "view")
            .expect("there")
            .0;
        assert_eq!(
            field_facts(&view, Some(code), &fields[1]).expect("read")[&code][0].events,
            2
        );
        let of_code = |run: usize, row: usize| snapshot.runs[run].event[row] == code.0;
        let places = spread(&view, 1, of_code);
        assert_eq!(places.iter().map(|it| it.1.len()).sum::<usize>(), 1);
    }

    fn snapshot_name(code: u16) -> &'static str {
        ["order", "view"][usize::from(code)]
    }
}
