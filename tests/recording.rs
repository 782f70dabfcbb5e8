//! Recordings: what they show, and how far they can be played.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;
#[path = "support/recorded.rs"]
mod support;

use base64ct::{Base64, Encoding as _};
use calock::Phase;
use calock::certificate::Certificate;
use calock::error::Code;
use calock::recording::Recorder;
use calock::script::{Exchange, Play, Script};
use calock::virtual_lock::{Algorithm, Contents, Player};
use common::{Typist, enterprise, lock_file};

use support::*;

#[test]
fn a_recording_is_the_conversation_with_masks() {
    for algorithm in [Algorithm::Sm2, Algorithm::Rsa] {
        let (signed, script, said) = recorded(card(&lock_file(&enterprise(algorithm))), "12345678");
        signed.unwrap();
        assert_eq!(script.exchanges.len(), said.len());
        let mut masked = 0;
        for (exchange, (command, answer)) in script.exchanges.iter().zip(&said) {
            assert_eq!(exchange.command.difference(command), None, "{command:02X?}");
            let shown = exchange.answer.as_ref().unwrap();
            assert_eq!(shown.len(), answer.len());
            assert_eq!(shown.filled(0)[shown.len() - 2..], answer[answer.len() - 2..], "the status word");
            masked += usize::from(shown.has_masks() || shown.difference(answer).is_some());
        }
        // GetDevInfo, EnumContainer, the certificate's pieces, GenRandom, the signature.
        assert!(masked >= 6, "{masked}");
    }
}

#[test]
fn a_recording_is_played_until_masked_bytes_matter() {
    for algorithm in [Algorithm::Sm2, Algorithm::Rsa] {
        let (signed, script, _) = recorded(card(&lock_file(&enterprise(algorithm))), "12345678");
        let length = signed.unwrap().entry.certificate.der().len();
        let bench = plugged(script);
        let info = bench.run(bench.session.info(&bench.port.abort)).unwrap();
        assert_eq!((info.device.unwrap().manufacturer.as_str(), info.applications.len()), ("Longmai (virtual)", 1));
        let typist = Typist::typing("87654321");
        let error = login(&bench, &typist).unwrap_err();
        assert_eq!((error.code, error.phase), (Code::SignFailed, Some(Phase::Verify)), "{algorithm:?}");
        let asked = typist.asked.borrow();
        let certificate = &asked[0].entry.certificate;
        assert_eq!((asked[0].tries_left, certificate.der().len()), (Some(6), length));
        assert!(calock::certificate::holder(certificate, calock::text::GBK).name.chars().all(|c| c == 'X'));
        // What closing a lock after a signature says stands there still.
        let left = verdict(&bench).unwrap_err().to_string();
        assert!(left.starts_with("left over: 2 exchanges"), "{left}");
    }
}

#[test]
fn a_recording_shows_what_was_refused_and_what_was_never_answered() {
    let (signed, script, _) = recorded(card(&lock_file(&enterprise(Algorithm::Sm2))), "wrong");
    assert_eq!(signed.unwrap_err().code, Code::PinWrong);
    let text = script.to_string();
    assert!(text.contains(&format!("=> 801800010000121000{}\n<= 63C5\n", "..".repeat(16))), "{text}");

    let silent = Script { play: Play::AnyOrder, ..self::script("silent-at-signing") };
    let (signed, script, _) = recorded(Contents::Script(Player::new(silent).unwrap()), "12345678");
    assert_eq!(signed.unwrap_err().code, Code::Timeout);
    let text = script.to_string();
    assert!(text.contains(&format!("=> 8074020000002410003001{}\n<= silent\n", "..".repeat(32))), "{text}");
}

