//! Links between the pages of the repository lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run;
use crate::workspace::root;

/// Checks every page that git knows.
pub fn check_pages() -> Result<()> {
    let listed = run::output(&mut run::command(
        root(),
        "git",
        [
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.md",
        ],
    ))?;
    let mut broken = Vec::new();
    for page in listed
        .lines()
        .map(|it| root().join(it))
        .filter(|it| it.exists())
    {
        let text = fs::read_to_string(&page)
            .with_context(|| format!("could not read {}", page.display()))?;
        let missing = targets(&text).filter(|it| !resolve(&page, it).exists());
        broken.extend(missing.map(|it| format!("\n  {}: {it}", page.display())));
    }
    if !broken.is_empty() {
        bail!("links lead nowhere:{}", broken.concat());
    }
    println!("links: {} pages hold", listed.lines().count());
    Ok(())
}

/// What the links of a page point at inside the repository, code left out.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|it| it.split("](").skip(1))
        .filter_map(|it| it.split_once(')'))
        .map(|(target, _)| target.split('#').next().unwrap_or_default())
        .filter(|it| !it.is_empty() && !it.contains(':'))
}

fn resolve(page: &Path, target: &str) -> PathBuf {
    page.parent().unwrap_or(root()).join(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_into_the_repository_are_followed() {
        let text = "
See [style](STYLE.md#words), [top](#top), ![picture](docs/map.png) and [site](https://example.org).
```
[not](a-link.md)
```
and [last](guide/last.md).";
        let found: Vec<&str> = targets(text).collect();
        assert_eq!(found, ["STYLE.md", "docs/map.png", "guide/last.md"]);
    }
}
