//! A range cut into calendar units of a zone.

use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use throughline_model::{
    TimeRange, Timestamp, Zone, limits,
    report::Every,
    retention::{PeriodUnit, WeekStart},
};
use utoipa::ToSchema;

/// One piece of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Point {
    pub from: Timestamp,
    pub to: Timestamp,
    /// True when the range, or what has passed of it, covers the calendar unit only in part.
    pub is_partial: bool,
}

/// Cuts a range at the starts of calendar units; `None` when there are more pieces than a series may have.
pub fn points(range: TimeRange, every: Every, zone: &Zone, now: Timestamp) -> Option<Vec<Point>> {
    if range.from >= range.to {
        return Some(Vec::new());
    }
    if every == Every::Range {
        return Some(vec![Point {
            from: range.from,
            to: range.to,
            is_partial: range.to > now.plus(throughline_model::Span(1)),
        }]);
    }
    let ruler = Ruler {
        every,
        week_start: WeekStart::Monday,
        zone,
    };
    ruler.points(range, now)
}

const SECOND_MS: i64 = 1_000;

fn floored(at: Timestamp, unit_ms: i64) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(unit_ms))
}

/// Calendar units of a zone, side by side without a gap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ruler<'z> {
    every: Every,
    week_start: WeekStart,
    zone: &'z Zone,
}

impl<'z> Ruler<'z> {
    pub(crate) fn new(unit: PeriodUnit, week_start: WeekStart, zone: &'z Zone) -> Self {
        Self {
            every: unit.every(),
            week_start,
            zone,
        }
    }

    /// Cuts a range at the starts of units; `None` when there are more pieces than a series may have.
    pub(crate) fn points(self, range: TimeRange, now: Timestamp) -> Option<Vec<Point>> {
        let mut points = Vec::new();
        let mut start = self.start_of_unit(range.from);
        while start < range.to {
            if points.len() == limits::SERIES_POINTS_MAX {
                return None;
            }
            let end = self.next_start(start);
            points.push(Point {
                from: start.max(range.from),
                to: end.min(range.to),
                is_partial: start < range.from || end > range.to || end > now,
            });
            start = end;
        }
        Some(points)
    }

    /// The starts of units, from the one that holds `from` to the first that begins at or after `to`;
    /// `None` when there are more units than `units_max`.
    pub(crate) fn starts(self, range: TimeRange, units_max: usize) -> Option<Vec<Timestamp>> {
        let mut starts = vec![self.start_of_unit(range.from)];
        while let Some(last) = starts.last().copied().filter(|last| *last < range.to) {
            if starts.len() > units_max {
                return None;
            }
            starts.push(self.next_start(last));
        }
        Some(starts)
    }

    /// The same for all units that a range touches and that have begun; empty when there are none.
    pub(crate) fn whole(self, range: TimeRange, now: Timestamp) -> Option<Vec<Timestamp>> {
        let begun = TimeRange {
            from: range.from,
            to: range.to.min(Timestamp(now.0.saturating_add(1))),
        };
        if begun.from >= begun.to {
            return Some(Vec::new());
        }
        self.starts(begun, limits::SERIES_POINTS_MAX)
    }

    /// The first instant of the unit that an instant lies in.
    pub(crate) fn start_of_unit(self, at: Timestamp) -> Timestamp {
        let (zone, local) = (self.zone, at.in_zone(self.zone));
        match self.every {
            // Clocks of zones differ by whole minutes in all the time that events come from.
            Every::Second => floored(at, SECOND_MS),
            Every::Minute => floored(at, 60 * SECOND_MS),
            Every::Hour => {
                let into_hour = i64::from(local.minute()) * 60_000
                    + i64::from(local.second()) * 1000
                    + i64::from(local.millisecond());
                Timestamp(at.0 - into_hour)
            }
            Every::Week => {
                let weekday = local.date().weekday();
                let days = match self.week_start {
                    WeekStart::Monday => weekday.to_monday_zero_offset(),
                    WeekStart::Sunday => weekday.to_sunday_zero_offset(),
                };
                zone.start_of(moved(local.date(), -i64::from(days)))
            }
            Every::Month => zone.start_of(local.date().first_of_month()),
            Every::Day | Every::Range => zone.start_of(local.date()),
        }
    }

    /// The start of the unit after the one that starts at `start`.
    pub(crate) fn next_start(self, start: Timestamp) -> Timestamp {
        let (zone, local) = (self.zone, start.in_zone(self.zone));
        let next = match self.every {
            Every::Second => start.plus(throughline_model::Span(SECOND_MS)),
            Every::Minute => start.plus(throughline_model::Span(60 * SECOND_MS)),
            Every::Hour => {
                // Where a clock moves by half an hour, the next full hour may be nearer than an hour.
                let hour = throughline_model::Span::hours(1);
                let next = self.start_of_unit(start.plus(hour));
                if next > start { next } else { start.plus(hour) }
            }
            Every::Week => zone.start_of(moved(local.date(), 7)),
            Every::Month => local
                .date()
                .first_of_month()
                .checked_add(1.month())
                .map_or(Timestamp::MAX, |day| zone.start_of(day)),
            Every::Day | Every::Range => zone.start_of(moved(local.date(), 1)),
        };
        // Some zones have skipped whole days; the unit after them starts later still.
        if next > start {
            next
        } else {
            start.plus(throughline_model::Span::days(1))
        }
    }
}

