//! SQL over the log: asking, exporting, what has been asked before, and what there is to ask of.

use std::time::Instant;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use throughline_insight::sql::{Unsaid, statement};
use throughline_model::{
    EventName, Role, Timestamp, limits,
    report::Report,
    sql::{FUNCTIONS, SqlColumn, SqlFormat, SqlType, TABLES},
};
use throughline_store::{
    EventNames,
    state::{DocumentError, DocumentKind},
};
use utoipa::ToSchema;

use super::{ask::ticket, reports::check_report};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::Decision,
    sql::{self, Answered, Place, Question},
};

/// A statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlQuestion {
    /// One statement that begins with SELECT, WITH or EXPLAIN.
    pub sql: String,
    /// At most 10,000 rows are shown.
    #[serde(default = "rows_shown")]
    pub rows_max: u64,
}

/// A result as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlResult {
    pub columns: Vec<SqlColumn>,
    /// A list of values per row, in the order of the columns.
    #[schema(value_type = Vec<Vec<Option<serde_json::Value>>>)]
    pub rows: Box<RawValue>,
    pub rows_count: u64,
    /// True when there are more rows than these; an export has more of them.
    pub is_cut: bool,
    pub took_ms: u64,
    /// When the log was looked at.
    pub taken: Timestamp,
    /// Position in the link log: who counts as one profile.
    pub links: u64,
}

/// A statement whose result is wanted as a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlExport {
    pub sql: String,
    /// `csv` or `parquet`.
    pub format: SqlFormat,
}

/// What the console has to know.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlConsole {
    /// False while the companion is not there; `make sql` builds it.
    pub is_available: bool,
    pub tables: Vec<SqlTableShape>,
    /// Functions beside those of SQL.
    pub functions: Vec<String>,
    /// A statement that takes longer is stopped.
    pub wait_max_ms: u64,
    /// What you have asked, the newest first.
    pub history: Vec<SqlAsked>,
}

/// A table with its columns.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlTableShape {
    pub name: String,
    pub columns: Vec<SqlColumnShape>,
}

/// A column of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlColumnShape {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: SqlType,
}

/// A report whose statement is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportStatementQuery {
    pub report: Report,
    /// `asked` of an answer, so that a range which ends now ends there.
    #[serde(default)]
    pub asked: Option<Timestamp>,
}

/// The statement of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportStatement {
    /// None for reports that SQL cannot say exactly.
    pub sql: Option<String>,
    /// Why there is none.
    pub why: Option<Unsaid>,
}

/// A statement that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SqlAsked {
    pub sql: String,
    pub asked: Timestamp,
    pub took_ms: u64,
    /// None when it had no result.
    pub rows_count: Option<u64>,
}

pub fn routes() -> Vec<Route> {
    let asks = Needs::Workspace(Role::Analyst);
    vec![
        Route::new(asks, __path_console, console),
        Route::new(asks, __path_ask_sql, ask_sql),
        Route::new(asks, __path_export, export),
        Route::new(asks, __path_forget, forget),
        Route::new(
            Needs::Workspace(Role::Viewer),
            __path_report_statement,
            report_statement,
        ),
    ]
}

/// What there is to ask of, and what you have asked before.
#[utoipa::path(get, path = "/api/w/{ws}/sql", tag = "sql", operation_id = "getSqlConsole",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = SqlConsole)))]
async fn console(
    State(app): State<App>,
    workspace: Workspace,
) -> Result<Json<SqlConsole>, Refusal> {
    let id = history_id(&workspace);
    let history = workspace
        .runtime
        .with_state(move |state| Ok(state.document(DocumentKind::SqlHistory, &id)?));
    let history = history.await?;
    let tables = TABLES.iter().map(|table| SqlTableShape {
        name: table.name.to_owned(),
        columns: (table.columns.iter())
            .map(|(name, kind)| SqlColumnShape {
                name: (*name).to_owned(),
                kind: *kind,
            })
            .collect(),
    });
    Ok(Json(SqlConsole {
        is_available: sql::find(&app.config().sql.companion).is_some(),
        tables: tables.collect(),
        functions: FUNCTIONS.iter().map(|it| (*it).to_owned()).collect(),
        wait_max_ms: u64::try_from(sql::wait_max(&app.config().sql).as_millis())
            .unwrap_or(u64::MAX),
        history: history.map_or_else(Vec::new, |it| read_history(&it.json)),
    }))
}

