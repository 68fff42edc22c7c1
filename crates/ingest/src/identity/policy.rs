//! A policy in the form in which it is asked for every link.

use std::sync::Arc;

use throughline_model::{
    IdentifierKind,
    identity::{IdentityPolicy, SharedByTime},
};

const KINDS: usize = IdentifierKind::ALL.len();

/// A policy as tables by the code of the kind.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    document: Arc<IdentityPolicy>,
    joins: [bool; KINDS],
    owners_max: [u32; KINDS],
    around_max: [u32; KINDS],
    shared: [Option<SharedByTime>; KINDS],
    /// The smaller is the stronger.
    strength: [usize; KINDS],
}

impl Default for Compiled {
    fn default() -> Self {
        Self::of(IdentityPolicy::default())
    }
}

impl Compiled {
    pub fn of(document: IdentityPolicy) -> Self {
        let mut compiled = Self {
            joins: [false; KINDS],
            owners_max: [u32::MAX; KINDS],
            around_max: [u32::MAX; KINDS],
            shared: [None; KINDS],
            strength: [KINDS; KINDS],
            document: Arc::default(),
        };
        for (strength, rule) in document.types.iter().enumerate() {
            let kind = rule.kind as usize;
            compiled.joins[kind] = rule.joins;
            compiled.owners_max[kind] = rule.owners_max.unwrap_or(u32::MAX);
            compiled.around_max[kind] = rule.around_max.unwrap_or(u32::MAX);
            compiled.shared[kind] = rule.shared.filter(|_| rule.joins);
            compiled.strength[kind] = strength;
        }
        compiled.document = Arc::new(document);
        compiled
    }

    pub fn document(&self) -> &IdentityPolicy {
        &self.document
    }

    pub fn joins(&self, kind: IdentifierKind) -> bool {
        self.joins[kind as usize]
    }

    /// How many of one stronger type an identifier may be seen with.
    pub fn owners_max(&self, kind: IdentifierKind) -> Option<usize> {
        let max = self.owners_max[kind as usize];
        (max != u32::MAX).then_some(max as usize)
    }

    /// How devices of a type are shared, when they are.
    pub fn shared(&self, kind: IdentifierKind) -> Option<&SharedByTime> {
        self.shared[kind as usize].as_ref()
    }

    /// Whether devices of any type are shared.
    pub fn shares(&self) -> bool {
        self.shared.iter().any(Option::is_some)
    }

    /// How many of a type may join around one stronger identifier.
    pub fn around_max(&self, kind: IdentifierKind) -> Option<usize> {
        let max = self.around_max[kind as usize];
        (max != u32::MAX).then_some(max as usize)
    }

    pub fn is_stronger(&self, kind: IdentifierKind, other: IdentifierKind) -> bool {
        self.strength[kind as usize] < self.strength[other as usize]
    }
}
