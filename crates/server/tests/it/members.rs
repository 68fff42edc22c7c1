use serde_json::json;

use crate::client::{Browser, PASSWORD, Server};

async fn with_workspaces(ids: &[&str]) -> (Server, Browser) {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    for id in ids {
        let body = json!({"id": id, "name": id, "zone": "UTC"});
        owner.post("/api/workspaces", body).await.expect(200);
    }
    (server, owner)
}

fn invitation(email: &str, workspace: &str, role: &str) -> serde_json::Value {
    json!({"email": email, "name": "Name", "workspaces": [{"id": workspace, "role": role}]})
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let (server, mut owner) = with_workspaces(&["a", "b"]).await;
    let mut admin = server
        .member(&mut owner, "admin@example.com", &[("a", "admin")])
        .await;
    for (body, refusal) in [
        (
            invitation("x@example.com", "a", "admin"),
            "200 without a code",
        ),
        (invitation("y@example.com", "a", "owner"), "403 role.low"),
        (
            invitation("y@example.com", "b", "viewer"),
            "404 workspace.unknown",
        ),
        (
            json!({"email": "y@example.com", "name": "Y", "workspaces": [], "owner": true}),
            "403 role.low",
        ),
        (invitation("no address", "a", "viewer"), "422 body.unusable"),
    ] {
        let answer = admin.post("/api/members", body.clone()).await;
        assert_eq!(answer.refusal(), refusal, "{body}");
    }
}

