//! What can go wrong between a caller and a server.

use quire_wire::Problem;

use crate::Endpoint;

/// The cause below an error of the connection.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server answered with a problem: its code says which.
    #[error("{} [{}]", .0.detail, .0.code)]
    Problem(Box<Problem>),
    /// No server could be reached, or the connection broke.
    #[error("{detail}")]
    Unreachable {
        /// One sentence for people, the cause included.
        detail: String,
        /// Whether a change was under way: it may or may not have been made.
        outcome_unknown: bool,
        /// The cause.
        #[source]
        source: Cause,
    },
    /// The server answered something that this client does not understand, or an address has a wrong form.
    #[error("{0}")]
    Protocol(String),
}

impl ClientError {
    /// The stable code: the server's own, or the one that fits what happened to the connection.
    pub fn code(&self) -> &str {
        match self {
            ClientError::Problem(problem) => &problem.code,
            ClientError::Unreachable { outcome_unknown: true, .. } => "outcome_unknown",
            ClientError::Unreachable { .. } => "unavailable",
            ClientError::Protocol(_) => "invalid_request",
        }
    }

    /// The sentence for people.
    pub fn detail(&self) -> String {
        match self {
            ClientError::Problem(problem) => problem.detail.clone(),
            other => other.to_string(),
        }
    }

    /// Nothing was changed: the server was not reached, or was only asked.
    pub(crate) fn unreachable(endpoint: &Endpoint, source: impl Into<Cause>) -> ClientError {
        let source = source.into();
        let detail = format!("{endpoint} cannot be reached: {}", innermost(source.as_ref()));
        ClientError::Unreachable { detail, outcome_unknown: false, source }
    }

    /// The connection broke after a change was sent and before it was answered.
    pub(crate) fn cut_off(endpoint: &Endpoint, source: impl Into<Cause>) -> ClientError {
        let source = source.into();
        let detail = format!(
            "the connection to {endpoint} broke before the answer ({}); the change may or may not be there",
            innermost(source.as_ref())
        );
        ClientError::Unreachable { detail, outcome_unknown: true, source }
    }

    /// The connection broke within an answer to a question.
    pub(crate) fn incomplete(endpoint: &Endpoint, source: impl Into<Cause>) -> ClientError {
        let source = source.into();
        let detail = format!(
            "the connection to {endpoint} broke within the answer ({}); what came so far is not all",
            innermost(source.as_ref())
        );
        ClientError::Unreachable { detail, outcome_unknown: false, source }
    }

    /// A request that cannot be written down.
    pub(crate) fn unsendable(error: serde_json::Error) -> ClientError {
        ClientError::Protocol(format!("the request cannot be written as JSON: {error}"))
    }
}

/// The cause at the bottom, which says what happened; those above it only say where.
fn innermost(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
