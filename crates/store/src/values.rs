//! A field of many events at once, as Arrow columns that are aligned with the rows of a run.

mod codes;

use std::hash::{BuildHasher, RandomState};

use arrow::{
    array::{Array, BooleanArray, Float64Array, StringArray},
    buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
};
use hashbrown::HashTable;
use throughline_model::Value;

use codes::Narrow;
pub use codes::TextCodes;

/// One field over all rows of a run. At each row at most one of the three has a value.
///
/// A missing array means that no row has a value of that type.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Places in `texts`.
    pub text: Option<TextCodes>,
    /// The different texts, each once.
    pub texts: Option<StringArray>,
    pub number: Option<Float64Array>,
    pub flag: Option<BooleanArray>,
}

impl Values {
    /// Collects values row by row.
    pub fn collect(rows: impl IntoIterator<Item = Option<Value>>) -> Self {
        let mut builder = ValuesBuilder::default();
        for row in rows {
            builder.push(row.as_ref());
        }
        builder.finish()
    }

    /// The value of one row.
    pub fn get(&self, row: usize) -> Option<Value> {
        if let (Some(codes), Some(texts)) = (&self.text, &self.texts)
            && let Some(code) = codes.get(row)
        {
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

    /// Bytes of memory behind the columns.
    pub(crate) fn bytes(&self) -> usize {
        let bytes_of = |array: Option<&dyn Array>| array.map_or(0, Array::get_array_memory_size);
        self.text.as_ref().map_or(0, TextCodes::bytes)
            + bytes_of(self.texts.as_ref().map(|it| it as &dyn Array))
            + bytes_of(self.number.as_ref().map(|it| it as &dyn Array))
            + bytes_of(self.flag.as_ref().map(|it| it as &dyn Array))
            + size_of::<Self>()
    }
}

/// Builds [`Values`] row by row. A type that no row has costs nothing.
#[derive(Default)]
pub(crate) struct ValuesBuilder {
    rows_count: usize,
    text: Sparse<Narrow>,
    texts: Dictionary,
    number: Sparse<Vec<f64>>,
    flag: Sparse<Vec<bool>>,
}

impl ValuesBuilder {
    pub fn push(&mut self, value: Option<&Value>) {
        match value {
            Some(Value::Text(text)) => {
                let code = self.code(text);
                self.push_code(code);
            }
            Some(Value::Number(number)) => self.push_number(*number),
            Some(Value::Flag(flag)) => self.push_flag(*flag),
            None => self.push_none(),
        }
    }

    /// The code of a text, for [`ValuesBuilder::push_code`].
    pub fn code(&mut self, text: &str) -> u32 {
        self.texts.code(text)
    }

    pub fn push_code(&mut self, code: u32) {
        self.text.push(self.rows_count, code);
        self.rows_count += 1;
    }

    pub fn push_number(&mut self, number: f64) {
        self.number.push(self.rows_count, number);
        self.rows_count += 1;
    }

    pub fn push_flag(&mut self, flag: bool) {
        self.flag.push(self.rows_count, flag);
        self.rows_count += 1;
    }

    pub fn push_none(&mut self) {
        self.rows_count += 1;
    }

    pub fn finish(self) -> Values {
        let rows = self.rows_count;
        let texts = self.texts;
        let text = self
            .text
            .finish(rows)
            .map(|(codes, nulls)| TextCodes::new(codes, nulls));
        Values {
            texts: text.is_some().then(|| texts.finish()),
            text,
            number: self.number.finish(rows).map(|(mut numbers, nulls)| {
                numbers.shrink_to_fit();
                Float64Array::new(ScalarBuffer::from(numbers), nulls)
            }),
            flag: self
                .flag
                .finish(rows)
                .map(|(flags, nulls)| BooleanArray::new(flags.into(), nulls)),
        }
    }
}

/// Values of some rows, in order of row.
#[derive(Default)]
struct Sparse<V> {
    values: V,
    valid: Vec<bool>,
}

/// What values are collected in, one after the other.
trait Grow {
    type Item;

    fn count(&self) -> usize;
    fn push(&mut self, item: Self::Item);
    /// Adds items that mean nothing, up to a count.
    fn pad(&mut self, count: usize);
}

impl<T: Clone + Default> Grow for Vec<T> {
    type Item = T;

    fn count(&self) -> usize {
        self.len()
    }

    fn push(&mut self, item: T) {
        Self::push(self, item);
    }

    fn pad(&mut self, count: usize) {
        self.resize(count, T::default());
    }
}

impl<V: Grow> Sparse<V> {
    fn push(&mut self, row: usize, value: V::Item) {
        self.pad(row);
        self.values.push(value);
        self.valid.push(true);
    }

    fn pad(&mut self, rows: usize) {
        self.values.pad(rows);
        self.valid.resize(rows, false);
    }

    fn finish(mut self, rows: usize) -> Option<(V, Option<NullBuffer>)> {
        if self.values.count() == 0 {
            return None;
        }
        self.pad(rows);
        let nulls = NullBuffer::from(self.valid);
        Some((self.values, Some(nulls).filter(|it| it.null_count() > 0)))
    }
}

/// Different texts, each with a code.
#[derive(Default)]
struct Dictionary {
    bytes: Vec<u8>,
    ends: Vec<i32>,
    codes: HashTable<u32>,
    hasher: RandomState,
}

impl Dictionary {
    fn code(&mut self, text: &str) -> u32 {
        let Self {
            bytes,
            ends,
            codes,
            hasher,
        } = self;
        let hash = hasher.hash_one(text);
        let text_of = |code: u32| {
            let code = code as usize;
            let from = code.checked_sub(1).map_or(0, |before| ends[before]);
            let place = |end: i32| usize::try_from(end).expect("ends count from 0");
            &bytes[place(from)..place(ends[code])]
        };
        if let Some(code) = codes.find(hash, |code| text_of(*code) == text.as_bytes()) {
            return *code;
        }
        let code = u32::try_from(ends.len()).expect("a run has fewer than 2^31 rows");
        codes.insert_unique(hash, code, |code| {
            let text = std::str::from_utf8(text_of(*code)).expect("texts were texts before");
            hasher.hash_one(text)
        });
        bytes.extend_from_slice(text.as_bytes());
        ends.push(i32::try_from(bytes.len()).expect("texts of a run are far below 2 GiB"));
        code
    }

    fn finish(self) -> StringArray {
        let mut offsets = vec![0];
        offsets.extend(self.ends);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        StringArray::new(offsets, Buffer::from_vec(self.bytes), None)
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
            Some(Value::Text("".into())),
            Some(Value::Text("a".into())),
            None,
        ];
        let values = Values::collect(rows.clone());
        for (index, row) in rows.into_iter().enumerate() {
            assert_eq!(values.get(index), row);
        }
        assert_eq!(values.texts.expect("has texts").len(), 2);
    }

    #[test]
    fn types_that_no_row_has_cost_nothing() {
        let values = Values::collect([None, Some(Value::Number(1.0))]);
        assert!(values.text.is_none() && values.texts.is_none() && values.flag.is_none());
        assert!(Values::collect([None]).number.is_none());
    }
}
