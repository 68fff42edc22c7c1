//! Damage to what is committed: every flipped bit must be noticed.

use std::time::Duration;

use throughline_store::log::{Chance, Disk, Log, Next, Options, Position, SimulatedDisk};

use super::ledger::{Breach, law};

/// Flips one bit of a closed log of `records` records, anywhere, and wants it noticed.
pub fn check_one(
    disk: &SimulatedDisk,
    options: &Options,
    chance: &mut Chance,
    records: usize,
) -> Result<(), Breach> {
    let files = disk.lengths();
    let (name, bytes) = &files[chance.below(files.len() as u64) as usize];
    let bit = chance.below(bytes * 8);
    let fork = disk.fork();
    fork.flip(name, bit);
    let outcome = open_and_count(&fork, options);
    law!(
        outcome.is_noticed(records),
        "bit {bit} of {name} was flipped, of {files:?}, {records} records: {outcome:?}"
    );
    Ok(())
}

/// What a log with damage turned out to be.
#[derive(Debug)]
enum Outcome {
    Refused,
    /// It was read as far as this many records, and then refused.
    RefusedAt,
    Opened {
        records: usize,
        is_cut: bool,
    },
}

impl Outcome {
    /// A cut is fine where nothing was lost: the flipped bit was in a note of the log to itself.
    fn is_noticed(&self, expected: usize) -> bool {
        match self {
            Self::Refused | Self::RefusedAt => true,
            Self::Opened { records, is_cut } => *is_cut && *records == expected,
        }
    }
}

fn open_and_count(disk: &SimulatedDisk, options: &Options) -> Outcome {
    let Ok((log, recovered, _committer)) =
        Log::open_stepwise(Disk::simulated(disk.clone()), options.clone())
    else {
        return Outcome::Refused;
    };
    let Ok(mut reader) = log.reader(Position(0)) else {
        return Outcome::Refused;
    };
    let mut records = 0;
    loop {
        match reader.next(Duration::ZERO) {
            Ok(Next::Record(_)) => records += 1,
            Ok(Next::Quiet | Next::Closed) => break,
            Err(_) => return Outcome::RefusedAt,
        }
    }
    Outcome::Opened {
        records,
        is_cut: recovered.cut.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use throughline_store::log::{Entry, Kind};

    use super::*;

    #[test]
    fn every_single_bit_of_a_log_is_guarded() {
        const KIND: Kind = Kind::new(1);
        let disk = SimulatedDisk::new(1, None);
        let options = Options {
            segment_bytes: 500,
            reserve_bytes: 0,
            ..Options::new(77)
        };
        let (log, _, mut committer) =
            Log::open_stepwise(Disk::simulated(disk.clone()), options.clone()).unwrap();
        for payload in ["", "seen", "read"] {
            for _ in 0..4 {
                let text = payload.repeat(9);
                drop(log.append(Entry::new(KIND, text.into_bytes())).unwrap());
            }
            committer.step();
        }
        committer.mark();
        drop((log, committer));
        let files = disk.lengths();
        assert!(files.len() > 1, "{files:?}");
        for (name, bytes) in files {
            for bit in 0..bytes * 8 {
                let fork = disk.fork();
                fork.flip(&name, bit);
                let outcome = open_and_count(&fork, &options);
                assert!(outcome.is_noticed(12), "bit {bit} of {name}: {outcome:?}");
            }
        }
    }
}
