//! PDF files that others signed (tests/pdf_check/others.py: pyHanko and OpenSSL): every form that genuine files have is verified, and
//! what cannot be is said to be so.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

use std::path::Path;

use calock::Code;
use calock::certificate::Certificate;
use calock::seal::cms::SignedData;
use calock::seal::pdf::{Pdf, verify};
use calock::seal::{Basis, Kind, SignatureReport};
use calock::trust::TrustList;
use calock::verdict::Check;

/// 2027-01-01: the files are from the year before, their certificates last for thirty.
const NOW: u64 = 1_798_761_600;
/// 2026-11-01T12:00:00Z, what the time stamps say.
const STAMPED: u64 = 1_793_534_400;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/pdf").join(name)).unwrap()
}

fn trust() -> TrustList {
    TrustList::new([Certificate::from_der(&file("root.der")).unwrap()])
}

fn reports(bytes: &[u8], trust: Option<&TrustList>) -> Vec<SignatureReport> {
    let basis = Basis { trust, revocations: None, at: None, now: NOW };
    verify(&Pdf::open(&bytes).unwrap(), &basis).unwrap()
}

fn failures(report: &SignatureReport) -> Vec<(&'static str, Code)> {
    report.checks.named().into_iter().filter_map(|(name, check)| Some((name, check.code()?))).collect()
}

/// The bytes of the first signature's `Contents`, and where their digits stand.
fn contents(file: &[u8]) -> (Vec<u8>, usize) {
    let start = file.windows(11).position(|bytes| bytes == b"/Contents <").unwrap() + 11;
    let end = start + file[start..].iter().position(|&byte| byte == b'>').unwrap();
    let digits = file[start..end].chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    (digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect(), start)
}

fn with_contents(file: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let (mut signature, start) = contents(file);
    let room = signature.len();
    change(&mut signature);
    signature.resize(room, 0);
    let digits: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    [&file[..start], digits.as_bytes(), &file[start + digits.len()..]].concat()
}

#[test]
fn every_form_is_verified_up_to_the_ca() {
    let names =
        ["rsa-sha512", "pss-sha384", "pss-sha512", "p256-sha384", "ber-key-id", "no-attributes", "p256-no-attributes"];
    let trust = trust();
    for name in names {
        let bytes = file(&format!("{name}.pdf"));
        let found = reports(&bytes, Some(&trust));
        let [report] = found.as_slice() else { panic!("{name}: {} signatures", found.len()) };
        assert_eq!(failures(report), [], "{name}");
        let checks = report.checks;
        for check in [checks.integrity, checks.signature, checks.certificates, checks.chain, checks.later_changes] {
            assert_eq!(check, Check::Ok, "{name}: {checks:?}");
        }
        assert_eq!((report.kind, checks.time_stamp, report.stamped), (Kind::Sign, Check::NotChecked, None), "{name}");
        assert!(report.questions.is_empty(), "{name}");

        // One changed bit of the page.
        let mut changed = bytes.clone();
        changed[30] ^= 1;
        let report = &reports(&changed, Some(&trust))[0];
        assert_ne!(report.checks.integrity, Check::Ok, "{name}");
        assert_ne!(report.checks.signature, Check::Ok, "{name}: the signature is over something else");
    }
}

/// Whatever bit of a signature is changed: no reader goes astray, and what is signed never becomes something else.
#[test]
fn no_changed_bit_of_a_signature_goes_unnoticed() {
    for name in ["ber-key-id", "pss-sha384", "no-attributes", "stamped"] {
        let bytes = file(&format!("{name}.pdf"));
        let (signature, _) = contents(&bytes);
        let used = signature.iter().rposition(|&byte| byte != 0).unwrap() + 3;
        let signer = reports(&bytes, None)[0].signer.clone().unwrap();
        let mut unnoticed = 0;
        for at in (0..used).step_by(3) {
            let changed = with_contents(&bytes, |signature| signature[at] ^= 1 << (at % 8));
            let report = &reports(&changed, None)[0];
            if report.checks.integrity == Check::Ok {
                // What nobody signs: versions, names of algorithms beside the certificates, further certificates.
                assert_eq!(report.signer.as_ref().map(Certificate::key), Some(signer.key()), "{name} at {at}");
                unnoticed += 1;
            }
        }
        println!("{name}: {unnoticed} of {} changes are of what nobody signs", used / 3);
    }
}

