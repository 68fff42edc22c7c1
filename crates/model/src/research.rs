//! What people said when they were asked or watched: studies, their field notes, and quotes of these.

mod anchor;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    EventName, Identifier, Map, limits,
    report::{Faults, ReportFault},
};

pub use anchor::{Moved, move_to};

/// One piece of research.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    pub title: String,
    pub method: Method,
    /// When it was made, or began.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What was to be found out, and who was asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// How a study was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Interview,
    CaseStudy,
    Questionnaire,
    Observation,
    Other,
}

/// A talk or a case, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldNote {
    pub title: String,
    /// Lines end in a line feed; there are no other control characters but tabs.
    pub text: String,
    /// When it was heard or seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub day: Option<Date>,
    /// Who it is about, by an identifier that the workspace knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Identifier>,
    /// Ids of segments that the person stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Words of a field note, and what they are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoteQuote)]
pub struct Quote {
    /// The first character in the text of the note, counted from 0 in Unicode characters.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
    /// What stands there.
    pub words: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// From -2, very bad, to 2, very good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeling: Option<i8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepPlace>,
    /// Ids of touchpoints of the vocabulary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touchpoints: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventName>,
    /// Ids of segments, besides those of the note.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    /// Who said it, where that is not whom the note is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Identifier>,
}

/// A step of a saved map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepPlace {
    /// Id of the map.
    pub map: String,
    /// Id of the step.
    pub step: String,
}

impl Study {
    /// Everything that is wrong with it; empty when it can be kept.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        check_title(&mut faults, &self.title);
        if self.description.chars().count() > limits::DESCRIPTION_CHARS_MAX {
            let most = limits::DESCRIPTION_CHARS_MAX;
            faults.push("description", format!("has at most {most} characters"));
        }
        faults.into_list()
    }
}

impl FieldNote {
    /// Brings line ends to one form and leaves out what no text is written with.
    pub fn clean(&mut self) {
        self.title = self.title.trim().to_owned();
        self.text = clean_text(&self.text);
        clean_words(&mut self.tags);
        clean_words(&mut self.segments);
    }

    /// Everything that is wrong with it, once it is clean; empty when it can be kept.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        check_title(&mut faults, &self.title);
        let chars = self.text.chars().count();
        if self.text.trim().is_empty() || chars > limits::FIELD_NOTE_CHARS_MAX {
            let most = limits::FIELD_NOTE_CHARS_MAX;
            faults.push("text", format!("has 1 to {most} characters, not {chars}"));
        }
        check_tags(&mut faults, &self.tags);
        check_count(&mut faults, "segments", self.segments.len());
        faults.into_list()
    }
}

impl Quote {
    /// Leaves out what is said twice.
    pub fn clean(&mut self) {
        for words in [&mut self.tags, &mut self.touchpoints, &mut self.segments] {
            clean_words(words);
        }
        let mut seen = BTreeSet::new();
        self.steps.retain(|it| seen.insert(it.clone()));
        let mut seen = BTreeSet::new();
        self.events.retain(|it| seen.insert(it.clone()));
    }

