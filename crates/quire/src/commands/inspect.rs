//! `inspect …`.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;

use quire_engine::{Entry, FileKind, RealDisk, Value, file_kind};
use quire_model::Code;

use super::Desk;
use crate::args::{Format, InspectFile};
use crate::failure::Failure;

pub(super) fn run(desk: &Desk, asked: &InspectFile) -> Result<(), Failure> {
    let (word, path, documents) = match asked {
        InspectFile::Wal { file, documents } => ("wal", file, *documents),
        InspectFile::Segment { file, rows } => ("segment", file, *rows),
        InspectFile::Manifest { file } => ("manifest", file, false),
    };
    let kind = kind(word, path)?;
    let columns = ["offset", "bytes", "kind", "says", "damage"].map(str::to_owned).to_vec();
    let in_columns = matches!(desk.output.format(), Format::Table | Format::Csv);
    let mut list = desk.output.list(in_columns.then_some(columns));
    let (mut failure, mut damages) = (None, 0u64);
    let whole = quire_engine::inspect(path, kind, documents, &mut |entry| {
        damages += u64::from(!entry.damage.is_empty());
        let object = if in_columns { columns_of(entry) } else { object_of(entry) };
        match list.add(&object) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    list.end()?;
    if whole {
        return Ok(());
    }
    let places = if damages == 1 { "1 place" } else { &format!("{damages} places") };
    Err(Failure::problem(Code::Corrupt, format!("{} is damaged in {places}", path.display())))
}

/// The kind of the file: what it says of itself, which has to be what was asked for; where its header is damaged, what
/// was asked for.
fn kind(word: &str, path: &Path) -> Result<FileKind, Failure> {
    let says = file_kind(&RealDisk, path)?;
    let shown_by = |kind| match kind {
        FileKind::Wal => "wal",
        FileKind::Segment => "segment",
        FileKind::Manifest | FileKind::Current | FileKind::Registry => "manifest",
    };
    match says {
        Some(kind) if shown_by(kind) == word => Ok(kind),
        Some(kind) => {
            let (file, name, other) = (path.display(), kind.name(), shown_by(kind));
            Err(Failure::usage(format!("{file} is {name}: `quire inspect {other}` shows it")))
        }
        None => Ok(match word {
            "wal" => FileKind::Wal,
            "segment" => FileKind::Segment,
            _ if path.ends_with("current") => FileKind::Current,
            _ if path.ends_with("registry") => FileKind::Registry,
            _ => FileKind::Manifest,
        }),
    }
}

/// The entry with a field for each thing that it says.
fn object_of(entry: &Entry) -> String {
    let mut out =
        format!("{{\"offset\":{},\"bytes\":{},\"kind\":{}", entry.offset, entry.bytes, text(entry.kind));
    for (name, value) in &entry.fields {
        // Writing into a String cannot fail.
        let _ = write!(out, ",{}:{}", text(name), json(value));
    }
    if !entry.damage.is_empty() {
        let _ = write!(out, ",\"damage\":{}", text(&entry.damage.join("; ")));
    }
    out.push('}');
    out
}

/// The entry with everything that it says in one column.
fn columns_of(entry: &Entry) -> String {
    let plain = |value: &Value| match value {
        Value::Text(text) | Value::Json(text) => text.clone(),
        other => json(other),
    };
    let says: Vec<String> =
        entry.fields.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
    let (offset, bytes, kind) = (entry.offset, entry.bytes, text(entry.kind));
    let (says, damage) = (text(&says.join(" ")), text(&entry.damage.join("; ")));
    format!("{{\"offset\":{offset},\"bytes\":{bytes},\"kind\":{kind},\"says\":{says},\"damage\":{damage}}}")
}

fn json(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Signed(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        // A line of results is one line, whatever a file holds.
        Value::Json(json) if !json.contains(['\n', '\r']) => json.clone(),
        Value::Text(plain) | Value::Json(plain) => text(plain),
    }
}

fn text(plain: &str) -> String {
    let mut out = Vec::new();
    quire_model::json::write_string(plain, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
