//! Research: files become field notes, quotes stand where they belong, and people go from both.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use throughline_model::limits;

use crate::{
    client::Browser,
    erasures::{check_sound, erase, find, holding},
    events::{runtime, shop},
};

const BASE: &str = "/api/w/shop/research";
const PEOPLE: &str = "+ann-4711 90 product_viewed
    +ann-4711 70 identify {\"email\":\"ann@example.org\"}
    +ben 60 product_viewed";

async fn study(owner: &mut Browser) -> String {
    let body = json!({"title": "Why people leave", "method": "interview", "day": "2026-03-02"});
    let made = owner
        .post(&format!("{BASE}/studies"), body)
        .await
        .expect(200);
    made["id"].as_str().unwrap().to_owned()
}

/// A map with two steps, and a segment.
async fn surroundings(owner: &mut Browser) {
    let step = |id: &str, title: &str, matcher: Value| json!({"id": id, "title": title, "matcher": matcher});
    let map = json!({"title": "Buying", "kind": "current", "goal": {"events": ["order_placed"]}, "range": {"all": true},
        "stages": [{"id": "buy", "title": "Buy", "steps": [
            step("look", "Product page", json!({"events": ["product_viewed"]})),
            step("pay", "Payment", json!({"events": ["order_placed"]}))]}]});
    owner.post("/api/w/shop/maps", map).await.expect(200);
    let segment = json!({"title": "Loyal", "definition": {"rule": {"all": []}}});
    owner
        .post("/api/w/shop/segments", segment)
        .await
        .expect(200);
}

fn file(name: &str, text: &str) -> Value {
    json!({"name": name, "bytes": BASE64_STANDARD.encode(text)})
}

/// Twenty talks in all formats, with text that is up to no good.
fn transcripts() -> Vec<Value> {
    let hostile = [
        "</blockquote><script>alert(1)</script>",
        "'; DROP TABLE quotes; --",
        "\u{202e}gnp.exe 太慢了 🐌",
        "{{constructor.constructor('x')()}} %s ${7*7}",
    ];
    let talk = |index: usize| {
        let said = hostile[index % hostile.len()];
        let told = format!("Payment took ages, talk {index}. {said}");
        match index % 4 {
            0 => file(
                &format!("talk-{index}.txt"),
                &format!("\u{feff}Intro\r\n{told}\r\n"),
            ),
            1 => file(
                &format!("talk-{index}.md"),
                &format!("# Talk\n\n> {told}\n"),
            ),
            2 => file(
                &format!("talk-{index}.vtt"),
                &format!(
                    "WEBVTT\n\n00:01.000 --> 00:09.000\n<v Ann>{}\n",
                    told.replace('<', "&lt;")
                ),
            ),
            _ => file(
                &format!("talk-{index}.srt"),
                &format!("1\n00:00:01,000 --> 00:00:09,000\nAnn: {told}\n"),
            ),
        }
    };
    (0..20).map(talk).collect()
}

async fn import(owner: &mut Browser, study: &str, files: Value) -> Value {
    let body = json!({"files": files});
    owner
        .post(&format!("{BASE}/studies/{study}/files"), body)
        .await
        .expect(200)
}

async fn note(owner: &mut Browser, id: &Value) -> Value {
    owner.get(&format!("{BASE}/notes/{id}")).await.expect(200)
}

/// A quote of some words of a note, with what else is said of it.
fn quote_of(note: &Value, words: &str, more: Value) -> Value {
    let text = note["note"]["text"].as_str().unwrap();
    let start = text[..text.find(words).unwrap()].chars().count();
    let mut quote = json!({"start": start, "end": start + words.chars().count(), "words": words});
    for (name, value) in more.as_object().unwrap() {
        quote[name] = value.clone();
    }
    quote
}

async fn quotes(owner: &mut Browser, search: &str) -> Value {
    owner
        .get(&format!("{BASE}/quotes?{search}"))
        .await
        .expect(200)
}

#[tokio::test]
async fn twenty_transcripts_come_in_and_their_quotes_stand_on_steps_segments_and_people() {
    let (_server, mut owner) = shop(PEOPLE).await;
    surroundings(&mut owner).await;
    let study = study(&mut owner).await;
    let mut files = transcripts();
    files[0]["person"] = json!({"kind": "email", "value": " ANN@example.org"});
    files[0]["segments"] = json!(["loyal"]);
    files[0]["tags"] = json!(["slow"]);
    // A look stores nothing, and tells what the files say.
    let look = json!({"files": files, "dry_run": true});
    let path = format!("{BASE}/studies/{study}/files");
    let looked = owner.post(&path, look).await.expect(200);
    assert_eq!(looked["files"].as_array().unwrap().len(), 20);
    assert!(
        looked["files"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["faults"] == json!([])),
        "{looked}"
    );
    assert_eq!(looked["files"][2]["speakers"], json!(["Ann"]));
    assert_eq!(
        owner.get(&format!("{BASE}/notes")).await.expect(200)["found"],
        0
    );

    let imported = import(&mut owner, &study, json!(files)).await;
    let ids = imported["notes"].as_array().unwrap();
    assert_eq!(ids.len(), 20);
    let listed = owner
        .get(&format!("{BASE}/notes?q=payment%20ages"))
        .await
        .expect(200);
    assert_eq!(listed["found"], 20);
    assert!(
        listed["notes"][0]["found"]
            .as_str()
            .unwrap()
            .contains("Payment took ages")
    );

    // One of each format, linked in each way.
    let links = [
        json!({"steps": [{"map": "buying", "step": "pay"}], "feeling": -2, "tags": ["slow"]}),
        json!({"events": ["product_viewed"], "feeling": 1}),
        json!({"segments": ["loyal"], "steps": [{"map": "buying", "step": "pay"}]}),
        json!({"person": {"kind": "user", "value": "ben"}}),
    ];
    for (id, links) in ids.iter().zip(links) {
        let of = note(&mut owner, id).await;
        let quote = quote_of(&of, "took ages", links);
        owner
            .post(&format!("{BASE}/notes/{id}/quotes"), quote)
            .await
            .expect(200);
    }
    let here = quotes(&mut owner, "map=buying").await;
    assert_eq!(here["found"], 3);
    let steps = json!([{"step": "look", "quotes": 1, "felt": 1, "feeling": 1.0},
        {"step": "pay", "quotes": 2, "felt": 1, "feeling": -2.0}]);
    assert_eq!(here["steps"], steps);
    let at_pay = quotes(&mut owner, "map=buying&step=pay").await;
    let told: Vec<&Value> = at_pay["quotes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["note"])
        .collect();
    assert_eq!(told, [&ids[2], &ids[0]]);
    assert_eq!(at_pay["quotes"][1]["places"][0]["step_title"], "Payment");
    // The way back leads to the very words.
    let back = &at_pay["quotes"][1];
    let of = note(&mut owner, &back["note"]).await;
    let text: Vec<char> = of["note"]["text"].as_str().unwrap().chars().collect();
    let at = |name: &str| back["quote"][name].as_u64().unwrap() as usize;
    let words: String = text[at("start")..at("end")].iter().collect();
    assert_eq!(json!(words), back["quote"]["words"]);
    assert_eq!(of["quotes"][0]["id"], back["id"]);
    // By segment, of the note and of the quote; by person, in whatever form; by tag and method.
    assert_eq!(quotes(&mut owner, "segment=loyal").await["found"], 2);
    let ann = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    assert_eq!(
        quotes(&mut owner, &format!("profile={ann}")).await["found"],
        1
    );
    let ben = find(&mut owner, "ben").await[0]["id"].clone();
    let of_ben = quotes(&mut owner, &format!("profile={ben}")).await;
    assert_eq!(of_ben["found"], 1);
    assert_eq!(of_ben["quotes"][0]["person"]["profile"], ben);
    assert_eq!(quotes(&mut owner, "tag=slow").await["found"], 1);
    assert_eq!(quotes(&mut owner, "method=case_study").await["found"], 0);
    assert_eq!(
        quotes(&mut owner, "q=TOOK&method=interview").await["found"],
        4
    );
    let all = owner.get(&format!("{BASE}/studies")).await.expect(200);
    assert_eq!(
        (&all["studies"][0]["notes"], &all["studies"][0]["quotes"]),
        (&json!(20), &json!(4))
    );
    assert_eq!(
        all["tags"],
        json!([{"tag": "slow", "notes": 1, "quotes": 1}])
    );
    let suggested = json!({"words": "The payment, and the product pages"});
    let named = owner
        .post(&format!("{BASE}/suggestions"), suggested)
        .await
        .expect(200);
    assert_eq!(named["steps"].as_array().unwrap().len(), 1);
    assert_eq!(named["steps"][0]["step"], "pay");
    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][0]["action"], "research.imported");
}

