//! Which object each row is of: ids of all runs in one numbering.

use std::{collections::HashMap, sync::Arc};

use arrow::{array::Array as _, buffer::BooleanBuffer};
use throughline_model::{
    Field, Value,
    object_kind::{ObjectKind, object_id},
};
use throughline_store::{Run, Values};

use super::life::Touch;
use crate::{
    ask::AskError,
    scan::{Place, scan},
    view::View,
};

/// The ids of one kind, and which one each row carries.
pub(crate) struct Keys {
    ids: Vec<String>,
    codes: HashMap<String, u32>,
    /// Per run the code of each row, 0 for none; no list where no row of the run has an id.
    runs: Vec<Option<Vec<u32>>>,
}

/// Ids that some rows of a run carry.
pub(crate) struct KeyColumn {
    pub(crate) values: Arc<Values>,
    /// The only rows at which it is read; none means all.
    pub(crate) only: Option<BooleanBuffer>,
}

impl KeyColumn {
    /// Read at all rows.
    pub(crate) fn of(run: &Run, field: &Field) -> Result<Self, AskError> {
        Ok(Self {
            values: run.values(field)?,
            only: None,
        })
    }
}

impl Keys {
    pub(crate) fn of(view: &View<'_>, kind: &ObjectKind) -> Result<Self, AskError> {
        Self::by(view, |run| {
            let columns = kind.keys.iter().map(|field| KeyColumn::of(run, field));
            columns.collect()
        })
    }

    /// By columns of each run; of those that have an id at a row, the first decides.
    pub(crate) fn by(
        view: &View<'_>,
        columns: impl Fn(&Run) -> Result<Vec<KeyColumn>, AskError>,
    ) -> Result<Self, AskError> {
        let mut keys = Self {
            ids: Vec::new(),
            codes: HashMap::new(),
            runs: Vec::new(),
        };
        for run in &view.snapshot.runs {
            view.cancel.check()?;
            let mut rows: Option<Vec<u32>> = None;
            for column in columns(run)? {
                if column.values.text.is_none() && column.values.number.is_none() {
                    continue;
                }
                let rows = rows.get_or_insert_with(|| vec![0; run.len()]);
                keys.add(&column, rows);
            }
            keys.runs.push(rows);
        }
        Ok(keys)
    }

    /// Codes the rows that no field before has given an id to.
    fn add(&mut self, column: &KeyColumn, rows: &mut [u32]) {
        let KeyColumn { values, only } = column;
        let of_texts: Vec<u32> = values.texts.as_ref().map_or_else(Vec::new, |texts| {
            let texts = texts.iter().map(|it| Value::Text(it.unwrap_or("").into()));
            texts.map(|it| self.code_of(&it)).collect()
        });
        for (row, code) in rows.iter_mut().enumerate() {
            if *code != 0 || only.as_ref().is_some_and(|it| !it.value(row)) {
                continue;
            }
            if let Some(text) = values.text.as_ref().and_then(|it| it.get(row)) {
                *code = of_texts[text];
            } else if let Some(numbers) = values.number.as_ref().filter(|it| it.is_valid(row)) {
                *code = self.code_of(&Value::Number(numbers.value(row)));
            }
        }
    }

    fn code_of(&mut self, value: &Value) -> u32 {
        let Some(id) = object_id(value) else {
            return 0;
        };
        if let Some(code) = self.codes.get(&id) {
            return *code;
        }
        self.ids.push(id.clone());
        let code = u32::try_from(self.ids.len()).expect("there are fewer than 2^32 rows");
        self.codes.insert(id, code);
        code
    }

    /// The object of the event at a place; 0 for none.
    #[inline]
    pub(crate) fn at(&self, place: Place) -> u32 {
        let rows = self.runs[place.run as usize].as_ref();
        rows.map_or(0, |it| it[place.row as usize])
    }

    /// The code of an id that some row carries.
    pub(crate) fn code(&self, id: &str) -> Option<u32> {
        let id = object_id(&Value::Text(id.to_owned()))?;
        self.codes.get(&id).copied()
    }

    /// The id of a code.
    pub(crate) fn id(&self, code: u32) -> &str {
        &self.ids[code as usize - 1]
    }

    /// Every id, in the order of its code.
    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The events of wanted objects up to an instant, object by object and each in the order of time.
    pub(crate) fn touches(
        &self,
        view: &View<'_>,
        end: i64,
        is_wanted: impl Fn(u32, u16, Place) -> bool + Sync,
    ) -> Result<Vec<Touch>, AskError> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let states = scan(view.snapshot, view.cancel, Vec::new, |touches, rows| {
            // What is stamped later than the end has not happened.
            for index in rows.between(i64::MIN, end.saturating_add(1)) {
                let (place, event) = (rows.place(index), rows.event[index]);
                let object = self.at(place);
                if object != 0 && is_wanted(object, event, place) {
                    touches.push(Touch {
                        object,
                        time: rows.time[index],
                        event,
                        channel: rows.channel[index],
                        place,
                        profile: rows.profile.0,
                    });
                }
            }
        })?;
        let mut touches = states.concat();
        touches.sort_unstable();
        Ok(touches)
    }

    /// True when no row has an id.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
