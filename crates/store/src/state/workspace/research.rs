//! Studies are documents; their field notes and the quotes of these have tables, as their texts are long.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use throughline_model::{
    Identifier, Timestamp, limits,
    report::ReportFault,
    research::{FieldNote, Moved, Quote, move_to},
};

use super::{DocumentKind, StateError, WorkspaceState, each};

/// A field note as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRow {
    pub id: u64,
    /// Id of the study.
    pub study: String,
    /// Counts from 1 and grows by one with each change.
    pub version: u64,
    pub updated: Timestamp,
    pub note: FieldNote,
    /// Characters of its text, also where that was not read.
    pub chars_count: u64,
    pub quotes_count: u64,
}

/// A quote as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRow {
    pub id: u64,
    /// The field note that it stands in.
    pub note: u64,
    /// Counts from 1 and grows by one with each change.
    pub version: u64,
    pub updated: Timestamp,
    pub quote: Quote,
}

/// How much research there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResearchSize {
    pub notes: u64,
    pub quotes: u64,
}

/// Why research was not written.
#[derive(Debug, thiserror::Error)]
pub enum ResearchError {
    /// There is no study, field note or quote of this id.
    #[error("there is nothing of this id")]
    Unknown,
    /// Somebody else has changed it since it was read.
    #[error("it has changed since it was read")]
    Conflict,
    /// It would be more than a limit allows.
    #[error("there is no room for it: {0}")]
    Full(String),
    /// It does not fit what is there.
    #[error("it has {} faults", .0.len())]
    Faulty(Vec<ReportFault>),
    #[error(transparent)]
    State(#[from] StateError),
}

const NOTE: &str = "SELECT n.id, n.study, n.version, n.updated, n.json, n.text, length(n.text),
     (SELECT count(*) FROM quotes AS q WHERE q.note = n.id) FROM field_notes AS n";
/// Without their texts, which are most of what there is.
const NOTE_HEAD: &str = "SELECT n.id, n.study, n.version, n.updated, n.json, '', length(n.text),
     (SELECT count(*) FROM quotes AS q WHERE q.note = n.id) FROM field_notes AS n";
const QUOTE: &str = "SELECT id, note, version, updated, json FROM quotes";

impl WorkspaceState {
    /// Stores field notes of a study, all of them or none, and gives their ids in the same order.
    pub fn put_notes(
        &self,
        study: &str,
        notes: &[FieldNote],
        now: Timestamp,
    ) -> Result<Vec<u64>, ResearchError> {
        self.db.write("store field notes", |tx| {
            if !is_study(tx, study)? {
                return Ok(Err(ResearchError::Unknown));
            }
            let bytes: usize = notes.iter().map(|it| it.text.len()).sum();
            if let Some(full) = is_full(tx, notes.len(), bytes)? {
                return Ok(Err(full));
            }
            let mut insert = tx.prepare_cached(
                "INSERT INTO field_notes (study, version, updated, json, text)
                 VALUES (?1, 1, ?2, ?3, ?4)",
            )?;
            let mut ids = Vec::with_capacity(notes.len());
            for note in notes {
                insert.execute(params![study, now.0, json_of(note), note.text])?;
                ids.push(tx.last_insert_rowid().cast_unsigned());
            }
            Ok(Ok(ids))
        })?
    }

    /// One field note with its quotes, in the order of the text.
    pub fn note(&self, id: u64) -> Result<Option<(NoteRow, Vec<QuoteRow>)>, StateError> {
        self.db.read("read a field note", |tx| {
            let Some(note) = find_note(tx, id)? else {
                return Ok(None);
            };
            let mut quotes = quotes_of(tx, id)?;
            quotes.sort_by_key(|it| (it.quote.start, it.quote.end, it.id));
            Ok(Some((note, quotes)))
        })
    }

    /// Shows every field note, the newest first; its text is empty unless texts are read.
    pub fn each_note(
        &self,
        reads_texts: bool,
        mut see: impl FnMut(NoteRow),
    ) -> Result<(), StateError> {
        let select = if reads_texts { NOTE } else { NOTE_HEAD };
        self.db.read("read field notes", |tx| {
            each(tx, &format!("{select} ORDER BY n.id DESC"), |row| {
                // What cannot be read was not written by this program.
                if let Some(note) = read_note(row)? {
                    see(note);
                }
                Ok(())
            })
        })
    }

