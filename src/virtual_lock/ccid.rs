//! The USB face: a smart card reader with the card inside, on a vendor-class interface with two bulk pipes (reference: token.md
//! 5.1). One message a transfer.

use std::collections::VecDeque;

use super::Answering;
use super::face::Face;
use super::instruction::Instruction;
use crate::frame::ccid::{Chain, Kind, Level, Message, Reader, parts};

/// The most common length: a short APDU's 261 bytes and the header. Longer ones go in parts.
const MOST: usize = 261;
/// A card that knows T=1 and says nothing of itself.
const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];
/// Longer than any APDU: what goes on beyond it is dropped.
const LONGEST: usize = 0x1_0010;

/// The configuration descriptor of a device that has this face and nothing else: interface 0 of class FF, bulk OUT on endpoint 1
/// and bulk IN on endpoint 1, 64 bytes a packet.
#[must_use]
pub(super) fn configuration(reader: &Reader) -> Vec<u8> {
    let class = reader.encode();
    let endpoint = |address: u8| [7, 5, address, 0x02, 64, 0, 0];
    let interface = [9, 4, 0, 0, 2, 0xFF, 0, 0, 0];
    let rest = [&interface[..], &class, &endpoint(0x01), &endpoint(0x81)].concat();
    let [low, high] = u16::try_from(9 + rest.len()).unwrap_or(u16::MAX).to_le_bytes();
    // Bus powered, 100 mA.
    [&[9, 2, low, high, 1, 1, 0, 0x80, 50][..], &rest].concat()
}

/// The reader that a virtual lock shows.
#[must_use]
pub(super) fn reader(level: Level) -> Reader {
    Reader { level, most: MOST, automatic_voltage: true, protocols: 0b10 }
}

/// CCID messages.
pub(super) struct CcidFace {
    reader: Reader,
    powered: bool,
    /// The command so far.
    command: Vec<u8>,
    /// What is still to come of the answer.
    answer: VecDeque<(Chain, Vec<u8>)>,
}

impl CcidFace {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader, powered: false, command: Vec::new(), answer: VecDeque::new() }
    }

    /// Takes the data of one transfer; what comes back is messages in their order.
    fn transfer(&mut self, question: &Message, card: &mut dyn Answering) -> Vec<Message> {
        if !self.powered {
            return vec![failed(question, 0xFE, 1)];
        }
        let [_, place, _] = question.specific;
        let place = match Chain::of(place) {
            Some(place) if self.reader.level == Level::ExtendedApdu || place == Chain::Whole => place,
            // The parameter at offset 8 is wrong.
            _ => return vec![failed(question, 8, 0)],
        };
        if place == Chain::GoOn {
            return vec![self.next(question)];
        }
        if matches!(place, Chain::Whole | Chain::Begins) {
            self.command.clear();
        }
        self.answer.clear();
        self.command.extend_from_slice(&question.data);
        if self.command.len() > LONGEST || question.data.len() > self.reader.most {
            self.command.clear();
            return vec![failed(question, 1, 0)];
        }
        if place.goes_on() {
            return vec![block(question, Chain::GoOn, &[])];
        }
        let answer = card.exchange(&self.command);
        self.answer = parts(&answer, self.reader.most).map(|(place, part)| (place, part.to_vec())).collect();
        // A private-key operation of RSA takes a card longer than a reader waits: it is asked for patience.
        let slow = Instruction::of(&self.command).is_some_and(|instruction| instruction.name == "RSASignData");
        let patience = slow.then(|| answered(question, Kind::DataBlock, [0x80, 1, 0], &[]));
        patience.into_iter().chain([self.next(question)]).collect()
    }

    fn next(&mut self, question: &Message) -> Message {
        match self.answer.pop_front() {
            Some((place, part)) => block(question, place, &part),
            None => failed(question, 8, 0),
        }
    }
}

impl Face for CcidFace {
    fn feed(&mut self, frame: &[u8], card: &mut dyn Answering) -> Vec<Vec<u8>> {
        let Ok(question) = Message::decode(frame) else { return Vec::new() };
        if question.kind.is_reply() {
            return Vec::new();
        }
        let messages = match question.kind {
            _ if question.slot != 0 => vec![failed(&question, 5, 2)],
            Kind::PowerOn => {
                // Also one that is powered: it is reset.
                card.power_off();
                self.power_off();
                self.powered = true;
                vec![answered(&question, Kind::DataBlock, [0, 0, 0], &ATR)]
            }
            Kind::PowerOff => {
                card.power_off();
                self.power_off();
                vec![answered(&question, Kind::SlotStatus, [1, 0, 0], &[])]
            }
            Kind::GetSlotStatus | Kind::Abort => {
                vec![answered(&question, Kind::SlotStatus, [u8::from(!self.powered), 0, 0], &[])]
            }
            Kind::Transfer => self.transfer(&question, card),
            // A command that it does not know.
            _ => vec![failed(&question, 0, u8::from(!self.powered))],
        };
        messages.iter().map(|message| message.encode().to_vec()).collect()
    }

    fn power_off(&mut self) {
        self.powered = false;
        self.command.clear();
        self.answer.clear();
    }

    fn begins(&self, _frame: &[u8]) -> bool {
        true
    }

    fn mark_at(&self) -> usize {
        0
    }

    fn sequence_at(&self) -> usize {
        6
    }
}

fn answered(question: &Message, kind: Kind, specific: [u8; 3], data: &[u8]) -> Message {
    Message { slot: question.slot, ..Message::new(kind, question.sequence, data).with(specific) }
}

fn block(question: &Message, place: Chain, data: &[u8]) -> Message {
    answered(question, Kind::DataBlock, [0, 0, place as u8], data)
}

/// Refuses a message; `card`: 0 powered, 1 without power, 2 not there.
fn failed(question: &Message, error: u8, card: u8) -> Message {
    answered(question, question.kind.reply(), [0x40 | card, error, 0], &[])
}
