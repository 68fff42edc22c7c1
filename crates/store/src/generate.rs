//! Generated events, written straight into parts: something to measure on.
//!
//! Profiles have a heavy tail, events and channels are skewed as real ones are, and everything
//! follows from a seed. The store is as merged as it can be: no profile lies in two parts.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{
        ArrayRef, FixedSizeBinaryArray, Float64Array, RecordBatch, StringViewArray,
        TimestampMillisecondArray, UInt32Array, UInt64Array, new_null_array,
    },
    buffer::Buffer,
    datatypes::DataType,
};
use throughline_model::{Channel, EventName, Seq, Span, Timestamp};

use crate::{
    error::StoreError,
    event_store::{EventStore, StoreOptions},
    manifest::Manifest,
    objects::Objects,
    part::{Kind, Layout, PartEntry, PartWriter, Promoted, Rest},
    snapshot::bucket_of,
};

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Generate {
    pub events_count: u64,
    pub seed: u64,
    pub start: Timestamp,
    pub span: Span,
    /// Events of a profile on average.
    pub events_each: u64,
}

impl Generate {
    /// So many events over 90 days from 2026-01-01, 50 of a profile on average.
    pub fn events(events_count: u64) -> Self {
        Self {
            events_count,
            seed: 1,
            start: Timestamp(1_767_225_600_000),
            span: Span::days(90),
            events_each: 50,
        }
    }

    /// Profiles, which are numbered from 0.
    ///
    /// # Panics
    /// When there are more than 2^32.
    pub fn profiles_count(&self) -> u32 {
        let count = (self.events_count / self.events_each).max(1);
        u32::try_from(count).expect("profiles have 31 bits")
    }
}

/// Names of the 40 events, the frequent ones first.
const EVENTS: [&str; 40] = [
    "page_viewed",
    "product_viewed",
    "list_viewed",
    "search_performed",
    "screen_viewed",
    "ad_clicked",
    "email_opened",
    "push_opened",
    "cart_added",
    "email_clicked",
    "filter_used",
    "image_zoomed",
    "cart_viewed",
    "review_read",
    "wishlist_added",
    "sms_clicked",
    "checkout_started",
    "login",
    "address_entered",
    "payment_entered",
    "purchase",
    "coupon_applied",
    "chat_started",
    "delivery_tracked",
    "delivered",
    "store_visited",
    "call_made",
    "signup",
    "cart_removed",
    "error_shown",
    "share_clicked",
    "return_started",
    "return_done",
    "review_written",
    "survey_answered",
    "refund_paid",
    "app_installed",
    "unsubscribed",
    "complaint_sent",
    "account_closed",
];
const CHANNELS: [Channel; 12] = [
    Channel::Web,
    Channel::App,
    Channel::Email,
    Channel::Push,
    Channel::Ads,
    Channel::Social,
    Channel::Sms,
    Channel::Store,
    Channel::Chat,
    Channel::Call,
    Channel::Delivery,
    Channel::Whatsapp,
];
const COUNTRIES: [&str; 12] = [
    "CN", "US", "DE", "GB", "FR", "JP", "BR", "IN", "IT", "ES", "CA", "AU",
];
const CAMPAIGNS: [&str; 4] = ["google", "meta", "newsletter", "tiktok"];
const PAGES_COUNT: u64 = 200;
/// Events of the largest profile.
const PROFILE_EVENTS_MAX: u64 = 20_000;
const BATCH_ROWS: usize = 1 << 14;

/// Makes a store of generated events in an empty directory.
pub fn generate(
    dir: &Path,
    what: &Generate,
    options: StoreOptions,
) -> Result<EventStore, StoreError> {
    let objects = Objects::in_dir(dir)?;
    let mut manifest = Manifest::first(options.buckets.unwrap_or(256));
    let names = EVENTS.iter().filter_map(|name| EventName::parse(name).ok());
    manifest.names = names.collect();
    manifest.parts = write_parts(&objects, what, manifest.buckets, options.part_rows_max)?;
    manifest.next_id = manifest.parts.iter().map(|it| it.id).max().unwrap_or(0) + 1;
    manifest.applied = 1;
    manifest.commit(&objects)?;
    EventStore::open_objects(objects, options)
}

