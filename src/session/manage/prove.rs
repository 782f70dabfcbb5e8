//! Test signatures (一键检测): several containers of one application, one after the other, under one PIN.
//!
//! A 颐信 lock has ECCASM2, ECCARSA1 and ECCARSA2, and its manual has people log in to each of them: where one fails, only the
//! issuer can help. So one that fails ends nothing but its own test, and the PIN is sent once for all of them.

use alloc::rc::Rc;

use super::super::dialogue::Place;
use super::super::inventory::{Entry, Inventory};
use super::super::work::Work;
use super::super::{Environment, LoginRequest, Person, Signed, login};
use super::lock;
use crate::certificate::Certificate;
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
use crate::lock::Gmt0017;
use crate::lock::gmt0017::{self, ApplicationId, ContainerId, Name, Usage};

/// One test signature.
#[derive(Clone, Debug)]
pub struct Proof<'a> {
    /// Name of the container, as a [`super::ContainerReport`] shows it.
    pub container: &'a str,
    /// What is signed, and with which certificate.
    pub request: LoginRequest<'a>,
}

/// One outcome a proof, in their order.
pub(super) async fn prove<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    application: &str,
    proofs: &[Proof<'_>],
    person: &impl Person,
) -> Result<Vec<Result<Signed>>> {
    let lock = lock(work)?;
    let name = named(lock.applications().await?, application)?;
    let application = lock.open_application(&name).await?.id;
    let containers = lock.containers(application).await?;
    let mut outcomes = Vec::with_capacity(proofs.len());
    for proof in proofs {
        work.enter_phase(Phase::Read);
        let outcome = match named(containers.clone(), proof.container) {
            Ok(name) => in_container(work, &lock, application, &name, proof, person).await,
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if !is_its_own(work.phase(), &error) => return Err(error),
            outcome => outcomes.push(outcome.map_err(|error| error.at(work.phase()))),
        }
    }
    Ok(outcomes)
}

async fn in_container<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    lock: &Gmt0017<'_>,
    application: ApplicationId,
    name: &Name,
    proof: &Proof<'_>,
    person: &impl Person,
) -> Result<Signed> {
    let container = lock.open_container(application, name).await?;
    let signed = with_container(work, lock, (application, container), name, proof, person).await;
    if signed.as_ref().map_or_else(|error| is_its_own(work.phase(), error), |_| true) {
        let phase = work.phase();
        // What the signature came to is the result; the lock's farewell changes nothing about it.
        work.order(gmt0017::close_container(application, container)).await.ok();
        return signed.map_err(|error| error.at(phase));
    }
    signed
}

async fn with_container<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    lock: &Gmt0017<'_>,
    (application, container): (ApplicationId, ContainerId),
    name: &Name,
    proof: &Proof<'_>,
    person: &impl Person,
) -> Result<Signed> {
    let der = lock.certificate(application, container, Usage::Signing).await?.ok_or(Code::CertNotFound)?;
    let certificate = Certificate::from_der(&der)?;
    let place = Place::Container(application, container);
    let entry = Rc::new(Entry { container: name.clone(), signing: true, certificate, place });
    login::sign(work, &Inventory { entries: vec![entry] }, &proof.request, person).await
}

/// Whether an error says something of one container only. Nothing that happens to a PIN does: no second one is sent.
fn is_its_own(phase: Phase, error: &Error) -> bool {
    use Code::{BadReply, LockStatus, SignFailed, WrongLock};
    use Code::{CertExpired, CertNotFound, CertNotYet, CertUnreadable, CertUsage, KeyUnsupported};
    let own = [BadReply, LockStatus, SignFailed, WrongLock];
    let certificate = [CertExpired, CertNotFound, CertNotYet, CertUnreadable, CertUsage, KeyUnsupported];
    phase != Phase::Pin && (own.contains(&error.code) || certificate.contains(&error.code))
}

fn named(names: Vec<Name>, wanted: &str) -> Result<Name> {
    let found = names.into_iter().find(|name| name.text() == wanted);
    found.ok_or(Error::because(Code::WrongLock, "the lock has none of that name any more"))
}
