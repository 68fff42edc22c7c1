//! The vocabulary: which events are which touchpoint on which channel, and what moves stages.

use axum::{Json, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use throughline_insight::{
    Numbers, View,
    vocabulary_defaults::{named_in, observe, suggest},
};
use throughline_model::{
    Matcher, Role, Vocabulary,
    report::{Counts, Every, NamedMatcher, Range, Report},
    schedule::Language,
};
use throughline_store::state::DocumentKind;
use utoipa::{IntoParams, ToSchema};

use super::{
    documents::{self, IfMatch},
    maps::ChangedVersion,
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked, refuse},
    app::App,
    http::{
        body::{Body, Query},
        refusal::{Fault, Refusal},
        routes::Route,
    },
    workspace::{Context, VOCABULARY},
};

/// The vocabulary of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredVocabulary {
    /// 0 while it is only suggested; to be sent in `If-Match` with a change.
    pub version: u64,
    pub vocabulary: Vocabulary,
}

/// What a vocabulary would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocabularyCheck {
    pub faults: Vec<Fault>,
    /// None while there are faults.
    pub coverage: Option<VocabularyCoverage>,
}

/// How much of what customers did the vocabulary explains.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocabularyCoverage {
    pub events: u64,
    /// None while there are no events.
    pub events_share_with_touchpoint: Option<f64>,
    pub events_share_with_stage: Option<f64>,
    pub touchpoints: Vec<Covered>,
    pub stages: Vec<Covered>,
    pub signals: Vec<Covered>,
}

/// Events and profiles of one touchpoint, stage or signal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Covered {
    pub id: String,
    pub events: u64,
    pub profiles: u64,
}

pub fn routes() -> Vec<Route> {
    let (reads, writes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    vec![
        Route::new(reads, __path_show, show),
        Route::new(writes, __path_change, change),
        Route::new(reads, __path_suggestion, suggestion),
        Route::new(reads, __path_check, check),
    ]
}

/// The vocabulary that holds; a suggestion until one is written.
#[utoipa::path(get, path = "/api/w/{ws}/vocabulary", tag = "vocabulary", operation_id = "getVocabulary",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredVocabulary)))]
async fn show(State(app): State<App>, workspace: Workspace) -> Json<StoredVocabulary> {
    let meaning = workspace.runtime.context(app.now()).meaning;
    Json(StoredVocabulary {
        version: meaning.version,
        vocabulary: Vocabulary {
            objects: None,
            ..Vocabulary::clone(&meaning.vocabulary)
        },
    })
}

/// Writes the vocabulary. It holds for all of history at once.
#[utoipa::path(put, path = "/api/w/{ws}/vocabulary", tag = "vocabulary", operation_id = "changeVocabulary",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Vocabulary, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    version: IfMatch,
    Body(mut vocabulary): Body<Vocabulary>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("vocabulary", faults(&vocabulary))?;
    // Kinds of objects are a document of their own, so that writing one does not fix what is suggested of the other.
    vocabulary.objects = None;
    let json = serde_json::to_string(&vocabulary).expect("vocabularies have text keys");
    let (kind, id) = (DocumentKind::Vocabulary, VOCABULARY.to_owned());
    let title = "Vocabulary".to_owned();
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    workspace.runtime.set_vocabulary(version, vocabulary);
    Ok(Json(ChangedVersion { version }))
}

/// In which language names are suggested.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestedIn {
    /// English when it is left out.
    #[serde(default)]
    pub language: Language,
}

/// A fresh suggestion from names, channels, pages and templates, to start from or to compare with.
#[utoipa::path(post, path = "/api/w/{ws}/vocabulary/suggest", tag = "vocabulary",
    operation_id = "suggestVocabulary", params(("ws" = String, Path, description = "The workspace"), SuggestedIn),
    responses((status = 200, body = Vocabulary)))]
