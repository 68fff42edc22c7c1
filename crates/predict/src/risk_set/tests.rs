use proptest::prelude::*;

use super::*;

fn way(until: i64, has_arrived: bool) -> OnTheWay {
    OnTheWay { until, has_arrived }
}

fn compare(ways: &[OnTheWay], did: &[(usize, i64)]) -> Option<Comparison> {
    let exposed: Vec<Exposed> = did
        .iter()
        .map(|(who, at)| Exposed {
            at: *at,
            way: ways[*who],
        })
        .collect();
    Crowd::new(ways).compare(&exposed)
}

/// A small fast stream of numbers from 0 to 1.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }
}

#[test]
fn each_is_compared_with_those_still_on_the_way_who_had_not_done_it() {
    // At 10 the first does it; the second has arrived before, the third and fourth are still on the way.
    let ways = [way(50, true), way(5, true), way(40, true), way(100, false)];
    let found = compare(&ways, &[(0, 10)]).expect("compared");
    assert_eq!((found.exposed, found.arrived, found.compared), (1, 1, 2));
    assert!((found.expected - 0.5).abs() < 1e-12);
}

#[test]
fn who_will_do_it_later_is_still_one_who_has_not() {
    let ways = [way(50, true), way(60, true), way(100, false)];
    let found = compare(&ways, &[(0, 10), (1, 20)]).expect("compared");
    // The first against the other two, the second against the third alone.
    assert!((found.expected - 0.5).abs() < 1e-12);
    assert_eq!(found.arrived, 2);
}

#[test]
fn nobody_left_to_compare_with_is_no_comparison() {
    assert_eq!(compare(&[way(10, true)], &[(0, 5)]), None);
    assert_eq!(compare(&[way(10, true), way(3, false)], &[(0, 5)]), None);
    assert_eq!(compare(&[way(10, true), way(30, false)], &[]), None);
}

#[test]
fn time_in_which_nobody_could_arrive_is_no_help() {
    // Arrivals and deeds are wholly independent: everybody does it at a random time if still on the way.
    let mut dice = Dice(7);
    let mut ways = Vec::new();
    let mut did = Vec::new();
    for who in 0..4_000 {
        let arrives = (dice.roll() * 200.0) as i64;
        let way = way(arrives.min(100), arrives < 100);
        let at = (dice.roll() * 150.0) as i64;
        if at < way.until {
            did.push((who, at));
        }
        ways.push(way);
    }
    let share = |of: &dyn Fn(usize) -> bool| {
        let all: Vec<&OnTheWay> = (ways.iter().enumerate())
            .filter(|(who, _)| of(*who))
            .map(|it| it.1)
            .collect();
        all.iter().filter(|it| it.has_arrived).count() as f64 / all.len() as f64
    };
    let has_done: Vec<bool> = {
        let mut all = vec![false; ways.len()];
        did.iter().for_each(|(who, _)| all[*who] = true);
        all
    };
    // Counted plainly, it looks as if it kept people from arriving.
    assert!(share(&|who| has_done[who]) < share(&|who| !has_done[who]) - 0.2);
    let found = compare(&ways, &did).expect("compared");
    assert!(found.p > 0.2, "{found:?}");
    assert!(
        (found.arrived as f64 - found.expected).abs() < 0.03 * found.exposed as f64,
        "{found:?}"
    );
}

#[test]
fn a_true_effect_is_found_in_its_size() {
    // Who does it arrives with 60 %, who does not with 30 %.
    let mut dice = Dice(11);
    let (mut ways, mut did) = (Vec::new(), Vec::new());
    for who in 0..3_000 {
        let at = (dice.roll() < 0.4).then(|| (dice.roll() * 20.0) as i64);
        let share = if at.is_some() { 0.6 } else { 0.3 };
        let arrives = (dice.roll() < share).then(|| 21 + (dice.roll() * 50.0) as i64);
        ways.push(way(arrives.unwrap_or(100), arrives.is_some()));
        did.extend(at.map(|at| (who, at)));
    }
    let found = compare(&ways, &did).expect("compared");
    let difference = (found.arrived as f64 - found.expected) / found.exposed as f64;
    // Those who do it later are among the compared, which hides a part of it.
    assert!((0.18..0.33).contains(&difference), "{difference}");
    assert!(found.p < 1e-6);
}

#[test]
fn chance_alone_is_found_as_seldom_as_it_should() {
    let mut dice = Dice(3);
    let mut found = 0;
    for _ in 0..400 {
        let (mut ways, mut did) = (Vec::new(), Vec::new());
        for who in 0..300 {
            let arrives = (dice.roll() * 250.0) as i64;
            let way = way(arrives.min(100), arrives < 100);
            let at = (dice.roll() * 300.0) as i64;
            if at < way.until {
                did.push((who, at));
            }
            ways.push(way);
        }
        found += usize::from(compare(&ways, &did).expect("compared").p < 0.05);
    }
    // Fewer than one in twenty: the test is on the safe side.
    assert!(found <= 20, "{found}");
}

proptest! {
    #[test]
    fn it_equals_its_naive_twin(
        people in prop::collection::vec((1..12_i64, any::<bool>(), -1..14_i64), 1..40),
    ) {
        let ways: Vec<OnTheWay> = people.iter().map(|it| way(it.0, it.1)).collect();
        let did: Vec<(usize, i64)> = (people.iter().enumerate())
            .filter(|(_, it)| it.2 < it.0)
            .map(|(who, it)| (who, it.2))
            .collect();
        let (mut exposed, mut arrived, mut expected) = (0, 0, 0.0);
        for (who, at) in &did {
            let others: Vec<&(i64, bool, i64)> = (people.iter())
                .filter(|it| it.0 > *at && !(it.2 <= *at && it.2 < it.0))
                .collect();
            if others.is_empty() {
                continue;
            }
            exposed += 1;
            arrived += u64::from(ways[*who].has_arrived);
            expected += others.iter().filter(|it| it.1).count() as f64 / others.len() as f64;
        }
        match compare(&ways, &did) {
            None => prop_assert_eq!(exposed, 0),
            Some(found) => {
                prop_assert_eq!((found.exposed, found.arrived), (exposed, arrived));
                prop_assert!((found.expected - expected).abs() < 1e-9);
                prop_assert!((0.0..=1.0).contains(&found.p));
                prop_assert!(found.compared <= ways.len() as u64);
            }
        }
    }
}
