//! Decisions about people as rows of the state tables, and back.

use std::sync::Arc;

use throughline_ingest::{
    consent,
    identity::{self, Link, LinkEntry, LinkReason, Resolver, SignIn, TurnsChange},
    traits,
};
use throughline_model::{
    ActorId, Event, ProfileId, Seq, SourceId, trait_operation::TraitOperation,
};
use throughline_store::{
    Roots, Turn, Turns,
    state::{ConsentRow, OperationRow, SignInRow, StoredLink, TraitRow},
};

pub(super) fn trait_rows(
    event: &Event,
    actor: ActorId,
    source: SourceId,
) -> impl Iterator<Item = TraitRow> {
    traits::updates(event)
        .into_iter()
        .map(move |update| TraitRow {
            actor,
            name: update.name.into(),
            value: update.state.value.map(Into::into),
            time: update.state.time,
            source,
            first: None,
            operations_count: 0,
        })
}

pub(super) fn operation_rows(
    event: &Event,
    actor: ActorId,
    source: SourceId,
    index: u32,
) -> impl Iterator<Item = OperationRow> {
    let changes = (0..).zip(traits::changes(event));
    changes.map(move |(place, change)| OperationRow {
        actor,
        name: change.name.into(),
        source,
        operation: TraitOperation {
            time: event.time,
            index,
            message: event.message,
            place,
            operator: change.operator,
            operand: change.operand,
            count: 1,
        },
    })
}

pub(super) fn consent_rows(
    event: &Event,
    actor: ActorId,
    source: SourceId,
    seq: Seq,
) -> impl Iterator<Item = ConsentRow> {
    consent::statements(event)
        .into_iter()
        .map(move |said| ConsentRow {
            actor,
            key: said.key.into(),
            channel: said.channel,
            is_granted: said.is_granted,
            source,
            is_decision: said.is_decision,
            text: said.text.unwrap_or_default().into(),
            proof: said.proof.unwrap_or_default().into(),
            first: event.time,
            time: event.time,
            seq,
            message: event.message,
            event: event.name.as_str().into(),
        })
}

pub(super) fn stored(entry: LinkEntry) -> StoredLink {
    match entry {
        LinkEntry::Link(link) => StoredLink::Link {
            left: link.left,
            right: link.right,
            reason: link.reason as u8,
            time: link.time,
            source: link.source,
            seq: link.seq,
        },
        LinkEntry::Retract(source) => StoredLink::Retract(source),
        LinkEntry::Decision(decided) => {
            let json = serde_json::to_string(&decided).expect("decisions have text keys");
            StoredLink::Decision(json.into())
        }
    }
}

pub(super) fn sign_in(row: &SignInRow) -> SignIn {
    SignIn {
        device: row.device,
        user: row.user,
        source: row.source,
        time: row.time,
    }
}

pub(super) fn sign_in_row(it: &SignIn) -> SignInRow {
    SignInRow {
        device: it.device,
        user: it.user,
        source: it.source,
        slot: identity::slot(it.time),
        time: it.time,
    }
}

/// The turns of a device as rows are sorted by them: what is nobody's is its own.
pub(super) fn turns_of(device: u32, turns: &[identity::Turn]) -> Turns {
    let turns = turns.iter().map(|it| Turn {
        from: it.from,
        profile: it.owner.unwrap_or(ProfileId(device)),
    });
    turns.collect()
}

/// Whose turns are others, and the device itself.
pub(super) fn concerned(change: &TurnsChange) -> impl Iterator<Item = ProfileId> {
    let (old, new) = (&*change.old, &*change.new);
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    // The last turn that is the same may end at another time.
    let from = same.saturating_sub(1);
    let turns = old[from.min(old.len())..]
        .iter()
        .chain(&new[from.min(new.len())..]);
    let owners: Vec<ProfileId> = turns.filter_map(|it| it.owner).collect();
    owners.into_iter().chain([ProfileId(change.device.0)])
}

/// Who is whom, as rows are sorted by it.
pub fn roots_of(resolver: &Resolver) -> Roots {
    let turns = resolver.turns().iter();
    let turns = turns.map(|(device, its)| (*device, turns_of(*device, its)));
    Roots::new(resolver.roots().into(), Arc::new(turns.collect()))
}

/// A line of the link log; none for a reason that this program does not know.
pub fn entry_of(stored: StoredLink) -> Option<LinkEntry> {
    Some(match stored {
        StoredLink::Link {
            left,
            right,
            reason,
            time,
            source,
            seq,
        } => LinkEntry::Link(Link {
            left,
            right,
            reason: LinkReason::from_code(reason)?,
            time,
            source,
            seq,
        }),
        StoredLink::Retract(source) => LinkEntry::Retract(source),
        StoredLink::Decision(json) => LinkEntry::Decision(serde_json::from_str(&json).ok()?),
    })
}
