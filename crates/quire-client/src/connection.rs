//! One connection: the stream, the HTTP handshake on it, and the task that drives it.

use std::io;
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::{ClientError, Endpoint};

/// What can go wrong while a request's body is made.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A request's body.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// The near end of a connection; the far end is driven by a task that ends with it.
pub(crate) type Sender = SendRequest<Body>;

/// A host that does not answer within this time is not there. Only for TCP: the others answer at once or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a connection.
pub(crate) async fn open(endpoint: &Endpoint) -> Result<Sender, ClientError> {
    let refused = |error: io::Error| ClientError::unreachable(endpoint, error);
    match endpoint {
        Endpoint::Http { host, port } => {
            let connecting = TcpStream::connect((host.as_str(), *port));
            let stream = match timeout(CONNECT_TIMEOUT, connecting).await {
                Ok(stream) => stream.map_err(refused)?,
                Err(late) => return Err(refused(io::Error::new(io::ErrorKind::TimedOut, late))),
            };
            // A request is one small write that waits for its answer, the pattern that Nagle's algorithm delays.
            stream.set_nodelay(true).map_err(refused)?;
            shake(stream, endpoint).await
        }
        Endpoint::Unix(path) => shake(UnixStream::connect(path).await.map_err(refused)?, endpoint).await,
        Endpoint::Channel(connect) => shake(connect().map_err(refused)?, endpoint).await,
    }
}

async fn shake<S>(stream: S, endpoint: &Endpoint) -> Result<Sender, ClientError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) =
        handshake(TokioIo::new(stream)).await.map_err(|error| ClientError::unreachable(endpoint, error))?;
    // What ends the connection reaches whoever waits on `sender` or on an answer's body, so nothing is lost here.
    tokio::spawn(async move { connection.await.ok() });
    Ok(sender)
}
