//! Writes what is known of people to the contacts of a CRM, HubSpot.
//!
//! `model::crm` decides what is written to one contact; here is read what both sides hold, and the writing done.
//! What the CRM tells comes the other way, by its webhook.

pub mod echo;
mod form;
mod held;
mod hubspot;
mod run;
mod talk;
pub mod worker;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use throughline_insight::AskError;
use throughline_model::{Timestamp, WorkspaceId, crm::CrmSettings, limits};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState};
use utoipa::ToSchema;

use crate::kept;

pub use run::{
    Whom,
    preview::{CrmLook, CrmPreview, PreviewedValue, preview},
    run,
};
pub use talk::Patience;

/// The document with the settings and the token.
pub const SETTINGS: &str = "hubspot";
/// The document with what became of the last run.
pub const LAST: &str = "last";

/// How a workspace is connected.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Connection {
    /// Of a private app. It is never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default)]
    pub settings: CrmSettings,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("token", &self.token.as_ref().map(|_| "***"))
            .field("settings", &self.settings)
            .finish()
    }
}

/// What is remembered of runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Remembered {
    pub last: Option<CrmRun>,
}

/// What became of one run. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CrmRun {
    pub began: Timestamp,
    pub ended: Timestamp,
    /// Whether it was to look at everybody, and not only at those whose turn it was.
    pub is_whole: bool,
    pub outcome: CrmOutcome,
    pub counts: CrmCounts,
    pub refused: Vec<CrmRefused>,
    /// Properties that were left out, as the CRM does not take them.
    pub left_out: Vec<CrmLeftOut>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrmOutcome {
    Done,
    /// There were more people than one run asks for; the next goes on.
    GoesOn,
    /// It was turned off, or the rules were changed, while it went on.
    Stopped,
    /// The CRM does not know the token.
    TokenRefused,
    /// The token may not do what is needed.
    ScopeMissing,
    /// All calls of the day are used.
    DailyLimit,
    /// It asked for a slower pace until patience was over.
    Busy,
    /// It fails.
    Fails,
    /// It did not answer in time.
    Late,
    /// It could not be reached.
    Unreachable,
    /// It answered something that is not understood.
    Unreadable,
    /// So many values were turned down that the rules must be wrong.
    TooManyRefused,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CrmCounts {
    /// People with an e-mail who may be written.
    pub people: u64,
    /// People with an e-mail who may not: they have not granted the purpose, or are about to be erased.
    pub withheld: u64,
    /// People beyond those that are looked at.
    pub beyond: u64,
    /// People for whom the CRM was asked: something of them had changed, or they were looked at long ago.
    pub looked: u64,
    /// Of these, whom the CRM does not know.
    pub unknown: u64,
    /// Contacts that were changed, and contacts that were made.
    pub changed: u64,
    pub created: u64,
    /// Properties that were written.
    pub written: u64,
    /// Properties in which both sides hold the same.
    pub same: u64,
    /// Properties in which the CRM kept its own.
    pub kept: u64,
    /// Properties in which both sides had said something else, whoever led.
    pub conflicts: u64,
    /// People of whom something was turned down.
    pub refused: u64,
}

/// Why contacts or values were turned down, and how often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct CrmRefused {
    pub why: CrmWhy,
    /// The category by which HubSpot calls it.
    pub category: Option<String>,
    /// The property, where one is to blame.
    pub property: Option<String>,
    pub count: u64,
}

/// Why something was turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrmWhy {
    /// Our value does not fit the type of the property, or is too long.
    Form,
    /// Two of our people have e-mails of one contact.
    Shared,
    /// The CRM turned it down.
    TurnedDown,
}

/// A property that is not written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct CrmLeftOut {
    pub property: String,
    pub why: CrmUnusable,
}

/// Why a property is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrmUnusable {
    /// Contacts have no such property.
    Unknown,
    /// The CRM works it out itself.
    ReadOnly,
    /// The map or the segment is no longer there.
    Gone,
}