#[tokio::test]
async fn one_faulty_file_keeps_all_of_them_out() {
    let (_server, mut owner) = shop(PEOPLE).await;
    let study = study(&mut owner).await;
    let path = format!("{BASE}/studies/{study}/files");
    let mut files = transcripts();
    files[3] = file("talk.srt", "1\nno time\nHo\n");
    files[5] = json!({"name": "a.txt", "bytes": "%%%"});
    files[7] = file("a.docx", "PK");
    files[9]["person"] = json!({"kind": "email", "value": "nobody@example.org"});
    files[11]["segments"] = json!(["nowhere"]);
    files[13] = json!({"name": "b.txt", "bytes": BASE64_STANDARD.encode(b"a\n\xff")});
    let refused = owner.post(&path, json!({"files": files})).await;
    let faults = refused.expect(422)["error"]["faults"].clone();
    let places: Vec<&str> = (faults.as_array().unwrap().iter())
        .map(|it| it["place"].as_str().unwrap())
        .collect();
    let expected = [
        "files[3], line 1",
        "files[5]",
        "files[7]",
        "files[9], person",
        "files[11], segments[0]",
        "files[13], line 2",
    ];
    assert_eq!(places, expected, "{faults}");
    assert_eq!(
        owner.get(&format!("{BASE}/notes")).await.expect(200)["found"],
        0
    );
    // A look says the same of each file.
    let looked = owner
        .post(&path, json!({"files": files, "dry_run": true}))
        .await
        .expect(200);
    assert_eq!(looked["files"][3]["faults"][0]["place"], "line 1");
    let none = owner.post(&path, json!({"files": []})).await;
    assert_eq!(none.refusal(), "422 body.unusable");
    let many = vec![file("a.txt", "x"); limits::FIELD_NOTE_FILES_MAX + 1];
    assert_eq!(
        owner.post(&path, json!({"files": many})).await.refusal(),
        "422 body.unusable"
    );
    let nowhere = owner
        .post(
            &format!("{BASE}/studies/none/files"),
            json!({"files": [file("a.txt", "x")]}),
        )
        .await;
    assert_eq!(nowhere.refusal(), "404 document.unknown");
}

