use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::PathBuf;

use expect_test::expect;
use throughline_model::{Channel, EventName, Vocabulary};
use throughline_store::Snapshot;
use throughline_testkit::{demo::Demo, rng::Rng};

use super::*;
use crate::{
    cancel::Cancel,
    fixture::{LAYOUTS, Log, at, shop},
    map_metrics::map_metrics,
    vocabulary_defaults::{observe, suggest},
};

const NOW: &str = "200d00:00";

fn goal(name: &str) -> Matcher {
    Matcher::event(EventName::parse(name).expect(name))
}

fn draw(snapshot: &Snapshot, vocabulary: &Vocabulary, goal: &Matcher) -> Discovery {
    let cancel = Cancel::default();
    let view = View::new(snapshot, vocabulary, &cancel);
    let options = DiscoverOptions::titled("A map");
    discover(&view, goal, &Range::all(), &options, at(NOW)).expect("a map")
}

fn ids(map: &Map) -> Vec<&str> {
    map.steps().map(|step| step.id.as_str()).collect()
}

fn show(found: &Discovery) -> String {
    let mut lines = Vec::new();
    for stage in &found.map.stages {
        let steps: Vec<&str> = stage.steps.iter().map(|step| step.title.as_str()).collect();
        lines.push(format!("{}: {}", stage.title, steps.join(" > ")));
    }
    let it = &found.summary;
    lines.push(format!(
        "{} of {} profiles reach the goal; {} of {} names explain {:.3} of {} events; order holds for {:.3}; {:?}",
        it.goal_profiles, it.profiles, it.steps, it.names_total, it.covered_events_share,
        it.events, it.order_agreement, it.stages_from
    ));
    lines.join("\n") + "\n"
}

/// Kendall's tau between two orders of what both have: 1 is the same, -1 the reverse.
fn tau(truth: &[&str], found: &[&str]) -> f64 {
    let places: Vec<usize> = truth
        .iter()
        .filter_map(|it| found.iter().position(|other| other == it))
        .collect();
    let mut score = 0_i64;
    for (index, a) in places.iter().enumerate() {
        score += places[index + 1..]
            .iter()
            .map(|b| if a < b { 1 } else { -1 })
            .sum::<i64>();
    }
    let pairs = places.len() * places.len().saturating_sub(1) / 2;
    score as f64 / pairs.max(1) as f64
}

/// The adjusted Rand index of two divisions: 1 is the same, 0 is what chance gives.
fn adjusted_rand(a: &[usize], b: &[usize]) -> f64 {
    let pairs = |n: u64| (n * n.saturating_sub(1) / 2) as f64;
    let counted = |keys: Vec<(usize, usize)>| -> f64 {
        let mut counts: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
        counts.into_values().map(pairs).sum()
    };
    let both = counted(a.iter().copied().zip(b.iter().copied()).collect());
    let (of_a, of_b) = (
        counted(a.iter().map(|it| (*it, 0)).collect()),
        counted(b.iter().map(|it| (*it, 0)).collect()),
    );
    let expected = of_a * of_b / pairs(a.len() as u64);
    (both - expected) / ((of_a + of_b) / 2.0 - expected)
}

/// Steps in their true order, whose names do not sort that way; stages of 3, 5 and 4.
const PLANTED: [&str; 12] = [
    "river", "apple", "stone", "cloud", "maple", "birch", "ocean", "amber", "tiger", "coral",
    "zebra", "delta",
];
const PLANTED_STAGES: [usize; 12] = [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2];

/// People go to and fro within a stage, then on to the next; many leave on the way.
fn planted(seed: u64) -> Log {
    let mut rng = Rng::new(seed, 0);
    let mut log = Log::default();
    for person in 0..400 {
        log.roots.push(person);
        let mut minute = rng.between(0, 9_000);
        let mut tell = |log: &mut Log, rng: &mut Rng, name: &str| {
            minute += rng.between(1, 30);
            let time = Timestamp(at("00:00").0 + minute * 60_000);
            log.push(person, time, name, Channel::Web, "{}");
        };
        for stage in 0..3 {
            let steps: Vec<&str> = (PLANTED.iter().zip(PLANTED_STAGES))
                .filter(|(_, its)| *its == stage)
                .map(|(name, _)| *name)
                .collect();
            for (index, step) in steps.iter().enumerate() {
                if rng.is(0.85) {
                    tell(&mut log, &mut rng, step);
                }
                if rng.is(0.6) {
                    let back = rng.below(index + 1);
                    tell(&mut log, &mut rng, steps[back]);
                    tell(&mut log, &mut rng, step);
                }
                if rng.is(0.02) {
                    let rare = ["noise", "static", "hum"][rng.below(3)];
                    tell(&mut log, &mut rng, rare);
                }
            }
            if rng.is(0.3) {
                break;
            }
        }
    }
    log
}

