//! In which calendar units a profile was active.

use throughline_model::{Matcher, Rule};

use crate::{
    ask::AskError,
    calendar::unit_of,
    pick::Picker,
    rule::{Condition, Verdict},
    scan::ProfileRows,
    view::View,
};

/// What counts as being active, and units side by side.
pub(crate) struct Activity {
    condition: Condition,
    /// Per code of a name whether its events have to be looked at.
    is_wanted: Vec<bool>,
    /// Starts of units; the last one is where they end.
    units: Vec<i64>,
    /// Nothing is known from here on.
    end: i64,
}

impl Activity {
    /// Sees nothing behind the last start of a unit, nor behind now.
    pub(crate) fn new(
        view: &View<'_>,
        active: &Matcher,
        filter: Option<&Rule>,
        units: Vec<i64>,
        now: i64,
    ) -> Result<Self, AskError> {
        let condition = view.narrowed(active, filter)?;
        let is_wanted = (view.snapshot.names.iter())
            .map(|(code, _)| condition.verdict(code.0) != Verdict::No)
            .collect();
        Ok(Self {
            condition,
            is_wanted,
            end: units
                .last()
                .copied()
                .unwrap_or(i64::MIN)
                .min(now.saturating_add(1)),
            units,
        })
    }

    /// Shows each unit in which a profile was active once, in order.
    pub(crate) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        picker: &mut Picker,
        see: &mut impl FnMut(usize),
    ) {
        let Some(first) = self.units.first() else {
            return;
        };
        self.walk(rows, *first, picker, see);
    }

    /// The same, and shows none first when the profile was active before the first unit.
    pub(crate) fn visit_with_past(
        &self,
        rows: &ProfileRows<'_>,
        picker: &mut Picker,
        see: &mut impl FnMut(Option<usize>),
    ) {
        let Some(first) = self.units.first() else {
            return;
        };
        let mut past = 0..rows.between(i64::MIN, *first).end;
        if past.any(|index| (self.condition).holds(rows.event[index], rows.place(index))) {
            see(None);
        }
        self.walk(rows, *first, picker, &mut |unit| see(Some(unit)));
    }

    fn walk(
        &self,
        rows: &ProfileRows<'_>,
        from: i64,
        picker: &mut Picker,
        see: &mut impl FnMut(usize),
    ) {
        let within = rows.between(from, self.end);
        let start = within.start;
        let picked = picker.pick(&rows.event[within], |event| {
            self.is_wanted
                .get(usize::from(event))
                .is_some_and(|is_wanted| *is_wanted)
        });
        let (mut unit, mut seen_until) = (0, i64::MIN);
        for index in picked {
            let index = start + *index as usize;
            let time = rows.time[index];
            if time < seen_until || !self.condition.holds(rows.event[index], rows.place(index)) {
                continue;
            }
            unit = unit_of(&self.units, time, unit);
            seen_until = self.units[unit + 1];
            see(unit);
        }
    }
}
