use rusqlite::Connection;

use super::*;
use crate::state::{Db, Schema, workspace::schema::SCHEMA};

fn open() -> (tempfile::TempDir, WorkspaceState) {
    let dir = tempfile::tempdir().unwrap();
    let state = WorkspaceState::open(&dir.path().join("state.db")).unwrap();
    let study = r#"{"title":"Talks","method":"interview","day":"2026-03-02"}"#;
    let kind = DocumentKind::Study;
    (state.put_document(kind, "talks", None, "Talks", study, Timestamp(1))).unwrap();
    (dir, state)
}

fn note(text: &str, person: Option<&str>) -> FieldNote {
    FieldNote {
        title: "'); DROP TABLE quotes; --".to_owned(),
        text: text.to_owned(),
        day: None,
        person: person.map(Identifier::user),
        segments: vec!["loyal".to_owned()],
        tags: vec!["price".to_owned()],
    }
}

fn quote(text: &str, words: &str, person: Option<&str>) -> Quote {
    let start = text[..text.find(words).unwrap()].chars().count();
    Quote {
        start,
        end: start + words.chars().count(),
        words: words.to_owned(),
        tags: Vec::new(),
        feeling: Some(-1),
        steps: Vec::new(),
        touchpoints: Vec::new(),
        events: Vec::new(),
        segments: Vec::new(),
        person: person.map(Identifier::user),
    }
}

#[test]
fn notes_and_quotes_come_back_as_they_were_written() {
    let (_dir, state) = open();
    let (one, two) = (note("太慢 \u{202e}\"x\" %", Some("ana")), note("Two", None));
    let notes = [one.clone(), two];
    let ids = state.put_notes("talks", &notes, Timestamp(5)).unwrap();
    let it = quote(&one.text, "慢", None);
    let id = state.put_quote(ids[0], &it, Timestamp(6)).unwrap();
    let (row, quotes) = state.note(ids[0]).unwrap().unwrap();
    assert_eq!((row.note, row.version, row.updated), (one, 1, Timestamp(5)));
    assert_eq!((&*row.study, row.quotes_count), ("talks", 1));
    assert_eq!((&quotes[0].quote, quotes[0].id), (&it, id));
    assert_eq!(state.quotes().unwrap(), quotes);
    assert_eq!(state.quote(id).unwrap().as_ref(), quotes.first());
    let mut seen = Vec::new();
    (state.each_note(false, |it| seen.push((it.id, it.note.text, it.chars_count)))).unwrap();
    assert_eq!(
        seen,
        [(ids[1], String::new(), 3), (ids[0], String::new(), 9)]
    );
    state
        .each_note(true, |it| {
            assert_eq!(it.note.text.chars().count() as u64, it.chars_count)
        })
        .unwrap();
    let size = state.research_size().unwrap();
    assert_eq!((size.notes, size.quotes), (2, 1));
}

#[test]
fn notes_without_their_study_and_quotes_without_their_words_are_not_stored() {
    let (_dir, state) = open();
    let of = note("One", None);
    let unknown = state.put_notes("none", std::slice::from_ref(&of), Timestamp(5));
    assert!(matches!(unknown, Err(ResearchError::Unknown)));
    let id = state
        .put_notes("talks", std::slice::from_ref(&of), Timestamp(5))
        .unwrap()[0];
    let other = quote("Other", "Other", None);
    let faulty = state.put_quote(id, &other, Timestamp(6));
    assert!(matches!(faulty, Err(ResearchError::Faulty(_))));
    let nowhere = state.put_quote(99, &other, Timestamp(6));
    assert!(matches!(nowhere, Err(ResearchError::Unknown)));
    assert_eq!(state.research_size().unwrap().quotes, 0);
}