async fn suggestion(
    State(app): State<App>,
    workspace: Workspace,
    Query(SuggestedIn { language }): Query<SuggestedIn>,
) -> Result<Response, Refusal> {
    let question = format!("suggest {language:?}");
    answers::answer(
        &app,
        Asked::of(&workspace, &question),
        move |context, cancel| {
            let bare = Vocabulary::default();
            let view = View::new(&context.snapshot, &bare, cancel);
            Ok(named_in(suggest(&observe(&view)?), language))
        },
    )
    .await
}

/// What a vocabulary would do, without writing it.
#[utoipa::path(post, path = "/api/w/{ws}/vocabulary/check", tag = "vocabulary",
    operation_id = "checkVocabulary", params(("ws" = String, Path, description = "The workspace")),
    request_body = Vocabulary, responses((status = 200, body = VocabularyCheck)))]
async fn check(
    State(app): State<App>,
    workspace: Workspace,
    Body(vocabulary): Body<Vocabulary>,
) -> Result<Json<VocabularyCheck>, Refusal> {
    let faults = faults(&vocabulary);
    if !faults.is_empty() {
        return Ok(Json(VocabularyCheck {
            faults,
            coverage: None,
        }));
    }
    let mut context = workspace.runtime.context(app.now());
    context.meaning.vocabulary = vocabulary.into();
    let clock = app.clone();
    let covered = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| coverage(&context, cancel),
    );
    let coverage = covered.await?.map_err(refuse)?;
    Ok(Json(VocabularyCheck {
        faults,
        coverage: Some(coverage),
    }))
}

fn coverage(
    context: &Context,
    cancel: &throughline_insight::Cancel,
) -> Result<VocabularyCoverage, throughline_insight::AskError> {
    let vocabulary = &context.meaning.vocabulary;
    let count = |series: Vec<NamedMatcher>| {
        if series.is_empty() {
            return Ok::<_, throughline_insight::AskError>((0, Vec::new()));
        }
        let names: Vec<String> = series.iter().map(|it| it.name.clone()).collect();
        let Numbers::Counts(counts) = context.ask(&all_time(series), cancel)?.numbers else {
            unreachable!("counts are answered with counts");
        };
        let covered = names
            .into_iter()
            .zip(&counts.series)
            .map(|(id, series)| Covered {
                id,
                events: series.total.events,
                profiles: series.total.profiles,
            });
        Ok((counts.total.events, covered.collect()))
    };
    let touchpoints = vocabulary.touchpoints.iter().map(|it| NamedMatcher {
        name: it.id.clone(),
        matcher: Matcher::touchpoint(&it.id),
    });
    let stages = vocabulary.stages.iter().map(|it| NamedMatcher {
        name: it.id.clone(),
        matcher: it.entry.clone(),
    });
    let signals = vocabulary.signals.iter().map(|it| NamedMatcher {
        name: it.id.clone(),
        matcher: Matcher {
            signals: vec![it.id.clone()],
            ..Matcher::default()
        },
    });
    let everything = NamedMatcher {
        name: "all".to_owned(),
        matcher: Matcher::default(),
    };
    let (events, _): (u64, Vec<Covered>) = count(vec![everything])?;
    let (at_touchpoints, touchpoints) = count(touchpoints.collect())?;
    let (in_stages, stages) = count(stages.collect())?;
    let (_, signals) = count(signals.collect())?;
    let share = |part: u64| (events > 0).then(|| part as f64 / events as f64);
    Ok(VocabularyCoverage {
        events,
        events_share_with_touchpoint: share(at_touchpoints),
        events_share_with_stage: share(in_stages),
        touchpoints,
        stages,
        signals,
    })
}

fn all_time(series: Vec<NamedMatcher>) -> Report {
    Report::Counts(Counts {
        range: Range::all(),
        series,
        every: Every::Range,
        filter: None,
        people: None,
        accounts: None,
        breakdown: None,
    })
}

fn faults(vocabulary: &Vocabulary) -> Vec<Fault> {
    let faults = vocabulary.check().into_iter();
    faults.map(Fault::from).collect()
}
