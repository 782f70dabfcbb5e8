//! Logins with PIV cards: the same flow as with any lock, in the other language.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

mod common;

use base64ct::{Base64, Encoding as _};
use calock::error::{Code, Result};
use calock::session::{LoginRequest, Signed};
use calock::statement::Purpose;
use calock::text::GBK;
use calock::trust::TrustList;
use calock::verdict::{Expected, Issued, NonceState, Presented, judge};
use calock::virtual_lock::{Algorithm, Ca, Description, LockFile, issue};
use calock::wait::Flag;
use common::direct::Direct;
use common::{Bench, NONCE, NOW, ORIGIN, TIME, Typist, enterprise, openssl, request};

const VERIFY: u8 = 0x20;
const AUTHENTICATE: u8 = 0x87;

fn description(algorithm: Algorithm, slot: &str) -> Description {
    Description { profile: Some("piv".into()), container: Some(slot.into()), ..enterprise(algorithm) }
}

fn card(algorithm: Algorithm, slot: &str) -> LockFile {
    common::lock_file(&description(algorithm, slot))
}

fn login(card: &Direct, typist: &Typist) -> Result<Signed> {
    card.clock.run(card.session.login(&request(None), typist, &Flag::default()))
}

/// From the card to the backend's yes: the virtual card signs, OpenSSL and the verdict judge.
#[test]
fn both_kinds_of_key_in_both_slots_log_in() {
    let mut ca = Ca::generate("calock test CA", NOW).unwrap();
    for (algorithm, name, most) in [(Algorithm::P256, "ES256", (10, 3)), (Algorithm::Rsa, "RS256", (12, 5))] {
        for slot in ["9A", "9C"] {
            let card = Direct::new(&issue(&description(algorithm, slot), &mut ca, NOW).unwrap());
            let typist = Typist::typing("12345678");
            let signed = login(&card, &typist).unwrap();
            assert_eq!((signed.algorithm, signed.entry.container.text()), (name, slot.to_owned()));
            openssl::assert_verifies(&signed);
            let first = card.exchanges();
            openssl::assert_verifies(&login(&card, &typist).unwrap());
            let second = card.exchanges() - first;
            println!("PIV {name} in {slot}: first login {first} exchanges, second {second}");
            assert!(first <= most.0 && second <= most.1, "{}", card.session.journal().text());
            assert_eq!(card.session.journal().exchanges() as usize, first + second);
            assert!(card.place.sent.borrow().iter().all(|(apdu, _)| apdu.len() <= 261), "only short commands");
            assert_backend_says_yes(&signed, &ca);
        }
    }
}

fn assert_backend_says_yes(signed: &Signed, ca: &Ca) {
    let mut trust = TrustList::default();
    for root in ca.roots().unwrap() {
        trust.add_der(&root).unwrap();
    }
    let presented = Presented {
        format: "calock:1".into(),
        purpose: "login".into(),
        origin: ORIGIN.into(),
        nonce: NONCE.into(),
        client: signed.statement.client.clone(),
        account: None,
        payload: None,
        time: TIME.into(),
        certificate: signed.entry.certificate.der().into(),
        algorithm: signed.algorithm.into(),
        signature: signed.signature.clone(),
        software: "test".into(),
    };
    let issued = Issued { nonce: NONCE, purpose: Purpose::Login, account: None, payload: None, time: TIME };
    let expected = Expected {
        purpose: Purpose::Login,
        origin: ORIGIN,
        nonce: NonceState::Fresh(issued),
        now: NOW,
        max_age_seconds: 300,
        revocations: None,
        require_status: false,
        trust: &trust,
        gbk: GBK,
    };
    let accepted = judge(&presented, &expected).unwrap();
    assert_eq!(accepted.holder.name, "测试样例建设有限公司");
    let forged = Presented { signature: flipped(&presented.signature), ..presented };
    assert_eq!(judge(&forged, &expected).unwrap_err().code, Code::SignatureInvalid);
}

fn flipped(signature: &[u8]) -> Vec<u8> {
    let (last, rest) = signature.split_last().unwrap();
    [rest, &[last ^ 1]].concat()
}

