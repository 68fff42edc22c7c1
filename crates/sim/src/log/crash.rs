//! Lives of a log between crashes, from a seed. No threads and no clock, so a seed always plays the same.

use std::ops::Range;
use std::time::Duration;

use throughline_store::log::{
    Chance, Committer, Disk, Log, Mutant, Next, Odds, OpenError, Options, Position, Reader,
    Recovered, SimulatedDisk,
};

use super::flip;
use super::ledger::{Breach, Ledger, breach, law};

/// What one or many seeds went through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    pub acknowledged: u64,
    pub refused: u64,
    pub power_cuts: u64,
    pub kills: u64,
    pub torn_tails: u64,
    pub failed_opens: u64,
    pub stops: u64,
    pub full_disks: u64,
    pub flips: u64,
}

/// The first seed that broke a law, and how.
#[derive(Debug)]
pub struct Broken {
    pub seed: u64,
    pub breach: Breach,
}

/// Plays seeds until one breaks a law.
pub fn run_seeds(seeds: Range<u64>, mutant: Option<Mutant>) -> Result<Tally, Broken> {
    let mut tally = Tally::default();
    for seed in seeds {
        Scenario::new(seed, mutant)
            .play(&mut tally)
            .map_err(|breach| Broken { seed, breach })?;
        tally.seeds += 1;
    }
    Ok(tally)
}

/// More operations than any seed makes.
const NEVER: u64 = u64::MAX;

struct Scenario {
    chance: Chance,
    disk: SimulatedDisk,
    ledger: Ledger,
    options: Options,
}

/// How a life of the process ends.
#[derive(Clone, Copy, PartialEq)]
enum Death {
    /// The machine stops: what was not synced is lost in part.
    PowerCut,
    /// The process stops: the page cache is still there.
    Kill,
    /// The process ends properly.
    Close,
}

impl Scenario {
    fn new(seed: u64, mutant: Option<Mutant>) -> Self {
        let mut chance = Chance::new(seed);
        let disk = SimulatedDisk::new(chance.bits(), mutant);
        let options = Options {
            segment_bytes: 1_000 + chance.below(20_000),
            reserve_bytes: chance.below(2) * 500,
            queue_records_max: 1 + chance.below(40) as usize,
            recent_bytes_max: chance.below(10_000) as usize,
            ..Options::new(chance.bits())
        };
        Self {
            chance,
            disk,
            ledger: Ledger::default(),
            options,
        }
    }

    fn play(mut self, tally: &mut Tally) -> Result<(), Breach> {
        let lives = 2 + self.chance.below(6);
        for _ in 0..lives {
            self.live(tally)?;
        }
        self.end_well(tally)?;
        tally.acknowledged += self.ledger.acknowledged;
        tally.refused += self.ledger.refused;
        Ok(())
    }

    /// One life of the process, from recovery to its death.
    fn live(&mut self, tally: &mut Tally) -> Result<(), Breach> {
        let (log, mut committer) = self.open_under_faults(tally)?;
        self.ledger.check_all(&log)?;
        let from = self.chance.below(self.ledger.known() as u64 + 1);
        let mut reader = log.reader(Position(from)).map_err(breach)?;
        let mut read = from as usize;
        for _ in 0..5 + self.chance.below(40) {
            self.act(&log, &mut committer, tally)?;
            self.ledger.collect()?;
            if self.chance.one_in(4) {
                read = self.follow(&mut reader, read)?;
            }
        }
        let death = self.draw_death();
        if death == Death::Close {
            while committer.step() > 0 {}
            committer.mark();
            self.ledger.collect()?;
        }
        // Who was not answered until now never will be.
        self.ledger.forget_waiting();
        drop((log, committer, reader));
        self.calm_disk();
        if death == Death::PowerCut || self.disk.is_off() {
            tally.power_cuts += 1;
            self.disk.restart();
        } else if death == Death::Kill {
            tally.kills += 1;
        }
        Ok(())
    }

    /// Nothing fails from now on; power that is off stays off.
    fn calm_disk(&self) {
        self.disk.set_odds(Odds::default());
        self.disk.set_capacity(u64::MAX, true);
        if !self.disk.is_off() {
            self.disk.cut_power_after(NEVER);
        }
    }

    fn draw_death(&mut self) -> Death {
        match self.chance.below(8) {
            0 => Death::Close,
            1 | 2 => Death::Kill,
            _ => Death::PowerCut,
        }
    }

    /// Opens the log on a disk that may fail or lose power meanwhile; then without, if need be.
    fn open_under_faults(&mut self, tally: &mut Tally) -> Result<(Log, Committer), Breach> {
        for _ in 0..3 {
            let mut may_fail = false;
            if self.chance.one_in(3) {
                may_fail = true;
                self.disk.set_odds(Odds {
                    read: self.chance.below(2) * 8,
                    write: self.chance.below(2) * 8,
                    sync: self.chance.below(2) * 8,
                });
            }
            if self.chance.one_in(6) {
                may_fail = true;
                self.disk.cut_power_after(self.chance.below(20));
            }
            let opened = self.open(tally);
            self.calm_disk();
            match opened {
                Ok(opened) => return Ok(opened),
                Err(OpenError::Read { .. } | OpenError::Write { .. }) if may_fail => {
                    tally.failed_opens += 1;
                    if self.disk.is_off() {
                        self.disk.restart();
                    }
                }
                Err(error) => return Err(breach(error)),
            }
        }
        self.disk.restart();
        self.open(tally).map_err(breach)
    }

