//! SQL as a session answers it, on the model store.
#![cfg(feature = "sql")]
#![allow(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod aggregates;
mod busy;
mod digits;
mod errors;
mod growth;
mod irregular;
mod joins;
mod memory;
mod params;
mod refused;
mod same_as_find;
mod setup;
mod shapes;
mod stream;
