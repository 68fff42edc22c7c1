use std::{fs::File, path::PathBuf};

use proptest::prelude::*;

use super::*;
use crate::quantile;

#[test]
fn a_small_case_is_right_by_hand() {
    // Ends at 1, 3 and 3; last seen at 2 and 4.
    let curve = Curve::of(vec![
        (3, true),
        (1, true),
        (2, false),
        (4, false),
        (3, true),
    ]);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(close(curve.share_at(0), 1.0));
    assert!(close(curve.share_at(1), 0.8));
    assert!(close(curve.share_at(3), 0.8 / 3.0));
    assert_eq!(curve.quantile(500), Some(3));
    assert_eq!(curve.quantile(750), None);
    assert_eq!(curve.stairs()[1].at_risk, 3);
}

#[test]
fn a_curve_that_does_not_fall_far_enough_has_no_median() {
    let curve = Curve::of(vec![(1, true), (9, false), (9, false), (9, false)]);
    assert_eq!(curve.quantile(500), None);
    assert_eq!(Curve::of(Vec::new()).quantile(500), None);
}

fn told(curve: &Curve) -> Vec<CurvePoint> {
    let point = |stair: &Stair| CurvePoint {
        time: stair.time,
        share: stair.share,
        bounds: curve.interval_at(stair.time),
    };
    curve.stairs().iter().map(point).collect()
}

/// Weeks in remission of 42 patients, 21 with 6-mercaptopurine and 21 without.
///
/// Freireich and others, "The effect of 6-mercaptopurine on the duration of steroid-induced remissions", 1963.
fn remissions() -> (Curve, Curve) {
    let treated = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|it| (it, true));
    let going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|it| (it, false));
    let untreated = [
        1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
    ];
    (
        Curve::of(treated.into_iter().chain(going_on).collect()),
        Curve::of(untreated.into_iter().map(|it| (it, true)).collect()),
    )
}

#[test]
fn bounds_of_medians_are_as_published() {
    // As statistics packages print them for these data with intervals on the log-log scale: 23 from 13, and 8 from 4 to 11.
    let (treated, untreated) = remissions();
    assert_eq!(treated.quantile(500), Some(23));
    assert_eq!(quantile_bounds(&told(&treated), 500, 1), (Some(13), None));
    assert_eq!(untreated.quantile(500), Some(8));
    assert_eq!(
        quantile_bounds(&told(&untreated), 500, 1),
        (Some(4), Some(11))
    );
}

#[test]
fn many_looks_widen_the_bounds_of_a_median() {
    let (_, untreated) = remissions();
    let (low, high) = quantile_bounds(&told(&untreated), 500, 20);
    assert!(low < Some(4) && high > Some(11), "{low:?} {high:?}");
    assert_eq!(quantile_bounds(&[], 500, 1), (None, None));
}

proptest! {
    #[test]
    fn when_everything_has_ended_the_curve_is_what_has_not_ended_yet(
        mut lengths in prop::collection::vec(0..30_i64, 1..60),
        permille in 1..=1000_u64,
    ) {
        let curve = Curve::of(lengths.iter().map(|it| (*it, true)).collect());
        for time in 0..30 {
            let later = lengths.iter().filter(|it| **it > time).count();
            let share = later as f64 / lengths.len() as f64;
            prop_assert!((curve.share_at(time) - share).abs() < 1e-9);
        }
        prop_assert_eq!(curve.quantile(permille), quantile(&mut lengths, permille));
    }

    #[test]
    fn the_curve_never_rises_and_lies_in_its_interval(
        lengths in prop::collection::vec((0..30_i64, any::<bool>()), 0..60),
    ) {
        let curve = Curve::of(lengths);
        let mut last = 1.0;
        for time in -1..31 {
            let share = curve.share_at(time);
            let interval = curve.interval_at(time);
            prop_assert!(share <= last);
            prop_assert!(interval.low <= share + 1e-12 && share <= interval.high + 1e-12);
            last = share;
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

#[test]
fn published_curves_of_7043_customers_are_met() {
    let (Some(customers), Some(expected)) = (
        shared("telco_churn/telco_churn.csv.gz"),
        shared("expected/survival.json"),
    ) else {
        return;
    };
    let file = flate2::read::GzDecoder::new(File::open(customers).unwrap());
    let mut rows = csv::Reader::from_reader(file);
    let headers = rows.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|it| it == name).unwrap();
    let (tenure, churn, contract) = (column("tenure"), column("Churn"), column("Contract"));
    let lengths: Vec<(String, i64, bool)> = rows
        .records()
        .map(|row| {
            let row = row.unwrap();
            (
                row[contract].to_owned(),
                row[tenure].parse().unwrap(),
                &row[churn] == "Yes",
            )
        })
        .collect();
    let of = |group: Option<&str>| {
        let wanted = lengths
            .iter()
            .filter(|it| group.is_none_or(|group| it.0 == group));
        Curve::of(wanted.map(|it| (it.1, it.2)).collect())
    };

    let expected: serde_json::Value =
        serde_json::from_reader(File::open(expected).unwrap()).unwrap();
    let case = |id: &str| {
        let cases = expected["cases"].as_array().unwrap();
        cases.iter().find(|it| it["id"] == id).unwrap()["expected"].clone()
    };
    meets(&of(None), &case("telco.km"));
    let groups = case("telco.km_by_contract");
    for (group, expected) in groups["groups"].as_object().unwrap() {
        meets(&of(Some(group)), expected);
    }
}

fn meets(curve: &Curve, expected: &serde_json::Value) {
    let close = |a: f64, b: &serde_json::Value| (a - b.as_f64().unwrap()).abs() < 1e-6;
    let median = expected["median"].as_f64().map(|median| median as i64);
    assert_eq!(curve.quantile(500), median);
    for (time, share) in expected["S"].as_object().unwrap() {
        let time: i64 = time.parse().unwrap();
        assert!(close(curve.share_at(time), share), "{time} {share}");
        let bounds = &expected["ci95_loglog"][time.to_string()];
        let interval = curve.interval_at(time);
        assert!(
            close(interval.low, &bounds[0]),
            "{time} {interval:?} {bounds}"
        );
        assert!(
            close(interval.high, &bounds[1]),
            "{time} {interval:?} {bounds}"
        );
    }
}

#[test]
fn a_sample_keeps_the_shape_and_the_end() {
    let lengths = (1..=1_000).map(|time| (time, time % 10 != 0)).collect();
    let curve = Curve::of(lengths);
    let sampled = curve.sampled(20);
    assert!(sampled.len() <= 21, "{}", sampled.len());
    assert_eq!(sampled.last(), curve.stairs().last());
    let shares: Vec<f64> = std::iter::once(1.0)
        .chain(sampled.iter().map(|it| it.share))
        .collect();
    let largest = shares
        .windows(2)
        .map(|two| two[0] - two[1])
        .fold(0.0, f64::max);
    assert!(largest < 0.06, "{largest}");
    assert!(Curve::of(vec![(5, false)]).sampled(20).is_empty());
}
