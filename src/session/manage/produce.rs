//! 证书制作: a key pair made in the lock, a request signed by it, what the CA delivers written into the lock and read back.

use super::super::dialogue::Place;
use super::super::work::Work;
use super::super::{Environment, login};
use super::survey::{Survey, new_name, survey};
use super::{AUTHORITY, ManageStep, Manager, PinTries, lock, rules, tries};
use crate::certificate::request::{self, SubjectField};
use crate::certificate::{Certificate, PublicKey, Usage as KeyUsage};
use crate::envelope::EnvelopedKey;
use crate::error::{Code, Error, Phase, Result};
use crate::link::Link;
use crate::lock::gmt0017::{self, ApplicationId, ContainerId, Name, NewApplication, Usage};
use crate::{hash, signature};

/// What shall be made.
#[derive(Debug)]
pub struct Production<'a> {
    /// The request's subject. The CA decides what the certificate says.
    pub subject: &'a [(SubjectField, &'a str)],
    /// Yes, go on with what was begun on this lock before.
    pub resume: bool,
    /// What to make on a lock that has no application, and the device key where it is not the factory's.
    pub application: Option<(&'a NewApplication, Option<&'a [u8; 16]>)>,
}

/// What a CA delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The signing certificate, DER.
    pub certificate: Vec<u8>,
    /// The encryption certificate, DER.
    pub encryption_certificate: Vec<u8>,
    /// The encryption key pair: an ENVELOPEDKEYBLOB.
    pub enveloped_key: Vec<u8>,
}

/// What was made, as it was read back from the lock.
#[derive(Debug)]
pub struct Produced {
    /// Name of the container.
    pub container: Name,
    /// The signing certificate.
    pub signing: Certificate,
    /// The encryption certificate.
    pub encryption: Certificate,
}

/// Where the work goes on in the lock.
struct Begun {
    application: ApplicationId,
    container: ContainerId,
    name: Name,
    /// The signing key: 04 ‖ X ‖ Y.
    point: [u8; 65],
}

pub(super) async fn produce<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    order: &Production<'_>,
    person: &impl Manager,
) -> Result<Produced> {
    person.step(ManageStep::Reading);
    let survey = survey(work).await?;
    if survey.unfinished.is_some() && !order.resume {
        return Err(Code::LockUnfinished.into());
    }
    let application = match survey.application {
        Some(application) => {
            let tries = tries(work, application).await?;
            person.step(ManageStep::Pin);
            let answer = work.human(person.pin(tries)).await?;
            login::spend_try(work, Place::Application(application), tries.last, answer).await?;
            application
        }
        None => initialise(work, order, person).await?,
    };
    let place = key_pair(work, survey, application, person).await?;
    let request = signed_request(work, order, &place, person).await?;
    work.enter_phase(Phase::Authority);
    person.step(ManageStep::Certifying);
    let delivered = work.within(AUTHORITY, Box::pin(person.certify(&request))).await;
    let accepted = delivered.and_then(|delivery| Accepted::of(&delivery, &place.point, work.session.environment.now()));
    let accepted = match accepted {
        Ok(accepted) => accepted,
        Err(error) => {
            if is_final(error.code) {
                // Nothing will ever come for this key: the lock shall be as blank as it was.
                work.enter_phase(Phase::Write);
                person.step(ManageStep::Clearing);
                lock(work)?.delete_container(place.application, &place.name).await?;
            }
            return Err(error.at(Phase::Authority));
        }
    };
    import(work, &place, &accepted, person).await?;
    check(work, place, accepted, person).await
}

/// DevAuth and CreateApplication on a lock that has no application; the PIN asked for is the one it gets.
async fn initialise<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    order: &Production<'_>,
    person: &impl Manager,
) -> Result<ApplicationId> {
    let lock = lock(work)?;
    let (Some(rule), Some((application, device_key))) = (&rules(work)?.initialise, order.application) else {
        return Err(Error::because(Code::OperationUnproven, "how an application is made on this lock is not known"));
    };
    person.step(ManageStep::Pin);
    let answer = work.human(person.pin(PinTries::of(None))).await?;
    work.enter_phase(Phase::Write);
    person.step(ManageStep::Initialising);
    lock.authenticate_device(device_key.unwrap_or(rule.factory_key)).await?;
    lock.create_application(rule, application, &answer.pin).await?;
    let id = lock.open_application(&application.name).await?.id;
    work.enter_phase(Phase::Pin);
    login::spend_try(work, Place::Application(id), false, answer).await?;
    Ok(id)
}

/// The container and its signing key: made, or found as they were left.
async fn key_pair<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    survey: Survey,
    application: ApplicationId,
    person: &impl Manager,
) -> Result<Begun> {
    let lock = lock(work)?;
    work.enter_phase(Phase::Write);
    person.step(ManageStep::Generating);
    let (name, container, has_key) = match survey.unfinished {
        Some((name, info)) => {
            let container = lock.open_container(application, &name).await?;
            (name, container, info.signing_bits > 0)
        }
        None => {
            let name = new_name()?;
            let container = lock.create_container(application, &name).await?;
            (name, container, false)
        }
    };
    let point = match has_key {
        true => lock.sm2_public_key(application, container, Usage::Signing).await?,
        false => lock.generate_sm2(application, container).await?,
    };
    Ok(Begun { application, container, name, point })
}

