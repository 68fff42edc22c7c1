//! Whether a report holds together, and whether all that it names exists.

use throughline_model::{
    Matcher, Timestamp, Vocabulary,
    consent::ConsentPolicy,
    heatmap::HeatAxis,
    people::PeopleRule,
    report::{Funnel, NamedMatcher, PathUnit, Report, ReportFault},
};

use super::{AskError, When};

/// The time of a report that holds together and names nothing that does not exist.
pub(super) fn when(
    vocabulary: &Vocabulary,
    consent: &ConsentPolicy,
    report: &Report,
    now: Timestamp,
) -> Result<When, AskError> {
    let mut faults = report.check();
    for (place, rule) in report.rules() {
        faults.extend(people_faults(vocabulary, consent, rule, &place));
    }
    for (place, matcher) in matchers(report) {
        unknown_names(vocabulary, &place, matcher, &mut faults);
    }
    if !faults.is_empty() {
        return Err(AskError::Faults(faults));
    }
    let range = report.range();
    Ok(When {
        range: range.resolve(now),
        zone: range.zone.clone(),
        now,
    })
}

/// What a rule about people names that the vocabulary and the purposes of consent do not have.
pub fn people_faults(
    vocabulary: &Vocabulary,
    consent: &ConsentPolicy,
    rule: &PeopleRule,
    place: &str,
) -> Vec<ReportFault> {
    let mut faults = Vec::new();
    for (place, id) in rule.stages(place) {
        if !vocabulary.stages.iter().any(|it| it.id == id) {
            faults.push(ReportFault {
                place,
                message: format!("names the stage `{id}`, which does not exist"),
            });
        }
    }
    for (place, id) in rule.purposes(place) {
        if consent.purpose(id).is_none() {
            let message = no_purpose(id);
            faults.push(ReportFault { place, message });
        }
    }
    for (place, matcher) in rule.matchers(place) {
        unknown_names(vocabulary, &place, matcher, &mut faults);
    }
    faults
}

pub(crate) fn no_purpose(id: &str) -> String {
    format!("names the purpose `{id}`, which does not exist")
}

fn unknown_names(
    vocabulary: &Vocabulary,
    place: &str,
    matcher: &Matcher,
    faults: &mut Vec<ReportFault>,
) {
    for id in &matcher.touchpoints {
        if !vocabulary.touchpoints.iter().any(|it| it.id == *id) {
            faults.push(ReportFault {
                place: place.to_owned(),
                message: format!("names the touchpoint `{id}`, which does not exist"),
            });
        }
    }
    for id in &matcher.signals {
        if !vocabulary.signals.iter().any(|it| it.id == *id) {
            faults.push(ReportFault {
                place: place.to_owned(),
                message: format!("names the signal `{id}`, which does not exist"),
            });
        }
    }
}

/// Whether a report, or a rule about its people, asks for signals.
pub(crate) fn names_signals(report: &Report) -> bool {
    let own = matchers(report);
    let rules = report.rules();
    let of_people = rules.iter().flat_map(|(place, rule)| rule.matchers(place));
    (own.iter().map(|it| it.1))
        .chain(of_people.map(|it| it.1))
        .any(|it| !it.signals.is_empty())
}

