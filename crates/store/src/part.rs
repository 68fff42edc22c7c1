//! Parts: sealed, sorted pieces of the resolved log, three files each.
//!
//! The Parquet file holds the rows and can be read by any tool. The timeline holds the columns
//! that reports walk over, to be mapped. The keys say which messages the part holds.

mod checked;
mod files;
mod join;
mod keys;
mod layout;
mod loose;
mod read;
mod seal;
mod sections;
mod shape;
mod split;
mod writer;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use arrow::datatypes::{DataType, Field, Schema};
use parquet::{
    arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
    file::metadata::PageIndexPolicy,
};

use crate::{
    cache::ValuesCache,
    error::StoreError,
    objects::Objects,
    rows::Rows,
    run::Run,
    timeline::{Foreign, Timeline},
};
use checked::CheckedFile;
pub(crate) use files::{FOLDER, PartEntry};
use files::{keys_name, parquet_name, timeline_name};
pub(crate) use join::{join, text_at};
use keys::Keys;
use layout::REMARKS_KEY;
pub(crate) use layout::{Layout, Object, Remarks, fixed};
pub(crate) use loose::write_loose;
pub use read::Arrived;
pub(crate) use read::message_at;
pub(crate) use seal::{Target, seal};
use sections::Sections;
#[cfg(feature = "bench")]
pub(crate) use shape::Kind;
pub(crate) use shape::{Promoted, Rest};
pub(crate) use split::{Splitter, Texts};
pub(crate) use writer::PartWriter;
use writer::TIMELINE_FORMAT;

/// One open part.
pub(crate) struct Part {
    pub entry: PartEntry,
    timeline: Timeline,
    pub keys: Keys,
    layout: Layout,
    remarks: Remarks,
    file: CheckedFile,
    /// Reads texts as views of the file's pages, for whole rows.
    as_views: ArrowReaderMetadata,
    /// Reads texts as codes, for single columns.
    as_codes: ArrowReaderMetadata,
    objects: Objects,
    /// Set when no manifest names the part any more; its files go with the last reader.
    is_obsolete: AtomicBool,
}

impl Part {
    /// Opens a part and checks everything but the rows and keys, which are checked when read.
    pub fn open(
        objects: &Objects,
        entry: PartEntry,
        buckets_count: u32,
    ) -> Result<Self, StoreError> {
        let id = entry.id;
        let name = timeline_name(id);
        let path = objects.fetch(&name)?;
        let timeline_file = Sections::open(&path, &name, TIMELINE_FORMAT, id, entry.timeline)?;
        let sections: Vec<String> = timeline_file.names().map(str::to_owned).collect();
        for section in sections {
            timeline_file.check(&section)?;
        }
        let timeline = Timeline {
            buckets: timeline_file.column("buckets")?,
            profiles: timeline_file.column("profiles")?,
            offsets: timeline_file.column("offsets")?,
            time: timeline_file.column("time")?,
            event: timeline_file.column("event")?,
            channel: timeline_file.column("channel")?,
            foreign: Foreign {
                rows: timeline_file.column("foreign_rows")?,
                counts: timeline_file.column("foreign_counts")?,
                actors: timeline_file.column("foreign_actors")?,
            },
        };
        check_lengths(&timeline, &entry, buckets_count)
            .ok_or_else(|| StoreError::damaged(name, "its sections do not fit each other"))?;
        let name = keys_name(id);
        let keys = Keys::open(&objects.fetch(&name)?, &name, id, entry.keys)?;
        if keys.len() as u64 != entry.rows_count {
            return Err(StoreError::damaged(name, "it does not have a key per row"));
        }
        let name = parquet_name(id);
        let file = CheckedFile::open(
            &objects.fetch(&name)?,
            &name,
            entry.parquet_bytes,
            timeline_file.column("parquet_blocks")?,
        )?;
        let (layout, remarks, as_views, as_codes) = open_parquet(&file, &name, &entry)?;
        Ok(Self {
            entry,
            timeline,
            keys,
            layout,
            remarks,
            file,
            as_views,
            as_codes,
            objects: objects.clone(),
            is_obsolete: AtomicBool::new(false),
        })
    }

