//! What the tests of QuireDB share.
//!
//! - [`ModelStore`]: the plainest possible store, in memory, that keeps the contract of
//!   [`quire_model::Store`]; every other store is compared with it;
//! - [`Checked`]: holds any store to the contract at every call; [`Mirror`]: two stores must give the same answers;
//! - [`Backend`], [`Fixture`]: what a store is opened on, and opened on again after a restart or a power cut;
//! - [`suite`]: the contract as named cases, for every backend; [`contract_suite!`] makes each a test;
//! - [`script`]: golden scripts: commands and what they answer;
//! - [`stepped`]: every order in which a writer, a reader and the background can take turns;
//! - [`documents`]: irregular documents, the same ones for the same seed;
//! - [`shorthand`], [`strategies`]: operations in few words, and JSON values for property tests.

mod backend;
mod checked;
mod fixture;
mod generate;
mod mirror;
mod restless;
pub mod script;
pub mod shorthand;
pub mod stepped;
mod store;
pub mod strategies;
pub mod suite;

pub use backend::{Backend, ModelBackend, Shared, checked, mirror, restless};
pub use checked::{Checked, Ledger};
pub use fixture::Fixture;
pub use generate::{Random, documents};
pub use mirror::Mirror;
pub use restless::Restless;
pub use store::ModelStore;
