//! SQLite with our functions and the table `events`.

use rusqlite::{
    Connection, ToSql,
    functions::{Context, FunctionFlags},
    params,
    types::{ToSqlOutput, ValueRef},
};
use throughline_model::{Channel, EventCode, Timestamp, Zone, sql::Period};

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
                 touchpoint TEXT, properties TEXT, source INTEGER, seq INTEGER);
             CREATE TABLE profiles (id INTEGER, traits TEXT);
             CREATE TABLE segments (segment TEXT, name TEXT, profile INTEGER);",
        )
        .expect("a table");
        add_functions(&db).expect("functions");
        db.execute_batch("BEGIN").expect("a transaction");
        {
            let mut insert = db
                .prepare("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
                .expect("sound");
            for event in &log.events {
                let name = log.names.name(EventCode(event.event)).expect("interned");
                let touchpoint = match name.as_str() {
                    "buy" => Some("till"),
                    "view" => Some("shelf"),
                    _ => None,
                };
                let root = log.roots.get(event.actor.0 as usize).copied();
                insert
                    .execute(params![
                        event.time.0,
                        name.as_str(),
                        root.unwrap_or(event.actor.0),
                        Channel::from_code(event.channel).name(),
                        touchpoint,
                        event.properties.as_str(),
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

    pub(super) fn rows(&self, sql: &str) -> Vec<Vec<Cell>> {
        let mut select = self
            .0
            .prepare(sql)
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
