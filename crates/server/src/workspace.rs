//! What runs for each workspace, and nothing that could reach into another one.

mod context;
mod identity;
mod likeness;
mod meaning;
mod memberships;
mod money;
mod news;
mod privacy;
mod pulse;
mod segments;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use throughline_model::{
    Timestamp, Vocabulary, WorkspaceId, consent::ConsentPolicy, object_kind::ObjectKind,
    schedule::Language,
};
use throughline_store::{
    NamedRuns, Snapshot,
    state::{AccountTrait, DocumentError, DocumentKind, StateError, WorkspaceState},
};

pub use context::Context;
pub use meaning::{Meaning, OBJECTS, VOCABULARY};
pub use memberships::Memberships;
pub use money::{MONEY, MoneyInForce};
pub use news::{LiveEvent, News, Notice, Verdict};
pub use privacy::{CONSENT, KEEPING, MASKING, Privacy, Rules};
pub use pulse::{Beat, Pulse};
pub use segments::{KeptSegment, Origin, Segments};

use crate::{
    clock::Clock,
    erasures::Ledger,
    http::refusal::Refusal,
    import::{Imports, archive::Archive, chunks::Rereader},
    instance::Instance,
    pipeline::{InForce, Pipeline, runtime::PipelineError},
    work::{aside, blocking},
};
use meaning::{LANGUAGE, Meanings};
use money::Moneys;

/// Every workspace that is open.
pub struct Workspaces {
    dir: PathBuf,
    clock: Clock,
    open: Arc<Open>,
}

#[derive(Default)]
struct Open {
    all: RwLock<BTreeMap<WorkspaceId, WorkspaceRuntime>>,
    /// Held by who closes or removes a workspace, so that none is opened that was removed meanwhile.
    turn: Mutex<()>,
}

/// The running parts of one workspace. Cloning shares them.
#[derive(Clone)]
pub struct WorkspaceRuntime(Arc<Inner>);

struct Inner {
    id: WorkspaceId,
    dir: PathBuf,
    meanings: Meanings,
    moneys: Moneys,
    privacy: Privacy,
    segments: Segments,
    memberships: Memberships,
    imports: Imports,
    pipeline: Pipeline,
    named: NamedRuns,
    /// The same with what is blocked.
    whole: NamedRuns,
    past: identity::Past,
    ledger: Arc<Ledger>,
}

/// Why a workspace could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("could not make the folder {}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("workspace {id} was closed or removed")]
    Closed { id: WorkspaceId },
    #[error("could not open workspace {id}")]
    Pipeline {
        id: WorkspaceId,
        // Boxed, as it is large and rare.
        source: Box<PipelineError>,
    },
}

impl Workspaces {
    /// Opens what the installation lists.
    pub fn open(
        data_dir: &Path,
        instance: &Instance,
        clock: Clock,
    ) -> Result<Self, WorkspaceError> {
        let workspaces = Self {
            dir: data_dir.join("workspaces"),
            clock,
            open: Arc::default(),
        };
        let ids: Vec<WorkspaceId> = instance
            .read()
            .workspaces()
            .map(|it| it.id.clone())
            .collect();
        for id in ids {
            workspaces.start(id)?;
        }
        Ok(workspaces)
    }

    /// The workspace of an id, when it is open.
    pub fn get(&self, id: &WorkspaceId) -> Option<WorkspaceRuntime> {
        self.open.read().get(id).cloned()
    }

    /// Every open workspace.
    pub fn all(&self) -> Vec<WorkspaceRuntime> {
        self.open.read().values().cloned().collect()
    }

    /// Starts a workspace that the installation lists.
    pub fn start(&self, id: WorkspaceId) -> Result<WorkspaceRuntime, WorkspaceError> {
        self.open_as(id, None)
    }

    /// Closes a workspace, does something with its folder, and opens it again whatever came of that.
    ///
    /// Meanwhile it is not there, and who asks for it is told to come again. Blocks.
    pub fn reopen<E>(
        &self,
        runtime: &WorkspaceRuntime,
        between: impl FnOnce(&WorkspaceRuntime) -> Result<(), E>,
    ) -> Result<Result<(), E>, WorkspaceError> {
        let id = runtime.id().clone();
        let _turn = self.open.turn();
        let is_same = |it: WorkspaceRuntime| Arc::ptr_eq(&it.0, &runtime.0);
        if !self.get(&id).is_some_and(is_same) {
            return Err(WorkspaceError::Closed { id });
        }
        self.open.write().remove(&id);
        runtime.close();
        let done = between(runtime);
        // Who still holds the old one would write to the same ledger.
        self.open_as(id, Some(Arc::clone(&runtime.0.ledger)))?;
        Ok(done)
    }