#[test]
fn planted_steps_and_stages_are_recovered() {
    for seed in 0..5 {
        let log = planted(seed);
        let found = draw(&log.snapshot(), &Vocabulary::default(), &goal("amber"));
        let steps = ids(&found.map);
        assert_eq!(found.summary.stages_from, StagesFrom::Segmentation);
        assert_eq!(
            steps.iter().collect::<BTreeSet<_>>(),
            PLANTED.iter().collect()
        );
        let mut alphabetical = PLANTED.to_vec();
        alphabetical.sort_unstable();
        let (order, baseline) = (tau(&PLANTED, &steps), tau(&PLANTED, &alphabetical));
        assert!(
            order >= 0.9 && baseline < 0.5,
            "{seed}: {order} {baseline} {steps:?}"
        );

        let truth: Vec<usize> = steps
            .iter()
            .map(|step| PLANTED_STAGES[PLANTED.iter().position(|it| it == step).expect("planted")])
            .collect();
        let drawn: Vec<usize> = (found.map.stages.iter().enumerate())
            .flat_map(|(index, stage)| stage.steps.iter().map(move |_| index))
            .collect();
        let equal: Vec<usize> = (0..12).map(|step| step / 4).collect();
        let (rand, baseline) = (adjusted_rand(&truth, &drawn), adjusted_rand(&truth, &equal));
        assert!(
            rand >= 0.8 && rand > baseline,
            "{seed}: {rand} {baseline} {drawn:?}"
        );
        assert!(found.summary.covered_events_share >= 0.95);
        assert!(found.summary.order_agreement > 0.85);
    }
}

#[test]
fn the_layout_changes_nothing() {
    let log = planted(7);
    let found = draw(&log.snapshot(), &Vocabulary::default(), &goal("amber"));
    for layout in LAYOUTS {
        let again = draw(
            &log.laid_out(layout),
            &Vocabulary::default(),
            &goal("amber"),
        );
        assert_eq!(again, found);
    }
}

#[test]
fn gestures_are_steps_once_somebody_names_them_or_asks_for_them() {
    let mut log = Log::default();
    for person in 0..20 {
        log.roots.push(person);
        let mut tell = |minute: i64, name: &str, properties: &str| {
            let time = Timestamp(at("00:00").0 + minute * 60_000);
            log.push(person, time, name, Channel::Web, properties);
        };
        tell(0, "viewed", "{}");
        for minute in 1..9 {
            let button = r##"{"element":{"selector":"#buy"}}"##;
            tell(minute, "element_clicked", button);
            tell(minute, "page_left", "{}");
        }
        tell(9, "bought", "{}");
    }
    let snapshot = log.snapshot();
    let drawn = |vocabulary: &Vocabulary, goal: &Matcher| {
        let found = draw(&snapshot, vocabulary, goal);
        assert_eq!(found.summary.events, 20 * 18);
        ids(&found.map).join(" ")
    };
    let vocabulary = understood(&snapshot);
    assert_eq!(drawn(&vocabulary, &goal("bought")), "viewed bought");
    assert_eq!(
        drawn(&Vocabulary::default(), &goal("page_left")),
        "viewed page_left bought"
    );
    let named = r##"{"touchpoints":[{"id":"buy","name":"Buy","matcher":{"events":["element_clicked"],
        "rule":{"where":{"field":"properties.element.selector","test":{"is":["#buy"]}}}}}]}"##;
    let named: Vocabulary = serde_json::from_str(named).expect("sound");
    assert_eq!(drawn(&named, &goal("bought")), "viewed buy bought");
}

#[test]
fn a_goal_that_nobody_reached_is_a_fault() {
    let (log, vocabulary, cancel) = (planted(1), Vocabulary::default(), Cancel::default());
    let snapshot = log.snapshot();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let options = DiscoverOptions::titled("A map");
    let error = discover(&view, &goal("moon"), &Range::all(), &options, at(NOW));
    let Err(AskError::Faults(faults)) = error else {
        panic!("a fault")
    };
    assert_eq!(faults[0].place, "goal");
}

