//! A typed client of QuireDB's HTTP API, over TCP, a Unix socket or a channel inside the process.
//!
//! The life of one request:
//! 1. A method of [`Client`], [`Database`] or [`Collection`] puts method, path and body together
//!    (`definitions.rs`, `documents.rs`, `query.rs`, `bulk.rs`).
//! 2. `transport.rs` sends it over the connection that is kept, or over a new one (`connection.rs`).
//! 3. `answer.rs` turns the answer into a value, a stream of lines (`lines.rs`) or a [`ClientError`].
//!
//! Documents are carried as their own text, so the digits of every number and the order of keys survive.

mod answer;
mod bulk;
mod client;
mod connection;
mod definitions;
mod documents;
mod endpoint;
mod error;
mod lines;
mod query;
mod transport;

pub use bulk::BulkResults;
pub use client::{Client, Collection, Database};
pub use endpoint::{Connector, Endpoint};
pub use error::{Cause, ClientError};
pub use lines::JsonLines;
pub use query::{Find, parameter};
pub use quire_wire as wire;

/// The number of a commit; the revision of every document that it wrote.
pub type Seq = u64;
