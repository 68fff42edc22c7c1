//! Cues of WebVTT and SubRip: when, who, and the words without their marks.

use throughline_model::limits;

use super::{TranscriptFault, TranscriptFormat};

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub speaker: Option<String>,
    /// On one line, and not empty.
    pub words: String,
}

/// Longer words before a colon are no name.
const SPEAKER_CHARS_MAX: usize = 40;
const SPEAKER_WORDS_MAX: usize = 4;

/// Reads the cues of a clean text; every fault that was found otherwise.
pub fn read_cues(format: TranscriptFormat, text: &str) -> Result<Vec<Cue>, Vec<TranscriptFault>> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut faults = Vec::new();
    let mut at = 0;
    if format == TranscriptFormat::Vtt {
        let is_header = |line: &str| {
            let rest = line.strip_prefix("WEBVTT");
            rest.is_some_and(|it| it.is_empty() || it.starts_with([' ', '\t']))
        };
        if !is_header(lines[0]) {
            let message = "a WebVTT file begins with the line WEBVTT";
            faults.push(fault(0, message.to_owned()));
        } else {
            at = block_end(&lines, 0);
        }
    }
    let mut cues = Vec::new();
    while at < lines.len() && faults.len() < limits::FIELD_NOTE_FAULTS_MAX {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let end = block_end(&lines, at);
        read_block(format, &lines, at..end, &mut cues, &mut faults);
        at = end;
    }
    if faults.is_empty() && cues.is_empty() {
        return Err(super::whole(
            "has no cues, as `00:00:01.000 --> 00:00:02.000` and words below",
        ));
    }
    match faults.is_empty() {
        true => Ok(cues),
        false => Err(faults),
    }
}

fn block_end(lines: &[&str], from: usize) -> usize {
    let rest = &lines[from..];
    let length = rest.iter().position(|it| it.trim().is_empty());
    from + length.unwrap_or(rest.len())
}

/// One block between empty lines: a cue, or a comment or style of WebVTT.
fn read_block(
    format: TranscriptFormat,
    lines: &[&str],
    block: std::ops::Range<usize>,
    cues: &mut Vec<Cue>,
    faults: &mut Vec<TranscriptFault>,
) {
    let first = lines[block.start].trim();
    let is_other = ["NOTE", "STYLE", "REGION"]
        .iter()
        .any(|it| first == *it || first.starts_with(&format!("{it} ")));
    if format == TranscriptFormat::Vtt && is_other {
        return;
    }
    let Some(timing) = block.clone().take(2).find(|it| lines[*it].contains("-->")) else {
        let message = "stands where a time like 00:00:01.000 --> 00:00:02.000 should";
        faults.push(fault(block.start, format!("`{}` {message}", short(first))));
        return;
    };
    let times = lines[timing].split_once("-->");
    let start = times.and_then(|(start, _)| time_ms(start));
    let end = times.and_then(|(_, end)| time_ms(end.split_whitespace().next()?));
    let (Some(start_ms), Some(_)) = (start, end) else {
        faults.push(fault(
            timing,
            format!("`{}` is no time", short(lines[timing].trim())),
        ));
        return;
    };
    let body: Vec<&str> = lines[timing + 1..block.end]
        .iter()
        .map(|it| it.trim())
        .collect();
    // One cue may have several voices, each from its mark on.
    for (voice, said) in voices(&body.join(" ")) {
        let words = plain(&said);
        let (speaker, words) = match voice {
            Some(voice) => (Some(voice), words),
            None => spoken(&words),
        };
        if !words.is_empty() {
            cues.push(Cue {
                start_ms,
                speaker,
                words,
            });
        }
    }
}

