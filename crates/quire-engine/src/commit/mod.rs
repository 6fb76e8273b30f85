//! The one way in which anything is written.
//!
//! The life of a commit:
//! 1. [`Committer::commit`] looks up, outside any queue, what each operation will replace, as of a noted sequence
//!    number (`resolve.rs`). This is where disk may be read.
//! 2. The request joins the queue (`queue.rs`). The first in line becomes the leader and takes the group.
//! 3. The leader admits each request: only what was committed after its noted number, or stands earlier in the same
//!    group, can have changed what was found, and all of that is in memory (`plan.rs`).
//! 4. It encodes every record and each commit's marker, appends the group with one write and syncs once
//!    (`leader.rs`). If that fails nothing is known, and the database takes no more writes.
//! 5. It applies the group to the memtable, publishes the new sequence number, and only then answers.

mod leader;
mod plan;
mod queue;
mod resolve;

pub(crate) use leader::Committer;
