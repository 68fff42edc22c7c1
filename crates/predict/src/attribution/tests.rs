use std::{collections::BTreeMap, fs::File, path::PathBuf};

use proptest::prelude::*;

use super::*;

const STATES_MAX: usize = 10_000;

fn path(channels: &[u32], conversions: f64, nulls: f64) -> Path {
    Path {
        channels: channels.to_vec(),
        conversions,
        value: conversions * 10.0,
        nulls,
    }
}

fn chain(paths: &[Path], channels: usize, order: usize) -> Chain {
    Chain::of(paths, channels, order, STATES_MAX).expect("few states")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64]) {
    let is_same =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| close(*a, *b));
    assert!(is_same, "{found:?} is not {expected:?}");
}

#[test]
fn weights_are_as_published() {
    let u = Position {
        first: 0.4,
        last: 0.4,
    };
    all_close(&u.weights(1), &[1.0]);
    all_close(&u.weights(2), &[0.5, 0.5]);
    all_close(&u.weights(4), &[0.4, 0.1, 0.1, 0.4]);
    let j = Position {
        first: 0.2,
        last: 0.6,
    };
    all_close(&j.weights(2), &[0.25, 0.75]);
    all_close(&j.weights(6), &[0.2, 0.05, 0.05, 0.05, 0.05, 0.6]);
    let ends = Position {
        first: 0.0,
        last: 0.0,
    };
    all_close(&ends.weights(2), &[0.5, 0.5]);
    all_close(
        &decay_by_position(3, 0.5),
        &[1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0],
    );
    all_close(&first(3), &[1.0, 0.0, 0.0]);
    all_close(&last(3), &[0.0, 0.0, 1.0]);
    all_close(&linear(4), &[0.25; 4]);
}

#[test]
fn a_touch_one_half_life_earlier_has_half_however_old_both_are() {
    all_close(&decay(&[7, 0], 7), &[1.0 / 3.0, 2.0 / 3.0]);
    all_close(&decay(&[7_000_007, 7_000_000], 7), &[1.0 / 3.0, 2.0 / 3.0]);
    all_close(&decay(&[], 7), &[]);
}

#[test]
fn the_last_touch_that_is_not_passed_over_has_everything() {
    assert_eq!(except([false, true, false, true].into_iter()), Some(2));
    assert_eq!(except([true, true].into_iter()), Some(1));
    assert_eq!(except([].into_iter()), None);
}

#[test]
fn a_small_chain_is_right_by_hand() {
    // a converts alone once in four; a then b converts always.
    let paths = [path(&[0], 1.0, 3.0), path(&[0, 1], 4.0, 0.0)];
    let chain = chain(&paths, 3, 1);
    assert!(close(chain.conversion_share(), 5.0 / 8.0));
    // Without a nothing is left; without b the one of a.
    all_close(&chain.removal_effects(), &[1.0, 0.8, 0.0]);
    let credits = by_effect(&paths, &chain.removal_effects());
    assert!(close(credits[0].conversions, 5.0 / 1.8));
    assert!(close(credits[1].value, 50.0 * 0.8 / 1.8));
}

#[test]
fn a_longer_memory_tells_apart_what_a_shorter_one_mixes() {
    // After b, only those who came by a convert.
    let paths = [path(&[0, 1], 5.0, 0.0), path(&[2, 1], 0.0, 5.0)];
    all_close(&chain(&paths, 3, 1).removal_effects(), &[0.5, 1.0, 0.5]);
    all_close(&chain(&paths, 3, 2).removal_effects(), &[1.0, 1.0, 0.0]);
}

#[test]
fn nothing_at_all_has_no_credit() {
    let none = chain(&[], 2, 1);
    assert!(close(none.conversion_share(), 0.0));
    all_close(&none.removal_effects(), &[0.0, 0.0]);
    let untouched = [path(&[], 3.0, 0.0)];
    all_close(&chain(&untouched, 2, 3).removal_effects(), &[0.0, 0.0]);
    for credits in [
        by_effect(&untouched, &[0.0; 2]),
        shapley(&untouched, 2),
        by_place(&untouched, 2, linear),
    ] {
        assert_eq!(credits, [Credit::default(); 2]);
    }
}

