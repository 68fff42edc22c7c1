//! What is known of people is written to the contacts of a CRM: by whose lead, to whom, and never back and forth.

use std::time::Duration;

use serde_json::{Value, json};
use throughline_model::{Span, Timestamp, limits};
use throughline_server::crm::{Patience, worker};

use crate::{
    client::{Browser, Server},
    erasures::erase,
    events::{runtime, send, shop_with, wait_until_shown},
    hooks::SECRET,
    hubspot::{Amiss, HubSpot, TOKEN, too_fast},
};

const PATH: &str = "/api/w/shop/crm";
const TYPES: &[(&str, &str)] = &[
    ("plan", "string"),
    ("city", "string"),
    ("score", "number"),
    ("stage", "string"),
    ("stage_since", "datetime"),
    ("vip", "bool"),
    ("age_group", "*string"),
];

struct Crm {
    server: Server,
    owner: Browser,
    hubspot: HubSpot,
}

fn rule(what: Value, property: &str, leads: &str) -> Value {
    json!({"what": what, "property": property, "leads": leads})
}

fn of_trait(name: &str, leads: &str) -> Value {
    rule(json!({ "trait": name }), name, leads)
}

fn impatient() -> Patience {
    Patience {
        call_max: Duration::from_millis(300),
        pause: Duration::ZERO,
        retry_after: Duration::from_millis(1),
        wait_max: Duration::from_millis(5),
    }
}

impl Crm {
    async fn open(lines: &str) -> Self {
        let now = Timestamp::parse(crate::client::NOON).unwrap();
        let hubspot = HubSpot::open(TYPES, now).await;
        let url = hubspot.url();
        let (server, owner) = shop_with(lines, |config| {
            config.outgoing.allow = vec!["127.0.0.1".to_owned()];
            config.outgoing.ports = Vec::new();
            config.outgoing.https_only = false;
            config.crm.hubspot_url = url;
        })
        .await;
        Self {
            server,
            owner,
            hubspot,
        }
    }

    /// A contact of this id, with an e-mail.
    fn contact(&self, id: &str, email: &str) {
        self.hubspot.put(id, "email", email, self.ago(999));
    }

    fn ago(&self, minutes: i64) -> Timestamp {
        self.server.app.now().minus(Span::minutes(minutes))
    }

    async fn connect(&mut self, rules: Value) {
        self.connect_with(json!({"is_on": true, "every": "5m", "rules": rules}))
            .await;
    }

    async fn connect_with(&mut self, settings: Value) {
        let version = self.owner.get(PATH).await.expect(200)["version"].to_string();
        let mut writer = self.owner.clone();
        writer.headers.push(("if-match", version));
        let body = json!({"token": TOKEN, "settings": settings});
        writer.send("PUT", PATH, Some(body)).await.expect(200);
    }

    /// Lets the next run come, and tells what became of it.
    async fn run(&mut self) -> Value {
        self.later(5).await;
        worker::tick(&self.server.app, impatient()).await;
        self.owner.get(PATH).await.expect(200)["last"].clone()
    }

    async fn later(&mut self, minutes: i64) {
        self.server.clock.advance(Span::minutes(minutes));
        self.hubspot.now_is(self.server.app.now());
        self.shown().await;
    }

    async fn shown(&self) {
        let runtime = runtime(&self.server);
        let shown = tokio::task::spawn_blocking(move || wait_until_shown(&runtime));
        shown.await.unwrap();
    }

    fn held(&self, id: &str, property: &str) -> String {
        self.hubspot.get(id, property).unwrap_or_default()
    }

    fn writes(&self) -> usize {
        let asked = self.hubspot.asked();
        let writes = |it: &&crate::hubspot::Asked| !it.path.ends_with("/read");
        asked.iter().filter(writes).count()
    }
}

const ANA: &str = "+ana 90 identify {\"email\":\"Ana@example.com\",\"plan\":\"pro\",\"city\":\"Zürich\",\"score\":17.0}\n";
const BEN: &str =
    "+ben 80 identify {\"email\":\"ben@example.com\",\"plan\":\"free\",\"score\":4000}\n";