/// `1:02:03.456`, `02:03,456`: hours may be missing, and both signs before milliseconds occur.
fn time_ms(text: &str) -> Option<u64> {
    let text = text.trim();
    let (clock, ms) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let is_digits =
        |it: &str| !it.is_empty() && it.len() <= 4 && it.bytes().all(|it| it.is_ascii_digit());
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(|it| is_digits(it)) || !is_digits(ms) {
        return None;
    }
    let mut seconds = 0;
    for (index, part) in parts.iter().enumerate() {
        let number: u64 = part.parse().ok()?;
        if index > 0 && number > 59 {
            return None;
        }
        seconds = seconds * 60 + number;
    }
    let padded = format!("{ms:0<3}");
    Some(seconds * 1_000 + padded.get(..3)?.parse::<u64>().ok()?)
}

/// What each voice of a cue says: `<v Ana>…`.
fn voices(body: &str) -> Vec<(Option<String>, String)> {
    let mut said = vec![(None, String::new())];
    let mut rest = body;
    while let Some(open) = rest.find("<v") {
        let mark = &rest[open + 2..];
        let is_voice = mark.starts_with(['.', ' ', '\t']);
        let Some(close) = mark.find('>').filter(|_| is_voice) else {
            push(&mut said, &rest[..open + 2]);
            rest = mark;
            continue;
        };
        push(&mut said, &rest[..open]);
        let name = mark[..close].split_once([' ', '\t']).map_or("", |it| it.1);
        let name = unescaped(name.trim());
        said.push((Some(name).filter(|it| !it.is_empty()), String::new()));
        rest = &mark[close + 1..];
    }
    push(&mut said, rest);
    said
}

fn push(said: &mut [(Option<String>, String)], text: &str) {
    if let Some(last) = said.last_mut() {
        last.1.push_str(text);
    }
}

/// Words without the marks of subtitles. A sign that opens no mark is a word like any other.
fn plain(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some(open) = rest.find(['<', '{']) {
        bare.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let (sign, is_mark): (char, fn(&str) -> bool) = match rest.as_bytes()[open] {
            b'<' => ('>', is_tag),
            _ => ('}', |it| it.starts_with('\\')),
        };
        match inside.find(sign).filter(|it| is_mark(&inside[..*it])) {
            Some(close) => rest = &inside[close + 1..],
            None => {
                bare.push_str(&rest[open..=open]);
                rest = inside;
            }
        }
    }
    bare.push_str(rest);
    let words = unescaped(&bare);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What subtitles mark text with, and times within a cue.
fn is_tag(inside: &str) -> bool {
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let name = name.split(['.', ' ', '\t']).next().unwrap_or_default();
    let known = ["b", "i", "u", "c", "v", "s", "font", "lang", "ruby", "rt"];
    known.contains(&&*name.to_ascii_lowercase()) || time_ms(inside).is_some()
}

/// The few characters that WebVTT writes by name.
fn unescaped(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\u{a0}"),
        ("&lrm;", "\u{200e}"),
        ("&rlm;", "\u{200f}"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        // The last, so that what it makes is not read once more.
        ("&amp;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (name, sign)| {
        text.replace(name, sign)
    })
}

/// Who speaks, where the words begin with a name and a colon.
fn spoken(words: &str) -> (Option<String>, String) {
    let told = words.split_once(": ").or_else(|| words.split_once('：'));
    let is_name = |name: &str| {
        (1..=SPEAKER_CHARS_MAX).contains(&name.chars().count())
            && name.split_whitespace().count() <= SPEAKER_WORDS_MAX
            && !name.contains(['.', ',', '?', '!', '"', '。', '，', '？', '！'])
    };
    match told.map(|(name, said)| (name.trim(), said.trim())) {
        Some((name, said)) if is_name(name) && !said.is_empty() => {
            (Some(name.to_owned()), said.to_owned())
        }
        _ => (None, words.to_owned()),
    }
}

fn short(line: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String = line.chars().take(CHARS_MAX).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

fn fault(index: usize, message: String) -> TranscriptFault {
    TranscriptFault {
        line: Some(index + 1),
        message,
    }
}
