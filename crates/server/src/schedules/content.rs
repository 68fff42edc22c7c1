//! What a delivery holds: the numbers of a report, or of every tile of a dashboard.

use serde::Serialize;
use throughline_insight::digest::Digest;
use throughline_model::{
    compare::{Against, AgainstKind},
    dashboard::{Dashboard, TileContent},
    limits,
    report::Report,
    schedule::{Language, LinksPart, Schedule, ScheduleOf},
    sent_link::LinkStatus,
};
use throughline_store::state::DocumentKind;

use super::texts::{filled, text};
use crate::{
    answers,
    app::App,
    digests,
    http::refusal::{Code, Refusal},
    sent_links,
    workspace::WorkspaceRuntime,
};

/// What is sent.
#[derive(Clone, Debug, Serialize)]
pub struct Content {
    pub title: String,
    pub description: String,
    /// Where the whole is, when the server knows its own address.
    pub link: Option<String>,
    pub sections: Vec<Section>,
}

/// One report, or one text.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    pub title: String,
    #[serde(flatten)]
    pub body: SectionBody,
    /// The numbers that it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<OtherSide>,
}

/// The other side of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct OtherSide {
    pub with: AgainstKind,
    pub digest: Box<Digest>,
}

/// What a section holds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionBody {
    Digest(Box<Digest>),
    Text(String),
    /// Why there are no numbers.
    Failed(String),
}

/// What a section is made of.
enum Plan {
    Report(Box<Report>, Option<Against>),
    Text(String),
    Gone,
}

/// Counts what a schedule sends. The reports are asked one after the other, so that a large
/// dashboard does not keep everybody else waiting.
pub async fn content(
    app: &App,
    runtime: &WorkspaceRuntime,
    schedule: &Schedule,
) -> Result<Content, Refusal> {
    if let ScheduleOf::Links(LinksPart::Broken) = schedule.of {
        return broken_links(app, runtime, schedule.language).await;
    }
    let of = schedule.of.clone();
    let planned = runtime.with_state(move |state| match of {
        ScheduleOf::Report(id) => {
            let saved = digests::saved(state, &id)?.ok_or_else(gone)?;
            let title = saved.title.clone();
            let plan = (
                title.clone(),
                Plan::Report(Box::new(saved.report), saved.against),
            );
            Ok((title, String::new(), format!("reports/{id}"), vec![plan]))
        }
        ScheduleOf::Dashboard(id) => {
            let document = state.document(DocumentKind::Dashboard, &id)?;
            let document = document.ok_or_else(gone)?;
            let dashboard: Dashboard =
                serde_json::from_str(&document.json).map_err(|error| Refusal::internal(&error))?;
            let mut plans = Vec::new();
            for tile in &dashboard.tiles {
                let plan = match (
                    &tile.content,
                    digests::report_of(state, tile, &dashboard.narrow)?,
                ) {
                    (_, Some(it)) => (it.title, Plan::Report(Box::new(it.report), it.against)),
                    (TileContent::Text(text), None) => {
                        (tile.title.clone(), Plan::Text(text.clone()))
                    }
                    // A map is a place to go to, not something to send.
                    (TileContent::Map(_), None) => continue,
                    (_, None) => (tile.title.clone(), Plan::Gone),
                };
                plans.push(plan);
            }
            Ok((
                dashboard.title,
                dashboard.description,
                format!("dashboards/{id}"),
                plans,
            ))
        }
        ScheduleOf::Links(_) => Err(gone()),
    });
    let (title, description, path, plans) = planned.await?;
    let mut sections = Vec::with_capacity(plans.len());
    let (mut counted, mut refused) = (0, None);
    for (title, plan) in plans {
        let mut compared = None;
        let body = match plan {
            Plan::Text(text) => SectionBody::Text(text),
            Plan::Gone => SectionBody::Failed(gone().message().to_owned()),
            Plan::Report(report, against) => {
                let other = against.map(|it| (it.kind(), it.other(&report)));
                match digests::value(app, runtime, *report).await {
                    Ok(digest) => {
                        counted += 1;
                        if let Some((with, other)) = other {
                            // Without its other side a report still says what it says.
                            let other = digests::value(app, runtime, other).await.ok();
                            compared = other.map(Box::new).map(|digest| OtherSide { with, digest });
                        }
                        SectionBody::Digest(Box::new(digest))
                    }
                    Err(refusal) => {
                        let text = refusal.message().to_owned();
                        refused = Some(refusal);
                        SectionBody::Failed(text)
                    }
                }
            }
        };
        sections.push(Section {
            title,
            body,
            compared,
        });
    }
    // A mail without a single number tells nobody anything.
    if let (0, Some(refusal)) = (counted, refused) {
        return Err(refusal);
    }
    let base = app.config().server.public_url.as_ref();
    Ok(Content {
        title,
        description,
        link: base.map(|base| format!("{base}/w/{}/{path}", runtime.id())),
        sections,
    })
}

/// The links in messages that are broken now, those of the most people first.
async fn broken_links(
    app: &App,
    runtime: &WorkspaceRuntime,
    language: Language,
) -> Result<Content, Refusal> {
    let (now, here) = (app.now(), runtime.clone());
    let told = app.clone();
    let found = app.desk().answer(
        None,
        move || told.now(),
        move |cancel| {
            let settings = sent_links::settings(here.state())?;
            let clicks =
                sent_links::clicked(&here, &settings, now, cancel).map_err(answers::refuse)?;
            let rows = here.state().sent_links()?.into_iter();
            let broken = rows.filter(|it| it.standing.is_broken()).map(|row| {
                let clicked = clicks.get(&sent_links::counted_as(&row.address, &settings));
                (clicked.map_or(0, |it| it.0.people), row)
            });
            let mut broken: Vec<_> = broken.collect();
            broken.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.address.cmp(&b.1.address)));
            Ok::<_, Refusal>(broken)
        },
    );
    let broken = found.await??;
    let all = broken.len();
    let mut sections: Vec<Section> = (broken.into_iter().take(limits::LINKS_TOLD_MAX))
        .map(|(people, row)| {
            let turn = row.standing.turns.first();
            let why = match turn.map(|it| &it.status) {
                Some(LinkStatus::Broken { why }) => serde_json::to_value(why).ok(),
                _ => None,
            };
            let why = why.as_ref().and_then(|it| it.as_str()).unwrap_or("gone");
            let since = turn.map_or(now, |it| it.at).to_string();
            let words = [
                ("why", text(language, &format!("sentLink.why.{why}"))),
                ("since", since),
                ("people", people.to_string()),
            ];
            let words = words.each_ref().map(|(name, word)| (*name, word.as_str()));
            Section {
                title: row.address,
                body: SectionBody::Text(filled(language, "mail.brokenLink", &words)),
                compared: None,
            }
        })
        .collect();
    if sections.is_empty() {
        sections.push(Section {
            title: String::new(),
            body: SectionBody::Text(text(language, "mail.noBrokenLink")),
            compared: None,
        });
    }
    let base = app.config().server.public_url.as_ref();
    Ok(Content {
        title: filled(language, "mail.brokenLinks", &[("count", &all.to_string())]),
        description: String::new(),
        link: base.map(|base| format!("{base}/w/{}/links", runtime.id())),
        sections,
    })
}

fn gone() -> Refusal {
    let message = "what is to be sent was deleted";
    Refusal::new(Code::DocumentUnknown, message)
}