/// Answers a statement over the log as it is now.
#[utoipa::path(post, path = "/api/w/{ws}/sql", tag = "sql", operation_id = "askSql",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to stop it")),
    request_body = SqlQuestion, responses((status = 200, body = SqlResult)))]
async fn ask_sql(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<SqlQuestion>,
) -> Result<Json<SqlResult>, Refusal> {
    let question = Question {
        sql: body.sql.clone(),
        format: SqlFormat::Json,
        rows_max: body.rows_max,
    };
    note(&app, &workspace, "sql.asked", &body.sql).await?;
    let start = Instant::now();
    let answered = answer(&app, &workspace, &headers, question).await;
    let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let asked = SqlAsked {
        sql: body.sql,
        asked: app.now(),
        took_ms,
        rows_count: answered.as_ref().ok().map(|(it, ..)| it.rows_count),
    };
    remember(&app, &workspace, asked).await?;
    let (answered, taken, links) = answered?;
    let rows = String::from_utf8(answered.bytes).map_err(|error| Refusal::internal(&error))?;
    Ok(Json(SqlResult {
        columns: answered.columns,
        rows: RawValue::from_string(rows).map_err(|error| Refusal::internal(&error))?,
        rows_count: answered.rows_count,
        is_cut: answered.is_cut,
        took_ms,
        taken,
        links,
    }))
}

/// Answers a statement with a file. `X-Rows-Cut: true` says that it has more rows than the file.
#[utoipa::path(post, path = "/api/w/{ws}/sql/export", tag = "sql", operation_id = "exportSql",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to stop it")),
    request_body = SqlExport,
    responses((status = 200, description = "The file", content_type = "application/octet-stream")))]
async fn export(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<SqlExport>,
) -> Result<Response, Refusal> {
    let (kind, ending) = match body.format {
        SqlFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        SqlFormat::Parquet => ("application/vnd.apache.parquet", "parquet"),
        SqlFormat::Json => ("application/json", "json"),
    };
    note(&app, &workspace, "sql.exported", &body.sql).await?;
    let question = Question {
        sql: body.sql,
        format: body.format,
        rows_max: u64::MAX,
    };
    let (answered, ..) = answer(&app, &workspace, &headers, question).await?;
    let mut response = answered.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = format!("attachment; filename=\"result.{ending}\"");
    let name = HeaderValue::from_str(&name).expect("endings are plain");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert("x-rows", HeaderValue::from(answered.rows_count));
    let is_cut = if answered.is_cut { "true" } else { "false" };
    headers.insert("x-rows-cut", HeaderValue::from_static(is_cut));
    Ok(response)
}