/// Every matcher of a report with its place.
fn matchers<'a>(report: &'a Report) -> Vec<(String, &'a Matcher)> {
    fn named<'a>(
        place: &'a str,
        list: &'a [NamedMatcher],
    ) -> impl Iterator<Item = (String, &'a Matcher)> {
        list.iter()
            .enumerate()
            .map(move |(index, it)| (format!("{place}[{index}].matcher"), &it.matcher))
    }
    fn of_funnel(it: &Funnel) -> impl Iterator<Item = (String, &Matcher)> {
        let steps = (it.steps.iter().enumerate())
            .map(|(index, step)| (format!("steps[{index}].matcher"), &step.matcher));
        let exclusions = (it.exclusions.iter().enumerate())
            .map(|(index, one)| (format!("exclusions[{index}].matcher"), &one.matcher));
        steps.chain(exclusions)
    }
    fn of_unit(unit: &PathUnit) -> Vec<(String, &Matcher)> {
        match unit {
            PathUnit::Steps(steps) => named("by.steps", steps).collect(),
            PathUnit::Event
            | PathUnit::Channel
            | PathUnit::Touchpoint
            | PathUnit::Stage
            | PathUnit::Field(_) => Vec::new(),
        }
    }
    fn given<'a>(all: &[(&str, Option<&'a Matcher>)]) -> Vec<(String, &'a Matcher)> {
        (all.iter())
            .filter_map(|(place, matcher)| Some(((*place).to_owned(), (*matcher)?)))
            .collect()
    }
    match report {
        Report::Trends(it) => (it.series.iter().enumerate())
            .map(|(index, it)| (format!("series[{index}].matcher"), &it.matcher))
            .collect(),
        Report::Counts(it) => named("series", &it.series).collect(),
        Report::Funnel(it) => of_funnel(it).collect(),
        Report::Difference(it) => {
            let under = |place, funnel| {
                of_funnel(funnel).map(move |(inner, it)| (format!("{place}.{inner}"), it))
            };
            under("from", &it.from).chain(under("to", &it.to)).collect()
        }
        Report::LastTouch(it) => given(&[("contacts", it.contacts.as_ref())]),
        Report::Transitions(it) => of_unit(&it.by),
        Report::StageTime(it) => named("stages", it.stages.as_deref().unwrap_or(&[])).collect(),
        Report::WorkTime(it) => it.matchers().collect(),
        Report::Paths(it) => {
            let ends = [("from", &it.from), ("to", &it.to)];
            let ends = (ends.into_iter())
                .filter_map(|(place, end)| Some((place.to_owned(), end.as_ref()?)));
            of_unit(&it.by).into_iter().chain(ends).collect()
        }
        Report::Attribution(it) => given(&[
            ("conversion", Some(&it.conversion)),
            ("touch", it.touch.as_ref()),
            ("direct", Some(&it.direct)),
        ]),
        Report::Retention(it) => vec![
            ("start".to_owned(), &it.start),
            ("returns".to_owned(), &it.returns),
        ],
        Report::Stickiness(it) => vec![("active".to_owned(), &it.active)],
        Report::Lifecycle(it) => vec![("active".to_owned(), &it.active)],
        Report::Drivers(it) => (it.steps.iter().enumerate())
            .map(|(index, step)| (format!("steps[{index}].matcher"), &step.matcher))
            .collect(),
        Report::Reasons(it) => it.matchers().collect(),
        Report::Topics(it) => it.matchers().collect(),
        Report::Choice(it) => {
            let goal = given(&[("goal", Some(&it.goal))]);
            goal.into_iter()
                .chain(named("before", &it.before))
                .collect()
        }
        Report::Unexpected(it) => of_unit(&it.by),
        Report::Channels(it) => given(&[
            ("goal", Some(&it.goal)),
            ("contacts", it.contacts.as_ref()),
            ("service", it.service.as_ref()),
        ]),
        Report::Switches(it) => given(&[
            ("goal", it.goal.as_ref()),
            ("contacts", it.contacts.as_ref()),
        ]),
        Report::Heatmap(it) => {
            let mut all = given(&[("events", Some(&it.events)), ("goal", it.goal.as_ref())]);
            for (place, axis) in it.axes() {
                if let HeatAxis::Steps(steps) = axis {
                    let of = |(index, step): (usize, &'a NamedMatcher)| {
                        (format!("{place}.steps[{index}].matcher"), &step.matcher)
                    };
                    all.extend(steps.iter().enumerate().map(of));
                }
            }
            all
        }
        Report::Rfm(it) => vec![("purchase".to_owned(), &it.purchase)],
        Report::Bottlenecks(it) => {
            let stages = named("stages", it.stages.as_deref().unwrap_or(&[]));
            stages.chain(given(&[("goal", it.goal.as_ref())])).collect()
        }
        Report::PageMap(_) | Report::Promises(_) => Vec::new(),
        Report::Lift(it) => it.matchers().collect(),
    }
}
