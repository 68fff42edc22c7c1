//! What the producers were told, and what therefore must be in the log.

use std::fmt;
use std::time::Duration;

use throughline_store::log::{
    AppendError, Chance, Entry, Kind, Log, Next, Position, Record, Ticket,
};

/// The account of everything that was ever submitted to one log.
#[derive(Debug, Default)]
pub struct Ledger {
    fates: Vec<Fate>,
    /// Which submission is at which position, for all that is in the log for good.
    known: Vec<usize>,
    waiting: Vec<(usize, Ticket)>,
    pub refused: u64,
    pub acknowledged: u64,
}

/// What has become of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Its producer waits or was told nothing certain, so it may be in the log or not.
    Open,
    Known,
    /// Its producer was told that it is not in the log.
    Refused,
}

/// A law that was broken.
#[derive(Debug)]
pub struct Breach(pub String);

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Fails with a formatted breach unless the fact holds.
macro_rules! law {
    ($fact:expr, $($why:tt)+) => {
        if !$fact {
            return Err($crate::log::ledger::Breach(format!($($why)+)));
        }
    };
}
pub(super) use law;

impl Ledger {
    /// How many records are in the log for good.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// Hands one record to the log and notes what it says.
    pub fn submit(&mut self, log: &Log, chance: &mut Chance) -> Result<(), Breach> {
        let id = self.fates.len();
        match log.append(Entry::new(
            kind_of(id),
            payload_of(id, payload_bytes(chance)),
        )) {
            Ok(ticket) => {
                self.fates.push(Fate::Open);
                self.waiting.push((id, ticket));
            }
            Err(error) => {
                self.fates.push(Fate::Open);
                self.refuse(id, &error)?;
            }
        }
        Ok(())
    }

    /// Looks at the answers that have come.
    pub fn collect(&mut self) -> Result<(), Breach> {
        for (id, mut ticket) in std::mem::take(&mut self.waiting) {
            match ticket.try_get() {
                None => self.waiting.push((id, ticket)),
                Some(Ok(position)) => {
                    let next = self.known.len() as u64;
                    law!(
                        position == Position(next),
                        "acknowledged at {position} instead of {next}"
                    );
                    self.acknowledged += 1;
                    self.know(id)?;
                }
                Some(Err(error)) => self.refuse(id, &error)?,
            }
        }
        Ok(())
    }

    /// The process is gone, and with it all answers.
    pub fn forget_waiting(&mut self) {
        self.waiting.clear();
    }

    /// Reads the whole log and holds it against the account. What is found counts as known from now on.
    pub fn check_all(&mut self, log: &Log) -> Result<(), Breach> {
        let mut reader = log.reader(Position(0)).map_err(breach)?;
        let mut count = 0;
        while let Next::Record(record) = reader.next(Duration::ZERO).map_err(breach)? {
            let id = self.check_record(&record, count)?;
            if count == self.known.len() {
                self.know(id)?;
            }
            count += 1;
        }
        law!(
            count >= self.known.len(),
            "{} records were known, and {count} are there",
            self.known.len()
        );
        Ok(())
    }

    /// Holds a record that a reader was given against the account.
    pub fn check_record(&self, record: &Record, expected: usize) -> Result<usize, Breach> {
        let position = record.position.0 as usize;
        law!(
            position == expected,
            "a record at {position} instead of {expected}"
        );
        let id = id_of(&record.payload).filter(|id| *id < self.fates.len());
        let Some(id) = id else {
            return Err(Breach(format!("a record at {position} that nobody wrote")));
        };
        law!(
            record.kind == kind_of(id) && record.payload == payload_of(id, record.payload.len()),
            "the record at {position} is not what was written"
        );
        if let Some(known) = self.known.get(position) {
            law!(
                *known == id,
                "submission {id} stands at {position} instead of {known}"
            );
        }
        Ok(id)
    }

    fn know(&mut self, id: usize) -> Result<(), Breach> {
        law!(
            self.fates[id] == Fate::Open,
            "submission {id} is in the log, but it was {:?}",
            self.fates[id]
        );
        self.fates[id] = Fate::Known;
        self.known.push(id);
        Ok(())
    }

    fn refuse(&mut self, id: usize, error: &AppendError) -> Result<(), Breach> {
        match error {
            AppendError::Busy | AppendError::DiskFull { .. } => {
                self.refused += 1;
                self.fates[id] = Fate::Refused;
            }
            AppendError::Stopped { .. } => {}
            AppendError::TooLarge { .. } => {
                return Err(Breach("a small record was called too large".to_owned()));
            }
        }
        Ok(())
    }
}

/// An error where none may be.
pub fn breach(error: impl fmt::Display) -> Breach {
    Breach(error.to_string())
}

fn kind_of(id: usize) -> Kind {
    const FIRST: Kind = Kind::new(1);
    const LAST: Kind = Kind::new(239);
    if id.is_multiple_of(7) { LAST } else { FIRST }
}

fn payload_bytes(chance: &mut Chance) -> usize {
    let bytes = match chance.below(8) {
        0 => 0,
        1..=5 => chance.below(300),
        6 => chance.below(2_000),
        _ => chance.below(6_000),
    };
    size_of::<u64>() + bytes as usize
}

/// The payload of a submission: its number, then text, noise or zeros.
fn payload_of(id: usize, bytes: usize) -> Vec<u8> {
    let mut chance = Chance::new(id as u64);
    let mut payload = (id as u64).to_le_bytes().to_vec();
    let style = chance.below(4);
    while payload.len() < bytes {
        match style {
            0 => payload.push(0),
            1 => payload.push(b' ' + chance.below(90) as u8),
            _ => payload.extend_from_slice(&chance.bits().to_le_bytes()),
        }
    }
    payload.truncate(bytes);
    payload
}

fn id_of(payload: &[u8]) -> Option<usize> {
    let id = payload.first_chunk().copied().map(u64::from_le_bytes)?;
    usize::try_from(id).ok()
}
