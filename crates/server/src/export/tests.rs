use std::io::{Cursor, Read as _};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::{
    array::{Array, AsArray as _},
    datatypes::{Int64Type, TimestampMillisecondType},
};
use bytes::Bytes;
use calamine::{Data, Reader as _, Xlsx};
use throughline_insight::table::{Column, Unit};
use throughline_model::Timestamp;
use zip::ZipArchive;

use super::*;

/// Names that people can give to events, each of which breaks some writer of files.
const HOSTILE: [&str; 14] = [
    "=1+1",
    "=HYPERLINK(\"http://evil.example\",\"buy\")",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1+1",
    "# not a comment",
    "a,\"b\"\r\nc",
    "購物車 → 结账",
    "",
    " spaced ",
];

/// Those of them that a spreadsheet would run.
const FORMULAS: usize = 9;

fn at() -> Timestamp {
    Timestamp::parse("2026-03-01T16:00:00Z").expect("valid")
}

fn export() -> Export {
    let mut events = Table::new(
        "events",
        [
            Column::text("event"),
            Column::whole("profiles", Unit::Profiles),
            Column::share("share"),
            Column::time("first"),
            Column::flag("is_rest"),
        ],
    );
    for (index, name) in HOSTILE.into_iter().enumerate() {
        events.push([
            name.into(),
            (-(index as i64)).into(),
            0.5.into(),
            at().into(),
            (index == 0).into(),
        ]);
    }
    events.push([
        Cell::Missing,
        Cell::Missing,
        Cell::Missing,
        Cell::Missing,
        Cell::Missing,
    ]);
    let mut totals = Table::new("totals", [Column::whole("events", Unit::Events)]);
    totals.push([7_u64.into()]);
    Export {
        facts: vec![
            Fact::new("title", "=cmd|' /C calc'!A0"),
            Fact::new("range_from", at()),
            Fact::new("zone", "Asia/Shanghai"),
            Fact::new("n", 12_u64),
        ],
        zone: Zone::parse("Asia/Shanghai").expect("known"),
        tables: vec![
            events,
            totals,
            Table::new("empty", [Column::text("nothing")]),
        ],
        json: None,
    }
}

fn written(format: Format, choices: &Choices) -> File {
    export().write(format, choices).expect("written")
}

fn only(table: &str) -> Choices {
    Choices {
        table: Some(table.to_owned()),
        ..Choices::default()
    }
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .comment(Some(b'#'))
        .flexible(true)
        .from_reader(bytes);
    let rows = reader.records().map(|row| {
        let row = row.expect("sound");
        row.iter().map(str::to_owned).collect()
    });
    rows.collect()
}

#[test]
fn csv_reads_back_as_it_was_but_for_formulas() {
    let file = written(Format::Csv, &only("events"));
    let rows = csv_rows(&file.bytes);
    assert_eq!(rows[0], ["event", "profiles", "share", "first", "is_rest"]);
    assert_eq!(rows.len(), HOSTILE.len() + 2, "no row is lost or torn");
    for (index, name) in HOSTILE.into_iter().enumerate() {
        let safe = match index {
            ..FORMULAS => format!("'{name}"),
            _ => name.to_owned(),
        };
        let flag = (index == 0).to_string();
        let count = (-(index as i64)).to_string();
        let expected = [&safe, &count, "0.5", "2026-03-02T00:00:00+08:00", &flag];
        assert_eq!(rows[index + 1], expected);
    }
    assert_eq!(rows[HOSTILE.len() + 1], ["", "", "", "", ""]);
}

#[test]
fn csv_says_above_its_tables_what_they_depend_on() {
    let file = written(Format::Csv, &Choices::default());
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    let head = text.lines().take(6).collect::<Vec<_>>();
    assert_eq!(
        head,
        [
            "# title,'=cmd|' /C calc'!A0",
            "# range_from,2026-03-02T00:00:00+08:00",
            "# zone,Asia/Shanghai",
            "# n,12",
            "# table,events",
            "event,profiles,share,first,is_rest",
        ]
    );
    assert!(
        text.ends_with("# table,totals\r\nevents\r\n7\r\n"),
        "{text}"
    );
}

#[test]
fn csv_has_a_mark_or_a_head_as_it_is_wanted() {
    let marked = Choices {
        has_mark: true,
        is_bare: true,
        ..only("totals")
    };
    assert_eq!(
        written(Format::Csv, &marked).bytes,
        b"\xef\xbb\xbfevents\r\n7\r\n"
    );
    let bare = Choices {
        is_bare: true,
        ..Choices::default()
    };
    let refused = export().write(Format::Csv, &bare).expect_err("two tables");
    assert_eq!(
        refused.to_string(),
        "bare CSV holds one table; name one of: events, totals"
    );
    let refused = export().write(Format::Csv, &only("nothing"));
    assert!(refused.expect_err("unknown").is_fault());
}

fn workbook(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).expect("a workbook")
}

