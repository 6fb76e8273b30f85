//! `export`: a collection, document by document, into a file or to standard output.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use quire_client::{Collection, Find};
use quire_model::without_rev;

use super::Desk;
use crate::args::{Export, ExportFormat};
use crate::failure::Failure;

pub(super) async fn run(desk: &Desk, collection: &Collection, args: Export) -> Result<(), Failure> {
    // Asked before a file is made: a collection that does not exist leaves nothing behind.
    let mut documents = collection.find_stream(&Find::default()).await?;
    let target = args.file.as_deref().filter(|file| *file != "-");
    let mut sink = Sink::open(target)?;
    let bytes_done = Arc::new(AtomicU64::new(0));
    let progress = desk.notes.progress(None, Arc::clone(&bytes_done));
    let mut count: u64 = 0;
    let begin: &[u8] = if args.format == ExportFormat::Array { b"[\n" } else { b"" };
    sink.write(begin)?;
    while let Some(document) = documents.next().await? {
        let text = if args.with_rev { document } else { without_rev(&document) };
        if args.format == ExportFormat::Array && count > 0 {
            sink.write(b",\n")?;
        }
        sink.write(text.as_bytes())?;
        if args.format == ExportFormat::Ndjson {
            sink.write(b"\n")?;
        }
        count += 1;
        bytes_done.fetch_add(text.len() as u64, Ordering::Relaxed);
        progress.update(count);
    }
    let end: &[u8] = match (args.format, count) {
        (ExportFormat::Ndjson, _) => b"",
        (ExportFormat::Array, 0) => b"]\n",
        (ExportFormat::Array, _) => b"\n]\n",
    };
    sink.write(end)?;
    sink.finish()?;
    drop(progress);
    desk.notes.say(format_args!("exported {count} documents"));
    Ok(())
}

/// Where an export goes. A file has its name only when it is complete and on the disk.
enum Sink {
    Standard(BufWriter<io::Stdout>),
    /// Something that has a name and is no file.
    Special(Writer, PathBuf),
    File(Partial),
}

struct Partial {
    /// None once the file has its name.
    writer: Option<Writer>,
    partial: PathBuf,
    target: PathBuf,
}

enum Writer {
    Plain(BufWriter<File>),
    Packed(GzEncoder<BufWriter<File>>),
}

impl Sink {
    fn open(target: Option<&str>) -> Result<Sink, Failure> {
        let Some(target) = target else { return Ok(Sink::Standard(BufWriter::new(io::stdout()))) };
        let path = Path::new(target);
        let there = match fs::metadata(path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unwritable(path, &error)),
        };
        let packed = |file: File| match target.ends_with(".gz") {
            true => Writer::Packed(GzEncoder::new(BufWriter::new(file), Compression::default())),
            false => Writer::Plain(BufWriter::new(file)),
        };
        // A device, a pipe or a socket is written to; only a file is replaced, by one with its permissions, and where
        // a link leads to it, there.
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            let file = File::options().write(true).open(path).map_err(|error| unwritable(path, &error))?;
            return Ok(Sink::Special(packed(file), path.to_owned()));
        }
        let target = match there {
            Some(_) => fs::canonicalize(path).map_err(|error| unwritable(path, &error))?,
            None => path.to_owned(),
        };
        let mut partial = target.clone().into_os_string();
        partial.push(format!(".{}.partial", std::process::id()));
        let partial = PathBuf::from(partial);
        let file = File::create_new(&partial).map_err(|error| unwritable(&partial, &error))?;
        let permitted = there.map_or(Ok(()), |there| file.set_permissions(there.permissions()));
        let sink = Partial { writer: Some(packed(file)), partial, target };
        permitted.map_err(|error| unwritable(&sink.partial, &error))?;
        Ok(Sink::File(sink))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Sink::Standard(out) => Ok(out.write_all(bytes)?),
            Sink::Special(out, path) => out.write(bytes).map_err(|error| unwritable(path, &error)),
            Sink::File(file) => file.write(bytes).map_err(|error| unwritable(&file.partial, &error)),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Sink::Standard(mut out) => Ok(out.flush()?),
            Sink::Special(out, path) => {
                out.finish().and_then(|mut file| file.flush()).map_err(|error| unwritable(&path, &error))
            }
            Sink::File(mut file) => file.finish().map_err(|error| unwritable(&file.target, &error)),
        }
    }
}

impl Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Writer::Plain(out) => out.write_all(bytes),
            Writer::Packed(out) => out.write_all(bytes),
        }
    }

    /// Everything that was written, in the file.
    fn finish(self) -> io::Result<File> {
        let out = match self {
            Writer::Plain(out) => out,
            Writer::Packed(out) => out.finish()?,
        };
        out.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.writer {
            Some(out) => out.write(bytes),
            None => Err(io::Error::other("the file is closed")),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        writer.finish()?.sync_all()?;
        let renamed = fs::rename(&self.partial, &self.target);
        if renamed.is_err() {
            // The error that matters is the one of the rename.
            fs::remove_file(&self.partial).ok();
        }
        renamed
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            // An export that did not reach its end already has an error to tell.
            fs::remove_file(&self.partial).ok();
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::Output(io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
