//! Traits that libraries add to and whose lists they change, sent as their makers' libraries send them.

use serde_json::{Value, json};

use crate::{
    collect::Shop,
    erasures::{check_sound, erase, find, holding},
    events::{runtime, wait_until_shown},
};

const MIXPANEL: &str = "/x/mixpanel/engage";
const AMPLITUDE: &str = "/x/amplitude/2/httpapi";

impl Shop {
    /// Sends a body in which `KEY` stands for the write key and `T-n` for n minutes ago, with a
    /// millisecond, so that a text of it is told apart from others.
    async fn tell(&self, path: &str, body: &str) {
        let now = self.server.app.now().0;
        let mut body = body.replace("KEY", &self.key);
        for minutes in (0..100).rev() {
            let time = (now - minutes * 60_000 + 1).to_string();
            body = body.replace(&format!("T-{minutes}"), &time);
        }
        let mut library = self.stranger(&[]);
        let answer = library
            .send_bytes("POST", path, Some(body.into_bytes()))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.settle().await;
    }

    async fn settle(&self) {
        let runtime = runtime(&self.server);
        let settled = move || {
            runtime.pipeline().settle();
            wait_until_shown(&runtime);
            while runtime.snapshot().links != runtime.pipeline().resolver().position() {
                std::thread::yield_now();
            }
        };
        tokio::task::spawn_blocking(settled).await.unwrap();
    }

    /// The traits of a profile that has an identifier, without its source and time.
    async fn traits(&mut self, query: &str) -> Value {
        let id = find(&mut self.owner, query).await[0]["id"].clone();
        let path = format!("/api/w/shop/profiles/{id}");
        let profile = self.owner.get(&path).await.expect(200);
        let traits = profile["traits"].as_array().unwrap().iter();
        let shown = traits.map(|it| {
            let name = it["name"].as_str().unwrap().to_owned();
            (name, json!([it["value"], it["operations_count"]]))
        });
        Value::Object(shown.collect())
    }

    /// How many profiles have a trait of this value.
    async fn people_with(&mut self, name: &str, value: Value) -> Value {
        let rule = json!({"trait": {"name": name, "test": {"is": [value]}}});
        let body = json!({"of": {"rule": rule}});
        let people = self.owner.post("/api/w/shop/people", body).await;
        people.expect(200)["total"].clone()
    }

    async fn decide(&mut self, what: &str) {
        let body = json!({"what": what, "why": "a shared tablet",
            "identifier": {"kind": "user", "value": "ben"},
            "other": {"kind": "anonymous", "value": "tablet"}});
        let path = "/api/w/shop/identity/decisions";
        self.owner.post(path, body).await.expect(200);
        self.settle().await;
    }
}

#[tokio::test]
async fn mixpanel_counts_and_keeps_lists_and_the_order_of_arrival_does_not_matter() {
    let mut shop = Shop::open().await;
    let told = r#"[
        {"$token":"KEY","$distinct_id":"ann","$time":T-30,"$add":{"logins":1,"$credit":-0.1}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-20,"$add":{"logins":2,"$credit":0.3}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-20,"$union":{"tags":["a","</script>"]}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-10,"$union":{"tags":["a","Sesame-1"]}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-9,"$append":{"tags":"a"}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-8,"$remove":{"tags":"a"}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-7,"$remove":{"nothing":1}},
        {"$token":"KEY","$distinct_id":"ann","$time":T-7,"$add":{"nothing":"1"}}]"#;
    // A library that heard no answer sends it again.
    for _ in 0..2 {
        shop.tell(MIXPANEL, told).await;
    }
    let counted = json!({"credit": [0.2, 2], "logins": [3, 2],
        "tags": [["</script>", "Sesame-1"], 4]});
    assert_eq!(shop.traits("ann").await, counted);
    assert_eq!(shop.people_with("logins", json!(3)).await, 1);
    // What was set between the two comes late; the other way round it had been the same.
    let set = |time: &str| {
        format!(r#"{{"$token":"KEY","$distinct_id":"ann","$time":{time},"$set":{{"logins":40}}}}"#)
    };
    shop.tell(MIXPANEL, &set("T-25")).await;
    assert_eq!(shop.traits("ann").await["logins"], json!([42, 1]));
    assert_eq!(shop.people_with("logins", json!(42)).await, 1);
    assert_eq!(shop.people_with("logins", json!(3)).await, 0);
    shop.tell(MIXPANEL, &set("T-5")).await;
    assert_eq!(shop.traits("ann").await["logins"], json!([40, 0]));
    let add = r#"{"$token":"KEY","$distinct_id":"ann","$time":T-4,"$add":{"logins":1}}"#;
    shop.tell(MIXPANEL, add).await;
    assert_eq!(shop.people_with("logins", json!(41)).await, 1);
    let names = shop.owner.get("/api/w/shop/traits").await.expect(200);
    let names = names["traits"].as_array().unwrap().iter();
    let names: Vec<&Value> = names.map(|it| &it["name"]).collect();
    assert!(names.contains(&&json!("credit")), "{names:?}");
    check_sound(&shop.server).await;
}

