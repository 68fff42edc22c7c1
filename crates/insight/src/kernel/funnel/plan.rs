//! A funnel made ready for one snapshot: which steps each event fits, and how events fall into units.

use throughline_model::{
    EventCode, ProfileId, TimeRange, Timestamp,
    report::{Attribution, Entry, FilterWhen, Funnel, Order, Unit, Window},
};

use super::{
    choose::{Choice, Chooser},
    terms::{Attempt, Bound, Hit, Terms},
};
use crate::{
    ask::{AskError, When},
    cancel::Cancel,
    labels::Labels,
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, Place, ProfileRows, scan, scan_picked_if},
    view::View,
};

/// Entries for every code that 16 bits can hold, so that looking one up needs no check.
const CODES: usize = 1 << 16;

pub(super) struct Plan<'v> {
    pub(super) terms: Terms,
    pub(super) labels: Option<Labels<'v>>,
    attribution: Attribution,
    pub(super) unit: Unit,
    groups: Option<Labels<'v>>,
    hold: Vec<Labels<'v>>,
    /// Conditions of steps, then of exclusions, in the order of bits.
    conditions: Vec<Condition>,
    before: Option<Condition>,
    after: Option<Condition>,
    /// Per code the bits that the name alone sets.
    sure: Box<[u32; CODES]>,
    /// Per code the bits that rows decide.
    ask: Vec<u32>,
    /// Per code whether events are there at all, and whether rows decide that.
    is_there: Vec<Verdict>,
    /// Whether rows decide which steps an event fits; whether it is there was decided before.
    asks_rows: bool,
    /// Events that can be there at all; without one that may enter there is no attempt.
    picks: Picks,
    /// Rows outside cannot matter.
    span: TimeRange,
}

/// A unit's attempt that counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome<'a> {
    pub(super) profile: ProfileId,
    pub(super) attempt: &'a Attempt,
    /// Label of the breakdown; 0 when there is none.
    pub(super) label: u32,
}

/// One thread's room for work, and what it left out.
pub(super) struct Work<'c> {
    chooser: Chooser<'c>,
    hits: Vec<Hit>,
    /// The events of each story, in the order of the values that it holds.
    stories: Vec<Vec<Hit>>,
    pub(super) excluded: u64,
}

/// An event that fell into a group.
#[derive(Clone, Copy)]
struct Member {
    group: u32,
    hit: Hit,
    row: Row,
}

/// Where an event comes from.
#[derive(Clone, Copy)]
struct Row {
    profile: ProfileId,
    event: u16,
    channel: u8,
    place: Place,
}

/// The rows that hits point into.
enum Source<'r> {
    Profile(&'r ProfileRows<'r>),
    Members(&'r [Member]),
}

impl Source<'_> {
    fn row(&self, index: u32) -> Row {
        let index = index as usize;
        match self {
            Self::Profile(rows) => Row {
                profile: rows.profile,
                event: rows.event[index],
                channel: rows.channel[index],
                place: rows.place(index),
            },
            Self::Members(members) => members[index].row,
        }
    }
}

impl<'v> Plan<'v> {
    pub(super) fn new(view: &'v View<'_>, funnel: &Funnel, when: &When) -> Result<Self, AskError> {
        let terms = Terms::of(funnel, when.range);
        let steps = funnel.steps.iter().map(|it| &it.matcher);
        let exclusions = funnel.exclusions.iter().map(|it| &it.matcher);
        let conditions: Vec<Condition> = steps
            .chain(exclusions)
            .map(|matcher| view.matcher(matcher))
            .collect::<Result<_, _>>()?;
        let filter = |wanted: FilterWhen| match &funnel.filter {
            Some(filter) if filter.when == wanted => view.rule(Some(&filter.rule)).map(Some),
            _ => Ok(None),
        };
        let (before, after) = (filter(FilterWhen::Before)?, filter(FilterWhen::After)?);
        let labels_of = |field| Labels::of(view, field);
        let mut plan = Self {
            labels: match &funnel.breakdown {
                Some(breakdown) => Some(Labels::by(view, &breakdown.field)?),
                None => None,
            },
            attribution: funnel
                .breakdown
                .as_ref()
                .map(|it| it.attribution)
                .unwrap_or_default(),
            unit: funnel.unit.clone(),
            groups: match &funnel.unit {
                Unit::Group(field) => Some(labels_of(field)?),
                _ => None,
            },
            hold: funnel
                .hold
                .iter()
                .map(labels_of)
                .collect::<Result<_, _>>()?,
            conditions,
            before,
            after,
            sure: vec![0; CODES]
                .into_boxed_slice()
                .try_into()
                .expect("as many as codes"),
            ask: Vec::new(),
            is_there: Vec::new(),
            asks_rows: false,
            picks: Picks {
                wanted: Wanted::of(0, |_| false),
                needed: Wanted::of(0, |_| false),
            },
            span: span_of(&terms),
            terms,
        };
        plan.decide_codes(view);
        Ok(plan)
    }

