//! A profile's events as a sequence of elements, as SQL.

use throughline_model::{Channel, Rule, TimeRange, report::PathUnit};

use super::{Told, all, quoted, rule, within};

/// The common table `items`, none where SQL cannot tell the elements: profile, ms, element, and the place that decides between events of one instant.
pub(super) fn items(
    unit: &PathUnit,
    filter: Option<&Rule>,
    range: TimeRange,
    told: &Told<'_>,
) -> Option<String> {
    let (element, place) = element(unit, told)?;
    let filter = filter.map(rule::rule).unwrap_or_default();
    let range = within(range, "epoch_ms(time)");
    let known = match unit {
        PathUnit::Event => told.acts(),
        PathUnit::Channel => format!("{} AND channel IS NOT NULL", told.acts()),
        PathUnit::Touchpoint => "touchpoint IS NOT NULL".to_owned(),
        PathUnit::Stage => {
            let stages = told.vocabulary.stages.iter();
            let all: Vec<String> = stages.map(|it| told.matcher(&it.entry)).collect();
            rule::one_of(&all)
        }
        PathUnit::Steps(steps) => {
            let all: Vec<String> = steps.iter().map(|it| told.matcher(&it.matcher)).collect();
            rule::one_of(&all)
        }
        PathUnit::Field(_) => return None,
    };
    Some(format!(
        "items AS (\n  SELECT profile, epoch_ms(time) AS ms, {element} AS element, {place} AS place\n  \
         FROM {}\n  WHERE {}\n)",
        told.events,
        all(vec![range, filter, known])
    ))
}

fn element(unit: &PathUnit, told: &Told<'_>) -> Option<(String, String)> {
    let places = |column: &str, names: &mut dyn Iterator<Item = &str>| {
        let cases: Vec<String> = (names.enumerate())
            .map(|(index, name)| format!("WHEN {} THEN {index}", quoted(name)))
            .collect();
        match cases.is_empty() {
            true => "0".to_owned(),
            false => format!("CASE {column} {} END", cases.join(" ")),
        }
    };
    Some(match unit {
        PathUnit::Event => ("event".to_owned(), "event".to_owned()),
        PathUnit::Channel => (
            "channel".to_owned(),
            places("channel", &mut Channel::ALL.into_iter().map(Channel::name)),
        ),
        PathUnit::Touchpoint => {
            let mut ids = told.vocabulary.touchpoints.iter().map(|it| it.id.as_str());
            ("touchpoint".to_owned(), places("touchpoint", &mut ids))
        }
        PathUnit::Stage => {
            // The last stage that an event leads to decides.
            let cases = |of: &dyn Fn(usize, &str) -> String| {
                let stages = told.vocabulary.stages.iter().enumerate().rev();
                let all: Vec<String> = stages
                    .map(|(index, it)| {
                        let condition = told.matcher(&it.entry);
                        format!("WHEN {condition} THEN {}", of(index, &it.id))
                    })
                    .collect();
                format!("CASE {} END", all.join(" "))
            };
            (
                cases(&|_, id| quoted(id)),
                cases(&|index, _| index.to_string()),
            )
        }
        PathUnit::Steps(steps) => {
            let cases = |of: &dyn Fn(usize, &str) -> String| {
                let all: Vec<String> = (steps.iter().enumerate())
                    .map(|(index, it)| {
                        let condition = told.matcher(&it.matcher);
                        format!("WHEN {condition} THEN {}", of(index, &it.name))
                    })
                    .collect();
                format!("CASE {} END", all.join(" "))
            };
            let is_again =
                |index: usize, name: &str| steps[..index].iter().any(|it| it.name == name);
            let id = |index: usize, name: &str| match is_again(index, name) {
                true => quoted(&format!("{name} ({})", index + 1)),
                false => quoted(name),
            };
            (cases(&id), cases(&|index, _| index.to_string()))
        }
        // Which values are listed is known only from the log.
        PathUnit::Field(_) => return None,
    })
}
