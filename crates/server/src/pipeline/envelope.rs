//! What a record of the raw log holds: an arrival as it came, before anything was made of it.
//!
//! Numbers are little endian. A record that a later program wrote in a later form is refused, never
//! guessed at.

use bytes::Bytes;
use throughline_ingest::{
    dialect::{Dialect, Moment, hook::Maker},
    identity::MEMBERS,
    segment::Route,
};
use throughline_model::{SourceId, Timestamp};

/// A request in the Segment dialect.
pub const SEGMENT_REQUEST: u8 = 1;
/// Some rows of an archived file.
pub const IMPORT_CHUNK: u8 = 2;
/// Everything that one source brought is taken back.
pub const SOURCE_REMOVED: u8 = 3;
/// What a member decided about who is one person.
pub const IDENTITY_DECIDED: u8 = 4;
/// A request in any other dialect.
pub const DIALECT_REQUEST: u8 = 5;
/// What came to a webhook.
pub const HOOK_REQUEST: u8 = 6;
/// How members want events and properties to be named.
pub const NAMES_DECIDED: u8 = 16;
/// How members want events to look.
pub const PLAN_DECIDED: u8 = 17;
/// An event that was held back and is let in after all.
pub const RELEASED: u8 = 18;

const VERSION: u8 = 1;

/// The content of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// What a library sent.
    Request {
        source: SourceId,
        moment: Moment,
        dialect: Dialect,
        body: Bytes,
    },
    /// What another product sent to a webhook, as it came.
    Hook {
        source: SourceId,
        received: Timestamp,
        maker: Maker,
        /// A `Note` as JSON: what the meaning of the body depends on besides.
        note: Bytes,
        body: Bytes,
    },
    ImportChunk(ImportChunk),
    SourceRemoved {
        source: SourceId,
        received: Timestamp,
    },
    IdentityDecided {
        received: Timestamp,
        /// A `Decided` as JSON.
        decided: Bytes,
    },
    NamesDecided {
        received: Timestamp,
        /// A `NamesDecided` as JSON.
        decided: Bytes,
    },
    PlanDecided {
        received: Timestamp,
        /// A `PlanDecided` as JSON.
        decided: Bytes,
    },
    Released {
        source: SourceId,
        /// When it arrived and was held back.
        received: Timestamp,
        dialect: Dialect,
        /// A `Released` as JSON.
        note: Bytes,
        body: Bytes,
    },
}

/// Rows `first..first + count` of a file that lies in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportChunk {
    pub source: SourceId,
    pub received: Timestamp,
    pub first: u64,
    pub count: u32,
    /// What is needed to read the rows again: the file's digest and the mapping, as JSON.
    pub recipe: Bytes,
}

/// Why a record could not be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("record of kind {0} is unknown to this program; a newer one has written it")]
    Kind(u8),
    #[error("record has form {0}, but this program knows forms up to {VERSION}")]
    Version(u8),
    #[error("record ends early")]
    Short,
    #[error("record names the unknown route {0}")]
    Route(u8),
    #[error("record names the unknown dialect {0}; a newer program has written it")]
    Dialect(u8),
    #[error("record names the unknown maker {0}; a newer program has written it")]
    Maker(u8),
}

impl Envelope {
    /// The record's kind and bytes.
    pub fn encode(&self) -> (u8, Vec<u8>) {
        let mut bytes = vec![VERSION];
        match self {
            Self::Request {
                source,
                moment,
                dialect,
                body,
            } => {
                bytes.reserve(body.len() + 32);
                put_head(&mut bytes, *source, moment.received);
                let kind = put_dialect(&mut bytes, *dialect, *moment);
                bytes.extend_from_slice(body);
                (kind, bytes)
            }
            Self::Hook {
                source,
                received,
                maker,
                note,
                body,
            } => {
                bytes.reserve(body.len() + note.len() + 32);
                put_head(&mut bytes, *source, *received);
                bytes.push(maker.code());
                let note_len = u32::try_from(note.len()).expect("notes are small");
                bytes.extend_from_slice(&note_len.to_le_bytes());
                bytes.extend_from_slice(note);
                bytes.extend_from_slice(body);
                (HOOK_REQUEST, bytes)
            }
            Self::ImportChunk(chunk) => {
                put_head(&mut bytes, chunk.source, chunk.received);
                bytes.extend_from_slice(&chunk.first.to_le_bytes());
                bytes.extend_from_slice(&chunk.count.to_le_bytes());
                bytes.extend_from_slice(&chunk.recipe);
                (IMPORT_CHUNK, bytes)
            }
            Self::SourceRemoved { source, received } => {
                put_head(&mut bytes, *source, *received);
                (SOURCE_REMOVED, bytes)
            }
            Self::IdentityDecided { received, decided } => {
                put_head(&mut bytes, MEMBERS, *received);
                bytes.extend_from_slice(decided);
                (IDENTITY_DECIDED, bytes)
            }
            Self::NamesDecided { received, decided } => {
                put_head(&mut bytes, MEMBERS, *received);
                bytes.extend_from_slice(decided);
                (NAMES_DECIDED, bytes)
            }
            Self::PlanDecided { received, decided } => {
                put_head(&mut bytes, MEMBERS, *received);
                bytes.extend_from_slice(decided);
                (PLAN_DECIDED, bytes)
            }
            Self::Released {
                source,
                received,
                dialect,
                note,
                body,
            } => {
                bytes.reserve(body.len() + note.len() + 32);
                put_head(&mut bytes, *source, *received);
                let note_len = u32::try_from(note.len()).expect("notes are small");
                bytes.extend_from_slice(&note_len.to_le_bytes());
                bytes.extend_from_slice(note);
                let moment = Moment {
                    received: *received,
                    sent: None,
                };
                // The kind of a request stands where it would be that of the record.
                let place = bytes.len();
                bytes.push(0);
                bytes[place] = put_dialect(&mut bytes, *dialect, moment);
                bytes.extend_from_slice(body);
                (RELEASED, bytes)
            }
        }
    }

