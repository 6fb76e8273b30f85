//! A proxy that cuts connections after the server has answered and before the client hears of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The proxy; it ends with the test's process.
pub(crate) struct Cutting {
    /// `http://HOST:PORT`.
    pub(crate) url: String,
    left: Arc<AtomicUsize>,
    cut: Arc<AtomicUsize>,
}

impl Cutting {
    /// Stands before a server and cuts as many answers as it is told.
    pub(crate) fn before(url: &str) -> Cutting {
        let server = url.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (left, cut) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (left_here, cut_here) = (left.clone(), cut.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (server, left, cut) = (server.clone(), left_here.clone(), cut_here.clone());
                std::thread::spawn(move || carry(client.unwrap(), &server, &left, &cut));
            }
        });
        Cutting { url, left, cut }
    }

    /// Cuts the next answers.
    pub(crate) fn cut_next(&self, count: usize) {
        self.left.store(count, Ordering::SeqCst);
    }

    /// How many answers were cut so far.
    pub(crate) fn cut(&self) -> usize {
        self.cut.load(Ordering::SeqCst)
    }
}

/// Carries a connection. Each answer of these tests is small and comes in one piece, so that the first bytes that the
/// server sends are the sign that it has committed.
fn carry(mut client: TcpStream, server: &str, left: &AtomicUsize, cut: &AtomicUsize) {
    let mut server = TcpStream::connect(server).unwrap();
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || {
        std::io::copy(&mut from_client, &mut to_server).ok();
        to_server.shutdown(std::net::Shutdown::Both).ok();
    });
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = server.read(&mut buffer) {
        let is_cut =
            left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if is_cut {
            cut.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if client.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    client.shutdown(std::net::Shutdown::Both).ok();
    server.shutdown(std::net::Shutdown::Both).ok();
}
