//! Databases, collections, figures, health.

use hyper::Method;
use quire_wire::{
    Checkpointed, CheckpointsAnswer, CollectionAnswer, CollectionsAnswer, DatabaseAnswer, DatabasesAnswer,
    Named, Ready, StatsAnswer, path,
};

use crate::transport::Ask;
use crate::{Client, ClientError, Collection, Database};

impl Client {
    /// The databases, by name.
    pub async fn databases(&self) -> Result<Vec<Named>, ClientError> {
        let answer = self.ask(Ask::new(Method::GET, path::DATABASES.to_owned())).await?;
        Ok(answer.json::<DatabasesAnswer>().await?.databases)
    }

    /// Figures of every database.
    pub async fn stats(&self) -> Result<StatsAnswer, ClientError> {
        self.ask(Ask::new(Method::GET, path::STATS.to_owned())).await?.json().await
    }

    /// Makes a checkpoint of one database, or of all where none is named.
    pub async fn checkpoint(&self, database: Option<&str>) -> Result<Vec<Checkpointed>, ClientError> {
        let Some(database) = database else {
            let ask = Ask::new(Method::POST, path::CHECKPOINT.to_owned());
            return Ok(self.ask(ask).await?.json::<CheckpointsAnswer>().await?.checkpoints);
        };
        let address = path::with_query(path::CHECKPOINT, &[("database", database)]);
        Ok(vec![self.ask(Ask::new(Method::POST, address)).await?.json().await?])
    }

    /// Whether the server answers at all.
    pub async fn live(&self) -> Result<(), ClientError> {
        self.ask(Ask::new(Method::GET, path::LIVE.to_owned())).await?.bytes().await.map(drop)
    }

    /// Whether its databases can be used, and why not where they cannot.
    pub async fn health(&self) -> Result<Ready, ClientError> {
        let answer = self.ask_any(Ask::new(Method::GET, path::READY.to_owned())).await?;
        match answer.status().as_u16() {
            // A degraded server describes itself in the same shape.
            200 | 503 => answer.json().await,
            _ => answer.succeeded().await?.json().await,
        }
    }
}

impl Database {
    /// The database's newest commit and its collections.
    pub async fn info(&self) -> Result<DatabaseAnswer, ClientError> {
        self.client.ask(Ask::new(Method::GET, path::database(&self.name))).await?.json().await
    }

    /// Makes the database.
    ///
    /// # Errors
    /// `database_exists`.
    pub async fn create(&self) -> Result<Named, ClientError> {
        self.client.ask(Ask::new(Method::PUT, path::database(&self.name))).await?.json().await
    }

    /// Removes the database with everything in it.
    pub async fn drop(&self) -> Result<(), ClientError> {
        let answer = self.client.ask(Ask::new(Method::DELETE, path::database(&self.name))).await?;
        answer.bytes().await.map(drop)
    }

    /// The collections, by name.
    pub async fn collections(&self) -> Result<Vec<Named>, ClientError> {
        let answer = self.client.ask(Ask::new(Method::GET, path::collections(&self.name))).await?;
        Ok(answer.json::<CollectionsAnswer>().await?.collections)
    }
}

impl Collection {
    /// The collection's number of documents.
    pub async fn info(&self) -> Result<CollectionAnswer, ClientError> {
        self.ask(Ask::new(Method::GET, self.address())).await?.json().await
    }

    /// Makes the collection, empty.
    ///
    /// # Errors
    /// `collection_exists`.
    pub async fn create(&self) -> Result<Named, ClientError> {
        self.write(Ask::new(Method::PUT, self.address())).await?.json().await
    }

    /// Removes the collection with all its documents.
    pub async fn drop(&self) -> Result<(), ClientError> {
        self.write(Ask::new(Method::DELETE, self.address())).await?.bytes().await.map(drop)
    }

    fn address(&self) -> String {
        path::collection(&self.database.name, &self.name)
    }
}
