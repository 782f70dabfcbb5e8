//! A login: certificate, PIN, statement, signature, and the check before anything is handed out.

use alloc::rc::Rc;
use core::future::Future;

use super::Environment;
use super::dialogue::Place;
use super::inventory::{Entry, Inventory};
use super::work::Work;
use crate::base64;
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
use crate::lock::Channel as _;
use crate::prelude::*;
use crate::secret::Pin;
use crate::statement::{self, Purpose, Statement};

/// What a backend's challenge asks to be signed.
#[derive(Clone, Debug)]
pub struct LoginRequest<'a> {
    /// What the signature is for.
    pub purpose: Purpose,
    /// The page's origin; the module fills it in, never the page's own script.
    pub origin: &'a str,
    /// The backend's nonce.
    pub nonce: &'a str,
    /// The backend's time.
    pub time: &'a str,
    /// The backend's account handle.
    pub account: Option<&'a str>,
    /// Digest of what is submitted.
    pub payload: Option<[u8; 32]>,
    /// Fingerprint of the certificate to use; needed when the lock holds several.
    pub certificate: Option<&'a str>,
}

/// The signed statement, as a page posts it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The statement that was signed.
    pub statement: Statement,
    /// The certificate it was signed with.
    pub entry: Rc<Entry>,
    /// `SM2-SM3`, `RS256` or `ES256`.
    pub algorithm: &'static str,
    /// DER for SM2 and P-256, the octets for RSA.
    pub signature: Vec<u8>,
}

/// What is asked when the PIN is.
#[derive(Clone, Debug)]
pub struct PinQuestion {
    /// Tries left, when the lock tells.
    pub tries_left: Option<u8>,
    /// Tries after a right PIN, when the lock tells.
    pub tries_max: Option<u8>,
    /// Whether a wrong PIN now locks the lock; the answer must say that this is wanted.
    pub last_try: bool,
    /// What the signature will be for.
    pub purpose: Purpose,
    /// Whose certificate signs.
    pub entry: Rc<Entry>,
}

/// What a person answers.
#[derive(Debug)]
pub struct PinAnswer {
    /// The PIN.
    pub pin: Pin,
    /// Yes, spend the last try.
    pub spend_last_try: bool,
}

/// Where a login is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step<'a> {
    /// In the queue.
    Waiting,
    /// Opening the device.
    Opening,
    /// Reading the certificates.
    Reading,
    /// This certificate will be used.
    Certificate(&'a Entry),
    /// Asking for the PIN; the tries left, when the lock tells.
    Pin(Option<u8>),
    /// The lock is signing.
    Signing,
    /// Checking what it signed.
    Checking,
    /// Signed and checked.
    Done,
}

/// The one in front of the screen.
pub trait Person {
    /// Answers the PIN question.
    ///
    /// # Errors
    /// `PIN_CANCELLED` when the answer is no; `PIN_EMPTY` and `PIN_LENGTH` for what is no PIN.
    fn pin(&self, question: PinQuestion) -> impl Future<Output = Result<PinAnswer>>;

    /// Is told where the login is.
    fn step(&self, step: Step<'_>);
}

impl LoginRequest<'_> {
    /// Refuses a challenge that no statement could be made of, before the lock is touched.
    pub(super) fn check(&self) -> Result<()> {
        statement::check_origin(self.origin)?;
        statement::check_nonce(self.nonce)?;
        statement::check_time(self.time)?;
        statement::check_account(self.account)
    }
}

/// Has the lock sign a text, whose digest is at hand, once, and verifies what it says. A macro and no function: one future within
/// another would cost a login page 176 bytes (gzip -9).
macro_rules! signature {
    ($work:expr, $dialogue:expr, $entry:expr, $text:expr, $digest:expr, $person:expr) => {{
        let key = $entry.certificate.key();
        $work.enter_phase(Phase::Sign);
        $person.step(Step::Signing);
        let answer = $work.order($dialogue.signing($entry.place, key, $digest)?).await?;
        let signature = $dialogue.signature(key, answer).map_err($crate::session::login::unsigned)?;

        $work.enter_phase(Phase::Verify);
        $person.step(Step::Checking);
        let checked = Box::pin($work.session.environment.verify(key, $text, &signature));
        $work.within(core::time::Duration::from_secs(10), checked).await.map_err($crate::session::login::unsigned)?;
        signature
    }};
}
#[cfg(feature = "full")]
pub(super) use signature;

