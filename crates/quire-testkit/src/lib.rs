//! What the tests of QuireDB share.
//!
//! - [`ModelStore`]: the plainest possible store, in memory, that keeps the contract of
//!   [`quire_model::Store`]; every other store is compared with it;
//! - [`documents`]: irregular documents, the same ones for the same seed;
//! - [`strategies`]: JSON values for property tests.

mod generate;
mod store;
pub mod strategies;

pub use generate::{Random, documents};
pub use store::ModelStore;
