//! Signing in and out, and who is signed in.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use throughline_model::{MemberId, Role, Span, Timestamp, WorkspaceId, Zone, limits};
use throughline_store::state::instance::{AuditEntry, Change, MemberRow, SecretHash, SessionRow};
use utoipa::ToSchema;

use crate::{
    access::{
        gate::{Caller, Needs, session_cookie_name},
        password::PasswordError,
        secret::Secret,
    },
    app::{App, ClientAddress},
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    instance::{Decision, Directory},
};

/// Who is signed in, and where they may work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    pub member: Member,
    pub workspaces: Vec<WorkspaceEntry>,
    /// Of the server.
    pub version: &'static str,
}

/// The member who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    pub id: MemberId,
    pub email: String,
    pub name: String,
    /// The highest one that they have anywhere.
    pub role: Role,
    pub locale: Option<String>,
    /// False until a member who came by a link has chosen one.
    pub has_password: bool,
}

/// A workspace of the member who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceEntry {
    pub id: WorkspaceId,
    pub name: String,
    pub zone: Zone,
    /// True for the demo shop, which can be removed with one click.
    pub demo: bool,
    pub role: Role,
}

/// Email and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    pub password: Secret,
}

/// What a member changes about themselves; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    #[serde(default)]
    pub name: Option<String>,
    /// `en`, `zh-CN` or `zh-TW`.
    #[serde(default)]
    pub locale: Option<String>,
    #[serde(default)]
    pub password: Option<PasswordChange>,
}

/// A new password. It ends every other session of the member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// Not needed by a member who has none yet.
    #[serde(default)]
    pub current: Option<Secret>,
    pub next: Secret,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Member, __path_show, show),
        Route::new(Needs::OwnPage, __path_sign_in, sign_in),
        Route::new(Needs::Member, __path_sign_out, sign_out),
        Route::new(Needs::Member, __path_change_member, change_member),
    ]
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "access", operation_id = "getSession",
    responses((status = 200, body = Session)))]
async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Session>, Refusal> {
    session_of(&app, caller.id).map(Json)
}

/// Signs in and sets the session's cookie.
#[utoipa::path(post, path = "/api/session", tag = "access", operation_id = "signIn",
    request_body = SignIn, responses((status = 200, body = Session)))]
async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(body): Body<SignIn>,
) -> Result<Response, Refusal> {
    let now = app.now();
    let account = body.email.trim().to_lowercase();
    let from = address.unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
    if let Some(span) = app.sign_ins().wait(&account, from, now) {
        let message = "too many failed tries; wait a while, then try again";
        return Err(Refusal::new(Code::SignInWait, message).retry_after(span));
    }
    app.sign_ins().tried(&account, from, now);
    let member = app.instance().read().member_by_email(&account).cloned();
    let stored = member.as_ref().and_then(|it| it.password.as_deref());
    let is_right = app
        .passwords()
        .verify(&body.password, stored)
        .await
        .map_err(refuse_password)?;
    let Some(member) = member.filter(|_| is_right) else {
        return Err(Refusal::new(
            Code::SignInWrong,
            "email or password is wrong",
        ));
    };
    app.sign_ins().succeeded(&account, from);
    let address = address.map(|it| it.to_string());
    begin(&app, member.id, "session.began", address).await
}

/// Signs out on this browser.
#[utoipa::path(delete, path = "/api/session", tag = "access", operation_id = "signOut",
    responses((status = 204)))]
async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    let audit = caller.did("session.ended", app.now());
    let ended = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: vec![Change::RemoveSession(caller.session)],
            audit: Some(audit),
            result: (),
        })
    });
    ended.await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = cookie(&app, "", Span(0));
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Changes the name, language or password of whoever is signed in.
#[utoipa::path(patch, path = "/api/member", tag = "access", operation_id = "changeMember",
    request_body = MemberChange, responses((status = 200, body = Session)))]
async fn change_member(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<MemberChange>,
) -> Result<Json<Session>, Refusal> {
    if let Some(name) = &body.name {
        check_name("name", name)?;
    }
    if let Some(locale) = &body.locale
        && !["en", "zh-CN", "zh-TW"].contains(&locale.as_str())
    {
        return Err(faulty("locale", "is en, zh-CN or zh-TW"));
    }
    let password = match &body.password {
        Some(change) => Some(new_password(&app, caller.id, change).await?),
        None => None,
    };
    let mut audit = caller.did("member.changed", app.now());
    audit.details = serde_json::json!({
        "name": body.name.is_some(), "locale": body.locale.is_some(), "password": password.is_some(),
    });
    let id = caller.id;
    let changed = app.instance().decide(move |directory| {
        let mut row = directory.member(id).ok_or_else(gone)?.clone();
        row.name = body.name.map_or(row.name, |name| name.trim().to_owned());
        row.locale = body.locale.or(row.locale);
        let mut changes = Vec::new();
        if let Some(password) = password {
            row.password = Some(password);
            let others = directory.sessions_of(id).into_iter();
            let others = others.filter(|session| session.hash != caller.session);
            changes.extend(others.map(|session| Change::RemoveSession(session.hash)));
        }
        changes.push(Change::PutMember(row));
        Ok::<_, Refusal>(Decision {
            changes,
            audit: Some(audit),
            result: (),
        })
    });
    changed.await?;
    session_of(&app, id).map(Json)
}

