//! What a finished demo opens on: a vocabulary that was suggested, and a map that was discovered.

use throughline_insight::{
    Cancel, View,
    discover::{DiscoverOptions, discover},
    vocabulary_defaults::{named_in, observe, suggest},
};
use throughline_model::{
    Matcher, Span, Vocabulary, Zone,
    report::{Days, Range},
    schedule::Language,
};
use throughline_store::state::{DocumentError, DocumentKind};
use throughline_testkit::demo::Demo;

use super::DemoError;
use crate::{
    app::App,
    costs::{Storing, take_rows},
    workspace::{VOCABULARY, WorkspaceRuntime},
};

const MAP: &str = "order";

/// Names touchpoints and stages, draws the map to the goal, and saves both.
pub fn prepare(
    app: &App,
    runtime: &WorkspaceRuntime,
    goal: &Matcher,
    shop: &Demo,
    language: Language,
) -> Result<String, DemoError> {
    let (snapshot, cancel, now) = (runtime.snapshot(), Cancel::default(), app.now());
    let bare = Vocabulary::default();
    let suggested = suggest(&observe(&View::new(&snapshot, &bare, &cancel))?);
    let vocabulary = named_in(suggested, language);
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let range = Range {
        days: Days::Last(Span::days(i64::from(shop.days) + 1)),
        zone: zone_of(app, runtime),
    };
    let options = DiscoverOptions::titled(title(language));
    let map = discover(&view, goal, &range, &options, now)?.map;
    let state = runtime.state();
    let json = serde_json::to_string(&vocabulary).expect("vocabularies have text keys");
    let kind = DocumentKind::Vocabulary;
    let version =
        unless_there(state.put_document(kind, VOCABULARY, None, "Vocabulary", &json, now))?;
    if let Some(version) = version {
        runtime.set_vocabulary(version, vocabulary);
    }
    // Whoever has brought costs already has said what is true.
    if state.cost_imports()?.is_empty() {
        let storing = Storing {
            member: "demo",
            now,
        };
        take_rows(state, "Demo shop", &shop.costs(&range.zone), storing)
            .map_err(DemoError::Costs)?;
    }
    let json = serde_json::to_string(&map).expect("maps have text keys");
    unless_there(state.put_document(DocumentKind::Map, MAP, None, &map.title, &json, now))?;
    Ok(MAP.to_owned())
}

fn title(language: Language) -> &'static str {
    match language {
        Language::English => "From the first visit to the order",
        Language::SimplifiedChinese => "从首次访问到下单",
        Language::TraditionalChinese => "從首次造訪到下單",
    }
}

fn zone_of(app: &App, runtime: &WorkspaceRuntime) -> Zone {
    let directory = app.instance().read();
    let row = directory.workspace(runtime.id());
    row.map_or(Zone::UTC, |row| row.zone.clone())
}

/// Somebody may have written their own while the shop was loading; that one stays.
fn unless_there(put: Result<u64, DocumentError>) -> Result<Option<u64>, DocumentError> {
    match put {
        Ok(version) => Ok(Some(version)),
        Err(DocumentError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
