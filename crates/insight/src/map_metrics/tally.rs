//! Sums over profiles, and their shape as numbers of a map.

use std::{cmp::Ordering, collections::HashMap};

use throughline_model::{Channel, EventCode, Map, Timestamp, limits};

use super::marks::{BASE, GOAL, Marks, SCOPE, StepPart, WHOLE, end_of};
use super::packed::Packed;
use super::path::{Path, Visit};
use super::plan::Plan;
use super::{
    ChannelShare, Coverage, MapNumbers, MapRange, StageNumbers, StepNumbers, StepVisits,
    TransitionKind, TransitionNumbers, Unexplained,
};

/// What was counted. Tallies of different profiles add up.
pub(super) struct Tally {
    /// Per mark the profiles that have it.
    people: Vec<u64>,
    /// Per mark the last profile of this tally that had it.
    seen_by: Vec<u64>,
    profiles: u64,
    experiences: u64,
    events_on_map: u64,
    visits: Vec<StepVisits>,
    times_to: Vec<Packed>,
    times_in: Vec<Packed>,
    /// Per step and channel.
    touches: Vec<u64>,
    /// Per pair of steps.
    edges: Vec<EdgeTally>,
    strays: Vec<u64>,
    /// Per stray event and step before it. Their order is never seen.
    strays_after: HashMap<(u16, u16), u64>,
}

/// Transitions between two steps.
#[derive(Clone, Default)]
struct EdgeTally {
    direct: u64,
    times: Packed,
}

impl Tally {
    pub fn new(plan: &Plan<'_>, marks: &Marks) -> Self {
        let steps = plan.steps_count;
        Self {
            people: vec![0; marks.count],
            seen_by: vec![0; marks.count],
            profiles: 0,
            experiences: 0,
            events_on_map: 0,
            visits: vec![StepVisits::default(); steps],
            times_to: vec![Packed::default(); steps],
            times_in: vec![Packed::default(); steps],
            touches: vec![0; steps * Channel::ALL.len()],
            edges: vec![EdgeTally::default(); steps * steps],
            strays: vec![0; plan.is_customer.len()],
            strays_after: HashMap::new(),
        }
    }

    /// Adds one profile's path.
    pub fn add(&mut self, plan: &Plan<'_>, marks: &Marks, path: &Path) {
        self.profiles += 1;
        let number = self.profiles;
        let (people, seen_by) = (&mut self.people, &mut self.seen_by);
        marks.each(plan, path, &mut |mark| {
            people[mark] += u64::from(seen_by[mark] != number);
            seen_by[mark] = number;
        });
        self.events_on_map += path.touches.len() as u64;
        for (step, channel) in &path.touches {
            self.touches[usize::from(*step) * Channel::ALL.len() + usize::from(*channel)] += 1;
        }
        for (event, after) in &path.strays {
            self.strays[usize::from(*event)] += 1;
            *self.strays_after.entry((*event, *after)).or_default() += 1;
        }
        for experience in &path.experiences {
            let visits = &path.visits[experience.visits.clone()];
            if let Some(last) = visits.last() {
                self.experiences += 1;
                let last = &mut self.visits[usize::from(last.step)];
                match end_of(plan, experience) {
                    StepPart::Finished => last.finished += 1,
                    StepPart::Open => last.open += 1,
                    _ => last.exited += 1,
                }
                self.follow(plan, visits);
            }
        }
    }

    /// Adds the visits of one experience, at least one.
    fn follow(&mut self, plan: &Plan<'_>, visits: &[Visit]) {
        let begun = visits[0].at;
        let mut stay = visits[0];
        self.visits[usize::from(stay.step)].first += 1;
        for visit in visits {
            let step = usize::from(visit.step);
            self.visits[step].all += 1;
            if visit.is_first {
                self.times_to[step].push(visit.at - begun);
            }
            if visit.step != stay.step {
                self.times_in[usize::from(stay.step)].push(visit.at - stay.at);
                stay = *visit;
            }
        }
        for pair in visits.windows(2) {
            let (from, to) = (usize::from(pair[0].step), usize::from(pair[1].step));
            self.visits[from].onward += 1;
            let edge = &mut self.edges[from * plan.steps_count + to];
            edge.direct += u64::from(pair[1].is_direct);
            edge.times.push(pair[1].at - pair[0].at);
        }
    }

