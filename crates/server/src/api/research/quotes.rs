//! Quotes: words of a field note, and the steps, touchpoints, segments and people they are about.

use std::collections::{BTreeMap, HashMap};

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{
    Map, ProfileId, Role, limits,
    research::{Quote, name_label},
};
use throughline_store::state::{DocumentKind, NoteRow};
use utoipa::ToSchema;

use super::{
    ResearchSearch,
    links::Links,
    notes::MadeNumber,
    refuse,
    shown::{QuoteEntry, QuotePlace, Shower},
};
use crate::{
    access::gate::{Needs, Workspace},
    api::{
        documents::{self, IfMatch},
        maps::ChangedVersion,
        session::faulty,
    },
    app::App,
    http::{
        body::{Body, Query},
        refusal::Refusal,
        routes::Route,
    },
};

/// Quotes that were looked for, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quotes {
    /// At most 500.
    pub quotes: Vec<QuoteEntry>,
    /// How many there are.
    pub found: u64,
    /// Steps of the map that was asked for, those without a quote left out; all quotes count, also those that are not listed.
    pub steps: Vec<StepQuotes>,
}

/// How much was said of a step.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct StepQuotes {
    pub step: String,
    pub quotes: u64,
    /// Quotes with a feeling.
    pub felt: u64,
    /// The mean of their feelings, each counted once; from -2 to 2.
    pub feeling: Option<f64>,
}

/// Some words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotedWords {
    pub words: String,
}

/// What words name: to be looked at by a member, as nothing is linked by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkSuggestions {
    /// Steps whose title stands in the words.
    pub steps: Vec<QuotePlace>,
    /// Touchpoints whose name stands in the words.
    pub touchpoints: Vec<SuggestedTouchpoint>,
}

/// A touchpoint whose name stands in the words.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedTouchpoint {
    pub id: String,
    pub name: String,
}

pub fn routes() -> Vec<Route> {
    let (reads, edits) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    vec![
        Route::new(reads, __path_list, list),
        Route::new(edits, __path_make, make),
        Route::new(edits, __path_change, change),
        Route::new(edits, __path_remove, remove),
        Route::new(reads, __path_suggest, suggest),
    ]
}

/// Finds quotes. With a map, those that belong to one of its steps, and how many each step has.
#[utoipa::path(get, path = "/api/w/{ws}/research/quotes", tag = "research", operation_id = "listQuotes",
    params(("ws" = String, Path, description = "The workspace"), ResearchSearch),
    responses((status = 200, body = Quotes)))]
async fn list(
    State(app): State<App>,
    workspace: Workspace,
    Query(search): Query<ResearchSearch>,
) -> Result<Json<Quotes>, Refusal> {
    if search.step.is_some() && search.map.is_none() {
        return Err(faulty("map", "is needed with a step"));
    }
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let listed = workspace.runtime.with_state(move |state| {
        let mut shower = Shower::new(&runtime, state)?;
        let here = search.map.as_deref();
        if let Some(id) = here
            && shower.map(state, id)?.is_none()
        {
            return Err(documents::unknown());
        }
        let profile = search.profile.map(|it| {
            let snapshot = runtime.context(now).snapshot;
            ProfileId(snapshot.root(it))
        });
        let mut notes: HashMap<u64, NoteRow> = HashMap::new();
        state.each_note(false, |row| {
            notes.insert(row.id, row);
        })?;
        let (mut quotes, mut found) = (Vec::new(), 0);
        let mut steps: BTreeMap<String, (u64, u64, i64)> = BTreeMap::new();
        for row in state.quotes()? {
            let Some(of) = notes.get(&row.note) else {
                continue;
            };
            if !search.takes_quote(&shower, &row.quote, of, profile) {
                continue;
            }
            let at: Vec<String> = match here {
                Some(id) => {
                    let map = shower.map(state, id)?;
                    let at = map.map_or_else(Vec::new, |map| row.quote.steps_on(id, map));
                    at.into_iter().map(str::to_owned).collect()
                }
                None => Vec::new(),
            };
            let is_wanted = match &search.step {
                Some(step) => at.contains(step),
                None => here.is_none() || !at.is_empty(),
            };
            if !is_wanted {
                continue;
            }
            for step in at {
                let line = steps.entry(step).or_default();
                line.0 += 1;
                if let Some(feeling) = row.quote.feeling {
                    line.1 += 1;
                    line.2 += i64::from(feeling);
                }
            }
            found += 1;
            if quotes.len() < limits::RESEARCH_LISTED_MAX {
                quotes.extend(shower.quote(state, row, of, here)?);
            }
        }
        let steps = steps.into_iter();
        let steps = steps.map(|(step, (quotes, felt, sum))| StepQuotes {
            step,
            quotes,
            felt,
            feeling: (felt > 0).then(|| sum as f64 / felt as f64),
        });
        Ok(Quotes {
            quotes,
            found,
            steps: steps.collect(),
        })
    });
    listed.await.map(Json)
}

