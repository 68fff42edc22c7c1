use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_spread_log, at, by_profile, twin_config, twin_spread_log},
    select::Select,
};

fn stages() -> Vocabulary {
    serde_json::from_str(
        r#"{"stages":[{"id":"look","name":"Look","entry":{"events":["view"]}},
            {"id":"own","name":"Own","entry":{"events":["buy"]}}]}"#,
    )
    .expect("readable")
}

fn read(more: &str) -> Report {
    let text = format!(
        r#"{{"kind":"channels","range":{{"all":true}},"goal":{{"events":["buy"]}}{more}}}"#
    );
    serde_json::from_str(&text).expect(&text)
}

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> ChannelsAnswer {
    let snapshot = log.laid_out(layout);
    let answer = ask(&snapshot, &stages(), report, now, &Cancel::default()).expect("sound");
    let Numbers::Channels(found) = answer.numbers else {
        panic!("channels")
    };
    found
}

fn meetings(it: &ChannelMeetings) -> String {
    let passes = |it: &Passes| format!("{}/{}", it.times, it.profiles);
    format!(
        "{} events, {} contacts, {} acts, {} answerable: {} answered, {} returned; {} of {} + {}",
        passes(&it.events),
        passes(&it.contacts),
        passes(&it.acts),
        passes(&it.answerable),
        passes(&it.answered),
        passes(&it.returned),
        it.converted,
        it.mature,
        it.immature,
    )
}

fn shown(answer: &ChannelsAnswer) -> String {
    let passes = |it: &Passes| format!("{}/{}", it.times, it.profiles);
    let mut text = format!(
        "{} events, {} conversions, {} untouched, {:?}\n",
        passes(&answer.events),
        passes(&answer.conversions.passes),
        passes(&answer.untouched.passes),
        answer.contacts,
    );
    for it in &answer.lines {
        text += &format!(
            "{}: {}; path {}, assisted {}, last {} worth {}; {:?}\n",
            it.channel.name(),
            meetings(&it.meetings),
            passes(&it.on_path),
            passes(&it.assisted),
            it.last.conversions,
            it.last.value,
            it.trend,
        );
    }
    for it in &answer.by_stage {
        text += &format!(
            "{:?} {}: {}\n",
            it.at,
            it.channel.name(),
            meetings(&it.meetings)
        );
    }
    text
}

