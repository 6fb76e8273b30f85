//! Bugs that are planted on purpose, so that the drills can show that they would find them.
//!
//! A hook is one line at the place of the bug. Without the feature `planted`, which only the drills ask for, every hook
//! is `false` when it is compiled and leaves nothing behind.

#[cfg(feature = "planted")]
use std::cell::Cell;

/// A bug that others have made before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "planted"), expect(unreachable_pub, reason = "public with the feature only"))]
pub enum Bug {
    /// A commit is written and not synced.
    SkipSync,
    /// A file gets its name and the folder is not synced.
    SkipFolderSync,
    /// A commit is synced only when the next one comes, after it was acknowledged.
    AcknowledgeEarly,
    /// A commit is visible before it is durable.
    PublishEarly,
    /// The commit marker is made durable, and its records are left to the cache.
    MarkerBeforeData,
    /// Recovery does not seal the end of the log: what it serves stays in the cache only.
    NoTailCut,
    /// Recovery goes on in the file that it found, behind what a torn write left.
    AppendBehindTail,
    /// A sync that failed is tried again, and its yes is believed.
    RetrySync,
    /// Checksums of log records are not compared.
    SkipChecksum,
    /// Recovery applies what the checkpoint holds already.
    ApplyTwice,
    /// Checksums of a segment's blocks and rows are not compared.
    SkipBlockChecksum,
    /// Which rows of a segment are hidden is forgotten at open.
    DropBitmap,
    /// An edit of the manifest is not synced: a power cut brings the one before it back.
    StaleManifest,
}

#[cfg(feature = "planted")]
impl Bug {
    /// Every bug.
    pub const ALL: &'static [Bug] = &[
        Bug::SkipSync,
        Bug::SkipFolderSync,
        Bug::AcknowledgeEarly,
        Bug::PublishEarly,
        Bug::MarkerBeforeData,
        Bug::NoTailCut,
        Bug::AppendBehindTail,
        Bug::RetrySync,
        Bug::SkipChecksum,
        Bug::ApplyTwice,
        Bug::SkipBlockChecksum,
        Bug::DropBitmap,
        Bug::StaleManifest,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Bug::SkipSync => "skip-sync",
            Bug::SkipFolderSync => "skip-folder-sync",
            Bug::AcknowledgeEarly => "acknowledge-early",
            Bug::PublishEarly => "publish-early",
            Bug::MarkerBeforeData => "marker-before-data",
            Bug::NoTailCut => "no-tail-cut",
            Bug::AppendBehindTail => "append-behind-tail",
            Bug::RetrySync => "retry-sync",
            Bug::SkipChecksum => "skip-checksum",
            Bug::ApplyTwice => "apply-twice",
            Bug::SkipBlockChecksum => "skip-block-checksum",
            Bug::DropBitmap => "drop-bitmap",
            Bug::StaleManifest => "stale-manifest",
        }
    }
}

#[cfg(feature = "planted")]
thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Plants a bug in every store that this thread works on without a background, or takes it away.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.with(|planted| planted.set(bug));
}

/// Whether this bug is planted.
#[cfg(feature = "planted")]
pub(crate) fn is(bug: Bug) -> bool {
    PLANTED.with(|planted| planted.get() == Some(bug))
}

/// Whether one of these bugs is planted.
pub(crate) fn is_one(bugs: &[Bug]) -> bool {
    bugs.iter().any(|bug| is(*bug))
}

/// Whether this bug is planted: never.
#[cfg(not(feature = "planted"))]
#[inline]
pub(crate) const fn is(_: Bug) -> bool {
    false
}