    /// The part as a run of a snapshot.
    pub fn run(self: &Arc<Self>, cache: Option<Arc<ValuesCache>>) -> Run {
        let rows = Rows::Part(Arc::clone(self));
        Run::new(self.timeline.clone(), rows, cache)
    }

    /// The promoted columns.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What is known of the columns.
    pub fn remarks(&self) -> &Remarks {
        &self.remarks
    }

    /// Reads all three files whole, as they lie there now, and compares them with their checksums.
    pub fn check(&self, objects: &Objects) -> Result<(), StoreError> {
        let buckets_count = u32::try_from(self.timeline.buckets.len() - 1).expect("few buckets");
        let again = Self::open(objects, self.entry.clone(), buckets_count)?;
        again.keys.check()?;
        again.file.check()
    }

    /// Lets the files go when nobody reads the part any more.
    pub fn retire(&self) {
        self.is_obsolete.store(true, Ordering::Relaxed);
    }

    /// A file on this machine with the rows.
    pub fn parquet_file(&self) -> Result<std::path::PathBuf, StoreError> {
        self.objects.fetch(&self.name())
    }

    /// The name of the part's rows in messages.
    pub fn name(&self) -> String {
        parquet_name(self.entry.id)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if *self.is_obsolete.get_mut() {
            for name in PartEntry::names(self.entry.id) {
                // A file that stays is swept at the next start.
                let _ = self.objects.delete(&name);
            }
        }
    }
}

fn check_lengths(timeline: &Timeline, entry: &PartEntry, buckets_count: u32) -> Option<()> {
    let rows_count = usize::try_from(entry.rows_count).ok()?;
    let groups_count = timeline.profiles.len();
    let sound = timeline.time.len() == rows_count
        && timeline.event.len() == rows_count
        && timeline.channel.len() == rows_count
        && timeline.offsets.len() == groups_count + 1
        && timeline.offsets[groups_count] as usize == rows_count
        && timeline.buckets.len() == buckets_count as usize + 1
        && timeline.buckets[buckets_count as usize] as usize == groups_count
        && timeline.foreign.rows.len() == timeline.foreign.actors.len()
        && timeline.foreign.rows.len() == timeline.foreign.counts.len();
    sound.then_some(())
}

fn open_parquet(
    file: &CheckedFile,
    name: &str,
    entry: &PartEntry,
) -> Result<(Layout, Remarks, ArrowReaderMetadata, ArrowReaderMetadata), StoreError> {
    let unreadable = |source| StoreError::Parquet {
        doing: "open",
        file: name.to_owned(),
        source,
    };
    let options = || {
        ArrowReaderOptions::new()
            .with_skip_arrow_metadata(true)
            .with_offset_index_policy(PageIndexPolicy::Required)
    };
    let plain = ArrowReaderMetadata::load(file, options()).map_err(unreadable)?;
    let layout = Layout::of_schema(plain.schema());
    let read_as = |schema: Schema| {
        let options = options().with_schema(Arc::new(schema));
        ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).map_err(unreadable)
    };
    let views = layout.schema();
    let first_rest = layout.rest(layout::Object::Properties);
    let codes = views.fields().iter().enumerate().map(|(index, field)| {
        if field.data_type() == &DataType::Utf8View && index < first_rest {
            let codes = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Field::new(field.name(), codes, field.is_nullable())
        } else {
            field.as_ref().clone()
        }
    });
    let as_codes = read_as(Schema::new(codes.collect::<Vec<_>>()))?;
    let as_views = read_as(views.as_ref().clone())?;
    let meta = plain.metadata().file_metadata();
    let remarks = meta
        .key_value_metadata()
        .and_then(|pairs| pairs.iter().find(|pair| pair.key == REMARKS_KEY))
        .and_then(|pair| serde_json::from_str::<Remarks>(pair.value.as_deref()?).ok())
        .filter(|remarks| remarks.part == entry.id)
        .ok_or_else(|| StoreError::damaged(name, "it is not the file of this part"))?;
    if u64::try_from(meta.num_rows()) != Ok(entry.rows_count) {
        return Err(StoreError::damaged(name, "it has another count of rows"));
    }
    Ok((layout, remarks, as_views, as_codes))
}
