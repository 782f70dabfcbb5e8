//! The HID face of a GM3000 (reference: token.md 3.3).

use super::Answering;
use super::face::Face;
use crate::frame::longmai::{self, Assembler, Direction};

/// Longmai frames in 64-byte reports.
#[derive(Default)]
pub(super) struct LongmaiFace {
    assembler: Assembler,
}

impl Face for LongmaiFace {
    fn feed(&mut self, frame: &[u8], card: &mut dyn Answering) -> Vec<Vec<u8>> {
        let Ok(Some(message)) = self.assembler.feed(frame) else { return Vec::new() };
        if message.direction != Direction::Request {
            return Vec::new();
        }
        let answer = card.exchange(&message.apdu);
        let reports = longmai::encode(Direction::Response, message.sequence, &answer);
        reports.map_or_else(|_| Vec::new(), |reports| reports.iter().map(|report| report.to_vec()).collect())
    }

    fn power_off(&mut self) {
        self.assembler.reset();
    }

    fn begins(&self, frame: &[u8]) -> bool {
        longmai::begins(frame)
    }

    // Both behind the report's tag byte.
    fn mark_at(&self) -> usize {
        1
    }

    fn sequence_at(&self) -> usize {
        20
    }
}
