//! What a log says of its events: counts, channels, places on people's paths, frequent texts.

use std::collections::{BTreeMap, HashMap};

use throughline_model::{Channel, EventCode, Field, Value};

use crate::{
    ask::AskError,
    labels::{Label, Labels},
    scan::{ProfileRows, scan},
    view::View,
};

use super::SeenEvent;

/// Places on a path are counted in this many steps between 0 and 1.
const PLACES: usize = 100;

/// Looks at every customer event of a snapshot, through any vocabulary.
pub fn observe(view: &View<'_>) -> Result<Vec<SeenEvent>, AskError> {
    let field = |inside: fn(Vec<String>) -> Field, path: &[&str]| {
        let names = path.iter().map(|name| (*name).to_owned()).collect();
        Labels::of(view, &inside(names))
    };
    let labels = [
        field(Field::Property, &["name"])?,
        field(Field::Context, &["page", "path"])?,
        field(Field::Property, &["template"])?,
    ];
    let names = &view.snapshot.names;
    let states = scan(
        view.snapshot,
        view.cancel,
        || Seen::new(names.len()),
        |seen, rows| seen.add(&labels, rows),
    )?;
    let mut all = Seen::new(names.len());
    for state in states {
        all.merge(state);
    }
    let mut events: Vec<SeenEvent> = (names.iter())
        .filter(|(code, _)| !names.is_quiet(*code) && all.events(*code) > 0)
        .map(|(code, name)| {
            let mut event = SeenEvent::named(name.clone(), all.events(code), all.position(code));
            event.channels = all.channels_of(code);
            event
        })
        .collect();
    events.sort_by(|a, b| a.name.cmp(&b.name));
    for ((code, field, label), count) in all.texts {
        let name = names
            .name(EventCode(code))
            .expect("codes of rows have names");
        let found = events.binary_search_by(|event| event.name.cmp(name));
        if let (Ok(index), Label::Value(Value::Text(text))) = (found, labels[field].value(label)) {
            let event = &mut events[index];
            let texts = match field {
                0 => &mut event.page_names,
                1 => &mut event.paths,
                _ => &mut event.templates,
            };
            texts.insert(text, count);
        }
    }
    Ok(events)
}

struct Seen {
    /// Per event code and channel.
    channels: Vec<u64>,
    /// Per event code and place.
    places: Vec<u64>,
    /// Per event code, field and label. Their order is never seen.
    texts: HashMap<(u16, usize, u32), u64>,
    /// Event names of the current profile, with how many others came strictly before.
    firsts: Vec<(u16, usize)>,
}

impl Seen {
    fn new(names: usize) -> Self {
        Self {
            channels: vec![0; names * Channel::ALL.len()],
            places: vec![0; names * (PLACES + 1)],
            texts: HashMap::new(),
            firsts: Vec::new(),
        }
    }

    fn add(&mut self, labels: &[Labels<'_>; 3], rows: &ProfileRows<'_>) {
        self.firsts.clear();
        for index in 0..rows.len() {
            let event = rows.event[index];
            let channel = Channel::from_code(rows.channel[index]);
            let cell = usize::from(event) * Channel::ALL.len() + usize::from(channel.code());
            self.channels[cell] += 1;
            for (field, labels) in labels.iter().enumerate() {
                let label = labels.label(rows, index);
                if label > 0 {
                    *self.texts.entry((event, field, label)).or_default() += 1;
                }
            }
        }
        self.place(rows);
    }

    /// Names that first come at one instant share their place.
    fn place(&mut self, rows: &ProfileRows<'_>) {
        let mut index = 0;
        for instant in rows.time.chunk_by(|a, b| a == b) {
            let before = self.firsts.len();
            for event in &rows.event[index..index + instant.len()] {
                if !self.firsts.iter().any(|(known, _)| known == event) {
                    self.firsts.push((*event, before));
                }
            }
            index += instant.len();
        }
        let last = self.firsts.len().saturating_sub(1).max(1);
        for (event, before) in &self.firsts {
            self.places[usize::from(*event) * (PLACES + 1) + before * PLACES / last] += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.channels, other.channels),
            (&mut self.places, other.places),
        ] {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
        for (key, count) in other.texts {
            *self.texts.entry(key).or_default() += count;
        }
    }

    fn of_channels(&self, code: EventCode) -> &[u64] {
        &self.channels[usize::from(code.0) * Channel::ALL.len()..][..Channel::ALL.len()]
    }

    fn events(&self, code: EventCode) -> u64 {
        self.of_channels(code).iter().sum()
    }

    fn channels_of(&self, code: EventCode) -> BTreeMap<Channel, u64> {
        let counts = Channel::ALL.into_iter().zip(self.of_channels(code));
        counts
            .filter(|(_, count)| **count > 0)
            .map(|(channel, count)| (channel, *count))
            .collect()
    }

    /// The median place of the first event of this name on the paths that have it.
    fn position(&self, code: EventCode) -> f64 {
        let places = &self.places[usize::from(code.0) * (PLACES + 1)..][..=PLACES];
        let half = places.iter().sum::<u64>().div_ceil(2);
        let mut below = 0;
        let median = places.iter().position(|count| {
            below += count;
            below >= half
        });
        median.unwrap_or(0) as f64 / PLACES as f64
    }
}
