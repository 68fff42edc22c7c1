//! The definition of a funnel, tried out in full: every way to give events to steps.

use throughline_model::report::{Entry, ExclusionEffect, Order, Ties, Window};

use super::{
    choose::Choice,
    terms::{Attempt, Bound, Hit, Terms},
};

pub(super) fn choose(terms: &Terms, hits: &[Hit], bound: Bound) -> Choice {
    let mut entries: Vec<i64> = (hits.iter())
        .filter(|hit| terms.may_enter(hit))
        .map(|hit| hit.time)
        .collect();
    entries.sort_unstable();
    entries.dedup();
    if terms.entry == Entry::First {
        entries.truncate(1);
    }
    let mut choice = Choice::default();
    for (index, entry) in entries.iter().enumerate() {
        let bound = match (terms.entry, entries.get(index + 1)) {
            (Entry::Every, Some(next)) => Bound {
                from: *entry,
                before: *next,
                open_until: i64::MIN,
            },
            (Entry::Every, None) => Bound {
                from: *entry,
                ..bound
            },
            _ => bound,
        };
        let attempt = attempt(terms, hits, *entry, bound);
        let (effects, stop) = excluded(terms, hits, &attempt, bound);
        if effects.contains(&ExclusionEffect::DropUnit) {
            choice.is_dropped = true;
        } else if effects.contains(&ExclusionEffect::SpoilAttempt) {
            choice.void += 1;
        } else {
            choice.attempts.push(stopped(terms, attempt, stop));
        }
    }
    if terms.entry != Entry::Every {
        let best = (choice.attempts.iter())
            .max_by_key(|it| (it.level, it.entry))
            .copied()
            .filter(|_| !choice.is_dropped);
        choice.attempts = best.into_iter().collect();
    }
    choice
}

fn attempt(terms: &Terms, hits: &[Hit], entry: i64, bound: Bound) -> Attempt {
    let mut attempt = match terms.order {
        Order::Any => in_any_order(terms, hits, entry, bound),
        Order::Ordered | Order::Strict => in_order(terms, hits, entry, bound),
    };
    if attempt.level == terms.required.len() {
        attempt.open_until = None;
    }
    attempt
}

fn in_order(terms: &Terms, hits: &[Hit], entry: i64, bound: Bound) -> Attempt {
    let mut chains: Vec<Vec<usize>> = Vec::new();
    extend(terms, hits, entry, bound, &mut Vec::new(), &mut chains);
    if terms.order == Order::Strict {
        chains.retain(|chain| {
            let (first, last) = (hits[chain[0]].time, hits[*chain.last().unwrap()].time);
            (0..hits.len())
                .filter(|index| !chain.contains(index))
                .all(|index| hits[index].time <= first || hits[index].time >= last)
        });
    }
    let level = chains
        .iter()
        .map(Vec::len)
        .max()
        .expect("there is an entry");
    chains.retain(|chain| chain.len() == level);
    let times = |chain: &Vec<usize>| -> Vec<i64> {
        chain.iter().rev().map(|index| hits[*index].time).collect()
    };
    let best = chains.iter().map(times).min().expect("one of the level");
    let mut attempt = Attempt::at(entry);
    attempt.level = level;
    for (step, time) in terms.required.iter().zip(best.iter().rev()) {
        attempt.reach(*step, *time);
    }
    attempt.open_until = chains
        .iter()
        .filter(|chain| {
            let others = (0..hits.len()).filter(|index| !chain.contains(index));
            terms.order != Order::Strict
                || others
                    .into_iter()
                    .all(|index| hits[index].time <= hits[chain[0]].time)
        })
        .map(|chain| {
            terms
                .open_until(entry, times(chain)[0])
                .min(bound.open_until)
        })
        .max();
    optional(terms, hits, &mut attempt, bound);
    attempt
}

/// Every chain of events for the first required steps.
fn extend(
    terms: &Terms,
    hits: &[Hit],
    entry: i64,
    bound: Bound,
    chain: &mut Vec<usize>,
    chains: &mut Vec<Vec<usize>>,
) {
    if !chain.is_empty() {
        chains.push(chain.clone());
    }
    let Some(step) = terms.required.get(chain.len()) else {
        return;
    };
    for (index, hit) in hits.iter().enumerate() {
        let fits = hit.mask >> step & 1 == 1;
        let is_free = terms.may_reuse || !chain.contains(&index);
        let follows = match chain.last() {
            None => hit.time == entry && terms.may_enter(hit),
            Some(last) => {
                let last = hits[*last].time;
                let is_behind = match terms.ties {
                    Ties::AnyOrder => last <= hit.time,
                    Ties::Later => last < hit.time,
                    Ties::Grace(span) => last - span.0 <= hit.time,
                };
                let is_within = match terms.window {
                    Window::Whole(span) => hit.time <= entry + span.0,
                    Window::Each(span) => hit.time <= last + span.0,
                    Window::Unlimited => true,
                };
                is_behind && is_within && bound.from <= hit.time && hit.time < bound.before
            }
        };
        if fits && is_free && follows {
            chain.push(index);
            extend(terms, hits, entry, bound, chain, chains);
            chain.pop();
        }
    }
}

