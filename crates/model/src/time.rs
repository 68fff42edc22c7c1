//! Instants, spans and ranges. The clock itself is read in one place, in `server`.

use std::fmt;

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An instant: milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Earliest instant that an event may carry: 1970-01-01.
    pub const MIN: Self = Self(0);
    /// Latest instant that can be shown in every zone: shortly before the end of the year 9999.
    pub const MAX: Self = Self(253_402_207_199_999);

    /// Reads RFC 3339 text, with a zone or `Z`; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Self(instant.as_millisecond()))
    }

    /// The instant `span` later, stopping at the ends of what can be shown.
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0).min(Self::MAX.0))
    }

    /// The instant `span` earlier.
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// Milliseconds from `earlier` to here.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The calendar instant in a zone.
    pub fn in_zone(self, zone: &Zone) -> civil::DateTime {
        self.instant().to_zoned(zone.0.clone()).datetime()
    }

    /// RFC 3339 text with the offset that clocks in a zone have then, so that it is exact and still reads
    /// like the clock.
    pub fn written_in(self, zone: &Zone) -> String {
        let offset = zone.0.to_offset(self.instant());
        self.instant().display_with_offset(offset).to_string()
    }

    fn instant(self) -> jiff::Timestamp {
        let inside = self.0.clamp(-62_135_596_800_000, Self::MAX.0);
        jiff::Timestamp::from_millisecond(inside).expect("clamped into the range that jiff holds")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}", self.instant())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is not an instant like 2026-03-01T00:00:00Z"
            ))
        })
    }
}

/// A length of time in milliseconds, written like `90s`, `30m`, `12h`, `7d` or `2w`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, example = "7d")]
pub struct Span(pub i64);

impl Span {
    const UNITS: [(&'static str, i64); 6] = [
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];

    /// A span of whole days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400_000)
    }

    /// A span of hours.
    pub const fn hours(hours: i64) -> Self {
        Self(hours * 3_600_000)
    }

    /// A span of minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes * 60_000)
    }

    /// A span of seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000)
    }

    /// Reads a whole number and a unit; `None` when it is not one or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let (_, factor) = Self::UNITS.into_iter().find(|(name, _)| *name == unit)?;
        let span = number.parse::<i64>().ok()?.checked_mul(factor)?;
        (span <= Self::days(36_500).0).then_some(Self(span))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = Self::UNITS
            .into_iter()
            .find(|(_, factor)| self.0 != 0 && self.0 % factor == 0)
            .unwrap_or(("ms", 1));
        write!(formatter, "{}{unit}", self.0 / factor)
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is not a span like 90s, 30m, 12h, 7d or 2w"
            ))
        })
    }
}

/// A named time zone; days and weeks are calendar days in one.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "Asia/Shanghai")]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Reads an IANA name; `None` when it is unknown.
    pub fn parse(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instant at which clocks in the zone show this; the earlier of two, the later of a gap.
    pub fn instant_of(&self, shown: civil::DateTime) -> Timestamp {
        let instant = shown
            .to_zoned(self.0.clone())
            .map_or(Timestamp::MAX.0, |zoned| zoned.timestamp().as_millisecond());
        Timestamp(instant)
    }

    /// The first instant of a calendar day.
    pub fn start_of(&self, day: civil::Date) -> Timestamp {
        let start = day
            .to_zoned(self.0.clone())
            .map_or(Timestamp::MAX.0, |zoned| zoned.timestamp().as_millisecond());
        Timestamp(start)
    }

    /// The first and the last day that begin within a range; none when no day does.
    pub fn days_of(&self, range: TimeRange) -> Option<(civil::Date, civil::Date)> {
        let mut first = range.from.in_zone(self).date();
        if self.start_of(first) < range.from {
            first = first.tomorrow().ok()?;
        }
        let last = range.to.minus(Span(1)).in_zone(self).date();
        (first <= last).then_some((first, last))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| {
            serde::de::Error::custom(format!("`{name}` is not a time zone like Europe/Berlin"))
        })
    }
}

/// From an instant up to but not including another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeRange {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl TimeRange {
    /// All of time.
    pub const ALL: Self = Self {
        from: Timestamp::MIN,
        to: Timestamp::MAX,
    };

    /// True when the instant lies inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_with_their_offset_and_written_in_utc() {
        let at = Timestamp::parse("2026-03-01T08:00:00.5+08:00").expect("valid");
        assert_eq!(at.to_string(), "2026-03-01T00:00:00.500Z");
        assert_eq!(Timestamp::parse("2026-03-01"), None);
    }

    #[test]
    fn an_instant_is_written_with_the_offset_of_its_moment() {
        let zone = Zone::parse("Europe/Berlin").expect("known");
        for (at, written) in [
            ("2026-03-28T23:00:00Z", "2026-03-29T00:00:00+01:00"),
            ("2026-03-29T22:00:00.250Z", "2026-03-30T00:00:00.25+02:00"),
        ] {
            let at = Timestamp::parse(at).expect(at);
            assert_eq!(at.written_in(&zone), written);
            assert_eq!(Timestamp::parse(written), Some(at));
        }
    }

    #[test]
    fn the_ends_of_time_can_be_shown() {
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-30T21:59:59.999Z");
        assert_eq!(Timestamp(i64::MIN).to_string(), "0001-01-01T00:00:00.000Z");
        let zone = Zone::parse("Pacific/Kiritimati").expect("known");
        assert_eq!(Timestamp::MAX.in_zone(&zone).year(), 9999);
    }

    #[test]
    fn spans_are_written_in_their_largest_whole_unit() {
        for text in ["0ms", "90s", "36h", "7d", "30m", "250ms"] {
            let span = Span::parse(text).expect(text);
            assert_eq!(Span::parse(&span.to_string()), Some(span));
        }
        assert_eq!(Span::days(14).to_string(), "2w");
        for bad in ["", "7", "d", "-1d", "1y", "99999999999w", "40000d"] {
            assert_eq!(Span::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_starts_at_local_midnight_over_a_clock_change() {
        let zone = Zone::parse("America/New_York").expect("known");
        let day = civil::date(2026, 3, 8);
        let next = civil::date(2026, 3, 9);
        assert_eq!(
            zone.start_of(next).since(zone.start_of(day)),
            Span::hours(23)
        );
    }
}
