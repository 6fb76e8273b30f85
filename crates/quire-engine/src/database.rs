//! One open database: the commit path, snapshots, checkpoints and figures joined.

use crate::checkpoint;
use crate::clock::Clock;
use crate::codec::Fields;
use crate::commit::Committer;
use crate::disk::Disk;
use crate::error::disk_error;
use crate::log::{HEADER_BYTES, Lsn};
use crate::maintain::Work;
use crate::manifest::{self, Manifest};
use crate::options::Options;
use crate::recover::{note_durable, recover};
use crate::snapshot::View;
use crate::state::State;
use crate::sync::lock;
use crate::wal;
use quire_model::{
    Checkpoint, CollectionStatistics, Committed, DatabaseStatistics, Name, Result, Snapshot, WriteBatch,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(crate) struct Database {
    state: Arc<State>,
    committer: Committer,
    work: Work,
}

/// Makes the folder of a new database, with a manifest and nothing else.
pub(crate) fn create(
    disk: &dyn Disk,
    clock: &dyn Clock,
    folder: &Path,
    number: u32,
    name: &Name,
) -> Result<()> {
    let random = clock.random().map_err(|e| disk_error("name", folder.display(), e))?;
    let timeline = Fields(&random).u64().unwrap_or_default();
    disk.create_folder(folder).map_err(|e| disk_error("create", folder.display(), e))?;
    let manifest = Manifest {
        generation: 1,
        timeline,
        database: number,
        name: name.clone(),
        checkpoint_lsn: Lsn::new(1, HEADER_BYTES as u64),
        checkpoint_seq: 0,
        checkpoint_time_ms: 0,
        durable_lsn: Lsn::new(1, HEADER_BYTES as u64),
        next_collection: 1,
        next_run: 1,
        collections: Vec::new(),
        runs: Vec::new(),
    };
    manifest::write(disk, folder, &manifest, clock)
}

impl Database {
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        folder: &Path,
        options: Options,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Database> {
        let recovered = recover(disk, clock, folder, options, wake)?;
        let work = Work { state: recovered.state.clone(), maker: recovered.wal.maker() };
        let committer = Committer::new(recovered.state.clone(), recovered.wal, recovered.time_ms);
        let database = Database { state: recovered.state, committer, work };
        if let Err(error) = database.compact_log() {
            tracing::warn!(event = "checkpoint_failed", database = %database.state.name, %error);
        }
        Ok(database)
    }

    /// Many short runs of a program leave many short log files; a checkpoint puts an end to them.
    fn compact_log(&self) -> Result<()> {
        const LOG_FILES_MAX: usize = 16;
        if self.log_files()?.len() > LOG_FILES_MAX { self.checkpoint().map(|_| ()) } else { Ok(()) }
    }

    pub(crate) fn name(&self) -> &Name {
        &self.state.name
    }

    pub(crate) fn folder(&self) -> &PathBuf {
        &self.state.folder
    }

    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }

    pub(crate) fn work(&self) -> &Work {
        &self.work
    }

    pub(crate) fn snapshot(&self) -> Arc<dyn Snapshot> {
        Arc::new(View::new(self.state.live.get(), self.state.timeline))
    }

    pub(crate) fn commit(&self, batch: WriteBatch) -> Result<Committed> {
        self.committer.commit(batch)
    }

    /// Flushes everything that is committed by now.
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        self.state.check_writable()?;
        self.committer.freeze();
        let target = self.state.live.get().version.frozen.first().map(|frozen| frozen.end.seq);
        let mut written_bytes = 0;
        while self.state.live.get().version.flushed_seq < target.unwrap_or(0) {
            written_bytes += checkpoint::flush(&self.state)?;
        }
        checkpoint::merge_runs(&self.state)?;
        let seq = lock(&self.state.manifest).checkpoint_seq;
        Ok(Checkpoint { seq, written_bytes })
    }

    /// Ends in good order: the log is cut to what it holds, and the manifest notes how far that is.
    pub(crate) fn close(&self) -> Result<()> {
        match self.committer.close()? {
            Some(durable) => note_durable(&self.state, durable),
            None => Ok(()),
        }
    }

    fn log_files(&self) -> Result<Vec<u64>> {
        let (disk, folder) = (&self.state.disk, &self.state.folder);
        let names = disk.list(folder).map_err(|e| disk_error("list", folder.display(), e))?;
        let paths =
            names.iter().filter(|name| wal::file_number(name).is_some()).map(|name| folder.join(name));
        // A file that a checkpoint removed since the folder was listed has no length.
        Ok(paths.filter_map(|path| disk.open(&path).and_then(|file| file.length()).ok()).collect())
    }

    pub(crate) fn statistics(&self) -> Result<DatabaseStatistics> {
        let live = self.state.live.get();
        let collections = live.catalog.iter().map(|c| CollectionStatistics {
            name: c.name.clone(),
            documents: u64::try_from(c.documents()).unwrap_or(0),
        });
        let counters = &self.state.counters;
        Ok(DatabaseStatistics {
            name: self.state.name.clone(),
            seq: live.seq,
            collections: collections.collect(),
            checkpoint_seq: lock(&self.state.manifest).checkpoint_seq,
            log_bytes: self.log_files()?.iter().sum(),
            data_bytes: live.version.runs.iter().map(|run| run.bytes()).sum(),
            data_files: live.version.runs.len() as u64,
            memory_bytes: live.version.tables().map(|table| table.bytes() as u64).sum(),
            commits: counters.commits.load(Ordering::Relaxed),
            log_syncs: counters.log_syncs.load(Ordering::Relaxed),
            recovered_transactions: counters.recovered_transactions.load(Ordering::Relaxed),
            read_only: self.state.refusal(),
        })
    }
}
