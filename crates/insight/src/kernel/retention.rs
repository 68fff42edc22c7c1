//! Who of a cohort comes back.
//!
//! A start is one profile in one cohort. Whether its period is over is asked for each start, so that nobody
//! counts as lost who still has time: with a calendar all starts of a cohort mature together, with a rolling
//! clock each matures on its own. `docs/concepts/retention.md` tells what each number means.

mod plan;

use serde::Serialize;
use throughline_model::{
    ProfileId, Timestamp,
    retention::{Cohorts, Retention},
};
use throughline_predict::{Interval, wilson};
use utoipa::ToSchema;

use self::plan::{Plan, Room, Start};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::Point,
    extent::extent,
    labels::Label,
    scan::scan_picked,
    select::counts::{RetentionPart, RetentionSelect},
    view::View,
};

/// Returns per cohort and column.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RetentionAnswer {
    /// The first event of the log. Who started before it seems to start later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<Timestamp>,
    pub columns: Vec<RetentionColumn>,
    /// By when profiles started, the earliest first.
    pub cohorts: Vec<Cohort>,
    /// All cohorts together, each weighted by its starts. A column holds only those whose period is over,
    /// so a later column is about fewer and older starts than an earlier one.
    pub total: RetentionLine,
    /// The same by the value at the start; empty when there is no breakdown.
    pub lines: Vec<RetentionLine>,
}

/// Periods that are shown together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetentionColumn {
    pub from: u32,
    /// The last one; none means all that follow, up to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
}

/// Those who started in one period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Cohort {
    #[serde(flatten)]
    pub point: Point,
    /// All that started, which is the size of the cohort.
    pub profiles: u64,
    /// One for each column that has begun.
    pub cells: Vec<Returns>,
}

/// The starts of several cohorts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RetentionLine {
    /// None for the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    pub starts: u64,
    /// Different profiles behind the starts.
    pub profiles: u64,
    /// One for each column.
    pub cells: Vec<Returns>,
    /// The same by when they started, like the cohorts of the answer. None for the total, which those are,
    /// and for the last lines when the triangles of all would be too large to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohorts: Option<Vec<Cohort>>,
}

/// How many came back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Returns {
    /// Starts whose period is over.
    pub whole: u64,
    /// Those of them that came back.
    pub part: u64,
    /// Different profiles behind the part.
    pub profiles: u64,
    /// Bounds of the share. None where one profile may start several times, as starts are not independent then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Starts whose period is not over. They are in neither number, and make a cell incomplete.
    pub open: u64,
    /// Those of them that have come back already.
    pub open_back: u64,
}

pub(crate) fn answer(
    view: &View<'_>,
    retention: &Retention,
    when: &When,
) -> Result<Counted<RetentionAnswer>, AskError> {
    let plan = Plan::new(view, retention, when)?;
    let begin = || Table::new(&plan);
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        begin,
        |table, rows, picked| {
            let mut room = std::mem::take(&mut table.room);
            plan.visit(rows, picked, &mut room, &mut |start| {
                table.add(rows.profile, start, &plan);
            });
            table.room = room;
        },
    )?;
    let mut table = begin();
    for mut state in states {
        state.settle(&plan);
        table.merge(&state);
    }
    let is_once = retention.cohorts == Cohorts::FirstEver;
    let line = |label: Option<Label>, sums: &Sums, cohorts: Option<&[Sums]>| RetentionLine {
        label,
        starts: sums.starts,
        profiles: sums.profiles,
        cells: sums.cells(&plan, plan.columns.len(), is_once),
        cohorts: cohorts.map(|it| triangle(&plan, it)),
    };
    Ok(Counted {
        n: table.total.profiles,
        left_out: LeftOut {
            capped: plan.capped,
            ..LeftOut::default()
        },
        numbers: RetentionAnswer {
            known_from: extent(view.snapshot).map(|(first, _)| Timestamp(first)),
            cohorts: triangle(&plan, &table.cohorts),
            total: line(None, &table.total, None),
            lines: (plan.lines.iter().zip(&table.lines).enumerate())
                .filter(|(_, (_, sums))| sums.starts > 0)
                .map(|(index, (label, sums))| {
                    line(Some(label.clone()), sums, table.triangle_of(index))
                })
                .collect(),
            columns: plan.columns,
        },
    })
}

