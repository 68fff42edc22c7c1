//! What is held of the people who have an e-mail: the values that rules name, and when each changed last.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use throughline_ingest::dialect::hook::Maker;
use throughline_insight::{Cancel, View, map_metrics::map_stages};
use throughline_model::{
    ActorId, IdentifierKind, Map, ProfileId, SourceId, Timestamp,
    consent::ConsentState,
    crm::{CrmRule, CrmSettings, CrmValue, Ours},
    limits,
};
use throughline_store::state::{
    DocumentKind, LoggedMove, StateError, TraitRow, WorkspaceState, is_gone,
};

use super::{CrmError, CrmLeftOut, CrmUnusable, digest, form, hubspot::Property};
use crate::{
    app::App,
    hooks::Hook,
    workspace::{Context, WorkspaceRuntime},
};

/// Everybody who may be written.
#[derive(Debug, Default)]
pub struct Held {
    pub people: Vec<Person>,
    /// Who may not be.
    pub withheld: u64,
    /// Who is left out, as there are too many.
    pub beyond: u64,
    pub left_out: BTreeSet<CrmLeftOut>,
}

/// Somebody with an e-mail.
#[derive(Debug)]
pub struct Person {
    pub profile: ProfileId,
    /// The one that was seen last comes first.
    pub emails: Vec<String>,
    pub values: BTreeMap<String, Ours>,
    /// Properties that our value does not fit.
    pub unfit: BTreeSet<String>,
    /// Stands for all of it, with the rules.
    pub digest: String,
}

impl Person {
    /// Whether there is anything to ask the CRM for.
    pub fn has_something(&self) -> bool {
        !self.values.is_empty() || !self.unfit.is_empty()
    }
}

/// Comings and goings of one profile that are looked through for the last of each segment.
const MOVES_MAX: usize = 200;
/// People whose values are read together.
const CHUNK: usize = 2_000;

/// Sources by which the CRM itself tells.
pub fn sources_of_crm(app: &App, runtime: &WorkspaceRuntime) -> BTreeSet<SourceId> {
    let directory = app.instance().read();
    let hooks = directory.hooks_of(runtime.id()).filter_map(Hook::read);
    let theirs = hooks.filter(|it| it.settings.maker == Maker::Hubspot);
    theirs.map(|it| it.id).collect()
}

/// Reads what is held. Blocks.
pub fn held(
    runtime: &WorkspaceRuntime,
    settings: &CrmSettings,
    properties: &BTreeMap<String, Property>,
    theirs: &BTreeSet<SourceId>,
    now: Timestamp,
) -> Result<Held, CrmError> {
    let context = runtime.context(now);
    let state = runtime.state();
    let mut held = Held::default();
    let maps = maps(state, &settings.rules, &mut held.left_out)?;
    let segments = context.segments.clone();
    for rule in &settings.rules {
        if let CrmValue::Segment(id) = &rule.what
            && !segments.contains_key(id)
        {
            held.left_out.insert(left_out(rule, CrmUnusable::Gone));
        }
    }
    let gone: BTreeSet<&str> = held
        .left_out
        .iter()
        .map(|it| it.property.as_str())
        .collect();
    let rules: Vec<(&CrmRule, &Property)> = (settings.rules.iter())
        .filter(|it| !gone.contains(it.property.as_str()))
        .filter_map(|it| Some((it, properties.get(&it.property)?)))
        .collect();
    let reader = Reader {
        runtime,
        context: &context,
        settings,
        rules,
        maps,
        theirs,
        print: print_of(settings),
    };
    let mut known = emails(runtime, &context)?;
    held.beyond = known.len().saturating_sub(limits::CRM_PEOPLE_MAX) as u64;
    while known.len() > limits::CRM_PEOPLE_MAX {
        known.pop_last();
    }
    let about_to_go = about_to_go(runtime, &context);
    let known: Vec<(ProfileId, Vec<String>)> = known.into_iter().collect();
    let mut people = Vec::with_capacity(known.len());
    for chunk in known.chunks(CHUNK) {
        reader.read(chunk, &about_to_go, &mut people, &mut held.withheld)?;
    }
    held.people = people;
    Ok(held)
}

/// Stands for what is asked; another asks for everybody.
fn print_of(settings: &CrmSettings) -> String {
    let asked = (&settings.rules, settings.creates, &settings.purpose);
    digest(&serde_json::to_string(&asked).expect("rules have text keys"))
}

