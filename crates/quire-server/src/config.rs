//! What a server is told before it starts.

use crate::Limits;

/// How a server behaves.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Limits of connections, requests and answers.
    pub limits: Limits,
    /// Host names under which the server may be addressed over TCP, besides addresses and `localhost`.
    /// Without this list a page of a foreign site could reach the server through a name that it makes point
    /// here.
    pub hosts_allowed: Vec<String>,
    /// Whether the store is open for reading only because that was asked for. Where it is not asked for, a database
    /// that takes no writes is not well.
    pub read_only: bool,
    /// What is unsafe about how the server was started; shown by `/health/ready`.
    pub warnings: Vec<String>,
}
