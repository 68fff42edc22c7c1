//! The members that JSON objects of a part have, as a tree of names.
//!
//! Objects that come one after the other mostly name the same members in the same order, so each
//! node remembers which one came next the last time, and the hash is rarely needed.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::json::{self, Cursor};

/// Type of a promoted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Text,
    Number,
    Flag,
}

/// A member that has a column of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Promoted {
    pub path: Vec<String>,
    pub kind: Kind,
}

/// Scalars that stay in the JSON text of a part.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rest {
    /// Only at these paths, sorted.
    Paths(Vec<Vec<String>>),
    /// Anywhere.
    Any,
}

impl Rest {
    /// True when some row may hold a scalar at this path.
    pub fn may_hold(&self, path: &[String]) -> bool {
        match self {
            Self::Paths(paths) => paths.binary_search_by(|it| it.as_slice().cmp(path)).is_ok(),
            Self::Any => true,
        }
    }

    /// What either holds.
    pub fn union(self, other: Self) -> Self {
        match (self, other) {
            (Self::Paths(mut left), Self::Paths(right)) => {
                left.extend(right);
                left.sort();
                left.dedup();
                Self::Paths(left)
            }
            _ => Self::Any,
        }
    }
}

impl Default for Rest {
    fn default() -> Self {
        Self::Paths(Vec::new())
    }
}

/// Names in an object's path that a rule can ask for.
pub(crate) const DEPTH_MAX: usize = 8;
/// Names of one tree; past it, objects are taken to hold anything.
const NODES_MAX: usize = 4_096;
const NAME_BYTES_MAX: usize = 200;
const NONE: u32 = u32::MAX;
const ROOT: u32 = 0;

#[derive(Default)]
pub(crate) struct Node {
    parent: u32,
    name: Box<str>,
    pub depth: usize,
    /// Column of this member, if it is promoted.
    pub slot: Option<(u32, Kind)>,
    /// A scalar of this member was left in the text.
    pub is_left: bool,
    /// Row that the member was last seen in, to find members that stand twice in one object.
    pub stamp: u64,
    counts: [u32; 3],
    first: u32,
    next: u32,
}

/// A tree of names.
pub(crate) struct Shape {
    nodes: Vec<Node>,
    index: HashTable<u32>,
    hasher: RandomState,
    /// Members were seen that have no node.
    pub is_open: bool,
}

/// Place of a member in the tree.
pub(crate) enum Place {
    Node(u32),
    /// No rule can ask for it, so nobody has to know.
    Unaskable,
    /// The tree is full.
    Beyond,
}

impl Shape {
    pub fn new() -> Self {
        let root = Node {
            first: NONE,
            next: NONE,
            ..Node::default()
        };
        Self {
            nodes: vec![root],
            index: HashTable::new(),
            hasher: RandomState::new(),
            is_open: false,
        }
    }

    /// A tree in which these members are promoted, in this order of columns.
    pub fn of(promoted: &[Promoted]) -> Self {
        let mut shape = Self::new();
        for (slot, column) in promoted.iter().enumerate() {
            let mut node = ROOT;
            for name in &column.path {
                let Place::Node(child) = shape.child(node, name, &mut None) else {
                    unreachable!("promoted columns are few and have names that can be asked for");
                };
                node = child;
            }
            let slot = u32::try_from(slot).expect("promoted columns are few");
            shape.nodes[node as usize].slot = Some((slot, column.kind));
        }
        shape
    }

    pub fn root() -> u32 {
        ROOT
    }

    pub fn node(&mut self, node: u32) -> &mut Node {
        &mut self.nodes[node as usize]
    }

    /// The member of `parent` with this name; `before` is the member that stands in front of it.
    pub fn child(&mut self, parent: u32, name: &str, before: &mut Option<u32>) -> Place {
        let guess = match *before {
            None => self.nodes[parent as usize].first,
            Some(before) => self.nodes[before as usize].next,
        };
        let node = if guess != NONE && &*self.nodes[guess as usize].name == name {
            guess
        } else {
            let node = match self.find(parent, name) {
                Some(node) => node,
                None => match self.add(parent, name) {
                    Place::Node(node) => node,
                    place => return place,
                },
            };
            match *before {
                None => self.nodes[parent as usize].first = node,
                Some(before) => self.nodes[before as usize].next = node,
            }
            node
        };
        *before = Some(node);
        Place::Node(node)
    }

    /// Counts the members of an object, to choose columns by [`Shape::frequent`].
    pub fn survey(&mut self, object: &str) {
        // An object that cannot be read counts for nothing; it will be kept as text.
        let _ = self.survey_members(&mut Cursor::new(object), ROOT);
    }

    fn survey_members(&mut self, cursor: &mut Cursor<'_>, parent: u32) -> Option<()> {
        cursor.eat(b'{')?;
        let (mut is_first, mut before) = (true, None);
        while let Some(key) = cursor.key(is_first)? {
            is_first = false;
            let place = if key.has_escape {
                Place::Beyond
            } else {
                self.child(parent, key.inner(), &mut before)
            };
            let Place::Node(node) = place else {
                cursor.value()?;
                continue;
            };
            match cursor.peek()? {
                b'{' => self.survey_members(cursor, node)?,
                _ => {
                    let kind = kind_of(cursor.value()?);
                    if let Some(kind) = kind {
                        self.nodes[node as usize].counts[kind as usize] += 1;
                    }
                }
            }
        }
        Some(())
    }

