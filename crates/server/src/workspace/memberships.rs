//! Who is in each saved segment, kept up to date by a thread of the workspace.
//!
//! Several times a second it looks at the profiles to which something has happened, and at those
//! whose time has come, and logs who came and who went. What it keeps in memory follows from the
//! tables and the log, so a start looks at everybody once and goes on.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock},
    thread::{self, JoinHandle},
    time::Duration,
};

use sha2::Digest as _;
use throughline_insight::{
    AccountTraits, AskError, Cancel, Gather, Membership, Move, RowRule, TraitValues, View,
    account_traits, touched_by_accounts,
};
use throughline_model::{
    ProfileId, Seq, Timestamp, Vocabulary,
    account::AccountTypes,
    consent::{ConsentIs, ConsentPolicy},
    people::{AccountTraitIs, InSegment, PeopleRule},
    segment::{Definitions, SegmentDefinition},
};
use throughline_store::{
    Known, ProfileSet, Snapshot,
    state::{KeptProfiles, MoveCause, SegmentMove, StateError},
};

use super::{Meaning, WorkspaceRuntime, described};
use crate::{clock::Clock, pipeline::touched::Whom};

/// How often the thread looks.
const EVERY: Duration = Duration::from_millis(250);
/// After so long a snapshot has all that was applied before.
const SHOWN_AFTER: Duration = Duration::from_millis(210);
/// How long to wait before a look that failed is done again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Moves of one commit; between two the log goes on being applied.
const MOVES_OF_COMMIT: usize = 10_000;

/// The profiles of every segment.
#[derive(Default)]
pub struct Memberships {
    shown: RwLock<BTreeMap<String, Arc<ProfileSet>>>,
    ending: Mutex<bool>,
    wake: Condvar,
    cancel: Cancel,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread knows of one segment.
struct Watched {
    /// What the segment says, with the segments that it names.
    definition: String,
    membership: Membership,
    /// What it asks of accounts.
    accounts: AccountTraits,
    /// What its stages, channels and touchpoints are by.
    vocabulary: Arc<Vocabulary>,
    reading: (u64, u64),
}

/// One look.
struct Look<'a> {
    runtime: &'a WorkspaceRuntime,
    snapshot: Snapshot,
    meaning: Meaning,
    /// The versions of the rules on names and on money.
    reading: (u64, u64),
    definitions: Arc<Definitions>,
    now: Timestamp,
    whom: Whom,
}

