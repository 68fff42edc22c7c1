//! Research as it is shown: with what it is linked to by name, and whether it is looked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use throughline_model::{
    Identifier, Map, ProfileId, Timestamp,
    research::{FieldNote, Method, Quote, StepPlace, Study, has_words},
};
use throughline_store::state::{DocumentKind, NoteRow, QuoteRow, WorkspaceState};
use utoipa::ToSchema;

use super::ResearchSearch;
use crate::{api::documents, http::refusal::Refusal, workspace::WorkspaceRuntime};

/// Whom research is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResearchPerson {
    pub identifier: Identifier,
    /// The profile that has the identifier now; none where nobody has it any more.
    pub profile: Option<ProfileId>,
}

/// A field note in a list, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteEntry {
    pub id: u64,
    /// Id of its study.
    pub study: String,
    pub study_title: String,
    pub method: Method,
    pub title: String,
    /// Its own day, or that of its study.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    pub person: Option<ResearchPerson>,
    pub segments: Vec<String>,
    pub tags: Vec<String>,
    /// Characters of its text.
    pub chars: u64,
    pub quotes: u64,
    /// Where the first word that was looked for stands.
    pub found: Option<String>,
    pub updated: Timestamp,
}

/// A quote with where it comes from and what it is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteEntry {
    pub id: u64,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub quote: Quote,
    /// Id of the field note that it stands in.
    pub note: u64,
    pub note_title: String,
    /// Id of the study.
    pub study: String,
    pub study_title: String,
    pub method: Method,
    /// The day of the note, or that of its study.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Whose words they are: of the quote, or whom the note is about.
    pub person: Option<ResearchPerson>,
    /// Segments of the quote and of its note.
    pub segments: Vec<String>,
    /// The steps that it is linked to, by name.
    pub places: Vec<QuotePlace>,
    /// Steps of the map that was asked for: linked ones, and those that are bound to a touchpoint or event of the quote.
    pub steps_here: Vec<String>,
    pub updated: Timestamp,
}

/// A step of a map by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuotePlace {
    pub map: String,
    pub step: String,
    /// None where the map is gone.
    pub map_title: Option<String>,
    /// None where the step is gone.
    pub step_title: Option<String>,
}

/// What is read once to show many.
pub struct Shower<'a> {
    runtime: &'a WorkspaceRuntime,
    studies: BTreeMap<String, Study>,
    maps: BTreeMap<String, Option<Map>>,
}

impl<'a> Shower<'a> {
    pub fn new(runtime: &'a WorkspaceRuntime, state: &WorkspaceState) -> Result<Self, Refusal> {
        let documents = state.documents(DocumentKind::Study)?.into_iter();
        let studies = documents.map(|it| Ok((it.head.id.clone(), documents::parse(&it)?)));
        Ok(Self {
            runtime,
            studies: studies.collect::<Result<_, Refusal>>()?,
            maps: BTreeMap::new(),
        })
    }

    /// The study of a note; none when it was removed this very moment.
    pub fn study(&self, id: &str) -> Option<&Study> {
        self.studies.get(id)
    }

    /// Who has an identifier now.
    pub fn person(&self, identifier: Option<&Identifier>) -> Option<ResearchPerson> {
        let identifier = identifier?;
        let resolver = self.runtime.pipeline().resolver();
        let actor = resolver.actor(identifier);
        Some(ResearchPerson {
            identifier: identifier.clone(),
            profile: actor.map(|it| resolver.root(it)),
        })
    }

    /// A saved map; none where there is none of this id.
    pub fn map(&mut self, state: &WorkspaceState, id: &str) -> Result<Option<&Map>, Refusal> {
        if !self.maps.contains_key(id) {
            let stored = state.document(DocumentKind::Map, id)?;
            let map = stored.as_ref().map(documents::parse).transpose()?;
            self.maps.insert(id.to_owned(), map);
        }
        Ok(self.maps.get(id).and_then(Option::as_ref))
    }

    pub fn note(&self, row: NoteRow, search: Option<&str>) -> Option<NoteEntry> {
        let study = self.study(&row.study)?;
        Some(NoteEntry {
            id: row.id,
            study_title: study.title.clone(),
            method: study.method,
            day: row.note.day.unwrap_or(study.day),
            person: self.person(row.note.person.as_ref()),
            found: search.and_then(|it| excerpt(&row.note.text, it)),
            study: row.study,
            title: row.note.title,
            segments: row.note.segments,
            tags: row.note.tags,
            chars: row.chars_count,
            quotes: row.quotes_count,
            updated: row.updated,
        })
    }

    pub fn quote(
        &mut self,
        state: &WorkspaceState,
        row: QuoteRow,
        of: &NoteRow,
        here: Option<&str>,
    ) -> Result<Option<QuoteEntry>, Refusal> {
        let mut places = Vec::new();
        for place in &row.quote.steps {
            places.push(self.place(state, place)?);
        }
        let steps_here = match here {
            Some(id) => self.map(state, id)?.map_or_else(Vec::new, |map| {
                let steps = row.quote.steps_on(id, map).into_iter();
                steps.map(str::to_owned).collect()
            }),
            None => Vec::new(),
        };
        let Some(study) = self.study(&of.study) else {
            return Ok(None);
        };
        let mut seen = BTreeSet::new();
        let segments = row.quote.segments.iter().chain(&of.note.segments);
        let segments = segments.filter(|it| seen.insert(*it)).cloned().collect();
        Ok(Some(QuoteEntry {
            id: row.id,
            version: row.version,
            note: of.id,
            note_title: of.note.title.clone(),
            study: of.study.clone(),
            study_title: study.title.clone(),
            method: study.method,
            day: of.note.day.unwrap_or(study.day),
            person: self.person(row.quote.person(&of.note)),
            segments,
            places,
            steps_here,
            updated: row.updated,
            quote: row.quote,
        }))
    }