    /// Every quote, the newest first.
    pub fn quotes(&self) -> Result<Vec<QuoteRow>, StateError> {
        self.db.read("read quotes", |tx| {
            let mut quotes = Vec::new();
            each(tx, &format!("{QUOTE} ORDER BY id DESC"), |row| {
                quotes.extend(read_quote(row)?);
                Ok(())
            })?;
            Ok(quotes)
        })
    }

    /// How much research there is.
    pub fn research_size(&self) -> Result<ResearchSize, StateError> {
        self.db.read("count research", |tx| {
            let count = |of: &str| -> rusqlite::Result<u64> {
                let count: i64 =
                    tx.query_row(&format!("SELECT count(*) FROM {of}"), [], |row| row.get(0))?;
                Ok(count.cast_unsigned())
            };
            Ok(ResearchSize {
                notes: count("field_notes")?,
                quotes: count("quotes")?,
            })
        })
    }

    /// Writes a field note over the version that was read. Its quotes move along with their words;
    /// where the words of one are gone, nothing is written.
    pub fn replace_note(
        &self,
        id: u64,
        expected: u64,
        note: &FieldNote,
        now: Timestamp,
    ) -> Result<u64, ResearchError> {
        self.db.write("store a field note", |tx| {
            let before = match find_note(tx, id)? {
                Some(before) if before.version == expected => before,
                Some(_) => return Ok(Err(ResearchError::Conflict)),
                None => return Ok(Err(ResearchError::Unknown)),
            };
            let more = note.text.len().saturating_sub(before.note.text.len());
            if let Some(full) = is_full(tx, 0, more)? {
                return Ok(Err(full));
            }
            let (mut moves, mut faults) = (Vec::new(), Vec::new());
            for it in quotes_of(tx, id)? {
                match move_to(&it.quote, &note.text) {
                    Moved::To(moved) if moved == it.quote => {}
                    Moved::To(moved) => moves.push((it.id, it.version + 1, moved)),
                    Moved::Lost => faults.push(ReportFault {
                        place: "text".to_owned(),
                        message: format!(
                            "no longer has the words of quote {}, “{}”; remove the quote first",
                            it.id,
                            shortened(&it.quote.words)
                        ),
                    }),
                }
            }
            if !faults.is_empty() {
                return Ok(Err(ResearchError::Faulty(faults)));
            }
            for (id, version, moved) in moves {
                write_quote(tx, id, version, &moved, now)?;
            }
            let version = expected + 1;
            tx.prepare_cached(
                "UPDATE field_notes SET version = ?2, updated = ?3, json = ?4, text = ?5
                 WHERE id = ?1",
            )?
            .execute(params![
                id.cast_signed(),
                version.cast_signed(),
                now.0,
                json_of(note),
                note.text
            ])?;
            Ok(Ok(version))
        })?
    }

    /// Removes a field note with its quotes, and says how many these were; none where there is no such note.
    pub fn remove_note(&self, id: u64) -> Result<Option<u64>, StateError> {
        self.db
            .write("remove a field note", |tx| remove_note(tx, id))
    }

    /// Removes a study with its field notes and quotes; none where there is no such study.
    pub fn remove_study(&self, id: &str) -> Result<Option<ResearchSize>, StateError> {
        self.db.write("remove a study", |tx| {
            let gone = tx
                .prepare_cached("DELETE FROM documents WHERE kind = ?1 AND id = ?2")?
                .execute(params![DocumentKind::Study.name(), id])?;
            if gone == 0 {
                return Ok(None);
            }
            let quotes = tx
                .prepare_cached(
                    "DELETE FROM quotes WHERE note IN (SELECT id FROM field_notes WHERE study = ?1)",
                )?
                .execute([id])?;
            let notes = tx
                .prepare_cached("DELETE FROM field_notes WHERE study = ?1")?
                .execute([id])?;
            Ok(Some(ResearchSize {
                notes: notes as u64,
                quotes: quotes as u64,
            }))
        })
    }

    /// Stores a quote of a field note, and gives its id.
    pub fn put_quote(
        &self,
        note: u64,
        quote: &Quote,
        now: Timestamp,
    ) -> Result<u64, ResearchError> {
        self.db.write("store a quote", |tx| {
            let Some(of) = find_note(tx, note)? else {
                return Ok(Err(ResearchError::Unknown));
            };
            let faults = quote.check(&of.note.text);
            if !faults.is_empty() {
                return Ok(Err(ResearchError::Faulty(faults)));
            }
            let all: i64 = tx.query_row("SELECT count(*) FROM quotes", [], |row| row.get(0))?;
            for (there, most, whose) in [
                (of.quotes_count, limits::QUOTES_OF_NOTE_MAX, "a field note"),
                (all.cast_unsigned(), limits::QUOTES_MAX, "a workspace"),
            ] {
                if there >= most as u64 {
                    let full = format!("{whose} has at most {most} quotes");
                    return Ok(Err(ResearchError::Full(full)));
                }
            }
            tx.prepare_cached(
                "INSERT INTO quotes (note, version, updated, json) VALUES (?1, 1, ?2, ?3)",
            )?
            .execute(params![note.cast_signed(), now.0, quote_json(quote)])?;
            Ok(Ok(tx.last_insert_rowid().cast_unsigned()))
        })?
    }

