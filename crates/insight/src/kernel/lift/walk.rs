//! Who was assigned to which arm, and what they did in the time after it.

use hashbrown::HashMap;
use throughline_model::{
    ProfileId, Value,
    lift::{Arms, Lift, LiftCost},
    limits,
};

use super::LiftArm;
use crate::{
    ask::{AskError, When},
    extent::extent,
    labels::{Label, Labels, numbered},
    people_rule::people_who,
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
    worth::Worths,
};

/// Everybody who was assigned, and the arms.
pub(super) struct Crowd {
    /// By profile.
    pub(super) people: Vec<Person>,
    /// The control first.
    pub(super) arms: Vec<Arm>,
    /// Values beyond those that are arms.
    pub(super) capped: u64,
    /// Up to when profiles were followed.
    pub(super) end: i64,
}

/// One arm: its name, and the number that its people have.
pub(super) struct Arm {
    pub(super) name: LiftArm,
    pub(super) group: u32,
}

/// Somebody who was assigned.
pub(super) struct Person {
    pub(super) profile: ProfileId,
    pub(super) group: u32,
    /// Whether the time for outcomes is over.
    pub(super) is_mature: bool,
    pub(super) has_switched: bool,
    pub(super) has_reached: bool,
    pub(super) visits: u64,
    pub(super) micros: i128,
    pub(super) unvalued: u64,
    pub(super) contacts: u64,
}

/// Without a value.
const NONE: u32 = 0;
/// With two values at the moment of the assignment.
const TWO: u32 = u32::MAX;

/// What says to which group an assignment leads.
enum Groups<'v> {
    /// Labels of the assigning event.
    Events(Labels<'v>),
    /// Numbers of profiles; all others have none.
    Profiles(HashMap<ProfileId, u32>, Vec<LiftArm>),
}

/// The definition made ready.
struct Plan<'v> {
    assigned: Condition,
    groups: Groups<'v>,
    goal: Condition,
    worths: Option<Worths>,
    visits: Option<Condition>,
    contact: Option<Condition>,
    pause_ms: i64,
    within_ms: i64,
    from: i64,
    to: i64,
    end: i64,
}

impl Crowd {
    pub(super) fn of(view: &View<'_>, lift: &Lift, when: &When) -> Result<Self, AskError> {
        let plan = Plan::new(view, lift, when)?;
        let found = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
            found.extend(plan.person(rows));
        })?;
        let mut people: Vec<Person> = found.into_iter().flatten().collect();
        people.sort_unstable_by_key(|it| it.profile);
        let (arms, capped) = plan.groups.arms(lift, &people);
        Ok(Self {
            people,
            arms,
            capped,
            end: plan.end,
        })
    }
}

impl<'v> Plan<'v> {
    fn new(view: &'v View<'_>, lift: &Lift, when: &When) -> Result<Self, AskError> {
        let ready = |matcher| view.narrowed(matcher, lift.filter.as_ref());
        let contact = match &lift.cost {
            Some(LiftCost::Each(it)) => it.contact.as_ref(),
            _ => None,
        };
        let last = extent(view.snapshot).map_or(when.now.0, |(_, last)| last);
        Ok(Self {
            assigned: ready(&lift.assigned)?,
            groups: Groups::new(view, lift, when)?,
            goal: ready(&lift.goal)?,
            worths: (lift.value.as_ref())
                .map(|field| Worths::of(view, field))
                .transpose()?,
            visits: lift.visits.as_ref().map(ready).transpose()?,
            contact: contact.map(ready).transpose()?,
            pause_ms: lift.pause.0,
            within_ms: lift.within.0,
            from: when.range.from.0,
            to: when.range.to.0.min(when.now.0.saturating_add(1)),
            end: last.min(when.now.0),
        })
    }

    fn person(&self, rows: &ProfileRows<'_>) -> Option<Person> {
        let holds = |condition: &Condition, index: usize| {
            condition.holds(rows.event[index], rows.place(index))
        };
        let mut assignments = rows
            .between(self.from, self.to)
            .filter(|index| holds(&self.assigned, *index));
        let first = assignments.next()?;
        let begin = rows.time[first];
        let (mut group, mut has_switched) = (self.groups.of(rows, first), false);
        for index in assignments {
            let other = self.groups.of(rows, index);
            if rows.time[index] > begin {
                has_switched |= other != NONE && other != group;
            } else if other != group {
                group = TWO;
            }
        }
        let until = begin.saturating_add(self.within_ms);
        let mut person = Person {
            profile: rows.profile,
            group,
            is_mature: until <= self.end,
            has_switched,
            has_reached: false,
            visits: 0,
            micros: 0,
            unvalued: 0,
            contacts: 0,
        };
        let behind = until.min(self.end).saturating_add(1);
        for index in rows.between(begin.saturating_add(1), behind) {
            if holds(&self.goal, index) {
                person.has_reached = true;
                if let Some(worths) = &self.worths {
                    match worths.micros(rows.place(index)) {
                        Some(micros) => person.micros += i128::from(micros),
                        None => person.unvalued += 1,
                    }
                }
            }
        }
        if let Some(contact) = &self.contact {
            let all = rows.between(begin, behind);
            person.contacts = all.filter(|index| holds(contact, *index)).count() as u64;
        }
        if let Some(visits) = &self.visits {
            // An event that goes on with a visit from before the assignment begins none.
            let mut before: Option<i64> = None;
            for index in rows.between(begin.saturating_sub(self.pause_ms), behind) {
                if !holds(visits, index) {
                    continue;
                }
                let time = rows.time[index];
                let is_new = before.is_none_or(|before| time - before >= self.pause_ms);
                person.visits += u64::from(time > begin && is_new);
                before = Some(time);
            }
        }
        Some(person)
    }
}

