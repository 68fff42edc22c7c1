//! What stands behind a run's timeline: whole rows in memory, in a part's file, or in other runs.

use std::sync::Arc;

use throughline_model::{Field, Value};

use crate::{
    run::{Run, StoredEvent},
    snapshot::ReadError,
    values::Values,
};

pub(crate) enum Rows {
    Memory(Arc<[StoredEvent]>),
    /// Nothing: the run is a timeline and no more, for measuring kernels.
    Bare,
}

impl Rows {
    pub(crate) fn values(&self, _count: usize, field: &Field) -> Result<Arc<Values>, ReadError> {
        match self {
            Self::Memory(events) => Ok(Arc::new(Values::collect(
                events.iter().map(|event| value_of(event, field)),
            ))),
            Self::Bare => Ok(Arc::new(Values::default())),
        }
    }

    pub(crate) fn events(&self, _run: &Run, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        match self {
            Self::Memory(events) => Ok(rows
                .iter()
                .map(|row| events[*row as usize].clone())
                .collect()),
            Self::Bare => Ok(Vec::new()),
        }
    }
}

/// A field of one event, by the same rules as the columns.
pub fn value_of(event: &StoredEvent, field: &Field) -> Option<Value> {
    let (object, names) = match field {
        Field::Property(names) => (&event.properties, names),
        Field::Context(names) => (&event.context, names),
        Field::Source => return Some(Value::Number(f64::from(event.source.0))),
        Field::Event | Field::Channel | Field::Touchpoint | Field::Stage => {
            unreachable!("fields of the timeline and the vocabulary are not stored in rows")
        }
    };
    let mut value = serde_json::Value::Object(object.to_map());
    for name in names {
        value = value.get_mut(name)?.take();
    }
    match value {
        serde_json::Value::Bool(flag) => Some(Value::Flag(flag)),
        serde_json::Value::Number(number) => number.as_f64().map(Value::Number),
        serde_json::Value::String(text) => Some(Value::Text(text)),
        _ => None,
    }
}
