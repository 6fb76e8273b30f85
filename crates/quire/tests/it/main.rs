//! The shipped binary, from outside: commands are typed, answers are read.

// Helpers of tests fail a test as tests do.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod check;
mod config;
mod cutting;
mod damage;
mod documents;
mod engine;
mod export;
mod find;
mod help;
mod idempotency;
mod import;
mod inspect;
mod memory;
mod output;
mod quickstart;
mod races;
mod read_only;
mod run;
mod serve;
mod sql;
mod three_ways;
mod traps;
mod usage;
