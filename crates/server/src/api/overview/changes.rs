//! What changed: the last seven days against the seven before them, where chance can be ruled out.
//!
//! Both weeks have the same length and the same weekdays, so nothing is compared with a part of
//! itself. What is compared is the share of the week's active profiles, with intervals widened for
//! the number of comparisons.

use std::collections::BTreeMap;

use serde::Serialize;
use throughline_insight::{
    AskError, Label, SeriesName,
    kernel::counts::{CountsAnswer, Series},
};
use throughline_model::{
    Field, Span, Timestamp, Value,
    report::{Days, Every},
};
use throughline_predict::difference;
use utoipa::ToSchema;

use super::{Asker, everything_series};
use crate::api::catalog::CatalogEvent;

/// Something that is different from the week before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    pub kind: ChangeKind,
    /// The event's name or the stage's id.
    pub subject: String,
    /// A share of active profiles; for `new_event` its profiles, for `silent_event` 0.
    pub now: f64,
    /// The same of the week before; for `silent_event` its events per day.
    pub before: f64,
    /// `now` less `before`; none where there is nothing to compare with.
    pub change: Option<f64>,
    /// Where the true change lies, in 95 of 100 cases over all changes together.
    pub interval: Option<[f64; 2]>,
}

/// In which way something is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    EventUp,
    EventDown,
    NewEvent,
    SilentEvent,
    StageShare,
}

/// The counts of two weeks.
pub(super) struct Weeks {
    now: Week,
    before: Week,
}

#[derive(Debug, Default)]
struct Week {
    profiles: u64,
    /// Events and profiles by event name.
    names: BTreeMap<String, (u64, u64)>,
    /// Profiles by stage.
    stages: BTreeMap<String, u64>,
}

const LISTED: usize = 8;
const PROFILES_MIN: u64 = 30;
const WEEK: Span = Span::days(7);

impl Weeks {
    pub(super) fn ask(asker: &Asker<'_>) -> Result<Self, AskError> {
        let now = asker.context.now;
        Ok(Self {
            now: Week::ask(asker, now)?,
            before: Week::ask(asker, now.minus(WEEK))?,
        })
    }

    /// How many more events of a name there are; none where chance would decide.
    pub(super) fn events_change(&self, name: &str) -> Option<f64> {
        let (before, _) = *self.before.names.get(name)?;
        let now = self.now.names.get(name).map_or(0, |(events, _)| *events);
        (before >= PROFILES_MIN).then(|| now as f64 / before as f64 - 1.0)
    }

    /// The changes that are certain, those with the largest certain effect first.
    pub(super) fn changes(&self, names: &[&CatalogEvent], now: Timestamp) -> Vec<Change> {
        let silent = self.silent(names, now);
        let is_silent = |subject: &str| silent.iter().any(|(_, it)| it.subject == subject);
        let mut changes: Vec<(f64, Change)> = self.shares();
        // That something has stopped says more than that there is less of it.
        changes.retain(|(_, it)| it.kind == ChangeKind::StageShare || !is_silent(&it.subject));
        changes.extend(silent);
        changes.extend(fresh(names, now));
        changes.sort_by(|(a, left), (b, right)| {
            b.total_cmp(a)
                .then_with(|| left.subject.cmp(&right.subject))
        });
        changes.truncate(LISTED);
        changes.into_iter().map(|(_, change)| change).collect()
    }

    fn shares(&self) -> Vec<(f64, Change)> {
        let (now, before) = (self.now.profiles, self.before.profiles);
        if now < PROFILES_MIN || before < PROFILES_MIN {
            return Vec::new();
        }
        // Names of one week alone are new or silent, which is said elsewhere.
        let names = self.before.names.iter().filter_map(|(name, (_, before))| {
            let (_, now) = self.now.names.get(name)?;
            Some((None, name, *now, *before))
        });
        let stages = self.before.stages.iter().map(|(stage, before)| {
            let now = self.now.stages.get(stage).copied().unwrap_or(0);
            (Some(ChangeKind::StageShare), stage, now, *before)
        });
        let pairs: Vec<_> = names.chain(stages).collect();
        let tests_count = pairs.len() as u64;
        pairs
            .into_iter()
            .filter_map(|(kind, subject, part, part_before)| {
                let interval = difference((part, now), (part_before, before), tests_count)?;
                let certain = interval.low.max(-interval.high);
                let (share, share_before) =
                    (part as f64 / now as f64, part_before as f64 / before as f64);
                let up_or_down = match share > share_before {
                    true => ChangeKind::EventUp,
                    false => ChangeKind::EventDown,
                };
                let change = Change {
                    kind: kind.unwrap_or(up_or_down),
                    subject: subject.clone(),
                    now: share,
                    before: share_before,
                    change: Some(share - share_before),
                    interval: Some([interval.low, interval.high]),
                };
                (certain > 0.0).then_some((certain, change))
            })
            .collect()
    }

    /// Names that came every day and have stopped. At seven a day, a day without any is no chance.
    fn silent(&self, names: &[&CatalogEvent], now: Timestamp) -> Vec<(f64, Change)> {
        let yesterday = now.minus(Span::days(1));
        let is_anything_heard = names.iter().any(|name| name.last > yesterday);
        let silent = names.iter().filter_map(|name| {
            let (events, profiles) = *self.before.names.get(&name.name)?;
            let per_day = events as f64 / 7.0;
            let stopped = is_anything_heard && name.last <= yesterday && per_day >= 7.0;
            let change = Change {
                kind: ChangeKind::SilentEvent,
                subject: name.name.clone(),
                now: 0.0,
                before: per_day,
                change: None,
                interval: None,
            };
            let share = profiles as f64 / self.before.profiles.max(1) as f64;
            stopped.then_some((share, change))
        });
        silent.collect()
    }
}

