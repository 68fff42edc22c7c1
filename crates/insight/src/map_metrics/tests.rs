use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{Span, TimeRange, Vocabulary};
use throughline_store::Snapshot;

use super::*;
use crate::{
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, at, by_profile},
};

/// A map with a step for each of these events, two in the first stage; the last is the goal.
fn map_of(events: &[&str], rest: &str) -> Map {
    let step = |name: &&str| {
        format!(r#"{{"id":"{name}","title":"{name}","matcher":{{"events":["{name}"]}}}}"#)
    };
    let (first, second) = events.split_at(events.len().min(2));
    let [first, second] =
        [first, second].map(|it| it.iter().map(step).collect::<Vec<_>>().join(","));
    let goal = events.last().expect("a goal");
    let text = format!(
        r#"{{"title":"t","kind":"current","goal":{{"events":["{goal}"]}},{rest}
            "stages":[{{"id":"one","title":"One","steps":[{first}]}},{{"id":"two","title":"Two","steps":[{second}]}}]}}"#
    );
    serde_json::from_str(&text).expect(&text)
}

fn ask(snapshot: &Snapshot, map: &Map, now: Timestamp) -> MapNumbers {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    map_metrics(&View::new(snapshot, &vocabulary, &cancel), map, now).expect("numbers")
}

fn people(snapshot: &Snapshot, map: &Map, select: &MapSelect, now: Timestamp) -> BTreeSet<u32> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(snapshot, &vocabulary, &cancel);
    let people = map_people(&view, map, select, now).expect("people");
    assert!(people.is_sorted_by(|a, b| a < b));
    people.into_iter().map(|it| it.0).collect()
}

fn check(log: &str, map: &Map, now: &str, expected: Expect) {
    let snapshot = Log::read(log).snapshot();
    expected.assert_eq(&show(&ask(&snapshot, map, at(now))));
}

fn show(numbers: &MapNumbers) -> String {
    let minutes = |spread: &Option<Spread>| match spread {
        Some(it) => format!(
            "{}/{} min of {}",
            it.median_ms / 60_000,
            it.p90_ms / 60_000,
            it.n
        ),
        None => "-".to_owned(),
    };
    let mut lines = vec![format!(
        "{} profiles, {} events, base {}, goal {}, {} experiences",
        numbers.profiles, numbers.events, numbers.base, numbers.goal, numbers.experiences
    )];
    for stage in &numbers.stages {
        lines.push(format!(
            "stage {}: {} ({:.2})",
            stage.stage, stage.people, stage.share
        ));
    }
    for it in &numbers.steps {
        let channels: Vec<String> = (it.channels.iter())
            .map(|it| format!("{} {:.2} ({})", it.channel.name(), it.share, it.people))
            .collect();
        lines.push(format!(
            "{}: {} ({:.2}), from previous {} ({:.2}), goal {}, returns {}, exits {}, open {}, finished {}, entries {}",
            it.step, it.people, it.share, it.from_previous, it.from_previous_share,
            it.goal, it.returns, it.exits, it.open, it.finished, it.entries,
        ));
        lines.push(format!(
            "    {} events, {} visits, reach {}, leave {}, {}",
            it.events,
            it.visits.all,
            minutes(&it.reach),
            minutes(&it.leave),
            channels.join(", ")
        ));
    }
    for it in &numbers.transitions {
        lines.push(format!(
            "{} -> {} {:?}: {} visits ({:.2}), {} direct, {} people, {} min",
            it.from,
            it.to,
            it.kind,
            it.visits,
            it.share,
            it.direct,
            it.people,
            it.median_ms / 60_000
        ));
    }
    let coverage = &numbers.coverage;
    lines.push(format!(
        "explained {} ({:.2}), whole {} ({:.2})",
        coverage.events_on_map, coverage.events_share, coverage.people_whole, coverage.paths_share
    ));
    for it in &coverage.unexplained {
        lines.push(format!(
            "unexplained {}: {} events of {}, mostly after {:?} ({})",
            it.name, it.events, it.profiles, it.mostly_after, it.mostly_after_events
        ));
    }
    lines.join("\n") + "\n"
}

const ALL: &str = r#""range":{"all":true},"#;

