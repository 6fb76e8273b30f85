//! Takes a stream of JSON apart without knowing its end: NDJSON by lines, one array by its elements.
//!
//! The first byte decides. An element ends at the comma or bracket of the array itself, so it is enough to count
//! brackets and to know what is inside a string; whether the element is JSON is checked later, where its line can
//! be named.

use std::io::{self, BufRead};

/// A piece longer than this is refused unread: nothing of that size can be a document.
const PIECE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What stands between two ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// Its bytes; none where it was longer than any document can be.
    pub(super) bytes: Option<Vec<u8>>,
}

/// Why nothing more can be taken from the stream.
#[derive(Debug)]
pub(super) struct Broken {
    /// The line where it went wrong.
    pub(super) line: u64,
    /// One sentence.
    pub(super) why: String,
}

/// Pieces of a stream.
pub(super) struct Splitter {
    reader: Box<dyn BufRead + Send>,
    line: u64,
    state: State,
    piece_bytes_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Lines,
    /// Behind the array's opening bracket.
    ArrayBegun,
    /// Behind a comma of the array.
    Array,
    End,
}

/// What ended a piece.
enum End {
    Mark(u8),
    OfFile,
}

impl Splitter {
    pub(super) fn new(reader: Box<dyn BufRead + Send>) -> Splitter {
        Splitter { reader, line: 1, state: State::Begin, piece_bytes_max: PIECE_BYTES_MAX }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Broken> {
        if self.state == State::Begin {
            self.begin()?;
        }
        match self.state {
            State::Lines => self.next_line(),
            State::ArrayBegun | State::Array => self.next_element(),
            State::Begin | State::End => Ok(None),
        }
    }

    fn begin(&mut self) -> Result<(), Broken> {
        // A byte order mark. A pipe may hand it over byte by byte.
        for byte in b"\xef\xbb\xbf" {
            if self.buffer()?.first() != Some(byte) {
                break;
            }
            self.reader.consume(1);
        }
        self.state = match self.skip_space()? {
            None => State::End,
            Some(b'[') => {
                self.reader.consume(1);
                State::ArrayBegun
            }
            Some(_) => State::Lines,
        };
        Ok(())
    }

    fn next_line(&mut self) -> Result<Option<Piece>, Broken> {
        loop {
            let line = self.line;
            let (bytes, end) = self.take(|byte| byte == b'\n')?;
            let is_last = matches!(end, End::OfFile);
            if is_last {
                self.state = State::End;
            }
            let is_blank = bytes.as_ref().is_some_and(|bytes| bytes.trim_ascii().is_empty());
            match (is_blank, is_last) {
                (false, _) => return Ok(Some(Piece { line, bytes })),
                (true, true) => return Ok(None),
                (true, false) => {}
            }
        }
    }

    fn next_element(&mut self) -> Result<Option<Piece>, Broken> {
        let first = self.skip_space()?;
        let line = self.line;
        match first {
            None => return Err(self.broken("the array has no end")),
            Some(b']') if self.state == State::ArrayBegun => {
                self.reader.consume(1);
                return self.finish().map(|()| None);
            }
            Some(b',' | b']') => return Err(self.broken("an element of the array is missing")),
            Some(_) => {}
        }
        let mut depth = 0_usize;
        let mut in_string = false;
        let mut escaped = false;
        let (bytes, end) = self.take(|byte| {
            if in_string {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_string = false,
                    _ => {}
                }
                return false;
            }
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b',' | b']' | b'}' => return depth == 0,
                _ => {}
            }
            false
        })?;
        match end {
            End::Mark(b',') => self.state = State::Array,
            End::Mark(b']') => self.finish()?,
            End::Mark(_) => return Err(self.broken("a `}` closes nothing")),
            End::OfFile => {
                let why = format!("the array's element that begins on line {line} has no end");
                return Err(Broken { line, why });
            }
        }
        Ok(Some(Piece { line, bytes }))
    }

    /// Behind the array nothing may stand.
    fn finish(&mut self) -> Result<(), Broken> {
        self.state = State::End;
        match self.skip_space()? {
            None => Ok(()),
            Some(_) => Err(self.broken("something stands behind the array")),
        }
    }

    /// Takes bytes up to the one that `ends`, which is taken away.
    fn take(&mut self, mut ends: impl FnMut(u8) -> bool) -> Result<(Option<Vec<u8>>, End), Broken> {
        let mut bytes = Vec::new();
        let mut is_too_long = false;
        loop {
            let piece_bytes_max = self.piece_bytes_max;
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return Ok(((!is_too_long).then_some(bytes), End::OfFile));
            }
            let end = buffer.iter().position(|byte| ends(*byte));
            let taken = &buffer[..end.unwrap_or(buffer.len())];
            is_too_long |= bytes.len() + taken.len() > piece_bytes_max;
            if is_too_long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(taken);
            }
            let lines = taken.iter().filter(|byte| **byte == b'\n').count() as u64;
            let mark = end.map(|end| buffer[end]);
            let used = taken.len() + usize::from(mark.is_some());
            self.line += lines + u64::from(mark == Some(b'\n'));
            self.reader.consume(used);
            if let Some(mark) = mark {
                return Ok(((!is_too_long).then_some(bytes), End::Mark(mark)));
            }
        }
    }

    /// Skips white space and shows the byte behind it.
    fn skip_space(&mut self) -> Result<Option<u8>, Broken> {
        loop {
            let buffer = self.buffer()?;
            let Some(first) = buffer.first().copied() else { return Ok(None) };
            if !first.is_ascii_whitespace() {
                return Ok(Some(first));
            }
            self.line += u64::from(first == b'\n');
            self.reader.consume(1);
        }
    }

    fn buffer(&mut self) -> Result<&[u8], Broken> {
        let line = self.line;
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Broken { line, why: format!("it cannot be read further: {error}") });
                }
            }
        }
        // Asked again because a borrow cannot leave the loop; the buffer is filled, so nothing is read.
        self.reader.fill_buf().map_err(|error| Broken { line, why: error.to_string() })
    }

    fn broken(&self, why: &str) -> Broken {
        Broken { line: self.line, why: why.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Cursor};

    /// Reads with buffers of every size, so that each byte is once the first of a buffer.
    fn pieces(text: &'static str) -> Result<Vec<(u64, String)>, String> {
        let mut found = None;
        for capacity in 1..text.len() + 2 {
            let this = split(text, capacity, PIECE_BYTES_MAX);
            assert!(found.is_none() || found.as_ref() == Some(&this), "{capacity}: {this:?}");
            found = Some(this);
        }
        found.unwrap()
    }

    fn split(text: &'static str, capacity: usize, max: usize) -> Result<Vec<(u64, String)>, String> {
        let mut splitter = Splitter::new(Box::new(BufReader::with_capacity(capacity, Cursor::new(text))));
        splitter.piece_bytes_max = max;
        let mut pieces = Vec::new();
        loop {
            match splitter.next() {
                Ok(Some(piece)) => {
                    let text = piece.bytes.map_or("too long".to_owned(), |b| String::from_utf8(b).unwrap());
                    pieces.push((piece.line, text.trim().to_owned()));
                }
                Ok(None) => return Ok(pieces),
                Err(broken) => return Err(format!("{}: {}", broken.line, broken.why)),
            }
        }
    }

    fn owned(pieces: &[(u64, &str)]) -> Vec<(u64, String)> {
        pieces.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    #[test]
    fn lines_are_pieces_and_blank_ones_only_count() {
        assert_eq!(pieces("{\"a\":1}\n\n  \r\n{\"b\":\n"), Ok(owned(&[(1, "{\"a\":1}"), (4, "{\"b\":")])));
        assert_eq!(pieces("\n \n{}"), Ok(owned(&[(3, "{}")])));
        assert_eq!(pieces(" \n"), Ok(vec![]));
        assert_eq!(pieces("\u{feff}{}\n"), Ok(owned(&[(1, "{}")])));
    }

    #[test]
    fn elements_are_pieces_wherever_their_commas_are() {
        let text = "[ {\"a\":[1,2],\"b\":\"],}\\\",\"},\n{\n\"c\":{}}\n,3 ]\n";
        let wanted = [(1, "{\"a\":[1,2],\"b\":\"],}\\\",\"}"), (2, "{\n\"c\":{}}"), (4, "3")];
        assert_eq!(pieces(text), Ok(owned(&wanted)));
        assert_eq!(pieces("[]"), Ok(vec![]));
        assert_eq!(pieces("\n[\n]\n"), Ok(vec![]));
    }

    #[test]
    fn a_broken_array_names_its_line() {
        for (text, why) in [
            ("[", "1: the array has no end"),
            ("[{}", "1: the array's element that begins on line 1 has no end"),
            ("[{},\n{\"a\n", "2: the array's element that begins on line 2 has no end"),
            ("[\n,{}]", "2: an element of the array is missing"),
            ("[{},\n]", "2: an element of the array is missing"),
            ("[{}]\n{}", "2: something stands behind the array"),
            ("[1}", "1: a `}` closes nothing"),
        ] {
            assert_eq!(pieces(text), Err(why.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_piece_that_is_too_long_is_left_out_and_the_rest_is_read() {
        let text = "{\"a\":1}\n{\"a\":12345}\n{\"b\":2}\n";
        let wanted = owned(&[(1, "{\"a\":1}"), (2, "too long"), (3, "{\"b\":2}")]);
        for capacity in 1..40 {
            assert_eq!(split(text, capacity, 8), Ok(wanted.clone()));
        }
        let wanted = owned(&[(1, "{}"), (1, "too long"), (1, "1")]);
        assert_eq!(split("[{},{\"a\":\"12345\"},1]", 4, 8), Ok(wanted));
    }
}
