//! Beginning an import of a file that is in the archive, whoever asks for it.

use std::sync::Arc;

use throughline_store::state::StateError;

use super::{BeginError, FileFault, ImportKind, Job, Plan, check};
use crate::{app::App, workspace::WorkspaceRuntime};

/// Why an import was not begun.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Begin(#[from] BeginError),
    #[error("could not give the import a number")]
    Number(#[source] StateError),
}

/// Takes an import in when its mapping fits its file. It is ready to [`run`](super::run). Blocks.
pub fn start(
    app: &App,
    runtime: &WorkspaceRuntime,
    kind: ImportKind,
    plan: Plan,
) -> Result<Arc<Job>, StartError> {
    let imports = runtime.imports();
    let archive = imports.archive();
    archive.find(&plan.file).ok_or(BeginError::FileUnknown)?;
    let faults = check(&archive.path(&plan.file), &plan.mapping)?;
    if !faults.is_empty() {
        return Err(FileFault::Mapping(faults).into());
    }
    let source = app.instance().new_source_here();
    let source = source.map_err(StartError::Number)?;
    Ok(imports.begin(runtime.state(), source, kind, plan, app.now())?)
}
