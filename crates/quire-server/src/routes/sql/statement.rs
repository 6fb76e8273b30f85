//! A statement that runs, and its rows on their way.
//!
//! 1. It takes one of the places for SQL and keeps it until its last row was taken.
//! 2. It runs on the threads for SQL, a few batches ahead of whoever takes its rows.
//! 3. It ends early where nobody wants its rows any more, or where they are taken too slowly: a place is not
//!    held by a client that does not read.

use crate::AppState;
use futures::StreamExt;
use quire_model::{Code, Error, Result, Seq};
use quire_query::sql::{Param, SqlResult};
use quire_query::{Held, Session};
use quire_wire::Column;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Batches that may wait for the client.
const BATCHES_AHEAD: usize = 2;

/// What is to be run.
pub(super) struct Statement {
    pub(super) session: Session,
    pub(super) sql: String,
    pub(super) params: Vec<Param>,
    /// Whether rows are objects; else they are arrays.
    pub(super) objects: bool,
}

/// A statement that was planned and gives rows.
pub(super) struct Running {
    pub(super) seq: Seq,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Rows,
}

/// Its rows, batch by batch.
pub(super) struct Rows {
    batches: mpsc::Receiver<Batch>,
    /// How it ended. It has a way of its own, so that it comes through whatever the batches wait for.
    end: oneshot::Receiver<Result<()>>,
}

/// Some rows, and the memory that they take.
pub(super) type Batch = (Vec<String>, Held);

type Head = (Seq, Vec<Column>);

impl Statement {
    /// Starts the statement and waits until its columns are known.
    ///
    /// # Errors
    /// `queue_full`, and what is wrong with the statement.
    pub(super) async fn start(self, app: &AppState) -> Result<Running> {
        let place = app.sql().enter().await?;
        let (say_head, head) = oneshot::channel();
        let (say_batch, batches) = mpsc::channel(BATCHES_AHEAD);
        let (say_end, end) = oneshot::channel();
        app.sql_threads().handle()?.spawn(async move {
            let ended = tokio::select! {
                ended = self.run(say_head, &say_batch) => ended,
                () = say_batch.closed() => Ok(()),
            };
            // Whoever is gone needs no end. The end is said before the batches end, which is when it is
            // looked for.
            say_end.send(ended).ok();
            drop(say_batch);
            drop(place);
        });
        let mut rows = Rows { batches, end };
        match head.await {
            Ok((seq, columns)) => Ok(Running { seq, columns, rows }),
            // It ended without columns, so it has an error to say.
            Err(_) => Err(rows.next().await.err().unwrap_or_else(lost)),
        }
    }

    async fn run(self, say_head: oneshot::Sender<Head>, say_batch: &mpsc::Sender<Batch>) -> Result<()> {
        let patience = self.session.limits().query_timeout;
        let SqlResult { columns, seq, rows } = self.session.sql(&self.sql, &self.params).await?;
        let columns = columns.into_iter().map(|c| Column { name: c.name, column_type: c.r#type }).collect();
        let mut rows = if self.objects { rows.objects() } else { rows };
        // Where nobody listens, the batches' channel says so.
        say_head.send((seq, columns)).ok();
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            let mut held = self.session.hold(usize::MAX);
            held.grow(batch.iter().map(String::len).sum())?;
            let sent = timeout(patience, say_batch.send((batch, held))).await;
            if sent.map_err(|_| Error::new(Code::Timeout, "the rows were taken too slowly"))?.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Rows {
    /// The next batch; `None` after the last.
    ///
    /// # Errors
    /// Whatever ended the statement before its last row.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        if let Some(batch) = self.batches.recv().await {
            return Ok(Some(batch));
        }
        match (&mut self.end).await {
            Ok(ended) => ended.map(|()| None),
            Err(_) => Err(lost()),
        }
    }
}

fn lost() -> Error {
    Error::internal("the statement met a defect and was ended")
}
