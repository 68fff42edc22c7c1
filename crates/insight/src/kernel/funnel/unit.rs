//! A unit's events as instants that can be jumped between.

use std::collections::BTreeMap;

use throughline_model::report::Order;

use super::terms::{Hit, Terms};

/// Events in order of time, those of one instant together.
pub(super) struct Instants<'h> {
    pub(super) hits: &'h [Hit],
    all: Vec<Span>,
    /// Per bit the instants that have an event with it.
    places: Vec<Vec<u32>>,
    /// Per different mask of steps the instant of each event that has it.
    kinds: BTreeMap<u32, Vec<u32>>,
}

struct Span {
    time: i64,
    start: u32,
    end: u32,
}

impl<'h> Instants<'h> {
    pub(super) fn of(terms: &Terms, hits: &'h [Hit]) -> Self {
        let bits = terms.steps_count + terms.exclusions.len();
        let mut all = Vec::new();
        let mut places = vec![Vec::new(); bits];
        let mut kinds: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut start = 0;
        for together in hits.chunk_by(|a, b| a.time == b.time) {
            let instant = all.len() as u32;
            let union = together.iter().fold(0, |union, hit| union | hit.mask);
            for (bit, places) in places.iter_mut().enumerate() {
                if union >> bit & 1 == 1 {
                    places.push(instant);
                }
            }
            if terms.order == Order::Any {
                for mask in together.iter().map(|hit| hit.mask & terms.step_bits()) {
                    if mask != 0 {
                        kinds.entry(mask).or_default().push(instant);
                    }
                }
            }
            let end = start + together.len() as u32;
            all.push(Span {
                time: together[0].time,
                start,
                end,
            });
            start = end;
        }
        Self {
            hits,
            all,
            places,
            kinds,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    pub(super) fn time(&self, instant: usize) -> i64 {
        self.all[instant].time
    }

    pub(super) fn events(&self, instant: usize) -> &'h [Hit] {
        let span = &self.all[instant];
        &self.hits[span.start as usize..span.end as usize]
    }

    /// Instants with an event of a bit, in order of time.
    pub(super) fn with(&self, bit: usize) -> &[u32] {
        &self.places[bit]
    }

    /// When steps come in any order: events by the steps they fit, each with the instants it happens at.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.kinds
            .iter()
            .map(|(mask, instants)| (*mask, instants.as_slice()))
    }

    /// The first instant behind another that has an event of a bit.
    pub(super) fn next(&self, bit: usize, behind: usize) -> Option<usize> {
        let places = &self.places[bit];
        let at = places.partition_point(|it| *it as usize <= behind);
        places.get(at).map(|it| *it as usize)
    }

    /// Instants at which an attempt may begin, in order of time.
    pub(super) fn entries(&self, terms: &Terms) -> Vec<usize> {
        (0..self.count())
            .filter(|instant| self.events(*instant).iter().any(|hit| terms.may_enter(hit)))
            .collect()
    }

    /// Times behind another at which there is an event of a bit.
    pub(super) fn times_behind(&self, bit: usize, time: i64) -> impl Iterator<Item = i64> + '_ {
        let places = &self.places[bit];
        let at = places.partition_point(|it| self.time(*it as usize) <= time);
        places[at..].iter().map(|it| self.time(*it as usize))
    }

    /// The instant of a time at which there are events.
    pub(super) fn at(&self, time: i64) -> usize {
        self.all.partition_point(|it| it.time < time)
    }
}
