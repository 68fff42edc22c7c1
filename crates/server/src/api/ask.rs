//! Questions: reports over the log, how far they are, and the people behind their numbers.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use throughline_insight::{
    Answer, AskError, Behind, Cancel, Select, View, ask, behind,
    compare::{Comparison, compare},
    map_metrics::{MapSelect, map_people},
    people_who,
};
use throughline_model::{
    Map, ProfileId, Role, Timestamp, compare::Against, limits, people::PeopleRule, report::Report,
};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    documents,
    identity::profile::IdentityAt,
    maps,
    profiles::{ProfileRow, rows},
    reports::{check_compared, check_report},
    segments::check_rule,
    session::faulty,
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked, refuse},
    app::App,
    http::{
        body::{Body, Query},
        refusal::{Code, Refusal},
        routes::Route,
    },
    work::Ticket,
    workspace::Context,
};

/// A report, and what it is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareQuery {
    pub report: Box<Report>,
    pub against: Against,
}

/// How far a question is.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionState {
    pub stage: QuestionStage,
    pub rows: u64,
    pub rows_total: u64,
    /// None until there is something to judge by.
    pub seconds_left: Option<f64>,
}

/// Where a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionStage {
    Waiting,
    Counting,
}

/// Which people to list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleQuery {
    pub of: PeopleOf,
    /// A number's place, as its answer names it; not needed for a rule.
    #[serde(default)]
    #[schema(value_type = Option<SelectOf>)]
    pub select: serde_json::Value,
    /// At most 500 in one page.
    #[serde(default = "default_limit")]
    pub limit: usize,
    /// `next` of the page before.
    #[serde(default)]
    pub after: Option<ProfileId>,
    /// `asked` of the answer that the number is from, so that a range which ends now ends there.
    #[serde(default)]
    pub asked: Option<Timestamp>,
    /// Who was whom after so many lines of the link log; now when it is left out.
    #[serde(default)]
    pub as_of: Option<u64>,
}

/// What a number was taken from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PeopleOf {
    Report(Box<Report>),
    /// The id of a saved map.
    Map(String),
    Draft(Box<Map>),
    /// No number: whoever satisfies a rule now.
    Rule(Box<PeopleRule>),
}

/// A number of a report or of a map, whichever the people are of.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub enum SelectOf {
    Report(Select),
    Map(MapSelect),
}

/// What the people are of, with the number's place in it.
pub enum Wanted {
    Report(Box<Report>, Select),
    Map(Box<Map>, MapSelect),
    Rule(Box<PeopleRule>),
}

/// One page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// As many as the number says, where it counts people.
    pub total: usize,
    pub profiles: Vec<ProfileRow>,
    /// `after` of the next page; none on the last.
    pub next: Option<ProfileId>,
    /// Of a report about accounts those that the number counts; the people are their members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<AccountsBehind>,
}

/// The accounts behind a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountsBehind {
    pub account_type: String,
    /// As many as the number says.
    pub total: usize,
    /// The first 500 by id.
    pub ids: Vec<String>,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_ask_report, ask_report),
        Route::new(reads, __path_compare_report, compare_report),
        Route::new(reads, __path_question, question),
        Route::new(reads, __path_stop, stop),
        Route::new(reads, __path_list_people, list_people),
    ]
}

/// Answers a report. An answer of the last 30 seconds is given again; `asked` says its age.
#[utoipa::path(post, path = "/api/w/{ws}/ask", tag = "questions", operation_id = "ask",
    params(("ws" = String, Path, description = "The workspace"), IdentityAt,
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = Report, responses((status = 200, body = Answer)))]
async fn ask_report(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Query(IdentityAt { as_of }): Query<IdentityAt>,
    Body(report): Body<Report>,
) -> Result<Response, Refusal> {
    check_report(&report)?;
    let question = serde_json::to_string(&report).expect("reports have text keys");
    let asked = Asked {
        ticket: ticket(&workspace, &headers)?,
        ..Asked::of(&workspace, &format!("ask {question}{}", then(as_of)))
    };
    answers::try_answer(&app, asked, move |context, cancel| {
        let context = context.at(as_of)?;
        context.ask(&report, cancel).map_err(refuse)
    })
    .await
}

