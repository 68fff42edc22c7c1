use serde_json::{Value, json};
use throughline_model::Span;

use crate::events::{send, shop};

const LINES: &str = "
    ana 31 product_viewed
    ana 29 product_viewed
    ana 2 order_placed
    ben 1 product_viewed
    +cem 0 order_placed
";

fn sum(points: &Value, field: &str) -> u64 {
    let points = points.as_array().unwrap().iter();
    points.map(|it| it[field].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn the_last_half_hour_is_what_reports_count_in_it() {
    let (_server, mut owner) = shop(LINES).await;
    let now = owner.get("/api/w/shop/now").await.expect(200);
    assert_eq!((&now["events"], &now["profiles"]), (&json!(4), &json!(3)));
    assert_eq!(sum(&now["minutes"], "events"), 4);
    assert_eq!(sum(&now["seconds"], "events"), 3);
    let report = now["report"].clone();
    let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
    assert_eq!(answer["numbers"]["total"]["events"], now["events"]);
    for split in now["splits"].as_array().unwrap() {
        assert_eq!(sum(&split["lines"], "events"), 4, "{}", split["by"]);
        let answer = owner.post("/api/w/shop/ask", split["report"].clone());
        assert_eq!(answer.await.expect(200)["numbers"]["total"]["events"], 4);
    }
}

#[tokio::test]
async fn the_people_behind_a_number_of_now_are_those_of_that_moment() {
    let (server, mut owner) = shop(LINES).await;
    let now = owner.get("/api/w/shop/now").await.expect(200);
    let events = &now["splits"][0];
    assert_eq!(events["by"], "event");
    let line = &events["lines"][0];
    // Half an hour later nobody would be there any more.
    server.clock.advance(Span::minutes(40));
    let mut body = json!({"of": {"report": events["report"]}, "select": line["select"]});
    let later = owner.post("/api/w/shop/people", body.clone()).await;
    assert_eq!(later.refusal(), "422 body.unusable", "no such line is left");
    body["asked"] = now["asked"].clone();
    let people = owner.post("/api/w/shop/people", body).await.expect(200);
    assert_eq!(people["total"], line["profiles"]);
}

#[tokio::test]
async fn however_many_watch_it_is_counted_once_in_two_seconds() {
    let (server, mut owner) = shop(LINES).await;
    let first = owner.get("/api/w/shop/now").await;
    send(&server, "dan 0 product_viewed").await;
    let again = owner.get("/api/w/shop/now").await;
    assert_eq!(first.bytes, again.bytes);
    server.clock.advance(Span::seconds(3));
    let fresh = owner.get("/api/w/shop/now").await.expect(200);
    assert_eq!(fresh["events"], 5);
}