#[test]
fn too_many_states_are_refused() {
    let paths = [path(&[0, 1, 2, 3], 1.0, 0.0)];
    assert!(Chain::of(&paths, 4, 1, 5).is_ok());
    let error = Chain::of(&paths, 4, 1, 4).expect_err("five states");
    assert_eq!(error.states, 5);
}

/// Shapley by its first definition: the mean, over all orders in which channels join, of what each adds.
fn shapley_by_permutations(paths: &[Path], channels: usize) -> Vec<f64> {
    let worth = |set: &[u32]| -> f64 {
        (paths.iter())
            .filter(|path| {
                !path.channels.is_empty() && path.channels.iter().all(|it| set.contains(it))
            })
            .map(|path| path.conversions)
            .sum()
    };
    let mut orders = vec![Vec::new()];
    for channel in 0..channels as u32 {
        orders = (orders.iter())
            .flat_map(|order: &Vec<u32>| {
                (0..=order.len()).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, channel);
                    longer
                })
            })
            .collect();
    }
    let mut sums = vec![0.0; channels];
    for order in &orders {
        for (index, channel) in order.iter().enumerate() {
            sums[*channel as usize] += worth(&order[..=index]) - worth(&order[..index]);
        }
    }
    sums.into_iter()
        .map(|sum| sum / orders.len() as f64)
        .collect()
}

/// The share that converts, by elimination on the whole matrix of states written as text.
fn share_by_elimination(paths: &[Path], order: usize, removed: Option<u32>) -> f64 {
    let key = |touches: &[u32]| format!("{:?}", &touches[touches.len().saturating_sub(order)..]);
    let mut weights: BTreeMap<String, BTreeMap<Option<String>, f64>> = BTreeMap::new();
    let mut add = |from: String, to: Option<String>, weight: f64| {
        *weights.entry(from).or_default().entry(to).or_default() += weight;
    };
    for path in paths.iter().filter(|it| !it.channels.is_empty()) {
        let all = path.conversions + path.nulls;
        for (index, channel) in path.channels.iter().enumerate() {
            let to = match removed == Some(*channel) {
                true => None,
                false => Some(key(&path.channels[..=index])),
            };
            add(key(&path.channels[..index]), to, all);
        }
        add(
            key(&path.channels),
            Some("converted".to_owned()),
            path.conversions,
        );
        add(key(&path.channels), None, path.nulls);
    }
    let states: Vec<&String> = weights.keys().collect();
    let n = states.len();
    let mut rows: Vec<Vec<f64>> = (states.iter().enumerate())
        .map(|(index, state)| {
            let all: f64 = weights[*state].values().sum();
            let share = |to: &str| {
                let weight = weights[*state].get(&Some(to.to_owned()));
                if all > 0.0 {
                    weight.copied().unwrap_or_default() / all
                } else {
                    0.0
                }
            };
            let mut row: Vec<f64> = states.iter().map(|to| -share(to)).collect();
            row[index] += 1.0;
            row.push(share("converted"));
            row
        })
        .collect();
    for pivot in 0..n {
        let best = (pivot..n)
            .max_by(|a, b| rows[*a][pivot].abs().total_cmp(&rows[*b][pivot].abs()))
            .unwrap();
        rows.swap(pivot, best);
        let row = rows[pivot].clone();
        for other in (0..n).filter(|other| *other != pivot) {
            let factor = rows[other][pivot] / row[pivot];
            for (cell, above) in rows[other].iter_mut().zip(&row) {
                *cell -= factor * above;
            }
        }
    }
    let start = states.iter().position(|it| **it == key(&[]));
    start.map_or(0.0, |start| rows[start][n] / rows[start][start])
}

