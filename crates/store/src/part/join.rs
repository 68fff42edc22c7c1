//! Puts JSON objects together again from typed columns and a rest.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Float64Type;

use super::shape::{Kind, Promoted};
use crate::json::{self, Cursor};

/// The object of one row. `promoted` is sorted by path and names the columns one by one.
pub(crate) fn join(
    promoted: &[Promoted],
    columns: &[ArrayRef],
    rest: Option<&str>,
    row: usize,
) -> String {
    let members: Vec<Member<'_>> = promoted
        .iter()
        .zip(columns)
        .filter(|(_, column)| column.is_valid(row))
        .map(|(promoted, column)| Member {
            path: &promoted.path,
            kind: promoted.kind,
            column,
            row,
        })
        .collect();
    if members.is_empty() {
        // Also the way of a text that no parser takes: it was kept whole.
        return rest.unwrap_or("{}").to_owned();
    }
    let mut out = String::with_capacity(rest.map_or(0, str::len) + 24 * members.len());
    let joined = write_object(&members, 0, rest, &mut out);
    debug_assert!(joined.is_some(), "a rest beside columns is an object");
    out
}

/// A promoted member that the row has.
#[derive(Clone, Copy)]
struct Member<'a> {
    path: &'a [String],
    kind: Kind,
    column: &'a ArrayRef,
    row: usize,
}

fn write_object(
    members: &[Member<'_>],
    depth: usize,
    rest: Option<&str>,
    out: &mut String,
) -> Option<()> {
    let mut groups: Vec<&[Member<'_>]> = members
        .chunk_by(|left, right| left.path[depth] == right.path[depth])
        .collect();
    out.push('{');
    let mut is_first = true;
    if let Some(rest) = rest {
        let mut cursor = Cursor::new(rest);
        cursor.eat(b'{')?;
        while let Some(key) = cursor.key(is_first)? {
            if !is_first {
                out.push(',');
            }
            is_first = false;
            out.push('"');
            out.push_str(key.inner());
            out.push_str("\":");
            let value = cursor.value()?;
            let group = groups
                .iter()
                .position(|it| it[0].path[depth] == key.inner());
            match group {
                Some(group) => write_object(groups.remove(group), depth + 1, Some(value), out)?,
                None => out.push_str(value),
            }
        }
    }
    for group in groups {
        if !is_first {
            out.push(',');
        }
        is_first = false;
        json::write_text(&group[0].path[depth], out);
        out.push(':');
        match group {
            [leaf] if leaf.path.len() == depth + 1 => write_scalar(leaf, out),
            _ => write_object(group, depth + 1, None, out)?,
        }
    }
    out.push('}');
    Some(())
}

fn write_scalar(member: &Member<'_>, out: &mut String) {
    match member.kind {
        Kind::Text => json::write_text(text_at(member.column, member.row), out),
        Kind::Number => {
            let numbers = member.column.as_primitive::<Float64Type>();
            json::write_number(numbers.value(member.row), out);
        }
        Kind::Flag => {
            let flag = member.column.as_boolean().value(member.row);
            out.push_str(if flag { "true" } else { "false" });
        }
    }
}

/// A text of a column of views.
pub(crate) fn text_at(column: &ArrayRef, row: usize) -> &str {
    column.as_string_view().value(row)
}
