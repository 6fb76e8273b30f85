//! Documents from the command line and from standard input.

use std::io::{self, IsTerminal, Read};

use crate::failure::Failure;
use crate::notes::warn;

/// More than this is a matter for `import`, which never holds its whole input.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The JSON of an argument; `-` or nothing reads standard input.
pub(crate) fn argument(text: Option<&str>) -> Result<Vec<u8>, Failure> {
    match text {
        Some(text) if text != "-" => Ok(text.as_bytes().to_vec()),
        _ => standard_input(),
    }
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        warn("reading JSON from the terminal; Ctrl-D ends it");
    }
    let mut bytes = Vec::new();
    let read = stdin.lock().take(BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Failure::usage(
            "standard input is longer than 64 MiB; `quire import` reads files of any size",
        ));
    }
    if bytes.trim_ascii().is_empty() {
        return Err(Failure::usage("standard input is empty: no document was given"));
    }
    Ok(bytes)
}

/// What standard input holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Documents<'a> {
    /// One value, or something that the server shall judge.
    One(&'a [u8]),
    /// One value on each line: the line's number and its text.
    Lines(Vec<(u64, &'a [u8])>),
}

/// Tells one document over many lines from one document on each line.
pub(crate) fn documents(bytes: &[u8]) -> Documents<'_> {
    let lines: Vec<(u64, &[u8])> = (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .map(|(number, line)| (number, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    match lines.first() {
        Some((_, first)) if lines.len() > 1 && is_json(first) && !is_json(bytes) => Documents::Lines(lines),
        _ => Documents::One(bytes),
    }
}

/// Whether the bytes are one JSON value.
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_one_document() {
        let lines = |text: &'static str| match documents(text.as_bytes()) {
            Documents::One(_) => None,
            Documents::Lines(lines) => Some(lines.iter().map(|(number, _)| *number).collect::<Vec<_>>()),
        };
        assert_eq!(lines("{\"a\":1}\n\n{\"b\":2}\n"), Some(vec![1, 3]));
        assert_eq!(lines("{\"a\":1}\n{\"b\":\n"), Some(vec![1, 2]));
        assert_eq!(lines("{\"a\":1}\n"), None);
        assert_eq!(lines("{\n\"a\":1\n}\n"), None);
        assert_eq!(lines("{\n\"a\":\n"), None);
        assert_eq!(lines("[\n{},\n{}]"), None);
    }
}
