//! The vocabulary of the product, as types: what exists, and what makes each valid.
//!
//! Everything here is data without behavior at the edges: no I/O, no clock, no chance.

mod access;
pub mod account;
pub mod attribution;
pub mod blank;
pub mod bot;
pub mod bottlenecks;
mod by;
mod channel;
pub mod channels;
pub mod choice;
pub mod compare;
pub mod consent;
pub mod cost;
pub mod crm;
pub mod dashboard;
pub mod decision;
pub mod difference;
pub mod drivers;
mod event;
pub mod heatmap;
mod id;
pub mod identity;
pub mod keeping;
pub mod last_touch;
pub mod lift;
pub mod limits;
mod map;
pub mod masking;
pub mod money;
pub mod naming;
pub mod object_kind;
pub mod page_map;
pub mod people;
pub mod plan;
pub mod promises;
pub mod reasons;
pub mod report;
pub mod research;
pub mod retention;
pub mod rfm;
mod rule;
pub mod schedule;
pub mod segment;
pub mod sent_link;
pub mod sql;
pub mod target;
mod time;
pub mod topics;
pub mod trait_operation;
pub mod trends;
pub mod unexpected;
mod vocabulary;
pub mod work_time;

pub use access::{MemberId, Role};
pub use by::By;
pub use channel::Channel;
pub use event::{
    Event, EventKind, EventName, Identifier, IdentifierKind, JsonObject, MessageKey, NameFault,
};
pub use id::{ActorId, EventCode, ProfileId, Seq, SourceId, WorkspaceId};
pub use map::{Lane, LaneKind, Map, MapFault, MapKind, Stage, Step};
pub use rule::{Field, Matcher, Nothing, Rule, Test, Value};
pub use time::{Span, TimeRange, Timestamp, Zone};
pub use vocabulary::{
    ChannelRule, Signal, StageRule, Touchpoint, Vocabulary, VocabularyFault, is_short_id,
};
