//! Plans a statement that has passed the gate, says which columns it needs, and runs it over what is handed over.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, OnceLock},
};

use datafusion::{
    common::{DataFusionError, Result, tree_node::TreeNodeRecursion},
    execution::{
        SessionStateBuilder,
        context::SQLOptions,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::FairSpillPool,
        runtime_env::RuntimeEnvBuilder,
    },
    logical_expr::LogicalPlan,
    physical_plan::execute_stream,
    prelude::{SessionConfig, SessionContext},
    sql::{parser::Statement as EngineStatement, sqlparser::ast::Statement},
};
use throughline_model::sql::{SqlDone, SqlFailure, SqlJob, SqlLimits, SqlNeeds, SqlTables, TABLES};

use crate::{calendar, json, output, tables};

/// A statement that is ready to run.
pub struct Planned {
    context: SessionContext,
    plan: LogicalPlan,
    handed: tables::Handed,
    pub needs: SqlNeeds,
}

/// Plans a statement without reading anything.
pub async fn plan(statement: Statement, spill: &Path, limits: &SqlLimits) -> Result<Planned> {
    let context = session(spill, limits)?;
    let handed: tables::Handed = Arc::new(OnceLock::new());
    for table in TABLES {
        let provider = tables::Table::new(table, &handed);
        context.register_table(table.name, Arc::new(provider))?;
    }
    let state = context.state();
    let statement = EngineStatement::Statement(Box::new(statement));
    let plan = state.statement_to_plan(statement).await?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)?;
    let needs = needs_of(&state.optimize(&plan)?)?;
    Ok(Planned {
        context,
        plan,
        handed,
        needs,
    })
}

impl Planned {
    /// Reads the tables and writes the result.
    pub async fn run(self, job: &SqlJob, handed: SqlTables) -> Result<SqlDone> {
        // There is one hand-over, so the place is empty.
        let _ = self.handed.set(handed);
        let physical = self
            .context
            .state()
            .create_physical_plan(&self.plan)
            .await?;
        let stream = execute_stream(physical, self.context.task_ctx())?;
        output::write(stream, job).await
    }
}

fn session(spill: &Path, limits: &SqlLimits) -> Result<SessionContext> {
    let memory = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX);
    let disk = DiskManagerBuilder::default()
        .with_mode(DiskManagerMode::Directories(vec![spill.to_owned()]))
        .with_max_temp_directory_size(limits.spill_bytes);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    let config = SessionConfig::new()
        .with_target_partitions(limits.threads.max(1))
        .with_information_schema(false);
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_default_features()
        .build();
    let context = SessionContext::new_with_state(state);
    for function in json::functions().into_iter().chain(calendar::functions()) {
        context.register_udf(function);
    }
    Ok(context)
}

/// The columns of our tables that an optimized plan still reads.
fn needs_of(plan: &LogicalPlan) -> Result<SqlNeeds> {
    let mut needs = SqlNeeds::default();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let columns = match scan.table_name.table() {
                "events" => &mut needs.events,
                "profiles" => &mut needs.profiles,
                "segments" => &mut needs.segments,
                "costs" => &mut needs.costs,
                _ => return Ok(TreeNodeRecursion::Continue),
            };
            let columns = columns.get_or_insert_with(BTreeSet::new);
            let schema = scan.source.schema();
            let all = schema.fields().iter().enumerate();
            columns.extend(
                all.filter(|(index, _)| {
                    let wanted = scan.projection.as_ref();
                    wanted.is_none_or(|wanted| wanted.contains(index))
                })
                .map(|(_, field)| field.name().clone()),
            );
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(needs)
}

/// What an error of the engine means for who asked.
pub fn failure_of(error: &DataFusionError) -> (SqlFailure, String) {
    let why = match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => SqlFailure::Resources,
        DataFusionError::Internal(_)
        | DataFusionError::IoError(_)
        | DataFusionError::ExecutionJoin(_) => SqlFailure::Internal,
        // The limit of what is put aside has no kind of its own.
        it if it.to_string().contains("max_temp_directory_size") => SqlFailure::Resources,
        _ => SqlFailure::Statement,
    };
    let text = error.find_root().strip_backtrace();
    let kinds = [
        "Error during planning: ",
        "Schema error: ",
        "Execution error: ",
        "SQL error: ",
        "Arrow error: ",
        "Optimizer rule 'simplify_expressions' failed\ncaused by\n",
        "This feature is not implemented: ",
        "Resources exhausted: ",
    ];
    let mut text = text.as_str();
    while let Some(rest) = kinds.iter().find_map(|kind| text.strip_prefix(kind)) {
        text = rest;
    }
    (why, text.to_owned())
}