    /// Reads a record.
    pub fn decode(kind: u8, payload: &Bytes) -> Result<Self, EnvelopeError> {
        let mut rest = Rest {
            bytes: payload.clone(),
        };
        let [version] = rest.take()?;
        if version != VERSION {
            return Err(EnvelopeError::Version(version));
        }
        let source = SourceId(u32::from_le_bytes(rest.take()?));
        let received = Timestamp(i64::from_le_bytes(rest.take()?));
        match kind {
            SEGMENT_REQUEST | DIALECT_REQUEST => {
                let (dialect, sent) = rest.dialect(kind)?;
                Ok(Self::Request {
                    source,
                    moment: Moment { received, sent },
                    dialect,
                    body: rest.bytes,
                })
            }
            HOOK_REQUEST => {
                let [code] = rest.take()?;
                let maker = Maker::from_code(code).ok_or(EnvelopeError::Maker(code))?;
                let note = rest.note()?;
                Ok(Self::Hook {
                    source,
                    received,
                    maker,
                    note,
                    body: rest.bytes,
                })
            }
            IMPORT_CHUNK => Ok(Self::ImportChunk(ImportChunk {
                source,
                received,
                first: u64::from_le_bytes(rest.take()?),
                count: u32::from_le_bytes(rest.take()?),
                recipe: rest.bytes,
            })),
            SOURCE_REMOVED => Ok(Self::SourceRemoved { source, received }),
            IDENTITY_DECIDED => Ok(Self::IdentityDecided {
                received,
                decided: rest.bytes,
            }),
            NAMES_DECIDED => Ok(Self::NamesDecided {
                received,
                decided: rest.bytes,
            }),
            PLAN_DECIDED => Ok(Self::PlanDecided {
                received,
                decided: rest.bytes,
            }),
            RELEASED => {
                let note = rest.note()?;
                let [request] = rest.take()?;
                let (dialect, _) = rest.dialect(request)?;
                Ok(Self::Released {
                    source,
                    received,
                    dialect,
                    note,
                    body: rest.bytes,
                })
            }
            other => Err(EnvelopeError::Kind(other)),
        }
    }
}

/// Stands where a request does not say when it was sent.
const UNSENT: i64 = i64::MIN;

/// Writes what is needed to read the body again. The answer is the kind of the record.
fn put_dialect(bytes: &mut Vec<u8>, dialect: Dialect, moment: Moment) -> u8 {
    match (dialect, dialect.code()) {
        (_, Some(code)) => {
            bytes.push(code);
            let sent = moment.sent.map_or(UNSENT, |it| it.0);
            bytes.extend_from_slice(&sent.to_le_bytes());
            DIALECT_REQUEST
        }
        (Dialect::Segment(route), None) => {
            bytes.push(route.code());
            SEGMENT_REQUEST
        }
        (_, None) => unreachable!("every other dialect has a code"),
    }
}

fn put_head(bytes: &mut Vec<u8>, source: SourceId, received: Timestamp) {
    bytes.extend_from_slice(&source.0.to_le_bytes());
    bytes.extend_from_slice(&received.0.to_le_bytes());
}

struct Rest {
    bytes: Bytes,
}

