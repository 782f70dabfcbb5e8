//! Spoilt answers of a PIV card.

use calock::apdu::Status;
use calock::error::Code;

use super::{DONE, Ending, FETCH, OTHER_LENGTH};
use crate::place::{Place, Role};

/// Half of the data is missing: everything has a tag and a length, so it is noticed. Of an answer without data half of the
/// status word is.
pub fn truncated(place: Place) -> Ending {
    Err((Code::BadReply, place.phase()))
}

/// 256 bytes of noise stand behind the data: alone they are a short answer, and nobody looks at them; with more the reader has an
/// answer that its messages cannot carry, and says so.
pub fn overlong(place: Place) -> Ending {
    match place.role {
        Role::Select | Role::Certificate | Role::Signature => Err((Code::BadReply, place.phase())),
        _ => Ok(()),
    }
}

/// Another status word.
pub fn with_status(status: Status, place: Place) -> Ending {
    let at = |code| Err((code, place.phase()));
    match (status, place.role) {
        // The rest is never fetched.
        (DONE, _) if place.unfinished => at(Code::BadReply),
        // A slot that has something, and it is no object.
        (DONE | FETCH, Role::NoCertificate) => at(Code::BadReply),
        (DONE, _) => Ok(()),
        // There is nothing more to fetch, or it was to be fetched anyway; but a chain that is interrupted is lost.
        (FETCH, Role::ToSign) => at(Code::LockStatus),
        (FETCH, _) => Ok(()),
        // The question for the tries left has no data, so it is asked again with another Le.
        (OTHER_LENGTH, Role::Tries) => Ok(()),
        _ => at(Code::LockStatus),
    }
}
