//! Why something was not taken: one event into quarantine, or a whole request refused.

use serde::{Deserialize, Serialize};
use throughline_model::{Identifier, MessageKey, limits};

/// Why one event is held in quarantine. The code is stable and listed in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The item is no JSON object.
    NotAnObject,
    /// `type` is missing or none of track, identify, page, screen, group, alias.
    TypeUnknown,
    /// A field that the type needs is not there, like `event` of a track.
    FieldMissing,
    /// A field has the wrong JSON type.
    FieldInvalid,
    /// Neither `userId` nor `anonymousId` has a value.
    IdMissing,
    /// An id is no text or number, too long, or holds control characters.
    IdInvalid,
    /// Each id is a value that stands for nobody, like `null` or `0`.
    IdBlocked,
    /// The event name is no text, too long, or holds control characters.
    EventNameInvalid,
    /// The event name starts with `$`, which marks the product's own events.
    EventNameReserved,
    /// The workspace has as many different event names as it can hold.
    EventNamesFull,
    /// A member has blocked events of this name.
    EventBlocked,
    /// The event is not as the tracking plan has it, and the plan is locked.
    PlanBroken,
    /// The message id is no text or too long.
    MessageIdInvalid,
    /// A time is not an instant that can be read.
    TimeInvalid,
    /// The corrected time lies before 1971: the clock was never set.
    TimeTooEarly,
    /// The corrected time lies too far after the arrival.
    TimeAhead,
    /// More bytes than one event may have.
    TooLarge,
    /// Objects and lists nest too deep.
    TooDeep,
    /// More keys than one event may have.
    TooManyKeys,
    /// One object names a key twice, so it is unclear which value is meant.
    KeyRepeated,
    /// A text holds the character U+0000.
    NulCharacter,
    /// A text holds half of a surrogate pair, so it is no Unicode.
    TextInvalid,
    /// A number is beyond what a 64-bit float can hold.
    NumberOutOfRange,
    /// A row of a file cannot be read: cells are missing, or a line is not JSON.
    RowInvalid,
}

impl Reason {
    /// Every reason, in the order in which they are listed.
    pub const ALL: [Self; 24] = [
        Self::NotAnObject,
        Self::TypeUnknown,
        Self::FieldMissing,
        Self::FieldInvalid,
        Self::IdMissing,
        Self::IdInvalid,
        Self::IdBlocked,
        Self::EventNameInvalid,
        Self::EventNameReserved,
        Self::EventNamesFull,
        Self::EventBlocked,
        Self::PlanBroken,
        Self::MessageIdInvalid,
        Self::TimeInvalid,
        Self::TimeTooEarly,
        Self::TimeAhead,
        Self::TooLarge,
        Self::TooDeep,
        Self::TooManyKeys,
        Self::KeyRepeated,
        Self::NulCharacter,
        Self::TextInvalid,
        Self::NumberOutOfRange,
        Self::RowInvalid,
    ];

    /// The stable code, as in the API and on disk.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnObject => "not_an_object",
            Self::TypeUnknown => "type_unknown",
            Self::FieldMissing => "field_missing",
            Self::FieldInvalid => "field_invalid",
            Self::IdMissing => "id_missing",
            Self::IdInvalid => "id_invalid",
            Self::IdBlocked => "id_blocked",
            Self::EventNameInvalid => "event_name_invalid",
            Self::EventNameReserved => "event_name_reserved",
            Self::EventNamesFull => "event_names_full",
            Self::EventBlocked => "event_blocked",
            Self::PlanBroken => "plan_broken",
            Self::MessageIdInvalid => "message_id_invalid",
            Self::TimeInvalid => "time_invalid",
            Self::TimeTooEarly => "time_too_early",
            Self::TimeAhead => "time_ahead",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::TooManyKeys => "too_many_keys",
            Self::KeyRepeated => "key_repeated",
            Self::NulCharacter => "nul_character",
            Self::TextInvalid => "text_invalid",
            Self::NumberOutOfRange => "number_out_of_range",
            Self::RowInvalid => "row_invalid",
        }
    }

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Why one event is not taken, with words that say what to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub reason: Reason,
    pub message: String,
}

impl Fault {
    /// A fault with its message.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }
}

/// An event that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Place in the request or file, from 0.
    pub index: u32,
    pub fault: Fault,
    /// The beginning of what arrived.
    pub raw: String,
    /// The id of the event, where it could be read before it was held back.
    pub message: Option<MessageKey>,
    /// Whom it names, where that could be read and does not stand in it as such.
    pub named: Vec<Identifier>,
}

impl Quarantined {
    /// Keeps at most the first [`limits::QUARANTINE_RAW_BYTES_MAX`] bytes of what arrived.
    pub fn new(index: u32, fault: Fault, raw: &str) -> Self {
        let end = raw.floor_char_boundary(limits::QUARANTINE_RAW_BYTES_MAX);
        Self {
            index,
            fault,
            raw: raw[..end].to_owned(),
            message: None,
            named: Vec::new(),
        }
    }
}

/// Why a whole request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the body has more than {} bytes; send smaller batches",
        limits::BODY_BYTES_MAX
    )]
    BodyTooLarge,
    #[error("the body starts like a packed one but cannot be unpacked")]
    GzipBroken,
    #[error(
        "the body unpacks to more than {} bytes, or to more than {} times its size; send smaller batches",
        limits::BODY_INFLATED_BYTES_MAX,
        limits::BODY_INFLATE_RATIO_MAX
    )]
    InflatedTooLarge,
    #[error("the body is not UTF-8 at byte {0}")]
    NotUtf8(usize),
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    #[error("the body is JSON but no object; send one event, or {{\"batch\": [...]}}")]
    NotAnObject,
    #[error("the body has no list `batch`; send {{\"batch\": [...]}}")]
    BatchMissing,
    #[error("the body has no list `{0}`")]
    ListMissing(&'static str),
    #[error("the batch has {0} events; send at most {max}", max = limits::BATCH_EVENTS_MAX)]
    BatchTooLong(usize),
}

impl Refusal {
    /// The stable code of the answer.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BodyTooLarge => "body_too_large",
            Self::GzipBroken => "gzip_broken",
            Self::InflatedTooLarge => "inflated_too_large",
            Self::NotUtf8(_) => "not_utf8",
            Self::NotJson(_) => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::BatchMissing => "batch_missing",
            Self::ListMissing(_) => "list_missing",
            Self::BatchTooLong(_) => "batch_too_long",
        }
    }

    /// True when the request is too large rather than malformed.
    pub fn is_size(&self) -> bool {
        matches!(
            self,
            Self::BodyTooLarge | Self::InflatedTooLarge | Self::BatchTooLong(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_api_and_lead_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
            let json = serde_json::to_string(&reason).expect("a unit variant");
            assert_eq!(json, format!("{:?}", reason.code()));
        }
    }

    #[test]
    fn what_is_kept_of_a_faulty_event_is_bounded() {
        let raw = "é".repeat(limits::QUARANTINE_RAW_BYTES_MAX);
        let kept = Quarantined::new(0, Fault::new(Reason::TooLarge, ""), &raw).raw;
        assert_eq!(kept.len(), limits::QUARANTINE_RAW_BYTES_MAX);
        assert!(raw.starts_with(&kept));
    }
}
