//! From listeners to the router, and to a quiet end.
//!
//! 1. `listener.rs` and `unix.rs` open the places where clients connect.
//! 2. [`Server::serve`] accepts connections, each a task of its own (`connection.rs`), behind a stream that a reader
//!    cannot hold up for ever (`stall.rs`) and that explains what hyper refuses by itself (`automatic.rs`).
//! 3. When it is told to stop, no listener takes connections any more, idle connections are closed, and
//!    requests that run may finish within a time limit; then the rest is cut.

mod automatic;
mod connection;
mod flushed;
mod listener;
mod stall;
mod unix;

pub(crate) use flushed::Flushed;
pub use listener::Listener;
pub use unix::UnixSocket;

use crate::guard::Transport;
use crate::{AppState, router};
use axum::Router;
use connection::{drive, refuse};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

/// A server. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    app: AppState,
    router: Router,
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were cut because their requests took longer than the time limit.
    pub cut: usize,
}

/// How long accepting rests when the system has no descriptors left, which hardly changes at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

impl Server {
    /// A server of all routes.
    pub fn new(app: AppState) -> Server {
        Server { router: router(app.clone()), app }
    }

    /// The state that the server was made with.
    pub fn state(&self) -> &AppState {
        &self.app
    }

    /// Serves until `shutdown` is ready, then stops quietly. A server serves once: it does not begin again.
    pub async fn serve(&self, listeners: Vec<Listener>, shutdown: impl Future<Output = ()>) -> Stopped {
        let mut accepting: JoinSet<_> = listeners.into_iter().map(|l| self.clone().accept_all(l)).collect();
        shutdown.await;
        self.app.stop();
        let end = Instant::now() + self.app.limits().stop_timeout;
        let mut cut = 0;
        while let Some(accepted) = accepting.join_next().await {
            match accepted {
                Ok(connections) => cut += finish(connections, end).await,
                Err(error) => tracing::error!(event = "listener_failed", %error),
            }
        }
        Stopped { cut }
    }

    /// Speaks HTTP over a stream inside this process, until the other side closes it or the server stops.
    pub async fn serve_connection<I>(&self, io: I)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        drive(self, io, Transport::Private).await;
    }

    /// Accepts connections until the server stops; gives those that are open. The listener ends here, and
    /// with it the file of a Unix socket.
    async fn accept_all(self, listener: Listener) -> JoinSet<()> {
        let room = Arc::new(Semaphore::new(self.app.limits().connections_max));
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
                () = self.app.stopped() => return connections,
            };
            match accepted {
                Ok((stream, transport)) => match Arc::clone(&room).try_acquire_owned() {
                    Ok(place) => {
                        let server = self.clone();
                        connections.spawn(async move {
                            drive(&server, stream, transport).await;
                            drop(place);
                        });
                    }
                    Err(_) => {
                        connections.spawn(refuse(stream));
                    }
                },
                Err(error) => {
                    tracing::error!(event = "accept_failed", %error);
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// Waits for connections to end; cuts those that are open at `end`, and says how many.
async fn finish(mut connections: JoinSet<()>, end: Instant) -> usize {
    while let Ok(Some(_)) = timeout_at(end, connections.join_next()).await {}
    let cut = connections.len();
    if cut > 0 {
        tracing::warn!(event = "connections_cut", cut);
        connections.shutdown().await;
    }
    cut
}
