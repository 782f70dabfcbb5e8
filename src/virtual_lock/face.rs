//! The way in: how what a host sends becomes an APDU, and an answer becomes what a host receives.

use super::Answering;

/// How a lock shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cable {
    /// HID: Longmai frames in 64-byte reports.
    Hid,
}

/// One of them at work. A frame is one report, or one transfer.
pub(super) trait Face {
    /// Takes one frame, asks the card when a command is whole, and gives the frames that go back. What is no frame is ignored,
    /// as the real lock stays silent on it.
    fn feed(&mut self, frame: &[u8], card: &mut dyn Answering) -> Vec<Vec<u8>>;

    /// Loses what was half received.
    fn power_off(&mut self);

    /// Place of the byte by which a host knows an answer's first frame for one.
    fn mark_at(&self) -> usize;

    /// Place of the byte in an answer's first frame that says which command it answers.
    fn sequence_at(&self) -> usize;
}
