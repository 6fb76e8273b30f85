//! `Host` and `Origin`: a page of a foreign site must not reach a server on the user's own machine, neither
//! directly nor through a name that it makes point here (DNS rebinding).

use crate::AppState;
use crate::failure::Failure;
use crate::request::one_header;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quire_model::{Code, Error, Result};
use std::net::IpAddr;

/// How a request came. A request without this mark is treated as one from the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Over TCP, where a browser can send it.
    Network,
    /// Over a Unix socket or inside the process, where only programs of the owner can.
    Private,
}

/// Names under which the server may be addressed.
pub(crate) struct Hosts {
    allowed: Vec<String>,
}

/// Lets a request pass whose `Host` is one of ours and whose `Origin`, if it has one, is that host.
pub(crate) async fn check(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if request.extensions().get::<Transport>() != Some(&Transport::Private)
        && let Err(error) = app.hosts().check(request.uri(), request.headers())
    {
        return Failure::from(error).into_response();
    }
    if let Err(error) = no_promise(request.headers()) {
        return Failure::from(error).into_response();
    }
    next.run(request).await
}

/// Headers that ask for a promise which this version cannot keep yet. Whoever sends one relies on it, so the request
/// is refused and not served without it.
const PROMISES: [&str; 1] = ["quire-transaction"];

fn no_promise(headers: &HeaderMap) -> Result<()> {
    match PROMISES.iter().find(|name| headers.contains_key(**name)) {
        Some(name) => {
            let detail = format!("this version does not keep what the header {name} asks for; leave it out");
            Err(Error::new(Code::InvalidRequest, detail))
        }
        None => Ok(()),
    }
}

impl Hosts {
    pub(crate) fn new(allowed: Vec<String>) -> Hosts {
        Hosts { allowed: allowed.iter().map(|host| plain(host)).collect() }
    }

    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<()> {
        let named = one_header(headers, "host")?;
        // A request line with a whole address overrides `Host`, so it is held to the same.
        let host = match (uri.authority(), named) {
            (Some(authority), _) => authority.clone(),
            (None, Some(text)) => {
                text.parse().map_err(|_| Error::new(Code::InvalidRequest, "the Host header is no host"))?
            }
            (None, None) => return Err(Error::new(Code::InvalidRequest, "the request has no Host header")),
        };
        if !self.is_ours(host.host()) {
            let detail = "this server does not answer to the name in the Host header; use its address, \
                          localhost, or add the name to its allowed hosts";
            return Err(Error::new(Code::Forbidden, detail));
        }
        match one_header(headers, "origin")? {
            Some(origin) if !same_site(origin, &host) => {
                Err(Error::new(Code::Forbidden, "requests from pages of other origins are refused"))
            }
            _ => Ok(()),
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        let host = plain(host);
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&host);
        host == "localhost" || bare.parse::<IpAddr>().is_ok() || self.allowed.contains(&host)
    }
}

/// Whether an origin is the host that was addressed, port included.
fn same_site(origin: &str, host: &Authority) -> bool {
    let (default, rest) = match origin.split_once("://") {
        Some(("http", rest)) => (80, rest),
        Some(("https", rest)) => (443, rest),
        _ => return false,
    };
    let Ok(origin) = rest.parse::<Authority>() else { return false };
    plain(origin.host()) == plain(host.host())
        && origin.port_u16().unwrap_or(default) == host.port_u16().unwrap_or(default)
}

fn plain(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::{HOST, ORIGIN};

    fn check(host: &str, origin: Option<&str>) -> Result<()> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        Hosts::new(vec!["DB.example".to_owned()]).check(&Uri::from_static("/v1/stats"), &headers)
    }

    #[test]
    fn addresses_localhost_and_allowed_names_are_ours() {
        let ours = [
            "127.0.0.1",
            "127.0.0.1:7878",
            "[::1]:7878",
            "[::1]",
            "localhost",
            "LocalHost.:1",
            "db.example:9",
        ];
        for host in ours {
            assert!(check(host, None).is_ok(), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "db.example.evil", "127.0.0.1.evil.example"] {
            assert_eq!(check(host, None).unwrap_err().code(), Code::Forbidden, "{host}");
        }
    }

    #[test]
    fn an_origin_is_the_host_itself() {
        for (host, origin) in [
            ("localhost:7878", "http://localhost:7878"),
            ("localhost", "http://localhost"),
            ("db.example", "https://db.example"),
            ("[::1]:1", "http://[::1]:1"),
        ] {
            assert!(check(host, Some(origin)).is_ok(), "{origin}");
        }
        for origin in
            ["null", "http://evil.example", "http://localhost:3000", "http://localhost", "file://", ""]
        {
            assert_eq!(
                check("localhost:7878", Some(origin)).unwrap_err().code(),
                Code::Forbidden,
                "{origin}"
            );
        }
    }
}
