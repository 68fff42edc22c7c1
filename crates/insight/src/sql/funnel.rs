//! Who gets how far through steps, in the common form.
//!
//! Step by step, each event of a step keeps the latest start from which it can be reached. A running
//! maximum over the profile's earlier events finds it, so no event is joined with any other.

use std::collections::BTreeSet;

use throughline_model::{
    Span,
    report::{Entry, FilterWhen, Funnel, Order, Ties, Unit, Window},
};

use super::{Told, all, chain, quoted, rule, within};

/// A row per step with the profiles that reach it.
pub(super) fn statement(funnel: &Funnel, told: &Told<'_>) -> Option<String> {
    if !can_be_said(funnel) {
        return None;
    }
    if !funnel.exclusions.is_empty() || funnel.breakdown.is_some() {
        return chain::statement(funnel, told);
    }
    let filter = match &funnel.filter {
        Some(filter) => rule::rule(&filter.rule),
        None => String::new(),
    };
    let conditions: Vec<String> = (funnel.steps.iter())
        .map(|it| told.matcher(&it.matcher))
        .collect();
    let range = within(funnel.range.resolve(told.now), "epoch_ms(time)");
    let mut text = String::from("WITH marked AS (\n  SELECT profile, epoch_ms(time) AS ms");
    for (index, condition) in conditions.iter().enumerate() {
        let condition = match index {
            0 => all(vec![format!("({condition})"), range.clone()]),
            _ => condition.clone(),
        };
        text.push_str(&format!(
            ",\n    CASE WHEN {condition} THEN 1 ELSE 0 END AS is_{}",
            index + 1
        ));
    }
    let any = all(vec![rule::one_of(&conditions), filter]);
    text.push_str(&format!("\n  FROM {}\n  WHERE {any}\n)", told.events));
    text.push_str(first(funnel.entry));
    for step in 2..=funnel.steps.len() {
        let before = latest(step - 1, &funnel.ties);
        let (limit, kept) = match funnel.window {
            Window::Whole(Span(ms)) => (format!(" AND ms - {before} <= {ms}"), before.clone()),
            Window::Each(Span(ms)) => (format!(" AND ms - {before} <= {ms}"), "ms".to_owned()),
            Window::Unlimited => (format!(" AND {before} IS NOT NULL"), before.clone()),
        };
        text.push_str(&format!(
            ",\nstep_{step} AS (\n  SELECT *, CASE WHEN is_{step} = 1{limit}\n      THEN {kept} END AS from_{step}\n  FROM step_{}\n)",
            step - 1
        ));
    }
    let last = funnel.steps.len();
    let rows = funnel.steps.iter().enumerate().map(|(index, step)| {
        let number = index + 1;
        format!(
            "SELECT {number} AS step, {} AS name, count(DISTINCT CASE WHEN from_{number} IS NOT NULL THEN profile END) AS profiles\nFROM step_{last}",
            quoted(&step.name)
        )
    });
    let rows: Vec<String> = rows.collect();
    text.push_str(&format!("\n{}\nORDER BY step", rows.join("\nUNION ALL\n")));
    Some(text)
}

/// The events of the first step, with where an attempt begins.
fn first(entry: Entry) -> &'static str {
    match entry {
        Entry::First => {
            ",\nstep_1 AS (\n  SELECT *, CASE WHEN is_1 = 1\n      \
             AND ms = min(CASE WHEN is_1 = 1 THEN ms END) OVER (PARTITION BY profile)\n      \
             THEN ms END AS from_1\n  FROM marked\n)"
        }
        Entry::Best | Entry::Every => {
            ",\nstep_1 AS (\n  SELECT *, CASE WHEN is_1 = 1 THEN ms END AS from_1\n  FROM marked\n)"
        }
    }
}

/// The latest start from which the step before has been reached by now.
fn latest(step: usize, ties: &Ties) -> String {
    let until = match ties {
        Ties::Later => "1 PRECEDING",
        Ties::AnyOrder | Ties::Grace(_) => "CURRENT ROW",
    };
    format!(
        "max(from_{step}) OVER (PARTITION BY profile ORDER BY ms RANGE BETWEEN UNBOUNDED PRECEDING AND {until})"
    )
}

/// Whether attempts are so simple that each step can be looked up from the one before.
pub(super) fn can_be_said(funnel: &Funnel) -> bool {
    let is_before = (funnel.filter.as_ref()).is_none_or(|it| it.when == FilterWhen::Before);
    funnel.order == Order::Ordered
        && matches!(funnel.entry, Entry::Best | Entry::First)
        && funnel.unit == Unit::Profile
        && matches!(funnel.ties, Ties::AnyOrder | Ties::Later)
        && funnel.hold.is_empty()
        && is_before
        && funnel.steps.iter().all(|it| !it.optional)
        && (funnel.reuse == (funnel.ties == Ties::Later) || !funnel.reuse)
        && (funnel.ties == Ties::Later || are_apart(funnel))
}

/// True when no event can serve two steps, as they name different events.
fn are_apart(funnel: &Funnel) -> bool {
    let mut seen = BTreeSet::new();
    (funnel.steps.iter()).all(|step| {
        let names = &step.matcher.events;
        let apart = names.iter().all(|name| !seen.contains(name));
        seen.extend(names);
        !names.is_empty() && apart
    })
}