/// Why a look failed. What was known is read again then.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error("could not ask the log")]
    Ask(#[from] AskError),
    #[error("could not keep the profiles of a segment")]
    State(#[from] StateError),
}

impl Memberships {
    /// The profiles of a segment; none before they were looked at first.
    pub fn of(&self, segment: &str) -> Option<Arc<ProfileSet>> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.get(segment).map(Arc::clone)
    }

    /// The profiles of every segment that was looked at, by its id.
    pub fn all(&self) -> BTreeMap<String, Arc<ProfileSet>> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }

    /// Ids of the segments that a profile is in.
    pub fn of_profile(&self, profile: ProfileId) -> Vec<String> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        let within = shown.iter().filter(|(_, it)| it.contains(profile.0));
        within.map(|(id, _)| id.clone()).collect()
    }

    /// Begins to look.
    pub fn start(&self, runtime: WorkspaceRuntime, clock: Clock) -> std::io::Result<()> {
        let thread = thread::Builder::new()
            .name("segments".to_owned())
            .spawn(move || runtime.memberships().run(&runtime, &clock))?;
        *self.thread() = Some(thread);
        Ok(())
    }

    /// Ends, and waits until it has.
    pub fn close(&self) {
        *self.ending() = true;
        self.cancel.cancel();
        self.wake.notify_all();
        let thread = self.thread().take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    fn run(&self, runtime: &WorkspaceRuntime, clock: &Clock) {
        let mut watched: BTreeMap<String, Watched> = BTreeMap::new();
        let mut version = None;
        while !self.is_over_after(EVERY) {
            let seen = runtime.segments().definitions();
            let mut whom = runtime.pipeline().touched().take();
            if seen.1.is_empty() && watched.is_empty() && version.is_some() {
                continue;
            }
            let is_due = watched.values().any(|it| it.membership.is_due(clock.now()));
            let now = (seen.0, runtime.naming().version, runtime.money().version);
            let is_changed = version != Some(now);
            if version.is_none() {
                // Before the log is applied up to its end, everybody would seem to leave.
                if !runtime.pipeline().settle() {
                    return;
                }
                whom = runtime.pipeline().touched().take();
            }
            if whom.is_nobody() && !is_due && !is_changed {
                continue;
            }
            if self.is_over_after(SHOWN_AFTER) {
                return;
            }
            let context = runtime.context(clock.now());
            let look = Look {
                runtime,
                snapshot: Snapshot {
                    known: Arc::new(Known {
                        segments: Arc::clone(&seen.1),
                        consent: runtime.state().consent_policy(),
                        account_types: account_types(runtime, &seen.1),
                        ..Known::default()
                    }),
                    ..Snapshot::clone(&context.snapshot)
                },
                reading: context.reading(),
                meaning: context.meaning,
                definitions: seen.1,
                now: context.now,
                whom,
            };
            version = Some(now);
            if !self.look(&look, &mut watched, is_changed) {
                // What was forgotten is read from the tables at the next look.
                version = None;
                if self.is_over_after(RETRY_AFTER) {
                    return;
                }
            }
        }
    }

    /// False when it has to be done again.
    fn look(
        &self,
        look: &Look<'_>,
        watched: &mut BTreeMap<String, Watched>,
        is_changed: bool,
    ) -> bool {
        let mut is_whole = true;
        if is_changed {
            self.forget(look, watched);
        }
        for (id, definition) in look.definitions.iter() {
            let chain = match (is_changed, watched.get(id)) {
                (false, Some(watched)) => watched.definition.clone(),
                _ => chain(id, &look.definitions, &look.snapshot.known.consent),
            };
            let before = watched.remove(id);
            match self.look_at(look, id, definition, chain, before) {
                Ok(known) => {
                    watched.insert(id.clone(), known);
                }
                Err(LookError::Ask(AskError::Cancelled(_))) => return false,
                Err(error) => {
                    is_whole = false;
                    tracing::error!(
                        segment = id,
                        error = &error as &dyn std::error::Error,
                        "the profiles of a segment are not up to date"
                    );
                }
            }
        }
        if is_whole && let Err(error) = shorten(look, watched) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the log of segments could not be shortened"
            );
        }
        is_whole
    }

    /// Drops what is kept of segments that are gone.
    fn forget(&self, look: &Look<'_>, watched: &mut BTreeMap<String, Watched>) {
        watched.retain(|id, _| look.definitions.contains_key(id));
        self.shown_mut()
            .retain(|id, _| look.definitions.contains_key(id));
        let state = look.runtime.state();
        let forgotten = state.segments_with_profiles().and_then(|ids| {
            let gone = ids.iter().filter(|id| !look.definitions.contains_key(*id));
            gone.into_iter()
                .try_for_each(|id| state.remove_segment_profiles(id))
        });
        if let Err(error) = forgotten {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the history of a deleted segment is still there"
            );
        }
    }

    fn look_at(
        &self,
        look: &Look<'_>,
        id: &str,
        definition: &SegmentDefinition,
        chain: String,
        before: Option<Watched>,
    ) -> Result<Watched, LookError> {
        let state = look.runtime.state();
        let vocabulary = Arc::clone(&look.meaning.vocabulary);
        // The same words may be read again; only other words make anybody move.
        let is_same = |it: &Watched| {
            it.definition == chain
                && it.reading == look.reading
                && (Arc::ptr_eq(&it.vocabulary, &vocabulary) || it.vocabulary == vocabulary)
        };
        if let Some(mut known) = before
            && !look.whom.everybody
            && is_same(&known)
        {
            known.vocabulary = vocabulary;
            known.reading = look.reading;
            let moves = look.follow(id, definition, &mut known)?;
            if !moves.is_empty() {
                self.keep(look, id, &moves, &known)?;
            }
            return Ok(known);
        }
        let kept = state.segment_profiles(id)?;
        let is_kept = kept.as_ref().is_some_and(|it| it.definition == chain);
        let profiles = kept.map(|it| it.profiles).unwrap_or_default();
        let mut known = Watched {
            definition: chain,
            membership: Membership::of(profiles),
            accounts: AccountTraits::new(),
            vocabulary,
            reading: look.reading,
        };
        let moves = look.renew(id, &mut known)?;
        if is_kept {
            let renewed = |it: &Move| logged(it, MoveCause::Renewal);
            let moves: Vec<SegmentMove> = moves.iter().map(renewed).collect();
            self.keep(look, id, &moves, &known)?;
        } else {
            // What it says now was never asked before, so nobody came or went by it.
            state.put_segment_profiles(id, &known.kept(), look.now)?;
            self.show(id, &known);
        }
        Ok(known)
    }

    fn keep(
        &self,
        look: &Look<'_>,
        id: &str,
        moves: &[SegmentMove],
        known: &Watched,
    ) -> Result<(), LookError> {
        let mut size = known.membership.profiles().len();
        for step in moves.iter().rev() {
            size = match step.has_entered {
                true => size - 1,
                false => size + 1,
            };
        }
        for some in moves.chunks(MOVES_OF_COMMIT) {
            size = look.runtime.state().add_moves(id, some, size)?;
        }
        self.show(id, known);
        Ok(())
    }

    fn show(&self, id: &str, known: &Watched) {
        let profiles = Arc::new(known.membership.profiles().clone());
        self.shown_mut().insert(id.to_owned(), profiles);
    }

    fn is_over_after(&self, wait: Duration) -> bool {
        let ending = self.ending();
        let (ending, _) = self
            .wake
            .wait_timeout_while(ending, wait, |is_ending| !*is_ending)
            .unwrap_or_else(PoisonError::into_inner);
        *ending
    }

    fn shown_mut(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<String, Arc<ProfileSet>>> {
        self.shown.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn ending(&self) -> MutexGuard<'_, bool> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn thread(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn kept(&self) -> KeptProfiles {
        KeptProfiles {
            definition: self.definition.clone(),
            profiles: self.membership.profiles().clone(),
        }
    }
}

