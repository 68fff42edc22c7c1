//! Puts `properties` and `context` together again from the columns that parts keep frequent members in.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StringViewBuilder},
        datatypes::{DataType, Float64Type},
    },
    common::Result,
};
use serde_json::{Map, Number, Value};

use crate::file;

/// Whether a column of a part holds a member of an object.
pub fn belongs(column: &str, object: &str) -> bool {
    column.starts_with(prefix(object))
}

fn prefix(object: &str) -> &'static str {
    match object {
        "properties" => "p.",
        _ => "c.",
    }
}

/// The objects of a batch as texts of JSON.
pub fn column(batch: &RecordBatch, object: &str) -> Result<ArrayRef> {
    let rest = file::column(batch, object)?.as_string::<i32>();
    let schema = batch.schema();
    let members: Vec<Member<'_>> = (schema.fields().iter().zip(batch.columns()))
        .filter(|(field, _)| belongs(field.name(), object))
        .map(|(field, values)| Member {
            path: field.name()[prefix(object).len()..]
                .split('.')
                .map(str::to_owned)
                .collect(),
            values,
        })
        .collect();
    let is_flat = members.iter().all(|it| it.path.len() == 1);
    let mut out = StringViewBuilder::with_capacity(batch.num_rows());
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        text.clear();
        let rest = rest.is_valid(row).then(|| rest.value(row));
        if members.iter().all(|it| it.values.is_null(row)) {
            out.append_value(rest.unwrap_or("{}"));
            continue;
        }
        if is_flat {
            write_flat(&members, rest, row, &mut text);
        } else {
            write_nested(&members, rest, row, &mut text);
        }
        out.append_value(&text);
    }
    Ok(Arc::new(out.finish()))
}

struct Member<'b> {
    path: Vec<String>,
    values: &'b ArrayRef,
}

impl Member<'_> {
    fn value(&self, row: usize) -> Option<Value> {
        if self.values.is_null(row) {
            return None;
        }
        Some(match self.values.data_type() {
            DataType::Float64 => {
                let number = self.values.as_primitive::<Float64Type>().value(row);
                Value::Number(number_of(number)?)
            }
            DataType::Boolean => Value::Bool(self.values.as_boolean().value(row)),
            _ => {
                let texts: &StringArray = self.values.as_string();
                Value::String(texts.value(row).to_owned())
            }
        })
    }
}

/// A whole number is written without a point, as it came.
fn number_of(number: f64) -> Option<Number> {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole and small enough"
        )]
        return Some(Number::from(number as i64));
    }
    Number::from_f64(number)
}

/// All members lie at the top, so the text of the rest can be kept as it is.
fn write_flat(members: &[Member<'_>], rest: Option<&str>, row: usize, out: &mut String) {
    out.push('{');
    for member in members {
        if let Some(value) = member.value(row) {
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(&Value::String(member.path[0].clone()).to_string());
            out.push(':');
            out.push_str(&value.to_string());
        }
    }
    let inner = rest
        .map(str::trim)
        .and_then(|it| it.strip_prefix('{')?.strip_suffix('}'))
        .map_or("", str::trim);
    if !inner.is_empty() {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(inner);
    }
    out.push('}');
}

fn write_nested(members: &[Member<'_>], rest: Option<&str>, row: usize, out: &mut String) {
    let mut object: Map<String, Value> = rest
        .and_then(|it| serde_json::from_str(it).ok())
        .unwrap_or_default();
    for member in members {
        if let Some(value) = member.value(row) {
            put(&mut object, &member.path, value);
        }
    }
    out.push_str(&Value::Object(object).to_string());
}

fn put(object: &mut Map<String, Value>, path: &[String], value: Value) {
    let [name, rest @ ..] = path else { return };
    if rest.is_empty() {
        object.insert(name.clone(), value);
        return;
    }
    let inner = object
        .entry(name.clone())
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::{
        array::{BooleanArray, Float64Array},
        datatypes::{Field, Schema},
    };

    use super::*;

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        let fields: Vec<Field> = (columns.iter())
            .map(|(name, it)| Field::new(*name, it.data_type().clone(), true))
            .collect();
        let columns = columns.into_iter().map(|(_, it)| it).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
    }

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[test]
    fn columns_and_rest_become_one_object() {
        let batch = batch(vec![
            ("p.name", texts(&[Some("a\"b"), None, None])),
            (
                "p.price",
                Arc::new(Float64Array::from(vec![Some(12.0), Some(1.5), None])),
            ),
            ("c.x", texts(&[Some("not ours"), None, None])),
            (
                "properties",
                texts(&[Some(r#"{"list":[1]}"#), None, Some("{}")]),
            ),
        ]);
        let column = column(&batch, "properties").unwrap();
        let column = column.as_string_view();
        assert_eq!(column.value(0), r#"{"name":"a\"b","price":12,"list":[1]}"#);
        assert_eq!(column.value(1), r#"{"price":1.5}"#);
        assert_eq!(column.value(2), "{}");
    }

    #[test]
    fn inner_members_go_where_they_belong() {
        let batch = batch(vec![
            ("c.page.path", texts(&[Some("/a")])),
            ("c.page.is_new", Arc::new(BooleanArray::from(vec![true]))),
            (
                "context",
                texts(&[Some(r#"{"page":{"tags":[]},"ip":null}"#)]),
            ),
        ]);
        let column = column(&batch, "context").unwrap();
        let value: Value = serde_json::from_str(column.as_string_view().value(0)).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"page": {"tags": [], "path": "/a", "is_new": true}, "ip": null})
        );
    }
}
