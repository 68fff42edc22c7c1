//! Links in messages that were sent: registered, looked at, and led on to.

use std::net::IpAddr;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use throughline_insight::Cancel;
use throughline_model::{
    Role, Timestamp, limits,
    sent_link::{Address, LinkStatus, LinkTurn, SentLinkSettings, Unasked},
};
use throughline_store::state::{DocumentKind, NewSentLink, SentLinkRow};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::ChangedVersion,
    privacy::note,
};
use crate::{
    access::{
        gate::{Needs, Workspace},
        secret::Secret,
    },
    answers,
    app::{App, ClientAddress},
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    sent_links::{self, SETTINGS, clicked, counted_as, worker},
};

/// Every link, broken ones first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentLinks {
    /// Whether they are asked for by themselves.
    pub is_on: bool,
    pub links: Vec<SentLink>,
    /// How many are kept at most.
    pub most: usize,
}

/// A link, with how it stands and who clicked it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentLink {
    pub id: i64,
    /// Without parameters that are of one person; of one that was registered, as it was told.
    pub address: String,
    /// Where it is led on from; none of one that was only seen in clicks.
    pub leads_from: Option<String>,
    /// Where is led to while it is broken.
    pub fallback: Option<String>,
    /// Why it is never asked for.
    pub unasked: Option<Unasked>,
    pub added: Timestamp,
    /// None before that is known.
    pub status: Option<LinkStatus>,
    pub since: Option<Timestamp>,
    pub checked: Option<Timestamp>,
    /// When it is asked for next, at the earliest.
    pub due: Option<Timestamp>,
    /// True when the last answer says that it is broken, and the next one is waited for.
    pub is_doubted: bool,
    /// The latest first.
    pub turns: Vec<LinkTurn>,
    /// How often somebody was led on.
    pub led: u64,
    /// In the last 30 days.
    pub clicks: u64,
    pub people: u64,
    pub last_click: Option<Timestamp>,
    /// Messages and campaigns whose clicks tell of it, in the last 30 days.
    pub campaigns: Vec<String>,
}

/// A link that is going to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// The same for everybody who is sent it.
    pub address: String,
    /// Where to lead while it is broken.
    #[serde(default)]
    pub fallback: Option<String>,
}

/// A link that may be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeLink {
    pub id: i64,
    pub address: String,
    /// What to send in its place; a path where the server does not know its own address.
    pub leads_from: String,
}

/// How links are looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredLinkSettings {
    /// 0 while nobody has written any; to be sent in `If-Match` with a change.
    pub version: u64,
    pub settings: SentLinkSettings,
}

pub fn routes() -> Vec<Route> {
    let of = |role| Needs::Workspace(role);
    vec![
        Route::new(of(Role::Viewer), __path_list, list),
        Route::new(of(Role::Editor), __path_register, register),
        Route::new(of(Role::Editor), __path_remove, remove),
        Route::new(of(Role::Analyst), __path_check, check),
        Route::new(of(Role::Viewer), __path_show_settings, show_settings),
        Route::new(of(Role::Admin), __path_change_settings, change_settings),
        Route::new(Needs::Nothing, __path_lead, lead),
    ]
}

/// The links in messages, broken ones first, with the clicks of the last 30 days.
#[utoipa::path(get, path = "/api/w/{ws}/sent-links", tag = "sent links", operation_id = "listSentLinks",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = SentLinks)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<SentLinks>, Refusal> {
    let (now, runtime, here) = (app.now(), workspace.runtime.clone(), app.clone());
    let answered = app.desk().answer(
        None,
        move || here.now(),
        move |cancel: &Cancel| {
            let settings = sent_links::settings(runtime.state())?;
            let rows = runtime.state().sent_links()?;
            let clicks = clicked(&runtime, &settings, now, cancel).map_err(answers::refuse)?;
            Ok::<_, Refusal>((settings, rows, clicks))
        },
    );
    let (settings, rows, clicks) = answered.await??;
    let mut links: Vec<SentLink> = (rows.into_iter())
        .map(|row| {
            let clicked = clicks.get(&counted_as(&row.address, &settings));
            let mut link = shown(&app, row);
            if let Some((clicked, _)) = clicked {
                link.clicks = clicked.clicks;
                link.people = clicked.people;
                link.last_click = Some(clicked.last);
                link.campaigns.clone_from(&clicked.campaigns);
            }
            link
        })
        .collect();
    links.sort_by_key(|it| (urgency(it), std::cmp::Reverse(it.people)));
    Ok(Json(SentLinks {
        is_on: settings.is_on,
        links,
        most: limits::LINKS_MAX,
    }))
}

