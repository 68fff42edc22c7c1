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
    places: Vec<Place>,
    order: Vec<u32>,
    spare: Spare,
}

#[derive(Default)]
struct Spare {
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
    places: Vec<Place>,
}

impl Gathered {
    pub(super) fn clear(&mut self) {
        self.time.clear();
        self.event.clear();
        self.channel.clear();
        self.places.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    pub(super) fn add(&mut self, rows: &ProfileRows<'_>) {
        self.time.extend_from_slice(rows.time);
        self.event.extend_from_slice(rows.event);
        self.channel.extend_from_slice(rows.channel);
        self.places
            .extend((0..rows.len()).map(|index| rows.place(index)));
    }

    /// The rows by time. Runs mostly follow each other in time, so mostly nothing has to move.
    pub(super) fn sorted(&mut self, profile: ProfileId) -> ProfileRows<'_> {
        if !self.time.is_sorted() {
            self.sort();
        }
        ProfileRows {
            profile,
            time: &self.time,
            event: &self.event,
            channel: &self.channel,
            places: Places::Each(&self.places),
        }
    }

    fn sort(&mut self) {
        let count = u32::try_from(self.time.len()).expect("a profile has fewer than 2^32 rows");
        self.order.clear();
        self.order.extend(0..count);
        let time = &self.time;
        self.order.sort_by_key(|index| time[*index as usize]);
        fill(&mut self.spare.time, &mut self.time, &self.order);
        fill(&mut self.spare.event, &mut self.event, &self.order);
        fill(&mut self.spare.channel, &mut self.channel, &self.order);
        fill(&mut self.spare.places, &mut self.places, &self.order);
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
