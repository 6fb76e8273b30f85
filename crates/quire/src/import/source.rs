//! Where an import reads from.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::failure::Failure;

const BUFFER_BYTES: usize = 256 * 1024;

/// The first bytes of everything that gzip packed.
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];

/// Something to import from.
pub(crate) struct Source {
    /// The name in messages.
    pub(crate) name: String,
    /// The bytes, unpacked.
    pub(crate) reader: Box<dyn BufRead + Send>,
    /// Bytes in all as they are stored, where that is known.
    pub(crate) bytes: Option<u64>,
    /// Bytes read so far as they are stored.
    pub(crate) bytes_read: Arc<AtomicU64>,
}

impl Source {
    /// Checks that a file is there. It is not opened: a pipe can be opened only once.
    ///
    /// # Errors
    /// Wrong usage where it is not, or is a folder.
    pub(crate) fn check(file: &str) -> Result<(), Failure> {
        match std::fs::metadata(file) {
            _ if file == "-" => Ok(()),
            Ok(meta) if meta.is_dir() => Err(Failure::usage(format!("{file} is a folder"))),
            Ok(_) => Ok(()),
            Err(error) => Err(unreadable(file, &error)),
        }
    }

    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// Wrong usage where the file cannot be opened.
    pub(crate) fn open(file: &str) -> Result<Source, Failure> {
        if file == "-" {
            return Source::new("stdin", Box::new(io::stdin()), None)
                .map_err(|error| unreadable("stdin", &error));
        }
        let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
        let meta = opened.metadata().map_err(|error| unreadable(file, &error))?;
        let bytes = meta.is_file().then_some(meta.len());
        Source::new(file, Box::new(opened), bytes).map_err(|error| unreadable(file, &error))
    }

    /// Bytes that this program carries with it.
    pub(crate) fn inside(name: &str, bytes: &'static [u8]) -> io::Result<Source> {
        Source::new(name, Box::new(Cursor::new(bytes)), Some(bytes.len() as u64))
    }

    fn new(name: &str, stored: Box<dyn Read + Send>, bytes: Option<u64>) -> io::Result<Source> {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let counted = Counted { stored, count: Arc::clone(&bytes_read) };
        let mut stored = BufReader::with_capacity(BUFFER_BYTES, counted);
        // The content decides, not the name: a pipe has none. It may also hand over one byte at a time.
        let mut begin = Vec::with_capacity(GZIP_MAGIC.len());
        stored.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut begin)?;
        let is_packed = begin == GZIP_MAGIC;
        let whole = Cursor::new(begin).chain(stored);
        let reader: Box<dyn BufRead + Send> = match is_packed {
            true => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(whole))),
            false => Box::new(whole),
        };
        Ok(Source { name: name.to_owned(), reader, bytes, bytes_read })
    }
}

fn unreadable(file: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{file} cannot be read: {error}"))
}

/// A reader that counts what goes through it.
struct Counted {
    stored: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stored.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
