//! Watched folders: files that rest are imported by themselves, each content once.

use std::{fs, os::unix::fs::symlink, path::PathBuf, time::Duration};

use serde_json::{Value, json};
use throughline_model::{SourceId, Timestamp, schedule::Language};
use throughline_server::{
    app::{App, OpenError},
    clock::Clock,
    config::Config,
    folders::{Folder, Root, StoredFolder, worker},
    import::ImportState,
};
use throughline_store::state::DocumentKind;

use crate::{
    client::{Browser, NOON, Server},
    events::shop_with,
    imports::{counted, counts},
};

pub const HEAD: &str = "customer,event,time\n";
pub const FIRST: &str = "c1,product_viewed,2026-02-01 10:00:00\n";
pub const SECOND: &str = "c1,order_placed,2026-02-01 10:20:00\n";
pub const THIRD: &str = "c2,order_placed,2026-02-02 11:00:00\n";

pub fn mapping() -> Value {
    json!({"format": "csv", "user": "customer", "event": {"column": "event"}, "time": {"column": "time"}})
}

/// A folder on this machine that a server may read.
struct Disk {
    _folder: tempfile::TempDir,
    dir: PathBuf,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().canonicalize().unwrap().join("exports");
        fs::create_dir_all(&dir).unwrap();
        Self {
            _folder: folder,
            dir,
        }
    }

    fn dir(&self) -> String {
        self.dir.display().to_string()
    }

    fn root(&self) -> Root {
        Root::try_from(self.dir()).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.join(name), text).unwrap();
    }
}

/// A server with a shop, its owner, and the id of a watched folder.
async fn watching(disk: &Disk) -> (Server, Browser, String) {
    let root = disk.root();
    let (server, mut owner) = shop_with("", |config| config.import.folders = vec![root]).await;
    let body = json!({"title": "Orders", "mapping": mapping()});
    let made = owner.post("/api/w/shop/mappings", body).await.expect(200);
    let body = json!({"dir": disk.dir(), "mapping": made["id"]});
    let made = owner.post("/api/w/shop/folders", body).await.expect(200);
    let id = made["id"].as_str().unwrap().to_owned();
    (server, owner, id)
}

pub async fn listed(owner: &mut Browser) -> Value {
    let list = owner.get("/api/w/shop/folders").await.expect(200);
    list["folders"][0].clone()
}

/// Looks twice, so that what rests is taken, and waits for the imports to end.
pub async fn looked(server: &Server, owner: &mut Browser) -> Value {
    for _ in 0..2 {
        worker::tick(&server.app).await;
    }
    loop {
        let folder = listed(owner).await;
        let files = folder["files"].as_array().unwrap();
        let is_open = |it: &&Value| it["state"] == "running" || it["state"] == "undoing";
        if !files.iter().any(|it| is_open(&it)) {
            return folder;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// `name state new duplicate faulty` of each file, in the order of names.
pub fn told(folder: &Value) -> Vec<String> {
    let files = folder["files"].as_array().unwrap().iter();
    let mut told: Vec<String> = files
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap();
            let (new, duplicate, faulty) = (&it["new"], &it["duplicate"], &it["faulty"]);
            let (name, state) = (text("name"), text("state"));
            format!("{name} {state} {new} {duplicate} {faulty}")
        })
        .collect();
    told.sort();
    told
}

#[tokio::test]
async fn a_file_is_taken_once_it_rests_and_its_content_counts_once() {
    let disk = Disk::new();
    let (server, mut owner, _) = watching(&disk).await;
    disk.write("orders.csv", &format!("{HEAD}{FIRST}"));
    disk.write("orders.csv.part", "half");
    worker::tick(&server.app).await;
    let half = listed(&mut owner).await;
    assert_eq!(
        told(&half),
        [""; 0],
        "one look does not tell whether it rests"
    );
    assert_eq!(half["waiting"], 1);
    disk.write("orders.csv", &format!("{HEAD}{FIRST}{SECOND}"));
    worker::tick(&server.app).await;
    assert_eq!(told(&listed(&mut owner).await), [""; 0], "it has grown");
    let whole = looked(&server, &mut owner).await;
    assert_eq!(told(&whole), ["orders.csv done 2 0 0"]);
    assert_eq!(whole["waiting"], 0);
    assert_eq!(whole["trouble"], Value::Null);
    assert_eq!(whole["mapping_title"], "Orders");

    disk.write("copy.csv", &format!("{HEAD}{FIRST}{SECOND}"));
    let copied = looked(&server, &mut owner).await;
    assert_eq!(
        told(&copied),
        ["copy.csv same 0 0 0", "orders.csv done 2 0 0"]
    );
    let imports = owner.get("/api/w/shop/imports").await.expect(200);
    assert_eq!(imports["imports"].as_array().unwrap().len(), 1);

    disk.write("orders.csv", &format!("{HEAD}{FIRST}{SECOND}{THIRD}"));
    let grown = looked(&server, &mut owner).await;
    assert_eq!(
        told(&grown),
        ["copy.csv same 0 0 0", "orders.csv done 1 2 0"]
    );
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("order_placed", 2), ("product_viewed", 1)])
    );
    let audit = owner.get("/api/audit").await.expect(200);
    let begun = audit["entries"].as_array().unwrap().iter();
    let begun = begun.filter(|it| it["action"] == "import.begun").count();
    assert_eq!(begun, 2);
}

