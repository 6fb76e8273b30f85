//! Servers that run for one test.

use crate::http::{Answer, Connection, PATIENCE};
use quire_model::{Name, Store};
use quire_query::Session;
use quire_server::{AppState, Config, Limits, Listener, Server, Stopped};
use quire_testkit::ModelStore;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server with a TCP port and perhaps a Unix socket; it stops with the test.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) state: AppState,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<Stopped>>,
    runtime: Option<Runtime>,
}

/// Where documents of most tests are.
pub(crate) const C: &str = "/v1/databases/main/collections/c";

pub(crate) fn start() -> Running {
    start_with(Limits::default())
}

pub(crate) fn start_with(limits: Limits) -> Running {
    start_on(
        Arc::new(ModelStore::new()),
        quire_query::Limits::default(),
        Config { limits, ..Config::default() },
        None,
    )
}

pub(crate) fn start_on(
    store: Arc<dyn Store>,
    query_limits: quire_query::Limits,
    config: Config,
    socket: Option<&Path>,
) -> Running {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let session = Session::new(store, Name::new("main").unwrap(), query_limits);
    let state = AppState::new(session, config);
    let server = Server::new(state.clone());
    let (stop, stopped) = oneshot::channel();
    let tcp = runtime.block_on(Listener::tcp("127.0.0.1:0")).unwrap();
    let address = tcp.tcp_address().unwrap();
    let mut listeners = vec![tcp];
    if let Some(path) = socket {
        listeners.push(runtime.block_on(Listener::unix(path)).unwrap());
    }
    let serving = runtime.spawn(async move {
        let shutdown = async {
            stopped.await.ok();
        };
        server.serve(listeners, shutdown).await
    });
    Running { address, state, stop: Some(stop), serving: Some(serving), runtime: Some(runtime) }
}

impl Running {
    pub(crate) fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection::new(stream)
    }

    /// One request on a connection of its own.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        self.connect().send(method, path, headers, body)
    }

    /// One request whose answer breaks off.
    pub(crate) fn send_to_cut(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let mut connection = self.connect();
        connection.ask(method, path, headers, body);
        connection.read_cut()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send("POST", path, &[], body)
    }

    /// Inserts a document into the collection of most tests and gives its revision.
    #[track_caller]
    pub(crate) fn insert(&self, document: &str) -> u64 {
        self.post(&format!("{C}/documents"), document).ok(201).json()["_rev"].as_u64().unwrap()
    }

    /// Tells the server to stop, without waiting.
    pub(crate) fn tell_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
    }

    /// Waits for the server to stop.
    pub(crate) fn stopped(&mut self) -> Stopped {
        self.tell_to_stop();
        let serving = self.serving.take().unwrap();
        self.runtime
            .as_ref()
            .unwrap()
            .block_on(async { tokio::time::timeout(PATIENCE, serving).await })
            .unwrap()
            .unwrap()
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) fn connect_unix(path: &Path) -> Connection {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    Connection::new(stream)
}

/// A folder that goes away with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("quire-server-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
