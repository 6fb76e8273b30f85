//! One pass over a text that claims to be JSON.
//!
//! 1. A value is expected. A string, a number or a word is read whole; a bracket opens a frame.
//! 2. In a new object the first key is read and then again a value expected, in a new array a value at once.
//! 3. After a value: a comma leads back to 1 (by way of a key in an object), a bracket closes the frame and is
//!    itself the end of a value, and outside all frames the text must end.
//!
//! Frames are on the heap, so depth is a limit to choose and not a stack to overflow.

use std::mem;

use super::block::skip_space;
use super::fault::{Fault, FaultKind};
use super::keys::ObjectKeys;
use super::scanner::Buffers;
use super::token::{self, byte_at};

/// An array or object that is still open, or what is around the whole value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    shape: Shape,
    /// Whether an asked path leads to or through this value.
    watched: bool,
    /// Where the value begins.
    from: usize,
    /// How many elements an array already has; only counted where it is watched.
    position: usize,
    keys: ObjectKeys,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Outside,
    Object,
    Array,
}

/// Where the walk is.
struct Walk<'a, 'b> {
    buffers: &'b mut Buffers,
    text: &'a str,
    /// Where the value begins; ranges count from here.
    origin: usize,
    paths: &'b [&'b [&'b str]],
    at: usize,
    /// The innermost open value; the ones around it are on the stack.
    frame: Frame,
    /// Whether an asked path leads to or through the value read next.
    watched: bool,
    compact: bool,
}

/// Reads the value of `text` that begins at `from` and must end with the text; whether it is compact.
pub(super) fn walk(
    buffers: &mut Buffers,
    text: &str,
    from: usize,
    depth_max: usize,
    paths: &[&[&str]],
) -> Result<bool, Fault> {
    buffers.stack.clear();
    buffers.keys.begin();
    let watched = buffers.paths.begin(paths);
    let frame =
        Frame { shape: Shape::Outside, watched: false, from, position: 0, keys: ObjectKeys::default() };
    let mut walk = Walk { buffers, text, origin: from, paths, at: from, frame, watched, compact: true };
    walk.run(depth_max)?;
    Ok(walk.compact)
}

impl Walk<'_, '_> {
    #[inline(always)]
    fn run(&mut self, depth_max: usize) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        'value: loop {
            let from = self.at;
            match byte_at(bytes, from) {
                b'"' => self.at = token::string(bytes, from + 1)?.0 + 1,
                b'-' | b'0'..=b'9' => self.at = token::number(bytes, from)?,
                b'{' => {
                    self.open(Shape::Object, depth_max)?;
                    if byte_at(bytes, self.at) != b'}' {
                        self.key()?;
                        continue 'value;
                    }
                }
                b'[' => {
                    self.open(Shape::Array, depth_max)?;
                    if byte_at(bytes, self.at) != b']' {
                        self.element();
                        continue 'value;
                    }
                }
                b't' => self.at = token::word(bytes, from, "true")?,
                b'f' => self.at = token::word(bytes, from, "false")?,
                b'n' => self.at = token::word(bytes, from, "null")?,
                _ => return Err(Fault::expected(bytes, from, "a value")),
            }
            // A bracket just opened is still watched as a frame; what is left here is a scalar.
            if self.watched {
                self.leave(from);
            }
            loop {
                self.space();
                let byte = byte_at(bytes, self.at);
                match self.frame.shape {
                    Shape::Object if byte == b',' => {
                        self.at += 1;
                        self.space();
                        self.key()?;
                        continue 'value;
                    }
                    Shape::Array if byte == b',' => {
                        self.at += 1;
                        self.space();
                        self.element();
                        continue 'value;
                    }
                    Shape::Object if byte == b'}' => self.buffers.keys.close(self.frame.keys),
                    Shape::Array if byte == b']' => {}
                    Shape::Object => return Err(Fault::expected(bytes, self.at, "a comma or }")),
                    Shape::Array => return Err(Fault::expected(bytes, self.at, "a comma or ]")),
                    Shape::Outside if self.at == bytes.len() => return Ok(()),
                    Shape::Outside => return Err(Fault::new(FaultKind::Trailing, self.at)),
                }
                self.at += 1;
                let closed = self.frame;
                if let Some(frame) = self.buffers.stack.pop() {
                    self.frame = frame;
                }
                if closed.watched {
                    self.leave(closed.from);
                }
            }
        }
    }

    /// Enters the array or object whose bracket is next, up to its first token.
    #[inline(always)]
    fn open(&mut self, shape: Shape, depth_max: usize) -> Result<(), Fault> {
        if self.buffers.stack.len() >= depth_max {
            return Err(Fault::new(FaultKind::TooDeep { depth_max }, self.at));
        }
        let frame = Frame {
            shape,
            watched: self.watched,
            from: self.at,
            position: 0,
            keys: self.buffers.keys.open(),
        };
        self.buffers.stack.push(mem::replace(&mut self.frame, frame));
        self.watched = false;
        self.at += 1;
        self.space();
        Ok(())
    }

    /// Reads a key and its colon, up to the value.
    #[inline(always)]
    fn key(&mut self) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        if byte_at(bytes, self.at) != b'"' {
            return Err(Fault::expected(bytes, self.at, "a key in double quotes"));
        }
        let from = self.at + 1;
        let (stop, escaped) = token::string(bytes, from)?;
        let level = self.buffers.stack.len();
        let keys = &mut self.buffers.keys;
        let new = if escaped {
            let raw = self.text.get(from..stop).unwrap_or_default();
            let (new, key) = keys.add_escaped(&mut self.frame.keys, bytes, raw);
            self.watched = self.frame.watched && self.buffers.paths.enter_key(self.paths, level, key);
            new
        } else {
            let key = bytes.get(from..stop).unwrap_or_default();
            self.watched = self.frame.watched && self.buffers.paths.enter_key(self.paths, level, key);
            keys.add(&mut self.frame.keys, bytes, from, stop)
        };
        if !new {
            return Err(Fault::new(FaultKind::DuplicateKey, self.at));
        }
        self.at = stop + 1;
        self.space();
        if byte_at(bytes, self.at) != b':' {
            return Err(Fault::expected(bytes, self.at, "a colon after the key"));
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// The next value is an element of the innermost array.
    #[inline(always)]
    fn element(&mut self) {
        self.watched = false;
        if self.frame.watched {
            let (level, position) = (self.buffers.stack.len(), self.frame.position);
            self.frame.position += 1;
            self.watched = self.buffers.paths.enter_position(self.paths, level, position);
        }
    }

    /// The value of the innermost frame that began at `from` ends here, and an asked path leads to it.
    #[inline(never)]
    fn leave(&mut self, from: usize) {
        let level = self.buffers.stack.len();
        let range = from - self.origin..self.at - self.origin;
        self.buffers.paths.leave(self.paths, level, range);
    }

    #[inline(always)]
    fn space(&mut self) {
        if byte_at(self.text.as_bytes(), self.at) <= b' ' {
            let from = self.at;
            self.at = skip_space(self.text.as_bytes(), from);
            self.compact &= self.at == from;
        }
    }
}
