//! `serve`: the server on its addresses, until a signal comes.
//!
//! 1. The TCP port is taken first: it is what most often fails, and quickly.
//! 2. The folder is opened, which takes its lock; only then the socket in it is replaced. A folder that is open for
//!    reading only gets no socket and no link to one.
//! 3. When both are there, it says where it is ready.
//! 4. The first SIGTERM or SIGINT lets requests under way finish, a second one ends at once. What was acknowledged
//!    is durable either way.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use quire_model::Code;
use quire_server::Listener;
use tokio::net::lookup_host;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::commands::Desk;
use crate::failure::Failure;
use crate::host::Host;
use crate::settings::{Listen, Settings, socket_in};

/// The TCP port, taken but not answering yet.
pub(crate) struct Listening {
    listener: Option<Listener>,
}

impl Listening {
    /// Takes the port that the settings name.
    ///
    /// # Errors
    /// Wrong usage for an address that others can reach, unless that is allowed; `unavailable` where it is taken.
    pub(crate) async fn open(settings: &Settings) -> Result<Listening, Failure> {
        let Listen::Address { host, port } = &settings.listen else {
            return Ok(Listening { listener: None });
        };
        let at = settings.listen.to_string();
        let unavailable =
            |error: io::Error| Failure::problem(Code::Unavailable, format!("cannot listen on {at}: {error}"));
        let addresses: Vec<_> = lookup_host((host.as_str(), *port)).await.map_err(unavailable)?.collect();
        let is_open = addresses.iter().any(|address| !address.ip().is_loopback());
        if is_open && !settings.insecure_no_auth {
            return Err(Failure::usage(format!(
                "{at} can be reached by others, and nobody has to prove who they are; listen on 127.0.0.1, or say \
                 --insecure-no-auth if that is what you want"
            )));
        }
        let listener = Listener::tcp(addresses.as_slice()).await.map_err(unavailable)?;
        Ok(Listening { listener: Some(listener) })
    }

    fn url(&self) -> Option<String> {
        self.listener.as_ref().and_then(Listener::tcp_address).map(|address| format!("http://{address}"))
    }
}

pub(crate) async fn run(desk: &Desk) -> Result<(), Failure> {
    let listening = Listening::open(&desk.settings).await?;
    let host = Host::open(&desk.settings, true).await?;
    let is_writable = host.read_only().is_none();
    until_signal(desk, host, listening, |url| next_steps(desk, url, is_writable)).await
}

/// Serves until a signal comes. `when_ready` says what to do with the server at that URL.
pub(crate) async fn until_signal(
    desk: &Desk,
    host: Host,
    listening: Listening,
    when_ready: impl FnOnce(Option<&str>),
) -> Result<(), Failure> {
    let mut signals = Signals::new().map_err(|error| Failure::internal(format!("no signals: {error}")))?;
    let url = listening.url();
    let socket = match Socket::open(&desk.settings, host.read_only().is_none()).await {
        Ok(socket) if socket.is_some() || url.is_some() => socket,
        Ok(_) => {
            host.close().await.ok();
            return Err(Failure::usage(
                "there is nowhere to listen: the data folder is open for reading only, so no socket is made in it; \
                 --socket PATH makes one elsewhere, and --listen takes an address",
            ));
        }
        Err(failure) => {
            // The first failure is the one to tell; the folder is released either way.
            host.close().await.ok();
            return Err(failure);
        }
    };
    if let Some(url) = &url {
        desk.notes.say(format_args!("quire: ready on {url}"));
    }
    match (&socket, host.read_only()) {
        (Some(socket), None) => {
            desk.notes.say(format_args!("quire: ready on unix:{}", socket.path.display()))
        }
        (Some(socket), Some(why)) => {
            let path = socket.path.display();
            desk.notes.say(format_args!("quire: {why}; commands find this server by --url unix:{path}"));
            desk.notes.say(format_args!("quire: ready on unix:{path}"));
        }
        (None, why) => desk.notes.say(format_args!(
            "quire: {}, so there is no socket in it; --socket PATH makes one elsewhere",
            why.unwrap_or_default()
        )),
    }
    if desk.settings.insecure_no_auth {
        tracing::warn!(event = "no_auth", "whoever reaches the server may do everything");
    }
    when_ready(url.as_deref());
    let (listener, _link) = socket.map_or((None, None), |socket| (Some(socket.listener), socket.link));
    let listeners = listening.listener.into_iter().chain(listener).collect();
    let (first, stop) = tokio::sync::oneshot::channel::<()>();
    let serving = host.serve(listeners, async {
        // A sender that is gone is as good as a signal.
        stop.await.ok();
    });
    let signalled = async {
        signals.next().await;
        desk.notes.say("quire: stopping; a second signal stops at once");
        first.send(()).ok();
        signals.next().await;
    };
    let stopped = tokio::select! {
        stopped = serving => Some(stopped),
        () = signalled => None,
    };
    let Some(stopped) = stopped else {
        desk.notes.say("quire: stopped at once");
        // Closing would wait for the work under way. What was acknowledged is in the log.
        std::mem::forget(host);
        return Ok(());
    };
    host.close().await?;
    match stopped.cut {
        0 => desk.notes.say("quire: stopped"),
        cut => desk.notes.say(format_args!("quire: stopped; {cut} connections took too long and were cut")),
    }
    Ok(())
}

fn next_steps(desk: &Desk, url: Option<&str>, is_writable: bool) {
    if let Some(url) = url {
        desk.notes.say(format_args!("  curl {url}/health/ready"));
    }
    match (is_writable, url) {
        (true, _) => {
            desk.notes.say(format_args!("  quire --data {} collection list", desk.settings.data.display()));
        }
        // Without a socket in the folder its name does not lead here.
        (false, Some(url)) => desk.notes.say(format_args!("  quire --url {url} collection list")),
        (false, None) => {}
    }
}

/// The socket, and the way to it from the data folder.
struct Socket {
    listener: Listener,
    path: PathBuf,
    link: Option<Link>,
}

impl Socket {
    /// Listens on the socket. In a folder that is not to be written to there is none, unless one is named.
    async fn open(settings: &Settings, is_writable: bool) -> Result<Option<Socket>, Failure> {
        if !is_writable && settings.socket.is_none() {
            return Ok(None);
        }
        let path = settings.socket_path();
        let in_folder = socket_in(&settings.data);
        let unavailable = |error: io::Error| {
            Failure::problem(Code::Unavailable, format!("cannot listen on unix:{}: {error}", path.display()))
        };
        // We hold the folder, so a link in it was left behind by a server that did not end well.
        if is_writable && fs::symlink_metadata(&in_folder).is_ok_and(|found| found.is_symlink()) {
            fs::remove_file(&in_folder).map_err(unavailable)?;
        }
        let listener = Listener::unix(&path).await.map_err(unavailable)?;
        let link = match path == in_folder || !is_writable {
            true => None,
            // Commands look into the data folder, wherever the socket is.
            false => Some(Link::make(&path, in_folder).map_err(unavailable)?),
        };
        Ok(Some(Socket { listener, path, link }))
    }
}

/// A link in the data folder that leads to a socket elsewhere; it goes away with the server.
struct Link(PathBuf);

impl Link {
    fn make(socket: &Path, at: PathBuf) -> io::Result<Link> {
        match fs::remove_file(&at) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::os::unix::fs::symlink(std::path::absolute(socket)?, &at)?;
        Ok(Link(at))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!(event = "socket_link_left_behind", %error);
        }
    }
}

/// The two signals that stop a server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
