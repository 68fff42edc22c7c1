//! Which object each row is of: ids of all runs in one numbering.

use std::collections::HashMap;

use arrow::array::Array as _;
use throughline_model::{
    Value,
    object_kind::{ObjectKind, object_id},
};
use throughline_store::Values;

use crate::{ask::AskError, scan::Place, view::View};

/// The ids of one kind, and which one each row carries.
pub(crate) struct Keys {
    ids: Vec<String>,
    codes: HashMap<String, u32>,
    /// Per run the code of each row, 0 for none; no list where no row of the run has an id.
    runs: Vec<Option<Vec<u32>>>,
}

impl Keys {
    pub(crate) fn of(view: &View<'_>, kind: &ObjectKind) -> Result<Self, AskError> {
        let mut keys = Self {
            ids: Vec::new(),
            codes: HashMap::new(),
            runs: Vec::new(),
        };
        for run in &view.snapshot.runs {
            let mut rows: Option<Vec<u32>> = None;
            for field in &kind.keys {
                view.cancel.check()?;
                let values = run.values(field)?;
                if values.text.is_none() && values.number.is_none() {
                    continue;
                }
                let rows = rows.get_or_insert_with(|| vec![0; run.len()]);
                keys.add(&values, rows);
            }
            keys.runs.push(rows);
        }
        Ok(keys)
    }

    /// Codes the rows that no field before has given an id to.
    fn add(&mut self, values: &Values, rows: &mut [u32]) {
        let of_texts: Vec<u32> = values.texts.as_ref().map_or_else(Vec::new, |texts| {
            let texts = texts.iter().map(|it| Value::Text(it.unwrap_or("").into()));
            texts.map(|it| self.code_of(&it)).collect()
        });
        for (row, code) in rows.iter_mut().enumerate() {
            if *code != 0 {
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

    /// True when no row has an id.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
