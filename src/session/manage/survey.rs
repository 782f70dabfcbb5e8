//! Whether a lock is blank, and what an unfinished production left in it.

use super::super::Environment;
use super::super::work::Work;
use super::lock;
use crate::error::{Code, Error, Result};
use crate::link::Link;
use crate::lock::gmt0017::{ApplicationId, ContainerInfo, KeyKind, Name};

/// Containers whose names begin so were made by calock.
const PREFIX: &[u8] = b"calock-";

/// What stands in a lock that may have a certificate made on it.
pub(super) struct Survey {
    /// The open application that a container goes into; `None` in a lock that has none.
    pub(super) application: Option<ApplicationId>,
    /// What was begun, with what is in it.
    pub(super) unfinished: Option<(Name, ContainerInfo)>,
}

/// Looks through every application.
///
/// "此时插入的必须是空白未使用过的Ukey": any container but one that calock left unfinished is `LOCK_NOT_BLANK`.
pub(super) async fn survey<L: Link, E: Environment>(work: &Work<'_, L, E>) -> Result<Survey> {
    let lock = lock(work)?;
    let mut survey = Survey { application: None, unfinished: None };
    for name in lock.applications().await? {
        let application = lock.open_application(&name).await?.id;
        survey.application.get_or_insert(application);
        for container in lock.containers(application).await? {
            let info = lock.container_info(application, &container).await?;
            let begun = is_ours(&container) && !info.signing_certificate && info.kind != KeyKind::Rsa;
            if !begun || survey.unfinished.is_some() {
                return Err(Error::because(Code::LockNotBlank, "the lock holds a container"));
            }
            survey.application = Some(application);
            survey.unfinished = Some((container, info));
        }
    }
    Ok(survey)
}

/// Whether calock made a container of this name.
pub(super) fn is_ours(name: &Name) -> bool {
    name.as_bytes().starts_with(PREFIX)
}

/// A name for a container that is to be made.
pub(super) fn new_name() -> Result<Name> {
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_err(|_| Error::because(Code::Internal, "no random source"))?;
    Ok(Name::from(&[PREFIX, crate::hash::hex(&random).as_bytes()].concat()[..]))
}
