//! What events say about consent: statements, each of a key, perhaps of a channel, at a time.
//!
//! Consent management tells its state with every event, in `context.consent`: Segment's
//! `categoryPreferences`, of which an empty object denies everything while none says nothing, and
//! the signals of Google. Decisions come as events of their own, under the names that providers
//! give them, and are kept one by one; of states that are only repeated the first and the last of
//! each week are kept.
//!
//! Statements never depend on each other, so neither the order of arrival nor a merge matters.

use std::borrow::Cow;

use throughline_model::{
    Channel, Event, EventKind,
    consent::{self, EVERY_KEY},
    limits,
};

use crate::json;

/// What one event says of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// As the event calls it, in the form in which words compare.
    pub key: String,
    /// None when it is said of all channels.
    pub channel: Option<Channel>,
    pub is_granted: bool,
    /// False for a state that is told with every event.
    pub is_decision: bool,
    /// The version of the text that was agreed to, or the text.
    pub text: Option<String>,
    /// Where the proof lies, as an address.
    pub proof: Option<String>,
}

/// What the name of an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Its properties say of what, and what.
    Told(Option<bool>),
    /// Of messages on a channel, which the properties may name.
    Messages(Option<Channel>, bool),
    /// A message by the customer; some words of it count.
    Received,
}

/// By which a customer ends text messages, and begins them again.
const STOP_WORDS: [&str; 13] = [
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "optout",
    "opt out",
    "td",
    "退订",
    "退訂",
];
const START_WORDS: [&str; 3] = ["start", "unstop", "subscribe"];
/// The key of messages whose purpose is not named.
const MESSAGES_KEY: &str = "marketing";

/// Everything that an event says of consent, in the order of the event.
pub fn statements(event: &Event) -> Vec<Statement> {
    let mut found = Vec::new();
    let context = event.context.as_str();
    if context.contains("\"consent\"")
        && let Some(told) = json::member(context, "consent")
    {
        // An event that is about consent says it on purpose.
        let is_decision = event.kind == EventKind::Track && has(event.name.as_str(), b"onsent");
        ambient(told, is_decision, &mut found);
    }
    if event.kind == EventKind::Track
        && let Some(meaning) = meaning(event.name.as_str())
    {
        decision(event, meaning, &mut found);
    }
    found.truncate(limits::CONSENTS_PER_EVENT_MAX);
    found
}

/// The state that a consent manager tells with an event.
fn ambient(told: &str, is_decision: bool, found: &mut Vec<Statement>) {
    let version = text_of(told, &["version", "textVersion", "text_version"]);
    let mut say = |key: &str, channel: Option<Channel>, is_granted: bool| {
        found.extend(key_of(key).map(|key| Statement {
            key,
            channel,
            is_granted,
            is_decision,
            text: version.clone(),
            proof: None,
        }));
    };
    for (name, value) in json::members(told) {
        if name == "categoryPreferences" || name == "category_preferences" {
            if !value.starts_with('{') {
                continue;
            }
            if json::members(value).next().is_none() {
                say(EVERY_KEY, None, false);
            }
            for (category, state) in json::members(value) {
                if let Some(is_granted) = state_of(state) {
                    say(&category, None, is_granted);
                }
            }
        } else if let Some(is_granted) = state_of(value) {
            say(&name, None, is_granted);
        } else if value.starts_with('{') {
            for (channel, state) in json::members(value) {
                if let (Some(channel), Some(is_granted)) =
                    (Channel::parse(&channel), state_of(state))
                {
                    say(&name, Some(channel), is_granted);
                }
            }
        }
    }
}