fn in_any_order(terms: &Terms, hits: &[Hit], entry: i64, bound: Bound) -> Attempt {
    let end = terms.window_end(entry);
    let level_at = |time: i64| {
        let masks: Vec<u32> = (hits.iter())
            .filter(|hit| entry <= hit.time && hit.time <= time)
            .map(|hit| hit.mask & terms.step_bits())
            .collect();
        match terms.may_reuse {
            true => masks
                .iter()
                .fold(0, |union, mask| union | mask)
                .count_ones() as usize,
            false => most_served(&masks, terms.steps_count, 0),
        }
    };
    let mut attempt = Attempt::at(entry);
    for hit in hits
        .iter()
        .filter(|it| entry <= it.time && it.time <= end && it.time < bound.before)
    {
        let level = level_at(hit.time);
        for step in attempt.level..level {
            attempt.reach(step, hit.time);
        }
        attempt.level = attempt.level.max(level);
    }
    attempt.open_until = Some(end.min(bound.open_until));
    attempt
}

/// The most steps, from one on, that events can serve, each one step.
fn most_served(masks: &[u32], steps_count: usize, step: usize) -> usize {
    if step == steps_count {
        return 0;
    }
    let mut most = most_served(masks, steps_count, step + 1);
    for (index, mask) in masks.iter().enumerate() {
        if mask >> step & 1 == 1 {
            let mut others = masks.to_vec();
            others.remove(index);
            most = most.max(1 + most_served(&others, steps_count, step + 1));
        }
    }
    most
}

/// Each optional step at the earliest instant between those around it that has an event to spare.
fn optional(terms: &Terms, hits: &[Hit], attempt: &mut Attempt, bound: Bound) {
    let mut before = attempt.entry;
    let mut last_required = attempt.entry;
    for step in 1..terms.steps_count {
        if terms.required.contains(&step) {
            if !attempt.has(step) {
                break;
            }
            before = attempt.times[step];
            last_required = before;
            continue;
        }
        let next = (step..terms.steps_count)
            .find(|it| terms.required.contains(it))
            .filter(|it| attempt.has(*it))
            .map(|it| attempt.times[it]);
        let found = hits
            .iter()
            .filter(|hit| hit.mask >> step & 1 == 1)
            .map(|hit| hit.time)
            .filter(|time| bound.from <= *time && *time < bound.before)
            .filter(|time| match (terms.ties, next) {
                (Ties::AnyOrder, None) => before <= *time,
                (Ties::AnyOrder, Some(next)) => before <= *time && *time <= next,
                (Ties::Later, None) => before < *time,
                (Ties::Later, Some(next)) => before < *time && *time < next,
                (Ties::Grace(span), None) => before - span.0 <= *time,
                (Ties::Grace(span), Some(next)) => {
                    before - span.0 <= *time && *time - span.0 <= next
                }
            })
            .filter(|time| {
                next.is_some() || *time <= terms.open_until(attempt.entry, last_required)
            })
            .find(|time| {
                let masks: Vec<u32> = hits
                    .iter()
                    .filter(|it| it.time == *time)
                    .map(|it| it.mask)
                    .collect();
                let steps: Vec<usize> = (0..terms.steps_count)
                    .filter(|it| *it == step || attempt.has(*it) && attempt.times[*it] == *time)
                    .collect();
                terms.may_reuse || can_serve(&masks, &steps)
            });
        if let Some(time) = found {
            attempt.reach(step, time);
            before = time;
        }
    }
}

fn can_serve(masks: &[u32], steps: &[usize]) -> bool {
    let Some((step, others)) = steps.split_first() else {
        return true;
    };
    (0..masks.len()).any(|index| {
        let mut left = masks.to_vec();
        let mask = left.remove(index);
        mask >> step & 1 == 1 && can_serve(&left, others)
    })
}

/// The effects of the exclusions that were broken, and the first time at which one stops the attempt.
fn excluded(
    terms: &Terms,
    hits: &[Hit],
    attempt: &Attempt,
    bound: Bound,
) -> (Vec<ExclusionEffect>, Option<i64>) {
    let (mut effects, mut stop) = (Vec::new(), None);
    let reached: Vec<(usize, i64)> = (0..terms.steps_count)
        .filter(|step| attempt.has(*step))
        .map(|step| (step, attempt.times[step]))
        .collect();
    let last_required = reached.iter().rfind(|it| terms.required.contains(&it.0));
    for exclusion in &terms.exclusions {
        let Some(after) = reached.iter().find(|it| it.0 == exclusion.after) else {
            continue;
        };
        let before = reached.iter().find(|it| it.0 >= exclusion.before);
        let open_until = terms.open_until(attempt.entry, last_required.unwrap().1);
        let broken = hits
            .iter()
            .filter(|hit| hit.mask & exclusion.bit != 0 && hit.time > after.1)
            .filter(|hit| match before {
                Some(before) => hit.time < before.1,
                None => hit.time <= open_until && hit.time < bound.before,
            })
            .find(|hit| reached.iter().all(|it| it.1 != hit.time));
        if let Some(hit) = broken {
            effects.push(exclusion.effect);
            if exclusion.effect == ExclusionEffect::StopThere {
                stop = Some(stop.map_or(hit.time, |it: i64| it.min(hit.time)));
            }
        }
    }
    (effects, stop)
}

/// The attempt up to the first step behind an instant.
fn stopped(terms: &Terms, attempt: Attempt, stop: Option<i64>) -> Attempt {
    let Some(stop) = stop else { return attempt };
    let mut left = Attempt::at(attempt.entry);
    for step in 0..terms.steps_count {
        if attempt.has(step) {
            if attempt.times[step] > stop {
                break;
            }
            left.reach(step, attempt.times[step]);
            left.level += usize::from(terms.required.contains(&step));
        }
    }
    left
}
