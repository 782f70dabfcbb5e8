//! PIV from both ends: every parser of `lock::piv` over the bytes, and a virtual card that is sent them. The card never panics,
//! answers each APDU with a status word and no more than a short answer holds, and its PIN counter only moves as a card's may.
//!
//! Input for the card: records of `kind, length, bytes`. Kind 0 is an APDU as it is, 1 SELECT, 2 the host's right PIN, 3 a loss of
//! power.
#![no_main]

use std::sync::OnceLock;

use calock::apdu::{Response, Status};
use calock::lock::piv::fuzz_replies;
use calock::virtual_lock::{Answering, LockFile, PivCard};
use libfuzzer_sys::fuzz_target;

/// A card with a P-256 key in 9A and another in 9C. They were made for this and guard nothing.
const CARD: &str = include_str!("../piv.json");

const SELECT: &[u8] = &[0x00, 0xA4, 0x04, 0x00, 0x09, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00];

fuzz_target!(|data: &[u8]| {
    fuzz_replies(data);

    static FILE: OnceLock<LockFile> = OnceLock::new();
    let file = FILE.get_or_init(|| LockFile::from_json(CARD).expect("piv.json is a lock"));
    let mut card = PivCard::new(file).expect("piv.json is a PIV card");
    let mut input = data;
    while let [kind, length, rest @ ..] = input {
        let (bytes, after) = rest.split_at(rest.len().min(usize::from(*length)));
        input = after;
        let before = card.tries_left().expect("a card has a PIN");
        match kind % 4 {
            0 => drop(ask(&mut card, bytes)),
            1 => assert_eq!(ask(&mut card, SELECT).status, Status::OK),
            2 => {
                // SELECT also ends what was sent in parts before.
                ask(&mut card, SELECT);
                let verify = [&[0x00, 0x20, 0x00, 0x80, 0x08][..], file.pin.as_bytes()].concat();
                let status = ask(&mut card, &verify).status;
                assert!(matches!(status, Status::OK | Status::AUTH_LOCKED), "{status:?}");
            }
            _ => card.power_off(),
        }
        let left = card.tries_left().expect("a card has a PIN");
        assert!(left == before || left + 1 == before || left == file.tries_max, "tries from {before} to {left}");
        assert!(before > 0 || left == 0, "a locked PIN opened itself");
    }
});

fn ask(card: &mut PivCard, apdu: &[u8]) -> Response {
    let _ = card.certificate_at(apdu);
    let answer = card.exchange(apdu);
    assert!(answer.len() <= 258);
    let response = Response::parse(&answer).expect("a response has a status word");
    if response.status == Status::OK {
        fuzz_replies(&response.data);
    }
    response
}
