//! Files of records: the write-ahead log, manifests, the pointer, the registry.

use super::document::Documents;
use super::entry::{Entry, hex};
use super::flip::flipped_byte;
use super::record;
use super::window::{NotZero, not_zero};
use crate::codec::Fields;
use crate::disk::DiskFile;
use crate::log::{FileKind, HEADER_BYTES, Header, HeaderFault, LogReader, Lsn, Step};
use crate::manifest::{self, Manifest, decode_end};
use crate::wal::{self, COMMIT, COMMIT_BYTES};
use quire_model::Seq;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Who is told of each entry.
type Tell<'a> = &'a mut dyn FnMut(Entry) -> ControlFlow<()>;

/// Files of records are counted in 32 bits.
pub(crate) const FILE_BYTES_MAX: u64 = u32::MAX as u64;

/// Tells the entries of a file.
pub(super) fn entries(
    file: Arc<dyn DiskFile>,
    kind: FileKind,
    documents: bool,
    tell: Tell<'_>,
) -> io::Result<()> {
    let length = file.length()?;
    let mut bytes = [0; HEADER_BYTES];
    let there = (HEADER_BYTES as u64).min(length) as usize;
    file.read_at(&mut bytes[..there], 0)?;
    let (header, entry) = header(&bytes, there, kind);
    if tell(entry).is_break() || there < HEADER_BYTES {
        return Ok(());
    }
    if length > FILE_BYTES_MAX {
        let entry = Entry::new(HEADER_BYTES as u64, length - HEADER_BYTES as u64, "rest");
        let _ = tell(entry.damaged("the file is longer than a file of records can be"));
        return Ok(());
    }
    let mut walk = Walk {
        reader: LogReader::with_header(file.clone(), length, header.clone()),
        scout: LogReader::with_header(file.clone(), length, header.clone()),
        file,
        length,
        documents: Documents::new(),
        show_documents: documents,
        seq: None,
        open: Some(Vec::new()),
        manifest: Manifest::blank(header.timeline),
        edit: 0,
        header,
    };
    walk.run(tell)
}

/// The header as it stands: where it is damaged, `kind` and what can be read are taken for true.
fn header(bytes: &[u8; HEADER_BYTES], there: usize, kind: FileKind) -> (Header, Entry) {
    let mut entry = Entry::new(0, there as u64, "header");
    let decoded = Header::decode(bytes);
    match &decoded {
        Err(HeaderFault::Damaged) if there < HEADER_BYTES => {
            entry = entry.damaged("the file ends within its header");
        }
        Err(HeaderFault::Damaged) => entry = entry.damaged("the header's checksum does not hold"),
        Err(HeaderFault::Version(version)) => {
            entry = entry.damaged(format!("it has format version {version}"));
        }
        Ok(_) => {}
    }
    let header = decoded.unwrap_or_else(|_| {
        let mut fields = Fields(&bytes[16..]);
        // A file's number has 32 bits.
        let own = fields.u64().unwrap_or_default() & u64::from(u32::MAX);
        let mut salt = [0; 16];
        salt.copy_from_slice(&bytes[24..40]);
        let mut behind = Fields(&bytes[40..]);
        let (timeline, created_ms) = (behind.u64().unwrap_or_default(), behind.u64().unwrap_or_default());
        Header { kind, number: own, salt, timeline, created_ms }
    });
    let name = match header.kind {
        FileKind::WriteAhead => "wal",
        FileKind::Manifest => "manifest",
        FileKind::Registry => "registry",
        FileKind::Current => "current",
    };
    let entry = entry
        .text("file", name)
        .number("number", header.number)
        .text("salt", hex(&header.salt))
        .text("timeline", format_args!("{:016x}", header.timeline))
        .number("created_ms", header.created_ms);
    (header, entry)
}

/// The walk over a file's records.
struct Walk {
    reader: LogReader,
    /// Runs ahead of the reader to the next commit, whose number its operations have.
    scout: LogReader,
    file: Arc<dyn DiskFile>,
    length: u64,
    header: Header,
    documents: Documents,
    show_documents: bool,
    /// The number of the commit that the next record belongs to, once the scout was sent out for it.
    seq: Option<Option<Seq>>,
    /// What was read since the last commit or edit ended; `None` behind damage, where some of it is missing.
    open: Option<Vec<(u8, Vec<u8>)>>,
    /// What the edits make, of a manifest, up to the first that does not fit.
    manifest: Option<Manifest>,
    /// The number of the edit that is read.
    edit: u32,
}

impl Walk {
    fn run(&mut self, tell: Tell<'_>) -> io::Result<()> {
        let mut at = HEADER_BYTES as u64;
        loop {
            let seq = self.seq_at(at)?;
            let entry = match self.reader.step()? {
                Step::End(_) => return Ok(()),
                Step::Bad(lsn) => {
                    let Some(next) = self.rest(lsn, tell)? else { return Ok(()) };
                    at = next;
                    continue;
                }
                Step::Record(found) => {
                    let entry = record::entry(self.header.kind, &found, seq, self.show_documents);
                    let entry = entry.unwrap_or_else(|| {
                        let unknown = record::of(&found, "unknown").number("record", found.kind);
                        unknown.damaged("this program does not know its kind or its shape")
                    });
                    let (kind, payload) = (found.kind, found.payload.to_vec());
                    at = entry.offset + entry.bytes;
                    match self.header.kind {
                        FileKind::WriteAhead => self.wal_fault(kind, payload),
                        FileKind::Manifest => self.edit_fault(kind, payload),
                        FileKind::Registry | FileKind::Current => None,
                    }
                    .into_iter()
                    .fold(entry, Entry::damaged)
                }
            };
            if tell(entry).is_break() {
                return Ok(());
            }
        }
    }

