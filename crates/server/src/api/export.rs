//! Files: answers, the numbers of maps, and the people behind a number.

pub mod people;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use serde_json::json;
use throughline_insight::{Cancel, View, map_metrics::map_metrics};
use throughline_model::{Map, Role, report::Report};
use throughline_store::state::{DocumentKind, StateError};
use utoipa::ToSchema;

use super::{
    ask::{CompareQuery, PeopleOf, SelectOf, ticket, wanted},
    documents, maps,
    reports::{check_compared, check_report},
    session::faulty,
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::refuse,
    app::App,
    export::{Choices, Export, ExportError, File, Format},
    http::{body::Body, refusal::Refusal, routes::Route},
    instance::Decision,
    workspace::{Context, WorkspaceRuntime},
};
use people::WantedPeople;

/// What to write, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    pub of: ExportOf,
    pub format: Format,
    /// Stands in the file, and the file is named after it.
    #[serde(default)]
    pub title: Option<String>,
    /// One table instead of all; `docs/concepts/exports.md` has their names.
    #[serde(default)]
    pub table: Option<String>,
    /// Whether CSV begins with the mark by which spreadsheets know UTF-8.
    #[serde(default)]
    pub mark: bool,
    /// Whether CSV leaves out what stands above its table.
    #[serde(default)]
    pub bare: bool,
    /// Who was whom after so many lines of the link log; now when it is left out. Maps are of now.
    #[serde(default)]
    pub as_of: Option<u64>,
}

/// What a file is written of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExportOf {
    Report(Box<Report>),
    /// A report with what it is compared with.
    Comparison(CompareQuery),
    /// The id of a saved map.
    Map(String),
    Draft(Box<Map>),
    People(Box<ExportPeople>),
}

/// The people behind a number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportPeople {
    pub of: PeopleOf,
    /// A number's place, as its answer names it; not needed for a rule.
    #[serde(default)]
    #[schema(value_type = Option<SelectOf>)]
    pub select: serde_json::Value,
    /// Whether a column names the segments that each is in now, by their ids.
    #[serde(default)]
    pub segments: bool,
}

/// The same, read and checked.
enum Source {
    Report(Box<Report>),
    Comparison(CompareQuery),
    Map(Box<Map>),
    People(Box<WantedPeople>),
}

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_export,
        export,
    )]
}

/// Writes an answer, the numbers of a map, or the people behind a number as a file.
///
/// Several tables as Parquet come in a ZIP archive. A file of people names at most 50,000 and says how many there are.
#[utoipa::path(post, path = "/api/w/{ws}/export", tag = "questions", operation_id = "export",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = ExportQuery,
    responses((status = 200, description = "The file", content_type = "application/octet-stream")))]
async fn export(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<ExportQuery>,
) -> Result<Response, Refusal> {
    if let Some(title) = &body.title {
        check_title(title)?;
    }
    let choices = Choices {
        table: body.table,
        has_mark: body.mark,
        is_bare: body.bare,
    };
    let (source, format) = (source(&workspace, body.of).await?, body.format);
    let as_of = body.as_of;
    if as_of.is_some() {
        check_past(&source)?;
    }
    let is_of_people = matches!(source, Source::People(_));
    let title = body.title.clone();
    let context = workspace.runtime.context(app.now());
    let ticket = ticket(&workspace, &headers)?;
    let (clock, runtime) = (app.clone(), workspace.runtime.clone());
    let written = app.desk().answer(
        ticket,
        move || clock.now(),
        move |cancel| {
            let context = context.at(as_of)?;
            let made = make(&source, title.as_deref(), &context, &runtime, cancel)?;
            let rows = made.tables.first().map_or(0, |it| it.rows.len());
            let file = made.write(format, &choices).map_err(refuse_export)?;
            Ok::<_, Refusal>((file, rows))
        },
    );
    let (file, rows) = written.await??;
    if is_of_people {
        tell(&app, &workspace, rows, format).await?;
    }
    Ok(response(file, body.title.as_deref()))
}

