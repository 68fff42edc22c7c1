//! What one thread counts, in whole numbers, so that no sum depends on who counted what.

use hashbrown::{HashMap, HashSet};
use throughline_model::{
    ProfileId, Span,
    attribution::{AttributionReport, CreditModel},
    limits,
};
use throughline_predict::attribution::{decay, except};
use xxhash_rust::xxh3::xxh3_128;

use super::{
    by_label::ByLabel,
    walk::{Conversion, Seen, Touch, Way},
};
use crate::passes::Marked;

/// Parts that one conversion is divided into where weights are not the same for all on a path.
pub(super) const PARTS: f64 = (1_u64 << 40) as f64;

#[derive(Default)]
pub(super) struct Tally {
    pub(super) lines: ByLabel<Line>,
    /// Each different way, where models ask for whole ways.
    pub(super) ways: HashMap<Vec<u32>, Counts>,
    /// Their hashes, where only their count is told.
    hashes: HashSet<u128>,
    pub(super) total: Worth,
    pub(super) untouched: Worth,
    pub(super) unconverted: Marked,
    /// Paths to no conversion that may still lead to one.
    pub(super) open: u64,
    /// Conversions that do not say what they are worth.
    pub(super) unvalued: u64,
    /// Paths that were longer than can be credited.
    pub(super) cut: u64,
    /// True when there were more different paths than are kept.
    pub(super) is_full: bool,
    /// Room for the labels of one path, and for their ages.
    labels: Vec<u32>,
    ages: Vec<i64>,
}

/// The numbers of one label.
#[derive(Clone, Default)]
pub(super) struct Line {
    pub(super) touches: Marked,
    pub(super) on_path: Marked,
    pub(super) assisted: Marked,
    /// Number of the conversion that was last counted on the line, from 1.
    pub(super) last_conversion: u64,
    /// By the length of paths, where models ask for no more: the places that the label had on them.
    pub(super) placed: Vec<[Placed; 3]>,
    pub(super) non_direct: Parts,
    /// One for each half-life.
    pub(super) decays: Vec<Parts>,
}

/// Where a touch is on its path: [`FIRST`], [`BETWEEN`] or [`LAST`]. A single touch is the first.
#[derive(Clone, Copy, Default)]
pub(super) struct Placed {
    pub(super) conversions: u64,
    pub(super) micros: i128,
}

const FIRST: usize = 0;
const BETWEEN: usize = 1;
const LAST: usize = 2;

/// Labels of which all can have places by length.
const PLACED_LABELS_MAX: usize = 64;

/// Conversions and their millionths, both in parts.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts {
    pub(super) conversions: i128,
    pub(super) micros: i128,
}

/// What went along one path.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) conversions: u64,
    pub(super) micros: i128,
    pub(super) nulls: u64,
}

/// How often, by whom, and worth how many millionths.
#[derive(Clone, Copy, Default)]
pub(super) struct Worth {
    pub(super) passes: Marked,
    pub(super) micros: i128,
}

/// How paths are counted.
pub(super) struct Rules {
    collapse: bool,
    has_values: bool,
    /// Whether paths to no conversion are told apart: only chances of converting need that.
    needs_nulls: bool,
    /// Whether models ask for no more than how many touches a path has, and which of them is meant.
    pub(super) is_by_place: bool,
    pub(super) half_lives: Vec<Span>,
}

impl Rules {
    pub(super) fn of(report: &AttributionReport, labels_count: usize) -> Self {
        let is_of_way = |it: &CreditModel| {
            matches!(
                it,
                CreditModel::Markov(_) | CreditModel::Shapley | CreditModel::Participation
            )
        };
        let half_life = |model: &CreditModel| match model {
            CreditModel::TimeDecay(span) => Some(*span),
            _ => None,
        };
        Self {
            collapse: report.collapse,
            has_values: report.value.is_some(),
            needs_nulls: (report.models.iter())
                .any(|it| matches!(it, CreditModel::Markov(_) | CreditModel::Shapley)),
            is_by_place: labels_count <= PLACED_LABELS_MAX && !report.models.iter().any(is_of_way),
            half_lives: report.models.iter().filter_map(half_life).collect(),
        }
    }

    /// The touches that count: of those with one label in a row the latest, if that is wanted.
    pub(super) fn counted<'a>(&self, touches: &'a [Touch]) -> impl Iterator<Item = &'a Touch> {
        let collapse = self.collapse;
        (touches.iter().enumerate())
            .filter(move |(index, touch)| {
                let next = touches.get(index + 1);
                !collapse || next.is_none_or(|next| next.label != touch.label)
            })
            .map(|(_, touch)| touch)
    }
}

impl Tally {
    pub(super) fn add(&mut self, rules: &Rules, profile: ProfileId, seen: &Seen<'_>) {
        match seen {
            Seen::Touch(label) => self.line(rules, *label).touches.add(profile),
            Seen::Conversion(conversion) => self.convert(rules, profile, conversion),
            Seen::Null { way, is_open } => {
                self.unconverted.add(profile);
                self.open += u64::from(*is_open);
                if !rules.needs_nulls {
                    self.cut += u64::from(way.is_cut);
                    return;
                }
                self.gather(rules, way);
                if let Some(counts) = self.counts() {
                    counts.nulls += 1;
                }
            }
        }
    }

