//! JSON Schemas of the documents that people keep in files, cut out of the API's description.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

const COMPONENTS: &str = "#/components/schemas/";

/// Lets types that are joined with others be joined.
///
/// A type that refuses unknown members would refuse those of its partners in an `allOf`. So the
/// refusal moves to where they are joined, and looks at all of them.
pub fn join_closed(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas") else {
        return;
    };
    let mut joined = BTreeSet::new();
    each_object(schemas, &mut |object| {
        for part in object
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            joined.extend(reference_of(part).map(str::to_owned));
        }
    });
    let is_closed = |name: &String| schemas[name]["additionalProperties"] == false;
    let closed: BTreeSet<String> = joined.into_iter().filter(is_closed).collect();
    each_object(schemas, &mut |object| {
        let parts = object.get("allOf").and_then(Value::as_array);
        let joins_closed = parts
            .into_iter()
            .flatten()
            .any(|part| reference_of(part).is_some_and(|name| closed.contains(name)));
        if joins_closed {
            object.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
        }
    });
    for name in &closed {
        if let Some(object) = schemas[name].as_object_mut() {
            object.remove("additionalProperties");
        }
    }
}

/// The schema of one type with all that it names; none for a type that the document does not have.
pub fn cut(document: &Value, name: &str) -> Option<Value> {
    let schemas = document.pointer("/components/schemas")?;
    schemas.get(name)?;
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    let mut wanted = vec![name.to_owned()];
    while let Some(name) = wanted.pop() {
        if found.contains_key(&name) {
            continue;
        }
        let mut schema = schemas.get(&name)?.clone();
        each_object(&mut schema, &mut |object| {
            if let Some(Value::String(target)) = object.get_mut("$ref")
                && let Some(name) = target.strip_prefix(COMPONENTS)
            {
                wanted.push(name.to_owned());
                *target = format!("#/$defs/{name}");
            }
        });
        found.insert(name, schema);
    }
    Some(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "$ref": format!("#/$defs/{name}"),
        "$defs": found,
    }))
}

fn reference_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(COMPONENTS)
}

fn each_object(value: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values_mut().for_each(|it| each_object(it, visit));
        }
        Value::Array(list) => list.iter_mut().for_each(|it| each_object(it, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_are_joined_are_closed_together() {
        let mut document = json!({"components": {"schemas": {
            "Report": {"oneOf": [{"allOf": [
                {"$ref": "#/components/schemas/Counts"},
                {"type": "object", "properties": {"kind": {"enum": ["counts"]}}}]}]},
            "Counts": {"type": "object", "additionalProperties": false,
                "properties": {"range": {"$ref": "#/components/schemas/Range"}}},
            "Range": {"type": "object", "additionalProperties": false},
            "Other": {}}}});
        join_closed(&mut document);
        let schema = cut(&document, "Report").unwrap();
        assert_eq!(schema["$ref"], "#/$defs/Report");
        let names: Vec<&String> = schema["$defs"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["Counts", "Range", "Report"]);
        assert_eq!(
            schema["$defs"]["Report"]["oneOf"][0]["unevaluatedProperties"],
            false
        );
        assert_eq!(schema["$defs"]["Counts"].get("additionalProperties"), None);
        assert_eq!(
            schema["$defs"]["Counts"]["properties"]["range"]["$ref"],
            "#/$defs/Range"
        );
        assert_eq!(schema["$defs"]["Range"]["additionalProperties"], false);
        assert_eq!(cut(&document, "Nothing"), None);
    }
}