/// Makes a quote of words of a field note.
#[utoipa::path(post, path = "/api/w/{ws}/research/notes/{id}/quotes", tag = "research", operation_id = "makeQuote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The field note")),
    request_body = Quote, responses((status = 200, body = MadeNumber)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, note)): Path<(String, u64)>,
    Body(mut quote): Body<Quote>,
) -> Result<Json<MadeNumber>, Refusal> {
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let made = workspace.runtime.with_state(move |state| {
        let (row, _) = state.note(note)?.ok_or_else(documents::unknown)?;
        quote.clean();
        let mut faults = quote.check(&row.note.text);
        faults.extend(Links::new(&runtime, state, now).of_quote(&mut quote, None)?);
        documents::check("quote", faults)?;
        let made = state.put_quote(note, &quote, now);
        made.map_err(|error| refuse("quote", error))
    });
    let id = made.await?;
    Ok(Json(MadeNumber { id }))
}

/// Changes a quote, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/research/quotes/{id}", tag = "research", operation_id = "changeQuote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The quote"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Quote, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u64)>,
    IfMatch(version): IfMatch,
    Body(mut quote): Body<Quote>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let changed = workspace.runtime.with_state(move |state| {
        let before = state.quote(id)?.ok_or_else(documents::unknown)?;
        let (row, _) = state.note(before.note)?.ok_or_else(documents::unknown)?;
        quote.clean();
        let mut faults = quote.check(&row.note.text);
        let links = Links::new(&runtime, state, now);
        faults.extend(links.of_quote(&mut quote, Some(&before.quote))?);
        documents::check("quote", faults)?;
        let changed = state.replace_quote(id, version, &quote, now);
        changed.map_err(|error| refuse("quote", error))
    });
    let version = changed.await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a quote. The words stay in the field note.
#[utoipa::path(delete, path = "/api/w/{ws}/research/quotes/{id}", tag = "research", operation_id = "removeQuote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The quote")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, u64)>,
) -> Result<StatusCode, Refusal> {
    let removed = workspace
        .runtime
        .with_state(move |state| match state.remove_quote(id)? {
            true => Ok(()),
            false => Err(documents::unknown()),
        });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Steps and touchpoints that words name. Nothing is linked by it.
#[utoipa::path(post, path = "/api/w/{ws}/research/suggestions", tag = "research", operation_id = "suggestLinks",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = QuotedWords, responses((status = 200, body = LinkSuggestions)))]
async fn suggest(
    State(app): State<App>,
    workspace: Workspace,
    Body(QuotedWords { words }): Body<QuotedWords>,
) -> Result<Json<LinkSuggestions>, Refusal> {
    if words.chars().count() > limits::QUOTE_CHARS_MAX {
        let most = limits::QUOTE_CHARS_MAX;
        return Err(faulty("words", &format!("has at most {most} characters")));
    }
    let vocabulary = workspace.runtime.context(app.now()).meaning.vocabulary;
    let suggested = workspace.runtime.with_state(move |state| {
        let most = limits::RESEARCH_LINKS_MAX;
        let mut steps = Vec::new();
        for document in state.documents(DocumentKind::Map)? {
            let map: Map = documents::parse(&document)?;
            let named = map.steps().filter(|it| name_label(&words, &it.title));
            steps.extend(named.map(|it| QuotePlace {
                map: document.head.id.clone(),
                step: it.id.clone(),
                map_title: Some(map.title.clone()),
                step_title: Some(it.title.clone()),
            }));
        }
        steps.truncate(most);
        let touchpoints = vocabulary.touchpoints.iter();
        let named = touchpoints.filter(|it| name_label(&words, &it.name));
        let touchpoints = named.take(most).map(|it| SuggestedTouchpoint {
            id: it.id.clone(),
            name: it.name.clone(),
        });
        Ok(LinkSuggestions {
            touchpoints: touchpoints.collect(),
            steps,
        })
    });
    suggested.await.map(Json)
}
