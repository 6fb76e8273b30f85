//! What a session promises, asked through its own methods, on the model store.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod batch;
mod bulk;
mod count;
mod cursor;
mod definitions;
mod find;
mod idempotency;
mod limits;
mod memory;
mod order;
mod patch;
mod projection;
mod races;
mod single;
mod sort_key;
mod stream;
mod support;
