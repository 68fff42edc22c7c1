//! How personal data is treated: the purposes of consent, and what is masked before it is stored.

mod consents;

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::json;
use throughline_ingest::mask::{self, Found, Masker};
use throughline_model::{
    Role, Timestamp,
    consent::ConsentPolicy,
    limits,
    masking::{Detector, MaskPlace, Masking},
};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::ChangedVersion,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Body,
        refusal::{Fault, Refusal},
        routes::Route,
    },
    instance::Decision,
    workspace::{CONSENT, LiveEvent, MASKING, WorkspaceRuntime},
};

pub use consents::{ConsentStatement, ProfileConsent, ProfileConsents, consents_of};

/// The purposes that consent is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredConsentPolicy {
    /// 0 while nobody has written one; to be sent in `If-Match` with a change.
    pub version: u64,
    pub policy: ConsentPolicy,
}

/// What is masked, and how often it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredMasking {
    /// 0 while nobody has written any; to be sent in `If-Match` with a change.
    pub version: u64,
    pub masking: Masking,
    /// What was found, by rule; those that have found nothing are left out.
    pub found: Vec<MaskCount>,
    /// Since when it is counted: the start of the server.
    pub since: Timestamp,
}

/// How often something was found.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaskCount {
    pub detector: Detector,
    pub place: MaskPlace,
    pub count: u64,
}

/// What rules would do to the latest events.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaskingPreview {
    pub faults: Vec<Fault>,
    /// Events that were looked at; as they were stored, so without what is masked already.
    pub events: usize,
    /// Of these, in how many something would be masked.
    pub events_masked: usize,
    pub found: Vec<MaskCount>,
    /// Some of the texts that would be masked.
    pub samples: Vec<MaskSample>,
}

/// A text that would be masked.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaskSample {
    /// The name of the event.
    pub event: String,
    /// Where in the event, like `context.page.url`.
    pub field: String,
    pub before: String,
    pub after: String,
}

const SAMPLES_MAX: usize = 20;

pub fn routes() -> Vec<Route> {
    let (reads, writes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Admin),
    );
    vec![
        Route::new(reads, __path_show_consent, show_consent),
        Route::new(writes, __path_change_consent, change_consent),
        Route::new(reads, __path_show_masking, show_masking),
        Route::new(writes, __path_change_masking, change_masking),
        Route::new(reads, __path_preview_masking, preview_masking),
    ]
}

/// The purposes that consent is asked for; some to start from until they are written.
#[utoipa::path(get, path = "/api/w/{ws}/privacy/consent", tag = "privacy", operation_id = "getConsentPolicy",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredConsentPolicy)))]
async fn show_consent(workspace: Workspace) -> Result<Json<StoredConsentPolicy>, Refusal> {
    let (kind, id) = (DocumentKind::Privacy, CONSENT.to_owned());
    let stored = documents::find(&workspace, kind, id).await?;
    Ok(Json(StoredConsentPolicy {
        version: stored.map_or(0, |it| it.head.version),
        policy: ConsentPolicy::clone(&workspace.runtime.state().consent_policy()),
    }))
}

/// Writes the purposes. They hold for all that was ever said at once.
#[utoipa::path(put, path = "/api/w/{ws}/privacy/consent", tag = "privacy", operation_id = "changeConsentPolicy",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = ConsentPolicy, responses((status = 200, body = ChangedVersion)))]
async fn change_consent(
    State(app): State<App>,
    workspace: Workspace,
    version: IfMatch,
    Body(policy): Body<ConsentPolicy>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("list of purposes", policy.check())?;
    let json = serde_json::to_string(&policy).expect("policies have text keys");
    let written = write(&app, &workspace, CONSENT, version, json, |runtime| {
        runtime.set_consent_policy(policy);
    });
    let version = written.await?;
    note(&app, &workspace, "consent.changed", version).await?;
    Ok(Json(ChangedVersion { version }))
}

/// What is masked before it is stored.
#[utoipa::path(get, path = "/api/w/{ws}/privacy/masking", tag = "privacy", operation_id = "getMasking",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredMasking)))]
async fn show_masking(workspace: Workspace) -> Result<Json<StoredMasking>, Refusal> {
    let (kind, id) = (DocumentKind::Privacy, MASKING.to_owned());
    let stored = documents::find(&workspace, kind, id).await?;
    let privacy = workspace.runtime.privacy();
    let (version, masking) = match stored {
        Some(stored) => (stored.head.version, documents::parse(&stored)?),
        None => (0, Masking::default()),
    };
    Ok(Json(StoredMasking {
        version,
        masking,
        found: counts(|detector, place| privacy.found(detector, place)),
        since: privacy.since,
    }))
}