fn write_parts(
    objects: &Objects,
    what: &Generate,
    buckets_count: u32,
    part_rows_max: usize,
) -> Result<Vec<PartEntry>, StoreError> {
    let mut profiles: Vec<(u32, u32)> = (0..what.profiles_count())
        .map(|profile| (bucket_of(profile, buckets_count), profile))
        .collect();
    profiles.sort_unstable();
    let mut chance = Chance(what.seed);
    let mut counts = counts(&mut chance, profiles.len(), what.events_count).into_iter();
    let layout = layout();
    let (mut entries, mut left) = (Vec::new(), what.events_count);
    let mut profiles = profiles.into_iter();
    let mut rows = Rows::new(what);
    let part_rows = part_rows_max as u64;
    let each = what
        .events_count
        .div_ceil(what.events_count.div_ceil(part_rows).max(1));
    while left > 0 {
        let id = entries.len() as u64 + 1;
        let mut writer = PartWriter::new(objects, id, buckets_count, layout.clone())?;
        while (writer.len() as u64) < each && left > 0 {
            while rows.len() < BATCH_ROWS
                && let Some((_, profile)) = profiles.next()
            {
                rows.add(profile, counts.next().unwrap_or(1), &mut chance);
            }
            left -= rows.len() as u64;
            let (batch, events, channels) = rows.take(&layout);
            writer.write(&batch, &events, &channels)?;
        }
        entries.push(writer.finish(0, [Rest::default(), Rest::default()])?);
    }
    Ok(entries)
}

/// Events of each profile: a Pareto distribution, scaled so that the sum is exact.
fn counts(chance: &mut Chance, profiles_count: usize, events_count: u64) -> Vec<u64> {
    let weights: Vec<f64> = (0..profiles_count)
        .map(|_| (1.0 - chance.share()).powf(-0.75).min(4_000.0))
        .collect();
    let sum: f64 = weights.iter().sum();
    let scale = (events_count.saturating_sub(profiles_count as u64)) as f64 / sum;
    let mut left = events_count;
    let mut counts: Vec<u64> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let others = (profiles_count - index - 1) as u64;
            let count = 1 + (weight * scale).min(PROFILE_EVENTS_MAX as f64 - 1.0) as u64;
            let count = count.min(left - others);
            left -= count;
            count
        })
        .collect();
    // What rounding left over is spread.
    for index in 0..usize::try_from(left).expect("events are counted in 64 bits") {
        counts[index % profiles_count] += 1;
    }
    counts
}

fn layout() -> Layout {
    let promoted = |path: &[&str], kind| Promoted {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        kind,
    };
    Layout {
        properties: vec![
            promoted(&["country"], Kind::Text),
            promoted(&["page"], Kind::Text),
            promoted(&["price"], Kind::Number),
        ],
        context: vec![promoted(&["campaign", "source"], Kind::Text)],
    }
}

/// Rows that wait to be written.
struct Rows {
    start: i64,
    span: u64,
    pages: Vec<String>,
    profile: Vec<u32>,
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
    country: Vec<&'static str>,
    page: Vec<Option<u8>>,
    price: Vec<Option<f64>>,
    campaign: Vec<Option<&'static str>>,
    messages: Vec<u8>,
    seq: Vec<u64>,
    rows_count: u64,
}

impl Rows {
    fn new(what: &Generate) -> Self {
        Self {
            start: what.start.0,
            span: what.span.0.unsigned_abs(),
            pages: (0..PAGES_COUNT).map(|page| format!("/p/{page}")).collect(),
            profile: Vec::new(),
            time: Vec::new(),
            event: Vec::new(),
            channel: Vec::new(),
            country: Vec::new(),
            page: Vec::new(),
            price: Vec::new(),
            campaign: Vec::new(),
            messages: Vec::new(),
            seq: Vec::new(),
            rows_count: 0,
        }
    }

    fn len(&self) -> usize {
        self.time.len()
    }

    fn add(&mut self, profile: u32, count: u64, chance: &mut Chance) {
        let first = self.time.len();
        for _ in 0..count {
            let after = chance.below(self.span).cast_signed();
            self.time.push(self.start + after);
        }
        self.time[first..].sort_unstable();
        let country = COUNTRIES[chance.skewed(COUNTRIES.len())];
        let channel = chance.skewed(CHANNELS.len());
        for _ in 0..count {
            let event = chance.skewed(EVENTS.len());
            // Mostly the profile's own channel, at times another.
            let is_other = chance.below(4) == 0;
            let channel = if is_other {
                chance.skewed(CHANNELS.len())
            } else {
                channel
            };
            let page = (event < 10).then(|| {
                u8::try_from(chance.below(PAGES_COUNT)).expect("there are fewer than 256 pages")
            });
            let price = (event % 3 == 2).then(|| chance.below(50_000) as f64 / 100.0);
            let campaign =
                (chance.below(10) == 0).then(|| CAMPAIGNS[chance.skewed(CAMPAIGNS.len())]);
            self.profile.push(profile);
            self.event
                .push(u16::try_from(event).expect("there are 40 events"));
            self.channel.push(CHANNELS[channel].code());
            self.country.push(country);
            self.page.push(page);
            self.price.push(price);
            self.campaign.push(campaign);
            for _ in 0..2 {
                self.messages
                    .extend_from_slice(&chance.next().to_be_bytes());
            }
            self.seq
                .push(Seq::new(self.rows_count >> 16, (self.rows_count & 0xFFFF) as u32).0);
            self.rows_count += 1;
        }
    }