    fn open(&mut self, tally: &mut Tally) -> Result<(Log, Committer), OpenError> {
        let options = Options {
            end_min: Position(self.ledger.known() as u64),
            ..self.options.clone()
        };
        let (log, Recovered { cut, .. }, committer) =
            Log::open_stepwise(Disk::simulated(self.disk.clone()), options)?;
        tally.torn_tails += u64::from(cut.is_some());
        Ok((log, committer))
    }

    fn act(
        &mut self,
        log: &Log,
        committer: &mut Committer,
        tally: &mut Tally,
    ) -> Result<(), Breach> {
        match self.chance.below(24) {
            0..=7 => {
                for _ in 0..1 + self.chance.below(12) {
                    self.ledger.submit(log, &mut self.chance)?;
                }
            }
            8..=15 => {
                committer.step();
            }
            16 => committer.mark(),
            17 => {
                let capacity = self.disk.used_bytes() + self.chance.below(4_000);
                self.disk.set_capacity(capacity, self.chance.one_in(2));
                tally.full_disks += 1;
            }
            18..=20 => {
                self.disk.set_capacity(u64::MAX, true);
                committer.check_space();
            }
            21 if self.chance.one_in(6) => {
                self.disk.set_odds(Odds {
                    read: 0,
                    write: self.chance.below(2) * 3,
                    sync: self.chance.below(2) * 3,
                });
                tally.stops += 1;
            }
            22 if self.chance.one_in(3) => self.disk.cut_power_after(self.chance.below(12)),
            _ => {}
        }
        Ok(())
    }

    /// Reads what is there; a reader must never be ahead of what was acknowledged.
    fn follow(&mut self, reader: &mut Reader, mut read: usize) -> Result<usize, Breach> {
        loop {
            let record = match reader.next(Duration::ZERO) {
                Ok(Next::Record(record)) => record,
                Ok(Next::Quiet | Next::Closed) => break,
                Err(_) if self.disk.is_off() => return Ok(read),
                Err(error) => return Err(breach(error)),
            };
            law!(
                read < self.ledger.known(),
                "a reader saw {read} before it was acknowledged"
            );
            self.ledger.check_record(&record, read)?;
            read += 1;
        }
        law!(
            read == self.ledger.known(),
            "a reader stopped at {read} of {}",
            self.ledger.known()
        );
        Ok(read)
    }

    /// On a disk that works again, the log works again; then every flipped bit must be noticed.
    fn end_well(&mut self, tally: &mut Tally) -> Result<(), Breach> {
        let (log, mut committer) = self.open(tally).map_err(breach)?;
        self.ledger.check_all(&log)?;
        let before = self.ledger.known();
        self.ledger.submit(&log, &mut self.chance)?;
        committer.step();
        self.ledger.collect()?;
        law!(
            self.ledger.known() == before + 1,
            "a sound disk did not take a record"
        );
        committer.mark();
        drop((log, committer));
        for _ in 0..20 {
            flip::check_one(&self.disk, &self.options, &mut self.chance, before + 1)?;
            tally.flips += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_acknowledged_record_is_ever_lost_and_none_is_invented() {
        let tally = run_seeds(0..600, None).unwrap_or_else(|it| panic!("{it:?}"));
        // A simulation in which nothing happens proves nothing.
        assert!(tally.acknowledged > 10_000, "{tally:?}");
        assert!(tally.power_cuts > 500, "{tally:?}");
        assert!(tally.torn_tails > 100, "{tally:?}");
        assert!(tally.failed_opens > 50, "{tally:?}");
        assert!(tally.refused > 100, "{tally:?}");
    }

    #[test]
    fn a_seed_always_plays_the_same() {
        let play = || format!("{:?}", run_seeds(17..27, None).map_err(|it| it.seed));
        assert_eq!(play(), play());
    }

    #[track_caller]
    fn check_caught(mutant: Mutant) {
        assert!(
            run_seeds(0..600, Some(mutant)).is_err(),
            "{mutant:?} was not noticed"
        );
    }

    #[test]
    fn acknowledging_before_the_sync_is_caught() {
        check_caught(Mutant::AckBeforeSync);
    }

    #[test]
    fn not_syncing_the_directory_is_caught() {
        check_caught(Mutant::NoDirectorySync);
    }

    #[test]
    fn taking_a_read_error_for_a_torn_tail_is_caught() {
        check_caught(Mutant::ReadErrorAsEnd);
    }

    #[test]
    fn not_comparing_checksums_is_caught() {
        check_caught(Mutant::NoCrc);
    }
}
