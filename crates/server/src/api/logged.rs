//! Decisions of members that are records of the raw log: what became of one, and the line of the audit.

use throughline_store::state::instance::AuditEntry;

use crate::{
    app::App,
    collect::refuse::unaccepted,
    http::refusal::{Code, Refusal},
    instance,
    pipeline::runtime::AcceptError,
};

/// The version that holds now, or why the decision does not.
///
/// `what` is the beginning of a sentence, like "rules are".
pub fn version(
    what: &str,
    decided: Result<Result<Option<u64>, u64>, AcceptError>,
) -> Result<u64, Refusal> {
    match decided.map_err(|error| unaccepted(&error, false))? {
        Ok(Some(version)) => Ok(version),
        Ok(None) => {
            let message =
                format!("the {what} safe, and will hold once the server has started again");
            Err(Refusal::new(Code::Draining, message))
        }
        Err(_) => {
            let message = "somebody else has changed this since you read it; \
                load it again and redo your change";
            Err(Refusal::new(Code::VersionConflict, message))
        }
    }
}

/// Writes what a member did into the audit.
pub async fn note(app: &App, audit: AuditEntry) -> Result<(), Refusal> {
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(instance::Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}
