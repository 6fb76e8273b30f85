//! QuireDB's HTTP server: routes, limits and streams over one [`quire_query::Session`].
//!
//! The life of a request:
//! 1. `serve/` accepts the connection (TCP, Unix socket, or a stream inside the process) and reads the head
//!    within a time limit;
//! 2. `watch.rs` sets the frame: one event for each request, a panic becomes an answer;
//! 3. `guard.rs` checks `Host` and `Origin`;
//! 4. `routes/mod.rs`, the one list of routes, picks a handler;
//! 5. the handler reads what was sent with the rooms of `request/`: place, query string, conditions, media
//!    types, body;
//! 6. the session works on a bounded pool of threads (`pool.rs`), because it blocks;
//! 7. `answer.rs`, `stream.rs` or `failure.rs` make the answer.

mod answer;
mod config;
mod failure;
mod guard;
mod limits;
mod lines;
mod pool;
mod request;
mod routes;
mod serve;
mod sql_threads;
mod state;
mod stream;
mod watch;

pub use config::Config;
pub use limits::Limits;
pub use routes::router;
pub use serve::{Listener, Server, Stopped, UnixSocket};
pub use state::AppState;