/// The index of the unit that holds an instant, which lies in the unit at `from` or behind it.
/// Behind the last start all is one unit.
pub(crate) fn unit_of(starts: &[i64], time: i64, from: usize) -> usize {
    match starts.get(from + 1) {
        Some(end) if *end <= time => {
            from + starts[from + 1..].partition_point(|start| *start <= time)
        }
        _ => from,
    }
}

fn moved(day: Date, days: i64) -> Date {
    day.checked_add(days.days())
        .unwrap_or(if days < 0 { Date::MIN } else { Date::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(from: &str, to: &str, every: Every, zone: &str) -> Vec<String> {
        let at = |text: &str| Timestamp::parse(text).expect(text);
        let range = TimeRange {
            from: at(from),
            to: at(to),
        };
        let zone = Zone::parse(zone).expect("known");
        let points = points(range, every, &zone, Timestamp::MAX).expect("few");
        for pair in points.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        points
            .iter()
            .map(|point| {
                let mark = if point.is_partial { " partial" } else { "" };
                format!("{}{mark}", point.from.in_zone(&zone))
            })
            .collect()
    }

    #[test]
    fn a_day_of_23_hours_is_one_day() {
        assert_eq!(
            starts(
                "2026-03-07T05:00:00Z",
                "2026-03-10T04:00:00Z",
                Every::Day,
                "America/New_York"
            ),
            [
                "2026-03-07T00:00:00",
                "2026-03-08T00:00:00",
                "2026-03-09T00:00:00"
            ]
        );
    }

    #[test]
    fn the_hour_that_is_repeated_counts_twice_and_the_skipped_one_never() {
        let count = |from: &str, to: &str| starts(from, to, Every::Hour, "Europe/Berlin").len();
        assert_eq!(count("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), 23);
        assert_eq!(count("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 25);
    }

    #[test]
    fn hours_start_on_the_clock_of_the_zone() {
        assert_eq!(
            starts(
                "2026-01-01T00:00:00Z",
                "2026-01-01T02:00:00Z",
                Every::Hour,
                "Asia/Kolkata"
            ),
            [
                "2026-01-01T05:30:00 partial",
                "2026-01-01T06:00:00",
                "2026-01-01T07:00:00 partial"
            ]
        );
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(
            starts(
                "2026-03-04T00:00:00Z",
                "2026-03-16T00:00:00Z",
                Every::Week,
                "UTC"
            ),
            ["2026-03-04T00:00:00 partial", "2026-03-09T00:00:00"]
        );
    }

    #[test]
    fn weeks_start_on_sunday_where_they_do() {
        let at = |text: &str| Timestamp::parse(text).expect(text);
        let zone = Zone::parse("Europe/Berlin").expect("known");
        let ruler = Ruler::new(PeriodUnit::Week, WeekStart::Sunday, &zone);
        let range = TimeRange {
            from: at("2026-03-26T12:00:00Z"),
            to: at("2026-04-01T12:00:00Z"),
        };
        let starts = ruler.starts(range, 10).expect("few");
        let shown: Vec<String> = starts.iter().map(ToString::to_string).collect();
        // The week from the 29th of March begins with the night that lost an hour.
        assert_eq!(
            shown,
            [
                "2026-03-21T23:00:00.000Z",
                "2026-03-28T23:00:00.000Z",
                "2026-04-04T22:00:00.000Z"
            ]
        );
        assert_eq!(ruler.starts(range, 1), None);
    }

    #[test]
    fn a_day_that_a_zone_skipped_is_left_out() {
        assert_eq!(
            starts(
                "2011-12-29T10:00:00Z",
                "2012-01-01T10:00:00Z",
                Every::Day,
                "Pacific/Apia"
            ),
            [
                "2011-12-29T00:00:00",
                "2011-12-31T00:00:00",
                "2012-01-01T00:00:00"
            ]
        );
    }

    #[test]
    fn minutes_and_seconds_are_cut_at_the_clock() {
        let (from, to) = ("2026-03-04T10:00:58.500Z", "2026-03-04T10:02:00.001Z");
        assert_eq!(
            starts(from, to, Every::Minute, "Asia/Kathmandu"),
            [
                "2026-03-04T15:45:58.5 partial",
                "2026-03-04T15:46:00",
                "2026-03-04T15:47:00 partial"
            ]
        );
        assert_eq!(starts(from, to, Every::Second, "UTC").len(), 63);
    }

    #[test]
    fn too_many_points_are_refused() {
        let range = TimeRange::ALL;
        assert_eq!(points(range, Every::Hour, &Zone::UTC, Timestamp(0)), None);
    }
}