/// What each cohort has done. A profile starts at most once in a cohort, so all of them have intervals.
fn triangle(plan: &Plan<'_>, cohorts: &[Sums]) -> Vec<Cohort> {
    (plan.cohorts.iter().zip(cohorts).enumerate())
        .map(|(index, (point, sums))| Cohort {
            point: *point,
            profiles: sums.profiles,
            cells: sums.cells(plan, plan.begun(index), true),
        })
        .collect()
}

pub(crate) fn people(
    view: &View<'_>,
    retention: &Retention,
    select: &RetentionSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, retention, when)?;
    let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
    let index_of = |place: &str, found: Option<usize>| found.ok_or_else(|| unknown(place));
    let cohort = match select.cohort {
        Some(from) => Some(index_of(
            "select.cohort",
            plan.cohorts.iter().position(|it| it.from == from),
        )?),
        None => None,
    };
    let line = match &select.label {
        Some(label) => Some(index_of(
            "select.label",
            plan.lines.iter().position(|it| it == label),
        )?),
        None => None,
    };
    let column = match select.column {
        Some(column) if column >= plan.columns.len() => return Err(unknown("select.column")),
        None if select.part != RetentionPart::Started => {
            return Err(AskError::fault("select.column", "is missing"));
        }
        column => column,
    };
    let begin = || (Vec::new(), Room::default());
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        begin,
        |(profiles, room), rows, picked| {
            let mut is_hit = false;
            plan.visit(rows, picked, room, &mut |start| {
                is_hit |= cohort.is_none_or(|it| it == start.cohort)
                    && line.is_none_or(|it| it == start.line)
                    && is_in(&plan, start, select.part, column);
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

/// Whether a start belongs to one number.
fn is_in(plan: &Plan<'_>, start: &Start, part: RetentionPart, column: Option<usize>) -> bool {
    let Some(column) = column else {
        return part == RetentionPart::Started;
    };
    let is_over = plan.over(start.passed) >> column & 1 == 1;
    let is_back = start.back >> column & 1 == 1;
    match part {
        RetentionPart::Started => is_over,
        RetentionPart::Back => is_over && is_back,
        RetentionPart::Away => is_over && !is_back,
        RetentionPart::Open => !is_over,
        RetentionPart::OpenBack => !is_over && is_back,
    }
}

/// What one thread has counted.
struct Table {
    cohorts: Vec<Sums>,
    lines: Vec<Sums>,
    /// Per line that is told with its cohorts, and cohort.
    triangles: Vec<Sums>,
    total: Sums,
    /// Starts of which nothing else matters than their line, their cohort and where they came back, by these.
    alike: Option<Vec<u32>>,
    room: Room,
}

/// Different kinds of starts that are counted before they are added up.
const ALIKE_MAX: usize = 1 << 14;

/// Starts that are counted together.
#[derive(Clone)]
struct Sums {
    starts: u64,
    profiles: u64,
    /// Starts by how many periods have passed since.
    passed: Vec<u64>,
    /// Per column, of starts whose period is over.
    back: Vec<u64>,
    back_profiles: Vec<u64>,
    open_back: Vec<u64>,
    /// The last profile that was counted, and its columns. Starts of one profile come one after the other.
    last: Option<ProfileId>,
    seen: u128,
}

impl Table {
    fn new(plan: &Plan<'_>) -> Self {
        let sums = Sums::new(plan);
        Self {
            cohorts: vec![sums.clone(); plan.cohorts.len()],
            lines: vec![sums.clone(); plan.lines.len()],
            triangles: vec![sums.clone(); plan.triangles_count() * plan.cohorts.len()],
            total: sums,
            alike: Self::alike_count(plan).map(|count| vec![0; count]),
            room: Room::default(),
        }
    }

    /// How many kinds of starts there are; none where there may be too many, or where a profile may start twice.
    fn alike_count(plan: &Plan<'_>) -> Option<usize> {
        let places = plan.lines.len().max(1) * plan.cohorts.len();
        let columns = u32::try_from(plan.columns.len()).ok()?;
        let count = places.checked_mul(1_usize.checked_shl(columns)?)?;
        (plan.is_passed_by_cohort() && count <= ALIKE_MAX).then_some(count)
    }

    fn add(&mut self, profile: ProfileId, start: &Start, plan: &Plan<'_>) {
        if let Some(alike) = &mut self.alike {
            let place = start.line * self.cohorts.len() + start.cohort;
            alike[place << plan.columns.len() | start.back as usize] += 1;
            return;
        }
        let over = plan.over(start.passed);
        self.total.add(profile, start, over);
        self.cohorts[start.cohort].add(profile, start, over);
        if let Some(line) = self.lines.get_mut(start.line) {
            line.add(profile, start, over);
        }
        let place = start.line * self.cohorts.len() + start.cohort;
        if let Some(cohort) = self.triangles.get_mut(place) {
            cohort.add(profile, start, over);
        }
    }

    /// Adds up what was counted by kind.
    fn settle(&mut self, plan: &Plan<'_>) {
        let columns_count = plan.columns.len();
        let alike = self.alike.take().unwrap_or_default();
        for (kind, count) in alike.into_iter().enumerate().filter(|it| it.1 > 0) {
            let place = kind >> columns_count;
            let (line, cohort) = (place / self.cohorts.len(), place % self.cohorts.len());
            let back = (kind & ((1 << columns_count) - 1)) as u128;
            let passed = plan.passed_of(cohort);
            let sums = [
                Some(&mut self.total),
                self.cohorts.get_mut(cohort),
                self.lines.get_mut(line),
                self.triangles.get_mut(place),
            ];
            for sums in sums.into_iter().flatten() {
                sums.add_alike(passed, back, plan.over(passed), count.into());
            }
        }
    }

    /// The cohorts of a line; none where they are not told.
    fn triangle_of(&self, line: usize) -> Option<&[Sums]> {
        let count = self.cohorts.len();
        self.triangles.get(line * count..(line + 1) * count)
    }

    fn merge(&mut self, other: &Self) {
        self.total.merge(&other.total);
        for (mine, more) in self.cohorts.iter_mut().zip(&other.cohorts) {
            mine.merge(more);
        }
        for (mine, more) in self.lines.iter_mut().zip(&other.lines) {
            mine.merge(more);
        }
        for (mine, more) in self.triangles.iter_mut().zip(&other.triangles) {
            mine.merge(more);
        }
    }
}

impl Sums {
    fn new(plan: &Plan<'_>) -> Self {
        let columns = plan.columns.len();
        Self {
            starts: 0,
            profiles: 0,
            passed: vec![0; plan.passed_max + 1],
            back: vec![0; columns],
            back_profiles: vec![0; columns],
            open_back: vec![0; columns],
            last: None,
            seen: 0,
        }
    }

    fn add(&mut self, profile: ProfileId, start: &Start, over: u128) {
        if self.last != Some(profile) {
            self.last = Some(profile);
            self.seen = 0;
            self.profiles += 1;
        }
        self.starts += 1;
        self.passed[start.passed] += 1;
        let back = start.back & over;
        each_bit(back, |column| self.back[column] += 1);
        each_bit(back & !self.seen, |column| self.back_profiles[column] += 1);
        each_bit(start.back & !over, |column| self.open_back[column] += 1);
        self.seen |= back;
    }

    /// Adds starts of as many profiles.
    fn add_alike(&mut self, passed: usize, back: u128, over: u128, count: u64) {
        self.profiles += count;
        self.starts += count;
        self.passed[passed] += count;
        each_bit(back & over, |column| {
            self.back[column] += count;
            self.back_profiles[column] += count;
        });
        each_bit(back & !over, |column| self.open_back[column] += count);
    }

    fn merge(&mut self, other: &Self) {
        self.starts += other.starts;
        self.profiles += other.profiles;
        for (mine, more) in [
            (&mut self.passed, &other.passed),
            (&mut self.back, &other.back),
            (&mut self.back_profiles, &other.back_profiles),
            (&mut self.open_back, &other.open_back),
        ] {
            for (mine, more) in mine.iter_mut().zip(more) {
                *mine += more;
            }
        }
    }

    fn cells(&self, plan: &Plan<'_>, columns_count: usize, has_interval: bool) -> Vec<Returns> {
        (0..columns_count)
            .map(|column| {
                let whole = (self.passed.iter().enumerate())
                    .filter(|(passed, _)| plan.over(*passed) >> column & 1 == 1)
                    .map(|(_, starts)| starts)
                    .sum();
                let part = self.back[column];
                Returns {
                    whole,
                    part,
                    profiles: self.back_profiles[column],
                    interval: has_interval.then(|| wilson(part, whole)).flatten(),
                    open: self.starts - whole,
                    open_back: self.open_back[column],
                }
            })
            .collect()
    }
}

fn each_bit(mut bits: u128, mut see: impl FnMut(usize)) {
    while bits != 0 {
        see(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests;
