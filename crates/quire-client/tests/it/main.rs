//! The client against servers that say exactly what a test wants them to say.

// Helpers of tests fail a test as tests do.
#![allow(clippy::unwrap_used)]

mod connections;
mod scripted;
mod shapes;
