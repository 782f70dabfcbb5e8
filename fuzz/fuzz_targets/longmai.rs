//! HID reports from a lock: whatever arrives, the assembler gives a message or `BAD_FRAME`; a message that is taken apart again
//! into reports and put together is the same message.
#![no_main]

use calock::Code;
use calock::frame::longmai::{Assembler, Direction, REPORT, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut assembler = Assembler::default();
    for report in data.chunks(REPORT) {
        let orphan = assembler.is_orphan(report);
        match assembler.feed(report) {
            Err(error) => assert_eq!(error.code, Code::BadFrame),
            Ok(fed) => {
                assert!(!orphan, "a fragment without a beginning was taken");
                if let Some(message) = fed {
                    round_trip(message.direction, message.sequence, &message.apdu);
                }
            }
        }
    }
    // Any bytes may stand in a frame as an APDU.
    if let [head, apdu @ ..] = data {
        let direction = if head & 1 == 0 { Direction::Request } else { Direction::Response };
        round_trip(direction, *head, apdu);
    }
});

fn round_trip(direction: Direction, sequence: u8, apdu: &[u8]) {
    let Ok(reports) = encode(direction, sequence, apdu) else { return assert!(apdu.len() > usize::from(u16::MAX)) };
    let mut assembler = Assembler::default();
    let (last, before) = reports.split_last().expect("a message has a report");
    for report in before {
        assert_eq!(assembler.feed(report), Ok(None));
    }
    let message = assembler.feed(last).expect("own frames are good").expect("the last report ends the message");
    assert_eq!((message.direction, message.sequence, &message.apdu[..]), (direction, sequence, apdu));
}
