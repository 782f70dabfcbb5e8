//! Locks that speak GM/T 0017: one method a command, over anything that transmits an APDU.

mod command;
#[cfg(feature = "full")]
mod manage;
mod pin;
mod reply;

pub use command::{Usage, clear_secure_state, close_container, rsa_sign, sm2_sign};
#[cfg(feature = "full")]
pub use manage::{ChangeKey, DeviceDetails, FileInfo, NewApplication, fuzz_manage_replies};
#[cfg(feature = "virtual")]
pub(crate) use manage::{mac, pin_key};
pub use pin::block as pin_block;
pub use reply::{
    Application, ApplicationId, ContainerId, ContainerInfo, DeviceInfo, KeyKind, Name, PinInfo, fuzz_replies,
    rsa_signature,
};

use super::channel::{Channel, accepted};
use super::profile::Rules;
#[cfg(feature = "full")]
use super::profile::TriesLeft;
use crate::apdu::{Command, Response, Status};
use crate::error::{Code, Error, Result};
use crate::prelude::*;
use crate::secret::Pin;
use crate::wait::Boxed;

/// The commands of GM/T 0017-2012 chapter 9 that a login needs (reference: token.md 1.2, 1.3).
pub struct Gmt0017<'a> {
    channel: &'a dyn Channel,
    rules: &'a Rules,
}

impl<'a> Gmt0017<'a> {
    /// A lock of these rules behind this channel.
    #[must_use]
    pub fn new(channel: &'a dyn Channel, rules: &'a Rules) -> Self {
        Self { channel, rules }
    }

    /// Whether its PIN dialect is known; a lock without is only read.
    #[must_use]
    pub fn takes_a_pin(&self) -> bool {
        self.rules.pin.is_some()
    }

    /// GetDevInfo: manufacturer, label, serial number. Safe on any lock.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is shorter than the fields.
    pub async fn device_info(&self) -> Result<DeviceInfo> {
        reply::device_info(&self.ask(command::device_info()).await?)
    }

    /// EnumApplication: the names of the applications, in the lock's order. Safe on any lock.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn applications(&self) -> Result<Vec<Name>> {
        reply::names(&self.ask(command::enum_application()).await?)
    }

    /// OpenApplication.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is not its ten bytes.
    pub async fn open_application(&self, name: &Name) -> Result<Application> {
        reply::application(&self.ask(command::open_application(name)).await?, self.rules.order)
    }

    /// EnumContainer: the names of the containers.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn containers(&self, application: ApplicationId) -> Result<Vec<Name>> {
        reply::names(&self.ask(command::enum_container(application)).await?)
    }

    /// OpenContainer.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is not a two-byte id.
    pub async fn open_container(&self, application: ApplicationId, name: &Name) -> Result<ContainerId> {
        reply::container_id(&self.ask(command::open_container(application, name)).await?)
    }

    /// GetContainerInfo: kind of key and which certificates are there.
    ///
    /// # Errors
    /// `BAD_REPLY` when the key lengths make no sense in the profile's byte order: then the profile is wrong for this lock and
    /// nothing more may be sent.
    pub async fn container_info(&self, application: ApplicationId, name: &Name) -> Result<ContainerInfo> {
        reply::container_info(&self.ask(command::container_info(application, name)).await?, self.rules.order)
    }

    /// ExportCertificate: the DER, or `None` where the container holds none of that usage.
    ///
    /// # Errors
    /// `BAD_REPLY` when the announced length does not fit.
    pub async fn certificate(
        &self,
        application: ApplicationId,
        container: ContainerId,
        usage: Usage,
    ) -> Result<Option<Vec<u8>>> {
        let response = self.channel.transmit(command::export_certificate(application, container, usage)).await?;
        if response.status == Status::NO_CERTIFICATE {
            return Ok(None);
        }
        reply::certificate(&accepted(response)?, self.rules.order)
    }

    /// GetPINInfo of the user PIN, where the profile allows the command; [`pin_info`] reads the answer.
    #[must_use]
    pub fn asking_tries(&self, application: ApplicationId) -> Option<Command> {
        self.rules.pin_info.then(|| command::pin_info(application))
    }

    /// GenRandom and VerifyPIN: the PIN itself never crosses the wire. Sent once, never repeated.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN` when the profile knows no PIN dialect, before anything is sent; `PIN_WRONG` with the tries left;
    /// `PIN_LOCKED`.
    pub async fn verify_pin(&self, application: ApplicationId, pin: Pin) -> Result<()> {
        let dialect = self.rules.pin.ok_or(Error::because(Code::LockUnknown, "no PIN dialect known for this lock"))?;
        let challenge = reply::challenge(&self.ask(command::random()).await?)?;
        let block = pin::block(dialect, &pin, challenge);
        drop(pin);
        let proof = command::verify_pin(application, &block);
        #[cfg(feature = "full")]
        if self.rules.tries_left == TriesLeft::Shifted {
            return self.prove_and_count(application, proof).await;
        }
        self.ask(proof).await.map(drop)
    }

    /// VerifyPIN for a lock whose refusal does not tell the tries left: GetPINInfo does.
    #[cfg(feature = "full")]
    async fn prove_and_count(&self, application: ApplicationId, proof: Command) -> Result<()> {
        let response = self.channel.transmit(proof).await?;
        let status = response.status;
        if !status.is_shifted_refusal() {
            return accepted(response).map(drop);
        }
        // The PIN was wrong whatever becomes of this question.
        let answer = match self.asking_tries(application) {
            Some(question) => self.channel.transmit(question).await.and_then(pin_info).ok().flatten(),
            None => None,
        };
        let refusal = match answer.map(|info| info.left) {
            Some(0) => Error::new(Code::PinLocked).with_tries(0),
            Some(left) => Error::new(Code::PinWrong).with_tries(left),
            None => Error::new(Code::PinWrong),
        };
        Err(refusal.with_status(status.0))
    }

    /// What [`sm2_sign`] answers: r ‖ s, 64 bytes.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is no SM2 signature's shape.
    pub fn sm2_signature(&self, data: &[u8]) -> Result<[u8; 64]> {
        reply::sm2_signature(data, self.rules.order)
    }

    /// Boxed for the same reason as [`Channel::transmit`].
    fn ask(&self, command: Command) -> Boxed<'a, Result<Vec<u8>>> {
        let channel = self.channel;
        Box::pin(async move { accepted(channel.transmit(command).await?) })
    }
}

/// What GetPINInfo answers; `None` where the lock does not know the command.
///
/// # Errors
/// `BAD_REPLY` when the answer is shorter than its three bytes.
pub fn pin_info(response: Response) -> Result<Option<PinInfo>> {
    if matches!(response.status, Status::INS_UNKNOWN | Status::CLA_UNKNOWN) {
        return Ok(None);
    }
    reply::pin_info(&accepted(response)?).map(Some)
}
