//! The policy: reading it, trying it out over all of history, and saving it.

use std::collections::{BTreeSet, HashMap};

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_ingest::identifiers::is_country;
use throughline_model::{
    ActorId, Role, Timestamp, Value,
    identity::{Decided, Decision, IdentityPolicy},
};
use throughline_store::state::{StateError, TraitRules, WorkspaceState};
use utoipa::ToSchema;

use super::{carry_out, reason};
use crate::{
    access::gate::{Needs, Workspace},
    api::{documents, profiles::names_of},
    app::App,
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    work::blocking,
    workspace::Context,
};

/// The policy of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredPolicy {
    /// Counts the policies that were saved; 0 is the one of every new workspace.
    pub version: u64,
    pub policy: IdentityPolicy,
    /// Who saved it, and when and why; none for version 0.
    pub saved: Option<PolicySaved>,
}

/// How a policy came to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicySaved {
    pub at: Timestamp,
    pub by: String,
    pub why: String,
}

/// A policy to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyToSave {
    /// The version that was read.
    pub version: u64,
    pub policy: IdentityPolicy,
    pub why: String,
}

/// What a policy would do, counted over everything that was ever collected.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyPreview {
    pub faults: Vec<Fault>,
    /// None while there are faults.
    pub effect: Option<PolicyEffect>,
}

/// What a policy would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyEffect {
    /// Profiles that have events, now and then.
    pub profiles_before: usize,
    pub profiles_after: usize,
    /// Profiles of now that would become part of another.
    pub merged: usize,
    /// Profiles of now that would fall apart.
    pub split: usize,
    pub suspended_before: usize,
    pub suspended_after: usize,
    /// Devices that several people share by time, now and then.
    pub shared_before: usize,
    pub shared_after: usize,
    /// Some of the profiles that would be one: the names of all that would join.
    pub merges: Vec<Vec<String>>,
    /// Some of the profiles that would fall apart: the identifiers that would stand for the pieces.
    pub splits: Vec<Vec<String>>,
    /// Traits whose rule would be another, with the profiles that would have another value.
    pub traits: Vec<TraitEffect>,
}

/// What another rule on a trait would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraitEffect {
    pub name: String,
    /// Profiles whose value would be another, among those that would be profiles then.
    pub profiles: usize,
}

pub fn routes() -> Vec<Route> {
    let (reads, writes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Admin),
    );
    vec![
        Route::new(reads, __path_show, show),
        Route::new(reads, __path_preview, preview),
        Route::new(writes, __path_save, save),
    ]
}

/// The policy that is in force.
#[utoipa::path(get, path = "/api/w/{ws}/identity/policy", tag = "identity",
    operation_id = "getIdentityPolicy", params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredPolicy)))]
async fn show(workspace: Workspace) -> Result<Json<StoredPolicy>, Refusal> {
    stored(&workspace).await.map(Json)
}

/// What a policy would do to all of history, without saving it.
#[utoipa::path(post, path = "/api/w/{ws}/identity/policy/preview", tag = "identity",
    operation_id = "previewIdentityPolicy", params(("ws" = String, Path, description = "The workspace")),
    request_body = IdentityPolicy, responses((status = 200, body = PolicyPreview)))]
async fn preview(
    State(app): State<App>,
    workspace: Workspace,
    Body(policy): Body<IdentityPolicy>,
) -> Result<Json<PolicyPreview>, Refusal> {
    let faults = faults(&policy);
    if !faults.is_empty() {
        return Ok(Json(PolicyPreview {
            faults,
            effect: None,
        }));
    }
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let tried = app.desk().answer(
        None,
        move || clock.now(),
        move |_| effect(&context, &policy),
    );
    Ok(Json(PolicyPreview {
        faults,
        effect: Some(tried.await??),
    }))
}

/// Saves a policy; from then on it holds for all of history.
#[utoipa::path(put, path = "/api/w/{ws}/identity/policy", tag = "identity",
    operation_id = "saveIdentityPolicy", params(("ws" = String, Path, description = "The workspace")),
    request_body = PolicyToSave, responses((status = 200, body = StoredPolicy)))]
