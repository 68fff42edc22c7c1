//! Watched folders: files that somebody puts there become events by themselves. A folder is one of
//! this machine, or of a bucket in an object store.
//!
//! A file is taken once it rests, by its content, through the saved mapping of its folder. From
//! there on it is an import like any other: listed, counted, taken back.

mod bucket;
mod disk;
mod files;
mod pattern;
mod place;
mod root;
pub mod worker;

use serde::{Deserialize, Serialize};
use throughline_model::limits;
use utoipa::ToSchema;

pub use bucket::Bucket;
pub use disk::{Found, OpenError};
pub use files::{Files, Handled, Outcome, Version};
pub use place::{CopyError, copy, list};
pub use root::Root;
pub use worker::{Look, Looks};

use crate::{app::App, workspace::WorkspaceRuntime};
use pattern::fits;

/// A folder whose files are imported by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// One of the folders that the server's settings name, or one below; of a bucket as
    /// `s3://exports/daily`.
    pub dir: String,
    /// Which of its files: `*` stands for any characters, `?` for one. Empty for all.
    #[serde(default)]
    pub pattern: String,
    /// The id of the saved mapping that says what their columns mean.
    pub mapping: String,
}

/// A watched folder as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFolder {
    pub folder: Folder,
    pub is_paused: bool,
    /// The email of who made it, in whose name its files are imported.
    pub author: String,
}

impl Folder {
    /// Whether a file of this name is one of those that are taken.
    pub fn takes(&self, name: &str) -> bool {
        fits(&self.pattern, name)
    }

    /// What is wrong with the folder, with the field where; none when it can be watched.
    pub fn fault(&self, app: &App, runtime: &WorkspaceRuntime) -> Option<(&'static str, String)> {
        let long = |text: &str| text.chars().count() > limits::FOLDER_PATH_CHARS_MAX;
        let most = limits::FOLDER_PATH_CHARS_MAX;
        if long(&self.dir) {
            return Some(("dir", format!("has more than {most} characters")));
        }
        if long(&self.pattern) {
            return Some(("pattern", format!("has more than {most} characters")));
        }
        if self.pattern.contains('/') {
            let message = "names files of the folder itself, so it has no `/`";
            return Some(("pattern", message.to_owned()));
        }
        let listed = list(app, runtime, &self.dir);
        listed.err().map(|error| ("dir", error.to_string()))
    }
}
