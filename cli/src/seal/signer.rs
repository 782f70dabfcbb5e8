//! Whose key signs: a virtual lock's, or one out of a PKCS#12 file. The latter is put into a virtual lock made for the
//! occasion, so that there is one way to sign.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use base64ct::{Base64, Encoding};
use calock::apdu::{Answer, Command, Form, Next, Response};
use calock::certificate::{Certificate, PublicKey};
use calock::lock::gmt0017::{ApplicationId, ContainerId, Usage, rsa_sign, rsa_signature, sm2_sign};
use calock::lock::piv::{self, Piv, Slot};
use calock::lock::{Channel, Gmt0017, accepted, profile};
use calock::seal::Seal;
use calock::secret::Pin;
use calock::signature::pkcs1_block;
use calock::virtual_lock::{ContainerFile, Contents, KeyEntry, LockFile};
use calock::wait::Boxed;
use calock::{Code, Error, Result};
use zeroize::Zeroizing;

use super::file::unusable;
use super::p12;
use crate::input;
use crate::outcome::Failure;
use crate::private;

/// The PIN of a lock that exists for one signature.
pub(super) const OWN_PIN: &str = "00000000";

/// A lock, and the certificate in it that a seal names.
pub(super) struct Signer {
    cable: Cable,
    pin: Pin,
    place: Place,
    pub(super) certificate: Certificate,
}

/// Where in the lock the key is.
enum Place {
    /// A GM/T 0017 lock of a model with these rules.
    Container(&'static profile::Rules, ApplicationId, ContainerId),
    /// A PIV card.
    Slot(Slot),
}

impl Signer {
    /// The lock of a lock file.
    pub(super) fn lock(path: &Path, pin: &[u8], seal: Option<&Seal>) -> std::result::Result<Self, Failure> {
        let wrong = |error| unusable(path, error);
        let json = private::read(path)?.ok_or_else(|| Failure::unusable(path.display(), "no such file"))?;
        let file = LockFile::from_json(&json).map_err(wrong)?;
        Self::new(&file, Pin::new(pin).map_err(wrong)?, seal).map_err(wrong)
    }

    /// The key and certificate of a PKCS#12 file.
    pub(super) fn p12(path: &Path, password: &[u8], seal: Option<&Seal>) -> std::result::Result<Self, Failure> {
        let wrong = |why: &str| Failure::unusable(path.display(), why);
        let bytes = input::data(path)?;
        let password = std::str::from_utf8(password).map_err(|_| wrong("the password is not UTF-8"))?;
        let named = |der: &[u8]| seal.is_none_or(|seal| seal.check_signer(der).is_ok());
        let pair = p12::open(&bytes, password, named).ok_or_else(|| {
            wrong("密码不对，或不是有私钥和证书的 PKCS#12 文件 · the password is wrong, or this is no PKCS#12 file with a key and a certificate")
        })?;
        let file = lock_of(&pair.key, &pair.certificate);
        Self::own(&file, seal).map_err(|error| unusable(path, error))
    }

    /// A lock that was made here, with [`OWN_PIN`].
    pub(super) fn own(file: &LockFile, seal: Option<&Seal>) -> Result<Self> {
        Self::new(file, Pin::new(OWN_PIN.as_bytes())?, seal)
    }

    fn new(file: &LockFile, pin: Pin, seal: Option<&Seal>) -> Result<Self> {
        let unknown = Error::because(Code::LockUnknown, "the lock file names no profile known here");
        let profile = profile::named(&file.profile).ok_or(unknown)?;
        let cable = Cable { card: RefCell::new(Contents::new(file)?), form: profile.form };
        let (place, certificate) = match &profile.card {
            profile::Card::Gmt0017(rules) => run(container(&cable, rules, seal))?,
            profile::Card::Piv => run(slot(&cable, seal))?,
        };
        Ok(Self { cable, pin, place, certificate })
    }

