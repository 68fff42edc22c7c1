//! Pages and screens: grouped by their name, else by the first part of their path.

use std::collections::BTreeMap;

use throughline_model::{EventKind, EventName, Field, Rule, Test};

use super::SeenEvent;
use super::touchpoints::{Draft, where_is};
use super::words::Words;

/// Different names or paths that become touchpoints of their own; the rest stays together.
const PAGES_MAX: usize = 25;
/// A name or path must have this share of all pages.
const PAGE_SHARE: f64 = 0.002;
/// Names must cover this share of pages, else paths are tried.
const NAMED_SHARE: f64 = 0.7;

/// True for the names that page and screen calls get.
pub(super) fn is_page(event: &SeenEvent) -> bool {
    [EventKind::Page, EventKind::Screen]
        .into_iter()
        .any(|kind| kind.fixed_name() == Some(event.name.as_str()))
}

/// Adds a touchpoint for each frequent page, and one for all others.
pub(super) fn suggest(pages: &[&SeenEvent], draft: &mut Draft) {
    if pages.is_empty() {
        return;
    }
    let events: Vec<EventName> = pages.iter().map(|event| event.name.clone()).collect();
    let total: u64 = pages.iter().map(|event| event.events).sum();
    let names = frequent(
        pages
            .iter()
            .flat_map(|event| &event.page_names)
            .map(|(name, count)| (name.clone(), *count)),
        total,
    );
    if covered(&names) >= NAMED_SHARE * total as f64 {
        by_name(&names, &events, draft);
    } else {
        let parts = frequent(
            pages
                .iter()
                .flat_map(|event| &event.paths)
                .map(|(path, count)| (first_part(path), *count)),
            total,
        );
        by_path(&parts, &events, draft);
    }
    draft.add("other_pages", "Other pages", events, None);
}

fn by_name(names: &[(String, u64)], events: &[EventName], draft: &mut Draft) {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, _) in names {
        alike.entry(Words::of(name).id()).or_default().push(name);
    }
    for (id, names) in alike {
        let rule = where_is(Field::Property(vec!["name".to_owned()]), &names);
        let title = Words::of(names[0]).title();
        draft.add(
            &format!("{id}_page"),
            &format!("{title} page"),
            events.to_vec(),
            Some(rule),
        );
    }
}

fn by_path(parts: &[(String, u64)], events: &[EventName], draft: &mut Draft) {
    let field = || Field::Context(vec!["page".to_owned(), "path".to_owned()]);
    for (part, _) in parts {
        let (id, title, rule) = if part == "/" {
            (
                "home".to_owned(),
                "Home".to_owned(),
                where_is(field(), &["/"]),
            )
        } else {
            let words = Words::of(part);
            let under = Rule::Where {
                field: field(),
                test: Test::StartsWith(format!("{part}/")),
            };
            let rule = Rule::Any(vec![where_is(field(), &[part]), under]);
            (words.id(), words.title(), rule)
        };
        draft.add(
            &format!("{id}_page"),
            &format!("{title} page"),
            events.to_vec(),
            Some(rule),
        );
    }
}

/// `/c/tea/green` becomes `/c`.
fn first_part(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match path.split('/').find(|part| !part.is_empty()) {
        Some(part) => format!("/{part}"),
        None => "/".to_owned(),
    }
}

/// The most frequent values, by name.
fn frequent(values: impl Iterator<Item = (String, u64)>, total: u64) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (value, count) in values {
        *counts.entry(value).or_default() += count;
    }
    let mut counts: Vec<(String, u64)> = counts
        .into_iter()
        .filter(|(_, count)| *count as f64 >= PAGE_SHARE * total as f64)
        .collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(PAGES_MAX);
    counts.sort();
    counts
}

fn covered(counts: &[(String, u64)]) -> f64 {
    counts.iter().map(|(_, count)| *count).sum::<u64>() as f64
}
