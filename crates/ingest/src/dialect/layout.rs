//! Where the items of a body stand in it, so that one can be taken out and the others stay.

use std::ops::Range;

use super::{Dialect, form, mixpanel, opened};
use crate::{inflate, json, segment};

/// The items of a body that holds a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What the body says, where it is packed or wrapped; else the body says it itself.
    pub unwrapped: Option<String>,
    /// Where each item stands, in the body or in what it says; by the index of its event.
    pub items: Vec<Range<usize>>,
}

/// Where the items of a body stand; none for a body that is one event, that is of one person as in
/// GA4, or that cannot be read.
pub fn layout(dialect: Dialect, body: &[u8]) -> Option<Layout> {
    if let Dialect::Segment(route) = dialect {
        if route != segment::Route::Batch {
            return None;
        }
        let bytes = inflate::open(body).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let text = text.trim_start_matches('\u{feff}').trim_ascii();
        return Some(Layout::of(body, text, &segment::batch_items(text)?));
    }
    let opened = opened::open(body).ok()?;
    let text = opened.text();
    let last = |wanted: &str| {
        let found = json::members(text).filter(|(name, _)| *name == wanted);
        found.map(|(_, value)| value).last()
    };
    let list = match dialect {
        _ if text.starts_with('[') => Some(text),
        Dialect::PostHog | Dialect::PostHogV1 => last("batch"),
        Dialect::Amplitude => last("events"),
        Dialect::Ga4 => None,
        Dialect::Snowplow if form::value(text, "e").is_none() => json::member(text, "data"),
        Dialect::MixpanelEvents | Dialect::MixpanelProfiles => {
            let items = mixpanel::split(text).ok()?;
            return (items.len() > 1).then(|| Layout::of(body, text, &items));
        }
        _ => None,
    };
    let items: Vec<&str> = json::elements(list.filter(|it| it.starts_with('['))?).collect();
    Some(Layout::of(body, text, &items))
}

impl Layout {
    fn of(body: &[u8], text: &str, items: &[&str]) -> Self {
        let within = body.as_ptr_range();
        let is_plain = within.contains(&text.as_ptr());
        let base = match is_plain {
            true => within.start,
            false => text.as_ptr(),
        };
        let place = |item: &&str| {
            let start = item.as_ptr().addr() - base.addr();
            start..start + item.len()
        };
        Self {
            unwrapped: (!is_plain).then(|| text.to_owned()),
            items: items.iter().map(place).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use throughline_model::{EventKind, Timestamp};

    use super::{super::*, *};
    use crate::segment::Route;

    const BLANK: &str = "\"\u{7f}   `abc\"";

    /// Takes the second of three items out, and compares what the others say.
    #[track_caller]
    fn check(dialect: Dialect, body: &str, item: impl Fn(&str) -> String) {
        let items = ["u1", "u2", "u3"].map(item);
        let body = body.replace("ITEMS", &items.join(" , "));
        let moment = Moment {
            received: Timestamp(1_790_000_000_000),
            sent: None,
        };
        let read = |body: &str| {
            let read = super::super::read(Call::Is(dialect), body.as_bytes(), moment);
            read.expect("is read").decoded
        };
        let found = layout(dialect, body.as_bytes()).expect("has a list");
        let texts: Vec<&str> = found.items.iter().map(|it| &body[it.clone()]).collect();
        assert_eq!(texts, items);
        let before = read(&body);
        assert_eq!(before.events.len(), 3, "{:?}", before.quarantined);
        let mut blanked = body.clone();
        blanked.replace_range(found.items[1].clone(), BLANK);
        let after = read(&blanked);
        assert_eq!(after.quarantined, []);
        assert_eq!(
            after.events,
            [before.events[0].clone(), before.events[2].clone()]
        );
        let packed = BASE64_STANDARD.encode(&body);
        if dialect != Dialect::Segment(Route::Batch) {
            let again = layout(dialect, packed.as_bytes()).expect("has a list");
            let text = again.unwrapped.expect("was wrapped");
            assert_eq!(&text[again.items[1].clone()], items[1]);
        }
    }

    #[test]
    fn an_item_is_taken_out_of_a_list_and_the_others_say_what_they_said() {
        let segment = |who: &str| {
            format!(r#"{{"type":"track","event":"e","userId":"{who}","messageId":"m{who}"}}"#)
        };
        let batch = Dialect::Segment(Route::Batch);
        check(
            batch,
            r#" {"sentAt":null,"batch":[ITEMS ],"context":{}} "#,
            segment,
        );
        let posthog = |who: &str| {
            format!(r#"{{"event":"e","distinct_id":"{who}","uuid":"{who}","properties":{{}}}}"#)
        };
        let bodies = (r#"{"api_key":"k","batch":[ITEMS]}"#, "[ITEMS]");
        check(Dialect::PostHog, bodies.0, posthog);
        check(Dialect::PostHog, bodies.1, posthog);
        let mixpanel = |who: &str| {
            format!(
                r#"{{"event":"e","properties":{{"distinct_id":"{who}","$insert_id":"{who}","time":1789999990}}}}"#
            )
        };
        check(Dialect::MixpanelEvents, "[ITEMS]", mixpanel);
        let amplitude =
            |who: &str| format!(r#"{{"event_type":"e","user_id":"{who}","insert_id":"{who}"}}"#);
        check(
            Dialect::Amplitude,
            r#"{"api_key":"k","events":[ITEMS]}"#,
            amplitude,
        );
        let snowplow = |who: &str| {
            format!(r#"{{"e":"pv","uid":"{who}","eid":"{who}","url":"https://a.example/"}}"#)
        };
        check(
            Dialect::Snowplow,
            r#"{"schema":"s","data":[ITEMS]}"#,
            snowplow,
        );
    }

    #[test]
    fn a_body_of_one_event_has_no_list() {
        let one = br#"{"event":"e","userId":"u"}"#;
        assert_eq!(
            layout(Dialect::Segment(Route::One(EventKind::Track)), one),
            None
        );
        assert_eq!(
            layout(Dialect::PostHog, br#"{"event":"e","distinct_id":"u"}"#),
            None
        );
        let ga4 = br#"{"client_id":"c","events":[{"name":"a"},{"name":"b"}]}"#;
        assert_eq!(layout(Dialect::Ga4, ga4), None);
        assert_eq!(layout(Dialect::Snowplow, b"e=pv&uid=u1"), None);
        assert_eq!(layout(Dialect::Pixel(EventKind::Page), b"userId=u"), None);
        assert_eq!(layout(Dialect::Amplitude, b"not json"), None);
    }
}
