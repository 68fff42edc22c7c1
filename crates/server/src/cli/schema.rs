//! `throughline schema`: what may stand in the files that people keep.

use clap::{Args, ValueEnum};

use crate::{
    api,
    http::{openapi, schema},
};

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of which kind of file
    #[arg(value_name = "KIND")]
    kind: Kind,
}

/// Files that people write, and tools can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Map,
    Mapping,
    #[value(name = "people")]
    PeopleRule,
    Report,
    Vocabulary,
}

impl Kind {
    fn type_name(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Mapping => "Mapping",
            Self::PeopleRule => "PeopleRule",
            Self::Report => "Report",
            Self::Vocabulary => "Vocabulary",
        }
    }
}

impl Schema {
    /// Prints the JSON Schema.
    pub fn run(self) -> anyhow::Result<()> {
        println!("{}", text(self.kind));
        Ok(())
    }
}

fn text(kind: Kind) -> String {
    let document = openapi::json(&api::routes());
    let schema = schema::cut(&document, kind.type_name());
    let schema = schema.expect("the API takes files of every kind");
    serde_json::to_string_pretty(&schema).expect("a schema has text keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schemas_are_fresh() {
        for kind in Kind::value_variants() {
            let name = kind.to_possible_value().expect("none is hidden");
            let name = name.get_name();
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference");
            let path = format!("{folder}/{name}.schema.json");
            expect_test::expect_file![&path].assert_eq(&format!("{}\n", text(*kind)));
        }
    }
}