    /// Signs 32 bytes, SM3(Z ‖ M) for SM2 and SHA-256 for the others: one PIN command, one signature, neither ever repeated. The last
    /// try is not spent.
    pub(super) fn sign(self, digest: &[u8; 32]) -> Result<Vec<u8>> {
        let Self { cable, pin, place, certificate } = self;
        let key = certificate.key();
        run(async {
            match place {
                Place::Container(rules, application, container) => {
                    let lock = Gmt0017::new(&cable, rules);
                    spare(lock.pin_info(application).await?.map(|info| info.left))?;
                    lock.verify_pin(application, pin).await?;
                    if matches!(key, PublicKey::Rsa { .. }) {
                        let signed = cable.transmit(rsa_sign(application, container, digest)).await?;
                        return rsa_signature(accepted(signed)?);
                    }
                    let signed = cable.transmit(sm2_sign(application, container, digest)).await?;
                    lock.sm2_signature(&accepted(signed)?).map(|signature| signature.to_vec())
                }
                Place::Slot(slot) => {
                    let command = match key {
                        PublicKey::Rsa { modulus, .. } if modulus.len() == 256 => {
                            piv::sign(slot, piv::Algorithm::Rsa2048, &pkcs1_block::<256>(digest))
                        }
                        PublicKey::P256(_) => piv::sign(slot, piv::Algorithm::P256, digest),
                        _ => return Err(Code::KeyUnsupported.into()),
                    };
                    spare(piv::tries(cable.transmit(piv::tries_left()).await?)?)?;
                    Piv::new(&cable).verify_pin(pin).await?;
                    piv::signature(&accepted(cable.transmit(command).await?)?)
                }
            }
        })
    }
}

/// Refuses to spend the last try.
fn spare(left: Option<impl Into<u32>>) -> Result<()> {
    match left.map(Into::into) {
        Some(0) => Err(Error::new(Code::PinLocked).with_tries(0)),
        Some(1) => Err(Error::new(Code::PinLastTry).with_tries(1)),
        _ => Ok(()),
    }
}

/// Where a GM/T 0017 lock has the signing certificate that the seal names; without a seal the first one.
async fn container(cable: &Cable, rules: &'static profile::Rules, seal: Option<&Seal>) -> Result<(Place, Certificate)> {
    let lock = Gmt0017::new(cable, rules);
    let mut refused = Error::new(Code::CertNotFound);
    for name in lock.applications().await? {
        let application = lock.open_application(&name).await?.id;
        for name in lock.containers(application).await? {
            let container = lock.open_container(application, &name).await?;
            let Some(der) = lock.certificate(application, container, Usage::Signing).await? else { continue };
            match named(seal, &der) {
                Ok(certificate) => return Ok((Place::Container(rules, application, container), certificate)),
                Err(error) => refused = error,
            }
        }
    }
    Err(refused)
}

/// The same of a PIV card.
async fn slot(cable: &Cable, seal: Option<&Seal>) -> Result<(Place, Certificate)> {
    let card = Piv::new(cable);
    card.select().await?;
    let mut refused = Error::new(Code::CertNotFound);
    for slot in [Slot::Authentication, Slot::Signature] {
        let Some(der) = card.certificate(slot).await? else { continue };
        match named(seal, &der) {
            Ok(certificate) => return Ok((Place::Slot(slot), certificate)),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn named(seal: Option<&Seal>, der: &[u8]) -> Result<Certificate> {
    seal.map_or(Ok(()), |seal| seal.check_signer(der))?;
    Certificate::from_der(der)
}

/// The way to a card in memory.
struct Cable {
    card: RefCell<Contents>,
    form: Form,
}

impl Channel for Cable {
    fn transmit(&self, command: Command) -> Boxed<'_, Result<Response>> {
        Box::pin(async move {
            let mut answer = Answer::to(command, self.form);
            let mut apdu = answer.first()?;
            loop {
                let response = Response::parse(&self.card.borrow_mut().card_mut().exchange(&apdu))?;
                match answer.feed(response)? {
                    Next::Send(again) => apdu = again,
                    Next::Done(response) => return Ok(response),
                }
            }
        })
    }
}

/// Runs to its end what never waits: a card in memory answers at once.
fn run<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(Error::because(Code::Internal, "a card in memory made somebody wait")),
    }
}

/// A lock with one pair of keys. Those with SM2 and RSA have no P-256, and PIV cards no SM2.
fn lock_of(key: &[u8], certificate: &[u8]) -> LockFile {
    let curve = Certificate::from_der(certificate).is_ok_and(|one| matches!(one.key(), PublicKey::P256(_)));
    let (profile, container) = if curve { ("piv", "9C") } else { ("gm3000", "key") };
    let pair = KeyEntry { key: Base64::encode_string(key), certificate: Base64::encode_string(certificate) };
    LockFile {
        format: LockFile::FORMAT.into(),
        profile: profile.into(),
        label: "PKCS#12".into(),
        serial: "0".into(),
        application: "calock".into(),
        pin: OWN_PIN.into(),
        tries_max: 6,
        tries_left: 6,
        admin_pin: None,
        device_key: None,
        containers: vec![ContainerFile { name: container.into(), signing: Some(pair), encryption: None }],
        files: Vec::new(),
    }
}

/// The first line of standard input: a PIN or a password. It is wiped when it is dropped.
pub(super) fn secret_from_stdin() -> std::result::Result<Zeroizing<Vec<u8>>, Failure> {
    /// Nobody types more.
    const MOST: u64 = 1024;
    let mut line = Zeroizing::new(Vec::with_capacity(1024));
    std::io::stdin().take(MOST).read_to_end(&mut line).map_err(|error| Failure::unusable("standard input", error))?;
    if let Some(end) = line.iter().position(|&byte| byte == b'\n') {
        line.truncate(end);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}
