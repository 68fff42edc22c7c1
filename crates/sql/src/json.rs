//! Functions that look into a text of JSON: `json_get(properties, 'page', 'path')`.

use std::{fmt, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, BooleanBuilder, Float64Builder, StringArray, StringViewBuilder},
        compute::cast,
        datatypes::DataType,
    },
    common::{Result, cast::as_string_array, plan_err},
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Every function of this file.
pub fn functions() -> Vec<ScalarUDF> {
    [Wanted::Any, Wanted::Text, Wanted::Number, Wanted::Flag]
        .map(|wanted| ScalarUDF::new_from_impl(JsonFunction::new(wanted)))
        .into()
}

/// What a function returns; a value of another type is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    /// A text as it is, everything else as JSON.
    Any,
    Text,
    Number,
    Flag,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonFunction {
    wanted: Wanted,
    signature: Signature,
}

impl JsonFunction {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for JsonFunction {
    fn name(&self) -> &str {
        match self.wanted {
            Wanted::Any => "json_get",
            Wanted::Text => "json_text",
            Wanted::Number => "json_number",
            Wanted::Flag => "json_flag",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let is_text = |it: &DataType| {
            matches!(
                it,
                DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null
            )
        };
        if types.len() < 2 || !types.iter().all(is_text) {
            return plan_err!(
                "{} takes a text of JSON and the names of members, like {}(properties, 'price')",
                self.name(),
                self.name()
            );
        }
        Ok(match self.wanted {
            Wanted::Any | Wanted::Text => DataType::Utf8View,
            Wanted::Number => DataType::Float64,
            Wanted::Flag => DataType::Boolean,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows_count = args.number_rows;
        let columns: Vec<Texts> = (args.args.into_iter())
            .map(Texts::of)
            .collect::<Result<_>>()?;
        let (documents, names) = columns.split_first().expect("the signature asks for two");
        let mut out = Out::new(self.wanted, rows_count);
        let mut path = Vec::with_capacity(names.len());
        for row in 0..rows_count {
            path.clear();
            path.extend(names.iter().filter_map(|it| it.at(row)));
            let document = documents.at(row).filter(|_| path.len() == names.len());
            out.push(document.and_then(|it| find(it, &path)));
        }
        Ok(ColumnarValue::Array(out.finish()))
    }
}

/// An argument, the same for every row or not.
struct Texts {
    texts: StringArray,
    is_one: bool,
}

impl Texts {
    fn of(value: ColumnarValue) -> Result<Self> {
        let (array, is_one) = match value {
            ColumnarValue::Array(array) => (array, false),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
        };
        let texts = cast(&array, &DataType::Utf8)?;
        Ok(Self {
            texts: as_string_array(&texts)?.clone(),
            is_one,
        })
    }

    fn at(&self, row: usize) -> Option<&str> {
        let row = if self.is_one { 0 } else { row };
        self.texts.is_valid(row).then(|| self.texts.value(row))
    }
}

enum Out {
    Texts(StringViewBuilder, Wanted),
    Numbers(Float64Builder),
    Flags(BooleanBuilder),
}

impl Out {
    fn new(wanted: Wanted, rows_count: usize) -> Self {
        match wanted {
            Wanted::Any | Wanted::Text => {
                Self::Texts(StringViewBuilder::with_capacity(rows_count), wanted)
            }
            Wanted::Number => Self::Numbers(Float64Builder::with_capacity(rows_count)),
            Wanted::Flag => Self::Flags(BooleanBuilder::with_capacity(rows_count)),
        }
    }

    fn push(&mut self, found: Option<&RawValue>) {
        let json = found.map(RawValue::get).filter(|it| *it != "null");
        match self {
            Self::Texts(out, wanted) => match json {
                Some(json) if json.starts_with('"') => {
                    out.append_option(serde_json::from_str::<String>(json).ok());
                }
                Some(json) if *wanted == Wanted::Any => out.append_value(json),
                _ => out.append_null(),
            },
            Self::Numbers(out) => {
                let is_number =
                    |it: &&str| it.starts_with(|it: char| it == '-' || it.is_ascii_digit());
                out.append_option(json.filter(is_number).and_then(|it| it.parse().ok()));
            }
            Self::Flags(out) => out.append_option(json.and_then(|it| it.parse().ok())),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Texts(mut out, _) => Arc::new(out.finish()),
            Self::Numbers(mut out) => Arc::new(out.finish()),
            Self::Flags(mut out) => Arc::new(out.finish()),
        }
    }
}

/// The value at a path of members; none when the text is no JSON or has nothing there.
fn find<'a>(json: &'a str, path: &[&str]) -> Option<&'a RawValue> {
    let mut here: &'a RawValue = serde_json::from_str(json).ok()?;
    for name in path {
        if !here.get().starts_with('{') {
            return None;
        }
        let mut reader = serde_json::Deserializer::from_str(here.get());
        here = Member(name).deserialize(&mut reader).ok()??;
    }
    Some(here)
}

/// Reads one member of an object and passes over the others.
struct Member<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        reader: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = map.next_key_seed(IsName(self.0))? {
            if is_it {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Compares a key without keeping it.
struct IsName<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for IsName<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<bool, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for IsName<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> std::result::Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_at_any_depth_and_only_there() {
        let json = r#"{"a":1,"b":{"a":"x","\u0063":[1,2]},"n":null}"#;
        for (path, found) in [
            (&["a"][..], Some("1")),
            (&["b", "a"], Some("\"x\"")),
            (&["b", "c"], Some("[1,2]")),
            (&["b", "d"], None),
            (&["a", "b"], None),
            (&["n"], Some("null")),
        ] {
            assert_eq!(find(json, path).map(RawValue::get), found, "{path:?}");
        }
        assert!(find("no json", &["a"]).is_none());
        assert!(find("[1]", &["a"]).is_none());
    }

    #[test]
    fn each_function_takes_values_of_its_type_only() {
        let of = |wanted: Wanted, json: &'static str| {
            let mut out = Out::new(wanted, 1);
            out.push(find(json, &["a"]));
            let array = out.finish();
            datafusion::arrow::util::display::array_value_to_string(&array, 0).unwrap()
        };
        for (json, any, text, number, flag) in [
            (r#"{"a":"x\ny"}"#, "x\ny", "x\ny", "", ""),
            (r#"{"a":"7"}"#, "7", "7", "", ""),
            (r#"{"a":-7.5}"#, "-7.5", "", "-7.5", ""),
            (r#"{"a":true}"#, "true", "", "", "true"),
            (r#"{"a":[1]}"#, "[1]", "", "", ""),
            (r#"{"a":null}"#, "", "", "", ""),
        ] {
            let found = [Wanted::Any, Wanted::Text, Wanted::Number, Wanted::Flag]
                .map(|wanted| of(wanted, json));
            assert_eq!(
                found,
                [any, text, number, flag].map(str::to_owned),
                "{json}"
            );
        }
    }
}