#[tokio::test]
async fn a_file_that_fails_says_why_and_is_tried_again_after_mending() {
    let disk = Disk::new();
    let (server, mut owner, id) = watching(&disk).await;
    disk.write("bad.csv", "who,what\nc1,seen\n");
    disk.write("none.csv", "");
    disk.write("rows.csv", &format!("{HEAD}{FIRST}c1,,never\n"));
    let folder = looked(&server, &mut owner).await;
    assert_eq!(
        told(&folder),
        [
            "bad.csv refused 0 0 0",
            "none.csv refused 0 0 0",
            "rows.csv done 1 0 1"
        ]
    );
    let files = folder["files"].as_array().unwrap();
    let bad = files.iter().find(|it| it["name"] == "bad.csv").unwrap();
    let reason = bad["reason"].as_str().unwrap();
    assert!(reason.contains("customer"), "{reason}");

    let retry = format!("/api/w/shop/folders/{id}/retry");
    let again = |name: &str| json!({"name": name});
    let refused = owner.post(&retry, again("rows.csv")).await;
    assert_eq!(refused.refusal(), "409 import.state");
    owner.post(&retry, again("bad.csv")).await.expect(204);
    let folder = looked(&server, &mut owner).await;
    assert_eq!(told(&folder)[0], "bad.csv refused 0 0 0", "it is as it was");

    disk.write("bad.csv", &format!("{HEAD}{SECOND}"));
    let folder = looked(&server, &mut owner).await;
    assert_eq!(told(&folder)[0], "bad.csv done 1 0 0");

    let import = folder["files"][0]["import"].clone();
    let undo = format!("/api/w/shop/imports/{import}/undo");
    owner.post(&undo, json!({})).await.expect(200);
    let folder = looked(&server, &mut owner).await;
    assert_eq!(
        told(&folder)[0],
        "bad.csv undone 0 0 0",
        "it is not taken by itself"
    );
    owner.post(&retry, again("bad.csv")).await.expect(204);
    let folder = looked(&server, &mut owner).await;
    assert_eq!(told(&folder)[0], "bad.csv done 1 0 0");
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("order_placed", 1), ("product_viewed", 1)])
    );
}

#[tokio::test]
async fn a_folder_waits_while_it_is_paused_or_has_no_mapping_and_is_left_when_removed() {
    let disk = Disk::new();
    let (server, mut owner, id) = watching(&disk).await;
    let path = format!("/api/w/shop/folders/{id}");
    let pause = format!("{path}/pause");
    owner
        .post(&pause, json!({"is_paused": true}))
        .await
        .expect(204);
    disk.write("orders.csv", &format!("{HEAD}{FIRST}"));
    let folder = looked(&server, &mut owner).await;
    assert_eq!(
        (told(&folder).len(), &folder["is_paused"]),
        (0, &json!(true))
    );
    let mappings = owner.get("/api/w/shop/mappings").await.expect(200);
    let mapping = mappings["mappings"][0]["id"].as_str().unwrap();
    let mapping = format!("/api/w/shop/mappings/{mapping}");
    owner.send("DELETE", &mapping, None).await.expect(204);
    owner
        .post(&pause, json!({"is_paused": false}))
        .await
        .expect(204);
    let folder = looked(&server, &mut owner).await;
    assert_eq!((told(&folder).len(), &folder["waiting"]), (0, &json!(1)));
    let trouble = folder["trouble"].as_str().unwrap();
    assert!(trouble.contains("mapping is gone"), "{trouble}");
    fs::remove_dir_all(&disk.dir).unwrap();
    let trouble = looked(&server, &mut owner).await["trouble"].clone();
    assert_eq!(trouble, "the folder does not exist");
    owner.send("DELETE", &path, None).await.expect(204);
    assert_eq!(listed(&mut owner).await, Value::Null);
    let again = owner.send("DELETE", &path, None).await;
    assert_eq!(again.refusal(), "404 document.unknown");
}

