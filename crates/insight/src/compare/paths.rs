//! Which ways the people of each side take, and what follows what.
//!
//! A profile may take a way many times, so that shares of paths have no interval; shares of people do.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure};
use crate::{
    ask::Answer,
    kernel::{
        paths::{Path, PathsAnswer},
        transitions::{Transition, TransitionsAnswer},
    },
    select::{PathsSelect, Select, TransitionsSelect},
    sequence::Element,
};

type Names<'a> = BTreeMap<&'a str, &'a str>;

pub(super) fn ways(figures: &mut Figures<'_>, a: &PathsAnswer, b: &PathsAnswer) {
    let names: Names<'_> = names(a.elements.iter().chain(&b.elements));
    let mut ways: Vec<&Path> = a.paths.iter().collect();
    let more = b.paths.iter();
    ways.extend(more.filter(|it| find(a, &it.elements).is_none()));
    for way in ways {
        let sides = [a, b].map(|it| (it, find(it, &way.elements)));
        let shown: Vec<FigureName> = way.elements.iter().map(|id| element(&names, id)).collect();
        let select = Select::Paths {
            of: PathsSelect::Path(way.elements.clone()),
        };
        // A way that is not listed was taken by nobody only where all ways are.
        let taken = sides.map(|(answer, found)| match found {
            None if answer.rest.times > 0 => Measure::Plain {
                value: None,
                n: answer.total.profiles,
            },
            found => Measure::Share {
                part: found.map_or(0, |it| it.passes.profiles),
                whole: answer.total.profiles,
            },
        });
        let is_known = sides.map(|(_, found)| found.is_some());
        let people = is_known.map(|is_known| is_known.then(|| select.clone()));
        let [people_a, people_b] = people;
        let [taken_a, taken_b] = taken;
        figures.push(
            FigureOf::Way,
            shown.clone(),
            FigureUnit::Share,
            [(taken_a, people_a.clone()), (taken_b, people_b.clone())],
        );
        let time = sides.map(|(_, found)| Measure::Plain {
            value: found.map(|it| it.median_ms as f64),
            n: found.map_or(0, |it| it.passes.profiles),
        });
        let [time_a, time_b] = time;
        figures.push(
            FigureOf::WayTime,
            shown,
            FigureUnit::Milliseconds,
            [(time_a, people_a), (time_b, people_b)],
        );
    }
}

pub(super) fn transitions(
    figures: &mut Figures<'_>,
    (of_a, a): (&Answer, &TransitionsAnswer),
    (of_b, b): (&Answer, &TransitionsAnswer),
) {
    let elements = || a.elements.iter().chain(&b.elements).map(|it| &it.element);
    let names: Names<'_> = names(elements());
    let visits = |it: &TransitionsAnswer, id: &str| {
        let found = it.elements.iter().find(|it| it.element.id == *id);
        found.map_or(0, |it| it.visits.profiles)
    };
    let sides = [(of_a, a), (of_b, b)];
    for id in names.keys().copied() {
        let shares = sides.map(|(answer, it)| Measure::Share {
            part: visits(it, id),
            whole: answer.n,
        });
        let select = Select::Transitions {
            of: TransitionsSelect::Visit(id.to_owned()),
        };
        let shown = vec![element(&names, id)];
        figures.shares(FigureOf::Visited, shown, shares, select);
    }
    let find = |it: &'_ TransitionsAnswer, from: &str, to: &str| -> Option<Transition> {
        let found = (it.transitions.iter()).find(|it| it.from == from && it.to == to);
        found.cloned()
    };
    let mut seen = BTreeSet::new();
    let pairs = a.transitions.iter().chain(&b.transitions);
    let pairs = pairs.map(|it| (it.from.as_str(), it.to.as_str()));
    let pairs: Vec<(&str, &str)> = pairs.filter(|pair| seen.insert(*pair)).collect();
    for (from, to) in pairs {
        let found = sides.map(|(answer, it)| (answer, it, find(it, from, to)));
        let select = Select::Transitions {
            of: TransitionsSelect::Transition {
                from: from.to_owned(),
                to: to.to_owned(),
            },
        };
        let shown = vec![element(&names, from), element(&names, to)];
        let pair = |(answer, it, found): &(&Answer, &TransitionsAnswer, Option<Transition>)| {
            let whole = visits(it, from);
            let share = match found {
                None if answer.left_out.capped > 0 => Measure::Plain {
                    value: None,
                    n: whole,
                },
                found => Measure::Share {
                    part: found.as_ref().map_or(0, |it| it.passes.profiles),
                    whole,
                },
            };
            (share, found.as_ref().map(|_| select.clone()))
        };
        let [of_a, of_b] = &found;
        figures.push(
            FigureOf::Transition,
            shown.clone(),
            FigureUnit::Share,
            [pair(of_a), pair(of_b)],
        );
        let time = |(_, _, found): &(&Answer, &TransitionsAnswer, Option<Transition>)| {
            let median = Measure::Plain {
                value: found.as_ref().map(|it| it.median_ms as f64),
                n: found.as_ref().map_or(0, |it| it.passes.profiles),
            };
            (median, found.as_ref().map(|_| select.clone()))
        };
        figures.push(
            FigureOf::TransitionTime,
            shown,
            FigureUnit::Milliseconds,
            [time(of_a), time(of_b)],
        );
    }
}

fn names<'a>(elements: impl Iterator<Item = &'a Element>) -> Names<'a> {
    elements
        .map(|it| (it.id.as_str(), it.name.as_str()))
        .collect()
}

fn element(names: &Names<'_>, id: &str) -> FigureName {
    FigureName::Element {
        id: id.to_owned(),
        name: names.get(id).map_or(id, |name| *name).to_owned(),
    }
}

fn find<'a>(answer: &'a PathsAnswer, elements: &[String]) -> Option<&'a Path> {
    answer.paths.iter().find(|it| it.elements == elements)
}
