//! Generated events on disk, made once and shared by all subjects that ask about stored events.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use throughline_model::Timestamp;
use throughline_store::{
    EventStore, StoreOptions,
    generate::{Generate, generate},
};

use super::{Plan, folder::Folder};

/// The folder of an event store, as soon as somebody needs it.
pub struct Stored {
    pub what: Generate,
    made: Option<PathBuf>,
}

impl Stored {
    /// Events up to now, so that the youngest of them have to be remembered as a server does.
    pub fn new(plan: &Plan) -> Self {
        let what = Generate::events(plan.rows);
        Self {
            what: Generate {
                start: plan.now.minus(what.span),
                ..what
            },
            made: None,
        }
    }

    /// Opens the store.
    pub fn open(
        &mut self,
        folder: &Folder,
        tell: &mut impl FnMut(&str),
    ) -> anyhow::Result<EventStore> {
        if let Some(dir) = &self.made {
            return Ok(EventStore::open(dir, StoreOptions::default())?);
        }
        tell(&format!("generating {} events", self.what.events_count));
        let dir = folder.path().join("stored");
        let store = generate(&dir, &self.what, StoreOptions::default())?;
        self.made = Some(dir);
        Ok(store)
    }

    /// Moves the files to where a server looks for them. Nobody may have the store open.
    pub fn move_to(&mut self, to: &Path) -> anyhow::Result<()> {
        let from = self.made.replace(to.to_owned());
        let from = from.context("nothing was generated")?;
        fs::rename(&from, to).with_context(|| format!("could not move {}", from.display()))
    }

    /// The folder of the parts, whose Parquet files others can read.
    pub fn parts(&self) -> anyhow::Result<PathBuf> {
        let made = self.made.as_ref().context("nothing was generated")?;
        Ok(made.join("parts"))
    }

    /// When the last event happens, at the latest.
    pub fn end(&self) -> Timestamp {
        self.what.start.plus(self.what.span)
    }
}
