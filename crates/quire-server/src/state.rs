//! What every request shares.

use crate::guard::Hosts;
use crate::pool::Pool;
use crate::request::Budget;
use crate::sql_threads::SqlThreads;
use crate::{Config, Limits};
use quire_model::{Name, Result};
use quire_query::Session;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// The server's door to the store, its limits, and whether it stops. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    session: Session,
    limits: Limits,
    warnings: Vec<String>,
    read_only: bool,
    hosts: Hosts,
    work: Pool,
    sql: Pool,
    health: Pool,
    sql_threads: SqlThreads,
    budget: Budget,
    started: Instant,
    stopping: watch::Sender<bool>,
}

/// Health and figures have places of their own, so that they answer when everything else waits.
const HEALTH_RUNNING_MAX: usize = 2;

impl AppState {
    /// The state of a server over the store of this session; requests name their database themselves.
    pub fn new(session: Session, config: Config) -> AppState {
        let Config { limits, hosts_allowed, read_only, warnings } = config;
        AppState(Arc::new(Inner {
            work: Pool::new(limits.running_max, limits.waiting_max),
            sql: Pool::new(limits.sql_running_max, limits.waiting_max),
            health: Pool::new(HEALTH_RUNNING_MAX, limits.waiting_max),
            sql_threads: SqlThreads::default(),
            budget: Budget::new(limits.bodies_bytes_max),
            hosts: Hosts::new(hosts_allowed),
            started: Instant::now(),
            stopping: watch::Sender::new(false),
            session,
            limits,
            warnings,
            read_only,
        }))
    }

    /// The server's limits.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// What is unsafe about how the server was started.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// Whether it was asked for that nothing can be written.
    pub(crate) fn is_read_only(&self) -> bool {
        self.0.read_only
    }

    /// Whether the server stops: requests that run go on, no new connections are taken.
    pub fn is_stopping(&self) -> bool {
        *self.0.stopping.borrow()
    }

    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Waits until the server stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.0.stopping.subscribe();
        // An error would mean that the sender is gone, which lives as long as this state.
        stopping.wait_for(|stopping| *stopping).await.ok();
    }

    /// The session without regard to a database.
    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    /// The session of the database that a request names.
    pub(crate) fn session_of(&self, database: &str) -> Result<Session> {
        Ok(self.0.session.with_database(Name::new(database)?))
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// Where the session's calls run.
    pub(crate) fn work(&self) -> &Pool {
        &self.0.work
    }

    /// Where SQL statements take their place.
    pub(crate) fn sql(&self) -> &Pool {
        &self.0.sql
    }

    /// The threads that SQL runs on.
    pub(crate) fn sql_threads(&self) -> &SqlThreads {
        &self.0.sql_threads
    }

    /// Where health and figures run.
    pub(crate) fn health(&self) -> &Pool {
        &self.0.health
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.0.budget
    }

    /// Seconds since the server was made.
    pub(crate) fn uptime_s(&self) -> u64 {
        self.0.started.elapsed().as_secs()
    }
}
