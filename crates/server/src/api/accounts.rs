//! Accounts: what profiles belong to together, with their members and what was told of them.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use throughline_insight::{
    AccountFacts, AccountList, AccountOrder, AccountStory, AccountTypeFacts, AccountsAsk, AskError,
    Cancel, View, account, account_types, accounts, accounts_of,
};
use throughline_model::{
    ProfileId, Role, Timestamp,
    account::{ACCOUNT_TYPE_DEFAULT, AccountTypes, account_id},
    limits,
};
use throughline_store::state::AccountTrait;
use utoipa::{IntoParams, ToSchema};

use super::{
    objects::{ObjectEvent, events_at},
    profiles::{ProfileRow, rows},
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::refuse,
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::Context,
};

/// Which accounts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountsQuery {
    /// `account` when it is left out.
    pub account_type: Option<String>,
    /// Only those whose id or name contains this.
    pub q: Option<String>,
    /// By members when it is left out.
    #[serde(default)]
    #[param(inline)]
    pub order: AccountOrder,
    /// How many to pass over.
    #[serde(default)]
    pub offset: usize,
    /// At most 500.
    pub limit: Option<usize>,
}

/// The types of accounts that there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountTypeList {
    /// By name, without those that have no account.
    pub types: Vec<AccountTypeFacts>,
}

/// One account with its members and what they did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownAccount {
    #[serde(flatten)]
    pub story: AccountStory,
    /// Those that were seen last first; at most 500.
    pub members: Vec<ShownAccountMember>,
    /// The events that carry its id, the latest first; at most 500.
    pub events: Vec<ObjectEvent>,
}

/// A profile in an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownAccountMember {
    pub profile: ProfileRow,
    /// Of its events that carry the account's id.
    pub first: Timestamp,
    pub last: Timestamp,
    pub events_count: u64,
}

/// Accounts that a profile has events of.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountsOfProfile {
    /// Those that it was seen in last come first.
    pub accounts: Vec<AccountFacts>,
    /// How many there are, those that are not listed included.
    pub found: u64,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_types, types),
        Route::new(reads, __path_list, list),
        Route::new(reads, __path_show, show),
        Route::new(reads, __path_of_profile, of_profile),
    ]
}

/// The types of accounts, with how many of each there are.
#[utoipa::path(get, path = "/api/w/{ws}/account-types", tag = "accounts", operation_id = "listAccountTypes",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = AccountTypeList)))]
async fn types(
    State(app): State<App>,
    workspace: Workspace,
) -> Result<Json<AccountTypeList>, Refusal> {
    answered(&app, workspace, |context, view| {
        let types = account_types(view, &types_of(context)?, |it| told(context, it, None));
        let types = types.map_err(refuse)?;
        Ok(AccountTypeList { types })
    })
    .await
}

/// The accounts of a type.
#[utoipa::path(get, path = "/api/w/{ws}/accounts", tag = "accounts", operation_id = "listAccounts",
    params(("ws" = String, Path, description = "The workspace"), AccountsQuery),
    responses((status = 200, body = AccountList)))]
async fn list(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<AccountsQuery>,
) -> Result<Json<AccountList>, Refusal> {
    answered(&app, workspace, move |context, view| {
        let name = query.account_type.as_deref();
        let name = name.unwrap_or(ACCOUNT_TYPE_DEFAULT);
        let key = types_of(context)?.get(name).copied().unwrap_or_default();
        let ask = AccountsAsk {
            search: query.q.filter(|it| !it.trim().is_empty()),
            order: query.order,
            offset: query.offset,
            limit: (query.limit.unwrap_or(100)).clamp(1, limits::ACCOUNTS_PAGE_MAX),
        };
        let described = told(context, name, None).map_err(refuse)?;
        accounts(view, name, key, &described, &ask, context.now).map_err(refuse)
    })
    .await
}

/// One account: what was told of it, its members, and what they did.
#[utoipa::path(get, path = "/api/w/{ws}/accounts/{account_type}/{id}", tag = "accounts",
    operation_id = "getAccount",
    params(("ws" = String, Path, description = "The workspace"),
        ("account_type" = String, Path, description = "The type of the account"),
        ("id" = String, Path, description = "The id of the account")),
    responses((status = 200, body = ShownAccount)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, name, id)): Path<(String, String, String)>,
) -> Result<Json<ShownAccount>, Refusal> {
    answered(&app, workspace, move |context, view| {
        shown(context, view, &name, &id)
    })
    .await
}

fn shown(
    context: &Context,
    view: &View<'_>,
    name: &str,
    id: &str,
) -> Result<ShownAccount, Refusal> {
    let unknown = || {
        let message = "no event carries an id like this, and nothing was told of it";
        Refusal::new(Code::DocumentUnknown, message)
    };
    let id = account_id(&throughline_model::Value::Text(id.to_owned())).ok_or_else(unknown)?;
    let key = types_of(context)?.get(name).copied().unwrap_or_default();
    let described = told(context, name, Some(&id)).map_err(refuse)?;
    let story = account(view, name, key, &id, &described, context.now).map_err(refuse)?;
    let mut story = story.ok_or_else(unknown)?;
    let mut members = std::mem::take(&mut story.members);
    members.truncate(limits::PROFILES_PAGE_MAX);
    let profiles: Vec<ProfileId> = members.iter().map(|it| it.profile).collect();
    let rows = rows(context, context.runtime.state(), &profiles, view.cancel)?;
    let mut rows: BTreeMap<ProfileId, ProfileRow> =
        rows.into_iter().map(|it| (it.id, it)).collect();
    let members = members.into_iter().filter_map(|it| {
        Some(ShownAccountMember {
            profile: rows.remove(&it.profile)?,
            first: it.first,
            last: it.last,
            events_count: it.events_count,
        })
    });
    Ok(ShownAccount {
        members: members.collect(),
        events: events_at(context, view, &story.shown)?,
        story,
    })
}

/// The accounts that a profile has events of, those it was seen in last first.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/accounts", tag = "accounts",
    operation_id = "listProfileAccounts",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    responses((status = 200, body = AccountsOfProfile)))]
async fn of_profile(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<AccountsOfProfile>, Refusal> {
    answered(&app, workspace, move |context, view| {
        let profile = ProfileId(context.snapshot.root(id));
        let described = |it: &str| told(context, it, None);
        let found = accounts_of(view, profile, &types_of(context)?, described, context.now);
        let (accounts, found) = found.map_err(refuse)?;
        Ok(AccountsOfProfile { accounts, found })
    })
    .await
}

/// Answers at the desk, as what is asked walks the log. Nothing is kept: a description changes no snapshot.
async fn answered<T: Send + 'static>(
    app: &App,
    workspace: Workspace,
    work: impl FnOnce(&Context, &View<'_>) -> Result<T, Refusal> + Send + 'static,
) -> Result<Json<T>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let answer = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel: &Cancel| {
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            work(&context, &view)
        },
    );
    answer.await?.map(Json)
}

/// The types that were seen; the usual one always, as events of the time before types were noted have it.
fn types_of(context: &Context) -> Result<AccountTypes, Refusal> {
    let types = context.runtime.state().account_types();
    let mut types = types.map_err(|error| Refusal::internal(&error))?;
    types.entry(ACCOUNT_TYPE_DEFAULT.to_owned()).or_default();
    Ok(types)
}

fn told(context: &Context, name: &str, id: Option<&str>) -> Result<Vec<AccountTrait>, AskError> {
    Ok(context.runtime.state().account_traits(name, id)?)
}
