//! Commands that run a server or look after its data.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen: HOST:PORT (port 0 takes a free one), or `none` for the socket alone
    /// [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// The Unix socket, for its owner only [default: quire.sock in the data folder]
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Listen on an address that others can reach, though nobody has to prove who they are
    #[arg(long)]
    pub(crate) insecure_no_auth: bool,
}

/// `quickstart`.
#[derive(Debug, Args)]
pub(crate) struct Quickstart {
    /// Where to listen [default: 127.0.0.1:7878, or a free port where that is taken]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Stop after the tour
    #[arg(long)]
    pub(crate) no_serve: bool,
}

/// `collection …`.
#[derive(Debug, Subcommand)]
pub(crate) enum CollectionAction {
    /// List the collections
    List,
    /// Create an empty collection
    Create {
        /// Its name
        name: String,
    },
    /// Remove a collection with all its documents
    Drop {
        /// Its name
        name: String,
    },
}

/// `db …`.
#[derive(Debug, Subcommand)]
pub(crate) enum DbAction {
    /// List the databases
    List,
    /// Create an empty database
    Create {
        /// Its name
        name: String,
    },
    /// Remove a database with everything in it
    Drop {
        /// Its name
        name: String,
    },
}

/// `inspect …`.
#[derive(Debug, Subcommand)]
pub(crate) enum InspectFile {
    /// A file of the write-ahead log: every record, and the commits
    Wal {
        /// The file, such as DIR/databases/1/wal-00000001.log
        file: PathBuf,
        /// Show the documents too
        #[arg(long)]
        documents: bool,
    },
    /// A segment: blocks, parity, indexes, filters, and what is in them
    Segment {
        /// The file, such as DIR/databases/1/segment-00000001.seg
        file: PathBuf,
        /// Show the rows too, with their documents
        #[arg(long)]
        rows: bool,
    },
    /// A manifest, or one of the two small files beside it: `current`, `registry`
    Manifest {
        /// The file, such as DIR/databases/1/manifest-00000001
        file: PathBuf,
    },
}
