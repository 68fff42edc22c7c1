use std::{fs::File, path::PathBuf};

use proptest::prelude::*;

use super::*;
use crate::scoring::scores;

fn fit(cases: &[Cases], ridge: f64) -> Result<Model, Refusal> {
    super::fit(cases, ridge, &|| false)
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() < tolerance, "{a} {b}");
}

fn cases(values: &[f64], part: u64, whole: u64) -> Cases {
    Cases {
        values: values.to_vec(),
        part,
        whole,
    }
}

#[test]
fn beetles_die_by_the_dose_as_published() {
    // Bliss, "The calculation of the dosage-mortality curve", 1935; fitted in Dobson, "An Introduction to Generalized
    // Linear Models", table 7.4.
    let beetles: Vec<Cases> = [
        (1.6907, 6, 59),
        (1.7242, 13, 60),
        (1.7552, 18, 62),
        (1.7842, 28, 56),
        (1.8113, 52, 63),
        (1.8369, 53, 59),
        (1.8610, 61, 62),
        (1.8839, 60, 60),
    ]
    .map(|(dose, died, all)| cases(&[dose], died, all))
    .to_vec();
    let model = fit(&beetles, 0.0).expect("fits");
    close(model.intercept.value, -60.717, 0.001);
    close(model.intercept.error, 5.181, 0.001);
    close(model.coefficients[0].value, 34.270, 0.001);
    close(model.coefficients[0].error, 2.912, 0.001);
    let expected = [3.46, 9.84, 22.45, 33.90, 50.10, 53.29, 59.22, 58.74];
    for (it, expected) in beetles.iter().zip(expected) {
        close(model.chance(&it.values) * it.whole as f64, expected, 0.01);
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
fn churn_of_7043_customers_is_as_published() {
    let (Some(customers), Some(expected)) = (
        shared("telco_churn/telco_churn.csv.gz"),
        shared("expected/propensity.json"),
    ) else {
        return;
    };
    let file = flate2::read::GzDecoder::new(File::open(customers).unwrap());
    let mut rows = csv::Reader::from_reader(file);
    let heads = rows.headers().unwrap().clone();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for row in rows.records() {
        let row = row.unwrap();
        let cell = |name: &str| &row[heads.iter().position(|it| it == name).unwrap()];
        let number = |name: &str| cell(name).parse::<f64>().unwrap();
        let flag = |name: &str, value: &str| f64::from(u8::from(cell(name) == value));
        let values = [
            number("tenure") / 72.0,
            number("MonthlyCharges") / 100.0,
            flag("SeniorCitizen", "1"),
            flag("Partner", "Yes"),
            flag("Dependents", "Yes"),
            flag("PaperlessBilling", "Yes"),
            flag("InternetService", "Fiber optic"),
            flag("InternetService", "No"),
            flag("Contract", "One year"),
            flag("Contract", "Two year"),
            flag("TechSupport", "Yes"),
            flag("OnlineSecurity", "Yes"),
            flag("PaymentMethod", "Electronic check"),
        ];
        let one = cases(&values, u64::from(cell("Churn") == "Yes"), 1);
        let mut sum = flate2::Crc::new();
        sum.update(cell("customerID").as_bytes());
        if sum.sum() % 10 < 3 {
            test.push(one);
        } else {
            train.push(one);
        }
    }
    let expected: serde_json::Value =
        serde_json::from_reader(File::open(expected).unwrap()).unwrap();
    let expected = &expected["cases"][0]["expected"];
    let wanted = |at: &str| expected.pointer(at).unwrap().as_f64().unwrap();
    let model = fit(&train, 0.0).expect("fits");
    close(model.log_likelihood, wanted("/log_likelihood"), 1e-4);
    let names = [
        "tenure",
        "monthly",
        "senior",
        "partner",
        "dependents",
        "paperless",
        "fiber",
        "no_internet",
        "one_year",
        "two_year",
        "techsupport",
        "security",
        "echeck",
    ];
    close(model.intercept.value, wanted("/coef/const"), 1e-5);
    for (name, found) in names.iter().zip(&model.coefficients) {
        close(found.value, wanted(&format!("/coef/{name}")), 1e-5);
        close(found.error, wanted(&format!("/se/{name}")), 1e-5);
    }
    let chances: Vec<(f64, bool)> = (test.iter())
        .map(|it| (model.chance(&it.values), it.part == 1))
        .collect();
    let found = scores(&chances).expect("both came");
    close(found.auc, wanted("/test_metrics/auc"), 1e-5);
    close(found.log_loss, wanted("/test_metrics/log_loss"), 1e-5);
    close(found.brier, wanted("/test_metrics/brier"), 1e-5);
}

#[test]
fn one_flag_alone_gives_the_odds_ratio_of_its_table() {
    let model = fit(&[cases(&[0.0], 30, 100), cases(&[1.0], 60, 100)], 0.0).expect("fits");
    let ratio = (60.0 * 70.0) / (40.0 * 30.0);
    close(model.coefficients[0].odds_ratio(), ratio, 1e-9);
    let error: f64 = 1.0 / 60.0 + 1.0 / 40.0 + 1.0 / 30.0 + 1.0 / 70.0;
    close(model.coefficients[0].error, error.sqrt(), 1e-9);
}

#[test]
fn what_would_mean_little_is_refused() {
    let few = [cases(&[0.0], 3, 100), cases(&[1.0], 6, 100)];
    let (cases_count, needed) = (9, 10);
    assert_eq!(
        fit(&few, 0.0),
        Err(Refusal::Few {
            cases: cases_count,
            needed
        })
    );
    let twice = [
        cases(&[0.0, 1.0], 30, 100),
        cases(&[1.0, 3.0], 60, 100),
        cases(&[2.0, 5.0], 70, 100),
    ];
    assert_eq!(fit(&twice, 0.0), Err(Refusal::Collinear(1)));
    let same = [cases(&[1.0], 30, 100), cases(&[1.0], 60, 100)];
    assert_eq!(fit(&same, 0.0), Err(Refusal::Collinear(0)));
    // All who have it do it: no odds are large enough.
    let decided = [
        cases(&[0.0, 0.0], 30, 100),
        cases(&[0.0, 1.0], 40, 100),
        cases(&[1.0, 0.0], 50, 50),
        cases(&[1.0, 1.0], 50, 50),
    ];
    assert_eq!(fit(&decided, 0.0), Err(Refusal::Separated(0)));
    assert!(fit(&decided, 1.0).is_ok());
}

#[test]
fn two_that_decide_only_together_are_noticed() {
    // Their sum decides; each alone says too little.
    let together = [
        cases(&[2.0, 0.0], 40, 40),
        cases(&[0.0, 2.0], 40, 40),
        cases(&[1.0, 1.0], 40, 40),
        cases(&[1.0, 0.0], 0, 40),
        cases(&[0.0, 1.0], 0, 40),
        cases(&[0.5, 0.4], 0, 40),
    ];
    assert!(matches!(fit(&together, 0.0), Err(Refusal::Separated(_))));
}

proptest! {
    #[test]
    fn at_the_fit_as_many_are_expected_as_came(
        parts in prop::collection::vec(10..40_u64, 4),
        ridge in prop::sample::select(vec![0.0, 0.5]),
    ) {
        let all: Vec<Cases> = (parts.iter().zip([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
            .map(|(part, values)| cases(&values, *part, 50))
            .collect();
        let model = fit(&all, ridge).expect("fits");
        let off = |weight: fn(&Cases) -> f64| -> f64 {
            all.iter().map(|it| weight(it) * (it.part as f64 - 50.0 * model.chance(&it.values))).sum()
        };
        prop_assert!(off(|_| 1.0).abs() < 1e-4);
        let pull = |index: usize| ridge * model.coefficients[index].value;
        prop_assert!((off(|it| it.values[0]) - pull(0)).abs() < 1e-4);
        prop_assert!((off(|it| it.values[1]) - pull(1)).abs() < 1e-4);
    }
}

#[test]
fn a_fit_stops_when_it_is_told_to() {
    let some = [cases(&[0.0], 20, 50), cases(&[1.0], 40, 60)];
    assert_eq!(super::fit(&some, 0.0, &|| true), Err(Refusal::Stopped));
    // Also between its steps: the first looks are let go.
    let looks = std::cell::Cell::new(0);
    let is_stopped = || looks.replace(looks.get() + 1) > 3;
    assert_eq!(super::fit(&some, 0.0, &is_stopped), Err(Refusal::Stopped));
}
