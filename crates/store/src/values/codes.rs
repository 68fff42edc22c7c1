//! The text of each row as a code, in as few bytes as the codes need.

use arrow::buffer::{BooleanBuffer, NullBuffer};

use super::Grow;

/// For each row the place of its text among the different texts; none where the row holds no text.
#[derive(Clone, Debug)]
pub struct TextCodes {
    codes: Narrow,
    nulls: Option<NullBuffer>,
}

/// Numbers from 0, as wide as the largest so far. Fields that many rows have mostly have few different texts, and
/// what a filter or a breakdown costs is the memory that it walks over.
#[derive(Clone, Debug)]
pub(super) enum Narrow {
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Words(Vec<u32>),
}

impl TextCodes {
    pub(super) fn new(mut codes: Narrow, nulls: Option<NullBuffer>) -> Self {
        codes.shrink();
        Self { codes, nulls }
    }

    /// Count of rows.
    pub fn count(&self) -> usize {
        self.codes.count()
    }

    /// Rows that hold no text; none where all do.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }

    /// The place of a row's text among the different texts.
    #[inline]
    pub fn get(&self, row: usize) -> Option<usize> {
        if self.nulls.as_ref().is_some_and(|it| it.is_null(row)) {
            return None;
        }
        Some(match &self.codes {
            Narrow::Bytes(codes) => codes[row].into(),
            Narrow::Shorts(codes) => codes[row].into(),
            Narrow::Words(codes) => codes[row] as usize,
        })
    }

    /// Per row what is said of its text, which means nothing where the row holds none.
    pub fn each(&self, of_texts: &[bool]) -> BooleanBuffer {
        let of = |code: usize| of_texts.get(code).copied().unwrap_or(false);
        match &self.codes {
            Narrow::Bytes(codes) => {
                BooleanBuffer::collect_bool(codes.len(), |row| of(codes[row].into()))
            }
            Narrow::Shorts(codes) => {
                BooleanBuffer::collect_bool(codes.len(), |row| of(codes[row].into()))
            }
            Narrow::Words(codes) => {
                BooleanBuffer::collect_bool(codes.len(), |row| of(codes[row] as usize))
            }
        }
    }

    /// Bytes of memory behind the codes.
    pub(super) fn bytes(&self) -> usize {
        let codes = match &self.codes {
            Narrow::Bytes(codes) => codes.capacity(),
            Narrow::Shorts(codes) => codes.capacity() * size_of::<u16>(),
            Narrow::Words(codes) => codes.capacity() * size_of::<u32>(),
        };
        codes + (self.nulls.as_ref()).map_or(0, |it| it.buffer().capacity())
    }
}

impl Default for Narrow {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Narrow {
    fn shrink(&mut self) {
        match self {
            Self::Bytes(codes) => codes.shrink_to_fit(),
            Self::Shorts(codes) => codes.shrink_to_fit(),
            Self::Words(codes) => codes.shrink_to_fit(),
        }
    }

    /// Makes room for larger codes.
    #[cold]
    fn widen(&mut self) {
        *self = match self {
            Self::Bytes(codes) => Self::Shorts(codes.iter().map(|it| (*it).into()).collect()),
            Self::Shorts(codes) => Self::Words(codes.iter().map(|it| (*it).into()).collect()),
            Self::Words(_) => unreachable!("every code fits a word"),
        };
    }
}

impl Grow for Narrow {
    type Item = u32;

    fn count(&self) -> usize {
        match self {
            Self::Bytes(codes) => codes.len(),
            Self::Shorts(codes) => codes.len(),
            Self::Words(codes) => codes.len(),
        }
    }

    fn push(&mut self, code: u32) {
        loop {
            match self {
                Self::Bytes(codes) => {
                    if let Ok(code) = code.try_into() {
                        return codes.push(code);
                    }
                }
                Self::Shorts(codes) => {
                    if let Ok(code) = code.try_into() {
                        return codes.push(code);
                    }
                }
                Self::Words(codes) => return codes.push(code),
            }
            self.widen();
        }
    }

    fn pad(&mut self, count: usize) {
        match self {
            Self::Bytes(codes) => codes.resize(count, 0),
            Self::Shorts(codes) => codes.resize(count, 0),
            Self::Words(codes) => codes.resize(count, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_grow_wider_with_the_count_of_texts_and_stay_what_they_were() {
        for (largest, bytes) in [(255_u32, 1), (256, 2), (65_535, 2), (65_536, 4)] {
            let mut codes = Narrow::default();
            let pushed = [0, 7, 255.min(largest), largest, 3];
            pushed.into_iter().for_each(|code| codes.push(code));
            codes.pad(6);
            let nulls = NullBuffer::from(vec![true, true, true, true, true, false]);
            let codes = TextCodes::new(codes, Some(nulls));
            let got: Vec<Option<usize>> = (0..6).map(|row| codes.get(row)).collect();
            let mut expected: Vec<_> = pushed.iter().map(|it| Some(*it as usize)).collect();
            expected.push(None);
            assert_eq!(got, expected);
            assert!(codes.bytes() < 6 * bytes + 128, "{largest}");
            let mut of_texts = vec![false; largest as usize + 1];
            of_texts[largest as usize] = true;
            let each = codes.each(&of_texts);
            let expected = [false, false, largest == 255, true, false];
            assert_eq!(each.iter().take(5).collect::<Vec<_>>(), expected);
        }
    }
}
