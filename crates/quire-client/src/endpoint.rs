//! Where a server answers: an address, a socket file, or a channel inside this process.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::DuplexStream;

use crate::ClientError;

/// Makes a new connection to a server inside this process: the server keeps the other end of the stream.
pub type Connector = Arc<dyn Fn() -> io::Result<DuplexStream> + Send + Sync>;

/// Where a server answers.
#[derive(Clone)]
#[non_exhaustive]
pub enum Endpoint {
    /// `http://host:port`.
    Http {
        /// A name or an address; an IPv6 address without its brackets.
        host: String,
        /// The TCP port.
        port: u16,
    },
    /// A Unix socket, written `unix:PATH`.
    Unix(PathBuf),
    /// A server inside this process.
    Channel(Connector),
}

impl Endpoint {
    /// Reads `http://host[:port]` (port 80 where none is given) or `unix:PATH`.
    ///
    /// # Errors
    /// [`ClientError::Protocol`] with a sentence on what is wrong.
    pub fn parse(url: &str) -> Result<Endpoint, ClientError> {
        let wrong = |why: &str| ClientError::Protocol(format!("`{url}` is no server's address: {why}"));
        if let Some(path) = url.strip_prefix("unix:") {
            return match path.strip_prefix("//").unwrap_or(path) {
                "" => Err(wrong("the socket's path is missing behind `unix:`")),
                path => Ok(Endpoint::Unix(PathBuf::from(path))),
            };
        }
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(wrong("it begins with `http://` or `unix:`"));
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return Err(wrong("only a host and a port may stand behind `http://`"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| wrong("the port is a number up to 65535"))?;
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(wrong("the host is missing or has spaces"));
        }
        Ok(Endpoint::Http { host: host.to_owned(), port })
    }

    /// The value of the `Host` header.
    pub(crate) fn authority(&self) -> String {
        match self {
            Endpoint::Http { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Endpoint::Http { host, port } => format!("{host}:{port}"),
            Endpoint::Unix(_) | Endpoint::Channel(_) => "localhost".to_owned(),
        }
    }
}

fn split_port(authority: &str) -> Option<(&str, u16)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, rest.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = port.map_or(Ok(80), str::parse).ok()?;
    Some((host, port))
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Http { .. } => write!(f, "http://{}", self.authority()),
            Endpoint::Unix(path) => write!(f, "unix:{}", path.display()),
            Endpoint::Channel(_) => f.write_str("the server in this process"),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    fn read(url: &str) -> String {
        match Endpoint::parse(url) {
            Ok(endpoint) => endpoint.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn an_address_is_http_or_unix() {
        assert_eq!(read("http://127.0.0.1:7878"), "http://127.0.0.1:7878");
        assert_eq!(read("http://db.example/"), "http://db.example:80");
        assert_eq!(read("http://[::1]:9"), "http://[::1]:9");
        assert_eq!(read("http://[::1]"), "http://[::1]:80");
        assert_eq!(read("unix:data/quire.sock"), "unix:data/quire.sock");
        assert_eq!(read("unix:///tmp/q"), "unix:/tmp/q");
    }

    #[test]
    fn anything_else_is_refused_with_the_reason() {
        assert!(read("https://x").contains("begins with"), "{}", read("https://x"));
        assert!(read("localhost:7878").contains("begins with"));
        assert!(read("http://x:70000").contains("port"));
        assert!(read("http://x:").contains("port"));
        assert!(read("http://x/v1").contains("only a host"));
        assert!(read("http://user@x").contains("only a host"));
        assert!(read("http://:1").contains("host is missing"));
        assert!(read("unix:").contains("path is missing"));
    }
}
