//! The virtual lock on either cable with faults: whatever it is sent and whatever is to go wrong, what happens is in order.
//!
//! Input: one byte for the cable, then records of `kind, length, bytes`. Kind 0 is a frame as it is, 1 an APDU put into frames, 2 a
//! fault as text, 3 one by number (`kind, exchange, until`), 4 pulling the lock out and in again, 5 opening or closing it.
#![no_main]

use std::sync::OnceLock;

use calock::frame::ccid::{Kind, Message};
use calock::frame::longmai::{Direction, REPORT, encode};
use calock::virtual_lock::{Cable, Card, Contents, Event, Fault, LockFile, Plugged};
use libfuzzer_sys::fuzz_target;

/// A lock with an SM2 and an RSA container and a file. Its keys were made for this and guard nothing.
const LOCK: &str = include_str!("../lock.json");

const KINDS: [&str; 18] = [
    "send-hangs",
    "send-stalls",
    "silent",
    "unplug-before",
    "pin-reset",
    "truncated",
    "overlong",
    "garbage-certificate",
    "unplug-while",
    "unplug-after",
    "report-dropped",
    "report-duplicated",
    "stale-reply",
    "wrong-sequence",
    "garbled",
    "slow=9",
    "status=6A9E",
    "status=9000",
];
const UNTIL: [&str; 4] = ["once", "twice", "replug", "always"];

fuzz_target!(|data: &[u8]| {
    static FILE: OnceLock<LockFile> = OnceLock::new();
    let file = FILE.get_or_init(|| {
        let mut file = LockFile::from_json(LOCK).expect("lock.json is a lock");
        // Reading an RSA key takes most of a run's time.
        file.containers.retain(|container| container.name != "rsa");
        file
    });
    let Some((&first, mut input)) = data.split_first() else { return };
    let cable = if first & 1 == 0 { Cable::Hid } else { Cable::Ccid };
    let mut lock = Plugged::new(Contents::Gmt0017(Card::new(file).expect("lock.json is a lock")), cable);
    if cable == Cable::Ccid {
        send(&mut lock, &Message::new(Kind::PowerOn, 0, &[]).encode());
    }

    while let [kind, length, rest @ ..] = input {
        let (bytes, after) = rest.split_at(rest.len().min(usize::from(*length)));
        input = after;
        match kind % 6 {
            0 => send(&mut lock, bytes),
            1 if cable == Cable::Hid => {
                let reports = encode(Direction::Request, *length, bytes).expect("a short APDU");
                reports.iter().for_each(|report| send(&mut lock, report));
            }
            1 => send(&mut lock, &Message::new(Kind::Transfer, *length, bytes).encode()),
            2 => inject(&mut lock, &String::from_utf8_lossy(bytes)),
            3 => {
                if let [kind, exchange, until, ..] = bytes {
                    let pick = |list: &[&'static str], at: u8| list[usize::from(at) % list.len()];
                    let (kind, until) = (pick(&KINDS, *kind), pick(&UNTIL, *until));
                    inject(&mut lock, &format!("{kind}@#{}:{until}", u32::from(*exchange) + 1));
                }
            }
            4 => {
                lock.unplug();
                lock.plug();
            }
            _ if lock.is_open() => lock.close(),
            _ => drop(lock.open()),
        }
    }
    lock.clear_faults();
    assert!(lock.faults().is_empty());
});

/// A fault that reads is printed as one that reads the same.
fn inject(lock: &mut Plugged, text: &str) {
    if let Ok(fault) = text.parse::<Fault>() {
        assert_eq!(fault.to_string().parse::<Fault>(), Ok(fault));
        lock.inject(fault);
    }
}

fn send(lock: &mut Plugged, frame: &[u8]) {
    let before = lock.faults().len();
    let events = lock.send(frame);
    assert!(lock.faults().len() + 1 >= before, "one fault an exchange");
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Hang | Event::Stall => assert_eq!(at, 0, "what becomes of the frame comes first"),
            Event::Unplug => assert!(at + 1 == events.len() && !lock.is_plugged(), "nothing follows"),
            Event::Deliver(bytes) => assert!(lock.cable() != Cable::Hid || bytes.len() == REPORT),
            Event::Wait(_) => {}
        }
    }
    assert!(lock.log().len() <= 256);
    assert!(lock.log().iter().all(|exchange| exchange.sent <= 0x1_0010));
}
