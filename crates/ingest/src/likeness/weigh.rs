//! What each agreement weighs.

use std::collections::BTreeMap;

use throughline_model::{ActorId, ProfileId};

use super::{Likeness, POPULATION_MIN, Subject, spelling};

/// What two profiles have in common, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// An identifier was seen with both, and the policy does not join on it.
    Identifier(ActorId),
    Email,
    Phone,
    Name,
    City,
}

/// What one field says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub ground: Ground,
    pub agrees: bool,
    /// What it adds, or takes away.
    pub bits: f64,
    /// What stands on the left and on the right; for an identifier nothing.
    pub values: Option<(String, String)>,
    /// How many profiles have this value; none where they differ.
    pub holders: Option<usize>,
}

/// How often a field is the same for one person: of an identifier that both were seen with.
const SAME_IDENTIFIER: f64 = 0.9;
/// People write to us from several addresses, so that few are nearly alike.
const SAME_EMAIL: f64 = 0.3;
const SAME_PHONE: f64 = 0.7;
const SAME_NAME: f64 = 0.9;
const SAME_CITY: f64 = 0.8;

/// How many profiles have each value.
pub(super) struct Frequencies<'a> {
    /// Of how many profiles it is told how frequent something is.
    population: usize,
    shared: BTreeMap<ActorId, usize>,
    phones: BTreeMap<&'a str, usize>,
    names: BTreeMap<&'a str, usize>,
    cities: BTreeMap<&'a str, usize>,
    /// Profiles with an e-mail nearly alike, and the profile itself.
    near: BTreeMap<ProfileId, usize>,
}

impl<'a> Frequencies<'a> {
    /// `near` are pairs that have an e-mail nearly alike, as indexes.
    pub fn count(
        subjects: &'a [Subject],
        near: impl Iterator<Item = (usize, usize)>,
    ) -> Frequencies<'a> {
        let mut found = Self {
            population: subjects.len().max(POPULATION_MIN),
            shared: BTreeMap::new(),
            phones: BTreeMap::new(),
            names: BTreeMap::new(),
            cities: BTreeMap::new(),
            near: BTreeMap::new(),
        };
        for subject in subjects {
            for actor in &subject.shared {
                *found.shared.entry(*actor).or_default() += 1;
            }
            for phone in &subject.phones {
                *found.phones.entry(phone).or_default() += 1;
            }
            if let Some(name) = &subject.name {
                *found.names.entry(name).or_default() += 1;
            }
            if let Some(city) = &subject.city {
                *found.cities.entry(city).or_default() += 1;
            }
        }
        for index in near.flat_map(|(left, right)| [left, right]) {
            let profile = subjects[index].profile;
            *found.near.entry(profile).or_insert(1) += 1;
        }
        found
    }

    /// Adds up what two profiles have in common.
    pub fn weigh(&self, a: &Subject, b: &Subject) -> Likeness {
        let key = |it: &Subject| (!it.is_known, it.profile);
        let (a, b) = if key(a) <= key(b) { (a, b) } else { (b, a) };
        let reasons = [
            self.identifier(a, b),
            self.email(a, b),
            self.phone(a, b),
            self.words(Ground::Name, &self.names, SAME_NAME, &a.name, &b.name),
            self.words(Ground::City, &self.cities, SAME_CITY, &a.city, &b.city),
        ];
        let reasons: Vec<Reason> = reasons.into_iter().flatten().collect();
        // Every profile has one other of the same person, before anything is compared.
        let others = (self.population - 1) as f64;
        let bits = reasons.iter().fold(-others.log2(), |sum, it| sum + it.bits);
        Likeness {
            left: a.profile,
            right: b.profile,
            chance: 1.0 / (1.0 + (-bits).exp2()),
            bits,
            reasons,
        }
    }

    /// The rarest identifier that both were seen with; two would not be independent.
    fn identifier(&self, a: &Subject, b: &Subject) -> Option<Reason> {
        let both = a.shared.intersection(&b.shared);
        let (holders, actor) = both.map(|it| (self.shared[it], *it)).min()?;
        Some(Reason {
            ground: Ground::Identifier(actor),
            agrees: true,
            bits: self.agreement(SAME_IDENTIFIER, holders),
            values: None,
            holders: Some(holders),
        })
    }

    fn email(&self, a: &Subject, b: &Subject) -> Option<Reason> {
        let pairs = a
            .emails
            .iter()
            .flat_map(|x| b.emails.iter().map(move |y| (x, y)));
        let near = pairs.clone().find(|(x, y)| spelling::is_near(x, y));
        let Some((x, y)) = near else {
            return disagreement(Ground::Email, SAME_EMAIL, pairs.clone().next());
        };
        let holders = |it: &Subject| self.near.get(&it.profile).copied().unwrap_or(2);
        let holders = holders(a).max(holders(b));
        Some(Reason {
            ground: Ground::Email,
            agrees: true,
            bits: self.agreement(SAME_EMAIL, holders),
            values: Some((x.clone(), y.clone())),
            holders: Some(holders),
        })
    }

    fn phone(&self, a: &Subject, b: &Subject) -> Option<Reason> {
        let both = a.phones.intersection(&b.phones);
        let rarest = both.map(|it| (self.phones[it.as_str()], it)).min();
        let Some((holders, phone)) = rarest else {
            let first = a.phones.first().zip(b.phones.first());
            return disagreement(Ground::Phone, SAME_PHONE, first);
        };
        Some(Reason {
            ground: Ground::Phone,
            agrees: true,
            bits: self.agreement(SAME_PHONE, holders),
            values: Some((phone.clone(), phone.clone())),
            holders: Some(holders),
        })
    }

    /// Names or cities: those that have a word in common but not all say nothing.
    fn words(
        &self,
        ground: Ground,
        frequencies: &BTreeMap<&str, usize>,
        same: f64,
        a: &Option<String>,
        b: &Option<String>,
    ) -> Option<Reason> {
        let (a, b) = a.as_ref().zip(b.as_ref())?;
        if a == b {
            let holders = frequencies[a.as_str()];
            return Some(Reason {
                ground,
                agrees: true,
                bits: self.agreement(same, holders),
                values: Some((a.clone(), b.clone())),
                holders: Some(holders),
            });
        }
        let is_shared = |word: &str| b.split(' ').any(|it| it == word);
        if a.split(' ').any(is_shared) {
            return None;
        }
        disagreement(ground, same, Some((a, b)))
    }

    /// log2(m/u), where `u` is how many others than the two have it, and half a one.
    fn agreement(&self, same: f64, holders: usize) -> f64 {
        let others = holders.saturating_sub(2) as f64 + 0.5;
        (same * self.population as f64 / others).log2()
    }
}

/// log2(1−m): that strangers differ is nearly certain.
fn disagreement(ground: Ground, same: f64, values: Option<(&String, &String)>) -> Option<Reason> {
    let (a, b) = values?;
    Some(Reason {
        ground,
        agrees: false,
        bits: (1.0 - same).log2(),
        values: Some((a.clone(), b.clone())),
        holders: None,
    })
}