    /// The number of the commit that the record at a place belongs to.
    fn seq_at(&mut self, at: u64) -> io::Result<Option<Seq>> {
        if self.header.kind != FileKind::WriteAhead {
            return Ok(None);
        }
        if let Some(seq) = self.seq {
            return Ok(seq);
        }
        self.scout.seek(at);
        let mut seq = None;
        while seq.is_none()
            && let Step::Record(record) = self.scout.step()?
        {
            if let Some(wal::Entry::Commit(marker)) = wal::Entry::decode(record.kind, record.payload) {
                seq = Some(marker.seq);
            }
        }
        self.seq = Some(seq);
        Ok(seq)
    }

    /// What stands at a place that is not a record; answers where the next record is, if there is one.
    fn rest(&mut self, lsn: Lsn, tell: Tell<'_>) -> io::Result<Option<u64>> {
        let at = lsn.offset();
        let entry = |end: u64, kind| Entry::new(at, end - at, kind);
        let Some(NotZero { last, .. }) = not_zero(&*self.file, at)? else {
            // Room that was made ahead.
            let zeros = entry(self.length, "zeros");
            let room = self.header.kind == FileKind::WriteAhead;
            let _ = tell(if room { zeros } else { zeros.damaged("no record stands here") });
            return Ok(None);
        };
        let flipped = flipped_byte(&*self.file, &self.header, lsn, self.length)?;
        let next = self.next_proof(lsn)?;
        (self.seq, self.open) = (None, None);
        let grows = matches!(self.header.kind, FileKind::WriteAhead | FileKind::Manifest);
        let mut shown = match next {
            Some(next) => entry(next, "unreadable").damaged("a record's checksum does not hold"),
            None if grows => entry(self.length, "torn tail").number("torn_bytes", last + 1 - at),
            None => entry(self.length, "unreadable").damaged("a record's checksum does not hold"),
        };
        if let Some(byte) = flipped {
            let what =
                format!("one bit of byte {byte} is flipped: with it the other way the record is whole");
            shown = shown.damaged(what);
        }
        if tell(shown).is_break() {
            return Ok(None);
        }
        if let Some(next) = next {
            self.reader.seek(next);
        }
        Ok(next)
    }

    /// The next record that proves that what stands at `lsn` was durable once.
    fn next_proof(&mut self, lsn: Lsn) -> io::Result<Option<u64>> {
        self.scout.seek(lsn.offset());
        let kinds: &[(u8, usize)] = match self.header.kind {
            FileKind::WriteAhead => &[(COMMIT, COMMIT_BYTES)],
            FileKind::Manifest => &[(manifest::END, manifest::END_BYTES)],
            FileKind::Registry | FileKind::Current => return Ok(None),
        };
        let kind = self.header.kind;
        while let Some(record) = self.scout.search(kinds)? {
            let proves = match kind {
                FileKind::WriteAhead => match wal::Entry::decode(record.kind, record.payload) {
                    Some(wal::Entry::Commit(marker)) => marker.durable > lsn,
                    _ => false,
                },
                _ => decode_end(record.payload).is_some_and(|(_, edit)| edit > self.edit),
            };
            if proves {
                return Ok(Some(record.lsn.offset()));
            }
        }
        Ok(None)
    }

    /// What is wrong with a record of the write-ahead log.
    fn wal_fault(&mut self, kind: u8, payload: Vec<u8>) -> Option<String> {
        match wal::Entry::decode(kind, &payload)? {
            wal::Entry::Commit(marker) => {
                self.seq = None;
                let seen = self.open.replace(Vec::new())?.len();
                (marker.operations as usize != seen).then(|| {
                    format!("commit {} has {seen} of its {} operations", marker.seq, marker.operations)
                })
            }
            operation => {
                if let Some(open) = &mut self.open {
                    open.push((kind, Vec::new()));
                }
                let wal::Entry::Put { id, text, .. } = operation else { return None };
                self.documents.fault(id, text).map(|fault| format!("document {id:?}: {fault}"))
            }
        }
    }

    /// What is wrong with an edit of a manifest, told at its end.
    fn edit_fault(&mut self, kind: u8, payload: Vec<u8>) -> Option<String> {
        if kind != manifest::END {
            self.open.iter_mut().for_each(|open| open.push((kind, payload.clone())));
            return None;
        }
        let (counted, edit) = decode_end(&payload)?;
        let expected = std::mem::replace(&mut self.edit, edit.saturating_add(1));
        let Some(records) = self.open.replace(Vec::new()) else {
            self.manifest = None;
            return None;
        };
        if (counted as usize, edit) != (records.len(), expected) {
            self.manifest = None;
            let there = records.len();
            return Some(format!(
                "it ends edit {edit} of {counted} records; edit {expected} of {there} is here"
            ));
        }
        let manifest = self.manifest.as_mut()?;
        let fits = records.iter().all(|(kind, payload)| manifest.apply(*kind, payload).is_some());
        (!fits).then(|| {
            self.manifest = None;
            "the edit does not fit what is before it".to_owned()
        })
    }
}