#[test]
fn sha1_proves_nothing_and_other_forms_are_listed() {
    let report = &reports(&file("rsa-sha1.pdf"), None)[0];
    assert_eq!(report.checks.integrity, Check::Failed(Code::DigestUnsupported));
    let file = file("rsa-sha512.pdf");
    let at = file.windows(19).position(|bytes| bytes == b"adbe.pkcs7.detached").unwrap();
    let other = [&file[..at], b"adbe.x509.rsa_sha1 ", &file[at + 19..]].concat();
    let report = &reports(&other, None)[0];
    assert_eq!((report.checks.integrity, report.checks.signature), (Check::NotChecked, Check::NotChecked));
    assert_eq!((report.checks.later_changes, report.signer.as_ref()), (Check::Ok, None));
}

#[test]
fn a_time_stamp_holds_where_its_authority_is_trusted_and_then_its_time_counts() {
    let file = file("stamped.pdf");
    let trust = trust();
    let report = &reports(&file, Some(&trust))[0];
    assert_eq!(failures(report), []);
    assert_eq!((report.checks.time_stamp, report.stamped), (Check::Ok, Some(STAMPED)));
    // Anybody can stamp.
    let report = &reports(&file, None)[0];
    assert_eq!((report.checks.time_stamp, report.stamped), (Check::NotChecked, Some(STAMPED)));
    let nobody = TrustList::new([]);
    let report = &reports(&file, Some(&nobody))[0];
    assert_eq!(report.checks.time_stamp, Check::Failed(Code::ChainUntrusted));

    let (signature, _) = contents(&file);
    let tst_info = [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04];
    let token = signature.windows(tst_info.len()).position(|bytes| bytes == tst_info).unwrap();
    let zulu = token + signature[token..].windows(15).position(|bytes| bytes == b"20261101120000Z").unwrap();
    // An hour earlier; and an imprint of something else.
    for (at, bit, code) in [(zulu + 9, 1, Code::DocumentChanged), (zulu - 30, 1, Code::DocumentChanged)] {
        let changed = with_contents(&file, |signature| signature[at] ^= bit);
        let report = &reports(&changed, Some(&trust))[0];
        assert_eq!(report.checks.time_stamp, Check::Failed(code), "at {}", at - token);
        assert_eq!(
            (report.checks.integrity, report.checks.signature),
            (Check::Ok, Check::Ok),
            "the signature itself holds"
        );
    }
}

#[test]
fn a_time_stamp_of_the_whole_document() {
    let file = file("stamped-whole.pdf");
    let trust = trust();
    let found = reports(&file, Some(&trust));
    let [signature, stamp] = found.as_slice() else { panic!("{} signatures", found.len()) };
    assert_eq!((failures(signature), failures(stamp)), (vec![], vec![]), "{:?}", signature.added);
    assert_eq!(
        (stamp.checks.integrity, stamp.checks.time_stamp, stamp.checks.chain),
        (Check::Ok, Check::Ok, Check::Ok)
    );
    assert_eq!((stamp.time.seconds(), stamp.stamped), (Some(STAMPED), Some(STAMPED)));
    let without = &reports(&file, None)[1];
    assert_eq!((without.checks.integrity, without.checks.time_stamp), (Check::Ok, Check::NotChecked));
    let mut changed = file.clone();
    changed[30] ^= 1;
    let found = reports(&changed, Some(&trust));
    assert_eq!(found.last().unwrap().checks.integrity, Check::Failed(Code::DocumentChanged));
    assert_eq!(found.last().unwrap().checks.time_stamp, Check::Failed(Code::DocumentChanged));
}

/// Depth and size are bounded before anything is believed.
#[test]
fn what_is_no_signed_data_is_refused_quickly() {
    for hostile in
        [[0x30, 0x80].repeat(500_000), [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF].repeat(1000), vec![0x24; 1 << 20]]
    {
        assert_eq!(SignedData::from_der(&hostile).unwrap_err().code, Code::SealUnreadable);
    }
}
