//! What no flipped bit leaves: files whose checksums hold and that say what is not so.

use super::{CheckProgress, Report, check_on};
use crate::bitmap::Bitmap;
use crate::clock::{Clock, ManualClock};
use crate::codec::Checksum;
use crate::disk::SimDisk;
use crate::inspect::{FileKind, inspect_on};
use crate::log::{self, Encoder, HEADER_BYTES, Header, Lsn};
use crate::manifest::{self, Manifest, ManifestLog, SegmentEntry};
use crate::options::Options;
use crate::segment::{Identity, Row, SegmentWriter, file_name};
use crate::store::EngineStore;
use crate::wal::{self, CommitMarker, encode_commit, encode_delete, encode_put};
use quire_model::{DocId, Document, Expect, Name, Operation, Store, WriteBatch};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder() -> PathBuf {
    PathBuf::from("/data/databases/1")
}

/// A closed folder with two segments: `a` is replaced in the second, `b` deleted, the others as they were.
fn made() -> (SimDisk, Manifest) {
    let disk = SimDisk::default();
    let options = Options { background: false, ..Options::default() };
    let clock = Arc::new(ManualClock::default());
    let store = EngineStore::open_on(Arc::new(disk.clone()), clock, Path::new("/data"), options).unwrap();
    let main = Name::new("main").unwrap();
    let collection = Name::new("c").unwrap();
    let put = |id: &str| Operation::Put {
        collection: collection.clone(),
        document: Document::parse(format!("{{\"_id\":\"{id}\"}}").as_bytes()).unwrap(),
        expect: Expect::Any,
    };
    let commit = |operations| store.commit(&main, WriteBatch { operations }).unwrap();
    commit(["a", "b", "c", "d", "e"].map(put).to_vec());
    store.checkpoint(&main).unwrap();
    let id = DocId::new("b").unwrap();
    commit(vec![put("a"), Operation::Delete { collection: collection.clone(), id, expect: Expect::Any }]);
    store.checkpoint(&main).unwrap();
    drop(store);
    let (manifest, _) = manifest::read(&disk, &folder()).unwrap();
    (disk, manifest)
}

/// Makes another manifest the one that counts, and checks.
fn with(disk: &SimDisk, manifest: &Manifest) -> Report {
    ManifestLog::create(disk, &ManualClock::default(), &folder(), manifest).unwrap();
    check(disk)
}

fn check(disk: &SimDisk) -> Report {
    check_on(Arc::new(disk.clone()), Path::new("/data"), &CheckProgress::default()).unwrap()
}

/// The sentences about damage.
fn said(report: &Report) -> Vec<&str> {
    damages(report).map(|finding| finding.what.as_str()).collect()
}

fn damages(report: &Report) -> impl Iterator<Item = &super::Finding> {
    report.findings.iter().filter(|finding| finding.severity == super::Severity::Damage)
}

#[test]
fn the_rows_that_the_manifest_hides_are_proved_by_the_rows() {
    let (disk, manifest) = made();
    assert_eq!(said(&with(&disk, &manifest)), [""; 0]);
    let hide = |segment: u64, rows: &[u32]| {
        let mut changed = manifest.clone();
        let mut bitmap = Bitmap::default();
        rows.iter().for_each(|row| assert!(bitmap.insert(*row)));
        changed.segments.get_mut(&segment).unwrap().hidden = Arc::new(bitmap);
        changed
    };
    let report = with(&disk, &hide(1, &[1]));
    assert_eq!(said(&report), ["row 0 (\"a\" of commit 1): it is not hidden, and there is a newer one"]);
    assert_eq!(report.findings[0].repairable_by.map(|repair| repair.as_str()), Some("rebuild"));
    let report = with(&disk, &hide(1, &[0, 1, 2]));
    assert_eq!(
        said(&report),
        [
            "row 2 (\"c\" of commit 1): it is hidden, and there is no newer one",
            "the manifest counts 4 documents in collection c, its segments have 3"
        ]
    );
    let report = with(&disk, &hide(2, &[0]));
    assert!(said(&report)[0].starts_with("row 0 (\"a\" of commit 2): it is hidden"), "{report:#?}");
    // A delete that is hidden has nothing newer either.
    let report = with(&disk, &hide(2, &[1]));
    assert!(said(&report)[0].starts_with("row 1 (\"b\" of commit 2): it is hidden"), "{report:#?}");
    let report = with(&disk, &hide(2, &[7]));
    assert_eq!(said(&report), ["the manifest hides row 7, and the segment has 2 rows"]);
}

