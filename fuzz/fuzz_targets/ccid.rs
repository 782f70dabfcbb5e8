//! CCID messages from a reader: whatever arrives, it is a message or `BAD_FRAME`; what is written is read again; and a link to a
//! reader that says anything in any order never panics, never sends a command twice, and gives an answer or a code.
//!
//! Input: `form, n, n bytes of a configuration descriptor, then (how, length, bytes) for each bulk-IN transfer`. Bit 0 of `how`
//! makes the transfer answer the last message, bit 1 makes it a stall, bit 2 a babble.
#![no_main]

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use calock::apdu::Form;
use calock::error::{Code, Result};
use calock::frame::ccid::{Kind, Level, Message, Reader, Reply};
use calock::link::{CcidLink, Link as _, Pipes, Transfer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match Message::decode(data) {
        Ok(message) => assert_eq!(message.encode().as_slice(), data),
        Err(error) => assert_eq!(error.code, Code::BadFrame),
    }
    if let Ok(reply) = Reply::decode(data) {
        assert!(reply.message.kind.is_reply());
    }

    let [form, length, rest @ ..] = data else { return };
    let (descriptor, script) = rest.split_at(rest.len().min(usize::from(*length)));
    let short = form & 1 == 0;
    let level = if short { Level::ShortApdu } else { Level::ExtendedApdu };
    let reader = Reader::find(descriptor, *form).unwrap_or(Reader {
        level,
        most: 60,
        automatic_voltage: form & 2 == 0,
        protocols: 3,
    });
    let link = CcidLink::new(Talker::new(reader, script), if short { Form::Short } else { Form::Extended });
    if !matches!(run(link.enter()), Some(Ok(()))) {
        return assert_eq!(link.pipes().entered.get(), 0, "the turn was given back");
    }
    // Longer than a message: in parts where the reader takes them.
    for apdu in [&[0x80, 0x22, 0, 0, 0, 0, 0][..], &[0x80; 300]] {
        let sent = link.pipes().transfers.get();
        let answer = run(link.exchange(apdu));
        let parts = link.pipes().transfers.get() - sent;
        assert!(parts <= apdu.len(), "a command of {} bytes in {parts} parts", apdu.len());
        if answer.is_none() {
            return;
        }
    }
    link.leave();
    assert_eq!(link.pipes().entered.get(), 0);
});

/// Runs what never waits for anything but the reader; `None` when the reader has no more to say.
fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A reader that says what the input says.
struct Talker<'a> {
    reader: Reader,
    script: RefCell<&'a [u8]>,
    last: Cell<Option<(Kind, u8)>>,
    entered: Cell<u32>,
    /// Transfers with data of a command in them.
    transfers: Cell<usize>,
}

impl<'a> Talker<'a> {
    fn new(reader: Reader, script: &'a [u8]) -> Self {
        Self {
            reader,
            script: RefCell::new(script),
            last: Cell::new(None),
            entered: Cell::new(0),
            transfers: Cell::new(0),
        }
    }
}

impl Pipes for Talker<'_> {
    async fn enter(&self) -> Result<()> {
        self.entered.set(self.entered.get() + 1);
        Ok(())
    }

    fn leave(&self) {
        self.entered.set(self.entered.get() - 1);
    }

    async fn close(&self) {}

    fn abandon(&self, _: Option<&[u8]>) {}

    async fn reader(&self) -> Result<Reader> {
        Ok(self.reader)
    }

    async fn send(&self, message: &[u8]) -> Result<()> {
        let message = Message::decode(message).expect("what is sent is a message");
        assert!(message.data.len() <= self.reader.most, "longer than the reader takes");
        if message.kind == Kind::Transfer && !message.data.is_empty() {
            self.transfers.set(self.transfers.get() + 1);
        }
        self.last.set(Some((message.kind, message.sequence)));
        Ok(())
    }

    async fn receive(&self, most: usize) -> Result<Transfer> {
        let script = *self.script.borrow();
        let next = match script {
            [how, length, rest @ ..] => {
                let (bytes, after) = rest.split_at(rest.len().min(usize::from(*length)));
                Some((*how, bytes, after))
            }
            _ => None,
        };
        let Some((how, bytes, after)) = next else {
            return std::future::pending().await;
        };
        *self.script.borrow_mut() = after;
        if how & 2 != 0 {
            return Ok(Transfer::Stall);
        }
        if how & 4 != 0 || bytes.len() > most {
            return Ok(Transfer::Babble);
        }
        let mut bytes = bytes.to_vec();
        if let (1, Some((kind, sequence)), 10..) = (how & 1, self.last.get(), bytes.len()) {
            let length = u32::try_from(bytes.len() - 10).expect("at most 255").to_le_bytes();
            bytes[0] = kind.reply() as u8;
            bytes[1..5].copy_from_slice(&length);
            bytes[5..7].copy_from_slice(&[0, sequence]);
        }
        Ok(Transfer::Data(bytes.into()))
    }

    async fn clear_stall(&self) -> Result<()> {
        Ok(())
    }

    fn drain(&self) {}
}