/// E-mails by profile, those that were seen last first.
fn emails(
    runtime: &WorkspaceRuntime,
    context: &Context,
) -> Result<BTreeMap<ProfileId, Vec<String>>, StateError> {
    let mut found: BTreeMap<ProfileId, Vec<(ActorId, String)>> = BTreeMap::new();
    let see = |actor: ActorId, identifier: throughline_model::Identifier| {
        let value = identifier.value.to_string();
        if value.contains('@') && !is_gone(&value) {
            let profile = ProfileId(context.snapshot.root(actor.0));
            found.entry(profile).or_default().push((actor, value));
        }
    };
    runtime
        .state()
        .each_identifier(IdentifierKind::Email, see)?;
    let resolver = runtime.pipeline().resolver();
    let sorted = found.into_iter().map(|(profile, mut all)| {
        all.sort_by_key(|(actor, _)| {
            let last = resolver.seen(*actor).map(|it| it.1);
            std::cmp::Reverse((last, *actor))
        });
        all.truncate(limits::CRM_EMAILS_OF_PERSON_MAX);
        (profile, all.into_iter().map(|it| it.1).collect())
    });
    Ok(sorted.collect())
}

/// Profiles that were asked to be erased and are not yet.
fn about_to_go(runtime: &WorkspaceRuntime, context: &Context) -> BTreeSet<ProfileId> {
    let open = runtime.ledger().open_ones();
    let actors = open.iter().flat_map(|it| {
        let all = it.actors.iter().copied();
        all.chain([it.profile])
    });
    actors
        .map(|it| ProfileId(context.snapshot.root(it)))
        .collect()
}

type Maps = BTreeMap<String, Map>;

fn maps(
    state: &WorkspaceState,
    rules: &[CrmRule],
    missing: &mut BTreeSet<CrmLeftOut>,
) -> Result<Maps, StateError> {
    let mut maps = Maps::new();
    for rule in rules {
        let (CrmValue::Stage(id) | CrmValue::StageSince(id)) = &rule.what else {
            continue;
        };
        let document = state.document(DocumentKind::Map, id)?;
        match document.and_then(|it| serde_json::from_str(&it.json).ok()) {
            Some(map) => {
                maps.insert(id.clone(), map);
            }
            None => {
                missing.insert(left_out(rule, CrmUnusable::Gone));
            }
        }
    }
    Ok(maps)
}

fn left_out(rule: &CrmRule, why: CrmUnusable) -> CrmLeftOut {
    CrmLeftOut {
        property: rule.property.clone(),
        why,
    }
}

/// What values of people are read with.
struct Reader<'a> {
    runtime: &'a WorkspaceRuntime,
    context: &'a Context,
    settings: &'a CrmSettings,
    rules: Vec<(&'a CrmRule, &'a Property)>,
    maps: Maps,
    theirs: &'a BTreeSet<SourceId>,
    print: String,
}

type Stages = BTreeMap<ProfileId, (usize, Timestamp)>;

