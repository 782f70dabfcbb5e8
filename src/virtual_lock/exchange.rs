//! What a virtual lock remembers of each exchange: enough to see what went wrong, nothing that has to be hidden.

use super::Fault;
use super::instruction::Instruction;
use crate::apdu::Status;

/// One exchange, as the lock saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Which one it was since the lock was plugged in, from 1.
    pub number: u32,
    /// Class byte of the command.
    pub class: u8,
    /// Instruction byte of the command.
    pub instruction: u8,
    /// What the command is called; empty when no list names it.
    pub name: &'static str,
    /// Bytes of the command.
    pub sent: usize,
    /// What the lock answered: bytes of data, and the status word. `None` when it did not, or nothing that ends in one.
    pub answered: Option<(usize, Status)>,
    /// The fault that struck it.
    pub fault: Option<Fault>,
}

/// The last exchanges.
#[derive(Default)]
pub(super) struct Log {
    entries: Vec<Exchange>,
    number: u32,
}

impl Log {
    const KEPT: usize = 256;

    pub(super) fn entries(&self) -> &[Exchange] {
        &self.entries
    }

    /// Begins counting anew; what happened before is kept.
    pub(super) fn plugged(&mut self) {
        self.number = 0;
    }

    /// Notes a command and gives its number.
    pub(super) fn asked(&mut self, apdu: &[u8]) -> u32 {
        if self.entries.len() == Self::KEPT {
            self.entries.remove(0);
        }
        self.number += 1;
        let byte = |at: usize| apdu.get(at).copied().unwrap_or_default();
        self.entries.push(Exchange {
            number: self.number,
            class: byte(0),
            instruction: byte(1),
            name: Instruction::of(apdu).map_or("", |instruction| instruction.name),
            sent: apdu.len(),
            answered: None,
            fault: None,
        });
        self.number
    }

    /// Notes the fault that strikes the last command.
    pub(super) fn struck(&mut self, fault: Fault) {
        if let Some(last) = self.entries.last_mut() {
            last.fault = Some(fault);
        }
    }

    /// Notes the answer to the last command.
    pub(super) fn answered(&mut self, answer: &[u8]) {
        if let Some(last) = self.entries.last_mut() {
            last.answered =
                answer.split_last_chunk::<2>().map(|(data, sw)| (data.len(), Status(u16::from_be_bytes(*sw))));
        }
    }
}
