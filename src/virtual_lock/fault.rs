//! What can go wrong with a lock, as data: what, when, and until when (after Google's Smart Card Connector, reference:
//! anchors.md A1.5).
//!
//! As text a fault is `KIND@WHEN[:UNTIL]`, `unplug-while@ECCSignData` or `slow=6000@any:replug`.

mod text;

use core::time::Duration;

use super::instruction::Instruction;
use crate::apdu::Status;

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// What it strikes.
    pub when: When,
    /// When it stops.
    pub until: Until,
}

/// What goes wrong. "Frame" is a HID report or a bulk transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    // ---- opening ----
    /// `open-fails`: the system does not open the device.
    OpenFails,
    /// `open-taken`: another program holds the device.
    OpenTaken,

    // ---- on the way to the lock ----
    /// `send-hangs`: sending the command's last frame never ends, and the frame does not arrive.
    SendHangs,
    /// `send-stalls`: sending the command's last frame fails, and the frame does not arrive.
    SendStalls,
    /// `silent`: the lock takes the command and does nothing.
    Silent,
    /// `unplug-before`: pulled out before the command's last frame arrives; sending it never ends.
    UnplugBefore,

    // ---- in the card ----
    /// `pin-reset`: the PIN counter is at its maximum again, before the command is answered.
    PinReset,
    /// `status=HHHH`: the command is done, but the answer's status word is this one.
    Status(Status),
    /// `truncated`: the second half of the answer's data is missing; of an answer without data, half of the status word.
    Truncated,
    /// `overlong`: 256 bytes too many stand between the answer's data and its status word.
    Overlong,
    /// `garbage-certificate`: an answer that begins a certificate has noise in its place; strikes no other.
    GarbageCertificate,

    // ---- on the way back ----
    /// `unplug-while`: pulled out when the command is done, and before its answer is on the way.
    UnplugWhile,
    /// `unplug-after`: pulled out right after the answer.
    UnplugAfter,
    /// `report-dropped`: the answer's last frame is lost.
    ReportDropped,
    /// `report-duplicated`: the answer's last frame arrives twice.
    ReportDuplicated,
    /// `stale-reply`: the answer to the command before arrives once more, ahead of this one; where there was none, one to
    /// nobody's question.
    StaleReply,
    /// `wrong-sequence`: the answer says that it is another command's.
    WrongSequence,
    /// `garbled`: the answer's header is damaged.
    Garbled,
    /// `slow=MS`: the answer arrives this many milliseconds later.
    Slow(Duration),
}

/// What a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `open`: opening the device. Only the two faults of opening, and they nothing else.
    Open,
    /// `#N`: the N-th exchange since the lock was plugged in, from 1.
    Exchange(u32),
    /// A command by its name.
    Command(&'static Instruction),
    /// A command by its instruction byte, two hex digits.
    Instruction(u8),
    /// `any`: every exchange.
    Any,
}

/// When a fault stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// `once`: after it struck.
    #[default]
    Once,
    /// `twice`: after it struck twice; then it reads `once`.
    Twice,
    /// `replug`: when the lock is plugged in again.
    Replug,
    /// `always`: never.
    Always,
}

impl FaultKind {
    /// Whether it strikes opening the device, and not an exchange.
    #[must_use]
    pub const fn is_of_opening(self) -> bool {
        matches!(self, Self::OpenFails | Self::OpenTaken)
    }
}

impl When {
    fn is_exchange(self, number: u32, apdu: &[u8]) -> bool {
        match self {
            Self::Open => false,
            Self::Exchange(wanted) => wanted == number,
            Self::Command(instruction) => instruction.is(apdu),
            Self::Instruction(code) => apdu.get(1) == Some(&code),
            Self::Any => true,
        }
    }
}

/// The faults that lie in wait.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn all(&self) -> &[Fault] {
        &self.0
    }

    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The lock is plugged in again.
    pub(super) fn replugged(&mut self) {
        self.0.retain(|fault| fault.until != Until::Replug);
    }

    /// The fault that strikes this opening.
    pub(super) fn opening(&mut self) -> Option<Fault> {
        self.strike(|fault| fault.when == When::Open)
    }

    /// The fault that strikes this exchange. `certificate`: whether its answer begins one.
    pub(super) fn exchange(&mut self, number: u32, apdu: &[u8], certificate: bool) -> Option<Fault> {
        self.strike(|fault| {
            fault.when.is_exchange(number, apdu) && (certificate || fault.kind != FaultKind::GarbageCertificate)
        })
    }

    /// Of several that fit the one added last, so that a new fault can always be tried.
    fn strike(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let at = self.0.iter().rposition(fits)?;
        let fault = self.0[at];
        match fault.until {
            Until::Once => drop(self.0.remove(at)),
            Until::Twice => self.0[at].until = Until::Once,
            Until::Replug | Until::Always => {}
        }
        Some(fault)
    }
}