#[test]
fn a_shop_of_three_people_is_counted() {
    check(
        "
        ana 09:00 view
        ana 09:05 view app
        ana 09:10 cart
        ana 09:12 help
        ana 09:20 view
        ana 09:30 cart
        ana 09:31 buy
        ben 10:00 view
        ben 10:01 chat chat
        cia 40d09:00 cart
        dan 41d09:00 $identify
        ",
        &map_of(&["view", "cart", "buy"], ALL),
        "41d00:00",
        expect![[r#"
            3 profiles, 10 events, base 3, goal 1, 3 experiences
            stage one: 3 (1.00)
            stage two: 1 (0.33)
            view: 2 (0.67), from previous 0 (0.00), goal 1, returns 1, exits 1, open 0, finished 0, entries 2
                4 events, 4 visits, reach 0/0 min of 2, leave 10/10 min of 2, web 0.75 (2), app 0.25 (1)
            cart: 2 (0.67), from previous 1 (0.50), goal 1, returns 1, exits 0, open 1, finished 0, entries 1
                3 events, 3 visits, reach 0/10 min of 2, leave 1/10 min of 2, web 1.00 (2)
            buy: 1 (0.33), from previous 1 (0.50), goal 1, returns 0, exits 0, open 0, finished 1, entries 0
                1 events, 1 visits, reach 31/31 min of 1, leave -, web 1.00 (1)
            view -> view Loop: 1 visits (0.25), 1 direct, 1 people, 5 min
            view -> cart Forward: 2 visits (0.50), 2 direct, 1 people, 5 min
            cart -> view Return: 1 visits (0.33), 0 direct, 1 people, 10 min
            cart -> buy Forward: 1 visits (0.33), 1 direct, 1 people, 1 min
            explained 8 (0.80), whole 1 (0.33)
            unexplained chat: 1 events of 1, mostly after Some("view") (1)
            unexplained help: 1 events of 1, mostly after Some("cart") (1)
        "#]],
    );
}

#[test]
fn a_pause_begins_another_experience() {
    check(
        "
        ana 09:00 view
        ana 09:05 cart
        ana 1d09:00 view
        ana 1d09:05 buy
        ",
        &map_of(
            &["view", "cart", "buy"],
            r#""range":{"all":true},"pause_max":"1h","#,
        ),
        "2d00:00",
        expect![[r#"
            1 profiles, 4 events, base 1, goal 1, 2 experiences
            stage one: 1 (1.00)
            stage two: 1 (1.00)
            view: 1 (1.00), from previous 0 (0.00), goal 1, returns 0, exits 0, open 0, finished 0, entries 1
                2 events, 2 visits, reach 0/0 min of 2, leave 5/5 min of 2, web 1.00 (1)
            cart: 1 (1.00), from previous 1 (1.00), goal 0, returns 0, exits 1, open 0, finished 0, entries 0
                1 events, 1 visits, reach 5/5 min of 1, leave -, web 1.00 (1)
            buy: 1 (1.00), from previous 0 (0.00), goal 1, returns 0, exits 0, open 0, finished 1, entries 0
                1 events, 1 visits, reach 5/5 min of 1, leave -, web 1.00 (1)
            view -> cart Forward: 1 visits (0.50), 1 direct, 1 people, 5 min
            view -> buy Forward: 1 visits (0.50), 1 direct, 1 people, 5 min
            explained 4 (1.00), whole 1 (1.00)
        "#]],
    );
}

#[test]
fn a_hidden_path_tops_the_list_of_the_unexplained() {
    let mut log = String::new();
    for person in 0..9 {
        log += &format!("p{person} 09:00 view\np{person} 09:01 ask\np{person} 09:02 wait\n");
        log += &format!("p{person} 09:03 ask\np{person} 09:04 buy\n");
    }
    log += "q 09:00 view\nq 09:01 rare\n";
    let numbers = ask(
        &Log::read(&log).snapshot(),
        &map_of(&["view", "buy"], ALL),
        at("10:00"),
    );
    let top = &numbers.coverage.unexplained[0];
    assert_eq!(
        (top.name.as_str(), top.events, top.profiles),
        ("ask", 18, 9)
    );
    assert_eq!(top.mostly_after.as_deref(), Some("view"));
}

#[test]
fn a_map_without_events_has_zeros_and_no_spreads() {
    let numbers = ask(
        &Log::default().snapshot(),
        &map_of(&["view", "buy"], ALL),
        at("10:00"),
    );
    assert_eq!(numbers.base, 0);
    assert_eq!(numbers.steps[1].reach, None);
    assert!(numbers.transitions.is_empty());
}

#[test]
fn a_missing_touchpoint_and_an_unknown_number_are_faults() {
    let log = Log::read("ana 09:00 view");
    let snapshot = log.snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let mut map = map_of(&["view", "buy"], ALL);
    let select = MapSelect::Stage {
        stage: "three".to_owned(),
    };
    let error = map_people(&view, &map, &select, at("10:00")).expect_err("no such stage");
    assert!(matches!(error, AskError::Faults(faults) if faults[0].message.contains("three")));
    map.goal.touchpoints = vec!["gone".to_owned()];
    let error = map_metrics(&view, &map, at("10:00")).expect_err("gone");
    assert!(matches!(error, AskError::Faults(faults) if faults[0].place == "goal"));
}

/// The same numbers straight from their definitions, in no hurry.
#[derive(Default)]
struct Twin {
    people: BTreeMap<String, BTreeSet<u32>>,
    visits: BTreeMap<usize, StepVisits>,
    reach: BTreeMap<usize, Vec<i64>>,
    leave: BTreeMap<usize, Vec<i64>>,
    edges: BTreeMap<(usize, usize), (Vec<i64>, u64)>,
    channels: BTreeMap<(usize, u8), u64>,
    strays: BTreeMap<String, u64>,
}

#[derive(Clone)]
struct Told {
    at: i64,
    name: String,
    channel: u8,
    step: Option<usize>,
}

fn key(select: &MapSelect) -> String {
    serde_json::to_string(select).expect("written")
}

impl Twin {
    fn of(log: &Log, map: &Map, now: Timestamp) -> Self {
        let mut twin = Self::default();
        let ids: Vec<String> = map.steps().map(|step| step.id.clone()).collect();
        let range: TimeRange = map.range.resolve(now);
        for (profile, events) in by_profile(log) {
            let told: Vec<Told> = events
                .iter()
                .filter(|event| range.contains(event.time))
                .map(|event| {
                    let code = throughline_model::EventCode(event.event);
                    let name = log.names.name(code).expect("named").to_string();
                    Told {
                        at: event.time.0,
                        step: ids.iter().position(|id| *id == name),
                        name,
                        channel: event.channel,
                    }
                })
                .filter(|told| !told.name.starts_with('$'))
                .collect();
            twin.profile(profile, &told, &ids, map, now.min(range.to));
        }
        twin
    }

    fn mark(&mut self, profile: u32, select: &MapSelect) {
        self.people.entry(key(select)).or_default().insert(profile);
    }

    fn profile(
        &mut self,
        profile: u32,
        told: &[Told],
        ids: &[String],
        map: &Map,
        horizon: Timestamp,
    ) {
        if told.is_empty() {
            return;
        }
        self.mark(profile, &MapSelect::Profiles);
        if told.iter().all(|it| it.step.is_some()) {
            self.mark(profile, &MapSelect::Whole);
        }
        for it in told {
            match it.step {
                Some(step) => {
                    *self.channels.entry((step, it.channel)).or_default() += 1;
                    let (step, channel) = (ids[step].clone(), Channel::from_code(it.channel));
                    let stage = if step == ids[0] || step == ids[1] {
                        "one"
                    } else {
                        "two"
                    };
                    self.mark(profile, &MapSelect::Base);
                    self.mark(
                        profile,
                        &MapSelect::Stage {
                            stage: stage.to_owned(),
                        },
                    );
                    self.mark(profile, &MapSelect::StepChannel { step, channel });
                }
                None => {
                    *self.strays.entry(it.name.clone()).or_default() += 1;
                    let name = EventName::parse(&it.name).expect("a name");
                    self.mark(profile, &MapSelect::Unexplained { name });
                }
            }
        }
        let pause = map.pause_max.unwrap_or(Span(i64::MAX)).0;
        let silence = map.pause_max.unwrap_or(Span::days(14)).0;
        for experience in told.chunk_by(|a, b| b.at - a.at <= pause) {
            self.experience(profile, experience, ids, horizon.0 - silence);
        }
    }

    fn experience(&mut self, profile: u32, told: &[Told], ids: &[String], active_since: i64) {
        let goal = ids.last().expect("a goal");
        let goal_at = told
            .iter()
            .filter(|it| it.name == *goal)
            .map(|it| it.at)
            .max();
        if goal_at.is_some() {
            self.mark(profile, &MapSelect::Goal);
        }
        let visits: Vec<(i64, usize)> = told
            .iter()
            .filter_map(|it| Some((it.at, it.step?)))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let (Some(first), Some(last)) = (visits.first(), visits.last()) else {
            return;
        };
        let part = |step: usize, part: StepPart| MapSelect::Step {
            step: ids[step].clone(),
            part,
        };
        self.mark(profile, &part(first.1, StepPart::Entries));
        self.visits.entry(first.1).or_default().first += 1;
        let fate = self.visits.entry(last.1).or_default();
        let last_at = told.iter().map(|it| it.at).max().expect("not empty");
        if goal_at.is_some() {
            fate.finished += 1;
            self.mark(profile, &part(last.1, StepPart::Finished));
        } else if last_at > active_since {
            fate.open += 1;
            self.mark(profile, &part(last.1, StepPart::Open));
        } else {
            fate.exited += 1;
            self.mark(profile, &part(last.1, StepPart::Exits));
        }
        for (index, (at, step)) in visits.iter().enumerate() {
            self.visits.entry(*step).or_default().all += 1;
            self.mark(profile, &part(*step, StepPart::People));
            let before = &visits[..index];
            if before.iter().all(|it| it.1 != *step) {
                self.reach.entry(*step).or_default().push(at - first.0);
            }
            if before.iter().any(|it| it.1 + 1 == *step) {
                self.mark(profile, &part(*step, StepPart::FromPrevious));
            }
            if goal_at.is_some_and(|goal| *at <= goal) {
                self.mark(profile, &part(*step, StepPart::Goal));
            }
            let was_here = before.iter().position(|it| it.1 == *step);
            if was_here.is_some_and(|place| before[place..].iter().any(|it| it.1 != *step)) {
                self.mark(profile, &part(*step, StepPart::Returns));
            }
            let begins = before.last().is_none_or(|it| it.1 != *step);
            if begins && let Some(next) = visits[index..].iter().find(|it| it.1 != *step) {
                self.leave.entry(*step).or_default().push(next.0 - at);
            }
        }
        for pair in visits.windows(2) {
            let ((from_at, from), (to_at, to)) = (pair[0], pair[1]);
            let strays = told.iter().filter(|it| it.step.is_none());
            let is_direct = !strays
                .into_iter()
                .any(|it| from_at < it.at && it.at < to_at);
            let edge = self.edges.entry((from, to)).or_default();
            edge.0.push(to_at - from_at);
            edge.1 += u64::from(is_direct);
            self.visits.entry(from).or_default().onward += 1;
            let (from, to) = (ids[from].clone(), ids[to].clone());
            self.mark(profile, &MapSelect::Transition { from, to });
        }
    }

    fn count(&self, select: &MapSelect) -> u64 {
        self.people
            .get(&key(select))
            .map_or(0, |it| it.len() as u64)
    }
}

fn spread_of(times: Option<&Vec<i64>>) -> Option<Spread> {
    let mut times = times?.clone();
    Some(Spread {
        n: times.len() as u64,
        median_ms: throughline_predict::quantile(&mut times, 500)?,
        p90_ms: throughline_predict::quantile(&mut times, 900)?,
    })
}

/// Every number with its selection.
fn selections(numbers: &MapNumbers) -> Vec<(MapSelect, u64)> {
    let mut all = vec![
        (MapSelect::Profiles, numbers.profiles),
        (MapSelect::Base, numbers.base),
        (MapSelect::Goal, numbers.goal),
        (MapSelect::Whole, numbers.coverage.people_whole),
    ];
    for it in &numbers.stages {
        all.push((
            MapSelect::Stage {
                stage: it.stage.clone(),
            },
            it.people,
        ));
    }
    for it in &numbers.steps {
        for (part, people) in [
            (StepPart::People, it.people),
            (StepPart::FromPrevious, it.from_previous),
            (StepPart::Goal, it.goal),
            (StepPart::Returns, it.returns),
            (StepPart::Exits, it.exits),
            (StepPart::Open, it.open),
            (StepPart::Finished, it.finished),
            (StepPart::Entries, it.entries),
        ] {
            all.push((
                MapSelect::Step {
                    step: it.step.clone(),
                    part,
                },
                people,
            ));
        }
        for share in &it.channels {
            let (step, channel) = (it.step.clone(), share.channel);
            all.push((MapSelect::StepChannel { step, channel }, share.people));
        }
    }
    for it in &numbers.transitions {
        let (from, to) = (it.from.clone(), it.to.clone());
        all.push((MapSelect::Transition { from, to }, it.people));
    }
    for it in &numbers.coverage.unexplained {
        all.push((
            MapSelect::Unexplained {
                name: it.name.clone(),
            },
            it.profiles,
        ));
    }
    all
}

fn maps() -> impl Strategy<Value = Map> {
    let events = prop::sample::select(vec![
        &["view", "cart", "buy"][..],
        &["buy", "view"][..],
        &["mail", "cart", "view", "buy"][..],
    ]);
    let rest = prop::sample::select(vec![
        r#""range":{"all":true},"#,
        r#""range":{"all":true},"pause_max":"1m","#,
        r#""range":{"last":"3m"},"pause_max":"2m","#,
        r#""range":{"last":"3m"},"#,
    ]);
    (events, rest).prop_map(|(events, rest)| map_of(events, rest))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn numbers_equal_their_definitions(
        log in any_log(),
        map in maps(),
        now in prop::sample::select(vec!["0:05", "0:09", "30d0:00"]),
    ) {
        let now = at(now);
        let numbers = ask(&log.snapshot(), &map, now);
        let twin = Twin::of(&log, &map, now);
        for (select, people) in selections(&numbers) {
            prop_assert_eq!(people, twin.count(&select), "{:?}", select);
        }
        for (index, step) in numbers.steps.iter().enumerate() {
            prop_assert_eq!(step.visits, twin.visits.get(&index).copied().unwrap_or_default());
            prop_assert_eq!(step.reach, spread_of(twin.reach.get(&index)));
            prop_assert_eq!(step.leave, spread_of(twin.leave.get(&index)));
            for share in &step.channels {
                let events = twin.channels[&(index, share.channel.code())];
                prop_assert_eq!(share.events, events);
            }
        }
        let ids: Vec<&str> = numbers.steps.iter().map(|it| it.step.as_str()).collect();
        prop_assert_eq!(numbers.transitions.len(), twin.edges.len());
        for (it, ((from, to), (times, direct))) in numbers.transitions.iter().zip(&twin.edges) {
            prop_assert_eq!((it.from.as_str(), it.to.as_str()), (ids[*from], ids[*to]));
            let spread = spread_of(Some(times)).expect("some");
            prop_assert_eq!((it.visits, it.median_ms, it.p90_ms), (spread.n, spread.median_ms, spread.p90_ms));
            prop_assert_eq!(it.direct, *direct);
        }
        for it in &numbers.coverage.unexplained {
            prop_assert_eq!(it.events, twin.strays[it.name.as_str()]);
        }
    }

    #[test]
    fn every_list_is_as_long_as_its_number(log in any_log(), map in maps()) {
        let (snapshot, now) = (log.snapshot(), at("0:06"));
        let twin = Twin::of(&log, &map, now);
        for (select, count) in selections(&ask(&snapshot, &map, now)) {
            let people = people(&snapshot, &map, &select, now);
            prop_assert_eq!(people.len() as u64, count, "{:?}", &select);
            prop_assert_eq!(people, twin.people.get(&key(&select)).cloned().unwrap_or_default());
        }
    }

    #[test]
    fn visits_and_shares_add_up_and_the_layout_changes_nothing(log in any_log(), map in maps()) {
        let now = at("0:06");
        let numbers = ask(&log.snapshot(), &map, now);
        for layout in LAYOUTS {
            prop_assert_eq!(&ask(&log.laid_out(layout), &map, now), &numbers);
        }
        for step in &numbers.steps {
            let it = step.visits;
            prop_assert_eq!(it.all, it.onward + it.exited + it.open + it.finished);
            let of = |end: fn(&TransitionNumbers) -> &String| -> u64 {
                let edges = numbers.transitions.iter().filter(|edge| *end(edge) == step.step);
                edges.map(|edge| edge.visits).sum()
            };
            prop_assert_eq!(it.onward, of(|edge| &edge.from));
            prop_assert_eq!(it.all, it.first + of(|edge| &edge.to));
            let sum: f64 = step.channels.iter().map(|it| it.share).sum();
            prop_assert!(step.channels.is_empty() || (sum - 1.0).abs() < 1e-9);
        }
        let stray: u64 = numbers.coverage.unexplained.iter().map(|it| it.events).sum();
        prop_assert_eq!(numbers.coverage.events_on_map + stray, numbers.events);
    }
}

#[test]
fn a_profile_is_in_the_stage_of_its_last_step_since_it_came_there() {
    let log = "
        ana 09:00 view
        ana 09:10 cart
        ana 09:20 pay
        ana 09:30 pay
        ben 09:00 pay
        ben 09:00 view
        ben 10:00 view
        cem 09:00 elsewhere
    ";
    let map = map_of(&["view", "cart", "pay"], r#""range":{"all":true},"#);
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let snapshot = Log::read(log).snapshot();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let all: Vec<ProfileId> = (0..9).map(ProfileId).collect();
    let found = map_stages(&view, &map, &all, at("12:00")).expect("stages");
    let lines = found.into_iter().map(|(profile, (stage, since))| {
        format!("{}: {} since {since}\n", profile.0, map.stages[stage].id)
    });
    expect![[r"
        0: two since 2026-03-02T09:20:00.000Z
        1: one since 2026-03-02T10:00:00.000Z
    "]]
    .assert_eq(&lines.collect::<String>());
}