impl Look<'_> {
    fn cancel(&self) -> &Cancel {
        &self.runtime.memberships().cancel
    }

    /// Looks at everybody.
    fn renew(&self, id: &str, known: &mut Watched) -> Result<Vec<Move>, LookError> {
        let view = View::new(&self.snapshot, &self.meaning.vocabulary, self.cancel());
        let mut values = TraitValues::new();
        for name in traits(id, &self.definitions) {
            let column = self.runtime.state().trait_column(&name)?;
            let of_all = column.values(|actor| self.snapshot.root(actor));
            values.insert(name.into_owned(), of_all);
        }
        known.accounts = self.accounts(&accounts(id, &self.definitions))?;
        let rule = RowRule::new(&view, &within(id), &values, &known.accounts)?;
        Ok(known.membership.renew(&view, &rule, self.now)?)
    }

    /// Looks at those to whom something has happened, and at those whose time has come.
    fn follow(
        &self,
        id: &str,
        definition: &SegmentDefinition,
        known: &mut Watched,
    ) -> Result<Vec<SegmentMove>, LookError> {
        let mut causes: BTreeMap<u32, MoveCause> = BTreeMap::new();
        let is_list = matches!(definition, SegmentDefinition::Listed(_));
        let mut latest: BTreeMap<u32, Seq> = BTreeMap::new();
        for (actor, seq) in &self.whom.actors {
            let known = latest.entry(self.snapshot.root(actor.0)).or_insert(*seq);
            *known = (*seq).max(*known);
        }
        let by_event = latest
            .into_iter()
            .map(|(it, seq)| (it, MoveCause::Event(seq)));
        causes.extend(by_event);
        causes.extend(self.whom.joined.iter().map(|it| (it.0, MoveCause::Merge)));
        let view = View::new(&self.snapshot, &self.meaning.vocabulary, self.cancel());
        let of_accounts = accounts(id, &self.definitions);
        if self.whom.accounts && !of_accounts.is_empty() {
            let now = self.accounts(&of_accounts)?;
            for member in touched_by_accounts(&view, &known.accounts, &now)?.iter() {
                causes.entry(member).or_insert(MoveCause::Account);
            }
            known.accounts = now;
        }
        let Watched {
            membership,
            accounts,
            ..
        } = known;
        let due = membership.due(self.now);
        if causes.is_empty() && due.is_empty() {
            return Ok(Vec::new());
        }
        let asked = if is_list {
            Vec::new()
        } else {
            traits(id, &self.definitions)
        };
        let looked_at = causes.keys().copied().chain(due.iter().map(|it| it.0));
        let values = self.values(&asked, looked_at.collect())?;
        let rule = RowRule::new(&view, &within(id), &values, accounts)?;
        let mut gather = Gather::default();
        let mut moves = Vec::new();
        for due in due {
            // Whom something has happened to besides is looked at once, as of now.
            if !causes.contains_key(&due.0) {
                membership.wake(&view, &rule, due, self.now, &mut gather, &mut moves);
            }
        }
        let mut moves: Vec<SegmentMove> =
            moves.iter().map(|it| logged(it, MoveCause::Time)).collect();
        moves.sort_by_key(|it| (it.at, it.profile));
        for (profile, cause) in causes {
            let moved = membership.touch(&view, &rule, profile, self.now, &mut gather);
            moves.extend(moved.map(|it| logged(&it, cause)));
        }
        Ok(moves)
    }

    /// What is known of accounts.
    fn accounts(&self, asked: &[&AccountTraitIs]) -> Result<AccountTraits, LookError> {
        let types = asked.iter().map(|it| it.account_type.as_str());
        let known = Known {
            described: described(self.runtime.state(), types)?,
            ..Known::clone(&self.snapshot.known)
        };
        let snapshot = Snapshot {
            known: Arc::new(known),
            ..Snapshot::clone(&self.snapshot)
        };
        let view = View::new(&snapshot, &self.meaning.vocabulary, self.cancel());
        Ok(account_traits(&view, asked.iter().copied())?)
    }

    /// What is known of some profiles.
    fn values(
        &self,
        names: &[Cow<'_, str>],
        profiles: BTreeSet<u32>,
    ) -> Result<TraitValues, LookError> {
        let mut values = TraitValues::new();
        if names.is_empty() {
            return Ok(values);
        }
        // Who came after the last link is not in the table, and is nobody else.
        let alone = profiles
            .iter()
            .filter(|it| **it as usize >= self.snapshot.roots.len());
        let mut actors: BTreeMap<u32, Vec<u32>> = alone.map(|it| (*it, vec![*it])).collect();
        for (actor, root) in (0..).zip(self.snapshot.roots.iter()) {
            if profiles.contains(root) {
                actors.entry(*root).or_default().push(actor);
            }
        }
        for name in names {
            let column = self.runtime.state().trait_column(name)?;
            let told = actors.iter().filter_map(|(profile, actors)| {
                Some((*profile, column.value(actors.iter().copied())?))
            });
            let told: HashMap<u32, _> = told.collect();
            values.insert(name.to_string(), told);
        }
        Ok(values)
    }
}