fn check(text: &str, more: &str, expected: Expect) {
    let log = Log::read(text);
    let report = read(more);
    let all = LAYOUTS.map(|layout| shown(&asked(&log, layout, &report, at("90d00:00"))));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

#[test]
fn an_answer_comes_in_time_and_from_the_channel() {
    check(
        r#"
        ana 09:00 mail_sent email
        ana 09:00 mail_opened email
        ben 09:00 mail_sent email
        ben 3d09:00 mail_opened email
        cem 09:00 mail_sent email
        cem 09:10 view web
        cem 09:20 buy web {"worth":7.5}
        dan 38d09:00 mail_sent email
        dan 39d09:00 mail_opened email
        eve 40d09:00 look other
        "#,
        r#","value":"properties.worth""#,
        expect![[r#"
            10/5 events, 1/1 conversions, 0/0 untouched, ["mail_sent"]
            email: 7/4 events, 4/4 contacts, 3/3 acts, 3/3 answerable: 1/1 answered, 2/2 returned; 1 of 3 + 1; path 1/1, assisted 1/1, last 0 worth 0; [3, 0, 0, 0, 0, 1]
            web: 2/1 events, 0/0 contacts, 2/1 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 1 of 1 + 0; path 1/1, assisted 0/0, last 1 worth 7.5; [1, 0, 0, 0, 0, 0]
            other: 1/1 events, 0/0 contacts, 1/1 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 0 of 0 + 1; path 0/0, assisted 0/0, last 0 worth 0; [0, 0, 0, 0, 0, 1]
        "#]],
    );
}

#[test]
fn a_purchase_is_a_conversion_of_the_channel_that_it_is_in() {
    check(
        "
        ana 09:00 buy store
        ben 09:00 view web
        ben 20d09:00 buy store
        cem 09:00 view web
        cem 31d09:00 buy store
        dan 40d00:00 view app
        ",
        r#","by_stage":true,"every":"month""#,
        expect![[r#"
            6/4 events, 3/3 conversions, 2/2 untouched, []
            store: 3/3 events, 0/0 contacts, 3/3 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 1 of 1 + 2; path 0/0, assisted 0/0, last 0 worth 0; [2, 1]
            web: 2/2 events, 0/0 contacts, 2/2 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 1 of 2 + 0; path 1/1, assisted 0/0, last 1 worth 0; [2, 0]
            app: 1/1 events, 0/0 contacts, 1/1 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 0 of 0 + 1; path 0/0, assisted 0/0, last 0 worth 0; [0, 1]
            Stage("look") web: 2/2 events, 0/0 contacts, 2/2 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 1 of 2 + 0
            Stage("look") app: 1/1 events, 0/0 contacts, 1/1 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 0 of 0 + 1
            Stage("own") store: 3/3 events, 0/0 contacts, 3/3 acts, 0/0 answerable: 0/0 answered, 0/0 returned; 1 of 1 + 2
        "#]],
    );
}

#[test]
fn who_asks_again_in_time_is_a_repeat_in_the_channel_that_was_asked_first() {
    let log = Log::read(
        "
        ana 09:00 called call
        ana 2d09:00 called call
        ana 9d09:00:01 called call
        ben 09:00 called call
        ben 09:00 chat_opened web
        ben 3d09:00 chat_opened web
        cem 09:00 called call
        dan 80d00:00 called call
        ",
    );
    let report = read(r#","service":{"events":["called","chat_opened"]}"#);
    let found = asked(&log, Layout::default(), &report, at("81d00:00"));
    let of = |channel: Channel| {
        let line = found.lines.iter().find(|it| it.channel == channel);
        let it = line.expect("met").meetings;
        let all = [it.service, it.repeated, it.repeated_same, it.repeated_other];
        all.map(|it| (it.times, it.profiles))
    };
    assert_eq!(of(Channel::Call), [(5, 3), (2, 2), (1, 1), (1, 1)]);
    assert_eq!(of(Channel::Web), [(2, 1), (1, 1), (1, 1), (0, 0)]);
}

/// The meetings of a channel by the plain definition; profiles of each part in a fixed order.
fn naive(
    log: &Log,
    board: &ChannelBoard,
    now: Timestamp,
    channel: Channel,
    at_stage: Option<usize>,
) -> (ChannelMeetings, Vec<u64>) {
    let range = board.range.resolve(now);
    let last = log.events.iter().map(|it| it.time.0).max();
    let end = last.map_or(now.0, |it| it.min(now.0));
    let name = |code: u16| log.names.name(EventCode(code)).expect("named").as_str();
    let mut found = ChannelMeetings::default();
    let clipped = match range == throughline_model::TimeRange::ALL {
        true => {
            let first = log.events.iter().map(|it| it.time.0).min();
            throughline_model::TimeRange {
                from: Timestamp(first.unwrap_or(now.0)),
                to: Timestamp(last.map_or(now.0, |it| it + 1)),
            }
        }
        false => range,
    };
    let points = crate::calendar::points(clipped, board.every, &board.range.zone, now);
    let points = points.expect("few");
    let mut trend = vec![BTreeSet::new(); points.len()];
    for (profile, events) in by_profile(log) {
        let passes = |event: &throughline_store::StoredEvent| {
            let look = |field: &_| throughline_store::value_of(event, field);
            board.filter.as_ref().is_none_or(|it| it.holds(&look))
        };
        let stage_at = |time: i64| {
            let entry = |name: &str| ["view", "buy"].iter().position(|it| *it == name);
            let mut stage = 0;
            let times: BTreeSet<i64> = events.iter().map(|it| it.time.0).collect();
            for at in times.into_iter().filter(|it| *it <= time) {
                let together = events.iter().filter(|it| it.time.0 == at);
                let entered = together.filter_map(|it| entry(name(it.event))).max();
                stage = entered.map_or(stage, |it| it + 1);
            }
            stage
        };
        let is_contact = |event: &throughline_store::StoredEvent| {
            let contacts = board.contacts.as_ref();
            contacts.is_some_and(|it| {
                it.events
                    .iter()
                    .any(|one| one.as_str() == name(event.event))
            })
        };
        let met: Vec<_> = (events.iter())
            .filter(|it| passes(it) && !name(it.event).starts_with('$'))
            .collect();
        let mut first: Option<i64> = None;
        let mut parts: [BTreeSet<bool>; 10] = Default::default();
        for event in &met {
            let is_here = Channel::from_code(event.channel) == channel
                && range.contains(event.time)
                && at_stage.is_none_or(|stage| stage == stage_at(event.time.0));
            if !is_here {
                continue;
            }
            first = Some(first.map_or(event.time.0, |it| it.min(event.time.0)));
            let point = points
                .iter()
                .position(|it| it.from <= event.time && event.time < it.to);
            trend[point.expect("in the range")].insert(profile);
            let until = event.time.0 + board.answer_within.0;
            let is_over = is_contact(event) && until <= end;
            let acts = |channel: Option<Channel>| {
                met.iter().any(|it| {
                    !is_contact(it)
                        && it.time > event.time
                        && it.time.0 <= until
                        && channel.is_none_or(|channel| channel.code() == it.channel)
                })
            };
            let asks = |event: &throughline_store::StoredEvent| {
                let service = board.service.as_ref();
                service.is_some_and(|it| {
                    it.events
                        .iter()
                        .any(|one| one.as_str() == name(event.event))
                })
            };
            let late = event.time.0 + board.repeat_within.0;
            let is_due = asks(event) && late <= end;
            let again = |is_same: bool| {
                met.iter().any(|it| {
                    asks(it)
                        && it.time > event.time
                        && it.time.0 <= late
                        && (it.channel == event.channel) == is_same
                })
            };
            let is_part = [
                true,
                is_contact(event),
                !is_contact(event),
                is_over,
                is_over && acts(Some(channel)),
                is_over && acts(None),
                is_due,
                is_due && (again(true) || again(false)),
                is_due && again(true),
                is_due && again(false),
            ];
            let passes = [
                &mut found.events,
                &mut found.contacts,
                &mut found.acts,
                &mut found.answerable,
                &mut found.answered,
                &mut found.returned,
                &mut found.service,
                &mut found.repeated,
                &mut found.repeated_same,
                &mut found.repeated_other,
            ];
            for ((passes, part), is_part) in passes.into_iter().zip(&mut parts).zip(is_part) {
                if is_part {
                    passes.times += 1;
                    passes.profiles += u64::from(part.insert(true));
                }
            }
        }
        let Some(first) = first else { continue };
        let until = first + board.within.0;
        if until > end {
            found.immature += 1;
            continue;
        }
        found.mature += 1;
        let has_converted = (events.iter()).any(|it| {
            name(it.event) == "buy" && passes(it) && it.time.0 >= first && it.time.0 <= until
        });
        found.converted += u64::from(has_converted);
    }
    (found, trend.iter().map(|it| it.len() as u64).collect())
}

fn any_board() -> impl Strategy<Value = Report> {
    (
        prop::option::of(Just(r#","contacts":{"events":["mail"]}"#)),
        prop::option::of(Just(
            r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
        )),
        prop::sample::select(vec![
            r#","answer_within":"3d","service":{"events":["view","mail"]}"#,
            r#","answer_within":"2h","within":"1d","every":"day","service":{"events":["cart"]},"repeat_within":"2d""#,
            r#","every":"month""#,
        ]),
        prop::option::of((0..20_i64, 0..20_i64)),
    )
        .prop_map(|(contacts, filter, spans, days)| {
            let more = [contacts, filter, Some(spans), Some(r#","by_stage":true"#)];
            let mut report = read(&more.map(Option::unwrap_or_default).concat());
            if let (Report::Channels(it), Some((from, days))) = (&mut report, days) {
                let day = |days: i64| at("26d00:00").plus(throughline_model::Span::days(days));
                let date = |at: Timestamp| at.in_zone(&throughline_model::Zone::UTC).date();
                it.range.days = throughline_model::report::Days::Between {
                    from: date(day(from)),
                    to: date(day(from + days)),
                };
            }
            report
        })
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_answer_is_that_of_the_plain_definition(
        log in twin_spread_log(),
        report in any_board(),
        now in 26..70_i64,
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let now = at(&format!("{now}d12:00"));
        let Report::Channels(board) = &report else { panic!("channels") };
        let found = asked(&log, layout, &report, now);
        let mut events = 0;
        for it in &found.lines {
            let (meetings, trend) = naive(&log, board, now, it.channel, None);
            prop_assert_eq!(it.meetings, meetings);
            prop_assert_eq!(&it.trend, &trend);
            events += it.meetings.events.times;
        }
        prop_assert_eq!(events, found.events.times);
        let mut by_stage = 0;
        for it in &found.by_stage {
            let stage = match &it.at {
                AtStage::Stage(id) if id == "look" => 1,
                AtStage::Stage(_) => 2,
                _ => 0,
            };
            let (meetings, _) = naive(&log, board, now, it.channel, Some(stage));
            prop_assert_eq!(it.meetings, meetings);
            by_stage += it.meetings.events.times;
        }
        prop_assert_eq!(by_stage, events);
        let credit: f64 = found.lines.iter().map(|it| it.last.conversions).sum();
        let touched = found.conversions.passes.times - found.untouched.passes.times;
        prop_assert!((credit - touched as f64).abs() < 1e-9);
    }

    #[test]
    fn every_number_is_as_many_as_the_people_behind_it(
        log in any_spread_log(),
        report in any_board(),
        now in 26..70_i64,
    ) {
        let now = at(&format!("{now}d12:00"));
        let snapshot = log.laid_out(LAYOUTS[1]);
        let found = asked(&log, LAYOUTS[0], &report, now);
        let count = |channel: Option<Channel>, at: AtStage, point: Option<Timestamp>, part: ChannelPart| {
            let select = Select::Channels(ChannelsSelect { channel, at, point, part });
            let people = people(&snapshot, &stages(), &report, &select, now, &Cancel::default());
            people.expect("sound").len() as u64
        };
        prop_assert_eq!(count(None, AtStage::Any, None, ChannelPart::Reached), found.events.profiles);
        prop_assert_eq!(
            count(None, AtStage::Any, None, ChannelPart::AnyConversion),
            found.conversions.passes.profiles
        );
        prop_assert_eq!(
            count(None, AtStage::Any, None, ChannelPart::Untouched),
            found.untouched.passes.profiles
        );
        let told = |it: &ChannelMeetings| {
            [
                (ChannelPart::Reached, it.events.profiles),
                (ChannelPart::Contacted, it.contacts.profiles),
                (ChannelPart::Acted, it.acts.profiles),
                (ChannelPart::Answerable, it.answerable.profiles),
                (ChannelPart::Answered, it.answered.profiles),
                (ChannelPart::Returned, it.returned.profiles),
                (ChannelPart::Service, it.service.profiles),
                (ChannelPart::Repeated, it.repeated.profiles),
                (ChannelPart::RepeatedSame, it.repeated_same.profiles),
                (ChannelPart::RepeatedOther, it.repeated_other.profiles),
                (ChannelPart::Mature, it.mature),
                (ChannelPart::Converted, it.converted),
                (ChannelPart::Immature, it.immature),
            ]
        };
        for it in &found.lines {
            for (part, profiles) in told(&it.meetings) {
                prop_assert_eq!(count(Some(it.channel), AtStage::Any, None, part), profiles);
            }
            for (point, profiles) in found.points.iter().zip(&it.trend) {
                prop_assert_eq!(
                    count(Some(it.channel), AtStage::Any, Some(point.from), ChannelPart::Reached),
                    *profiles
                );
            }
            if it.on_path.times > 0 {
                for (part, passes) in [(ChannelPart::OnPath, it.on_path), (ChannelPart::Assisted, it.assisted)] {
                    prop_assert_eq!(count(Some(it.channel), AtStage::Any, None, part), passes.profiles);
                }
            }
        }
        for it in &found.by_stage {
            for (part, profiles) in told(&it.meetings) {
                prop_assert_eq!(count(Some(it.channel), it.at.clone(), None, part), profiles);
            }
        }
    }
}
