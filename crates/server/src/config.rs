//! Settings: one commented default file compiled in, then a file, then the environment.

use std::{
    fmt, fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use throughline_model::Span;
use toml::{Table, Value};

use crate::{
    access::secret::Secret,
    folders::{Bucket, Root},
};

/// The default file, which is also the reference of all settings.
pub const DEFAULTS: &str = include_str!("config/default.toml");

const ENVIRONMENT_PREFIX: &str = "THROUGHLINE__";

/// All settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub data: DataConfig,
    pub import: ImportConfig,
    pub mail: MailConfig,
    pub outgoing: OutgoingConfig,
    pub crm: CrmConfig,
    pub sql: SqlConfig,
    pub log: LogConfig,
}

/// How the server is reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    #[serde(deserialize_with = "public_url", serialize_with = "or_empty")]
    pub public_url: Option<PublicUrl>,
    #[serde(deserialize_with = "optional_address", serialize_with = "or_empty")]
    pub admin_listen: Option<SocketAddr>,
    pub behind_proxy: bool,
    pub drain_max: Span,
}

/// Where things are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    pub dir: PathBuf,
}

/// Which files may be imported by themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportConfig {
    pub folders: Vec<Root>,
    pub buckets: Vec<Bucket>,
    pub look_every: Span,
}

/// How SQL is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    /// Empty looks beside this program.
    pub companion: PathBuf,
    pub wait_max: Span,
}

/// The server that takes mail from us.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Empty for none.
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub user: String,
    #[serde(serialize_with = "hidden")]
    pub password: Secret,
    pub from: String,
}

/// How the way to the mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    Tls,
    Starttls,
    None,
}

/// What may be called outside.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutgoingConfig {
    /// Ranges of inner addresses that may be called.
    pub allow: Vec<String>,
    pub ports: Vec<u16>,
    pub https_only: bool,
    pub ca_file: String,
}

/// Where CRMs are called.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrmConfig {
    /// Scheme and host of HubSpot's API.
    pub hubspot_url: String,
}

/// What is logged, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub format: LogFormat,
    pub level: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Auto,
    Human,
    Json,
}

/// Scheme and host that browsers use, without a path. Parsed, so it can be compared with `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Why settings could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("could not read the settings in {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("settings in {place} are not TOML")]
    Syntax {
        place: String,
        source: Box<toml::de::Error>,
    },
    #[error("settings cannot be used: {0}")]
    Unusable(String),
}

impl Config {
    /// Reads the settings from the defaults, a file and environment variables.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = parse("the default file", DEFAULTS)?;
        if let Some(path) = file {
            let text = fs::read_to_string(path).map_err(|source| ConfigError::Read {
                path: path.to_owned(),
                source,
            })?;
            overlay(&mut table, parse(&path.display().to_string(), &text)?);
        }
        for (name, text) in environment {
            if let Some(path) = name.strip_prefix(ENVIRONMENT_PREFIX) {
                set(&mut table, path, text)?;
            }
        }
        serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            let (path, inner) = (error.path().to_string(), error.inner().message().to_owned());
            ConfigError::Unusable(format!("`{path}`: {inner}"))
        })
    }

    /// The settings without any file or variable.
    pub fn defaults() -> Self {
        Self::load(None, []).expect("the default file is tested to be complete")
    }
}

impl PublicUrl {
    /// Reads an origin, `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: http::Uri = text.trim_end_matches('/').parse().ok()?;
        let scheme = uri
            .scheme_str()
            .filter(|it| matches!(*it, "http" | "https"))?;
        let authority = uri.authority().filter(|it| !it.as_str().contains('@'))?;
        let plain = matches!(uri.path(), "" | "/") && uri.query().is_none();
        plain.then(|| Self(format!("{scheme}://{}", authority.as_str().to_lowercase())))
    }

    /// True when cookies can be kept to encrypted connections.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// As `Origin` has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn parse(place: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|source| ConfigError::Syntax {
        place: place.to_owned(),
        source: Box::new(source),
    })
}

