//! What a person does with a lock besides logging in: look into it, change its PIN and label, have a certificate made on it.

mod change;
mod clear;
mod inspect;
mod produce;
mod survey;

use core::future::Future;
use core::time::Duration;

pub use inspect::{ApplicationReport, ContainerReport, Content, FileReport, LockReport};
pub use produce::{Delivery, Produced, Production};

use super::dialogue::Dialogue;
use super::work::Work;
use super::{Environment, PinAnswer, Session, Step};
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
use crate::lock::gmt0017::{ApplicationId, PinInfo};
use crate::lock::profile::{Card, Rules};
use crate::lock::{Gmt0017, Profile};
use crate::secret::Pin;
use crate::wait::Flag;

/// Who stands before the lock, and the CA behind that person's page.
pub trait Manager {
    /// Answers with the PIN: the one that the lock has now, or for a lock without an application the one that it shall have.
    ///
    /// # Errors
    /// `PIN_CANCELLED`, `PIN_EMPTY`, `PIN_LENGTH`.
    fn pin(&self, tries: PinTries) -> impl Future<Output = Result<PinAnswer>>;

    /// Answers with the PIN that the lock has and the one that it shall have.
    ///
    /// # Errors
    /// As [`Manager::pin`].
    fn new_pin(&self, tries: PinTries) -> impl Future<Output = Result<PinChange>>;

    /// Hands a certificate request (PKCS#10, DER) to the CA and gives what it delivers.
    ///
    /// # Errors
    /// The CA's code, or `AUTHORITY_FAILED` when it is not known whether the CA issued.
    fn certify(&self, request: &[u8]) -> impl Future<Output = Result<Delivery>>;

    /// Is told where the work is.
    fn step(&self, step: ManageStep);
}

/// PIN tries before a PIN is spent; `None` where the lock does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinTries {
    /// PinTries left.
    pub left: Option<u8>,
    /// PinTries after a right PIN.
    pub max: Option<u8>,
    /// Whether a wrong PIN now locks the lock; the answer must say that this is wanted.
    pub last: bool,
    /// Whether the PIN is the one that the lock was delivered with, when the lock tells.
    pub is_default: bool,
}

/// What a person answers who changes a PIN.
#[derive(Debug)]
pub struct PinChange {
    /// The PIN until now, and whether the last try may be spent on it.
    pub old: PinAnswer,
    /// The PIN from now on.
    pub new: Pin,
}

/// Where the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManageStep {
    /// In the queue.
    Waiting,
    /// Opening the device.
    Opening,
    /// Reading what is in the lock.
    Reading,
    /// Asking for the PIN.
    Pin,
    /// Making the application.
    Initialising,
    /// The lock makes its key pair.
    Generating,
    /// The lock signs the request.
    Signing,
    /// The CA has the request.
    Certifying,
    /// Keys and certificates go into the lock.
    Importing,
    /// The PIN or label is being changed.
    Changing,
    /// What was begun is cleared away.
    Clearing,
    /// Reading back and testing.
    Checking,
    /// Done.
    Done,
}

impl ManageStep {
    /// The name that JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Opening => "opening",
            Self::Reading => "reading",
            Self::Pin => "pin",
            Self::Initialising => "initialising",
            Self::Generating => "generating",
            Self::Signing => "signing",
            Self::Certifying => "certifying",
            Self::Importing => "importing",
            Self::Changing => "changing",
            Self::Clearing => "clearing",
            Self::Checking => "checking",
            Self::Done => "done",
        }
    }
}

/// How long a CA may take.
const AUTHORITY: Duration = Duration::from_secs(60);

impl<L: Link, E: Environment> Session<L, E> {
    /// Everything that the lock tells without a PIN. Of a lock of unknown model only what [`Session::info`] reads.
    ///
    /// # Errors
    /// As any step.
    pub async fn inspect(&self, abort: &Flag) -> Result<LockReport> {
        let work = self.manage(abort, &|_| {}).await?;
        self.settle(&work, inspect::inspect(&work).await)
    }

    /// Gives the lock a label, 1 to 32 bytes.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN` for a lock that may only be read, `PARAMETER` for what is no label, both before anything is sent; as any
    /// step.
    pub async fn set_label(&self, label: &str, abort: &Flag) -> Result<()> {
        self.known()?;
        let work = self.manage(abort, &|_| {}).await?;
        work.enter_phase(Phase::Write);
        let outcome = match lock(&work) {
            Ok(lock) => lock.set_label(label).await,
            Err(error) => Err(error),
        };
        self.settle(&work, outcome)
    }

