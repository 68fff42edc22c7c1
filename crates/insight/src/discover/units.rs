//! What could become a step: touchpoints, and the names of events that belong to none.

use throughline_model::{EventCode, Field, Matcher, Rule, Test, TimeRange, limits};

use crate::{
    ask::AskError, captured::is_gesture, codes::Codes, rule::Condition, scan::ProfileRows,
    view::View,
};

use super::{DiscoverOptions, LeftOutUnit};
use crate::vocabulary_defaults::readable;

/// Touchpoints come first, then event names by code.
pub(super) struct Units<'v> {
    pub view: &'v View<'v>,
    range: TimeRange,
    goal: Condition,
    touchpoints: &'v Codes,
    stage_entries: &'v Codes,
    is_customer: Vec<bool>,
}

/// One event as discovery sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub at: i64,
    pub unit: usize,
    pub is_goal: bool,
    /// One more than the index of the stage it leads to; 0 for none.
    pub stage: u16,
}

impl<'v> Units<'v> {
    pub fn new(view: &'v View<'v>, goal: &Matcher, range: TimeRange) -> Result<Self, AskError> {
        for id in &goal.touchpoints {
            if !view.vocabulary.touchpoints.iter().any(|it| it.id == *id) {
                let message = format!("names the touchpoint `{id}`, which does not exist");
                return Err(AskError::fault("goal", message));
            }
        }
        Ok(Self {
            view,
            range,
            goal: view.matcher(goal)?,
            touchpoints: view.touchpoints()?,
            stage_entries: view.stage_entries()?,
            is_customer: (view.snapshot.names.quiet().iter())
                .map(|is_quiet| !is_quiet)
                .collect(),
        })
    }

    /// Count of what could become a step.
    pub fn count(&self) -> usize {
        self.view.vocabulary.touchpoints.len() + self.is_customer.len()
    }

    /// Count of the vocabulary's stages.
    pub fn stages_count(&self) -> usize {
        self.view.vocabulary.stages.len()
    }

    /// A profile's customer events in the range, by time.
    pub fn each<'r>(&'r self, rows: &'r ProfileRows<'r>) -> impl Iterator<Item = Seen> + 'r {
        let range = rows.between(self.range.from.0, self.range.to.0);
        range
            .filter(|index| self.is_customer[usize::from(rows.event[*index])])
            .map(|index| {
                let (event, place) = (rows.event[index], rows.place(index));
                let unit = match self.touchpoints.of(event, place) {
                    0 => self.view.vocabulary.touchpoints.len() + usize::from(event),
                    code => usize::from(code) - 1,
                };
                Seen {
                    at: rows.time[index],
                    unit,
                    is_goal: self.goal.holds(event, place),
                    stage: self.stage_entries.of(event, place),
                }
            })
    }

    /// The id of a touchpoint or the name of an event: what tells units apart in any log.
    pub fn name(&self, unit: usize) -> String {
        match self.view.vocabulary.touchpoints.get(unit) {
            Some(touchpoint) => touchpoint.id.clone(),
            None => self.event_name(unit).to_string(),
        }
    }

    /// Id and title for a step.
    pub fn label(&self, unit: usize) -> (String, String) {
        match self.view.vocabulary.touchpoints.get(unit) {
            Some(touchpoint) => (touchpoint.id.clone(), touchpoint.name.clone()),
            None => readable(self.event_name(unit).as_str()),
        }
    }

    /// False for gestures on a page that belong to no touchpoint.
    pub fn is_contact(&self, unit: usize) -> bool {
        unit < self.view.vocabulary.touchpoints.len() || !is_gesture(self.event_name(unit))
    }

    /// Takes exactly the events of a unit.
    pub fn matcher(&self, unit: usize) -> Matcher {
        if let Some(touchpoint) = self.view.vocabulary.touchpoints.get(unit) {
            return Matcher::touchpoint(&touchpoint.id);
        }
        let code = (unit - self.view.vocabulary.touchpoints.len()) as u16;
        let mut matcher = Matcher::event(self.event_name(unit).clone());
        if self.touchpoints.by_name(code) != Some(0) {
            // Some events of the name belong to touchpoints, and to those only.
            matcher.rule = Some(Rule::Where {
                field: Field::Touchpoint,
                test: Test::Missing(Default::default()),
            });
        }
        matcher
    }

    fn event_name(&self, unit: usize) -> &throughline_model::EventName {
        let code = (unit - self.view.vocabulary.touchpoints.len()) as u16;
        let name = self.view.snapshot.names.name(EventCode(code));
        name.expect("units beyond the touchpoints are codes of events")
    }
}

/// How often each unit was met, and by how many.
pub(super) struct Census {
    pub events: u64,
    pub profiles: u64,
    pub goal_profiles: u64,
    units: Vec<UnitCount>,
    stages: Vec<u64>,
    stages_count: usize,
    met: Vec<usize>,
}

