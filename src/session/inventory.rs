//! What is in a lock: its application, containers and certificates.

use alloc::rc::Rc;

use super::Environment;
use super::dialogue::{Dialogue, Place};
use super::work::Work;
use crate::certificate::Certificate;
use crate::error::{Code, Error, Result};
use crate::link::Link;
use crate::lock::Gmt0017;
use crate::lock::gmt0017::{ApplicationId, DeviceInfo, Name, Usage};
#[cfg(feature = "full")]
use crate::lock::piv::{Piv, Slot};
use crate::prelude::*;

/// What can be told of any lock without opening anything.
#[derive(Clone, Debug)]
pub struct LockInfo {
    /// Manufacturer, label, serial number; `None` where the lock does not tell.
    pub device: Option<DeviceInfo>,
    /// Names of the applications.
    pub applications: Vec<Name>,
}

/// A certificate and where it lies.
#[derive(Debug)]
pub struct Entry {
    /// Name of its container, or of its slot in a PIV card.
    pub container: Name,
    /// Whether it lies in the container's signing place.
    pub signing: bool,
    /// The certificate.
    pub certificate: Certificate,
    pub(super) place: Place,
}

/// What was read from a lock.
pub(super) struct Inventory {
    pub(super) entries: Vec<Rc<Entry>>,
}

pub(super) async fn info<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<LockInfo> {
    match work.dialogue() {
        Dialogue::Gmt0017(lock) => {
            let device = match lock.device_info().await {
                Ok(device) => Some(device),
                // Answered, but not in a form we know: that is all there is to tell.
                Err(error) if matches!(error.code, Code::BadReply | Code::LockStatus) => None,
                Err(error) => return Err(error),
            };
            Ok(LockInfo { device, applications: lock.applications().await? })
        }
        #[cfg(feature = "full")]
        Dialogue::Piv(card) => {
            card.select().await?;
            Ok(LockInfo { device: None, applications: vec![Name::from(&b"PIV"[..])] })
        }
    }
}

/// The first application that has containers, and their certificates: each container's signing certificate, or its encryption
/// certificate where it has no other, so that a login can say what is wrong with it. What is wrong with one container is no
/// reason to go without the others; it is told when nothing else is there.
async fn in_containers(lock: Gmt0017<'_>) -> Result<Vec<Rc<Entry>>> {
    if !lock.takes_a_pin() {
        return Err(Error::because(Code::LockUnknown, "this lock may only be read"));
    }
    let mut fault = None;
    for name in lock.applications().await? {
        let application = lock.open_application(&name).await?.id;
        let mut entries = Vec::new();
        for container in lock.containers(application).await? {
            match in_container(&lock, application, container).await {
                Ok(entry) => entries.extend(entry.map(Rc::new)),
                Err(error) if matches!(error.code, Code::LockStatus | Code::CertUnreadable) => {
                    fault = fault.or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        if !entries.is_empty() {
            return Ok(entries);
        }
    }
    fault.map_or(Ok(Vec::new()), Err)
}

async fn in_container(lock: &Gmt0017<'_>, application: ApplicationId, container: Name) -> Result<Option<Entry>> {
    let info = lock.container_info(application, &container).await?;
    let usage = match (info.signing_certificate, info.encryption_certificate) {
        (true, _) => Usage::Signing,
        (false, true) => Usage::Encryption,
        (false, false) => return Ok(None),
    };
    let id = lock.open_container(application, &container).await?;
    let Some(der) = lock.certificate(application, id, usage).await? else { return Ok(None) };
    let certificate = Certificate::from_der(&der)?;
    let place = Place::Container(application, id);
    Ok(Some(Entry { container, signing: usage == Usage::Signing, certificate, place }))
}

/// The certificates in the slots of a PIV card that sign for their holder.
#[cfg(feature = "full")]
async fn in_slots(card: Piv<'_>) -> Result<Vec<Rc<Entry>>> {
    card.select().await?;
    let mut entries = Vec::new();
    for slot in [Slot::Authentication, Slot::Signature] {
        if let Some(der) = card.certificate(slot).await? {
            let certificate = Certificate::from_der(&der)?;
            let container = Name::from(slot.name().as_bytes());
            entries.push(Rc::new(Entry { container, signing: true, certificate, place: Place::Slot(slot) }));
        }
    }
    Ok(entries)
}

impl Inventory {
    /// Reads the lock.
    pub(super) async fn read<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<Self> {
        let entries = match work.dialogue() {
            Dialogue::Gmt0017(lock) => in_containers(lock).await?,
            #[cfg(feature = "full")]
            Dialogue::Piv(card) => in_slots(card).await?,
        };
        if entries.is_empty() { Err(Error::new(Code::CertNotFound)) } else { Ok(Self { entries }) }
    }

    /// Whether the other has the same certificates in the same order.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let mut pairs = self.entries.iter().zip(&other.entries);
        self.entries.len() == other.entries.len()
            && pairs.all(|(own, other)| own.certificate.der() == other.certificate.der())
    }

    /// The certificate to sign with: the one asked for, or the only one.
    pub(super) fn choose(&self, fingerprint: Option<&str>) -> Result<&Rc<Entry>> {
        if let Some(wanted) = fingerprint {
            let found = self.entries.iter().find(|entry| entry.certificate.fingerprint() == wanted);
            return found.ok_or(Error::because(Code::WrongLock, "the chosen certificate is not in this lock"));
        }
        let mut signing = self.entries.iter().filter(|entry| entry.signing);
        match (signing.next(), signing.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(Error::new(Code::CertChoose)),
            // Only encryption certificates: say so instead of "nothing found".
            (None, _) => Err(Error::new(Code::CertUsage)),
        }
    }
}
