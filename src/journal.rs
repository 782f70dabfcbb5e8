//! What happened between page and lock, redacted: instructions, lengths and status words, never data.
//!
//! A user can hand it to support; nothing in it identifies holder or lock.

use crate::apdu::Status;
use crate::hash::{decimal, hex_upper};
use crate::prelude::*;

/// One exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Instruction byte of the command.
    pub instruction: u8,
    /// Bytes of the command's APDU.
    pub sent: usize,
    /// What came: bytes of the answer and its status word; `None` when nothing did.
    pub answer: Option<(usize, Status)>,
}

/// The last exchanges, and how many there were in all.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
    exchanges: u32,
}

impl Journal {
    const KEPT: usize = 64;

    /// Notes an exchange that begins.
    pub fn sent(&mut self, instruction: u8, sent: usize) {
        if self.entries.len() == Self::KEPT {
            self.entries.remove(0);
        }
        self.entries.push(Entry { instruction, sent, answer: None });
        self.exchanges += 1;
    }

    /// Notes the answer to the last one.
    pub fn received(&mut self, received: usize, status: Status) {
        if let Some(entry) = self.entries.last_mut() {
            entry.answer = Some((received, status));
        }
    }

    /// Exchanges since the session began.
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.exchanges
    }

    /// The kept exchanges, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// One line an exchange: instruction, bytes sent, bytes back, status word.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for Entry { instruction, sent, answer } in &self.entries {
            let mut push = |part: &str| text.push_str(part);
            push("INS ");
            push(&hex_upper(&[*instruction]));
            push(", sent ");
            push(&decimal(*sent));
            match answer {
                Some((received, status)) => {
                    push(", received ");
                    push(&decimal(*received));
                    push(", ");
                    push(&hex_upper(&status.0.to_be_bytes()));
                    if cfg!(feature = "names") {
                        push(" ");
                        push(status.name());
                    }
                }
                None => push(", no answer"),
            }
            push("\n");
        }
        text
    }
}
