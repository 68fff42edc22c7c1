//! How many events and profiles, over time.

use serde::Serialize;
use throughline_model::{EventCode, ProfileId, TimeRange, limits, report::Counts};
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::{Point, points},
    extent::clipped,
    labels::{Label, Labels, Lines, ranks},
    rule::Condition,
    scan::{ProfileRows, scan},
    select::counts::{CountsSelect, SeriesName},
    view::View,
};

/// Events and profiles per series, line of the breakdown and point.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CountsAnswer {
    pub points: Vec<Point>,
    /// Events that are in any series, and the profiles that have one.
    pub total: Count,
    pub series: Vec<Series>,
}

/// One series, or one line of its breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Series {
    pub name: SeriesName,
    /// None when there is no breakdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    pub total: Count,
    /// One for each point of the answer.
    pub points: Vec<Count>,
}

/// Events, and the different profiles that have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    pub events: u64,
    pub profiles: u64,
}

pub(crate) fn answer(
    view: &View<'_>,
    counts: &Counts,
    when: &When,
) -> Result<Counted<CountsAnswer>, AskError> {
    let plan = Plan::new(view, counts, when)?;
    let table = plan.count(view)?;
    let width = plan.points.len();
    let mut series = Vec::new();
    for (index, name) in plan.names.iter().enumerate() {
        for (line, label) in plan.lines.iter().enumerate() {
            let cell = index * plan.lines.len() + line;
            let total = table.totals[cell].count;
            // A line of the breakdown that a series does not have is not listed under it.
            if total.events == 0 && (counts.breakdown.is_some() || counts.series.is_empty()) {
                continue;
            }
            let points = &table.cells[cell * width..(cell + 1) * width];
            series.push(Series {
                name: name.clone(),
                label: label.clone(),
                total,
                points: points.iter().map(|cell| cell.count).collect(),
            });
        }
    }
    Ok(Counted {
        n: table.total.count.profiles,
        left_out: LeftOut {
            capped: plan.capped,
            ..LeftOut::default()
        },
        numbers: CountsAnswer {
            points: plan.points,
            total: table.total.count,
            series,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    counts: &Counts,
    select: &CountsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, counts, when)?;
    let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
    let series = match &select.series {
        Some(name) => Some(
            plan.names
                .iter()
                .position(|it| it == name)
                .ok_or_else(|| unknown("select.series"))?,
        ),
        None => None,
    };
    let line = match &select.label {
        Some(label) => Some(
            plan.lines
                .iter()
                .position(|it| it.as_ref() == Some(label))
                .ok_or_else(|| unknown("select.label"))?,
        ),
        None => None,
    };
    let point = match select.point {
        Some(from) => Some(
            plan.points
                .iter()
                .position(|it| it.from == from)
                .ok_or_else(|| unknown("select.point"))?,
        ),
        None => None,
    };
    let states = scan(view.snapshot, view.cancel, Vec::new, |profiles, rows| {
        let mut is_hit = false;
        plan.visit(rows, &mut |hit| {
            is_hit |= series.is_none_or(|it| it == hit.series)
                && line.is_none_or(|it| it == hit.line)
                && point.is_none_or(|it| it == hit.point);
        });
        if is_hit {
            profiles.push(rows.profile);
        }
    })?;
    let mut profiles = states.concat();
    profiles.sort_unstable();
    Ok(profiles)
}

/// The definition made ready: what each row counts for.
struct Plan<'v> {
    range: TimeRange,
    points: Vec<Point>,
    filter: Condition,
    sorter: Sorter,
    names: Vec<SeriesName>,
    labels: Option<Labels<'v>>,
    /// Per label its line; lines beyond the limit share the last one.
    line_of: Vec<usize>,
    lines: Vec<Option<Label>>,
    capped: u64,
}

/// Says which series an event is in.
enum Sorter {
    /// One series for each event name; `None` for system events.
    Names(Vec<Option<usize>>),
    Matchers(Vec<Condition>),
}

/// One event in one series.
struct Hit {
    /// Number of the event among the profile's rows.
    index: usize,
    series: usize,
    line: usize,
    point: usize,
}

impl<'v> Plan<'v> {
    fn new(view: &'v View<'_>, counts: &Counts, when: &When) -> Result<Self, AskError> {
        let range = clipped(view, when);
        let points = points(range, counts.every, &when.zone, when.now).ok_or_else(|| {
            AskError::fault(
                "every",
                format!(
                    "cuts the range into more than {} points; choose a longer unit or a shorter range",
                    limits::SERIES_POINTS_MAX
                ),
            )
        })?;
        let labels = match &counts.breakdown {
            Some(by) => Some(Labels::by(view, by)?),
            None => None,
        };
        let labels_count = labels.as_ref().map_or(1, Labels::count);
        let (sorter, names) = match counts.series.as_slice() {
            [] => by_name(view),
            series => (
                Sorter::Matchers(
                    series
                        .iter()
                        .map(|it| view.matcher(&it.matcher))
                        .collect::<Result<_, _>>()?,
                ),
                (series.iter())
                    .map(|it| SeriesName::Name(it.name.clone()))
                    .collect(),
            ),
        };
        let mut plan = Self {
            range,
            points,
            filter: view.rule(counts.filter.as_ref())?,
            sorter,
            names,
            line_of: (0..labels_count).collect(),
            lines: match &labels {
                Some(labels) => (0..labels_count)
                    .map(|label| Some(labels.value(label as u32)))
                    .collect(),
                None => vec![None],
            },
            labels,
            capped: 0,
        };
        plan.cap(view)?;
        Ok(plan)
    }

    /// Orders names and lines by their events and folds those beyond the limit into one.
    fn cap(&mut self, view: &View<'_>) -> Result<(), AskError> {
        let has_names = matches!(self.sorter, Sorter::Names(_));
        if !has_names && self.labels.is_none() {
            return Ok(());
        }
        let sums = self.sums(view)?;
        if let Sorter::Names(series_of) = &mut self.sorter {
            let ranks = ranks(&sums.names, |_| true);
            for series in series_of.iter_mut().flatten() {
                *series = ranks.place_of[*series];
            }
            let mut names: Vec<SeriesName> = (ranks.kept.iter())
                .map(|index| self.names[*index].clone())
                .collect();
            if ranks.capped > 0 {
                names.push(SeriesName::Rest);
            }
            self.names = names;
            self.capped += ranks.capped;
        }
        if let Some(labels) = &self.labels {
            let lines = Lines::ranked(labels, &sums.lines);
            self.line_of = lines.line_of;
            self.lines = lines.list.into_iter().map(Some).collect();
            self.capped += lines.capped;
        }
        Ok(())
    }

    /// Events per series and per line over the whole range.
    fn sums(&self, view: &View<'_>) -> Result<Sums, AskError> {
        let begin = || Sums {
            names: vec![0; self.names.len()],
            lines: vec![0; self.lines.len()],
        };
        let states = scan(view.snapshot, view.cancel, begin, |sums, rows| {
            self.visit(rows, &mut |hit| {
                sums.names[hit.series] += 1;
                sums.lines[hit.line] += 1;
            });
        })?;
        let mut sums = begin();
        for state in states {
            add(&mut sums.names, &state.names);
            add(&mut sums.lines, &state.lines);
        }
        Ok(sums)
    }

    fn count(&self, view: &View<'_>) -> Result<Table, AskError> {
        let cells = self.names.len() * self.lines.len();
        let width = self.points.len();
        let begin = || Table {
            total: Cell::default(),
            totals: vec![Cell::default(); cells],
            cells: vec![Cell::default(); cells * width],
        };
        let states = scan(view.snapshot, view.cancel, begin, |table, rows| {
            let mut last = usize::MAX;
            self.visit(rows, &mut |hit| {
                let cell = hit.series * self.lines.len() + hit.line;
                table.cells[cell * width + hit.point].add(rows.profile);
                table.totals[cell].add(rows.profile);
                if last != hit.index {
                    table.total.add(rows.profile);
                    last = hit.index;
                }
            });
        })?;
        let mut table = begin();
        for state in states {
            table.merge(&state);
        }
        Ok(table)
    }

    /// Shows each event in each of its series, in the order of rows.
    fn visit(&self, rows: &ProfileRows<'_>, see: &mut impl FnMut(Hit)) {
        let within = rows.between(self.range.from.0, self.range.to.0);
        let mut point = 0;
        for index in within {
            let event = rows.event[index];
            let place = rows.place(index);
            while self.points[point].to.0 <= rows.time[index] {
                point += 1;
            }
            if !self.filter.holds(event, place) {
                continue;
            }
            let hit = |series| Hit {
                index,
                series,
                line: match &self.labels {
                    Some(labels) => self.line_of[labels.label(rows, index) as usize],
                    None => 0,
                },
                point,
            };
            match &self.sorter {
                Sorter::Names(series_of) => {
                    if let Some(series) = series_of[usize::from(event)] {
                        see(hit(series));
                    }
                }
                Sorter::Matchers(conditions) => {
                    for (series, condition) in conditions.iter().enumerate() {
                        if condition.holds(event, place) {
                            see(hit(series));
                        }
                    }
                }
            }
        }
    }
}

/// A series for each name of a customer event, in alphabetical order.
fn by_name(view: &View<'_>) -> (Sorter, Vec<SeriesName>) {
    let names = &view.snapshot.names;
    let mut codes: Vec<(EventCode, &str)> = names
        .iter()
        .filter(|(code, _)| !names.is_quiet(*code) && names.stands(*code))
        .map(|(code, name)| (code, name.as_str()))
        .collect();
    codes.sort_by_key(|(_, name)| *name);
    let mut series_of = vec![None; names.len()];
    for (index, (code, _)) in codes.iter().enumerate() {
        series_of[usize::from(code.0)] = Some(index);
    }
    let names = (codes.into_iter())
        .map(|(_, name)| SeriesName::Name(name.to_owned()))
        .collect();
    (Sorter::Names(series_of), names)
}

struct Sums {
    names: Vec<u64>,
    lines: Vec<u64>,
}

fn add(sums: &mut [u64], more: &[u64]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

#[derive(Clone, Copy, Default)]
struct Cell {
    count: Count,
    /// The last profile that was counted. Each profile is seen once, so equal means already counted.
    last: Option<ProfileId>,
}

impl Cell {
    fn add(&mut self, profile: ProfileId) {
        self.count.events += 1;
        if self.last != Some(profile) {
            self.last = Some(profile);
            self.count.profiles += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count.events += other.count.events;
        self.count.profiles += other.count.profiles;
    }
}

struct Table {
    total: Cell,
    totals: Vec<Cell>,
    cells: Vec<Cell>,
}

impl Table {
    fn merge(&mut self, other: &Self) {
        self.total.merge(&other.total);
        for (mine, more) in self.totals.iter_mut().zip(&other.totals) {
            mine.merge(more);
        }
        for (mine, more) in self.cells.iter_mut().zip(&other.cells) {
            mine.merge(more);
        }
    }
}

#[cfg(test)]
mod tests;
