//! What a delivery holds: the numbers of a report, or of every tile of a dashboard.

use serde::Serialize;
use throughline_insight::digest::Digest;
use throughline_model::{
    compare::{Against, AgainstKind},
    dashboard::{Dashboard, TileContent},
    report::Report,
    schedule::{Schedule, ScheduleOf},
};
use throughline_store::state::DocumentKind;

use crate::{
    app::App,
    digests,
    http::refusal::{Code, Refusal},
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

fn gone() -> Refusal {
    let message = "what is to be sent was deleted";
    Refusal::new(Code::DocumentUnknown, message)
}
