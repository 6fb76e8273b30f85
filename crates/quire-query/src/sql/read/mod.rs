//! Reading documents into Arrow arrays: a pull of documents becomes record batches of the columns asked for.

mod rows;
mod scan;
mod values;

pub(super) use scan::Partition;
