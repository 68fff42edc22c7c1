//! Instants as sources write them: ISO 8601 in its usual shapes, and numbers since 1970.

use throughline_model::Timestamp;

/// A date and time of day, and the offset if the text names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    /// Milliseconds since 1970 as if the clock showed UTC.
    pub local_ms: i64,
    pub offset_ms: Option<i64>,
}

impl Civil {
    /// The instant, taking the time of day for UTC where no offset is named.
    pub fn in_utc(self) -> Timestamp {
        Timestamp(self.local_ms - self.offset_ms.unwrap_or(0))
    }
}

/// Reads an instant: ISO 8601, without an offset taken for UTC, or a number since 1970.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim_ascii();
    match civil(text) {
        Some(civil) => Some(civil.in_utc()),
        None => from_number(text.parse().ok()?),
    }
}

/// Reads a number since 1970; its size tells seconds, milliseconds, micro- or nanoseconds apart.
pub fn from_number(number: f64) -> Option<Timestamp> {
    let size = number.abs();
    let ms = if size < 1e11 {
        number * 1e3
    } else if size < 1e14 {
        number
    } else if size < 1e17 {
        number / 1e3
    } else if size < 1e20 {
        number / 1e6
    } else {
        return None;
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within 1e14 by the tests above"
    )]
    Some(Timestamp(ms.round() as i64))
}

/// Reads `2026-03-01`, `2026-03-01T08:00`, `2026-03-01 08:00:00.123456+08:00` and the like.
pub(crate) fn civil(text: &str) -> Option<Civil> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = digits(&bytes[0..4])?;
    let month = digits(&bytes[5..7])?;
    let day = digits(&bytes[8..10])?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let date_ms = days_since_1970(year, month, day) * 86_400_000;
    let Some((separator, rest)) = bytes[10..].split_first() else {
        return Some(Civil {
            local_ms: date_ms,
            offset_ms: None,
        });
    };
    if !matches!(separator, b'T' | b't' | b' ') {
        return None;
    }
    let (time_ms, rest) = time_of_day(rest)?;
    Some(Civil {
        local_ms: date_ms + time_ms,
        offset_ms: offset(rest)?,
    })
}

/// Milliseconds since midnight, and what stands after the time.
fn time_of_day(bytes: &[u8]) -> Option<(i64, &[u8])> {
    if bytes.len() < 5 || bytes[2] != b':' {
        return None;
    }
    let hour = digits(&bytes[0..2])?;
    let minute = digits(&bytes[3..5])?;
    let mut rest = &bytes[5..];
    let (mut second, mut ms) = (0, 0);
    if rest.len() >= 3 && rest[0] == b':' {
        second = digits(&rest[1..3])?;
        rest = &rest[3..];
        if let Some((b'.' | b',', fraction)) = rest.split_first() {
            let count = fraction.iter().take_while(|it| it.is_ascii_digit()).count();
            if count == 0 {
                return None;
            }
            let mut shown = [b'0'; 3];
            let kept = count.min(3);
            shown[..kept].copy_from_slice(&fraction[..kept]);
            ms = digits(&shown)?;
            rest = &fraction[count..];
        }
    }
    let is_end_of_day = hour == 24 && minute == 0 && second == 0 && ms == 0;
    // A leap second is read as the first one of the next minute.
    if (hour > 23 && !is_end_of_day) || minute > 59 || second > 60 {
        return None;
    }
    Some((((hour * 60 + minute) * 60 + second) * 1_000 + ms, rest))
}

/// The offset from UTC: `Some(None)` when none is named, `None` when it cannot be read.
fn offset(bytes: &[u8]) -> Option<Option<i64>> {
    let bytes = bytes.trim_ascii_start();
    let sign = match bytes {
        [] => return Some(None),
        [b'Z' | b'z'] | [b'U', b'T', b'C'] => return Some(Some(0)),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let (hours, minutes) = match &bytes[1..] {
        [a, b] => (digits(&[*a, *b])?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (digits(&[*a, *b])?, digits(&[*c, *d])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(Some(sign * (hours * 60 + minutes) * 60_000))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    })
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days in the proleptic Gregorian calendar, counted in years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Expect) {
        let shown = read(text).map_or("unreadable".to_owned(), |at| at.to_string());
        expected.assert_eq(&shown);
    }

    #[test]
    fn the_usual_shapes_are_read() {
        check(
            "2026-03-01T08:00:00.5+08:00",
            expect!["2026-03-01T00:00:00.500Z"],
        );
        check("2016-11-14 00:00:00", expect!["2016-11-14T00:00:00.000Z"]);
        check(
            "2019-11-01 17:59:13.273932",
            expect!["2019-11-01T17:59:13.273Z"],
        );
        check("2026-03-01", expect!["2026-03-01T00:00:00.000Z"]);
        check("2026-03-01T08:00Z", expect!["2026-03-01T08:00:00.000Z"]);
        check(
            "2026-03-01 08:00:00 UTC",
            expect!["2026-03-01T08:00:00.000Z"],
        );
        check(
            "2026-03-01T08:00:00-0330",
            expect!["2026-03-01T11:30:00.000Z"],
        );
        check(" 1700000000 ", expect!["2023-11-14T22:13:20.000Z"]);
        check("1700000000000", expect!["2023-11-14T22:13:20.000Z"]);
        check("1700000000.25", expect!["2023-11-14T22:13:20.250Z"]);
        check("1700000000000000", expect!["2023-11-14T22:13:20.000Z"]);
    }

    #[test]
    fn what_is_no_instant_is_not_guessed_at() {
        for text in [
            "",
            "now",
            "NaN",
            "inf",
            "1e400",
            "2026-02-30",
            "2026-13-01",
            "2026-03-01T25:00:00Z",
            "2026-03-01T08:00:00+99:00",
            "2026-03-01T08:00:00.Z",
            "2026-03-01x",
            "01/03/2026",
            "2026-03-01T08:00:00Zebra",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn instants_are_read_as_a_calendar_library_reads_them(
            ms in -2_000_000_000_000i64..9_000_000_000_000,
            minutes in -14i64 * 60..14 * 60,
        ) {
            let at = Timestamp(ms);
            prop_assert_eq!(read(&at.to_string()), Some(at));
            let instant = jiff::Timestamp::from_millisecond(ms).expect("in range");
            let offset = jiff::tz::Offset::from_seconds(i32::try_from(minutes * 60).expect("small")).expect("in range");
            let text = instant.display_with_offset(offset).to_string();
            prop_assert_eq!(read(&text), Some(at), "{}", text);
        }
    }
}
