//! A lock on a cable: what a host sends goes in, what happens comes out, and faults strike where they were told to.

use super::ccid::{self, CcidFace};
use super::exchange::Log;
use super::face::Face;
use super::fault::Faults;
use super::longmai::LongmaiFace;
use super::{Answering, Cable, Contents, Event, Exchange, Fault, FaultKind, Refused};
use crate::apdu::{Response, Status};

/// Contents behind a cable, plugged in from the start.
pub struct Plugged {
    contents: Contents,
    cable: Cable,
    face: Box<dyn Face>,
    faults: Faults,
    log: Log,
    plugged: bool,
    opened: bool,
    /// The frames of the last answer, for a fault that sends them once more.
    last: Vec<Vec<u8>>,
}

impl Plugged {
    /// Puts contents on a cable.
    #[must_use]
    pub fn new(contents: Contents, cable: Cable) -> Self {
        let face: Box<dyn Face> = match cable {
            Cable::Hid => Box::new(LongmaiFace::default()),
            Cable::Ccid => Box::new(CcidFace::new(ccid::reader(contents.level()))),
        };
        Self {
            contents,
            cable,
            face,
            faults: Faults::default(),
            log: Log::default(),
            plugged: true,
            opened: false,
            last: Vec::new(),
        }
    }

    /// What is inside.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// How it shows itself.
    #[must_use]
    pub fn cable(&self) -> Cable {
        self.cable
    }

    /// Has something go wrong. Of several faults that fit one exchange the one injected last strikes.
    pub fn inject(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// The faults that are still to strike, in the order of injection.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        self.faults.all()
    }

    /// Takes all faults back.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Whether it is plugged in.
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        self.plugged
    }

    /// Whether a host has it open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.opened
    }

    /// Plugs it in again; faults "until replug" end, exchanges are counted anew.
    pub fn plug(&mut self) {
        if self.plugged {
            return;
        }
        self.plugged = true;
        self.faults.replugged();
        self.log.plugged();
    }

    /// Pulls it out: it loses power and everything in flight.
    pub fn unplug(&mut self) {
        self.plugged = false;
        self.opened = false;
        self.last.clear();
        self.face.power_off();
        self.contents.card_mut().power_off();
    }

    /// A host opens the device.
    ///
    /// # Errors
    /// What a fault says; [`Refused::Fails`] when it is not plugged in.
    pub fn open(&mut self) -> Result<(), Refused> {
        if !self.plugged {
            return Err(Refused::Fails);
        }
        match self.faults.opening().map(|fault| fault.kind) {
            Some(FaultKind::OpenTaken) => Err(Refused::Taken),
            Some(_) => Err(Refused::Fails),
            None => {
                self.opened = true;
                Ok(())
            }
        }
    }

    /// The host closes the device; the card stays as it is.
    pub fn close(&mut self) {
        self.opened = false;
    }

    /// Takes one output report, or one bulk-OUT transfer, and gives what follows. A host that sends to a lock which is pulled out
    /// waits for ever, as in Chromium.
    pub fn send(&mut self, bytes: &[u8]) -> Vec<Event> {
        if !self.plugged {
            return vec![Event::Hang];
        }
        let mut card =
            Watched { card: self.contents.card_mut(), faults: &mut self.faults, log: &mut self.log, outcome: None };
        let frames = self.face.feed(bytes, &mut card);
        match card.outcome {
            // No command was whole yet, or it was none for the card.
            None => deliver(frames),
            Some(None) => {
                self.last.clone_from(&frames);
                deliver(frames)
            }
            Some(Some(kind)) => self.spoil(kind, frames),
        }
    }

    /// The exchanges so far, the last 256 of them.
    #[must_use]
    pub fn log(&self) -> &[Exchange] {
        self.log.entries()
    }

    /// What a fault makes of an exchange; `frames` are what would have come back without it.
    fn spoil(&mut self, kind: FaultKind, mut frames: Vec<Vec<u8>>) -> Vec<Event> {
        match kind {
            FaultKind::SendHangs => return vec![Event::Hang],
            FaultKind::SendStalls => return vec![Event::Stall],
            FaultKind::Silent => return Vec::new(),
            FaultKind::UnplugBefore => {
                self.unplug();
                return vec![Event::Hang, Event::Unplug];
            }
            FaultKind::UnplugWhile => {
                self.unplug();
                return vec![Event::Unplug];
            }
            FaultKind::UnplugAfter => {
                self.unplug();
                return deliver(frames).into_iter().chain([Event::Unplug]).collect();
            }
            _ => {}
        }
        let before = core::mem::replace(&mut self.last, frames.clone());
        match kind {
            FaultKind::ReportDropped => drop(frames.pop()),
            FaultKind::ReportDuplicated => frames.extend(frames.last().cloned()),
            FaultKind::WrongSequence => self.count_on(&mut frames),
            FaultKind::StaleReply => {
                let mut stale = before;
                if stale.is_empty() {
                    stale.clone_from(&frames);
                    self.count_on(&mut stale);
                }
                frames.splice(0..0, stale);
            }
            FaultKind::Garbled => self.change(&mut frames, self.face.mark_at(), |mark| mark ^ 0xFF),
            FaultKind::Slow(delay) => return [Event::Wait(delay)].into_iter().chain(deliver(frames)).collect(),
            // Of opening, or done in the card already.
            _ => {}
        }
        deliver(frames)
    }

    /// Makes an answer say that it is another command's: one that no host asks soon before or after.
    fn count_on(&self, frames: &mut [Vec<u8>]) {
        self.change(frames, self.face.sequence_at(), |sequence| sequence.wrapping_add(77));
    }

    /// Changes one byte at the beginning of each message.
    fn change(&self, frames: &mut [Vec<u8>], at: usize, to: impl Fn(u8) -> u8) {
        for frame in frames.iter_mut().filter(|frame| self.face.begins(frame)) {
            if let Some(byte) = frame.get_mut(at) {
                *byte = to(*byte);
            }
        }
    }
}