async fn save(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<PolicyToSave>,
) -> Result<Json<StoredPolicy>, Refusal> {
    let why = reason("why", &body.why)?;
    documents::check("policy", faults(&body.policy))?;
    if stored(&workspace).await?.version != body.version {
        let message = "somebody else has saved a policy meanwhile; read it again";
        return Err(Refusal::new(Code::VersionConflict, message));
    }
    let policy = Box::new(body.policy);
    let decision = Decision::Policy { policy };
    let action = "identity.policy_saved";
    carry_out(&app, &workspace, decision, why, action, "policy".to_owned()).await?;
    stored(&workspace).await.map(Json)
}

async fn stored(workspace: &Workspace) -> Result<StoredPolicy, Refusal> {
    let runtime = workspace.runtime.clone();
    blocking(move || {
        let decisions = runtime.state().decisions()?;
        let policies: Vec<Decided> = (decisions.iter())
            .filter_map(|(_, json)| serde_json::from_str(json).ok())
            .filter(|it: &Decided| matches!(it.what, Decision::Policy { .. }))
            .collect();
        let saved = policies.last().map(|it| PolicySaved {
            at: it.at,
            by: it.by.clone(),
            why: it.why.clone(),
        });
        Ok(StoredPolicy {
            version: policies.len() as u64,
            policy: runtime.pipeline().resolver().policy().clone(),
            saved,
        })
    })
    .await
}

fn effect(context: &Context, policy: &IdentityPolicy) -> Result<PolicyEffect, Refusal> {
    let state = context.runtime.state();
    let tried = context.runtime.try_policy(policy, context.now);
    let mut merges = Vec::new();
    for profiles in &tried.merges {
        let names = names_of(context, state, profiles)?;
        merges.push(names.iter().map(|(id, name)| name.label(*id)).collect());
    }
    let mut splits = Vec::new();
    for (_, actors) in &tried.splits {
        let actors: Vec<ActorId> = actors.iter().copied().map(ActorId).collect();
        let values = state.identifiers(&actors)?.into_iter();
        splits.push(values.map(|(_, it)| it.value.to_string()).collect());
    }
    let traits = trait_effects(state, policy, &tried.roots)?;
    Ok(PolicyEffect {
        traits,
        profiles_before: tried.profiles_before,
        profiles_after: tried.profiles_after,
        merged: tried.merged,
        split: tried.split,
        suspended_before: tried.suspended_before,
        suspended_after: tried.suspended_after,
        shared_before: tried.shared_before,
        shared_after: tried.shared_after,
        merges,
        splits,
    })
}

/// Counts whose value would be another, trait by trait of those whose rule would be.
fn trait_effects(
    state: &WorkspaceState,
    policy: &IdentityPolicy,
    roots: &[u32],
) -> Result<Vec<TraitEffect>, StateError> {
    let before = state.trait_rules();
    let rules = policy
        .traits
        .iter()
        .map(|it| (it.name.clone(), it.keep.clone()));
    let after: TraitRules = rules.collect();
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let root = |actor: u32| roots.get(actor as usize).copied().unwrap_or(actor);
    let mut effects = Vec::new();
    for name in names {
        let rules = [before.get(name), after.get(name)];
        if rules[0] == rules[1] {
            continue;
        }
        let of = |keep| -> Result<HashMap<u32, Value>, StateError> {
            Ok(state.trait_column_under(name, keep)?.values(root))
        };
        let (old, new) = (of(rules[0])?, of(rules[1])?);
        let is_moved = |profile: &&u32| old.get(profile) != new.get(profile);
        let profiles: BTreeSet<&u32> = old.keys().chain(new.keys()).filter(is_moved).collect();
        effects.push(TraitEffect {
            name: name.clone(),
            profiles: profiles.len(),
        });
    }
    Ok(effects)
}

fn faults(policy: &IdentityPolicy) -> Vec<Fault> {
    let mut faults: Vec<Fault> = (policy.check().into_iter()).map(Fault::from).collect();
    if let Some(country) = &policy.country
        && faults.is_empty()
        && !is_country(country)
    {
        faults.push(Fault {
            place: "country".to_owned(),
            message: format!("phone numbers of `{country}` cannot be read"),
        });
    }
    faults
}