    /// One quote.
    pub fn quote(&self, id: u64) -> Result<Option<QuoteRow>, StateError> {
        self.db.read("read a quote", |tx| find_quote(tx, id))
    }

    /// Writes a quote over the version that was read.
    pub fn replace_quote(
        &self,
        id: u64,
        expected: u64,
        quote: &Quote,
        now: Timestamp,
    ) -> Result<u64, ResearchError> {
        self.db.write("store a quote", |tx| {
            let before = match find_quote(tx, id)? {
                Some(before) if before.version == expected => before,
                Some(_) => return Ok(Err(ResearchError::Conflict)),
                None => return Ok(Err(ResearchError::Unknown)),
            };
            let Some(of) = find_note(tx, before.note)? else {
                return Ok(Err(ResearchError::Unknown));
            };
            let faults = quote.check(&of.note.text);
            if !faults.is_empty() {
                return Ok(Err(ResearchError::Faulty(faults)));
            }
            write_quote(tx, id, expected + 1, quote, now)?;
            Ok(Ok(expected + 1))
        })?
    }

    /// Removes a quote; false when there was none.
    pub fn remove_quote(&self, id: u64) -> Result<bool, StateError> {
        self.db.write("remove a quote", |tx| {
            let gone = tx
                .prepare_cached("DELETE FROM quotes WHERE id = ?1")?
                .execute([id.cast_signed()])?;
            Ok(gone > 0)
        })
    }

    /// Removes field notes about a person, with all their quotes, and quotes of the person elsewhere.
    pub fn forget_in_research(
        &self,
        is_theirs: &dyn Fn(&Identifier) -> bool,
    ) -> Result<ResearchSize, StateError> {
        self.db.write("remove research about a person", |tx| {
            let mut gone = ResearchSize::default();
            let is_of = |it: Option<&Identifier>| it.is_some_and(is_theirs);
            let mut notes = Vec::new();
            each(tx, NOTE_HEAD, |row| {
                notes.extend(read_note(row)?.filter(|it| is_of(it.note.person.as_ref())));
                Ok(())
            })?;
            for note in notes {
                gone.notes += 1;
                gone.quotes += remove_note(tx, note.id)?.unwrap_or(0);
            }
            let mut quotes = Vec::new();
            each(tx, QUOTE, |row| {
                quotes.extend(read_quote(row)?.filter(|it| is_of(it.quote.person.as_ref())));
                Ok(())
            })?;
            for quote in quotes {
                tx.execute("DELETE FROM quotes WHERE id = ?1", [quote.id.cast_signed()])?;
                gone.quotes += 1;
            }
            Ok(gone)
        })
    }

