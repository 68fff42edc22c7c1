//! Of those who were active in a period, in how many of its units they were.

use serde::Serialize;
use throughline_model::{ProfileId, TimeRange, limits, retention::Stickiness};
use utoipa::ToSchema;

use crate::{
    activity::Activity,
    ask::{AskError, Counted, LeftOut, When},
    calendar::{Point, Ruler},
    extent::clipped,
    passes::Passes,
    pick::Picker,
    scan::{ProfileRows, scan},
    select::counts::StickinessSelect,
    view::View,
};

/// Profiles by how often they were active.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StickinessAnswer {
    pub periods: Vec<StickinessPeriod>,
    /// All periods that are over, by units less one: active in exactly so many. Times are periods of profiles.
    pub exactly: Vec<Passes>,
    /// The same for so many or more.
    pub at_least: Vec<Passes>,
}

/// One calendar period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StickinessPeriod {
    /// Partial when the period is not over.
    #[serde(flatten)]
    pub point: Point,
    /// How many units it has: days of a month, hours of a day that a clock made shorter or longer.
    pub units: usize,
    /// Profiles that were active.
    pub profiles: u64,
    /// Units in which profiles were active, summed: divided by the units it is how many are active in one.
    pub active_units: u64,
    /// By units less one, profiles that were active in exactly so many.
    pub exactly: Vec<u64>,
}