/// Writes what is masked. It holds for what arrives from now on; what is stored stays as it is.
#[utoipa::path(put, path = "/api/w/{ws}/privacy/masking", tag = "privacy", operation_id = "changeMasking",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Masking, responses((status = 200, body = ChangedVersion)))]
async fn change_masking(
    State(app): State<App>,
    workspace: Workspace,
    version: IfMatch,
    Body(masking): Body<Masking>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("list of rules", faults(&masking))?;
    let json = serde_json::to_string(&masking).expect("rules have text keys");
    let written = write(&app, &workspace, MASKING, version, json, |runtime| {
        runtime.privacy().set_masking(masking);
    });
    let version = written.await?;
    note(&app, &workspace, "masking.changed", version).await?;
    Ok(Json(ChangedVersion { version }))
}

/// What rules would do to the latest events, without writing them.
#[utoipa::path(post, path = "/api/w/{ws}/privacy/masking/preview", tag = "privacy", operation_id = "previewMasking",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Masking, responses((status = 200, body = MaskingPreview)))]
async fn preview_masking(
    workspace: Workspace,
    Body(masking): Body<Masking>,
) -> Json<MaskingPreview> {
    let faults = faults(&masking);
    let events = match faults.is_empty() {
        true => workspace.runtime.news().recent(limits::LIVE_EVENTS_KEPT),
        false => Vec::new(),
    };
    let masker = Masker::new(&masking);
    let mut found = Found::default();
    let (mut events_masked, mut samples) = (0, Vec::new());
    for event in &events {
        let is_masked = masked_in(&masker, event, &mut found, &mut samples);
        events_masked += usize::from(is_masked);
    }
    samples.truncate(SAMPLES_MAX);
    Json(MaskingPreview {
        faults,
        events: events.len(),
        events_masked,
        found: counts(|detector, place| found.counts[place as usize][detector as usize]),
        samples,
    })
}

/// Writes a document over the version that the caller has read, and makes it hold in the same turn.
pub async fn write(
    app: &App,
    workspace: &Workspace,
    id: &'static str,
    IfMatch(version): IfMatch,
    json: String,
    hold: impl FnOnce(&WorkspaceRuntime) + Send + 'static,
) -> Result<u64, Refusal> {
    let (now, runtime) = (app.now(), workspace.runtime.clone());
    let written = workspace.runtime.with_state(move |state| {
        let _turn = runtime.privacy().turn();
        let (kind, expected) = (DocumentKind::Privacy, (version > 0).then_some(version));
        let version = documents::put_over(state, kind, id, expected, id, &json, now)?;
        hold(&runtime);
        Ok(version)
    });
    written.await
}

/// Says in the audit log who has changed what.
pub async fn note(
    app: &App,
    workspace: &Workspace,
    action: &str,
    version: u64,
) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.details = json!({ "version": version });
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}

fn masked_in(
    masker: &Masker,
    event: &LiveEvent,
    found: &mut Found,
    samples: &mut Vec<MaskSample>,
) -> bool {
    let mut is_masked = false;
    let parts = [
        ("properties", &event.properties),
        ("context", &event.context),
    ];
    let is_traits = mask::says_who(event.kind);
    for (name, object) in parts.into_iter().skip(usize::from(is_traits)) {
        let Some(masked) = masker.object(&object.to_string(), found) else {
            continue;
        };
        is_masked = true;
        if samples.len() < SAMPLES_MAX
            && let Ok(masked) = serde_json::from_str(&masked)
        {
            differences(&event.name, name, object, &masked, samples);
        }
    }
    is_masked
}

/// The texts and numbers in which two values differ, of which one is masked and else the same.
fn differences(
    event: &str,
    field: &str,
    before: &serde_json::Value,
    after: &serde_json::Value,
    samples: &mut Vec<MaskSample>,
) {
    use serde_json::Value::{Array, Object, String};
    match (before, after) {
        (Object(before), Object(after)) => {
            for ((name, before), after) in before.iter().zip(after.values()) {
                differences(event, &format!("{field}.{name}"), before, after, samples);
            }
        }
        (Array(before), Array(after)) => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                differences(event, &format!("{field}[{index}]"), before, after, samples);
            }
        }
        (before, String(after)) if before != after => samples.push(MaskSample {
            event: event.to_owned(),
            field: field.to_owned(),
            before: (before.as_str()).map_or_else(|| before.to_string(), str::to_owned),
            after: after.clone(),
        }),
        _ => {}
    }
}

fn counts(count: impl Fn(Detector, MaskPlace) -> u64) -> Vec<MaskCount> {
    let mut counts = Vec::new();
    for place in MaskPlace::ALL {
        for detector in Detector::ALL {
            let count = count(detector, place);
            if count > 0 {
                counts.push(MaskCount {
                    detector,
                    place,
                    count,
                });
            }
        }
    }
    counts
}

fn faults(masking: &Masking) -> Vec<Fault> {
    let faults = masking.check().into_iter();
    faults.map(Fault::from).collect()
}
