//! A server that answers from a script, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use quire_client::{Client, Endpoint};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends these bytes and keeps the connection.
    Say(String),
    /// Sends these bytes and closes the connection.
    SayAndClose(String),
}

/// What the server was asked: for each connection its requests.
pub(crate) type Asked = Arc<Mutex<Vec<Vec<String>>>>;

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nquire-seq: 9\r\n\r\n{body}", body.len())
}

/// A client of a server that follows `script`, whatever connection a request comes over.
pub(crate) async fn client(script: Vec<Step>) -> (Client, Asked) {
    let asked: Asked = Arc::default();
    let script = Arc::new(Mutex::new(script.into_iter()));
    let seen = Arc::clone(&asked);
    let endpoint = Endpoint::Channel(Arc::new(move || {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let connection = {
            let mut all = seen.lock().unwrap();
            all.push(Vec::new());
            all.len() - 1
        };
        tokio::spawn(serve(far, connection, Arc::clone(&seen), Arc::clone(&script)));
        Ok(near)
    }));
    (Client::connect(endpoint).await.unwrap(), asked)
}

async fn serve(
    mut stream: DuplexStream,
    connection: usize,
    asked: Asked,
    script: Arc<Mutex<std::vec::IntoIter<Step>>>,
) {
    while let Some(request) = request(&mut stream).await {
        asked.lock().unwrap()[connection].push(request);
        let step = script.lock().unwrap().next();
        match step {
            Some(Step::Say(text)) => stream.write_all(text.as_bytes()).await.unwrap(),
            Some(Step::SayAndClose(text)) => {
                stream.write_all(text.as_bytes()).await.unwrap();
                return;
            }
            None => return,
        }
    }
}

/// One request: its head, and its body where it has a length.
async fn request(stream: &mut DuplexStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    stream.read_exact(&mut body).await.ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}