#[test]
fn a_workbook_has_a_sheet_for_each_table_and_one_about_them() {
    let mut book = workbook(written(Format::Xlsx, &Choices::default()).bytes);
    assert_eq!(book.sheet_names(), ["events", "totals", "about"]);
    let sheet = book.worksheet_range("events").expect("a sheet");
    assert_eq!(
        sheet.height(),
        HOSTILE.len() + 1,
        "a row of nothing is none"
    );
    for (row, name) in (1..).zip(HOSTILE) {
        // An empty text leaves no cell. Line ends are one sign in a workbook.
        let shown = sheet.get_value((row, 0)).map(ToString::to_string);
        let shown = shown.unwrap_or_default().replace("_x000D_", "\r");
        assert_eq!(shown, name);
        let count = sheet.get_value((row, 1)).expect("a number");
        assert_eq!(*count, Data::Float(-f64::from(row - 1)));
    }
    let first = sheet.get_value((1, 3)).expect("a time");
    let Data::DateTime(first) = first else {
        panic!("{first:?} is no time")
    };
    assert_eq!(first.as_f64(), 46_083.0, "2026-03-02 in Shanghai");
    let about = book.worksheet_range("about").expect("a sheet");
    let facts: Vec<String> = about
        .rows()
        .take(4)
        .map(|row| format!("{} {}", row[0], row[1]))
        .collect();
    assert_eq!(
        facts,
        [
            "title =cmd|' /C calc'!A0",
            "range_from 2026-03-02T00:00:00+08:00",
            "zone Asia/Shanghai",
            "n 12"
        ]
    );
    let columns = about.rows().filter(|row| row[0] == *"events");
    assert_eq!(columns.count(), 5);
}

#[test]
fn a_workbook_holds_no_formula_and_keeps_texts_texts() {
    let bytes = written(Format::Xlsx, &Choices::default()).bytes;
    let mut book = workbook(bytes.clone());
    for name in ["events", "about"] {
        let formulas = book.worksheet_formula(name).expect("read");
        assert!(formulas.is_empty(), "{name}");
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP archive");
    let mut read = |name: &str| {
        let mut text = String::new();
        let mut entry = archive.by_name(name).expect(name);
        entry.read_to_string(&mut text).expect("UTF-8");
        text
    };
    assert!(read("xl/styles.xml").contains("quotePrefix=\"1\""));
    assert!(!read("xl/worksheets/sheet1.xml").contains("<f>"));
}

#[test]
fn the_same_answer_makes_the_same_file() {
    for format in Format::value_variants() {
        let write = || written(*format, &Choices::default());
        assert_eq!(write(), write(), "{format:?}");
    }
}

#[test]
fn parquet_has_types_and_says_what_it_depends_on() {
    let file = written(Format::Parquet, &only("events"));
    assert_eq!(file.ending, "parquet");
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file.bytes)).expect("sound");
    let facts = reader.metadata().file_metadata().key_value_metadata();
    let fact = |name: &str| {
        let found = facts.into_iter().flatten().find(|it| it.key == name);
        found.and_then(|it| it.value.as_deref()).expect(name)
    };
    assert_eq!(fact("throughline.title"), "=cmd|' /C calc'!A0");
    assert_eq!(fact("throughline.n"), "12");
    assert_eq!(fact("throughline.table"), "events");
    let profiles = reader.schema().field_with_name("profiles").expect("there");
    assert_eq!(profiles.metadata()["unit"], "profiles");
    let batch = reader.build().expect("sound").next().expect("rows");
    let batch = batch.expect("sound");
    let names = batch.column(0).as_string::<i32>();
    let counts = batch.column(1).as_primitive::<Int64Type>();
    let times = batch.column(3).as_primitive::<TimestampMillisecondType>();
    for (index, name) in HOSTILE.into_iter().enumerate() {
        assert_eq!(names.value(index), name, "as it is");
        assert_eq!(counts.value(index), -(index as i64));
        assert_eq!(times.value(index), at().0);
    }
    assert!(names.is_null(HOSTILE.len()));
}

#[test]
fn several_tables_as_parquet_come_in_one_archive() {
    let file = written(Format::Parquet, &Choices::default());
    assert_eq!(file.ending, "zip");
    let mut archive = ZipArchive::new(Cursor::new(file.bytes)).expect("a ZIP archive");
    let names = archive
        .file_names()
        .map(|it| it.expect("UTF-8").into_owned());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["events.parquet", "totals.parquet"]
    );
    let mut bytes = Vec::new();
    let mut entry = archive.by_name("totals.parquet").expect("there");
    entry.read_to_end(&mut bytes).expect("read");
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).expect("sound");
    assert_eq!(reader.schema().field(0).name(), "events");
}

#[test]
fn json_without_an_answer_holds_the_tables() {
    let file = written(Format::Json, &Choices::default());
    let json: serde_json::Value = serde_json::from_slice(&file.bytes).expect("JSON");
    assert_eq!(json["about"]["n"], 12);
    assert_eq!(json["tables"][0]["rows"][0][0], "=1+1");
}

#[test]
fn a_table_longer_than_a_worksheet_is_refused_and_not_cut() {
    let mut export = export();
    export.tables[1].rows = vec![vec![Cell::Missing]; xlsx::ROWS_MAX + 1];
    let refused = export.write(Format::Xlsx, &Choices::default());
    let refused = refused.expect_err("too long");
    assert!(refused.is_fault());
    assert_eq!(
        refused.to_string(),
        "table `totals` has 1048576 rows, and a worksheet has room for 1048575; take CSV or Parquet"
    );
}

#[test]
fn a_text_longer_than_a_cell_is_cut_where_the_workbook_says_so() {
    let mut export = export();
    export.tables[0].rows[0][0] = "長".repeat(40_000).into();
    export.facts[0] = Fact::new("definition", "x".repeat(70_000));
    let file = export.write(Format::Xlsx, &Choices::default());
    let mut book = workbook(file.expect("written").bytes);
    let about = book.worksheet_range("about").expect("a sheet");
    let pieces = about.rows().take(3).map(|row| row[1].to_string().len());
    assert_eq!(pieces.sum::<usize>(), 70_000, "a definition is never cut");
    let cut = about.rows().find(|row| row[0] == *"texts_cut");
    assert_eq!(cut.expect("told")[1], Data::Float(1.0));
}