impl<'v> Groups<'v> {
    fn new(view: &'v View<'_>, lift: &Lift, when: &When) -> Result<Self, AskError> {
        Ok(match &lift.arms {
            Arms::Field(it) => Self::Events(Labels::of(view, &it.field)?),
            Arms::Trait(it) => {
                let column = view.snapshot.known.traits.get(&it.name);
                let roots = &view.snapshot.roots;
                let values = column.map(|it| it.values(|actor| roots[actor as usize]));
                let values: Vec<(u32, Value)> = values.into_iter().flatten().collect();
                let (distinct, indexes) = numbered(values.iter().map(|it| &it.1));
                let numbers = values.iter().zip(indexes);
                let groups = numbers
                    .map(|((profile, _), index)| (ProfileId(*profile), number(index)))
                    .collect();
                Self::Profiles(groups, distinct.into_iter().map(LiftArm::Value).collect())
            }
            Arms::People(it) => {
                let mut groups: HashMap<ProfileId, u32> = HashMap::new();
                let control = match &it.control {
                    Some(rule) => people_who(view, rule, when.now)?,
                    None => people_who(
                        view,
                        &throughline_model::people::PeopleRule::Not(Box::new(it.treated.clone())),
                        when.now,
                    )?,
                };
                for (index, people) in [control, people_who(view, &it.treated, when.now)?]
                    .into_iter()
                    .enumerate()
                {
                    for profile in people {
                        let group = groups.entry(profile).or_insert(number(index));
                        if *group != number(index) {
                            *group = TWO;
                        }
                    }
                }
                Self::Profiles(groups, vec![LiftArm::Control, LiftArm::Treated])
            }
        })
    }

    /// The group of an assignment.
    fn of(&self, rows: &ProfileRows<'_>, index: usize) -> u32 {
        match self {
            Self::Events(labels) => labels.label(rows, index),
            Self::Profiles(groups, _) => groups.get(&rows.profile).copied().unwrap_or(NONE),
        }
    }

    /// The arms, and how many values are none.
    fn arms(&self, lift: &Lift, people: &[Person]) -> (Vec<Arm>, u64) {
        let (control, treated): (LiftArm, &[Value]) = match &lift.arms {
            Arms::Field(it) => (LiftArm::Value(it.control.clone()), &it.treated),
            Arms::Trait(it) => (LiftArm::Value(it.control.clone()), &it.treated),
            Arms::People(_) => (LiftArm::Control, &[]),
        };
        let names = self.names();
        let numbered = |name: LiftArm| Arm {
            // A value that nobody has is an arm with nobody.
            group: names
                .iter()
                .position(|it| *it == name)
                .map_or(TWO - 1, number),
            name,
        };
        let mut arms = vec![numbered(control)];
        if !treated.is_empty() {
            let treated = treated.iter().cloned().map(LiftArm::Value);
            arms.extend(treated.map(numbered));
            return (arms, 0);
        }
        let mut sizes = vec![0_u64; names.len() + 1];
        for person in people {
            if let Some(size) = sizes.get_mut(person.group as usize) {
                *size += 1;
            }
        }
        let mut others: Vec<u32> = (1..=names.len() as u32)
            .filter(|it| *it != arms[0].group && sizes[*it as usize] > 0)
            .collect();
        others.sort_by_key(|it| (std::cmp::Reverse(sizes[*it as usize]), *it));
        let capped = others.len().saturating_sub(limits::LIFT_ARMS_MAX - 1);
        others.truncate(limits::LIFT_ARMS_MAX - 1);
        arms.extend(others.into_iter().map(|group| Arm {
            name: names[group as usize - 1].clone(),
            group,
        }));
        (arms, capped as u64)
    }

    /// The arm of each number from 1.
    fn names(&self) -> Vec<LiftArm> {
        match self {
            Self::Events(labels) => (1..labels.count() as u32)
                .map(|label| match labels.value(label) {
                    Label::Value(value) => LiftArm::Value(value),
                    Label::NotSet | Label::Rest => unreachable!("only the label 0 is missing"),
                })
                .collect(),
            Self::Profiles(_, names) => names.clone(),
        }
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).expect("fewer than 2^32 values")
}
