//! Moments that are promised, read out of numbers and texts.
//!
//! Days and times in the common form of ISO 8601 are read, with an offset or by the clocks of a zone. What else a text
//! may say is counted as unread, so that a statement tells when it does not see all that the report sees.

use throughline_model::{Timestamp, Zone};

use super::{quoted, rule};

const DAY_MS: i64 = 86_400_000;

/// The common table `moments`: for each row of `said`, which has a number or a text and a key, the moment that it says
/// and whether it is a text that is not read.
pub(super) fn tables(zone: &Zone) -> String {
    let zone = quoted(zone.name());
    let date = [(1, 4), (6, 2), (9, 2)];
    let clock = [(12, 2), (15, 2)];
    let (second, fraction) = ((18, 2), (21, 3));
    let is_date = format!(
        "{} AND substr(text, 5, 1) = '-' AND substr(text, 8, 1) = '-'",
        are_digits("text", &date)
    );
    let is_clock = format!(
        "{} AND substr(text, 11, 1) IN ('T', 't', ' ') AND substr(text, 14, 1) = ':'",
        are_digits("text", &clock)
    );
    let has_seconds = format!(
        "substr(text, 17, 1) = ':' AND {}",
        are_digits("text", &[second])
    );
    let has_fraction = format!(
        "substr(text, 20, 1) = '.' AND {}",
        are_digits("text", &[fraction])
    );
    let offset = [(2, 2), (5, 2)];
    let is_offset = format!(
        "length(rest) = 6 AND substr(rest, 1, 1) IN ('+', '-') AND substr(rest, 4, 1) = ':' AND {}",
        are_digits("rest", &offset)
    );
    let (year, month, day) = (
        digits("text", date[0]),
        digits("text", date[1]),
        digits("text", date[2]),
    );
    let (hour, minute) = (digits("text", clock[0]), digits("text", clock[1]));
    let (second, fraction) = (digits("text", second), digits("text", fraction));
    let (offset_hours, offset_minutes) = (digits("rest", offset[0]), digits("rest", offset[1]));
    let most = Timestamp::MAX.0;
    // A day's number by the calendar that has no end (Howard Hinnant, chrono-compatible low-level date algorithms).
    let number = "365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468";
    format!(
        "texts AS (
  SELECT key, place, number, {trimmed} AS text FROM said
),
shapes AS (
  SELECT *, CASE WHEN length(text) >= 10 AND {is_date} THEN 1 ELSE 0 END AS is_date,
    CASE WHEN length(text) >= 16 AND {is_clock} THEN 1 ELSE 0 END AS is_clock,
    CASE WHEN length(text) >= 19 AND {has_seconds} THEN 1 ELSE 0 END AS has_seconds,
    CASE WHEN length(text) >= 23 AND {has_fraction} THEN 1 ELSE 0 END AS has_fraction
  FROM texts
),
parted AS (
  SELECT *, CASE WHEN is_date = 1 THEN {year} ELSE 0 END AS year, CASE WHEN is_date = 1 THEN {month} ELSE 0 END AS month,
    CASE WHEN is_date = 1 THEN {day} ELSE 0 END AS day, CASE WHEN is_clock = 1 THEN {hour} ELSE 0 END AS hour,
    CASE WHEN is_clock = 1 THEN {minute} ELSE 0 END AS minute, CASE WHEN has_seconds = 1 THEN {second} ELSE 0 END AS second,
    CASE WHEN has_seconds * has_fraction = 1 THEN {fraction} ELSE 0 END AS milli,
    CASE WHEN is_clock = 0 THEN '' WHEN has_seconds = 0 THEN substr(text, 17) WHEN has_fraction = 0 THEN substr(text, 20)
      ELSE substr(text, 24) END AS rest
  FROM shapes
),
offsets AS (
  SELECT *, CASE WHEN rest IN ('Z', 'z') THEN 0
      WHEN {is_offset} THEN ({offset_hours} * 60 + {offset_minutes}) * CASE substr(rest, 1, 1) WHEN '-' THEN -60000 ELSE 60000 END
    END AS offset_ms,
    CASE WHEN month > 2 THEN year ELSE year - 1 END AS y, CASE WHEN month > 2 THEN month - 3 ELSE month + 9 END AS m,
    ((hour * 60 + minute) * 60 + second) * 1000 + milli AS clock_ms
  FROM parted
),
numbered AS (
  SELECT *, CASE WHEN is_date = 0 OR year < 1970 OR month < 1 OR month > 12 OR day < 1 OR hour > 23 OR minute > 59 OR second > 59
      OR day > CASE WHEN month IN (4, 6, 9, 11) THEN 30 WHEN month <> 2 THEN 31
        WHEN year % 4 = 0 AND (year % 100 <> 0 OR year % 400 = 0) THEN 29 ELSE 28 END THEN 0
      WHEN length(text) = 10 THEN 1 WHEN is_clock = 0 THEN 0 WHEN offset_ms IS NOT NULL THEN 2 WHEN rest = '' THEN 3 ELSE 0
    END AS form, {number} AS day_number
  FROM offsets
),
zoned AS (
  SELECT *, {today} AS today_ms, {tomorrow} AS tomorrow_ms
  FROM (SELECT *, CASE WHEN form IN (1, 3) THEN day_number ELSE 0 END AS local_day FROM numbered) AS days
),
moments AS (
  SELECT key, place, CASE WHEN moment >= 0 AND moment <= {most} THEN moment END AS moment,
    CASE WHEN text <> '' AND moment IS NULL THEN 1 ELSE 0 END AS is_unread
  FROM (
    SELECT key, place, text, CASE
        WHEN number >= 100000000.0 AND number < 100000000000.0 THEN CAST(round(number * 1000.0) AS BIGINT)
        WHEN number >= 100000000000.0 AND number < 100000000000000.0 THEN CAST(round(number) AS BIGINT)
        WHEN form = 1 THEN tomorrow_ms
        WHEN form = 2 THEN day_number * {DAY_MS} + clock_ms - offset_ms
        WHEN form = 3 AND tomorrow_ms - today_ms = {DAY_MS} THEN today_ms + clock_ms
      END AS moment
    FROM zoned
  ) AS read
)",
        trimmed = rule::trimmed("text"),
        today = start("local_day", &zone),
        tomorrow = start("local_day + 1", &zone),
    )
}