#[tokio::test]
async fn an_admin_sees_and_changes_only_what_they_administer() {
    let (server, mut owner) = with_workspaces(&["a", "b"]).await;
    let mut admin = server
        .member(&mut owner, "admin@example.com", &[("a", "admin")])
        .await;
    server
        .member(
            &mut owner,
            "both@example.com",
            &[("a", "viewer"), ("b", "editor")],
        )
        .await;
    server
        .member(&mut owner, "other@example.com", &[("b", "viewer")])
        .await;
    let seen = admin.get("/api/members").await.expect(200);
    let seen: Vec<_> = seen["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["email"].as_str().unwrap(), it["workspaces"].to_string()))
        .collect();
    assert_eq!(
        seen,
        [
            (
                "admin@example.com",
                r#"[{"id":"a","role":"admin"}]"#.to_owned()
            ),
            (
                "both@example.com",
                r#"[{"id":"a","role":"viewer"}]"#.to_owned()
            ),
        ]
    );
    let ids = server
        .app
        .instance()
        .read()
        .members()
        .map(|it| (it.email.clone(), it.id.0))
        .collect::<std::collections::BTreeMap<_, _>>();
    let path = |email: &str| format!("/api/members/{}", ids[email]);
    let roles = |id: &str, role: &str| Some(json!({"workspaces": [{"id": id, "role": role}]}));
    for (email, body, refusal) in [
        (
            "other@example.com",
            roles("a", "viewer"),
            "404 member.unknown",
        ),
        (
            "owner@example.com",
            roles("a", "viewer"),
            "404 member.unknown",
        ),
        (
            "both@example.com",
            roles("b", "viewer"),
            "404 workspace.unknown",
        ),
        (
            "both@example.com",
            roles("a", "editor"),
            "204 without a code",
        ),
    ] {
        let answer = admin.send("PATCH", &path(email), body).await;
        assert_eq!(answer.refusal(), refusal, "{email}");
    }
    // Who holds a link becomes the member, who may do things in `b` that the admin may not.
    let link = admin
        .send("POST", &format!("{}/link", path("both@example.com")), None)
        .await;
    assert_eq!(link.refusal(), "403 role.low");
    // The admin takes away the one workspace; the member stays in the other.
    admin
        .send("DELETE", &path("both@example.com"), None)
        .await
        .expect(204);
    let directory = server.app.instance().read();
    let both = directory.member_by_email("both@example.com").unwrap();
    let left: Vec<_> = directory
        .workspaces_of(both)
        .map(|(row, _)| row.id.to_string())
        .collect();
    assert_eq!(left, ["b"]);
}

#[tokio::test]
async fn a_changed_role_ends_the_sessions_of_the_member() {
    let (server, mut owner) = with_workspaces(&["a"]).await;
    let mut editor = server
        .member(&mut owner, "e@example.com", &[("a", "editor")])
        .await;
    let id = editor.get("/api/session").await.expect(200)["member"]["id"].clone();
    let body = json!({"workspaces": [{"id": "a", "role": null}]});
    owner
        .send("PATCH", &format!("/api/members/{id}"), Some(body))
        .await
        .expect(204);
    assert_eq!(
        editor.get("/api/session").await.refusal(),
        "401 session.none"
    );
    let again = json!({"email": "e@example.com", "password": PASSWORD});
    let session = editor.post("/api/session", again).await.expect(200);
    assert_eq!(session["workspaces"], json!([]));
}

#[tokio::test]
async fn the_last_owner_stays() {
    let (server, mut owner) = with_workspaces(&[]).await;
    let id = owner.get("/api/session").await.expect(200)["member"]["id"].clone();
    let path = format!("/api/members/{id}");
    let demoted = owner
        .send("PATCH", &path, Some(json!({"owner": false})))
        .await;
    assert_eq!(demoted.refusal(), "409 member.last_owner");
    assert_eq!(
        owner.send("DELETE", &path, None).await.refusal(),
        "409 member.last_owner"
    );
    let body = json!({"email": "two@example.com", "name": "Two", "workspaces": [], "owner": true});
    let invited = owner.post("/api/members", body).await.expect(200);
    // An owner who has not joined could not sign in.
    assert_eq!(
        owner.send("DELETE", &path, None).await.refusal(),
        "409 member.last_owner"
    );
    let token = invited["link"]
        .as_str()
        .unwrap()
        .split_once("token=")
        .unwrap()
        .1
        .to_owned();
    let mut two = server.browser();
    two.post("/api/join", json!({"token": token, "password": PASSWORD}))
        .await
        .expect(200);
    owner.send("DELETE", &path, None).await.expect(204);
    assert_eq!(
        two.get("/api/session").await.expect(200)["member"]["role"],
        "owner"
    );
}

#[tokio::test]
async fn a_link_to_join_works_once_and_a_new_one_replaces_it() {
    let (server, mut owner) = with_workspaces(&["a"]).await;
    let invited = owner
        .post("/api/members", invitation("v@example.com", "a", "viewer"))
        .await
        .expect(200);
    let path = format!("/api/members/{}/link", invited["id"]);
    let newer = owner.send("POST", &path, None).await.expect(200);
    let join = async |link: &serde_json::Value| {
        let token = link["link"]
            .as_str()
            .unwrap()
            .split_once("token=")
            .unwrap()
            .1
            .to_owned();
        let body = json!({"token": token, "password": PASSWORD});
        server.browser().post("/api/join", body).await.refusal()
    };
    assert_eq!(join(&invited).await, "401 link.unknown");
    assert_eq!(join(&newer).await, "200 without a code");
    assert_eq!(join(&newer).await, "401 link.unknown");
    // Who has a password needs no link to get another workspace.
    let again = owner
        .post(
            "/api/members",
            self::invitation("V@example.com", "a", "editor"),
        )
        .await
        .expect(200);
    assert_eq!(again["link"], json!(null));
    assert_eq!(again["id"], invited["id"]);
}

#[tokio::test]
async fn what_was_done_is_in_the_audit_log() {
    let (server, mut owner) = with_workspaces(&["a", "b"]).await;
    let mut admin = server
        .member(&mut owner, "admin@example.com", &[("a", "admin")])
        .await;
    let actions = |page: serde_json::Value| {
        let entries = page["entries"].as_array().unwrap().clone();
        entries
            .iter()
            .rev()
            .map(|it| {
                format!(
                    "{} {}",
                    it["actor"].as_str().unwrap(),
                    it["action"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    let all = actions(owner.get("/api/audit").await.expect(200));
    assert_eq!(
        all,
        [
            "owner@example.com owner.created",
            "owner@example.com workspace.made",
            "owner@example.com workspace.made",
            "owner@example.com member.invited",
            "admin@example.com member.joined",
        ]
    );
    let theirs = actions(admin.get("/api/audit").await.expect(200));
    assert_eq!(
        theirs,
        [
            "owner@example.com workspace.made",
            "owner@example.com member.invited"
        ]
    );
}
