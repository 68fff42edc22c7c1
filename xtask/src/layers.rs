//! Holds the crate table of STYLE.md: who may use whom, and what the thinking crates must not touch.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::{self, Package};

/// One row of the table. Names are those of STYLE.md, without the `throughline-` prefix.
struct Row {
    name: &'static str,
    may_use: &'static [&'static str],
    thinks: bool,
}

/// `server` uses `testkit` for the demo shop; everyone else may use it in tests only.
const TABLE: &[Row] = &[
    Row {
        name: "model",
        may_use: &[],
        thinks: true,
    },
    Row {
        name: "ingest",
        may_use: &["model"],
        thinks: true,
    },
    Row {
        name: "journey",
        may_use: &["model"],
        thinks: true,
    },
    Row {
        name: "predict",
        may_use: &["model"],
        thinks: true,
    },
    Row {
        name: "store",
        may_use: &["model"],
        thinks: false,
    },
    Row {
        name: "insight",
        may_use: &["model", "store", "predict"],
        thinks: false,
    },
    Row {
        name: "delivery",
        may_use: &["model"],
        thinks: false,
    },
    Row {
        name: "server",
        may_use: &[
            "model", "ingest", "journey", "predict", "store", "insight", "delivery", "testkit",
        ],
        thinks: false,
    },
    Row {
        name: "sql",
        may_use: &["model", "store", "insight"],
        thinks: false,
    },
    Row {
        name: "testkit",
        may_use: &["model"],
        thinks: false,
    },
    Row {
        name: "sim",
        may_use: &[
            "model", "ingest", "journey", "predict", "store", "insight", "delivery", "sql",
            "testkit",
        ],
        thinks: false,
    },
    Row {
        name: "xtask",
        may_use: &[],
        thinks: false,
    },
];

/// Foreign crates that only the named crates may link. A trailing `*` stands for any ending.
const RESERVED: &[(&str, &[&str])] = &[
    ("datafusion*", &["sql"]),
    ("ballista*", &["sql"]),
    ("axum*", &["server"]),
    ("tower-http", &["server"]),
    ("clap", &["server", "sql", "sim"]),
    ("rusqlite", &["store"]),
    ("memmap2", &["store"]),
    ("tokio*", &["server", "sql", "delivery", "store", "sim"]),
    ("anyhow", &["server", "sql", "sim", "xtask"]),
];

/// Foreign crates that wait, read or roll dice, and so have no place in a thinking crate.
const IMPURE_CRATES: &[&str] = &[
    "async-std",
    "fastrand",
    "futures*",
    "getrandom",
    "hyper*",
    "mio",
    "object_store",
    "rayon",
    "reqwest",
    "rustix",
    "smol",
    "socket2",
    "tempfile",
    "tracing-subscriber",
    "ureq",
];

/// Paths of the standard library that reach outside.
const IMPURE_PATHS: &[&str] = &[
    "std::env::args",
    "std::env::var",
    "std::fs",
    "std::io::stdin",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// What breaks the table.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breach {
    Unlisted {
        package: String,
    },
    Edge {
        from: String,
        to: String,
    },
    Reserved {
        from: String,
        to: String,
        owners: &'static [&'static str],
    },
    Impure {
        from: String,
        to: String,
    },
    Source {
        file: PathBuf,
        line: usize,
        path: &'static str,
    },
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlisted { package } => {
                write!(
                    f,
                    "{package} is not in the table of STYLE.md; add a row there and in xtask/src/layers.rs"
                )
            }
            Self::Edge { from, to } => write!(f, "{from} must not use {to}"),
            Self::Reserved { from, to, owners } => {
                write!(
                    f,
                    "{from} must not use {to}; only {} may",
                    owners.join(", ")
                )
            }
            Self::Impure { from, to } => {
                write!(f, "{from} thinks only, so it must not use {to}")
            }
            Self::Source { file, line, path } => {
                write!(
                    f,
                    "{}:{line} names {path} in a crate that thinks only",
                    file.display()
                )
            }
        }
    }
}

