//! What a session asks of the card in its lock, whatever language that card speaks.
//!
//! Every difference between the languages ends here: a login is one flow above it.

use crate::apdu::{Command, Response};
use crate::certificate::PublicKey;
use crate::error::{Code, Error, Result};
use crate::lock::Gmt0017;
use crate::lock::gmt0017::{self, ApplicationId, ContainerId};
#[cfg(feature = "full")]
use crate::lock::piv::{self, Piv};
use crate::prelude::*;
use crate::secret::Pin;
use crate::{hash, signature};

/// Where a key lies in a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In an open container of an open application (GM/T 0017).
    Container(ApplicationId, ContainerId),
    /// Nowhere yet: an open application whose PIN is wanted.
    #[cfg(feature = "full")]
    Application(ApplicationId),
    /// In one of a PIV card's slots.
    #[cfg(feature = "full")]
    Slot(piv::Slot),
}

#[cfg(feature = "full")]
impl Place {
    /// Whether a PIN that was proven for this place is proven for the other one: GM/T 0017 has one for an application. A PIV card may
    /// want it for each signature.
    pub(super) fn shares_pin(self, other: Self) -> bool {
        use Place::{Application, Container};
        match (self, other) {
            (Container(own, _) | Application(own), Container(others, _) | Application(others)) => own == others,
            _ => false,
        }
    }
}

/// The PIN tries, where a lock tells them.
#[derive(Clone, Copy)]
pub(super) struct Count {
    /// Count left now.
    pub(super) left: u8,
    /// Count after a right PIN; a PIV card does not tell.
    pub(super) max: Option<u8>,
}

/// The card's language, ready to ask.
pub(super) enum Dialogue<'a> {
    Gmt0017(Gmt0017<'a>),
    #[cfg(feature = "full")]
    Piv(Piv<'a>),
}

impl Dialogue<'_> {
    /// The question for the PIN tries; `None` where the lock may not be asked.
    pub(super) fn asking_tries(&self, place: Place) -> Option<Command> {
        match (self, place) {
            (Self::Gmt0017(lock), Place::Container(application, _)) => lock.asking_tries(application),
            #[cfg(feature = "full")]
            _ => Some(piv::tries_left()),
        }
    }

    /// Its answer; `None` where the lock does not tell.
    pub(super) fn tries(&self, response: Response) -> Result<Option<Count>> {
        match self {
            Self::Gmt0017(_) => {
                Ok(gmt0017::pin_info(response)?.map(|info| Count { left: info.left, max: Some(info.max) }))
            }
            #[cfg(feature = "full")]
            Self::Piv(_) => Ok(piv::tries(response)?.map(|left| Count { left, max: None })),
        }
    }

    /// Proves the PIN, once.
    pub(super) async fn verify_pin(&self, place: Place, pin: Pin) -> Result<()> {
        match (self, place) {
            (Self::Gmt0017(lock), Place::Container(application, _)) => lock.verify_pin(application, pin).await,
            #[cfg(feature = "full")]
            (Self::Gmt0017(lock), Place::Application(application)) => lock.verify_pin(application, pin).await,
            #[cfg(feature = "full")]
            (Self::Piv(card), _) => card.verify_pin(pin).await,
            #[cfg(feature = "full")]
            _ => Err(mixed()),
        }
    }

    /// The 32 bytes that this card is given to sign `text` with such a key.
    pub(super) fn digest(&self, key: &PublicKey, text: &[u8]) -> Result<[u8; 32]> {
        match (self, key) {
            (Self::Gmt0017(_), PublicKey::Sm2(point)) => signature::sm2_digest(point, text),
            (Self::Gmt0017(_), PublicKey::Rsa { .. }) => Ok(hash::sha256(text)),
            #[cfg(feature = "full")]
            (Self::Piv(_), _) if piv_algorithm(key).is_ok() => Ok(hash::sha256(text)),
            _ => Err(Error::new(Code::KeyUnsupported)),
        }
    }

    /// The command that signs a digest which [`Self::digest`] made.
    pub(super) fn signing(&self, place: Place, key: &PublicKey, digest: &[u8; 32]) -> Result<Command> {
        match place {
            Place::Container(application, container) => Ok(match key {
                PublicKey::Sm2(_) => gmt0017::sm2_sign(application, container, digest),
                _ => gmt0017::rsa_sign(application, container, digest),
            }),
            #[cfg(feature = "full")]
            Place::Application(_) => Err(mixed()),
            #[cfg(feature = "full")]
            Place::Slot(slot) => Ok(match piv_algorithm(key)? {
                algorithm @ piv::Algorithm::P256 => piv::sign(slot, algorithm, digest),
                algorithm @ piv::Algorithm::Rsa2048 => {
                    piv::sign(slot, algorithm, &signature::pkcs1_block::<256>(digest))
                }
            }),
        }
    }

    /// What it answers, as a statement carries it: DER for SM2 and P-256, the octets for RSA.
    pub(super) fn signature(&self, key: &PublicKey, data: Vec<u8>) -> Result<Vec<u8>> {
        match self {
            Self::Gmt0017(lock) => match key {
                PublicKey::Sm2(_) => signature::sm2_der(&lock.sm2_signature(&data)?),
                _ => gmt0017::rsa_signature(data),
            },
            #[cfg(feature = "full")]
            Self::Piv(_) => piv::signature(&data),
        }
    }
}

impl Place {
    /// The command that makes the card forget that the PIN was right.
    pub(super) fn forgetting(self) -> Command {
        match self {
            Self::Container(application, _) => gmt0017::clear_secure_state(application),
            #[cfg(feature = "full")]
            Self::Application(application) => gmt0017::clear_secure_state(application),
            #[cfg(feature = "full")]
            Self::Slot(_) => piv::forget_pin(),
        }
    }

    /// The command that gives back what was opened to reach the place.
    pub(super) fn leaving(self) -> Option<Command> {
        match self {
            Self::Container(application, container) => Some(gmt0017::close_container(application, container)),
            // Slots are never opened.
            #[cfg(feature = "full")]
            Self::Application(_) | Self::Slot(_) => None,
        }
    }
}

/// What a PIV card calls such a key.
#[cfg(feature = "full")]
fn piv_algorithm(key: &PublicKey) -> Result<piv::Algorithm> {
    match key {
        PublicKey::P256(_) => Ok(piv::Algorithm::P256),
        PublicKey::Rsa { modulus, .. } if modulus.len() == 256 => Ok(piv::Algorithm::Rsa2048),
        _ => Err(Error::new(Code::KeyUnsupported)),
    }
}

/// A place of one language in a card of the other: a session has one profile for life, so this cannot be.
#[cfg(feature = "full")]
fn mixed() -> Error {
    Error::because(Code::Internal, "a place that is not the card's")
}
