//! Damage at rest: after bytes of a file have changed, every answer is right or a typed error, never wrong.
//!
//! 1. A store lives and rests: closed in good order, or cut off and recovered, so that what it holds is noted; or only
//!    cut off, where a bit that flips in the last group makes it look like a torn tail, and that commit may be gone.
//! 2. Copies of the disk are damaged, each in one way: a bit, a sector, a cut, two sectors swapped, an older version of
//!    the file, the same file of another store, another file of this one, no file.
//! 3. Each copy is opened and read whole, and written to, and opened again.

use crate::book::{Book, Books, Outcome, first_books, fork};
use crate::check::Trouble;
use crate::life::{Life, settle_all};
use crate::rig::Rig;
use crate::tally::Tally;
use crate::work::Work;
use quire_engine::{Disk, SimDisk, World};
use quire_model::{Code, DocId, Document, Expect, Name, Operation, Store, WriteBatch};
use quire_testkit::Random;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Damaged copies of each store.
const COPIES: usize = 48;

const SECTOR: usize = 512;

/// How a file is damaged.
#[derive(Debug)]
enum Damage {
    Flip(usize),
    Zero(usize),
    Cut(usize),
    Swap(usize, usize),
    /// Other bytes: what the file held earlier, a foreign one, or another one of this store.
    Replace(&'static str, Vec<u8>),
    Remove,
}

/// How a store came to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Closed,
    Recovered,
    Cut,
}

pub(crate) fn run(rig: &Rig, random: &mut Random, tally: &mut Tally) -> Outcome<()> {
    let how = random.pick(&[Rest::Closed, Rest::Closed, Rest::Recovered, Rest::Cut]);
    let (disk, older, books) = rest(rig, how, random, tally)?;
    let stranger = Rig::new(World::Strict, random, false);
    let (foreign, ..) = rest(&stranger, how, random, tally)?;
    let files: Vec<PathBuf> = disk.files().into_iter().filter(|path| !path.ends_with("LOCK")).collect();
    for _ in 0..COPIES {
        let path = &files[random.below(files.len())];
        let Some(damage) = draw(&disk, path, &older, &foreign, random) else { continue };
        if how == Rest::Cut && !matches!(damage, Damage::Flip(_)) {
            continue;
        }
        let what = format!("{} of {}", name_of(&damage), path.display());
        tally.damaged += 1;
        let copy = disk.crash_copy();
        apply(&copy, path, damage).map_err(|e| format!("{what}: {e}"))?;
        match answers(rig, &copy, &books, random, tally) {
            Ok(true) => {}
            Ok(false) => tally.refused += 1,
            Err(wrong) => return Err(format!("after {what}: {wrong}")),
        }
    }
    Ok(())
}

/// What files held before.
type Older = BTreeMap<PathBuf, Vec<Vec<u8>>>;

/// A store at rest.
fn rest(rig: &Rig, how: Rest, random: &mut Random, tally: &mut Tally) -> Outcome<(SimDisk, Older, Books)> {
    let mut books = first_books()?;
    let work = Work::new(random);
    let disk = SimDisk::new(World::Strict, random.next_u64());
    let mut older = Older::new();
    let mut life = Life::begin(rig, &disk, &mut books, &work, tally, random)?.ok_or("no life")?;
    let acts = random.pick(&[5, 20, 60, 120]);
    for n in 0..acts {
        life.act_well(random)?;
        if n % 8 == 7 {
            for path in disk.files() {
                let bytes = disk.bytes(&path).map_err(|e| e.to_string())?;
                older.entry(path).or_default().push(bytes);
            }
        }
    }
    if how == Rest::Closed {
        life.close()?;
        return Ok((disk.restart().crash(), older, books));
    }
    let cut = disk.crash();
    drop(life);
    if how == Rest::Cut {
        books.values_mut().try_for_each(Book::doubt_last)?;
        return Ok((cut, older, books));
    }
    // The recovery notes how far the log reaches; from then on what is missing is damage.
    let store = rig.open(&cut).map_err(|e| format!("the open failed with {}: {e}", e.code()))?;
    settle_all(&store, &mut books, random).map_err(Trouble::text)?;
    Ok((cut.crash(), older, books))
}

