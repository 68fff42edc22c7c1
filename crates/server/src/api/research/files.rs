//! Files that become field notes, many at once: all of them or none.

use axum::{
    Json,
    extract::{Path, State},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use throughline_ingest::transcript::{self, Transcript, TranscriptFault, TranscriptFormat};
use throughline_model::{Identifier, Role, limits, research::FieldNote};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{links::Links, note, notes::faults_of, refuse};
use crate::{
    access::gate::{Needs, Workspace},
    api::{documents, session::faulty},
    app::App,
    http::{
        body::Body,
        refusal::{Fault, Refusal},
        routes::Route,
    },
};

/// Characters that a look at a file shows.
const BEGINNING_CHARS: usize = 300;

/// Files that become field notes of one study.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteFiles {
    /// 1 to 100.
    pub files: Vec<NoteFile>,
    /// Only look, and store nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A file, and what is known of the talk besides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteFile {
    /// Its end tells how it is read: `.txt`, `.md`, `.vtt` or `.srt`.
    pub name: String,
    /// The bytes of the file, in base64.
    pub bytes: String,
    /// Made from the name when it is missing.
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub day: Option<Date>,
    /// Who it is about, by an identifier that the workspace knows.
    #[serde(default)]
    pub person: Option<Identifier>,
    /// Ids of segments.
    #[serde(default)]
    pub segments: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteFilesRead {
    /// In the order sent.
    pub files: Vec<NoteFileRead>,
    /// Ids of the field notes in the same order; empty when it was only looked.
    pub notes: Vec<u64>,
}

/// What was read of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteFileRead {
    pub name: String,
    pub title: String,
    /// None where nothing could be read.
    pub format: Option<TranscriptFormat>,
    /// Characters of the text.
    pub chars: usize,
    /// Who speaks, in order of appearance; of subtitles only.
    pub speakers: Vec<String>,
    /// How the text begins.
    pub beginning: String,
    /// With any, nothing is imported.
    pub faults: Vec<Fault>,
}

pub fn routes() -> Vec<Route> {
    let edits = Needs::Workspace(Role::Editor);
    let body_max = limits::FIELD_NOTE_IMPORT_BYTES_MAX;
    vec![Route::new(edits, __path_import, import).with_body_max(body_max)]
}

/// Imports files as field notes of a study: all of them, or none where one has a fault.
#[utoipa::path(post, path = "/api/w/{ws}/research/studies/{id}/files", tag = "research", operation_id = "importFieldNotes",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The study")),
    request_body = NoteFiles, responses((status = 200, body = NoteFilesRead)))]
async fn import(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, study)): Path<(String, String)>,
    Body(body): Body<NoteFiles>,
) -> Result<Json<NoteFilesRead>, Refusal> {
    documents::get(&workspace, DocumentKind::Study, study.clone()).await?;
    if !(1..=limits::FIELD_NOTE_FILES_MAX).contains(&body.files.len()) {
        let most = limits::FIELD_NOTE_FILES_MAX;
        return Err(faulty("files", &format!("are 1 to {most} at once")));
    }
    let (runtime, now, dry_run) = (workspace.runtime.clone(), app.now(), body.dry_run);
    let imported = workspace.runtime.with_state(move |state| {
        let (mut files, mut notes) = (Vec::new(), Vec::new());
        for file in body.files {
            let links = Links::new(&runtime, state, now);
            let (read, note) = read(file, links)?;
            files.push(read);
            notes.push(note);
        }
        if dry_run {
            let notes = Vec::new();
            return Ok(NoteFilesRead { files, notes });
        }
        documents::check("list of files", listed(&files))?;
        let stored = state.put_notes(&study, &notes, now);
        let notes = stored.map_err(|error| refuse("note", error))?;
        Ok(NoteFilesRead { files, notes })
    });
    let read = imported.await?;
    if !dry_run {
        let details = json!({"notes": read.notes.len()});
        note(&app, &workspace, "research.imported", details).await?;
    }
    Ok(Json(read))
}

/// Reads one file, with everything that is wrong with it and what is told of it.
fn read(file: NoteFile, links: Links<'_>) -> Result<(NoteFileRead, FieldNote), Refusal> {
    let title = file.title.filter(|it| !it.trim().is_empty());
    let mut note = FieldNote {
        title: title.unwrap_or_else(|| transcript::title_of(&file.name)),
        text: String::new(),
        day: file.day,
        person: file.person,
        segments: file.segments,
        tags: file.tags,
    };
    let (transcript, faults) = match transcript_of(&file.name, &file.bytes) {
        Ok(transcript) => (Some(transcript), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut faults: Vec<Fault> = faults.into_iter().map(shown).collect();
    let text = transcript.as_ref().map_or("", |it| &it.text);
    note.text = text.to_owned();
    let others = faults_of(&mut note, None, links)?.into_iter();
    // That there is no text is told by what is wrong with the file.
    let others = others.filter(|it| transcript.is_some() || it.place != "text");
    faults.extend(others.map(Fault::from));
    let read = NoteFileRead {
        name: file.name,
        title: note.title.clone(),
        format: transcript.as_ref().map(|it| it.format),
        chars: note.text.chars().count(),
        beginning: note.text.chars().take(BEGINNING_CHARS).collect(),
        speakers: transcript.map_or_else(Vec::new, |it| it.speakers),
        faults,
    };
    Ok((read, note))
}

fn transcript_of(name: &str, bytes: &str) -> Result<Transcript, Vec<TranscriptFault>> {
    let bytes = BASE64_STANDARD.decode(bytes).map_err(|_| {
        vec![TranscriptFault {
            line: None,
            message: "the bytes of the file are not in base64".to_owned(),
        }]
    })?;
    transcript::read(name, &bytes)
}

fn shown(fault: TranscriptFault) -> Fault {
    Fault {
        place: fault
            .line
            .map_or_else(String::new, |line| format!("line {line}")),
        message: fault.message,
    }
}

/// The faults of all files, each with its file.
fn listed(files: &[NoteFileRead]) -> Vec<Fault> {
    let of_file = |(index, file): (usize, &NoteFileRead)| {
        let faults = file.faults.iter().map(move |it| {
            let place = match it.place.is_empty() {
                true => format!("files[{index}]"),
                false => format!("files[{index}], {}", it.place),
            };
            Fault {
                place,
                message: it.message.clone(),
            }
        });
        faults.collect::<Vec<Fault>>()
    };
    files.iter().enumerate().flat_map(of_file).collect()
}
