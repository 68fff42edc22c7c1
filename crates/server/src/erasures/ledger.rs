//! What was asked to be erased, how far that is, and by what the erased are known again.
//!
//! The file holds no identifier: only hashes under a salt of its own, by which what a restored
//! backup brings back is erased again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use throughline_model::{ActorId, Identifier, Timestamp, keeping::Keeping, limits, naming::Naming};
use throughline_store::state::{StateError, WorkspaceState, is_gone};
use utoipa::ToSchema;

use super::{
    erased::{Erased, hash},
    sweep::{self, Sweep},
};
use crate::outgoing::sign::hex;

const NAME: &str = "erasures.json";
/// The second form has what is refused after an erasure, and sweeps; one of the first is read as well.
const VERSION: u32 = 2;

/// One person that was asked to be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub id: u32,
    pub requested: Timestamp,
    /// E-mail of the member who asked.
    pub by: String,
    pub state: ErasureState,
    pub finished: Option<Timestamp>,
    /// Why it does not go on, until it does.
    pub waits_for: Option<String>,
    /// Any actor of the person, by which the others are found.
    pub profile: u32,
    /// How many identifiers the person had when it was asked.
    #[serde(default)]
    pub identifiers: usize,
    /// Records of the raw log below this position are erased; none while that is not decided.
    pub upto: Option<u64>,
    /// The person's actors: numbers that stand for nobody afterwards.
    pub actors: BTreeSet<u32>,
    /// How many actors there were, so that all others keep their numbers.
    pub actors_count: u64,
    /// Of the person's identifiers.
    pub hashes: BTreeSet<String>,
    /// When shared devices were the person's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<GoneTurn>,
    pub found: Found,
    /// What still holds something of the person and has to be looked at by somebody.
    pub left: Vec<Left>,
    /// Whether events of the person that come later are refused.
    #[serde(default)]
    pub refuses_later: bool,
    /// That they are taken in again.
    #[serde(default)]
    pub lifted: Option<Lifted>,
}

/// That events of somebody who was erased are taken in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifted {
    pub at: Timestamp,
    /// E-mail of the member who decided.
    pub by: String,
    pub why: String,
    /// Records of the raw log from this position on are taken in; none until it is carried out.
    pub from: Option<u64>,
}

/// A time in which a device that several people share was the person's. The device stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneTurn {
    pub device: String,
    /// Milliseconds since 1970: a time may begin before all others and never end.
    pub from_ms: i64,
    /// The first moment that is not within.
    pub until_ms: i64,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    Waiting,
    /// The raw log and the files of imports are overwritten.
    Blanking,
    /// Tables and parts are made again.
    Rebuilding,
    Done,
}

/// What was found of a person and is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// Requests and decisions in the raw log.
    pub records: u64,
    pub events: u64,
    /// Events that were held back.
    pub quarantined: u64,
    /// Decisions of members about the person's identifiers.
    pub decisions: u64,
    /// Rows of imported files.
    pub rows: u64,
    /// Imported files that were written anew.
    pub files: u64,
    pub identifiers: u64,
    pub traits: u64,
    /// Lines of the link log.
    pub links: u64,
    /// Parts of the event store that were there, and were all made again.
    pub parts: u64,
    /// Field notes of research about the person.
    #[serde(default)]
    pub notes: u64,
    /// Quotes of these, and quotes of the person in other field notes.
    #[serde(default)]
    pub quotes: u64,
}

impl Found {
    /// Forgets what the log and files held, as it is there again and will be found once more.
    pub fn begin_again(&mut self) {
        *self = Self {
            identifiers: self.identifiers,
            traits: self.traits,
            links: self.links,
            parts: self.parts,
            ..Self::default()
        };
    }
}

/// Something that is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Left {
    /// An imported file with rows that could not be taken out of it. They count no more.
    File { name: String, rows: u64 },
    /// Traces and objects of an imported file that may name the person, and that events of others belong to.
    Shared { name: String, count: u64 },
    /// Something that a member wrote names the person.
    Document {
        document: String,
        id: String,
        title: String,
    },
    /// A record of the audit log names the person; its chain of hashes does not let it be changed.
    Audit { position: i64 },
    /// A packed request with events of others, in which the person's could not be blanked.
    Record { position: u64 },
}

/// The file of one workspace, for one who changes it at a time.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    content: Content,
    /// Set when the workspace is removed: another one of its name may have a file there then.
    is_over: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Content {
    version: u32,
    salt: String,
    erasures: Vec<Erasure>,
    /// The oldest first.
    #[serde(default)]
    sweeps: Vec<Sweep>,
}