impl Week {
    fn ask(asker: &Asker<'_>, end: Timestamp) -> Result<Self, AskError> {
        let count = |series, breakdown| {
            asker.count_at(Days::Last(WEEK), Every::Range, series, breakdown, end)
        };
        let names: CountsAnswer = count(Vec::new(), None)?;
        let stages: CountsAnswer = count(everything_series(), Some(Field::Stage))?;
        Ok(Self {
            profiles: names.total.profiles,
            names: names
                .series
                .iter()
                .filter_map(|series| {
                    let counts = (series.total.events, series.total.profiles);
                    Some((name_of(series)?.to_owned(), counts))
                })
                .collect(),
            stages: stages
                .series
                .into_iter()
                .filter_map(|series| match series.label {
                    Some(Label::Value(Value::Text(stage))) => Some((stage, series.total.profiles)),
                    _ => None,
                })
                .collect(),
        })
    }
}

/// Names that were first seen this week, in a workspace that is older than that.
fn fresh(names: &[&CatalogEvent], now: Timestamp) -> Vec<(f64, Change)> {
    let start = now.minus(WEEK);
    let is_old = names.iter().any(|name| name.first < start.minus(WEEK));
    let fresh = names
        .iter()
        .filter(|name| is_old && name.first >= start && name.events >= 10);
    fresh
        .map(|name| {
            let change = Change {
                kind: ChangeKind::NewEvent,
                subject: name.name.clone(),
                now: name.profiles as f64,
                before: 0.0,
                change: None,
                interval: None,
            };
            // Something new is always worth a look, so it comes before small shifts.
            (1.0, change)
        })
        .collect()
}

/// The event name of a series; none for the rest.
pub(super) fn name_of(series: &Series) -> Option<&str> {
    match &series.name {
        SeriesName::Name(name) => Some(name),
        SeriesName::Rest => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn week(profiles: u64, names: &[(&str, u64, u64)], stages: &[(&str, u64)]) -> Week {
        Week {
            profiles,
            names: names
                .iter()
                .map(|(name, events, people)| ((*name).to_owned(), (*events, *people)))
                .collect(),
            stages: stages
                .iter()
                .map(|(stage, people)| ((*stage).to_owned(), *people))
                .collect(),
        }
    }

    fn name(name: &str, first_day: i64, last_day: i64) -> CatalogEvent {
        CatalogEvent {
            name: name.to_owned(),
            events: 100,
            profiles: 60,
            first: Timestamp(0).plus(Span::days(first_day)),
            last: Timestamp(0).plus(Span::days(last_day)),
            channel: throughline_model::Channel::Web,
            touchpoint: None,
            stage: None,
            system: false,
        }
    }

    fn check(now: Week, before: Week, names: &[CatalogEvent], expected: Expect) {
        let weeks = Weeks { now, before };
        let names: Vec<&CatalogEvent> = names.iter().collect();
        let changes = weeks.changes(&names, Timestamp(0).plus(Span::days(100)));
        let lines: Vec<String> = changes
            .iter()
            .map(|it| {
                let interval = it
                    .interval
                    .map(|[low, high]| format!(" [{low:.3}, {high:.3}]"));
                format!(
                    "{:?} {}: {:.3} after {:.3}{}\n",
                    it.kind,
                    it.subject,
                    it.now,
                    it.before,
                    interval.unwrap_or_default()
                )
            })
            .collect();
        expected.assert_eq(&lines.concat());
    }

    #[test]
    fn only_what_chance_cannot_explain_is_a_change() {
        check(
            week(
                1_000,
                &[("view", 900, 800), ("order", 60, 50), ("refund", 90, 80)],
                &[("buy", 300)],
            ),
            week(
                1_000,
                &[("view", 900, 795), ("order", 140, 120), ("refund", 35, 30)],
                &[("buy", 290)],
            ),
            &[
                name("view", 0, 100),
                name("order", 0, 100),
                name("refund", 0, 100),
            ],
            expect![[r#"
                EventDown order: 0.050 after 0.120 [-0.102, -0.039]
                EventUp refund: 0.080 after 0.030 [0.025, 0.076]
            "#]],
        );
    }

    #[test]
    fn a_few_people_are_no_change() {
        check(
            week(20, &[("view", 20, 20)], &[]),
            week(20, &[("view", 1, 1)], &[]),
            &[name("view", 0, 100)],
            expect![[""]],
        );
    }

    #[test]
    fn new_and_silent_names_are_told() {
        check(
            week(1_000, &[("view", 900, 800), ("chat", 100, 60)], &[]),
            week(
                1_000,
                &[("view", 900, 800), ("sms", 70, 60), ("rare", 20, 10)],
                &[],
            ),
            &[
                name("view", 0, 100),
                name("chat", 95, 100),
                name("sms", 0, 98),
                name("rare", 0, 92),
            ],
            expect![[r#"
                NewEvent chat: 60.000 after 0.000
                SilentEvent sms: 0.000 after 10.000
            "#]],
        );
    }
}