impl Reader<'_> {
    fn read(
        &self,
        chunk: &[(ProfileId, Vec<String>)],
        about_to_go: &BTreeSet<ProfileId>,
        people: &mut Vec<Person>,
        withheld: &mut u64,
    ) -> Result<(), CrmError> {
        let profiles: Vec<ProfileId> = chunk.iter().map(|it| it.0).collect();
        let actors = self.context.actors_of(&profiles);
        let stages = self.stages(&profiles)?;
        for (profile, emails) in chunk {
            let actors = actors.get(profile).map_or(&[][..], Vec::as_slice);
            if about_to_go.contains(profile) || !self.may_write(actors)? {
                *withheld += 1;
                continue;
            }
            people.push(self.person(*profile, emails, actors, &stages)?);
        }
        Ok(())
    }

    /// Whether the person has granted the purpose that is asked for.
    fn may_write(&self, actors: &[ActorId]) -> Result<bool, StateError> {
        let Some(id) = &self.settings.purpose else {
            return Ok(true);
        };
        let state = self.runtime.state();
        let policy = state.consent_policy();
        let Some(purpose) = policy.purpose(id) else {
            return Ok(false);
        };
        let rows = state.consents(actors)?;
        // On all channels that it is asked for: the CRM may use any of them.
        Ok(purpose.asked().into_iter().all(|channel| {
            let mut said = rows
                .iter()
                .filter(|it| purpose.hears(&it.key, it.channel, channel));
            let state = said.next().map(|it| ConsentState::of(it.is_granted));
            state.unwrap_or(purpose.untold) == ConsentState::Granted
        }))
    }

    fn stages(&self, profiles: &[ProfileId]) -> Result<BTreeMap<&str, Stages>, CrmError> {
        let cancel = Cancel::default();
        let snapshot = &self.context.snapshot;
        let view = View::new(snapshot, &self.context.meaning.vocabulary, &cancel);
        let mut found = BTreeMap::new();
        for (id, map) in &self.maps {
            let stages = map_stages(&view, map, profiles, self.context.now)?;
            found.insert(id.as_str(), stages);
        }
        Ok(found)
    }

    fn person(
        &self,
        profile: ProfileId,
        emails: &[String],
        actors: &[ActorId],
        stages: &BTreeMap<&str, Stages>,
    ) -> Result<Person, StateError> {
        let state = self.runtime.state();
        let asks = |is: fn(&CrmValue) -> bool| self.rules.iter().any(|it| is(&it.0.what));
        let traits: Vec<TraitRow> = match asks(|it| matches!(it, CrmValue::Trait(_))) {
            true => state.traits(actors)?,
            false => Vec::new(),
        };
        let moves = match asks(|it| matches!(it, CrmValue::Segment(_))) {
            true => state.moves_of_profile(profile, MOVES_MAX)?,
            false => Vec::new(),
        };
        let mut person = Person {
            profile,
            emails: emails.to_vec(),
            values: BTreeMap::new(),
            unfit: BTreeSet::new(),
            digest: String::new(),
        };
        for (rule, property) in &self.rules {
            let kind = property.kind;
            let stage = |id: &str| stages.get(id)?.get(&profile).copied();
            let value = match &rule.what {
                CrmValue::Trait(name) => self.trait_of(name, &traits).map(|(value, changed)| {
                    let text = form::ours(kind, &value);
                    (text, changed)
                }),
                CrmValue::Stage(id) => stage(id).map(|(index, since)| {
                    let stage = &self.maps[id].stages[index];
                    (form::ours(kind, &Value::from(stage.id.as_str())), since)
                }),
                CrmValue::StageSince(id) => {
                    stage(id).map(|(_, since)| (form::moment(kind, since), since))
                }
                CrmValue::Segment(id) => self.segment_of(id, profile, &moves).map(|(is, at)| {
                    let text = form::ours(kind, &Value::Bool(is));
                    (text, at)
                }),
            };
            match value {
                Some((Ok(text), changed)) if !text.is_empty() => {
                    let ours = Ours { text, changed };
                    person.values.insert(rule.property.clone(), ours);
                }
                Some((Err(form::Unfit), _)) => {
                    person.unfit.insert(rule.property.clone());
                }
                _ => {}
            }
        }
        person.digest = self.digest_of(&person);
        Ok(person)
    }

    /// A trait that we hold. What the CRM has told itself is not ours to write back.
    fn trait_of(&self, name: &str, traits: &[TraitRow]) -> Option<(Value, Timestamp)> {
        let row = traits.iter().find(|it| &*it.name == name)?;
        if self.theirs.contains(&row.source) {
            return None;
        }
        let value = serde_json::from_str(row.value.as_deref()?).ok()?;
        // A time below zero marks a value that was set once, at that time all the same.
        Some((value, Timestamp(row.time.0.abs())))
    }

    /// Whether somebody is in a segment, and since when; none before it was looked at first.
    fn segment_of(
        &self,
        id: &str,
        profile: ProfileId,
        moves: &[LoggedMove],
    ) -> Option<(bool, Timestamp)> {
        let is_in = self.runtime.memberships().of(id)?.contains(profile.0);
        let last = moves.iter().find(|it| it.segment == id);
        let last = last.filter(|it| it.step.has_entered == is_in);
        // Of who never came and never went nobody knows since when; what the CRM says is newer then.
        Some((is_in, last.map_or(Timestamp(0), |it| it.step.at)))
    }

    fn digest_of(&self, person: &Person) -> String {
        let mut text = self.print.clone();
        for (name, ours) in &person.values {
            text.push_str(&format!(
                "\n{name}\u{0}{}\u{0}{}",
                ours.text, ours.changed.0
            ));
        }
        for email in &person.emails {
            text.push_str(&format!("\n@{email}"));
        }
        digest(&text)
    }
}

/// The rules whose properties can be written.
pub fn usable(
    rules: &[CrmRule],
    properties: &BTreeMap<String, Property>,
    left_out: &mut BTreeSet<CrmLeftOut>,
) -> Vec<CrmRule> {
    let mut usable = Vec::new();
    for rule in rules {
        match properties.get(&rule.property) {
            None => left_out.insert(self::left_out(rule, CrmUnusable::Unknown)),
            Some(it) if it.is_read_only => {
                left_out.insert(self::left_out(rule, CrmUnusable::ReadOnly))
            }
            Some(_) => {
                usable.push(rule.clone());
                true
            }
        };
    }
    usable
}