/// Why the file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("could not read or write {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} is damaged; put the newest copy of it back", path.display())]
    Damaged {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{} has form {found}, and this program knows form {VERSION}", path.display())]
    Newer { path: PathBuf, found: u32 },
    #[error(
        "{} people wait to be erased already; ask again when some are",
        limits::ERASURES_WAITING_MAX
    )]
    Full,
    #[error(
        "with those of this person, later events of more than {} identifiers would be refused; lift what is no longer needed, or erase without refusing what comes later",
        limits::REFUSED_IDENTIFIERS_MAX
    )]
    RefusedFull,
    #[error("this workspace has no erasure of this number")]
    Unknown,
    #[error("the erasure is not done yet")]
    Open,
    #[error("after this erasure nothing is refused")]
    NotRefusing,
    #[error("the workspace was removed")]
    Over,
}

impl Ledger {
    /// Reads the file in the folder of a workspace; none is written before somebody is erased.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        let path = dir.join(NAME);
        let failed = |source| LedgerError::File {
            path: path.clone(),
            source,
        };
        let mut content: Content = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Content {
                version: VERSION,
                salt: hex(&rand::random::<[u8; 16]>()),
                erasures: Vec::new(),
                sweeps: Vec::new(),
            },
            read => serde_json::from_slice(&read.map_err(failed)?).map_err(|source| {
                let path = path.clone();
                LedgerError::Damaged { path, source }
            })?,
        };
        let found = content.version;
        if found > VERSION {
            return Err(LedgerError::Newer { path, found });
        }
        content.version = VERSION;
        let is_over = false;
        Ok(Self {
            path,
            kept: Mutex::new(Kept { content, is_over }),
        })
    }

    /// Puts a copy into another folder, for what is made there.
    pub fn copy_to(&self, dir: &Path) -> Result<(), LedgerError> {
        write(&dir.join(NAME), &self.kept().content)
    }

    /// Looks at everything that was asked, the oldest first.
    pub fn read<T>(&self, look: impl FnOnce(&[Erasure]) -> T) -> T {
        look(&self.kept().content.erasures)
    }

    /// What is not done, the oldest first.
    pub fn open_ones(&self) -> Vec<Erasure> {
        self.read(|all| all.iter().filter(|it| it.is_open()).cloned().collect())
    }

    /// Takes a request in for somebody with so many identifiers; it is durable on `Ok`. One that waits for the same
    /// profile is given back.
    pub fn request(
        &self,
        profile: u32,
        identifiers: usize,
        refuses_later: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<Erasure, LedgerError> {
        self.change(|content| {
            let erasures = &mut content.erasures;
            let is_same =
                |it: &&Erasure| it.profile == profile && it.state == ErasureState::Waiting;
            if let Some(waiting) = erasures.iter().find(is_same) {
                return Ok(waiting.clone());
            }
            let open = erasures.iter().filter(|it| it.is_open()).count();
            if open >= limits::ERASURES_WAITING_MAX {
                return Err(LedgerError::Full);
            }
            let refused = erasures.iter().filter(|it| it.is_refusing());
            // Of those that wait no hash is known yet.
            let refused: usize = refused.map(|it| it.hashes.len().max(it.identifiers)).sum();
            if refuses_later && refused + identifiers > limits::REFUSED_IDENTIFIERS_MAX {
                return Err(LedgerError::RefusedFull);
            }
            let erasure = Erasure {
                id: erasures.last().map_or(1, |it| it.id + 1),
                requested: now,
                by: by.to_owned(),
                state: ErasureState::Waiting,
                finished: None,
                waits_for: None,
                profile,
                identifiers,
                upto: None,
                actors: BTreeSet::new(),
                actors_count: 0,
                hashes: BTreeSet::new(),
                turns: Vec::new(),
                found: Found::default(),
                left: Vec::new(),
                refuses_later,
                lifted: None,
            };
            erasures.push(erasure.clone());
            Ok(erasure)
        })
    }

    /// Asks that later events of somebody who was erased are taken in again; it is carried out soon.
    pub fn lift(&self, id: u32, lifted: Lifted) -> Result<Erasure, LedgerError> {
        self.change(|content| {
            let erasure = content.erasures.iter_mut().find(|it| it.id == id);
            let erasure = erasure.ok_or(LedgerError::Unknown)?;
            if !erasure.is_refusing() {
                return Err(LedgerError::NotRefusing);
            }
            if erasure.is_open() {
                return Err(LedgerError::Open);
            }
            erasure.lifted = Some(lifted);
            Ok(erasure.clone())
        })
    }

    /// Carries out what was asked to be lifted: records from a position on are taken in.
    pub fn carry_out_lifts(&self, from: u64) -> Result<(), LedgerError> {
        self.change(|content| {
            let lifted = (content.erasures.iter_mut()).filter_map(|it| it.lifted.as_mut());
            for lifted in lifted.filter(|it| it.from.is_none()) {
                lifted.from = Some(from);
            }
            Ok(())
        })
    }

    /// Whether something was asked to be lifted and is not yet.
    pub fn has_lifts(&self) -> bool {
        let is_asked = |it: &Erasure| it.lifted.as_ref().is_some_and(|it| it.from.is_none());
        self.read(|all| all.iter().any(is_asked))
    }

    /// Puts what is known of an erasure now in the place of what was known; durable on `Ok`.
    pub fn put(&self, erasure: &Erasure) -> Result<(), LedgerError> {
        self.change(|content| {
            let known = (content.erasures.iter_mut()).find(|it| it.id == erasure.id);
            if let Some(known) = known {
                known.clone_from(erasure);
            }
            Ok(())
        })
    }

    /// Looks at every sweep that is remembered, the oldest first.
    pub fn sweeps<T>(&self, look: impl FnOnce(&[Sweep]) -> T) -> T {
        look(&self.kept().content.sweeps)
    }

    /// The sweep that is not done.
    pub fn open_sweep(&self) -> Option<Sweep> {
        self.sweeps(|all| all.iter().find(|it| it.is_open()).cloned())
    }

    /// Asks for a sweep by the limits of now; durable on `Ok`. One that is not done is given back.
    pub fn request_sweep(
        &self,
        keeping: &Keeping,
        naming: &Naming,
        by: Option<String>,
        now: Timestamp,
    ) -> Result<Sweep, LedgerError> {
        self.change(|content| {
            let sweeps = &mut content.sweeps;
            if let Some(open) = sweeps.iter().find(|it| it.is_open()) {
                return Ok(open.clone());
            }
            let id = sweeps.last().map_or(1, |it| it.id + 1);
            let sweep = Sweep::of(id, now, by, keeping.cuts(naming, now));
            sweeps.push(sweep.clone());
            sweep::forget_old(sweeps);
            Ok(sweep)
        })
    }

    /// Puts what is known of a sweep now in the place of what was known; durable on `Ok`.
    pub fn put_sweep(&self, sweep: &Sweep) -> Result<(), LedgerError> {
        self.change(|content| {
            let known = content.sweeps.iter_mut().find(|it| it.id == sweep.id);
            if let Some(known) = known {
                known.clone_from(sweep);
            }
            Ok(())
        })
    }

    /// Cuts what is erased to where the log ends: of a restored backup, what comes from now on is
    /// new.
    pub fn cut(&self, end: u64) -> Result<(), LedgerError> {
        let positions = |content: &mut Content| -> Vec<u64> {
            let erasures = content.erasures.iter_mut().flat_map(|it| {
                let lifted_from = it.lifted.as_mut().and_then(|it| it.from.as_mut());
                [it.upto.as_mut(), lifted_from]
            });
            let sweeps = content.sweeps.iter_mut().map(|it| it.upto.as_mut());
            let beyond = (erasures.chain(sweeps).flatten()).filter(|position| **position > end);
            beyond
                .map(|position| std::mem::replace(position, end))
                .collect()
        };
        if positions(&mut self.kept().content.clone()).is_empty() {
            return Ok(());
        }
        self.change(|content| {
            positions(content);
            Ok(())
        })
    }

    /// Takes no changes any more, as the workspace is removed.
    pub fn end(&self) {
        self.kept().is_over = true;
    }

    /// Whether the workspace was removed.
    pub fn is_over(&self) -> bool {
        self.kept().is_over
    }

    /// Changes the file; as it was on `Err`.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Content) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut kept = self.kept();
        if kept.is_over {
            return Err(LedgerError::Over);
        }
        let mut next = kept.content.clone();
        let done = change(&mut next)?;
        write(&self.path, &next)?;
        kept.content = next;
        Ok(done)
    }

    /// What an identifier is known by.
    pub fn hash(&self, identifier: &Identifier) -> String {
        hash(self.kept().content.salt.as_bytes(), identifier)
    }

    /// Who is erased, for those who apply the log.
    pub fn erased(&self) -> Erased {
        let content = &self.kept().content;
        Erased::of(content.salt.as_bytes(), &content.erasures, &content.sweeps)
    }

    /// How many actors keep their numbers; none where nobody was erased, and nothing swept.
    pub fn actors_count(&self) -> Option<u64> {
        let content = &self.kept().content;
        let erasures = content.erasures.iter().map(|it| (it.upto, it.actors_count));
        let sweeps = content.sweeps.iter().map(|it| (it.upto, it.actors_count));
        let begun = erasures.chain(sweeps).filter(|(upto, _)| upto.is_some());
        begun.map(|(_, count)| count).max()
    }

    /// Actors that stand for nobody. In a backup that is older than an erasure, its numbers may be
    /// those of others by now, so the identifiers decide.
    pub fn gone(&self, state: &WorkspaceState) -> Result<BTreeSet<ActorId>, StateError> {
        let numbers = |all: &[Erasure]| all.iter().flat_map(Erasure::gone).collect();
        let numbers: BTreeSet<ActorId> = self.read(numbers);
        let erased = self.erased();
        let known = state.identifiers(&numbers.into_iter().collect::<Vec<_>>())?;
        let is_theirs = |it: &Identifier| is_gone(&it.value) || erased.knows(it);
        let gone = known.into_iter().filter(|(_, it)| is_theirs(it));
        let mut gone: BTreeSet<ActorId> = gone.map(|(actor, _)| actor).collect();
        // Whom a sweep takes along is known by numbers, and afterwards by what stands in their place.
        let swept = self.open_sweep().map(|it| it.gone).unwrap_or_default();
        let before = state.gone_actors()?;
        gone.extend(swept.iter().chain(before.iter()).map(ActorId));
        Ok(gone)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GoneTurn {
    /// Whether a moment lies within.
    pub fn holds(&self, time: Timestamp) -> bool {
        (self.from_ms..self.until_ms).contains(&time.0)
    }
}

impl Erasure {
    /// Whether it is not done.
    pub fn is_open(&self) -> bool {
        self.state != ErasureState::Done
    }

    /// Whether events of the person are refused now.
    pub fn is_refusing(&self) -> bool {
        self.refuses_later && self.lifted.is_none()
    }

    /// Forgets what could not be changed, as it is about to be found again.
    pub fn look_again(&mut self) {
        for left in &self.left {
            if let Left::File { rows, .. } = left {
                self.found.rows = self.found.rows.saturating_sub(*rows);
            }
        }
        (self.left).retain(|it| !matches!(it, Left::File { .. } | Left::Record { .. }));
    }

    /// Adds what is left of a file. What it shares is found only once, as its rows are gone then.
    pub fn leave(&mut self, left: Option<Left>) {
        if let Some(left) = left.filter(|it| !self.left.contains(it)) {
            self.left.push(left);
        }
    }

    /// The person's actors.
    pub fn gone(&self) -> BTreeSet<ActorId> {
        self.actors.iter().map(|it| ActorId(*it)).collect()
    }
}

/// Writes the file beside, and renames it, so that it is whole or as it was.
fn write(path: &Path, content: &Content) -> Result<(), LedgerError> {
    let beside = path.with_extension("json.new");
    let json = serde_json::to_vec_pretty(content).expect("the ledger has text keys");
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(&json)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        match path.parent() {
            Some(dir) => File::open(dir)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(|source| LedgerError::File {
        path: path.to_owned(),
        source,
    })
}

impl Left {
    /// What sort of thing it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Shared { .. } => "shared",
            Self::Document { .. } => "document",
            Self::Audit { .. } => "audit",
            Self::Record { .. } => "record",
        }
    }
}

