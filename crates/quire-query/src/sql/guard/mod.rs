//! Functions whose result may be far larger than their arguments: before one runs, the memory that it may
//! need at most is taken from the query's, so that it is refused instead of made where there is too little.
//!
//! - `growth.rs`: which functions these are, and what they need;
//! - `rule.rs`: a pass over a finished plan for calls that were not made by name.

mod growth;
mod rule;

pub(super) use rule::GuardRule;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, resources_datafusion_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use growth::Growth;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// More than any memory, and few enough bytes that sums of them fit a `usize`.
const BYTES_MAX: u64 = 1 << 50;

/// The memory that the functions of one query may use.
#[derive(Debug)]
pub(super) struct Budget {
    pool: Arc<dyn MemoryPool>,
    /// The most bytes of a value that stands in for every row of a batch.
    constant_bytes_max: u64,
    /// Whether the query is planned already.
    running: AtomicBool,
}

impl Budget {
    /// What the functions of a query may take of its memory.
    pub(super) fn new(pool: Arc<dyn MemoryPool>, bytes_max: usize, batch_rows: usize) -> Arc<Budget> {
        let constant_bytes_max = (bytes_max / batch_rows.max(1)) as u64;
        Arc::new(Budget { pool, constant_bytes_max, running: AtomicBool::new(false) })
    }

    /// The query is planned; from here on functions are called for rows.
    pub(super) fn run(&self) {
        self.running.store(true, Ordering::Relaxed);
    }

    /// The function, guarded where it needs to be.
    pub(super) fn guard(self: &Arc<Budget>, function: Arc<ScalarUDF>) -> Arc<ScalarUDF> {
        match Growth::of(function.name()) {
            Some(growth) if !function.inner().is::<Guard>() => {
                let guard = Guard { inner: function, growth, budget: Arc::clone(self) };
                Arc::new(ScalarUDF::from(guard))
            }
            _ => function,
        }
    }
}

/// A function that is refused where its result might not fit.
#[derive(Debug)]
struct Guard {
    inner: Arc<ScalarUDF>,
    growth: Growth,
    budget: Arc<Budget>,
}

impl PartialEq for Guard {
    fn eq(&self, other: &Guard) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Guard {}

impl Hash for Guard {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl ScalarUDFImpl for Guard {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.inner.schema_name(args)
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let mut bytes = self.growth.bytes(&args)?;
        if constant && self.budget.running.load(Ordering::Relaxed) {
            // The value may be written out for every row of the batch.
            bytes = bytes.saturating_mul(args.number_rows.max(1) as u64);
        } else if constant && bytes > self.budget.constant_bytes_max {
            // Not while planning, where nobody knows for how many rows: the call is left for later.
            return Err(resources_datafusion_err!("{} makes a large value", self.name()));
        }
        let reservation = MemoryConsumer::new(self.name()).register(&self.budget.pool);
        reservation.try_grow(usize::try_from(bytes.min(BYTES_MAX)).unwrap_or(usize::MAX / 2))?;
        self.inner.invoke_with_args(args)
    }
}