fn decision(event: &Event, meaning: Meaning, found: &mut Vec<Statement>) {
    let properties = event.properties.as_str();
    let named = text_of(properties, &["channel", "medium"]);
    let named = named.and_then(|it| Channel::parse(&it.to_ascii_lowercase()));
    let (channel, is_granted) = match meaning {
        Meaning::Told(known) => {
            let states = [
                "state",
                "status",
                "granted",
                "consent",
                "consented",
                "value",
            ];
            // A member of these names may speak of something else, as the status of an account.
            let told = states
                .iter()
                .find_map(|name| state_of(json::member(properties, name)?));
            match told.or(known) {
                Some(is_granted) => (named, is_granted),
                None => return,
            }
        }
        Meaning::Messages(of_name, is_granted) => {
            let at = Some(event.channel).filter(|it| is_messaging(*it));
            let has_list = || text_of(properties, &["list", "list_id", "listId"]).is_some();
            let named = named.filter(|it| is_messaging(*it));
            match of_name.or(named).or(at) {
                Some(channel) => (Some(channel), is_granted),
                // To subscribe may as well be to buy a plan; to say that it is over is believed.
                None if is_granted && !has_list() => return,
                None => (Some(Channel::Email), is_granted),
            }
        }
        Meaning::Received => {
            let words = ["text", "body", "message", "content", "keyword"];
            let Some(is_granted) = text_of(properties, &words).and_then(|it| answer(&it)) else {
                return;
            };
            (Some(Channel::Sms), is_granted)
        }
    };
    let text = text_of(
        properties,
        &["text_version", "textVersion", "version", "text"],
    );
    let text = text.filter(|_| meaning != Meaning::Received);
    let proof = text_of(properties, &["proof", "proof_url", "proofUrl"]);
    for key in keys(properties, meaning) {
        found.push(Statement {
            key,
            channel,
            is_granted,
            is_decision: true,
            text: text.clone(),
            proof: proof.clone(),
        });
    }
}

/// The purposes that a decision names: one, or a list of them.
fn keys(properties: &str, meaning: Meaning) -> Vec<String> {
    let names = ["purpose", "purposes", "category", "categories", "key"];
    let named = names.iter().find_map(|name| json::member(properties, name));
    let keys: Vec<String> = match named {
        Some(list) if list.starts_with('[') => json::elements(list)
            .filter_map(json::text)
            .filter_map(|it| key_of(&it))
            .collect(),
        Some(value) => (json::text(value).iter())
            .filter_map(|it| key_of(it))
            .collect(),
        None => Vec::new(),
    };
    match (keys.is_empty(), meaning) {
        (false, _) => keys,
        (true, Meaning::Told(_)) => vec![EVERY_KEY.to_owned()],
        (true, _) => vec![MESSAGES_KEY.to_owned()],
    }
}

/// What the name of an event means, however its words are joined.
fn meaning(name: &str) -> Option<Meaning> {
    // Most events say nothing of consent, and most of their names have none of these.
    const PARTS: [&[u8]; 6] = [b"onsent", b"ubscri", b"spam", b"opt", b"sms", b"stop"];
    if name.len() > 60 || !PARTS.iter().any(|it| has(name, it)) {
        return None;
    }
    let words = words(name);
    let (channel, act) = match words.split_once('_') {
        Some(("email" | "mail", act)) => (Some(Channel::Email), act),
        Some(("sms", act)) => (Some(Channel::Sms), act),
        Some(("push", act)) => (Some(Channel::Push), act),
        Some(("whatsapp", act)) => (Some(Channel::Whatsapp), act),
        // Webhooks tell it of a message of any channel, which is that of the event.
        Some(("message", act)) => (None, act),
        _ => (None, words.as_str()),
    };
    Some(match act {
        "consent_changed" | "consent_updated" | "consent_preference_updated" => Meaning::Told(None),
        "consent_granted" | "consent_given" => Meaning::Told(Some(true)),
        "consent_denied" | "consent_withdrawn" | "consent_revoked" => Meaning::Told(Some(false)),
        "unsubscribed" | "unsubscribe" | "opted_out" | "opt_out" => {
            Meaning::Messages(channel, false)
        }
        "subscribed" | "resubscribed" | "opted_in" | "opt_in" => Meaning::Messages(channel, true),
        "marked_as_spam" | "spam_complaint" | "spam_report" | "spam_reported" | "spamreport" => {
            Meaning::Messages(channel.or(Some(Channel::Email)), false)
        }
        "stopped" | "stop" if channel.is_some() => Meaning::Messages(channel, false),
        "received" | "replied" | "reply" | "inbound" if channel == Some(Channel::Sms) => {
            Meaning::Received
        }
        _ => return None,
    })
}

