//! Memory of a server that answers over many stored events.

use std::{fs, path::Path, time::Instant};

use serde_json::{Value, json};
use throughline_insight::bench;
use throughline_model::{ActorId, EventCode, EventName, Identifier, SourceId};
use throughline_store::{
    log::{Entry, Kind, Log, Options},
    state::{StateBatch, WorkspaceState},
};

use super::{
    Chapter, Figure, Plan, Subject, Target, Unit, client::Member, dashboards, folder::Folder,
    process::Server, profiles, stored::Stored,
};
use crate::pipeline::envelope::Envelope;

const PEAK_MIB_MAX: f64 = 1_536.0;
const WORKSPACE: &str = "bench";
/// Rows of the tables that are written at once.
const ROWS_AT_ONCE: usize = 100_000;

/// Starts a server over the stored events, asks it everything once, and looks at its memory.
pub fn measure(
    plan: &Plan,
    stored: &mut Stored,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    let data = folder.path().join("memory");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let names = names(stored, folder, tell)?;
    tell("putting the events into a workspace");
    let member = runtime.block_on(make_workspace(&data))?;
    let dir = data.join("workspaces").join(WORKSPACE);
    fs::remove_dir_all(&dir)?;
    fs::create_dir_all(&dir)?;
    write_tables(&dir, &names, stored)?;
    write_log(&dir, plan)?;
    stored.move_to(&dir.join("events"))?;

    tell("starting a server over the events");
    let began = Instant::now();
    let server = Server::start(&data)?;
    let mut figures = vec![Figure::new(
        "start of the server",
        began.elapsed().as_secs_f64(),
        Unit::Seconds,
    )];
    let idle = server.memory()?;
    let mut member = member.at(server.address);
    figures.extend(runtime.block_on(ask(&server, &mut member, &names, tell))?);
    let after = server.memory()?;
    figures.extend([
        Figure::new("peak of resident memory", after.peak, Unit::Mebibytes)
            .with(Target::AtMost(PEAK_MIB_MAX)),
        Figure::new("its own, after the start", idle.own, Unit::Mebibytes),
        Figure::new("its own, in the end", after.own, Unit::Mebibytes),
        Figure::new(
            "mapped files, after the start",
            idle.mapped,
            Unit::Mebibytes,
        ),
        Figure::new("mapped files, in the end", after.mapped, Unit::Mebibytes),
    ]);
    tell("opening profiles");
    let profiles_count = stored.what.profiles_count();
    let opened = profiles::open(&mut member, WORKSPACE, profiles_count, customer);
    figures.extend(runtime.block_on(opened)?);
    tell("refreshing dashboards");
    let path = format!("/api/w/{WORKSPACE}/ask");
    let refreshed = dashboards::refresh(&server, &member, &path, &names);
    figures.extend(runtime.block_on(refreshed)?);
    let peak = server.memory()?.peak;
    let name = "peak of resident memory, dashboards included";
    figures.push(Figure::new(name, peak, Unit::Mebibytes));
    Ok(Chapter {
        subject: Subject::Memory,
        about: about(plan, stored),
        figures,
        grid: None,
    })
}

fn about(plan: &Plan, stored: &Stored) -> String {
    format!(
        "A server over {} generated events of {} profiles, each with an identifier, answers every \
         question once over HTTP.\n\
         The peak is what the system counts (`VmHWM`) and includes pages of mapped files, which it \
         takes back when somebody needs the memory.\n\
         Its own memory (`RssAnon`) holds identifiers, the message ids of three days, and columns \
         that were read.\n\
         Then a hundred profiles are found by their identifiers and opened, each for the first time.\n\
         Then dashboards of the same eight reports refresh at once, each over a range of its own or all \
         over the same; a wait lasts from the moment on at which all of them begin.",
        plan.rows,
        stored.what.profiles_count()
    )
}

fn names(
    stored: &mut Stored,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Vec<EventName>> {
    let store = stored.open(folder, tell)?;
    Ok(store.names().iter().map(|(_, name)| name.clone()).collect())
}

async fn make_workspace(data: &Path) -> anyhow::Result<Member> {
    let server = Server::start(data)?;
    let token = server.token.as_deref().unwrap_or_default();
    let mut member = Member::own(server.address, token).await?;
    let workspace = json!({"id": WORKSPACE, "name": "Bench", "zone": "UTC"});
    member.post("/api/workspaces", &workspace).await?;
    Ok(member)
}

/// Writes what the tables would hold, had the events come one by one.
fn write_tables(dir: &Path, names: &[EventName], stored: &Stored) -> anyhow::Result<()> {
    let state = WorkspaceState::open(&dir.join("state.db"))?;
    state.commit(&StateBatch {
        applied: 1,
        names: (0..).map(EventCode).zip(names.iter().cloned()).collect(),
        ..StateBatch::default()
    })?;
    let profiles_count = stored.what.profiles_count();
    for from in (0..profiles_count).step_by(ROWS_AT_ONCE) {
        let until = profiles_count.min(from + ROWS_AT_ONCE as u32);
        let identifier = |profile| Identifier::user(&customer(profile));
        state.commit(&StateBatch {
            applied: 1,
            identifiers: (from..until)
                .map(|profile| (ActorId(profile), identifier(profile)))
                .collect(),
            ..StateBatch::default()
        })?;
    }
    Ok(())
}

fn customer(profile: u32) -> String {
    format!("customer-{profile:08}")
}

/// Writes a log of one record, which the tables and the parts say they have applied.
fn write_log(dir: &Path, plan: &Plan) -> anyhow::Result<()> {
    let (log, _) = Log::open(&dir.join("log"), Options::new(1))?;
    let nothing = Envelope::SourceRemoved {
        source: SourceId(u32::MAX),
        received: plan.now,
    };
    let (kind, payload) = nothing.encode();
    log.append(Entry::new(Kind::new(kind), payload))?.wait()?;
    log.close();
    Ok(())
}

/// Asks everything once. Times are those of first answers, as people meet them.
async fn ask(
    server: &Server,
    member: &mut Member,
    names: &[EventName],
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut timed = async |name: &str, path: &str, body: &Value| {
        tell(&format!("asking the server: {name}"));
        let (began, watch) = (Instant::now(), server.watch());
        let path = format!("/api/w/{WORKSPACE}/{path}");
        let answer = member.post(&path, body).await?;
        let seconds = began.elapsed().as_secs_f64();
        figures.push(Figure::new(name, seconds, Unit::Seconds));
        let own = format!("{name}, its own memory at most");
        figures.push(Figure::new(own, watch.end(), Unit::Mebibytes));
        anyhow::Ok(answer)
    };
    let (plain, of_properties) = (bench::questions(names), bench::property_questions(names));
    for question in plain.into_iter().chain(of_properties) {
        let body = serde_json::to_value(&question.report)?;
        timed(question.name, "ask", &body).await?;
    }
    let wanted = json!({"goal": {"events": ["purchase"]}, "range": {"all": true}});
    let found = timed("map drawn from the events", "maps/discover", &wanted).await?;
    let draft = json!({"map": found["map"]});
    timed("numbers of the map", "maps/numbers", &draft).await?;
    Ok(figures)
}
