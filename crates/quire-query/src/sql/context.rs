//! A DataFusion session for one query: what it knows, what it may use and what it may not do.

use super::catalog::Catalog;
use super::exact::CheckedArithmetic;
use super::guard::{Budget, GuardRule};
use super::json;
use super::pool::batch_rows;
use datafusion::catalog::{CatalogProviderList, MemoryCatalogProviderList};
use datafusion::common::Result;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::MemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::execution::{SessionStateDefaults, config::SessionConfig};
use datafusion::logical_expr::{AggregateUDF, LogicalPlan, ScalarUDF};
use quire_model::Name;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

/// The name of the catalog that holds the databases; it never has to be written.
const CATALOG: &str = "quire";

/// The functions of SQL with those that know JSON; made once, since they are many.
struct Functions {
    scalar: Vec<Arc<ScalarUDF>>,
    aggregate: Vec<Arc<AggregateUDF>>,
}

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
    let scalar =
        SessionStateDefaults::default_scalar_functions().into_iter().filter(|f| may_be_called(f.name()));
    Functions {
        scalar: scalar.map(json::number_aware_scalar).chain(json::functions()).collect(),
        aggregate: SessionStateDefaults::default_aggregate_functions()
            .into_iter()
            .map(json::aware_aggregate)
            .collect(),
    }
});

/// Functions about Arrow's types would turn strings into what is taken for JSON here; the version is nobody's
/// concern.
fn may_be_called(name: &str) -> bool {
    !name.starts_with("arrow_") && !matches!(name, "with_metadata" | "version")
}

/// The state that one query is planned and run in, with this memory.
pub(super) fn state(
    catalog: Catalog,
    database: &Name,
    memory_bytes_max: usize,
    pool: Arc<dyn MemoryPool>,
) -> Result<(SessionState, Arc<Budget>)> {
    // Nothing is written to a disk: what does not fit into the memory of a query ends it.
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    let batch_rows = batch_rows(pool.as_ref());
    let budget = Budget::new(Arc::clone(&pool), memory_bytes_max, batch_rows);
    let runtime =
        RuntimeEnvBuilder::new().with_memory_pool(pool).with_disk_manager_builder(disk).build_arc()?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
    let mut rules = json::analyzer_rules();
    rules.push(Arc::new(CheckedArithmetic));
    rules.push(Arc::new(GuardRule(Arc::clone(&budget))));
    let scalar = FUNCTIONS.scalar.iter().map(|function| budget.guard(Arc::clone(function)));
    let mut planners = json::planners();
    planners.extend(SessionStateDefaults::default_expr_planners());
    let mut state = SessionStateBuilder::new()
        .with_config(config(database, batch_rows))
        .with_runtime_env(runtime)
        .with_catalog_list(Arc::new(catalogs))
        .with_expr_planners(planners)
        .with_analyzer_rules(rules)
        .with_scalar_functions(scalar.collect())
        .with_aggregate_functions(FUNCTIONS.aggregate.clone())
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .with_higher_order_functions(Vec::new())
        .with_table_function_list(SessionStateDefaults::default_table_functions())
        .build();
    // The time that now() and its kin answer throughout the query.
    state.mark_start_execution();
    Ok((state, budget))
}

fn config(database: &Name, batch_rows: usize) -> SessionConfig {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut config = SessionConfig::new()
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, database.as_str())
        .with_information_schema(true)
        .with_target_partitions(cores)
        .with_batch_size(batch_rows);
    // Made for files of columns; over documents it gains nothing, and it loses correlated subqueries on
    // fields of structs.
    config.options_mut().optimizer.enable_leaf_expression_pushdown = false;
    let parser = &mut config.options_mut().sql_parser;
    parser.enable_ident_normalization = false;
    parser.map_string_types_to_utf8view = false;
    parser.collect_spans = true;
    config
}

/// The second wall behind [`super::statements`]: a plan that does anything but read is refused.
pub(super) fn verify(plan: &LogicalPlan) -> Result<()> {
    let queries = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    queries.verify_plan(plan)
}
