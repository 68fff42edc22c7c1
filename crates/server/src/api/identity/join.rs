//! What joining two profiles by hand would do, before it is done.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_insight::Cancel;
use throughline_model::{ActorId, Identifier, ProfileId, Role, identity::Decision, limits};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::gate::{Needs, Workspace},
    api::profiles::{
        ProfileIdentifier, ProfileRow, ProfileTrait, names_of, rows, shown_identifier, shown_trait,
    },
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::Context,
};

/// Two profiles to join.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JoinOf {
    pub left: u32,
    pub right: u32,
}

/// Two profiles side by side, and the one that they would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinPreview {
    pub left: JoinSide,
    pub right: JoinSide,
    /// Why they cannot be joined; none when they can.
    pub conflict: Option<JoinConflict>,
    /// Pairs of their identifiers that members have parted.
    pub parted: usize,
    /// None where there is a conflict.
    pub together: Option<JoinSide>,
}

/// A profile that would be joined, or the one that would come of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinSide {
    pub profile: ProfileRow,
    /// The identifier that stands for it in a decision.
    pub identifier: Identifier,
    pub identifiers: Vec<ProfileIdentifier>,
    /// How many there are, also beyond those that are listed.
    pub identifiers_count: usize,
    pub traits: Vec<ProfileTrait>,
}

/// Why two profiles cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinConflict {
    /// They are one already.
    Same,
    /// Each has a user id, and a profile holds one at most.
    BothKnown,
}

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_preview,
        preview,
    )]
}

/// What joining two profiles by hand would do: both side by side, and the one that they would be.
#[utoipa::path(get, path = "/api/w/{ws}/identity/join", tag = "identity",
    operation_id = "previewJoin",
    params(("ws" = String, Path, description = "The workspace"), JoinOf),
    responses((status = 200, body = JoinPreview)))]
async fn preview(
    State(app): State<App>,
    workspace: Workspace,
    Query(of): Query<JoinOf>,
) -> Result<Json<JoinPreview>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let tried = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| tried(&context, &of, cancel),
    );
    tried.await?.map(Json)
}

fn tried(context: &Context, of: &JoinOf, cancel: &Cancel) -> Result<JoinPreview, Refusal> {
    let (left, right) = (
        side(context, of.left, cancel)?,
        side(context, of.right, cancel)?,
    );
    let (conflict, parted) = {
        let resolver = context.runtime.pipeline().resolver();
        let ids = (left.profile.id, right.profile.id);
        let root = |actor: ActorId| resolver.root(actor);
        let is_between = |(a, b): &(ActorId, ActorId)| {
            let pair = (root(*a), root(*b));
            pair == ids || pair == (ids.1, ids.0)
        };
        let conflict = if ids.0 == ids.1 {
            Some(JoinConflict::Same)
        } else if resolver.is_known(ids.0) && resolver.is_known(ids.1) {
            Some(JoinConflict::BothKnown)
        } else {
            None
        };
        (conflict, resolver.parted().filter(is_between).count())
    };
    let mut together = None;
    if conflict.is_none() {
        let after = context.after(Decision::Join {
            left: left.identifier.clone(),
            right: right.identifier.clone(),
        });
        together = Some(side(&after, of.left, cancel)?);
    }
    Ok(JoinPreview {
        left,
        right,
        conflict,
        parted,
        together,
    })
}

fn side(context: &Context, id: u32, cancel: &Cancel) -> Result<JoinSide, Refusal> {
    let unknown = || {
        let message = format!("this workspace has no profile {id} with events");
        Refusal::new(Code::ProfileUnknown, message)
    };
    let id = ProfileId(context.snapshot.root(id));
    let state = context.runtime.state();
    let profile = rows(context, state, &[id], cancel)?.pop();
    let profile = profile.ok_or_else(unknown)?;
    let name = names_of(context, state, &[id])?.remove(&id);
    let name = name.ok_or_else(unknown)?;
    let stands = state.identifiers(&[ActorId(id.0)])?.pop();
    let (_, identifier) = stands.ok_or_else(unknown)?;
    let shown = name.identifiers.iter().take(limits::IDENTITY_SHOWN_MAX);
    Ok(JoinSide {
        profile,
        identifier,
        identifiers: shown.map(shown_identifier).collect(),
        identifiers_count: name.identifiers.len(),
        traits: name.traits.iter().map(shown_trait).collect(),
    })
}