#[tokio::test]
async fn each_property_follows_its_own_rule() {
    let mut crm = Crm::open(ANA).await;
    crm.contact("51", "ana@example.com");
    crm.hubspot.put("51", "plan", "trial", crm.ago(10));
    crm.hubspot.put("51", "city", "Bern", crm.ago(500));
    crm.hubspot.put("51", "score", "3", crm.ago(60));
    crm.connect(json!([
        of_trait("plan", "ours"),
        of_trait("city", "theirs"),
        of_trait("score", "newest"),
        rule(json!({"trait": "plan"}), "age_group", "ours"),
        rule(json!({"trait": "plan"}), "no_such", "ours"),
        rule(json!({"stage": "no-map"}), "stage", "ours"),
    ]))
    .await;
    let told = crm.run().await;
    assert_eq!(crm.held("51", "plan"), "pro", "we lead");
    assert_eq!(crm.held("51", "city"), "Bern", "they lead and have one");
    assert_eq!(crm.held("51", "score"), "3", "theirs is newer");
    let counts = &told["counts"];
    assert_eq!(
        json!([
            told["outcome"],
            counts["written"],
            counts["kept"],
            counts["conflicts"],
            counts["changed"]
        ]),
        json!(["done", 1, 2, 3, 1])
    );
    assert_eq!(
        told["left_out"],
        json!([{"property": "age_group", "why": "read_only"}, {"property": "no_such", "why": "unknown"},
            {"property": "stage", "why": "gone"}])
    );

    // Somebody there empties the city; ours fills it, once she is looked at again.
    crm.hubspot.put("51", "city", "", crm.ago(0));
    crm.later(24 * 60).await;
    crm.run().await;
    assert_eq!(crm.held("51", "city"), "Zürich");
}

#[tokio::test]
async fn what_is_the_same_is_asked_for_and_written_once_only() {
    let mut crm = Crm::open(&format!("{ANA}{BEN}")).await;
    crm.contact("51", "ana@example.com");
    crm.contact("52", "ben@example.com");
    crm.connect(json!([
        of_trait("plan", "ours"),
        of_trait("city", "newest")
    ]))
    .await;
    let told = crm.run().await;
    assert_eq!(told["counts"]["written"], 3);
    crm.hubspot.asked();
    let again = crm.run().await;
    assert_eq!(again["counts"]["looked"], 0, "nothing of ours has changed");
    let paths: Vec<String> = crm.hubspot.asked().into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["/crm/v3/properties/contacts/batch/read"]);

    crm.later(24 * 60).await;
    let whole = crm.run().await;
    assert_eq!(
        json!([whole["counts"]["looked"], whole["counts"]["same"]]),
        json!([2, 3])
    );
    assert_eq!(crm.writes(), 0);

    let line = "+ben 0 identify {\"email\":\"ben@example.com\",\"plan\":\"<b>pro\\u202e\\\"\"}";
    send(&crm.server, line).await;
    let changed = crm.run().await;
    assert_eq!(
        json!([changed["counts"]["looked"], changed["counts"]["written"]]),
        json!([1, 1])
    );
    assert_eq!(crm.held("52", "plan"), "<b>pro\u{202e}\"");
}

#[tokio::test]
async fn a_stage_of_a_map_and_a_segment_are_written_as_they_move() {
    let mut crm = Crm::open(&format!("{ANA}+ana 50 product_viewed\n")).await;
    crm.contact("51", "ana@example.com");
    let step = |event: &str| json!({"id": event, "title": event, "matcher": {"events": [event]}});
    let map = json!({"title": "Buying", "kind": "current", "range": {"all": true}, "goal": {"events": ["order_placed"]},
        "stages": [{"id": "look", "title": "Look", "steps": [step("product_viewed")]},
            {"id": "buy", "title": "Buy", "steps": [step("order_placed")]}]});
    crm.owner.post("/api/w/shop/maps", map).await.expect(200);
    let bought = json!({"did": {"matcher": {"events": ["order_placed"]}}});
    let segment = json!({"title": "Buyers", "definition": {"rule": bought}});
    let made = crm.owner.post("/api/w/shop/segments", segment).await;
    let mut rules = vec![
        rule(json!({"stage": "buying"}), "stage", "ours"),
        rule(json!({"stage_since": "buying"}), "stage_since", "ours"),
    ];
    let id = made.expect(200)["id"].as_str().unwrap().to_owned();
    rules.push(rule(json!({ "segment": id }), "vip", "ours"));
    crm.connect(Value::from(rules)).await;
    members(&crm, &id, 0).await;
    crm.run().await;
    assert_eq!(crm.held("51", "stage"), "look");
    assert_eq!(crm.held("51", "stage_since"), "2026-03-02T11:10:00.000Z");
    assert_eq!(crm.held("51", "vip"), "false");

    send(&crm.server, "+ana 0 order_placed").await;
    members(&crm, &id, 1).await;
    crm.run().await;
    assert_eq!(crm.held("51", "stage"), "buy");
    assert_eq!(crm.held("51", "stage_since"), "2026-03-02T12:05:00.000Z");
    assert_eq!(crm.held("51", "vip"), "true");
}

