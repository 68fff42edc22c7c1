//! Reports over the log: what customers did, in which order, how long it took, and who they are.
//!
//! [`ask`] answers a [`Report`](throughline_model::report::Report) over a snapshot,
//! and [`people`] lists the profiles behind any number of the answer.
//! [`View`] and [`scan`] are what new kernels are written on.

mod accounts;
mod activity;
mod ask;
pub mod bench;
mod cache;
mod calendar;
mod cancel;
mod captured;
mod catalog;
mod codes;
pub mod compare;
mod contrast;
pub mod digest;
pub mod discover;
mod durations;
mod extent;
mod field_facts;
pub mod kernel;
mod labels;
mod lives;
pub mod map_metrics;
mod meetings;
mod objects;
mod passes;
mod people_rule;
mod person;
mod pick;
mod plan;
pub mod quality;
mod quote;
mod rule;
mod sampling;
mod scan;
mod select;
mod sent_links;
mod sequence;
pub mod sql;
pub mod table;
mod twins;
mod unrated;
mod view;
pub mod vocabulary_defaults;
mod worth;
pub mod written;

#[cfg(test)]
mod converted;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod renamed;

pub use accounts::{
    AccountFacts, AccountList, AccountMember, AccountOrder, AccountStory, AccountTraitFacts,
    AccountTraits, AccountTypeFacts, AccountsAsk, account, account_traits, account_types, accounts,
    accounts_of, touched_by as touched_by_accounts,
};
pub use ask::{Answer, AskError, Behind, LeftOut, Numbers, ask, behind, people, people_faults};
pub use calendar::{Point, points};
pub use cancel::{Cancel, Cancelled, Progress};
pub use captured::{CAPTURED, ElementFacts, captured};
pub use catalog::{NameFacts, catalog};
pub use codes::Codes;
pub use field_facts::{FieldFacts, TypeFacts, field_facts, mixed_fields};
pub use labels::{Label, Labels};
pub use objects::{
    ObjectFacts, ObjectList, ObjectName, ObjectPassage, ObjectStory, ObjectsAsk, ObjectsOfProfile,
    PromiseFacts, PromiseStanding, StandingCount, StateCount, object, objects, objects_of,
};
pub use people_rule::{
    ConditionCount, Membership, Move, Overlap, RowRule, RuleCounts, Standing, TraitValues,
    count_people, overlap, people_who,
};
pub use person::{Person, describe, places_of};
pub use plan::{PlanPreview, PreviewedViolation, plan_preview, propose_plan};
pub use quote::Quote;
pub use rule::Condition;
pub use sampling::{events_at, spread};
pub use scan::{Gather, Place, ProfileRows, rows_count, scan};
pub use select::{
    Select,
    counts::{
        ChannelPart, ChannelsSelect, CountsSelect, HeatPart, HeatSelect, LifecycleSelect,
        LifecycleState, PageMapPart, PageMapSelect, PromisesSelect, RetentionPart, RetentionSelect,
        RfmSelect, SeriesName, StickinessSelect, TrendsSelect,
    },
    ways::{
        Among, BandLook, FunnelPart, FunnelSelect, PathsAlign, PathsBand, PathsSelect,
        StageTimeSelect, SwitchPart, SwitchesSelect, Through, TookSelect, TransitionsSelect,
        UnexpectedSelect, WorkPart, WorkTimeSelect,
    },
    why::{
        AttributionSelect, BottleneckPart, BottlenecksSelect, ChoicePart, ChoiceSelect,
        DifferencePart, DifferenceSelect, DriverPart, DriversSelect, LastTouchSelect, LiftPart,
        LiftSelect, ReasonPart, ReasonsSelect, TopicPart, TopicsSelect, TouchPart,
    },
};
pub use sent_links::{ClickedLink, clicked_links};
pub use sequence::Element;
pub use twins::{Twins, twins};
pub use unrated::{Unrated, UnratedCurrency, unrated};
pub use view::{Channels, Stages, View};
