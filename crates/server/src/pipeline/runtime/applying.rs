//! The thread that applies the log: record by record, gathered into commits.

use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use throughline_ingest::Decoded;
use throughline_model::{
    MessageKey, Span, blank::is_blank, identity::Decided, limits, naming::NamesDecided,
    plan::PlanDecided,
};
use throughline_store::{
    Batch as Rows, StoreError,
    log::{self, Next},
    state::StateBatch,
};

use super::{Inner, Parcel, ReadChunk, decode, decode_hook};
use crate::{
    pipeline::{
        applier::{Applier, Arrival, Batch},
        envelope::Envelope,
        heard::Heard,
        release::{self, Released},
        touched::Whom,
    },
    workspace::Beat,
};

/// How long records are gathered into one commit of the tables.
const GATHER_MAX: Duration = Duration::from_millis(25);
/// Rows of one commit of the tables.
const GATHER_ROWS_MAX: usize = 16_384;
/// How long the applier waits for the log before it looks around.
const QUIET: Duration = Duration::from_millis(500);
/// How long to wait before a failed write is tried again. The log keeps everything meanwhile.
const RETRY_DELAY: Duration = Duration::from_secs(1);

impl Inner {
    pub(super) fn apply(
        &self,
        mut applier: Applier,
        mut reader: log::Reader,
        mut read_chunk: ReadChunk,
    ) {
        loop {
            match reader.next(QUIET) {
                Ok(Next::Record(first)) => {
                    let mut batch = Batch::default();
                    let mut heard = Heard::default();
                    let begin = Instant::now();
                    let mut next = Some(first);
                    while let Some(record) = next.take() {
                        self.step(
                            &mut applier,
                            &record,
                            &mut read_chunk,
                            &mut batch,
                            &mut heard,
                        );
                        if batch.rows.len() < GATHER_ROWS_MAX
                            && begin.elapsed() < GATHER_MAX
                            && let Ok(Next::Record(record)) = reader.next(Duration::ZERO)
                        {
                            next = Some(record);
                        }
                    }
                    self.publish(&applier, batch, heard);
                }
                Ok(Next::Quiet) => {}
                Ok(Next::Closed) => return,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the raw log cannot be read; what was accepted is safe, but is not shown"
                    );
                    return;
                }
            }
        }
    }

    /// Applies one record to the batch; what takes a source back is published by itself.
    fn step(
        &self,
        applier: &mut Applier,
        record: &log::Record,
        read_chunk: &mut ReadChunk,
        batch: &mut Batch,
        heard: &mut Heard,
    ) {
        let position = record.position.0;
        let parcel = record
            .decoded
            .as_ref()
            .and_then(|it| it.downcast_ref::<Parcel>());
        let held = parcel.and_then(|it| it.lock().unwrap_or_else(PoisonError::into_inner).take());
        match Envelope::decode(record.kind.code(), &record.payload) {
            Ok(Envelope::Request {
                source,
                moment,
                dialect,
                body,
            }) => {
                let arrival = held.unwrap_or_else(|| decode(source, moment, dialect, &body));
                heard.expect(position, &arrival);
                applier.take(position, arrival, batch, |index, verdict| {
                    heard.hear(position, index, verdict);
                });
            }
            Ok(Envelope::Hook {
                source,
                received,
                maker,
                note,
                body,
            }) => {
                let arrival =
                    held.unwrap_or_else(|| decode_hook(source, received, maker, &note, &body));
                heard.expect(position, &arrival);
                applier.take(position, arrival, batch, |index, verdict| {
                    heard.hear(position, index, verdict);
                });
            }
            Ok(Envelope::ImportChunk(chunk)) => {
                let arrival = held.map_or_else(|| read_chunk(&chunk), Ok);
                match arrival {
                    Ok(arrival) => {
                        // Rows are compared with all before them, so those are stored first.
                        self.publish(applier, std::mem::take(batch), std::mem::take(heard));
                        let known = self.known(&arrival);
                        applier.take_rows(position, arrival, &known, batch);
                    }
                    Err(error) => {
                        tracing::error!(position, source = chunk.source.0, %error, "rows of an import cannot be read again");
                        applier.skip(position, batch);
                    }
                }
            }
            Ok(Envelope::SourceRemoved { source, received }) => {
                // What came before is stored first, so that it is there to be removed.
                self.publish(applier, std::mem::take(batch), std::mem::take(heard));
                self.persist("remove a source", || self.store.remove_source(source));
                applier.remove_source(position, source, received, batch);
                self.publish(applier, std::mem::take(batch), Heard::default());
            }
            // It was about somebody who was erased.
            Ok(Envelope::IdentityDecided { decided, .. }) if is_blank(&decided) => {
                applier.skip(position, batch);
            }
            Ok(Envelope::IdentityDecided { decided, .. }) => {
                match serde_json::from_slice::<Decided>(&decided) {
                    Ok(decided) => applier.decide(position, &decided, batch),
                    Err(error) => {
                        tracing::error!(position, %error, "a decision about identity is not understood; it stays in the raw log");
                        applier.skip(position, batch);
                    }
                }
            }
            Ok(Envelope::NamesDecided { decided, .. }) => {
                match serde_json::from_slice::<NamesDecided>(&decided) {
                    Ok(decided) => applier.decide_names(position, decided, batch),
                    Err(error) => {
                        tracing::error!(position, %error, "rules on names are not understood; they stay in the raw log");
                        applier.skip(position, batch);
                    }
                }
            }
            Ok(Envelope::PlanDecided { decided, .. }) => {
                match serde_json::from_slice::<PlanDecided>(&decided) {
                    Ok(decided) => applier.decide_plan(position, decided, batch),
                    Err(error) => {
                        tracing::error!(position, %error, "a tracking plan is not understood; it stays in the raw log");
                        applier.skip(position, batch);
                    }
                }
            }
            Ok(Envelope::Released {
                source,
                received,
                dialect,
                note,
                body,
            }) => match Released::read(&note) {
                Ok(released) => {
                    let arrival = held.unwrap_or_else(|| match is_blank(&body) {
                        true => Arrival::of(source, received, Decoded::default()),
                        false => release::decode(source, received, dialect, &body),
                    });
                    heard.expect(position, &arrival);
                    applier.release(position, &released, arrival, batch, |index, verdict| {
                        heard.hear(position, index, verdict);
                    });
                }
                Err(error) => {
                    tracing::error!(position, %error, "what was released is not understood; it stays in the raw log");
                    applier.skip(position, batch);
                }
            },
            Err(error) => {
                tracing::error!(position, %error, "a record of the raw log is not understood; it stays there");
                applier.skip(position, batch);
            }
        }
    }

    /// Which events are here already.
    fn known(&self, arrival: &Arrival) -> Vec<bool> {
        let keys: Vec<MessageKey> = arrival
            .events
            .iter()
            .map(|(_, event)| event.message)
            .collect();
        let mut known = Vec::new();
        self.persist("look for events that are here already", || {
            known = self.store.contains_keys(&keys)?;
            Ok::<_, StoreError>(())
        });
        known
    }

    /// Stores what was decided: the tables, then the rows, then everyone may see it.
    fn publish(&self, applier: &Applier, batch: Batch, heard: Heard) {
        let applied = batch.state.applied;
        if applied == 0 {
            return;
        }
        self.persist("store what the log says", || {
            self.state.commit(&batch.state)
        });
        if !batch.state.names.is_empty()
            && let Err(error) = self.store.set_names(Arc::new(applier.names().clone()))
        {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "event names of the tables and the parts differ"
            );
        }
        if !(batch.roots.is_empty() && batch.turns.is_empty() && batch.state.links.is_empty()) {
            self.store.set_roots_and_turns(
                batch.roots.iter().map(|it| (it.actor, it.new)),
                batch.turns.iter().cloned(),
                applier.links(),
            );
        }
        if let Some(rules) = &batch.trait_rules {
            self.state.set_trait_rules(rules);
        }
        if let Some(plan) = &batch.plan {
            let mut held = self.plan.write().unwrap_or_else(PoisonError::into_inner);
            if held.version <= plan.version {
                *held = plan.clone();
            }
        }
        if let Some(naming) = &batch.naming {
            let mut held = self.naming.write().unwrap_or_else(PoisonError::into_inner);
            // A restart applies older decisions again; the latest is known from the tables.
            if held.version <= naming.version {
                *held = naming.clone();
            }
        }
        self.count(&batch.state);
        *self.events() += batch.counts;
        let beat = self.beat(&batch);
        let whom = Whom::of(&batch);
        self.store.append(Rows {
            events: batch.rows,
            applied,
        });
        self.applied.fetch_max(applied, Ordering::AcqRel);
        // Whoever hears of them finds their events in the next snapshot.
        self.touched.note(whom);
        self.repeats.note(&batch.repeated);
        self.window_len
            .store(applier.window_len() as u64, Ordering::Relaxed);
        self.pulse.note(self.clock.now(), beat);
        heard.tell(&self.news, applier);
        self.news.reached(applied);
        if self.store.is_seal_due() {
            self.tending().is_wanted = true;
            self.wake.notify_all();
            if self.store.stats().tail_rows_count > 2 * limits::TAIL_ROWS_MAX {
                // Memory is bounded: the applier waits for the disk, and the log keeps what comes.
                self.persist("seal events into a part", || self.store.seal());
            }
        }
    }

    fn count(&self, stored: &StateBatch) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for source in &stored.removed_sources {
            counts.remove(source);
        }
        for (source, added) in &stored.counts {
            *counts.entry(*source).or_default() += *added;
        }
    }

    fn beat(&self, batch: &Batch) -> Beat {
        let now = self.clock.now();
        let late = Span::hours(1);
        Beat {
            stored: batch.counts.stored,
            duplicate: batch.counts.duplicate,
            late: batch
                .rows
                .iter()
                .filter(|row| row.received.since(row.time) > late)
                .count() as u64,
            lag_ms: batch
                .rows
                .iter()
                .map(|row| now.since(row.received).0)
                .max()
                .unwrap_or(0),
        }
    }

    /// Does what must succeed before the log can be applied further, and waits while it cannot.
    fn persist<T, E: std::error::Error + 'static>(
        &self,
        doing: &str,
        mut work: impl FnMut() -> Result<T, E>,
    ) {
        while let Err(error) = work() {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                doing,
                "the log waits to be applied"
            );
            thread::sleep(RETRY_DELAY);
        }
    }
}
