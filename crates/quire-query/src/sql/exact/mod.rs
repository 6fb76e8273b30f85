//! Integers that are exact or refused, where DataFusion's wrap round at the end of 64 bits.
//!
//! - `sum.rs`: sums are held in 128 bits, and only the result must fit into 64;
//! - `arithmetic.rs`: `+`, `-` and `*` fail where the result does not fit.

mod arithmetic;
mod sum;

pub(super) use arithmetic::CheckedArithmetic;
pub(super) use sum::exact_sum;
