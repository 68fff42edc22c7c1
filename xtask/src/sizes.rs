//! Holds the limit on the browser library, and on the first load of the interface: the scripts that the page asks for before anything lazy, gzipped.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::web;

/// The limit that DESIGN sets, in bytes after gzip.
const FIRST_LOAD_BYTES_MAX: usize = 200_000;

/// The limit on what every page of a customer's site loads, in bytes after gzip.
const SDK_BYTES_MAX: usize = 15_000;

/// Checks the browser library as it was built.
pub fn check_sdk() -> Result<()> {
    let file = web::sdk_dir().join("dist/throughline.js");
    let size = gzipped(read(&file)?.as_bytes())?;
    println!("{size:>9}  bytes of the browser library, at most {SDK_BYTES_MAX}");
    if size > SDK_BYTES_MAX {
        bail!("the browser library takes {size} bytes, more than {SDK_BYTES_MAX}");
    }
    Ok(())
}

/// Checks the interface as it was built.
pub fn check_build() -> Result<()> {
    let dist = web::dir().join("dist");
    let index = read(&dist.join("index.html"))?;
    let manifest: Value = serde_json::from_str(&read(&dist.join(".vite/manifest.json"))?)
        .context("could not read the manifest of the interface")?;
    let mut sum = 0;
    for file in first_load(&index, &manifest) {
        let bytes = fs::read(dist.join(&file)).with_context(|| format!("could not read {file}"))?;
        let size = gzipped(&bytes)?;
        println!("{size:>9}  {file}");
        sum += size;
    }
    println!("{sum:>9}  bytes of script on first load, at most {FIRST_LOAD_BYTES_MAX}");
    if sum == 0 {
        bail!("index.html asks for no script, so the limit was not measured");
    }
    if sum > FIRST_LOAD_BYTES_MAX {
        bail!(
            "the first load takes {sum} bytes of script, more than {FIRST_LOAD_BYTES_MAX}; load something lazily"
        );
    }
    Ok(())
}

/// The scripts named in the page, and all they import statically.
fn first_load(index: &str, manifest: &Value) -> BTreeSet<String> {
    let mut files: BTreeSet<String> = scripts(index).into_iter().collect();
    let chunks: Vec<(&String, &Value)> = manifest.as_object().into_iter().flatten().collect();
    let mut open: Vec<&str> = chunks
        .iter()
        .filter(|(_, chunk)| chunk["file"].as_str().is_some_and(|it| files.contains(it)))
        .map(|(key, _)| key.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(key) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        let chunk = &manifest[key];
        files.extend(chunk["file"].as_str().map(str::to_owned));
        open.extend(
            chunk["imports"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
    }
    files
}

/// Values of `src` and `href` that end in `.js`, without the leading slash.
fn scripts(index: &str) -> Vec<String> {
    let attributes = index.split(['"', '\'']).skip(1).step_by(2);
    attributes
        .filter(|it| it.ends_with(".js"))
        .map(|it| it.trim_start_matches(['.', '/']).to_owned())
        .collect()
}

fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| {
        format!(
            "could not read {}; run `cargo xtask web` first",
            file.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn static_imports_count_and_lazy_ones_do_not() {
        let index = r#"<script type="module" src="/assets/main-1.js"></script>
            <link rel="modulepreload" href="/assets/base-2.js">
            <link rel="stylesheet" href="/assets/main-1.css">"#;
        let manifest = json!({
            "index.html": {"file": "assets/main-1.js", "imports": ["_base.js", "_deep.js"], "dynamicImports": ["map.tsx"]},
            "_base.js": {"file": "assets/base-2.js"},
            "_deep.js": {"file": "assets/deep-3.js", "imports": ["_base.js"]},
            "map.tsx": {"file": "assets/map-4.js", "imports": ["_base.js"]},
        });
        let expected = ["assets/base-2.js", "assets/deep-3.js", "assets/main-1.js"];
        assert!(first_load(index, &manifest).iter().eq(expected));
    }
}
