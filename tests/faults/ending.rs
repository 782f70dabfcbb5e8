//! What a fault must lead to, by what it is, where it strikes and on which cable.

mod gmt0017;
mod piv;

use calock::apdu::Status;
use calock::error::{Code, Phase};
use calock::virtual_lock::{Cable, FaultKind};

use super::place::{Place, Role, deadline};

/// How a call ends that a fault strikes: well, or with a code at a phase.
pub type Ending = Result<(), (Code, Phase)>;

pub const DONE: Status = Status::OK;
pub const REFUSED: Status = Status(0x6F00);
/// "Send the same command again."
pub const AGAIN: Status = Status::MORE_DATA;
/// "Send it with another Le."
pub const OTHER_LENGTH: Status = Status(0x6C00);
/// "Fetch the rest with GET RESPONSE."
pub const FETCH: Status = Status(0x6100);
pub const TWO_LEFT: Status = Status(0x63C2);

pub fn ending(kind: FaultKind, place: Place, cable: Cable) -> Ending {
    let phase = place.phase();
    let at = |code| Err((code, phase));
    match kind {
        FaultKind::OpenFails | FaultKind::OpenTaken => Err((Code::OpenFailed, Phase::Open)),
        FaultKind::UnplugBefore | FaultKind::UnplugWhile => at(Code::Disconnected),
        // A page is not told why a report was not taken; a transfer that stalls says so.
        FaultKind::SendStalls if cable == Cable::Hid => at(Code::Disconnected),
        FaultKind::SendStalls => at(Code::BadFrame),
        FaultKind::UnplugAfter if place.asked_for => at(Code::Disconnected),
        // The answer was there, and the next command finds no lock.
        FaultKind::UnplugAfter if place.last => Ok(()),
        FaultKind::UnplugAfter => Err((Code::Disconnected, place.next)),
        FaultKind::SendHangs | FaultKind::Silent | FaultKind::ReportDropped => at(Code::Timeout),
        FaultKind::Slow(delay) if delay > deadline(phase) => at(Code::Timeout),
        FaultKind::WrongSequence => at(Code::StaleReply),
        FaultKind::Garbled => at(Code::BadFrame),
        FaultKind::Slow(_) | FaultKind::ReportDuplicated | FaultKind::StaleReply | FaultKind::PinReset => Ok(()),
        FaultKind::GarbageCertificate if place.role == Role::Certificate && place.first => at(Code::CertUnreadable),
        FaultKind::GarbageCertificate => Ok(()),
        FaultKind::Truncated if place.piv => piv::truncated(place),
        FaultKind::Truncated => gmt0017::truncated(place),
        FaultKind::Overlong if place.piv => piv::overlong(place),
        FaultKind::Overlong => gmt0017::overlong(place),
        // What a card says of PINs is believed wherever it says so, but for the tries left of a PIV card.
        FaultKind::Status(TWO_LEFT) if place.piv && place.role == Role::Tries => Ok(()),
        FaultKind::Status(TWO_LEFT) => at(Code::PinWrong),
        FaultKind::Status(Status::AUTH_LOCKED) => at(Code::PinLocked),
        FaultKind::Status(status) if place.piv => piv::with_status(status, place),
        FaultKind::Status(status) => gmt0017::with_status(status, place),
    }
}
