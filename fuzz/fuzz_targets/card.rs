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
use calock::virtual_lock::{Device, LockFile};
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
    let mut device = Device::new(file).expect("lock.json is a lock");

    let mut input = data;
    while let [kind, length, rest @ ..] = input {
        let (bytes, after) = rest.split_at(rest.len().min(usize::from(*length)));
        input = after;
        let before = device.card().tries_left();
        match kind % 4 {
            0 => {
                device.write(bytes);
                let _ = answers(&mut device);
            }
            1 => drop(ask(&mut device, bytes)),
            2 => right_pin(&mut device, file),
            _ => device.unplug(),
        }
        let left = device.card().tries_left();
        assert!(left <= file.tries_max);
        assert!(left == before || left + 1 == before || left == file.tries_max, "tries from {before} to {left}");
        assert!(before > 0 || left == 0, "a locked PIN opened itself");
    }
});

/// Sends one APDU in frames; gives the one response.
fn ask(device: &mut Device, apdu: &[u8]) -> Response {
    for report in encode(Direction::Request, 7, apdu).expect("a short APDU").iter() {
        device.write(report);
    }
    let mut answers = answers(device);
    assert_eq!(answers.len(), 1, "one request, one response");
    answers.remove(0)
}

/// Reads all reports that wait; every one belongs to a whole response.
fn answers(device: &mut Device) -> Vec<Response> {
    let mut assembler = Assembler::default();
    let mut answers = Vec::new();
    let mut open = false;
    while let Some(report) = device.read() {
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
fn right_pin(device: &mut Device, file: &LockFile) {
    let apdu = |command: Command| command.encode(Form::Extended).expect("a short command");
    let name = file.application.as_bytes();
    ask(device, &apdu(Command::new(0x80, 0x26, 0, 0).with_data(&[name]).expecting(10)));
    let random = ask(device, &apdu(Command::new(0x80, 0x50, 0, 0).expecting(8)));
    let challenge = random.data.try_into().expect("eight bytes of challenge");
    let pin = Pin::new(file.pin.as_bytes()).expect("lock.json has a PIN");
    let block = pin_block(PinDialect::A, &pin, challenge);
    let verify = Command::new(0x80, 0x18, 0, 1).with_data(&[&[0x10, 0x00], &block[..]]);
    let answer = ask(device, &apdu(verify));
    assert!(matches!(answer.status, Status::OK | Status::AUTH_LOCKED), "{:?}", answer.status);
}
