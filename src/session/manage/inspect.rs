//! What is in a lock, for people: device, applications, containers with both their certificates, files.

use super::super::Environment;
use super::super::work::Work;
use super::survey::is_ours;
use super::{lock, rules};
use crate::certificate::Certificate;
use crate::error::{Code, Error, Result};
use crate::link::Link;
use crate::lock::Gmt0017;
use crate::lock::gmt0017::{
    self, ApplicationId, ContainerId, ContainerInfo, DeviceDetails, FileInfo, KeyKind, Name, PinInfo, Usage,
};

/// Everything that a lock tells without a PIN.
#[derive(Debug)]
pub struct LockReport {
    /// `None` where the lock does not tell.
    pub device: Option<DeviceDetails>,
    /// Its applications. Of a lock of unknown model only the names.
    pub applications: Vec<ApplicationReport>,
}

/// One application.
#[derive(Debug)]
pub struct ApplicationReport {
    /// Its name.
    pub name: Name,
    /// PinTries of the user PIN.
    pub pin: Option<PinInfo>,
    /// Its containers.
    pub containers: Vec<ContainerReport>,
    /// Its files.
    pub files: Vec<FileReport>,
}

/// One container.
#[derive(Debug)]
pub struct ContainerReport {
    /// Its name.
    pub name: Name,
    /// Kind and lengths of its keys.
    pub info: ContainerInfo,
    /// What is in the signing place.
    pub signing: Content,
    /// What is in the encryption place.
    pub encryption: Content,
    /// A certificate was begun here and not finished.
    pub unfinished: bool,
    /// With what the lock refused to go on; nothing is known of what was not read before.
    pub fault: Option<Error>,
}

/// What is in one of a container's two places.
#[derive(Debug)]
pub enum Content {
    /// Nothing.
    Empty,
    /// A key pair that has no certificate.
    Key,
    /// A certificate.
    Certificate(Box<Certificate>),
    /// Bytes that are no certificate.
    Unreadable,
}

/// One file.
#[derive(Debug)]
pub struct FileReport {
    /// Its name.
    pub name: Name,
    /// Size and rights; `None` where the lock does not tell.
    pub info: Option<FileInfo>,
}

pub(super) async fn inspect<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<LockReport> {
    let (lock, rules) = (lock(work)?, rules(work)?);
    let device = told(lock.device_details().await)?;
    let mut applications = Vec::new();
    for name in lock.applications().await? {
        applications.push(match rules.pin {
            Some(_) => application(work, &lock, name).await?,
            None => ApplicationReport { name, pin: None, containers: Vec::new(), files: Vec::new() },
        });
    }
    Ok(LockReport { device, applications })
}

async fn application<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    lock: &Gmt0017<'_>,
    name: Name,
) -> Result<ApplicationReport> {
    let id = lock.open_application(&name).await?.id;
    let pin = told(lock.pin_info(id).await)?.flatten();
    let mut containers = Vec::new();
    for name in lock.containers(id).await? {
        containers.push(container(work, lock, id, name).await?);
    }
    let mut files = Vec::new();
    // A lock may go without files at all.
    for name in told(lock.files(id).await)?.unwrap_or_default() {
        let info = told(lock.file_info(id, &name).await)?;
        files.push(FileReport { name, info });
    }
    Ok(ApplicationReport { name, pin, containers, files })
}

async fn container<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    lock: &Gmt0017<'_>,
    application: ApplicationId,
    name: Name,
) -> Result<ContainerReport> {
    let mut report = ContainerReport {
        name,
        info: NOTHING,
        signing: Content::Empty,
        encryption: Content::Empty,
        unfinished: false,
        fault: None,
    };
    match fill(work, lock, application, &mut report).await {
        // One container that the lock refuses says nothing against the others.
        Err(error) if error.code == Code::LockStatus => report.fault = Some(error),
        outcome => outcome?,
    }
    Ok(report)
}

async fn fill<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    lock: &Gmt0017<'_>,
    application: ApplicationId,
    report: &mut ContainerReport,
) -> Result<()> {
    let info = lock.container_info(application, &report.name).await?;
    report.info = info;
    report.unfinished = is_ours(&report.name) && !info.signing_certificate;
    let id = lock.open_container(application, &report.name).await?;
    let signing = (info.signing_bits, info.signing_certificate);
    report.signing = place(lock, application, id, Usage::Signing, signing).await?;
    let encryption = (info.encryption_bits, info.encryption_certificate);
    report.encryption = place(lock, application, id, Usage::Encryption, encryption).await?;
    work.order(gmt0017::close_container(application, id)).await.map(drop)
}

/// A container of which the lock has told nothing.
const NOTHING: ContainerInfo = ContainerInfo {
    kind: KeyKind::Empty,
    signing_bits: 0,
    encryption_bits: 0,
    signing_certificate: false,
    encryption_certificate: false,
};

async fn place(
    lock: &Gmt0017<'_>,
    application: ApplicationId,
    container: ContainerId,
    usage: Usage,
    (bits, certified): (u32, bool),
) -> Result<Content> {
    let der = match certified {
        true => lock.certificate(application, container, usage).await?,
        false => None,
    };
    Ok(match der.map(|der| Certificate::from_der(&der)) {
        Some(Ok(certificate)) => Content::Certificate(Box::new(certificate)),
        Some(Err(_)) => Content::Unreadable,
        None if bits > 0 => Content::Key,
        None => Content::Empty,
    })
}

/// What the lock answers in a form we know; a refusal is that it does not tell.
fn told<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(told) => Ok(Some(told)),
        Err(error) if matches!(error.code, Code::BadReply | Code::LockStatus) => Ok(None),
        Err(error) => Err(error),
    }
}
