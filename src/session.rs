//! One lock, one queue: who may talk to it now, what was read from it, and what each step may take.
//!
//! A session does no I/O of its own: it drives a [`Link`] and asks an [`Environment`] for time and checks, so the same code runs
//! in a page and in a native test with a clock of its own.

mod dialogue;
mod environment;
mod inventory;
mod login;
#[cfg(feature = "full")]
mod manage;
#[cfg(feature = "full")]
mod seal;
mod work;

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};

pub use environment::Environment;
pub use inventory::{Entry, LockInfo};
pub use login::{LoginRequest, Person, PinAnswer, PinQuestion, Signed, Step};
#[cfg(feature = "full")]
pub use manage::{
    ApplicationReport, ContainerReport, Content, Delivery, FileReport, LockReport, ManageStep, Manager, PinChange,
    PinTries, Produced, Production,
};
#[cfg(feature = "full")]
pub use seal::Sealer;
use work::Work;

use self::dialogue::Place;
use self::inventory::Inventory;
use crate::error::{Code, Error, Phase, Result};
use crate::journal::Journal;
use crate::link::Link;
use crate::lock::Profile;
use crate::prelude::*;
#[cfg(feature = "full")]
use crate::recording::{Recorder, Recording};
use crate::wait::{Flag, Queue};

/// The conversation with one plugged-in lock, from the first question until it is closed or unplugged.
pub struct Session<L, E> {
    link: L,
    environment: E,
    profile: &'static Profile,
    queue: Queue,
    unplugged: Flag,
    closing: Flag,
    /// Whose PIN the lock may hold for proven: set before the PIN is sent, cleared when the lock was told to forget it.
    verified: Cell<Option<Place>>,
    /// Whose PIN the lock has accepted and not been told to forget.
    #[cfg(feature = "full")]
    proven: Cell<Option<Place>>,
    /// Whether a PIN that was accepted serves the signatures after it.
    #[cfg(feature = "full")]
    keeps_pin: Cell<bool>,
    /// What was read, and from then on what the lock is known by.
    inventory: RefCell<Option<Rc<Inventory>>>,
    /// Whether it has to be read again: the lock may be another, or its handles no longer good.
    stale: Cell<bool>,
    journal: RefCell<Journal>,
    #[cfg(feature = "full")]
    recorder: RefCell<Option<Recorder>>,
}

impl<L: Link, E: Environment> Session<L, E> {
    /// A session with a lock of this profile. Sends nothing.
    pub fn new(link: L, environment: E, profile: &'static Profile) -> Self {
        Self {
            link,
            environment,
            profile,
            queue: Queue::default(),
            unplugged: Flag::default(),
            closing: Flag::default(),
            verified: Cell::new(None),
            #[cfg(feature = "full")]
            proven: Cell::default(),
            #[cfg(feature = "full")]
            keeps_pin: Cell::default(),
            inventory: RefCell::new(None),
            stale: Cell::new(false),
            journal: RefCell::new(Journal::default()),
            #[cfg(feature = "full")]
            recorder: RefCell::new(None),
        }
    }

    /// What is known of the lock's model.
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// The way to the lock.
    pub fn link(&self) -> &L {
        &self.link
    }

