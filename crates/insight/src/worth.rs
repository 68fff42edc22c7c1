//! What events are worth, in millionths, so that sums are exact and do not depend on their order.

use std::sync::Arc;

use arrow::array::Array as _;
use throughline_model::Field;
use throughline_store::Values;

use crate::{ask::AskError, scan::Place, view::View};

/// Worth beyond this, either way, is a mistake and not money.
const WORTH_MAX: f64 = 1e12;

/// The numbers of one field, by run.
pub(crate) struct Worths(Vec<Arc<Values>>);

impl Worths {
    pub(crate) fn of(view: &View<'_>, field: &Field) -> Result<Self, AskError> {
        let runs = view.snapshot.runs.iter();
        let values = runs.map(|run| {
            view.cancel.check()?;
            Ok(run.values(field)?)
        });
        values.collect::<Result<_, AskError>>().map(Self)
    }

    /// None where the field is missing, holds no number, or one that cannot be money.
    pub(crate) fn micros(&self, place: Place) -> Option<i64> {
        let numbers = self.0[place.run as usize].number.as_ref()?;
        let row = place.row as usize;
        let number = numbers.is_valid(row).then(|| numbers.value(row))?;
        (number.abs() <= WORTH_MAX).then(|| (number * 1e6).round() as i64)
    }
}
