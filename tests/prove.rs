//! Test signatures of a self-test with virtual locks of several containers: one PIN for all of them, one outcome for each, and no
//! second PIN whatever happens.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

mod common;

use calock::certificate::Certificate;
use calock::error::{Code, Phase, Result};
use calock::session::{Content, LockReport, LoginRequest, Signed};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{Algorithm, ContainerDescription, Description, LockFile, issue};
use calock::wait::Flag;
use common::{Bench, Typist, enterprise, lock_file, request};

const VERIFY_PIN: u8 = 0x18;
const SIGN: [u8; 2] = [0x74, 0x58];
const CONTAINERS: [&str; 3] = ["ECCASM2", "ECCARSA1", "ECCARSA2"];

/// As 颐信 makes them: SM2 and two of RSA.
fn three() -> LockFile {
    let [first, further @ ..] = CONTAINERS;
    let further = further.map(|name| ContainerDescription { name: name.into(), algorithm: Algorithm::Rsa });
    let container = Some(first.into());
    lock_file(&Description { container, further: further.into(), ..enterprise(Algorithm::Sm2) })
}

fn report(bench: &Bench) -> LockReport {
    bench.run(bench.session.inspect(&Flag::default())).unwrap()
}

fn fingerprints(report: &LockReport) -> Vec<String> {
    let fingerprint = |content: &Content| match content {
        Content::Certificate(certificate) => Certificate::fingerprint(certificate),
        _ => String::new(),
    };
    report.applications[0].containers.iter().map(|container| fingerprint(&container.signing)).collect()
}

/// One signature after the other, as a page has them made: the PIN that was accepted serves the next.
fn prove(bench: &Bench, typist: &Typist, fingerprints: &[String]) -> Vec<Result<Signed>> {
    bench.session.keep_pin(true);
    let outcomes = fingerprints.iter().map(|fingerprint| {
        let request = LoginRequest { purpose: Purpose::Selftest, ..request(Some(fingerprint)) };
        bench.run(bench.session.login(&request, typist, &bench.port.abort))
    });
    let outcomes = outcomes.collect();
    bench.session.keep_pin(false);
    outcomes
}

fn signatures(bench: &Bench) -> usize {
    SIGN.iter().map(|instruction| bench.port.count(*instruction)).sum()
}

#[test]
fn each_container_signs_and_one_pin_is_sent() {
    let bench = Bench::new(&three());
    let known = report(&bench);
    let containers = &known.applications[0].containers;
    assert_eq!(containers.iter().map(|container| container.name.text()).collect::<Vec<_>>(), CONTAINERS);
    assert!(containers.iter().all(|container| container.fault.is_none()));
    let typist = Typist::typing("12345678");
    let outcomes = prove(&bench, &typist, &fingerprints(&known));
    let algorithms: Vec<&str> = outcomes.iter().map(|outcome| outcome.as_ref().unwrap().algorithm).collect();
    assert_eq!(algorithms, ["SM2-SM3", "RS256", "RS256"]);
    for signed in outcomes.iter().flatten() {
        let text = signed.statement.text().unwrap();
        assert!(text.starts_with("CALOCK1\npurpose=selftest\n"), "{text}");
        signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).unwrap();
    }
    assert_eq!((bench.port.count(VERIFY_PIN), signatures(&bench), typist.asked.borrow().len()), (1, 3, 1));
    // Afterwards each signature asks again, as ever.
    bench.run(bench.session.login(&request(Some(&fingerprints(&known)[0])), &typist, &bench.port.abort)).unwrap();
    assert_eq!((bench.port.count(VERIFY_PIN), typist.asked.borrow().len()), (2, 2));
}

#[test]
fn a_pin_is_kept_no_longer_than_the_lock_keeps_it() {
    let bench = Bench::new(&three());
    let known = fingerprints(&report(&bench));
    let typist = Typist::typing("12345678");
    bench.session.keep_pin(true);
    let sign =
        |at: usize| bench.run(bench.session.login(&request(Some(&known[at])), &typist, &bench.port.abort)).unwrap();
    sign(0);
    // Told to forget it, as ten quiet seconds do.
    bench.run(bench.session.rest()).unwrap();
    sign(1);
    assert_eq!(typist.asked.borrow().len(), 2);
    sign(2);
    assert_eq!((bench.port.count(VERIFY_PIN), typist.asked.borrow().len()), (2, 2));
}