impl Rest {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], EnvelopeError> {
        if self.bytes.len() < N {
            return Err(EnvelopeError::Short);
        }
        let head = self.bytes.split_to(N);
        Ok(head.as_ref().try_into().expect("split at this length"))
    }

    fn note(&mut self) -> Result<Bytes, EnvelopeError> {
        let len = u32::from_le_bytes(self.take()?) as usize;
        if self.bytes.len() < len {
            return Err(EnvelopeError::Short);
        }
        Ok(self.bytes.split_to(len))
    }

    /// What `put_dialect` has written for a kind of request.
    fn dialect(&mut self, request: u8) -> Result<(Dialect, Option<Timestamp>), EnvelopeError> {
        let [code] = self.take()?;
        if request == SEGMENT_REQUEST {
            let route = Route::from_code(code).ok_or(EnvelopeError::Route(code))?;
            return Ok((Dialect::Segment(route), None));
        }
        let dialect = Dialect::from_code(code).ok_or(EnvelopeError::Dialect(code))?;
        let sent = i64::from_le_bytes(self.take()?);
        Ok((dialect, (sent != UNSENT).then_some(Timestamp(sent))))
    }
}

#[cfg(test)]
mod tests {
    use throughline_model::EventKind;

    use super::*;

    fn samples() -> Vec<Envelope> {
        let (source, received) = (SourceId(7), Timestamp(1_790_000_000_123));
        let request = |dialect, sent| Envelope::Request {
            source,
            moment: Moment { received, sent },
            dialect,
            body: Bytes::from_static(b"{\"userId\":\"u\"}"),
        };
        vec![
            request(Dialect::Segment(Route::One(EventKind::Page)), None),
            request(Dialect::Segment(Route::Batch), None),
            request(Dialect::PostHogV1, Some(Timestamp(1_790_000_000_000))),
            request(Dialect::Snowplow, None),
            request(Dialect::Pixel(EventKind::Page), None),
            Envelope::Hook {
                source,
                received,
                maker: Maker::Shopify,
                note: Bytes::from_static(br#"{"topic":"orders/create"}"#),
                body: Bytes::from_static(b"{}"),
            },
            Envelope::ImportChunk(ImportChunk {
                source,
                received,
                first: 1 << 40,
                count: 262_144,
                recipe: Bytes::from_static(b"{}"),
            }),
            Envelope::SourceRemoved { source, received },
            Envelope::IdentityDecided {
                received,
                decided: Bytes::from_static(b"{}"),
            },
            Envelope::NamesDecided {
                received,
                decided: Bytes::from_static(b"{}"),
            },
            Envelope::PlanDecided {
                received,
                decided: Bytes::from_static(b"{}"),
            },
            released(Dialect::Segment(Route::Batch)),
            released(Dialect::Amplitude),
        ]
    }

    fn released(dialect: Dialect) -> Envelope {
        Envelope::Released {
            source: SourceId(7),
            received: Timestamp(1_790_000_000_123),
            dialect,
            note: Bytes::from_static(b"{}"),
            body: Bytes::from_static(b"{\"batch\":[]}"),
        }
    }

    #[test]
    fn every_envelope_is_read_as_it_was_written() {
        for envelope in samples() {
            let (kind, bytes) = envelope.encode();
            assert_eq!(Envelope::decode(kind, &Bytes::from(bytes)), Ok(envelope));
        }
    }

    #[test]
    fn cut_and_newer_records_are_refused() {
        for envelope in samples() {
            let (kind, mut bytes) = envelope.encode();
            assert_eq!(
                Envelope::decode(kind, &Bytes::copy_from_slice(&bytes[..9])),
                Err(EnvelopeError::Short)
            );
            bytes[0] = VERSION + 1;
            assert_eq!(
                Envelope::decode(kind, &Bytes::from(bytes)),
                Err(EnvelopeError::Version(VERSION + 1))
            );
        }
        let head = Bytes::from(vec![VERSION; 13]);
        assert_eq!(Envelope::decode(99, &head), Err(EnvelopeError::Kind(99)));
    }

    /// Logs that were written before there was another dialect are read as ever.
    #[test]
    fn a_request_of_segment_is_written_as_it_always_was() {
        let (kind, bytes) = samples()[0].encode();
        let mut expected = vec![VERSION];
        put_head(&mut expected, SourceId(7), Timestamp(1_790_000_000_123));
        expected.push(Route::One(EventKind::Page).code());
        expected.extend_from_slice(b"{\"userId\":\"u\"}");
        assert_eq!((kind, bytes), (SEGMENT_REQUEST, expected));
    }

    #[test]
    fn every_dialect_has_a_code_of_its_own() {
        for code in 0..=u8::MAX {
            if let Some(dialect) = Dialect::from_code(code) {
                assert_eq!(dialect.code(), Some(code));
            }
        }
    }
}
