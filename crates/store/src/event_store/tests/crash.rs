//! A process that ends between any two steps leaves a store that opens and loses nothing.

use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicUsize},
};

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, UploadPart, memory::InMemory,
    path::Path as Name,
};

use super::*;

type Answer<T> = Result<T, object_store::Error>;

/// Counts the changes that a process makes to its files, and ends it at one of them.
#[derive(Debug, Default)]
struct Fate {
    changes_count: AtomicUsize,
    /// Every change from this one on fails.
    last: AtomicUsize,
    /// The last change takes place although the process hears of a failure.
    is_lost_answer: AtomicBool,
}

/// Whether a change takes place, and whether the process hears of it.
enum Outcome {
    Fine,
    LostAnswer,
    Failed,
}

impl Fate {
    fn next(&self) -> Outcome {
        let change = self.changes_count.fetch_add(1, Ordering::Relaxed);
        let last = self.last.load(Ordering::Relaxed);
        let is_lost_answer = self.is_lost_answer.load(Ordering::Relaxed);
        match change.cmp(&last) {
            std::cmp::Ordering::Less => Outcome::Fine,
            std::cmp::Ordering::Equal if is_lost_answer => Outcome::LostAnswer,
            _ => Outcome::Failed,
        }
    }
}

fn ended() -> object_store::Error {
    object_store::Error::Generic {
        store: "doomed",
        source: "the process has ended".into(),
    }
}

/// An object store whose process ends as fate will have it.
#[derive(Debug)]
struct Doomed {
    store: Arc<InMemory>,
    fate: Arc<Fate>,
}

#[derive(Debug)]
struct DoomedUpload {
    upload: Box<dyn MultipartUpload>,
    fate: Arc<Fate>,
}

impl fmt::Display for Doomed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("doomed")
    }
}

async fn with_fate<T>(fate: &Fate, change: impl Future<Output = Answer<T>>) -> Answer<T> {
    match fate.next() {
        Outcome::Fine => change.await,
        Outcome::LostAnswer => change.await.and(Err(ended())),
        Outcome::Failed => Err(ended()),
    }
}

#[async_trait]
impl ObjectStore for Doomed {
    async fn put_opts(
        &self,
        name: &Name,
        payload: PutPayload,
        options: PutOptions,
    ) -> Answer<PutResult> {
        with_fate(&self.fate, self.store.put_opts(name, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        name: &Name,
        options: PutMultipartOptions,
    ) -> Answer<Box<dyn MultipartUpload>> {
        let begin = self.store.put_multipart_opts(name, options);
        let upload = with_fate(&self.fate, begin).await?;
        let fate = Arc::clone(&self.fate);
        Ok(Box::new(DoomedUpload { upload, fate }))
    }

    async fn get_opts(&self, name: &Name, options: GetOptions) -> Answer<GetResult> {
        self.store.get_opts(name, options).await
    }

    fn delete_stream(
        &self,
        names: BoxStream<'static, Answer<Name>>,
    ) -> BoxStream<'static, Answer<Name>> {
        match self.fate.next() {
            Outcome::Fine | Outcome::LostAnswer => self.store.delete_stream(names),
            // Nothing is deleted, and nobody was going to look.
            Outcome::Failed => names,
        }
    }

    fn list(&self, folder: Option<&Name>) -> BoxStream<'static, Answer<ObjectMeta>> {
        self.store.list(folder)
    }

    async fn list_with_delimiter(&self, folder: Option<&Name>) -> Answer<ListResult> {
        self.store.list_with_delimiter(folder).await
    }

    async fn copy_opts(&self, from: &Name, to: &Name, options: CopyOptions) -> Answer<()> {
        self.store.copy_opts(from, to, options).await
    }
}

#[async_trait]
impl MultipartUpload for DoomedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        match self.fate.next() {
            Outcome::Fine => self.upload.put_part(data),
            Outcome::LostAnswer | Outcome::Failed => Box::pin(async { Err(ended()) }),
        }
    }

    async fn complete(&mut self) -> Answer<PutResult> {
        with_fate(&self.fate, self.upload.complete()).await
    }

    async fn abort(&mut self) -> Answer<()> {
        self.upload.abort().await
    }
}