    fn decide_codes(&mut self, view: &View<'_>) {
        let is_strict = self.terms.order == Order::Strict;
        let names = &view.snapshot.names;
        for (EventCode(code), _) in names.iter() {
            let mut is_there = match &self.before {
                Some(filter) => filter.verdict(code),
                None => Verdict::Yes,
            };
            let (mut sure, mut ask) = (0, 0);
            for (bit, condition) in self.conditions.iter().enumerate() {
                match condition.verdict(code) {
                    Verdict::Yes => sure |= 1 << bit,
                    Verdict::Ask => ask |= 1 << bit,
                    Verdict::No => {}
                }
            }
            let is_foreign = is_strict && !names.is_quiet(EventCode(code));
            if is_there == Verdict::No || sure | ask == 0 && !is_foreign {
                (is_there, sure, ask) = (Verdict::No, 0, 0);
            }
            self.asks_rows |= ask != 0;
            self.sure[usize::from(code)] = sure;
            self.ask.push(ask);
            self.is_there.push(is_there);
        }
        let bits = |code: u16| self.sure[usize::from(code)] | self.ask[usize::from(code)];
        let entry_bits = self.terms.entry_bits();
        let count = self.ask.len();
        self.picks = Picks {
            wanted: Wanted::of(count, |code| {
                self.is_there[usize::from(code)] != Verdict::No
            }),
            needed: Wanted::of(count, |code| bits(code) & entry_bits != 0),
        };
    }