#[tokio::test]
async fn only_allowed_folders_are_read() {
    let disk = Disk::new();
    let other = Disk::new();
    other.write("secret.csv", &format!("{HEAD}{FIRST}"));
    symlink(&other.dir, disk.dir.join("link")).unwrap();
    symlink(other.dir.join("secret.csv"), disk.dir.join("secret.csv")).unwrap();
    disk.write("orders.csv", &format!("{HEAD}{FIRST}"));
    let roots = vec![
        disk.root(),
        Root::try_from(format!("bank={}", other.dir())).unwrap(),
    ];
    let (_server, mut owner) = shop_with("", |config| config.import.folders = roots).await;
    let list = owner.get("/api/w/shop/folders").await.expect(200);
    assert_eq!(
        list["roots"],
        json!([disk.dir()]),
        "the other is the bank's"
    );
    let look = "/api/w/shop/folders/look";
    let seen = owner
        .post(look, json!({"dir": disk.dir()}))
        .await
        .expect(200);
    let bytes = HEAD.len() + FIRST.len();
    assert_eq!(
        seen["files"],
        json!([{"name": "orders.csv", "bytes": bytes}])
    );
    let body = json!({"dir": disk.dir(), "pattern": "*.gz"});
    let seen = owner.post(look, body).await.expect(200);
    assert_eq!(
        (&seen["files_count"], &seen["others_count"]),
        (&json!(0), &json!(1))
    );
    for (dir, expected) in [
        (other.dir(), "is in none"),
        ("/etc".to_owned(), "is in none"),
        (format!("{}/../other", disk.dir()), "is in none"),
        (format!("{}/link", disk.dir()), "is a link"),
        (format!("{}/nothing", disk.dir()), "does not exist"),
    ] {
        for (path, body) in [
            (look, json!({"dir": dir})),
            (
                "/api/w/shop/folders",
                json!({"dir": dir, "mapping": "orders"}),
            ),
        ] {
            let refused = owner.post(path, body).await.expect(422);
            let fault = &refused["error"]["faults"][0];
            assert_eq!(fault["place"], "dir");
            let message = fault["message"].as_str().unwrap();
            assert!(message.starts_with(expected), "{dir}: {message}");
        }
    }
    let file = "/api/w/shop/folders/file";
    for name in ["secret.csv", "../x/secret.csv", "link/secret.csv", ".."] {
        let body = json!({"dir": disk.dir(), "name": name});
        owner.post(file, body).await.expect(422);
    }
    let body = json!({"dir": disk.dir(), "name": "orders.csv"});
    let uploaded = owner.post(file, body).await.expect(200);
    assert_eq!(uploaded["mapping"]["user"], "customer");
    let plan = json!({"file": uploaded["file"], "mapping": mapping()});
    let preview = owner.post("/api/w/shop/imports/preview", plan).await;
    assert_eq!(
        preview.expect(200)["rows"][0]["event"]["name"],
        "product_viewed"
    );
}

/// Opens the installation as soon as the last thread of the one before has let go of it.
async fn open(disk: &Disk) -> App {
    let mut config = Config::defaults();
    config.data.dir = disk.dir.with_file_name("data");
    config.import.folders = vec![disk.root()];
    loop {
        let clock = Clock::manual(Timestamp::parse(NOON).unwrap());
        match App::open(config.clone(), clock) {
            Ok(app) => return app,
            Err(OpenError::Directory(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

async fn settled(app: &App) -> Vec<(u32, u64)> {
    for _ in 0..3 {
        worker::tick(app).await;
    }
    let runtime = app.workspaces().all().remove(0);
    let imports = runtime.imports();
    while imports.list().iter().any(|it| it.is_open()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let shown = imports.list().into_iter().map(|it| it.shown(app.now()));
    shown.map(|it| (it.id.0, it.new)).collect()
}

#[tokio::test]
async fn a_restart_takes_no_file_twice_and_what_was_begun_is_found() {
    let disk = Disk::new();
    let app = open(&disk).await;
    let making = app.clone();
    let make =
        move || throughline_server::demo::make_workspace(&making, None, Language::English).unwrap();
    let runtime = tokio::task::spawn_blocking(make).await.unwrap();
    let stored = StoredFolder {
        folder: Folder {
            dir: disk.dir(),
            pattern: String::new(),
            mapping: "orders".to_owned(),
        },
        is_paused: false,
        author: "ana@example.com".to_owned(),
    };
    let (state, now) = (runtime.state(), app.now());
    let put = |kind, id: &str, json: String| {
        state.put_document(kind, id, None, id, &json, now).unwrap();
    };
    put(DocumentKind::Mapping, "orders", mapping().to_string());
    let json = serde_json::to_string(&stored).unwrap();
    put(DocumentKind::Folder, "exports", json);
    disk.write("a.csv", &format!("{HEAD}{FIRST}"));
    let before = settled(&app).await;
    assert_eq!(before.iter().map(|it| it.1).collect::<Vec<_>>(), [1]);
    app.close().await;
    drop((runtime, app));

    let app = open(&disk).await;
    disk.write("b.csv", &format!("{HEAD}{SECOND}"));
    let after = settled(&app).await;
    assert_eq!(after.len(), 2, "the new file and no other");
    assert!(after.contains(&before[0]));
    // As if the server had stopped before it could note what it had begun.
    let runtime = app.workspaces().all().remove(0);
    let forgotten = runtime
        .state()
        .remove_document(DocumentKind::FolderFiles, "exports");
    assert!(forgotten.unwrap());
    drop(runtime);
    app.close().await;
    drop(app);

    let app = open(&disk).await;
    assert_eq!(settled(&app).await, after);
    let runtime = app.workspaces().all().remove(0);
    let files = worker::files_of(runtime.state(), "exports").unwrap();
    assert_eq!(files.0.len(), 2, "it is noted again");
    let job = runtime.imports().get(SourceId(before[0].0)).unwrap();
    assert_eq!(job.state(), ImportState::Done);
    drop(runtime);
    app.close().await;
}