#[test]
fn counts_and_places_of_the_manifest_are_proved() {
    let (disk, manifest) = made();
    let mut changed = manifest.clone();
    changed.collections.get_mut(&1).unwrap().documents = 5;
    assert_eq!(
        said(&with(&disk, &changed)),
        ["the manifest counts 5 documents in collection c, its segments have 4"]
    );
    let mut changed = manifest.clone();
    changed.database = 2;
    assert_eq!(said(&with(&disk, &changed)), ["its manifest is that of database 2"]);
    let mut changed = manifest.clone();
    changed.name = Name::new("other").unwrap();
    assert_eq!(said(&with(&disk, &changed)), ["the registry calls database 1 main, its manifest other"]);
    let mut changed = manifest.clone();
    changed.checkpoint_seq = 1;
    let report = with(&disk, &changed);
    assert!(said(&report).contains(&"it has commit 2, and the checkpoint is at 1"), "{report:#?}");
    assert!(said(&report).contains(&"commit 2 ends where the checkpoint is at commit 1"), "{report:#?}");
    let mut changed = manifest.clone();
    let row = Arc::make_mut(&mut changed.segments.get_mut(&1).unwrap().row);
    row.parts[0].deletes = 1;
    let report = with(&disk, &changed);
    assert_eq!(said(&report), ["its parts are not those that the manifest names"; 2]);
    let mut changed = manifest;
    changed.durable_lsn = changed.durable_lsn.plus(1);
    let report = with(&disk, &changed);
    assert!(said(&report)[0].starts_with("the log was durable up to"), "{report:#?}");
}

/// What is said of a segment with these rows in the place of the second.
fn rows(rows: &[(u64, &str, Option<&str>)]) -> Vec<String> {
    let (disk, mut manifest) = made();
    let salt = ManualClock::default().random().unwrap();
    let identity = Identity { number: 9, timeline: manifest.timeline, salt };
    let mut writer = SegmentWriter::create(Arc::new(disk.clone()), &folder(), identity).unwrap();
    for (seq, id, text) in rows {
        writer.add(Row { collection: 7, seq: *seq, id, text: *text }).unwrap();
    }
    let row = Arc::new(writer.finish().unwrap());
    manifest.segments.insert(9, SegmentEntry { row, hidden: Arc::default() });
    let report = with(&disk, &manifest);
    assert!(damages(&report).all(|f| f.offset == Some(64) && f.file.ends_with("9.seg")), "{report:#?}");
    said(&report).into_iter().map(str::to_owned).collect()
}

#[test]
fn rows_are_in_order_and_are_documents_of_their_ids() {
    let (a, b) = (Some("{\"_id\":\"a\"}"), Some("{\"_id\":\"b\"}"));
    assert_eq!(rows(&[(1, "a", a), (2, "b", b), (2, "c", None)]), [""; 0]);
    assert_eq!(
        rows(&[(1, "b", b), (1, "a", a)]),
        ["row 1 (\"a\"): it does not come after the row before it"]
    );
    assert_eq!(
        rows(&[(1, "a", a), (2, "a", a)]),
        ["row 1 (\"a\"): it does not come after the row before it"]
    );
    assert_eq!(rows(&[(1, "a", b)]), ["row 0 (\"a\"): its _id is \"b\""]);
    assert_eq!(rows(&[(1, "a", Some("{}"))]), ["row 0 (\"a\"): it has no _id"]);
    assert_eq!(rows(&[(1, "a", Some("[1]"))]), ["row 0 (\"a\"): it is of type array and not an object"]);
    assert!(rows(&[(1, "a", Some("{\"_id\":\"a\""))])[0].contains("it is not JSON at its byte 10"));
    assert_eq!(rows(&[(0, "a", a)]), ["row 0 (\"a\"): it has no commit"]);
    let many: Vec<_> = (0..9).map(|_| (1, "x", a)).collect();
    assert_eq!(rows(&many).last().unwrap(), "and 5 rows more");
}

