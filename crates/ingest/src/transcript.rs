//! A file of a talk becomes the text of a field note: plain text as it is, subtitles with who spoke when.
//!
//! Subtitles come as WebVTT or SubRip. Cues that follow each other and have one speaker become one
//! paragraph, `[0:01:05] Ana: words`, until it is long enough to want another time.

mod cues;

use serde::Serialize;
use throughline_model::{limits, research::clean_text};
use utoipa::ToSchema;

use cues::{Cue, read_cues};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptFormat {
    /// Plain text, Markdown included.
    Text,
    Vtt,
    Srt,
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    pub format: TranscriptFormat,
    pub text: String,
    /// Who speaks, in order of appearance; of subtitles only.
    pub speakers: Vec<String>,
    /// Cues of subtitles; 0 of plain text.
    pub cues_count: usize,
}

/// What has to be mended in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptFault {
    /// Counted from 1; none where it is about the whole file.
    pub line: Option<usize>,
    pub message: String,
}

/// A paragraph goes on no longer than this, so that times stay near.
const PARAGRAPH_CHARS_MAX: usize = 600;

impl TranscriptFormat {
    /// The format that the end of a file's name tells; none for other files.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match &*end.to_ascii_lowercase() {
            "txt" | "md" | "markdown" | "text" => Some(Self::Text),
            "vtt" => Some(Self::Vtt),
            "srt" => Some(Self::Srt),
            _ => None,
        }
    }
}

/// Reads a file by its name and bytes; every fault that was found otherwise.
pub fn read(name: &str, bytes: &[u8]) -> Result<Transcript, Vec<TranscriptFault>> {
    let format = TranscriptFormat::of_name(name)
        .ok_or_else(|| whole("is no file of a kind that is read: .txt, .md, .vtt or .srt"))?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()]
            .split(|it| *it == b'\n')
            .count();
        vec![TranscriptFault {
            line: Some(line),
            message: "is not in UTF-8; save the file in that encoding".to_owned(),
        }]
    })?;
    let text = clean_text(text);
    let transcript = match format {
        TranscriptFormat::Text => Transcript {
            format,
            text,
            speakers: Vec::new(),
            cues_count: 0,
        },
        TranscriptFormat::Vtt | TranscriptFormat::Srt => {
            written(format, &read_cues(format, &text)?)
        }
    };
    let chars = transcript.text.chars().count();
    let most = limits::FIELD_NOTE_CHARS_MAX;
    if transcript.text.trim().is_empty() {
        return Err(whole("has no words"));
    }
    if chars > most {
        return Err(whole(&format!(
            "has {chars} characters; a note has at most {most}"
        )));
    }
    Ok(transcript)
}

/// A title from a file's name: without its end, with spaces for lines and dots.
pub fn title_of(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let bare = match TranscriptFormat::of_name(name) {
        Some(_) => name.rsplit_once('.').map_or(name, |it| it.0),
        None => name,
    };
    let spaced = clean_text(bare).replace(['_', '\n', '\t'], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let title: String = words
        .join(" ")
        .chars()
        .take(limits::NAME_CHARS_MAX)
        .collect();
    match title.is_empty() {
        true => "Untitled".to_owned(),
        false => title,
    }
}

fn written(format: TranscriptFormat, cues: &[Cue]) -> Transcript {
    let mut speakers: Vec<String> = Vec::new();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut before: Option<&str> = None;
    for cue in cues {
        if let Some(speaker) = &cue.speaker
            && !speakers.contains(speaker)
        {
            speakers.push(speaker.clone());
        }
        let speaker = cue.speaker.as_deref();
        match paragraphs.last_mut() {
            Some(last) if speaker == before && last.chars().count() < PARAGRAPH_CHARS_MAX => {
                last.push(' ');
                last.push_str(&cue.words);
            }
            _ => {
                let said = speaker.map_or(String::new(), |it| format!("{it}: "));
                paragraphs.push(format!("[{}] {said}{}", clock(cue.start_ms), cue.words));
            }
        }
        before = speaker;
    }
    Transcript {
        format,
        text: paragraphs.join("\n\n"),
        speakers,
        cues_count: cues.len(),
    }
}

fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours}:{minutes:02}:{:02}", seconds % 60)
}

fn whole(message: &str) -> Vec<TranscriptFault> {
    vec![TranscriptFault {
        line: None,
        message: message.to_owned(),
    }]
}

#[cfg(test)]
mod tests;
