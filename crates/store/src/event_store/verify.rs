//! Whether the files are what was written, and whether two stores hold the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use serde_json::value::RawValue;
use throughline_model::EventCode;
use xxhash_rust::xxh3::Xxh3;

use super::{EventStore, Inner};
use crate::{
    error::{ReadError, StoreError},
    merge::Source,
    run::{Run, StoredEvent},
    snapshot::EventNames,
    tail::Tail,
};

/// Events that are read at once to be hashed.
const HASH_ROWS: u32 = 1 << 14;

impl EventStore {
    /// Reads every file whole and compares it with its checksums; gives all that is wrong.
    pub fn verify(&self) -> Vec<StoreError> {
        let (sources, manifest) = {
            let inner = self.inner();
            let sources: Vec<Source> = inner.parts.values().cloned().collect();
            (sources, inner.manifest.check(&self.objects))
        };
        let parts = sources
            .iter()
            .map(|source| source.part.check(&self.objects));
        [manifest]
            .into_iter()
            .chain(parts)
            .filter_map(Result::err)
            .collect()
    }

    /// A hash of all events, whichever parts they lie in and in whatever order they came.
    ///
    /// Two replays of one log give the same hash. Who is whom is not part of it.
    pub fn state_hash(&self) -> Result<u128, ReadError> {
        let (sources, tail_runs, names) = {
            let mut inner = self.inner();
            inner.settle();
            let sources: Vec<Source> = inner.parts.values().cloned().collect();
            (sources, tail_runs(&inner), Arc::clone(&inner.names))
        };
        let runs: Vec<Arc<Run>> = sources
            .iter()
            .map(|source| Arc::clone(&source.run))
            .chain(tail_runs)
            .collect();
        let repeated = repeated_keys(&sources, &runs)?;
        let (mut sum, mut repeats) = (0_u128, BTreeMap::new());
        for run in &runs {
            let count = u32::try_from(run.len()).expect("rows are counted in 32 bits");
            for from in (0..count).step_by(HASH_ROWS as usize) {
                let rows: Vec<u32> = (from..count.min(from + HASH_ROWS)).collect();
                for event in run.events(&rows)? {
                    let hash = hash_of(&event, &names);
                    if repeated.contains(&event.message.0) {
                        let key = (event.message.0, event.actor);
                        let first = repeats.entry(key).or_insert((event.seq, hash));
                        *first = (*first).min((event.seq, hash));
                    } else {
                        sum = sum.wrapping_add(hash);
                    }
                }
            }
        }
        let repeats = repeats.into_values().map(|(_, hash)| hash);
        Ok(repeats.fold(sum, u128::wrapping_add))
    }
}

fn tail_runs(inner: &Inner) -> Vec<Arc<Run>> {
    let tails = inner.frozen.iter().chain([&inner.tail]);
    tails.flat_map(Tail::bases).cloned().collect()
}

/// Messages that lie in more than one row. They are few, as duplicates are dropped before.
fn repeated_keys(sources: &[Source], runs: &[Arc<Run>]) -> Result<BTreeSet<u128>, ReadError> {
    let mut in_memory = Vec::new();
    for run in &runs[sources.len()..] {
        let count = u32::try_from(run.len()).expect("rows are counted in 32 bits");
        let rows: Vec<u32> = (0..count).collect();
        in_memory.extend(run.events(&rows)?.into_iter().map(|event| event.message.0));
    }
    in_memory.sort_unstable();
    let mut lists: Vec<&[u128]> = sources.iter().map(|it| it.part.keys.sorted()).collect();
    lists.push(&in_memory);
    let mut repeated = BTreeSet::new();
    let mut heads: BinaryHeap<Reverse<(u128, usize, usize)>> = BinaryHeap::new();
    let head = |list: usize, at: usize| lists[list].get(at).map(|key| Reverse((*key, list, at)));
    heads.extend((0..lists.len()).filter_map(|list| head(list, 0)));
    let mut before = None;
    while let Some(Reverse((key, list, at))) = heads.pop() {
        if before.replace(key) == Some(key) {
            repeated.insert(key);
        }
        heads.extend(head(list, at + 1));
    }
    Ok(repeated)
}

fn hash_of(event: &StoredEvent, names: &EventNames) -> u128 {
    let mut hasher = Xxh3::new();
    for number in [
        u64::from(event.actor.0),
        event.seq.0,
        event.time.0.cast_unsigned(),
        event.received.0.cast_unsigned(),
        event.kind as u64,
        u64::from(event.channel),
        u64::from(event.source.0),
    ] {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(&event.message.0.to_le_bytes());
    let name = names.name(EventCode(event.event));
    hash_text(&mut hasher, name.map_or("", |name| name.as_str()));
    hash_json(&mut hasher, event.properties.as_str());
    hash_json(&mut hasher, event.context.as_str());
    hasher.digest128()
}

fn hash_text(hasher: &mut Xxh3, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}

/// Equal for texts that stand for one value: members in any order, `19` for `19.0`.
fn hash_json(hasher: &mut Xxh3, text: &str) {
    match text.as_bytes().first() {
        Some(b'{') => {
            if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
                hasher.update(b"{");
                for (name, value) in members {
                    hash_text(hasher, &name);
                    hash_json(hasher, value.get());
                }
                hasher.update(b"}");
                return;
            }
        }
        Some(b'[') => {
            if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
                hasher.update(b"[");
                items.iter().for_each(|item| hash_json(hasher, item.get()));
                hasher.update(b"]");
                return;
            }
        }
        Some(b'"') => {
            if let Ok(decoded) = serde_json::from_str::<String>(text) {
                hasher.update(b"\"");
                hash_text(hasher, &decoded);
                return;
            }
        }
        Some(b'-' | b'0'..=b'9') => {
            if let Some(number) = crate::json::exact_number(text) {
                hasher.update(b"#");
                hasher.update(&number.to_bits().to_le_bytes());
                return;
            }
        }
        _ => {}
    }
    hasher.update(b"=");
    hash_text(hasher, text);
}
