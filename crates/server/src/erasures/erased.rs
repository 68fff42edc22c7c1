//! Who is erased, as those who apply the log ask: by hashes, positions and times.

use std::{collections::HashMap, ops::Range};

use throughline_ingest::identifiers;
use throughline_model::{EventName, Identifier, IdentifierKind, Timestamp, keeping::Cuts};

use super::{
    ledger::{Erasure, GoneTurn},
    sweep::{self, Sweep},
};
use crate::outgoing::sign::{hex, hmac_sha256};

/// By which events of the erased are known, wherever they are still read from.
#[derive(Clone, Debug, Default)]
pub struct Erased {
    salt: Vec<u8>,
    /// Records before this position are erased, by the hash of whose they are.
    upto: HashMap<String, u64>,
    /// Turns on shared devices that are erased before a position, by the hash of the device.
    turns: HashMap<String, Vec<(GoneTurn, u64)>>,
    end: u64,
    /// Records whose events are refused, by the hash of an identifier.
    refused: HashMap<String, Vec<Later>>,
    /// Records before a position are swept of what is past.
    past: Vec<(u64, Cuts)>,
}

/// Records after an erasure.
#[derive(Clone, Debug)]
struct Later {
    positions: Range<u64>,
    erasure: u32,
}

/// What becomes of an event of somebody who was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// It was there before, and goes.
    Erased,
    /// It came after the erasure of this number.
    Refused(u32),
}

impl Erased {
    /// What the ledger of a workspace knows.
    pub fn of(salt: &[u8], erasures: &[Erasure], sweeps: &[Sweep]) -> Self {
        let mut upto = HashMap::new();
        let mut refused: HashMap<String, Vec<Later>> = HashMap::new();
        let mut turns: HashMap<String, Vec<(GoneTurn, u64)>> = HashMap::new();
        for erasure in erasures {
            let later = Later::than(erasure);
            for hash in &erasure.hashes {
                let known: &mut u64 = upto.entry(hash.clone()).or_default();
                *known = (*known).max(erasure.upto.unwrap_or_default());
                if let Some(later) = &later {
                    refused.entry(hash.clone()).or_default().push(later.clone());
                }
            }
            for turn in &erasure.turns {
                let of_device = turns.entry(turn.device.clone()).or_default();
                of_device.push((turn.clone(), erasure.upto.unwrap_or_default()));
            }
        }
        let ends = erasures.iter().filter_map(|it| it.upto);
        Self {
            salt: salt.to_vec(),
            end: ends.max().unwrap_or_default(),
            upto,
            refused,
            past: sweep::in_force(sweeps),
            turns,
        }
    }

    /// Whether this was an identifier of somebody who was erased.
    pub fn knows(&self, identifier: &Identifier) -> bool {
        self.upto.contains_key(&hash(&self.salt, identifier))
    }

    /// Whether an event in the record at a position was swept: it is in no report.
    pub fn is_past(&self, position: u64, sent: &EventName, time: Timestamp) -> bool {
        let mut past = self.past.iter();
        past.any(|(upto, cuts)| position < *upto && cuts.is_past(sent, time))
    }

    /// Whether something that was held back in the record at a position was swept.
    pub fn is_past_held(&self, position: u64, received: Timestamp) -> bool {
        let mut past = self.past.iter();
        past.any(|(upto, cuts)| position < *upto && cuts.of_held().is_some_and(|it| received < it))
    }

    /// Whether there may be anything of anybody who was erased in a record at a position.
    pub fn reaches(&self, position: u64) -> bool {
        position < self.end || !self.refused.is_empty()
    }

    /// What becomes of an event of these identifiers and time, in the record at a position; none where it is
    /// of nobody who was erased.
    ///
    /// It is whose first identifier it names. One that comes later must not bring an address back
    /// under the name of another browser either, so there the others count too, but for those that
    /// two people may share.
    pub fn gone(&self, position: u64, named: &[Identifier], time: Timestamp) -> Option<Gone> {
        if !self.reaches(position) {
            return None;
        }
        for (place, identifier) in named.iter().enumerate() {
            let hash = hash(&self.salt, identifier);
            let is_first = place == 0;
            let is_within = |(turn, upto): &(GoneTurn, u64)| position < *upto && turn.holds(time);
            let is_erased = self.upto.get(&hash).is_some_and(|upto| position < *upto)
                || (self.turns.get(&hash)).is_some_and(|it| it.iter().any(is_within));
            if is_first && is_erased {
                return Some(Gone::Erased);
            }
            if is_first || is_personal(identifier.kind) {
                let mut later = self.refused.get(&hash).into_iter().flatten();
                if let Some(later) = later.find(|it| it.positions.contains(&position)) {
                    return Some(Gone::Refused(later.erasure));
                }
            }
        }
        None
    }
}

impl Later {
    /// Records whose events of the person are refused; none where nothing is.
    fn than(erasure: &Erasure) -> Option<Self> {
        let from = erasure.upto.filter(|_| erasure.refuses_later)?;
        let lifted_from = erasure.lifted.as_ref().and_then(|it| it.from);
        Some(Self {
            positions: from..lifted_from.unwrap_or(u64::MAX),
            erasure: erasure.id,
        })
    }
}

/// Whether an identifier of this kind is of one person, and not of what several may use.
pub fn is_personal(kind: IdentifierKind) -> bool {
    match kind {
        IdentifierKind::User
        | IdentifierKind::Email
        | IdentifierKind::Phone
        | IdentifierKind::Loyalty
        | IdentifierKind::Custom => true,
        IdentifierKind::Anonymous
        | IdentifierKind::Device
        | IdentifierKind::Advertising
        | IdentifierKind::Order => false,
    }
}

/// What an identifier is known by under a salt. Of a hashed e-mail the same as of the plain one.
pub fn hash(salt: &[u8], identifier: &Identifier) -> String {
    let key = identifiers::key(identifier).to_le_bytes();
    hex(&hmac_sha256(salt, &key)[..16])
}