pub(crate) fn answer(
    view: &View<'_>,
    stickiness: &Stickiness,
    when: &When,
) -> Result<Counted<StickinessAnswer>, AskError> {
    let plan = Plan::new(view, stickiness, when)?;
    let begin = || (Sums::new(&plan), Picker::default());
    let states = scan(view.snapshot, view.cancel, begin, |(sums, picker), rows| {
        let (mut is_active, mut most) = (false, 0);
        plan.visit(rows, picker, &mut |period, units| {
            is_active = true;
            sums.periods[period][units - 1] += 1;
            if !plan.periods[period].point.is_partial {
                sums.add(rows.profile, units);
                most = most.max(units);
            }
        });
        sums.profiles += u64::from(is_active);
        if most > 0 {
            sums.most[most - 1] += 1;
        }
    })?;
    let mut sums = Sums::new(&plan);
    for (state, _) in states {
        sums.merge(&state);
    }
    let mut at_least = vec![Passes::default(); sums.exactly.len()];
    let mut sum = Passes::default();
    for index in (0..at_least.len()).rev() {
        sum.times += sums.exactly[index].times;
        sum.profiles += sums.most[index];
        at_least[index] = sum;
    }
    Ok(Counted {
        n: sums.profiles,
        left_out: LeftOut::default(),
        numbers: StickinessAnswer {
            periods: (plan.periods.iter().zip(sums.periods))
                .map(|(period, exactly)| StickinessPeriod {
                    point: period.point,
                    units: exactly.len(),
                    profiles: exactly.iter().sum(),
                    active_units: (1..).zip(&exactly).map(|(units, it)| units * it).sum(),
                    exactly,
                })
                .collect(),
            exactly: sums.exactly,
            at_least,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    stickiness: &Stickiness,
    select: &StickinessSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, stickiness, when)?;
    let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
    let period = match select.period {
        Some(from) => {
            let found = plan.periods.iter().position(|it| it.point.from == from);
            Some(found.ok_or_else(|| unknown("select.period"))?)
        }
        None => None,
    };
    let units_max = match period {
        Some(period) => plan.periods[period].units,
        None => plan.units_max(),
    };
    if !(1..=units_max).contains(&select.units) {
        return Err(unknown("select.units"));
    }
    let is_wanted = |it: usize| match period {
        Some(period) => it == period,
        None => !plan.periods[it].point.is_partial,
    };
    let begin = || (Vec::new(), Picker::default());
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(profiles, picker), rows| {
            let mut is_hit = false;
            plan.visit(rows, picker, &mut |period, units| {
                let fits = match select.or_more {
                    true => units >= select.units,
                    false => units == select.units,
                };
                is_hit |= fits && is_wanted(period);
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

/// The definition made ready.
struct Plan {
    activity: Activity,
    periods: Vec<Period>,
    /// Per unit the index of its period.
    period_of: Vec<usize>,
}

struct Period {
    point: Point,
    units: usize,
}

impl Plan {
    fn new(view: &View<'_>, stickiness: &Stickiness, when: &When) -> Result<Self, AskError> {
        let too_many = || {
            AskError::fault(
                "unit",
                format!(
                    "cuts the range into more than {} pieces; choose a longer unit or a shorter range",
                    limits::SERIES_POINTS_MAX
                ),
            )
        };
        let ruler = |unit| Ruler::new(unit, stickiness.week_start, &when.zone);
        let starts = ruler(stickiness.period).whole(clipped(view, when), when.now);
        let starts = starts.ok_or_else(too_many)?;
        let (mut periods, mut units, mut period_of) = (Vec::new(), Vec::new(), Vec::new());
        for (index, ends) in starts.windows(2).enumerate() {
            let point = Point {
                from: ends[0],
                to: ends[1],
                is_partial: ends[1] > when.now,
            };
            let inner = TimeRange {
                from: point.from,
                to: point.to,
            };
            let inner = ruler(stickiness.unit).starts(inner, limits::SERIES_POINTS_MAX);
            let mut inner = inner.ok_or_else(too_many)?;
            inner.pop();
            // A week may begin before the month that cuts it.
            inner[0] = point.from;
            period_of.resize(period_of.len() + inner.len(), index);
            periods.push(Period {
                point,
                units: inner.len(),
            });
            units.extend(inner.iter().map(|it| it.0));
            if units.len() > limits::SERIES_POINTS_MAX {
                return Err(too_many());
            }
        }
        units.extend(starts.last().map(|end| end.0));
        let filter = stickiness.filter.as_ref();
        Ok(Self {
            activity: Activity::new(view, &stickiness.active, filter, units, when.now.0)?,
            periods,
            period_of,
        })
    }

    /// The most units that a period which is over has.
    fn units_max(&self) -> usize {
        let whole = self.periods.iter().filter(|it| !it.point.is_partial);
        whole.map(|it| it.units).max().unwrap_or(0)
    }

    /// Shows each period in which a profile was active, with in how many units it was.
    fn visit(
        &self,
        rows: &ProfileRows<'_>,
        picker: &mut Picker,
        see: &mut impl FnMut(usize, usize),
    ) {
        let (mut period, mut count) = (0, 0);
        self.activity.visit(rows, picker, &mut |unit| {
            let of = self.period_of[unit];
            if of != period && count > 0 {
                see(period, count);
                count = 0;
            }
            period = of;
            count += 1;
        });
        if count > 0 {
            see(period, count);
        }
    }
}

/// What one thread has counted.
struct Sums {
    profiles: u64,
    periods: Vec<Vec<u64>>,
    exactly: Vec<Passes>,
    /// Per count of units the last profile that was counted there.
    last: Vec<Option<ProfileId>>,
    /// Profiles by their best period.
    most: Vec<u64>,
}

impl Sums {
    fn new(plan: &Plan) -> Self {
        let units_max = plan.units_max();
        Self {
            profiles: 0,
            periods: plan.periods.iter().map(|it| vec![0; it.units]).collect(),
            exactly: vec![Passes::default(); units_max],
            last: vec![None; units_max],
            most: vec![0; units_max],
        }
    }

    fn add(&mut self, profile: ProfileId, units: usize) {
        let passes = &mut self.exactly[units - 1];
        passes.times += 1;
        let last = &mut self.last[units - 1];
        if *last != Some(profile) {
            *last = Some(profile);
            passes.profiles += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.profiles += other.profiles;
        let pairs = self.periods.iter_mut().zip(&other.periods);
        for (mine, more) in pairs.flat_map(|(mine, more)| mine.iter_mut().zip(more)) {
            *mine += more;
        }
        for (mine, more) in self.exactly.iter_mut().zip(&other.exactly) {
            mine.times += more.times;
            mine.profiles += more.profiles;
        }
        for (mine, more) in self.most.iter_mut().zip(&other.most) {
            *mine += more;
        }
    }
}

#[cfg(test)]
mod tests;
