//! Names that are written in two ways: case, separators and plural set aside, they are one.

use std::collections::BTreeMap;

/// Names that look like one, the most frequent first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins<'a> {
    pub names: Vec<&'a str>,
}

/// Groups of names that look like one, by how often they were seen; those that are alone are left out.
pub fn twins<'a>(names: impl Iterator<Item = (&'a str, u64)>) -> Vec<Twins<'a>> {
    let mut groups: BTreeMap<String, Vec<(&str, u64)>> = BTreeMap::new();
    for (name, events) in names {
        groups.entry(key(name)).or_default().push((name, events));
    }
    let mut found: Vec<(u64, Twins<'a>)> = Vec::new();
    for (key, mut group) in groups {
        if group.len() < 2 || key.is_empty() {
            continue;
        }
        group.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let events = group.iter().map(|it| it.1).sum();
        let names = group.into_iter().map(|it| it.0).collect();
        found.push((events, Twins { names }));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.names.cmp(&b.1.names)));
    found.into_iter().map(|it| it.1).collect()
}

/// What is left of a name without case, separators and plural.
fn key(name: &str) -> String {
    words(name).iter().map(|word| singular(word)).collect()
}

/// The words of a name: `orderCompleted`, `Order Completed` and `order-completed` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before: Option<char> = None;
    for letter in name.chars() {
        let is_new = match before {
            Some(before) => (before.is_lowercase() || before.is_numeric()) && letter.is_uppercase(),
            None => false,
        };
        before = Some(letter);
        if !letter.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        if is_new {
            words.push(String::new());
        }
        let last = words.last_mut().expect("there is a word");
        last.extend(letter.to_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Only what is surely a plural: `items`, but not `address` or `status`.
fn singular(word: &str) -> &str {
    let is_plural = word.len() > 3
        && word.ends_with('s')
        && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    match is_plural {
        true => &word[..word.len() - 1],
        false => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_separators_and_plural_make_no_other_name() {
        let names = [
            ("Order Completed", 5),
            ("order_completed", 9),
            ("orderCompleted", 1),
            ("orders-completed", 1),
            ("ORDER.COMPLETED", 2),
            ("order_complete", 3),
            ("status", 1),
            ("statu", 1),
            ("address", 1),
            ("addres", 1),
            ("v2Item", 1),
            ("v2_items", 1),
            ("加购", 4),
            ("加购物车", 4),
        ];
        let found = twins(names.into_iter());
        let told: Vec<Vec<&str>> = found.into_iter().map(|it| it.names).collect();
        assert_eq!(
            told,
            [
                vec![
                    "order_completed",
                    "Order Completed",
                    "ORDER.COMPLETED",
                    "orderCompleted",
                    "orders-completed"
                ],
                vec!["v2Item", "v2_items"],
            ]
        );
    }
}