async fn source(workspace: &Workspace, of: ExportOf) -> Result<Source, Refusal> {
    let map: Box<Map> = match of {
        ExportOf::Report(report) => {
            check_report(&report)?;
            return Ok(Source::Report(report));
        }
        ExportOf::Comparison(query) => {
            check_compared(workspace, &query.report, &query.against)?;
            return Ok(Source::Comparison(query));
        }
        ExportOf::People(people) => {
            let definition = json!({"of": people.of, "select": people.select}).to_string();
            let has_segments = people.segments;
            let wanted = wanted(workspace, people.of, people.select).await?;
            let people = WantedPeople {
                wanted,
                definition,
                has_segments,
            };
            return Ok(Source::People(Box::new(people)));
        }
        ExportOf::Draft(map) => map,
        ExportOf::Map(id) => {
            documents::parse(&documents::get(workspace, DocumentKind::Map, id).await?)?
        }
    };
    maps::check(&map)?;
    Ok(Source::Map(map))
}

fn make(
    source: &Source,
    title: Option<&str>,
    context: &Context,
    runtime: &WorkspaceRuntime,
    cancel: &Cancel,
) -> Result<Export, Refusal> {
    match source {
        Source::Report(report) => {
            let answer = context.ask(report, cancel).map_err(refuse)?;
            Ok(Export::of_answer(title, &answer))
        }
        Source::Comparison(query) => {
            let compared = context.compare(&query.report, &query.against, cancel);
            Ok(Export::of_comparison(title, &compared.map_err(refuse)?))
        }
        Source::Map(map) => {
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            let numbers = map_metrics(&view, map, context.now).map_err(refuse)?;
            Ok(Export::of_map(map, &numbers))
        }
        Source::People(people) => people.export(title, context, runtime.state(), cancel),
    }
}

/// People who leave the product in a file are worth a line in the audit log.
async fn tell(
    app: &App,
    workspace: &Workspace,
    rows: usize,
    format: Format,
) -> Result<(), Refusal> {
    let mut audit = workspace.did("people.exported", app.now());
    audit.details = json!({"profiles": rows, "format": format});
    let told = app.instance().decide(move |_| {
        Ok::<_, StateError>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    Ok(told.await?)
}

/// Refuses what cannot be told as of an earlier link log.
fn check_past(source: &Source) -> Result<(), Refusal> {
    match source {
        Source::Map(_) => Err(faulty("as_of", "cannot be had of a map")),
        Source::People(people) if people.has_segments => {
            let message = "does not go with `segments`, which are of now";
            Err(faulty("as_of", message))
        }
        Source::Report(_) | Source::Comparison(_) | Source::People(_) => Ok(()),
    }
}

fn check_title(title: &str) -> Result<(), Refusal> {
    let length = title.trim().chars().count();
    if (1..=200).contains(&length) && !title.chars().any(char::is_control) {
        return Ok(());
    }
    Err(faulty("title", "has 1 to 200 characters"))
}

fn refuse_export(error: ExportError) -> Refusal {
    match &error {
        ExportError::TableUnknown { .. } | ExportError::TableNeeded(_) => {
            faulty("table", &format!("cannot be written: {error}"))
        }
        error if error.is_fault() => faulty("format", &format!("cannot be used: {error}")),
        error => Refusal::internal(error),
    }
}

/// A file to be kept, named after its title.
fn response(file: File, title: Option<&str>) -> Response {
    let name = format!("{}.{}", file_name(title.unwrap_or_default()), file.ending);
    let disposition = format!(
        "attachment; filename=\"export.{}\"; filename*=UTF-8''{}",
        file.ending,
        escaped(&name)
    );
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Letters and digits of any script, all else as one dash.
fn file_name(title: &str) -> String {
    let words = title.split(|it: char| !it.is_alphanumeric());
    let name: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    match name.as_slice() {
        [] => "export".to_owned(),
        name => name.join("-"),
    }
}

/// As RFC 8187 writes what is not plain.
fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_their_titles() {
        for (title, name) in [
            ("Checkout, 2026!", "Checkout-2026"),
            ("../../etc/passwd", "etc-passwd"),
            ("\"; x=\"", "x"),
            ("", "export"),
        ] {
            assert_eq!(file_name(title), name);
        }
        assert_eq!(escaped(&file_name("购物 1")), "%E8%B4%AD%E7%89%A9-1");
    }
}
