//! What is held back of an event that could be read, and why.

use throughline_ingest::{Fault, Quarantined, Reason};
use throughline_model::{
    Event, EventName, Seq, SourceId, Timestamp,
    naming::Naming,
    plan::{Breach, Plan},
};
use throughline_store::{read_as, state::QuarantinedEvent};

use super::{applier::Batch, release};

/// Why an event that is released would be held back again.
pub fn refused(plan: &Plan, naming: &Naming, event: &Event) -> Option<Fault> {
    if naming.is_blocked(&event.name) {
        return Some(is_blocked(0, event).fault);
    }
    breaks(plan, naming, 0, event, |_, _, _| {}).map(|it| it.fault)
}

impl Batch {
    pub(super) fn hold(
        &mut self,
        seq: Seq,
        source: SourceId,
        received: Timestamp,
        held: Quarantined,
    ) {
        self.state.quarantined.push(QuarantinedEvent {
            seq,
            received,
            reason: held.fault.reason.code().into(),
            message: held.fault.message.into(),
            raw: held.raw.into(),
            source,
            id: held.message,
        });
    }
}

pub(super) fn names_nobody(index: u32, event: &Event) -> Quarantined {
    let message = "the phone number has no country; send it as +49…, or name a country in the identity policy";
    held(index, event, Fault::new(Reason::IdInvalid, message))
}

pub(super) fn is_blocked(index: u32, event: &Event) -> Quarantined {
    let message = format!("events named `{}` are blocked in the catalogue", event.name);
    held(index, event, Fault::new(Reason::EventBlocked, message))
}

pub(super) fn names_are_full(index: u32, event: &Event) -> Quarantined {
    let message = format!(
        "the workspace has too many event names to take `{}` in",
        event.name
    );
    held(index, event, Fault::new(Reason::EventNamesFull, message))
}

/// What is held back of an event that is not as planned; none where it is taken all the same.
pub(super) fn breaks(
    plan: &Plan,
    naming: &Naming,
    index: u32,
    event: &Event,
    mut see: impl FnMut(Breach, &EventName, &str),
) -> Option<Quarantined> {
    let shown = naming.shown(&event.name);
    if !plan.concerns(shown) {
        return None;
    }
    let properties = read_as(naming, shown, &event.properties);
    let violations = plan.violations(shown, &properties);
    for it in &violations {
        see(it.breach, shown, &it.property);
    }
    if violations.is_empty() || !plan.is_locked() {
        return None;
    }
    let messages: Vec<&str> = violations.iter().map(|it| it.message.as_str()).collect();
    let fault = Fault::new(Reason::PlanBroken, messages.join("; "));
    Some(held(index, event, fault))
}

fn held(index: u32, event: &Event, fault: Fault) -> Quarantined {
    Quarantined {
        message: Some(event.message),
        ..Quarantined::new(index, fault, &release::written(event).to_string())
    }
}
