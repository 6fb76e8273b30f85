//! The simulated disk, rule by rule: what each world may lose, and what it may not.

// A helper that cannot go on stops the test.
#![allow(clippy::unwrap_used)]

mod faults;
mod lying;
mod ordered;
mod strict;
mod support;
mod trace;
