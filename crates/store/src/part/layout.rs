//! The columns of a part's Parquet file.

use std::{collections::BTreeMap, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
    schema::types::ColumnPath,
};
use serde::{Deserialize, Serialize};
use throughline_model::limits;

use super::shape::{Kind, Promoted, Rest, Shape};

/// Columns that every part has, in this order, before the promoted ones.
pub(crate) mod fixed {
    pub const PROFILE: usize = 0;
    pub const ACTOR: usize = 1;
    pub const TIME: usize = 2;
    pub const RECEIVED: usize = 3;
    pub const SEQ: usize = 4;
    pub const KIND: usize = 5;
    // At 6 and 7 lie the names of event and channel, which the timeline has as codes.
    pub const SOURCE: usize = 8;
    pub const MESSAGE: usize = 9;
    pub const COUNT: usize = 10;
}

/// Which of an event's two objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Properties,
    Context,
}

impl Object {
    pub const BOTH: [Self; 2] = [Self::Properties, Self::Context];

    /// The column of the object's rest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Properties => "properties",
            Self::Context => "context",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Properties => "p.",
            Self::Context => "c.",
        }
    }

    /// The column of a promoted member.
    pub fn column(self, path: &[String]) -> String {
        format!("{}{}", self.prefix(), path.join("."))
    }
}

/// The promoted members of a part, each list sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub properties: Vec<Promoted>,
    pub context: Vec<Promoted>,
}

/// What a part's Parquet file says of itself beside its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remarks {
    pub part: u64,
    /// Scalars that stay in the rests of properties and context.
    pub rest: [Rest; 2],
    /// Values in each promoted column.
    pub counts: BTreeMap<String, u64>,
}

/// The key under which [`Remarks`] lie in the file's metadata, as JSON.
pub(crate) const REMARKS_KEY: &str = "throughline";

impl Layout {
    /// Promotes the scalars that are frequent in a sample.
    pub fn of_sample<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut properties, mut context) = (Shape::new(), Shape::new());
        let mut rows_count = 0_u32;
        for (its_properties, its_context) in rows {
            properties.survey(its_properties);
            context.survey(its_context);
            rows_count += 1;
        }
        let count_min = rows_count / limits::PROMOTED_ONE_IN;
        let choose = |shape: &Shape, most: usize| {
            let frequent = shape.frequent(count_min).into_iter().take(most);
            sorted(frequent.map(|(_, promoted)| promoted).collect())
        };
        Self {
            properties: choose(&properties, limits::PROMOTED_PROPERTIES_MAX),
            context: choose(&context, limits::PROMOTED_CONTEXT_MAX),
        }
    }

    /// The layout for the rows of several parts: what is promoted most often in any of them.
    pub fn of_parts<'a>(parts: impl Iterator<Item = (&'a Self, &'a Remarks)>) -> Self {
        let mut counts: BTreeMap<(usize, Vec<String>), BTreeMap<Kind, u64>> = BTreeMap::new();
        for (layout, remarks) in parts {
            for (index, object) in Object::BOTH.into_iter().enumerate() {
                for promoted in layout.of(object) {
                    let count = remarks.counts.get(&object.column(&promoted.path));
                    *counts
                        .entry((index, promoted.path.clone()))
                        .or_default()
                        .entry(promoted.kind)
                        .or_default() += count.copied().unwrap_or(0);
                }
            }
        }
        let most = [
            limits::PROMOTED_PROPERTIES_MAX,
            limits::PROMOTED_CONTEXT_MAX,
        ];
        let mut chosen = [Vec::new(), Vec::new()];
        for ((object, path), kinds) in counts {
            let (kind, count) = kinds
                .into_iter()
                .max_by_key(|(kind, count)| (*count, std::cmp::Reverse(*kind)))
                .expect("a path is listed with a kind");
            chosen[object].push((count, Promoted { path, kind }));
        }
        let [properties, context] = [0, 1].map(|object| {
            let mut them = std::mem::take(&mut chosen[object]);
            them.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
            them.truncate(most[object]);
            sorted(them.into_iter().map(|(_, promoted)| promoted).collect())
        });
        Self {
            properties,
            context,
        }
    }

    /// Reads the layout from the columns of a file.
    pub fn of_schema(schema: &Schema) -> Self {
        let mut layout = Self::default();
        for field in schema.fields().iter().skip(fixed::COUNT) {
            let kind = match field.data_type() {
                DataType::Float64 => Kind::Number,
                DataType::Boolean => Kind::Flag,
                _ => Kind::Text,
            };
            for object in Object::BOTH {
                if let Some(path) = field.name().strip_prefix(object.prefix()) {
                    layout.of_mut(object).push(Promoted {
                        path: path.split('.').map(str::to_owned).collect(),
                        kind,
                    });
                }
            }
        }
        layout
    }

    pub fn of(&self, object: Object) -> &[Promoted] {
        match object {
            Object::Properties => &self.properties,
            Object::Context => &self.context,
        }
    }

    fn of_mut(&mut self, object: Object) -> &mut Vec<Promoted> {
        match object {
            Object::Properties => &mut self.properties,
            Object::Context => &mut self.context,
        }
    }

    /// Place of an object's first promoted column.
    pub fn first(&self, object: Object) -> usize {
        match object {
            Object::Properties => fixed::COUNT,
            Object::Context => fixed::COUNT + self.properties.len(),
        }
    }

    /// Place of an object's rest.
    pub fn rest(&self, object: Object) -> usize {
        let promoted = fixed::COUNT + self.properties.len() + self.context.len();
        match object {
            Object::Properties => promoted,
            Object::Context => promoted + 1,
        }
    }

    /// Place and type of a promoted member's column.
    pub fn column(&self, object: Object, path: &[String]) -> Option<(usize, Kind)> {
        let promoted = self.of(object);
        let found = promoted.binary_search_by(|it| it.path.as_slice().cmp(path));
        found
            .ok()
            .map(|index| (self.first(object) + index, promoted[index].kind))
    }

    /// The columns. Texts are views, so that rows can be moved without being copied.
    pub fn schema(&self) -> SchemaRef {
        let text = DataType::Utf8View;
        let instant = || DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
        let mut fields = vec![
            Field::new("profile", DataType::UInt32, false),
            Field::new("actor", DataType::UInt32, false),
            Field::new("time", instant(), false),
            Field::new("received", instant(), false),
            Field::new("seq", DataType::UInt64, false),
            Field::new("kind", text.clone(), false),
            Field::new("event", text.clone(), false),
            Field::new("channel", text.clone(), false),
            Field::new("source", DataType::UInt32, false),
            Field::new("message", DataType::FixedSizeBinary(16), false),
        ];
        debug_assert_eq!(fields.len(), fixed::COUNT);
        for object in Object::BOTH {
            for promoted in self.of(object) {
                let kind = match promoted.kind {
                    Kind::Text => text.clone(),
                    Kind::Number => DataType::Float64,
                    Kind::Flag => DataType::Boolean,
                };
                fields.push(Field::new(object.column(&promoted.path), kind, true));
            }
        }
        for object in Object::BOTH {
            fields.push(Field::new(object.name(), text.clone(), true));
        }
        Arc::new(Schema::new(fields))
    }

    /// How the columns are written.
    pub fn properties_of_writer(&self) -> WriterProperties {
        let level = ZstdLevel::try_new(1).expect("1 is a level of zstd");
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_max_row_group_row_count(Some(limits::ROW_GROUP_ROWS))
            .set_data_page_row_count_limit(limits::PAGE_ROWS)
            .set_write_batch_size(limits::PAGE_ROWS)
            .set_created_by("throughline".to_owned());
        let path = |name: &str| ColumnPath::from(vec![name.to_owned()]);
        for name in ["profile", "actor", "time", "received", "seq"] {
            properties = properties
                .set_column_dictionary_enabled(path(name), false)
                .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED)
                .set_column_statistics_enabled(path(name), EnabledStatistics::Chunk);
        }
        // Keys are as good as random: neither a dictionary nor compression finds anything.
        properties
            .set_column_dictionary_enabled(path("message"), false)
            .set_column_compression(path("message"), Compression::UNCOMPRESSED)
            .set_column_dictionary_enabled(path("properties"), false)
            .set_column_dictionary_enabled(path("context"), false)
            .build()
    }
}

