//! Imports that a stop interrupted, and the rows of files when the log is read again.

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};
use throughline_insight::Cancel;
use throughline_model::{Timestamp, WorkspaceId, schedule::Language};
use throughline_server::{
    app::App,
    clock::Clock,
    config::Config,
    import::{self, ImportState},
    workspace::WorkspaceRuntime,
};

use crate::{
    client::NOON,
    events::wait_until_shown,
    imports::{begin, packed},
};

/// A folder that processes open one after the other.
struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self) -> App {
        let mut config = Config::defaults();
        config.data.dir = self.dir.path().join("data");
        let clock = Clock::manual(Timestamp::parse(NOON).unwrap());
        App::open(config, clock).unwrap()
    }

    fn workspace(&self) -> PathBuf {
        self.dir.path().join("data/workspaces/demo")
    }
}

/// Rows of a shop, some of them equal.
fn many_rows(count: u32) -> String {
    let mut rows = "customer,event,time\n".to_owned();
    for row in 0..count {
        let name = ["seen", "added", "bought"][row as usize % 3];
        let minute = row % 60;
        rows.push_str(&format!(
            "c{},{name},2026-02-01 10:{minute:02}:00\n",
            row % 999
        ));
    }
    rows
}

fn only(app: &App) -> WorkspaceRuntime {
    app.workspaces()
        .get(&WorkspaceId::parse("demo").unwrap())
        .unwrap()
}

/// Events by name, straight from a workspace.
fn names_of(app: &App, runtime: &WorkspaceRuntime) -> Value {
    wait_until_shown(runtime);
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let report = serde_json::from_value(report).unwrap();
    let answer = runtime.context(app.now()).ask(&report, &Cancel::default());
    serde_json::to_value(answer.unwrap().numbers).unwrap()
}

#[test]
fn an_import_that_was_interrupted_goes_on_where_it_stopped() {
    let folder = Folder::new();
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let rows = 120_000;
    let file = folder.dir.path().join("many.csv");
    std::fs::write(&file, many_rows(rows)).unwrap();
    let app = folder.open();
    let runtime = throughline_server::demo::make_workspace(&app, None, Language::English).unwrap();
    let job = begin(&app, &runtime, &file);
    std::thread::scope(|scope| {
        scope.spawn(|| import::run(&app, &runtime, &job));
        while job.shown(app.now()).rows == 0 {
            std::thread::yield_now();
        }
        app.drain();
    });
    assert_eq!(job.state(), ImportState::Running);
    tokio.block_on(app.close());
    drop((app, runtime));

    let app = folder.open();
    let runtime = only(&app);
    runtime.resume_imports(&app).unwrap();
    let job = runtime.imports().get(job.source).unwrap();
    while job.is_open() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let shown = job.shown(app.now());
    assert_eq!(
        (
            shown.state,
            shown.rows,
            shown.new,
            shown.duplicate,
            shown.faulty
        ),
        (ImportState::Done, u64::from(rows), u64::from(rows), 0, 0)
    );
    let by_event: Vec<u64> = shown.by_event.iter().map(|it| it.count).collect();
    assert_eq!(by_event, [40_000; 3]);
    tokio.block_on(app.close());
}

#[test]
fn rows_of_files_are_read_again_when_the_log_is() {
    let folder = Folder::new();
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let file = folder.dir.path().join("many.csv");
    std::fs::write(&file, packed(many_rows(70_000).as_bytes())).unwrap();
    let app = folder.open();
    let runtime = throughline_server::demo::make_workspace(&app, None, Language::English).unwrap();
    let first = begin(&app, &runtime, &file);
    import::run(&app, &runtime, &first);
    let second = begin(&app, &runtime, &file);
    import::run(&app, &runtime, &second);
    assert_eq!(second.shown(app.now()).duplicate, 70_000);
    let before = names_of(&app, &runtime);
    tokio.block_on(app.close());
    drop((app, runtime));

    // Everything but the log and the files can be made again.
    std::fs::remove_dir_all(folder.workspace().join("events")).unwrap();
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let _ = std::fs::remove_file(folder.workspace().join(name));
    }
    let app = folder.open();
    let runtime = only(&app);
    assert_eq!(names_of(&app, &runtime), before);
    assert_eq!(runtime.pipeline().counts(second.source).duplicate, 70_000);
    tokio.block_on(app.close());
}