    fn open_as(
        &self,
        id: WorkspaceId,
        ledger: Option<Arc<Ledger>>,
    ) -> Result<WorkspaceRuntime, WorkspaceError> {
        let dir = self.dir.join(id.as_str());
        let runtime = WorkspaceRuntime::open(id.clone(), dir, self.clock.clone(), ledger)?;
        self.open.write().insert(id, runtime.clone());
        Ok(runtime)
    }

    /// Starts a workspace that was just made, without what an older one of its name may have left.
    pub fn start_empty(&self, id: WorkspaceId) -> Result<WorkspaceRuntime, WorkspaceError> {
        let _turn = self.open.turn();
        let dir = self.dir.join(id.as_str());
        clear(&dir).map_err(|source| WorkspaceError::Folder { path: dir, source })?;
        self.start(id)
    }

    /// Stops a workspace that the installation no longer lists, and removes its folder.
    pub async fn remove(&self, id: &WorkspaceId) {
        let (open, removed) = (Arc::clone(&self.open), id.clone());
        let cleared = tokio::task::spawn_blocking(move || {
            let _turn = open.turn();
            let runtime = open.write().remove(&removed);
            runtime.map_or(Ok(()), |runtime| {
                runtime.ledger().end();
                runtime.close();
                clear(runtime.dir())
            })
        })
        .await;
        if let Err(error) = cleared.expect("removing files does not panic") {
            tracing::warn!(workspace = %id, %error, "files of a removed workspace are left");
        }
    }

    /// Ends what runs for each workspace.
    pub async fn close(&self) {
        let open = Arc::clone(&self.open);
        let closed = tokio::task::spawn_blocking(move || {
            let _turn = open.turn();
            let all = std::mem::take(&mut *open.write());
            for runtime in all.values() {
                runtime.close();
            }
        });
        closed.await.expect("closing does not panic");
    }
}

impl Open {
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<WorkspaceId, WorkspaceRuntime>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<WorkspaceId, WorkspaceRuntime>> {
        self.all.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WorkspaceRuntime {
    fn open(
        id: WorkspaceId,
        dir: PathBuf,
        clock: Clock,
        ledger: Option<Arc<Ledger>>,
    ) -> Result<Self, WorkspaceError> {
        fs::create_dir_all(&dir).map_err(|source| WorkspaceError::Folder {
            path: dir.clone(),
            source,
        })?;
        let failed = |source| WorkspaceError::Pipeline {
            id: id.clone(),
            source: Box::new(source),
        };
        let mut rereader = Rereader::new(Archive::of(&dir));
        let read_chunk = Box::new(move |chunk: &_| rereader.read(chunk));
        let pipeline = Pipeline::open(&dir, clock.clone(), read_chunk).map_err(failed)?;
        let ledger = match ledger {
            Some(ledger) => ledger,
            None => {
                let opened = Ledger::open(&dir).map_err(PipelineError::from);
                Arc::new(opened.map_err(failed)?)
            }
        };
        let cut = ledger.cut(pipeline.log().end().0);
        cut.map_err(|it| failed(it.into()))?;
        let state_failed = |source| failed(PipelineError::State(source));
        let meanings = Meanings::load(pipeline.state()).map_err(state_failed)?;
        let moneys = Moneys::load(pipeline.state()).map_err(state_failed)?;
        let privacy = Privacy::load(pipeline.state(), clock.now()).map_err(state_failed)?;
        let segments = Segments::load(pipeline.state()).map_err(state_failed)?;
        let imports = Imports::open(&dir, pipeline.state()).map_err(state_failed)?;
        let runtime = Self(Arc::new(Inner {
            id,
            dir,
            meanings,
            moneys,
            privacy,
            segments,
            memberships: Memberships::default(),
            imports,
            pipeline,
            named: NamedRuns::default(),
            whole: NamedRuns::default(),
            past: identity::Past::default(),
            ledger,
        }));
        let thread_failed = |source| WorkspaceError::Pipeline {
            id: runtime.id().clone(),
            source: Box::new(PipelineError::Thread(source)),
        };
        let started = runtime.memberships().start(runtime.clone(), clock);
        started.map_err(thread_failed)?;
        Ok(runtime)
    }

    /// The workspace's short name.
    pub fn id(&self) -> &WorkspaceId {
        &self.0.id
    }

    /// The folder that holds everything of the workspace and nothing of another.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// The tables of the workspace, for whoever may wait for the disk.
    pub fn state(&self) -> &WorkspaceState {
        self.0.pipeline.state()
    }

    /// What has happened, for whoever watches.
    pub fn news(&self) -> &News {
        self.0.pipeline.news()
    }

    /// Who was asked to be erased, and how far that is.
    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    /// Files that became events, and those that are about to.
    pub fn imports(&self) -> &Imports {
        &self.0.imports
    }

    /// Where the workspace is made again without somebody.
    pub fn beside(&self) -> PathBuf {
        self.0.dir.with_extension(ERASED)
    }

    /// What takes events in and applies them.
    pub fn pipeline(&self) -> &Pipeline {
        &self.0.pipeline
    }

    /// How events have come in lately.
    pub fn pulse(&self) -> &Pulse {
        self.0.pipeline.pulse()
    }

    /// The log as it is known now, with its names and amounts as they are to be read.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot_under(&self.naming(), &self.money())
    }

    fn snapshot_under(&self, naming: &InForce, money: &MoneyInForce) -> Arc<Snapshot> {
        let snapshot = self.0.pipeline.snapshot();
        let named = match naming.naming.is_empty() {
            true => snapshot,
            false => aside(|| self.0.named.apply(&snapshot, &naming.naming)),
        };
        self.0.moneys.apply(&named, money)
    }

    /// The log with what is blocked, for who looks at what was left out. Blocks.
    pub fn whole_snapshot(&self, naming: &InForce) -> Arc<Snapshot> {
        let snapshot = self.0.pipeline.snapshot();
        self.0.whole.apply(&snapshot, &naming.whole)
    }

    /// How names are read now.
    pub fn naming(&self) -> InForce {
        self.0.pipeline.naming()
    }

    /// How amounts of money are read now.
    pub fn money(&self) -> MoneyInForce {
        self.0.moneys.in_force()
    }

    /// The turn to write how amounts are read and to make it hold.
    pub fn money_turn(&self) -> MutexGuard<'_, ()> {
        self.0.moneys.turn()
    }

