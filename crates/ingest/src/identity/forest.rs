//! A spanning forest over actors that keeps the earliest links, one known identity per tree.
//!
//! Think of a hidden node tied to every known identity before all time. A minimum spanning tree
//! over it is exactly what processing all links in rank order and refusing those that would join
//! two known identities gives. So a link may come at any time and only its cycle is looked at.

use throughline_model::{ActorId, IdentifierKind, ProfileId};

use super::RootChange;

const NONE: u32 = u32::MAX;

/// Orders links: the earlier one is kept when two compete. No two different pairs rank equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// False for what a member has joined, which comes before what events say.
    pub is_evidence: bool,
    pub time: i64,
    pub reason: u8,
    pub low: u128,
    pub high: u128,
}

/// A tree's root is the known identity if it has one, else its smallest actor.
#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    roots: Vec<u32>,
    kinds: Vec<IdentifierKind>,
    nodes: Vec<Node>,
}

/// A place in a tree. Children are a doubly linked list, so that any node can be cut off at once.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: u32,
    /// The link to the parent, as an index into the link log.
    link: u32,
    child: u32,
    next: u32,
    previous: u32,
}

impl Node {
    const ALONE: Self = Self {
        parent: NONE,
        link: NONE,
        child: NONE,
        next: NONE,
        previous: NONE,
    };
}

impl Forest {
    /// Adds an actor that is linked to nobody yet.
    pub fn add(&mut self, kind: IdentifierKind) -> u32 {
        let actor =
            u32::try_from(self.roots.len()).expect("a workspace has under 2^32 identifiers");
        self.roots.push(actor);
        self.kinds.push(kind);
        self.nodes.push(Node::ALONE);
        actor
    }

