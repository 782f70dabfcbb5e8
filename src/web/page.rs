//! The page as the session sees it: reports, time, checks, and the person in front of it.

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;

use super::answers::Border;
use super::{host, view, webcrypto};
use crate::certificate::PublicKey;
use crate::error::{Code, Error, Result};
use crate::frame::longmai::Report;
use crate::link::Reports;
use crate::prelude::*;
use crate::secret::Pin;
use crate::session::{Environment, Person, PinAnswer, PinQuestion, Step};
use crate::signature;

/// Longer than any answer; a device that floods the page loses its oldest reports.
const INBOX: usize = 4096;

/// Reports over WebHID.
pub(super) struct HidReports {
    border: Border,
    inbox: Rc<RefCell<Vec<Vec<u8>>>>,
    /// Whether the device was not open yet at the beginning of this workflow.
    opened: Cell<bool>,
}

impl HidReports {
    pub(super) fn new(border: Border) -> Self {
        Self { border, inbox: Rc::default(), opened: Cell::default() }
    }

    /// An input report arrived.
    pub(super) fn arrived(&self, report: Vec<u8>) {
        let mut inbox = self.inbox.borrow_mut();
        if inbox.len() == INBOX {
            inbox.remove(0);
        }
        inbox.push(report);
    }
}

impl Reports for HidReports {
    async fn enter(&self) -> Result<()> {
        let answer = self.border.ask(|host, ticket| host.enter(ticket)).await?;
        self.opened.set(!answer.is_empty());
        Ok(())
    }

    fn leave(&self) {
        self.border.host.leave();
    }

    async fn close(&self) {
        // What cannot be closed is gone already.
        let _ = self.border.ask(|host, ticket| host.close(ticket)).await;
    }

    fn abandon(&self, reports: &[Report]) {
        self.border.host.abandon(reports.as_flattened());
    }

    async fn send(&self, report: &[u8]) -> Result<()> {
        self.border.ask(|host, ticket| host.send(ticket, report)).await.map(drop)
    }

    async fn receive(&self) -> Result<Vec<u8>> {
        poll_fn(|_| {
            let mut inbox = self.inbox.borrow_mut();
            if inbox.is_empty() { Poll::Pending } else { Poll::Ready(Ok(inbox.remove(0))) }
        })
        .await
    }

    /// Between workflows this page asks nothing: what arrives then are answers to others.
    fn disturbed(&self) -> bool {
        self.opened.get() || !self.inbox.borrow().is_empty()
    }

    fn drain(&self) {
        self.inbox.borrow_mut().clear();
    }
}

/// The browser's clock and WebCrypto.
pub(super) struct Page(pub(super) Border);

impl Environment for Page {
    async fn sleep(&self, duration: Duration) {
        let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        let _ = self.0.ask(|host, ticket| host.sleep(ticket, milliseconds)).await;
    }

    fn now(&self) -> u64 {
        host::now()
    }

    async fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
        // The rsa crate alone would more than double the module; the browser has RSA.
        let Some(algorithm) = webcrypto::algorithm(key) else { return signature::verify(key, message, signature) };
        #[cfg(feature = "full")]
        let r_s = if let PublicKey::P256(_) = key { Some(signature::raw(signature)?) } else { None };
        // WebCrypto takes ECDSA as r ‖ s.
        #[cfg(feature = "full")]
        let signature = r_s.as_ref().map_or(signature, |r_s| r_s);
        match self.0.ask(|host, ticket| host.verify(ticket, &algorithm, message, signature)).await?[..] {
            [1] => Ok(()),
            _ => Err(Error::new(Code::SignatureInvalid)),
        }
    }
}

/// The user of one call.
pub(super) struct PagePerson {
    pub(super) border: Border,
    pub(super) call: u32,
}

impl Person for PagePerson {
    async fn pin(&self, question: PinQuestion) -> Result<PinAnswer> {
        let json = view::question(&question);
        let answer = self.border.ask(|host, ticket| host.pin(ticket, self.call, &json)).await?;
        let (&spend, typed) = answer.split_first().ok_or(Code::PinEmpty)?;
        Ok(PinAnswer { pin: Pin::new(typed)?, spend_last_try: spend == 1 })
    }

    fn step(&self, step: Step<'_>) {
        self.border.host.step(self.call, &view::step(&step));
    }
}
