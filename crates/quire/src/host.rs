//! The server over a folder that is open in this process, and private channels to it.

use std::sync::Arc;

use quire_client::{Client, Endpoint};
use quire_server::{AppState, Config, Listener, Server, Stopped};

use crate::embed::Embedded;
use crate::failure::Failure;
use crate::settings::Settings;

/// Bytes that may be on their way over a private channel.
const CHANNEL_BYTES: usize = 256 * 1024;

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
        let config = Config {
            limits: settings.server.clone(),
            hosts_allowed: settings.hosts_allowed.clone(),
            warnings: warnings.into_iter().collect(),
        };
        let server = Server::new(AppState::new(embedded.session().clone(), config));
        Ok(Host { server, embedded })
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
