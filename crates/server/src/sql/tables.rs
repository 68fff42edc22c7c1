//! Lays one moment of the log out as files that the companion reads.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray},
    datatypes::{DataType, Field as Column, Schema, TimeUnit},
};
use parquet::arrow::ArrowWriter;
use throughline_insight::{
    Cancel, View, people_who,
    written::{Written, written},
};
use throughline_model::{
    Field,
    cost::{Cost, Costs},
    people::{InSegment, PeopleRule},
    sql::{SqlNeeds, SqlRows, SqlTables},
};
use throughline_store::{
    Snapshot,
    state::{DocumentKind, OperationRow, TraitRow, WorkspaceState, winning_traits},
};

use crate::{answers::refuse, http::refusal::Refusal, workspace::Context};

/// Writes what a statement needs into a folder, and says where what was there already lies.
pub fn lay_out(
    state: &WorkspaceState,
    context: &Context,
    needs: &SqlNeeds,
    folder: &Path,
    cancel: &Cancel,
) -> Result<SqlTables, Refusal> {
    let mut tables = SqlTables::default();
    if let Some(columns) = &needs.events {
        let snapshot = &context.snapshot;
        if columns.contains("profile") {
            let path = folder.join("profiles-of-actors");
            write(&path, snapshot.roots.iter().flat_map(|it| it.to_le_bytes()))
                .map_err(internal)?;
            tables.profile_of_actor = Some(path);
            tables.turns_of_actors = turns(snapshot, folder).map_err(internal)?;
        }
        for base in snapshot.bases() {
            let file = snapshot.parquet_file(base, folder);
            tables.events.push(SqlRows {
                file: absolute(file.map_err(|error| Refusal::internal(&error))?),
                ..SqlRows::default()
            });
        }
        let view = View::new(snapshot, &context.meaning.vocabulary, cancel);
        for (name, field) in [
            ("channel", Field::Channel),
            ("touchpoint", Field::Touchpoint),
            ("stage", Field::Stage),
        ] {
            if columns.contains(name) {
                let written = written(&view, &field).map_err(refuse)?;
                lay_out_codes(&mut tables, name, written, folder).map_err(internal)?;
            }
        }
    }
    if let Some(columns) = &needs.profiles {
        let path = folder.join("profiles.parquet");
        let traits = match columns.contains("traits") {
            true => traits(state, &context.snapshot)?,
            false => BTreeMap::new(),
        };
        let rows = profiles(&context.snapshot, &traits);
        write_table(&path, &rows)?;
        tables.profiles = Some(path);
    }
    if needs.segments.is_some() {
        let path = folder.join("segments.parquet");
        write_table(&path, &segments(state, context, cancel)?)?;
        tables.segments = Some(path);
    }
    if needs.costs.is_some() {
        let path = folder.join("costs.parquet");
        write_table(&path, &costs(&state.costs(None::<(String, String)>)?))?;
        tables.costs = Some(path);
    }
    Ok(tables)
}

/// Whose turn it was when, where several people share devices.
fn turns(snapshot: &Snapshot, folder: &Path) -> io::Result<Option<PathBuf>> {
    let turns = snapshot.roots.turns();
    if turns.is_empty() {
        return Ok(None);
    }
    let all = turns.iter();
    let all = all.flat_map(|(actor, its)| its.iter().map(move |turn| (*actor, *turn)));
    let bytes = all.flat_map(|(actor, turn)| {
        let ends = [actor.to_le_bytes(), turn.profile.0.to_le_bytes()];
        ends.concat().into_iter().chain(turn.from.0.to_le_bytes())
    });
    let path = folder.join("turns-of-actors");
    write(&path, bytes)?;
    Ok(Some(path))
}

fn lay_out_codes(
    tables: &mut SqlTables,
    name: &str,
    written: Written,
    folder: &Path,
) -> io::Result<()> {
    // Base runs come in the same order everywhere.
    for (rows, (base, codes)) in tables.events.iter_mut().zip(written.codes) {
        let path = folder.join(format!("{name}-{base}"));
        write(&path, codes.into_iter().flat_map(u16::to_le_bytes))?;
        let place = match name {
            "channel" => &mut rows.channels,
            "touchpoint" => &mut rows.touchpoints,
            _ => &mut rows.stages,
        };
        *place = Some(path);
    }
    match name {
        "channel" => tables.channels = written.names,
        "touchpoint" => tables.touchpoints = written.names,
        _ => tables.stages = written.names,
    }
    Ok(())
}

fn write(path: &Path, bytes: impl Iterator<Item = u8>) -> io::Result<()> {
    let bytes: Vec<u8> = bytes.collect();
    let mut file = BufWriter::new(fs::File::create_new(path)?);
    file.write_all(&bytes)?;
    file.flush()
}

