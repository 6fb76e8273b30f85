//! Figures and checkpoints.

use crate::answer::{WithHeaders, json};
use crate::failure::Failure;
use crate::request::Call;
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::{Code, DatabaseStatistics, Result};
use quire_query::Session;
use quire_wire::{
    CacheStats, Checkpointed, CheckpointsAnswer, CollectionStats, DatabaseStats, MemoryStats, StatsAnswer,
};

/// `GET /v1/stats`: of one database where one is named, else of all.
pub(super) async fn stats(call: Call) -> Result<Response, Failure> {
    let database = call.of_server(&["database"])?.take("database");
    let session = match &database {
        Some(database) => call.app.session_of(database)?,
        None => call.session.clone(),
    };
    let is_one = database.is_some();
    let work = move || if is_one { Ok(vec![session.database_statistics()?]) } else { session.statistics() };
    let databases = call.app.health().run(work).await?;
    let memory = call.session.memory_statistics();
    let cache = call.session.cache_statistics();
    let seq = databases.first().filter(|_| is_one).map(|statistics| statistics.seq);
    let answer = StatsAnswer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_s: call.app.uptime_s(),
        memory: memory.map(|m| MemoryStats {
            bytes_max: m.bytes_max,
            fresh_bytes: m.fresh_bytes,
            query_bytes: m.query_bytes,
        }),
        cache: cache.map(|c| CacheStats {
            bytes: c.bytes,
            bytes_max: c.bytes_max,
            hits: c.hits,
            misses: c.misses,
        }),
        databases: databases.into_iter().map(sent).collect(),
    };
    Ok(seq.into_iter().fold(json(StatusCode::OK, &answer)?, WithHeaders::with_seq))
}

/// `POST /v1/admin/checkpoint`: of one database where one is named, else of all.
pub(super) async fn checkpoint(call: Call) -> Result<Response, Failure> {
    let database = call.of_server(&["database"])?.take("database");
    if let Some(database) = database {
        let session = call.app.session_of(&database)?;
        let done = call.run_on_server(move |_| checkpoint_of(&session)).await?;
        return Ok(json(StatusCode::OK, &done)?.with_seq(done.seq));
    }
    let checkpoints = call.run_on_server(checkpoint_all).await?;
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
