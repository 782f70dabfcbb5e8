//! A script as text: refused with a place in it, or read so that writing and reading it again gives the same script; playing it with its
//! own commands gives its own answers; and masking changes no length and shows nothing that was masked.
#![no_main]

use calock::recording::Recorder;
use calock::script::{Play, Script};
use calock::virtual_lock::{Answering as _, Player};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let script = match Script::parse(text) {
        Ok(script) => script,
        Err(malformed) => {
            let lines = text.trim_start_matches('\u{FEFF}').lines().count().max(1);
            assert!((1..=lines).contains(&malformed.line) && malformed.column >= 1, "{malformed}");
            return;
        }
    };
    let written = script.to_string();
    let read = Script::parse(&written).expect("what is written is read");
    assert_eq!(read.to_string(), written);

    let mut recorder = Recorder::unbounded("gm3000");
    for exchange in &script.exchanges {
        recorder.sent(&exchange.command.filled(0));
        if let Some(answer) = &exchange.answer {
            recorder.received(&answer.filled(script.masked));
        }
    }
    let recording = recorder.finish();
    let masked = &recording.script().exchanges;
    assert_eq!(masked.len(), script.exchanges.len());
    for (masked, exchange) in masked.iter().zip(&script.exchanges) {
        assert_eq!(masked.command.len(), exchange.command.len());
        assert_eq!(
            masked.answer.as_ref().map(|answer| answer.len()),
            exchange.answer.as_ref().map(|answer| answer.len())
        );
    }

    let Ok(mut player) = Player::new(script.clone()) else { return };
    if script.play == Play::InOrder {
        for exchange in &script.exchanges {
            let answer = exchange.answer.as_ref().map(|answer| answer.filled(script.masked)).unwrap_or_default();
            assert_eq!(player.exchange(&exchange.command.filled(7)), answer);
        }
        assert_eq!(player.verdict(), Ok(()));
    }
});