    fn place(&mut self, state: &WorkspaceState, place: &StepPlace) -> Result<QuotePlace, Refusal> {
        let map = self.map(state, &place.map)?;
        let step = map.and_then(|it| it.steps().find(|it| it.id == place.step));
        Ok(QuotePlace {
            map: place.map.clone(),
            step: place.step.clone(),
            map_title: map.map(|it| it.title.clone()),
            step_title: step.map(|it| it.title.clone()),
        })
    }
}

impl ResearchSearch {
    /// Whether a field note is looked for; its text has to be there where words are.
    pub fn takes_note(
        &self,
        shower: &Shower<'_>,
        row: &NoteRow,
        profile: Option<ProfileId>,
    ) -> bool {
        self.takes_study(shower, &row.study)
            && self
                .tag
                .as_ref()
                .is_none_or(|it| row.note.tags.contains(it))
            && (self.segment.as_ref()).is_none_or(|it| row.note.segments.contains(it))
            && is_about(shower, row.note.person.as_ref(), profile)
            && self
                .words()
                .is_none_or(|it| has_words(&searched(&row.note), it))
    }

    /// Whether a quote is looked for, but for the map.
    pub fn takes_quote(
        &self,
        shower: &Shower<'_>,
        quote: &Quote,
        of: &NoteRow,
        profile: Option<ProfileId>,
    ) -> bool {
        let has_tag = |it: &String| quote.tags.contains(it) || of.note.tags.contains(it);
        self.takes_study(shower, &of.study)
            && self.tag.as_ref().is_none_or(has_tag)
            && (self.segment.as_ref()).is_none_or(|it| quote.is_of_segment(&of.note, it))
            && is_about(shower, quote.person(&of.note), profile)
            && self.words().is_none_or(|it| {
                let tags = quote.tags.join("\n");
                has_words(&format!("{}\n{tags}\n{}", quote.words, of.note.title), it)
            })
    }

    /// What is looked for in texts.
    pub fn words(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|it| !it.is_empty())
    }

    fn takes_study(&self, shower: &Shower<'_>, id: &str) -> bool {
        let Some(study) = shower.study(id) else {
            return false;
        };
        self.study.as_deref().is_none_or(|it| it == id)
            && self.method.is_none_or(|it| it == study.method)
    }
}

fn is_about(shower: &Shower<'_>, person: Option<&Identifier>, profile: Option<ProfileId>) -> bool {
    let is_them = |it: ProfileId| {
        let person = shower.person(person);
        person.and_then(|person| person.profile) == Some(it)
    };
    profile.is_none_or(is_them)
}

fn searched(note: &FieldNote) -> String {
    format!("{}\n{}\n{}", note.title, note.tags.join("\n"), note.text)
}

/// Some words around the first one that was looked for; none where only the title has them.
fn excerpt(text: &str, search: &str) -> Option<String> {
    const BEFORE: usize = 60;
    const CHARS_MAX: usize = 200;
    let word = search.split_whitespace().next()?.to_lowercase();
    // Lower case may have another length, so characters are compared one by one.
    let chars: Vec<char> = text.chars().collect();
    let lower: Vec<String> = chars.iter().map(|it| it.to_lowercase().collect()).collect();
    let begins_at = |at: usize| {
        let mut rest = word.as_str();
        for it in &lower[at..] {
            match rest.strip_prefix(it.as_str()) {
                Some(left) => rest = left,
                None => return rest.is_empty(),
            }
            if rest.is_empty() {
                return true;
            }
        }
        false
    };
    let at = (0..chars.len()).find(|at| begins_at(*at))?;
    let from = at.saturating_sub(BEFORE);
    let upto = (from + CHARS_MAX).min(chars.len());
    let before = if from > 0 { "…" } else { "" };
    let after = if upto < chars.len() { "…" } else { "" };
    let words: String = chars[from..upto].iter().collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(format!("{before}{words}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_first_word_that_was_looked_for() {
        let text = format!(
            "{}İ met Straße und\nKasse {}",
            "é".repeat(100),
            "x".repeat(300)
        );
        let found = excerpt(&text, "strasse kasse");
        assert_eq!(found, None, "another spelling is another word");
        let found = excerpt(&text, "STRASSE");
        assert_eq!(found, None);
        let found = excerpt(&text, "straße kasse").expect("it stands there");
        assert!(found.starts_with('…') && found.ends_with('…'), "{found}");
        assert!(found.contains("met Straße und Kasse"), "{found}");
        assert_eq!(excerpt("慢", "慢").as_deref(), Some("慢"));
        assert_eq!(excerpt("", "x"), None);
    }
}
