//! What clocks show, and for how long.

use jiff::civil::Weekday;
use throughline_model::{
    TimeRange, Timestamp, Zone,
    retention::{PeriodUnit, WeekStart},
};

use crate::{
    ask::AskError,
    calendar::{Ruler, unit_of},
};

/// Hours of a clock over a century; longer logs are a mistake of some clock.
const HOURS_MAX: usize = 24 * 366 * 100;
/// Hours and weekdays of a table with a place for all of them behind.
pub(super) const HOURS: usize = 25;
pub(super) const WEEKDAYS: usize = 8;

/// One clock over a range: its hours side by side, those that come twice too.
pub(super) struct Clock {
    pub(super) name: String,
    starts: Vec<i64>,
    /// Weekday from 0 for Monday, and hour, of each.
    shows: Vec<(u8, u8)>,
    /// By weekday and hour.
    observed_ms: Vec<i64>,
}

impl Clock {
    pub(super) fn new(zone: &Zone, range: TimeRange) -> Result<Self, AskError> {
        let mut clock = Self {
            name: zone.name().to_owned(),
            starts: Vec::new(),
            shows: Vec::new(),
            observed_ms: vec![0; WEEKDAYS * HOURS],
        };
        if range.from >= range.to {
            return Ok(clock);
        }
        let ruler = Ruler::new(PeriodUnit::Hour, WeekStart::Monday, zone);
        let starts = ruler.starts(range, HOURS_MAX);
        let starts = starts.ok_or_else(|| {
            AskError::fault(
                "range",
                "is longer than the century that clocks are read for",
            )
        })?;
        for ends in starts.windows(2) {
            let shown = Timestamp(ends[0].0).in_zone(zone);
            let weekday = weekday_of(shown.date().weekday());
            let hour = u8::try_from(shown.hour()).expect("hours are 0 to 23");
            clock.starts.push(ends[0].0);
            clock.shows.push((weekday, hour));
            let ms = ends[1].min(range.to).since(ends[0].max(range.from)).0;
            let (weekday, hour) = (usize::from(weekday), usize::from(hour));
            for weekday in [weekday, WEEKDAYS - 1] {
                for hour in [hour, HOURS - 1] {
                    clock.observed_ms[weekday * HOURS + hour] += ms;
                }
            }
        }
        Ok(clock)
    }

    /// Weekday from 0 for Monday, and hour, at an instant of the range.
    pub(super) fn at(&self, time: i64) -> (usize, usize) {
        let (weekday, hour) = self.shows[unit_of(&self.starts, time, 0)];
        (usize::from(weekday), usize::from(hour))
    }

    /// For how long it showed this.
    pub(super) fn observed_ms(&self, weekday: usize, hour: usize) -> i64 {
        self.observed_ms[weekday * HOURS + hour]
    }
}

fn weekday_of(weekday: Weekday) -> u8 {
    u8::try_from(weekday.to_monday_zero_offset()).expect("weekdays are 0 to 6")
}
