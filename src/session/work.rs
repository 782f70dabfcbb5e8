//! One workflow with the lock: from its turn in the queue until it lets go. The only thing that can send.

use core::cell::Cell;
use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll};
use core::time::Duration;

use super::dialogue::Dialogue;
use super::{Environment, Session, Step};
use crate::apdu::{Answer, Command, Next, Response};
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
#[cfg(feature = "full")]
use crate::lock::Piv;
use crate::lock::profile::Card;
use crate::lock::{Channel, Gmt0017, accepted};
use crate::prelude::*;
use crate::wait::{Boxed, Flag, Turn};

/// How long a page waits for the device to open, other pages' turns included.
const OPEN: Duration = Duration::from_secs(8);
/// Ordinary commands answer in well under a second (reference: token.md 3.3).
const READ: Duration = Duration::from_secs(5);
/// VerifyPIN: some locks delay after a wrong PIN.
const PIN: Duration = Duration::from_secs(10);
/// A signature; some locks wait for a button.
const SIGN: Duration = Duration::from_secs(30);
/// Writing; a key pair takes some locks tens of seconds (reference: token.md 3.3).
#[cfg(feature = "full")]
const WRITE: Duration = Duration::from_secs(60);
/// A person typing; as long as a backend's nonce can live.
const HUMAN: Duration = Duration::from_secs(300);
/// Leaving: nobody shall wait for it.
const CLOSE: Duration = Duration::from_secs(1);

/// The right to talk to the lock. Dropping it gives the turn to the next caller.
pub(super) struct Work<'a, L: Link, E> {
    pub(super) session: &'a Session<L, E>,
    ends: Ends<'a>,
    phase: Cell<Phase>,
    entered: bool,
    _turn: Turn,
}

impl<'a, L: Link, E: Environment> Work<'a, L, E> {
    /// Waits for the turn and opens the device. `closing` is what ends the work when somebody closes the session; only closing
    /// itself goes without it.
    pub(super) async fn begin(
        session: &'a Session<L, E>,
        abort: &'a Flag,
        closing: Option<&'a Flag>,
        step: &dyn Fn(Step<'_>),
    ) -> Result<Self> {
        let ends = Ends { unplugged: &session.unplugged, abort, closing };
        step(Step::Waiting);
        // Those before us have deadlines of their own, so the queue always moves on.
        let turn = async { Ok(session.queue.turn().await) };
        let turn = ends.or(turn, pending()).await.map_err(|error| error.at(Phase::Open))?;
        let mut work = Self { session, ends, phase: Cell::new(Phase::Open), entered: false, _turn: turn };
        step(Step::Opening);
        work.within(OPEN, Box::pin(session.link.enter())).await?;
        work.entered = true;
        if session.link.disturbed() {
            session.stale.set(true);
            // It may have lost power, or been told to forget the PIN by another page.
            #[cfg(feature = "full")]
            session.proven.set(None);
        }
        work.enter_phase(Phase::Read);
        Ok(work)
    }

    /// The card's language, through this workflow.
    pub(super) fn dialogue(&self) -> Dialogue<'_> {
        match &self.session.profile.card {
            Card::Gmt0017(rules) => Dialogue::Gmt0017(Gmt0017::new(self, rules)),
            #[cfg(feature = "full")]
            Card::Piv => Dialogue::Piv(Piv::new(self)),
        }
    }

    /// Sends a command that the card has to accept, and gives the data it answers.
    pub(super) async fn order(&self, command: Command) -> Result<Vec<u8>> {
        accepted(self.transmit(command).await?)
    }

    /// Says what the next commands are for: it decides their deadline and marks their errors.
    pub(super) fn enter_phase(&self, phase: Phase) {
        self.phase.set(phase);
    }

