//! What research is linked to has to be there when it is linked; what goes later may stay named.

use throughline_ingest::identifiers;
use throughline_model::{
    Identifier, Map, Timestamp,
    report::ReportFault,
    research::{FieldNote, Quote, StepPlace},
};
use throughline_store::state::{DocumentKind, WorkspaceState};

use crate::{api::documents, http::refusal::Refusal, workspace::WorkspaceRuntime};

/// Looks links up and collects what is wrong with them.
pub struct Links<'a> {
    runtime: &'a WorkspaceRuntime,
    state: &'a WorkspaceState,
    now: Timestamp,
    faults: Vec<ReportFault>,
}

impl<'a> Links<'a> {
    pub fn new(runtime: &'a WorkspaceRuntime, state: &'a WorkspaceState, now: Timestamp) -> Self {
        Self {
            runtime,
            state,
            now,
            faults: Vec::new(),
        }
    }

    /// Checks what a field note is linked to, except for what it was linked to before.
    pub fn of_note(
        mut self,
        note: &mut FieldNote,
        before: Option<&FieldNote>,
    ) -> Result<Vec<ReportFault>, Refusal> {
        let known = before.map_or(&[][..], |it| &it.segments);
        self.segments(&note.segments, known)?;
        self.person(&mut note.person, before.and_then(|it| it.person.as_ref()))?;
        Ok(self.faults)
    }

    /// As above, of a quote.
    pub fn of_quote(
        mut self,
        quote: &mut Quote,
        before: Option<&Quote>,
    ) -> Result<Vec<ReportFault>, Refusal> {
        let known = before.map_or(&[][..], |it| &it.segments);
        self.segments(&quote.segments, known)?;
        let known = before.map_or(&[][..], |it| &it.steps);
        self.steps(&quote.steps, known)?;
        let known = before.map_or(&[][..], |it| &it.touchpoints);
        self.touchpoints(&quote.touchpoints, known);
        self.person(&mut quote.person, before.and_then(|it| it.person.as_ref()))?;
        Ok(self.faults)
    }

    fn segments(&mut self, segments: &[String], known: &[String]) -> Result<(), Refusal> {
        for (index, id) in segments.iter().enumerate() {
            if !known.contains(id) && self.state.document(DocumentKind::Segment, id)?.is_none() {
                let message = format!("names the segment `{id}`, which does not exist");
                self.fault(format!("segments[{index}]"), message);
            }
        }
        Ok(())
    }

    fn steps(&mut self, steps: &[StepPlace], known: &[StepPlace]) -> Result<(), Refusal> {
        for (index, place) in steps.iter().enumerate() {
            if known.contains(place) {
                continue;
            }
            let StepPlace { map, step } = place;
            let stored = self.state.document(DocumentKind::Map, map)?;
            let drawn: Option<Map> = stored.as_ref().map(documents::parse).transpose()?;
            let message = match drawn {
                None => format!("names the map `{map}`, which does not exist"),
                Some(it) if it.steps().all(|it| it.id != *step) => {
                    format!("names the step `{step}`, which the map `{map}` does not have")
                }
                Some(_) => continue,
            };
            self.fault(format!("steps[{index}]"), message);
        }
        Ok(())
    }

    fn touchpoints(&mut self, touchpoints: &[String], known: &[String]) {
        if touchpoints.iter().all(|it| known.contains(it)) {
            return;
        }
        let vocabulary = self.runtime.context(self.now).meaning.vocabulary;
        for (index, id) in touchpoints.iter().enumerate() {
            let is_there = vocabulary.touchpoints.iter().any(|it| it.id == *id);
            if !is_there && !known.contains(id) {
                let message = format!("names the touchpoint `{id}`, which does not exist");
                self.fault(format!("touchpoints[{index}]"), message);
            }
        }
    }

    /// Finds a person in whatever form the identifier was typed, and puts down the one that is known.
    fn person(
        &mut self,
        person: &mut Option<Identifier>,
        before: Option<&Identifier>,
    ) -> Result<(), Refusal> {
        let Some(named) = person.as_mut().filter(|it| Some(&**it) != before) else {
            return Ok(());
        };
        let actor = {
            let resolver = self.runtime.pipeline().resolver();
            let country = resolver.policy().country.as_deref();
            let read = identifiers::readings(&named.value, country);
            let read = read.into_iter().filter(|it| it.kind == named.kind);
            let mut typed = read.chain([named.clone()]);
            typed.find_map(|it| resolver.actor(&it))
        };
        let known = match actor {
            Some(actor) => self.state.identifiers(&[actor])?.pop(),
            None => None,
        };
        match known {
            Some((_, known)) => *named = known,
            None => {
                let message = "is an identifier that no profile of this workspace has";
                self.fault("person".to_owned(), message.to_owned());
            }
        }
        Ok(())
    }

    fn fault(&mut self, place: String, message: String) {
        self.faults.push(ReportFault { place, message });
    }
}
