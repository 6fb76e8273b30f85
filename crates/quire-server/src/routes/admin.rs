//! Figures and checkpoints.

use crate::AppState;
use crate::answer::{WithHeaders, json};
use crate::failure::Failure;
use crate::request::QueryString;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::{Code, DatabaseStatistics, Result};
use quire_query::Session;
use quire_wire::{Checkpointed, CheckpointsAnswer, CollectionStats, DatabaseStats, StatsAnswer};

/// `GET /v1/stats`.
pub(super) async fn stats(State(app): State<AppState>, request: Request) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session().clone();
    let databases = app.health().run(move || session.statistics()).await?;
    let answer = StatsAnswer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_s: app.uptime_s(),
        databases: databases.into_iter().map(sent).collect(),
    };
    json(StatusCode::OK, &answer)
}

/// `POST /v1/admin/checkpoint`: of one database where one is named, else of all.
pub(super) async fn checkpoint(State(app): State<AppState>, request: Request) -> Result<Response, Failure> {
    let database = QueryString::read(request.uri(), &["database"])?.take("database");
    if let Some(database) = database {
        let session = app.session_of(&database)?;
        let done = app.work().run(move || checkpoint_of(&session)).await?;
        return Ok(json(StatusCode::OK, &done)?.with_seq(done.seq));
    }
    let session = app.session().clone();
    let checkpoints = app.work().run(move || checkpoint_all(&session)).await?;
    json(StatusCode::OK, &CheckpointsAnswer { checkpoints })
}

fn checkpoint_all(session: &Session) -> Result<Vec<Checkpointed>> {
    let mut done = Vec::new();
    for name in session.databases()? {
        match checkpoint_of(&session.with_database(name)) {
            Ok(checkpoint) => done.push(checkpoint),
            // It was dropped since the names were listed.
            Err(error) if error.code() == Code::DatabaseNotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn checkpoint_of(session: &Session) -> Result<Checkpointed> {
    let done = session.checkpoint()?;
    let database = session.database().as_str().to_owned();
    Ok(Checkpointed { database, seq: done.seq, written_bytes: done.written_bytes })
}

fn sent(statistics: DatabaseStatistics) -> DatabaseStats {
    let collections = statistics.collections.iter();
    let collections =
        collections.map(|c| CollectionStats { name: c.name.to_string(), documents: c.documents });
    DatabaseStats {
        name: statistics.name.to_string(),
        seq: statistics.seq,
        collections: collections.collect(),
        checkpoint_seq: statistics.checkpoint_seq,
        log_bytes: statistics.log_bytes,
        data_bytes: statistics.data_bytes,
        data_files: statistics.data_files,
        memory_bytes: statistics.memory_bytes,
        commits: statistics.commits,
        log_syncs: statistics.log_syncs,
        recovered_transactions: statistics.recovered_transactions,
        read_only: statistics.read_only,
    }
}
