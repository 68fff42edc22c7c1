//! Where the files of a store lie: in a directory, or in an object store with a local copy.
//!
//! Files are written once, under their final name only when they are whole and durable.

use std::{
    fs, io,
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread,
};

use bytes::Bytes;
use object_store::{
    MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
    local::LocalFileSystem, path::Path as Name,
};

use crate::error::StoreError;

/// Files by name.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// The files themselves, or copies of those that were asked for.
    dir: PathBuf,
    is_local: bool,
}

impl Objects {
    /// Files in a directory, which is made if it is missing. What is reported as written is synced.
    pub fn in_dir(dir: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(file_error("make", &dir.to_string_lossy()))?;
        let store = LocalFileSystem::new_with_prefix(dir)
            .map_err(object_error("open", &dir.to_string_lossy()))?
            .with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            dir: dir.to_owned(),
            is_local: true,
        })
    }

    /// Files in an object store that can create a name only once. `cache` holds local copies.
    pub fn remote(store: Arc<dyn ObjectStore>, cache: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(cache).map_err(file_error("make", &cache.to_string_lossy()))?;
        Ok(Self {
            store,
            dir: cache.to_owned(),
            is_local: false,
        })
    }

    /// Writes a small file; `false` when the name is taken.
    pub(crate) fn create(&self, name: &str, bytes: Vec<u8>) -> Result<bool, StoreError> {
        let path = Name::from(name);
        let options = PutOptions::from(PutMode::Create);
        let put = (self.store).put_opts(&path, PutPayload::from(bytes), options);
        match wait(put) {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(source) => Err(object_error("write", name)(source)),
        }
    }

    /// Begins a large file. It exists once [`Upload::finish`] has returned.
    pub(crate) fn upload(&self, name: &str) -> Result<Upload, StoreError> {
        let upload = wait(self.store.put_multipart(&Name::from(name)))
            .map_err(object_error("write", name))?;
        Ok(Upload {
            name: name.to_owned(),
            upload,
            waiting: Vec::new(),
            bytes_count: 0,
        })
    }

    /// The whole of a small file.
    pub(crate) fn read(&self, name: &str) -> Result<Bytes, StoreError> {
        let read = async { self.store.get(&Name::from(name)).await?.bytes().await };
        wait(read).map_err(missing_or(object_error("read", name), name))
    }

    /// A file on this machine with the content of `name`.
    pub(crate) fn fetch(&self, name: &str) -> Result<PathBuf, StoreError> {
        let path = self.dir.join(name);
        if !self.is_local && !path.exists() {
            let bytes = self.read(name)?;
            let staged = path.with_extension("part");
            if let Some(dir) = path.parent() {
                fs::create_dir_all(dir).map_err(file_error("make the folder of", name))?;
            }
            fs::write(&staged, &bytes).map_err(file_error("copy", name))?;
            fs::rename(&staged, &path).map_err(file_error("copy", name))?;
        }
        Ok(path)
    }

    /// Names in a folder, sorted.
    pub(crate) fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let found = wait(self.store.list_with_delimiter(Some(&Name::from(folder))))
            .map_err(object_error("list", folder))?;
        let names = found.objects.into_iter();
        let mut names: Vec<String> = names.map(|it| it.location.to_string()).collect();
        names.sort();
        Ok(names)
    }

    /// Removes a file; one that is gone already is no fault.
    pub(crate) fn delete(&self, name: &str) -> Result<(), StoreError> {
        let gone = wait(self.store.delete(&Name::from(name)));
        if !self.is_local {
            // The copy is removed at the next start if this fails.
            let _ = fs::remove_file(self.dir.join(name));
        }
        match gone {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(object_error("remove", name)(source)),
        }
    }

    /// Removes what a crash left of files that were being written, and copies of other files.
    pub(crate) fn sweep(
        &self,
        folder: &str,
        is_kept: &dyn Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        for name in self.list(folder)? {
            if !is_kept(&name) {
                self.delete(&name)?;
            }
        }
        let entries = match fs::read_dir(self.dir.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(file_error("list", folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(file_error("list", folder))?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if !is_kept(&name) {
                fs::remove_file(entry.path()).map_err(file_error("remove", &name))?;
            }
        }
        Ok(())
    }
}

/// A large file that is being written.
pub(crate) struct Upload {
    name: String,
    upload: Box<dyn MultipartUpload>,
    waiting: Vec<u8>,
    pub bytes_count: u64,
}

/// Object stores take pieces of at least 5 MiB.
const PIECE_BYTES: usize = 8 << 20;

impl Upload {
    /// Makes the file durable under its name.
    pub fn finish(mut self) -> Result<u64, StoreError> {
        self.send()
            .and_then(|()| wait(self.upload.complete()))
            .map_err(object_error("write", &self.name))?;
        Ok(self.bytes_count)
    }

    fn send(&mut self) -> Result<(), object_store::Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.waiting);
        wait(self.upload.put_part(PutPayload::from(piece)))
    }
}

impl io::Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        self.bytes_count += bytes.len() as u64;
        if self.waiting.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn file_error(doing: &'static str, file: &str) -> impl FnOnce(io::Error) -> StoreError {
    let file = file.to_owned();
    move |source| {
        if source.kind() == io::ErrorKind::NotFound {
            StoreError::Missing { file }
        } else {
            StoreError::File {
                doing,
                file,
                source,
            }
        }
    }
}

fn object_error(doing: &'static str, file: &str) -> impl FnOnce(object_store::Error) -> StoreError {
    let file = file.to_owned();
    move |source| StoreError::Object {
        doing,
        file,
        source,
    }
}

fn missing_or(
    other: impl FnOnce(object_store::Error) -> StoreError,
    file: &str,
) -> impl FnOnce(object_store::Error) -> StoreError {
    let file = file.to_owned();
    move |source| match source {
        object_store::Error::NotFound { .. } => StoreError::Missing { file },
        source => other(source),
    }
}

/// Runs a future on this thread until it is done.
fn wait<F: Future>(future: F) -> F::Output {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut ctx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut ctx) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}