fn deliver(frames: Vec<Vec<u8>>) -> Vec<Event> {
    frames.into_iter().map(Event::Deliver).collect()
}

/// The card as a face sees it: each command is noted, and the fault that strikes it is found and, as far as it is one of the
/// card, done.
struct Watched<'a> {
    card: &'a mut dyn Answering,
    faults: &'a mut Faults,
    log: &'a mut Log,
    /// The fault of the exchange, once there was one.
    outcome: Option<Option<FaultKind>>,
}

impl Answering for Watched<'_> {
    fn exchange(&mut self, apdu: &[u8]) -> Vec<u8> {
        let number = self.log.asked(apdu);
        let certificate = self.card.certificate_at(apdu);
        let fault = self.faults.exchange(number, apdu, certificate.is_some());
        let kind = fault.map(|fault| fault.kind);
        self.outcome = Some(kind);
        if let Some(fault) = fault {
            self.log.struck(fault);
        }
        if matches!(
            kind,
            Some(FaultKind::SendHangs | FaultKind::SendStalls | FaultKind::Silent | FaultKind::UnplugBefore)
        ) {
            // The card never hears of it, and what is answered here is not delivered.
            return Response { data: Vec::new(), status: Status(0x6F00) }.encode();
        }
        if kind == Some(FaultKind::PinReset) {
            self.card.reset_tries();
        }
        let mut answer = self.card.exchange(apdu);
        if answer.is_empty() && kind.is_none() {
            self.outcome = Some(Some(FaultKind::Silent));
        }
        if let Some(kind) = kind {
            spoil_answer(kind, &mut answer, certificate.unwrap_or_default());
        }
        self.log.answered(&answer);
        answer
    }

    fn power_off(&mut self) {
        self.card.power_off();
    }

    fn title(&self) -> String {
        self.card.title()
    }
}

/// The faults of the card, done to its answer: data, SW1, SW2.
fn spoil_answer(kind: FaultKind, answer: &mut Vec<u8>, certificate: usize) {
    let data = answer.len().saturating_sub(2);
    match kind {
        FaultKind::Status(status) => drop(answer.splice(data.., status.0.to_be_bytes())),
        FaultKind::Truncated if data == 0 => answer.truncate(1),
        FaultKind::Truncated => drop(answer.drain(data / 2..data)),
        FaultKind::Overlong => drop(answer.splice(data..data, [0xFF; 256])),
        FaultKind::GarbageCertificate => answer[..data].iter_mut().skip(certificate).for_each(|byte| *byte ^= 0xA5),
        _ => {}
    }
}
