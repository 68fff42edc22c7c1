//! What one profile has agreed to, with what proves it.

use serde::Serialize;
use throughline_model::{
    ActorId, Channel, SourceId, Timestamp,
    consent::{Basis, ConsentPolicy, ConsentState},
};
use throughline_store::state::{ConsentRow, StateError, WorkspaceState};
use utoipa::ToSchema;

/// What holds for a profile, and all that it ever said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileConsents {
    /// Each purpose on each of its channels, as the workspace lists them.
    pub purposes: Vec<ProfileConsent>,
    /// Everything that was said, the newest first.
    pub history: Vec<ConsentStatement>,
    /// Statements that the history leaves out, the oldest.
    pub left_out: usize,
}

/// What holds for one purpose on one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileConsent {
    pub purpose: String,
    pub name: String,
    /// None where it is asked for all channels together.
    pub channel: Option<Channel>,
    pub basis: Basis,
    pub state: ConsentState,
    /// What says so; none when nothing was said, so that the purpose decides.
    pub said: Option<ConsentStatement>,
}

/// What an event said of consent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsentStatement {
    /// What the event calls the purpose; `*` is all of them.
    pub key: String,
    /// None when it was said of all channels.
    pub channel: Option<Channel>,
    pub state: ConsentState,
    pub time: Timestamp,
    /// When it was said first: earlier where a page repeats it with each event of a week.
    pub first: Timestamp,
    /// Whether it was said on purpose, and not only told along with something else.
    pub is_decision: bool,
    /// The name of the event.
    pub event: String,
    /// The event's place in the log.
    pub seq: String,
    /// The key of the event's message.
    pub message: String,
    pub source: SourceId,
    /// The version of the text that was shown, or the text.
    pub text: Option<String>,
    /// The address of a proof.
    pub proof: Option<String>,
}

const HISTORY_MAX: usize = 200;

/// What the actors of a profile have agreed to.
pub fn consents_of(
    state: &WorkspaceState,
    actors: &[ActorId],
) -> Result<ProfileConsents, StateError> {
    let rows = state.consents(actors)?;
    Ok(told(&state.consent_policy(), &rows))
}

/// Reads statements, the newest first, by what a workspace asks for.
fn told(policy: &ConsentPolicy, rows: &[ConsentRow]) -> ProfileConsents {
    let mut purposes = Vec::new();
    for purpose in &policy.purposes {
        for channel in purpose.asked() {
            let said = rows
                .iter()
                .find(|row| purpose.hears(&row.key, row.channel, channel));
            purposes.push(ProfileConsent {
                purpose: purpose.id.clone(),
                name: purpose.name.clone(),
                channel,
                basis: purpose.basis,
                state: said.map_or(purpose.untold, |row| ConsentState::of(row.is_granted)),
                said: said.map(statement),
            });
        }
    }
    ProfileConsents {
        purposes,
        history: rows.iter().take(HISTORY_MAX).map(statement).collect(),
        left_out: rows.len().saturating_sub(HISTORY_MAX),
    }
}

fn statement(row: &ConsentRow) -> ConsentStatement {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ConsentStatement {
        key: row.key.to_string(),
        channel: row.channel,
        state: ConsentState::of(row.is_granted),
        time: row.time,
        first: row.first,
        is_decision: row.is_decision,
        event: row.event.to_string(),
        seq: row.seq.0.to_string(),
        message: format!("{:032x}", row.message.0),
        source: row.source,
        text: filled(&row.text),
        proof: filled(&row.proof),
    }
}
