//! The commands that a login does not need: what is in a lock, its label and PIN, and making a certificate on it.
//!
//! Layouts: reference token.md 1.3 to 1.6. Those of this file were read in two vendors' host libraries and one firmware; only the
//! ones that `super::command` has were captured on a GM3000.

mod command;
mod mac;
mod reply;

use zeroize::Zeroizing;

#[cfg(feature = "virtual")]
pub(crate) use mac::mac;
pub use reply::{DeviceDetails, FileInfo, fuzz_manage_replies};

use super::reply::{ApplicationId, ContainerId, Name, PinInfo, challenge};
use super::{Gmt0017, Usage, pin};
use crate::envelope::EnvelopedKey;
use crate::error::{Code, Error, Result};
use crate::lock::profile::Initialise;
use crate::secret::Pin;

/// A PIN as the key of ChangePIN. Not to be printed, and wiped on drop, as the PIN itself.
pub struct ChangeKey(Zeroizing<[u8; 16]>);

impl ChangeKey {
    /// The key that a PIN stands for.
    #[must_use]
    pub fn of(pin: &Pin) -> Self {
        Self(pin::key(pin))
    }
}

impl core::fmt::Debug for ChangeKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ChangeKey(…)")
    }
}

/// The key that a PIN stands for, for the other end of the cable.
#[cfg(feature = "virtual")]
pub(crate) fn pin_key(pin: &Pin) -> Zeroizing<[u8; 16]> {
    pin::key(pin)
}

/// What CreateApplication makes.
#[derive(Debug)]
pub struct NewApplication {
    /// Its name, at most as long as the lock's field.
    pub name: Name,
    /// The administrator's PIN: who has it can unlock the user's.
    pub admin_pin: Pin,
    /// The administrator's tries.
    pub admin_tries: u8,
    /// The user's tries.
    pub user_tries: u8,
}

