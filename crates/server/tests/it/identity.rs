use serde_json::{Value, json};
use throughline_model::Span;

use crate::{
    client::{Browser, Server},
    events::{runtime, send, shop, wait_until_shown},
};

/// Ann on two devices that her e-mail joins, and Bob.
async fn ann_and_bob() -> (Server, Browser) {
    let (server, owner) = shop("phone 90 product_viewed").await;
    send(
        &server,
        "phone 80 identify {\"email\":\"Ann@Example.org\"}
        +ann 70 identify {\"email\":\"ann@example.org\",\"name\":\"Ann\"}
        +ann 65 order_placed
        +bob 60 product_viewed
        +bob 50 order_placed",
    )
    .await;
    (server, owner)
}

async fn find(owner: &mut Browser, query: &str) -> Value {
    let path = format!("/api/w/shop/profiles?q={query}");
    owner.get(&path).await.expect(200)["profiles"].clone()
}

async fn decide(server: &Server, owner: &mut Browser, body: Value) -> Value {
    let done = owner.post("/api/w/shop/identity/decisions", body).await;
    let done = done.expect(200);
    let runtime = runtime(server);
    tokio::task::spawn_blocking(move || wait_until_roots_shown(&runtime))
        .await
        .unwrap();
    done
}

pub fn wait_until_roots_shown(runtime: &throughline_server::workspace::WorkspaceRuntime) {
    wait_until_shown(runtime);
    while runtime.snapshot().links != runtime.pipeline().resolver().position() {
        std::thread::yield_now();
    }
}

async fn profiles_count(owner: &mut Browser, as_of: Option<u64>) -> Value {
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let then = as_of.map_or_else(String::new, |at| format!("?as_of={at}"));
    let answer = owner.post(&format!("/api/w/shop/ask{then}"), report).await;
    answer.expect(200)["numbers"]["total"]["profiles"].clone()
}

/// Who saw a product and bought: Bob, and Ann while her devices are one person.
async fn buyers(owner: &mut Browser) -> Value {
    let did = |name: &str| json!({"did": {"matcher": {"events": [name]}}});
    let rule = json!({"all": [did("product_viewed"), did("order_placed")]});
    let body = json!({"of": {"rule": rule}});
    owner.post("/api/w/shop/people", body).await.expect(200)["total"].clone()
}

#[tokio::test]
async fn an_email_joins_and_parting_it_restores_profiles_and_numbers() {
    let (server, mut owner) = ann_and_bob().await;
    assert_eq!(profiles_count(&mut owner, None).await, 2);
    assert_eq!(buyers(&mut owner).await, 2);
    let ann = find(&mut owner, "ann@example.org").await[0].clone();
    assert_eq!(ann["label"], "Ann");
    let path = format!("/api/w/shop/profiles/{}/identity", ann["id"]);
    let identity = owner.get(&path).await.expect(200);
    let kinds: Vec<&str> = (identity["identifiers"].as_array().unwrap().iter())
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["user", "anonymous", "anonymous", "email"]);
    let links = identity["links"].as_array().unwrap();
    assert_eq!(links.len(), 3);
    assert!(
        links
            .iter()
            .all(|it| it["standing"] == "holds" && it["event"] == "$identify")
    );
    let before = identity["position"].as_u64().unwrap();

    let pair = |what: &str| {
        json!({"what": what, "why": "a shared mailbox",
            "identifier": {"kind": "user", "value": "ann"},
            "other": {"kind": "email", "value": "ann@example.org"}})
    };
    let done = decide(&server, &mut owner, pair("part")).await;
    assert_eq!(done["are_one"], false);
    assert_eq!(profiles_count(&mut owner, None).await, 3);
    assert_eq!(
        profiles_count(&mut owner, Some(before)).await,
        2,
        "as of then"
    );
    let identity = owner.get(&path).await.expect(200);
    assert_eq!(identity["decisions"][0]["why"], "a shared mailbox");
    assert_eq!(identity["links"][0]["standing"], "parted");
    let past = format!("/api/w/shop/profiles/{}/past?as_of={before}", ann["id"]);
    let past = owner.get(&past).await.expect(200);
    assert_eq!(past["pieces"][0]["others"], 2, "then they were one");

    let done = decide(&server, &mut owner, pair("reunite")).await;
    assert_eq!(done["are_one"], true);
    assert_eq!(profiles_count(&mut owner, None).await, 2);
    assert_eq!(buyers(&mut owner).await, 2);
    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][0]["action"], "identity.reunited");
    assert_eq!(audit["entries"][1]["action"], "identity.parted");
}