fn understood(snapshot: &Snapshot) -> Vocabulary {
    let (nothing, cancel) = (Vocabulary::default(), Cancel::default());
    suggest(&observe(&View::new(snapshot, &nothing, &cancel)).expect("seen"))
}

#[test]
fn the_demo_shop_is_drawn_as_it_is() {
    let snapshot = shop(2_500).snapshot();
    let vocabulary = understood(&snapshot);
    let found = draw(&snapshot, &vocabulary, &goal("order_placed"));
    expect![[r#"
        Awareness: Newsletter email > Weekly offer push > Flash sale SMS > App opened > Home page > Ad clicked > Landing page > Social post clicked
        Consideration: Category page > Product searched > Product viewed > List filtered > Reviews read > Wishlist added > Recommendation > Store visited
        Decision: Product added > Cart viewed > Checkout started > Signed up > Signed in > Help page > Coupon popup > Address entered > Delivery chosen
        Purchase: Payment submitted > Payment held > Cart reminder email > Order placed > Order confirmation email
        After: Points earned > Order update whatsapp > Order shipped > Shipping notice email > Order status page > Order status viewed > Cart reminder again email > Order delivered > Delivery notice SMS > Survey answered
        400 of 2500 profiles reach the goal; 40 of 70 names explain 0.917 of 62929 events; order holds for 0.815; Vocabulary
    "#]].assert_eq(&show(&found));
    let truth = Demo::new(at(NOW)).truth(&Default::default());
    let steps: Vec<&str> = truth.steps.iter().map(|step| step.event.as_str()).collect();
    let order = tau(&steps, &ids(&found.map));
    assert!(order >= 0.85, "{order}");
    assert!(found.summary.steps <= 40 && found.summary.covered_events_share >= 0.9);

    let cancel = Cancel::default();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let numbers = map_metrics(&view, &found.map, at(NOW)).expect("numbers");
    assert_eq!(
        numbers.coverage.events_share,
        found.summary.covered_events_share
    );
    assert_eq!(numbers.goal, found.summary.goal_profiles);
    assert_eq!(numbers.profiles, found.summary.profiles);
    for step in &numbers.steps {
        assert!(step.people > 0, "{}", step.step);
    }
}

/// Events of a file as a log: who, when, what.
fn read(path: &str, who: usize, when: usize, what: usize) -> Option<Log> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("THROUGHLINE_SHARED").map_or_else(beside, PathBuf::from);
    let path = folder.join("data").join(path);
    let file = path
        .exists()
        .then(|| std::fs::File::open(path).expect("readable"))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("text");
    let mut log = Log::default();
    let mut actors: BTreeMap<String, u32> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        let next = actors.len() as u32;
        let actor = *actors.entry(columns[who].to_owned()).or_insert(next);
        let time = format!("{}Z", columns[when].replace(' ', "T"));
        log.push(
            actor,
            Timestamp::parse(&time).expect(&time),
            columns[what],
            Channel::Other,
            "{}",
        );
    }
    log.roots = (0..actors.len() as u32).collect();
    Some(log)
}

#[test]
fn a_real_online_shop_is_drawn() {
    let Some(log) = read("simple_onlineshop/simple-onlineshop.csv.gz", 0, 2, 1) else {
        return;
    };
    let snapshot = log.snapshot();
    let found = draw(&snapshot, &understood(&snapshot), &goal("payment_done"));
    assert_eq!(
        (found.summary.profiles, found.summary.goal_profiles),
        (3_751, 653)
    );
    expect![[r#"
        Awareness: Main
        Consideration: Catalog > Product
        Decision: Cart > Delivery choice > Delivery courier > Delivery pickup > Payment choice
        Purchase: Payment cash > Payment card > Payment done
        653 of 3751 profiles reach the goal; 11 of 11 names explain 1.000 of 32283 events; order holds for 0.903; Vocabulary
    "#]].assert_eq(&show(&found));
}

#[test]
fn a_real_grocer_is_drawn() {
    let Some(log) = read("completejourney/events.csv.gz", 0, 1, 2) else {
        return;
    };
    let snapshot = log.snapshot();
    let found = draw(&snapshot, &understood(&snapshot), &goal("coupon_redeemed"));
    assert_eq!(
        (found.summary.profiles, found.summary.events),
        (2_379, 83_691)
    );
    expect![[r#"
        Awareness: Campaign received
        Purchase: Purchase item > Coupon redeemed
        410 of 2379 profiles reach the goal; 3 of 3 names explain 1.000 of 83691 events; order holds for 0.915; Vocabulary
    "#]].assert_eq(&show(&found));
}