fn draw(
    disk: &SimDisk,
    path: &Path,
    older: &Older,
    foreign: &SimDisk,
    random: &mut Random,
) -> Option<Damage> {
    let bytes = disk.bytes(path).ok()?;
    let sector = |random: &mut Random| random.below(bytes.len()) / SECTOR;
    let replaced = |how, other: Vec<u8>| (other != bytes).then_some(Damage::Replace(how, other));
    match random.below(12) {
        _ if bytes.is_empty() => None,
        0..5 => Some(Damage::Flip(random.below(bytes.len() * 8))),
        5 => Some(Damage::Zero(sector(random))),
        6 => Some(Damage::Cut(random.below(bytes.len()))),
        7 => Some(Damage::Swap(sector(random), sector(random))),
        8 => {
            let versions = older.get(path)?;
            replaced("an older version", versions[random.below(versions.len())].clone())
        }
        9 => replaced("a foreign version", foreign.bytes(path).ok()?),
        10 => {
            let others: Vec<PathBuf> =
                disk.files().into_iter().filter(|other| other.extension() == path.extension()).collect();
            replaced("a copy of another file", disk.bytes(&others[random.below(others.len())]).ok()?)
        }
        _ => Some(Damage::Remove),
    }
}

fn name_of(damage: &Damage) -> String {
    match damage {
        Damage::Flip(bit) => format!("a flip of bit {} of byte {}", bit % 8, bit / 8),
        Damage::Zero(sector) => format!("zeros in sector {sector}"),
        Damage::Cut(length) => format!("a cut to {length} bytes"),
        Damage::Swap(one, other) => format!("a swap of the sectors {one} and {other}"),
        Damage::Replace(how, _) => format!("{how} in the place"),
        Damage::Remove => "the removal".to_owned(),
    }
}

fn apply(disk: &SimDisk, path: &Path, damage: Damage) -> std::io::Result<()> {
    let range = |sector: usize, length: usize| (sector * SECTOR)..((sector + 1) * SECTOR).min(length);
    match damage {
        Damage::Flip(bit) => disk.flip_bit(path, bit as u64),
        Damage::Zero(sector) => disk.damage(path, |bytes| {
            let range = range(sector, bytes.len());
            bytes[range].fill(0);
        }),
        Damage::Cut(length) => disk.damage(path, |bytes| bytes.truncate(length)),
        Damage::Swap(one, other) => disk.damage(path, |bytes| {
            let (one, other) = (range(one, bytes.len()), range(other, bytes.len()));
            let count = one.len().min(other.len());
            for n in 0..count {
                bytes.swap(one.start + n, other.start + n);
            }
        }),
        Damage::Replace(_, other) => disk.damage(path, |bytes| *bytes = other),
        Damage::Remove => disk.remove(path),
    }
}

/// Whether a typed error is how damage may be answered.
fn names_damage(code: Code) -> bool {
    matches!(code, Code::Corrupt | Code::FormatUnsupported)
}

/// Whether a damaged copy answers everything right; false where it refuses with a typed error. An error here is a wrong
/// answer.
fn answers(
    rig: &Rig,
    disk: &SimDisk,
    books: &Books,
    random: &mut Random,
    tally: &mut Tally,
) -> Outcome<bool> {
    let mut books = fork(books)?;
    for round in 0..2 {
        tally.opens += 1;
        let store = match rig.open(disk) {
            Ok(store) => store,
            Err(error) if names_damage(error.code()) => return Ok(false),
            Err(error) => return Err(format!("the open failed with {}: {error}", error.code())),
        };
        match settle_all(&store, &mut books, random) {
            Ok(()) => {}
            Err(Trouble::Failed(error)) if names_damage(error.code()) => return Ok(false),
            Err(trouble) => return Err(trouble.text()),
        }
        for (name, book) in &mut books {
            let batch = Arc::new(one_more(round).map_err(|e| e.to_string())?);
            match store.commit(name, WriteBatch::clone(&batch)) {
                Ok(done) if book.commit(&batch)?.is_ok_and(|expected| expected == done) => {}
                Ok(done) => return Err(format!("a commit answered {done:?}")),
                Err(error) if names_damage(error.code()) => return Ok(false),
                Err(error) => return Err(format!("a commit failed with {}: {error}", error.code())),
            }
        }
        match store.close() {
            Err(error) if !names_damage(error.code()) => return Err(format!("the close failed: {error}")),
            _ => {}
        }
    }
    Ok(true)
}

fn one_more(round: usize) -> quire_model::Result<WriteBatch> {
    let id = DocId::new(format!("more{round}"))?;
    let document = Document::from_checked(id, format!("{{\"_id\":\"more{round}\"}}"));
    Ok(WriteBatch::of(Operation::Put { collection: Name::new("probe")?, document, expect: Expect::Any }))
}