/// Changes the piece of a kind in the first segment and gives it a checksum that holds.
fn forged(kind: &str, crc_at: usize, change: impl Fn(&mut [u8])) -> Vec<String> {
    let (disk, mut manifest) = made();
    // Enough rows for a key filter.
    let identity = Identity { number: 9, timeline: manifest.timeline, salt: [3; 16] };
    let mut writer = SegmentWriter::create(Arc::new(disk.clone()), &folder(), identity).unwrap();
    for n in 10..99 {
        let (id, text) = (n.to_string(), format!("{{\"_id\":\"{n}\"}}"));
        writer.add(Row { collection: 7, seq: 1, id: &id, text: Some(&text) }).unwrap();
    }
    let row = Arc::new(writer.finish().unwrap());
    manifest.segments.insert(9, SegmentEntry { row, hidden: Arc::default() });
    let path = folder().join(file_name(9));
    let mut place = None;
    inspect_on(&disk, &path, FileKind::Segment, false, &mut |entry| {
        if entry.kind == kind {
            place = Some((entry.offset, entry.bytes as usize));
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let (offset, bytes) = place.unwrap();
    disk.damage(&path, |file| {
        let piece = &mut file[offset as usize..][..bytes];
        change(piece);
        let seed = Checksum::new().with(&identity.salt).with(&offset.to_le_bytes());
        let crc = seed.with(&piece[crc_at + 4..]).finish();
        piece[crc_at..crc_at + 4].copy_from_slice(&crc.to_le_bytes());
    })
    .unwrap();
    said(&with(&disk, &manifest)).into_iter().map(str::to_owned).collect()
}

#[test]
fn what_is_derived_from_rows_is_proved_by_them() {
    assert_eq!(forged("parity", 4, |_| {}), [""; 0], "the checksum is made as the writer makes it");
    let parity = forged("parity", 4, |piece| piece[100] ^= 1);
    assert_eq!(parity, ["the parity block is not the parity of its group"]);
    assert_eq!(forged("parity", 4, |piece| piece[16] = 3), ["the parity block is that of group 3"]);
    let filter = forged("filter", 0, |piece| piece[40..].fill(0));
    assert!(filter[0].ends_with("the key filter denies it"), "{filter:?}");
    let filter = forged("filter", 0, |piece| piece[16] = 0xff);
    assert!(filter[0].ends_with("the filter does not fit together"), "{filter:?}");
    let index = forged("index", 0, |piece| piece[28] ^= 1);
    assert!(index.iter().any(|what| what == "the block is not the one that the index names"), "{index:?}");
    let copy = forged("index copy", 0, |piece| piece[28] ^= 1);
    assert_eq!(copy, ["the second copy of an index differs from the first"]);
    let top = forged("top", 0, |piece| *piece.last_mut().unwrap() ^= 1);
    assert!(top.contains(&"it differs from the first".to_owned()), "{top:?}");
}

#[test]
fn a_pointer_of_another_database_is_told() {
    let (disk, manifest) = made();
    let path = folder().join(manifest::POINTER);
    let number = manifest::read_pointer(&disk, &folder()).unwrap();
    let header = Header {
        kind: log::FileKind::Current,
        number,
        salt: [5; 16],
        timeline: manifest.timeline + 1,
        created_ms: 0,
    };
    let seed = header.seed();
    let mut out = Encoder::new(&seed, Lsn::new(number, HEADER_BYTES as u64), Vec::new());
    out.record(manifest::CURRENT, |out| out.extend_from_slice(&number.to_le_bytes()));
    log::create(&disk, &path, &header, &out.finish(), 0).unwrap();
    assert_eq!(said(&check(&disk)), ["the file belongs to another database or timeline"]);
}

/// A log that goes on with these records in a second file.
fn logged(fill: impl Fn(&mut Encoder<'_>, &Manifest)) -> Report {
    check(&with_log(fill))
}

fn with_log(fill: impl Fn(&mut Encoder<'_>, &Manifest)) -> SimDisk {
    let (disk, manifest) = made();
    let clock = ManualClock::default();
    let header = Header {
        kind: log::FileKind::WriteAhead,
        number: manifest.durable_lsn.file() + 1,
        salt: clock.random().unwrap(),
        timeline: manifest.timeline,
        created_ms: 0,
    };
    let seed = header.seed();
    let mut out = Encoder::new(&seed, Lsn::new(header.number, HEADER_BYTES as u64), Vec::new());
    fill(&mut out, &manifest);
    let path = folder().join(wal::file_name(header.number));
    log::create(&disk, &path, &header, &out.finish(), 4096).unwrap();
    disk
}

#[test]
fn what_the_log_says_is_possible() {
    let marker = |seq, time_ms, operations, manifest: &Manifest| CommitMarker {
        seq,
        time_ms,
        durable: manifest.durable_lsn,
        operations,
    };
    let later = u64::MAX / 2;
    let text = "{\"_id\":\"z\"}";
    let whole = logged(|out, manifest| {
        encode_put(out, 1, None, "z", text);
        encode_delete(out, 1, Some(3), "z");
        encode_commit(out, marker(3, later, 2, manifest));
    });
    assert_eq!(said(&whole), [""; 0]);
    let report = logged(|out, manifest| {
        encode_put(out, 9, None, "z", text);
        encode_put(out, 1, None, "y", text);
        encode_put(out, 1, None, "z", "nothing");
        encode_commit(out, marker(3, later, 3, manifest));
        encode_commit(out, marker(5, later - 1, 1, manifest));
    });
    assert_eq!(
        said(&report),
        [
            "document \"y\": its _id is \"z\"",
            "document \"z\": it is not JSON at its byte 0: The JSON text must have a value here.",
            "commit 3 writes to collection 9, which does not exist",
            "commit 5 follows commit 3",
            "commit 5 has 0 of its 1 operations",
            "commit 5 is earlier than the one before it",
        ]
    );
    assert!(damages(&report).all(|finding| finding.file.ends_with("wal-00000002.log")), "{report:#?}");
    // What the marker says was durable before it is not there.
    let lost = logged(|out, manifest| {
        let durable = Lsn::new(manifest.durable_lsn.file() + 1, 64);
        encode_commit(out, CommitMarker { durable, ..marker(4, later, 0, manifest) });
    });
    assert_eq!(said(&lost), ["the log was durable up to 2:64, and cannot be read from here on"]);
    assert!(lost.findings[0].file.ends_with("wal-00000001.log"), "{lost:#?}");
}

#[test]
fn behind_the_commits_of_a_file_that_others_follow_a_bit_is_damage_and_a_torn_tail_is_none() {
    let disk = with_log(|out, manifest| {
        let marker =
            CommitMarker { seq: 3, time_ms: u64::MAX / 2, durable: manifest.durable_lsn, operations: 0 };
        encode_commit(out, marker);
    });
    let path = folder().join(wal::file_name(1));
    let whole = disk.bytes(&path).unwrap();
    let behind = |bytes: &[u8]| {
        disk.damage(&path, |file| *file = [&whole[..], bytes].concat()).unwrap();
        check(&disk)
    };
    assert!(behind(&[0; 100]).findings.is_empty());
    let report = behind(&[&[0; 40][..], &[16], &[0; 100]].concat());
    assert_eq!(said(&report), ["one bit is flipped in the room behind the last commit of the file"]);
    assert_eq!(report.findings[0].offset, Some(whole.len() as u64 + 40));
    let report = behind(&[0, 0, 7, 9, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0]);
    assert!(report.is_healthy() && report.notes == 1, "{report:#?}");
    assert_eq!(report.findings[0].offset, Some(whole.len() as u64 + 2));
}

#[test]
fn a_lone_bit_in_a_sector_that_may_be_missing_is_no_proof_of_damage() {
    let mut alone = 0;
    for more in 0..60 {
        let disk = with_log(|out, manifest| {
            // So that the group ends somewhere around the end of the second sector.
            let text = format!("{{\"_id\":\"z\",\"v\":\"{}\"}}", "x".repeat(870 + more));
            encode_put(out, 1, None, "z", &text);
            let (seq, durable) = (3, manifest.durable_lsn);
            encode_commit(out, CommitMarker { seq, time_ms: u64::MAX / 2, durable, operations: 1 });
        });
        let path = folder().join(wal::file_name(2));
        let bytes = disk.bytes(&path).unwrap();
        let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 4;
        // Each bit of the group that is set, turned off: found, but where it leaves its sector with nothing.
        for (at, byte) in bytes.iter().enumerate().take(end).skip(end - 60) {
            let bit = byte.trailing_zeros();
            if bit == 8 {
                continue;
            }
            disk.flip_bit(&path, at as u64 * 8 + u64::from(bit)).unwrap();
            let sector = disk.bytes(&path).unwrap()[at / 512 * 512..][..512].to_vec();
            let lone = sector.iter().all(|byte| *byte == 0);
            alone += usize::from(lone);
            assert_eq!(check(&disk).is_healthy(), lone, "byte {at} of {end}");
            disk.flip_bit(&path, at as u64 * 8 + u64::from(bit)).unwrap();
        }
    }
    assert!(alone > 0, "no group ended behind the beginning of a sector");
}
