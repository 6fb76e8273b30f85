//! The server over a folder that is open in this process, and private channels to it.

use std::sync::Arc;

use quire_client::{Client, Endpoint};
use quire_server::{AppState, Config, Listener, Server, Stopped};

use crate::embed::Embedded;
use crate::failure::Failure;
use crate::settings::Settings;

/// Bytes that may be on their way over a private channel.
const CHANNEL_BYTES: usize = 256 * 1024;

/// The most that all bodies of requests may take together. They are not in the memory budget, so there are fewer of
/// them where that is small: a quarter of it, and always one batch of the greatest size.
fn bodies_bytes_max(limits: &quire_server::Limits, memory_bytes_max: Option<u64>) -> usize {
    let quarter =
        memory_bytes_max.map_or(usize::MAX, |bytes| usize::try_from(bytes / 4).unwrap_or(usize::MAX));
    quarter.max(limits.batch_bytes_max).min(limits.bodies_bytes_max)
}

/// A server and the folder behind it.
pub(crate) struct Host {
    server: Server,
    embedded: Embedded,
}

impl Host {
    /// Opens the folder and makes a server over it; nobody can reach it yet.
    ///
    /// # Errors
    /// As [`Embedded::open`].
    pub(crate) async fn open(settings: &Settings, create: bool) -> Result<Host, Failure> {
        let embedded = Embedded::open(settings, create).await?;
        let warnings = settings.insecure_no_auth.then(|| "insecure-no-auth".to_owned());
        let memory = embedded.session().memory_statistics();
        let mut limits = settings.server.clone();
        limits.bodies_bytes_max = bodies_bytes_max(&limits, memory.map(|memory| memory.bytes_max));
        let config = Config {
            limits,
            hosts_allowed: settings.hosts_allowed.clone(),
            read_only: settings.engine.read_only,
            warnings: warnings.into_iter().collect(),
        };
        let server = Server::new(AppState::new(embedded.session().clone(), config));
        Ok(Host { server, embedded })
    }

    /// Why the folder is open for reading only, where it is.
    pub(crate) fn read_only(&self) -> Option<&str> {
        self.embedded.read_only()
    }

    /// A client over a private channel.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        let server = self.server.clone();
        let endpoint = Endpoint::Channel(Arc::new(move || {
            let (near, far) = tokio::io::duplex(CHANNEL_BYTES);
            let server = server.clone();
            tokio::spawn(async move { server.serve_connection(far).await });
            Ok(near)
        }));
        Ok(Client::connect(endpoint).await?)
    }

    /// Serves until `shutdown` is ready, and then until the requests under way are answered.
    pub(crate) async fn serve(
        &self,
        listeners: Vec<Listener>,
        shutdown: impl Future<Output = ()>,
    ) -> Stopped {
        self.server.serve(listeners, shutdown).await
    }

    /// Closes the folder in good order.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        self.embedded.close().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_take_a_part_of_the_memory_budget_at_most() {
        let limits = quire_server::Limits::default();
        for (memory_bytes_max, expected) in [
            (None, limits.bodies_bytes_max),
            (Some(64 << 30), limits.bodies_bytes_max),
            (Some(1 << 30), 256 << 20),
            (Some(16 << 20), limits.batch_bytes_max),
        ] {
            assert_eq!(bodies_bytes_max(&limits, memory_bytes_max), expected, "{memory_bytes_max:?}");
        }
    }
}