#[tokio::test]
async fn amplitude_counts_over_joined_profiles_and_parting_them_restores_both() {
    let mut shop = Shop::open().await;
    shop.tell(
        AMPLITUDE,
        r#"{"api_key":"KEY","events":[
            {"event_type":"$identify","device_id":"tablet","insert_id":"1","time":T-50,
                "user_properties":{"$add":{"karma":2},"$append":{"tags":"t"}}},
            {"event_type":"$identify","user_id":"ben","insert_id":"2","time":T-40,
                "user_properties":{"$setOnce":{"karma":10},"$prepend":{"tags":["a","b"]}}},
            {"event_type":"$identify","user_id":"ben","insert_id":"3","time":T-30,
                "user_properties":{"$add":{"karma":5},"$postInsert":{"tags":["a","z"]},
                    "$preInsert":{"tags":"c"},"$remove":{"tags":"b"}}}]}"#,
    )
    .await;
    let apart = [
        ("tablet", json!({"karma": [2, 1], "tags": [["t"], 1]})),
        (
            "ben",
            json!({"karma": [15, 1], "tags": [["c", "a", "z"], 4]}),
        ),
    ];
    for (who, expected) in &apart {
        assert_eq!(shop.traits(who).await, *expected, "{who}");
    }
    shop.tell(
        AMPLITUDE,
        r#"{"api_key":"KEY","events":[{"event_type":"seen","user_id":"ben","device_id":"tablet",
            "insert_id":"4","time":T-20}]}"#,
    )
    .await;
    // What was set once came after the tablet had counted, so it says nothing.
    let joined = json!({"karma": [7, 2], "tags": [["c", "a", "t", "z"], 5]});
    assert_eq!(shop.traits("ben").await, joined);
    assert_eq!(shop.traits("tablet").await, joined);
    assert_eq!(shop.people_with("karma", json!(7)).await, 1);
    shop.decide("part").await;
    for (who, expected) in &apart {
        assert_eq!(shop.traits(who).await, *expected, "{who}");
    }
    assert_eq!(shop.people_with("karma", json!(15)).await, 1);
    assert_eq!(shop.people_with("karma", json!(7)).await, 0);
    shop.decide("reunite").await;
    assert_eq!(shop.traits("ben").await, joined);
    check_sound(&shop.server).await;
}

#[tokio::test]
async fn what_was_added_is_exported_and_goes_with_the_person() {
    let mut shop = Shop::open().await;
    shop.tell(
        MIXPANEL,
        r#"[{"$token":"KEY","$distinct_id":"ann","$time":T-3,"$union":{"words":"Sesame-1"}},
            {"$token":"KEY","$distinct_id":"ann","$time":T-2,"$add":{"n":1}},
            {"$token":"KEY","$distinct_id":"bob","$time":T-2,"$add":{"n":5}}]"#,
    )
    .await;
    let id = find(&mut shop.owner, "ann").await[0]["id"].clone();
    let path = format!("/api/w/shop/profiles/{id}/export");
    let export = shop.owner.get(&path).await.text();
    let lines = export.lines().map(|it| serde_json::from_str(it).unwrap());
    let told: Vec<Value> = lines
        .filter(|it: &Value| it["kind"] == "trait_operation")
        .map(|it| json!([it["name"], it["operator"], it["operand"], it["count"]]))
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told.contains(&json!(["n", "$add", 1, 1])), "{told:?}");
    assert!(told.contains(&json!(["words", "$union", ["Sesame-1"], 1])));
    let dir = runtime(&shop.server).dir().to_owned();
    assert!(!holding(&dir, &["Sesame-1"]).is_empty());
    let done = erase(&shop.server, &mut shop.owner, "ann").await;
    assert_eq!(done["found"]["traits"], 2, "{done}");
    assert_eq!(holding(&dir, &["Sesame-1"]), Vec::<String>::new());
    assert_eq!(shop.people_with("n", json!(1)).await, 0);
    assert_eq!(shop.traits("bob").await, json!({"n": [5, 1]}));
    check_sound(&shop.server).await;
}
