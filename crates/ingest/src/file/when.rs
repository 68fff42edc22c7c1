//! Times in cells, as a mapping says that they are written.

use jiff::{civil, fmt::strtime::BrokenDownTime};
use throughline_model::{Timestamp, Zone};

use super::{Cell, TimeFormat};
use crate::instant::{self, Civil};

/// Reads the time of a cell; `None` when it is none.
pub(super) fn read(cell: &Cell<'_>, format: &TimeFormat, zone: &Zone) -> Option<Timestamp> {
    match cell {
        Cell::Instant(at) => Some(*at),
        Cell::Local(ms) => Some(in_zone(*ms, zone)),
        #[expect(clippy::cast_precision_loss, reason = "instants need 53 bits at most")]
        Cell::Int(number) => match format {
            TimeFormat::Pattern(pattern) => by_pattern(&number.to_string(), pattern, zone),
            _ => by_unit(*number as f64, format),
        },
        Cell::Float(number) => by_unit(*number, format),
        Cell::Text(text) => by_text(text.trim(), format, zone),
        Cell::Missing | Cell::Flag(_) | Cell::Json(_) => None,
    }
}

fn by_text(text: &str, format: &TimeFormat, zone: &Zone) -> Option<Timestamp> {
    match format {
        TimeFormat::Iso => match instant::civil(text) {
            Some(civil) => Some(by_civil(civil, zone)),
            None => instant::from_number(text.parse().ok()?),
        },
        TimeFormat::Pattern(pattern) => by_pattern(text, pattern, zone),
        _ => by_unit(text.parse().ok()?, format),
    }
}

fn by_unit(number: f64, format: &TimeFormat) -> Option<Timestamp> {
    let per_ms = match format {
        TimeFormat::Iso => return instant::from_number(number),
        TimeFormat::Seconds => 1e-3,
        TimeFormat::Milliseconds => 1.0,
        TimeFormat::Microseconds => 1e3,
        TimeFormat::Nanoseconds => 1e6,
        TimeFormat::Pattern(_) => return None,
    };
    let ms = (number / per_ms).round();
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the year 9999")]
    #[expect(clippy::cast_precision_loss, reason = "bounded by the year 9999")]
    (ms.abs() <= Timestamp::MAX.0 as f64).then_some(Timestamp(ms as i64))
}

fn by_pattern(text: &str, pattern: &str, zone: &Zone) -> Option<Timestamp> {
    let parsed = BrokenDownTime::parse(pattern, text).ok()?;
    if parsed.offset().is_some() {
        return Some(Timestamp(parsed.to_timestamp().ok()?.as_millisecond()));
    }
    let day = parsed.to_date().ok()?;
    let shown = parsed
        .to_time()
        .map_or(day.at(0, 0, 0, 0), |time| day.to_datetime(time));
    Some(zone.instant_of(shown))
}

fn by_civil(civil: Civil, zone: &Zone) -> Timestamp {
    if civil.offset_ms.is_some() {
        return civil.in_utc();
    }
    in_zone(civil.local_ms, zone)
}

/// The instant at which clocks in the zone show this many milliseconds since 1970.
fn in_zone(local_ms: i64, zone: &Zone) -> Timestamp {
    if *zone == Zone::UTC {
        return Timestamp(local_ms);
    }
    let shown: civil::DateTime = Timestamp(local_ms).in_zone(&Zone::UTC);
    zone.instant_of(shown)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(cell: Cell<'_>, format: &str, zone: &str, expected: Expect) {
        let format = TimeFormat::try_from(format.to_owned()).expect("a format");
        let zone = Zone::parse(zone).expect("a zone");
        let read = read(&cell, &format, &zone);
        expected.assert_eq(&read.map_or("unreadable".to_owned(), |at| at.to_string()));
    }

    #[test]
    fn a_zone_counts_where_the_time_names_none() {
        let text = |text: &'static str| Cell::Text(text.into());
        let shanghai = "Asia/Shanghai";
        check(
            text("2026-03-01 08:00:00"),
            "iso",
            shanghai,
            expect!["2026-03-01T00:00:00.000Z"],
        );
        check(
            text("2026-03-01 08:00:00Z"),
            "iso",
            shanghai,
            expect!["2026-03-01T08:00:00.000Z"],
        );
        check(
            Cell::Local(1_772_352_000_000),
            "iso",
            shanghai,
            expect!["2026-03-01T00:00:00.000Z"],
        );
        check(
            text("2026-11-01 01:30"),
            "iso",
            "America/New_York",
            expect!["2026-11-01T05:30:00.000Z"],
        );
        check(
            text("2026-03-08 02:30"),
            "iso",
            "America/New_York",
            expect!["2026-03-08T07:30:00.000Z"],
        );
    }

    #[test]
    fn units_and_patterns_are_taken_at_their_word() {
        let text = |text: &'static str| Cell::Text(text.into());
        check(
            Cell::Int(1_700_000_000),
            "iso",
            "UTC",
            expect!["2023-11-14T22:13:20.000Z"],
        );
        check(
            Cell::Int(1_700_000_000),
            "milliseconds",
            "UTC",
            expect!["1970-01-20T16:13:20.000Z"],
        );
        check(
            text("1700000000.5"),
            "seconds",
            "UTC",
            expect!["2023-11-14T22:13:20.500Z"],
        );
        check(
            text("31/12/2025 23:59"),
            "%d/%m/%Y %H:%M",
            "UTC",
            expect!["2025-12-31T23:59:00.000Z"],
        );
        check(
            text("31/12/2025"),
            "%d/%m/%Y",
            "Asia/Shanghai",
            expect!["2025-12-30T16:00:00.000Z"],
        );
        check(
            Cell::Int(20_170_102),
            "%Y%m%d",
            "UTC",
            expect!["2017-01-02T00:00:00.000Z"],
        );
        check(
            text("2025年12月31日"),
            "%Y年%m月%d日",
            "UTC",
            expect!["2025-12-31T00:00:00.000Z"],
        );
        check(
            text("1/1/25 10:00 +0200"),
            "%m/%d/%y %H:%M %z",
            "UTC",
            expect!["2025-01-01T08:00:00.000Z"],
        );
    }

    #[test]
    fn what_is_no_time_is_not_guessed_at() {
        check(
            Cell::Text("soon".into()),
            "iso",
            "UTC",
            expect!["unreadable"],
        );
        check(
            Cell::Float(f64::NAN),
            "seconds",
            "UTC",
            expect!["unreadable"],
        );
        check(Cell::Float(1e300), "seconds", "UTC", expect!["unreadable"]);
        check(Cell::Flag(true), "iso", "UTC", expect!["unreadable"]);
        check(
            Cell::Text("31/12/2025".into()),
            "%m/%d/%Y",
            "UTC",
            expect!["unreadable"],
        );
    }
}
