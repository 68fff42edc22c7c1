//! One test over a field's column, as the definition in `model` has it.

use std::collections::HashSet;

use arrow::{
    array::{Array, BooleanArray, Float64Array, StringArray},
    buffer::{BooleanBuffer, NullBuffer},
};
use throughline_model::{Test, Value};
use throughline_store::{TextCodes, Values};

/// Per row whether the test holds.
///
/// Numbers are compared as `f64` compares, not by Arrow's total order: -0 equals 0.
pub(crate) fn holds(test: &Test, values: &Values, count: usize) -> BooleanBuffer {
    let mut some = BooleanBuffer::new_unset(count);
    let mut holds = BooleanBuffer::new_unset(count);
    let mut add = |fits: BooleanBuffer, nulls: Option<&NullBuffer>| {
        let valid = nulls.map_or_else(|| BooleanBuffer::new_set(count), |it| it.inner().clone());
        some = &some | &valid;
        holds = &holds | &(&fits & &valid);
    };
    if let (Some(codes), Some(texts)) = (&values.text, &values.texts) {
        add(of_texts(test, codes, texts), codes.nulls());
    }
    if let Some(numbers) = &values.number {
        add(of_numbers(test, numbers), numbers.nulls());
    }
    if let Some(flags) = &values.flag {
        add(of_flags(test, flags), flags.nulls());
    }
    match test.holds(None) {
        true => &holds | &!&some,
        false => holds,
    }
}

/// The test is asked once for each different text. Codes of rows without a text mean nothing.
fn of_texts(test: &Test, codes: &TextCodes, texts: &StringArray) -> BooleanBuffer {
    let fits: Vec<bool> = match test {
        Test::Is(values) | Test::IsNot(values) => {
            let listed: HashSet<&str> = values
                .iter()
                .filter_map(|value| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let is_wanted = matches!(test, Test::Is(_));
            texts
                .iter()
                .map(|text| text.is_some_and(|it| listed.contains(it)) == is_wanted)
                .collect()
        }
        _ => texts
            .iter()
            .map(|text| test.holds(text.map(|it| Value::Text(it.to_owned())).as_ref()))
            .collect(),
    };
    codes.each(&fits)
}

fn of_numbers(test: &Test, numbers: &Float64Array) -> BooleanBuffer {
    let numbers = numbers.values();
    let bits = |fits: &dyn Fn(f64) -> bool| {
        BooleanBuffer::collect_bool(numbers.len(), |row| fits(numbers[row]))
    };
    match test {
        Test::Is(values) | Test::IsNot(values) => {
            let mut listed: Vec<f64> = values
                .iter()
                .filter_map(|value| match value {
                    // Adding 0 turns -0 into 0, so that one order serves for all.
                    Value::Number(number) if !number.is_nan() => Some(*number + 0.0),
                    _ => None,
                })
                .collect();
            listed.sort_by(f64::total_cmp);
            let is_wanted = matches!(test, Test::Is(_));
            bits(&|number| {
                listed
                    .binary_search_by(|it| it.total_cmp(&(number + 0.0)))
                    .is_ok()
                    == is_wanted
            })
        }
        Test::Less(bound) => bits(&|number| number < *bound),
        Test::AtMost(bound) => bits(&|number| number <= *bound),
        Test::Greater(bound) => bits(&|number| number > *bound),
        Test::AtLeast(bound) => bits(&|number| number >= *bound),
        Test::Exists(_)
        | Test::Missing(_)
        | Test::Contains(_)
        | Test::Lacks(_)
        | Test::StartsWith(_)
        | Test::EndsWith(_) => {
            let same = test.holds(Some(&Value::Number(0.0)));
            bits(&|_| same)
        }
    }
}

fn of_flags(test: &Test, flags: &BooleanArray) -> BooleanBuffer {
    let [no, yes] = [false, true].map(|flag| test.holds(Some(&Value::Flag(flag))));
    let flags = flags.values();
    BooleanBuffer::collect_bool(flags.len(), |row| if flags.value(row) { yes } else { no })
}
