//! The server from outside: real HTTP over TCP, Unix sockets and streams inside the process.
//!
//! `http.rs` speaks HTTP byte by byte, so that what no proper client would send can be sent too; `running.rs`
//! starts servers; `faulty.rs` is a store that fails on command.

#![allow(clippy::unwrap_used, reason = "in a test that is the way to fail")]

mod faulty;
mod http;
mod running;

mod batch;
mod bulk;
mod conditions;
mod definitions;
mod documents;
mod guard;
mod hostile;
mod idempotency;
mod limits;
mod pressure;
mod query;
mod routes;
mod seq;
mod serve;
mod sql;
mod streams;