/// Registers a link before it is sent, and tells what to send in its place.
///
/// One that is registered already keeps its address to send, and gets the new fallback.
#[utoipa::path(post, path = "/api/w/{ws}/sent-links", tag = "sent links", operation_id = "registerSentLink",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NewLink, responses((status = 200, body = MadeLink)))]
async fn register(
    State(app): State<App>,
    workspace: Workspace,
    Body(new): Body<NewLink>,
) -> Result<Json<MadeLink>, Refusal> {
    let mut faults = Vec::new();
    let mut read = |place: &str, text: &str| match Address::told(text) {
        Ok((address, false)) => Some(address),
        Ok((_, true)) => {
            let message =
                "has a part that looks like one person's; register what is the same for everybody";
            faults.push(fault(place, message.to_owned()));
            None
        }
        Err(error) => {
            faults.push(fault(place, error.to_string()));
            None
        }
    };
    let address = read("address", &new.address);
    let fallback = new.fallback.as_deref().and_then(|it| read("fallback", it));
    documents::check("link", faults)?;
    let address = address.expect("it has no fault");
    let code: String = Secret::random().reveal().chars().take(CODE_CHARS).collect();
    let link = NewSentLink {
        unasked: address.unasked(),
        address: address.as_str().to_owned(),
        code: Some(code),
        fallback: fallback.map(|it| it.as_str().to_owned()),
    };
    let now = app.now();
    let kept = workspace.runtime.with_state(move |state| {
        if state.add_sent_links(std::slice::from_ref(&link), limits::LINKS_MAX, now)? == 0 {
            let most = limits::LINKS_MAX;
            let message = format!("a workspace keeps at most {most} links; remove some");
            return Err(Refusal::new(Code::LimitReached, message));
        }
        let all = state.sent_links()?;
        all.into_iter()
            .find(|it| it.address == link.address)
            .ok_or_else(unknown)
    });
    let row = kept.await?;
    Ok(Json(MadeLink {
        id: row.id,
        leads_from: row
            .code
            .as_deref()
            .map(|it| place_of(&app, it))
            .unwrap_or_default(),
        address: row.address,
    }))
}

/// Forgets a link. What was sent in its place leads nowhere from then on.
#[utoipa::path(delete, path = "/api/w/{ws}/sent-links/{id}", tag = "sent links", operation_id = "removeSentLink",
    params(("ws" = String, Path, description = "The workspace"), ("id" = i64, Path, description = "The link")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, i64)>,
) -> Result<StatusCode, Refusal> {
    let removed = workspace
        .runtime
        .with_state(move |state| Ok(state.remove_sent_link(id)?));
    match removed.await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(unknown()),
    }
}

/// Asks for a link now. One that is never asked for by itself is not asked for by hand either.
#[utoipa::path(post, path = "/api/w/{ws}/sent-links/{id}/check", tag = "sent links", operation_id = "checkSentLink",
    params(("ws" = String, Path, description = "The workspace"), ("id" = i64, Path, description = "The link")),
    responses((status = 200, body = SentLink)))]
async fn check(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, i64)>,
) -> Result<Json<SentLink>, Refusal> {
    let found = workspace.runtime.with_state(move |state| {
        let row = state.sent_link(id)?.ok_or_else(unknown)?;
        Ok((sent_links::settings(state)?, row))
    });
    let (settings, row) = found.await?;
    if !settings.is_on {
        let message = "links are not asked for; an admin can turn it on";
        return Err(Refusal::new(Code::ParameterUnusable, message));
    }
    if row.unasked.is_some() {
        let message = "this address may do something when it is opened, so it is never asked for";
        return Err(Refusal::new(Code::ParameterUnusable, message));
    }
    let asked = row.standing.checked;
    if asked.is_some_and(|it| app.now().since(it) < limits::LINK_ASKED_AGAIN_AFTER) {
        let message = "it was asked for just now; wait a moment";
        return Err(Refusal::new(Code::Busy, message).retry_after(limits::LINK_ASKED_AGAIN_AFTER));
    }
    let looked = worker::look(&app, &workspace.runtime, &settings, row).await;
    looked.map_err(|error| Refusal::internal(&error))?;
    let read = workspace
        .runtime
        .with_state(move |state| state.sent_link(id)?.ok_or_else(unknown));
    Ok(Json(shown(&app, read.await?)))
}