#[tokio::test]
async fn notes_and_quotes_are_changed_by_who_has_read_them_and_only_soundly() {
    let (_server, mut owner) = shop(PEOPLE).await;
    surroundings(&mut owner).await;
    let study = study(&mut owner).await;
    let body = json!({"title": "Ann", "text": "It was slow, then lost."});
    let path = format!("{BASE}/studies/{study}/notes");
    let id = owner.post(&path, body.clone()).await.expect(200)["id"].clone();
    let of = note(&mut owner, &id).await;
    let path = format!("{BASE}/notes/{id}/quotes");
    for (faulty, place) in [
        (json!({"start": 0, "end": 3, "words": "was"}), "words"),
        (json!({"start": 9, "end": 9, "words": ""}), "end"),
        (quote_of(&of, "slow", json!({"feeling": 3})), "feeling"),
        (
            quote_of(
                &of,
                "slow",
                json!({"steps": [{"map": "buying", "step": "none"}]}),
            ),
            "steps[0]",
        ),
        (
            quote_of(
                &of,
                "slow",
                json!({"steps": [{"map": "none", "step": "pay"}]}),
            ),
            "steps[0]",
        ),
        (
            quote_of(&of, "slow", json!({"touchpoints": ["none"]})),
            "touchpoints[0]",
        ),
        (
            quote_of(&of, "slow", json!({"segments": ["none"]})),
            "segments[0]",
        ),
        (
            quote_of(
                &of,
                "slow",
                json!({"person": {"kind": "user", "value": "cid"}}),
            ),
            "person",
        ),
    ] {
        let refused = owner.post(&path, faulty).await.expect(422);
        assert_eq!(refused["error"]["faults"][0]["place"], place, "{refused}");
    }
    let steps = json!({"steps": [{"map": "buying", "step": "pay"}], "segments": ["loyal"]});
    let lost = quote_of(&of, "lost", steps);
    let quote = owner.post(&path, lost.clone()).await.expect(200)["id"].clone();
    // The words of a quote may move, but not go.
    let mut first = owner.clone();
    first.headers.push(("if-match", "1".to_owned()));
    let path = format!("{BASE}/notes/{id}");
    let without = json!({"title": "Ann", "text": "It was slow."});
    let refused = first.send("PUT", &path, Some(without)).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "text");
    let longer = json!({"title": "Ann", "text": "Intro. It was slow, then lost."});
    first
        .send("PUT", &path, Some(longer.clone()))
        .await
        .expect(200);
    let late = first.send("PUT", &path, Some(longer)).await;
    assert_eq!(late.refusal(), "409 version.conflict");
    let moved = note(&mut owner, &id).await["quotes"][0].clone();
    assert_eq!(moved["quote"]["start"], 25);
    // What a quote is linked to may go later; the quote stays and may be changed.
    owner
        .send("DELETE", "/api/w/shop/maps/buying", None)
        .await
        .expect(204);
    let mut second = owner.clone();
    second.headers.push(("if-match", "2".to_owned()));
    let mut changed = moved["quote"].clone();
    changed["feeling"] = json!(-1);
    let path = format!("{BASE}/quotes/{quote}");
    second.send("PUT", &path, Some(changed)).await.expect(200);
    let shown = quotes(&mut owner, "segment=loyal").await;
    assert_eq!(shown["quotes"][0]["places"][0]["map_title"], Value::Null);
    assert_eq!(shown["quotes"][0]["quote"]["feeling"], -1);
    assert_eq!(quotes(&mut owner, "").await["found"], 1);
    let gone = owner.get(&format!("{BASE}/quotes?map=buying")).await;
    assert_eq!(gone.refusal(), "404 document.unknown");
    owner.send("DELETE", &path, None).await.expect(204);
    assert_eq!(
        owner.send("DELETE", &path, None).await.refusal(),
        "404 document.unknown"
    );
    owner
        .send("DELETE", &format!("{BASE}/studies/{study}"), None)
        .await
        .expect(204);
    assert_eq!(
        owner.get(&format!("{BASE}/notes/{id}")).await.refusal(),
        "404 document.unknown"
    );
}

