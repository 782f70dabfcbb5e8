//! The HID face of a virtual GM3000: reports in, reports out (reference: token.md 3.3).

use std::collections::VecDeque;

use super::{Card, LockFile};
use crate::error::Result;
use crate::frame::longmai::{self, Assembler, Direction, Report};

/// What the device calls itself on USB.
pub const USB_PRODUCT_NAME: &str = "GM3000 (virtual)";

/// A card behind 64-byte reports.
pub struct Device {
    card: Card,
    assembler: Assembler,
    outbox: VecDeque<Report>,
}

impl Device {
    /// A device with the card that a file describes.
    ///
    /// # Errors
    /// `PARAMETER` when the file holds something unreadable.
    pub fn new(file: &LockFile) -> Result<Self> {
        Ok(Self { card: Card::new(file)?, assembler: Assembler::default(), outbox: VecDeque::new() })
    }

    /// Takes one output report. A report that is no frame is ignored, as the real lock stays silent on it.
    pub fn write(&mut self, report: &[u8]) {
        let Ok(Some(message)) = self.assembler.feed(report) else { return };
        if message.direction != Direction::Request {
            return;
        }
        let answer = self.card.exchange(&message.apdu);
        if let Ok(reports) = longmai::encode(Direction::Response, message.sequence, &answer) {
            self.outbox.extend(reports.iter());
        }
    }

    /// The next input report, if one waits.
    pub fn read(&mut self) -> Option<Report> {
        self.outbox.pop_front()
    }

    /// The card inside.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Loses power and everything in flight, as unplugging does.
    pub fn unplug(&mut self) {
        self.card.power_off();
        self.assembler.reset();
        self.outbox.clear();
    }
}
