//! What the machine gives to this process.
//!
//! 1. [`memory_budget`]: the memory that the server may take where the settings do not say it (`memory.rs`), from the
//!    machine's memory and the limits of the control groups that the process is in (`cgroup.rs`).
//! 2. [`raise_open_files_max`]: as many open files as the system allows (`open_files.rs`).

mod cgroup;
mod memory;
mod open_files;

pub(crate) use memory::memory_budget;
pub(crate) use open_files::raise_open_files_max;