    /// The root of every actor's tree.
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }

    pub fn kind(&self, actor: u32) -> IdentifierKind {
        self.kinds[actor as usize]
    }

    /// Forgets all links.
    pub fn reset(&mut self) {
        self.nodes.fill(Node::ALONE);
        for (actor, root) in self.roots.iter_mut().enumerate() {
            *root = u32::try_from(actor).expect("actors are counted in 32 bits");
        }
    }

    /// Forgets the links of some actors, who are all of their trees.
    pub fn isolate(&mut self, actors: &[u32]) {
        for &actor in actors {
            self.nodes[actor as usize] = Node::ALONE;
            self.roots[actor as usize] = actor;
        }
    }

    /// The link between two actors that are next to each other in a tree.
    pub fn edge(&self, a: u32, b: u32) -> Option<u32> {
        [(a, b), (b, a)]
            .into_iter()
            .map(|(child, parent)| (self.node(child), parent))
            .find_map(|(child, parent)| (child.parent == parent).then_some(child.link))
    }

    /// The links on the way from one actor of a tree to another.
    pub fn way(&self, a: u32, b: u32) -> Vec<u32> {
        let ups: Vec<u32> = self.upward(a).collect();
        let downs: Vec<u32> = self.upward(b).collect();
        let shared = (ups.iter().rev())
            .zip(downs.iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let to_link = |&actor: &u32| self.node(actor).link;
        let up = ups[..ups.len() - shared].iter().map(to_link);
        let down = downs[..downs.len() - shared].iter().rev().map(to_link);
        up.chain(down).collect()
    }

    /// Takes a link into account; `rank` tells the rank of any link in the log.
    pub fn link(
        &mut self,
        (a, b): (u32, u32),
        link: u32,
        rank: &impl Fn(u32) -> Rank,
        changes: &mut Vec<RootChange>,
    ) {
        if a == b {
            return;
        }
        for (child, parent) in [(a, b), (b, a)] {
            if self.node(child).parent == parent {
                if rank(link) < rank(self.node(child).link) {
                    self.nodes[child as usize].link = link;
                }
                return;
            }
        }
        let (a_root, b_root) = (self.roots[a as usize], self.roots[b as usize]);
        if a_root == b_root {
            let weakest = self.weakest_between(a, b, rank);
            self.replace(weakest, (a, b), link, rank, changes);
        } else if self.is_known(a_root) && self.is_known(b_root) {
            let weakest = [self.weakest_above(a, rank), self.weakest_above(b, rank)]
                .into_iter()
                .flatten()
                .max_by_key(|(_, rank)| *rank);
            self.replace(weakest, (a, b), link, rank, changes);
        } else if self.outranks(a_root, b_root) {
            self.hang(b, a, link, changes);
        } else {
            self.hang(a, b, link, changes);
        }
    }

    fn node(&self, actor: u32) -> Node {
        self.nodes[actor as usize]
    }

    fn is_known(&self, actor: u32) -> bool {
        self.kind(actor) == IdentifierKind::User
    }

    /// Which of two roots stands for both trees once they are joined.
    fn outranks(&self, root: u32, other: u32) -> bool {
        (!self.is_known(root), root) < (!self.is_known(other), other)
    }

    /// Puts the link in place of the weakest one on its cycle, if it ranks before that.
    fn replace(
        &mut self,
        weakest: Option<(u32, Rank)>,
        (a, b): (u32, u32),
        link: u32,
        rank: &impl Fn(u32) -> Rank,
        changes: &mut Vec<RootChange>,
    ) {
        let Some((cut, weakest)) = weakest else {
            return;
        };
        if weakest <= rank(link) {
            return;
        }
        let moves_a = self.is_below(a, cut);
        self.unhook(cut);
        if moves_a {
            self.hang(a, b, link, changes);
        } else {
            self.hang(b, a, link, changes);
        }
    }

    /// Turns the tree that holds `actor` so that it hangs from `parent` by `link`.
    fn hang(&mut self, actor: u32, parent: u32, link: u32, changes: &mut Vec<RootChange>) {
        let (mut node, mut above, mut by) = (actor, parent, link);
        loop {
            let Node { parent, link, .. } = self.node(node);
            self.unhook(node);
            self.hook(node, above, by);
            if parent == NONE {
                break;
            }
            (node, above, by) = (parent, node, link);
        }
        self.relabel(actor, self.roots[parent as usize], changes);
    }

    /// Gives a whole subtree another root.
    fn relabel(&mut self, top: u32, root: u32, changes: &mut Vec<RootChange>) {
        if self.roots[top as usize] == root {
            return;
        }
        let mut node = top;
        loop {
            let old = std::mem::replace(&mut self.roots[node as usize], root);
            changes.push(RootChange {
                actor: ActorId(node),
                old: ProfileId(old),
                new: ProfileId(root),
            });
            if self.node(node).child != NONE {
                node = self.node(node).child;
                continue;
            }
            while node != top && self.node(node).next == NONE {
                node = self.node(node).parent;
            }
            if node == top {
                return;
            }
            node = self.node(node).next;
        }
    }

    fn hook(&mut self, actor: u32, parent: u32, link: u32) {
        let first = self.node(parent).child;
        if first != NONE {
            self.nodes[first as usize].previous = actor;
        }
        self.nodes[parent as usize].child = actor;
        let node = &mut self.nodes[actor as usize];
        (node.parent, node.link) = (parent, link);
        (node.next, node.previous) = (first, NONE);
    }

    fn unhook(&mut self, actor: u32) {
        let Node {
            parent,
            next,
            previous,
            ..
        } = self.node(actor);
        if parent == NONE {
            return;
        }
        if previous == NONE {
            self.nodes[parent as usize].child = next;
        } else {
            self.nodes[previous as usize].next = next;
        }
        if next != NONE {
            self.nodes[next as usize].previous = previous;
        }
        let node = &mut self.nodes[actor as usize];
        (node.parent, node.link) = (NONE, NONE);
        (node.next, node.previous) = (NONE, NONE);
    }

    fn is_below(&self, actor: u32, top: u32) -> bool {
        self.upward(actor).any(|node| node == top)
    }

    /// The actor and everything above it, up to its root.
    fn upward(&self, actor: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(actor), |&node| {
            Some(self.node(node).parent).filter(|&parent| parent != NONE)
        })
    }

    /// The node whose link upward ranks last on the way to the root.
    fn weakest_above(&self, actor: u32, rank: &impl Fn(u32) -> Rank) -> Option<(u32, Rank)> {
        self.upward(actor)
            .filter(|&node| self.node(node).parent != NONE)
            .map(|node| (node, rank(self.node(node).link)))
            .max_by_key(|(_, rank)| *rank)
    }

    /// The node whose link upward ranks last on the way between two actors of one tree.
    fn weakest_between(&self, a: u32, b: u32, rank: &impl Fn(u32) -> Rank) -> Option<(u32, Rank)> {
        let depth = |actor| self.upward(actor).count();
        let (mut a, mut a_depth, mut b, mut b_depth) = (a, depth(a), b, depth(b));
        let mut weakest = None;
        while a != b {
            let lower = if a_depth >= b_depth { &mut a } else { &mut b };
            let step = (*lower, rank(self.node(*lower).link));
            weakest = weakest
                .filter(|(_, known): &(u32, Rank)| *known >= step.1)
                .or(Some(step));
            *lower = self.node(*lower).parent;
            if a_depth >= b_depth {
                a_depth -= 1;
            } else {
                b_depth -= 1;
            }
        }
        weakest
    }
}
