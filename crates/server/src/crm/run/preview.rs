//! What a run would write, without writing.

use std::collections::BTreeMap;

use serde::Serialize;
use throughline_model::{
    ProfileId,
    crm::{CrmRule, CrmSettings, Verdict},
    limits,
};
use utoipa::ToSchema;

use super::{Run, begin, contact_of, together};
use crate::{
    app::App,
    crm::{CrmError, CrmLeftOut, CrmOutcome, Patience, held::Person, hubspot::Contact, talk::Talk},
    workspace::WorkspaceRuntime,
};

/// What would be written to some people, without writing.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrmPreview {
    pub outcome: CrmOutcome,
    /// People with an e-mail who may be written, and those who may not.
    pub people: u64,
    pub withheld: u64,
    pub left_out: Vec<CrmLeftOut>,
    /// The first ones, as they are asked for.
    pub looked: Vec<CrmLook>,
}

/// One person of a preview.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrmLook {
    pub profile: ProfileId,
    pub email: String,
    /// The id of the contact; none where the CRM knows nobody of the e-mail.
    pub contact: Option<String>,
    pub values: Vec<PreviewedValue>,
}

/// One property of a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CrmPreviewedValue)]
pub struct PreviewedValue {
    pub property: String,
    pub ours: Option<String>,
    pub theirs: String,
    /// None where our value does not fit the property.
    pub verdict: Option<Verdict>,
    pub is_conflict: bool,
}

/// What would be written to the first people, under settings that need not be stored. Writes nothing anywhere.
pub async fn preview(
    app: &App,
    runtime: &WorkspaceRuntime,
    token: &str,
    settings: &CrmSettings,
    patience: Patience,
) -> Result<CrmPreview, CrmError> {
    let nothing = |outcome| CrmPreview {
        outcome,
        people: 0,
        withheld: 0,
        left_out: Vec::new(),
        looked: Vec::new(),
    };
    let base = &app.config().crm.hubspot_url;
    let Some(mut talk) = Talk::new(app.outgoing(), base, token, patience) else {
        return Ok(nothing(CrmOutcome::TokenRefused));
    };
    let (run, held) = match begin(app, runtime, settings, &mut talk).await? {
        Ok(begun) => begun,
        Err(outcome) => return Ok(nothing(outcome)),
    };
    let mut preview = CrmPreview {
        people: held.people.len() as u64,
        withheld: held.withheld,
        left_out: held.left_out.into_iter().collect(),
        ..nothing(CrmOutcome::Done)
    };
    let mut people = held.people;
    people.retain(Person::has_something);
    people.truncate(limits::CRM_PREVIEW_MAX);
    for people in together(people) {
        match run.find(&people, &mut talk).await {
            Ok(contacts) => {
                let looked = people.iter().map(|it| run.previewed(it, &contacts));
                preview.looked.extend(looked);
            }
            Err(outcome) => {
                preview.outcome = outcome;
                break;
            }
        }
    }
    Ok(preview)
}

impl Run<'_> {
    fn previewed(&self, person: &Person, contacts: &BTreeMap<String, Contact>) -> CrmLook {
        let contact = contact_of(person, contacts);
        let row = self.rows.get(&person.profile);
        let row = row.filter(|it| it.contact.as_ref() == contact.map(|it| &it.id));
        let written = row.map(|it| it.written.clone()).unwrap_or_default();
        let planned = contact.map(|it| self.plan(person, it, &written));
        let value = |rule: &CrmRule| {
            let name = &rule.property;
            let theirs = contact.and_then(|it| it.properties.get(name));
            let planned = planned.as_ref().and_then(|it| it.get(name));
            let ours = person.values.get(name).map(|it| it.text.clone());
            let verdict = match (planned, &ours) {
                _ if person.unfit.contains(name) => None,
                (Some(it), _) => Some(it.verdict),
                (None, Some(_)) if self.settings.creates => Some(Verdict::Fill),
                (None, _) => Some(Verdict::Nothing),
            };
            PreviewedValue {
                property: name.clone(),
                ours,
                theirs: theirs.map(|it| it.text.clone()).unwrap_or_default(),
                verdict,
                is_conflict: planned.is_some_and(|it| it.is_conflict),
            }
        };
        CrmLook {
            profile: person.profile,
            email: person.emails.first().cloned().unwrap_or_default(),
            contact: contact.map(|it| it.id.clone()),
            values: self.rules.iter().map(value).collect(),
        }
    }
}