fn overlay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => overlay(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Sets `SECTION__KEY`. What has a default of another type than text is read as TOML.
fn set(table: &mut Table, path: &str, text: String) -> Result<(), ConfigError> {
    let unknown = || {
        ConfigError::Unusable(format!(
            "the variable {ENVIRONMENT_PREFIX}{path} names no setting; `throughline config` lists them"
        ))
    };
    let path_lower = path.to_lowercase();
    let (section, key) = path_lower.split_once("__").ok_or_else(unknown)?;
    let section = table.get_mut(section).and_then(Value::as_table_mut);
    let place = section.and_then(|it| it.get_mut(key)).ok_or_else(unknown)?;
    *place = if place.is_str() {
        Value::String(text)
    } else {
        text.parse().map_err(|source| ConfigError::Syntax {
            place: format!("the variable {ENVIRONMENT_PREFIX}{path}"),
            source: Box::new(source),
        })?
    };
    Ok(())
}

pub(crate) fn hidden<S: serde::Serializer>(
    secret: &Secret,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let is_set = !secret.reveal().is_empty();
    serializer.serialize_str(if is_set { "***" } else { "" })
}

fn or_empty<S: serde::Serializer>(
    value: &Option<impl fmt::Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = value.as_ref().map(ToString::to_string);
    serializer.serialize_str(&text.unwrap_or_default())
}

fn optional_address<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        serde::de::Error::custom(format!("`{text}` is not an address like 127.0.0.1:7701"))
    })
}

fn public_url<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PublicUrl>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    PublicUrl::parse(&text).map(Some).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "`{text}` is not a scheme and a host like https://journeys.example.com"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("throughline.toml");
        fs::write(&path, file).unwrap();
        let variables = variables
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Config::load(Some(&path), variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let config = load(
            "[server]\nlisten = \"127.0.0.1:1\"\ndrain_max = \"5s\"",
            &[
                ("THROUGHLINE__SERVER__LISTEN", "127.0.0.1:2"),
                ("THROUGHLINE__SERVER__BEHIND_PROXY", "true"),
                ("THROUGHLINE_BIN", "not ours"),
            ],
        )
        .unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!(config.server.drain_max, Span::seconds(5));
        assert!(config.server.behind_proxy);
        assert_eq!(config.log.format, LogFormat::Auto);
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let error = load("[server]\nlistn = \"x\"", &[]).unwrap_err();
        assert!(error.contains("listn"), "{error}");
        let error = load("", &[("THROUGHLINE__SERVER__LISTN", "x")]).unwrap_err();
        assert!(error.contains("THROUGHLINE__SERVER__LISTN"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_place() {
        let error = load("[server]\ndrain_max = \"soon\"", &[]).unwrap_err();
        assert!(error.contains("server.drain_max"), "{error}");
        assert!(error.contains("90s"), "{error}");
    }

    #[test]
    fn passwords_are_not_printed() {
        let password = ("THROUGHLINE__MAIL__PASSWORD", "hunter2");
        let config = load("[mail]\nhost = \"smtp.example.com\"", &[password]).unwrap();
        assert_eq!(config.mail.password.reveal(), "hunter2");
        let shown = format!("{config:?}{}", toml::to_string(&config).unwrap());
        assert!(
            !shown.contains("hunter2") && shown.contains("***"),
            "{shown}"
        );
    }

    #[test]
    fn a_public_url_is_an_origin() {
        let read = |text| PublicUrl::parse(text).map(|url| url.to_string());
        assert_eq!(
            read("https://Shop.example/"),
            Some("https://shop.example".to_owned())
        );
        assert_eq!(
            read("http://localhost:80"),
            Some("http://localhost:80".to_owned())
        );
        for bad in [
            "shop.example",
            "ftp://a",
            "https://a/b",
            "https://u@a",
            "https://a?b",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