fn has(name: &str, part: &[u8]) -> bool {
    name.as_bytes()
        .windows(part.len())
        .any(|it| it.eq_ignore_ascii_case(part))
}

/// Lower case, with one underscore wherever there is a blank or a sign.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter.is_alphanumeric() {
            true => words.extend(letter.to_lowercase()),
            false if !words.is_empty() && !words.ends_with('_') => words.push('_'),
            false => {}
        }
    }
    words.trim_end_matches('_').to_owned()
}

fn is_messaging(channel: Channel) -> bool {
    matches!(
        channel,
        Channel::Email | Channel::Sms | Channel::Push | Channel::Whatsapp
    )
}

/// Whether a text message begins messages or ends them; most say neither.
pub(crate) fn answer(text: &str) -> Option<bool> {
    let is_around = |it: char| it.is_whitespace() || matches!(it, '.' | '!' | '"' | '\'');
    let text = text.trim_matches(is_around).to_lowercase();
    match text.as_str() {
        it if STOP_WORDS.contains(&it) => Some(false),
        it if START_WORDS.contains(&it) => Some(true),
        _ => None,
    }
}

/// Granted or denied, in the words of any maker; none for anything else.
fn state_of(value: &str) -> Option<bool> {
    let text = match value {
        "true" => return Some(true),
        "false" => return Some(false),
        value => json::text(value)?,
    };
    let is = |words: &[&str]| words.iter().any(|it| text.trim().eq_ignore_ascii_case(it));
    if is(&["granted", "true", "yes", "opted_in", "given", "subscribed"]) {
        return Some(true);
    }
    let denied = [
        "denied",
        "false",
        "no",
        "opted_out",
        "withdrawn",
        "revoked",
        "unsubscribed",
    ];
    is(&denied).then_some(false)
}

fn key_of(text: &str) -> Option<String> {
    let key = consent::key_of(text);
    let chars = key.chars().count();
    (1..=limits::CONSENT_KEY_CHARS_MAX)
        .contains(&chars)
        .then_some(key)
}

