//! The frozen list of error codes: the one place where a code, its HTTP status and its kind are written down.
//!
//! The list only grows. Codes are compared by value everywhere (library, HTTP, shell, command line); the text of
//! an error is for people and is never parsed.

use super::Kind;

macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident = $text:literal, $status:literal, $kind:ident; )*) => {
        /// A stable, enumerable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $( $(#[$doc])* $variant, )* }

        impl Code {
            /// Every code, in the order of the contract.
            pub const ALL: &'static [Code] = &[ $( Code::$variant, )* ];

            /// The code as it is printed and sent, such as `document_not_found`.
            pub fn as_str(self) -> &'static str {
                match self { $( Code::$variant => $text, )* }
            }

            /// The HTTP status that carries the code.
            pub fn status(self) -> u16 {
                match self { $( Code::$variant => $status, )* }
            }

            /// What a caller can do about it.
            pub fn kind(self) -> Kind {
                match self { $( Code::$variant => Kind::$kind, )* }
            }

            /// The code that `text` names, if it is one of ours.
            pub fn parse(text: &str) -> Option<Code> {
                match text { $( $text => Some(Code::$variant), )* _ => None }
            }
        }
    };
}

codes! {
    /// The bytes are not JSON: grammar, UTF-8 or a lone surrogate.
    InvalidJson = "invalid_json", 400, Invalid;
    /// JSON, but not a document: not an object, a duplicate key, too deep, a reserved field.
    InvalidDocument = "invalid_document", 400, Invalid;
    /// `_id` is not a string of 1 to 512 bytes, or differs from the one asked for.
    InvalidId = "invalid_id", 400, Invalid;
    /// A database or collection name outside `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
    InvalidName = "invalid_name", 400, Invalid;
    /// A filter with an unknown operator or a wrong operand.
    InvalidFilter = "invalid_filter", 400, Invalid;
    /// An update with an unknown operator or a wrong operand.
    InvalidUpdate = "invalid_update", 400, Invalid;
    /// A patch that cannot be applied.
    InvalidPatch = "invalid_patch", 400, Invalid;
    /// SQL that does not parse, plan or is not a query.
    InvalidSql = "invalid_sql", 400, Invalid;
    /// A cursor that was not made by this query.
    InvalidCursor = "invalid_cursor", 400, Invalid;
    /// A request whose shape is wrong in any other way.
    InvalidRequest = "invalid_request", 400, Invalid;
    /// No credentials, or wrong ones.
    Unauthenticated = "unauthenticated", 401, Denied;
    /// Not allowed for these credentials.
    Forbidden = "forbidden", 403, Denied;
    /// No document with that id.
    DocumentNotFound = "document_not_found", 404, NotFound;
    /// No collection with that name.
    CollectionNotFound = "collection_not_found", 404, NotFound;
    /// No database with that name.
    DatabaseNotFound = "database_not_found", 404, NotFound;
    /// No index with that name.
    IndexNotFound = "index_not_found", 404, NotFound;
    /// No open transaction with that id.
    TransactionNotFound = "transaction_not_found", 404, NotFound;
    /// No snapshot with that name.
    SnapshotNotFound = "snapshot_not_found", 404, NotFound;
    /// No such route.
    RouteNotFound = "route_not_found", 404, NotFound;
    /// The route exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, Invalid;
    /// A document with that id exists.
    DocumentExists = "document_exists", 409, Conflict;
    /// A collection with that name exists.
    CollectionExists = "collection_exists", 409, Conflict;
    /// A database with that name exists.
    DatabaseExists = "database_exists", 409, Conflict;
    /// An index with that name exists.
    IndexExists = "index_exists", 409, Conflict;
    /// A unique index holds that key already.
    UniqueViolation = "unique_violation", 409, Conflict;
    /// The idempotency key was used with another request.
    IdempotencyMismatch = "idempotency_mismatch", 409, Conflict;
    /// What the transaction read has changed; try again.
    Conflict = "conflict", 409, Retry;
    /// The history before that sequence is no longer kept.
    HistoryExpired = "history_expired", 410, Gone;
    /// The cursor can no longer be continued.
    CursorExpired = "cursor_expired", 410, Gone;
    /// The snapshot is no longer held.
    SnapshotExpired = "snapshot_expired", 410, Gone;
    /// The transaction took too long.
    TransactionExpired = "transaction_expired", 410, Gone;
    /// The token belongs to a timeline that was left by a restore.
    TimelineChanged = "timeline_changed", 410, Gone;
    /// The document has another revision than expected.
    RevisionMismatch = "revision_mismatch", 412, Conflict;
    /// Over a stated size limit.
    TooLarge = "too_large", 413, Limit;
    /// A content type that the route does not take.
    UnsupportedMediaType = "unsupported_media_type", 415, Invalid;
    /// The document does not satisfy the collection's schema.
    SchemaViolation = "schema_violation", 422, Invalid;
    /// Too many requests in a time.
    RateLimited = "rate_limited", 429, Retry;
    /// Over a quota.
    QuotaExceeded = "quota_exceeded", 429, Limit;
    /// Too many requests are waiting.
    QueueFull = "queue_full", 429, Retry;
    /// A defect of QuireDB itself.
    Internal = "internal", 500, Fatal;
    /// Stored bytes are damaged; the message says which.
    Corrupt = "corrupt", 500, Fatal;
    /// Over the memory budget.
    MemoryLimit = "memory_limit", 503, Retry;
    /// Writes are refused until the database is reopened; the message says why.
    ReadOnly = "read_only", 503, Fatal;
    /// The write may or may not be there after a restart.
    OutcomeUnknown = "outcome_unknown", 503, Fatal;
    /// Another process holds the data folder.
    Locked = "locked", 503, Unavailable;
    /// The encryption key does not open these files.
    WrongKey = "wrong_key", 503, Unavailable;
    /// The files were written by a version that this one does not read.
    FormatUnsupported = "format_unsupported", 503, Unavailable;
    /// The server, the data folder or the disk cannot be reached.
    Unavailable = "unavailable", 503, Retry;
    /// The server is stopping.
    ShuttingDown = "shutting_down", 503, Retry;
    /// Over the time limit.
    Timeout = "timeout", 504, Retry;
    /// No space on the disk; nothing was written.
    DiskFull = "disk_full", 507, Retry;
}

impl Code {
    /// Whether the same request may succeed later without being changed.
    pub fn retryable(self) -> bool {
        self.kind() == Kind::Retry
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
