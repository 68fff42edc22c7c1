//! When and where a report or a dashboard is sent by itself.

use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Timestamp, Zone, limits, report::ReportFault};

/// What is sent, when, and to whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub title: String,
    pub of: ScheduleOf,
    #[serde(flatten)]
    pub rhythm: Rhythm,
    pub to: Destination,
    #[serde(default)]
    pub language: Language,
    /// Nothing is sent while it is set, and nothing is made up for afterwards.
    #[serde(default)]
    pub is_paused: bool,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleOf {
    /// The id of a saved report.
    Report(String),
    /// The id of a dashboard.
    Dashboard(String),
    /// Links in messages.
    Links(LinksPart),
}

/// Which links in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinksPart {
    /// Those that lead nowhere now.
    Broken,
}

/// A time of day on certain days, on the clocks of a zone.
///
/// Where a clock skips the time, it is due when the clock has moved on by as much; where a clock
/// shows it twice, it is due the first time only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rhythm {
    pub every: Repeat,
    #[schema(value_type = String, example = "08:30")]
    pub at: Time,
    #[schema(value_type = String)]
    pub zone: Zone,
}

/// On which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    Day,
    /// From 1 for Monday to 7 for Sunday.
    Week(u8),
    /// The day of the month; in a shorter month its last.
    Month(u8),
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// Addresses, each of which is sent the same mail.
    Mail(Vec<String>),
    /// An address that takes signed JSON.
    Webhook(String),
}

/// In which language something is written: a mail, or names that are suggested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
    #[serde(rename = "zh-TW")]
    TraditionalChinese,
}

impl Rhythm {
    /// The first moment after `after` at which it is due.
    pub fn next_due(&self, after: Timestamp) -> Timestamp {
        let today = after.in_zone(&self.zone).date();
        let due = |day: Date| self.zone.instant_of(day.to_datetime(self.at));
        let days = || (-1..).map_while(|step: i64| today.checked_add(step.days()).ok());
        let found = match self.every {
            Repeat::Day => days().map(due).find(|at| *at > after),
            Repeat::Week(number) => {
                let is_its = |day: &Date| day.weekday() == weekday(number);
                days().filter(is_its).map(due).find(|at| *at > after)
            }
            Repeat::Month(number) => {
                let first = today.first_of_month();
                let months = (-1..).map_while(|step: i64| first.checked_add(step.months()).ok());
                let day = |month: Date| {
                    let last = month.last_of_month();
                    let of = i8::try_from(number).unwrap_or(31).clamp(1, last.day());
                    month.with().day(of).build().unwrap_or(last)
                };
                months.map(day).map(due).find(|at| *at > after)
            }
        };
        // Only at the end of the calendar there is no next day.
        found.unwrap_or(Timestamp::MAX)
    }
}

fn weekday(number: u8) -> Weekday {
    let number = i8::try_from(number).unwrap_or(1).clamp(1, 7);
    Weekday::from_monday_one_offset(number).expect("clamped to a week")
}

impl Schedule {
    /// Everything that is wrong with the schedule; empty when it can be kept.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Vec::new();
        let mut push = |place: &str, message: &str| {
            faults.push(ReportFault {
                place: place.to_owned(),
                message: message.to_owned(),
            });
        };
        let title = self.title.trim().chars().count();
        if !(1..=limits::NAME_CHARS_MAX).contains(&title) {
            push(
                "title",
                &format!("has 1 to {} characters", limits::NAME_CHARS_MAX),
            );
        }
        match self.rhythm.every {
            Repeat::Week(day) if !(1..=7).contains(&day) => {
                push("every.week", "lies between 1 for Monday and 7 for Sunday");
            }
            Repeat::Month(day) if !(1..=31).contains(&day) => {
                push("every.month", "lies between 1 and 31");
            }
            _ => {}
        }
        match &self.to {
            Destination::Mail(addresses) => {
                if !(1..=limits::SCHEDULE_ADDRESSES_MAX).contains(&addresses.len()) {
                    let most = limits::SCHEDULE_ADDRESSES_MAX;
                    push("to.mail", &format!("number 1 to {most}"));
                }
                for (index, address) in addresses.iter().enumerate() {
                    if !is_address(address) {
                        let place = format!("to.mail[{index}]");
                        push(&place, "is no address like ana@example.com");
                    }
                }
            }
            Destination::Webhook(url) => {
                let is_url = url.starts_with("https://") || url.starts_with("http://");
                if !is_url || url.len() > limits::URL_CHARS_MAX {
                    push("to.webhook", "is no address like https://example.com/hook");
                }
            }
        }
        faults
    }
}

