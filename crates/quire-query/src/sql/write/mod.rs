//! Rows as JSON text: from Arrow arrays to `[1,"x"]` or `{"a":1,"b":"x"}`.
//!
//! Numbers keep their digits, what has no number in JSON (infinite, not a number) is null, JSON values are
//! put in as they are, and points in time are RFC 3339.

mod row;
mod time;
mod value;

pub(super) use row::{Shape, rows};
pub(super) use value::Writer;
