//! Workbooks: a sheet for each table, and one about them.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use throughline_insight::table::{Cell, Column, ColumnKind, Table, Unit};
use throughline_model::Zone;

use super::{Export, ExportError, is_formula, text_of};

/// Rows of a worksheet below the names of its columns.
pub(super) const ROWS_MAX: usize = (1 << 20) - 1;
/// UTF-16 units that a cell can hold.
const TEXT_UNITS_MAX: usize = 32_767;
/// Rows by which the width of columns is judged.
const FITTED_ROWS_MAX: usize = 2_000;

pub(super) fn write(export: &Export, tables: &[&Table]) -> Result<Vec<u8>, ExportError> {
    let looks = Looks::new();
    let mut workbook = Workbook::new();
    // Without a time of its own the library would read the clock.
    let zero = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&zero));
    let mut cut = 0;
    for table in tables {
        if table.rows.len() > ROWS_MAX {
            return Err(ExportError::RowsMany {
                table: table.name,
                rows: table.rows.len(),
            });
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(table.name)?;
        cut += write_table(sheet, table, &looks, &export.zone)?;
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name("about")?;
    write_about(sheet, export, tables, cut, &looks)?;
    Ok(workbook.save_to_buffer()?)
}

struct Looks {
    head: Format,
    time: Format,
    share: Format,
    /// A text that stays one when its cell is edited.
    text: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            share: Format::new().set_num_format("0.0%"),
            text: Format::new().set_quote_prefix(),
        }
    }
}

/// Writes a table, and says how many texts were too long for a cell.
fn write_table(
    sheet: &mut Worksheet,
    table: &Table,
    looks: &Looks,
    zone: &Zone,
) -> Result<u64, XlsxError> {
    for (place, column) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, place, &*column.name, &looks.head)?;
    }
    let mut cut = 0;
    for (row, cells) in (1..).zip(&table.rows) {
        for ((place, column), cell) in (0..).zip(&table.columns).zip(cells) {
            cut += u64::from(write_cell(sheet, (row, place), column, cell, looks, zone)?);
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), false) = (table.columns.len().checked_sub(1), table.rows.is_empty()) {
        let rows = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
        sheet.autofilter(0, 0, rows, u16::try_from(last).unwrap_or(u16::MAX))?;
    }
    if table.rows.len() <= FITTED_ROWS_MAX {
        sheet.autofit();
    }
    Ok(cut)
}

/// Writes a cell, and says whether its text was cut.
fn write_cell(
    sheet: &mut Worksheet,
    (row, place): (u32, u16),
    column: &Column,
    cell: &Cell,
    looks: &Looks,
    zone: &Zone,
) -> Result<bool, XlsxError> {
    match cell {
        Cell::Missing => {}
        Cell::Text(text) => return write_text(sheet, (row, place), text, looks),
        Cell::Whole(number) => {
            sheet.write_number(row, place, *number as f64)?;
        }
        Cell::Real(number) if column.unit == Unit::Share => {
            sheet.write_number_with_format(row, place, *number, &looks.share)?;
        }
        Cell::Real(number) => {
            sheet.write_number(row, place, *number)?;
        }
        Cell::Flag(flag) => {
            sheet.write_boolean(row, place, *flag)?;
        }
        Cell::Time(time) => {
            let shown = time.in_zone(zone);
            let day = ExcelDateTime::from_ymd(
                u16::try_from(shown.year()).unwrap_or_default(),
                shown.month().unsigned_abs(),
                shown.day().unsigned_abs(),
            );
            let moment = day.and_then(|day| {
                day.and_hms_milli(
                    u16::from(shown.hour().unsigned_abs()),
                    shown.minute().unsigned_abs(),
                    shown.second().unsigned_abs(),
                    shown.millisecond().unsigned_abs(),
                )
            });
            match moment {
                Ok(moment) => {
                    sheet.write_datetime_with_format(row, place, &moment, &looks.time)?;
                }
                // Spreadsheets know no times before 1900.
                Err(_) => {
                    sheet.write_string(row, place, time.written_in(zone))?;
                }
            }
        }
    }
    Ok(false)
}

fn write_text(
    sheet: &mut Worksheet,
    (row, place): (u32, u16),
    text: &str,
    looks: &Looks,
) -> Result<bool, XlsxError> {
    let (text, is_cut) = fitted(text);
    if is_formula(text) {
        sheet.write_string_with_format(row, place, text, &looks.text)?;
    } else {
        sheet.write_string(row, place, text)?;
    }
    Ok(is_cut)
}

/// As much of a text as a cell can hold.
fn fitted(text: &str) -> (&str, bool) {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > TEXT_UNITS_MAX {
            return (&text[..at], true);
        }
    }
    (text, false)
}

/// What the tables depend on, then what each of their columns holds.
fn write_about(
    sheet: &mut Worksheet,
    export: &Export,
    tables: &[&Table],
    cut: u64,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut row = 0;
    for fact in &export.facts {
        // A long definition goes on in the rows below.
        let text = text_of(&fact.value, &export.zone);
        let mut rest = text.as_str();
        sheet.write_string_with_format(row, 0, fact.name, &looks.head)?;
        loop {
            let (piece, is_cut) = fitted(rest);
            match &fact.value {
                Cell::Whole(number) => {
                    sheet.write_number(row, 1, *number as f64)?;
                }
                _ => {
                    write_text(sheet, (row, 1), piece, looks)?;
                }
            }
            row += 1;
            if !is_cut {
                break;
            }
            rest = &rest[piece.len()..];
        }
    }
    if cut > 0 {
        sheet.write_string_with_format(row, 0, "texts_cut", &looks.head)?;
        sheet.write_number(row, 1, cut as f64)?;
        row += 1;
    }
    row += 1;
    for (place, name) in (0..).zip(["table", "column", "type", "unit"]) {
        sheet.write_string_with_format(row, place, name, &looks.head)?;
    }
    for table in tables {
        for column in &table.columns {
            row += 1;
            let kind = kind_name(column.kind);
            let texts = [table.name, &*column.name, kind, column.unit.name()];
            for (place, text) in (0..).zip(texts) {
                write_text(sheet, (row, place), text, looks)?;
            }
        }
    }
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 48)?;
    Ok(())
}

fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Whole => "whole number",
        ColumnKind::Real => "number",
        ColumnKind::Flag => "true or false",
        ColumnKind::Time => "time",
    }
}
