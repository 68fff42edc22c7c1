//! Who is probably one person: what is known of each profile, brought to the form that compares.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use throughline_ingest::{
    identifiers::is_hashed,
    likeness::{self, Bounds, Likely, Pairs, Subject, phone_end, words_of},
};
use throughline_model::{ActorId, IdentifierKind, ProfileId, Value, limits};
use throughline_store::state::StateError;

use super::{Context, WorkspaceRuntime};

/// What the link log says of all profiles at one moment.
struct Standing {
    roots: Vec<u32>,
    known: BTreeSet<u32>,
    /// An identifier that does not join, and one that it was seen with.
    unjoined: Vec<(ActorId, ActorId)>,
    settled: Pairs,
}

/// Profiles that are probably one person among those that were compared.
pub struct Compared {
    pub likely: Likely,
    pub profiles: usize,
    /// Older profiles that were not compared.
    pub profiles_left_out: usize,
}

impl Context {
    /// Compares the newest profiles that have events.
    pub fn likely(&self) -> Result<Compared, StateError> {
        let standing = Standing::of(&self.runtime);
        let roots = self.snapshot.profiles();
        let roots: BTreeSet<u32> = roots.iter().map(|it| standing.root(it)).collect();
        let profiles_left_out = roots.len().saturating_sub(limits::LIKENESS_PROFILES_MAX);
        let newest = roots.into_iter().skip(profiles_left_out);
        let subjects = self.subjects(newest, &standing)?;
        Ok(Compared {
            profiles: subjects.len(),
            profiles_left_out,
            likely: likeness::find(subjects, &standing.settled, Bounds::default()),
        })
    }

    fn subjects(
        &self,
        profiles: impl Iterator<Item = u32>,
        standing: &Standing,
    ) -> Result<Vec<Subject>, StateError> {
        let state = self.runtime.state();
        let root = |actor: u32| standing.root(actor);
        let mut subjects: BTreeMap<u32, Subject> = BTreeMap::new();
        for profile in profiles {
            subjects.insert(
                profile,
                Subject {
                    profile: ProfileId(profile),
                    is_known: standing.known.contains(&profile),
                    shared: BTreeSet::new(),
                    emails: BTreeSet::new(),
                    phones: BTreeSet::new(),
                    name: None,
                    city: None,
                },
            );
        }
        for (shared, other) in &standing.unjoined {
            for holder in [shared, other] {
                if let Some(subject) = subjects.get_mut(&root(holder.0)) {
                    subject.shared.insert(*shared);
                }
            }
        }
        state.each_identifier(IdentifierKind::Email, |actor, it| {
            let subject = subjects.get_mut(&root(actor.0)).filter(|_| !is_hashed(&it));
            if let Some(subject) = subject {
                subject.emails.insert(it.value.into());
            }
        })?;
        state.each_identifier(IdentifierKind::Phone, |actor, it| {
            let subject = subjects.get_mut(&root(actor.0)).filter(|_| !is_hashed(&it));
            if let Some(subject) = subject {
                subject.phones.extend(phone_end(&it.value));
            }
        })?;
        let texts = |name: &str| -> Result<HashMap<u32, String>, StateError> {
            let values = state.trait_column(name)?.values(root);
            let texts = values
                .into_iter()
                .filter_map(|(profile, value)| match value {
                    Value::Text(text) => Some((profile, text)),
                    _ => None,
                });
            Ok(texts.collect())
        };
        let (whole, phones, cities) = (texts("name")?, texts("phone")?, texts("city")?);
        let (first, last) = (texts("firstName")?, texts("lastName")?);
        for (profile, subject) in &mut subjects {
            let both = || Some(format!("{} {}", first.get(profile)?, last.get(profile)?));
            let name = whole.get(profile).cloned().or_else(both);
            subject.name = name.and_then(|it| words_of(&it));
            subject.city = cities.get(profile).and_then(|it| words_of(it));
            let phone = phones.get(profile).and_then(|it| phone_end(it));
            subject.phones.extend(phone);
        }
        Ok(subjects.into_values().collect())
    }
}

impl Standing {
    fn root(&self, actor: u32) -> u32 {
        self.roots.get(actor as usize).copied().unwrap_or(actor)
    }

    fn of(runtime: &WorkspaceRuntime) -> Self {
        let resolver = runtime.pipeline().resolver();
        let pair = |(left, right): (ActorId, ActorId)| {
            let (left, right) = (resolver.root(left), resolver.root(right));
            (left.min(right), left.max(right))
        };
        let settled = resolver.parted().chain(resolver.dismissed());
        let roots = resolver.roots();
        let known = roots.iter().copied();
        Self {
            roots: roots.to_vec(),
            known: known
                .filter(|it| resolver.is_known(ProfileId(*it)))
                .collect(),
            unjoined: resolver.unjoined().collect(),
            settled: settled.map(pair).collect(),
        }
    }
}
