//! Rows of one profile that lie in several runs, in order of time.

use std::ops::Range;

use throughline_model::ProfileId;
use throughline_store::Snapshot;

use super::{Place, Places, ProfileRows};
use crate::person::places_of;

/// Rows of one profile from several runs, brought together.
#[derive(Default)]
pub(super) struct Gathered {
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
    pieces: Vec<Piece>,
    /// Where each row lies, once rows had to move.
    places: Vec<Place>,
    order: Vec<u32>,
    spare: Spare,
}

/// Rows that lie together, up to the first of the next piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Number of the first row among those of the profile.
    start: u32,
    place: Place,
}

/// Where a row of one of some pieces lies. There are few pieces, and few rows are asked for.
pub(super) fn place_in(pieces: &[Piece], index: usize) -> Place {
    let index = number(index);
    let piece = pieces.partition_point(|piece| piece.start <= index) - 1;
    let Piece { start, place } = pieces[piece];
    Place {
        row: place.row + (index - start),
        ..place
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a profile has fewer than 2^32 rows")
}

#[derive(Default)]
struct Spare {
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
}

impl Gathered {
    pub(super) fn clear(&mut self) {
        self.time.clear();
        self.event.clear();
        self.channel.clear();
        self.pieces.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Adds rows of one run, which lie together.
    pub(super) fn add(&mut self, rows: &ProfileRows<'_>) {
        if rows.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            start: number(self.time.len()),
            place: rows.place(0),
        });
        self.time.extend_from_slice(rows.time);
        self.event.extend_from_slice(rows.event);
        self.channel.extend_from_slice(rows.channel);
    }

    /// The rows by time. Runs mostly follow each other in time, so mostly nothing has to move.
    pub(super) fn sorted(&mut self, profile: ProfileId) -> ProfileRows<'_> {
        let is_sorted = (self.pieces.iter().skip(1)).all(|piece| {
            let start = piece.start as usize;
            self.time[start - 1] <= self.time[start]
        });
        if !is_sorted {
            self.sort();
        }
        let places = match is_sorted {
            true => Places::Pieces(&self.pieces, 0),
            false => Places::Each(&self.places),
        };
        ProfileRows {
            profile,
            time: &self.time,
            event: &self.event,
            channel: &self.channel,
            places,
        }
    }

    fn sort(&mut self) {
        self.order.clear();
        self.order.extend(0..number(self.time.len()));
        let time = &self.time;
        self.order.sort_by_key(|index| time[*index as usize]);
        fill(&mut self.spare.time, &mut self.time, &self.order);
        fill(&mut self.spare.event, &mut self.event, &self.order);
        fill(&mut self.spare.channel, &mut self.channel, &self.order);
        self.places.clear();
        let places = (self.order.iter()).map(|index| place_in(&self.pieces, *index as usize));
        self.places.extend(places);
    }
}

/// Brings one profile's rows together, for who asks of few profiles.
#[derive(Default)]
pub struct Gather(Gathered);

impl Gather {
    /// The rows of a live profile by time; none where it has none.
    pub fn profile<'a>(
        &'a mut self,
        snapshot: &'a Snapshot,
        profile: u32,
    ) -> Option<ProfileRows<'a>> {
        let places = places_of(snapshot, ProfileId(profile));
        let rows_at = |(run, rows): &(usize, Range<usize>)| {
            let columns = &snapshot.runs[*run];
            ProfileRows {
                profile: ProfileId(profile),
                time: &columns.time[rows.clone()],
                event: &columns.event[rows.clone()],
                channel: &columns.channel[rows.clone()],
                places: Places::Together(Place {
                    run: u32::try_from(*run).expect("a snapshot has fewer than 2^32 runs"),
                    row: u32::try_from(rows.start).expect("rows of a run fit 32 bits"),
                }),
            }
        };
        if let [only] = places.as_slice() {
            return Some(rows_at(only));
        }
        self.0.clear();
        places.iter().for_each(|it| self.0.add(&rows_at(it)));
        (!self.0.is_empty()).then(|| self.0.sorted(ProfileId(profile)))
    }
}

fn fill<T: Copy>(spare: &mut Vec<T>, column: &mut Vec<T>, order: &[u32]) {
    spare.clear();
    spare.extend(order.iter().map(|index| column[*index as usize]));
    std::mem::swap(spare, column);
}
