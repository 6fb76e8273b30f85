//! A Unix socket for its owner only.
//!
//! A socket gets its permissions from the process' umask, so between `bind` and `chmod` others could connect.
//! Here it is made inside a new folder that only the owner can enter, gets mode 0600 there, and is then
//! renamed to its place: at its place it is never anything but private. The caller holds the lock of the data
//! folder; a socket file that is in the place already is replaced only if nobody answers on it.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream};

/// The most bytes that a socket's path may have on Linux.
const PATH_BYTES_MAX: usize = 107;

/// A listening socket; its file is removed when it is dropped.
pub struct UnixSocket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and number of our file, so that no other one is removed.
    file: (u64, u64),
}

impl UnixSocket {
    /// Listens at `path` with mode 0600.
    ///
    /// # Errors `AddrInUse` where somebody answers there, `AlreadyExists` where the path is something other
    /// than a socket, `InvalidInput` where it is longer than a socket's path may be, and what the file system
    /// refuses.
    pub async fn bind(path: &Path) -> io::Result<UnixSocket> {
        // Two starts in one folder never share the temporary one: the lock lets one of them in.
        let folder = path.with_file_name(format!(".q{:04x}", std::process::id() & 0xffff));
        let temporary = folder.join("s");
        let longest = path.as_os_str().as_bytes().len().max(temporary.as_os_str().as_bytes().len());
        if longest > PATH_BYTES_MAX {
            let detail = format!(
                "the socket's path {} is too long: a socket's path has at most {PATH_BYTES_MAX} bytes; use a \
                 shorter folder or another path for the socket",
                path.display()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, detail));
        }
        make_way(path).await?;
        remove_leftover(&folder)?;
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let bound = bind_within(&temporary, path);
        // Whatever happened, the folder is only a step on the way.
        let removed = remove_leftover(&folder);
        let (listener, file) = bound?;
        let socket = UnixSocket { listener, path: path.to_owned(), file };
        removed.map(|()| socket)
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let ours =
            fs::symlink_metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.file);
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(event = "socket_left_behind", %error);
        }
    }
}

/// Makes sure that nobody answers at the path. A dead socket stays until it is replaced by the new one.
async fn make_way(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let refused = |kind, what: &str| Err(io::Error::new(kind, format!("{} {what}", path.display())));
    if !found.file_type().is_socket() {
        return refused(io::ErrorKind::AlreadyExists, "is there and is not a socket");
    }
    match UnixStream::connect(path).await {
        Ok(_) => refused(io::ErrorKind::AddrInUse, "is in use: a server answers on it"),
        Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn bind_within(temporary: &Path, path: &Path) -> io::Result<(UnixListener, (u64, u64))> {
    let listener = UnixListener::bind(temporary)?;
    fs::set_permissions(temporary, fs::Permissions::from_mode(0o600))?;
    let made = fs::symlink_metadata(temporary)?;
    fs::rename(temporary, path)?;
    Ok((listener, (made.dev(), made.ino())))
}

/// Removes the temporary folder with the socket in it, if it is there.
fn remove_leftover(folder: &Path) -> io::Result<()> {
    for removed in [fs::remove_file(folder.join("s")), fs::remove_dir(folder)] {
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