#[test]
fn a_wrong_pin_costs_one_try_and_the_last_is_not_spent_without_a_yes() {
    let mut description = description(Algorithm::P256, "9A");
    description.tries_max = Some(3);
    let card = Direct::new(&common::lock_file(&description));
    let typist = Typist::typing("87654321");
    let error = login(&card, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(2)));
    assert_eq!(login(&card, &typist).unwrap_err().tries_left, Some(1));
    assert_eq!(login(&card, &typist).unwrap_err().code, Code::PinLastTry);
    assert_eq!(card.tries_left(), Some(1));
    typist.spend_last_try.set(true);
    let error = login(&card, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinLocked, Some(0)));
    let asked = typist.asked.borrow().len();
    assert_eq!(login(&card, &typist).unwrap_err().code, Code::PinLocked);
    assert_eq!(typist.asked.borrow().len(), asked, "a locked PIN is not even asked for");
    assert_eq!(card.count(AUTHENTICATE), 0);
}

#[test]
fn what_can_be_no_piv_pin_is_not_sent() {
    let card = Direct::new(&card(Algorithm::P256, "9A"));
    for typed in ["12345", "123456789"] {
        assert_eq!(login(&card, &Typist::typing(typed)).unwrap_err().code, Code::PinLength);
    }
    // Only the question for the tries left.
    assert!(card.place.sent.borrow().iter().filter(|(apdu, _)| apdu[1] == VERIFY).all(|(apdu, _)| apdu.len() == 4));
    assert_eq!(card.tries_left(), Some(6));
}

#[test]
fn resting_closing_and_leaving_make_the_card_forget_the_pin() {
    for way in 0..3 {
        let card = Direct::new(&card(Algorithm::P256, "9A"));
        login(&card, &Typist::typing("12345678")).unwrap();
        let sign = [&[0x00, 0x87, 0x11, 0x9A, 0x26, 0x7C, 0x24, 0x82, 0x00, 0x81, 0x20][..], &[7; 32], &[0]].concat();
        assert!(card.ask(&sign).ends_with(&[0x90, 0x00]), "9A signs on while the PIN is proven");
        match way {
            0 => card.clock.run(card.session.rest()).unwrap(),
            1 => card.clock.run(card.session.close()),
            _ => card.session.abandon(),
        }
        assert_eq!(card.ask(&sign), [0x69, 0x82]);
        assert_eq!(card.place.closed.get(), way > 0);
    }
}

#[test]
fn a_9c_key_signs_once_for_each_pin() {
    let card = Direct::new(&card(Algorithm::Rsa, "9C"));
    let typist = Typist::typing("12345678");
    login(&card, &typist).unwrap();
    let sign = [&[0x00, 0x87, 0x07, 0x9C, 0x06, 0x7C, 0x04, 0x82, 0x00, 0x81, 0x00][..], &[0]].concat();
    assert_eq!(card.ask(&sign), [0x69, 0x82], "the PIN was used up");
    login(&card, &typist).unwrap();
    assert_eq!(typist.asked.borrow().len(), 2);
}

#[test]
fn an_empty_card_and_one_with_two_certificates() {
    let mut file = card(Algorithm::P256, "9A");
    let mut second = card(Algorithm::Rsa, "9C").containers.remove(0);
    let first = file.containers[0].clone();
    file.containers.clear();
    let empty = Direct::new(&file);
    assert_eq!(login(&empty, &Typist::typing("12345678")).unwrap_err().code, Code::CertNotFound);
    file.containers = vec![first, second.clone()];
    let both = Direct::new(&file);
    assert_eq!(login(&both, &Typist::typing("12345678")).unwrap_err().code, Code::CertChoose);
    for entry in both.clock.run(both.session.certificates(&Flag::default(), &|_| {})).unwrap() {
        let fingerprint = entry.certificate.fingerprint();
        let request = LoginRequest { certificate: Some(&fingerprint), ..request(None) };
        let typist = Typist::typing("12345678");
        let signed = both.clock.run(both.session.login(&request, &typist, &Flag::default())).unwrap();
        assert_eq!(signed.entry.certificate.fingerprint(), fingerprint);
        openssl::assert_verifies(&signed);
    }
    // A key that is not the certificate's.
    second.signing.as_mut().unwrap().key =
        card(Algorithm::Rsa, "9C").containers[0].signing.as_ref().unwrap().key.clone();
    file.containers = vec![second];
    let error = login(&Direct::new(&file), &Typist::typing("12345678")).unwrap_err();
    assert_eq!(error.code, Code::SignFailed);
}

#[test]
fn keys_that_no_card_of_the_kind_holds_are_refused() {
    let mut ca = Ca::generate("calock test CA", NOW).unwrap();
    let sm2 = issue(&description(Algorithm::Sm2, "9A"), &mut ca, NOW);
    assert_eq!(sm2.unwrap_err().code, Code::Parameter);
    assert_eq!(issue(&enterprise(Algorithm::P256), &mut ca, NOW).unwrap_err().code, Code::Parameter);
    // A certificate over another kind of key than the card can have: told before the PIN.
    let mut file = card(Algorithm::P256, "9A");
    let sm2 = common::lock_file(&enterprise(Algorithm::Sm2)).containers[0].signing.clone().unwrap();
    file.containers[0].signing.as_mut().unwrap().certificate = sm2.certificate;
    let card = Direct::new(&file);
    let typist = Typist::typing("12345678");
    assert_eq!(login(&card, &typist).unwrap_err().code, Code::KeyUnsupported);
    assert!(typist.asked.borrow().is_empty());
}

