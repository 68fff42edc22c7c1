//! Who is new in a period, who stayed, who came back after a pause, and who went silent.
//!
//! Two laws hold for neighboring periods: those who return and those who fall dormant were all active before,
//! and those who are new, return or resurrect are all who are active now.

use serde::Serialize;
use throughline_model::{ProfileId, Timestamp, limits, retention::Lifecycle};
use utoipa::ToSchema;

use crate::{
    activity::Activity,
    ask::{AskError, Counted, LeftOut, When},
    calendar::{Point, Ruler},
    extent::{clipped, extent},
    pick::Picker,
    scan::{ProfileRows, scan},
    select::counts::{LifecycleSelect, LifecycleState},
    view::View,
};

/// What profiles are, per period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LifecycleAnswer {
    /// The first event of the log. Who was active before it seems to be new later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<Timestamp>,
    /// Profiles that were active in the period before the first one.
    pub active_before: u64,
    pub periods: Vec<LifecyclePeriod>,
}

/// One calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LifecyclePeriod {
    /// Partial when the period is not over: who is dormant may still return.
    #[serde(flatten)]
    pub point: Point,
    pub active: u64,
    pub new: u64,
    pub returning: u64,
    pub resurrecting: u64,
    pub dormant: u64,
}

pub(crate) fn answer(
    view: &View<'_>,
    lifecycle: &Lifecycle,
    when: &When,
) -> Result<Counted<LifecycleAnswer>, AskError> {
    let plan = Plan::new(view, lifecycle, when)?;
    let begin = || (Sums::new(&plan), Picker::default());
    let states = scan(view.snapshot, view.cancel, begin, |(sums, picker), rows| {
        let (mut is_active, mut was_before) = (false, false);
        plan.visit(rows, picker, &mut |period, state| match period {
            Some(period) => {
                is_active |= state != LifecycleState::Dormant;
                sums.states[period][state as usize] += 1;
            }
            None => was_before = true,
        });
        sums.profiles += u64::from(is_active);
        sums.before += u64::from(was_before);
    })?;
    let mut sums = Sums::new(&plan);
    for (state, _) in states {
        sums.merge(&state);
    }
    Ok(Counted {
        n: sums.profiles,
        left_out: LeftOut::default(),
        numbers: LifecycleAnswer {
            known_from: extent(view.snapshot).map(|(first, _)| Timestamp(first)),
            active_before: sums.before,
            periods: (plan.points.into_iter().zip(sums.states))
                .map(
                    |(point, [new, returning, resurrecting, dormant])| LifecyclePeriod {
                        point,
                        active: new + returning + resurrecting,
                        new,
                        returning,
                        resurrecting,
                        dormant,
                    },
                )
                .collect(),
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    lifecycle: &Lifecycle,
    select: &LifecycleSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, lifecycle, when)?;
    let found = plan.points.iter().position(|it| it.from == select.period);
    let wanted =
        found.ok_or_else(|| AskError::fault("select.period", "is not in the report's answer"))?;
    let begin = || (Vec::new(), Picker::default());
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(profiles, picker), rows| {
            let mut is_hit = false;
            plan.visit(rows, picker, &mut |period, state| {
                let fits = match select.state {
                    LifecycleState::Active => state != LifecycleState::Dormant,
                    wanted => state == wanted,
                };
                is_hit |= period == Some(wanted) && fits;
            });
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|(it, _)| it).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// The definition made ready. Its first unit is the period before those that are shown.
struct Plan {
    activity: Activity,
    points: Vec<Point>,
}

impl Plan {
    fn new(view: &View<'_>, lifecycle: &Lifecycle, when: &When) -> Result<Self, AskError> {
        let ruler = Ruler::new(lifecycle.period, lifecycle.week_start, &when.zone);
        let starts = ruler.whole(clipped(view, when), when.now);
        let starts = starts.ok_or_else(|| {
            AskError::fault(
                "period",
                format!(
                    "cuts the range into more than {} periods; choose a longer one or a shorter range",
                    limits::SERIES_POINTS_MAX
                ),
            )
        })?;
        let points = (starts.windows(2))
            .map(|ends| Point {
                from: ends[0],
                to: ends[1],
                is_partial: ends[1] > when.now,
            })
            .collect();
        let before = (starts.first()).map(|first| ruler.start_of_unit(Timestamp(first.0 - 1)));
        let units = before.iter().chain(&starts).map(|it| it.0).collect();
        let filter = lifecycle.filter.as_ref();
        Ok(Self {
            activity: Activity::new(view, &lifecycle.active, filter, units, when.now.0)?,
            points,
        })
    }

    /// Shows what a profile is in each period, where it is anything. `None` is the period before the first.
    fn visit(
        &self,
        rows: &ProfileRows<'_>,
        picker: &mut Picker,
        see: &mut impl FnMut(Option<usize>, LifecycleState),
    ) {
        let (mut is_known, mut last) = (false, None);
        (self.activity).visit_with_past(rows, picker, &mut |unit| {
            let Some(unit) = unit else {
                is_known = true;
                return;
            };
            let state = match last {
                Some(last) if last + 1 == unit => LifecycleState::Returning,
                Some(last) => {
                    see(Some(last), LifecycleState::Dormant);
                    LifecycleState::Resurrecting
                }
                None if is_known => LifecycleState::Resurrecting,
                None => LifecycleState::New,
            };
            // The unit before those that are shown has no state, as nothing is known of the one before it.
            match unit.checked_sub(1) {
                Some(period) => see(Some(period), state),
                None => see(None, LifecycleState::Active),
            }
            last = Some(unit);
        });
        // The period behind unit `last` has the index `last`.
        if let Some(last) = last.filter(|last| *last < self.points.len()) {
            see(Some(last), LifecycleState::Dormant);
        }
    }
}

/// What one thread has counted.
struct Sums {
    profiles: u64,
    before: u64,
    /// Per period new, returning, resurrecting and dormant ones.
    states: Vec<[u64; 4]>,
}

impl Sums {
    fn new(plan: &Plan) -> Self {
        Self {
            profiles: 0,
            before: 0,
            states: vec![[0; 4]; plan.points.len()],
        }
    }

    fn merge(&mut self, other: &Self) {
        self.profiles += other.profiles;
        self.before += other.before;
        for (mine, more) in self.states.iter_mut().zip(&other.states) {
            for (mine, more) in mine.iter_mut().zip(more) {
                *mine += more;
            }
        }
    }
}

#[cfg(test)]
mod tests;