async fn new_password(
    app: &App,
    member: MemberId,
    change: &PasswordChange,
) -> Result<String, Refusal> {
    let stored = app
        .instance()
        .read()
        .member(member)
        .and_then(|row| row.password.clone());
    if let Some(stored) = stored {
        let current = change.current.clone().unwrap_or_else(|| Secret::from(""));
        let verified = app.passwords().verify(&current, Some(&stored)).await;
        if !verified.map_err(refuse_password)? {
            return Err(Refusal::new(
                Code::SignInWrong,
                "the current password is wrong",
            ));
        }
    }
    app.passwords()
        .hash(&change.next)
        .await
        .map_err(refuse_password)
}

/// Starts a session for a member and answers with its cookie.
pub async fn begin(
    app: &App,
    member: MemberId,
    action: &'static str,
    address: Option<String>,
) -> Result<Response, Refusal> {
    let (token, now) = (Secret::random(), app.now());
    let hash = token.hash();
    let began = app.instance().decide(move |directory| {
        let row = directory.member(member).ok_or_else(gone)?;
        Ok::<_, Refusal>(Decision {
            changes: session_changes(directory, member, hash, now),
            audit: Some(AuditEntry {
                at: now,
                actor: row.email.clone(),
                address,
                action: action.to_owned(),
                workspace: None,
                subject: None,
                details: serde_json::json!({}),
            }),
            result: (),
        })
    });
    began.await?;
    let mut response = Json(session_of(app, member)?).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, session_cookie(app, &token));
    Ok(response)
}

/// The changes that start a session: what has run out goes, and the oldest when there are too many.
pub fn session_changes(
    directory: &Directory,
    member: MemberId,
    hash: SecretHash,
    now: Timestamp,
) -> Vec<Change> {
    let mut changes = directory.expired(now);
    let sessions = directory.sessions_of(member);
    let too_many = (sessions.len() + 1).saturating_sub(limits::SESSIONS_MAX);
    let oldest = sessions.into_iter().take(too_many);
    changes.extend(oldest.map(|session| Change::RemoveSession(session.hash)));
    changes.push(Change::PutSession(SessionRow {
        hash,
        member,
        created: now,
        seen: now,
    }));
    changes
}

/// The cookie that carries a session.
pub fn session_cookie(app: &App, token: &Secret) -> HeaderValue {
    cookie(app, token.reveal(), limits::SESSION_AGE_MAX)
}

fn cookie(app: &App, value: &str, age_max: Span) -> HeaderValue {
    let public_url = app.config().server.public_url.as_ref();
    let name = session_cookie_name(public_url);
    let secure = if name.starts_with("__Host-") {
        "; Secure"
    } else {
        ""
    };
    let seconds = age_max.0 / 1_000;
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).expect("tokens are plain text")
}

fn session_of(app: &App, id: MemberId) -> Result<Session, Refusal> {
    let directory = app.instance().read();
    let member = directory.member(id).ok_or_else(gone)?;
    Ok(describe(&directory, member))
}

fn describe(directory: &Directory, member: &MemberRow) -> Session {
    let workspaces = directory
        .workspaces_of(member)
        .map(|(row, role)| WorkspaceEntry {
            id: row.id.clone(),
            name: row.name.clone(),
            zone: row.zone.clone(),
            demo: row.is_demo,
            role,
        });
    Session {
        member: Member {
            id: member.id,
            email: member.email.clone(),
            name: member.name.clone(),
            role: directory.highest_role(member),
            locale: member.locale.clone(),
            has_password: member.password.is_some(),
        },
        workspaces: workspaces.collect(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Refuses a name that is empty or too long.
pub fn check_name(place: &str, name: &str) -> Result<(), Refusal> {
    let length = name.trim().chars().count();
    if (1..=limits::NAME_CHARS_MAX).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let most = limits::NAME_CHARS_MAX;
    Err(faulty(place, &format!("has 1 to {most} characters")))
}

/// Refuses a body because of one field.
pub fn faulty(place: &str, message: &str) -> Refusal {
    let fault = Fault {
        place: place.to_owned(),
        message: message.to_owned(),
    };
    Refusal::faulty(format!("`{place}` {message}"), vec![fault])
}

/// Says why a password cannot be used.
pub fn refuse_password(error: PasswordError) -> Refusal {
    match error {
        PasswordError::Short | PasswordError::Long => {
            Refusal::new(Code::PasswordUnusable, error.to_string())
        }
        PasswordError::Busy => {
            Refusal::new(Code::Busy, error.to_string()).retry_after(Span::seconds(2))
        }
    }
}

fn gone() -> Refusal {
    Refusal::new(Code::SessionNone, "sign in first")
}
