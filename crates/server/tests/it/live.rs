use crate::events::{send, shop};

#[tokio::test]
async fn the_latest_events_are_shown_as_they_came() {
    let (server, mut owner) = shop("ana 9 product_viewed").await;
    send(
        &server,
        "<b>x</b> 8 order_placed {\"note\":\"<script>alert(1)</script>\"}",
    )
    .await;
    let live = owner.get("/api/w/shop/live?limit=1").await;
    assert_eq!(live.header("content-type"), "application/json");
    let event = &live.expect(200)["events"][0];
    assert_eq!(
        (&event["name"], &event["verdict"]),
        (&"order_placed".into(), &"stored".into())
    );
    assert_eq!(event["properties"]["note"], "<script>alert(1)</script>");
}

#[tokio::test]
async fn a_stream_tells_of_what_comes_in_and_ends_when_the_server_drains() {
    let (server, owner) = shop("ana 9 product_viewed").await;
    let mut stream = owner.listen("/api/w/shop/stream").await;
    assert!(stream.next().await.starts_with("event: tick"));
    send(&server, "ben 8 order_placed").await;
    let heard = loop {
        let heard = stream.next().await;
        if heard.starts_with("event: live") {
            break heard;
        }
    };
    assert!(heard.contains("order_placed"), "{heard}");
    server.app.drain();
    while !stream.next().await.is_empty() {}
}
