use serde_json::json;
use throughline_model::{Span, limits};
use throughline_server::{api::setup, config::PublicUrl};

use crate::client::{Browser, PASSWORD, Server};

async fn sign_in(browser: &mut Browser, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password});
    browser.post("/api/session", body).await.refusal()
}

#[tokio::test]
async fn the_first_start_makes_one_owner_and_its_link_works_once() {
    let server = Server::start().await;
    let mut browser = server.browser();
    assert_eq!(
        browser.get("/api/session").await.refusal(),
        "401 setup.needed"
    );
    let older = setup::new_setup_link(&server.app).unwrap().unwrap();
    let link = setup::new_setup_link(&server.app).unwrap().unwrap();
    let body = |token: &str| json!({"token": token, "email": "O@Example.com ", "name": "O", "password": PASSWORD});
    for (token, refusal) in [
        ("guessed", "401 link.unknown"),
        (older.reveal(), "401 link.unknown"),
    ] {
        assert_eq!(
            browser.post("/api/setup", body(token)).await.refusal(),
            refusal
        );
    }
    let session = browser
        .post("/api/setup", body(link.reveal()))
        .await
        .expect(200);
    assert_eq!(session["member"]["email"], "o@example.com");
    assert_eq!(session["member"]["role"], "owner");
    let again = browser.post("/api/setup", body(link.reveal())).await;
    assert_eq!(again.refusal(), "401 link.unknown");
    assert!(setup::new_setup_link(&server.app).unwrap().is_none());
    browser.get("/api/session").await.expect(200);
}

#[tokio::test]
async fn the_link_of_the_first_start_runs_out() {
    let server = Server::start().await;
    let link = setup::new_setup_link(&server.app).unwrap().unwrap();
    server.clock.advance(limits::SETUP_LINK_AGE_MAX);
    let body = json!({"token": link.reveal(), "email": "o@example.com", "name": "O", "password": PASSWORD});
    let answer = server.browser().post("/api/setup", body).await;
    assert_eq!(answer.refusal(), "401 link.unknown");
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_when_it_is_old_and_by_signing_out() {
    let server = Server::start().await;
    let mut browser = server.owner().await;
    server
        .clock
        .advance(Span(limits::SESSION_IDLE_MAX.0 - 60_000));
    browser.get("/api/session").await.expect(200);
    let copy = browser.clone();
    browser
        .send("DELETE", "/api/session", None)
        .await
        .expect(204);
    assert_eq!(browser.cookie, None, "the cookie is taken back");
    assert_eq!(
        copy.clone().get("/api/session").await.refusal(),
        "401 session.none"
    );

    sign_in(&mut browser, "owner@example.com", PASSWORD).await;
    browser.get("/api/session").await.expect(200);
    server.clock.advance(limits::SESSION_IDLE_MAX);
    assert_eq!(
        browser.get("/api/session").await.refusal(),
        "401 session.none"
    );
}

#[tokio::test]
async fn using_a_session_keeps_it_but_not_beyond_its_age() {
    let server = Server::start().await;
    let mut browser = server.owner().await;
    let owner = owner_id(&server);
    let days = limits::SESSION_AGE_MAX.0 / Span::days(1).0;
    for _ in 1..days {
        server.clock.advance(Span::days(1));
        browser.get("/api/session").await.expect(200);
        // The note that the session is in use is written beside the answer.
        let seen = || server.app.instance().read().sessions_of(owner)[0].seen;
        while seen() < server.app.now() {
            tokio::task::yield_now().await;
        }
    }
    server.clock.advance(Span::days(1));
    assert_eq!(
        browser.get("/api/session").await.refusal(),
        "401 session.none"
    );
}

fn owner_id(server: &Server) -> throughline_model::MemberId {
    let directory = server.app.instance().read();
    directory.member_by_email("owner@example.com").unwrap().id
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let server = Server::start().await;
    let mut here = server.owner().await;
    let mut there = server.browser();
    sign_in(&mut there, "owner@example.com", PASSWORD).await;
    let change =
        |current: &str, next: &str| json!({"password": {"current": current, "next": next}});
    let wrong = here
        .send(
            "PATCH",
            "/api/member",
            Some(change("guess", "another one entirely")),
        )
        .await;
    assert_eq!(wrong.refusal(), "401 sign_in.wrong");
    let short = here
        .send("PATCH", "/api/member", Some(change(PASSWORD, "short")))
        .await;
    assert_eq!(short.refusal(), "422 password.unusable");
    there.get("/api/session").await.expect(200);
    here.send(
        "PATCH",
        "/api/member",
        Some(change(PASSWORD, "another one entirely")),
    )
    .await
    .expect(200);
    here.get("/api/session").await.expect(200);
    assert_eq!(
        there.get("/api/session").await.refusal(),
        "401 session.none"
    );
    assert_eq!(
        sign_in(&mut there, "owner@example.com", PASSWORD).await,
        "401 sign_in.wrong"
    );
    assert_eq!(
        sign_in(&mut there, "owner@example.com", "another one entirely").await,
        "200 without a code"
    );
}

#[tokio::test]
async fn failing_to_sign_in_too_often_has_to_wait() {
    let server = Server::start().await;
    server.owner().await;
    let mut browser = server.browser();
    for _ in 0..limits::SIGN_IN_FAILURES_MAX {
        assert_eq!(
            sign_in(&mut browser, "owner@example.com", "wrong").await,
            "401 sign_in.wrong"
        );
    }
    let body = json!({"email": " OWNER@example.com", "password": PASSWORD});
    let refused = browser.post("/api/session", body.clone()).await;
    assert_eq!(refused.refusal(), "429 sign_in.wait");
    assert_eq!(refused.header("retry-after"), "900");
    server.clock.advance(limits::SIGN_IN_WINDOW);
    browser.post("/api/session", body).await.expect(200);
}

#[tokio::test]
async fn unknown_and_known_members_are_refused_alike() {
    let server = Server::start().await;
    server.owner().await;
    let mut browser = server.browser();
    let mut refused = async |email: &str| {
        let body = json!({"email": email, "password": "not the right one"});
        browser.post("/api/session", body).await.text()
    };
    assert_eq!(
        refused("owner@example.com").await,
        refused("nobody@example.com").await
    );
}

#[tokio::test]
async fn other_sites_cannot_act_for_a_member() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let attack = async |change: &dyn Fn(&mut Browser)| {
        let mut browser = owner.clone();
        change(&mut browser);
        browser
            .send("PATCH", "/api/member", Some(json!({"name": "X"})))
            .await
            .refusal()
    };
    assert_eq!(attack(&|_| {}).await, "200 without a code");
    assert_eq!(attack(&|it| it.origin = None).await, "403 origin.foreign");
    assert_eq!(
        attack(&|it| it.origin = Some("https://evil.example".into())).await,
        "403 origin.foreign"
    );
    assert_eq!(
        attack(&|it| it.origin = Some("null".into())).await,
        "403 origin.foreign"
    );
    let site = |site: &'static str| {
        move |it: &mut Browser| it.headers.push(("sec-fetch-site", site.into()))
    };
    assert_eq!(attack(&site("cross-site")).await, "403 origin.foreign");
    assert_eq!(attack(&site("same-site")).await, "403 origin.foreign");
    assert_eq!(attack(&site("same-origin")).await, "200 without a code");
    let form = |it: &mut Browser| it.headers.push(("content-type", "text/plain".into()));
    assert_eq!(attack(&form).await, "415 body.type");
    let mut embedded = owner.clone();
    embedded
        .headers
        .push(("sec-fetch-site", "cross-site".into()));
    assert_eq!(
        embedded.get("/api/session").await.refusal(),
        "403 origin.foreign"
    );
}

