//! The channel that an event itself speaks for, before a workspace's vocabulary is asked.
//!
//! 1. A channel by name in `properties.channel`, then in `context.channel`.
//! 2. `screen` is the app, `page` the web: a campaign or a click id says where a visit came from,
//!    not where it takes place, so a landing page stays on the web.
//! 3. A mobile library or device type is the app; a browser library or a page address the web.
//! 4. Anything else, as from a server's library, is `other`; event names decide in the vocabulary.

use throughline_model::{Channel, EventKind};

use crate::json;

const APP_LIBRARIES: [&str; 8] = [
    "ios",
    "android",
    "swift",
    "kotlin",
    "flutter",
    "react-native",
    "xamarin",
    "unity",
];
const WEB_LIBRARIES: [&str; 4] = ["analytics.js", "javascript", "/js", "gtm"];
const APP_DEVICES: [&str; 5] = ["ios", "android", "mobile", "tablet", "phone"];

/// The channel of an event; `label` is the channel member beside `type` that some libraries send.
pub(crate) fn channel(
    kind: EventKind,
    label: Option<&str>,
    properties: &str,
    context: &str,
) -> Channel {
    if properties.contains("\"channel\"")
        && let Some(named) = json::member(properties, "channel").and_then(named)
    {
        return named;
    }
    let (mut library, mut device, mut has_page) = (None, None, false);
    for (name, value) in json::members(context) {
        match &*name {
            "channel" => {
                if let Some(named) = named(value) {
                    return named;
                }
            }
            "library" => library = json::member(value, "name").and_then(lower),
            "device" => device = json::member(value, "type").and_then(lower),
            "page" => has_page = value != "null",
            _ => {}
        }
    }
    let names = |found: &Option<String>, words: &[&str]| {
        let found = found.as_deref().unwrap_or_default();
        words.iter().any(|word| found.contains(word))
    };
    let is_app = names(&library, &APP_LIBRARIES) || names(&device, &APP_DEVICES);
    match kind {
        EventKind::Screen => Channel::App,
        EventKind::Page => Channel::Web,
        _ if is_app || label == Some("mobile") => Channel::App,
        _ if names(&library, &WEB_LIBRARIES) || has_page || label == Some("web") => Channel::Web,
        _ => Channel::Other,
    }
}

/// The channel that an event names, in its properties or its context.
pub(crate) fn said(properties: &str, context: &str) -> Option<Channel> {
    let named = |object: &str| {
        let is_there = object.contains("\"channel\"");
        is_there.then(|| json::member(object, "channel").and_then(named))?
    };
    named(properties).or_else(|| named(context))
}

fn named(value: &str) -> Option<Channel> {
    Channel::parse(json::text(value)?.trim())
}

fn lower(value: &str) -> Option<String> {
    json::text(value).map(|text| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: EventKind, properties: &str, context: &str, expected: Channel) {
        let found = channel(kind, None, properties, context);
        assert_eq!(found, expected, "{kind:?} {properties} {context}");
    }

    #[test]
    fn what_the_event_says_of_itself_comes_first() {
        let track = EventKind::Track;
        check(track, r#"{"channel":"Email"}"#, "{}", Channel::Email);
        check(track, "{}", r#"{"channel":"sms"}"#, Channel::Sms);
        check(EventKind::Page, r#"{"channel":"app"}"#, "{}", Channel::App);
        check(
            track,
            r#"{"channel":"organic"}"#,
            r#"{"page":{}}"#,
            Channel::Web,
        );
        check(track, r#"{"channel":7}"#, "{}", Channel::Other);
    }

    #[test]
    fn pages_are_web_and_screens_are_app() {
        let landing = r#"{"campaign":{"source":"g"},"page":{"search":"?gclid=1"}}"#;
        check(EventKind::Page, "{}", landing, Channel::Web);
        check(EventKind::Screen, "{}", "{}", Channel::App);
    }

    #[test]
    fn libraries_tell_browser_app_and_server_apart() {
        for (library, expected) in [
            ("analytics.js", Channel::Web),
            ("@jitsu/js", Channel::Web),
            ("RudderLabs JavaScript SDK", Channel::Web),
            ("analytics-ios", Channel::App),
            ("analytics-kotlin", Channel::App),
            ("@segment/analytics-react-native", Channel::App),
            ("@segment/analytics-node", Channel::Other),
            ("analytics-python", Channel::Other),
        ] {
            let context = format!(r#"{{"library":{{"name":"{library}"}}}}"#);
            check(EventKind::Track, "{}", &context, expected);
        }
        check(
            EventKind::Track,
            "{}",
            r#"{"device":{"type":"ios"}}"#,
            Channel::App,
        );
        check(
            EventKind::Track,
            "{}",
            r#"{"library":"odd","device":[]}"#,
            Channel::Other,
        );
    }
}