/// The share that converts without a channel, as the sum over every walk through a chain that never
/// comes back to a channel.
fn share_by_walks(paths: &[Path], channels: u32, removed: Option<u32>) -> f64 {
    let (mut steps, mut converted, mut all) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for path in paths {
        let weight = path.conversions + path.nulls;
        let mut from = None;
        for channel in &path.channels {
            *steps.entry((from, *channel)).or_insert(0.0) += weight;
            *all.entry(from).or_insert(0.0) += weight;
            from = Some(*channel);
        }
        *converted.entry(from).or_insert(0.0) += path.conversions;
        *all.entry(from).or_insert(0.0) += weight;
    }
    let mut open = vec![(None, 1.0)];
    let mut share = 0.0;
    while let Some((at, weight)) = open.pop() {
        let of = |count: Option<&f64>| weight * count.copied().unwrap_or_default() / all[&at];
        share += of(converted.get(&at));
        for channel in (0..channels).filter(|it| removed != Some(*it)) {
            if let Some(count) = steps.get(&(at, channel)) {
                open.push((Some(channel), of(Some(count))));
            }
        }
    }
    share
}

fn any_paths(channels: u32) -> impl Strategy<Value = Vec<Path>> {
    let any_path = (prop::collection::vec(0..channels, 0..7), 0..5_u32, 0..5_u32).prop_map(
        |(channels, conversions, nulls)| path(&channels, conversions.into(), nulls.into()),
    );
    prop::collection::vec(any_path, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn credit_sums_to_the_conversions_of_paths_with_touches(paths in any_paths(4)) {
        let touched = || paths.iter().filter(|it| !it.channels.is_empty());
        let conversions: f64 = touched().map(|it| it.conversions).sum();
        let value: f64 = touched().map(|it| it.value).sum();
        let u = Position { first: 0.4, last: 0.4 };
        let mut all = vec![
            by_place(&paths, 4, first),
            by_place(&paths, 4, last),
            by_place(&paths, 4, linear),
            by_place(&paths, 4, |count| u.weights(count)),
            by_place(&paths, 4, |count| decay_by_position(count, 0.5)),
            shapley(&paths, 4),
        ];
        all.extend((1..=3).map(|order| by_effect(&paths, &chain(&paths, 4, order).removal_effects())));
        for credits in all {
            prop_assert!(close(credits.iter().map(|it| it.conversions).sum(), conversions));
            prop_assert!(close(credits.iter().map(|it| it.value).sum(), value));
        }
    }

    #[test]
    fn chains_equal_elimination_and_effects_are_shares(paths in any_paths(4), order in 1..=3_usize) {
        let chain = chain(&paths, 4, order);
        let all = share_by_elimination(&paths, order, None);
        prop_assert!(close(chain.conversion_share(), all));
        for (channel, effect) in (0..).zip(chain.removal_effects()) {
            prop_assert!((0.0..=1.0).contains(&effect));
            let without = share_by_elimination(&paths, order, Some(channel));
            prop_assert!(all <= 0.0 || close(effect, 1.0 - without / all));
        }
    }

    #[test]
    fn chains_without_loops_equal_the_sum_over_all_walks(mut paths in any_paths(4)) {
        for path in &mut paths {
            path.channels.sort_unstable();
            path.channels.dedup();
        }
        paths.retain(|it| !it.channels.is_empty() && it.conversions + it.nulls > 0.0);
        prop_assume!(!paths.is_empty());
        let chain = chain(&paths, 4, 1);
        let all = share_by_walks(&paths, 4, None);
        prop_assert!(close(chain.conversion_share(), all));
        for (channel, effect) in (0..).zip(chain.removal_effects()) {
            let without = share_by_walks(&paths, 4, Some(channel));
            prop_assert!(all <= 0.0 || close(effect, 1.0 - without / all));
        }
    }

    #[test]
    fn a_channel_that_follows_itself_changes_no_effect_of_first_order(paths in any_paths(4)) {
        let mut collapsed = paths.clone();
        collapsed.iter_mut().for_each(|it| it.channels.dedup());
        let (kept, collapsed) = (chain(&paths, 4, 1), chain(&collapsed, 4, 1));
        for (a, b) in kept.removal_effects().into_iter().zip(collapsed.removal_effects()) {
            prop_assert!(close(a, b));
        }
    }

    #[test]
    fn shapley_equals_the_mean_over_all_orders_of_joining(paths in any_paths(5)) {
        let found = shapley(&paths, 5);
        for (credit, expected) in found.iter().zip(shapley_by_permutations(&paths, 5)) {
            prop_assert!(close(credit.conversions, expected));
        }
    }

    #[test]
    fn the_order_of_paths_and_how_they_are_grouped_do_not_matter(
        paths in any_paths(4),
        order in 1..=3_usize,
    ) {
        let mut split: Vec<Path> = paths.iter().rev().flat_map(|it| {
            [path(&it.channels, it.conversions, 0.0), path(&it.channels, 0.0, it.nulls)]
        }).collect();
        split.rotate_left(paths.len() / 2);
        prop_assert_eq!(
            chain(&paths, 4, order).removal_effects(),
            chain(&split, 4, order).removal_effects()
        );
        for (a, b) in shapley(&paths, 4).iter().zip(shapley(&split, 4)) {
            prop_assert!(close(a.conversions, b.conversions) && close(a.value, b.value));
        }
    }

    #[test]
    fn on_paths_of_one_touch_all_rules_agree(counts in prop::collection::vec((1..5_u32, 0..5_u32), 3)) {
        let paths: Vec<Path> = (0..).zip(&counts)
            .map(|(channel, (conversions, nulls))| path(&[channel], (*conversions).into(), (*nulls).into()))
            .collect();
        let expected = by_place(&paths, 3, first);
        for found in [
            by_place(&paths, 3, last),
            by_place(&paths, 3, linear),
            participation(&paths, 3),
            shapley(&paths, 3),
            by_effect(&paths, &chain(&paths, 3, 2).removal_effects()),
        ] {
            for (a, b) in found.iter().zip(&expected) {
                prop_assert!(close(a.conversions, b.conversions));
            }
        }
    }
}

/// The folder of public data sets, when it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    Some(folder.join("data").join(path)).filter(|file| file.exists())
}

