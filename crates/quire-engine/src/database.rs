//! One open database: the commit path, snapshots, checkpoints and figures joined.

use crate::checkpoint;
use crate::codec::Fields;
use crate::commit::Committer;
use crate::compact::Compactor;
use crate::error::disk_error;
use crate::log::{HEADER_BYTES, Lsn};
use crate::maintain::Work;
use crate::manifest::{Manifest, ManifestLog};
use crate::options::Options;
use crate::recover::{Recovered, note_durable, recover};
use crate::snapshot::View;
use crate::state::{Shared, State};
use crate::sync::lock;
use crate::wal;
use quire_model::{
    Checkpoint, CollectionStatistics, Committed, DatabaseStatistics, Name, Result, Snapshot, WriteBatch,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(crate) struct Database {
    state: Arc<State>,
    committer: Arc<Committer>,
    compactor: Arc<Compactor>,
    work: Work,
}

/// Makes the folder of a new database, with a manifest and nothing else.
pub(crate) fn create(
    Shared { disk, clock, .. }: &Shared,
    folder: &Path,
    number: u32,
    name: &Name,
) -> Result<()> {
    let random = clock.random().map_err(|e| disk_error("name", folder.display(), e))?;
    let timeline = Fields(&random).u64().unwrap_or_default();
    disk.create_folder(folder).map_err(|e| disk_error("create", folder.display(), e))?;
    let manifest = Manifest {
        timeline,
        database: number,
        name: name.clone(),
        checkpoint_lsn: Lsn::new(1, HEADER_BYTES as u64),
        checkpoint_seq: 0,
        checkpoint_time_ms: 0,
        durable_lsn: Lsn::new(1, HEADER_BYTES as u64),
        next_collection: 1,
        next_segment: 1,
        collections: BTreeMap::new(),
        segments: BTreeMap::new(),
    };
    ManifestLog::create(&**disk, &**clock, folder, &manifest).map(|_| ())
}

impl Database {
    pub(crate) fn open(
        shared: Shared,
        folder: &Path,
        options: Options,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Database> {
        let Recovered { state, compactor, wal, time_ms } = recover(shared, folder, options, wake)?;
        let maker = wal.maker();
        let committer = Arc::new(Committer::new(state.clone(), compactor.clone(), wal, time_ms));
        let work =
            Work { state: state.clone(), maker, compactor: compactor.clone(), committer: committer.clone() };
        let database = Database { state, committer, compactor, work };
        if let Err(error) = database.compact_log() {
            tracing::warn!(event = "checkpoint_failed", database = %database.state.name, %error);
        }
        Ok(database)
    }

    /// Many short runs of a program leave many short log files; a checkpoint puts an end to them.
    fn compact_log(&self) -> Result<()> {
        const LOG_FILES_MAX: usize = 16;
        let from = lock(&self.state.manifest).manifest.checkpoint_lsn.file();
        let read_back = self.log_files()?.into_iter().filter(|(number, _)| *number >= from).count();
        if read_back > LOG_FILES_MAX && self.state.refusal().is_none() {
            self.checkpoint()?;
        }
        Ok(())
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
        if !self.state.options.background {
            while self.compactor.step(&self.state)? {}
        }
        (self.state.wake)();
        self.state.remove_retired();
        Ok(Checkpoint { seq: self.state.live.get().version.flushed_seq, written_bytes })
    }

    /// Ends in good order: the log is cut to what it holds, and the manifest notes how far that is.
    pub(crate) fn close(&self) -> Result<()> {
        self.compactor.abandon(&self.state);
        self.state.remove_retired();
        match self.committer.close()? {
            Some(durable) => note_durable(&self.state, durable),
            None => Ok(()),
        }
    }

    /// Opens every file that a snapshot may still want to read: the folder is about to go.
    pub(crate) fn open_files(&self) {
        self.state.open_files();
    }

    /// The log files, those that are only retained included: number and bytes.
    fn log_files(&self) -> Result<Vec<(u64, u64)>> {
        let (disk, folder) = (&self.state.disk, &self.state.folder);
        let names = disk.list(folder).map_err(|e| disk_error("list", folder.display(), e))?;
        // A file that a checkpoint removed since the folder was listed has no length.
        let sized = |name: &String| Some((wal::file_number(name)?, self.state.file_bytes(name)?));
        Ok(names.iter().filter_map(sized).collect())
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
            checkpoint_seq: live.version.flushed_seq,
            log_bytes: self.log_files()?.iter().map(|(_, bytes)| bytes).sum(),
            data_bytes: live.version.segments.all().iter().map(|layer| layer.segment.facts.bytes).sum(),
            data_files: live.version.segments.all().len() as u64,
            memory_bytes: live.version.tables().map(|table| table.bytes() as u64).sum(),
            commits: counters.commits.load(Ordering::Relaxed),
            log_syncs: counters.log_syncs.load(Ordering::Relaxed),
            recovered_transactions: counters.recovered_transactions.load(Ordering::Relaxed),
            read_only: self.state.refusal(),
        })
    }
}
