//! Webhooks: addresses to which other products send what happens there.
//!
//! A webhook is a source of its own. Its row lies in the tables of the installation, as any request
//! has to find it by its address; what it sends lies in the raw log like everything else.

pub mod again;
pub mod heard;
pub mod signature;

use serde::{Deserialize, Serialize};
use throughline_ingest::{dialect::hook::Maker, file::Mapping};
use throughline_model::{SourceId, Timestamp, WorkspaceId};
use throughline_store::state::instance::HookRow;
use utoipa::ToSchema;

use crate::access::secret::{Secret, hash_of};

/// A webhook, ready to be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    pub id: SourceId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub key: String,
    pub settings: Settings,
    pub created: Timestamp,
}

/// Whose a webhook is and how what comes is checked and read.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub maker: Maker,
    /// What the other product signs with, or the key by which its signatures are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// How a product signs that is not known here.
    #[serde(default)]
    pub check: Check,
    /// What the places of a body mean that no recipe is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    #[serde(default)]
    pub is_paused: bool,
}

/// How a product without a recipe proves that it is the one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HookCheck)]
pub struct Check {
    pub method: Method,
    /// Where the signature or the token stands.
    #[serde(default)]
    pub header: String,
}

/// What stands in the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HookMethod)]
pub enum Method {
    /// Nothing: whoever knows the address may send.
    #[default]
    None,
    /// The secret itself, after `Bearer` or not.
    Token,
    /// HMAC with SHA-256 of the body in hexadecimal digits, after `sha256=` or not.
    HmacHex,
    /// The same in Base64.
    HmacBase64,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("maker", &self.maker)
            .field("secret", &self.secret.as_ref().map(|_| "***"))
            .field("check", &self.check)
            .field("mapping", &self.mapping)
            .field("is_paused", &self.is_paused)
            .finish()
    }
}

/// What every key begins with, so that people know it in logs.
const KEY_PREFIX: &str = "tlh_";

/// A new key, for the end of an address.
pub fn new_key() -> String {
    format!("{KEY_PREFIX}{}", Secret::random().reveal())
}

impl Hook {
    /// Reads a row; none where a newer program has written it.
    pub fn read(row: &HookRow) -> Option<Self> {
        let settings = serde_json::from_str(&row.settings);
        if let Err(error) = &settings {
            tracing::error!(hook = row.id.0, %error, "a webhook is stored in a form that is not known");
        }
        Some(Self {
            id: row.id,
            workspace: row.workspace.clone(),
            name: row.name.clone(),
            key: row.key.clone(),
            settings: settings.ok()?,
            created: row.created,
        })
    }

    /// The row of the webhook.
    pub fn row(&self) -> HookRow {
        HookRow {
            id: self.id,
            workspace: self.workspace.clone(),
            name: self.name.clone(),
            key: self.key.clone(),
            settings: serde_json::to_string(&self.settings).expect("settings have text keys"),
            created: self.created,
        }
    }

    /// The end of its address.
    pub fn path(&self) -> String {
        format!("/hooks/{}", self.key)
    }

    /// What a product is told that wants to hear a word before it sends. It follows from the key, so
    /// that it is nobody's to choose.
    pub fn verify_token(&self) -> String {
        let digest = hash_of(&format!("verify:{}", self.key));
        crate::outgoing::sign::hex(&digest[..16])
    }
}
