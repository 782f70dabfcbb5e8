//! The captured GM3000 frames, byte for byte in both directions (reference: token.md 3.3), and hostile reports.

#![allow(clippy::unwrap_used)] // a helper that cannot go on fails its test

use calock::Code;
use calock::frame::longmai::{Assembler, Direction, REPORT, Report, encode};
use proptest::prelude::*;

/// A report written as its useful bytes; the rest is zero as captured.
fn report(useful: &[u8]) -> Report {
    let mut report = [0; REPORT];
    report[..useful.len()].copy_from_slice(useful);
    report
}

fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

/// The captures leave out what was signed; any 32 bytes stand in for e, r and s.
fn counting(start: u8) -> Vec<u8> {
    (start..start + 32).collect()
}

const ZEROS_14: &str = "00 00 00 00 00 00 00 00 00 00 00 00 00 00";

struct Capture {
    direction: Direction,
    sequence: u8,
    apdu: Vec<u8>,
    reports: Vec<Report>,
}

fn captures() -> Vec<Capture> {
    let e = counting(0x20);
    let (r, s) = (counting(0x40), counting(0x60));
    vec![
        Capture {
            direction: Direction::Request,
            sequence: 0x32,
            apdu: bytes("C0 0A 00 80 00 00 00"),
            reports: vec![report(&bytes(&format!("DE FE01 {ZEROS_14} 0A0000 32 12 0007 C00A0080000000")))],
        },
        Capture {
            direction: Direction::Request,
            sequence: 0x7F,
            apdu: [bytes("80 74 02 00 00 00 24 10 00 30 01"), e.clone()].concat(),
            reports: vec![
                report(
                    &[bytes(&format!("BF FE01 {ZEROS_14} 2E0000 7F 12 002B 8074020000002410003001")), e[..29].to_vec()]
                        .concat(),
                ),
                report(&[vec![0x43], e[29..].to_vec()].concat()),
            ],
        },
        Capture {
            direction: Direction::Request,
            sequence: 0x80,
            apdu: bytes("80 44 00 00 00 00 04 10 00 30 01"),
            reports: vec![report(&bytes(&format!("E2 FE01 {ZEROS_14} 0E0000 80 12 000B 8044000000000410003001")))],
        },
        Capture {
            direction: Direction::Response,
            sequence: 0x7F,
            apdu: [bytes("00000100"), r.clone(), s.clone(), bytes("9000")].concat(),
            reports: vec![
                report(
                    &[
                        bytes("BF AAAA 4900 00000000 00000000 00000000 000000 7F 12 0046 00000100"),
                        r.clone(),
                        s[..4].to_vec(),
                    ]
                    .concat(),
                ),
                report(&[vec![0x5E], s[4..].to_vec(), bytes("9000")].concat()),
            ],
        },
    ]
}

#[test]
fn captured_frames_are_written_as_captured() {
    for capture in captures() {
        let written = encode(capture.direction, capture.sequence, &capture.apdu).unwrap();
        assert_eq!(*written, capture.reports, "sequence {:02X}", capture.sequence);
    }
}

#[test]
fn captured_frames_are_read_as_captured() {
    for capture in captures() {
        let mut assembler = Assembler::default();
        let (last, before) = capture.reports.split_last().unwrap();
        for report in before {
            assert_eq!(assembler.feed(report).unwrap(), None);
        }
        let message = assembler.feed(last).unwrap().expect("the last report ends the message");
        assert_eq!(message.direction, capture.direction);
        assert_eq!(message.sequence, capture.sequence);
        assert_eq!(*message.apdu, capture.apdu);
    }
}

#[test]
fn what_is_no_message_is_a_bad_frame() {
    let good = &captures()[1].reports;
    let cases: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("empty report", vec![vec![]]),
        ("no useful bytes", vec![report(&[0xC0]).to_vec()]),
        ("report shorter than its count", vec![vec![0xFF, 1, 2]]),
        ("middle without a first", vec![[&[0x3F], &good[0][1..]].concat()]),
        ("last without a first", vec![good[1].to_vec()]),
        ("shorter than its header", vec![report(&[0xC2, 0xFE, 0x01]).to_vec()]),
        ("other mark", vec![report(&[&[0xDE, 0xFE, 0x02][..], &[0; 28]].concat()).to_vec()]),
        (
            "TLV length too long",
            vec![{
                let mut bad = captures()[0].reports[0];
                bad[17] = 0x0B;
                bad.to_vec()
            }],
        ),
        (
            "APDU length too long",
            vec![{
                let mut bad = captures()[0].reports[0];
                bad[23] = 0x08;
                bad.to_vec()
            }],
        ),
        (
            "other TLV tag",
            vec![{
                let mut bad = captures()[0].reports[0];
                bad[21] = 0x13;
                bad.to_vec()
            }],
        ),
    ];
    for (name, reports) in cases {
        let mut assembler = Assembler::default();
        let error = reports.iter().find_map(|report| assembler.feed(report).err());
        assert_eq!(error.map(|error| error.code), Some(Code::BadFrame), "{name}");
    }
}

#[test]
fn a_message_that_lost_its_end_does_not_spoil_the_next() {
    let captures = captures();
    let mut assembler = Assembler::default();
    assert_eq!(assembler.feed(&captures[1].reports[0]).unwrap(), None);
    let message = assembler.feed(&captures[0].reports[0]).unwrap().expect("whole");
    assert_eq!(message.sequence, 0x32);
}

#[test]
fn an_endless_message_is_stopped() {
    let mut assembler = Assembler::default();
    let mut fragment = [0x3F; REPORT];
    fragment[0] = 0x80 | 63;
    assembler.feed(&fragment).unwrap();
    fragment[0] = 63;
    let stopped = (0..2000).find_map(|_| assembler.feed(&fragment).err());
    assert_eq!(stopped.expect("bounded").code, Code::BadFrame);
}

proptest! {
    #[test]
    fn any_apdu_survives_the_way(apdu in prop::collection::vec(any::<u8>(), 0..3000), sequence: u8, response: bool) {
        let direction = if response { Direction::Response } else { Direction::Request };
        let mut assembler = Assembler::default();
        let reports = encode(direction, sequence, &apdu).unwrap();
        let (last, before) = reports.split_last().unwrap();
        for report in before {
            prop_assert!(assembler.feed(report).unwrap().is_none());
        }
        let message = assembler.feed(last).unwrap().unwrap();
        prop_assert_eq!((message.direction, message.sequence, message.apdu.to_vec()), (direction, sequence, apdu));
    }

    #[test]
    fn hostile_reports_never_panic(reports in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
        let mut assembler = Assembler::default();
        for report in reports {
            let _ = assembler.feed(&report);
        }
    }
}
