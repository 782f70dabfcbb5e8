//! A lock that is a smart card reader with its card inside: APDUs in CCID messages over a pair of bulk pipes.

mod tpdu;

use core::cell::Cell;
use core::future::Future;

use zeroize::Zeroizing;

use super::Link;
use crate::apdu::Form;
use crate::error::{Code, Error, Result};
use crate::frame::ccid::{Chain, HEADER, Kind, Level, Message, Outcome, Reader, Reply, parts};

/// Answers to others that are read past before this one counts as lost: what stands in a reader's pipe is little.
const STRANGERS: u32 = 16;

/// What carries bulk transfers: `USBDevice` in a page, a virtual lock in a test.
pub trait Pipes {
    /// See [`Link::enter`]; afterwards the interface is this page's.
    ///
    /// # Errors
    /// As there; `PROTECTED_CLASS`, `DRIVER_DENIED`.
    fn enter(&self) -> impl Future<Output = Result<()>>;

    /// See [`Link::leave`].
    fn leave(&self);

    /// See [`Link::close`].
    fn close(&self) -> impl Future<Output = ()>;

    /// Hands a last message to the device without waiting and lets go of it.
    fn abandon(&self, message: Option<&[u8]>);

    /// What the interface's class descriptor says.
    ///
    /// # Errors
    /// `LOCK_UNKNOWN` when it has none: then it is no reader.
    fn reader(&self) -> impl Future<Output = Result<Reader>>;

    /// One bulk-OUT transfer.
    ///
    /// # Errors
    /// `BAD_FRAME` when the device stalls it; what the device interface reports.
    fn send(&self, message: &[u8]) -> impl Future<Output = Result<()>>;

    /// The next bulk-IN transfer, of at most this many bytes.
    ///
    /// # Errors
    /// What the device interface reports.
    fn receive(&self, most: usize) -> impl Future<Output = Result<Transfer>>;

    /// Lets the bulk-IN pipe run again after a stall.
    ///
    /// # Errors
    /// What the device interface reports.
    fn clear_stall(&self) -> impl Future<Output = Result<()>>;

    /// Throws away what arrived and nobody asked for.
    fn drain(&self);
}

/// How a bulk-IN transfer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// With these bytes.
    Data(Zeroizing<Vec<u8>>),
    /// The pipe stands still until its stall is cleared.
    Stall,
    /// More came than was asked for; the rest is lost.
    Babble,
}

/// APDUs over CCID.
pub struct CcidLink<P> {
    pipes: P,
    form: Form,
    sequence: Cell<u8>,
    strangers: Cell<u32>,
    /// The reader, once its card has power.
    ready: Cell<Option<Ready>>,
    /// Whether the card was given power in this workflow.
    started: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Ready {
    reader: Reader,
    protocol: Protocol,
}

/// How an APDU becomes the data of messages.
#[derive(Clone, Copy)]
enum Protocol {
    /// As it is, in parts where it is long.
    Extended,
    /// As it is, in one message.
    Short,
    /// As a TPDU of T=0.
    T0,
}

impl<P: Pipes> CcidLink<P> {
    /// Starts a conversation with a lock whose APDUs are of this form.
    pub fn new(pipes: P, form: Form) -> Self {
        Self {
            pipes,
            form,
            sequence: Cell::new(0),
            strangers: Cell::new(0),
            ready: Cell::new(None),
            started: Cell::new(false),
        }
    }

    /// What carries the transfers.
    pub fn pipes(&self) -> &P {
        &self.pipes
    }

    /// Gives the card power and finds out how to talk to it.
    async fn start(&self) -> Result<Ready> {
        let reader = self.pipes.reader().await?;
        self.pipes.drain();
        let voltages: &[u8] = if reader.automatic_voltage { &[0] } else { &[1, 2, 3] };
        let mut on = Err(Error::new(Code::Internal));
        for voltage in voltages {
            on = self.ask(&reader, Kind::PowerOn, [*voltage, 0, 0], &[]).await;
            if on.is_ok() {
                break;
            }
        }
        let atr = on?.message.data;
        let protocol = match (reader.level, self.form) {
            (Level::ExtendedApdu, _) => Protocol::Extended,
            (Level::ShortApdu, Form::Short) => Protocol::Short,
            (Level::Tpdu, Form::Short) if tpdu::first_protocol(&atr) == Some(0) => Protocol::T0,
            _ => return Err(Error::because(Code::LockUnknown, "its reader does not take the lock's APDUs")),
        };
        Ok(Ready { reader, protocol })
    }

    /// One message and its answer, which may take several reads but is asked for once.
    async fn ask(&self, reader: &Reader, kind: Kind, specific: [u8; 3], data: &[u8]) -> Result<Reply> {
        let sequence = self.next_sequence();
        self.pipes.send(&Message::new(kind, sequence, data).with(specific).encode()).await?;
        loop {
            let reply = self.read(reader).await?;
            if !reply.answers(kind, sequence) {
                self.strangers.set(self.strangers.get() + 1);
                if self.strangers.get() > STRANGERS {
                    return Err(Error::new(Code::StaleReply));
                }
                continue;
            }
            match reply.outcome {
                Outcome::Done => return Ok(reply),
                Outcome::Failed(error) => {
                    // Whatever it was, the next workflow starts with a card that was reset.
                    self.ready.set(None);
                    return Err(reply.failure(error));
                }
                // The card asks its reader for time. The step's own deadline ends it if it asks for ever.
                Outcome::Later(_) => {}
            }
        }
    }

