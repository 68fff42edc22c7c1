use throughline_model::EventName;

use super::*;
use crate::fixture::{LAYOUTS, Log};

fn vocabulary() -> Vocabulary {
    serde_json::from_str(
        r#"{
        "channels": [
            {"channel": "store", "matcher": {"events": ["visit"]}},
            {"channel": "ads", "matcher": {"rule": {"where": {"field": "properties.utm", "test": {"exists": {}}}}}}
        ],
        "touchpoints": [
            {"id": "shop_visit", "name": "Visit", "matcher": {"channels": ["store"]}},
            {"id": "costly", "name": "Costly", "matcher": {"rule": {"where": {"field": "properties.price", "test": {"at_least": 10}}}}}
        ],
        "stages": [
            {"id": "aware", "name": "Aware", "entry": {"channels": ["ads"]}},
            {"id": "consider", "name": "Consider", "entry": {"events": ["view"]}},
            {"id": "buy", "name": "Buy", "entry": {"events": ["buy"]}},
            {"id": "rich", "name": "Rich", "entry": {"events": ["buy"], "touchpoints": ["costly"]}}
        ]}"#,
    )
    .expect("valid")
}

/// Every row with its channel, touchpoint and stage, by profile and time.
fn seen(text: &str) -> Vec<String> {
    let log = Log::read(text);
    let vocabulary = vocabulary();
    let all = LAYOUTS.map(|layout| {
        let snapshot = log.laid_out(layout);
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let (channels, touchpoints) = (view.channels().unwrap(), view.touchpoints().unwrap());
        let stages = view.stages().unwrap();
        let lines = scan(&snapshot, &cancel, Vec::new, |lines, rows| {
            for index in 0..rows.len() {
                let (event, place) = (rows.event[index], rows.place(index));
                let text = |value: Option<Value>| match value {
                    Some(Value::Text(text)) => text,
                    _ => "-".to_owned(),
                };
                lines.push(format!(
                    "{} {} {} {} {}",
                    log.profiles[rows.profile.0 as usize],
                    snapshot
                        .names
                        .name(throughline_model::EventCode(event))
                        .unwrap(),
                    channels.of(event, rows.channel[index], place).name(),
                    text(view.touchpoint_value(touchpoints.of(event, place).into())),
                    text(view.stage_value(stages.of(place).into())),
                ));
            }
        })
        .unwrap();
        let mut lines = lines.concat();
        lines.sort();
        lines
    });
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    all[0].clone()
}

#[test]
fn the_vocabulary_overrides_the_stored_channel() {
    assert_eq!(
        seen("a 09:00 view web\na 09:01 visit web\nb 09:00 mail email {\"utm\":\"x\"}"),
        [
            "a view web - consider",
            "a visit store shop_visit consider",
            "b mail ads - aware"
        ]
    );
}

#[test]
fn the_first_touchpoint_and_the_last_stage_win() {
    assert_eq!(
        seen("a 09:00 visit web {\"price\":20}\nb 09:00 buy web {\"price\":20}\nc 09:00 buy web"),
        [
            "a visit store shop_visit -",
            "b buy web costly rich",
            "c buy web - buy"
        ]
    );
}

#[test]
fn a_stage_lasts_until_the_next_one_and_may_go_back() {
    assert_eq!(
        seen(
            "a 09:00 mail\na 09:01 view\na 09:02 buy\na 09:03 mail2\na 09:04 view2 web {\"utm\":1}"
        ),
        [
            "a buy web - buy",
            "a mail web - -",
            "a mail2 web - buy",
            "a view web - consider",
            "a view2 ads - aware",
        ]
    );
}

#[test]
fn after_events_of_one_instant_the_stage_is_the_last_of_theirs() {
    assert_eq!(
        seen("a 09:00 buy\na 09:00 view\na 09:00 mail"),
        ["a buy web - buy", "a mail web - buy", "a view web - buy"]
    );
}

#[test]
fn a_new_vocabulary_is_never_answered_from_the_old_one() {
    let log = Log::read("a 09:00 view web {\"utm\":1}");
    let snapshot = log.snapshot();
    let cancel = Cancel::default();
    let channel = |vocabulary: &Vocabulary| {
        let view = View::new(&snapshot, vocabulary, &cancel);
        view.channels().unwrap().of(0, 1, Place { run: 0, row: 0 })
    };
    let old = vocabulary();
    assert_eq!(channel(&old), Channel::Ads);
    let mut new = old.clone();
    new.channels[1].channel = Channel::Social;
    assert_eq!(channel(&new), Channel::Social);
    new.channels.clear();
    assert_eq!(channel(&new), Channel::Web);
}

#[test]
fn names_alone_decide_where_they_can() {
    let log = Log::read("a 09:00 visit\na 09:01 view");
    let snapshot = log.snapshot();
    let (vocabulary, cancel) = (vocabulary(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let visit = Matcher::touchpoint("shop_visit");
    // `view` may be on the channel of shop visits or not: its rows decide.
    assert_eq!(view.matcher(&visit).unwrap().by_name(), None);
    let narrowed = Matcher {
        events: vec![EventName::parse("visit").unwrap()],
        ..visit
    };
    assert_eq!(
        view.matcher(&narrowed).unwrap().by_name(),
        Some(vec![true, false])
    );
}