/// Everyone who ever did something.
fn everybody() -> Value {
    json!({"kind": "counts", "range": {"all": true}, "every": "range"})
}

#[tokio::test]
async fn moments_tell_lines_and_every_question_can_be_asked_as_of_them() {
    let (server, mut owner) = shop("phone 90 product_viewed").await;
    let path = "/api/w/shop/identity/moments";
    let none = owner.get(path).await.expect(200);
    assert_eq!(none, json!({"position": 0, "moments": [], "asked": null}));
    let before = server.app.now();
    server.clock.advance(Span::hours(2));
    send(
        &server,
        "phone 80 identify {\"email\":\"<b>ann</b>@example.org\"}
        +ann 70 identify {\"email\":\"<b>ann</b>@example.org\"}
        +ann 65 product_viewed
        +bob 60 product_viewed",
    )
    .await;
    let joined = server.app.now();
    let all = owner.get(path).await.expect(200);
    let lines = all["position"].as_u64().unwrap();
    assert!(lines > 0);
    assert_eq!(
        all["moments"],
        json!([{"lines": lines, "at": joined.to_string()}])
    );

    let mut asked = async |query: &str| {
        let told = owner.get(&format!("{path}?{query}")).await.expect(200);
        told["asked"].clone()
    };
    let nobody = json!({"lines": 0, "at": null});
    let all = json!({"lines": lines, "at": joined.to_string()});
    let just_before = joined.minus(Span::seconds(1));
    assert_eq!(asked(&format!("at={before}")).await, nobody);
    assert_eq!(asked(&format!("at={just_before}")).await, nobody);
    assert_eq!(asked(&format!("at={joined}")).await, all);
    assert_eq!(asked("as_of=0").await, nobody);
    assert_eq!(asked("as_of=1").await["at"], joined.to_string());
    assert_eq!(asked("as_of=999999").await, all);
    for query in [
        "at=yesterday",
        "as_of=-1",
        "as_of=1&at=2026-03-01T00:00:00Z",
    ] {
        let refused = owner.get(&format!("{path}?{query}")).await;
        assert_eq!(refused.refusal(), "400 parameter.unusable", "{query}");
    }

    // The number, its people, both sides of a comparison and the files say the same of then.
    assert_eq!(profiles_count(&mut owner, None).await, 2);
    assert_eq!(profiles_count(&mut owner, Some(0)).await, 3);
    let people = |as_of: Value| json!({"of": {"report": everybody()}, "select": {"kind": "counts"}, "as_of": as_of});
    for (as_of, count) in [(json!(null), 2), (json!(0), 3)] {
        let listed = owner.post("/api/w/shop/people", people(as_of)).await;
        assert_eq!(listed.expect(200)["total"], count);
    }
    let query = json!({"report": everybody(), "against": {"people": {"all": []}}});
    for (then, count) in [("", 2), ("?as_of=0", 3)] {
        let path = format!("/api/w/shop/compare{then}");
        let compared = owner.post(&path, query.clone()).await.expect(200);
        for side in ["a", "b"] {
            assert_eq!(compared[side]["numbers"]["total"]["profiles"], count);
        }
    }
    for of in [
        json!({"report": everybody()}),
        json!({"comparison": query}),
        json!({"people": {"of": {"report": everybody()}, "select": {"kind": "counts"}}}),
    ] {
        for (as_of, position, n) in [(json!(null), lines, 2), (json!(0), 0, 3)] {
            let body = json!({"of": of, "format": "csv", "as_of": as_of});
            let file = owner.post("/api/w/shop/export", body).await;
            let text = file.text();
            assert_eq!(file.status, 200, "{text}");
            for head in [
                format!("# link_log_position,{position}"),
                format!("# n,{n}"),
            ] {
                assert!(text.contains(&head), "{head} in {text}");
            }
        }
    }
    for (of, reason) in [
        (
            json!({"draft": {"title": "m", "kind": "current", "goal": {}, "range": {"all": true},
            "stages": []}}),
            "cannot be had of a map",
        ),
        (
            json!({"people": {"of": {"report": everybody()}, "select": {"kind": "counts"},
            "segments": true}}),
            "does not go with `segments`",
        ),
    ] {
        let body = json!({"of": of, "format": "csv", "as_of": 0});
        let refused = owner.post("/api/w/shop/export", body).await;
        assert!(refused.text().contains(reason), "{}", refused.text());
    }
}

#[tokio::test]
async fn decisions_that_cannot_be_are_refused_with_the_reason() {
    let (_server, mut owner) = ann_and_bob().await;
    let path = "/api/w/shop/identity/decisions";
    let user = |value: &str| json!({"kind": "user", "value": value});
    for (body, expected) in [
        (
            json!({"what": "part", "identifier": user("ann"), "why": "x"}),
            "`other` names the other of the two",
        ),
        (
            json!({"what": "part", "identifier": user("ann"), "other": user("ann"), "why": "x"}),
            "`other` is another identifier",
        ),
        (
            json!({"what": "part", "identifier": user("eve"), "other": user("ann"), "why": "x"}),
            "`identifier` was never seen in this workspace",
        ),
        (
            json!({"what": "suspend", "identifier": user("ann"), "why": "  "}),
            "`why` has 1 to 500 characters",
        ),
        (
            json!({"what": "join", "identifier": user("ann"), "other": user("bob"), "why": "x"}),
            "`other` belongs to another known identity",
        ),
    ] {
        let refused = owner.post(path, body).await;
        let text = refused.text();
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn a_policy_is_tried_out_over_history_before_it_is_saved() {
    let (server, mut owner) = ann_and_bob().await;
    let stored = owner.get("/api/w/shop/identity/policy").await.expect(200);
    assert_eq!(stored["version"], 0);
    let mut policy = stored["policy"].clone();
    let email = (policy["types"].as_array().unwrap().iter())
        .position(|it| it["kind"] == "email")
        .unwrap();
    policy["types"][email]["joins"] = json!(false);
    let preview = "/api/w/shop/identity/policy/preview";
    let tried = owner.post(preview, policy.clone()).await.expect(200);
    assert_eq!(tried["effect"]["profiles_before"], 2);
    assert_eq!(tried["effect"]["profiles_after"], 3);
    assert_eq!(tried["effect"]["split"], 1);
    assert_eq!(
        profiles_count(&mut owner, None).await,
        2,
        "nothing was saved"
    );
    let body = json!({"version": 0, "policy": policy, "why": "mailboxes are shared"});
    let path = "/api/w/shop/identity/policy";
    let saved = owner
        .send("PUT", path, Some(body.clone()))
        .await
        .expect(200);
    assert_eq!(saved["version"], 1);
    assert_eq!(saved["saved"]["why"], "mailboxes are shared");
    let refused = owner.send("PUT", path, Some(body)).await;
    assert_eq!(refused.refusal(), "409 version.conflict");
    let shown = runtime(&server);
    tokio::task::spawn_blocking(move || wait_until_roots_shown(&shown))
        .await
        .unwrap();
    assert_eq!(profiles_count(&mut owner, None).await, 3);
    let mut broken = policy_of(&mut owner).await;
    broken["country"] = json!("XX");
    let tried = owner.post(preview, broken).await.expect(200);
    assert_eq!(tried["faults"][0]["place"], "country");
}

async fn policy_of(owner: &mut Browser) -> Value {
    owner.get("/api/w/shop/identity/policy").await.expect(200)["policy"].clone()
}

#[tokio::test]
async fn an_identifier_that_joins_too_many_is_shown_with_its_evidence_and_released() {
    let (server, mut owner) = ann_and_bob().await;
    let lines: Vec<String> = (0..12)
        .map(|n| {
            format!(
                "+customer-{n} {} identify {{\"email\":\"desk@example.org\"}}",
                40 - n
            )
        })
        .collect();
    send(&server, &lines.join("\n")).await;
    let path = "/api/w/shop/identity/suspended";
    let listed = owner.get(path).await.expect(200);
    assert_eq!(listed["total"], 1);
    let found = &listed["identifiers"][0];
    assert_eq!(found["identifier"]["value"], "desk@example.org");
    assert_eq!(
        (&found["owners_count"], &found["owners_max"]),
        (&json!(12), &json!(10))
    );
    assert_eq!(found["evidence"].as_array().unwrap().len(), 12);
    let treat = |what: &str| {
        json!({"what": what, "why": "looked at",
            "identifier": {"kind": "email", "value": "desk@example.org"}})
    };
    decide(&server, &mut owner, treat("release")).await;
    let listed = owner.get(path).await.expect(200);
    assert_eq!(
        listed["identifiers"][0]["identifier"]["treatment"],
        "released"
    );
    assert_eq!(listed["identifiers"][0]["identifier"]["suspended"], false);
    decide(&server, &mut owner, treat("suspend")).await;
    let listed = owner.get(path).await.expect(200);
    assert_eq!(listed["identifiers"][0]["identifier"]["suspended"], true);
}

#[tokio::test]
async fn the_most_frequent_value_stays_once_a_rule_says_so_and_the_preview_counts_it() {
    let (server, mut owner) = ann_and_bob().await;
    send(
        &server,
        "laptop 69 identify {\"email\":\"ann@example.org\",\"city\":\"Oslo\"}
        phone 68 identify {\"city\":\"Oslo\"}
        +ann 10 identify {\"city\":\"Rome\"}
        +bob 10 identify {\"city\":\"Rome\"}",
    )
    .await;
    let ann = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    let path = format!("/api/w/shop/profiles/{ann}");
    let city = |profile: &Value| {
        let traits = profile["traits"].as_array().unwrap().iter();
        let mut found = traits.filter(|it| it["name"] == "city");
        found.next().unwrap()["value"].clone()
    };
    assert_eq!(city(&owner.get(&path).await.expect(200)), "Rome");
    let mut policy = policy_of(&mut owner).await;
    policy["traits"] = json!([{"name": "city", "keep": {"kind": "frequent"}}]);
    let preview = "/api/w/shop/identity/policy/preview";
    let tried = owner.post(preview, policy.clone()).await.expect(200);
    assert_eq!(
        tried["effect"]["traits"],
        json!([{"name": "city", "profiles": 1}])
    );
    let body = json!({"version": 0, "policy": policy, "why": "two say Oslo"});
    let policy = "/api/w/shop/identity/policy";
    owner.send("PUT", policy, Some(body)).await.expect(200);
    assert_eq!(city(&owner.get(&path).await.expect(200)), "Oslo");
    let rule = json!({"trait": {"name": "city", "test": {"is": ["Oslo"]}}});
    let people = json!({"of": {"rule": rule}});
    let people = owner.post("/api/w/shop/people", people).await;
    assert_eq!(people.expect(200)["total"], 1, "segments follow the rule");
}

#[tokio::test]
async fn joining_by_hand_is_shown_before_it_is_done_and_parted_again() {
    let (server, mut owner) = ann_and_bob().await;
    send(
        &server,
        "till 30 order_placed\ntill 20 identify {\"name\":\"A.Lee\",\"city\":\"Oslo\"}",
    )
    .await;
    let id = async |owner: &mut Browser, query: &str| find(owner, query).await[0]["id"].clone();
    let (ann, bob) = (id(&mut owner, "ann").await, id(&mut owner, "bob").await);
    let till = id(&mut owner, "till").await;
    let path = |left: &Value, right: &Value| {
        format!("/api/w/shop/identity/join?left={left}&right={right}")
    };
    let shown = owner.get(&path(&ann, &till)).await.expect(200);
    assert_eq!(shown["conflict"], Value::Null);
    let events = |side: &str| shown[side]["profile"]["events_count"].as_u64().unwrap();
    assert_eq!(events("together"), events("left") + events("right"));
    assert_eq!(shown["together"]["identifiers_count"], 5);
    assert_eq!(shown["together"]["profile"]["id"], ann);
    let name = |side: &str| {
        let traits = shown[side]["traits"].as_array().unwrap().iter();
        let mut found = traits.filter(|it| it["name"] == "name");
        found.next().unwrap()["value"].clone()
    };
    assert_eq!(
        (name("left"), name("right"), name("together")),
        (json!("Ann"), json!("A.Lee"), json!("A.Lee")),
        "the newest stays"
    );
    assert_eq!(
        profiles_count(&mut owner, None).await,
        3,
        "nothing was done"
    );
    let refused = owner.get(&path(&ann, &bob)).await.expect(200);
    assert_eq!(refused["conflict"], "both_known");
    assert_eq!(refused["together"], Value::Null);
    let same = owner.get(&path(&ann, &ann)).await.expect(200);
    assert_eq!(same["conflict"], "same");
    let unknown = owner.get(&path(&ann, &json!(999))).await;
    assert_eq!(unknown.refusal(), "404 profile.unknown");

    let pair = |what: &str| {
        json!({"what": what, "why": "she showed her card",
            "identifier": shown["left"]["identifier"], "other": shown["right"]["identifier"]})
    };
    let done = decide(&server, &mut owner, pair("join")).await;
    assert_eq!(done["are_one"], true);
    assert_eq!(profiles_count(&mut owner, None).await, 2);
    let after = owner.get(&format!("/api/w/shop/profiles/{ann}")).await;
    assert_eq!(after.expect(200)["events_count"], events("together"));
    let done = decide(&server, &mut owner, pair("part")).await;
    assert_eq!(done["are_one"], false);
    assert_eq!(profiles_count(&mut owner, None).await, 3);
    let again = owner.get(&path(&till, &ann)).await.expect(200);
    assert_eq!(again["parted"], 1, "said before it is joined again");
}

#[tokio::test]
async fn the_likely_are_suggested_with_reasons_and_dismissals_are_remembered() {
    let (server, mut owner) = shop(
        "+ann 90 identify {\"email\":\"ann.lee@x.org\",\"name\":\"Ann-Lee\",\"city\":\"Oslo\"}",
    )
    .await;
    send(
        &server,
        "web-1 80 identify {\"email\":\"ann.le@x.org\",\"name\":\"Lee,Ann\"}
        web-2 70 identify {\"name\":\"ann-lee\",\"city\":\"OSLO\"}
        web-3 60 identify {\"name\":\"Bob-Ray\",\"city\":\"Oslo\"}
        +eve 50 identify {\"email\":\"ann.leee@x.org\",\"name\":\"Ann-Lee\",\"city\":\"Oslo\"}",
    )
    .await;
    let path = "/api/w/shop/identity/suggestions";
    let listed = owner.get(path).await.expect(200);
    assert_eq!(
        (&listed["compared"], &listed["both_known"]),
        (&json!(5), &json!(1))
    );
    let with = |listed: &Value, left: &str, right: &str| {
        let all = listed["suggestions"].as_array().unwrap().iter();
        let mut found = all.filter(|it| {
            it["left"]["identifier"]["value"] == left && it["right"]["identifier"]["value"] == right
        });
        found.next().cloned()
    };
    let typo = with(&listed, "ann", "web-1").expect("suggested");
    let grounds: Vec<&str> = (typo["reasons"].as_array().unwrap().iter())
        .map(|it| it["ground"].as_str().unwrap())
        .collect();
    assert_eq!(grounds, ["email", "name"]);
    assert_eq!(typo["reasons"][0]["right"], "ann.le@x.org");
    assert!(typo["chance"].as_f64().unwrap() > 0.9);
    assert!(with(&listed, "ann", "web-2").is_some(), "name and city");
    assert!(with(&listed, "ann", "web-3").is_none(), "another name");

    let pair = |what: &str| {
        json!({"what": what, "why": "mother and daughter",
            "identifier": typo["left"]["identifier"], "other": typo["right"]["identifier"]})
    };
    decide(&server, &mut owner, pair("dismiss")).await;
    let listed = owner.get(path).await.expect(200);
    assert!(with(&listed, "ann", "web-1").is_none());
    assert_eq!(listed["dismissed"][0]["why"], "mother and daughter");
    assert_eq!(listed["compared"], 5, "nobody is joined");
    decide(&server, &mut owner, pair("reconsider")).await;
    let listed = owner.get(path).await.expect(200);
    assert_eq!(with(&listed, "ann", "web-1").as_ref(), Some(&typo));
    assert_eq!(listed["dismissed"], json!([]));
    let done = decide(&server, &mut owner, pair("join")).await;
    assert_eq!(done["are_one"], true);
    let listed = owner.get(path).await.expect(200);
    assert_eq!(listed["compared"], 4);
    decide(&server, &mut owner, pair("part")).await;
    let listed = owner.get(path).await.expect(200);
    assert!(
        with(&listed, "ann", "web-1").is_none(),
        "a member has parted them"
    );
    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][3]["action"], "identity.dismissed");
}

#[tokio::test]
async fn an_identifier_that_does_not_join_is_a_reason_to_suggest() {
    let (server, mut owner) = ann_and_bob().await;
    let mut policy = policy_of(&mut owner).await;
    let email = (policy["types"].as_array().unwrap().iter())
        .position(|it| it["kind"] == "email")
        .unwrap();
    policy["types"][email]["joins"] = json!(false);
    let body = json!({"version": 0, "policy": policy, "why": "mailboxes are shared"});
    let path = "/api/w/shop/identity/policy";
    owner.send("PUT", path, Some(body)).await.expect(200);
    let shown = runtime(&server);
    tokio::task::spawn_blocking(move || wait_until_roots_shown(&shown))
        .await
        .unwrap();
    let listed = owner
        .get("/api/w/shop/identity/suggestions")
        .await
        .expect(200);
    assert_eq!(listed["total"], 1);
    let found = &listed["suggestions"][0];
    assert_eq!(found["left"]["identifier"]["value"], "ann");
    assert_eq!(found["right"]["identifier"]["value"], "phone");
    assert_eq!(
        found["reasons"][0]["identifier"]["value"],
        "ann@example.org"
    );
    assert_eq!(found["reasons"][0]["holders"], 2);
}
