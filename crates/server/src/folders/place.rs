//! What a watched folder is read from: the disk of this machine, or a bucket of an object store.

use std::error::Error;

use tokio::runtime::Handle;

use super::{
    Found, OpenError, Version,
    bucket::{self, BucketError, Place, SCHEME},
    disk,
};
use crate::{
    app::App,
    import::archive::{Incoming, TakeError},
    workspace::WorkspaceRuntime,
};

/// Why a file was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("it went, or is another by now")]
    Changed,
    /// It would be so another time as well.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Later(String),
}

/// Lists the files of a folder. Blocks.
pub fn list(app: &App, runtime: &WorkspaceRuntime, dir: &str) -> Result<Found, OpenError> {
    let settings = &app.config().import;
    if !dir.starts_with(SCHEME) {
        return disk::list(&settings.folders, runtime.id(), dir);
    }
    let place = Place::find(&settings.buckets, runtime.id(), dir).ok_or(OpenError::Outside)?;
    let listed = bucket::list(app.outgoing(), place, app.now());
    Ok(Handle::current().block_on(listed)?)
}

/// Copies a file of a folder, as it was when it was seen; without that, as it is. Blocks.
pub fn copy(
    app: &App,
    runtime: &WorkspaceRuntime,
    dir: &str,
    name: &str,
    seen: Option<Version>,
) -> Result<Incoming, CopyError> {
    match dir.starts_with(SCHEME) {
        true => copy_object(app, runtime, dir, name, seen),
        false => copy_file(app, runtime, dir, name, seen),
    }
}

fn copy_file(
    app: &App,
    runtime: &WorkspaceRuntime,
    dir: &str,
    name: &str,
    seen: Option<Version>,
) -> Result<Incoming, CopyError> {
    let roots = &app.config().import.folders;
    let (file, version) = match disk::open(roots, runtime.id(), dir, name) {
        Ok(opened) => opened,
        // It went, or something else has its name now.
        Err(OpenError::Missing | OpenError::Link | OpenError::NoFile) => {
            return Err(CopyError::Changed);
        }
        Err(error @ OpenError::Forbidden) => return Err(CopyError::Refused(error.to_string())),
        Err(error) => return Err(later(name, "could not be opened", &error)),
    };
    if seen.is_some_and(|it| it != version) {
        return Err(CopyError::Changed);
    }
    let archive = runtime.imports().archive();
    let incoming = archive.read(&file, rand::random());
    let incoming = incoming.map_err(|error| untaken(name, &error))?;
    match disk::version(&file).is_ok_and(|it| it == version) {
        true => Ok(incoming),
        false => Err(CopyError::Changed),
    }
}

fn copy_object(
    app: &App,
    runtime: &WorkspaceRuntime,
    dir: &str,
    name: &str,
    seen: Option<Version>,
) -> Result<Incoming, CopyError> {
    let buckets = &app.config().import.buckets;
    let place = Place::find(buckets, runtime.id(), dir).filter(|_| !name.contains('/'));
    let place = place.ok_or_else(|| CopyError::Refused(OpenError::Outside.to_string()))?;
    let failed = |error: BucketError| match error {
        BucketError::Gone => CopyError::Changed,
        error => CopyError::Later(format!("{name} {error}")),
    };
    let here = Handle::current();
    let opened = here.block_on(bucket::open(app.outgoing(), place, name, app.now()));
    let mut object = opened.map_err(failed)?;
    if let (Some(seen), Some(tag)) = (seen, object.tag)
        && seen.tag != tag
    {
        return Err(CopyError::Changed);
    }
    let archive = runtime.imports().archive();
    let mut incoming = archive
        .begin(rand::random())
        .map_err(|error| later(name, "could not be copied", &error))?;
    let mut bytes = 0;
    loop {
        let piece = here.block_on(object.coming.next());
        let Some(piece) = piece.map_err(|error| failed(error.into()))? else {
            break;
        };
        bytes += piece.len() as u64;
        let written = incoming.write(&piece);
        written.map_err(|error| untaken(name, &error))?;
    }
    // A store that does not say how long it is may have broken off.
    match seen.is_none_or(|it| it.bytes == bytes) {
        true => Ok(incoming),
        false => Err(CopyError::Changed),
    }
}

fn untaken(name: &str, error: &TakeError) -> CopyError {
    match error {
        TakeError::Large => CopyError::Refused(error.to_string()),
        error @ TakeError::Io(_) => later(name, "could not be copied", error),
    }
}

fn later(name: &str, what: &str, error: &dyn Error) -> CopyError {
    let cause = error.source().map(|it| format!(": {it}"));
    CopyError::Later(format!(
        "{name} {what}: {error}{}",
        cause.unwrap_or_default()
    ))
}
