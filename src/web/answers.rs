//! Waiting for JavaScript: a ticket is drawn with each wish, and its future ends when the answer comes.

use alloc::rc::Rc;
use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use zeroize::Zeroizing;

use super::host::Host;
use crate::error::{Code, Error, Result};
use crate::prelude::*;

/// What JavaScript answers: bytes, or why not. The bytes may be a PIN, so they are wiped wherever they are dropped.
pub(super) type Answer = Result<Zeroizing<Vec<u8>>>;

/// The wishes that wait for an answer.
#[derive(Default)]
pub(super) struct Answers {
    drawn: u32,
    waiting: Vec<(u32, Option<Answer>)>,
}

/// The other side of the border: the host and what it owes.
#[derive(Clone)]
pub(super) struct Border {
    pub(super) host: Rc<Host>,
    answers: Rc<RefCell<Answers>>,
}

impl Border {
    pub(super) fn new(host: Host) -> Self {
        Self { host: Rc::new(host), answers: Rc::default() }
    }

    /// Draws a ticket, hands the wish over with its number, and gives what will be the answer.
    pub(super) fn ask(&self, wish: impl FnOnce(&Host, u32)) -> Ticket {
        let ticket = self.draw();
        wish(&self.host, ticket.number);
        ticket
    }

    fn draw(&self) -> Ticket {
        let mut answers = self.answers.borrow_mut();
        answers.drawn = answers.drawn.wrapping_add(1);
        let number = answers.drawn;
        answers.waiting.push((number, None));
        Ticket { border: self.clone(), number }
    }

    /// An answer arrived. Late ones, whose ticket was given up, are dropped.
    pub(super) fn answered(&self, number: u32, code: Option<&str>, bytes: Zeroizing<Vec<u8>>) {
        let answer = match code {
            None => Ok(bytes),
            Some(code) => Err(Error::new(Code::parse(code).unwrap_or(Code::Internal))),
        };
        if let Some(entry) = self.answers.borrow_mut().waiting.iter_mut().find(|(one, _)| *one == number) {
            entry.1 = Some(answer);
        }
    }
}

/// One wish that waits. The executor polls everything after every event, so no waker needs to be kept.
pub(super) struct Ticket {
    border: Border,
    number: u32,
}

impl Future for Ticket {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Answer> {
        let mut answers = self.border.answers.borrow_mut();
        let answer =
            answers.waiting.iter_mut().find(|(one, _)| *one == self.number).and_then(|(_, answer)| answer.take());
        answer.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.border.answers.borrow_mut().waiting.retain(|(one, _)| *one != self.number);
        self.border.host.forget(self.number);
    }
}
