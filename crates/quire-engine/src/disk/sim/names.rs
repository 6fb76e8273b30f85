//! Folders and the names in them: those that are seen, those that a power cut leaves, and the changes between the two.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path};

/// A file or a folder, whatever it is called.
pub(super) type Node = u64;

pub(super) const ROOT: Node = 0;

#[derive(Debug, Clone, Default)]
pub(super) struct Folder {
    pub(super) seen: BTreeMap<OsString, Node>,
    pub(super) durable: BTreeMap<OsString, Node>,
}

/// A name in a folder.
type Entry = (Node, OsString);

/// A change of names. A rename is one change and never half of one.
#[derive(Debug, Clone)]
pub(super) enum Naming {
    Link { to: Entry, node: Node },
    Unlink { from: Entry },
    Rename { from: Entry, to: Entry, node: Node },
}

/// Every folder of a disk.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) folders: BTreeMap<Node, Folder>,
    /// What waits for a sync, oldest first, each with its place among all changes of the disk.
    pub(super) waiting: Vec<(u64, Naming)>,
}

impl Default for Names {
    fn default() -> Names {
        Names { folders: BTreeMap::from([(ROOT, Folder::default())]), waiting: Vec::new() }
    }
}

pub(super) fn absent(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, path.display().to_string())
}

impl Names {
    /// What a path names now.
    pub(super) fn find(&self, path: &Path) -> io::Result<Node> {
        path.components().try_fold(ROOT, |at, part| match part {
            Component::Normal(name) => {
                let folder = self.folders.get(&at).ok_or_else(|| absent(path))?;
                folder.seen.get(name).copied().ok_or_else(|| absent(path))
            }
            _ => Ok(at),
        })
    }

    /// The folder that a path is in, and its last name there.
    pub(super) fn entry(&self, path: &Path) -> io::Result<Entry> {
        let name = path.file_name().ok_or_else(|| absent(path))?;
        let folder = self.find(path.parent().unwrap_or(Path::new("")))?;
        if self.folders.contains_key(&folder) { Ok((folder, name.to_owned())) } else { Err(absent(path)) }
    }

    pub(super) fn at(&self, (folder, name): &Entry) -> Option<Node> {
        self.folders.get(folder)?.seen.get(name).copied()
    }

    pub(super) fn is_folder(&self, node: Node) -> bool {
        self.folders.contains_key(&node)
    }

    pub(super) fn is_empty(&self, folder: Node) -> bool {
        self.folders.get(&folder).is_some_and(|folder| folder.seen.is_empty())
    }

    /// Changes what is seen; the change waits for a sync.
    pub(super) fn change(&mut self, order: u64, naming: Naming) {
        apply(&mut self.folders, &naming, |folder| &mut folder.seen);
        self.waiting.push((order, naming));
    }

    /// Makes the changes durable that `picked` says, in their order. Answers whether there were any.
    pub(super) fn commit(&mut self, picked: impl Fn(&Naming) -> bool) -> bool {
        let before = self.waiting.len();
        let folders = &mut self.folders;
        self.waiting.retain(|(_, naming)| {
            let commits = picked(naming);
            if commits {
                apply(folders, naming, |folder| &mut folder.durable);
            }
            !commits
        });
        self.waiting.len() < before
    }

    /// Changes what is durable by one change more, for a disk after a power cut.
    pub(super) fn survive(&mut self, naming: &Naming) {
        apply(&mut self.folders, naming, |folder| &mut folder.durable);
    }

    /// Forgets what waits and what no path leads to any more: names are as the power cut left them.
    pub(super) fn settle(&mut self) {
        self.waiting.clear();
        for folder in self.folders.values_mut() {
            folder.seen.clone_from(&folder.durable);
        }
        let reached = self.reached();
        self.folders.retain(|node, _| reached.contains(node));
    }

    /// Every node that has a name, is about to have one, or had one that a power cut may bring back.
    pub(super) fn reached(&self) -> BTreeSet<Node> {
        let mut reached = BTreeSet::from([ROOT]);
        let mut open = vec![ROOT];
        let awaited = self.waiting.iter().filter_map(|(_, naming)| naming.node());
        open.extend(awaited);
        reached.extend(open.iter().copied());
        while let Some(folder) = open.pop().map(|node| self.folders.get(&node)) {
            let below = folder.iter().flat_map(|folder| folder.seen.values().chain(folder.durable.values()));
            open.extend(below.filter(|node| reached.insert(**node)));
        }
        reached
    }

    /// Names in a folder, sorted.
    pub(super) fn list(&self, folder: Node) -> Vec<String> {
        let names = self.folders.get(&folder).into_iter().flat_map(|folder| folder.seen.keys());
        names.filter_map(|name| name.to_str().map(str::to_owned)).collect()
    }

    pub(super) fn children(&self, folder: Node) -> Vec<(OsString, Node)> {
        let names = self.folders.get(&folder).into_iter().flat_map(|folder| &folder.seen);
        names.map(|(name, node)| (name.clone(), *node)).collect()
    }
}

impl Naming {
    /// Whether a sync of this folder is for this change.
    pub(super) fn is_in(&self, folder: Node) -> bool {
        match self {
            Naming::Link { to, .. } => to.0 == folder,
            Naming::Unlink { from } => from.0 == folder,
            Naming::Rename { from, to, .. } => from.0 == folder || to.0 == folder,
        }
    }

    fn node(&self) -> Option<Node> {
        match self {
            Naming::Link { node, .. } | Naming::Rename { node, .. } => Some(*node),
            Naming::Unlink { .. } => None,
        }
    }
}

type View = fn(&mut Folder) -> &mut BTreeMap<OsString, Node>;

fn apply(folders: &mut BTreeMap<Node, Folder>, naming: &Naming, view: View) {
    match naming {
        Naming::Link { to, node } => link(folders, to, *node, view),
        Naming::Unlink { from } => unlink(folders, from, view),
        Naming::Rename { from, to, node } => {
            unlink(folders, from, view);
            link(folders, to, *node, view);
        }
    }
}

fn link(folders: &mut BTreeMap<Node, Folder>, (folder, name): &Entry, node: Node, view: View) {
    if let Some(folder) = folders.get_mut(folder) {
        view(folder).insert(name.clone(), node);
    }
}

fn unlink(folders: &mut BTreeMap<Node, Folder>, (folder, name): &Entry, view: View) {
    if let Some(folder) = folders.get_mut(folder) {
        view(folder).remove(name);
    }
}