/// How links are looked at.
#[utoipa::path(get, path = "/api/w/{ws}/sent-links/settings", tag = "sent links", operation_id = "getSentLinkSettings",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredLinkSettings)))]
async fn show_settings(workspace: Workspace) -> Result<Json<StoredLinkSettings>, Refusal> {
    let kind = DocumentKind::SentLinks;
    let stored = documents::find(&workspace, kind, SETTINGS.to_owned()).await?;
    Ok(Json(match stored {
        Some(stored) => StoredLinkSettings {
            version: stored.head.version,
            settings: documents::parse(&stored)?,
        },
        None => StoredLinkSettings {
            version: 0,
            settings: SentLinkSettings::default(),
        },
    }))
}

/// Changes how links are looked at, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/sent-links/settings", tag = "sent links", operation_id = "changeSentLinkSettings",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = SentLinkSettings, responses((status = 200, body = ChangedVersion)))]
async fn change_settings(
    State(app): State<App>,
    workspace: Workspace,
    version: IfMatch,
    Body(settings): Body<SentLinkSettings>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("list of settings", settings.faults())?;
    let json = serde_json::to_string(&settings).expect("settings have text keys");
    let (kind, id) = (DocumentKind::SentLinks, SETTINGS.to_owned());
    let version =
        documents::replace(&app, &workspace, kind, id, version, String::new(), json).await?;
    note(&app, &workspace, "sent_links.changed", version).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Leads on to a link that was registered, or to its fallback while it is known to be broken.
#[utoipa::path(get, path = "/l/{code}", tag = "sent links", operation_id = "leadOn",
    params(("code" = String, Path, description = "What was told when the link was registered")),
    responses((status = 302, description = "To the address of the link")))]
async fn lead(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path(code): Path<String>,
) -> Result<Response, Refusal> {
    let now = app.now();
    for runtime in app.workspaces().all() {
        let code = code.clone();
        let found = runtime.with_state(move |state| {
            let Some(row) = state.sent_link_of(&code)? else {
                return Ok(None);
            };
            let settings = sent_links::settings(state)?;
            let checked = row.standing.checked;
            let is_old = checked.is_none_or(|it| now.since(it) >= limits::LINK_STALE_AFTER);
            state.led_on(row.id, settings.is_on && is_old)?;
            Ok(Some(row))
        });
        if let Some(row) = found.await? {
            let fallback = row.fallback.filter(|_| row.standing.is_broken());
            return redirect(&fallback.unwrap_or(row.address));
        }
    }
    // Customers may come from one address by the thousand; only who guesses codes has a pace.
    let address = address.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    app.shared_pace().call(address, now).map_err(|wait| {
        let message = "too many unknown addresses were asked for from your address; wait a minute";
        Refusal::new(Code::SharedBusy, message).retry_after(wait)
    })?;
    Err(unknown())
}

/// Characters of the code of a link; each is one of 64.
const CODE_CHARS: usize = 16;

fn redirect(to: &str) -> Result<Response, Refusal> {
    let to = HeaderValue::from_str(to).map_err(|error| Refusal::internal(&error))?;
    let headers = [
        (header::LOCATION, to),
        // Where it leads may be another place tomorrow.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}

fn place_of(app: &App, code: &str) -> String {
    let base = app.config().server.public_url.as_ref();
    format!(
        "{}/l/{code}",
        base.map(|it| it.as_str()).unwrap_or_default()
    )
}

fn shown(app: &App, row: SentLinkRow) -> SentLink {
    let standing = row.standing;
    SentLink {
        id: row.id,
        address: row.address,
        leads_from: row.code.as_deref().map(|it| place_of(app, it)),
        fallback: row.fallback,
        unasked: row.unasked,
        added: row.added,
        status: standing.status().cloned(),
        since: standing.turns.first().map(|it| it.at),
        checked: standing.checked,
        due: row.due.filter(|it| it.0 > 0),
        is_doubted: standing.doubts > 0 && !standing.is_broken(),
        turns: standing.turns,
        led: row.led,
        clicks: 0,
        people: 0,
        last_click: None,
        campaigns: Vec::new(),
    }
}

fn urgency(link: &SentLink) -> u8 {
    match &link.status {
        Some(LinkStatus::Broken { .. }) => 0,
        Some(LinkStatus::Elsewhere { .. }) => 1,
        _ if link.is_doubted => 2,
        Some(LinkStatus::Silent { .. } | LinkStatus::Refused { .. }) => 3,
        None if link.unasked.is_none() => 4,
        Some(LinkStatus::Alive) => 5,
        None => 6,
    }
}

fn fault(place: &str, message: String) -> Fault {
    Fault {
        place: place.to_owned(),
        message,
    }
}

fn unknown() -> Refusal {
    Refusal::new(Code::DocumentUnknown, "there is no such link")
}