/// The companion works in another folder, so paths must not depend on ours.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Every profile that has events, with when it was seen and what is known of it.
fn profiles(snapshot: &Snapshot, traits: &BTreeMap<u32, String>) -> RecordBatch {
    let mut seen: BTreeMap<u32, (i64, i64, i64)> = BTreeMap::new();
    for run in &snapshot.runs {
        for (group, profile) in run.profiles.iter().enumerate() {
            let rows = run.offsets[group] as usize..run.offsets[group + 1] as usize;
            if rows.is_empty() || !snapshot.is_live(*profile) {
                continue;
            }
            let (first, last) = (run.time[rows.start], run.time[rows.end - 1]);
            let its = seen.entry(*profile).or_insert((first, last, 0));
            its.0 = its.0.min(first);
            its.1 = its.1.max(last);
            its.2 += i64::try_from(rows.len()).expect("rows are counted in 32 bits");
        }
    }
    let instants = |of: fn(&(i64, i64, i64)) -> i64| -> ArrayRef {
        let values = TimestampMillisecondArray::from_iter_values(seen.values().map(of));
        Arc::new(values.with_timezone("UTC"))
    };
    let ids = Int64Array::from_iter_values(seen.keys().map(|it| i64::from(*it)));
    let counts = Int64Array::from_iter_values(seen.values().map(|it| it.2));
    let known = seen
        .keys()
        .map(|it| traits.get(it).map_or("{}", String::as_str));
    let known = StringArray::from_iter_values(known);
    table(vec![
        ("id", Arc::new(ids)),
        ("first_seen", instants(|it| it.0)),
        ("last_seen", instants(|it| it.1)),
        ("events", Arc::new(counts)),
        ("traits", Arc::new(known)),
    ])
}

/// Who is in which segment now, by the rules and not by what was kept of them a moment ago.
fn segments(
    state: &WorkspaceState,
    context: &Context,
    cancel: &Cancel,
) -> Result<RecordBatch, Refusal> {
    let documents = state.documents(DocumentKind::Segment)?;
    let titles: BTreeMap<&str, &str> = (documents.iter())
        .map(|it| (it.head.id.as_str(), it.head.title.as_str()))
        .collect();
    let (mut ids, mut names, mut profiles) = (Vec::new(), Vec::new(), Vec::new());
    for id in context.segments.keys() {
        let rule = PeopleRule::Segment(InSegment { id: id.clone() });
        let snapshot = context.snapshot_for(&[&rule])?;
        let view = View::new(&snapshot, &context.meaning.vocabulary, cancel);
        for profile in people_who(&view, &rule, context.now).map_err(refuse)? {
            ids.push(id.as_str());
            names.push(titles.get(id.as_str()).copied().unwrap_or(id));
            profiles.push(i64::from(profile.0));
        }
    }
    Ok(table(vec![
        ("segment", Arc::new(StringArray::from(ids))),
        ("name", Arc::new(StringArray::from(names))),
        ("profile", Arc::new(Int64Array::from(profiles))),
    ]))
}

/// What was paid, in whole millionths of the unit, so that sums are exact.
fn costs(all: &Costs) -> RecordBatch {
    let texts = |of: &dyn Fn(&Cost) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(all.costs.iter().map(of)))
    };
    let numbers = |of: &dyn Fn(&Cost) -> i128| -> ArrayRef {
        let values = all.costs.iter().map(of);
        let values = values.map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        Arc::new(Int64Array::from_iter_values(values))
    };
    let currency = all.currency.map(|it| it.to_string()).unwrap_or_default();
    table(vec![
        ("day", texts(&|it| it.place.day.to_string())),
        ("channel", texts(&|it| it.place.channel.name().to_owned())),
        ("source", texts(&|it| it.place.source.clone())),
        ("campaign", texts(&|it| it.place.campaign.clone())),
        ("medium", texts(&|it| it.medium.clone())),
        ("content", texts(&|it| it.content.clone())),
        ("currency", texts(&|_| currency.clone())),
        ("micros", numbers(&|it| it.paid.micros)),
        (
            "impressions",
            numbers(&|it| i128::from(it.paid.impressions)),
        ),
        ("clicks", numbers(&|it| i128::from(it.paid.clicks))),
    ])
}

/// What is known of each profile, as a JSON object.
fn traits(state: &WorkspaceState, snapshot: &Snapshot) -> Result<BTreeMap<u32, String>, Refusal> {
    let mut rows: BTreeMap<u32, (Vec<TraitRow>, Vec<OperationRow>)> = BTreeMap::new();
    state.each_trait(|row| {
        let profile = snapshot.root(row.actor.0);
        rows.entry(profile).or_default().0.push(row);
    })?;
    state.each_operation(|row| {
        let profile = snapshot.root(row.actor.0);
        rows.entry(profile).or_default().1.push(row);
    })?;
    let rules = state.trait_rules();
    let objects = rows.into_iter().map(|(profile, (rows, operations))| {
        let members: Vec<String> = (winning_traits(rows, operations, &rules).iter())
            .filter_map(|row| {
                let name = serde_json::Value::from(&*row.name);
                Some(format!("{name}:{}", row.value.as_deref()?))
            })
            .collect();
        (profile, format!("{{{}}}", members.join(",")))
    });
    Ok(objects.collect())
}

fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let instant = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let fields: Vec<Column> = (columns.iter())
        .map(|(name, values)| match values.data_type() {
            DataType::Timestamp(..) => Column::new(*name, instant.clone(), false),
            kind => Column::new(*name, kind.clone(), false),
        })
        .collect();
    let columns = columns.into_iter().map(|(_, values)| values).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .expect("the columns are of one length and of the types that they say")
}

fn write_table(path: &Path, rows: &RecordBatch) -> Result<(), Refusal> {
    let file = fs::File::create_new(path).map_err(internal)?;
    let written = ArrowWriter::try_new(file, rows.schema(), None).and_then(|mut writer| {
        writer.write(rows)?;
        writer.close()
    });
    written.map(drop).map_err(|error| Refusal::internal(&error))
}

fn internal(error: io::Error) -> Refusal {
    Refusal::internal(&error)
}
