//! Takes JSON objects apart into typed columns and a rest.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray, Float64Array, StringArray, StringViewArray},
    buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
};

use super::shape::{Kind, Place, Promoted, Rest, Shape};
use crate::json::{self, Cursor, RawText};

/// Takes objects row by row and gives columns: one for each promoted member, and the rest.
///
/// Columns and rest together are the object again, up to the order of its members and the
/// spelling of its texts and numbers (`19.0` comes back as `19`).
pub(crate) struct Splitter {
    shape: Shape,
    slots: Vec<Slot>,
    rest: Texts,
    row: usize,
    /// Counts all rows, also over chunks.
    stamp: u64,
    /// Slots that the row at hand has filled, to take them back.
    touched: Vec<u32>,
}

/// How many members an object has, and how many of them were left in the rest.
struct Members {
    count: usize,
    left_count: usize,
}

impl Splitter {
    pub fn new(promoted: &[Promoted]) -> Self {
        Self {
            shape: Shape::of(promoted),
            slots: promoted.iter().map(|it| Slot::new(it.kind)).collect(),
            rest: Texts::default(),
            row: 0,
            stamp: 0,
            touched: Vec::new(),
        }
    }

    /// Takes the object of the next row.
    pub fn push(&mut self, object: &str) {
        if self.split(object, false).is_none() {
            self.take_back();
            let plain = json::without_repeats(object);
            if plain.is_none_or(|plain| self.split(&plain, true).is_none()) {
                self.take_back();
                self.rest.bytes.extend_from_slice(object.as_bytes());
                self.shape.is_open = true;
            }
        }
        self.end_row();
    }

    /// Takes the next row as one without an object: only other columns of it have values.
    pub fn push_none(&mut self) {
        self.touched.clear();
        self.end_row();
    }

    /// Columns and rest of the rows since the last call.
    pub fn finish(&mut self) -> (Vec<ArrayRef>, ArrayRef) {
        let rows = std::mem::take(&mut self.row);
        let slots = self.slots.iter_mut().map(|it| it.finish(rows)).collect();
        (slots, self.rest.finish(rows))
    }

    /// Where scalars were left in the rest, over all rows.
    pub fn rest(&self) -> Rest {
        self.shape.rest()
    }

    fn end_row(&mut self) {
        self.row += 1;
        self.stamp += 1;
        if self.rest.bytes.len() > self.rest.filled() {
            self.rest.pad(self.row - 1);
            self.rest.end(true);
        }
    }

    fn take_back(&mut self) {
        for slot in self.touched.drain(..) {
            self.slots[slot as usize].pop();
        }
        let filled = self.rest.filled();
        self.rest.bytes.truncate(filled);
        self.stamp += 1;
    }

    /// `None` when the object has to be rewritten first: a member stands in it twice, a name is
    /// written with escapes, or it is no object. `is_plain` says that this was done.
    fn split(&mut self, object: &str, is_plain: bool) -> Option<()> {
        self.touched.clear();
        let start = self.rest.bytes.len();
        let members = self.members(&mut Cursor::new(object), Shape::root(), is_plain)?;
        if members.left_count == 0 {
            self.rest.bytes.truncate(start);
        }
        Some(())
    }

    fn members(&mut self, cursor: &mut Cursor<'_>, parent: u32, is_plain: bool) -> Option<Members> {
        cursor.eat(b'{')?;
        self.rest.bytes.push(b'{');
        let mut members = Members {
            count: 0,
            left_count: 0,
        };
        let mut before = None;
        while let Some(key) = cursor.key(members.count == 0)? {
            members.count += 1;
            let start = self.rest.bytes.len();
            self.begin_member(key, members.left_count == 0);
            if self.member(cursor, key, parent, &mut before, is_plain)? {
                members.left_count += 1;
            } else {
                self.rest.bytes.truncate(start);
            }
        }
        self.rest.bytes.push(b'}');
        Some(members)
    }

    fn begin_member(&mut self, key: RawText<'_>, is_first: bool) {
        let bytes = &mut self.rest.bytes;
        if !is_first {
            bytes.push(b',');
        }
        bytes.push(b'"');
        bytes.extend_from_slice(key.inner().as_bytes());
        bytes.extend_from_slice(b"\":");
    }

    /// True when the member, or a part of it, is left in the rest.
    fn member(
        &mut self,
        cursor: &mut Cursor<'_>,
        key: RawText<'_>,
        parent: u32,
        before: &mut Option<u32>,
        is_plain: bool,
    ) -> Option<bool> {
        if key.has_escape && !is_plain {
            return None;
        }
        let place = if key.has_escape {
            Place::Beyond
        } else {
            self.shape.child(parent, key.inner(), before)
        };
        let Place::Node(node) = place else {
            self.shape.is_open |= matches!(place, Place::Beyond);
            self.rest
                .bytes
                .extend_from_slice(cursor.value()?.as_bytes());
            return Some(true);
        };
        // Stamps count from 1, as no node has seen a row yet.
        let stamp = self.stamp + 1;
        if std::mem::replace(&mut self.shape.node(node).stamp, stamp) == stamp {
            return None;
        }
        if cursor.peek()? == b'{' {
            let members = self.members(cursor, node, is_plain)?;
            return Some(members.count == 0 || members.left_count > 0);
        }
        let value = cursor.value()?;
        if let Some((slot, kind)) = self.shape.node(node).slot
            && self.slots[slot as usize].push(kind, value, self.row)
        {
            self.touched.push(slot);
            return Some(false);
        }
        let is_scalar = !matches!(value.as_bytes()[0], b'[' | b'n');
        self.shape.node(node).is_left |= is_scalar;
        self.rest.bytes.extend_from_slice(value.as_bytes());
        Some(true)
    }
}

