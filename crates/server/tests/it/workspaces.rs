use serde_json::json;

use crate::client::Server;

#[tokio::test]
async fn a_workspace_is_made_renamed_and_removed() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    let body = json!({"id": "shop", "name": " Shop ", "zone": "Asia/Shanghai"});
    owner
        .post("/api/workspaces", body.clone())
        .await
        .expect(200);
    assert_eq!(
        owner.post("/api/workspaces", body).await.refusal(),
        "409 workspace.exists"
    );
    owner
        .send(
            "PATCH",
            "/api/workspaces/shop",
            Some(json!({"zone": "Europe/Berlin"})),
        )
        .await
        .expect(204);
    let session = owner.get("/api/session").await.expect(200);
    let expected = json!([{"id": "shop", "name": "Shop", "zone": "Europe/Berlin", "demo": false, "role": "owner"}]);
    assert_eq!(session["workspaces"], expected);
    owner
        .send("DELETE", "/api/workspaces/shop", None)
        .await
        .expect(204);
    assert_eq!(
        owner.get("/api/session").await.expect(200)["workspaces"],
        json!([])
    );
}

#[tokio::test]
async fn names_that_could_leave_their_folder_are_refused() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    for id in ["", "..", "a/b", "Shop", "1st", "a b"] {
        let body = json!({"id": id, "name": "X", "zone": "UTC"});
        assert_eq!(
            owner.post("/api/workspaces", body).await.refusal(),
            "422 body.unusable",
            "{id:?}"
        );
    }
    let body = json!({"id": "shop", "name": "X", "zone": "Moon/Crater"});
    assert_eq!(
        owner.post("/api/workspaces", body).await.refusal(),
        "422 body.unusable"
    );
}

#[tokio::test]
async fn files_of_a_removed_workspace_go_with_it() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    let body = json!({"id": "shop", "name": "X", "zone": "UTC"});
    owner
        .post("/api/workspaces", body.clone())
        .await
        .expect(200);
    let id = throughline_model::WorkspaceId::parse("shop").unwrap();
    let dir = server.app.workspaces().get(&id).unwrap().dir().to_owned();
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("left"), "over").unwrap();
    owner
        .send("DELETE", "/api/workspaces/shop", None)
        .await
        .expect(204);
    owner.post("/api/workspaces", body).await.expect(200);
    assert!(!dir.join("left").exists());
}

#[tokio::test]
async fn a_write_key_is_shown_once_and_known_until_it_is_removed() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    for id in ["shop", "other"] {
        let body = json!({"id": id, "name": "X", "zone": "UTC"});
        owner.post("/api/workspaces", body).await.expect(200);
    }
    let made = owner
        .post("/api/w/shop/keys", json!({"name": "site"}))
        .await
        .expect(200);
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("tlw_"));
    let known = server.app.instance().write_key(key).unwrap();
    assert_eq!(
        (known.workspace.as_str(), json!(known.source)),
        ("shop", made["id"].clone())
    );
    let listed = owner.get("/api/w/shop/keys").await.expect(200);
    assert!(!listed.to_string().contains(key));
    assert_eq!(listed["keys"][0]["prefix"], key[..12]);
    let path = |workspace: &str| format!("/api/w/{workspace}/keys/{}", made["id"]);
    let foreign = owner.send("DELETE", &path("other"), None).await;
    assert_eq!(foreign.refusal(), "404 key.unknown");
    owner.send("DELETE", &path("shop"), None).await.expect(204);
    assert_eq!(server.app.instance().write_key(key), None);
}
