//! The way in: how what a host sends becomes an APDU, and an answer becomes what a host receives.

use super::Answering;

/// How a lock shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cable {
    /// HID: Longmai frames in 64-byte reports.
    Hid,
    /// USB: CCID messages on a vendor-class interface, one a bulk transfer.
    Ccid,
}

/// One of them at work. A frame is one report, or one transfer.
pub(super) trait Face: Send {
    /// Takes one frame, asks the card when a command is whole, and gives the frames that go back. What is no frame is ignored,
    /// as the real lock stays silent on it.
    fn feed(&mut self, frame: &[u8], card: &mut dyn Answering) -> Vec<Vec<u8>>;

    /// Loses what was half received.
    fn power_off(&mut self);

    /// Whether an answer's frame begins a message, and does not go on with the one before.
    fn begins(&self, frame: &[u8]) -> bool;

    /// Place of the byte, in a frame that begins a message, by which a host knows it for one.
    fn mark_at(&self) -> usize;

    /// Place of the byte there that says which command it answers.
    fn sequence_at(&self) -> usize;
}