impl Gmt0017<'_> {
    /// GetDevInfo in full. Safe on any lock.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is shorter than the fields up to the serial number.
    pub async fn device_details(&self) -> Result<DeviceDetails> {
        reply::device_details(&self.ask(super::command::device_info()).await?, self.rules.order)
    }

    /// GetPINInfo of the user PIN; `None` where the profile does not allow the command or the lock does not know it.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is shorter than its three bytes.
    pub async fn pin_info(&self, application: ApplicationId) -> Result<Option<PinInfo>> {
        match self.asking_tries(application) {
            Some(question) => super::pin_info(self.channel.transmit(question).await?),
            None => Ok(None),
        }
    }

    /// SetLabel: at most 32 bytes of text.
    ///
    /// # Errors
    /// `PARAMETER` for a longer label, before anything is sent; `LOCK_STATUS` when refused.
    pub async fn set_label(&self, label: &str) -> Result<()> {
        if label.is_empty() || label.len() > 32 || label.contains(char::is_control) {
            return Err(Error::because(Code::Parameter, "a label has 1 to 32 bytes of text"));
        }
        self.ask(command::set_label(label)).await.map(drop)
    }

    /// EnumFiles: the names of an application's files.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn files(&self, application: ApplicationId) -> Result<Vec<Name>> {
        super::reply::names(&self.ask(command::enum_files(application)).await?)
    }

    /// GetFileInfo: size and rights.
    ///
    /// # Errors
    /// `BAD_REPLY` when the answer is shorter than its twelve bytes.
    pub async fn file_info(&self, application: ApplicationId, name: &Name) -> Result<FileInfo> {
        reply::file_info(&self.ask(command::file_info(application, name)).await?, self.rules.order)
    }

    /// ReadFile, as often as it takes. A GM3000 sends at most 496 bytes at once.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused; `BAD_REPLY` when less arrives than the file has; `PARAMETER` for a name that is none.
    pub async fn read_file(&self, application: ApplicationId, name: &Name, size: u32) -> Result<Vec<u8>> {
        const MOST: u16 = 480;
        let mut content = Vec::new();
        while let Some(left) =
            usize::try_from(size).ok().and_then(|size| size.checked_sub(content.len())).filter(|&left| left > 0)
        {
            let offset = u16::try_from(content.len()).map_err(|_| Error::new(Code::Parameter))?;
            let most = u16::try_from(left).map_or(MOST, |left| left.min(MOST));
            let part = self.ask(command::read_file(application, name, offset, most, self.rules.order)?).await?;
            if part.is_empty() || part.len() > usize::from(most) {
                return Err(Error::because(Code::BadReply, "ReadFile"));
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
    }

    /// GenRandom and DevAuth: proves knowledge of the device key. Sent once, never repeated: the lock counts.
    ///
    /// # Errors
    /// `LOCK_STATUS` with 63Cx or 6983 when the key is wrong: these tries are not the PIN's.
    pub async fn authenticate_device(&self, key: &[u8; 16]) -> Result<()> {
        let challenge = challenge(&self.ask(super::command::random()).await?)?;
        let response = self.channel.transmit(command::device_auth(key, challenge)).await?;
        super::accepted(response).map(drop).map_err(|error| Error { code: Code::LockStatus, tries_left: None, ..error })
    }

    /// CreateApplication: needs DevAuth before it. Both PINs travel in clear; no other way is known.
    ///
    /// # Errors
    /// `PARAMETER` for a name that is longer than the lock's field, before anything is sent.
    pub async fn create_application(
        &self,
        rule: &Initialise,
        application: &NewApplication,
        user_pin: &Pin,
    ) -> Result<()> {
        let command = command::create_application(rule, application, user_pin, self.rules.order)?;
        self.ask(command).await.map(drop)
    }

    /// CreateContainer.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused: 6E02 when there is one of that name.
    pub async fn create_container(&self, application: ApplicationId, name: &Name) -> Result<ContainerId> {
        super::reply::container_id(&self.ask(command::create_container(application, name)).await?)
    }

    /// DeleteContainer, with its keys and certificates.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn delete_container(&self, application: ApplicationId, name: &Name) -> Result<()> {
        self.ask(command::delete_container(application, name)).await.map(drop)
    }

    /// GenECCKeyPair: a signing key pair made inside the lock. Gives the point, 04 ‖ X ‖ Y.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused; `BAD_REPLY` when the answer is no point of 256 bits.
    pub async fn generate_sm2(&self, application: ApplicationId, container: ContainerId) -> Result<[u8; 65]> {
        let command = command::generate_sm2(application, container, self.rules.order);
        reply::point(&self.ask(command).await?, self.rules.order)
    }

    /// ExportPublicKey of an SM2 pair: the point, 04 ‖ X ‖ Y.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused: 6A95 when there is no such pair.
    pub async fn sm2_public_key(
        &self,
        application: ApplicationId,
        container: ContainerId,
        usage: Usage,
    ) -> Result<[u8; 65]> {
        let command = command::export_public_key(application, container, usage);
        reply::point(&self.ask(command).await?, self.rules.order)
    }

    /// ImportCertificate.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused.
    pub async fn import_certificate(
        &self,
        application: ApplicationId,
        container: ContainerId,
        usage: Usage,
        der: &[u8],
    ) -> Result<()> {
        self.ask(command::import_certificate(application, container, usage, der, self.rules.order)?).await.map(drop)
    }

    /// ImportECCKeyPair: the encryption pair, in the envelope that only the lock's signing key opens.
    ///
    /// # Errors
    /// `LOCK_STATUS` when refused: 6A9B when the lock cannot open the envelope.
    pub async fn import_sm2_pair(
        &self,
        application: ApplicationId,
        container: ContainerId,
        key: &EnvelopedKey,
    ) -> Result<()> {
        self.ask(command::import_sm2_pair(application, container, key, self.rules.order)?).await.map(drop)
    }

    /// GenRandom and ChangePIN of the user PIN. The lock wants the old PIN verified before. Sent once, never repeated.
    ///
    /// # Errors
    /// `OPERATION_UNPROVEN` when the profile does not know how, before anything is sent; `LOCK_STATUS` when refused.
    pub async fn change_pin(&self, application: ApplicationId, old: ChangeKey, new: Pin) -> Result<()> {
        let rule = self.rules.change_pin.ok_or(Code::OperationUnproven)?;
        let challenge = challenge(&self.ask(super::command::random()).await?)?;
        let command = command::change_pin(rule, application, &old.0, &new, challenge)?;
        drop((old, new));
        self.ask(command).await.map(drop)
    }
}
