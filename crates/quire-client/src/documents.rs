//! Documents one by one, and several in one commit.

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::IF_MATCH;
use quire_wire::{BatchAnswer, BatchOperation, BatchRequest, Raw, Written, header, media, path};

use crate::transport::Ask;
use crate::{ClientError, Collection, Database, Seq};

impl Collection {
    /// Adds a document, given as its JSON text. Where it has no `_id`, one is made.
    ///
    /// # Errors
    /// `document_exists`, `invalid_json`, `invalid_document` and the like.
    pub async fn insert(&self, document: impl Into<Bytes>) -> Result<Written, ClientError> {
        let address = path::documents(&self.database.name, &self.name);
        self.write(Ask::new(Method::POST, address).body(media::JSON, document)).await?.json().await
    }

    /// A document with its `_rev`.
    ///
    /// # Errors
    /// `document_not_found`, `collection_not_found`.
    pub async fn get(&self, id: &str) -> Result<Raw, ClientError> {
        self.ask(Ask::new(Method::GET, self.document(id))).await?.json().await
    }

    /// Puts a document in the place of another, or creates it.
    ///
    /// # Errors
    /// `revision_mismatch` where `if_rev` is given and the document has another revision.
    pub async fn replace(
        &self,
        id: &str,
        document: impl Into<Bytes>,
        if_rev: Option<Seq>,
    ) -> Result<Written, ClientError> {
        let ask = Ask::new(Method::PUT, self.document(id)).body(media::JSON, document);
        self.write(expecting(ask, if_rev)).await?.json().await
    }

    /// Changes a document by a JSON merge patch.
    ///
    /// # Errors
    /// `document_not_found`, `invalid_patch`, `revision_mismatch`.
    pub async fn patch(
        &self,
        id: &str,
        patch: impl Into<Bytes>,
        if_rev: Option<Seq>,
    ) -> Result<Written, ClientError> {
        let ask = Ask::new(Method::PATCH, self.document(id)).body(media::MERGE_PATCH, patch);
        self.write(expecting(ask, if_rev)).await?.json().await
    }

    /// Removes a document; returns the number of the commit that did.
    ///
    /// # Errors
    /// `document_not_found`, `revision_mismatch`.
    pub async fn delete(&self, id: &str, if_rev: Option<Seq>) -> Result<Seq, ClientError> {
        let answer = self.write(expecting(Ask::new(Method::DELETE, self.document(id)), if_rev)).await?;
        let seq = answer.seq()?;
        answer.bytes().await?;
        Ok(seq)
    }

    fn document(&self, id: &str) -> String {
        path::document(&self.database.name, &self.name, id)
    }
}

impl Database {
    /// Commits several changes together: all of them, or none.
    ///
    /// # Errors
    /// That of the first change at fault, its place as `/operations/N` in the problem's `errors`.
    pub async fn batch(&self, operations: Vec<BatchOperation>) -> Result<BatchAnswer, ClientError> {
        let body = serde_json::to_vec(&BatchRequest { operations }).map_err(ClientError::unsendable)?;
        let ask = Ask::new(Method::POST, path::batch(&self.name)).body(media::JSON, body);
        self.client.ask(self.keyed(ask)).await?.json().await
    }
}

fn expecting(ask: Ask, if_rev: Option<Seq>) -> Ask {
    match if_rev {
        Some(rev) => ask.header(IF_MATCH, header::etag(rev)),
        None => ask,
    }
}
