//! Files that become events, from the start of the command to its end.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    ops::Range,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, ensure};
use arrow::{
    array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray},
    datatypes::Schema,
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use serde_json::Value;
use throughline_model::{Span, Timestamp};

use super::{
    Chapter, Figure, Plan, Subject, Target, Unit, folder::Folder, median, process::command,
};

const NAMES: [&str; 6] = ["time", "customer", "event", "page", "country", "price"];
const EVENTS: [&str; 8] = [
    "page_viewed",
    "product_viewed",
    "search_performed",
    "cart_added",
    "checkout_started",
    "order_placed",
    "delivered",
    "review_written",
];
const COUNTRIES: [&str; 5] = ["CN", "US", "DE", "GB", "JP"];
/// Rows of a customer.
const ROWS_EACH: u64 = 25;
/// Rows that are written at once.
const BATCH_ROWS: u64 = 8_192;
/// A file is as large for each round, so fewer rounds say as much.
const ROUNDS_MAX: usize = 3;

/// Imports the same rows from a Parquet and from a CSV file.
pub fn measure(
    plan: &Plan,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    tell(&format!("writing files of {} rows", plan.file_rows));
    let (parquet, csv) = (
        folder.path().join("rows.parquet"),
        folder.path().join("rows.csv"),
    );
    write_parquet(&parquet, plan)?;
    write_csv(&csv, plan)?;
    let mut figures = Vec::new();
    for (kind, path, per_second) in [("Parquet", &parquet, 300_000.0), ("CSV", &csv, 150_000.0)] {
        let mut seconds = Vec::new();
        for round in 1..=plan.rounds.min(ROUNDS_MAX) {
            tell(&format!("importing {kind}, round {round}"));
            seconds.push(import(&folder.path().join("import"), path, plan.file_rows)?);
        }
        let seconds = median(seconds);
        let rate = plan.file_rows as f64 / seconds;
        figures.extend([
            Figure::new(kind, rate, Unit::EventsPerSecond).with(Target::AtLeast(per_second)),
            Figure::new(format!("{kind}, from start to end"), seconds, Unit::Seconds),
        ]);
    }
    Ok(Chapter {
        subject: Subject::Import,
        about: format!(
            "`throughline import` reads a file of {} rows with {} columns, of {} customers, into an \
             empty workspace; when it ends, every row can be counted.\n\
             The time is that of the whole command: it keeps the file, finds out what the columns \
             mean, maps every row, looks for rows that are there already, and seals parts.",
            plan.file_rows,
            NAMES.len(),
            plan.file_rows.div_ceil(ROWS_EACH),
        ),
        figures,
        grid: None,
    })
}

/// Runs the command on an empty data directory, and says how many seconds it took.
fn import(data: &Path, file: &Path, rows: u64) -> anyhow::Result<f64> {
    let began = Instant::now();
    let output = command(data)?
        .arg("import")
        .arg(file)
        .args([
            "--json", "--user", "customer", "--event", "event", "--time", "time",
        ])
        .stderr(Stdio::inherit())
        .output()
        .context("could not start an import")?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(
        output.status.success(),
        "importing ended with {}",
        output.status
    );
    let imported: Value = serde_json::from_slice(&output.stdout)?;
    let new = imported["new"].as_u64();
    ensure!(new == Some(rows), "{new:?} of {rows} rows became events");
    fs::remove_dir_all(data)?;
    Ok(seconds)
}

/// One row, which follows from its number.
struct Row {
    time: Timestamp,
    customer: String,
    event: &'static str,
    page: String,
    country: &'static str,
    price: f64,
}

impl Row {
    fn new(plan: &Plan, n: u64) -> Self {
        // Looks like chance (SplitMix64), and is the same for each format.
        let mut mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^= mixed >> 27;
        let pick = |shift: u32, count: usize| (mixed >> shift) as usize % count;
        let customers = plan.file_rows.div_ceil(ROWS_EACH);
        // Exports are in order of time, about.
        let before = Span::seconds(((plan.file_rows - n) * 2 + mixed % 60).cast_signed());
        Self {
            time: plan.now.minus(before),
            customer: format!("customer-{:07}", mixed % customers),
            event: EVENTS[pick(16, EVENTS.len()).min(pick(24, EVENTS.len()))],
            page: format!("/p/{}", pick(32, 200)),
            country: COUNTRIES[pick(40, COUNTRIES.len())],
            price: pick(44, 50_000) as f64 / 100.0,
        }
    }
}

fn write_csv(path: &Path, plan: &Plan) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", NAMES.join(","))?;
    for n in 0..plan.file_rows {
        let Row {
            time,
            customer,
            event,
            page,
            country,
            price,
        } = Row::new(plan, n);
        writeln!(file, "{time},{customer},{event},{page},{country},{price}")?;
    }
    file.flush()?;
    Ok(())
}

fn write_parquet(path: &Path, plan: &Plan) -> anyhow::Result<()> {
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let schema = batch(plan, 0..0)?.schema();
    let mut writer = ArrowWriter::try_new(
        File::create(path)?,
        Arc::<Schema>::clone(&schema),
        Some(properties),
    )?;
    for from in (0..plan.file_rows).step_by(BATCH_ROWS as usize) {
        let until = plan.file_rows.min(from + BATCH_ROWS);
        writer.write(&batch(plan, from..until)?)?;
    }
    writer.close()?;
    Ok(())
}

fn batch(plan: &Plan, numbers: Range<u64>) -> anyhow::Result<RecordBatch> {
    let rows: Vec<Row> = numbers.map(|n| Row::new(plan, n)).collect();
    let texts = |of: &dyn Fn(&Row) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let times = TimestampMillisecondArray::from_iter_values(rows.iter().map(|it| it.time.0));
    let columns: [ArrayRef; NAMES.len()] = [
        Arc::new(times.with_timezone("UTC")),
        texts(&|it| &it.customer),
        texts(&|it| it.event),
        texts(&|it| &it.page),
        texts(&|it| it.country),
        Arc::new(Float64Array::from_iter_values(
            rows.iter().map(|it| it.price),
        )),
    ];
    Ok(RecordBatch::try_from_iter(NAMES.into_iter().zip(columns))?)
}
