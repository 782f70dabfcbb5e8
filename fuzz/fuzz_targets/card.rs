//! The device side: a virtual lock that is sent anything. It never panics, answers a whole request with one whole response, and
//! its PIN counter only moves as a lock's may.
//!
//! Input: records of `kind, length, bytes`. Kind 0 is a report as it is, 1 an APDU put into frames, 2 the host's right PIN,
//! 3 pulling the lock out and in again. Reading an RSA key takes most of a run's time, so the lock has its RSA container only
//! when the first byte has its upper bit set.
#![no_main]

use std::sync::OnceLock;

use calock::apdu::{Command, Form, Response, Status};
use calock::frame::longmai::{Assembler, Direction, encode};
use calock::lock::gmt0017::pin_block;
use calock::lock::profile::PinDialect;
use calock::secret::Pin;
use calock::virtual_lock::{Cable, Card, Contents, Event, LockFile, Plugged};
use libfuzzer_sys::fuzz_target;

/// A lock with an SM2 and an RSA container and a file. Its keys were made for this and guard nothing.
const LOCK: &str = include_str!("../lock.json");

fuzz_target!(|data: &[u8]| {
    static FILES: OnceLock<[LockFile; 2]> = OnceLock::new();
    let [sm2, both] = FILES.get_or_init(|| {
        let both = LockFile::from_json(LOCK).expect("lock.json is a lock");
        let mut sm2 = both.clone();
        sm2.containers.retain(|container| container.name != "rsa");
        [sm2, both]
    });
    let file = if data.first().is_some_and(|&first| first >= 0x80) { both } else { sm2 };
    let card = Card::new(file).expect("lock.json is a lock");
    let mut lock = Plugged::new(Contents::Gmt0017(card), Cable::Hid);

    let mut input = data;
    while let [kind, length, rest @ ..] = input {
        let (bytes, after) = rest.split_at(rest.len().min(usize::from(*length)));
        input = after;
        let before = tries(&lock);
        match kind % 4 {
            0 => drop(answers(lock.send(bytes))),
            1 => drop(ask(&mut lock, bytes)),
            2 => right_pin(&mut lock, file),
            _ => {
                lock.unplug();
                lock.plug();
            }
        }
        let left = tries(&lock);
        assert!(left <= file.tries_max);
        assert!(left == before || left + 1 == before || left == file.tries_max, "tries from {before} to {left}");
        assert!(before > 0 || left == 0, "a locked PIN opened itself");
    }
});

fn tries(lock: &Plugged) -> u8 {
    lock.contents().card().tries_left().expect("a card with a PIN")
}

/// Sends one APDU in frames; gives the one response.
fn ask(lock: &mut Plugged, apdu: &[u8]) -> Response {
    let reports = encode(Direction::Request, 7, apdu).expect("a short APDU");
    let mut answers = answers(reports.iter().flat_map(|report| lock.send(report)));
    assert_eq!(answers.len(), 1, "one request, one response");
    answers.remove(0)
}

/// Puts what was delivered together; every report belongs to a whole response.
fn answers(events: impl IntoIterator<Item = Event>) -> Vec<Response> {
    let mut assembler = Assembler::default();
    let mut answers = Vec::new();
    let mut open = false;
    for event in events {
        let Event::Deliver(report) = event else { panic!("a fault that nobody injected: {event:?}") };
        let message = assembler.feed(&report).expect("a lock sends good frames");
        open = message.is_none();
        if let Some(message) = message {
            assert_eq!(message.direction, Direction::Response);
            answers.push(Response::parse(&message.apdu).expect("a response has a status word"));
        }
    }
    assert!(!open, "a response stopped half-way");
    answers
}

/// What a host does that knows the PIN; so that the fuzzer gets behind it.
fn right_pin(lock: &mut Plugged, file: &LockFile) {
    let apdu = |command: Command| command.encode(Form::Extended).expect("a short command");
    let name = file.application.as_bytes();
    ask(lock, &apdu(Command::new(0x80, 0x26, 0, 0).with_data(&[name]).expecting(10)));
    let random = ask(lock, &apdu(Command::new(0x80, 0x50, 0, 0).expecting(8)));
    let challenge = random.data.try_into().expect("eight bytes of challenge");
    let pin = Pin::new(file.pin.as_bytes()).expect("lock.json has a PIN");
    let block = pin_block(PinDialect::A, &pin, challenge);
    let verify = Command::new(0x80, 0x18, 0, 1).with_data(&[&[0x10, 0x00], &block[..]]);
    let answer = ask(lock, &apdu(verify));
    assert!(matches!(answer.status, Status::OK | Status::AUTH_LOCKED), "{:?}", answer.status);
}
