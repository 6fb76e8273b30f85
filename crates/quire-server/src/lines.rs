//! A body cut into lines, wherever its chunks break.

/// One line of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, from 1; empty lines count.
    pub(crate) number: u64,
    /// The byte of the body at which it begins.
    pub(crate) offset: u64,
    /// Its bytes without the end; `None` where they are more than allowed.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// Cuts. A line that is too long is left out to its end, and the next one is read as usual.
pub(crate) struct Splitter {
    bytes_max: usize,
    begun: Vec<u8>,
    too_long: bool,
    number: u64,
    line_offset: u64,
    offset: u64,
}

impl Splitter {
    pub(crate) fn new(bytes_max: usize) -> Splitter {
        Splitter { bytes_max, begun: Vec::new(), too_long: false, number: 1, line_offset: 0, offset: 0 }
    }

    /// Bytes of the line whose end has not come.
    pub(crate) fn begun_bytes(&self) -> usize {
        self.begun.len()
    }

    /// Takes a chunk and gives the lines that end in it; those that are blank are left out.
    pub(crate) fn push(&mut self, chunk: &[u8], out: &mut Vec<Line>) {
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            self.offset += piece.len() as u64;
            match piece.strip_suffix(b"\n") {
                Some(end) => {
                    self.add(end);
                    self.end_line(out);
                }
                None => self.add(piece),
            }
        }
    }

    /// Takes the end of the body, which ends the last line too.
    pub(crate) fn finish(&mut self, out: &mut Vec<Line>) {
        self.end_line(out);
    }

    fn add(&mut self, piece: &[u8]) {
        if self.too_long || self.begun.len() + piece.len() > self.bytes_max {
            self.too_long = true;
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(piece);
        }
    }

    fn end_line(&mut self, out: &mut Vec<Line>) {
        let bytes = std::mem::take(&mut self.begun);
        let too_long = std::mem::take(&mut self.too_long);
        if too_long || !bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            let bytes = (!too_long).then_some(bytes);
            out.push(Line { number: self.number, offset: self.line_offset, bytes });
        }
        self.number += 1;
        self.line_offset = self.offset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(chunks: &[&str], bytes_max: usize) -> Vec<(u64, u64, Option<String>)> {
        let (mut splitter, mut out) = (Splitter::new(bytes_max), Vec::new());
        chunks.iter().for_each(|chunk| splitter.push(chunk.as_bytes(), &mut out));
        splitter.finish(&mut out);
        let text = |bytes: Option<Vec<u8>>| bytes.map(|bytes| String::from_utf8(bytes).unwrap());
        out.into_iter().map(|line| (line.number, line.offset, text(line.bytes))).collect()
    }

    #[test]
    fn lines_come_whole_with_their_number_and_place() {
        let wanted =
            vec![(1, 0, Some("aa".to_owned())), (3, 6, Some("b".to_owned())), (4, 8, Some("c".to_owned()))];
        assert_eq!(cut(&["aa\n \r\nb\nc"], 10), wanted);
        assert_eq!(cut(&["a", "a\n ", "\r\nb", "\n", "", "c"], 10), wanted);
        assert!(cut(&[], 10).is_empty());
        assert!(cut(&["\n\n"], 10).is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_leaves_the_others_alone() {
        let wanted = vec![(1, 0, None), (2, 5, Some("bbb".to_owned())), (3, 9, None)];
        assert_eq!(cut(&["aaaa\nbbb\ncccc"], 3), wanted);
        assert_eq!(cut(&["a", "a", "a", "a", "\nb", "bb\n", "cc", "cc"], 3), wanted);
    }
}
