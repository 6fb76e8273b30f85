//! The way to the data: an address, the socket of the server that holds the folder, or the folder itself.

use std::time::Duration;

use quire_client::{Client, Endpoint};
use quire_model::Code;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::host::Host;
use crate::settings::Settings;

/// How long a folder may be held by somebody who does not answer: a server that is starting or stopping, or
/// another command that is about to end.
pub(crate) const LOCKED_PATIENCE: Duration = Duration::from_secs(2);
pub(crate) const LOCKED_PAUSE: Duration = Duration::from_millis(50);

/// What to do about a folder that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Make it.
    Create,
    /// Say so.
    Refuse,
}

/// A client, and the server behind it where that is in this process.
pub(crate) struct Door {
    client: Client,
    host: Option<Host>,
}

impl Door {
    /// Finds the way to the data.
    ///
    /// # Errors
    /// Wrong usage for an address of a wrong form; `unavailable` where nobody answers at a given address or the
    /// folder is missing; `locked` where another process has it and does not answer.
    pub(crate) async fn open(
        settings: &Settings,
        url: Option<&str>,
        missing: Missing,
    ) -> Result<Door, Failure> {
        if let Some(url) = url {
            let endpoint = Endpoint::parse(url).map_err(|error| Failure::usage(error.detail()))?;
            let client = Client::connect(endpoint).await.map_err(|error| {
                Failure::from(error)
                    .advise("is the server running? `quire serve` starts one on a data folder")
            })?;
            return Ok(Door { client, host: None });
        }
        let begun = Instant::now();
        loop {
            // Whatever keeps the socket from answering, the folder's lock says whether a server is behind it.
            if let Ok(client) = Client::connect(Endpoint::Unix(settings.socket_path())).await {
                return Ok(Door { client, host: None });
            }
            match Host::open(settings, missing == Missing::Create).await {
                Ok(host) => return Ok(Door { client: host.client().await?, host: Some(host) }),
                Err(failure) if is_locked(&failure) && begun.elapsed() < LOCKED_PATIENCE => {
                    sleep(LOCKED_PAUSE).await;
                }
                Err(failure) if failure.code() == Some(Code::Unavailable.as_str()) => {
                    return Err(
                        failure.advise("--data names the data folder, --url a server; an insert makes one")
                    );
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// The client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the folder, where it was opened here.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        drop(self.client);
        match self.host {
            Some(host) => host.close().await,
            None => Ok(()),
        }
    }
}

/// Whether another process has the folder.
pub(crate) fn is_locked(failure: &Failure) -> bool {
    failure.code() == Some(Code::Locked.as_str())
}
