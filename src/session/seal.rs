//! Signing what a sealed document is made of, and reading the seals that lie in a lock.

use alloc::rc::Rc;
use core::future::Future;
use core::time::Duration;

use super::dialogue::Dialogue;
use super::login::{self, Person, Step};
use super::work::Work;
use super::{Entry, Environment, Session};
use crate::certificate::tlv::{only, tag};
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
use crate::lock::gmt0017::Name;
use crate::prelude::*;
use crate::statement::Purpose;
use crate::wait::Flag;

/// The longest message that is signed: a seal with its picture is part of it.
const MOST: usize = 16 << 20;
/// How long preparing the next document may take: hashing hundreds of megabytes.
const PREPARING: Duration = Duration::from_secs(600);
/// The largest file that is read from a lock. The offset of ReadFile has two bytes (GM/T 0017).
const MOST_FILE: u32 = 0xFFFF;

/// Who seals, and the documents. The PIN is asked once, for all messages.
pub trait Sealer: Person {
    /// Gives the next message to be signed; an empty one ends the work. It takes the certificate (DER) before the first, then the signature
    /// over the one before: what is signed may depend on it, as a second seal covers the first.
    ///
    /// # Errors
    /// Any code; it ends the work.
    fn next(&self, last: &[u8]) -> impl Future<Output = Result<Vec<u8>>>;
}

impl<L: Link, E: Environment> Session<L, E> {
    /// Signs messages that documents are sealed with, one PIN for all of them; `fingerprint` names the certificate. Each signature is verified
    /// before it is handed out, and none is made twice. Afterwards the lock forgets the PIN; where [`Session::keep_pin`] says so and nothing went
    /// wrong, it serves the statement that posts what was sealed. Returns the number of signatures.
    ///
    /// A message is a whole DER SEQUENCE or SET (what a seal's maker, `TBS_Sign` and CMS have signed), so that no page can have a login
    /// statement signed here, whose first byte is another.
    ///
    /// # Errors
    /// As [`Session::login`]; `PARAMETER` for a message that is none of these; what `sealer` says.
    pub async fn seal(&self, fingerprint: &str, sealer: &impl Sealer, abort: &Flag) -> Result<u32> {
        let step = |step: Step<'_>| sealer.step(step);
        let work = self.work(abort, &step).await?;
        let sealed = async {
            let inventory = self.inventory(&work, &step, true).await?;
            sign_all(&work, inventory.choose(Some(fingerprint))?, sealer).await
        };
        let outcome = self.settle(&work, sealed.await);
        if outcome.is_err() || !self.keeps_pin.get() {
            let _ = self.forget_pin(&work).await;
        }
        outcome
    }

    /// The content of a file in the lock, which everybody may read.
    ///
    /// # Errors
    /// `LOCK_STATUS` when there is none or it may not be read; `PARAMETER` when it is longer than 64 KiB; `OPERATION_UNPROVEN` for a PIV card;
    /// as any step.
    pub async fn read_file(&self, name: &str, abort: &Flag) -> Result<Vec<u8>> {
        let work = self.work(abort, &|_| {}).await?;
        self.settle(&work, content(&work, name).await)
    }
}

async fn sign_all<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    entry: &Rc<Entry>,
    sealer: &impl Sealer,
) -> Result<u32> {
    sealer.step(Step::Certificate(entry));
    login::check(work, entry)?;
    // Prepared before the PIN is asked: what cannot be sealed costs nobody a try.
    let mut last = entry.certificate.der().to_vec();
    let mut count = 0;
    loop {
        let message = work.within(PREPARING, Box::pin(sealer.next(&last))).await?;
        if message.is_empty() {
            sealer.step(Step::Done);
            return Ok(count);
        }
        check(&message)?;
        let dialogue = work.dialogue();
        let digest = dialogue.digest(entry.certificate.key(), &message)?;
        if count == 0 {
            login::verify_pin(work, entry, Purpose::Seal, sealer).await?;
        }
        last = login::signature!(work, dialogue, entry, &message, &digest, sealer);
        count += 1;
    }
}

/// A message is one DER SEQUENCE or SET.
fn check(message: &[u8]) -> Result<()> {
    let whole = message.len() <= MOST && only(message).is_ok_and(|one| matches!(one.tag, tag::SEQUENCE | tag::SET));
    if whole { Ok(()) } else { Err(Error::because(Code::Parameter, "nothing that a document is sealed with")) }
}

async fn content<L: Link, E: Environment>(work: &Work<'_, L, E>, name: &str) -> Result<Vec<u8>> {
    work.enter_phase(Phase::Read);
    let Dialogue::Gmt0017(lock) = work.dialogue() else { return Err(Code::OperationUnproven.into()) };
    let name = Name::from(name.as_bytes());
    let mut refused = Error::new(Code::CertNotFound);
    for application in lock.applications().await? {
        let application = lock.open_application(&application).await?.id;
        let size = match lock.file_info(application, &name).await {
            Ok(info) => info.size,
            Err(error) if error.code == Code::LockStatus => {
                refused = error;
                continue;
            }
            Err(error) => return Err(error),
        };
        if size > MOST_FILE {
            return Err(Error::because(Code::Parameter, "a file of more than 64 KiB"));
        }
        return lock.read_file(application, &name, size).await;
    }
    Err(refused)
}