#[tokio::test]
async fn viewers_read_and_editors_write() {
    let (server, mut owner) = shop(PEOPLE).await;
    let study = study(&mut owner).await;
    let made = import(&mut owner, &study, json!([file("a.txt", "It was slow")])).await;
    let id = made["notes"][0].clone();
    let quote = json!({"start": 0, "end": 2, "words": "It"});
    for (role, may_write) in [("viewer", false), ("analyst", false), ("editor", true)] {
        let email = format!("{role}@example.com");
        let mut member = server.member(&mut owner, &email, &[("shop", role)]).await;
        member.get(&format!("{BASE}/notes/{id}")).await.expect(200);
        member.get(&format!("{BASE}/quotes")).await.expect(200);
        let path = format!("{BASE}/notes/{id}/quotes");
        let answer = member.post(&path, quote.clone()).await;
        match may_write {
            true => assert_eq!(answer.status, 200),
            false => assert_eq!(answer.refusal(), "403 role.low"),
        }
    }
    assert_eq!(quotes(&mut owner, "").await["found"], 1);
}

#[tokio::test]
async fn a_person_takes_field_notes_and_quotes_along_and_has_them_in_their_copy() {
    let (server, mut owner) = shop(PEOPLE).await;
    let study = study(&mut owner).await;
    let ann = json!({"kind": "user", "value": "ann-4711"});
    let files = json!([
        {"name": "ann.txt", "bytes": BASE64_STANDARD.encode("Secret-of-ann. And more."), "person": ann},
        {"name": "both.txt", "bytes": BASE64_STANDARD.encode("One said: yes. Two said: no.")},
        {"name": "told.txt", "bytes": BASE64_STANDARD.encode("Ask ANN@example.org about it.")},
        {"name": "ben.txt", "bytes": BASE64_STANDARD.encode("Ben is happy."), "person": {"kind": "user", "value": "ben"}},
    ]);
    let ids = import(&mut owner, &study, files).await["notes"].clone();
    for (index, words, person) in [
        (0, "more", json!(null)),
        (1, "yes", ann.clone()),
        (3, "happy", json!(null)),
    ] {
        let of = note(&mut owner, &ids[index]).await;
        let quote = quote_of(&of, words, json!({"person": person}));
        owner
            .post(&format!("{BASE}/notes/{}/quotes", ids[index]), quote)
            .await
            .expect(200);
    }
    let id = find(&mut owner, "ann-4711").await[0]["id"].clone();
    let copy = owner
        .get(&format!("/api/w/shop/profiles/{id}/export"))
        .await
        .text();
    let lines: Vec<Value> = copy
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let of = |kind: &str| lines.iter().filter(|it| it["kind"] == kind).count();
    assert_eq!((of("field_note"), of("quote")), (1, 2));
    assert!(copy.contains("Secret-of-ann") && !copy.contains("Ben is happy"));

    let done = erase(&server, &mut owner, "ann-4711").await;
    assert_eq!(
        (&done["found"]["notes"], &done["found"]["quotes"]),
        (&json!(1), &json!(2))
    );
    // What others said stays, and is told where it names the person or holds their words.
    let left = [&ids[1], &ids[2]].map(|it| it.to_string());
    let told: Vec<Value> = done["left"].as_array().unwrap().clone();
    assert_eq!(
        told.iter()
            .map(|it| it["id"].as_str().unwrap())
            .collect::<Vec<_>>(),
        left
    );
    assert!(told.iter().all(|it| it["document"] == "note"));
    let gone = owner.get(&format!("{BASE}/notes/{}", ids[0])).await;
    assert_eq!(gone.refusal(), "404 document.unknown");
    assert_eq!(quotes(&mut owner, "").await["found"], 1);
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["Secret-of-ann"]), Vec::<String>::new());
    assert!(!holding(&dir, &["Ben is happy"]).is_empty());
    check_sound(&server).await;
}