/// The PKCS#10 request, and that the lock's key really signed it.
async fn signed_request<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    order: &Production<'_>,
    place: &Begun,
    person: &impl Manager,
) -> Result<Vec<u8>> {
    person.step(ManageStep::Signing);
    let info = request::info(order.subject, &place.point);
    let signature = sign(work, place, &info, &PublicKey::Sm2(place.point.to_vec())).await?;
    Ok(request::signed(&info, &signature))
}

/// Has the signing key sign a message, and verifies what came back.
async fn sign<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    place: &Begun,
    message: &[u8],
    key: &PublicKey,
) -> Result<Vec<u8>> {
    let failed = || Error::because(Code::SignFailed, "the lock's key did not sign").at(Phase::Verify);
    work.enter_phase(Phase::Sign);
    let digest = signature::sm2_digest(&place.point, message).map_err(|_| failed())?;
    let lock = lock(work)?;
    let signature = work.order(gmt0017::sm2_sign(place.application, place.container, &digest)).await?;
    let signature = lock.sm2_signature(&signature)?;
    let signature = signature::sm2_der(&signature).map_err(|_| failed())?;
    work.session.environment.verify(key, message, &signature).await.map_err(|_| failed())?;
    Ok(signature)
}

/// A delivery that belongs to the key in the lock.
struct Accepted {
    signing: Certificate,
    encryption: Certificate,
    key: EnvelopedKey,
}

impl Accepted {
    fn of(delivery: &Delivery, point: &[u8; 65], now: u64) -> Result<Self> {
        let invalid = |detail| Error::because(Code::DeliveryInvalid, detail);
        let read = |der: &[u8]| Certificate::from_der(der).map_err(|_| invalid("a certificate cannot be read"));
        let (signing, encryption) = (read(&delivery.certificate)?, read(&delivery.encryption_certificate)?);
        let key = EnvelopedKey::from_blob(&delivery.enveloped_key)?;
        if !is_key(&signing, &point[1..]) {
            return Err(invalid("the signing certificate is for another key"));
        }
        if !is_key(&encryption, &key.public) {
            return Err(invalid("the encryption certificate is not for the enveloped key"));
        }
        if !signing.subject().same(encryption.subject()) {
            return Err(invalid("the two certificates name different holders"));
        }
        if signing.usage() != KeyUsage::Signing || encryption.usage() != KeyUsage::Encryption {
            return Err(invalid("a certificate is not for its place"));
        }
        for certificate in [&signing, &encryption] {
            // One that is valid from now on may be a moment ahead of this computer's clock.
            if now > certificate.not_after() {
                return Err(invalid("a certificate has expired"));
            }
        }
        Ok(Self { signing, encryption, key })
    }
}

fn is_key(certificate: &Certificate, coordinates: &[u8]) -> bool {
    matches!(certificate.key(), PublicKey::Sm2(point) if point[1..] == *coordinates)
}

/// Whether a CA that said so will never deliver for this key.
const fn is_final(code: Code) -> bool {
    matches!(
        code,
        Code::AuthorisationUnknown
            | Code::AuthorisationUsed
            | Code::AuthorisationExpired
            | Code::RequestInvalid
            | Code::KeyCertified
            | Code::DeliveryInvalid
    )
}

/// The signing certificate comes last: until it is there the lock counts as unfinished.
async fn import<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    place: &Begun,
    accepted: &Accepted,
    person: &impl Manager,
) -> Result<()> {
    let lock = lock(work)?;
    let Begun { application, container, .. } = *place;
    work.enter_phase(Phase::Write);
    person.step(ManageStep::Importing);
    lock.import_sm2_pair(application, container, &accepted.key).await?;
    let public = lock.sm2_public_key(application, container, Usage::Encryption).await?;
    if public[1..] != accepted.key.public {
        return Err(Error::because(Code::BadReply, "the lock holds another encryption key").at(Phase::Verify));
    }
    lock.import_certificate(application, container, Usage::Encryption, accepted.encryption.der()).await?;
    lock.import_certificate(application, container, Usage::Signing, accepted.signing.der()).await
}

/// Reads both certificates back and has the key sign something new.
async fn check<L: Link, E: Environment>(
    work: &Work<'_, L, E>,
    place: Begun,
    accepted: Accepted,
    person: &impl Manager,
) -> Result<Produced> {
    let lock = lock(work)?;
    let Begun { application, container, .. } = place;
    work.enter_phase(Phase::Verify);
    person.step(ManageStep::Checking);
    for (usage, certificate) in [(Usage::Signing, &accepted.signing), (Usage::Encryption, &accepted.encryption)] {
        if lock.certificate(application, container, usage).await?.as_deref() != Some(certificate.der()) {
            return Err(Error::because(Code::BadReply, "a certificate reads otherwise than it was written"));
        }
    }
    // Nothing that could ever be taken for a statement: those begin with CALOCK1 and a line feed.
    let message = [b"calock test signature ", &hash::sm3(accepted.signing.der())[..]].concat();
    sign(work, &place, &message, accepted.signing.key()).await?;
    work.order(gmt0017::close_container(application, container)).await?;
    person.step(ManageStep::Done);
    Ok(Produced { container: place.name, signing: accepted.signing, encryption: accepted.encryption })
}
