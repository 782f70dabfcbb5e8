//! What is in a lock: its application, containers and certificates.

use std::rc::Rc;

use super::Environment;
use super::work::Work;
use crate::certificate::Certificate;
use crate::error::{Code, Error, Result};
use crate::link::Link;
use crate::lock::gmt0017::{ApplicationId, ContainerId, DeviceInfo, Name, Usage};

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
    /// Name of its container.
    pub container: Name,
    /// Whether it lies in the container's signing place.
    pub signing: bool,
    /// The certificate.
    pub certificate: Certificate,
    pub(super) id: ContainerId,
}

/// The open application and what was read from it.
pub(super) struct Inventory {
    pub(super) application: ApplicationId,
    pub(super) entries: Vec<Rc<Entry>>,
}

pub(super) async fn info<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<LockInfo> {
    let device = match work.lock().device_info().await {
        Ok(device) => Some(device),
        // Answered, but not in a form we know: that is all there is to tell.
        Err(error) if matches!(error.code, Code::BadReply | Code::LockStatus) => None,
        Err(error) => return Err(error),
    };
    Ok(LockInfo { device, applications: work.lock().applications().await? })
}

impl Inventory {
    /// Opens the first application that has containers, and reads their certificates: each container's signing certificate, or
    /// its encryption certificate where it has no other, so that a login can say what is wrong with it.
    pub(super) async fn read<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<Self> {
        let lock = work.lock();
        if work.rules().pin.is_none() {
            return Err(Error::because(Code::LockUnknown, "this lock may only be read"));
        }
        for name in lock.applications().await? {
            let application = lock.open_application(&name).await?.id;
            let mut entries = Vec::new();
            for container in lock.containers(application).await? {
                let info = lock.container_info(application, &container).await?;
                let usage = match (info.signing_certificate, info.encryption_certificate) {
                    (true, _) => Usage::Signing,
                    (false, true) => Usage::Encryption,
                    (false, false) => continue,
                };
                let id = lock.open_container(application, &container).await?;
                if let Some(der) = lock.certificate(application, id, usage).await? {
                    let certificate = Certificate::from_der(&der)?;
                    entries.push(Rc::new(Entry { container, signing: usage == Usage::Signing, certificate, id }));
                }
            }
            if !entries.is_empty() {
                return Ok(Self { application, entries });
            }
        }
        Err(Error::new(Code::CertNotFound))
    }

    /// Handles of the containers that were opened.
    pub(super) fn open_containers(&self) -> impl Iterator<Item = ContainerId> {
        self.entries.iter().map(|entry| entry.id)
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