    /// One message from the reader. A stall is cleared once; the command is never sent again for it.
    async fn read(&self, reader: &Reader) -> Result<Reply> {
        let most = HEADER + reader.most;
        let mut transfer = self.pipes.receive(most).await?;
        if transfer == Transfer::Stall {
            self.pipes.clear_stall().await?;
            transfer = self.pipes.receive(most).await?;
        }
        match transfer {
            Transfer::Data(bytes) => Reply::decode(&bytes),
            Transfer::Stall => Err(Error::because(Code::BadFrame, "the pipe stalls again and again")),
            Transfer::Babble => Err(Error::because(Code::BadFrame, "more bytes than the reader's longest message")),
        }
    }

    /// One block of data there, the answer to it back: in one message each, or in parts.
    async fn transfer(&self, reader: &Reader, data: &[u8]) -> Result<Vec<u8>> {
        let mut last = None;
        for (place, part) in parts(data, reader.most) {
            let reply = self.ask(reader, Kind::Transfer, level(place), part).await?;
            // Until the whole is there the reader says that it waits for more, and nothing else.
            let waits = reply.message.data.is_empty() && Chain::of(reply.chain()) == Some(Chain::GoOn);
            if place.goes_on() && !waits {
                return Err(Error::because(Code::BadReply, "the reader answers before the command is whole"));
            }
            last = Some(reply);
        }
        let mut reply = last.ok_or(Code::Internal)?;
        let mut answer = Vec::new();
        loop {
            let place = Chain::of(reply.chain()).filter(|place| place.may_follow(!answer.is_empty()));
            let place = place.ok_or(Error::because(Code::BadReply, "parts of an answer out of order"))?;
            // An empty part would never bring the answer to an end.
            if place.goes_on() && reply.message.data.is_empty() || answer.len() > LONGEST {
                return Err(Error::because(Code::BadReply, "an answer without end"));
            }
            answer.extend_from_slice(&reply.message.data);
            if !place.goes_on() {
                return Ok(answer);
            }
            reply = self.ask(reader, Kind::Transfer, level(Chain::GoOn), &[]).await?;
        }
    }

    fn next_sequence(&self) -> u8 {
        let sequence = self.sequence.get();
        self.sequence.set(sequence.wrapping_add(1));
        sequence
    }
}

/// The longest answer to one APDU: 65 536 bytes and a status word.
const LONGEST: usize = 0x1_0002;

/// The specific bytes of a transfer: no waiting time of its own, and where its part stands.
fn level(place: Chain) -> [u8; 3] {
    [0, place as u8, 0]
}

impl<P: Pipes> Link for CcidLink<P> {
    async fn enter(&self) -> Result<()> {
        self.pipes.enter().await?;
        // Starting may fail or be given up half-way: then the turn goes back.
        let mut entered = Entered(Some(&self.pipes));
        self.started.set(self.ready.get().is_none());
        if self.started.get() {
            self.ready.set(Some(self.start().await?));
        }
        entered.0 = None;
        Ok(())
    }

    fn leave(&self) {
        self.pipes.leave();
    }

    fn close(&self) -> impl Future<Output = ()> {
        self.ready.set(None);
        self.pipes.close()
    }

    /// Without power the card forgets all that was opened and proven: more than any command could make it forget.
    fn abandon(&self, apdu: Option<&[u8]>) {
        let off = apdu.map(|_| Message::new(Kind::PowerOff, self.next_sequence(), &[]).encode());
        self.pipes.abandon(off.as_ref().map(|bytes| bytes.as_slice()));
    }

    async fn exchange(&self, apdu: &[u8]) -> Result<Vec<u8>> {
        self.strangers.set(0);
        self.pipes.drain();
        let Ready { reader, protocol } = self.ready.get().ok_or(Code::Internal)?;
        match protocol {
            Protocol::Extended => self.transfer(&reader, apdu).await,
            Protocol::Short | Protocol::T0 if apdu.len() > reader.most => {
                Err(Error::because(Code::Parameter, "longer than the reader takes"))
            }
            Protocol::Short => self.transfer(&reader, apdu).await,
            Protocol::T0 => self.transfer(&reader, &tpdu::t0(apdu)).await,
        }
    }

    /// A card that was given power has forgotten what was opened, and it may be another.
    fn disturbed(&self) -> bool {
        self.started.get()
    }

    fn strangers(&self) -> u32 {
        self.strangers.get()
    }
}

/// Gives the turn back unless told that it is kept.
struct Entered<'a, P: Pipes>(Option<&'a P>);

impl<P: Pipes> Drop for Entered<'_, P> {
    fn drop(&mut self) {
        if let Some(pipes) = self.0 {
            pipes.leave();
        }
    }
}