/// Keeps the log of comings and goings within its limit.
fn shorten(look: &Look<'_>, watched: &BTreeMap<String, Watched>) -> Result<(), StateError> {
    let state = look.runtime.state();
    if !state.has_long_moves()? {
        return Ok(());
    }
    let profiles = watched.iter().map(|(id, it)| (id.clone(), it.kept()));
    state.shorten_moves(&profiles.collect::<Vec<_>>())
}

fn within(id: &str) -> PeopleRule {
    PeopleRule::Segment(InSegment { id: id.to_owned() })
}

fn logged(step: &Move, cause: MoveCause) -> SegmentMove {
    SegmentMove {
        profile: ProfileId(step.profile),
        has_entered: step.has_entered,
        at: step.at,
        cause,
    }
}

/// A segment with all that it names, each once.
fn named<'a>(id: &'a str, all: &'a Definitions) -> BTreeMap<&'a str, &'a SegmentDefinition> {
    let mut found = BTreeMap::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let Some(definition) = all.get(id) else {
            continue;
        };
        if found.insert(id, definition).is_none() {
            open.extend(definition.segments().into_iter().map(|it| it.1));
        }
    }
    found
}

/// Stands for what a segment says: a digest, as lists are long.
fn chain(id: &str, all: &Definitions, consent: &ConsentPolicy) -> String {
    let mut text = serde_json::to_string(&named(id, all)).expect("definitions have text keys");
    let names = traits(id, all);
    if names.iter().any(|it| ConsentIs::of_column(it).is_some()) {
        // Other purposes are another question.
        text += &serde_json::to_string(consent).expect("policies have text keys");
    }
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Traits that a segment asks for, itself or by those that it names.
fn traits<'a>(id: &'a str, all: &'a Definitions) -> Vec<Cow<'a, str>> {
    let of = |definition: &'a SegmentDefinition| match definition {
        SegmentDefinition::Rule(rule) => rule.traits(),
        SegmentDefinition::Listed(_) => Vec::new(),
    };
    let names: BTreeSet<Cow<'_, str>> = named(id, all).into_values().flat_map(of).collect();
    names.into_iter().collect()
}

/// What a segment asks of accounts, itself or by those that it names.
fn accounts<'a>(id: &'a str, all: &'a Definitions) -> Vec<&'a AccountTraitIs> {
    let mut asked = Vec::new();
    for name in named(id, all).into_keys() {
        if let Some(SegmentDefinition::Rule(rule)) = all.get(name) {
            asked.extend(rule.accounts());
        }
    }
    asked
}

/// Where events carry the ids of accounts, once a segment asks of them.
fn account_types(runtime: &WorkspaceRuntime, all: &Definitions) -> AccountTypes {
    let asks = |it: &SegmentDefinition| match it {
        SegmentDefinition::Rule(rule) => !rule.accounts().is_empty(),
        SegmentDefinition::Listed(_) => false,
    };
    if !all.values().any(asks) {
        return AccountTypes::new();
    }
    runtime.state().account_types().unwrap_or_else(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the types of accounts could not be read"
        );
        AccountTypes::new()
    })
}
