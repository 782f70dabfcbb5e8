//! Spoilt answers of a GM/T 0017 lock.

use calock::apdu::Status;
use calock::error::{Code, Phase};

use super::{AGAIN, DONE, Ending, FETCH, OTHER_LENGTH};
use crate::place::{Place, Role};

/// Half of the data is missing.
pub fn truncated(place: Place) -> Ending {
    match place.role {
        // Half a name is no name: the lock knows nothing of it when it is opened.
        Role::Applications | Role::Containers => Err((Code::LockStatus, Phase::Read)),
        Role::Signature if place.rsa => Err((Code::SignFailed, Phase::Verify)),
        _ => Err((Code::BadReply, place.phase())),
    }
}

/// Noise stands behind the data.
pub fn overlong(place: Place) -> Ending {
    match place.role {
        // It reads as one more name, and what has another name has what is wanted.
        Role::Applications | Role::Containers => Ok(()),
        // Behind a certificate is nothing that is read.
        Role::Certificate if !place.unfinished || place.readable => Ok(()),
        Role::Certificate => Err((Code::CertUnreadable, Phase::Read)),
        // VerifyPIN answers no data.
        Role::Pin => Ok(()),
        Role::Signature if place.rsa => Err((Code::SignFailed, Phase::Verify)),
        _ => Err((Code::BadReply, place.phase())),
    }
}

/// Another status word.
pub fn with_status(status: Status, place: Place) -> Ending {
    let at = |code| Err((code, place.phase()));
    match (status, place.role) {
        // The rest of the certificate is never fetched.
        (DONE, Role::Certificate) if place.unfinished => at(Code::BadReply),
        (DONE, _) => Ok(()),
        // What wants no data back is not sent again, whatever the lock says: above all no PIN and no signature.
        (AGAIN, Role::Containers | Role::Pin | Role::Signature) => at(Code::LockStatus),
        // Another Le is said to commands without data.
        (OTHER_LENGTH, role) if !matches!(role, Role::Applications | Role::Challenge) => at(Code::LockStatus),
        // Said anyway; or it begins anew, and what was announced is there already.
        (AGAIN, Role::Certificate) => Ok(()),
        // Twice the same name, and the first one has what is wanted.
        (AGAIN | OTHER_LENGTH, Role::Applications) => Ok(()),
        (AGAIN | OTHER_LENGTH, _) => at(Code::BadReply),
        // GET RESPONSE is no command of GM/T 0017: to GetPINInfo that means that the lock does not know it.
        (FETCH, Role::Tries) => Ok(()),
        _ => at(Code::LockStatus),
    }
}