/// A recorder is told of commands only; what it is told wrong does no harm.
#[test]
fn a_recorder_keeps_order_and_bounds() {
    let mut recorder = Recorder::new("gm3000");
    recorder.received(&[0x90, 0]);
    recorder.sent(&RANDOM);
    recorder.sent(&ASK);
    recorder.received(&[7]);
    recorder.received(&[b'A', 0, 0, 0x90, 0]);
    recorder.received(&[0x90, 0]);
    let script = recorder.finish().script().clone();
    let lines: Vec<_> = script.exchanges.iter().map(|one| one.answer.as_ref().map(ToString::to_string)).collect();
    assert_eq!(lines, [None, Some("4100009000".to_owned())]);

    let mut recorder = Recorder::new("gm3000");
    for _ in 0..Recorder::MOST + 5 {
        recorder.sent(&RANDOM);
        recorder.received(&[0x6D, 0]);
    }
    assert_eq!(recorder.finish().script().exchanges.len(), Recorder::MOST);
}

/// A certificate that is cut off in the middle cannot be told apart, so nothing of it is shown.
#[test]
fn half_a_certificate_is_masked_whole() {
    let file = lock_file(&enterprise(Algorithm::Sm2));
    let der = Base64::decode_vec(&file.containers[0].signing.as_ref().unwrap().certificate).unwrap();
    let mut answer = u32::try_from(der.len()).unwrap().to_be_bytes().to_vec();
    answer.extend(&der[..300]);
    answer.extend([0x6A, 0x9E]);
    let mut recorder = Recorder::new("gm3000");
    recorder.sent(&[0x80, 0x4E, 1, 0, 0, 0, 4, 0x10, 0, 0x30, 1, 0, 0]);
    recorder.received(&answer);
    recorder.sent(&RANDOM);
    let script = recorder.finish().script().clone();
    let shown = script.exchanges[0].answer.as_ref().unwrap().to_string();
    assert_eq!(shown, format!("{}6A9E", "..".repeat(304)));
}

// ---- nothing of a person -----------------------------------------------------------------------------------------------------

/// PIV: the certificate comes by 61xx and GET RESPONSE, inside an object of its own.
#[test]
fn a_certificate_of_a_piv_card_is_masked_too() {
    let der = include_bytes!("../fuzz/seeds/certificate/sm2");
    let tlv = |tag: u8, parts: &[&[u8]]| {
        let value = parts.concat();
        [&[tag, 0x82][..], &u16::try_from(value.len()).unwrap().to_be_bytes(), &value].concat()
    };
    let object = tlv(0x53, &[&tlv(0x70, &[der]), &[0x71, 1, 0, 0xFE, 0]]);
    let (first, rest) = object.split_at(256);
    let mut recorder = Recorder::new("piv");
    recorder.sent(&[0x00, 0xCB, 0x3F, 0xFF, 5, 0x5C, 3, 0x5F, 0xC1, 5, 0]);
    recorder.received(&[first, &[0x61, 0]].concat());
    recorder.sent(&[0x00, 0xC0, 0, 0, 0]);
    recorder.received(&[rest, &[0x90, 0]].concat());
    recorder.sent(&[0x00, 0x20, 0, 0x80, 8, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0xFF, 0xFF]);
    recorder.received(&[0x90, 0]);
    let recording = recorder.finish();
    let [asked, more, pin] = &recording.script().exchanges[..] else { panic!("three exchanges") };
    assert_eq!(asked.command.to_string(), "00CB3FFF055C035FC10500");
    assert_eq!(pin.command.to_string(), format!("0020008008{}", "..".repeat(8)));
    let data = |exchange: &Exchange| {
        let answer = exchange.answer.as_ref().unwrap().filled(0);
        answer[..answer.len() - 2].to_vec()
    };
    let shown = [data(asked), data(more)].concat();
    assert_eq!((data(asked).len(), shown.len()), (256, object.len()));
    let certificate = Certificate::from_der(&shown[8..8 + der.len()]).unwrap();
    let plain = Certificate::from_der(der).unwrap();
    assert_ne!(certificate.key(), plain.key());
    assert!(calock::certificate::holder(&certificate, calock::text::GBK).name.chars().all(|c| c == 'X'));
}
