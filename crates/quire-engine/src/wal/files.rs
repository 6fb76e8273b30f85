//! The sequence of log files that a running database appends to.

use super::format::COMMIT_BYTES;
use crate::clock::Clock;
use crate::codec::Checksum;
use crate::disk::{Disk, DiskFile};
use crate::log::{self, FileKind, HEADER_BYTES, Header, Lsn, RECORD_HEADER_BYTES};
use crate::planted::{self, Bug};
use crate::sync::lock;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The name of the log file with a number.
pub(crate) fn file_name(number: u64) -> String {
    format!("wal-{number:08}.log")
}

/// The number in a log file's name, if it is one.
pub(crate) fn file_number(name: &str) -> Option<u64> {
    name.strip_prefix("wal-")?.strip_suffix(".log")?.parse().ok()
}

/// Appends groups of commits. The commit's leader owns the writing half; making a file ahead runs beside it.
pub(crate) struct Wal {
    maker: Arc<Maker>,
    current: Option<Current>,
    /// Where the next file starts counting.
    next_number: u64,
    next_bytes: u64,
    /// Everything below is durable.
    durable: Lsn,
}

/// Groups of so many bytes on average are large.
const LARGE_GROUP_BYTES: u64 = 256 << 10;

struct Current {
    number: u64,
    file: Arc<dyn DiskFile>,
    seed: Checksum,
    used: u64,
    capacity: u64,
    /// Groups that were appended.
    groups: u64,
}

/// A file made ahead. It is not kept open: a thousand idle databases would hold a thousand files.
struct Ready {
    number: u64,
    header: Header,
    capacity: u64,
}

/// Makes files; shared with the background.
pub(crate) struct Maker {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    timeline: u64,
    bytes_max: u64,
    clock: Arc<dyn Clock>,
    ahead: Mutex<Option<Ready>>,
    /// The file that should be made ahead: number and size, 0 for none.
    wanted: AtomicU64,
    wanted_bytes: AtomicU64,
    wanted_zeros: AtomicBool,
    /// The newest file that was ever asked for ahead: each is asked for once.
    asked: AtomicU64,
}

