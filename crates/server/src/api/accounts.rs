//! Accounts: companies, teams and other groups that group events name.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use throughline_insight::{Account, View, account, accounts};
use throughline_model::{JsonObject, ProfileId, Role, Timestamp, limits};
use utoipa::{IntoParams, ToSchema};

use super::profiles::{ProfileRow, rows};
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

/// Accounts of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accounts {
    /// The one with most members first.
    pub accounts: Vec<AccountRow>,
    /// How many match, also beyond those that are listed.
    pub total: usize,
}

/// An account in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountRow {
    pub id: String,
    /// Its trait `name`; its id where it has none.
    pub label: String,
    pub members_count: usize,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// An account with what is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountFacts {
    pub account: AccountRow,
    /// As the newest group event tells them.
    #[schema(value_type = Object)]
    pub traits: serde_json::Value,
    /// The first of its members.
    pub members: Vec<ProfileRow>,
}

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AccountSearch {
    /// A part of the id.
    pub q: Option<String>,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_list, list),
        Route::new(reads, __path_show, show),
    ]
}

/// The accounts that group events name, the one with most members first.
#[utoipa::path(get, path = "/api/w/{ws}/accounts", tag = "accounts", operation_id = "listAccounts",
    params(("ws" = String, Path, description = "The workspace"), AccountSearch),
    responses((status = 200, body = Accounts)))]
async fn list(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<AccountSearch>,
) -> Result<Json<Accounts>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let listed = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| {
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            let mut found = accounts(&view).map_err(refuse)?;
            let wanted = query.q.unwrap_or_default().trim().to_lowercase();
            found.retain(|it| wanted.is_empty() || it.id.to_lowercase().contains(&wanted));
            let total = found.len();
            found.truncate(limits::ACCOUNTS_LISTED_MAX);
            let described = found.iter().map(|it| described(&context, it));
            let accounts = described.map(|it| it.map(|it| it.0));
            Ok::<_, Refusal>(Accounts {
                accounts: accounts.collect::<Result<_, _>>()?,
                total,
            })
        },
    );
    listed.await?.map(Json)
}

/// What is known of an account, and its members.
#[utoipa::path(get, path = "/api/w/{ws}/accounts/{id}", tag = "accounts", operation_id = "getAccount",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The account")),
    responses((status = 200, body = AccountFacts)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<AccountFacts>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let (clock, runtime) = (app.clone(), workspace.runtime.clone());
    let shown = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| {
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            let found = account(&view, &id).map_err(refuse)?;
            let Some((found, members)) = found else {
                let message = "no group event of this workspace names this account";
                return Err(Refusal::new(Code::ProfileUnknown, message));
            };
            let (account, traits) = described(&context, &found)?;
            let shown = members.len().min(limits::PROFILES_PAGE_MAX);
            let members: &[ProfileId] = &members[..shown];
            Ok(AccountFacts {
                account,
                traits: traits.to_map().into(),
                members: rows(&context, runtime.state(), members, cancel)?,
            })
        },
    );
    shown.await?.map(Json)
}

fn described(context: &Context, account: &Account) -> Result<(AccountRow, JsonObject), Refusal> {
    let run = &context.snapshot.runs[account.newest.run as usize];
    let events = run.events(&[account.newest.row]);
    let mut events = events.map_err(|error| Refusal::internal(&error))?;
    let traits = events.pop().map_or_else(JsonObject::empty, |it| it.properties);
    let name = traits.to_map().remove("name");
    let name = name.and_then(|it| it.as_str().map(|it| it.trim().to_owned()));
    let row = AccountRow {
        label: name
            .filter(|it| !it.is_empty())
            .unwrap_or_else(|| account.id.clone()),
        id: account.id.clone(),
        members_count: account.members_count,
        first: account.first,
        last: account.last,
    };
    Ok((row, traits))
}
