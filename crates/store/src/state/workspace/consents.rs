//! What people have agreed to, statement by statement, with the event that proves each.

use std::{collections::BTreeMap, sync::Arc};

use rusqlite::{Transaction, params};
use throughline_model::{
    ActorId, Channel, MessageKey, Seq, SourceId, Timestamp,
    consent::{ConsentIs, ConsentPolicy, Purpose},
};

use super::{StateError, WorkspaceState};
use crate::TraitColumn;

/// What one source said of one key and channel, once or again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    pub actor: ActorId,
    /// As the event calls it.
    pub key: Box<str>,
    /// None when it was said of all channels.
    pub channel: Option<Channel>,
    pub is_granted: bool,
    pub source: SourceId,
    /// False for a state that is told with every event; what one week repeats is one row.
    pub is_decision: bool,
    /// The version of the text, or the text; empty when the event names none.
    pub text: Box<str>,
    /// The address of a proof; empty when the event names none.
    pub proof: Box<str>,
    /// When it was said first, within the week of a repeated state.
    pub first: Timestamp,
    /// When it was said last.
    pub time: Timestamp,
    /// The event that said it last.
    pub seq: Seq,
    pub message: MessageKey,
    pub event: Box<str>,
}

const WEEK_MS: i64 = 7 * 86_400_000;
/// Stands for all channels.
const ALL_CHANNELS: i64 = -1;

type Key = (u32, Box<str>, i64, u32, bool, Box<str>, Box<str>, i64);

impl ConsentRow {
    /// What decides between statements: the later, and of one instant the stricter.
    pub fn precedence(&self) -> (Timestamp, bool, Seq) {
        (self.time, !self.is_granted, self.seq)
    }

    fn key(&self) -> Key {
        let span = match self.is_decision {
            true => self.time.0,
            false => self.time.0.div_euclid(WEEK_MS),
        };
        (
            self.actor.0,
            self.key.clone(),
            channel_code(self.channel),
            self.source.0,
            self.is_granted,
            self.text.clone(),
            self.proof.clone(),
            span,
        )
    }
}

impl WorkspaceState {
    /// Everything that the actors of a profile have said, the newest first.
    pub fn consents(&self, actors: &[ActorId]) -> Result<Vec<ConsentRow>, StateError> {
        let mut rows = self.db.read("read consents", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT actor, key, channel, source, is_granted, text, proof, is_decision, first,
                        time, seq, message, event
                 FROM consents WHERE actor = ?1",
            )?;
            let mut rows = Vec::new();
            for actor in actors {
                for row in select.query_map([actor.0], read)? {
                    rows.push(row?);
                }
            }
            Ok(rows)
        })?;
        rows.sort_by(|a, b| (b.precedence().cmp(&a.precedence())).then_with(|| a.key.cmp(&b.key)));
        Ok(rows)
    }

    /// The purposes that consent is asked for.
    pub fn consent_policy(&self) -> Arc<ConsentPolicy> {
        Arc::clone(&self.columns.lock().consent)
    }

    /// Says which words of events mean which purpose from now on.
    pub fn set_consent_policy(&self, policy: ConsentPolicy) {
        let mut kept = self.columns.lock();
        kept.consent = Arc::new(policy);
        kept.columns
            .retain(|name, _| ConsentIs::of_column(name).is_none());
    }
}

/// The statements that one consent depends on.
pub(super) struct Heard<'a> {
    purpose: Option<&'a Purpose>,
    channel: Option<Channel>,
}

impl<'a> Heard<'a> {
    pub(super) fn of(consent: &ConsentIs, policy: &'a ConsentPolicy) -> Self {
        Self {
            purpose: policy.purpose(&consent.purpose),
            channel: consent.channel,
        }
    }

    /// Takes a statement into a column that tells who has denied.
    ///
    /// Of one instant the greater text holds, and `true` is the greater.
    pub(super) fn hear(&self, row: &ConsentRow, column: &mut TraitColumn) {
        let counts = (self.purpose)
            .is_some_and(|purpose| purpose.hears(&row.key, row.channel, self.channel));
        if counts {
            let is_denied = if row.is_granted { "false" } else { "true" };
            column.hear(row.actor.0, row.source, row.time, Some(is_denied));
        }
    }
}

/// Reads one consent of every actor.
pub(super) fn column(tx: &Transaction<'_>, heard: &Heard<'_>) -> rusqlite::Result<TraitColumn> {
    let mut column = TraitColumn::default();
    let mut select = tx.prepare_cached(
        "SELECT actor, key, channel, source, is_granted, text, proof, is_decision, first,
                time, seq, message, event
         FROM consents",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        heard.hear(&read(row)?, &mut column);
    }
    Ok(column)
}

pub(super) fn store(tx: &Transaction<'_>, rows: &[ConsentRow]) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut upsert = tx.prepare_cached(
        "INSERT INTO consents (actor, key, channel, source, is_granted, text, proof, span,
                               is_decision, first, time, seq, message, event)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (actor, key, channel, source, is_granted, text, proof, span, is_decision)
         DO UPDATE SET
             first = min(first, excluded.first),
             seq = iif((excluded.time, excluded.seq) > (time, seq), excluded.seq, seq),
             message = iif((excluded.time, excluded.seq) > (time, seq), excluded.message, message),
             event = iif((excluded.time, excluded.seq) > (time, seq), excluded.event, event),
             time = max(time, excluded.time)",
    )?;
    for row in gathered(rows) {
        let (actor, key, channel, source, is_granted, text, proof, span) = row.key();
        upsert.execute(params![
            actor,
            &*key,
            channel,
            source,
            is_granted,
            &*text,
            &*proof,
            span,
            row.is_decision,
            row.first.0,
            row.time.0,
            row.seq.0.cast_signed(),
            row.message.0.to_be_bytes(),
            &*row.event,
        ])?;
    }
    Ok(())
}

/// Rows that the table would bring together anyway, brought together in memory.
fn gathered(rows: &[ConsentRow]) -> Vec<ConsentRow> {
    let mut kept: BTreeMap<(Key, bool), ConsentRow> = BTreeMap::new();
    for row in rows {
        let known = kept
            .entry((row.key(), row.is_decision))
            .or_insert_with(|| row.clone());
        let first = known.first.min(row.first);
        if (row.time, row.seq) > (known.time, known.seq) {
            *known = row.clone();
        }
        known.first = first;
    }
    kept.into_values().collect()
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM consents WHERE source = ?1", [source.0])?;
    Ok(())
}

fn channel_code(channel: Option<Channel>) -> i64 {
    channel.map_or(ALL_CHANNELS, |it| i64::from(it.code()))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<ConsentRow> {
    let text = |index: usize| -> rusqlite::Result<Box<str>> {
        let text: String = row.get(index)?;
        Ok(text.into())
    };
    let (channel, seq): (i64, i64) = (row.get(2)?, row.get(10)?);
    let message: [u8; 16] = row.get(11)?;
    Ok(ConsentRow {
        actor: ActorId(row.get(0)?),
        key: text(1)?,
        channel: u8::try_from(channel).ok().map(Channel::from_code),
        source: SourceId(row.get(3)?),
        is_granted: row.get(4)?,
        text: text(5)?,
        proof: text(6)?,
        is_decision: row.get(7)?,
        first: Timestamp(row.get(8)?),
        time: Timestamp(row.get(9)?),
        seq: Seq(seq.cast_unsigned()),
        message: MessageKey(u128::from_be_bytes(message)),
        event: text(12)?,
    })
}

#[cfg(test)]
mod tests;