/// Checks this workspace and lists every breach at once.
pub fn check_workspace() -> Result<()> {
    let mut packages = workspace::metadata()?.packages;
    packages.extend(workspace::metadata_of(&crate::sql::dir())?.packages);
    let mut breaches = edges(&packages);
    for package in packages
        .iter()
        .filter(|it| row(&it.name).is_some_and(|row| row.thinks))
    {
        let source = package.manifest_path.with_file_name("src");
        for file in rust_files(&source)? {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("could not read {}", file.display()))?;
            breaches.extend(sources(&file, &text));
        }
    }
    if !breaches.is_empty() {
        let list: Vec<String> = breaches.iter().map(|it| format!("\n  {it}")).collect();
        bail!("the layers of STYLE.md are broken:{}", list.concat());
    }
    println!("layers: {} crates keep to the table", packages.len());
    Ok(())
}

fn edges(packages: &[Package]) -> Vec<Breach> {
    let mut breaches: Vec<Breach> = packages.iter().flat_map(package_edges).collect();
    breaches.sort();
    breaches.dedup();
    breaches
}

fn package_edges(package: &Package) -> Vec<Breach> {
    let from = short(&package.name);
    let Some(row) = row(&package.name) else {
        return vec![Breach::Unlisted {
            package: package.name.clone(),
        }];
    };
    let mut breaches = Vec::new();
    for dependency in &package.dependencies {
        let to = short(&dependency.name);
        let in_tests = dependency.kind.as_deref() == Some("dev");
        if dependency.path.is_some() {
            let allowed = row.may_use.contains(&to) || (in_tests && to == "testkit");
            if !allowed {
                breaches.push(Breach::Edge {
                    from: from.to_owned(),
                    to: to.to_owned(),
                });
            }
            continue;
        }
        // A test may hold what the crate itself must not: only what is linked counts.
        if in_tests {
            continue;
        }
        let reserved = RESERVED
            .iter()
            .find(|(pattern, _)| matches(pattern, &dependency.name));
        if row.thinks
            && (reserved.is_some() || IMPURE_CRATES.iter().any(|it| matches(it, &dependency.name)))
        {
            breaches.push(Breach::Impure {
                from: from.to_owned(),
                to: dependency.name.clone(),
            });
        } else if let Some((_, owners)) = reserved
            && !owners.contains(&from)
        {
            breaches.push(Breach::Reserved {
                from: from.to_owned(),
                to: dependency.name.clone(),
                owners,
            });
        }
    }
    breaches
}

/// Finds the forbidden paths in one file, up to its tests.
fn sources(file: &Path, text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut group: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        // `use std::{fs, io}` names `std::fs` too, possibly over several lines.
        let searched = match group.take() {
            Some(open) => format!("{open}{code}"),
            None => code.to_owned(),
        };
        if searched.contains("use std::{") && !searched.contains(';') {
            group = Some(searched);
            continue;
        }
        let spelled = spell_out(&searched);
        for path in IMPURE_PATHS.iter().filter(|path| names(&spelled, path)) {
            breaches.push(Breach::Source {
                file: file.to_owned(),
                line: index + 1,
                path,
            });
        }
    }
    breaches
}

/// Writes the names of a grouped import in full: `use std::{a, b::{c}}` becomes `std::a std::b std::b::c`.
fn spell_out(code: &str) -> String {
    let Some((_, list)) = code.split_once("use std::{") else {
        return code.to_owned();
    };
    let mut prefixes = vec!["std".to_owned()];
    let mut full = String::new();
    let mut word = String::new();
    for letter in list.chars() {
        match letter {
            '{' => {
                let prefix = prefixes.last().map_or("", String::as_str);
                prefixes.push(format!("{prefix}::{}", word.trim().trim_end_matches("::")));
                word.clear();
            }
            ',' | '}' | ';' => {
                if let (Some(prefix), false) = (prefixes.last(), word.trim().is_empty()) {
                    full.push_str(&format!("{prefix}::{} ", word.trim()));
                }
                word.clear();
                if letter == '}' {
                    prefixes.pop();
                }
            }
            _ => word.push(letter),
        }
    }
    full
}

/// Whether `code` names `path` itself or something below it, and not merely a longer word.
fn names(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(start, _)| {
        let before = code[..start].chars().next_back();
        let after = code[start + path.len()..].chars().next();
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

fn row(package: &str) -> Option<&'static Row> {
    TABLE.iter().find(|it| it.name == short(package))
}

fn short(package: &str) -> &str {
    package.strip_prefix("throughline-").unwrap_or(package)
}

/// All Rust files below a folder in a fixed order, test modules left out.
fn rust_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let is_test = path.file_stem().is_some_and(|it| it == "tests");
            if is_test {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