/// Published paths, with the names of their channels.
fn published() -> Option<(Vec<Path>, Vec<String>, serde_json::Value)> {
    let data = shared("mta_pathdata/pathdata.csv.gz")?;
    let expected = shared("expected/attribution.json")?;
    let file = flate2::read::GzDecoder::new(File::open(data).unwrap());
    let rows: Vec<csv::StringRecord> = (csv::Reader::from_reader(file).into_records())
        .map(Result::unwrap)
        .collect();
    let mut names: Vec<String> = (rows.iter())
        .flat_map(|row| row[0].split(" > ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    names.sort();
    names.dedup();
    let paths = (rows.iter())
        .map(|row| Path {
            channels: (row[0].split(" > "))
                .map(|name| names.iter().position(|it| it == name).unwrap() as u32)
                .collect(),
            conversions: row[1].parse().unwrap(),
            value: row[2].parse().unwrap(),
            nulls: row[3].parse().unwrap(),
        })
        .collect();
    let expected = serde_json::from_reader(File::open(expected).unwrap()).unwrap();
    Some((paths, names, expected))
}

fn case<'a>(expected: &'a serde_json::Value, id: &str) -> &'a serde_json::Value {
    let cases = expected["cases"].as_array().unwrap();
    &cases.iter().find(|it| it["id"] == id).unwrap()["expected"]
}

/// Published numbers have six decimals, and six significant digits below a thousandth.
#[track_caller]
fn meets(found: f64, expected: &serde_json::Value, place: &str) {
    let expected = expected.as_f64().unwrap();
    let tolerance = if expected.abs() < 1e-3 { 1e-9 } else { 1e-6 };
    assert!(
        (found - expected).abs() <= tolerance,
        "{place}: {found} is not {expected}"
    );
}

