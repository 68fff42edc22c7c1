//! Which ways the people of each side take, and what follows what.
//!
//! A profile may take a way many times, so that shares of paths have no interval; shares of people do.

use std::collections::BTreeMap;

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    ask::Answer,
    kernel::{
        paths::{Path, PathsAnswer},
        transitions::{Transition, TransitionsAnswer},
    },
    select::{
        Select,
        ways::{PathsSelect, TransitionsSelect},
    },
    sequence::Names,
};

pub(super) fn ways<'a>(figures: &mut Figures<'_>, a: &'a PathsAnswer, b: &'a PathsAnswer) {
    let names = Names::of(a.elements.iter().chain(&b.elements));
    let [of_a, of_b] = [a, b].map(|it| it.paths.iter().map(|it| &it.elements));
    for way in both(of_a, of_b) {
        let find = |it: &'a PathsAnswer| it.paths.iter().find(|it| it.elements == *way);
        let sides = [a, b].map(|it| (it, find(it)));
        let shown: Vec<FigureName> = way.iter().map(|id| element(&names, id)).collect();
        let people = |found: Option<&Path>| {
            found.map(|_| Select::Paths {
                of: PathsSelect::Path(way.clone()),
            })
        };
        let taken = sides.map(|(answer, found)| {
            let part = found.map(|it| it.passes.profiles);
            let share = Measure::of_line(part, answer.total.profiles, answer.rest.times > 0);
            (share, people(found))
        });
        figures.push(FigureOf::Way, shown.clone(), FigureUnit::Share, taken);
        let times = sides.map(|(_, found)| {
            let median = Measure::Plain {
                value: found.map(|it| it.median_ms as f64),
                n: found.map_or(0, |it| it.passes.profiles),
            };
            (median, people(found))
        });
        figures.push(FigureOf::WayTime, shown, FigureUnit::Milliseconds, times);
    }
}

pub(super) fn transitions<'a>(
    figures: &mut Figures<'_>,
    (of_a, a): (&Answer, &'a TransitionsAnswer),
    (of_b, b): (&Answer, &'a TransitionsAnswer),
) {
    let names = Names::of(a.elements.iter().chain(&b.elements).map(|it| &it.element));
    let sides = [Pairs::of(a), Pairs::of(b)];
    let people = [of_a.n, of_b.n];
    for id in names.ids() {
        let shares = [0, 1].map(|side| Measure::Share {
            part: sides[side].visits(id),
            whole: people[side],
        });
        let select = Select::Transitions {
            of: TransitionsSelect::Visit(id.to_owned()),
        };
        let shown = vec![element(&names, id)];
        figures.shares(FigureOf::Visited, shown, shares, select);
    }
    let more =
        (b.transitions.iter().map(pair_of)).filter(|pair| !sides[0].transitions.contains_key(pair));
    // There may be as many as there are names by names.
    for (from, to) in a.transitions.iter().map(pair_of).chain(more) {
        let found = [0, 1].map(|side| sides[side].transitions.get(&(from, to)).copied());
        let people = |found: Option<&Transition>| {
            found.map(|_| Select::Transitions {
                of: TransitionsSelect::Transition {
                    from: from.to_owned(),
                    to: to.to_owned(),
                },
            })
        };
        let shown = vec![element(&names, from), element(&names, to)];
        // All are listed, so that what is not was done by nobody.
        let shares = [0, 1].map(|side| {
            let share = Measure::Share {
                part: found[side].map_or(0, |it| it.passes.profiles),
                whole: sides[side].visits(from),
            };
            (share, people(found[side]))
        });
        let unit = FigureUnit::Share;
        figures.push(FigureOf::Transition, shown.clone(), unit, shares);
        let times = found.map(|it| {
            let median = Measure::Plain {
                value: it.map(|it| it.median_ms as f64),
                n: it.map_or(0, |it| it.passes.profiles),
            };
            (median, people(it))
        });
        let unit = FigureUnit::Milliseconds;
        figures.push(FigureOf::TransitionTime, shown, unit, times);
    }
}

/// The pairs of a side, and how many met each element.
struct Pairs<'a> {
    transitions: BTreeMap<(&'a str, &'a str), &'a Transition>,
    visits: BTreeMap<&'a str, u64>,
}

impl<'a> Pairs<'a> {
    fn of(answer: &'a TransitionsAnswer) -> Self {
        let elements = answer.elements.iter();
        Self {
            transitions: answer
                .transitions
                .iter()
                .map(|it| (pair_of(it), it))
                .collect(),
            visits: elements
                .map(|it| (it.element.id.as_str(), it.visits.profiles))
                .collect(),
        }
    }

    fn visits(&self, id: &str) -> u64 {
        self.visits.get(id).copied().unwrap_or(0)
    }
}

fn pair_of(it: &Transition) -> (&str, &str) {
    (&it.from, &it.to)
}

fn element(names: &Names<'_>, id: &str) -> FigureName {
    FigureName::Element {
        id: id.to_owned(),
        name: names.name(id).to_owned(),
    }
}
