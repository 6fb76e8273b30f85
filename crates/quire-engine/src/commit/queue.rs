//! Requests in line, and who leads. Every waiting thread has its own place to be woken at.

use super::resolve::Request;
use crate::sync::{lock, wait};
use quire_model::{Code, Committed, Error, Result, WriteBatch};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

/// A group takes requests until it has so many bytes.
const GROUP_BYTES_MAX: usize = 8 << 20;

/// What the leader tells a request's thread.
pub(crate) enum Answer {
    /// Committed, or refused.
    Done(Result<Committed>),
    /// What was looked up is too old to be judged from memory: look it up again.
    Again(WriteBatch),
}

/// A request in line. One that is dropped without an answer, because its leader panicked, is told so.
pub(crate) struct Pending {
    pub(crate) request: Request,
    seat: Arc<Seat>,
    answered: bool,
}

struct Seat {
    call: Mutex<Call>,
    called: Condvar,
}

enum Call {
    Wait,
    Lead,
    Answer(Answer),
}

#[derive(Default)]
pub(crate) struct Queue(Mutex<Line>);

#[derive(Default)]
struct Line {
    pending: VecDeque<Pending>,
    led: bool,
}

impl Pending {
    pub(crate) fn answer(mut self, result: Result<Committed>) {
        self.answered = true;
        self.seat.call(Call::Answer(Answer::Done(result)));
    }

    /// Gives the request back to be looked up again.
    pub(crate) fn again(mut self) {
        self.answered = true;
        let batch = std::mem::take(&mut self.request.batch);
        self.seat.call(Call::Answer(Answer::Again(batch)));
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.answered {
            let error = Error::new(Code::OutcomeUnknown, "the commit stopped half-way; a restart will tell");
            self.seat.call(Call::Answer(Answer::Done(Err(error))));
        }
    }
}

impl Seat {
    fn call(&self, call: Call) {
        *lock(&self.call) = call;
        self.called.notify_one();
    }
}

impl Queue {
    /// Joins the line and waits for the answer. Whoever is first in line when nobody leads runs `lead` on a group;
    /// the group then includes its own request.
    pub(crate) fn join(&self, request: Request, lead: impl FnOnce(Vec<Pending>)) -> Answer {
        let seat = Arc::new(Seat { call: Mutex::new(Call::Wait), called: Condvar::new() });
        let leads = {
            let mut line = lock(&self.0);
            line.pending.push_back(Pending { request, seat: seat.clone(), answered: false });
            !std::mem::replace(&mut line.led, true)
        };
        if !leads {
            let mut call = lock(&seat.call);
            loop {
                match std::mem::replace(&mut *call, Call::Wait) {
                    Call::Answer(answer) => return answer,
                    Call::Lead => break,
                    Call::Wait => call = wait(&seat.called, call),
                }
            }
        }
        lead(self.take());
        match std::mem::replace(&mut *lock(&seat.call), Call::Wait) {
            Call::Answer(answer) => answer,
            _ => Answer::Done(Err(Error::internal("the leader of a group did not answer itself"))),
        }
    }

    fn take(&self) -> Vec<Pending> {
        let mut line = lock(&self.0);
        let mut bytes = 0;
        let fitting = line.pending.iter().take_while(|pending| {
            bytes += pending.request.bytes;
            bytes <= GROUP_BYTES_MAX
        });
        // One that is larger than a group goes alone.
        let count = fitting.count().max(1).min(line.pending.len());
        line.pending.drain(..count).collect()
    }

    /// Ends the leader's turn: the next in line leads, if there is one.
    pub(crate) fn pass_on(&self) {
        let mut line = lock(&self.0);
        match line.pending.front() {
            Some(next) => next.seat.call(Call::Lead),
            None => line.led = false,
        }
    }
}