    fn convert(&mut self, rules: &Rules, profile: ProfileId, conversion: &Conversion<'_>) {
        let Conversion { time, micros, way } = conversion;
        self.unvalued += u64::from(rules.has_values && micros.is_none());
        let micros = i128::from(micros.unwrap_or_default());
        self.total.add(profile, micros);
        let is_direct = way.touches.iter().map(|it| it.is_direct);
        let Some(credited) = except(is_direct) else {
            self.untouched.add(profile, micros);
            return;
        };
        let non_direct = &mut self.line(rules, way.touches[credited].label).non_direct;
        non_direct.add(1.0, micros);

        self.gather(rules, way);
        if rules.is_by_place {
            self.place(rules, micros);
        } else if let Some(counts) = self.counts() {
            counts.conversions += 1;
            counts.micros += micros;
        }
        let labels = std::mem::take(&mut self.labels);
        let mut ages = std::mem::take(&mut self.ages);
        for (index, half_life) in rules.half_lives.iter().enumerate() {
            ages.clear();
            ages.extend(rules.counted(way.touches).map(|it| time - it.time));
            for (label, weight) in labels.iter().zip(decay(&ages, half_life.0)) {
                self.line(rules, *label).decays[index].add(weight, micros);
            }
        }
        // Each label is counted once for a conversion: where it is met first.
        let conversion = self.total.passes.passes.times;
        for (index, label) in labels.iter().enumerate() {
            let line = self.line(rules, *label);
            if std::mem::replace(&mut line.last_conversion, conversion) == conversion {
                continue;
            }
            line.on_path.add(profile);
            if index + 1 < labels.len() {
                line.assisted.add(profile);
            }
        }
        self.labels = labels;
        self.ages = ages;
    }

    /// Puts the labels of a path into the room for them.
    fn gather(&mut self, rules: &Rules, way: &Way<'_>) {
        self.cut += u64::from(way.is_cut);
        self.labels.clear();
        self.labels
            .extend(rules.counted(way.touches).map(|it| it.label));
    }

    /// Counts the path in the room by its length and the places on it.
    fn place(&mut self, rules: &Rules, micros: i128) {
        let labels = std::mem::take(&mut self.labels);
        self.hashes.insert(xxh3_128(bytemuck::cast_slice(&labels)));
        let length = labels.len();
        for (index, label) in labels.iter().enumerate() {
            let place = match index {
                0 => FIRST,
                _ if index + 1 == length => LAST,
                _ => BETWEEN,
            };
            let placed = &mut self.line(rules, *label).placed;
            if placed.len() < length {
                placed.resize(length, Default::default());
            }
            placed[length - 1][place].conversions += 1;
            placed[length - 1][place].micros += micros;
        }
        self.labels = labels;
    }

    /// How many different ways there were.
    pub(super) fn ways_count(&self) -> usize {
        self.ways.len() + self.hashes.len()
    }

    /// The counts of the path in the room; none when there is no place for another path.
    fn counts(&mut self) -> Option<&mut Counts> {
        if self.ways.len() >= limits::CREDIT_PATHS_MAX && !self.ways.contains_key(&self.labels) {
            self.is_full = true;
            return None;
        }
        Some(self.ways.entry_ref(self.labels.as_slice()).or_default())
    }

    fn line(&mut self, rules: &Rules, label: u32) -> &mut Line {
        self.lines.get_or_make(label, || Line {
            decays: vec![Parts::default(); rules.half_lives.len()],
            ..Line::default()
        })
    }

    pub(super) fn merged(mut self, other: Self) -> Self {
        for (label, more) in other.lines.into_values() {
            let none = || Line {
                decays: vec![Parts::default(); more.decays.len()],
                ..Line::default()
            };
            self.lines.get_or_make(label, none).merge(&more);
        }
        for (way, more) in other.ways {
            self.ways.entry(way).or_default().merge(more);
        }
        self.hashes.extend(other.hashes);
        for (mine, more) in [
            (&mut self.total, other.total),
            (&mut self.untouched, other.untouched),
        ] {
            mine.passes.merge(&more.passes);
            mine.micros += more.micros;
        }
        self.unconverted.merge(&other.unconverted);
        self.open += other.open;
        self.unvalued += other.unvalued;
        self.cut += other.cut;
        self.is_full |= other.is_full || self.ways.len() > limits::CREDIT_PATHS_MAX;
        self
    }
}

impl Line {
    pub(super) fn merge(&mut self, more: &Self) {
        self.touches.merge(&more.touches);
        self.on_path.merge(&more.on_path);
        self.assisted.merge(&more.assisted);
        self.non_direct.merge(more.non_direct);
        for (mine, more) in self.decays.iter_mut().zip(&more.decays) {
            mine.merge(*more);
        }
        if self.placed.len() < more.placed.len() {
            self.placed.resize(more.placed.len(), Default::default());
        }
        let mine = self.placed.as_flattened_mut().iter_mut();
        for (mine, more) in mine.zip(more.placed.as_flattened()) {
            mine.conversions += more.conversions;
            mine.micros += more.micros;
        }
    }
}

/// What of the weights of all touches of a path is the weight of each place. All between the ends have the same.
pub(super) fn weights_by_place(weights: &[f64]) -> [f64; 3] {
    let weight = |index: usize| weights.get(index).copied().unwrap_or_default();
    debug_assert!(weights.len() < 3 || (1..weights.len() - 1).all(|it| weight(it) == weight(1)));
    [weight(0), weight(1), weight(weights.len() - 1)]
}

impl Parts {
    fn add(&mut self, weight: f64, micros: i128) {
        let parts = (weight * PARTS).round() as i128;
        self.conversions += parts;
        self.micros += parts * micros;
    }

    pub(super) fn merge(&mut self, more: Self) {
        self.conversions += more.conversions;
        self.micros += more.micros;
    }
}

impl Counts {
    pub(super) fn merge(&mut self, more: Self) {
        self.conversions += more.conversions;
        self.micros += more.micros;
        self.nulls += more.nulls;
    }
}

impl Worth {
    fn add(&mut self, profile: ProfileId, micros: i128) {
        self.passes.add(profile);
        self.micros += micros;
    }
}