#[test]
fn what_the_card_tells_without_a_pin() {
    let card = Direct::new(&card(Algorithm::P256, "9A"));
    let info = card.clock.run(card.session.info(&Flag::default())).unwrap();
    assert_eq!((info.applications[0].text(), info.device.is_none()), ("PIV".to_owned(), true));
    assert_eq!(card.exchanges(), 1);
}

#[test]
fn the_pin_is_in_no_error_and_no_journal() {
    let card = Direct::new(&card(Algorithm::P256, "9A"));
    let error = login(&card, &Typist::typing("MARKED")).unwrap_err();
    let everything = format!("{error} {error:?} {} {:?}", card.session.journal().text(), card.session.journal());
    assert!(!everything.contains("MARKED") && !everything.contains(&Base64::encode_string(b"MARKED")), "{everything}");
}

/// The card behind its reader: short APDUs in CCID messages, with the same exchanges as without a cable.
#[test]
fn a_card_in_its_reader_logs_in() {
    for (algorithm, budget) in [(Algorithm::P256, (10, 3)), (Algorithm::Rsa, (12, 5))] {
        let bench = Bench::on_usb(&card(algorithm, "9C"));
        assert_eq!(bench.session.profile().name, "piv");
        let typist = Typist::typing("12345678");
        let signed = bench.run(bench.session.login(&request(None), &typist, &bench.port.abort)).unwrap();
        openssl::assert_verifies(&signed);
        let first = bench.port.exchanges();
        let again = bench.run(bench.session.login(&request(None), &typist, &bench.port.abort)).unwrap();
        openssl::assert_verifies(&again);
        let second = bench.port.exchanges() - first;
        assert!(first <= budget.0 && second <= budget.1, "{}", bench.session.journal().text());
        assert_eq!(usize::from(bench.tries_left().unwrap()), 6);
    }
}

/// Every fault that a lock of the other language is struck with, at every exchange: it ends with a code, spends one PIN and one
/// signature at most, and the card works afterwards.
#[test]
fn every_fault_at_every_exchange_leaves_a_working_card() {
    let whole = Bench::on_usb(&card(Algorithm::P256, "9C"));
    let typist = Typist::typing("12345678");
    whole.run(whole.session.login(&request(None), &typist, &whole.port.abort)).unwrap();
    let kinds = "report-dropped report-duplicated stale-reply truncated overlong wrong-sequence garbled silent send-hangs \
                 unplug-before unplug-while unplug-after status=6F00 status=6982 garbage-certificate";
    let file = card(Algorithm::P256, "9C");
    let mut combinations = 0;
    for kind in kinds.split_whitespace() {
        for at in 1..=whole.port.exchanges() {
            combinations += 1;
            let name = format!("{kind}@#{at}");
            let bench = Bench::on_usb(&file);
            bench.lock.borrow_mut().inject(name.parse().unwrap());
            let outcome = bench.run(bench.session.login(&request(None), &typist, &bench.port.abort));
            match &outcome {
                Ok(signed) => assert_valid(signed),
                Err(error) => assert!(error.phase.is_some(), "{name}: {error}"),
            }
            assert!(bench.port.count(AUTHENTICATE) <= 1, "{name}: signed twice");
            let log = bench.lock.borrow().log().iter().filter(|one| one.instruction == VERIFY && one.sent > 5).count();
            assert!(log <= 1, "{name}: the PIN was sent twice");
            assert_eq!(bench.tries_left(), Some(6), "{name}: a try was lost");
            let out = !bench.lock.borrow().is_plugged();
            let again = if out { Bench::plug(bench.lock.clone(), bench.clock.clone()) } else { bench };
            let signed = again.run(again.session.login(&request(None), &typist, &again.port.abort));
            assert_valid(&signed.unwrap_or_else(|error| panic!("{name}: afterwards {error}")));
        }
    }
    println!("PIV: {combinations} combinations of fault and exchange");
}

/// The crate's own verification, which the other tests hold against OpenSSL's.
fn assert_valid(signed: &Signed) {
    let text = signed.statement.text().unwrap();
    calock::signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).unwrap();
}
