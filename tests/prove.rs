//! Test signatures of a self-test with virtual locks of several containers: one PIN for all of them, one outcome for each, and no
//! second PIN whatever happens.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

mod common;

use calock::certificate::Certificate;
use calock::error::{Code, Phase, Result};
use calock::session::{Content, LockReport, LoginRequest, Proof, Signed};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{Algorithm, ContainerDescription, Description, LockFile, issue};
use calock::wait::Flag;
use common::{Bench, Typist, enterprise, lock_file, request};

const VERIFY_PIN: u8 = 0x18;
const SIGN: [u8; 2] = [0x74, 0x58];
const APPLICATION: &str = "calock-Application";
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

fn prove(bench: &Bench, typist: &Typist, fingerprints: &[String]) -> Result<Vec<Result<Signed>>> {
    let proofs: Vec<Proof<'_>> = CONTAINERS
        .iter()
        .zip(fingerprints)
        .map(|(container, fingerprint)| Proof {
            container,
            request: LoginRequest { purpose: Purpose::Selftest, ..request(Some(fingerprint)) },
        })
        .collect();
    bench.run(bench.session.prove(APPLICATION, &proofs, typist, &bench.port.abort))
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
    let outcomes = prove(&bench, &typist, &fingerprints(&known)).unwrap();
    let algorithms: Vec<&str> = outcomes.iter().map(|outcome| outcome.as_ref().unwrap().algorithm).collect();
    assert_eq!(algorithms, ["SM2-SM3", "RS256", "RS256"]);
    for signed in outcomes.iter().flatten() {
        let text = signed.statement.text().unwrap();
        assert!(text.starts_with("CALOCK1\npurpose=selftest\n"), "{text}");
        signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).unwrap();
    }
    assert_eq!((bench.port.count(VERIFY_PIN), signatures(&bench), typist.asked.borrow().len()), (1, 3, 1));
    assert_eq!(bench.port.entered.get(), 0, "the turn among pages was given back");
    // And the lock was told to forget the PIN: the next test asks again.
    prove(&bench, &typist, &fingerprints(&known)).unwrap();
    assert_eq!((bench.port.count(VERIFY_PIN), typist.asked.borrow().len()), (2, 2));
}

#[test]
fn a_wrong_pin_ends_it_before_any_signature() {
    let bench = Bench::new(&three());
    let known = fingerprints(&report(&bench));
    let typist = Typist::typing("87654321");
    let error = prove(&bench, &typist, &known).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(5)));
    assert_eq!((bench.port.count(VERIFY_PIN), signatures(&bench), bench.tries_left()), (1, 0, Some(5)));
}

#[test]
fn the_last_try_is_not_spent_without_a_yes() {
    let mut file = three();
    file.tries_left = 1;
    let bench = Bench::new(&file);
    let known = fingerprints(&report(&bench));
    assert_eq!(prove(&bench, &Typist::typing("12345678"), &known).unwrap_err().code, Code::PinLastTry);
    assert_eq!(bench.port.count(VERIFY_PIN), 0);
}

#[test]
fn what_a_lock_answers_to_the_pin_is_never_one_containers_fault() {
    for fault in ["status=6F00@VerifyPIN:always", "status=6F00@GenRandom:always"] {
        let bench = Bench::new(&three());
        let known = fingerprints(&report(&bench));
        bench.lock.borrow_mut().inject(fault.parse().unwrap());
        let error = prove(&bench, &Typist::typing("12345678"), &known).unwrap_err();
        assert_eq!((error.code, error.phase), (Code::LockStatus, Some(Phase::Pin)), "{fault}");
        assert!(bench.port.count(VERIFY_PIN) <= 1, "{fault}");
    }
}

#[test]
fn a_container_that_fails_leaves_the_others_their_turn() {
    // The key in it is another than its certificate's: only a signature shows it.
    let (mut file, other) = (three(), three());
    file.containers[2].signing.as_mut().unwrap().key = other.containers[2].signing.as_ref().unwrap().key.clone();
    let bench = Bench::new(&file);
    let known = fingerprints(&report(&bench));
    let outcomes = prove(&bench, &Typist::typing("12345678"), &known).unwrap();
    let codes: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().err().map(|error| error.code)).collect();
    assert_eq!(codes, [None, None, Some(Code::SignFailed)]);

    // The lock does not open it.
    let bench = Bench::new(&three());
    let known = fingerprints(&report(&bench));
    bench.lock.borrow_mut().inject("status=6A88@OpenContainer:once".parse().unwrap());
    let outcomes = prove(&bench, &Typist::typing("12345678"), &known).unwrap();
    let failed = outcomes[0].as_ref().unwrap_err();
    assert_eq!((failed.code, failed.phase), (Code::LockStatus, Some(Phase::Read)));
    assert!(outcomes[1..].iter().all(Result::is_ok));
    assert_eq!(bench.port.count(VERIFY_PIN), 1);
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
fn another_lock_in_its_place_signs_nothing() {
    let known = fingerprints(&report(&Bench::new(&three())));
    let bench = Bench::new(&three());
    let typist = Typist::typing("12345678");
    let outcomes = prove(&bench, &typist, &known).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(|error| error.code == Code::WrongLock)));
    assert_eq!((bench.port.count(VERIFY_PIN), signatures(&bench), typist.asked.borrow().len()), (0, 0, 0));
}

#[test]
fn a_lock_that_is_pulled_out_ends_all_of_it() {
    for fault in ["unplug-before@ECCSignData", "unplug-after@VerifyPIN", "unplug-while@RSASignData"] {
        let bench = Bench::new(&three());
        let known = fingerprints(&report(&bench));
        bench.lock.borrow_mut().inject(fault.parse().unwrap());
        let error = prove(&bench, &Typist::typing("12345678"), &known).unwrap_err();
        assert_eq!(error.code, Code::Disconnected, "{fault}");
        assert!(bench.port.count(VERIFY_PIN) <= 1, "{fault}");
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