#[derive(Clone, Copy, Default)]
struct UnitCount {
    events: u64,
    goal_events: u64,
    profiles: u64,
    goal_profiles: u64,
    /// Number of the last profile that met it.
    seen_by: u64,
}

impl Census {
    pub fn new(units: &Units<'_>) -> Self {
        let stages_count = units.stages_count() + 1;
        Self {
            events: 0,
            profiles: 0,
            goal_profiles: 0,
            units: vec![UnitCount::default(); units.count()],
            stages: vec![0; units.count() * stages_count],
            stages_count,
            met: Vec::new(),
        }
    }

    /// Counts one profile.
    pub fn add(&mut self, units: &Units<'_>, rows: &ProfileRows<'_>) {
        self.met.clear();
        let number = self.profiles + 1;
        let mut reached_goal = false;
        for seen in units.each(rows) {
            let count = &mut self.units[seen.unit];
            count.events += 1;
            count.goal_events += u64::from(seen.is_goal);
            reached_goal |= seen.is_goal;
            self.events += 1;
            self.stages[seen.unit * self.stages_count + usize::from(seen.stage)] += 1;
            if count.seen_by != number {
                count.seen_by = number;
                count.profiles += 1;
                self.met.push(seen.unit);
            }
        }
        if self.met.is_empty() {
            return;
        }
        self.profiles = number;
        if reached_goal {
            self.goal_profiles += 1;
            for unit in &self.met {
                self.units[*unit].goal_profiles += 1;
            }
        }
    }

    /// Adds what another thread counted.
    pub fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.profiles += other.profiles;
        self.goal_profiles += other.goal_profiles;
        for (mine, theirs) in self.units.iter_mut().zip(&other.units) {
            mine.events += theirs.events;
            mine.goal_events += theirs.goal_events;
            mine.profiles += theirs.profiles;
            mine.goal_profiles += theirs.goal_profiles;
        }
        for (mine, theirs) in self.stages.iter_mut().zip(&other.stages) {
            *mine += theirs;
        }
    }

    /// Events of a unit.
    pub fn events_of(&self, unit: usize) -> u64 {
        self.units[unit].events
    }

    /// Units that were met at all.
    pub fn units_seen(&self) -> usize {
        self.units.iter().filter(|unit| unit.events > 0).count()
    }

    /// The stage that most events of a unit lead to; none where most lead to none.
    pub fn stage_of(&self, unit: usize) -> Option<usize> {
        let stages = &self.stages[unit * self.stages_count..][..self.stages_count];
        let best =
            (1..self.stages_count).max_by_key(|stage| (stages[*stage], usize::MAX - stage))?;
        (stages[best] * 2 >= self.units[unit].events).then(|| best - 1)
    }

    /// The steps: the goal, the most frequent units, and what many met on the way to the goal.
    pub fn choose(&self, units: &Units<'_>, options: &DiscoverOptions) -> Vec<usize> {
        let goal_events: u64 = self.units.iter().map(|unit| unit.goal_events).sum();
        let is_goal = |unit: &UnitCount| unit.goal_events * 10 >= goal_events.max(1);
        let mut ranked: Vec<usize> = (0..self.units.len())
            .filter(|unit| self.units[*unit].events > 0)
            .filter(|unit| units.is_contact(*unit) || is_goal(&self.units[*unit]))
            .collect();
        ranked.sort_by_key(|unit| {
            let count = &self.units[*unit];
            (!is_goal(count), u64::MAX - count.events, *unit)
        });
        let events: u64 = ranked.iter().map(|unit| self.units[*unit].events).sum();
        let enough = options.coverage * events as f64;
        let often = options.goal_share * self.goal_profiles as f64;
        let mut covered = 0;
        let mut kept = Vec::new();
        for unit in ranked {
            let count = &self.units[unit];
            let is_needed =
                is_goal(count) || (covered as f64) < enough || count.goal_profiles as f64 >= often;
            if is_needed && kept.len() < options.steps_max {
                kept.push(unit);
                covered += count.events;
            }
        }
        kept.sort_unstable();
        kept
    }

    /// What was not chosen.
    pub fn left_out(&self, units: &Units<'_>, kept: &[usize]) -> Vec<LeftOutUnit> {
        let mut left: Vec<LeftOutUnit> = (self.units.iter().enumerate())
            .filter(|(unit, count)| count.events > 0 && !kept.contains(unit))
            .map(|(unit, count)| LeftOutUnit {
                name: units.name(unit),
                events: count.events,
                profiles: count.profiles,
            })
            .collect();
        left.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
        left.truncate(limits::MAP_UNEXPLAINED_MAX);
        left
    }
}