fn sorted(mut promoted: Vec<Promoted>) -> Vec<Promoted> {
    promoted.sort();
    promoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promoted(path: &str, kind: Kind) -> Promoted {
        let path = path.split('.').map(str::to_owned).collect();
        Promoted { path, kind }
    }

    #[test]
    fn a_layout_is_read_back_from_its_columns() {
        let rows = [
            (
                r#"{"price":1,"name":"a","is_new":true}"#,
                r#"{"page":{"path":"/"}}"#,
            ),
            (
                r#"{"price":2,"list":[]}"#,
                r#"{"page":{"path":"/x"},"ip":null}"#,
            ),
        ];
        let layout = Layout::of_sample(rows.into_iter());
        assert_eq!(
            layout.properties,
            [
                promoted("is_new", Kind::Flag),
                promoted("name", Kind::Text),
                promoted("price", Kind::Number),
            ]
        );
        assert_eq!(layout.context, [promoted("page.path", Kind::Text)]);
        let schema = layout.schema();
        assert_eq!(Layout::of_schema(&schema), layout);
        for (object, path) in [(Object::Properties, "name"), (Object::Context, "page.path")] {
            let path = promoted(path, Kind::Text).path;
            let (place, _) = layout.column(object, &path).expect("promoted");
            assert_eq!(schema.field(place).name(), &object.column(&path));
            assert_eq!(schema.field(layout.rest(object)).name(), object.name());
        }
    }

    #[test]
    fn of_several_parts_the_main_type_of_a_member_wins() {
        let part = |kind: Kind, count: u64| {
            let layout = Layout {
                properties: vec![promoted("a", kind)],
                context: Vec::new(),
            };
            let remarks = Remarks {
                counts: [("p.a".to_owned(), count)].into(),
                ..Remarks::default()
            };
            (layout, remarks)
        };
        let parts = [part(Kind::Text, 5), part(Kind::Number, 9)];
        let layout = Layout::of_parts(parts.iter().map(|(layout, remarks)| (layout, remarks)));
        assert_eq!(layout.properties, [promoted("a", Kind::Number)]);
    }
}
