//! The reports of dashboards as they are asked, and their short form for what is sent.

use throughline_insight::digest::{Digest, digest};
use throughline_model::{
    compare::Against,
    dashboard::{Narrow, Tile, TileContent},
    report::Report,
};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState};

use crate::{
    answers::refuse, api::reports::Kept, app::App, http::refusal::Refusal,
    workspace::WorkspaceRuntime,
};

/// A report with the title that it is shown under.
#[derive(Clone, Debug, PartialEq)]
pub struct Titled {
    pub title: String,
    pub report: Report,
    /// What it is compared with.
    pub against: Option<Against>,
}

/// The short form itself, for what is sent.
pub async fn value(
    app: &App,
    runtime: &WorkspaceRuntime,
    report: Report,
) -> Result<Digest, Refusal> {
    let context = runtime.context(app.now());
    let clock = app.clone();
    let answered = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| {
            let answer = context.ask(&report, cancel).map_err(refuse)?;
            Ok::<_, Refusal>(digest(&answer))
        },
    );
    answered.await?
}

/// The report of a tile as it is asked; none on a tile without one, or when it was deleted.
pub fn report_of(
    state: &WorkspaceState,
    tile: &Tile,
    narrow: &Narrow,
) -> Result<Option<Titled>, StateError> {
    let own = |title: &str| match tile.title.trim() {
        "" => title.to_owned(),
        title => title.to_owned(),
    };
    let found = match &tile.content {
        TileContent::Saved(id) => saved(state, id)?.map(|it| Titled {
            title: own(&it.title),
            ..it
        }),
        TileContent::Report(report) => Some(Titled {
            title: own(""),
            report: (**report).clone(),
            against: None,
        }),
        TileContent::Text(_) | TileContent::Map(_) => None,
    };
    Ok(found.map(|it| {
        let report = it.report.narrowed(narrow).drawn();
        Titled {
            against: it
                .against
                .filter(|against| against.goes_with(&report, narrow)),
            report,
            title: it.title,
        }
    }))
}

/// A saved report; none when there is none of this id, or it was written by another program.
pub fn saved(state: &WorkspaceState, id: &str) -> Result<Option<Titled>, StateError> {
    let document = state.document(DocumentKind::Report, id)?;
    Ok(document.and_then(|document| {
        let kept = Kept::read(&document).ok()?;
        Some(Titled {
            title: document.head.title,
            report: kept.report,
            against: kept.against,
        })
    }))
}
