//! What stands in the place of rows that are erased, so that all others keep their places.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    ops::Range,
    path::Path,
    sync::Arc,
};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use throughline_ingest::{file::Format, inflate::is_gzip};

/// The first cell of a row that was erased, and the name of what says so in other files.
pub const ERASED: &str = "\u{7f}";
/// What a line begins with that was erased: the names of its members stay, as columns are made of them.
pub const ERASED_LINE: &[u8] = b"{\"\x7f\":0";

/// What becomes of a row when others of its file go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Stays,
    Goes,
    /// It went before.
    Gone,
    /// It is no event of anybody.
    NoEvent,
}

/// A piece of an unpacked file, and what comes in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Range<u64>,
    pub put: Arc<[u8]>,
}

/// How a log of process mining is written anew.
#[derive(Debug, Default)]
pub struct Edits {
    /// In order and apart.
    pub edits: Vec<Edit>,
    /// Traces and objects that name the person and stay, as events that stay belong to them.
    pub shared: u64,
}

/// Texts that are put into many places, each kept once.
#[derive(Default)]
pub struct Puts(HashSet<Arc<[u8]>>);

impl Puts {
    pub fn of(&mut self, text: String) -> Arc<[u8]> {
        match self.0.get(text.as_bytes()) {
            Some(known) => Arc::clone(known),
            None => {
                let put: Arc<[u8]> = text.into_bytes().into();
                self.0.insert(Arc::clone(&put));
                put
            }
        }
    }
}

/// What stands in the place of a row of text that is erased, with its end.
pub fn erased_row(row: &[u8], format: Format, delimiter: char, columns: usize) -> Vec<u8> {
    let mut erased = Vec::new();
    if format == Format::Csv {
        erased.extend_from_slice(ERASED.as_bytes());
        let more = std::iter::repeat_n(delimiter as u8, columns.saturating_sub(1));
        erased.extend(more);
    } else {
        erased.extend_from_slice(ERASED_LINE);
        let members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(row.trim_ascii()).unwrap_or_default();
        for name in members.keys() {
            let name = serde_json::Value::from(name.as_str());
            erased.extend_from_slice(format!(",{name}:null").as_bytes());
        }
        erased.push(b'}');
    }
    erased.push(b'\n');
    erased
}

/// Writes a file anew with something else in the place of some rows of text.
pub fn write_rows(
    path: &Path,
    spans: &[Range<u64>],
    erased: &dyn Fn(&[u8]) -> Vec<u8>,
) -> io::Result<()> {
    write_spans(path, spans.iter(), &mut |_, row, to| {
        let mut text = Vec::new();
        row.read_to_end(&mut text)?;
        to.write_all(&erased(&text))
    })
}

/// Writes a file anew with these edits, which are in order and apart.
pub fn write_edits(path: &Path, edits: &[Edit]) -> io::Result<()> {
    let spans = edits.iter().map(|it| &it.span);
    write_spans(path, spans, &mut |index, _, to| {
        to.write_all(&edits[index].put)
    })
}

type Put<'a> = &'a mut dyn FnMut(usize, &mut dyn Read, &mut dyn Write) -> io::Result<()>;

fn write_spans<'a>(
    path: &Path,
    spans: impl Iterator<Item = &'a Range<u64>>,
    put: Put<'_>,
) -> io::Result<()> {
    let mut head = [0; 2];
    let count = File::open(path)?.read(&mut head)?;
    let from = BufReader::new(File::open(path)?);
    write_beside(path, |file| {
        let to = BufWriter::new(file);
        if is_gzip(&head[..count]) {
            let mut packed = GzEncoder::new(to, Compression::default());
            copy(&mut MultiGzDecoder::new(from), &mut packed, spans, put)?;
            packed.finish()?.into_inner().map_err(io::Error::from)
        } else {
            let (mut from, mut to) = (from, to);
            copy(&mut from, &mut to, spans, put)?;
            to.into_inner().map_err(io::Error::from)
        }
    })
}

/// Writes a file beside, and renames it when it is durable.
pub fn write_beside<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(File) -> Result<File, E>,
) -> Result<(), E> {
    let beside = path.with_extension("incoming");
    write(File::create(&beside)?)?.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(dir) = path.parent() {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

fn copy<'a>(
    from: &mut dyn Read,
    to: &mut dyn Write,
    spans: impl Iterator<Item = &'a Range<u64>>,
    put: Put<'_>,
) -> io::Result<()> {
    let mut at = 0;
    for (index, span) in spans.enumerate() {
        io::copy(&mut (&mut *from).take(span.start - at), to)?;
        let mut piece = (&mut *from).take(span.end - span.start);
        put(index, &mut piece, to)?;
        io::copy(&mut piece, &mut io::sink())?;
        at = span.end;
    }
    io::copy(from, to)?;
    Ok(())
}

/// A document with its edits, in memory.
#[cfg(test)]
pub fn edited(mut document: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut to = Vec::new();
    let put: Put<'_> = &mut |index, _, to| to.write_all(&edits[index].put);
    copy(&mut document, &mut to, edits.iter().map(|it| &it.span), put).unwrap();
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_edited_packed_or_not_and_nothing_is_left_beside_it() {
        let edit = |span, put: &[u8]| Edit {
            span,
            put: put.into(),
        };
        let edits = [edit(0..2, b""), edit(3..3, b"+"), edit(5..9, b"x")];
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(b"0123456789").unwrap();
        for (bytes, is_packed) in [
            (b"0123456789".to_vec(), false),
            (packed.finish().unwrap(), true),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("file");
            fs::write(&path, bytes).unwrap();
            // What a stop has left is written over.
            fs::write(
                path.with_extension("incoming"),
                "longer than what will be there",
            )
            .unwrap();
            write_edits(&path, &edits).unwrap();
            let written = fs::read(&path).unwrap();
            assert_eq!(is_gzip(&written), is_packed);
            let mut text = String::new();
            match is_packed {
                true => MultiGzDecoder::new(&*written).read_to_string(&mut text),
                false => (&*written).read_to_string(&mut text),
            }
            .unwrap();
            assert_eq!(text, "2+34x9");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn a_file_stays_as_it_was_when_writing_fails() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "as it was").unwrap();
        let failed = write_beside(&path, |mut file| {
            file.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"as it was");
    }
}