#[test]
fn a_wrong_pin_is_kept_for_nothing() {
    let bench = Bench::new(&three());
    let known = fingerprints(&report(&bench));
    let typist = Typist::typing("87654321");
    bench.session.keep_pin(true);
    let outcomes: Vec<_> = (0..2)
        .map(|at| bench.run(bench.session.login(&request(Some(&known[at])), &typist, &bench.port.abort)).unwrap_err())
        .map(|error| (error.code, error.tries_left, error.phase))
        .collect();
    let wrong = |left| (Code::PinWrong, Some(left), Some(Phase::Pin));
    assert_eq!(outcomes, [wrong(5), wrong(4)]);
    assert_eq!((typist.asked.borrow().len(), signatures(&bench)), (2, 0));
}

#[test]
fn a_container_that_fails_leaves_the_others_their_turn() {
    // The key in it is another than its certificate's: only a signature shows it.
    let (mut file, other) = (three(), three());
    file.containers[1].signing.as_mut().unwrap().key = other.containers[1].signing.as_ref().unwrap().key.clone();
    let bench = Bench::new(&file);
    let known = fingerprints(&report(&bench));
    let typist = Typist::typing("12345678");
    let outcomes = prove(&bench, &typist, &known);
    let codes: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().err().map(|error| error.code)).collect();
    assert_eq!(codes, [None, Some(Code::SignFailed), None]);
    assert_eq!(
        (bench.port.count(VERIFY_PIN), typist.asked.borrow().len()),
        (1, 1),
        "for what failed no second PIN is sent"
    );

    // One that the lock does not open, and one without a certificate that can be read.
    for spoilt in [true, false] {
        let mut file = three();
        if spoilt {
            file.containers[0].signing.as_mut().unwrap().certificate = "AAAA".into();
        }
        let bench = Bench::new(&file);
        if !spoilt {
            bench.lock.borrow_mut().inject("status=6A88@OpenContainer:once".parse().unwrap());
        }
        let entries = bench.run(bench.session.certificates(&Flag::default(), &|_| {})).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.container.text()).collect::<Vec<_>>(), CONTAINERS[1..]);
        let known: Vec<String> = entries.iter().map(|entry| entry.certificate.fingerprint()).collect();
        assert!(prove(&bench, &Typist::typing("12345678"), &known).iter().all(Result::is_ok));
    }
    // What nothing is left of is told as what it was.
    let mut file = lock_file(&enterprise(Algorithm::Sm2));
    file.containers[0].signing.as_mut().unwrap().certificate = "AAAA".into();
    let bench = Bench::new(&file);
    let error = bench.run(bench.session.certificates(&Flag::default(), &|_| {})).unwrap_err();
    assert_eq!(error.code, Code::CertUnreadable);
}

#[test]
fn a_container_that_cannot_be_read_is_reported_beside_the_others() {
    let mut file = three();
    file.containers[1].signing.as_mut().unwrap().certificate = "AAAA".into();
    let bench = Bench::new(&file);
    let containers = &report(&bench).applications[0].containers;
    assert!(matches!(containers[1].signing, Content::Unreadable));
    assert!(matches!(containers[2].signing, Content::Certificate(_)));

    for command in ["GetContainerInfo", "OpenContainer", "ExportCertificate"] {
        let bench = Bench::new(&three());
        bench.lock.borrow_mut().inject(format!("status=6A88@{command}:once").parse().unwrap());
        let known = report(&bench);
        let faults: Vec<_> = known.applications[0]
            .containers
            .iter()
            .map(|container| container.fault.as_ref().map(|fault| fault.code))
            .collect();
        assert_eq!(faults, [Some(Code::LockStatus), None, None], "{command}");
    }
}

#[test]
fn a_lock_has_no_two_containers_of_one_name() {
    let further = vec![ContainerDescription { name: "unitCert00".into(), algorithm: Algorithm::Sm2 }];
    let description = Description { further, ..enterprise(Algorithm::Sm2) };
    let mut ca = calock::virtual_lock::Ca::generate("calock test CA", common::NOW).unwrap();
    assert_eq!(issue(&description, &mut ca, common::NOW).unwrap_err().code, Code::Parameter);
    let piv = Description { profile: Some("piv".into()), algorithm: Algorithm::P256, ..description };
    assert_eq!(issue(&piv, &mut ca, common::NOW).unwrap_err().code, Code::Parameter);
}
