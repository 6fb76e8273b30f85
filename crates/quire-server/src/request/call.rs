//! A request as its handler gets it: where it points, what it asks for beside its body, and the session to answer it.
//!
//! 1. The extractor reads the path.
//! 2. The handler says what kind of request it is ([`Call::read`], [`Call::write`] and their like), which checks
//!    the query string and the headers that go with that kind: a header that asks for something which the request
//!    cannot keep is refused, never ignored.
//! 3. The handler reads the body ([`Call::body`]) and works with the session ([`Call::run`]). What goes wrong there
//!    says at which sequence number.

use super::body::Received;
use super::{Place, QueryString, check_content_type, conditions, one_header, receive, wait_for_seq};
use crate::AppState;
use crate::failure::Failure;
use crate::serve::Flushed;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use quire_model::{Code, Error, Result};
use quire_query::Session;
use quire_wire::header::{IDEMPOTENCY_KEY, MIN_SEQ};
use std::sync::{Mutex, PoisonError};

/// A request.
pub(crate) struct Call {
    pub(crate) app: AppState,
    pub(crate) place: Place,
    /// The session of the request's database, once the request's kind was said; it has the request's key.
    pub(crate) session: Session,
    head: Parts,
    /// Behind a lock that nobody ever waits for: a body may not be shared between threads, and a call is.
    body: Mutex<Option<Body>>,
}

impl FromRequest<AppState> for Call {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &AppState) -> Result<Call, Failure> {
        let (head, body) = request.into_parts();
        let place = Place::read(&head.uri)?;
        Ok(Call {
            app: app.clone(),
            place,
            session: app.session().clone(),
            head,
            body: Mutex::new(Some(body)),
        })
    }
}

impl Call {
    /// A request about the server and not about one database.
    ///
    /// # Errors
    /// `invalid_request` for parameters that are not known and for headers that only a database can keep.
    pub(crate) fn of_server(&self, known: &[&str]) -> Result<QueryString> {
        let what = "this request is about no database";
        [MIN_SEQ, IDEMPOTENCY_KEY].iter().try_for_each(|name| self.refuse(name, what))?;
        conditions::refuse_all(self.headers())?;
        QueryString::read(&self.head.uri, known)
    }

    /// A request that reads in its database. It waits until the database is as new as the request wants.
    ///
    /// # Errors
    /// `invalid_request`, `invalid_name`, `database_not_found`, `timeout`.
    pub(crate) async fn read(&mut self, known: &[&str]) -> Result<QueryString, Failure> {
        conditions::refuse_if_match(self.headers())?;
        self.read_document(known).await
    }

    /// As [`Call::read`], for what has an entity tag, so that the request may have conditions.
    ///
    /// # Errors
    /// As [`Call::read`].
    pub(crate) async fn read_document(&mut self, known: &[&str]) -> Result<QueryString, Failure> {
        let query = QueryString::read(&self.head.uri, known)?;
        self.open()?;
        if let Some(min_seq) = one_header(self.headers(), MIN_SEQ)? {
            wait_for_seq(self, min_seq).await?;
        }
        Ok(query)
    }

    /// A request that writes in its database, without conditions.
    ///
    /// # Errors
    /// `invalid_request`, `invalid_name`.
    pub(crate) fn write(&mut self) -> Result<()> {
        conditions::refuse_all(self.headers())?;
        self.write_document()
    }

    /// As [`Call::write`], for what has an entity tag, so that the request may have conditions.
    ///
    /// # Errors
    /// As [`Call::write`].
    pub(crate) fn write_document(&mut self) -> Result<()> {
        QueryString::read(&self.head.uri, &[])?;
        self.refuse(MIN_SEQ, "only a request that reads waits for a sequence number")?;
        self.open()
    }

    /// The session of the request's database. A read keeps to its key as it is: it can be repeated anyway.
    fn open(&mut self) -> Result<()> {
        self.session = self.app.session_of(&self.place.database)?;
        if let Some(key) = one_header(self.headers(), IDEMPOTENCY_KEY)? {
            self.session = self.session.once(key)?;
        }
        Ok(())
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// How to learn that what was sent so far is with the client's machine.
    pub(crate) fn flushed(&self) -> Option<Flushed> {
        self.head.extensions.get().cloned()
    }

    /// Reads the body to its end.
    ///
    /// # Errors
    /// `unsupported_media_type`, and as [`receive`].
    pub(crate) async fn body(&mut self, types: &[&str], bytes_max: usize) -> Result<Received> {
        check_content_type(self.headers(), types)?;
        let body = self.take_body();
        receive(&self.app, self.headers(), body, bytes_max).await
    }

    /// The body, to be read as it comes.
    pub(crate) fn take_body(&mut self) -> Body {
        self.body.get_mut().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    /// What is read of a document's body: enough that the session sees what is too large, and says so.
    pub(crate) fn document_bytes_max(&self) -> usize {
        self.session.limits().document_bytes_max.saturating_add(self.app.limits().body_slack_bytes)
    }

    /// Works with the server's session, which is of no database that the request is about, on a thread that may
    /// block.
    ///
    /// # Errors
    /// What the work answers; `queue_full`.
    pub(crate) async fn run_on_server<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let session = self.app.session().clone();
        self.app.work().run(move || work(&session)).await
    }

    /// Works with the session on a thread that may block.
    ///
    /// # Errors
    /// What the work answers, with the sequence number that it saw; `queue_full`.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run_with(work, Failure::at).await
    }

    /// As [`Call::run`], where a revision that was not met is answered with the one that is there.
    ///
    /// # Errors
    /// As [`Call::run`].
    pub(crate) async fn run_on_document<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (collection, id) = (self.place.collection.clone(), self.place.id.clone());
        let unlike = conditions::revisions(self.headers());
        self.run_with(work, move |session, error| {
            let found = match error.code() {
                Code::RevisionMismatch => session.revision(&collection, &id, &unlike).ok().flatten(),
                _ => None,
            };
            Failure { etag: found, ..Failure::at(session, error) }
        })
        .await
    }

    async fn run_with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> Result<T> + Send + 'static,
        failed: impl FnOnce(&Session, Error) -> Failure + Send + 'static,
    ) -> Result<T, Failure> {
        let session = self.session.clone();
        let work = move || Ok(work(&session).map_err(|error| failed(&session, error)));
        self.app.work().run(work).await?
    }

    fn refuse(&self, name: &str, why: &str) -> Result<()> {
        match self.headers().contains_key(name) {
            true => Err(Error::new(Code::InvalidRequest, format!("the header {name}: {why}"))),
            false => Ok(()),
        }
    }
}