    fn take(&mut self, layout: &Layout) -> (RecordBatch, Vec<u16>, Vec<u8>) {
        let take = std::mem::take::<Vec<u32>>;
        let profile: ArrayRef = Arc::new(UInt32Array::from(take(&mut self.profile)));
        let rows_count = profile.len();
        let time = std::mem::take(&mut self.time);
        let instants = |times: Vec<i64>| -> ArrayRef {
            Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC"))
        };
        let texts = |texts: &mut dyn Iterator<Item = Option<&str>>| -> ArrayRef {
            Arc::new(texts.collect::<StringViewArray>())
        };
        let event = std::mem::take(&mut self.event);
        let channel = std::mem::take(&mut self.channel);
        let mut names = event
            .iter()
            .map(|code| EVENTS.get(usize::from(*code)).copied());
        let mut channels = channel
            .iter()
            .map(|code| Some(Channel::from_code(*code).name()));
        let country = std::mem::take(&mut self.country);
        let page = std::mem::take(&mut self.page);
        let mut pages = page
            .iter()
            .map(|page| Some(self.pages[usize::from((*page)?)].as_str()));
        let messages = Buffer::from_vec(std::mem::take(&mut self.messages));
        let columns = vec![
            Arc::clone(&profile),
            profile,
            instants(time.clone()),
            instants(time),
            Arc::new(UInt64Array::from(std::mem::take(&mut self.seq))),
            texts(&mut std::iter::repeat_n(Some("track"), rows_count)),
            texts(&mut names),
            texts(&mut channels),
            Arc::new(UInt32Array::from(vec![1; rows_count])),
            Arc::new(FixedSizeBinaryArray::new(16, messages, None)),
            texts(&mut country.into_iter().map(Some)),
            texts(&mut pages),
            Arc::new(Float64Array::from(std::mem::take(&mut self.price))),
            texts(&mut std::mem::take(&mut self.campaign).into_iter()),
            new_null_array(&DataType::Utf8View, rows_count),
            new_null_array(&DataType::Utf8View, rows_count),
        ];
        let batch = RecordBatch::try_new(layout.schema(), columns);
        (
            batch.expect("the columns are those of the layout"),
            event,
            channel,
        )
    }
}

/// Numbers that look like chance and follow from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// From 0 up to but not including 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An index that is small more often than large.
    fn skewed(&mut self, count: usize) -> usize {
        let (first, second) = (self.below(count as u64), self.below(count as u64 + 1));
        usize::try_from(first * second / count as u64).expect("below the count")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_store_is_sound_and_follows_from_its_seed() {
        let options = || StoreOptions {
            part_rows_max: 40_000,
            ..StoreOptions::default()
        };
        let make = |seed: u64| {
            let dir = tempfile::tempdir().expect("a folder");
            let what = Generate {
                seed,
                ..Generate::events(100_000)
            };
            let store = generate(dir.path(), &what, options()).expect("made");
            (dir, store)
        };
        let (_first_dir, first) = make(1);
        let stats = first.stats();
        assert_eq!((stats.sealed_rows_count, stats.parts_count), (100_000, 3));
        assert!(first.verify().is_empty());
        let hash = first.state_hash().expect("readable");
        assert_eq!(make(1).1.state_hash().expect("readable"), hash);
        assert_ne!(make(2).1.state_hash().expect("readable"), hash);
        let snapshot = first.snapshot(Timestamp(0));
        let mut profiles: Vec<u32> = snapshot
            .runs
            .iter()
            .flat_map(|run| run.profiles.to_vec())
            .collect();
        let count = profiles.len();
        profiles.sort_unstable();
        profiles.dedup();
        assert_eq!((count, profiles.len()), (2_000, 2_000));
    }
}
