//! Results of a bulk on their way to the client, bounded in bytes.

use axum::body::Bytes;
use futures::Stream;
use quire_model::Error;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where results go in.
pub(super) struct Outlet {
    sender: UnboundedSender<Message>,
    room: Arc<Semaphore>,
    bytes_max: usize,
}

/// The client is gone.
pub(super) struct Gone;

enum Message {
    Lines(Vec<u8>, OwnedSemaphorePermit),
    Failed(Error),
    End,
}

/// An outlet that holds so many bytes, and the answer's body that they come out of.
pub(super) fn pair(bytes_max: usize) -> (Outlet, impl Stream<Item = Result<Bytes, Error>> + Send + 'static) {
    let (sender, receiver) = unbounded_channel();
    let outlet = Outlet { sender, room: Arc::new(Semaphore::new(bytes_max)), bytes_max };
    (outlet, futures::stream::unfold(Some(receiver), next))
}

async fn next(
    receiver: Option<UnboundedReceiver<Message>>,
) -> Option<(Result<Bytes, Error>, Option<UnboundedReceiver<Message>>)> {
    let mut receiver = receiver?;
    match receiver.recv().await {
        // The room is free once the bytes are on their way to the socket.
        Some(Message::Lines(lines, _room)) => Some((Ok(lines.into()), Some(receiver))),
        Some(Message::Failed(error)) => Some((Err(error), None)),
        Some(Message::End) => None,
        // The task is gone without a last word: what came is not all.
        None => Some((Err(Error::internal("the bulk met a defect and was ended")), None)),
    }
}

impl Outlet {
    /// Sends results, waiting for room.
    pub(super) async fn send(&self, lines: Vec<u8>) -> Result<(), Gone> {
        let wanted = u32::try_from(lines.len().min(self.bytes_max)).unwrap_or(u32::MAX);
        let room = tokio::select! {
            room = Arc::clone(&self.room).acquire_many_owned(wanted) => room.map_err(|_| Gone)?,
            () = self.sender.closed() => return Err(Gone),
        };
        self.sender.send(Message::Lines(lines, room)).map_err(|_| Gone)
    }

    /// Ends the answer: every line was answered.
    pub(super) fn finish(self) {
        // Where the client is gone nobody needs the end.
        self.sender.send(Message::End).ok();
    }

    /// Ends the answer with the reason why no more lines are answered.
    pub(super) fn fail(self, error: Error) {
        self.sender.send(Message::Failed(error)).ok();
    }
}