/// How many of each sort there are.
pub fn kinds(left: &[Left]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for it in left {
        *counts.entry(it.kind()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_identifiers_of_those_who_wait_count_before_their_hashes_are_known() {
        const MOST: usize = limits::REFUSED_IDENTIFIERS_MAX;
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let ask = |profile, identifiers, refuses_later| {
            ledger.request(profile, identifiers, refuses_later, "owner", Timestamp(0))
        };
        let is_full = |asked| matches!(asked, Err(LedgerError::RefusedFull));
        assert!(is_full(ask(1, MOST + 1, true)));
        let first = ask(1, MOST - 1, true).unwrap();
        assert!(is_full(ask(2, 2, true)));
        ask(2, 2, false).unwrap();
        ask(3, 1, true).unwrap();
        assert!(is_full(ask(4, 1, true)));
        // One who is asked for again is one.
        assert_eq!(ask(1, MOST - 1, true).unwrap(), first);
    }

    #[test]
    fn what_an_older_erasure_has_left_is_read() {
        let left = r#"{"kind":"file","name":"a.parquet","rows":2}"#;
        let (name, rows) = ("a.parquet".to_owned(), 2);
        assert_eq!(
            serde_json::from_str::<Left>(left).unwrap(),
            Left::File { name, rows }
        );
    }
}
