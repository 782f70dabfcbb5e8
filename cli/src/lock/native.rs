//! A session with a lock outside any browser: a clock, a person at the terminal, and what they do with the lock.

use std::cell::RefCell;
use std::future::Future;
use std::io::Read;
use std::time::Duration;

use calock::certificate::PublicKey;
use calock::error::{Code, Error, Result};
use calock::link::Link;
use calock::lock::Profile;
use calock::recording::Recording;
use calock::secret::Pin;
use calock::session::{Environment, LoginRequest, Person, PinAnswer, PinQuestion, Session, Step};
use calock::statement::Purpose;
use calock::wait::Flag;
use calock::{base64, signature};
use clap::ValueEnum;

use crate::inspect::now;
use crate::outcome::Failure;
use crate::verify::reason;

/// How far to go with a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// GetDevInfo and the applications; safe on any lock
    Info,
    /// the certificates, as a page reads them
    Certificates,
    /// the same, and a signature as for a login; needs the PIN
    Login,
}

/// Does it and leaves the lock as it was found; gives how it went, and the masked recording.
pub(super) fn run(
    link: impl Link,
    profile: &'static Profile,
    what: What,
    pin: Option<Pin>,
) -> std::result::Result<(Result<()>, Recording), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure::unusable("timers", error))?;
    let session = Session::new(link, Native, profile);
    session.start_recording();
    let done = runtime.block_on(async {
        let done = work(&session, what, pin).await;
        session.close().await;
        done
    });
    let recording = session.stop_recording().ok_or_else(|| Failure::unusable("recording", Code::Internal))?;
    Ok((done, recording))
}

async fn work(session: &Session<impl Link, Native>, what: What, pin: Option<Pin>) -> Result<()> {
    let never = Flag::default();
    if what == What::Info {
        return session.info(&never).await.map(drop);
    }
    let entries = session.certificates(&never, &|_| {}).await?;
    if what == What::Certificates {
        return Ok(());
    }
    // With several certificates any will do: the signature is shown to nobody.
    let fingerprint = entries.iter().find(|entry| entry.signing).map(|entry| entry.certificate.fingerprint());
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|_| Error::new(Code::Internal))?;
    let request = LoginRequest {
        purpose: Purpose::Login,
        // No portal has this name (RFC 2606).
        origin: "https://calock.invalid",
        nonce: &base64::encode_url(&nonce),
        time: &calock::certificate::time::rfc3339(now()),
        account: None,
        payload: None,
        certificate: fingerprint.as_deref(),
    };
    session.login(&request, &Typist(RefCell::new(pin)), &never).await.map(drop)
}

/// How a session ended, for a person.
pub(super) fn told(error: &Error) -> String {
    let left = error.tries_left.map_or_else(|| "?".to_owned(), |left| left.to_string());
    let phase = error.phase.map_or_else(String::new, |phase| format!(" ({})", phase.as_str()));
    reason(error.code).replace("{n}", &left) + &phase
}

/// The PIN from standard input, without the end of its line.
pub(super) fn read_pin() -> std::result::Result<Pin, Failure> {
    let mut typed = zeroize::Zeroizing::new([0; 64]);
    let mut length = 0;
    let mut input = std::io::stdin().lock();
    // Nothing that allocates as it grows: a PIN leaves no copies behind.
    while length < typed.len() && !typed[..length].contains(&b'\n') {
        match input.read(&mut typed[length..]).map_err(|error| Failure::unusable("standard input", error))? {
            0 => break,
            read => length += read,
        }
    }
    let line = typed[..length].split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    Pin::new(line).map_err(|error| Failure::unusable("PIN", error))
}

/// Real time, and the crate's own checks.
struct Native;

impl Environment for Native {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep(duration)
    }

    fn now(&self) -> u64 {
        now()
    }

    async fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
        signature::verify(key, message, signature)
    }
}

/// Somebody who typed the PIN before, and types it once; the last try is never spent.
struct Typist(RefCell<Option<Pin>>);

impl Person for Typist {
    async fn pin(&self, _question: PinQuestion) -> Result<PinAnswer> {
        let pin = self.0.take().ok_or(Error::new(Code::PinCancelled))?;
        Ok(PinAnswer { pin, spend_last_try: false })
    }

    fn step(&self, _step: Step<'_>) {}
}
