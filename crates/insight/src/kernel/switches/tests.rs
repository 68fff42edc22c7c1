use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, TimeRange, Vocabulary, report::Report};
use throughline_predict::{matched, quantile};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{
        LAYOUTS, Layout, Log, any_spread_log, at, by_profile, shop, twin_config, twin_spread_log,
    },
    kernel::switches::walk::{band, pause},
    select::Select,
    vocabulary_defaults::{observe, suggest},
};

fn stages() -> Vocabulary {
    serde_json::from_str(
        r#"{"stages":[{"id":"look","name":"Look","entry":{"events":["view"]}},
            {"id":"take","name":"Take","entry":{"events":["cart"]}},
            {"id":"own","name":"Own","entry":{"events":["buy"]}}]}"#,
    )
    .expect("readable")
}

fn read(more: &str) -> Report {
    let text = format!(r#"{{"kind":"switches","range":{{"all":true}}{more}}}"#);
    serde_json::from_str(&text).expect(&text)
}

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> SwitchesAnswer {
    let snapshot = log.laid_out(layout);
    let answer = ask(&snapshot, &stages(), report, now, &Cancel::default()).expect("sound");
    let Numbers::Switches(found) = answer.numbers else {
        panic!("switches")
    };
    found
}

fn place(at: &AtStage) -> &str {
    match at {
        AtStage::Any => "any",
        AtStage::Before => "before",
        AtStage::Stage(id) => id,
    }
}

fn shown(answer: &SwitchesAnswer) -> String {
    let passes = |it: &Passes| format!("{}/{}", it.times, it.profiles);
    let outcome = |it: &SwitchOutcome| format!("{} of {} + {}", it.went_on, it.mature, it.immature);
    let mut text = format!(
        "{} acts, {} unplaced\n",
        passes(&answer.acts),
        passes(&answer.unplaced)
    );
    for it in &answer.leaves {
        text += &format!(
            "{} {}: {} acts, {} switched, {} stayed: {}\n",
            place(&it.at),
            it.from.name(),
            passes(&it.acts),
            passes(&it.switched),
            passes(&it.stayed),
            outcome(&it.stayers),
        );
    }
    for it in &answer.switches {
        text += &format!(
            "{} {} > {}: {}{}, {} {}, {}",
            place(&it.at),
            it.from.name(),
            it.to.name(),
            passes(&it.switches),
            match it.merged.times {
                0 => String::new(),
                _ => format!(" with {} merged", passes(&it.merged)),
            },
            it.median_ms / 60_000,
            it.p90_ms / 60_000,
            outcome(&it.outcome),
        );
        if let Some(against) = &it.against {
            text += &format!(
                "; {} of {} against {:.3}, lost {:.3}",
                against.went_on, against.profiles, against.expected_share, against.lost
            );
            if let Some(value) = against.lost_value {
                text += &format!(" worth {value:.3}");
            }
            assert!(against.interval.low <= against.difference + 1e-9);
            assert!(against.difference <= against.interval.high + 1e-9);
        }
        text += "\n";
    }
    if let Some(worth) = &answer.worth {
        text += &format!(
            "{} of {} worth {}\n",
            worth.valued, worth.reached, worth.value
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

/// Far enough behind everything for all to be mature.
const LATER: &str = "\n zed 30d00:00 other other\n";

#[test]
fn who_switches_is_measured_by_those_who_were_as_far_and_stayed() {
    check(
        &format!(
            "
            ana 09:00 cart web
            ana 09:10 talk call
            bob 09:00 cart web
            bob 09:10 buy web
            cem 09:00 cart web
            dan 09:00 cart web
            dan 09:20 talk call
            dan 09:30 buy web
            {LATER}"
        ),
        "",
        expect![[r#"
            9/5 acts, 1/1 unplaced
            any web: 6/4 acts, 2/2 switched, 4/3 stayed: 1 of 3 + 0
            any call: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            take web: 4/4 acts, 2/2 switched, 2/2 stayed: 1 of 2 + 0
            take call: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            own web: 2/2 acts, 0/0 switched, 2/2 stayed: 0 of 2 + 0
            any web > call: 2/2, 10 20, 1 of 2 + 0; 1 of 2 against 0.500, lost 0.000
            any call > web: 1/1, 10 10, 1 of 1 + 0; 1 of 1 against 0.000, lost -1.000
            take web > call: 2/2, 10 20, 1 of 2 + 0; 1 of 2 against 0.500, lost 0.000
            take call > web: 1/1, 10 10, 1 of 1 + 0; 1 of 1 against 0.000, lost -1.000
        "#]],
    );
}

#[test]
fn what_the_company_sends_is_no_switch() {
    check(
        &format!(
            "
            ana 09:00 view web
            ana 09:10 mail_sent email
            ana 09:20 cart web
            bob 09:00 view web
            bob 09:10 mail_opened email
            bob 09:20 cart web
            {LATER}"
        ),
        "",
        expect![[r#"
            6/3 acts, 1/1 unplaced
            any web: 4/2 acts, 1/1 switched, 3/2 stayed: 1 of 2 + 0
            any email: 1/1 acts, 1/1 switched, 0/0 stayed: 0 of 0 + 0
            look web: 2/2 acts, 1/1 switched, 1/1 stayed: 1 of 1 + 0
            look email: 1/1 acts, 1/1 switched, 0/0 stayed: 0 of 0 + 0
            take web: 2/2 acts, 0/0 switched, 2/2 stayed: 0 of 2 + 0
            any web > email: 1/1, 10 10, 1 of 1 + 0; 1 of 1 against 1.000, lost 0.000
            any email > web: 1/1, 10 10, 1 of 1 + 0
            look web > email: 1/1, 10 10, 1 of 1 + 0; 1 of 1 against 1.000, lost 0.000
            look email > web: 1/1, 10 10, 1 of 1 + 0
        "#]],
    );
}

#[test]
fn who_may_still_go_on_is_set_apart_even_after_going_on() {
    check(
        "
        ana 09:00 view web
        ana 09:10 talk call
        bob 6d09:00 view web
        bob 6d09:10 talk call
        bob 6d09:20 cart web
        cem 8d00:00 other other
        ",
        "",
        expect![[r#"
            6/3 acts, 1/1 unplaced
            any web: 3/2 acts, 2/2 switched, 1/1 stayed: 0 of 0 + 1
            any call: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            look web: 2/2 acts, 2/2 switched, 0/0 stayed: 0 of 0 + 0
            look call: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            take web: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 0 + 1
            any web > call: 2/2, 10 10, 0 of 1 + 1
            any call > web: 1/1, 10 10, 0 of 0 + 1
            look web > call: 2/2, 10 10, 0 of 1 + 1
            look call > web: 1/1, 10 10, 0 of 0 + 1
        "#]],
    );
}

#[test]
fn at_one_instant_a_profile_is_still_where_it_was() {
    check(
        &format!(
            "
            ana 09:00 view app
            ana 09:10 look app
            ana 09:10 look web
            ana 09:20 look web
            ana 09:30 look chat
            ana 09:30 look call
            {LATER}"
        ),
        "",
        expect![[r#"
            5/2 acts, 1/1 unplaced
            any web: 1/1 acts, 1/1 switched, 0/0 stayed: 0 of 0 + 0
            any app: 2/1 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            any call: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            look web: 1/1 acts, 1/1 switched, 0/0 stayed: 0 of 0 + 0
            look app: 2/1 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            look call: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            any web > call: 1/1, 10 10, 0 of 1 + 0
            any app > web: 1/1, 10 10, 0 of 1 + 0
            look web > call: 1/1, 10 10, 0 of 1 + 0
            look app > web: 1/1, 10 10, 0 of 1 + 0
        "#]],
    );
}

#[test]
fn events_in_no_channel_and_long_pauses_are_no_switches() {
    check(
        &format!(
            "
            ana 09:00 view web
            ana 09:10 look other
            ana 09:20 look app
            ana 3d09:20 look web
            {LATER}"
        ),
        "",
        expect![[r#"
            5/2 acts, 2/2 unplaced
            any web: 2/1 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            any app: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            look web: 2/1 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            look app: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            any web > app: 1/1, 20 20, 0 of 1 + 0
            look web > app: 1/1, 20 20, 0 of 1 + 0
        "#]],
    );
}

#[test]
fn a_goal_counts_from_the_act_and_loss_is_told_in_money() {
    check(
        &format!(
            r#"
            ana 09:00 view web
            ana 09:10 talk call
            bob 09:00 view web
            bob 09:00 buy web {{"worth":5}}
            bob 09:10 buy web {{"worth":30}}
            cem 09:00 view web
            cem 8d09:00 buy web {{"worth":"much"}}
            {LATER}"#
        ),
        r#","goal":{"events":["buy"]},"value":"properties.worth""#,
        expect![[r#"
            7/4 acts, 1/1 unplaced
            any web: 5/3 acts, 1/1 switched, 4/2 stayed: 1 of 2 + 0
            any call: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            look web: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            look call: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            own web: 3/2 acts, 0/0 switched, 3/2 stayed: 1 of 2 + 0
            any web > call: 1/1, 10 10, 0 of 1 + 0; 0 of 1 against 0.000, lost 0.000 worth 0.000
            look web > call: 1/1, 10 10, 0 of 1 + 0; 0 of 1 against 0.000, lost 0.000 worth 0.000
            2 of 3 worth 35
        "#]],
    );
}

#[test]
fn in_the_last_stage_there_is_nothing_to_be_compared() {
    check(
        &format!(
            "
            ana 09:00 buy web
            ana 09:10 look call
            bob 09:00 buy web
            {LATER}"
        ),
        "",
        expect![[r#"
            4/3 acts, 1/1 unplaced
            any web: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            any call: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            own web: 2/2 acts, 1/1 switched, 1/1 stayed: 0 of 1 + 0
            own call: 1/1 acts, 0/0 switched, 1/1 stayed: 0 of 1 + 0
            any web > call: 1/1, 10 10, 0 of 1 + 0
            own web > call: 1/1, 10 10, 0 of 1 + 0
        "#]],
    );
}

#[test]
fn without_stages_a_goal_is_needed() {
    let answer = ask(
        &Log::read("a 09:00 view").snapshot(),
        &Vocabulary::default(),
        &read(""),
        at("10:00"),
        &Cancel::default(),
    );
    let Err(AskError::Faults(faults)) = answer else {
        panic!("a fault")
    };
    assert_eq!(faults[0].place, "goal");
}

#[test]
fn acts_are_told_apart_one_by_one_and_then_by_doubling_numbers() {
    let bands: Vec<u8> = [1, 2, 8, 9, 16, 17, 32, 33, 64, 65, 100_000]
        .map(band)
        .to_vec();
    assert_eq!(bands, [0, 1, 7, 8, 8, 9, 9, 10, 10, 11, 11]);
}

#[test]
fn carts_that_are_lost_on_the_phone_are_found_in_the_demo_shop() {
    let snapshot = shop(6_000).snapshot();
    let cancel = Cancel::default();
    let nothing = Vocabulary::default();
    let vocabulary = suggest(&observe(&View::new(&snapshot, &nothing, &cancel)).expect("seen"));
    let answer = ask(
        &snapshot,
        &vocabulary,
        &read(r#","within":"1d""#),
        at("100d00:00"),
        &cancel,
    )
    .expect("sound");
    let Numbers::Switches(found) = answer.numbers else {
        panic!("switches")
    };
    let at = AtStage::Stage("decision".to_owned());
    let of = |to: Channel| {
        let is_it = |it: &&Switching| it.at == at && it.from == Channel::Web && it.to == to;
        let cell = found.switches.iter().find(is_it).expect("a cell");
        cell.against.expect("compared")
    };
    let (call, chat) = (of(Channel::Call), of(Channel::Chat));
    assert!(call.profiles >= 30 && call.lost > 0.0, "{call:?}");
    assert!(call.interval.high < 0.0, "{call:?}");
    // Whoever got the chat instead is no worse off than those who stayed.
    assert!(chat.interval.high > 0.0, "{chat:?}");
    let lost = |it: &&Switching| it.against.map_or(0.0, |it| it.lost);
    let worst = (found.switches.iter())
        .filter(|it| it.at == at && it.from == Channel::Web)
        .max_by(|a, b| lost(a).total_cmp(&lost(b)))
        .expect("some");
    assert_eq!(worst.to, Channel::Call, "{}", shown(&found));
}

/// Everything that a profile's acts say, by the plain definition.
#[derive(Clone, Debug)]
struct PlainAct {
    profile: u32,
    /// The identities that did it.
    actors: BTreeSet<u32>,
    is_merged: bool,
    time: i64,
    stage: usize,
    channel: Channel,
    nth: u32,
    to: Option<(Channel, i64)>,
    goes_on: bool,
    is_mature: bool,
    /// Until the next act, in whatever channel.
    quiet_ms: i64,
}

struct Plain {
    acts: Vec<PlainAct>,
    unplaced: Vec<u32>,
    goals: Vec<Option<f64>>,
    can_go_on: Vec<bool>,
}

fn plain(log: &Log, report: &Switches, now: Timestamp) -> Plain {
    let range = report.range.resolve(now);
    let last = log.events.iter().map(|it| it.time.0).max();
    let end = last.map_or(now.0, |it| it.min(now.0));
    let names = ["view", "cart", "buy"];
    let mut found = Plain {
        acts: Vec::new(),
        unplaced: Vec::new(),
        goals: Vec::new(),
        can_go_on: (0..=3)
            .map(|stage| report.goal.is_some() || stage < 3)
            .collect(),
    };
    for (profile, events) in by_profile(log) {
        let name = |code: u16| log.names.name(EventCode(code)).expect("named").as_str();
        let passes = |event: &throughline_store::StoredEvent| {
            let look = |field: &_| throughline_store::value_of(event, field);
            report.filter.as_ref().is_none_or(|it| it.holds(&look))
        };
        let times: BTreeSet<i64> = events.iter().map(|it| it.time.0).collect();
        let stage_at = |time: i64| {
            let before = times.iter().rev().filter(|it| **it <= time);
            let entered = before.map(|it| {
                let together = events.iter().filter(|event| event.time.0 == *it);
                together
                    .filter_map(|event| names.iter().position(|one| *one == name(event.event)))
                    .max()
            });
            entered.flatten().next().map_or(0, |it| it + 1)
        };
        let is_goal = |event: &&&throughline_store::StoredEvent| {
            let goal = report.goal.as_ref();
            goal.is_some_and(|goal| {
                goal.events
                    .iter()
                    .any(|it| it.as_str() == name(event.event))
            }) && passes(event)
        };
        for event in events.iter().filter(is_goal) {
            if range.contains(event.time) {
                let value = report.value.as_ref();
                let value = value.and_then(|field| throughline_store::value_of(event, field));
                found.goals.push(match value {
                    Some(throughline_model::Value::Number(number)) => Some(number),
                    _ => None,
                });
            }
        }
        let is_contact = |event: &throughline_store::StoredEvent| {
            let contacts = report.contacts.as_ref();
            contacts.is_some_and(|it| {
                it.events
                    .iter()
                    .any(|one| one.as_str() == name(event.event))
            })
        };
        let mut acts: Vec<PlainAct> = Vec::new();
        let mut visit_start = i64::MIN;
        let mut last_stage = 0;
        for time in &times {
            let stage = stage_at(*time);
            if stage != last_stage {
                visit_start = *time;
                last_stage = stage;
            }
            let channels: BTreeSet<Channel> = (events.iter())
                .filter(|it| it.time.0 == *time && !name(it.event).starts_with('$'))
                .filter(|it| {
                    let contacts = report.contacts.as_ref();
                    passes(it)
                        && !contacts.is_some_and(|contacts| {
                            contacts
                                .events
                                .iter()
                                .any(|one| one.as_str() == name(it.event))
                        })
                })
                .map(|it| Channel::from_code(it.channel))
                .collect();
            let known: Vec<Channel> = (channels.iter().copied())
                .filter(|it| *it != Channel::Other)
                .collect();
            if known.is_empty() {
                if !channels.is_empty() && range.contains(Timestamp(*time)) {
                    found.unplaced.push(profile);
                }
                continue;
            }
            let current = acts.last().map(|it| it.channel);
            let channel = current.filter(|it| known.contains(it)).unwrap_or(known[0]);
            let before = acts
                .iter()
                .filter(|it| it.time >= visit_start && it.channel == channel);
            let nth = before.count() as u32 + 1;
            let until = time + report.within.0;
            let goes_on = match &report.goal {
                Some(_) => (events.iter().filter(is_goal))
                    .any(|it| it.time.0 > *time && it.time.0 <= until),
                None => {
                    (times.iter()).any(|it| *it > *time && *it <= until && stage_at(*it) > stage)
                }
            };
            let actors = (events.iter())
                .filter(|it| it.time.0 == *time && !name(it.event).starts_with('$'))
                .filter(|it| passes(it) && Channel::from_code(it.channel) == channel)
                .filter(|it| !is_contact(it))
                .map(|it| it.actor.0);
            acts.push(PlainAct {
                profile,
                actors: actors.collect(),
                is_merged: false,
                time: *time,
                stage,
                channel,
                nth,
                to: None,
                goes_on,
                is_mature: until <= end,
                quiet_ms: i64::MAX,
            });
        }
        for index in 1..acts.len() {
            let gap = acts[index].time - acts[index - 1].time;
            acts[index - 1].quiet_ms = gap;
            if acts[index].channel != acts[index - 1].channel && gap <= report.gap_max.0 {
                acts[index - 1].to = Some((acts[index].channel, gap));
                acts[index - 1].is_merged = acts[index - 1].actors.is_disjoint(&acts[index].actors);
            }
        }
        acts.retain(|it| range.contains(Timestamp(it.time)));
        found.acts.extend(acts);
    }
    found
}

type Picked<'a> = Vec<&'a PlainAct>;

/// The first act of each profile.
fn firsts<'a>(acts: &Picked<'a>) -> Picked<'a> {
    let mut seen = BTreeSet::new();
    acts.iter()
        .copied()
        .filter(|it| seen.insert(it.profile))
        .collect()
}

fn merged_words(acts: &Picked<'_>) -> String {
    let merged: Picked<'_> = acts.iter().copied().filter(|it| it.is_merged).collect();
    match merged.is_empty() {
        true => String::new(),
        false => format!(" with {} merged", counted(&merged)),
    }
}

fn counted(acts: &Picked<'_>) -> String {
    format!("{}/{}", acts.len(), firsts(acts).len())
}

fn told(acts: &Picked<'_>) -> String {
    let firsts = firsts(acts);
    let mature = firsts.iter().filter(|it| it.is_mature);
    let went_on = mature.clone().filter(|it| it.goes_on).count();
    format!(
        "{went_on} of {} + {}",
        mature.clone().count(),
        firsts.len() - mature.count()
    )
}

fn naive(log: &Log, report: &Switches, now: Timestamp) -> String {
    let plain = plain(log, report, now);
    let mut actors: Vec<u32> = plain.acts.iter().map(|it| it.profile).collect();
    actors.extend(&plain.unplaced);
    let acts_count = actors.len();
    let different = |list: &[u32]| list.iter().collect::<BTreeSet<_>>().len();
    let mut text = format!(
        "{}/{} acts, {}/{} unplaced\n",
        acts_count,
        different(&actors),
        plain.unplaced.len(),
        different(&plain.unplaced)
    );
    let places: [(&str, Option<usize>); 5] = [
        ("any", None),
        ("before", Some(0)),
        ("look", Some(1)),
        ("take", Some(2)),
        ("own", Some(3)),
    ];
    let at = |stage: Option<usize>, from: Channel| -> Picked<'_> {
        (plain.acts.iter())
            .filter(|it| stage.is_none_or(|stage| stage == it.stage) && it.channel == from)
            .collect()
    };
    for (name, stage) in places {
        for from in Channel::ALL {
            let acts = at(stage, from);
            if acts.is_empty() {
                continue;
            }
            let (stayed, switched): (Picked<'_>, Picked<'_>) =
                acts.iter().partition(|it| it.to.is_none());
            text += &format!(
                "{name} {}: {} acts, {} switched, {} stayed: {}\n",
                from.name(),
                counted(&acts),
                counted(&switched),
                counted(&stayed),
                told(&stayed)
            );
        }
    }
    let values: Vec<f64> = plain.goals.iter().flatten().copied().collect();
    let mean = (report.value.is_some() && !values.is_empty())
        .then(|| values.iter().fold(0.0, |sum, it| sum + it) / values.len() as f64);
    for (name, stage) in places {
        for from in Channel::ALL {
            for to in Channel::ALL {
                let acts: Picked<'_> = (at(stage, from).into_iter())
                    .filter(|it| it.to.is_some_and(|(channel, _)| channel == to))
                    .collect();
                if acts.is_empty() {
                    continue;
                }
                let mut gaps: Vec<i64> = acts.iter().filter_map(|it| Some(it.to?.1)).collect();
                let mut minutes = |permille| quantile(&mut gaps, permille).expect("some") / 60_000;
                text += &format!(
                    "{name} {} > {}: {}{}, {} {}, {}{}\n",
                    from.name(),
                    to.name(),
                    counted(&acts),
                    merged_words(&acts),
                    minutes(500),
                    minutes(900),
                    told(&acts),
                    compared(&plain, &acts, from, mean),
                );
            }
        }
    }
    if report.value.is_some() {
        text += &format!(
            "{} of {} worth {}\n",
            values.len(),
            plain.goals.len(),
            values.iter().fold(0.0, |sum, it| sum + it)
        );
    }
    text
}

fn compared(plain: &Plain, acts: &Picked<'_>, from: Channel, mean: Option<f64>) -> String {
    let mut strata: BTreeMap<(usize, u8, u8), Picked<'_>> = BTreeMap::new();
    for act in firsts(acts).into_iter().filter(|it| it.is_mature) {
        let stratum = (act.stage, band(act.nth), pause(act.quiet_ms));
        strata.entry(stratum).or_default().push(act);
    }
    let (mut all, mut went_on) = (0, 0);
    let mut found = Vec::new();
    for ((stage, nth, quiet), members) in strata {
        let like: Picked<'_> = (plain.acts.iter())
            .filter(|it| it.stage == stage && band(it.nth) == nth && it.channel == from)
            .filter(|it| it.to.is_none() && pause(it.quiet_ms) >= quiet)
            .collect();
        let others: Picked<'_> = firsts(&like)
            .into_iter()
            .filter(|it| it.is_mature)
            .collect();
        if others.is_empty() || !plain.can_go_on[stage] {
            continue;
        }
        all += members.len();
        went_on += members.iter().filter(|it| it.goes_on).count();
        found.push(matched::Stratum {
            members: members.len() as u64,
            others: others.len() as u64,
            others_part: others.iter().filter(|it| it.goes_on).count() as u64,
        });
    }
    let Some(expected) = matched::expected(&found) else {
        return String::new();
    };
    let lost = expected.share * all as f64 - went_on as f64;
    let worth = mean.map_or(String::new(), |mean| format!(" worth {:.3}", lost * mean));
    format!(
        "; {went_on} of {all} against {:.3}, lost {lost:.3}{worth}",
        expected.share
    )
}

fn any_switches() -> impl Strategy<Value = Report> {
    (
        prop::option::of(Just(r#","goal":{"events":["buy"]}"#)),
        any::<bool>(),
        prop::option::of(Just(r#","contacts":{"events":["mail"]}"#)),
        prop::option::of(Just(
            r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
        )),
        prop::sample::select(vec![
            r#","within":"7d","gap_max":"1d""#,
            r#","within":"3h","gap_max":"1h""#,
            r#","within":"60d","gap_max":"20d""#,
        ]),
        prop::option::of((0..20_i64, 0..20_i64)),
    )
        .prop_map(|(goal, has_value, contacts, filter, spans, days)| {
            let value = match goal {
                Some(_) if has_value => r#","value":"properties.p""#,
                _ => "",
            };
            let more = [goal, Some(value), contacts, filter, Some(spans)];
            let mut report = read(&more.map(Option::unwrap_or_default).concat());
            if let (Report::Switches(it), Some((from, days))) = (&mut report, days) {
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
        report in any_switches(),
        now in 26..60_i64,
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let now = at(&format!("{now}d12:00"));
        let Report::Switches(definition) = &report else { panic!("switches") };
        let found = asked(&log, layout, &report, now);
        prop_assert_eq!(shown(&found), naive(&log, definition, now));
    }

    #[test]
    fn every_number_is_as_many_as_the_people_behind_it(
        log in any_spread_log(),
        report in any_switches(),
        now in 26..60_i64,
    ) {
        let now = at(&format!("{now}d12:00"));
        let snapshot = log.laid_out(LAYOUTS[1]);
        let found = asked(&log, LAYOUTS[0], &report, now);
        let count = |at: &AtStage, from: Option<Channel>, to: Option<Channel>, part: SwitchPart| {
            let select = Select::Switches(SwitchesSelect { at: at.clone(), from, to, part });
            let people = people(&snapshot, &stages(), &report, &select, now, &Cancel::default());
            people.expect("sound").len() as u64
        };
        let any = AtStage::Any;
        prop_assert_eq!(count(&any, None, None, SwitchPart::Acted), found.acts.profiles);
        prop_assert_eq!(count(&any, None, None, SwitchPart::Unplaced), found.unplaced.profiles);
        let (mut acts, mut switched) = (0, 0);
        for it in &found.leaves {
            let count = |part| count(&it.at, Some(it.from), None, part);
            prop_assert_eq!(count(SwitchPart::Acted), it.acts.profiles);
            prop_assert_eq!(count(SwitchPart::Switched), it.switched.profiles);
            prop_assert_eq!(count(SwitchPart::Merged), it.merged.profiles);
            prop_assert_eq!(count(SwitchPart::Stayed), it.stayed.profiles);
            let merged = found.switches.iter().filter(|one| one.at == it.at && one.from == it.from);
            prop_assert_eq!(merged.map(|one| one.merged.times).sum::<u64>(), it.merged.times);
            prop_assert_eq!(count(SwitchPart::WentOn), it.stayers.went_on);
            prop_assert_eq!(count(SwitchPart::DidNot), it.stayers.mature - it.stayers.went_on);
            prop_assert_eq!(count(SwitchPart::Immature), it.stayers.immature);
            prop_assert_eq!(it.acts.times, it.switched.times + it.stayed.times);
            if it.at == AtStage::Any {
                acts += it.acts.times;
                switched += it.switched.times;
            }
        }
        prop_assert_eq!(acts + found.unplaced.times, found.acts.times);
        for it in &found.switches {
            let count = |part| count(&it.at, Some(it.from), Some(it.to), part);
            prop_assert_eq!(count(SwitchPart::Switched), it.switches.profiles);
            prop_assert_eq!(count(SwitchPart::Merged), it.merged.profiles);
            prop_assert_eq!(count(SwitchPart::WentOn), it.outcome.went_on);
            prop_assert_eq!(count(SwitchPart::DidNot), it.outcome.mature - it.outcome.went_on);
            prop_assert_eq!(count(SwitchPart::Immature), it.outcome.immature);
            prop_assert_eq!(it.gaps.iter().sum::<u64>(), it.switches.times);
            if it.at == AtStage::Any {
                switched -= it.switches.times;
            }
        }
        prop_assert_eq!(switched, 0);
    }
}

#[test]
fn a_stage_or_a_channel_that_is_not_there_is_told() {
    let log = Log::read("a 09:00 view");
    let snapshot = log.snapshot();
    for select in [
        r#"{"kind":"switches","at":{"stage":"moon"},"from":"web","part":"acted"}"#,
        r#"{"kind":"switches","part":"went_on"}"#,
        r#"{"kind":"switches","from":"web","to":"app","part":"stayed"}"#,
        r#"{"kind":"switches","from":"web","part":"unplaced"}"#,
    ] {
        let select: Select = serde_json::from_str(select).expect(select);
        let found = people(
            &snapshot,
            &stages(),
            &read(""),
            &select,
            at("10:00"),
            &Cancel::default(),
        );
        assert!(matches!(found, Err(AskError::Faults(_))), "{select:?}");
    }
    assert_eq!(read("").range().resolve(at("0:00")), TimeRange::ALL);
}
