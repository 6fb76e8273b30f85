//! Health: whether the process answers, and whether its databases can be used.

use crate::AppState;
use crate::answer::json;
use crate::failure::Failure;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::DatabaseStatistics;
use quire_wire::{Live, Ready};

/// `GET /health/live`.
pub(super) async fn live() -> Result<Response, Failure> {
    json(StatusCode::OK, &Live { status: "ok".to_owned() })
}

/// `GET /health/ready`. It answers with its reasons even where the store cannot be asked.
pub(super) async fn ready(State(app): State<AppState>) -> Result<Response, Failure> {
    let session = app.session().clone();
    let mut warnings = app.warnings().to_vec();
    let mut reasons = Vec::new();
    let databases = match app.health().run(move || session.statistics()).await {
        Ok(databases) => {
            // Where reading is all that was asked for, it is no reason to send nobody here.
            let told = if app.is_read_only() { &mut warnings } else { &mut reasons };
            told.extend(databases.iter().filter_map(read_only));
            databases.len() as u64
        }
        Err(error) => {
            reasons.push(error.to_string());
            0
        }
    };
    if app.is_stopping() {
        reasons.push("the server is stopping".to_owned());
    }
    let (status, text, databases) = match reasons.is_empty() {
        true => (StatusCode::OK, "ok", Some(databases)),
        false => (StatusCode::SERVICE_UNAVAILABLE, "degraded", None),
    };
    json(status, &Ready { status: text.to_owned(), databases, reasons, warnings })
}

fn read_only(database: &DatabaseStatistics) -> Option<String> {
    database.read_only.as_ref().map(|why| format!("{} is read-only: {why}", database.name))
}
