//! Many changes of one collection, a line each.
//!
//! 1. A task of its own reads the body and cuts it into lines (`lines.rs`).
//! 2. Lines are gathered to a group: until it is full, or until no more come for a moment.
//! 3. The group is read (`line.rs`) and applied on the pool, and its results go to the answer in order
//!    (`outlet.rs`).
//!
//! The answer begins at once and is sent while the body is read. A client that reads nothing before it has
//! sent everything works too, until its results are more than the outlet holds; then reading waits for it.

mod line;
mod outlet;

use crate::AppState;
use crate::answer::WithHeaders;
use crate::failure::Failure;
use crate::lines::{Line, Splitter};
use crate::request::{Call, NDJSON_LIKE, broken, check_content_type, late};
use crate::stream;
use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body_util::BodyExt;
use outlet::Outlet;
use quire_model::{Error, Result};
use quire_query::Session;
use std::mem::take;
use tokio::time::timeout;

/// `POST …/bulk`. `Quire-Seq` is the sequence that the bulk began at; each line has its own. With a key, each line
/// happens once under the key and its number, and the answer is marked where the key was used before.
pub(super) async fn bulk(mut call: Call) -> Result<Response, Failure> {
    call.write()?;
    check_content_type(call.headers(), NDJSON_LIKE)?;
    let collection = call.place.collection.clone();
    // What would fail for every line fails once, before the first.
    let begun = call.run(move |session| session.begin_bulk(&collection)).await?;
    let (outlet, answer) = outlet::pair(call.app.limits().bulk_answer_bytes_max);
    let bulk = Bulk {
        splitter: Splitter::new(call.document_bytes_max()),
        collection: call.place.collection.clone(),
        session: call.session.clone(),
        app: call.app.clone(),
        group: Vec::new(),
        group_bytes: 0,
        outlet,
    };
    tokio::spawn(bulk.run(call.take_body()));
    Ok(stream::ndjson(&call, answer).with_seq(begun.seq).with_replayed(begun.value))
}

struct Bulk {
    app: AppState,
    session: Session,
    collection: String,
    splitter: Splitter,
    group: Vec<Line>,
    group_bytes: usize,
    outlet: Outlet,
}

/// Why a bulk ends before its body.
enum Ended {
    /// The client gets to know.
    Because(Error),
    /// The client is gone.
    Gone,
}

/// What came of the body.
enum Came {
    Data(Bytes),
    Nothing,
    End,
}

impl Bulk {
    async fn run(mut self, body: Body) {
        match self.all(body).await {
            Ok(()) => self.outlet.finish(),
            Err(Ended::Because(error)) => self.outlet.fail(error),
            Err(Ended::Gone) => {}
        }
    }

    async fn all(&mut self, mut body: Body) -> Result<(), Ended> {
        let mut held = None;
        loop {
            match self.next(&mut body).await.map_err(Ended::Because)? {
                Came::Data(data) => {
                    let mut lines = Vec::new();
                    self.splitter.push(&data, &mut lines);
                    let begun = self.splitter.begun_bytes();
                    if begun < data.len() {
                        held = None;
                    }
                    self.app.budget().hold(begun, &mut held).map_err(Ended::Because)?;
                    self.gather(lines).await?;
                }
                Came::Nothing => self.flush().await?,
                Came::End => {
                    let mut lines = Vec::new();
                    self.splitter.finish(&mut lines);
                    self.gather(lines).await?;
                    return self.flush().await;
                }
            }
        }
    }

    /// The next part of the body. With lines in hand it waits only a moment for more.
    async fn next(&self, body: &mut Body) -> Result<Came> {
        let limits = self.app.limits();
        let patience = if self.group.is_empty() { limits.body_idle_timeout } else { limits.bulk_linger };
        match timeout(patience, body.frame()).await {
            Ok(None) => Ok(Came::End),
            Ok(Some(Ok(frame))) => Ok(frame.into_data().map_or(Came::Nothing, Came::Data)),
            Ok(Some(Err(error))) => Err(broken(error)),
            Err(_) if self.group.is_empty() => Err(late()),
            Err(_) => Ok(Came::Nothing),
        }
    }

    async fn gather(&mut self, lines: Vec<Line>) -> Result<(), Ended> {
        for line in lines {
            self.group_bytes += line.bytes.as_ref().map_or(0, Vec::len);
            self.group.push(line);
            let limits = self.app.limits();
            if self.group.len() >= limits.bulk_group_lines_max
                || self.group_bytes >= limits.bulk_group_bytes_max
            {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Applies the group and sends its results.
    async fn flush(&mut self) -> Result<(), Ended> {
        if self.group.is_empty() {
            return Ok(());
        }
        let (lines, session, collection) =
            (take(&mut self.group), self.session.clone(), self.collection.clone());
        self.group_bytes = 0;
        // Its place is waited for: a bulk that was let in is not refused in its middle.
        let work = move || Ok(line::apply(&session, &collection, lines));
        let results = self.app.work().run_more(work).await.map_err(Ended::Because)?;
        self.outlet.send(results).await.map_err(|_| Ended::Gone)
    }
}
