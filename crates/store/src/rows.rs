//! What stands behind a run's timeline: whole rows in memory, in a part's file, or in other runs.

use std::sync::Arc;

use throughline_model::{Field, Value};

use crate::{
    converted::Converted,
    error::ReadError,
    json,
    named::Named,
    part::Part,
    run::{Run, StoredEvent},
    side::Moved,
    tail::MemoryRows,
    values::Values,
};

#[derive(Clone)]
pub(crate) enum Rows {
    Memory(MemoryRows),
    Part(Arc<Part>),
    Moved(Arc<Moved>),
    /// Rows of another run, as their names are to be read.
    Named(Arc<Named>),
    /// The same rows with amounts of money in one currency.
    Converted(Arc<Converted>),
    /// Nothing: the run is a timeline and no more, for measuring kernels.
    Bare,
}

impl Rows {
    pub(crate) fn values(&self, field: &Field) -> Result<Arc<Values>, ReadError> {
        match self {
            Self::Memory(events) => Ok(Arc::new(Values::collect(
                events.iter().map(|event| value_of(event, field)),
            ))),
            Self::Part(part) => part.values(field).map(Arc::new),
            Self::Moved(moved) => moved.values(field).map(Arc::new),
            Self::Named(named) => named.values(field),
            Self::Converted(converted) => converted.values(field),
            Self::Bare => Ok(Arc::new(Values::default())),
        }
    }

    pub(crate) fn events(&self, run: &Run, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        match self {
            Self::Memory(events) => Ok(rows.iter().map(|row| events.event(*row).clone()).collect()),
            Self::Part(part) => part.events(run, rows),
            Self::Moved(moved) => moved.events(rows),
            Self::Named(named) => named.events(rows),
            Self::Converted(converted) => converted.events(rows),
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
    json::lookup(object.as_str(), names)
}
