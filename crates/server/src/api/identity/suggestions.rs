//! Profiles that are probably one person, for members to join or to dismiss.

use std::collections::{BTreeMap, BTreeSet};

use axum::{Json, extract::State};
use serde::Serialize;
use throughline_ingest::likeness::{Ground, Likeness, Reason};
use throughline_insight::Cancel;
use throughline_model::{
    ActorId, Identifier, ProfileId, Role, Timestamp,
    identity::{Decided, Decision},
    limits,
};
use utoipa::ToSchema;

use crate::{
    access::gate::{Needs, Workspace},
    api::profiles::{ProfileRow, rows},
    app::App,
    http::{refusal::Refusal, routes::Route},
    workspace::{Context, WorkspaceRuntime},
};

/// Who is probably one person, and what was not looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// The likeliest first.
    pub suggestions: Vec<Suggestion>,
    /// How many there are, also beyond those that are listed.
    pub total: usize,
    /// Profiles that were compared.
    pub compared: usize,
    /// Pairs as likely, of two user ids each, which cannot be one profile.
    pub both_known: usize,
    /// Older profiles that were not compared.
    pub profiles_left_out: usize,
    /// Values that too many profiles share to compare them all.
    pub groups_left_out: usize,
    /// True when there are more pairs than are weighed.
    pub is_cut: bool,
    /// What members have dismissed, the newest first.
    pub dismissed: Vec<DismissedSuggestion>,
}

/// Two profiles that are probably one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    pub left: SuggestedProfile,
    pub right: SuggestedProfile,
    /// How likely they are one person, from 0 to 1.
    pub chance: f64,
    /// The weights of all reasons, and what is expected before anything is compared.
    pub bits: f64,
    pub reasons: Vec<SuggestionReason>,
}

/// One of the two.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestedProfile {
    pub profile: ProfileRow,
    /// The identifier that stands for it in a decision.
    pub identifier: Identifier,
}

/// What two profiles have in common, or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionReason {
    pub ground: SuggestionGround,
    pub agrees: bool,
    /// What it adds, or takes away.
    pub bits: f64,
    /// What stands on the left and on the right; of an identifier that both were seen with, itself.
    pub left: String,
    pub right: String,
    /// The identifier that both were seen with.
    pub identifier: Option<Identifier>,
    /// How many profiles have this value; none where they differ.
    pub holders: Option<usize>,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionGround {
    /// An identifier was seen with both, and the policy does not join on it.
    Identifier,
    Email,
    Phone,
    Name,
    City,
}

/// Two that are not suggested, as a member has decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct DismissedSuggestion {
    pub left: Identifier,
    pub right: Identifier,
    /// The profiles that they belong to now.
    pub profiles: [ProfileId; 2],
    pub at: Timestamp,
    pub by: String,
    pub why: String,
}

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_list,
        list,
    )]
}

/// Profiles that are probably one person, and why. Nothing joins them but a member's decision.
#[utoipa::path(get, path = "/api/w/{ws}/identity/suggestions", tag = "identity",
    operation_id = "listIdentitySuggestions",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Suggestions)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Suggestions>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let listed = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| listed(&context, cancel),
    );
    listed.await?.map(Json)
}

fn listed(context: &Context, cancel: &Cancel) -> Result<Suggestions, Refusal> {
    let compared = context.likely()?;
    let mut likely = compared.likely;
    let total = likely.pairs.len();
    likely.pairs.truncate(limits::SUGGESTIONS_SHOWN_MAX);
    let profiles = profiles_of(context, &likely.pairs, cancel)?;
    let seen = identifiers_of(context, &likely.pairs)?;
    let shown = likely.pairs.iter().filter_map(|it| {
        Some(Suggestion {
            left: profiles.get(&it.left)?.clone(),
            right: profiles.get(&it.right)?.clone(),
            chance: it.chance,
            bits: it.bits,
            reasons: it.reasons.iter().map(|it| reason(it, &seen)).collect(),
        })
    });
    Ok(Suggestions {
        suggestions: shown.collect(),
        total,
        compared: compared.profiles,
        both_known: likely.both_known,
        profiles_left_out: compared.profiles_left_out,
        groups_left_out: likely.groups_left_out,
        is_cut: likely.is_cut,
        dismissed: dismissed(&context.runtime)?,
    })
}

