//! What members decide about identity, and how a decision is taken back.

use throughline_model::{
    Identifier, Seq, Timestamp,
    identity::{Decided, Decision, Treatment},
};

use super::{Changes, Link, LinkEntry, LinkReason, MEMBERS, Resolver, policy::Compiled};

/// Whom a decision concerns.
pub(super) enum Concern {
    Actors(Vec<u32>),
    Everybody,
}

impl Resolver {
    /// Does as a member decided. Identifiers that were never seen are known from then on, so that
    /// the decision means the same whenever the log is read.
    pub fn decide(&mut self, decided: &Decided, changes: &mut Changes) {
        match &decided.what {
            Decision::Part { left, right }
            | Decision::Reunite { left, right }
            | Decision::Join { left, right }
            | Decision::Dismiss { left, right }
            | Decision::Reconsider { left, right } => {
                self.intern(left, changes);
                self.intern(right, changes);
            }
            Decision::Treat { identifier, .. } => {
                self.intern(identifier, changes);
            }
            Decision::Policy { .. } => {}
        }
        self.write(LinkEntry::Decision(Box::new(decided.clone())), changes);
        let links = self.links.len();
        let concern = self.heed(decided);
        for index in links..self.links.len() {
            let index = u32::try_from(index).expect("a workspace has under 2^32 links");
            let link = self.links[index as usize];
            self.evidence.tie(index, &link);
            self.note_earliest(index);
        }
        match concern {
            Concern::Everybody => self.rebuild_telling(&mut changes.roots),
            Concern::Actors(actors) => {
                for &actor in &actors {
                    self.judge(actor);
                    for kind in throughline_model::IdentifierKind::ALL {
                        self.judge_around(actor, kind);
                    }
                }
                self.mend(&actors, &mut changes.roots);
            }
        }
        self.settle(changes);
    }

    /// Takes a decision over without drawing conclusions from it.
    pub(super) fn heed(&mut self, decided: &Decided) -> Concern {
        match &decided.what {
            Decision::Part { left, right } => {
                let pair = self.pair(left, right);
                self.apart.extend(pair);
                Concern::of(pair)
            }
            Decision::Reunite { left, right } => {
                let pair = self.pair(left, right);
                if let Some(pair) = pair {
                    self.apart.remove(&pair);
                }
                Concern::of(pair)
            }
            Decision::Join { left, right } => {
                let pair = self.pair(left, right);
                if let Some(pair) = pair {
                    self.apart.remove(&pair);
                    self.join(pair, decided.at);
                }
                Concern::of(pair)
            }
            Decision::Dismiss { left, right } => {
                self.dismissed.extend(self.pair(left, right));
                Concern::of(None)
            }
            Decision::Reconsider { left, right } => {
                if let Some(pair) = self.pair(left, right) {
                    self.dismissed.remove(&pair);
                }
                Concern::of(None)
            }
            Decision::Treat {
                identifier,
                treatment,
            } => {
                let actor = self.actor(identifier).map(|actor| actor.0);
                if let Some(actor) = actor {
                    if *treatment == Treatment::Learned {
                        self.treated.remove(&actor);
                    } else {
                        self.treated.insert(actor, *treatment);
                    }
                }
                Concern::Actors(actor.into_iter().collect())
            }
            Decision::Policy { policy } => {
                self.policy = Compiled::of((**policy).clone());
                Concern::Everybody
            }
        }
    }

    /// Two different identifiers that were seen, as a link would name them.
    fn pair(&self, a: &Identifier, b: &Identifier) -> Option<(u32, u32)> {
        let (a, b) = (self.actor(a)?, self.actor(b)?);
        let link = self.oriented(a, b, LinkReason::Member, Timestamp(0), MEMBERS, Seq(0));
        (a != b).then_some((link.left.0, link.right.0))
    }

    fn join(&mut self, (left, right): (u32, u32), at: Timestamp) {
        let is_made = self.links.iter().any(|link| {
            link.reason == LinkReason::Member && (link.left.0, link.right.0) == (left, right)
        });
        if !is_made {
            self.links.push(Link {
                left: throughline_model::ActorId(left),
                right: throughline_model::ActorId(right),
                reason: LinkReason::Member,
                time: at,
                source: MEMBERS,
                seq: Seq(0),
            });
        }
    }
}

impl Concern {
    fn of(pair: Option<(u32, u32)>) -> Self {
        Self::Actors(pair.into_iter().flat_map(|(a, b)| [a, b]).collect())
    }
}
