//! The OpenAPI document, made from the route table.

use std::collections::BTreeMap;

use utoipa::{
    ToSchema,
    openapi::{
        Components, Content, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
        ResponseBuilder, path::HttpMethod,
    },
};

use super::{refusal::ErrorBody, routes::Route, schema};

/// The document as it is published. A test of the whole product says that it is what the routes make.
pub const PUBLISHED: &str = include_str!("../../../../docs/reference/openapi.json");

/// Describes every route.
pub fn document(routes: &[Route]) -> OpenApi {
    let mut schemas = BTreeMap::new();
    let mut error_schemas = vec![(
        ErrorBody::name().into_owned(),
        <ErrorBody as utoipa::PartialSchema>::schema(),
    )];
    ErrorBody::schemas(&mut error_schemas);
    schemas.extend(error_schemas);
    let mut paths = PathsBuilder::new();
    for route in routes.iter().filter(|it| it.is_listed) {
        let mut named = Vec::new();
        (route.schemas)(&mut named);
        schemas.extend(named);
        let mut operation = route.operation.clone();
        let refusal = ResponseBuilder::new()
            .description("Refused; the code says why")
            .content(
                "application/json",
                Content::new(Some(Ref::from_schema_name(ErrorBody::name()))),
            )
            .build();
        operation
            .responses
            .responses
            .entry("default".to_owned())
            .or_insert_with(|| refusal.into());
        paths = paths.path(&route.path, PathItem::new(method(&route.method), operation));
    }
    let mut components = Components::new();
    components.schemas.extend(schemas);
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Throughline")
                .version(env!("CARGO_PKG_VERSION"))
                .build(),
        )
        .paths(paths)
        .components(Some(components))
        .build()
}

/// The document as JSON.
pub fn json(routes: &[Route]) -> serde_json::Value {
    let document = document(routes);
    let mut json =
        serde_json::to_value(document).expect("a document of texts and numbers is always JSON");
    schema::join_closed(&mut json);
    json
}

/// The document as text, the same for the same routes.
pub fn text(routes: &[Route]) -> String {
    let mut text = serde_json::to_string_pretty(&json(routes))
        .expect("a document of texts and numbers is always JSON");
    text.push('\n');
    text
}

fn method(method: &http::Method) -> HttpMethod {
    match method.as_str() {
        "GET" => HttpMethod::Get,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Post,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_types_share_a_name() {
        let routes = crate::api::routes();
        let mut seen: BTreeMap<String, serde_json::Value> = BTreeMap::new();
        for route in &routes {
            let mut named = Vec::new();
            (route.schemas)(&mut named);
            for (name, schema) in named {
                let schema = serde_json::to_value(schema).unwrap();
                let first = seen.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*first, schema, "two types are called {name}");
            }
        }
    }
}