    /// What the last commands were for.
    pub(super) fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Waits for a person.
    pub(super) async fn human<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        self.within(HUMAN, Box::pin(answer)).await
    }

    /// Runs a step until it ends, is aborted, loses its lock, or takes too long. Never longer.
    ///
    /// Boxed inside and out: one copy of the waiting for each kind of outcome, not one for each step.
    pub(super) fn within<'w, T: 'w>(&'w self, deadline: Duration, step: Boxed<'w, Result<T>>) -> Boxed<'w, Result<T>> {
        Box::pin(async move {
            let late = self.session.environment.sleep(deadline);
            self.ends.or(step, late).await.map_err(|error| error.at(self.phase.get()))
        })
    }

    fn deadline(&self) -> Duration {
        match self.phase.get() {
            Phase::Pin => PIN,
            Phase::Sign => SIGN,
            Phase::Close => CLOSE,
            #[cfg(feature = "full")]
            Phase::Write => WRITE,
            _ => READ,
        }
    }

    async fn exchange(&self, instruction: u8, apdu: &[u8]) -> Result<Response> {
        self.session.journal.borrow_mut().sent(instruction, apdu.len());
        #[cfg(feature = "full")]
        self.session.recorded(|recorder| recorder.sent(apdu));
        let answer = self.within(self.deadline(), Box::pin(self.session.link.exchange(apdu))).await;
        let response = match answer {
            // Not silent: somebody else is talking to the lock.
            Err(error) if error.code == Code::Timeout && self.session.link.strangers() > 0 => {
                return Err(Error::new(Code::StaleReply));
            }
            other => {
                let bytes = other?;
                #[cfg(feature = "full")]
                self.session.recorded(|recorder| recorder.received(&bytes));
                Response::parse(&bytes)?
            }
        };
        self.session.journal.borrow_mut().received(response.data.len(), response.status);
        Ok(response)
    }
}

impl<L: Link, E: Environment> Channel for Work<'_, L, E> {
    fn transmit(&self, command: Command) -> Boxed<'_, Result<Response>> {
        Box::pin(async move {
            let instruction = command.ins;
            let mut answer = Answer::to(command, self.session.profile.form);
            let mut apdu = answer.first()?;
            loop {
                match answer.feed(self.exchange(instruction, &apdu).await?)? {
                    Next::Send(again) => apdu = again,
                    Next::Done(response) => return Ok(response),
                }
            }
        })
    }
}

impl<L: Link, E> Drop for Work<'_, L, E> {
    fn drop(&mut self) {
        if self.entered {
            self.session.link.leave();
        }
    }
}

/// Closes the device, waiting for that no longer than for any other step of leaving.
pub(super) async fn close<L: Link, E: Environment>(session: &Session<L, E>) {
    let never = Flag::default();
    let ends = Ends { unplugged: &never, abort: &never, closing: None };
    let closed: Boxed<'_, Result<()>> = Box::pin(async {
        session.link.close().await;
        Ok(())
    });
    let _ = ends.or(closed, session.environment.sleep(CLOSE)).await;
}

/// What ends any waiting: the lock is gone, the session closes, or the caller no longer wants it.
struct Ends<'a> {
    unplugged: &'a Flag,
    abort: &'a Flag,
    closing: Option<&'a Flag>,
}

impl Ends<'_> {
    /// The step's outcome, or the code of what ended it first.
    async fn or<T>(&self, step: impl Future<Output = Result<T>>, late: impl Future<Output = ()>) -> Result<T> {
        let (mut step, mut late) = (pin!(step), pin!(late));
        poll_fn(|cx| {
            // Asked before the step: nothing is sent once the lock is gone or nobody wants the answer.
            if let Some(code) = self.ended(cx) {
                return Poll::Ready(Err(Error::new(code)));
            }
            if let Poll::Ready(outcome) = step.as_mut().poll(cx) {
                return Poll::Ready(outcome);
            }
            late.as_mut().poll(cx).map(|()| Err(Error::new(Code::Timeout)))
        })
        .await
    }

    fn ended(&self, cx: &Context<'_>) -> Option<Code> {
        let flags = [
            (Some(self.unplugged), Code::Disconnected),
            (self.closing, Code::LockClosed),
            (Some(self.abort), Code::Aborted),
        ];
        let raised = |flag: Option<&Flag>| flag.is_some_and(|flag| flag.poll_raised(cx).is_ready());
        flags.into_iter().find_map(|(flag, code)| raised(flag).then_some(code))
    }
}
