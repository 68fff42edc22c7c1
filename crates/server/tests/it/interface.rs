use crate::client::Server;

#[tokio::test]
async fn every_answer_carries_the_protecting_headers() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for path in [
        "/",
        "/api/session",
        "/health/live",
        "/nowhere.js",
        "/openapi.json",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self';"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    assert_eq!(
        browser.get("/api/session").await.header("cache-control"),
        "no-store"
    );
}

#[tokio::test]
async fn pages_are_answered_with_a_page_and_files_that_are_missing_are_not() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for path in ["/", "/setup?token=x", "/w/shop/maps/checkout"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{path}"
        );
    }
    for path in ["/assets/gone-1234.js", "/gone.js"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert_eq!(
        browser.get("/api/nothing").await.refusal(),
        "404 path.unknown"
    );
    let wrong = browser.send("PUT", "/api/session", None).await;
    assert_eq!(wrong.refusal(), "405 method.unknown");
}

#[tokio::test]
async fn metrics_are_for_this_machine_only() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.get("/health/live").await.expect(200);
    let text = browser.get("/metrics").await.text();
    assert!(
        text.contains(
            "throughline_http_requests_total{route=\"GET /health/live\",status=\"200\"} 1"
        ),
        "{text}"
    );
    browser
        .headers
        .push(("x-forwarded-for", "203.0.113.9".to_owned()));
    assert_eq!(browser.get("/metrics").await.refusal(), "404 path.unknown");
}
