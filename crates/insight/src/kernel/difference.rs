//! Why two funnels do not say the same: who comes and who goes as one becomes the other, field by field.
//!
//! Each definition on the way is counted by the fold of the funnel itself, so the first and the last say what the
//! reports of the two funnels say, and what people gain and lose between adds up to the whole difference.

use serde::Serialize;
use throughline_model::{
    ProfileId, Timestamp, Vocabulary,
    difference::{Change, Difference},
    report::Funnel,
};
use throughline_store::Snapshot;
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When, about},
    cancel::Cancel,
    kernel::funnel::{Reached, reached},
    select::why::{DifferencePart, DifferenceSelect},
    view::View,
};

/// The walk from the first funnel to the second.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DifferenceAnswer {
    /// What the first says.
    pub from: FunnelStanding,
    /// What changes, in order; empty when both count alike.
    pub moves: Vec<DifferenceMove>,
    /// What the second says.
    pub to: FunnelStanding,
    /// Who is in the one and not in the other, whatever happened between.
    pub total: Moved,
}

/// What a funnel says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FunnelStanding {
    /// Those who reached the first step.
    pub entered: Reach,
    /// Those who reached every required step.
    pub converted: Reach,
}

/// How many units, and how many different profiles are behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reach {
    pub units: u64,
    pub profiles: u64,
}

/// Profiles that are in a number after a change and were not before, or were and are no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moved {
    pub entered_gained: u64,
    pub entered_lost: u64,
    pub converted_gained: u64,
    pub converted_lost: u64,
}

/// One change of the definition.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DifferenceMove {
    /// What changes, like `window` or `steps[1]`; several where one without the others would be no funnel.
    pub fields: Vec<String>,
    /// The definition after it.
    pub funnel: Funnel,
    pub standing: FunnelStanding,
    pub moved: Moved,
}

/// Asks funnels about one log as of one moment.
pub(crate) struct Asker<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) now: Timestamp,
    pub(crate) cancel: &'a Cancel,
}

pub(crate) fn answer(
    asker: &Asker<'_>,
    difference: &Difference,
) -> Result<Counted<DifferenceAnswer>, AskError> {
    let first = asker.reached(&difference.from)?;
    let mut last = first.clone();
    let mut moves = Vec::new();
    for Change { fields, funnel } in difference.changes() {
        let next = asker.reached(&funnel)?;
        moves.push(DifferenceMove {
            fields,
            funnel,
            standing: standing(&next),
            moved: moved(&last, &next),
        });
        last = next;
    }
    Ok(Counted {
        n: last.entered_units,
        left_out: LeftOut {
            immature: last.immature,
            excluded: last.excluded,
            ungrouped: last.ungrouped,
            ..LeftOut::default()
        },
        numbers: DifferenceAnswer {
            from: standing(&first),
            moves,
            to: standing(&last),
            total: moved(&first, &last),
        },
    })
}

pub(crate) fn people(
    asker: &Asker<'_>,
    difference: &Difference,
    select: &DifferenceSelect,
) -> Result<Vec<ProfileId>, AskError> {
    let changes = difference.changes();
    let funnel_at = |at: usize| match at.checked_sub(1) {
        None => Ok(&difference.from),
        Some(index) => (changes.get(index))
            .map(|it| &it.funnel)
            .ok_or_else(|| AskError::fault("select.at", "is not in the report's answer")),
    };
    let at = select.at.unwrap_or(changes.len());
    let mut after = asker.reached(funnel_at(at)?)?;
    let (is_entered, is_gained) = match select.part {
        DifferencePart::Entered => return Ok(after.entered),
        DifferencePart::Converted => return Ok(after.converted),
        DifferencePart::EnteredGained => (true, true),
        DifferencePart::EnteredLost => (true, false),
        DifferencePart::ConvertedGained => (false, true),
        DifferencePart::ConvertedLost => (false, false),
    };
    let before_at = match select.at {
        None => 0,
        Some(at) => at.checked_sub(1).ok_or_else(|| {
            AskError::fault(
                "select.at",
                "must be a change, as nothing came before the first funnel",
            )
        })?,
    };
    let mut before = asker.reached(funnel_at(before_at)?)?;
    if !is_gained {
        std::mem::swap(&mut before, &mut after);
    }
    Ok(match is_entered {
        true => without(&after.entered, &before.entered),
        false => without(&after.converted, &before.converted),
    })
}

impl Asker<'_> {
    fn reached(&self, funnel: &Funnel) -> Result<Reached, AskError> {
        let snapshot = about(
            self.snapshot,
            self.vocabulary,
            funnel.people.as_ref(),
            self.now,
            self.cancel,
        )?;
        let view = View::new(&snapshot, self.vocabulary, self.cancel);
        let when = When {
            range: funnel.range.resolve(self.now),
            zone: funnel.range.zone.clone(),
            now: self.now,
        };
        reached(&view, funnel, &when)
    }
}

fn standing(it: &Reached) -> FunnelStanding {
    let reach = |units: u64, profiles: &[ProfileId]| Reach {
        units,
        profiles: profiles.len() as u64,
    };
    FunnelStanding {
        entered: reach(it.entered_units, &it.entered),
        converted: reach(it.converted_units, &it.converted),
    }
}

fn moved(before: &Reached, after: &Reached) -> Moved {
    let count = |all: &[ProfileId], known: &[ProfileId]| without(all, known).len() as u64;
    Moved {
        entered_gained: count(&after.entered, &before.entered),
        entered_lost: count(&before.entered, &after.entered),
        converted_gained: count(&after.converted, &before.converted),
        converted_lost: count(&before.converted, &after.converted),
    }
}

/// Those of a sorted list who are not in another.
fn without(all: &[ProfileId], known: &[ProfileId]) -> Vec<ProfileId> {
    let mut known = known.iter().peekable();
    let is_new = |it: &&ProfileId| {
        while known.next_if(|known| known < it).is_some() {}
        known.peek() != Some(it)
    };
    all.iter().filter(is_new).copied().collect()
}

#[cfg(test)]
mod tests;
