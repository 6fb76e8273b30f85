//! One error for everything that can be answered: a stable code, a sentence, and the place where it applies.

mod code;

pub use code::Code;

use std::fmt;

/// The result of everything fallible in QuireDB.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Correct the request.
    Invalid,
    /// Use other credentials.
    Denied,
    /// The thing asked for is not there.
    NotFound,
    /// The state is another than expected: read again and decide.
    Conflict,
    /// It was there once and is no longer kept.
    Gone,
    /// Ask for less.
    Limit,
    /// Try the same again, later.
    Retry,
    /// The data cannot be reached as things stand: an operator must act.
    Unavailable,
    /// Something is broken: an operator must look.
    Fatal,
}

/// One part of a request at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// RFC 6901 pointer into the request's body; empty for the whole.
    pub pointer: String,
    /// The code of this part.
    pub code: Code,
    /// One sentence for people.
    pub detail: String,
}

/// An error: a code that programs compare, a sentence that people read, and the parts of the input at fault.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Code,
    detail: String,
    parts: Vec<Part>,
    source: Option<std::sync::Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with a code and a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Error {
        Error(Box::new(Inner { code, detail: detail.into(), parts: Vec::new(), source: None }))
    }

    /// A defect of QuireDB itself; `detail` says what was found.
    pub fn internal(detail: impl Into<String>) -> Error {
        Error::new(Code::Internal, detail)
    }

    /// The error with its cause kept.
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.0.source = Some(std::sync::Arc::new(source));
        self
    }

    /// The error with one part of the input named: `pointer` is an RFC 6901 pointer.
    pub fn with_part(mut self, pointer: impl Into<String>, code: Code, detail: impl Into<String>) -> Error {
        self.0.parts.push(Part { pointer: pointer.into(), code, detail: detail.into() });
        self
    }

    /// The error with its sentence put after `context` and a colon, such as `line 7: …`.
    pub fn context(mut self, context: impl fmt::Display) -> Error {
        self.0.detail = format!("{context}: {}", self.0.detail);
        self
    }

    /// The error with every part's pointer moved under `prefix`, for a body inside a body.
    pub fn under(mut self, prefix: &str) -> Error {
        if self.0.parts.is_empty() {
            let (code, detail) = (self.0.code, self.0.detail.clone());
            return self.with_part(prefix, code, detail);
        }
        for part in &mut self.0.parts {
            part.pointer.insert_str(0, prefix);
        }
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        self.0.code.kind()
    }

    /// Whether the same request may succeed later without being changed.
    pub fn retryable(&self) -> bool {
        self.0.code.retryable()
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The parts of the input at fault; may be empty.
    pub fn parts(&self) -> &[Part] {
        &self.0.parts
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e.as_ref() as &(dyn std::error::Error + 'static))
    }
}
