//! Rows of delimited text, out of pieces of the file as they are read.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use throughline_model::limits;

use super::{Cell, Row};
use crate::{Fault, Reason};

/// Splits pieces of a CSV file into rows.
///
/// A row may be longer than a piece, but not than [`limits::IMPORT_ROW_BYTES_MAX`]:
/// a forgotten quote must not take the rest of the file for one cell.
pub struct CsvRows {
    reader: Reader,
    bytes: Vec<u8>,
    bytes_count: usize,
    ends: Vec<usize>,
    ends_count: usize,
}

/// What [`CsvRows::next`] found.
#[derive(Debug, PartialEq)]
pub enum NextRow<'a> {
    Row(CsvRow<'a>),
    /// The row is there but cannot be used.
    Faulty(Fault),
    /// The piece is used up; go on with the next one, an empty last one at the end of the file.
    Hungry,
    /// Nothing is left.
    End,
    /// The row has no end in sight; nothing after it can be trusted.
    Endless(Fault),
}

/// One row of delimited text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CsvRow<'a> {
    text: &'a str,
    ends: &'a [usize],
}

impl CsvRows {
    /// A splitter for cells that this ASCII character separates.
    pub fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            bytes: vec![0; 4 << 10],
            bytes_count: 0,
            ends: vec![0; 64],
            ends_count: 0,
        }
    }

    /// The next row out of a piece, which is shortened by what was used of it.
    pub fn next(&mut self, piece: &mut &[u8], is_last: bool) -> NextRow<'_> {
        loop {
            // To the reader underneath, no bytes mean the end of the file.
            if piece.is_empty() && !is_last {
                return NextRow::Hungry;
            }
            let (result, used, written, ended) = self.reader.read_record(
                piece,
                &mut self.bytes[self.bytes_count..],
                &mut self.ends[self.ends_count..],
            );
            *piece = &piece[used..];
            self.bytes_count += written;
            self.ends_count += ended;
            match result {
                ReadRecordResult::Record => return self.take(),
                ReadRecordResult::End => return NextRow::End,
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() < limits::IMPORT_ROW_BYTES_MAX => {
                    self.bytes.resize(self.bytes.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull
                    if self.ends.len() <= limits::IMPORT_COLUMNS_MAX * 2 =>
                {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return NextRow::Endless(Fault::new(
                        Reason::RowInvalid,
                        format!(
                            "the row before line {} is longer than {} bytes or {} cells; a closing quote may be missing",
                            self.reader.line(),
                            limits::IMPORT_ROW_BYTES_MAX,
                            limits::IMPORT_COLUMNS_MAX * 2,
                        ),
                    ));
                }
            }
        }
    }

    fn take(&mut self) -> NextRow<'_> {
        let bytes = &self.bytes[..std::mem::take(&mut self.bytes_count)];
        let ends = &self.ends[..std::mem::take(&mut self.ends_count)];
        match std::str::from_utf8(bytes) {
            Ok(text) if ends.iter().all(|&end| text.is_char_boundary(end)) => {
                NextRow::Row(CsvRow { text, ends })
            }
            _ => NextRow::Faulty(Fault::new(
                Reason::TextInvalid,
                "the row is not UTF-8; save the file as UTF-8",
            )),
        }
    }
}

impl<'a> CsvRow<'a> {
    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.ends.len()).map(|index| self.text_of(index))
    }

    /// Count of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there are no cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn text_of(&self, index: usize) -> &'a str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }
}

impl Row for CsvRow<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        if column >= self.ends.len() {
            return Cell::Missing;
        }
        match self.text_of(column) {
            "" => Cell::Missing,
            text => Cell::Text(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8], piece_bytes: usize) -> Vec<String> {
        let mut rows = CsvRows::new(b',');
        let mut shown = Vec::new();
        let mut pieces: Vec<&[u8]> = text.chunks(piece_bytes).collect();
        pieces.push(b"");
        let count = pieces.len();
        for (index, mut piece) in pieces.into_iter().enumerate() {
            loop {
                match rows.next(&mut piece, index + 1 == count) {
                    NextRow::Row(row) => shown.push(row.cells().collect::<Vec<_>>().join("|")),
                    NextRow::Faulty(fault) => shown.push(fault.reason.code().to_owned()),
                    NextRow::Hungry => break,
                    NextRow::End => return shown,
                    NextRow::Endless(_) => {
                        shown.push("endless".to_owned());
                        return shown;
                    }
                }
            }
        }
        shown
    }

    #[test]
    fn rows_are_the_same_in_pieces_of_any_size() {
        let text = "a,b\r\n1,\"x\"\"y\nz\"\n\n2,中文\n3,é".as_bytes();
        let whole = rows(text, text.len());
        assert_eq!(whole, ["a|b", "1|x\"y\nz", "2|中文", "3|é"]);
        for size in 1..text.len() {
            assert_eq!(rows(text, size), whole, "{size}");
        }
    }

    #[test]
    fn text_in_another_encoding_is_a_fault_of_its_row() {
        assert_eq!(
            rows(b"a,b\n\xd6\xd0,1\nx,y\n", 64),
            ["a|b", "text_invalid", "x|y"]
        );
        assert_eq!(
            rows(b"\xc3,\xa9\n", 64),
            ["text_invalid"],
            "half a character in each cell"
        );
    }

    #[test]
    fn a_forgotten_quote_does_not_eat_the_file() {
        let mut text = b"a,b\n1,\"never closed\n".to_vec();
        text.resize(3 << 20, b'x');
        assert_eq!(rows(&text, 64 << 10), ["a|b", "endless"]);
    }
}