    /// Everything that is wrong with it in a note of this text; empty when it can be kept.
    pub fn check(&self, text: &str) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        let chars = self.end.saturating_sub(self.start);
        if self.start >= self.end || self.words.trim().is_empty() {
            faults.push("end", "lies after the start, with words between".to_owned());
        } else if chars > limits::QUOTE_CHARS_MAX {
            let most = limits::QUOTE_CHARS_MAX;
            faults.push(
                "end",
                format!("is at most {most} characters after the start"),
            );
        } else if text
            .chars()
            .skip(self.start)
            .take(chars)
            .ne(self.words.chars())
        {
            let message = "are not what stands there in the text of the note";
            faults.push("words", message.to_owned());
        }
        check_tags(&mut faults, &self.tags);
        if self.feeling.is_some_and(|it| !(-2..=2).contains(&it)) {
            faults.push("feeling", "lies between -2 and 2".to_owned());
        }
        check_count(&mut faults, "steps", self.steps.len());
        check_count(&mut faults, "touchpoints", self.touchpoints.len());
        check_count(&mut faults, "events", self.events.len());
        check_count(&mut faults, "segments", self.segments.len());
        faults.into_list()
    }

    /// Whose words they are: of whoever it names, or whom the note is about.
    pub fn person<'q>(&'q self, note: &'q FieldNote) -> Option<&'q Identifier> {
        self.person.as_ref().or(note.person.as_ref())
    }

    /// Whether it stands for a segment, by itself or by its note.
    pub fn is_of_segment(&self, note: &FieldNote, segment: &str) -> bool {
        (self.segments.iter().chain(&note.segments)).any(|it| it == segment)
    }

    /// The steps of a map that it belongs to: those that it names, and those that are bound to a
    /// touchpoint or an event that it names.
    pub fn steps_on<'m>(&self, id: &str, map: &'m Map) -> Vec<&'m str> {
        let is_here = |step: &&crate::Step| {
            let is_named = |it: &StepPlace| it.map == id && it.step == step.id;
            let bound = &step.matcher;
            self.steps.iter().any(is_named)
                || (self.touchpoints.iter()).any(|it| bound.touchpoints.contains(it))
                || self.events.iter().any(|it| bound.events.contains(it))
        };
        map.steps().filter(is_here).map(|it| &*it.id).collect()
    }
}

/// Whether a text has every word of a search, in upper or lower case.
pub fn has_words(text: &str, search: &str) -> bool {
    let text = text.to_lowercase();
    let search = search.to_lowercase();
    search.split_whitespace().all(|word| text.contains(word))
}

/// Whether words name a label, as *checkout page* names `Checkout page`: as whole words, where a script has spaces.
pub fn name_label(words: &str, label: &str) -> bool {
    let (words, label) = (words.to_lowercase(), label.trim().to_lowercase());
    // A shorter label stands in nearly every sentence.
    if label.chars().count() < 2 {
        return false;
    }
    let joins = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() && it < '\u{2e80}');
    let is_bare = |inside: Option<char>, beside: Option<char>| !(joins(inside) && joins(beside));
    let (first, last) = (label.chars().next(), label.chars().next_back());
    words.match_indices(&label).any(|(at, found)| {
        is_bare(first, words[..at].chars().next_back())
            && is_bare(last, words[at + found.len()..].chars().next())
    })
}

/// Brings line ends to one form and leaves out other control characters but tabs.
pub fn clean_text(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|it| !it.is_control() || matches!(it, '\n' | '\t'))
        .collect()
}

fn clean_words(words: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for word in words.iter_mut() {
        *word = word.trim().to_owned();
    }
    words.retain(|it| seen.insert(it.clone()));
}

fn check_title(faults: &mut Faults, title: &str) {
    if !(1..=limits::NAME_CHARS_MAX).contains(&title.trim().chars().count()) {
        let most = limits::NAME_CHARS_MAX;
        faults.push("title", format!("has 1 to {most} characters"));
    }
}

fn check_tags(faults: &mut Faults, tags: &[String]) {
    for (index, tag) in tags.iter().enumerate() {
        if !(1..=limits::TAG_CHARS_MAX).contains(&tag.chars().count()) {
            let most = limits::TAG_CHARS_MAX;
            faults.push(
                &format!("tags[{index}]"),
                format!("has 1 to {most} characters"),
            );
        }
    }
    check_count(faults, "tags", tags.len());
}

fn check_count(faults: &mut Faults, place: &str, count: usize) {
    let most = limits::RESEARCH_LINKS_MAX;
    if count > most {
        faults.push(place, format!("are at most {most}, not {count}"));
    }
}

#[cfg(test)]
mod tests;