    /// Id and title of field notes that are not about a person but name them, or hold words of theirs.
    pub fn notes_that_name(
        &self,
        is_theirs: &dyn Fn(&Identifier) -> bool,
        names: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(u64, String)>, StateError> {
        self.db.read("look for a person in field notes", |tx| {
            let is_of = |it: Option<&Identifier>| it.is_some_and(is_theirs);
            let mut found = Vec::new();
            let mut notes = Vec::new();
            each(tx, &format!("{NOTE} ORDER BY n.id"), |row| {
                let note = read_note(row)?;
                notes.extend(note.filter(|it| !is_of(it.note.person.as_ref())).map(|it| {
                    let note = &it.note;
                    let is_named = names(&note.text) || names(&json_of(note));
                    (it.id, it.note.title, is_named)
                }));
                Ok(())
            })?;
            for (id, title, is_named) in notes {
                let quotes = quotes_of(tx, id)?;
                let is_quoted = quotes
                    .iter()
                    .any(|it| is_of(it.quote.person.as_ref()) || names(&quote_json(&it.quote)));
                if is_named || is_quoted {
                    found.push((id, title));
                }
            }
            Ok(found)
        })
    }
}

fn is_study(tx: &Transaction<'_>, study: &str) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM documents WHERE kind = ?1 AND id = ?2")?
        .exists(params![DocumentKind::Study.name(), study])
}

fn is_full(
    tx: &Transaction<'_>,
    notes: usize,
    bytes: usize,
) -> rusqlite::Result<Option<ResearchError>> {
    let there: (i64, i64) = tx.query_row(
        "SELECT count(*), ifnull(sum(length(CAST(text AS BLOB))), 0) FROM field_notes",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let most = limits::FIELD_NOTES_MAX;
    if there.0.cast_unsigned() + notes as u64 > most as u64 {
        let full = format!("a workspace has at most {most} field notes");
        return Ok(Some(ResearchError::Full(full)));
    }
    let most = limits::FIELD_NOTES_BYTES_MAX;
    if bytes > 0 && there.1.cast_unsigned() + bytes as u64 > most as u64 {
        let full = format!("the field notes of a workspace have at most {most} bytes of text");
        return Ok(Some(ResearchError::Full(full)));
    }
    Ok(None)
}

fn find_note(tx: &Transaction<'_>, id: u64) -> rusqlite::Result<Option<NoteRow>> {
    let found = tx
        .prepare_cached(&format!("{NOTE} WHERE n.id = ?1"))?
        .query_row([id.cast_signed()], read_note)
        .optional()?;
    Ok(found.flatten())
}

fn find_quote(tx: &Transaction<'_>, id: u64) -> rusqlite::Result<Option<QuoteRow>> {
    let found = tx
        .prepare_cached(&format!("{QUOTE} WHERE id = ?1"))?
        .query_row([id.cast_signed()], read_quote)
        .optional()?;
    Ok(found.flatten())
}

fn quotes_of(tx: &Transaction<'_>, note: u64) -> rusqlite::Result<Vec<QuoteRow>> {
    let mut select = tx.prepare_cached(&format!("{QUOTE} WHERE note = ?1 ORDER BY id"))?;
    let rows = select.query_map([note.cast_signed()], read_quote)?;
    let rows: Vec<Option<QuoteRow>> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn write_quote(
    tx: &Transaction<'_>,
    id: u64,
    version: u64,
    quote: &Quote,
    now: Timestamp,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE quotes SET version = ?2, updated = ?3, json = ?4 WHERE id = ?1")?
        .execute(params![
            id.cast_signed(),
            version.cast_signed(),
            now.0,
            quote_json(quote)
        ])?;
    Ok(())
}

fn remove_note(tx: &Transaction<'_>, id: u64) -> rusqlite::Result<Option<u64>> {
    let quotes = tx
        .prepare_cached("DELETE FROM quotes WHERE note = ?1")?
        .execute([id.cast_signed()])?;
    let gone = tx
        .prepare_cached("DELETE FROM field_notes WHERE id = ?1")?
        .execute([id.cast_signed()])?;
    Ok((gone > 0).then_some(quotes as u64))
}

/// The text has a column of its own, so that it is kept once.
fn json_of(note: &FieldNote) -> String {
    let bare = FieldNote {
        text: String::new(),
        ..note.clone()
    };
    serde_json::to_string(&bare).expect("field notes have text keys")
}

fn quote_json(quote: &Quote) -> String {
    serde_json::to_string(quote).expect("quotes have text keys")
}

fn read_note(row: &Row<'_>) -> rusqlite::Result<Option<NoteRow>> {
    let (id, version): (i64, i64) = (row.get(0)?, row.get(2)?);
    let (chars, quotes): (i64, i64) = (row.get(6)?, row.get(7)?);
    let json: String = row.get(4)?;
    let Ok(note) = serde_json::from_str::<FieldNote>(&json) else {
        return Ok(None);
    };
    Ok(Some(NoteRow {
        id: id.cast_unsigned(),
        study: row.get(1)?,
        version: version.cast_unsigned(),
        updated: Timestamp(row.get(3)?),
        note: FieldNote {
            text: row.get(5)?,
            ..note
        },
        chars_count: chars.cast_unsigned(),
        quotes_count: quotes.cast_unsigned(),
    }))
}

fn read_quote(row: &Row<'_>) -> rusqlite::Result<Option<QuoteRow>> {
    let (id, note, version): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let json: String = row.get(4)?;
    let quote = serde_json::from_str(&json).ok();
    let updated = Timestamp(row.get(3)?);
    Ok(quote.map(|quote| QuoteRow {
        id: id.cast_unsigned(),
        note: note.cast_unsigned(),
        version: version.cast_unsigned(),
        updated,
        quote,
    }))
}

fn shortened(words: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String = words.chars().take(CHARS_MAX).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
