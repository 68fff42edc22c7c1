//! A field of many events at once, as Arrow columns that are aligned with the rows of a run.

use std::collections::HashMap;

use arrow::array::{Array, BooleanArray, Float64Array, Int32Array, StringArray};
use throughline_model::Value;

/// One field over all rows of a run. At each row at most one of the three has a value.
///
/// A missing array means that no row has a value of that type.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Codes into `texts`; null where the row holds no text.
    pub text: Option<Int32Array>,
    /// The different texts, each once.
    pub texts: Option<StringArray>,
    pub number: Option<Float64Array>,
    pub flag: Option<BooleanArray>,
}

impl Values {
    /// Collects values row by row.
    pub fn collect(rows: impl IntoIterator<Item = Option<Value>>) -> Self {
        let mut codes: HashMap<String, i32> = HashMap::new();
        let mut texts = Vec::new();
        let (mut text, mut number, mut flag) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let (mut its_text, mut its_number, mut its_flag) = (None, None, None);
            match row {
                Some(Value::Text(value)) => {
                    let next = i32::try_from(texts.len()).expect("a run has fewer than 2^31 rows");
                    its_text = Some(*codes.entry(value).or_insert_with_key(|value| {
                        texts.push(value.clone());
                        next
                    }));
                }
                Some(Value::Number(value)) => its_number = Some(value),
                Some(Value::Flag(value)) => its_flag = Some(value),
                None => {}
            }
            text.push(its_text);
            number.push(its_number);
            flag.push(its_flag);
        }
        let (text, number, flag) = (
            Int32Array::from(text),
            Float64Array::from(number),
            BooleanArray::from(flag),
        );
        let some = |array: &dyn Array| array.null_count() < array.len();
        Self {
            texts: some(&text).then(|| StringArray::from(texts)),
            text: some(&text).then_some(text),
            number: some(&number).then_some(number),
            flag: some(&flag).then_some(flag),
        }
    }

    /// The value of one row.
    pub fn get(&self, row: usize) -> Option<Value> {
        if let (Some(codes), Some(texts)) = (&self.text, &self.texts)
            && codes.is_valid(row)
        {
            let code = usize::try_from(codes.value(row)).expect("codes count from 0");
            return Some(Value::Text(texts.value(code).to_owned()));
        }
        if let Some(numbers) = &self.number
            && numbers.is_valid(row)
        {
            return Some(Value::Number(numbers.value(row)));
        }
        let flags = self.flag.as_ref().filter(|flags| flags.is_valid(row))?;
        Some(Value::Flag(flags.value(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_rows_come_back_as_they_were() {
        let rows = [
            Some(Value::Text("a".into())),
            None,
            Some(Value::Number(1.5)),
            Some(Value::Flag(true)),
            Some(Value::Text("a".into())),
        ];
        let values = Values::collect(rows.clone());
        for (index, row) in rows.into_iter().enumerate() {
            assert_eq!(values.get(index), row);
        }
        assert_eq!(values.texts.expect("has texts").len(), 1);
    }
}