/// Signs with the lock.
pub(super) async fn sign<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    inventory: &Inventory,
    request: &LoginRequest<'_>,
    person: &impl Person,
) -> Result<Signed> {
    let entry = inventory.choose(request.certificate)?;
    let certificate = &entry.certificate;
    person.step(Step::Certificate(entry));
    check(work, entry)?;

    let statement = Statement {
        purpose: request.purpose,
        origin: request.origin.to_owned(),
        nonce: request.nonce.to_owned(),
        client: client_random()?,
        account: request.account.map(str::to_owned),
        certificate_digest: certificate.digest(),
        payload: request.payload,
        time: request.time.to_owned(),
    };
    let text = statement.text()?;
    let dialogue = work.dialogue();
    let digest = dialogue.digest(certificate.key(), text.as_bytes())?;

    verify_pin(work, entry, request.purpose, person).await?;
    let signature = signature!(work, dialogue, entry, text.as_bytes(), &digest, person);
    person.step(Step::Done);
    Ok(Signed { statement, entry: entry.clone(), algorithm: certificate.key().algorithm(), signature })
}

/// Whether this certificate can sign now.
pub(super) fn check<L: Link, E: Environment>(work: &Work<'_, L, E>, entry: &Entry) -> Result<()> {
    entry.certificate.check_dates(work.session.environment.now())?;
    if !entry.signing {
        return Err(Error::new(Code::CertUsage));
    }
    entry.certificate.check_usage()
}

/// Reads the tries left, asks, and spends one try at most.
pub(super) async fn verify_pin<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    entry: &Rc<Entry>,
    purpose: Purpose,
    person: &impl Person,
) -> Result<()> {
    work.enter_phase(Phase::Pin);
    #[cfg(feature = "full")]
    if work.session.keeps_pin_of(entry.place) {
        return Ok(());
    }
    let dialogue = work.dialogue();
    let tries = match dialogue.asking_tries(entry.place) {
        Some(question) => dialogue.tries(work.transmit(question).await?)?,
        None => None,
    };
    if tries.is_some_and(|tries| tries.left == 0) {
        return Err(Error::new(Code::PinLocked).with_tries(0));
    }
    let last_try = tries.is_some_and(|tries| tries.left == 1);
    let tries_left = tries.map(|tries| tries.left);
    person.step(Step::Pin(tries_left));
    let question = PinQuestion {
        tries_left,
        tries_max: tries.and_then(|tries| tries.max),
        last_try,
        purpose,
        entry: entry.clone(),
    };
    let answer = work.human(person.pin(question)).await?;
    spend_try(work, entry.place, last_try, answer).await
}

/// Spends one try, the last only where the answer says so.
pub(super) async fn spend_try<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    place: Place,
    last_try: bool,
    answer: PinAnswer,
) -> Result<()> {
    if last_try && !answer.spend_last_try {
        return Err(Error::new(Code::PinLastTry).with_tries(1));
    }
    // From here on the lock may have taken the PIN, even if its answer never arrives.
    work.session.verified.set(Some(place));
    let verified = work.dialogue().verify_pin(place, answer.pin).await;
    if let Err(error) = &verified
        && matches!(error.code, Code::PinWrong | Code::PinLocked)
    {
        work.session.verified.set(None);
    }
    #[cfg(feature = "full")]
    if verified.is_ok() {
        work.session.proven.set(Some(place));
    }
    verified
}

/// Sixteen random bytes that make the statement the module's own, too: a backend alone cannot choose what is signed.
fn client_random() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::because(Code::Internal, "no random source"))?;
    Ok(base64::encode_url(&bytes))
}

/// What is no signature of the certificate, whether its form says so or the check.
pub(super) fn unsigned(error: Error) -> Error {
    match error.code {
        Code::SignatureInvalid | Code::KeyUnsupported => {
            Error::because(Code::SignFailed, "what the lock signed does not verify with its certificate")
                .at(Phase::Verify)
        }
        _ => error,
    }
}