    /// Members that were seen at least so often, with their counts, the most frequent first.
    pub fn frequent(&self, count_min: u32) -> Vec<(u32, Promoted)> {
        let mut frequent: Vec<(u32, Promoted)> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let kinds = [Kind::Text, Kind::Number, Kind::Flag];
            let best = kinds
                .into_iter()
                .max_by_key(|kind| (node.counts[*kind as usize], std::cmp::Reverse(*kind)))
                .expect("there are three kinds");
            let count = node.counts[best as usize];
            if count >= count_min.max(1) {
                let path = self.path(index);
                frequent.push((count, Promoted { path, kind: best }));
            }
        }
        frequent.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
        frequent
    }

    /// Where scalars were left in the text.
    pub fn rest(&self) -> Rest {
        if self.is_open {
            return Rest::Any;
        }
        let left = self.nodes.iter().enumerate().filter(|(_, it)| it.is_left);
        let mut paths: Vec<Vec<String>> = left.map(|(index, _)| self.path(index)).collect();
        paths.sort();
        Rest::Paths(paths)
    }

    fn path(&self, index: usize) -> Vec<String> {
        let mut path = Vec::new();
        let mut node = &self.nodes[index];
        while node.depth > 0 {
            path.push(node.name.to_string());
            node = &self.nodes[node.parent as usize];
        }
        path.reverse();
        path
    }

    fn hash(hasher: &RandomState, parent: u32, name: &str) -> u64 {
        hasher.hash_one((parent, name))
    }

    fn find(&self, parent: u32, name: &str) -> Option<u32> {
        let hash = Self::hash(&self.hasher, parent, name);
        let is_it = |node: &u32| {
            let node = &self.nodes[*node as usize];
            node.parent == parent && &*node.name == name
        };
        self.index.find(hash, is_it).copied()
    }

    fn add(&mut self, parent: u32, name: &str) -> Place {
        let depth = self.nodes[parent as usize].depth + 1;
        if name.is_empty() || name.contains('.') || depth > DEPTH_MAX {
            return Place::Unaskable;
        }
        if self.nodes.len() == NODES_MAX || name.len() > NAME_BYTES_MAX {
            return Place::Beyond;
        }
        let index = u32::try_from(self.nodes.len()).expect("the limit lies below 2^32");
        self.nodes.push(Node {
            parent,
            name: name.into(),
            depth,
            first: NONE,
            next: NONE,
            ..Node::default()
        });
        let (nodes, hasher) = (&self.nodes, &self.hasher);
        let hash_of = |node: &u32| {
            let node = &nodes[*node as usize];
            Self::hash(hasher, node.parent, &node.name)
        };
        self.index
            .insert_unique(Self::hash(hasher, parent, name), index, hash_of);
        Place::Node(index)
    }
}

/// The column type that can hold a value and give it back; `None` when none can.
pub(crate) fn kind_of(value: &str) -> Option<Kind> {
    match value.as_bytes().first()? {
        b'"' => Some(Kind::Text),
        b't' | b'f' => Some(Kind::Flag),
        b'-' | b'0'..=b'9' => json::exact_number(value).map(|_| Kind::Number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn frequent_members_are_found_with_their_main_type() {
        let mut shape = Shape::new();
        for object in [
            r#"{"a":1,"b":{"c":"x"},"d.e":1,"":2}"#,
            r#"{"b":{"c":"y","z":null},"a":2}"#,
            r#"{"a":"text","b":{"c":true}}"#,
            "no object",
        ] {
            shape.survey(object);
        }
        let names: Vec<_> = shape
            .frequent(2)
            .into_iter()
            .map(|(count, it)| (count, it.path.join("."), it.kind))
            .collect();
        assert_eq!(
            names,
            [
                (2, "a".to_owned(), Kind::Number),
                (2, "b.c".to_owned(), Kind::Text)
            ]
        );
    }

    #[test]
    fn a_tree_that_is_full_says_so() {
        let mut shape = Shape::new();
        for n in 0..NODES_MAX {
            shape.child(ROOT, &n.to_string(), &mut None);
        }
        assert!(matches!(
            shape.child(ROOT, "one more", &mut None),
            Place::Beyond
        ));
        assert!(matches!(shape.child(ROOT, "7", &mut None), Place::Node(8)));
    }

    #[test]
    fn the_rest_knows_which_paths_it_holds() {
        let mut shape = Shape::of(&[Promoted {
            path: path("a.b"),
            kind: Kind::Text,
        }]);
        let Place::Node(other) = shape.child(ROOT, "c", &mut None) else {
            panic!("there is room");
        };
        shape.node(other).is_left = true;
        let rest = shape.rest();
        assert!(rest.may_hold(&path("c")));
        assert!(!rest.may_hold(&path("a.b")));
        assert!(rest.union(Rest::Any).may_hold(&path("a.b")));
    }
}