/// A number out of digits at a place of a text.
fn digits(text: &str, (at, count): (usize, usize)) -> String {
    let each: Vec<String> = (0..count)
        .map(|index| {
            let digit = format!(
                "(instr('0123456789', substr({text}, {}, 1)) - 1)",
                at + index
            );
            match 10_i64.pow(u32::try_from(count - index - 1).expect("few digits")) {
                1 => digit,
                factor => format!("{factor} * {digit}"),
            }
        })
        .collect();
    format!("({})", each.join(" + "))
}

/// Whether there are digits, and nothing else, at places of a text that is long enough.
fn are_digits(text: &str, places: &[(usize, usize)]) -> String {
    let each: Vec<String> = (places.iter())
        .flat_map(|(at, count)| *at..at + count)
        .map(|at| format!("instr('0123456789', substr({text}, {at}, 1))"))
        .collect();
    format!("{} > 0", each.join(" * "))
}

/// The first instant of a day in a zone. Ten in the morning of the day in UTC lies in it or in the one after or before.
fn start(day: &str, zone: &str) -> String {
    let about = format!("({day}) * {DAY_MS} + 36000000");
    let wrong = format!("period_number(instant({about}), 'day', {zone}) - ({day})");
    format!("epoch_ms(period_start(instant({about} - ({wrong}) * {DAY_MS}), 'day', {zone}))")
}