/// Why a run could not be carried through on our side.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    #[error("could not read what is known of people")]
    Ask(#[from] AskError),
    #[error("could not read or keep what was written")]
    State(#[from] StateError),
}

/// How a workspace is connected; not at all before an admin has said how.
pub fn connection(state: &WorkspaceState) -> Result<Connection, StateError> {
    let (_, known) = kept::read(state, DocumentKind::Crm, SETTINGS)?;
    Ok(known.unwrap_or_default())
}

/// What became of runs.
pub fn remembered(state: &WorkspaceState) -> Result<Remembered, StateError> {
    let (_, known) = kept::read(state, DocumentKind::Crm, LAST)?;
    Ok(known.unwrap_or_default())
}

/// Forgets the token, the rules, and which profile is which contact. What was written stays in the CRM.
pub fn forget(state: &WorkspaceState) -> Result<bool, StateError> {
    let was = state.remove_document(DocumentKind::Crm, SETTINGS)?;
    state.remove_document(DocumentKind::Crm, LAST)?;
    state.retain_crm_contacts(|_| false)?;
    Ok(was)
}

/// Whether a run is due; never while it is off.
pub fn is_due(connection: &Connection, remembered: &Remembered, now: Timestamp) -> bool {
    if !connection.is_live() {
        return false;
    }
    let every = connection.settings.every;
    remembered.last.as_ref().is_none_or(|last| {
        let every = match last.outcome {
            // What is amiss does not mend itself.
            CrmOutcome::TokenRefused | CrmOutcome::ScopeMissing | CrmOutcome::DailyLimit => {
                every.max(limits::CRM_EVERY_AFTER_REFUSAL)
            }
            _ => every,
        };
        now.since(last.began) >= every
    })
}

impl Connection {
    /// Whether it is turned on, and has what it takes.
    pub fn is_live(&self) -> bool {
        self.settings.is_on && !self.settings.rules.is_empty() && self.token.is_some()
    }
}

/// Workspaces for which a run goes on: one at a time in each.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<BTreeSet<WorkspaceId>>>);

/// The turn of one workspace, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    workspace: WorkspaceId,
}

impl Turns {
    /// None while another run goes on.
    pub fn take(&self, workspace: &WorkspaceId) -> Option<Turn> {
        let is_free = self.lock().insert(workspace.clone());
        is_free.then(|| Turn {
            turns: self.clone(),
            workspace: workspace.clone(),
        })
    }

    /// Whether a run goes on.
    pub fn is_taken(&self, workspace: &WorkspaceId) -> bool {
        self.lock().contains(workspace)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<WorkspaceId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().remove(&self.workspace);
    }
}

/// What stands for a text of which nothing is kept.
pub(crate) fn digest(text: &str) -> String {
    crate::outgoing::hex(&crate::access::secret::hash_of(text)[..12])
}

#[cfg(test)]
mod tests {
    use throughline_model::crm::{CrmRule, CrmValue, Leads};

    use super::*;

    fn connected() -> Connection {
        let rule = CrmRule {
            what: CrmValue::Trait("plan".to_owned()),
            property: "plan".to_owned(),
            leads: Leads::Ours,
        };
        Connection {
            token: Some("pat-secret".to_owned()),
            settings: CrmSettings {
                is_on: true,
                rules: vec![rule],
                ..CrmSettings::default()
            },
        }
    }

    fn after(outcome: CrmOutcome) -> Remembered {
        let run = CrmRun {
            began: Timestamp(0),
            ended: Timestamp(0),
            is_whole: true,
            outcome,
            counts: CrmCounts::default(),
            refused: Vec::new(),
            left_out: Vec::new(),
        };
        Remembered { last: Some(run) }
    }

    #[test]
    fn a_run_is_due_once_its_time_has_come_and_never_while_it_is_off() {
        let at = |minutes: i64| Timestamp(minutes * 60_000);
        let connection = connected();
        let first = Remembered::default();
        assert!(is_due(&connection, &first, at(0)));
        let done = after(CrmOutcome::Done);
        assert!(!is_due(&connection, &done, at(14)));
        assert!(is_due(&connection, &done, at(15)));
        let refused = after(CrmOutcome::TokenRefused);
        assert!(!is_due(&connection, &refused, at(15)));
        assert!(is_due(&connection, &refused, at(60)));

        let mut off = connected();
        off.settings.is_on = false;
        assert!(!is_due(&off, &first, at(0)));
        let mut bare = connected();
        bare.token = None;
        assert!(!is_due(&bare, &first, at(0)));
    }

    #[test]
    fn a_token_is_never_printed() {
        let text = format!("{:?}", connected());
        assert!(
            text.contains("***") && !text.contains("pat-secret"),
            "{text}"
        );
    }

    #[test]
    fn one_workspace_has_one_turn() {
        let turns = Turns::default();
        let shop = WorkspaceId::parse("shop").unwrap();
        let turn = turns.take(&shop).expect("free");
        assert!(turns.take(&shop).is_none() && turns.is_taken(&shop));
        drop(turn);
        assert!(turns.take(&shop).is_some());
    }
}
