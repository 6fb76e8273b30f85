//! The data folder: the registry, and that every database that it names is there.

use super::context::Context;
use super::{database, single};
use crate::disk::Disk;
use crate::error::disk_error;
use crate::inspect::Repair;
use crate::log::FileKind;
use crate::registry;
use quire_model::{Code, Error, Name, Result};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// What a data folder has besides what the engine keeps in it.
const KNOWN: &[&str] = &["LOCK", "databases", registry::NAME, "quire.sock", "quire.toml"];

/// Whether there is a data folder.
pub(super) fn must_be_there(disk: &dyn Disk, folder: &Path) -> Result<()> {
    let there =
        disk.list(&folder.join("databases")).is_ok() || disk.open(&folder.join(registry::NAME)).is_ok();
    if there {
        return Ok(());
    }
    let detail = format!("there is no QuireDB data folder at {}", folder.display());
    Err(Error::new(Code::Unavailable, detail))
}

/// Checks everything in a data folder.
pub(super) fn check(context: &mut Context<'_>, folder: &Path) -> Result<()> {
    let databases = folder.join("databases");
    let names = match context.disk.list(&databases) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(disk_error("list", databases.display(), error)),
    };
    let mut found: BTreeMap<u32, Option<Name>> = BTreeMap::new();
    let mut fresh = true;
    for name in &names {
        let path = databases.join(name);
        if let Some(number) = folder_number(name) {
            let database = database::check(context, &path, number)?;
            fresh &= database.fresh;
            found.insert(number, database.name);
        } else if name.ends_with(".new") || name.ends_with(".dropped") {
            context.note(&path, None, "left over from a database that was being made or dropped");
        } else {
            context.note(&path, None, "nothing names this");
        }
    }
    same_name(context, &databases, &found);
    registered(context, folder, &names, &found, fresh)?;
    let listed = context.disk.list(folder).map_err(|e| disk_error("list", folder.display(), e))?;
    for name in listed.iter().filter(|name| !KNOWN.contains(&name.as_str())) {
        context.note(&folder.join(name), None, "nothing names this");
    }
    Ok(())
}

/// The number in a database folder's name, if it is one.
fn folder_number(name: &str) -> Option<u32> {
    name.parse().ok().filter(|number: &u32| number.to_string() == name && *number < u32::MAX)
}

fn same_name(context: &mut Context<'_>, databases: &Path, found: &BTreeMap<u32, Option<Name>>) {
    let mut names: BTreeMap<&Name, u32> = BTreeMap::new();
    for (number, name) in found.iter().filter_map(|(number, name)| Some((number, name.as_ref()?))) {
        if let Some(other) = names.insert(name, *number) {
            let what = format!("database {name} is in folder {other} too");
            context.damage(&databases.join(number.to_string()), None, what, None);
        }
    }
}

/// The registry against the folders.
fn registered(
    context: &mut Context<'_>,
    folder: &Path,
    names: &[String],
    found: &BTreeMap<u32, Option<Name>>,
    fresh: bool,
) -> Result<()> {
    let (path, databases) = (folder.join(registry::NAME), folder.join("databases"));
    // Every database's manifest has its name, so the list can be made anew as long as no folder is lost.
    let repair = Some(Repair::Rebuild);
    if matches!(context.disk.open(&path), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        match fresh && found.len() <= 1 {
            true => context.note(&path, None, "there is none yet: the first database was being made"),
            false => context.damage(&path, None, "the file is missing", repair),
        }
        return Ok(());
    }
    if !single::records(context, &path, FileKind::Registry, repair)? {
        return Ok(());
    }
    let registry = match registry::read(&*context.disk, folder) {
        Ok(registry) => registry.unwrap_or_default(),
        Err(error) => {
            context.damage(&path, None, error.detail(), repair);
            return Ok(());
        }
    };
    for (number, name) in &registry.databases {
        let own = databases.join(number.to_string());
        match found.get(number) {
            Some(Some(known)) if known != name => {
                let what = format!("the registry calls database {number} {name}, its manifest {known}");
                context.damage(&path, None, what, repair);
            }
            Some(_) => {}
            None if names.contains(&format!("{number}.dropped")) => {}
            None => context.damage(&own, None, format!("the folder of database {name} is missing"), None),
        }
    }
    for number in found.keys().filter(|n| !registry.databases.iter().any(|(known, _)| known == *n)) {
        context.note(&databases.join(number.to_string()), None, "the registry does not name it yet");
    }
    Ok(())
}
