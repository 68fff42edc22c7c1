//! Elements of sites that the browser library saw used, to be named in the vocabulary.

use axum::{extract::State, response::Response};
use serde::Serialize;
use throughline_insight::{View, captured};
use throughline_model::{Role, Timestamp};
use utoipa::ToSchema;

use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{refusal::Refusal, routes::Route},
};

/// Elements of sites, those with the most events first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Elements {
    pub elements: Vec<CapturedElement>,
    /// Elements beyond those that are listed.
    pub more: u64,
}

/// What is known of an element in one kind of event.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapturedElement {
    /// Like `element_clicked`.
    pub event: String,
    /// What finds the element on its page.
    pub selector: String,
    pub tag: Option<String>,
    /// What was written on it the last time.
    pub text: Option<String>,
    /// The page of most of its events.
    pub path: Option<String>,
    /// Different pages that it was on.
    pub pages: u64,
    pub events: u64,
    pub profiles: u64,
    pub last: Timestamp,
    /// The touchpoint of most of its events.
    pub touchpoint: Option<String>,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![Route::new(reads, __path_list, list)]
}

/// Elements that the browser library saw used by itself.
#[utoipa::path(get, path = "/api/w/{ws}/elements", tag = "catalog", operation_id = "listElements",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Elements)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let asked = Asked::of(&workspace, "elements");
    answers::answer(&app, asked, |context, cancel| {
        let vocabulary = &context.meaning.vocabulary;
        let view = View::new(&context.snapshot, vocabulary, cancel);
        let (facts, more) = captured(&view)?;
        let name_of = |code| context.snapshot.names.name(code);
        let elements = facts.into_iter().map(|it| CapturedElement {
            event: name_of(it.event).map_or_else(String::new, |name| name.as_str().to_owned()),
            selector: it.selector,
            tag: it.tag,
            text: it.text,
            path: it.path,
            pages: it.pages,
            events: it.events,
            profiles: it.profiles,
            last: it.last,
            touchpoint: it
                .touchpoint
                .map(|index| vocabulary.touchpoints[index].name.clone()),
        });
        Ok(Elements {
            elements: elements.collect(),
            more,
        })
    })
    .await
}
