//! Locks that speak GM/T 0017: one method a command, over anything that transmits an APDU.

mod command;
mod pin;
mod reply;

pub use command::Usage;
pub use pin::block as pin_block;
pub use reply::{
    Application, ApplicationId, ContainerId, ContainerInfo, DeviceInfo, KeyKind, Name, PinInfo, fuzz_replies,
};

use super::profile::Rules;
use crate::apdu::{Command, Response, Status};
use crate::error::{Code, Error, Result};
use crate::secret::Pin;
use crate::wait::Boxed;

/// Sends a command and gives its whole answer, however many exchanges that takes.
///
/// The future is boxed: a login awaits a dozen of them, and a dozen copies of what lies below would double the module.
pub trait Channel {
    /// One command.
    ///
    /// # Errors
    /// What the link and its deadlines report; a refusing status word is no error here.
    fn transmit(&self, command: Command) -> Boxed<'_, Result<Response>>;
}

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

    /// GetPINInfo of the user PIN, where the profile allows the command; `None` where it does not or the lock does not know it.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is shorter than its three bytes.
    pub async fn pin_info(&self, application: ApplicationId) -> Result<Option<PinInfo>> {
        if !self.rules.pin_info {
            return Ok(None);
        }
        let response = self.channel.transmit(command::pin_info(application)).await?;
        if matches!(response.status, Status::INS_UNKNOWN | Status::CLA_UNKNOWN) {
            return Ok(None);
        }
        reply::pin_info(&accepted(response)?).map(Some)
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
        self.ask(command::verify_pin(application, &block)).await.map(drop)
    }

    /// ECCSignData over a digest: SM2 over e = SM3(Z ‖ M), made outside. Gives r ‖ s, 64 bytes.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused (6982 without a verified PIN); `BAD_REPLY` when the answer is no SM2 signature's shape.
    pub async fn sm2_sign(&self, application: ApplicationId, container: ContainerId, e: &[u8; 32]) -> Result<[u8; 64]> {
        reply::sm2_signature(&self.ask(command::sm2_sign(application, container, e)).await?, self.rules.order)
    }

    /// RSASignData over a SHA-256 digest: PKCS#1 v1.5, as long as the modulus.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused; `BAD_REPLY` for an empty answer.
    pub async fn rsa_sign(
        &self,
        application: ApplicationId,
        container: ContainerId,
        digest: &[u8; 32],
    ) -> Result<Vec<u8>> {
        reply::rsa_signature(self.ask(command::rsa_sign(application, container, digest)).await?)
    }

    /// CloseContainer.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn close_container(&self, application: ApplicationId, container: ContainerId) -> Result<()> {
        self.ask(command::close_container(application, container)).await.map(drop)
    }

    /// ClearSecureState: the lock forgets that the PIN was right.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn clear_secure_state(&self, application: ApplicationId) -> Result<()> {
        self.ask(clear_secure_state(application)).await.map(drop)
    }

    /// Boxed for the same reason as [`Channel::transmit`].
    fn ask(&self, command: Command) -> Boxed<'a, Result<Vec<u8>>> {
        let channel = self.channel;
        Box::pin(async move { accepted(channel.transmit(command).await?) })
    }
}

/// ClearSecureState as a command, for the moment a page goes away and nothing can be awaited.
#[must_use]
pub fn clear_secure_state(application: ApplicationId) -> Command {
    command::clear_secure_state(application)
}

/// The data of an answer that says 9000; otherwise the code that its status word stands for.
fn accepted(response: Response) -> Result<Vec<u8>> {
    let status = response.status;
    if status == Status::OK {
        return Ok(response.data);
    }
    let error = match (status.tries_left(), status) {
        (Some(0), _) | (_, Status::AUTH_LOCKED) => Error::new(Code::PinLocked).with_tries(0),
        (Some(left), _) => Error::new(Code::PinWrong).with_tries(left),
        (None, _) => Error::because(Code::LockStatus, status.name()),
    };
    Err(error.with_status(status.0))
}
