//! Places where clients connect.

use super::UnixSocket;
use crate::guard::Transport;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, ToSocketAddrs};

/// A place where clients connect.
#[non_exhaustive]
pub enum Listener {
    /// A TCP port.
    Tcp(TcpListener),
    /// A socket in the file system that only its owner can use.
    Unix(UnixSocket),
}

/// A connection that was accepted.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Listener {
    /// Listens on a TCP address.
    ///
    /// # Errors
    /// The address is taken, or none of this machine's.
    pub async fn tcp(address: impl ToSocketAddrs) -> io::Result<Listener> {
        TcpListener::bind(address).await.map(Listener::Tcp)
    }

    /// Listens on a Unix socket; see [`UnixSocket::bind`].
    ///
    /// # Errors
    /// As [`UnixSocket::bind`].
    pub async fn unix(path: impl AsRef<Path>) -> io::Result<Listener> {
        UnixSocket::bind(path.as_ref()).await.map(Listener::Unix)
    }

    /// The address of a TCP listener, with its real port.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match self {
            Listener::Tcp(listener) => listener.local_addr().ok(),
            Listener::Unix(_) => None,
        }
    }

    pub(super) async fn accept(&self) -> io::Result<(Box<dyn Stream>, Transport)> {
        match self {
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // An answer is written whole; waiting for more would only delay it.
                stream.set_nodelay(true)?;
                Ok((Box::new(stream), Transport::Network))
            }
            Listener::Unix(socket) => Ok((Box::new(socket.accept().await?), Transport::Private)),
        }
    }
}
