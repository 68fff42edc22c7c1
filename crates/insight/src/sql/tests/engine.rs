//! SQLite with our functions and the table `events`.

use std::collections::BTreeMap;

use rusqlite::{
    Connection, ToSql,
    functions::{Context, FunctionFlags},
    params,
    types::{ToSqlOutput, ValueRef},
};
use throughline_model::{Channel, EventCode, Timestamp, Zone, sql::Period};
use throughline_store::StoredEvent;

use crate::fixture::Log;

/// A value of a result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Null,
    Number(i64),
    Text(String),
}

/// Who is in the segments of `super::segments`, said by hand and not by what the tests are about.
const SEGMENTS: &str = "
    INSERT INTO segments SELECT DISTINCT 'buyers', 'Buyers', profile FROM events WHERE event = 'buy';
    INSERT INTO segments SELECT 'idle', 'Idle', profile FROM events GROUP BY profile HAVING sum(event NOT LIKE '$%') <= 3;
    INSERT INTO segments SELECT 'both', 'Both', a.profile FROM segments a JOIN segments b
        ON a.profile = b.profile AND a.segment = 'buyers' AND b.segment = 'idle';";

/// A log as SQLite sees it.
pub(super) struct Engine(Connection);

impl Engine {
    pub(super) fn over(log: &Log) -> Self {
        let db = Connection::open_in_memory().expect("in memory");
        // In the engine that we ship, LIKE tells small and large letters apart.
        db.execute_batch(
            "PRAGMA case_sensitive_like = ON;
             CREATE TABLE events (time INTEGER, event TEXT, profile INTEGER, channel TEXT,
                 touchpoint TEXT, stage TEXT, properties TEXT, actor INTEGER, source INTEGER, seq INTEGER);
             CREATE TABLE profiles (id INTEGER, traits TEXT);
             CREATE TABLE segments (segment TEXT, name TEXT, profile INTEGER);",
        )
        .expect("a table");
        add_functions(&db).expect("functions");
        db.execute_batch("BEGIN").expect("a transaction");
        {
            let mut insert = db
                .prepare("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
                .expect("sound");
            let stages = stages(log);
            for event in &log.events {
                let name = log.names.name(EventCode(event.event)).expect("interned");
                let touchpoint = match name.as_str() {
                    "buy" => Some("till"),
                    "view" => Some("shelf"),
                    _ => None,
                };
                let profile = profile(log, event);
                insert
                    .execute(params![
                        event.time.0,
                        name.as_str(),
                        profile,
                        Channel::from_code(event.channel).name(),
                        touchpoint,
                        stages.get(&(profile, event.time.0)),
                        event.properties.as_str(),
                        event.actor.0,
                        event.source.0,
                        i64::try_from(event.seq.0).expect("few events"),
                    ])
                    .expect("a row");
            }
        }
        db.execute_batch("COMMIT; CREATE INDEX by_profile ON events (profile, time)")
            .expect("committed");
        db.execute_batch(SEGMENTS).expect("segments");
        let mut insert = (db.prepare("INSERT INTO profiles VALUES (?1, ?2)")).expect("sound");
        for (profile, plan) in log.plans() {
            let told = plan.map(|it| format!(r#""plan":{it}"#));
            let object = format!("{{{}}}", told.unwrap_or_default());
            insert.execute(params![profile, object]).expect("a row");
        }
        drop(insert);
        Self(db)
    }

    /// Says what is known of a profile, as a JSON object.
    pub(super) fn know(&self, profile: u32, traits: &str) {
        let change = "UPDATE profiles SET traits = ?2 WHERE id = ?1";
        self.0
            .execute(change, params![profile, traits])
            .expect("a row");
    }

    pub(super) fn rows(&self, sql: &str) -> Vec<Vec<Cell>> {
        // Else SQLite makes a table anew wherever another one names it.
        let each_once = sql.replace(" AS (\n", " AS MATERIALIZED (\n");
        let mut select = self
            .0
            .prepare(&each_once)
            .unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let columns = select.column_count();
        let rows = select.query_map([], |row| {
            (0..columns)
                .map(|index| {
                    Ok(match row.get_ref(index)? {
                        ValueRef::Null => Cell::Null,
                        ValueRef::Integer(number) => Cell::Number(number),
                        ValueRef::Real(number) => super::millionths(number),
                        ValueRef::Text(bytes) => {
                            Cell::Text(String::from_utf8_lossy(bytes).into_owned())
                        }
                        other => panic!("{other:?}"),
                    })
                })
                .collect()
        });
        let rows: Result<_, _> = rows.expect("sound").collect();
        rows.unwrap_or_else(|error| panic!("{error}\n{sql}"))
    }
}

fn profile(log: &Log, event: &StoredEvent) -> u32 {
    let root = log.roots.get(event.actor.0 as usize);
    root.copied().unwrap_or(event.actor.0)
}

/// By profile and instant the stage of `super::vocabulary` right after it, none before any.
fn stages(log: &Log) -> BTreeMap<(u32, i64), &'static str> {
    const STAGES: [(&str, &str); 3] = [("view", "any"), ("cart", "it's \"b\""), ("buy", "own")];
    let mut entered: BTreeMap<(u32, i64), Option<usize>> = BTreeMap::new();
    for event in &log.events {
        let name = log.names.name(EventCode(event.event)).expect("interned");
        let stage = STAGES.iter().position(|it| it.0 == name.as_str());
        let at = entered.entry((profile(log, event), event.time.0));
        let at = at.or_default();
        *at = stage.max(*at);
    }
    let mut now: BTreeMap<u32, usize> = BTreeMap::new();
    let mut stages = BTreeMap::new();
    for ((profile, ms), stage) in entered {
        if let Some(stage) = stage {
            now.insert(profile, stage);
        }
        if let Some(stage) = now.get(&profile) {
            stages.insert((profile, ms), STAGES[*stage].1);
        }
    }
    stages
}

fn add_functions(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_UTF8;
    for name in ["epoch_ms", "instant"] {
        db.create_scalar_function(name, 1, flags, |ctx| ctx.get::<i64>(0))?;
    }
    let calendar = |ctx: &Context<'_>| -> rusqlite::Result<(Timestamp, Period, Zone)> {
        let at = Timestamp(ctx.get(0)?);
        let period = Period::parse(&ctx.get::<String>(1)?).expect("a period");
        let zone = Zone::parse(&ctx.get::<String>(2)?).expect("a zone");
        Ok((at, period, zone))
    };
    db.create_scalar_function("period_number", 3, flags, move |ctx| {
        calendar(ctx).map(|(at, period, zone)| period.number(at, &zone))
    })?;
    db.create_scalar_function("period_start", 3, flags, move |ctx| {
        calendar(ctx).map(|(at, period, zone)| period.start(at, &zone).0)
    })?;
    let texts = [("json_get", Read::Any), ("json_text", Read::Text)];
    let others = [("json_number", Read::Number), ("json_flag", Read::Flag)];
    for (name, read) in texts.into_iter().chain(others) {
        db.create_scalar_function(name, -1, flags, move |ctx| Ok(Told(found(ctx, read)?)))?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Read {
    Any,
    Text,
    Number,
    Flag,
}

struct Told(rusqlite::types::Value);

impl ToSql for Told {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(self.0.clone()))
    }
}

/// The value under a path of names, when it is of the wanted type.
fn found(ctx: &Context<'_>, read: Read) -> rusqlite::Result<rusqlite::types::Value> {
    use rusqlite::types::Value;
    let text: String = ctx.get(0)?;
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("an object");
    for index in 1..ctx.len() {
        let name: String = ctx.get(index)?;
        value = value
            .get_mut(&name)
            .map_or(serde_json::Value::Null, serde_json::Value::take);
    }
    Ok(match (read, value) {
        (_, serde_json::Value::Null) => Value::Null,
        (Read::Any | Read::Text, serde_json::Value::String(text)) => Value::Text(text),
        (Read::Any, other) => Value::Text(other.to_string()),
        (Read::Number, serde_json::Value::Number(number)) => {
            number.as_f64().map_or(Value::Null, Value::Real)
        }
        (Read::Flag, serde_json::Value::Bool(flag)) => Value::Integer(i64::from(flag)),
        _ => Value::Null,
    })
}
