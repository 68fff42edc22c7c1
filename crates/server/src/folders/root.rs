//! Which folders of this machine may be read, and by which workspace.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use throughline_model::WorkspaceId;

/// A folder that the server's settings open to a workspace, with everything below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Root {
    /// None for every workspace.
    workspace: Option<WorkspaceId>,
    /// Absolute and without `..`.
    dir: PathBuf,
}

impl Root {
    /// The folder, where this workspace may read it.
    pub fn dir_for(&self, workspace: &WorkspaceId) -> Option<&Path> {
        let is_open = self.workspace.as_ref().is_none_or(|it| it == workspace);
        is_open.then_some(&*self.dir)
    }
}

impl TryFrom<String> for Root {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refused = || {
            format!(
                "`{text}` is no path like /srv/exports, and no workspace with one like shop=/srv/shop"
            )
        };
        let (workspace, dir) = match text.split_once('=') {
            Some((name, dir)) if !name.contains('/') => {
                (Some(WorkspaceId::parse(name).ok_or_else(refused)?), dir)
            }
            _ => (None, text.as_str()),
        };
        let dir = Path::new(dir);
        let is_plain = |it| matches!(it, Component::RootDir | Component::Normal(_));
        if !dir.is_absolute() || !dir.components().all(is_plain) {
            return Err(refused());
        }
        let dir = dir.components().collect();
        Ok(Self { workspace, dir })
    }
}

impl From<Root> for String {
    fn from(root: Root) -> Self {
        match root.workspace {
            Some(workspace) => format!("{workspace}={}", root.dir.display()),
            None => root.dir.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        Root::try_from(text.to_owned()).map(String::from)
    }

    #[test]
    fn a_root_is_an_absolute_path_for_all_or_for_one_workspace() {
        assert_eq!(read("/srv/exports/"), Ok("/srv/exports".to_owned()));
        assert_eq!(read("shop=/srv//shop"), Ok("shop=/srv/shop".to_owned()));
        assert_eq!(read("/srv/a=b"), Ok("/srv/a=b".to_owned()));
        for bad in [
            "",
            "srv",
            "./srv",
            "/srv/../etc",
            "shop=srv",
            "Sh op=/srv",
            "=/srv",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_root_of_one_workspace_is_closed_to_others() {
        let id = |text| WorkspaceId::parse(text).unwrap();
        let root = Root::try_from("shop=/srv/shop".to_owned()).unwrap();
        assert_eq!(root.dir_for(&id("shop")), Some(Path::new("/srv/shop")));
        assert_eq!(root.dir_for(&id("bank")), None);
    }
}