    /// Adds what another thread counted.
    pub fn merge(&mut self, other: Self) {
        add(&mut self.people, &other.people);
        self.profiles += other.profiles;
        self.experiences += other.experiences;
        self.events_on_map += other.events_on_map;
        for (mine, theirs) in self.visits.iter_mut().zip(&other.visits) {
            mine.all += theirs.all;
            mine.first += theirs.first;
            mine.onward += theirs.onward;
            mine.exited += theirs.exited;
            mine.open += theirs.open;
            mine.finished += theirs.finished;
        }
        for (mine, theirs) in self.times_to.iter_mut().zip(other.times_to) {
            mine.extend(theirs);
        }
        for (mine, theirs) in self.times_in.iter_mut().zip(other.times_in) {
            mine.extend(theirs);
        }
        add(&mut self.touches, &other.touches);
        for (mine, theirs) in self.edges.iter_mut().zip(other.edges) {
            mine.direct += theirs.direct;
            mine.times.extend(theirs.times);
        }
        add(&mut self.strays, &other.strays);
        for (key, count) in other.strays_after {
            *self.strays_after.entry(key).or_default() += count;
        }
    }

    /// The numbers, without what only the snapshot knows.
    pub fn numbers(mut self, plan: &Plan<'_>, marks: &Marks, map: &Map) -> MapNumbers {
        let base = self.people[BASE];
        MapNumbers {
            range: MapRange {
                from: plan.range.from,
                to: plan.range.to,
                zone: plan.zone.clone(),
            },
            asked: Timestamp::default(),
            taken: Timestamp::default(),
            links: 0,
            profiles: self.people[SCOPE],
            events: self.events(),
            base,
            experiences: self.experiences,
            goal: self.people[GOAL],
            stages: (map.stages.iter().enumerate())
                .map(|(index, stage)| {
                    let people = self.people[marks.stage(index)];
                    StageNumbers {
                        stage: stage.id.clone(),
                        people,
                        share: share(people, base),
                    }
                })
                .collect(),
            steps: (0..plan.steps_count)
                .zip(map.steps())
                .map(|(index, step)| self.step(marks, index, &step.id))
                .collect(),
            transitions: self.transitions(plan, marks, map),
            coverage: self.coverage(plan, marks, map),
        }
    }

    fn events(&self) -> u64 {
        self.events_on_map + self.strays.iter().sum::<u64>()
    }

    fn step(&mut self, marks: &Marks, index: usize, id: &str) -> StepNumbers {
        let count = |part: StepPart| self.people[marks.step(index, part)];
        let people = count(StepPart::People);
        let before = index.checked_sub(1).map_or(0, |before| {
            self.people[marks.step(before, StepPart::People)]
        });
        StepNumbers {
            step: id.to_owned(),
            people,
            share: share(people, self.people[BASE]),
            from_previous: count(StepPart::FromPrevious),
            from_previous_share: share(count(StepPart::FromPrevious), before),
            goal: count(StepPart::Goal),
            goal_share: share(count(StepPart::Goal), people),
            returns: count(StepPart::Returns),
            return_share: share(count(StepPart::Returns), people),
            exits: count(StepPart::Exits),
            exit_share: share(count(StepPart::Exits), people),
            open: count(StepPart::Open),
            finished: count(StepPart::Finished),
            entries: count(StepPart::Entries),
            events: self.touches_of(index).iter().sum(),
            visits: self.visits[index],
            channels: self.channels(marks, index),
            reach: self.times_to[index].spread(),
            leave: self.times_in[index].spread(),
        }
    }