/// Whether it can be an address at all; only sending tells whether somebody reads there.
fn is_address(text: &str) -> bool {
    let is_plain = |it: char| !it.is_whitespace() && !it.is_control() && !"<>,;:\"\\".contains(it);
    let halves = text.rsplit_once('@');
    text.len() <= 254
        && text.chars().all(is_plain)
        && halves.is_some_and(|(name, host)| {
            !name.is_empty() && !name.contains('@') && host.contains('.') && !host.starts_with('.')
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Span;

    fn rhythm(every: Repeat, at: &str, zone: &str) -> Rhythm {
        Rhythm {
            every,
            at: at.parse().expect(at),
            zone: Zone::parse(zone).expect(zone),
        }
    }

    /// The next moments after one, on the clocks of the zone.
    fn check(every: Repeat, at: &str, zone: &str, after: &str, expected: &[&str]) {
        let rhythm = rhythm(every, at, zone);
        let mut after = Timestamp::parse(after).expect(after);
        let mut found = Vec::new();
        for _ in expected {
            after = rhythm.next_due(after);
            found.push(after.in_zone(&rhythm.zone).to_string());
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn days_keep_the_clock_where_it_moves() {
        check(
            Repeat::Day,
            "08:30",
            "Europe/Berlin",
            "2026-03-28T07:30:00Z",
            &["2026-03-29T08:30:00", "2026-03-30T08:30:00"],
        );
    }

    #[test]
    fn a_time_that_the_clock_skips_is_due_later_by_as_much() {
        check(
            Repeat::Day,
            "02:30",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T03:30:00", "2026-03-30T02:30:00"],
        );
    }

    #[test]
    fn a_time_that_the_clock_shows_twice_is_due_once() {
        let twice = rhythm(Repeat::Day, "02:30", "Europe/Berlin");
        let first = twice.next_due(Timestamp::parse("2026-10-24T12:00:00Z").unwrap());
        assert_eq!(first.to_string(), "2026-10-25T00:30:00.000Z");
        let next = twice.next_due(first);
        assert_eq!(next.to_string(), "2026-10-26T01:30:00.000Z");
    }

    #[test]
    fn a_day_that_a_zone_skipped_is_not_due_twice() {
        check(
            Repeat::Day,
            "08:00",
            "Pacific/Apia",
            "2011-12-29T12:00:00Z",
            &[
                "2011-12-29T08:00:00",
                "2011-12-31T08:00:00",
                "2012-01-01T08:00:00",
            ],
        );
    }

    #[test]
    fn weeks_and_months_find_their_day() {
        check(
            Repeat::Week(1),
            "09:00",
            "Asia/Shanghai",
            "2026-03-02T01:00:00Z",
            &["2026-03-09T09:00:00", "2026-03-16T09:00:00"],
        );
        check(
            Repeat::Month(31),
            "09:00",
            "UTC",
            "2026-01-31T08:59:59Z",
            &[
                "2026-01-31T09:00:00",
                "2026-02-28T09:00:00",
                "2026-03-31T09:00:00",
            ],
        );
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let schedule: Schedule = serde_json::from_str(
            r#"{"title":"","of":{"report":"a"},"every":{"month":32},"at":"08:30","zone":"UTC",
                "to":{"mail":["ana@example.com","ben","x <y@z.de>"]}}"#,
        )
        .expect("a schedule");
        let places: Vec<String> = schedule.check().into_iter().map(|it| it.place).collect();
        assert_eq!(places, ["title", "every.month", "to.mail[1]", "to.mail[2]"]);
    }

    proptest! {
        /// No due moment is passed over, and none comes twice.
        #[test]
        fn due_moments_follow_each_other(
            after in 1_300_000_000_000_i64..1_900_000_000_000,
            (hour, minute) in (0_i8..24, 0_i8..60),
            every in prop_oneof![
                Just(Repeat::Day),
                (1_u8..=7).prop_map(Repeat::Week),
                (1_u8..=31).prop_map(Repeat::Month),
            ],
            zone in prop_oneof![
                Just("UTC"), Just("Europe/Berlin"), Just("America/Sao_Paulo"),
                Just("Australia/Lord_Howe"), Just("Pacific/Apia"), Just("Asia/Kathmandu"),
            ],
        ) {
            let rhythm = rhythm(every, &format!("{hour:02}:{minute:02}"), zone);
            let after = Timestamp(after);
            let due = rhythm.next_due(after);
            prop_assert!(due > after);
            prop_assert_eq!(rhythm.next_due(Timestamp(due.0 - 1)), due);
            prop_assert_eq!(rhythm.next_due(Timestamp((after.0 + due.0) / 2).min(Timestamp(due.0 - 1))), due);
            let days_max = match every {
                Repeat::Day => 2,
                Repeat::Week(_) => 8,
                Repeat::Month(_) => 32,
            };
            // A day more, as one zone once skipped one.
            prop_assert!(due.since(after) <= Span::days(days_max + 1));
        }
    }
}