/// Forgets what you have asked.
#[utoipa::path(delete, path = "/api/w/{ws}/sql/history", tag = "sql", operation_id = "forgetSqlHistory",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 204)))]
async fn forget(workspace: Workspace) -> Result<StatusCode, Refusal> {
    let id = history_id(&workspace);
    workspace
        .runtime
        .with_state(move |state| {
            state.remove_document(DocumentKind::SqlHistory, &id)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// The statement whose rows are a report's numbers. Nothing is counted for it.
#[utoipa::path(post, path = "/api/w/{ws}/sql/statement", tag = "sql", operation_id = "getReportStatement",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = ReportStatementQuery, responses((status = 200, body = ReportStatement)))]
async fn report_statement(
    State(app): State<App>,
    workspace: Workspace,
    Body(query): Body<ReportStatementQuery>,
) -> Result<Json<ReportStatement>, Refusal> {
    check_report(&query.report)?;
    let now = app.now();
    let context = workspace.runtime.context(now);
    let known = &context.snapshot.names;
    let sql = statement(
        &shown(&query.report, known),
        &shown(context.meaning.vocabulary.as_ref(), known),
        known,
        query.asked.unwrap_or(now),
    );
    let (sql, why) = match sql {
        Ok(sql) => (Some(sql), None),
        Err(why) => (None, Some(why)),
    };
    Ok(Json(ReportStatement { sql, why }))
}

/// A question in which events are called what they are shown as: files for SQL know no other names.
fn shown<T: Serialize + DeserializeOwned + Clone>(question: &T, names: &EventNames) -> T {
    if !names.is_renamed() {
        return question.clone();
    }
    let mut json = serde_json::to_value(question).expect("questions have text keys");
    rename(&mut json, false, names);
    serde_json::from_value(json).unwrap_or_else(|_| question.clone())
}

fn rename(json: &mut serde_json::Value, are_names: bool, names: &EventNames) {
    match json {
        serde_json::Value::Object(members) => {
            let is_of_event = members.get("field").is_some_and(|it| it == "event");
            for (key, value) in members {
                let is_list = key == "events" || is_of_event && key == "test";
                rename(value, is_list || are_names, names);
            }
        }
        serde_json::Value::Array(values) => {
            for value in values {
                rename(value, are_names, names);
            }
        }
        serde_json::Value::String(text) if are_names => {
            let name = EventName::parse(text).ok();
            if let Some(shown) = name.as_ref().and_then(|it| names.shown(it)) {
                *text = shown.to_string();
            }
        }
        _ => {}
    }
}

/// The result, with when the log was looked at and how many links had been made.
async fn answer(
    app: &App,
    workspace: &Workspace,
    headers: &HeaderMap,
    question: Question,
) -> Result<(Answered, Timestamp, u64), Refusal> {
    let companion = sql::find(&app.config().sql.companion).ok_or_else(missing)?;
    let folder = sql::folder_of(&app.config().data.dir);
    let wait_max = sql::wait_max(&app.config().sql);
    let context = workspace.runtime.context(app.now());
    let ticket = ticket(workspace, headers)?;
    let (clock, runtime) = (app.clone(), workspace.runtime.clone());
    let answered = app.desk().answer_sql(
        ticket,
        move || clock.now(),
        move |cancel| {
            let place = Place {
                companion: &companion,
                folder: &folder,
                wait_max,
                state: runtime.state(),
            };
            let (taken, links) = (context.snapshot.taken, context.snapshot.links);
            sql::answer(place, &context, question, cancel).map(|it| (it, taken, links))
        },
    );
    answered.await?
}

/// Says how to get the companion.
pub fn missing() -> Refusal {
    Refusal::new(
        Code::SqlMissing,
        "SQL is answered by a companion that is not here; build it with `make sql`, \
         or put throughline-sql beside throughline",
    )
}

/// Says in the audit log what was asked.
async fn note(app: &App, workspace: &Workspace, action: &str, sql: &str) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    let shown: String = sql.chars().take(4_000).collect();
    audit.details = serde_json::json!({ "sql": shown });
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}

/// Puts a statement on top of what its asker has asked; the same one again moves up.
async fn remember(app: &App, workspace: &Workspace, asked: SqlAsked) -> Result<(), Refusal> {
    let (id, now) = (history_id(workspace), app.now());
    let kind = DocumentKind::SqlHistory;
    workspace
        .runtime
        .with_state(move |state| {
            loop {
                let before = state.document(kind, &id)?;
                let version = before.as_ref().map(|it| it.head.version);
                let mut history = before.map_or_else(Vec::new, |it| read_history(&it.json));
                history.retain(|it| it.sql != asked.sql);
                history.insert(0, asked.clone());
                history.truncate(limits::SQL_HISTORY_MAX);
                let json = serde_json::to_string(&history).expect("histories have text keys");
                match state.put_document(kind, &id, version, "", &json, now) {
                    Ok(_) => return Ok(()),
                    // Two windows of one member may ask at once.
                    Err(DocumentError::Conflict { .. }) => {}
                    Err(DocumentError::State(error)) => return Err(error.into()),
                }
            }
        })
        .await
}

fn read_history(json: &str) -> Vec<SqlAsked> {
    // What another version has written is only a convenience, and may be forgotten.
    serde_json::from_str(json).unwrap_or_default()
}

fn history_id(workspace: &Workspace) -> String {
    format!("member-{}", workspace.caller.id.0)
}

fn rows_shown() -> u64 {
    limits::SQL_ROWS_SHOWN_MAX
}