#[tokio::test]
async fn the_cookie_is_bound_to_the_host_where_there_is_https() {
    let public = "https://journeys.example.com";
    let server =
        Server::start_with(|config| config.server.public_url = PublicUrl::parse(public)).await;
    let token = setup::new_setup_link(&server.app).unwrap().unwrap();
    let body = json!({"token": token.reveal(), "email": "o@example.com", "name": "O", "password": PASSWORD});
    let mut browser = server.browser();
    assert_eq!(
        browser.post("/api/setup", body.clone()).await.refusal(),
        "403 origin.foreign"
    );
    browser.origin = Some(public.to_owned());
    let answer = browser.post("/api/setup", body).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    browser.get("/api/session").await.expect(200);

    let plain = Server::start().await.owner().await;
    assert!(plain.cookie.unwrap().starts_with("session="));
}

#[tokio::test]
async fn bodies_are_strictly_typed() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    for (body, refusal) in [
        (&b"{"[..], "400 body.syntax"),
        (br#"{"email":"a@b","password":"x"} {}"#, "400 body.syntax"),
        (
            br#"{"email":{"$gt":""},"password":"x"}"#,
            "422 body.unusable",
        ),
        (br#"{"email":"a@b","password":["x"]}"#, "422 body.unusable"),
        (
            br#"{"email":"a@b","password":"x","role":"owner"}"#,
            "422 body.unusable",
        ),
        (br#"{"email":"a@b"}"#, "422 body.unusable"),
    ] {
        let answer = owner
            .send_bytes("POST", "/api/session", Some(body.to_vec()))
            .await;
        assert_eq!(
            answer.refusal(),
            refusal,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
    let large = vec![b' '; limits::API_BODY_BYTES_MAX + 1];
    let answer = owner.send_bytes("POST", "/api/session", Some(large)).await;
    assert_eq!(answer.refusal(), "413 body.large");
    let unknown = owner.get("/api/audit?befor=1").await;
    assert_eq!(unknown.refusal(), "400 parameter.unusable");
}