/// Waits until so many are in a segment.
async fn members(crm: &Crm, segment: &str, count: usize) {
    let begin = std::time::Instant::now();
    let runtime = runtime(&crm.server);
    while runtime
        .memberships()
        .of(segment)
        .is_none_or(|it| it.len() != count)
    {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "{count} in {segment}"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_contact_that_is_turned_down_does_not_stop_the_others() {
    let mut crm = Crm::open(&format!("{ANA}{BEN}")).await;
    crm.contact("51", "ana@example.com");
    crm.contact("52", "ben@example.com");
    crm.connect(json!([of_trait("plan", "ours"), of_trait("score", "ours")]))
        .await;
    let told = crm.run().await;
    assert_eq!(crm.held("51", "score"), "17");
    assert_eq!(crm.held("52", "plan"), "");
    assert_eq!(
        json!([
            told["outcome"],
            told["counts"]["changed"],
            told["counts"]["refused"],
            told["refused"]
        ]),
        json!(["done", 1, 1, [{"why": "turned_down", "category": "VALIDATION_ERROR", "property": "score", "count": 1}]])
    );
    assert!(
        !told.to_string().contains("4000"),
        "no value is kept: {told}"
    );

    // A whole call that is turned down is halved.
    crm.later(24 * 60).await;
    send(&crm.server, "+ben 0 identify {\"email\":\"ben@example.com\",\"score\":5}\n+ana 0 identify {\"email\":\"ana@example.com\",\"score\":6}").await;
    let whole = json!({"status": "error", "category": "VALIDATION_ERROR", "message": "no"});
    crm.hubspot
        .next("/batch/update", Amiss::Answer(400, "", whole));
    let told = crm.run().await;
    assert_eq!(told["counts"]["changed"], 2, "{told}");
    assert_eq!(
        (crm.held("51", "score"), crm.held("52", "score")),
        ("6".to_owned(), "5".to_owned())
    );
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_told() {
    let mut crm = Crm::open(ANA).await;
    crm.contact("51", "ana@example.com");
    crm.connect(json!([of_trait("plan", "ours")])).await;
    let rate = || Amiss::Answer(429, "retry-after: 0\r\n", too_fast("TEN_SECONDLY_ROLLING"));
    let fails = || Amiss::Answer(502, "", json!({"status": "error", "message": "oh"}));
    crm.hubspot.next("contacts/batch/read", rate());
    crm.hubspot.next("objects/contacts/batch/read", fails());
    crm.hubspot.next("batch/update", Amiss::Breaks);
    let told = crm.run().await;
    assert_eq!(
        json!([told["outcome"], told["counts"]["written"]]),
        json!(["done", 1]),
        "{told}"
    );
    assert_eq!(crm.held("51", "plan"), "pro");

    let odd = || Amiss::Answer(200, "", json!("odd"));
    let daily = || Amiss::Answer(429, "", too_fast("DAILY"));
    for (amiss, count, outcome) in [
        (rate(), limits::CRM_TRIES_MAX, "busy"),
        (fails(), limits::CRM_TRIES_MAX, "fails"),
        (Amiss::Breaks, limits::CRM_TRIES_MAX, "unreachable"),
        (Amiss::Hangs, 1, "late"),
        (odd(), 1, "unreadable"),
        (
            Amiss::Answer(403, "", json!({"category": "MISSING_SCOPES"})),
            1,
            "scope_missing",
        ),
        (daily(), 1, "daily_limit"),
    ] {
        for _ in 0..count {
            crm.hubspot
                .next("properties/contacts/batch/read", amiss.clone());
        }
        crm.later(60).await;
        let told = crm.run().await;
        assert_eq!(told["outcome"], outcome);
    }
    // A write that hangs may have arrived: it is made again by the next run.
    send(
        &crm.server,
        "+ana 0 identify {\"email\":\"ana@example.com\",\"plan\":\"team\"}",
    )
    .await;
    crm.hubspot.next("batch/update", Amiss::Hangs);
    crm.later(60).await;
    assert_eq!(crm.run().await["outcome"], "late");
    assert_eq!(crm.held("51", "plan"), "pro");
    assert_eq!(crm.run().await["counts"]["written"], 1);
    assert_eq!(crm.held("51", "plan"), "team");
}

#[tokio::test]
async fn contacts_are_made_only_when_that_is_wanted() {
    let mut crm = Crm::open(ANA).await;
    crm.connect(json!([of_trait("plan", "ours")])).await;
    let told = crm.run().await;
    assert_eq!(
        json!([told["counts"]["unknown"], told["counts"]["created"]]),
        json!([1, 0])
    );
    assert_eq!(crm.hubspot.contacts_count(), 0);
    let rules = json!([of_trait("plan", "theirs")]);
    crm.connect_with(json!({"is_on": true, "every": "5m", "creates": true, "rules": rules}))
        .await;
    let told = crm.run().await;
    assert_eq!(told["counts"]["created"], 1, "{told}");
    assert_eq!(
        (crm.held("900", "email"), crm.held("900", "plan")),
        ("ana@example.com".to_owned(), "pro".to_owned())
    );
    crm.later(24 * 60).await;
    let told = crm.run().await;
    assert_eq!(
        json!([told["counts"]["created"], told["counts"]["same"]]),
        json!([0, 1])
    );
}

#[tokio::test]
async fn a_person_with_two_e_mails_is_one_contact_and_two_people_are_never_one() {
    let lines = format!("{ANA}+ana 60 identify {{\"email\":\"ana@work.example\"}}\n{BEN}");
    let mut crm = Crm::open(&lines).await;
    crm.contact("51", "ana@example.com");
    crm.hubspot
        .put("51", "hs_additional_emails", "ben@example.com", crm.ago(9));
    crm.connect(json!([of_trait("plan", "ours")])).await;
    let told = crm.run().await;
    let shared = json!([{"why": "shared", "category": null, "property": null, "count": 1}]);
    assert_eq!(
        json!([told["counts"]["changed"], told["refused"]]),
        json!([1, shared])
    );
    crm.later(24 * 60).await;
    let told = crm.run().await;
    assert_eq!(
        json!([told["counts"]["changed"], told["refused"]]),
        json!([0, shared]),
        "no back and forth"
    );
}

#[tokio::test]
async fn who_is_erased_or_has_not_agreed_is_not_written() {
    let lines = format!(
        "{ANA}{BEN}+ana 20 consent_changed {{\"purpose\":\"marketing\",\"state\":\"granted\"}}\n"
    );
    let mut crm = Crm::open(&lines).await;
    crm.contact("51", "ana@example.com");
    crm.contact("52", "ben@example.com");
    let rules = json!([of_trait("plan", "ours")]);
    crm.connect_with(json!({"is_on": true, "every": "5m", "purpose": "no_such", "rules": rules}))
        .await;
    let told = crm.run().await;
    assert_eq!(
        json!([
            told["counts"]["people"],
            told["counts"]["withheld"],
            crm.held("51", "plan")
        ]),
        json!([0, 2, ""])
    );
    let agreed =
        json!({"is_on": true, "every": "5m", "purpose": "marketing", "rules": rules.clone()});
    crm.connect_with(agreed).await;
    let told = crm.run().await;
    assert_eq!(
        json!([
            told["counts"]["withheld"],
            crm.held("51", "plan"),
            crm.held("52", "plan")
        ]),
        json!([1, "pro", ""])
    );
    crm.connect(rules).await;
    let told = crm.run().await;
    assert_eq!(told["counts"]["written"], 1);
    let state = runtime(&crm.server);
    assert!(state.state().crm_contact("51").unwrap().is_some());
    erase(&crm.server, &mut crm.owner, "ana@example.com").await;
    let state = runtime(&crm.server);
    assert!(
        state.state().crm_contact("51").unwrap().is_none(),
        "nothing of her stays"
    );
    crm.hubspot.put("51", "plan", "", crm.ago(0));
    crm.later(24 * 60).await;
    let told = crm.run().await;
    assert_eq!(
        json!([told["counts"]["people"], crm.held("51", "plan")]),
        json!([1, ""])
    );
}

#[tokio::test]
async fn what_we_wrote_comes_back_by_webhook_and_is_no_change_of_theirs() {
    let mut crm = Crm::open(ANA).await;
    let new = json!({"name": "hubspot", "maker": "hubspot", "secret": SECRET});
    let hook = crm.owner.post("/api/w/shop/hooks", new).await.expect(200);
    let path = hook["path"].as_str().unwrap().to_owned();
    crm.contact("51", "ana@example.com");
    crm.connect(json!([of_trait("plan", "newest")])).await;
    crm.run().await;
    assert_eq!(crm.held("51", "plan"), "pro");
    tell(&crm, &path, "email", "ana@example.com", "CRM_UI", 1).await;
    // Before the webhook of our write comes, she changes it on the site, a moment earlier than it.
    send(
        &crm.server,
        "+ana 1 identify {\"email\":\"ana@example.com\",\"plan\":\"team\"}",
    )
    .await;
    tell(&crm, &path, "plan", "pro", "INTEGRATION", 0).await;
    assert_eq!(
        plan_of(&mut crm).await,
        "team",
        "our own echo is not the newest word"
    );
    crm.run().await;
    assert_eq!(crm.held("51", "plan"), "team");
    tell(&crm, &path, "plan", "team", "INTEGRATION", 0).await;
    crm.writes();
    crm.run().await;
    crm.later(24 * 60).await;
    crm.run().await;
    assert_eq!(crm.writes(), 0, "no back and forth");

    // A change of theirs is one: it is the newest word here, and is not written back to them.
    crm.hubspot.put("51", "plan", "basic", crm.ago(0));
    tell(&crm, &path, "plan", "basic", "CRM_UI", 0).await;
    assert_eq!(plan_of(&mut crm).await, "basic");
    crm.hubspot.put("51", "plan", "gold", crm.ago(0));
    crm.connect(json!([of_trait("plan", "ours")])).await;
    crm.run().await;
    assert_eq!(
        crm.held("51", "plan"),
        "gold",
        "what came from there is not ours to write"
    );
    assert_eq!(crm.writes(), 0);
}

async fn plan_of(crm: &mut Crm) -> String {
    crm.shown().await;
    let found = crm
        .owner
        .get("/api/w/shop/profiles?q=ana%40example.com")
        .await
        .expect(200);
    let id = found["profiles"][0]["id"].to_string();
    let profile = crm
        .owner
        .get(&format!("/api/w/shop/profiles/{id}"))
        .await
        .expect(200);
    let traits = profile["traits"].as_array().unwrap().clone();
    let plan = traits.into_iter().find(|it| it["name"] == "plan").unwrap();
    plan["value"].as_str().unwrap().to_owned()
}

/// Sends a change of contact 51 as HubSpot does.
async fn tell(crm: &Crm, path: &str, property: &str, value: &str, source: &str, minutes: i64) {
    let now = crm.server.app.now();
    let body =
        json!([{"eventId": 1, "subscriptionId": 1, "portalId": 8, "appId": 5, "attemptNumber": 0,
        "subscriptionType": "contact.propertyChange", "objectId": 51, "propertyName": property,
        "propertyValue": value, "changeSource": source, "occurredAt": crm.ago(minutes).0}])
        .to_string();
    let url = format!("http://{}{path}", crm.server.address);
    let time = now.0.to_string();
    let code = crate::hooks::base64_of(format!("POST{url}{body}{time}").as_bytes());
    let mut stranger = crm.server.browser();
    stranger.origin = None;
    stranger.headers = vec![
        ("x-hubspot-request-timestamp", time),
        ("x-hubspot-signature-v3", code),
    ];
    stranger
        .send_bytes("POST", path, Some(body.into_bytes()))
        .await
        .expect(200);
    crm.shown().await;
}

#[tokio::test]
async fn a_preview_tells_what_would_be_written_and_writes_nothing() {
    let mut crm = Crm::open(&format!("{ANA}{BEN}")).await;
    crm.contact("51", "ana@example.com");
    crm.hubspot.put("51", "city", "Bern", crm.ago(1));
    let path = format!("{PATH}/preview");
    let settings = json!({"rules": [of_trait("plan", "ours"), of_trait("city", "theirs"),
        rule(json!({"trait": "city"}), "score", "ours")]});
    let refused = crm.owner.post(&path, settings.clone()).await;
    assert_eq!(refused.refusal(), "400 parameter.unusable");
    crm.connect_with(json!({"is_on": false, "rules": []})).await;
    let seen = crm.owner.post(&path, settings).await.expect(200);
    assert_eq!(json!([seen["outcome"], seen["people"]]), json!(["done", 2]));
    let ana = seen["looked"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["contact"] == "51")
        .unwrap()
        .clone();
    assert_eq!(ana["email"], "ana@example.com");
    let value = |property: &str, ours: Value, theirs: &str, verdict: Value, is_conflict: bool| json!({"property": property, "ours": ours, "theirs": theirs, "verdict": verdict, "is_conflict": is_conflict});
    assert_eq!(
        ana["values"],
        json!([
            value("plan", json!("pro"), "", json!("fill"), false),
            value("city", json!("Zürich"), "Bern", json!("theirs_leads"), true),
            value("score", json!(null), "", json!(null), false),
        ])
    );
    assert_eq!(crm.writes(), 0);
    assert!(crm.owner.get(PATH).await.expect(200)["last"].is_null());
    let state = runtime(&crm.server);
    assert!(!state.state().has_crm_contacts().unwrap());
}

#[tokio::test]
async fn the_token_is_kept_and_never_shown_and_goes_with_the_connection() {
    let mut crm = Crm::open(ANA).await;
    let bad = json!({"token": "a b", "settings": {"is_on": true, "every": "1m"}});
    let mut writer = crm.owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let refused = writer.send("PUT", PATH, Some(bad)).await;
    let text = refused.text();
    for place in ["\"token\"", "\"every\"", "\"rules\""] {
        assert!(text.contains(place), "{text}");
    }
    crm.connect(json!([of_trait("plan", "ours")])).await;
    let shown = crm.owner.get(PATH).await.expect(200);
    assert_eq!(
        json!([shown["has_token"], shown["version"]]),
        json!([true, 1])
    );
    let audit = crm.owner.get("/api/w/shop/audit").await;
    assert!(!shown.to_string().contains(TOKEN) && !audit.text().contains(TOKEN));
    let refused = writer
        .send("PUT", PATH, Some(json!({"settings": {}})))
        .await;
    assert_eq!(refused.status, 409, "somebody else was faster");

    // A change without a token keeps the one of before.
    writer.headers = vec![("if-match", "1".to_owned())];
    let body =
        json!({"settings": {"is_on": true, "every": "5m", "rules": [of_trait("plan", "ours")]}});
    writer.send("PUT", PATH, Some(body)).await.expect(200);
    assert_eq!(crm.run().await["outcome"], "done");
    let mut wrong = writer.clone();
    wrong.headers = vec![("if-match", "2".to_owned())];
    let body = json!({"token": "pat-other", "settings": {"is_on": true, "every": "5m", "rules": [of_trait("plan", "ours")]}});
    wrong.send("PUT", PATH, Some(body)).await.expect(200);
    assert_eq!(crm.run().await["outcome"], "token_refused");

    assert_eq!(crm.owner.send("DELETE", PATH, None).await.status, 204);
    let shown = crm.owner.get(PATH).await.expect(200);
    assert_eq!(
        json!([shown["has_token"], shown["version"], shown["last"]]),
        json!([false, 0, null])
    );
    let state = runtime(&crm.server);
    assert!(!state.state().has_crm_contacts().unwrap());
    assert_eq!(crm.owner.send("DELETE", PATH, None).await.status, 404);
    assert_eq!(
        crm.owner
            .post(&format!("{PATH}/run"), json!({}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_run_by_hand_looks_at_everybody_and_one_goes_on_at_a_time() {
    let mut crm = Crm::open(ANA).await;
    crm.contact("51", "ana@example.com");
    crm.connect(json!([of_trait("plan", "ours")])).await;
    crm.run().await;
    crm.hubspot.put("51", "plan", "theirs", crm.ago(0));
    let turn = crm
        .server
        .app
        .crm_turns()
        .take(runtime(&crm.server).id())
        .unwrap();
    let path = format!("{PATH}/run");
    assert_eq!(
        crm.owner.post(&path, json!({})).await.refusal(),
        "503 server.busy"
    );
    assert_eq!(
        crm.owner.send("DELETE", PATH, None).await.refusal(),
        "503 server.busy"
    );
    drop(turn);
    assert_eq!(crm.owner.post(&path, json!({})).await.status, 202);
    let begin = std::time::Instant::now();
    while crm.held("51", "plan") != "pro" {
        assert!(begin.elapsed() < Duration::from_secs(30));
        tokio::task::yield_now().await;
    }
}
