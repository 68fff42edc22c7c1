//! Many identifiers that become one profile, and how many message ids fit into memory.

use std::{fs, time::Instant};

use anyhow::Context;
use throughline_ingest::identity::{Changes, Resolver, Sighting};
use throughline_model::{Identifier, MessageKey, Seq, SourceId, Timestamp};

use super::{Chapter, Figure, Plan, Subject, Target, Unit, machine::kib, median};
use crate::pipeline::window::Window;

const IDENTIFIERS: u32 = 10_000;
const JOINED_MS_MAX: f64 = 50.0;
const MESSAGE_IDS: u64 = 100_000_000;
const WINDOW_MIB_MAX: f64 = 3.0 * 1_024.0;
const SOURCE: SourceId = SourceId(1);

/// Joins two profiles of many identifiers, and fills the window in which doubles are known.
pub fn measure(plan: &Plan, tell: &mut impl FnMut(&str)) -> anyhow::Result<Chapter> {
    let mut figures = Vec::new();
    for (shape, evidence) in [
        ("one by the other", chain()),
        ("around one of them", star()),
    ] {
        tell(&format!("joining identifiers that were seen {shape}"));
        let seconds = (0..plan.rounds.max(1))
            .map(|_| joined(&evidence))
            .collect::<anyhow::Result<Vec<f64>>>()?;
        let name = format!("{IDENTIFIERS} identifiers, seen {shape}, become another profile");
        let figure = Figure::new(name, median(seconds) * 1e3, Unit::Milliseconds);
        figures.push(figure.with(Target::AtMost(JOINED_MS_MAX)));
    }
    tell("filling the window of message ids");
    figures.extend(window(plan.now)?);
    Ok(Chapter {
        subject: Subject::Identity,
        about: format!(
            "A known user is seen with one of {IDENTIFIERS} identifiers that were one profile before: from the \
             event to what has to be stored. No event is rewritten.\n\
             Then {MESSAGE_IDS} message ids of one hour are taken in, each of 128 bits; memory is that of the process \
             (`RssAnon`) after less before."
        ),
        figures,
        grid: None,
    })
}

fn device(index: u32) -> Identifier {
    Identifier::anonymous(&format!("device-{index:08}"))
}

/// Each identifier was seen with the next.
fn chain() -> Vec<[Identifier; 2]> {
    (0..IDENTIFIERS - 1)
        .map(|index| [device(index), device(index + 1)])
        .collect()
}

/// All identifiers were seen with the first.
fn star() -> Vec<[Identifier; 2]> {
    (1..IDENTIFIERS)
        .map(|index| [device(0), device(index)])
        .collect()
}

/// Seconds that it takes until all are of a known user.
fn joined(evidence: &[[Identifier; 2]]) -> anyhow::Result<f64> {
    let (mut resolver, mut changes) = (Resolver::default(), Changes::default());
    for (index, identifiers) in evidence.iter().enumerate() {
        resolver.observe(seen(identifiers, index), &mut changes);
    }
    let user = [Identifier::user("ann"), device(0)];
    let mut joining = Changes::default();
    let began = Instant::now();
    resolver.observe(seen(&user, evidence.len()), &mut joining);
    let seconds = began.elapsed().as_secs_f64();
    let moved = joining.roots.len();
    anyhow::ensure!(
        moved >= IDENTIFIERS as usize,
        "only {moved} identifiers became another profile"
    );
    Ok(seconds)
}

fn seen(identifiers: &[Identifier; 2], index: usize) -> Sighting<'_> {
    Sighting {
        identifiers,
        is_alias: false,
        time: Timestamp(index as i64),
        source: SOURCE,
        seq: Seq::new(index as u64, 0),
    }
}

fn window(now: Timestamp) -> anyhow::Result<Vec<Figure>> {
    let before = own_memory()?;
    let (mut window, began) = (Window::default(), Instant::now());
    for number in 0..MESSAGE_IDS {
        window.insert(message_key(number), SOURCE, now);
    }
    let seconds = began.elapsed().as_secs_f64();
    let own = own_memory()? - before;
    anyhow::ensure!(
        window.len() as u64 == MESSAGE_IDS,
        "the window holds {} of {MESSAGE_IDS} message ids",
        window.len()
    );
    Ok(vec![
        Figure::new(format!("{MESSAGE_IDS} message ids"), own, Unit::Mebibytes)
            .with(Target::AtMost(WINDOW_MIB_MAX)),
        Figure::new(
            "message ids, taking in",
            MESSAGE_IDS as f64 / seconds,
            Unit::EventsPerSecond,
        ),
    ])
}

/// Different for each number, and spread as hashes are.
fn message_key(number: u64) -> MessageKey {
    let half = |salt: u64| {
        let mixed = (number ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 32)
    };
    MessageKey((u128::from(half(0x5851_f42d)) << 64) | u128::from(half(0)))
}

fn own_memory() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")
        .context("this system does not tell the memory of a process")?;
    Ok(kib(&status, "RssAnon") / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_identifiers_become_those_of_the_user() {
        assert!(joined(&chain()).is_ok() && joined(&star()).is_ok());
    }

    #[test]
    fn message_keys_differ() {
        let mut keys: Vec<u128> = (0..10_000).map(|it| message_key(it).0).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 10_000);
    }
}
