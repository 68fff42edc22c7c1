//! Timelines written as text, so that a test shows what happened at a glance.
//!
//! ```text
//! ana 09:00 view; 09:05 cart{price=3, gift=yes} @app
//! ben 2d10:30:15 view @web
//! ana 1d08:00 order
//! ```
//!
//! A line begins with a profile; its events are divided by `;`. A time may carry the number of
//! days since the first one, which is Monday, 2 March 2026, UTC. Equal times are allowed, and
//! events keep the order in which they are written, whatever their times.

#[cfg(any(test, feature = "strategies"))]
mod strategies;

use serde_json::{Map, Value};
use throughline_model::{ActorId, Channel, EventName, JsonObject, Span, Timestamp};

#[cfg(any(test, feature = "strategies"))]
pub use strategies::{Mix, tied_timelines};

/// Midnight before the first day of every written timeline.
pub const FIRST_DAY: Timestamp = Timestamp(1_772_409_600_000);

/// One event of a written or drawn timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEvent {
    /// Numbered from 0 in order of appearance.
    pub actor: ActorId,
    /// The profile's name, as it was written.
    pub profile: String,
    pub time: Timestamp,
    pub name: EventName,
    pub channel: Channel,
    pub properties: JsonObject,
}

/// Reads timelines; the error names the line and what is wrong with it.
pub fn read_timelines(text: &str) -> Result<Vec<TimelineEvent>, String> {
    let mut events = Vec::new();
    let mut profiles: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let at = |message: String| format!("line {}: {message}", index + 1);
        let (profile, rest) = line
            .split_once(char::is_whitespace)
            .ok_or_else(|| at(format!("`{line}` is a profile without events")))?;
        let actor = profiles
            .iter()
            .position(|known| *known == profile)
            .unwrap_or_else(|| {
                profiles.push(profile);
                profiles.len() - 1
            });
        for part in rest.split(';').map(str::trim).filter(|it| !it.is_empty()) {
            let (time, name, channel, properties) = read_event(part).map_err(at)?;
            events.push(TimelineEvent {
                actor: ActorId(u32::try_from(actor).expect("a text has few profiles")),
                profile: profile.to_owned(),
                time,
                name,
                channel,
                properties,
            });
        }
    }
    Ok(events)
}

fn read_event(part: &str) -> Result<(Timestamp, EventName, Channel, JsonObject), String> {
    let (time, rest) = part
        .split_once(char::is_whitespace)
        .ok_or_else(|| format!("`{part}` is not a time and an event"))?;
    let time = read_time(time)
        .ok_or_else(|| format!("`{time}` is not a time like 09:00, 09:00:30 or 2d09:00"))?;
    let (rest, channel) = match rest.rsplit_once('@') {
        Some((rest, name)) => {
            let channel =
                Channel::parse(name.trim()).ok_or_else(|| format!("`{name}` is not a channel"))?;
            (rest.trim(), channel)
        }
        None => (rest.trim(), Channel::Web),
    };
    let (name, properties) = match rest.split_once('{') {
        Some((name, members)) => {
            let members = members
                .strip_suffix('}')
                .ok_or_else(|| format!("`{rest}` lacks a closing brace"))?;
            (name, read_members(members)?)
        }
        None => (rest, JsonObject::empty()),
    };
    let name = EventName::parse(name).map_err(|fault| format!("`{part}`: {fault}"))?;
    Ok((time, name, channel, properties))
}

fn read_time(text: &str) -> Option<Timestamp> {
    let (days, clock) = match text.split_once('d') {
        Some((days, clock)) => (days.parse::<i64>().ok()?, clock),
        None => (0, text),
    };
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let is_clock =
        (0..10_000).contains(&days) && (0..24).contains(&hours) && (0..60).contains(&minutes);
    if !is_clock || !(0..60).contains(&seconds) || parts.next().is_some() {
        return None;
    }
    let since = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    Some(FIRST_DAY.plus(Span::seconds(since)))
}

/// Numbers and truth values are read as such, everything else as text.
fn read_members(text: &str) -> Result<JsonObject, String> {
    let mut members = Map::new();
    for member in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let (key, value) = member
            .split_once('=')
            .ok_or_else(|| format!("`{member}` is not like price=3"))?;
        let value = match serde_json::from_str(value.trim()) {
            Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
            _ => Value::String(value.trim().to_owned()),
        };
        members.insert(key.trim().to_owned(), value);
    }
    Ok(JsonObject::from_map(&members))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let shown = match read_timelines(text) {
            Ok(events) => events
                .iter()
                .map(|it| {
                    format!(
                        "{} {} {} {} {} {}\n",
                        it.actor.0,
                        it.profile,
                        it.time,
                        it.name,
                        it.channel.name(),
                        it.properties.as_str()
                    )
                })
                .collect(),
            Err(fault) => fault,
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn timelines_are_read_as_written() {
        check(
            "
            ana 09:00 view; 09:05 cart{price=3.5, gift=true, note=for ma} @app
            ben 2d10:30:15 页面 view @email
            ana 09:00 view
            ",
            expect![[r#"
                0 ana 2026-03-02T09:00:00.000Z view web {}
                0 ana 2026-03-02T09:05:00.000Z cart app {"gift":true,"note":"for ma","price":3.5}
                1 ben 2026-03-04T10:30:15.000Z 页面 view email {}
                0 ana 2026-03-02T09:00:00.000Z view web {}
            "#]],
        );
    }

    #[test]
    fn faults_say_where_and_what() {
        check(
            "ana 09:00 view\nben 9 view",
            expect!["line 2: `9` is not a time like 09:00, 09:00:30 or 2d09:00"],
        );
        check(
            "ana 09:00 view @fax",
            expect!["line 1: `fax` is not a channel"],
        );
        check(
            "ana 09:00 view{price",
            expect!["line 1: `view{price` lacks a closing brace"],
        );
        check(
            "ana 09:00 view{price}",
            expect!["line 1: `price` is not like price=3"],
        );
        check("ana", expect!["line 1: `ana` is a profile without events"]);
        check(
            "ana 24:00 view",
            expect!["line 1: `24:00` is not a time like 09:00, 09:00:30 or 2d09:00"],
        );
    }
}