    /// Takes how amounts are read as it was just written.
    pub fn set_money(&self, in_force: MoneyInForce) {
        self.0.moneys.set(self.state(), in_force);
    }

    /// What a question that is asked now is asked of.
    pub fn context(&self, now: Timestamp) -> Context {
        let (naming, money) = (self.naming(), self.money());
        let snapshot = self.snapshot_under(&naming, &money);
        let (segments_version, segments) = self.0.segments.definitions();
        Context {
            meaning: aside(|| self.0.meanings.of(&snapshot)),
            segments_version,
            segments,
            snapshot,
            naming,
            money,
            now,
            runtime: self.clone(),
        }
    }

    /// Who is in which segment.
    pub fn memberships(&self) -> &Memberships {
        &self.0.memberships
    }

    /// Ends what runs for the workspace. Blocks until it is done.
    fn close(&self) {
        self.0.imports.close();
        self.0.memberships.close();
        self.0.pipeline.close();
    }

    /// Segments that people have saved.
    pub fn segments(&self) -> &Segments {
        &self.0.segments
    }

    /// What is masked, and how often anything was.
    pub fn privacy(&self) -> &Privacy {
        &self.0.privacy
    }

    /// Takes the purposes of consent that were just written.
    pub fn set_consent_policy(&self, policy: ConsentPolicy) {
        self.state().set_consent_policy(policy);
        self.0.segments.renew();
    }

    /// Takes the vocabulary that was just written.
    pub fn set_vocabulary(&self, version: u64, vocabulary: Vocabulary) {
        self.0.meanings.set(version, vocabulary);
    }

    /// Takes the kinds of objects that were just written.
    pub fn set_objects(&self, version: u64, kinds: Vec<ObjectKind>) {
        self.0.meanings.set_objects(version, kinds);
    }

    /// Suggests names in a language from now on, for a workspace that was just made.
    pub fn speak(&self, language: Language, now: Timestamp) -> Result<(), DocumentError> {
        if language == Language::default() {
            return Ok(());
        }
        let json = serde_json::to_string(&language).expect("a language is a text");
        let kind = DocumentKind::Vocabulary;
        (self.state()).put_document(kind, LANGUAGE, None, "Language", &json, now)?;
        self.0.meanings.speak(language);
        Ok(())
    }

    /// Uses the tables away from the threads that serve requests.
    pub async fn with_state<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WorkspaceState) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let runtime = self.clone();
        blocking(move || work(runtime.state())).await
    }
}

/// What was told of the accounts of some types and of nobody.
pub fn described<'a>(
    state: &WorkspaceState,
    types: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, Arc<Vec<AccountTrait>>>, StateError> {
    let types = types.into_iter().map(|it| {
        let told = state.account_traits(it, None)?;
        Ok((it.to_owned(), Arc::new(told)))
    });
    types.collect()
}

/// What stands behind the name of a workspace's folder where it is made again without somebody.
const ERASED: &str = "erased";

/// Removes a folder. It is renamed first, so that a workspace made anew never finds half of it.
fn clear(dir: &Path) -> io::Result<()> {
    // A dot is in no workspace's name, so this is nobody's folder.
    let aside = dir.with_extension("removed");
    let absent_is_fine = |done: io::Result<()>| match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    };
    absent_is_fine(fs::remove_dir_all(&aside))?;
    absent_is_fine(fs::remove_dir_all(dir.with_extension(ERASED)))?;
    absent_is_fine(fs::rename(dir, &aside))?;
    absent_is_fine(fs::remove_dir_all(&aside))
}