const RECORDS: u64 = 6;

/// Events of one record of the log. The fourth one is removed by the fifth.
fn record(position: u64) -> Vec<StoredEvent> {
    let source = u32::from(position == 3);
    (0..15)
        .map(|index| {
            let n = position * 15 + u64::from(index);
            let actor = u32::try_from(n % 5).expect("small");
            event(actor, 50, Seq::new(position, index), n, source)
        })
        .collect()
}

fn apply(store: &EventStore, position: u64) -> Result<(), StoreError> {
    if position == 4 {
        store.remove_source(SourceId(1))?;
    }
    store.append(Batch {
        events: if position == 4 {
            Vec::new()
        } else {
            record(position)
        },
        applied: position + 1,
    });
    Ok(())
}

/// Everything that a store does to its files, from the record that it has to go on with.
fn live(store: &EventStore) -> Result<(), StoreError> {
    store.set_names(names())?;
    store.set_roots([(ActorId(1), ProfileId(0))], 1);
    for position in store.applied()..RECORDS {
        apply(store, position)?;
        store.seal()?;
        if position == 1 {
            store.merge_all()?;
        }
    }
    store.set_roots([(ActorId(3), ProfileId(2))], 2);
    store.merge_all()
}

fn expected() -> BTreeMap<u32, Vec<Told>> {
    let kept = (0..RECORDS).filter(|position| *position != 3 && *position != 4);
    by_profile(kept.flat_map(record).collect(), &vec![0, 0, 2, 2, 4].into())
}

/// Ends the process at one change to its files, then starts it again. False when it lived through.
fn check(last: usize, is_lost_answer: bool) -> bool {
    let store = Arc::new(InMemory::new());
    let fate = Arc::new(Fate::default());
    fate.last.store(last, Ordering::Relaxed);
    fate.is_lost_answer.store(is_lost_answer, Ordering::Relaxed);
    let open = |fate: &Arc<Fate>| {
        let cache = tempfile::tempdir().expect("a folder");
        let doomed = Doomed {
            store: Arc::clone(&store),
            fate: Arc::clone(fate),
        };
        let objects = Objects::remote(Arc::new(doomed), cache.path()).expect("a cache");
        (EventStore::open_objects(objects, options(4)), cache)
    };
    let (first, cache) = open(&fate);
    let lived = first.as_ref().is_ok_and(|store| live(store).is_ok());
    drop((first, cache));
    let kind = Arc::new(Fate::default());
    kind.last.store(usize::MAX, Ordering::Relaxed);
    let (again, _cache) = open(&kind);
    let again = again.unwrap_or_else(|error| panic!("change {last}: {error:?}"));
    live(&again).unwrap_or_else(|error| panic!("change {last}: {error:?}"));
    assert_eq!(walked(&again.snapshot(at(0))), expected(), "change {last}");
    assert!(again.verify().is_empty());
    let files_count = again.objects.list("parts").expect("listed").len();
    assert_eq!(
        files_count,
        3 * again.stats().parts_count,
        "change {last} left files behind"
    );
    !lived
}

#[test]
fn a_process_may_end_at_any_change_to_its_files() {
    for is_lost_answer in [false, true] {
        let endings = (0..)
            .take_while(|last| check(*last, is_lost_answer))
            .count();
        assert!(endings > 60, "{endings}");
    }
}

#[test]
fn a_disk_that_is_full_for_a_while_changes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = EventStore::open(dir.path(), options(4)).expect("opens");
    store.set_names(names()).expect("new");
    store.append(Batch {
        events: record(0),
        applied: 1,
    });
    let before = walked(&store.snapshot(at(0)));
    // A file where the folder of parts should be: nothing can be written.
    std::fs::write(dir.path().join("parts"), "").expect("written");
    assert!(store.seal().is_err());
    assert_eq!(walked(&store.snapshot(at(0))), before);
    assert_eq!(store.applied(), 0);
    std::fs::remove_file(dir.path().join("parts")).expect("removed");
    assert!(store.seal().expect("sealed"));
    assert_eq!(walked(&store.snapshot(at(0))), before);
    assert_eq!(store.applied(), 1);
}