#[test]
fn all_notes_of_an_import_are_stored_or_none() {
    let (_dir, state) = open();
    let long = "x".repeat(limits::FIELD_NOTE_CHARS_MAX);
    let most = limits::FIELD_NOTES_BYTES_MAX / long.len();
    let many = vec![note(&long, None); most + 1];
    let full = state.put_notes("talks", &many, Timestamp(5));
    assert!(matches!(full, Err(ResearchError::Full(_))));
    assert_eq!(state.research_size().unwrap().notes, 0);
    assert_eq!(
        state
            .put_notes("talks", &many[..3], Timestamp(5))
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_note_has_no_more_quotes_than_its_limit() {
    let (_dir, state) = open();
    let of = note("One", None);
    let id = state
        .put_notes("talks", std::slice::from_ref(&of), Timestamp(5))
        .unwrap()[0];
    let it = quote("One", "One", None);
    for _ in 0..limits::QUOTES_OF_NOTE_MAX {
        state.put_quote(id, &it, Timestamp(6)).unwrap();
    }
    let full = state.put_quote(id, &it, Timestamp(6));
    assert!(matches!(full, Err(ResearchError::Full(_))));
}

#[test]
fn quotes_follow_their_words_and_a_change_that_loses_them_changes_nothing() {
    let (_dir, state) = open();
    let of = note("It was slow, then lost.", None);
    let id = state
        .put_notes("talks", std::slice::from_ref(&of), Timestamp(5))
        .unwrap()[0];
    let slow = state
        .put_quote(id, &quote(&of.text, "slow", None), Timestamp(6))
        .unwrap();
    let lost = state
        .put_quote(id, &quote(&of.text, "lost", None), Timestamp(6))
        .unwrap();
    let without = note("Ana: it was slow.", None);
    let refused = state.replace_note(id, 1, &without, Timestamp(7));
    let Err(ResearchError::Faulty(faults)) = refused else {
        panic!("the words of a quote are gone: {refused:?}");
    };
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].message.contains("“lost”"),
        "{}",
        faults[0].message
    );
    let (row, quotes) = state.note(id).unwrap().unwrap();
    assert_eq!((row.version, row.note.text), (1, of.text));
    assert!(quotes.iter().all(|it| it.version == 1));
    assert!(state.remove_quote(lost).unwrap());
    assert_eq!(
        state.replace_note(id, 1, &without, Timestamp(7)).unwrap(),
        2
    );
    let moved = state.quote(slow).unwrap().unwrap();
    assert_eq!((moved.quote.start, moved.version), (12, 2));
    let late = state.replace_note(id, 1, &without, Timestamp(8));
    assert!(matches!(late, Err(ResearchError::Conflict)));
    let late = state.replace_quote(slow, 1, &moved.quote, Timestamp(8));
    assert!(matches!(late, Err(ResearchError::Conflict)));
    assert_eq!(
        state
            .replace_quote(slow, 2, &moved.quote, Timestamp(8))
            .unwrap(),
        3
    );
}

#[test]
fn what_holds_something_takes_it_along_when_it_goes() {
    let (_dir, state) = open();
    let of = [note("One", None), note("Two", None)];
    let ids = state.put_notes("talks", &of, Timestamp(5)).unwrap();
    for (id, text) in ids.iter().zip(["One", "Two"]) {
        state
            .put_quote(*id, &quote(text, text, None), Timestamp(6))
            .unwrap();
    }
    assert_eq!(state.remove_note(ids[0]).unwrap(), Some(1));
    assert_eq!(state.remove_note(ids[0]).unwrap(), None);
    let gone = state.remove_study("talks").unwrap();
    assert_eq!(
        gone,
        Some(ResearchSize {
            notes: 1,
            quotes: 1
        })
    );
    assert_eq!(state.remove_study("talks").unwrap(), None);
    assert_eq!(state.research_size().unwrap(), ResearchSize::default());
}

#[test]
fn a_person_goes_and_what_others_said_of_them_is_told() {
    let (_dir, state) = open();
    let text = "Ben said he met Ana-17. Ana said hello.";
    let of = [
        note("About ana", Some("ana-17")),
        note(text, None),
        note("Both spoke: yes. no.", None),
        note("Nobody", Some("ben")),
    ];
    let ids = state.put_notes("talks", &of, Timestamp(5)).unwrap();
    let put = |note: usize, words, person| {
        let it = quote(&of[note].text, words, person);
        state.put_quote(ids[note], &it, Timestamp(6)).unwrap()
    };
    put(0, "About", None);
    put(2, "yes", Some("ana-17"));
    let left = put(2, "no", Some("ben"));
    let is_theirs = |it: &Identifier| &*it.value == "ana-17";
    let names = |text: &str| text.to_lowercase().contains("ana-17");
    let named = state.notes_that_name(&is_theirs, &names).unwrap();
    assert_eq!(named.iter().map(|it| it.0).collect::<Vec<_>>(), ids[1..3]);
    let gone = state.forget_in_research(&is_theirs).unwrap();
    assert_eq!(
        gone,
        ResearchSize {
            notes: 1,
            quotes: 2
        }
    );
    assert_eq!(
        state.forget_in_research(&is_theirs).unwrap(),
        ResearchSize::default()
    );
    assert_eq!(state.quotes().unwrap()[0].id, left);
    assert_eq!(
        state.research_size().unwrap(),
        ResearchSize {
            notes: 3,
            quotes: 1
        }
    );
}

#[test]
fn tables_of_an_older_program_are_given_room_for_research() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let is_first = |it: &&str| it.contains("CREATE TABLE field_notes");
    let before = Schema {
        migrations: SCHEMA.migrations.split(is_first).next().unwrap(),
        ..SCHEMA
    };
    drop(Db::open(&path, before).unwrap());
    let state = WorkspaceState::open(&path).unwrap();
    assert_eq!(state.research_size().unwrap(), ResearchSize::default());
    drop(state);
    let version: i64 = Connection::open(&path)
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, SCHEMA.migrations.len() as i64);
}
