//! Errors of the disk and of its bytes, turned into the codes that people see.

use quire_model::{Code, Error};
use std::fmt::Display;
use std::io;

/// An error of the operating system: `doing` what to which file.
pub(crate) fn disk_error(doing: &str, file: impl Display, error: io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
        // A file that ends before what its index names has lost its end.
        io::ErrorKind::UnexpectedEof => Code::Corrupt,
        _ => Code::Unavailable,
    };
    Error::new(code, format!("cannot {doing} {file}: {error}")).with_source(error)
}

/// Damage, with its place.
pub(crate) fn corrupt(file: impl Display, offset: u64, what: &str) -> Error {
    Error::new(Code::Corrupt, format!("{file} is damaged at byte {offset}: {what}"))
}