/// The first of some members that has a text or a number, cut to what is kept.
fn text_of(object: &str, names: &[&str]) -> Option<String> {
    let value = names.iter().find_map(|name| json::member(object, name))?;
    let text = match value.starts_with(['{', '[', 't', 'f']) {
        true => return None,
        false => json::text(value).unwrap_or(Cow::Borrowed(value)),
    };
    let text = text.trim();
    let kept = text.chars().take(limits::CONSENT_PROOF_CHARS_MAX);
    (!text.is_empty()).then(|| kept.collect())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use throughline_model::Timestamp;

    use super::*;
    use crate::segment::{Route, decode};

    fn told(name: &str, members: &str) -> Vec<Statement> {
        let body = format!(r#"{{"userId":"u","event":"{name}",{members}}}"#);
        let received = Timestamp(1_700_000_000_000);
        let decoded = decode(Route::One(EventKind::Track), body.as_bytes(), received);
        statements(&decoded.expect("sound").events[0].1)
    }

    fn check(name: &str, members: &str, expected: Expect) {
        let mut shown = String::new();
        for it in told(name, members) {
            let channel = it.channel.map_or("all", Channel::name);
            let state = if it.is_granted { "granted" } else { "denied" };
            let (text, proof) = (it.text.unwrap_or_default(), it.proof.unwrap_or_default());
            let line = format!("{} {channel} {state} {text} {proof}", it.key);
            shown.push_str(line.trim_end());
            shown.push('\n');
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn empty_preferences_deny_everything_and_absent_ones_say_nothing() {
        check("e", r#""context":{}"#, expect![""]);
        check("e", r#""context":{"consent":{}}"#, expect![""]);
        check(
            "e",
            r#""context":{"consent":{"categoryPreferences":null}}"#,
            expect![""],
        );
        check(
            "e",
            r#""context":{"consent":{"categoryPreferences":{}}}"#,
            expect![[r#"
                * all denied
            "#]],
        );
    }

    #[test]
    fn managers_tell_their_state_with_every_event() {
        check(
            "e",
            r#""context":{"consent":{"version":"v3","categoryPreferences":{"Advertising":false,"C0002":true,"odd":7}}}"#,
            expect![[r#"
                advertising all denied v3
                c0002 all granted v3
            "#]],
        );
        check(
            "e",
            r#""context":{"consent":{"ad_user_data":"GRANTED","ad_personalization":"DENIED"}}"#,
            expect![[r#"
                ad_user_data all granted
                ad_personalization all denied
            "#]],
        );
        check(
            "e",
            r#""context":{"consent":{"marketing":{"email":"subscribed","sms":"unsubscribed","push":"pending","fax":true}}}"#,
            expect![[r#"
                marketing email granted
                marketing sms denied
            "#]],
        );
        let members = r#""context":{"consent":{"categoryPreferences":{"a":true}}}"#;
        assert!(!told("e", members)[0].is_decision);
        assert!(told("Segment Consent Preference Updated", members)[0].is_decision);
    }

    #[test]
    fn decisions_name_a_purpose_a_channel_and_their_proof() {
        check(
            "Consent Changed",
            r#""properties":{"purpose":"Marketing","channel":"sms","state":"granted","version":7,"proof_url":"https://x.example/1"}"#,
            expect![[r#"
                marketing sms granted 7 https://x.example/1
            "#]],
        );
        check(
            "consent_withdrawn",
            r#""properties":{"purposes":["a","b"]}"#,
            expect![[r#"
                a all denied
                b all denied
            "#]],
        );
        check(
            "consent_changed",
            r#""properties":{"granted":false}"#,
            expect![[r#"
                * all denied
            "#]],
        );
        check(
            "consent_changed",
            r#""properties":{"purpose":"a"}"#,
            expect![""],
        );
        check(
            "consent_changed",
            r#""properties":{"status":"active","granted":false,"purposes":[" Größe  A ","All"]}"#,
            expect![[r#"
                größe a all denied
                * all denied
            "#]],
        );
        check(
            "consent_granted",
            r#""properties":{"status":"active","value":"no"}"#,
            expect![[r#"
                * all denied
            "#]],
        );
    }

    #[test]
    fn messages_are_ended_under_the_names_of_providers() {
        for name in [
            "Unsubscribed",
            "email_unsubscribed",
            "Email Marked as Spam",
            "marked_as_spam",
            "message_marked_as_spam",
        ] {
            check(
                name,
                r#""properties":{}"#,
                expect![[r#"
                    marketing email denied
                "#]],
            );
        }
        check(
            "sms_opted_in",
            r#""properties":{"purpose":"service"}"#,
            expect![[r#"
                service sms granted
            "#]],
        );
        check(
            "SMS Received",
            r#""properties":{"text":" Stop! "}"#,
            expect![[r#"
                marketing sms denied
            "#]],
        );
        check(
            "sms_received",
            r#""properties":{"text":"退订"}"#,
            expect![[r#"
                marketing sms denied
            "#]],
        );
    }

    #[test]
    fn what_only_sounds_like_consent_says_nothing() {
        for (name, members) in [
            ("subscribed", r#""properties":{"plan":"pro"}"#),
            ("sms_received", r#""properties":{"text":"please stop by"}"#),
            ("stopped", r#""properties":{}"#),
            ("consent_page_viewed", r#""properties":{"state":"granted"}"#),
            ("Option Chosen", r#""properties":{}"#),
            ("spammy", r#""properties":{}"#),
        ] {
            assert_eq!(told(name, members), Vec::new(), "{name}");
        }
        assert_eq!(
            told("subscribed", r#""properties":{"list_id":"n"}"#).len(),
            1
        );
        assert_eq!(
            told("subscribed", r#""properties":{"channel":"push"}"#).len(),
            1
        );
    }
}
