//! Pages of the reference that are made from code, or must agree with it.

use std::{collections::BTreeSet, fs, path::Path};

use throughline_ingest::Reason;
use throughline_server::{
    api,
    http::{openapi, refusal::Code},
};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    fs::read_to_string(docs.join(name)).unwrap()
}

#[test]
fn every_code_has_a_section_and_every_section_a_code() {
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.parts().0).collect();
    assert_eq!(codes.len(), Code::ALL.len(), "codes differ");
    let text = page("errors.md");
    let headings: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .collect();
    assert_eq!(codes, headings);
    for code in Code::ALL {
        let (name, status) = code.parts();
        let section = text.split(&format!("## `{name}`\n")).nth(1).unwrap();
        let expected = format!("Status {}.", status.as_u16());
        assert!(
            section.trim_start().starts_with(&expected),
            "{name} has status {status}"
        );
    }
}

#[test]
fn every_reason_and_every_call_with_events_is_listed() {
    let text = page("sources.md");
    let listed: BTreeSet<&str> = text
        .split("## Reasons")
        .nth(1)
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let reasons: BTreeSet<&str> = Reason::ALL.iter().map(|it| it.code()).collect();
    assert_eq!(listed, reasons);
    for route in api::routes() {
        let is_listed = !route.path.starts_with("/v1/") || text.contains(&route.path);
        assert!(is_listed, "{}", route.path);
    }
}

#[test]
fn the_openapi_document_names_every_route_and_defines_every_type() {
    let routes = api::routes();
    let text = openapi::text(&routes);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = BTreeSet::new();
    for route in routes.iter().filter(|it| it.is_listed) {
        let method = route.method.as_str().to_lowercase();
        let operation = &document["paths"][&route.path][&method];
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(
            !id.is_empty() && ids.insert(id),
            "{method} {} has no id of its own",
            route.path
        );
    }
    let defined = document["components"]["schemas"].as_object().unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(defined.contains_key(name), "{name} is used and not defined");
    }
}
