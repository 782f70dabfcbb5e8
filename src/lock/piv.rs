//! PIV cards (NIST SP 800-73-4): one method for each thing that a login needs, over anything that transmits an APDU.
//!
//! A PIV card signs with RSA or P-256, never with SM2. What it needs more than a GM/T 0017 lock: its commands are short, so long
//! data goes in parts (command chaining) and long answers are fetched (GET RESPONSE); both are done below [`Channel`].

mod command;
mod reply;
mod tlv;

use zeroize::Zeroizing;

pub use command::{forget_pin, sign, tries_left};
pub use reply::{fuzz_replies, signature, tries};

use super::channel::{Channel, accepted};
use crate::apdu::{Command, Status};
use crate::error::{Code, Result};
use crate::secret::Pin;

/// The keys that sign for the holder (SP 800-73-4 part 1, table 4b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Slot {
    /// 9A, PIV Authentication: the PIN once in a session.
    Authentication = 0x9A,
    /// 9C, Digital Signature: the PIN before each signature, with no other command between.
    Signature = 0x9C,
}

impl Slot {
    /// Its number, as people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "9A",
            Self::Signature => "9C",
        }
    }
}

/// Algorithms of a key (SP 800-78-4, table 6-2). P-384 (14) and RSA-1024 (06) are left out: no statement is signed with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Algorithm {
    /// RSA with 2048 bits.
    Rsa2048 = 0x07,
    /// ECDSA over P-256.
    P256 = 0x11,
}

/// The PIV Card Application behind a channel.
pub struct Piv<'a> {
    channel: &'a dyn Channel,
}

impl<'a> Piv<'a> {
    /// A card behind this channel.
    #[must_use]
    pub fn new(channel: &'a dyn Channel) -> Self {
        Self { channel }
    }

    /// SELECT. Where the application is selected already, nothing changes, a proven PIN included (part 2, 3.1.1).
    ///
    /// # Errors
    /// `LOCK_STATUS` when the card has no PIV application; `BAD_REPLY` when what answers is none.
    pub async fn select(&self) -> Result<()> {
        reply::selected(&self.ask(command::select()).await?)
    }

    /// GET DATA: the slot's certificate, or `None` where it has none.
    ///
    /// # Errors
    /// `BAD_REPLY` when the object is not built as the standard says; `CERT_UNREADABLE` for a compressed certificate: inflating
    /// would be more code than all of PIV, for certificates that few cards hold.
    pub async fn certificate(&self, slot: Slot) -> Result<Option<Vec<u8>>> {
        let response = self.channel.transmit(command::certificate(slot)).await?;
        if response.status == Status::FILE_NOT_FOUND {
            return Ok(None);
        }
        reply::certificate(&accepted(response)?)
    }

    /// VERIFY. The PIN itself crosses the wire, padded with FF. Sent once, never repeated.
    ///
    /// # Errors
    /// `PIN_LENGTH` for what has not six to eight characters and so can be no PIV PIN (part 1, 5.5), before anything is sent;
    /// `PIN_WRONG` with the tries left; `PIN_LOCKED`.
    pub async fn verify_pin(&self, pin: Pin) -> Result<()> {
        let mut padded = Zeroizing::new([0xFF; 8]);
        let typed = pin.as_bytes();
        if typed.len() < 6 {
            return Err(Code::PinLength.into());
        }
        padded.get_mut(..typed.len()).ok_or(Code::PinLength)?.copy_from_slice(typed);
        drop(pin);
        self.ask(command::verify_pin(&padded)).await.map(drop)
    }

    async fn ask(&self, command: Command) -> Result<Vec<u8>> {
        accepted(self.channel.transmit(command).await?)
    }
}
