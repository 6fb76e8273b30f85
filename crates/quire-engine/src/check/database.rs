//! One database: what its manifest names must be there and whole, and what it does not name is told.

use super::context::Context;
use super::{keys, log, manifest, segment, single};
use crate::error::disk_error;
use crate::manifest as manifests;
use crate::{segment as segments, wal};
use quire_model::{Name, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// What a database's folder showed.
pub(super) struct Database {
    /// `None` where the manifest cannot be read.
    pub(super) name: Option<Name>,
    /// Whether nothing was ever committed to it.
    pub(super) fresh: bool,
}

/// Checks a database's folder.
pub(super) fn check(context: &mut Context<'_>, folder: &Path, number: u32) -> Result<Database> {
    context.report.totals.databases += 1;
    context.database = None;
    let names = context.disk.list(folder).map_err(|e| disk_error("list", folder.display(), e))?;
    let Some((manifest, current)) = manifest::read(context, folder, &names)? else {
        let what = "what the database consists of is not known: each of its files was checked for itself";
        context.note(folder, None, what);
        single::each(context, folder, &names)?;
        return Ok(Database { name: None, fresh: false });
    };
    context.database = Some(manifest.name.to_string());
    if manifest.database != number {
        let what = format!("its manifest is that of database {}", manifest.database);
        context.damage(folder, None, what, None);
    }
    let mut lost = BTreeSet::new();
    for (number, entry) in &manifest.segments {
        if !segment::check(context, folder, &manifest, entry)? {
            lost.insert(*number);
        }
    }
    let log = log::check(context, folder, &names, &manifest)?;
    keys::check(context, folder, &manifest, &lost, &log.dropped);
    for name in &names {
        let named = match (segments::file_number(name), manifests::file_number(name)) {
            (Some(number), _) => manifest.segments.contains_key(&number),
            (_, Some(number)) => number == current,
            _ => name == manifests::POINTER || wal::file_number(name).is_some(),
        };
        if !named {
            context.note(&folder.join(name), None, "nothing names this file");
        }
    }
    let fresh = manifest.checkpoint_seq == 0 && log.commits == 0;
    context.database = None;
    Ok(Database { name: Some(manifest.name), fresh })
}
