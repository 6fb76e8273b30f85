//! The handles: a server, one of its databases, a collection in it. All are cheap to clone and share a connection.

use std::sync::Arc;

use crate::answer::Answer;
use crate::connection;
use crate::transport::{Ask, Transport};
use crate::{ClientError, Endpoint};

/// A server.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

/// One database of a server.
#[derive(Clone)]
pub struct Database {
    pub(crate) client: Client,
    pub(crate) name: String,
    /// The key of its writes, where there is one.
    pub(crate) key: Option<String>,
}

/// One collection of a database.
#[derive(Clone)]
pub struct Collection {
    pub(crate) database: Database,
    pub(crate) name: String,
}

impl Client {
    /// Connects to a server. Later connections, where this one breaks, are opened as they are needed.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`].
    pub async fn connect(endpoint: Endpoint) -> Result<Client, ClientError> {
        let sender = connection::open(&endpoint).await?;
        let transport = Arc::new(Transport::new(endpoint));
        transport.keep(sender);
        Ok(Client { transport })
    }

    /// Where the server is.
    pub fn endpoint(&self) -> &Endpoint {
        self.transport.endpoint()
    }

    /// A database of the server; whether it exists shows when it is used.
    pub fn database(&self, name: impl Into<String>) -> Database {
        Database { client: self.clone(), name: name.into(), key: None }
    }

    /// Sends a request and waits for an answer of success.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, ClientError> {
        self.transport.send(ask).await?.succeeded().await
    }

    /// Sends a request and waits for the answer, whatever it is.
    pub(crate) async fn ask_any(&self, ask: Ask) -> Result<Answer, ClientError> {
        self.transport.send(ask).await
    }
}

impl Database {
    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that it is on.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The same database with an idempotency key for one write: sent again under the same key, also by another
    /// process and after a broken connection, the write is not made again, and its answer comes again.
    ///
    /// # Errors
    /// When it is used: `invalid_request` for a key that is not 1 to 255 visible ASCII characters,
    /// `idempotency_mismatch` for a key that another write had.
    #[must_use]
    pub fn once(&self, key: impl Into<String>) -> Database {
        Database { key: Some(key.into()), ..self.clone() }
    }

    /// Marks a request that writes with the key, where there is one.
    pub(crate) fn keyed(&self, ask: Ask) -> Ask {
        match &self.key {
            Some(key) => ask.once(key),
            None => ask,
        }
    }

    /// A collection of the database; its first document makes it.
    pub fn collection(&self, name: impl Into<String>) -> Collection {
        Collection { database: self.clone(), name: name.into() }
    }
}

impl Collection {
    /// The collection's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database that it belongs to.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The same collection with an idempotency key for one write: see [`Database::once`].
    #[must_use]
    pub fn once(&self, key: impl Into<String>) -> Collection {
        Collection { database: self.database.once(key), name: self.name.clone() }
    }

    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, ClientError> {
        self.database.client.ask(ask).await
    }

    /// Sends a request that writes.
    pub(crate) async fn write(&self, ask: Ask) -> Result<Answer, ClientError> {
        self.ask(self.database.keyed(ask)).await
    }
}