/// Values of one promoted member.
enum Slot {
    Text(Texts),
    Number(Vec<f64>, Vec<bool>),
    Flag(Vec<bool>, Vec<bool>),
}

impl Slot {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Texts::default()),
            Kind::Number => Self::Number(Vec::new(), Vec::new()),
            Kind::Flag => Self::Flag(Vec::new(), Vec::new()),
        }
    }

    /// False when the value is of another type, or would not come back as it is.
    fn push(&mut self, kind: Kind, value: &str, row: usize) -> bool {
        match (self, kind, value.as_bytes()[0]) {
            (Self::Text(texts), Kind::Text, b'"') => {
                let Some(text) = Cursor::new(value).string().and_then(RawText::decode) else {
                    return false;
                };
                texts.pad(row);
                texts.bytes.extend_from_slice(text.as_bytes());
                texts.end(true);
                true
            }
            (Self::Number(numbers, valid), Kind::Number, b'-' | b'0'..=b'9') => {
                let Some(number) = json::exact_number(value) else {
                    return false;
                };
                numbers.resize(row, 0.0);
                valid.resize(row, false);
                numbers.push(number);
                valid.push(true);
                true
            }
            (Self::Flag(flags, valid), Kind::Flag, first @ (b't' | b'f')) => {
                flags.resize(row, false);
                valid.resize(row, false);
                flags.push(first == b't');
                valid.push(true);
                true
            }
            _ => false,
        }
    }

    fn pop(&mut self) {
        match self {
            Self::Text(texts) => texts.pop(),
            Self::Number(numbers, valid) => {
                numbers.pop();
                valid.pop();
            }
            Self::Flag(flags, valid) => {
                flags.pop();
                valid.pop();
            }
        }
    }

    fn finish(&mut self, rows: usize) -> ArrayRef {
        match self {
            Self::Text(texts) => texts.finish(rows),
            Self::Number(numbers, valid) => {
                numbers.resize(rows, 0.0);
                let numbers = ScalarBuffer::from(std::mem::take(numbers));
                Arc::new(Float64Array::new(numbers, nulls(valid, rows)))
            }
            Self::Flag(flags, valid) => {
                flags.resize(rows, false);
                let flags = std::mem::take(flags).into();
                Arc::new(BooleanArray::new(flags, nulls(valid, rows)))
            }
        }
    }
}

/// Texts of many rows, end to end. Rows that were not given are null.
pub(crate) struct Texts {
    pub bytes: Vec<u8>,
    offsets: Vec<i32>,
    valid: Vec<bool>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            offsets: vec![0],
            valid: Vec::new(),
        }
    }
}

impl Texts {
    /// Adds one row.
    pub fn push(&mut self, text: Option<&str>) {
        self.bytes.extend_from_slice(text.unwrap_or("").as_bytes());
        self.end(text.is_some());
    }

    /// Bytes that belong to rows that have ended.
    fn filled(&self) -> usize {
        let end = self.offsets.last().copied().unwrap_or(0);
        usize::try_from(end).expect("offsets count from 0")
    }

    /// Adds nulls until there are so many rows. Bytes of a row that is being written stay its own.
    fn pad(&mut self, rows: usize) {
        let end = self.offsets[self.offsets.len() - 1];
        self.offsets.resize(rows + 1, end);
        self.valid.resize(rows, false);
    }

    fn end(&mut self, is_valid: bool) {
        let end = i32::try_from(self.bytes.len()).expect("a chunk of rows is far below 2 GiB");
        self.offsets.push(end);
        self.valid.push(is_valid);
    }

    fn pop(&mut self) {
        self.offsets.pop();
        self.valid.pop();
        let filled = self.filled();
        self.bytes.truncate(filled);
    }

    /// The rows since the last call as views, nulls added until there are so many.
    pub fn finish(&mut self, rows: usize) -> ArrayRef {
        self.pad(rows);
        let taken = std::mem::take(self);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(taken.offsets));
        let mut valid = taken.valid;
        let bytes = Buffer::from_vec(taken.bytes);
        let texts = StringArray::new(offsets, bytes, nulls(&mut valid, rows));
        Arc::new(StringViewArray::from(&texts))
    }
}

fn nulls(valid: &mut Vec<bool>, rows: usize) -> Option<NullBuffer> {
    valid.resize(rows, false);
    Some(NullBuffer::from(std::mem::take(valid))).filter(|nulls| nulls.null_count() > 0)
}

#[cfg(test)]
#[path = "split/tests.rs"]
mod tests;