/// Answers a report and the same question about other people or other days, with the figures of both in pairs.
#[utoipa::path(post, path = "/api/w/{ws}/compare", tag = "questions", operation_id = "compare",
    params(("ws" = String, Path, description = "The workspace"), IdentityAt,
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = CompareQuery, responses((status = 200, body = Comparison)))]
async fn compare_report(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Query(IdentityAt { as_of }): Query<IdentityAt>,
    Body(query): Body<CompareQuery>,
) -> Result<Response, Refusal> {
    check_compared(&workspace, &query.report, &query.against)?;
    let question = serde_json::to_string(&query).expect("reports have text keys");
    let asked = Asked {
        ticket: ticket(&workspace, &headers)?,
        ..Asked::of(&workspace, &format!("compare {question}{}", then(as_of)))
    };
    answers::try_answer(&app, asked, move |context, cancel| {
        let context = context.at(as_of)?;
        (context.compare(&query.report, &query.against, cancel)).map_err(refuse)
    })
    .await
}

/// How far a question of yours is.
#[utoipa::path(get, path = "/api/w/{ws}/queries/{id}", tag = "questions", operation_id = "getQuestion",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "As in X-Query-Id")),
    responses((status = 200, body = QuestionState)))]
async fn question(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<QuestionState>, Refusal> {
    let question = app.desk().question(&named(&workspace, id));
    let question = question.ok_or_else(unknown)?;
    let progress = question.cancel.progress();
    Ok(Json(QuestionState {
        stage: match question.began {
            Some(_) => QuestionStage::Counting,
            None => QuestionStage::Waiting,
        },
        rows: progress.rows_done,
        rows_total: progress.rows_total,
        seconds_left: question.seconds_left(progress, app.now()),
    }))
}

/// Stops a question of yours.
#[utoipa::path(delete, path = "/api/w/{ws}/queries/{id}", tag = "questions", operation_id = "stopQuestion",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "As in X-Query-Id")),
    responses((status = 204)))]
async fn stop(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let question = app.desk().question(&named(&workspace, id));
    question.ok_or_else(unknown)?.cancel.cancel();
    Ok(StatusCode::NO_CONTENT)
}

/// The people behind a number.
#[utoipa::path(post, path = "/api/w/{ws}/people", tag = "questions", operation_id = "listPeople",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = PeopleQuery, responses((status = 200, body = People)))]
async fn list_people(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<PeopleQuery>,
) -> Result<Json<People>, Refusal> {
    let wanted = wanted(&workspace, body.of, body.select).await?;
    let now = app.now();
    // A moment that is yet to come would make people immature who are not.
    let context = (workspace.runtime).context(body.asked.map_or(now, |asked| asked.min(now)));
    let ticket = ticket(&workspace, &headers)?;
    let (clock, runtime) = (app.clone(), workspace.runtime.clone());
    let listed = app.desk().answer(
        ticket,
        move || clock.now(),
        move |cancel| {
            let context = context.at(body.as_of)?;
            let Behind {
                people: found,
                accounts,
            } = behind_of(&context, &wanted, cancel).map_err(refuse)?;
            let start = body
                .after
                .map_or(0, |after| found.partition_point(|it| *it <= after));
            let limit = body.limit.clamp(1, limits::PROFILES_PAGE_MAX);
            let page = &found[start..found.len().min(start + limit)];
            let is_last = start + page.len() == found.len();
            Ok::<_, Refusal>(People {
                total: found.len(),
                next: page.last().copied().filter(|_| !is_last),
                profiles: rows(&context, runtime.state(), page, cancel)?,
                accounts: accounts.map(|ids| AccountsBehind {
                    account_type: wanted.accounts().unwrap_or_default().to_owned(),
                    total: ids.len(),
                    ids: ids.into_iter().take(limits::ACCOUNTS_PAGE_MAX).collect(),
                }),
            })
        },
    );
    listed.await?.map(Json)
}