    /// Shows the outcomes of all units, each once. Those of one profile come together.
    pub(super) fn fold<S: Send>(
        &self,
        view: &View<'_>,
        begin: impl Fn() -> S + Sync,
        see: impl Fn(&mut S, &Outcome<'_>) + Sync,
    ) -> Result<Folded<S>, AskError> {
        if self.groups.is_some() {
            return self.fold_groups(view, begin, see);
        }
        let filter = self.before.as_ref().filter(|it| it.asks_rows());
        let states = scan_picked_if(
            view.snapshot,
            view.cancel,
            &self.picks,
            filter,
            || (Work::new(view.cancel), begin()),
            |(work, state), rows, picked| {
                self.profile(work, rows, picked, &mut |outcome| see(state, outcome));
            },
        )?;
        let excluded = states.iter().map(|(work, _)| work.excluded).sum();
        Ok(Folded {
            states: states.into_iter().map(|(_, state)| state).collect(),
            excluded,
            ungrouped: 0,
        })
    }

    fn profile(
        &self,
        work: &mut Work<'_>,
        rows: &ProfileRows<'_>,
        picked: &[Found],
        see: &mut impl FnMut(&Outcome<'_>),
    ) {
        let source = Source::Profile(rows);
        let Unit::Session(pause) = &self.unit else {
            self.collect(work, rows, among(picked, self.span));
            self.unit(work, &source, Bound::NONE, see);
            return;
        };
        let mut start = 0;
        while start < rows.len() {
            let mut end = start + 1;
            while end < rows.len() && rows.time[end] - rows.time[end - 1] <= pause.0 {
                end += 1;
            }
            let (first, last) = (rows.time[start], rows.time[end - 1]);
            let session = TimeRange {
                from: Timestamp(first),
                to: Timestamp(last.saturating_add(1)),
            };
            self.collect(work, rows, among(picked, session));
            let bound = Bound {
                open_until: last.saturating_add(pause.0),
                ..Bound::NONE
            };
            self.unit(work, &source, bound, see);
            start = end;
        }
    }

    /// Takes the events of a profile that matter.
    fn collect(&self, work: &mut Work<'_>, rows: &ProfileRows<'_>, picked: &[Found]) {
        work.hits.clear();
        let hit = |found: &Found, mask: u32| Hit {
            time: found.time,
            mask,
            row: found.row,
        };
        if self.asks_rows {
            work.hits.extend(picked.iter().filter_map(|found| {
                let mask = self.mask(found.event, || rows.place(found.row as usize))?;
                Some(hit(found, mask))
            }));
        } else {
            let mask = |found: &Found| self.sure[usize::from(found.event)];
            work.hits.extend(picked.iter().map(|it| hit(it, mask(it))));
        }
    }

    /// The bits of an event; `None` when the event is as good as not there.
    fn mask(&self, event: u16, place: impl Fn() -> Place) -> Option<u32> {
        let is_there = match self.is_there[usize::from(event)] {
            Verdict::No => false,
            Verdict::Yes => true,
            Verdict::Ask => self
                .before
                .as_ref()
                .is_some_and(|filter| filter.asked(place())),
        };
        if !is_there {
            return None;
        }
        let mut mask = self.sure[usize::from(event)];
        let mut ask = self.ask[usize::from(event)];
        while ask != 0 {
            let bit = ask.trailing_zeros();
            if self.conditions[bit as usize].asked(place()) {
                mask |= 1 << bit;
            }
            ask &= ask - 1;
        }
        (mask != 0 || self.terms.order == Order::Strict).then_some(mask)
    }

    /// Shows what counts of the unit whose events were collected.
    fn unit(
        &self,
        work: &mut Work<'_>,
        source: &Source<'_>,
        bound: Bound,
        see: &mut impl FnMut(&Outcome<'_>),
    ) {
        if !work.hits.iter().any(|hit| self.terms.may_enter(hit)) {
            return;
        }
        if self.hold.is_empty() && self.terms.is_common() {
            let attempt = work.chooser.common(&self.terms, &work.hits, bound);
            if let Some(attempt) = attempt {
                self.show(source, attempt, &work.hits, see);
            }
        } else if self.hold.is_empty() {
            let choice = work.chooser.choose(&self.terms, &work.hits, bound);
            work.excluded += self.settle(source, [(&choice, work.hits.as_slice())], see);
        } else {
            self.split(work, source);
            let first_entry = |story: &Vec<Hit>| {
                let entry = story.iter().find(|hit| self.terms.may_enter(hit));
                entry.map(|hit| hit.time)
            };
            let first = work.stories.iter().filter_map(first_entry).min();
            let mut choices: Vec<(Choice, &[Hit])> = Vec::new();
            for story in &work.stories {
                if self.terms.entry == Entry::First && first_entry(story) != first {
                    continue;
                }
                let choice = work.chooser.choose(&self.terms, story, bound);
                choices.push((choice, story.as_slice()));
            }
            let choices = choices.iter().map(|(choice, hits)| (choice, *hits));
            work.excluded += self.settle(source, choices, see);
        }
    }

    /// Splits the collected events by the values that must be held.
    ///
    /// An event with other values belongs to another story. One that lacks a value can be no step,
    /// but lies between the steps of every story.
    fn split(&self, work: &mut Work<'_>, source: &Source<'_>) {
        work.stories.clear();
        let values_of = |hit: &Hit| -> Option<Vec<u32>> {
            let row = source.row(hit.row);
            (self.hold.iter())
                .map(|labels| labels.at(row.profile, row.event, row.channel, row.place))
                .map(|label| (label != 0).then_some(label))
                .collect()
        };
        let values: Vec<Option<Vec<u32>>> = work.hits.iter().map(values_of).collect();
        let mut stories: Vec<&Vec<u32>> = values.iter().flatten().collect();
        stories.sort();
        stories.dedup();
        for story in stories {
            let hits = (work.hits.iter().zip(&values))
                .filter_map(|(hit, values)| match values {
                    Some(values) => (values == story).then_some(*hit),
                    None => Some(Hit {
                        mask: hit.mask & !self.terms.step_bits(),
                        ..*hit
                    }),
                })
                .collect();
            work.stories.push(hits);
        }
    }

    /// Shows the attempts that count, and says how many units exclusions left out.
    fn settle<'h>(
        &self,
        source: &Source<'_>,
        choices: impl IntoIterator<Item = (&'h Choice, &'h [Hit])> + Clone,
        see: &mut impl FnMut(&Outcome<'_>),
    ) -> u64 {
        let is_dropped = choices
            .clone()
            .into_iter()
            .any(|(choice, _)| choice.is_dropped);
        let void: usize = choices
            .clone()
            .into_iter()
            .map(|(choice, _)| choice.void)
            .sum();
        if is_dropped {
            return 1;
        }
        let attempts = choices
            .into_iter()
            .flat_map(|(choice, hits)| choice.attempts.iter().map(move |attempt| (attempt, hits)));
        if self.unit == Unit::Attempt {
            for (attempt, hits) in attempts {
                self.show(source, attempt, hits, see);
            }
            return void as u64;
        }
        // Of equals the first: stories come in the order of their values.
        let mut best: Option<(&Attempt, &[Hit])> = None;
        for (attempt, hits) in attempts {
            if best.is_none_or(|(best, _)| rank(attempt) > rank(best)) {
                best = Some((attempt, hits));
            }
        }
        match best {
            Some((attempt, hits)) => {
                self.show(source, attempt, hits, see);
                0
            }
            None => u64::from(void > 0),
        }
    }

    fn show(
        &self,
        source: &Source<'_>,
        attempt: &Attempt,
        hits: &[Hit],
        see: &mut impl FnMut(&Outcome<'_>),
    ) {
        let entries = || {
            at_time(hits, attempt.entry)
                .iter()
                .filter(|hit| self.terms.may_enter(hit))
                .map(|hit| source.row(hit.row))
        };
        if let Some(filter) = &self.after
            && !entries().any(|row| filter.holds(row.event, row.place))
        {
            return;
        }
        let profile = match source {
            Source::Profile(rows) => rows.profile,
            Source::Members(_) => entries()
                .map(|row| row.profile)
                .min()
                .expect("an attempt has an entry"),
        };
        see(&Outcome {
            profile,
            attempt,
            label: self.label(source, attempt, hits),
        });
    }

    /// The label of a unit: the smallest one of the events that may have served the step it is taken from.
    fn label(&self, source: &Source<'_>, attempt: &Attempt, hits: &[Hit]) -> u32 {
        let Some(labels) = &self.labels else { return 0 };
        let step = match self.attribution {
            Attribution::Entry => None,
            Attribution::Step(step) if attempt.has(step) => Some(step),
            Attribution::Step(_) => return 0,
            Attribution::Last => Some(attempt.reached.ilog2() as usize),
        };
        let (time, bits) = match step {
            None => (
                attempt.entry,
                if self.terms.order == Order::Any {
                    self.terms.step_bits()
                } else {
                    1
                },
            ),
            Some(step) if self.terms.order == Order::Any => {
                (attempt.times[step], self.terms.step_bits())
            }
            Some(step) => (attempt.times[step], 1 << step),
        };
        (at_time(hits, time).iter())
            .filter(|hit| hit.mask & bits != 0)
            .map(|hit| source.row(hit.row))
            .map(|row| labels.at(row.profile, row.event, row.channel, row.place))
            .filter(|label| *label != 0)
            .min()
            .unwrap_or(0)
    }

    /// Units that reach over profiles: their events are brought together first.
    fn fold_groups<S: Send>(
        &self,
        view: &View<'_>,
        begin: impl Fn() -> S + Sync,
        see: impl Fn(&mut S, &Outcome<'_>) + Sync,
    ) -> Result<Folded<S>, AskError> {
        let groups = self.groups.as_ref().expect("asked for groups only");
        let found = scan(view.snapshot, view.cancel, Vec::new, |members, rows| {
            for index in rows.between(self.span.from.0, self.span.to.0) {
                let place = rows.place(index);
                if let Some(mask) = self.mask(rows.event[index], || place) {
                    members.push(Member {
                        group: groups.label(rows, index),
                        hit: Hit {
                            time: rows.time[index],
                            mask,
                            row: 0,
                        },
                        row: Row {
                            profile: rows.profile,
                            event: rows.event[index],
                            channel: rows.channel[index],
                            place,
                        },
                    });
                }
            }
        })?;
        let mut members = found.concat();
        members.sort_unstable_by_key(|it| (it.group, it.hit.time, it.row.profile, it.row.place));
        let ungrouped = members.partition_point(|it| it.group == 0);
        let mut work = Work::new(view.cancel);
        let mut outcomes: Vec<(ProfileId, Attempt, u32)> = Vec::new();
        for group in members[ungrouped..].chunk_by(|a, b| a.group == b.group) {
            view.cancel.check()?;
            work.hits.clear();
            work.hits
                .extend((0..).zip(group).map(|(row, it)| Hit { row, ..it.hit }));
            self.unit(
                &mut work,
                &Source::Members(group),
                Bound::NONE,
                &mut |outcome| {
                    outcomes.push((outcome.profile, *outcome.attempt, outcome.label));
                },
            );
        }
        outcomes.sort_by_key(|(profile, ..)| *profile);
        let mut state = begin();
        for (profile, attempt, label) in &outcomes {
            let outcome = Outcome {
                profile: *profile,
                attempt,
                label: *label,
            };
            see(&mut state, &outcome);
        }
        Ok(Folded {
            states: vec![state],
            excluded: work.excluded,
            ungrouped: ungrouped as u64,
        })
    }
}

/// What a fold leaves behind.
pub(super) struct Folded<S> {
    pub(super) states: Vec<S>,
    pub(super) excluded: u64,
    pub(super) ungrouped: u64,
}

impl<'c> Work<'c> {
    fn new(cancel: &'c Cancel) -> Self {
        Self {
            chooser: Chooser::new(cancel),
            hits: Vec::new(),
            stories: Vec::new(),
            excluded: 0,
        }
    }
}

/// Further is better, then later, then sooner done.
fn rank(attempt: &Attempt) -> impl PartialOrd + use<> {
    let mut times = attempt.times.map(std::cmp::Reverse);
    times.reverse();
    (attempt.level, attempt.entry, attempt.reached, times)
}

/// The events of one instant.
fn at_time(hits: &[Hit], time: i64) -> &[Hit] {
    let start = hits.partition_point(|hit| hit.time < time);
    let end = start + hits[start..].partition_point(|hit| hit.time == time);
    &hits[start..end]
}

/// When events can matter: from the first entry, less the grace, to the end of the last window.
fn span_of(terms: &Terms) -> TimeRange {
    let reach = i64::try_from(terms.steps_count).expect("few steps") * terms.grace();
    let to = match terms.window {
        Window::Whole(span) => terms.range.to.plus(span),
        Window::Each(_) | Window::Unlimited => Timestamp::MAX,
    };
    TimeRange {
        from: Timestamp(terms.range.from.0.saturating_sub(reach)),
        to: Timestamp(to.0.saturating_add(1)),
    }
}

/// The picked rows that lie in a range.
fn among(picked: &[Found], range: TimeRange) -> &[Found] {
    let (Some(first), Some(last)) = (picked.first(), picked.last()) else {
        return picked;
    };
    if range.from.0 <= first.time && last.time < range.to.0 {
        return picked;
    }
    let start = picked.partition_point(|it| it.time < range.from.0);
    let end = picked.partition_point(|it| it.time < range.to.0);
    &picked[start..end.max(start)]
}

#[cfg(test)]
mod tests;
