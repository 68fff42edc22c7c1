//! Mangled segment files: whatever is in the directory, nothing panics and nothing false is read.

use std::time::Duration;

use throughline_store::log::{
    Chance, Disk, Entry, Kind, Log, Next, Options, Position, SimulatedDisk,
};

use super::ledger::{Breach, breach, law};

const KIND: Kind = Kind::new(3);

/// What a run of mangling gave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub rounds: u64,
    pub refused: u64,
    pub opened: u64,
}

/// Mangles a fresh log for each seed, opens it and reads it.
pub fn run(seeds: std::ops::Range<u64>) -> Result<Tally, (u64, Breach)> {
    let mut tally = Tally::default();
    for seed in seeds {
        let opened = round(seed).map_err(|breach| (seed, breach))?;
        tally.rounds += 1;
        tally.opened += u64::from(opened);
        tally.refused += u64::from(!opened);
    }
    Ok(tally)
}

fn round(seed: u64) -> Result<bool, Breach> {
    let mut chance = Chance::new(seed);
    let options = Options {
        segment_bytes: 600,
        reserve_bytes: 0,
        ..Options::new(chance.bits())
    };
    let disk = SimulatedDisk::new(seed, None);
    let payloads = write_log(&disk, &options, &mut chance)?;
    for _ in 0..1 + chance.below(3) {
        mangle(&disk, &mut chance);
    }
    let opened = Log::open_stepwise(Disk::simulated(disk), options);
    let Ok((log, recovered, _committer)) = opened else {
        return Ok(false);
    };
    law!(
        recovered.end.0 <= payloads.len() as u64,
        "mangling made records"
    );
    let mut reader = log.reader(Position(0)).map_err(breach)?;
    while let Ok(Next::Record(record)) = reader.next(Duration::ZERO) {
        let written = payloads.get(record.position.0 as usize);
        law!(
            written.is_some_and(|it| *it == record.payload) && record.kind == KIND,
            "the record at {} was never written",
            record.position
        );
    }
    Ok(true)
}

fn write_log(
    disk: &SimulatedDisk,
    options: &Options,
    chance: &mut Chance,
) -> Result<Vec<Vec<u8>>, Breach> {
    let (log, _, mut committer) =
        Log::open_stepwise(Disk::simulated(disk.clone()), options.clone()).map_err(breach)?;
    let mut payloads = Vec::new();
    for _ in 0..chance.below(8) {
        for _ in 0..1 + chance.below(4) {
            let payload: Vec<u8> = (0..chance.below(120))
                .map(|_| chance.bits() as u8)
                .collect();
            drop(
                log.append(Entry::new(KIND, payload.clone()))
                    .map_err(breach)?,
            );
            payloads.push(payload);
        }
        committer.step();
        if chance.one_in(3) {
            committer.mark();
        }
    }
    Ok(payloads)
}

/// Does one thing to one file that neither a disk nor a person should do.
fn mangle(disk: &SimulatedDisk, chance: &mut Chance) {
    let files = disk.lengths();
    if files.is_empty() {
        return;
    }
    let (name, _) = &files[chance.below(files.len() as u64) as usize];
    let (other, _) = &files[chance.below(files.len() as u64) as usize];
    let mut bytes = disk.bytes(name).unwrap_or_default();
    let len = bytes.len() as u64;
    let from = chance.below(len + 1) as usize;
    let to = from + chance.below(len + 1 - from as u64) as usize;
    match chance.below(9) {
        0 => disk.flip(name, chance.below(len * 8)),
        1 => {
            bytes.truncate(from);
            disk.replace(name, bytes);
        }
        2 => {
            bytes[from..to].fill(0);
            disk.replace(name, bytes);
        }
        3 => {
            let copy = bytes[from..to].to_vec();
            bytes.splice(from..from, copy);
            disk.replace(name, bytes);
        }
        4 => {
            bytes.drain(from..to);
            disk.replace(name, bytes);
        }
        5 => {
            for byte in &mut bytes[from..to] {
                *byte = chance.bits() as u8;
            }
            disk.replace(name, bytes);
        }
        6 => disk.erase(name),
        7 => {
            let swapped = disk.bytes(other).unwrap_or_default();
            disk.replace(other, bytes);
            disk.replace(name, swapped);
        }
        _ => {
            let extra: Vec<u8> = (0..chance.below(100))
                .map(|_| chance.bits() as u8)
                .collect();
            disk.replace(&format!("{:020}.log", chance.below(50)), extra);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangled_files_are_refused_or_read_truly() {
        let tally = run(0..3_000).unwrap_or_else(|it| panic!("{it:?}"));
        assert!(tally.opened > 300 && tally.refused > 300, "{tally:?}");
    }
}
