//! The tables that statements read: `events` over the pieces of the log, the others over a file each.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use datafusion::{
    arrow::datatypes::{DataType, Field, Schema, SchemaRef},
    catalog::{Session, TableProvider},
    common::{Result, exec_err, internal_err},
    datasource::TableType,
    logical_expr::Expr,
    physical_plan::{
        ExecutionPlan,
        streaming::{PartitionStream, StreamingTableExec},
    },
};
use throughline_model::sql::{SqlTable, SqlTables, SqlType};

use crate::{calendar::instant_type, events, file};

/// What the server hands over once it knows what is needed.
pub type Handed = Arc<OnceLock<SqlTables>>;

/// One of our tables. It can be planned with before the server has handed its rows over.
#[derive(Debug)]
pub struct Table {
    name: &'static str,
    schema: SchemaRef,
    handed: Handed,
}

impl Table {
    pub fn new(table: &SqlTable, handed: &Handed) -> Self {
        Self {
            name: table.name,
            schema: schema_of(table),
            handed: Arc::clone(handed),
        }
    }

    /// The rows of a file that is the whole table.
    fn of_file(
        &self,
        path: Option<&PathBuf>,
        schema: &SchemaRef,
    ) -> Result<Vec<Arc<dyn PartitionStream>>> {
        match path {
            Some(path) => Ok(vec![file::partition(path, schema)]),
            None => internal_err!("{} was not handed over", self.name),
        }
    }
}

/// The columns of a table as the engine sees them.
pub fn schema_of(table: &SqlTable) -> SchemaRef {
    let fields = table.columns.iter().map(|(name, kind)| {
        let kind = match kind {
            SqlType::Integer => DataType::Int64,
            SqlType::Text | SqlType::Json => DataType::Utf8View,
            SqlType::Timestamp => instant_type(),
        };
        Field::new(*name, kind, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(handed) = self.handed.get() else {
            return internal_err!("the rows of {} have not been handed over", self.name);
        };
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let partitions_count = session.config().target_partitions();
        let partitions: Vec<Arc<dyn PartitionStream>> = match self.name {
            "events" => events::partitions(handed, &schema, partitions_count)?,
            "profiles" => self.of_file(handed.profiles.as_ref(), &schema)?,
            "segments" => self.of_file(handed.segments.as_ref(), &schema)?,
            "costs" => self.of_file(handed.costs.as_ref(), &schema)?,
            name => return exec_err!("there is no table {name}"),
        };
        let plan = StreamingTableExec::try_new(schema, partitions, None, None, false, limit)?;
        Ok(Arc::new(plan))
    }
}