#[test]
fn published_totals_and_credit_by_place_are_met() {
    let Some((paths, names, expected)) = published() else {
        return;
    };
    let totals = case(&expected, "mta.totals");
    assert_eq!(paths.len() as u64, totals["rows"].as_u64().unwrap());
    assert_eq!(totals["channels"].as_array().unwrap().len(), names.len());
    meets(
        paths.iter().map(|it| it.conversions).sum(),
        &totals["conversions"],
        "conversions",
    );
    meets(
        paths.iter().map(|it| it.value).sum(),
        &totals["value"],
        "value",
    );
    meets(
        paths.iter().map(|it| it.nulls).sum(),
        &totals["null"],
        "null",
    );

    let u = Position {
        first: 0.4,
        last: 0.4,
    };
    let models: [(&str, Vec<Credit>); 5] = [
        ("first_touch", by_place(&paths, names.len(), first)),
        ("last_touch", by_place(&paths, names.len(), last)),
        ("linear", by_place(&paths, names.len(), linear)),
        (
            "u_shape_40_20_40",
            by_place(&paths, names.len(), |count| u.weights(count)),
        ),
        (
            "time_decay_position_base_0.5",
            by_place(&paths, names.len(), |count| decay_by_position(count, 0.5)),
        ),
    ];
    let heuristics = case(&expected, "mta.heuristics");
    assert_eq!(heuristics.as_object().unwrap().len(), models.len());
    for (model, credits) in models {
        for (name, credit) in names.iter().zip(credits) {
            let of = &heuristics[model][name];
            meets(
                credit.conversions,
                &of["conversions"],
                &format!("{model} {name}"),
            );
            meets(credit.value, &of["value"], &format!("{model} {name} value"));
        }
    }
}

#[test]
fn the_published_chain_is_met() {
    let Some((paths, names, expected)) = published() else {
        return;
    };
    let chain = chain(&paths, names.len(), 1);
    let matrix = case(&expected, "mta.transition_matrix.order1");
    let mut count = 0;
    for (history, step, share) in chain.steps() {
        let from = history
            .first()
            .map_or("START", |it| names[*it as usize].as_str());
        let to = match step {
            Step::Touch(channel) => names[channel as usize].as_str(),
            Step::Conversion => "CONV",
            Step::Null => "NULL",
        };
        meets(share, &matrix[from][to], &format!("{from} to {to}"));
        count += 1;
    }
    let published = matrix.as_object().unwrap().values();
    let published: usize = published.map(|it| it.as_object().unwrap().len()).sum();
    assert_eq!(count, published);

    let markov = case(&expected, "mta.markov.order1.with_null");
    meets(
        chain.conversion_share(),
        &markov["base_conversion_probability"],
        "base",
    );
    let effects = chain.removal_effects();
    let credits = by_effect(&paths, &effects);
    for (index, name) in names.iter().enumerate() {
        meets(effects[index], &markov["removal_effect"][name], name);
        meets(
            credits[index].conversions,
            &markov["attributed_conversions"][name],
            name,
        );
        meets(
            credits[index].value,
            &markov["attributed_value"][name],
            name,
        );
    }
}

#[test]
fn the_published_shapley_values_are_met() {
    let Some((paths, names, expected)) = published() else {
        return;
    };
    let game = case(&expected, "mta.shapley.set_game");
    for (name, credit) in names.iter().zip(shapley(&paths, names.len())) {
        meets(credit.conversions, &game["conversions"][name], name);
    }
}

#[test]
fn chains_of_higher_order_stay_close_and_share_everything() {
    let Some((paths, names, _)) = published() else {
        return;
    };
    let conversions: f64 = paths.iter().map(|it| it.conversions).sum();
    for order in 1..=3 {
        let chain = chain(&paths, names.len(), order);
        // Every order repeats the share of paths that convert.
        let nulls: f64 = paths.iter().map(|it| it.nulls).sum();
        assert!(close(
            chain.conversion_share(),
            conversions / (conversions + nulls)
        ));
        let credits = by_effect(&paths, &chain.removal_effects());
        let sum: f64 = credits.iter().map(|it| it.conversions).sum();
        assert!((sum - conversions).abs() < 1e-6);
    }
}
