//! The state tables: what is kept in SQLite beside the event log.
//!
//! `instance.db` holds what belongs to the installation, `state.db` what belongs to one workspace.

mod db;
pub mod instance;
mod workspace;

pub use db::{Db, Schema, StateError};
pub use workspace::{
    AccountTrait, AccountsTold, ConsentRow, CostError, CostImport, CostLine, CostWhere,
    CostsPlanned, CountedViolation, CrmContactRow, Document, DocumentError, DocumentHead,
    DocumentKind, KeptProfiles, LinkMoment, LoggedMove, MoveCause, NewCosts, NewSentLink, NoteRow,
    OperationRow, QuarantineFilter, QuarantinePage, QuarantinedEvent, QuoteRow, ReasonCount,
    RefusedCount, RefusedEvent, ResearchError, ResearchSize, Restored, SegmentMove, SegmentQuarter,
    SentLinkRow, SignInRow, SourceCounts, StateBatch, StoredImport, StoredLink, TraitRow,
    TraitRules, Violations, WorkspaceState, is_gone, winning_traits,
};
