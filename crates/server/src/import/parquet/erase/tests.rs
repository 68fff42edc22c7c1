use std::fs;

use arrow::{
    array::{
        Array, AsArray, BinaryArray, Decimal128Array, DictionaryArray, Int64Array, ListArray,
        MapBuilder, StringArray, StringBuilder, TimestampMicrosecondArray,
        types::{Int32Type, Int64Type},
    },
    datatypes::Fields,
};
use parquet::file::metadata::KeyValue;
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::import::parquet::ParquetRows;

/// What a file says row by row; none for a row that was erased.
fn rows(path: &Path) -> Vec<Option<String>> {
    let mut rows = ParquetRows::open(path).unwrap();
    let columns = rows.columns().len();
    let mut told = Vec::new();
    rows.each(&mut usize::MAX.clone(), &mut |row| {
        told.push(match row {
            Ok(row) => Some(
                (0..columns)
                    .map(|it| format!("{:?}|", row.cell(it)))
                    .collect(),
            ),
            Err(fault) => {
                assert!(fault.is_erased());
                None
            }
        });
    })
    .unwrap();
    told
}

/// A column of each sort, some of which have no nulls, with a secret in each row.
fn batch(count: usize) -> RecordBatch {
    let secret = |row: usize| format!("secret-{row}-{}", "é".repeat(row % 3));
    let texts = || (0..count).map(secret);
    let numbers = || (0..count as i64).map(|it| 7_000_000_000 + it);
    let dictionary: DictionaryArray<Int32Type> = texts()
        .map(Some)
        .collect::<Vec<_>>()
        .iter()
        .map(|it| it.as_deref())
        .collect();
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>(
        numbers().map(|it| Some(vec![Some(it), None])),
    );
    let binary = BinaryArray::from_iter_values(texts());
    let decimals = Decimal128Array::from_iter_values(numbers().map(i128::from));
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for text in texts() {
        map.keys().append_value("k");
        map.values().append_value(text);
        map.append(true).unwrap();
    }
    let inner = Fields::from(vec![
        Field::new("name", DataType::Utf8, false),
        Field::new("n", DataType::Int64, true),
    ]);
    let inside = || -> Vec<ArrayRef> {
        vec![
            Arc::new(StringArray::from_iter_values(texts())),
            Arc::new(Int64Array::from_iter_values(numbers())),
        ]
    };
    let structs =
        || Arc::new(StructArray::try_new(inner.clone(), inside(), None).unwrap()) as ArrayRef;
    let columns: Vec<(&str, bool, ArrayRef)> = vec![
        (
            "text",
            true,
            Arc::new(StringArray::from_iter_values(texts())),
        ),
        (
            "text!",
            false,
            Arc::new(StringArray::from_iter_values(texts())),
        ),
        ("kind", true, Arc::new(dictionary.clone())),
        ("kind!", false, Arc::new(dictionary)),
        (
            "number",
            true,
            Arc::new(Int64Array::from_iter_values(numbers())),
        ),
        (
            "number!",
            false,
            Arc::new(Int64Array::from_iter_values(numbers())),
        ),
        (
            "time!",
            false,
            Arc::new(TimestampMicrosecondArray::from_iter_values(numbers()).with_timezone("UTC")),
        ),
        (
            "flag!",
            false,
            Arc::new(BooleanArray::from(vec![true; count])),
        ),
        ("list", true, Arc::new(list.clone())),
        ("list!", false, Arc::new(list)),
        ("bytes!", false, Arc::new(binary)),
        ("money!", false, Arc::new(decimals)),
        ("struct", true, structs()),
        ("struct!", false, structs()),
        ("map!", false, Arc::new(map.finish())),
    ];
    let fields = columns.iter().map(|(name, is_nullable, column)| {
        Field::new(*name, column.data_type().clone(), *is_nullable)
    });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let columns = columns.into_iter().map(|it| it.2).collect();
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

fn written(path: &Path, batch: &RecordBatch, group_rows: usize) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group_rows))
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "note".to_owned(),
            "secret-note".to_owned(),
        )]))
        .build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn holds(path: &Path, text: &str) -> bool {
    // Packed pages would hide what is in them.
    let file = File::open(path).unwrap();
    let mut bytes = fs::read(path).unwrap();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap()
    {
        for column in batch.unwrap().columns() {
            collect(&column.to_data(), &mut bytes);
        }
    }
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}

fn collect(data: &arrow::array::ArrayData, bytes: &mut Vec<u8>) {
    data.buffers()
        .iter()
        .for_each(|it| bytes.extend_from_slice(it));
    data.child_data().iter().for_each(|it| collect(it, bytes));
}

fn check(before: &Path, after: &Path, fates: &[Fate]) {
    let (was, is) = (rows(before), rows(after));
    assert_eq!(was.len(), is.len());
    for (row, fate) in fates.iter().enumerate() {
        match fate {
            Fate::Goes | Fate::Gone => {
                assert_eq!(is[row], None);
                assert!(!holds(after, &format!("secret-{row}-")), "{row}");
            }
            Fate::Stays | Fate::NoEvent => assert_eq!(is[row], was[row]),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn rows_that_go_are_nowhere_and_all_others_are_as_they_were(
        goes in vec(any::<bool>(), 1..40),
        goes_later in vec(any::<bool>(), 40),
        group_rows in 1..50usize,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        written(&path("a"), &batch(goes.len()), group_rows);
        let fates: Vec<Fate> = goes.iter().map(|it| if *it { Fate::Goes } else { Fate::Stays }).collect();
        write_without(&path("a"), File::create(path("b")).unwrap(), &fates).unwrap();
        check(&path("a"), &path("b"), &fates);
        prop_assert!(!holds(&path("b"), "secret-note"));
        // Once more, for somebody else.
        let fates: Vec<Fate> = goes.iter().zip(&goes_later).map(|it| match it {
            (true, _) => Fate::Gone,
            (false, true) => Fate::Goes,
            (false, false) => Fate::NoEvent,
        }).collect();
        write_without(&path("b"), File::create(path("c")).unwrap(), &fates).unwrap();
        check(&path("a"), &path("c"), &fates);
        let columns = |name: &str| ParquetRows::open(&path(name)).unwrap().columns().to_vec();
        prop_assert_eq!(columns("a"), columns("c"));
    }
}

#[test]
fn a_column_without_nulls_is_empty_where_rows_go() {
    let dir = tempfile::tempdir().unwrap();
    let (before, after) = (dir.path().join("a"), dir.path().join("b"));
    written(&before, &batch(3), 10);
    write_without(
        &before,
        File::create(&after).unwrap(),
        &[Fate::Stays, Fate::Goes, Fate::Stays],
    )
    .unwrap();
    let file = File::open(&after).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let metadata = builder.metadata().clone();
    assert!(
        metadata
            .row_group(0)
            .columns()
            .iter()
            .all(|it| it.statistics().is_none())
    );
    let batch = builder.build().unwrap().next().unwrap().unwrap();
    assert!(batch["text"].is_null(1) && batch["struct"].is_null(1));
    assert_eq!(batch["text!"].as_string::<i32>().value(1), "");
    assert_eq!(batch["number!"].as_primitive::<Int64Type>().value(1), 0);
}