/// Reads which people are meant, and refuses what cannot be asked.
pub async fn wanted(
    workspace: &Workspace,
    of: PeopleOf,
    select: serde_json::Value,
) -> Result<Wanted, Refusal> {
    let map = match of {
        PeopleOf::Report(report) => {
            check_report(&report)?;
            return Ok(Wanted::Report(report, read_select(select)?));
        }
        PeopleOf::Rule(rule) => {
            check_rule(workspace, &rule, "of.rule")?;
            return Ok(Wanted::Rule(rule));
        }
        PeopleOf::Draft(map) => map,
        PeopleOf::Map(id) => {
            documents::parse(&documents::get(workspace, DocumentKind::Map, id).await?)?
        }
    };
    maps::check(&map)?;
    Ok(Wanted::Map(map, read_select(select)?))
}

fn read_select<T: DeserializeOwned>(select: serde_json::Value) -> Result<T, Refusal> {
    serde_json::from_value(select).map_err(|error| faulty("select", &error.to_string()))
}

/// The people, sorted.
pub fn found(
    context: &Context,
    wanted: &Wanted,
    cancel: &Cancel,
) -> Result<Vec<ProfileId>, AskError> {
    Ok(behind_of(context, wanted, cancel)?.people)
}

fn behind_of(context: &Context, wanted: &Wanted, cancel: &Cancel) -> Result<Behind, AskError> {
    let (vocabulary, now) = (&context.meaning.vocabulary, context.now);
    let people = match wanted {
        Wanted::Report(report, select) => {
            let snapshot = context.snapshot_of(&[report])?;
            return behind(&snapshot, vocabulary, report, select, now, cancel);
        }
        Wanted::Map(map, select) => {
            let view = View::new(&context.snapshot, vocabulary, cancel);
            map_people(&view, map, select, now)?
        }
        Wanted::Rule(rule) => {
            let snapshot = context.snapshot_for(&[rule])?;
            people_who(&View::new(&snapshot, vocabulary, cancel), rule, now)?
        }
    };
    Ok(Behind {
        people,
        accounts: None,
    })
}

impl Wanted {
    /// The type of accounts that the number counts.
    fn accounts(&self) -> Option<&str> {
        match self {
            Self::Report(report, _) => report.accounts(),
            Self::Map(..) | Self::Rule(_) => None,
        }
    }
}

impl Context {
    /// Answers a report as of the moment of the context.
    pub fn ask(&self, report: &Report, cancel: &Cancel) -> Result<Answer, AskError> {
        let snapshot = self.snapshot_of(&[report])?;
        let snapshot = self.with_costs(snapshot, &[report])?;
        ask(
            &snapshot,
            &self.meaning.vocabulary,
            report,
            self.now,
            cancel,
        )
    }
}

impl Context {
    /// Answers a report and what it is compared with.
    pub fn compare(
        &self,
        report: &Report,
        against: &Against,
        cancel: &Cancel,
    ) -> Result<Comparison, AskError> {
        let other = against.other(report);
        let snapshot = self.snapshot_of(&[report, &other])?;
        let snapshot = self.with_costs(snapshot, &[report, &other])?;
        let vocabulary = &self.meaning.vocabulary;
        compare(&snapshot, vocabulary, report, against, self.now, cancel)
    }
}

/// The ticket that the caller has asked for in the header.
pub fn ticket(workspace: &Workspace, headers: &HeaderMap) -> Result<Option<Ticket>, Refusal> {
    let Some(value) = headers.get("x-query-id") else {
        return Ok(None);
    };
    let id = value
        .to_str()
        .ok()
        .filter(|it| (1..=100).contains(&it.len()));
    let id = id.ok_or_else(|| {
        Refusal::new(
            Code::ParameterUnusable,
            "X-Query-Id has 1 to 100 plain characters",
        )
    })?;
    Ok(Some(named(workspace, id.to_owned())))
}

/// What tells a question of then from the same one of now.
fn then(as_of: Option<u64>) -> String {
    as_of.map_or_else(String::new, |position| format!(" as of {position}"))
}

fn named(workspace: &Workspace, id: String) -> Ticket {
    Ticket {
        workspace: workspace.runtime.id().clone(),
        member: workspace.caller.id,
        id,
    }
}

fn unknown() -> Refusal {
    let message = "no question of yours with this id is being answered";
    Refusal::new(Code::QuestionUnknown, message)
}

fn default_limit() -> usize {
    50
}