    fn touches_of(&self, step: usize) -> &[u64] {
        &self.touches[step * Channel::ALL.len()..][..Channel::ALL.len()]
    }

    fn channels(&self, marks: &Marks, step: usize) -> Vec<ChannelShare> {
        let touches = self.touches_of(step);
        let events: u64 = touches.iter().sum();
        let mut channels: Vec<ChannelShare> = Channel::ALL
            .into_iter()
            .zip(touches)
            .filter(|(_, touches)| **touches > 0)
            .map(|(channel, touches)| ChannelShare {
                channel,
                events: *touches,
                share: share(*touches, events),
                people: self.people[marks.channel(step, channel.code())],
            })
            .collect();
        channels.sort_by(|a, b| b.events.cmp(&a.events).then(a.channel.cmp(&b.channel)));
        channels
    }

    fn transitions(&mut self, plan: &Plan<'_>, marks: &Marks, map: &Map) -> Vec<TransitionNumbers> {
        let ids: Vec<&str> = map.steps().map(|step| step.id.as_str()).collect();
        let mut transitions = Vec::new();
        for (from, from_id) in ids.iter().enumerate() {
            for (to, to_id) in ids.iter().enumerate() {
                let edge = &mut self.edges[from * plan.steps_count + to];
                let Some(spread) = edge.times.spread() else {
                    continue;
                };
                transitions.push(TransitionNumbers {
                    from: (*from_id).to_owned(),
                    to: (*to_id).to_owned(),
                    kind: match to.cmp(&from) {
                        Ordering::Greater => TransitionKind::Forward,
                        Ordering::Equal => TransitionKind::Loop,
                        Ordering::Less => TransitionKind::Return,
                    },
                    visits: spread.n,
                    share: share(spread.n, self.visits[from].all),
                    direct: edge.direct,
                    people: self.people[marks.edge(from, to)],
                    median_ms: spread.median_ms,
                    p90_ms: spread.p90_ms,
                });
            }
        }
        transitions
    }

    fn coverage(&self, plan: &Plan<'_>, marks: &Marks, map: &Map) -> Coverage {
        let mut unexplained: Vec<Unexplained> = (0_u16..)
            .zip(&self.strays)
            .filter(|(_, events)| **events > 0)
            .map(|(code, events)| self.unexplained(plan, marks, map, code, *events))
            .collect();
        unexplained.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
        let rest = unexplained.iter().skip(limits::MAP_UNEXPLAINED_MAX);
        let unexplained_rest = rest.map(|it| it.events).sum();
        unexplained.truncate(limits::MAP_UNEXPLAINED_MAX);
        Coverage {
            events_on_map: self.events_on_map,
            events_share: share(self.events_on_map, self.events()),
            people_whole: self.people[WHOLE],
            paths_share: share(self.people[WHOLE], self.people[SCOPE]),
            unexplained,
            unexplained_rest,
        }
    }

    fn unexplained(
        &self,
        plan: &Plan<'_>,
        marks: &Marks,
        map: &Map,
        code: u16,
        events: u64,
    ) -> Unexplained {
        let steps = u16::try_from(plan.steps_count).expect("the limit of steps fits 16 bits");
        let (after, count) = (0..=steps)
            .map(|after| (after, self.strays_after.get(&(code, after)).copied()))
            .map(|(after, count)| (after, count.unwrap_or(0)))
            .rev()
            .max_by_key(|(_, count)| *count)
            .expect("there is at least the beginning");
        let names = &plan.view.snapshot.names;
        let name = names
            .name(EventCode(code))
            .expect("codes of rows have names");
        Unexplained {
            name: name.clone(),
            events,
            share: share(events, self.events()),
            profiles: self.people[marks.stray(code)],
            mostly_after: after
                .checked_sub(1)
                .and_then(|step| map.steps().nth(step.into()))
                .map(|step| step.id.clone()),
            mostly_after_events: count,
        }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

fn add(mine: &mut [u64], theirs: &[u64]) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}