impl Wal {
    /// A log whose next file has number `next_number`; nothing is created before the first commit.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        folder: &Path,
        timeline: u64,
        (bytes_first, bytes_max): (u64, u64),
        clock: Arc<dyn Clock>,
        next_number: u64,
        durable: Lsn,
    ) -> Wal {
        let maker = Maker {
            disk,
            folder: folder.to_owned(),
            timeline,
            bytes_max,
            clock,
            ahead: Mutex::new(None),
            wanted: AtomicU64::new(0),
            wanted_bytes: AtomicU64::new(0),
            wanted_zeros: AtomicBool::new(true),
            asked: AtomicU64::new(0),
        };
        Wal {
            maker: Arc::new(maker),
            current: None,
            next_number,
            next_bytes: bytes_first.min(bytes_max),
            durable,
        }
    }

    /// The planted bug: goes on in a file that was found.
    #[cfg(feature = "planted")]
    pub(crate) fn resume(mut self, number: u64, file: Arc<dyn DiskFile>, used: u64) -> io::Result<Wal> {
        let capacity = file.length()?;
        if let Ok(reader) = log::LogReader::open(file.clone())? {
            self.current =
                Some(Current { number, file, seed: reader.header().seed(), used, capacity, groups: 1 });
        }
        Ok(self)
    }

    pub(crate) fn maker(&self) -> Arc<Maker> {
        self.maker.clone()
    }

    /// Everything below this position is durable.
    pub(crate) fn durable(&self) -> Lsn {
        self.durable
    }

    /// Whether the background should make the next file.
    pub(crate) fn wants_file_ahead(&self) -> bool {
        self.maker.is_wanted()
    }

    /// Finds room for a group of `bytes`: the place where it will go and the seed of its checksums. An error here
    /// means that nothing was written.
    pub(crate) fn reserve(&mut self, bytes: usize) -> io::Result<(Lsn, Checksum)> {
        let fits = |c: &Current| c.used + bytes as u64 <= c.capacity;
        if !self.current.as_ref().is_some_and(fits) {
            self.rotate(bytes as u64 + HEADER_BYTES as u64)?;
        }
        match &self.current {
            Some(current) => Ok((Lsn::new(current.number, current.used), current.seed.clone())),
            None => Err(io::Error::other("no log file after a rotation")),
        }
    }

    fn rotate(&mut self, bytes_min: u64) -> io::Result<()> {
        let ready = {
            // IMPORTANT: nothing may be wanted any more when the lock is let go. The background would otherwise make
            // the file that is made below a second time, and replace it.
            let mut ahead = lock(&self.maker.ahead);
            self.maker.wanted.store(0, Ordering::SeqCst);
            ahead.take().filter(|ready| ready.number == self.next_number)
        };
        let (ready, file) = match ready {
            Some(ready) if ready.capacity >= bytes_min => {
                let file = self.maker.disk.open(&self.maker.folder.join(file_name(ready.number)))?;
                (ready, file)
            }
            // A file made ahead that is too small for this one group is made again under the same number.
            _ => self.maker.make(self.next_number, self.next_bytes.max(bytes_min), self.wants_zeros())?,
        };
        self.current = Some(Current {
            number: ready.number,
            file,
            seed: ready.header.seed(),
            used: HEADER_BYTES as u64,
            capacity: ready.capacity,
            groups: 0,
        });
        self.next_number += 1;
        self.next_bytes = (self.next_bytes * 2).min(self.maker.bytes_max);
        Ok(())
    }

    /// Whether the next file should be filled with zeros: a sync that grows no file costs a small group a fraction. For
    /// large groups it matters little, and writing everything twice would cost more.
    fn wants_zeros(&self) -> bool {
        self.current.as_ref().is_none_or(|current| current.used < current.groups * LARGE_GROUP_BYTES)
    }

    /// Asks for the next file when this one is half full: earlier, a database that stays small would have one for
    /// nothing.
    fn want_ahead(&self) {
        if let Some(current) = &self.current
            && 2 * current.used > current.capacity
            && self.maker.asked.swap(self.next_number, Ordering::SeqCst) != self.next_number
        {
            self.maker.wanted_bytes.store(self.next_bytes, Ordering::SeqCst);
            self.maker.wanted_zeros.store(self.wants_zeros(), Ordering::SeqCst);
            self.maker.wanted.store(self.next_number, Ordering::SeqCst);
        }
    }

    /// Writes a group at the place that was reserved for it and makes it durable. After an error nothing is known:
    /// the caller must never append again.
    pub(crate) fn append(&mut self, group: &[u8]) -> io::Result<Lsn> {
        let Some(current) = &mut self.current else {
            return Err(io::Error::other("append without a log file"));
        };
        if planted::is(Bug::AcknowledgeEarly) {
            current.file.sync()?;
        }
        if planted::is(Bug::MarkerBeforeData) {
            let marker = group.len() - RECORD_HEADER_BYTES - COMMIT_BYTES;
            current.file.write_at(&group[marker..], current.used + marker as u64)?;
            current.file.sync()?;
        }
        current.file.write_at(group, current.used)?;
        if !planted::is_one(&[Bug::SkipSync, Bug::AcknowledgeEarly, Bug::MarkerBeforeData]) {
            let again = |e| if planted::is(Bug::RetrySync) { current.file.sync() } else { Err(e) };
            current.file.sync().or_else(again)?;
        }
        current.used += group.len() as u64;
        current.groups += 1;
        self.durable = Lsn::new(current.number, current.used);
        self.want_ahead();
        Ok(self.durable)
    }

    /// Cuts the unused end off the current file and removes the one made ahead: a clean stop leaves no zeros.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        self.maker.wanted.store(0, Ordering::SeqCst);
        if let Some(ready) = lock(&self.maker.ahead).take() {
            self.maker.disk.remove(&self.maker.folder.join(file_name(ready.number)))?;
        }
        if let Some(current) = self.current.take() {
            current.file.set_len(current.used)?;
            current.file.sync()?;
        }
        Ok(())
    }
}

impl Maker {
    fn make(&self, number: u64, bytes: u64, zeros: bool) -> io::Result<(Ready, Arc<dyn DiskFile>)> {
        let header = Header {
            kind: FileKind::WriteAhead,
            number,
            salt: self.clock.random()?,
            timeline: self.timeline,
            created_ms: self.clock.now_ms(),
        };
        let path = self.folder.join(file_name(number));
        let file = log::create(&*self.disk, &path, &header, &[], if zeros { bytes } else { 0 })?;
        Ok((Ready { number, header, capacity: bytes }, file))
    }

    /// Whether a file should be made ahead now.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::SeqCst) != 0
    }

    /// Makes the next file ahead, if one is wanted, so that a commit does not wait for it.
    pub(crate) fn make_ahead(&self) -> io::Result<()> {
        // The lock is held while the file is made: a rotation at the same moment waits and then finds it.
        let mut ahead = lock(&self.ahead);
        let number = self.wanted.swap(0, Ordering::SeqCst);
        if number == 0 || ahead.as_ref().is_some_and(|ready| ready.number >= number) {
            return Ok(());
        }
        let bytes = self.wanted_bytes.load(Ordering::SeqCst);
        let zeros = self.wanted_zeros.load(Ordering::SeqCst);
        *ahead = Some(self.make(number, bytes, zeros)?.0);
        Ok(())
    }
}
