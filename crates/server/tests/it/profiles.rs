use serde_json::json;

use crate::events::{send, shop};

#[tokio::test]
async fn a_profile_shows_everything_from_before_and_after_it_was_known() {
    let (server, mut owner) = shop("browser-of-cem 90 product_viewed").await;
    send(&server, "+cem 60 order_placed\n+cem 50 identify {\"name\":\"Cem<script>\",\"email\":\"cem@example.com\"}").await;
    let found = owner.get("/api/w/shop/profiles?q=CEM%40").await.expect(200);
    let line = &found["profiles"][0];
    assert_eq!(
        (&line["label"], &line["known"], &line["events_count"]),
        (&json!("Cem<script>"), &json!(true), &json!(2))
    );
    let path = format!("/api/w/shop/profiles/{}", line["id"]);
    let profile = owner.get(&path).await.expect(200);
    let identifiers: Vec<_> = profile["identifiers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["value"].as_str().unwrap())
        .collect();
    assert_eq!(identifiers, ["cem", "browser-of-cem", "cem@example.com"]);
    assert_eq!(profile["traits"][0]["name"], "email");
    assert_eq!(profile["stage"]["id"], "purchase");
    let mut names = Vec::new();
    let mut next = String::new();
    loop {
        let page = owner
            .get(&format!("{path}/events?limit=1{next}"))
            .await
            .expect(200);
        names.extend(
            page["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["name"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(place) => next = format!("&before={place}"),
            None => break,
        }
    }
    assert_eq!(names, ["$identify", "order_placed", "product_viewed"]);
}

#[tokio::test]
async fn who_is_not_there_is_not_found() {
    let (_server, mut owner) = shop("ana 9 product_viewed").await;
    assert_eq!(
        owner.get("/api/w/shop/profiles/4000").await.refusal(),
        "404 profile.unknown"
    );
    let found = owner.get("/api/w/shop/profiles?q=nobody").await.expect(200);
    assert_eq!(found["profiles"], json!([]));
    let bad = owner
        .get("/api/w/shop/profiles/0/events?before=yesterday")
        .await;
    assert_eq!(bad.refusal(), "400 parameter.unusable");
}
