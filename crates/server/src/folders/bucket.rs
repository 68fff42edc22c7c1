//! Which buckets of object stores may be read, and by which workspace.

mod listing;
mod read;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use throughline_model::WorkspaceId;

use crate::{access::secret::Secret, config::PublicUrl};

pub use read::{BucketError, list, open};

/// What the address of a folder in a bucket begins with.
pub const SCHEME: &str = "s3://";

/// A bucket of an object store that speaks S3, which the server's settings open to workspaces with
/// everything below a prefix.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// What folders in it are called by: `s3://exports/daily`.
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// None for every workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<WorkspaceId>,
    #[serde(deserialize_with = "endpoint", serialize_with = "as_text")]
    pub endpoint: PublicUrl,
    #[serde(default = "region")]
    pub region: String,
    pub bucket: String,
    /// Empty, or with a slash at its end.
    #[serde(default, deserialize_with = "prefix")]
    pub prefix: String,
    pub key: String,
    #[serde(serialize_with = "crate::config::hidden")]
    pub secret: Secret,
    /// Whether the bucket stands in the path and not before the name of the host.
    #[serde(default = "yes")]
    pub path_style: bool,
}

/// A folder in a bucket: its objects are those whose keys go on without another slash.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub bucket: &'a Bucket,
    /// Of the folder, below the prefix of the bucket.
    below: &'a str,
}

impl Bucket {
    /// The address of everything that may be read of it, where this workspace may.
    pub fn root_for(&self, workspace: &WorkspaceId) -> Option<String> {
        let is_open = self.workspace.as_ref().is_none_or(|it| it == workspace);
        is_open.then(|| format!("{SCHEME}{}", self.name))
    }
}

impl<'a> Place<'a> {
    /// The folder of an address; none where the settings open no such bucket to the workspace.
    pub fn find(buckets: &'a [Bucket], workspace: &WorkspaceId, dir: &'a str) -> Option<Self> {
        let path = dir.strip_prefix(SCHEME)?.trim_end_matches('/');
        let (name, below) = path.split_once('/').unwrap_or((path, ""));
        let is_meant = |it: &&Bucket| it.name == name && it.root_for(workspace).is_some();
        let bucket = buckets.iter().find(is_meant)?;
        let is_plain = |part: &str| !matches!(part, "" | "." | "..");
        (below.is_empty() || below.split('/').all(is_plain)).then_some(Self { bucket, below })
    }

    /// What the keys of its objects begin with.
    pub fn prefix(self) -> String {
        match self.below {
            "" => self.bucket.prefix.clone(),
            below => format!("{}{below}/", self.bucket.prefix),
        }
    }
}

fn as_text<S: Serializer>(url: &PublicUrl, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_str())
}

fn yes() -> bool {
    true
}

fn region() -> String {
    "us-east-1".to_owned()
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match WorkspaceId::parse(&text) {
        Some(_) => Ok(text),
        None => Err(serde::de::Error::custom(format!(
            "`{text}` is no name of 1 to 40 of a-z, 0-9 and -, that starts with a letter"
        ))),
    }
}

fn endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PublicUrl, D::Error> {
    let text = String::deserialize(deserializer)?;
    PublicUrl::parse(&text).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "`{text}` is not a scheme and a host like https://s3.eu-central-1.amazonaws.com"
        ))
    })
}

fn prefix<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bare = text.trim_matches('/');
    Ok(match bare {
        "" => String::new(),
        bare => format!("{bare}/"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn buckets(more: &str) -> Vec<Bucket> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("throughline.toml");
        let text = format!(
            "[[import.buckets]]\nname = \"exports\"\nendpoint = \"http://minio:9000\"\nbucket = \"b\"\nkey = \"k\"\nsecret = \"hunter2\"\n{more}"
        );
        std::fs::write(&path, text).unwrap();
        Config::load(Some(&path), []).unwrap().import.buckets
    }

    #[test]
    fn a_folder_is_read_within_the_prefix_by_who_may_and_by_nobody_else() {
        let id = |text| WorkspaceId::parse(text).unwrap();
        let open = buckets("prefix = \"/daily\"");
        let prefix = |dir| Place::find(&open, &id("shop"), dir).map(Place::prefix);
        assert_eq!(prefix("s3://exports"), Some("daily/".to_owned()));
        assert_eq!(prefix("s3://exports/a/b/"), Some("daily/a/b/".to_owned()));
        for bad in [
            "s3://export",
            "s3://exports/../x",
            "s3://exports//x",
            "/exports",
        ] {
            assert_eq!(prefix(bad), None, "{bad}");
        }
        let closed = buckets("workspace = \"bank\"");
        assert!(Place::find(&closed, &id("shop"), "s3://exports").is_none());
        assert!(Place::find(&closed, &id("bank"), "s3://exports").is_some());
    }

    #[test]
    fn a_secret_is_not_printed() {
        let mut config = Config::defaults();
        config.import.buckets = buckets("");
        let shown = format!("{config:?}{}", toml::to_string(&config).unwrap());
        assert!(shown.contains("http://minio:9000"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
