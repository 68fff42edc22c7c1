//! Brings rows of a part into the columns of another layout.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, RecordBatch, new_null_array},
    datatypes::SchemaRef,
    error::ArrowError,
};

use crate::part::{Layout, Object, Promoted, Rest, Splitter, Texts, fixed, join, text_at};

/// How the batches of one part become batches of the target layout.
pub(super) struct Conform {
    schema: SchemaRef,
    properties: ObjectConform,
    context: ObjectConform,
}

/// The way of one of the two objects.
struct ObjectConform {
    /// Per promoted column of the target where it comes from.
    origins: Vec<Origin>,
    /// Columns that the target does not have, or of another type: they go back into the rest.
    demoted: Vec<(Promoted, usize)>,
    /// Takes columns out of the rest, if the rest may hold some.
    splitter: Option<Splitter>,
    /// Column of the rest in the part.
    rest_column: usize,
    /// Scalars in the rest as far as they are known without the splitter.
    rest: Rest,
}

#[derive(Clone, Copy)]
enum Origin {
    /// A column of the part.
    Column(usize),
    /// A column that the splitter makes.
    Split(usize),
    Nothing,
}

impl Conform {
    pub fn new(from: &Layout, rests: &[Rest; 2], to: &Layout) -> Self {
        let [properties, context] = Object::BOTH;
        Self {
            schema: to.schema(),
            properties: ObjectConform::new(properties, from, &rests[0], to),
            context: ObjectConform::new(context, from, &rests[1], to),
        }
    }

    /// Rows of the part in the columns of the target.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut columns: Vec<ArrayRef> = batch.columns()[..fixed::COUNT].to_vec();
        let mut rests = Vec::new();
        for object in [&mut self.properties, &mut self.context] {
            let first = columns.len();
            rests.push(object.columns(batch, &self.schema, first, &mut columns));
        }
        columns.extend(rests);
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }

    /// Scalars that the rests of all batches may hold.
    pub fn rests(&self) -> [Rest; 2] {
        [self.properties.rest(), self.context.rest()]
    }
}

impl ObjectConform {
    fn new(object: Object, from: &Layout, rest: &Rest, to: &Layout) -> Self {
        let is_same = |promoted: &Promoted| {
            let column = from.column(object, &promoted.path);
            column.filter(|(_, kind)| *kind == promoted.kind)
        };
        let mut split = Vec::new();
        let mut origins = Vec::new();
        for promoted in to.of(object) {
            origins.push(match is_same(promoted) {
                Some((column, _)) => Origin::Column(column),
                None if rest.may_hold(&promoted.path) => {
                    split.push(promoted.clone());
                    Origin::Split(split.len() - 1)
                }
                None => Origin::Nothing,
            });
        }
        let demoted: Vec<(Promoted, usize)> = from
            .of(object)
            .iter()
            .enumerate()
            .filter(|(_, promoted)| {
                let column = to.column(object, &promoted.path);
                column.is_none_or(|(_, kind)| kind != promoted.kind)
            })
            .map(|(index, promoted)| (promoted.clone(), from.first(object) + index))
            .collect();
        let mut demoted_paths: Vec<_> = demoted.iter().map(|(it, _)| it.path.clone()).collect();
        demoted_paths.sort();
        Self {
            origins,
            demoted,
            rest: rest.clone().union(Rest::Paths(demoted_paths)),
            splitter: (!split.is_empty()).then(|| Splitter::new(&split)),
            rest_column: from.rest(object),
        }
    }

    /// Adds the promoted columns and gives the rest.
    fn columns(
        &mut self,
        batch: &RecordBatch,
        schema: &SchemaRef,
        first: usize,
        columns: &mut Vec<ArrayRef>,
    ) -> ArrayRef {
        let (split, rest) = self.rest_column(batch);
        for (index, origin) in self.origins.iter().enumerate() {
            columns.push(match origin {
                Origin::Column(column) => Arc::clone(batch.column(*column)),
                Origin::Split(slot) => Arc::clone(&split[*slot]),
                Origin::Nothing => {
                    let kind = schema.field(first + index).data_type();
                    new_null_array(kind, batch.num_rows())
                }
            });
        }
        rest
    }

    fn rest_column(&mut self, batch: &RecordBatch) -> (Vec<ArrayRef>, ArrayRef) {
        let rest = batch.column(self.rest_column);
        if self.demoted.is_empty() && self.splitter.is_none() {
            return (Vec::new(), Arc::clone(rest));
        }
        let (demoted, sources): (Vec<Promoted>, Vec<ArrayRef>) = (self.demoted.iter())
            .map(|(promoted, column)| (promoted.clone(), Arc::clone(batch.column(*column))))
            .unzip();
        let mut texts = Texts::default();
        for row in 0..batch.num_rows() {
            let text = rest.is_valid(row).then(|| text_at(rest, row));
            let is_demoted = sources.iter().any(|source| source.is_valid(row));
            let joined = is_demoted.then(|| join(&demoted, &sources, text, row));
            let text = joined.as_deref().or(text);
            match (&mut self.splitter, text) {
                (Some(splitter), Some(text)) => splitter.push(text),
                (Some(splitter), None) => splitter.push_none(),
                (None, text) => texts.push(text),
            }
        }
        match &mut self.splitter {
            Some(splitter) => splitter.finish(),
            None => (Vec::new(), texts.finish(batch.num_rows())),
        }
    }

    fn rest(&self) -> Rest {
        match &self.splitter {
            Some(splitter) => splitter.rest(),
            None => self.rest.clone(),
        }
    }
}