fn profiles_of(
    context: &Context,
    pairs: &[Likeness],
    cancel: &Cancel,
) -> Result<BTreeMap<ProfileId, SuggestedProfile>, Refusal> {
    let state = context.runtime.state();
    let ids: BTreeSet<ProfileId> = pairs.iter().flat_map(|it| [it.left, it.right]).collect();
    let ids: Vec<ProfileId> = ids.into_iter().collect();
    let stand: Vec<ActorId> = ids.iter().map(|it| ActorId(it.0)).collect();
    let mut stand: BTreeMap<ActorId, Identifier> = state.identifiers(&stand)?.into_iter().collect();
    let rows = rows(context, state, &ids, cancel)?.into_iter();
    let suggested = rows.filter_map(|profile| {
        let identifier = stand.remove(&ActorId(profile.id.0))?;
        let id = profile.id;
        Some((
            id,
            SuggestedProfile {
                profile,
                identifier,
            },
        ))
    });
    Ok(suggested.collect())
}

/// The identifiers that two were seen with.
fn identifiers_of(
    context: &Context,
    pairs: &[Likeness],
) -> Result<BTreeMap<ActorId, Identifier>, Refusal> {
    let reasons = pairs.iter().flat_map(|it| &it.reasons);
    let actors: BTreeSet<ActorId> = reasons
        .filter_map(|it| match it.ground {
            Ground::Identifier(actor) => Some(actor),
            _ => None,
        })
        .collect();
    let actors: Vec<ActorId> = actors.into_iter().collect();
    let found = context.runtime.state().identifiers(&actors)?;
    Ok(found.into_iter().collect())
}

fn reason(reason: &Reason, seen: &BTreeMap<ActorId, Identifier>) -> SuggestionReason {
    let (ground, identifier) = match reason.ground {
        Ground::Identifier(actor) => (SuggestionGround::Identifier, seen.get(&actor).cloned()),
        Ground::Email => (SuggestionGround::Email, None),
        Ground::Phone => (SuggestionGround::Phone, None),
        Ground::Name => (SuggestionGround::Name, None),
        Ground::City => (SuggestionGround::City, None),
    };
    let (left, right) = reason.values.clone().unwrap_or_else(|| {
        let value = identifier.as_ref().map(|it| it.value.to_string());
        let value = value.unwrap_or_default();
        (value.clone(), value)
    });
    SuggestionReason {
        ground,
        agrees: reason.agrees,
        bits: reason.bits,
        left,
        right,
        identifier,
        holders: reason.holders,
    }
}

fn dismissed(runtime: &WorkspaceRuntime) -> Result<Vec<DismissedSuggestion>, Refusal> {
    let decisions = runtime.state().decisions()?;
    let resolver = runtime.pipeline().resolver();
    let mut open: BTreeSet<(ActorId, ActorId)> = resolver.dismissed().collect();
    let mut found = Vec::new();
    for (_, json) in decisions.iter().rev() {
        if open.is_empty() || found.len() >= limits::SUGGESTIONS_SHOWN_MAX {
            break;
        }
        let Ok(Decided { at, by, why, what }) = serde_json::from_str(json) else {
            continue;
        };
        let Decision::Dismiss { left, right } = what else {
            continue;
        };
        let Some((a, b)) = resolver.actor(&left).zip(resolver.actor(&right)) else {
            continue;
        };
        // A decision does not say which of the two the link log names first.
        if open.remove(&(a, b)) || open.remove(&(b, a)) {
            let profiles = [resolver.root(a), resolver.root(b)];
            found.push(DismissedSuggestion {
                left,
                right,
                profiles,
                at,
                by,
                why,
            });
        }
    }
    Ok(found)
}
