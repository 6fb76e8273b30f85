//! Where the server listens.

use std::fmt;

/// Where the server listens besides its socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listen {
    /// On a TCP address, `HOST:PORT`; port 0 takes a free one.
    Address {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
    },
    /// Nowhere else.
    Nowhere,
}

/// The port that QuireDB is found on where nobody says anything.
const PORT_DEFAULT: u16 = 7878;

impl Default for Listen {
    fn default() -> Listen {
        Listen::Address { host: "127.0.0.1".to_owned(), port: PORT_DEFAULT }
    }
}

impl Listen {
    /// Reads `HOST:PORT` or `none`.
    pub(crate) fn parse(text: &str) -> Result<Listen, String> {
        if text == "none" {
            return Ok(Listen::Nowhere);
        }
        let wrong = || format!("`{text}` is neither HOST:PORT, such as 127.0.0.1:7878, nor `none`");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_| wrong())?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        match bare.unwrap_or(host) {
            "" => Err(wrong()),
            // Without its brackets an IPv6 address would lose its last group to the port.
            host if host.contains(':') && bare.is_none() => Err(wrong()),
            host => Ok(Listen::Address { host: host.to_owned(), port }),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Address { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Listen::Address { host, port } => write!(f, "{host}:{port}"),
            Listen::Nowhere => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Listen;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for text in ["127.0.0.1:7878", "localhost:0", "[::1]:80", "none"] {
            assert_eq!(Listen::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "localhost", ":80", "x:70000", "::1:80", "x:"] {
            assert!(Listen::parse(text).is_err(), "{text}");
        }
        assert_eq!(Listen::default().to_string(), "127.0.0.1:7878");
    }
}