    /// What happened so far, redacted.
    pub fn journal(&self) -> core::cell::Ref<'_, Journal> {
        self.journal.borrow()
    }

    /// Writes down what is said from now on, masked ([`crate::recording`]). One that was under way is thrown away.
    #[cfg(feature = "full")]
    pub fn start_recording(&self) {
        *self.recorder.borrow_mut() = Some(Recorder::new(self.profile.name));
    }

    /// Ends the recording and gives it; `None` when none was under way. A session that is unplugged or closed still gives its own.
    #[cfg(feature = "full")]
    pub fn stop_recording(&self) -> Option<Recording> {
        self.recorder.take().map(Recorder::finish)
    }

    #[cfg(feature = "full")]
    fn recorded(&self, note: impl FnOnce(&mut Recorder)) {
        if let Some(recorder) = self.recorder.borrow_mut().as_mut() {
            note(recorder);
        }
    }

    /// Tells the session that its lock was unplugged; everything under way ends with `DISCONNECTED`.
    pub fn unplug(&self) {
        self.unplugged.raise();
    }

    /// Label, serial number and applications. Safe on any lock, known or not.
    ///
    /// # Errors
    /// As any step: `ABORTED`, `DISCONNECTED`, `TIMEOUT`, and what the lock says.
    pub async fn info(&self, abort: &Flag) -> Result<LockInfo> {
        let work = self.work(abort, &|_| {}).await?;
        self.settle(&work, inventory::info(&work).await)
    }

    /// The certificates in the lock, signing ones first in each container; read once and remembered. Another lock in the old
    /// one's place is the session's lock from here on.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN` for a lock that may only be read, `CERT_NOT_FOUND` for an empty one; as any step.
    pub async fn certificates(&self, abort: &Flag, step: &dyn Fn(Step<'_>)) -> Result<Vec<Rc<Entry>>> {
        let work = self.work(abort, step).await?;
        self.settle(&work, self.inventory(&work, step, false).await).map(|inventory| inventory.entries.clone())
    }

    /// Signs a login statement, asking `person` for the PIN.
    ///
    /// A lock is known by its certificates, never by its place on the USB. Where it may have been changed for another since they
    /// were read, they are read again and compared before the PIN is asked.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID` before the lock is touched; `WRONG_LOCK` for a lock with other certificates; `CERT_CHOOSE`, `CERT_EXPIRED`, `CERT_NOT_YET`, `CERT_USAGE` before the PIN
    /// is asked; `PIN_LOCKED`, `PIN_LAST_TRY`, `PIN_CANCELLED` before it is spent; `PIN_WRONG` with the tries left; `SIGN_FAILED`
    /// when what came back is no signature of the certificate; as any step.
    pub async fn login(&self, request: &LoginRequest<'_>, person: &impl Person, abort: &Flag) -> Result<Signed> {
        request.check()?;
        let step = |step: Step<'_>| person.step(step);
        let work = self.work(abort, &step).await?;
        let signed = async {
            let inventory = self.inventory(&work, &step, true).await?;
            login::sign(&work, &inventory, request, person).await
        };
        self.settle(&work, signed.await)
    }

    /// Whether a PIN that the lock accepted serves all signatures that follow, of every container that it holds for, until this is
    /// turned off: a self-test signs with one container after the other, and a PIN is never sent again without being typed again.
    #[cfg(feature = "full")]
    pub fn keep_pin(&self, keep: bool) {
        self.keeps_pin.set(keep);
    }

    #[cfg(feature = "full")]
    fn keeps_pin_of(&self, place: Place) -> bool {
        self.keeps_pin.get() && self.proven.get().is_some_and(|proven| proven.shares_pin(place))
    }

    /// Makes the lock forget a PIN that was verified; does nothing when none was. For the time after a signature, while the page
    /// stays open: without it any script of the page could sign on.
    ///
    /// # Errors
    /// As any step.
    pub async fn rest(&self) -> Result<()> {
        if self.verified.get().is_none() {
            return Ok(());
        }
        let never = Flag::default();
        let work = self.work(&never, &|_| {}).await?;
        self.forget_pin(&work).await
    }

    /// Leaves the lock as it was found and closes the device. What was under way ends with `LOCK_CLOSED`, and so does everything
    /// after it.
    pub async fn close(&self) {
        if self.closing.is_raised() {
            return;
        }
        self.closing.raise();
        let never = Flag::default();
        if let (Ok(work), Some(inventory)) = (Work::begin(self, &never, None, &|_| {}).await, self.inventory.take()) {
            work.enter_phase(Phase::Close);
            // Closing tells nobody anything: what the lock refuses now is no longer of use to the caller.
            let _ = self.forget_pin(&work).await;
            for entry in inventory.entries.iter().filter(|_| !self.stale.get()) {
                if let Some(leaving) = entry.place.leaving() {
                    let _ = work.order(leaving).await;
                }
            }
        }
        // A browser need not ever say that a device which was pulled out meanwhile is closed.
        work::close(self).await;
    }

    /// The same when nothing can be awaited any more: hands the lock one command that makes it forget the PIN, and lets go.
    pub fn abandon(&self) {
        if self.closing.is_raised() {
            return;
        }
        self.closing.raise();
        let forget = self.verified.take().map(Place::forgetting);
        let apdu = forget.and_then(|forget| forget.encode(self.profile.form).ok());
        self.link.abandon(apdu.as_ref().map(|apdu| apdu.as_slice()));
    }

    async fn work<'a>(&'a self, abort: &'a Flag, step: &dyn Fn(Step<'_>)) -> Result<Work<'a, L, E>> {
        Work::begin(self, abort, Some(&self.closing), step).await
    }

    /// What is in the lock. Read again where it must be; with `same` only the lock of before will do.
    async fn inventory(&self, work: &Work<'_, L, E>, step: &dyn Fn(Step<'_>), same: bool) -> Result<Rc<Inventory>> {
        if let (Some(known), false) = (&*self.inventory.borrow(), self.stale.get()) {
            return Ok(known.clone());
        }
        step(Step::Reading);
        let read = Inventory::read(work).await?;
        self.remember(read, same)
    }

    fn remember(&self, read: Inventory, same: bool) -> Result<Rc<Inventory>> {
        let mut known = self.inventory.borrow_mut();
        if same && known.as_ref().is_some_and(|known| !known.is_like(&read)) {
            return Err(Error::because(Code::WrongLock, "the certificates are not those that were read before"));
        }
        self.stale.set(false);
        Ok(known.insert(Rc::new(read)).clone())
    }

    async fn forget_pin(&self, work: &Work<'_, L, E>) -> Result<()> {
        if let Some(place) = self.verified.get() {
            work.order(place.forgetting()).await?;
            self.verified.set(None);
        }
        #[cfg(feature = "full")]
        self.proven.set(None);
        Ok(())
    }

    fn settle<T>(&self, work: &Work<'_, L, E>, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.failed(error.at(work.phase())))
    }

    /// After an error that says that lock and session no longer agree, the next call reads anew.
    fn failed(&self, error: Error) -> Error {
        use Code::{Aborted, BadFrame, BadReply, Disconnected, LockStatus, SignFailed, StaleReply, Timeout};
        let apart = [Aborted, BadFrame, BadReply, Disconnected, LockStatus, SignFailed, StaleReply, Timeout];
        if apart.contains(&error.code) {
            self.stale.set(true);
        }
        error
    }
}