    /// Changes the user PIN of the lock's application.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN`, `OPERATION_UNPROVEN` where the model's way is not known to be right, both before anything is sent;
    /// `PIN_LOCKED`, `PIN_LAST_TRY`, `PIN_NEW` before a try is spent; `PIN_WRONG` with the tries left; as any step.
    pub async fn change_pin(&self, person: &impl Manager, abort: &Flag) -> Result<()> {
        if self.known()?.change_pin.is_none() {
            return Err(Code::OperationUnproven.into());
        }
        let work = self.manage(abort, &|step| person.step(step)).await?;
        let outcome = change::change(&work, person).await;
        self.finish(&work, outcome).await
    }

    /// Has a certificate made on a blank lock (证书制作): a signing key pair is made in the lock, the CA certifies it and delivers
    /// an encryption key pair with its certificate.
    ///
    /// The signing certificate is written last, so that a lock without one was left in the middle: it is told by
    /// `LOCK_UNFINISHED`, and `order.resume` goes on with the same key, for which the CA delivers the same again.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN`, `OPERATION_UNPROVEN` before anything is sent; `LOCK_NOT_BLANK`, `LOCK_UNFINISHED` before anything is
    /// changed; the PIN's codes as for a login; the CA's codes and `DELIVERY_INVALID`, after which the lock is blank again;
    /// `AUTHORITY_FAILED` and every fault on the way, after which the lock is unfinished.
    pub async fn produce(&self, order: &Production<'_>, person: &impl Manager, abort: &Flag) -> Result<Produced> {
        self.known()?;
        let work = self.manage(abort, &|step| person.step(step)).await?;
        let outcome = produce::produce(&work, order, person).await;
        // From now on it is known by other certificates, or by none.
        self.inventory.take();
        self.finish(&work, outcome).await
    }

    /// Clears away what an unfinished [`Session::produce`] left in the lock: containers of ours without a signing certificate.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN`; `LOCK_NOT_BLANK` when there is something else in the lock; the PIN's codes; as any step.
    pub async fn clear_unfinished(&self, person: &impl Manager, abort: &Flag) -> Result<()> {
        self.known()?;
        let work = self.manage(abort, &|step| person.step(step)).await?;
        let outcome = clear::clear(&work, person).await;
        self.inventory.take();
        self.finish(&work, outcome).await
    }

    /// The rules of a lock that may be changed.
    fn known(&self) -> Result<&'static Rules> {
        let rules = rules_of(self.profile)?;
        if rules.pin.is_none() {
            return Err(Error::because(Code::LockUnknown, "this lock may only be read"));
        }
        Ok(rules)
    }

    /// A turn with the lock. Containers that a login opened are given back; who needs them reads anew, and compares.
    async fn manage<'a>(&'a self, abort: &'a Flag, step: &dyn Fn(ManageStep)) -> Result<Work<'a, L, E>> {
        let work = self
            .work(abort, &|at| match at {
                Step::Waiting => step(ManageStep::Waiting),
                Step::Opening => step(ManageStep::Opening),
                _ => {}
            })
            .await?;
        let known = self.inventory.borrow().clone();
        if let (Some(known), false) = (known, self.stale.get()) {
            for leaving in known.entries.iter().filter_map(|entry| entry.place.leaving()) {
                work.order(leaving).await?;
            }
        }
        self.stale.set(true);
        Ok(work)
    }

    /// The lock forgets the PIN at once, whatever came out; what it answers to that changes nothing any more.
    async fn finish<T>(&self, work: &Work<'_, L, E>, outcome: Result<T>) -> Result<T> {
        let outcome = self.settle(work, outcome);
        let _ = self.forget_pin(work).await;
        outcome
    }
}

/// The lock's commands. Only GM/T 0017 has all of these; what a PIV card calls its own is not known here.
fn lock<'w, L: Link, E: Environment>(work: &'w Work<'_, L, E>) -> Result<Gmt0017<'w>> {
    match work.dialogue() {
        Dialogue::Gmt0017(lock) => Ok(lock),
        Dialogue::Piv(_) => Err(Code::OperationUnproven.into()),
    }
}

fn rules<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<&'static Rules> {
    rules_of(work.session.profile)
}

fn rules_of(profile: &'static Profile) -> Result<&'static Rules> {
    match &profile.card {
        Card::Gmt0017(rules) => Ok(rules),
        Card::Piv => Err(Code::OperationUnproven.into()),
    }
}

/// The tries before a PIN is asked.
async fn tries<L: Link, E: Environment>(work: &Work<'_, L, E>, application: ApplicationId) -> Result<PinTries> {
    work.enter_phase(Phase::Pin);
    let info = lock(work)?.pin_info(application).await?;
    if info.is_some_and(|info| info.left == 0) {
        return Err(Error::new(Code::PinLocked).with_tries(0).at(Phase::Pin));
    }
    Ok(PinTries::of(info))
}

impl PinTries {
    fn of(info: Option<PinInfo>) -> Self {
        Self {
            left: info.map(|info| info.left),
            max: info.map(|info| info.max),
            last: info.is_some_and(|info| info.left == 1),
            is_default: info.is_some_and(|info| info.is_default),
        }
    }
}
