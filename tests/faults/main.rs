//! Every fault at every exchange of a login, a binding and a sealing, for every kind of lock and key, over HID and over USB,
//! and under every rule for when the fault stops: each call ends with the code that the fault must lead to, within its deadline; a PIN and a signature are asked
//! of the lock once at most; nobody learns the PIN; and the lock works afterwards.

#![allow(unreachable_pub)] // the modules of a test share helpers
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "../common/mod.rs"]
mod common;
mod ending;
mod place;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use calock::apdu::Status;
use calock::certificate::{Certificate, PublicKey};
use calock::error::{Code, Phase, Result};
use calock::session::{LoginRequest, Signed};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{Algorithm, Cable, Description, Exchange, Fault, FaultKind, LockFile, Until, When};
use calock::wait::Flag;
use common::{Bench, Typist, enterprise, lock_file};
use ending::{AGAIN, DONE, Ending, FETCH, OTHER_LENGTH, REFUSED, TWO_LEFT, ending};
use place::{Place, deadline, is_pin, is_signature};

/// Typed by everybody here, and looked for where it must not be.
const PIN: &str = "MARKED-7";

#[test]
fn every_fault_at_every_exchange_ends_with_its_code() {
    let start = Instant::now();
    let worlds: Vec<World> = LOCKS
        .iter()
        .flat_map(|&(profile, cable, algorithm)| {
            let described =
                Description { pin: Some(PIN.into()), profile: Some(profile.into()), ..enterprise(algorithm) };
            let file = lock_file(&described);
            [Purpose::Login, Purpose::Bind, Purpose::Seal].map(|purpose| World::new(file.clone(), cable, purpose))
        })
        .collect();
    let run: Vec<Combinations> = std::thread::scope(|scope| {
        let running: Vec<_> = worlds.iter().map(|world| scope.spawn(|| world.every_fault())).collect();
        running.into_iter().map(|world| world.join().unwrap()).collect()
    });
    let combinations: usize = run.iter().map(|one| one.run).sum();
    let failed: usize = run.iter().map(|one| one.failed).sum();
    println!("{combinations} combinations of lock, purpose, exchange, fault and rule in {:.1?}", start.elapsed());
    assert_eq!(failed, 0, "so many of them failed, each as said above");
    // Nine exchanges is the shortest login; binding and sealing are tried under one rule.
    assert!(combinations > LOCKS.len() * KINDS.len() * 9 * (RULES.len() + 2), "{combinations}");
}

/// Which locks: profile, cable and key.
const LOCKS: &[(&str, Cable, Algorithm)] = &[
    ("gm3000", Cable::Hid, Algorithm::Sm2),
    ("gm3000", Cable::Hid, Algorithm::Rsa),
    ("gmt0017-little", Cable::Hid, Algorithm::Sm2),
    ("gmt0017-little", Cable::Hid, Algorithm::Rsa),
    ("gmt0017-ccid", Cable::Ccid, Algorithm::Sm2),
    ("gmt0017-ccid", Cable::Ccid, Algorithm::Rsa),
    ("piv", Cable::Ccid, Algorithm::P256),
    ("piv", Cable::Ccid, Algorithm::Rsa),
];

/// How many were run. One that fails has said why, and does not keep the others from running.
#[derive(Default)]
struct Combinations {
    run: usize,
    failed: usize,
}

impl Combinations {
    fn run(&mut self, one: impl FnOnce()) {
        self.run += 1;
        self.failed += usize::from(catch_unwind(AssertUnwindSafe(one)).is_err());
    }
}

/// What is tried at every exchange.
const KINDS: &[FaultKind] = &[
    FaultKind::SendHangs,
    FaultKind::SendStalls,
    FaultKind::Silent,
    FaultKind::UnplugBefore,
    FaultKind::UnplugWhile,
    FaultKind::UnplugAfter,
    FaultKind::ReportDropped,
    FaultKind::ReportDuplicated,
    FaultKind::StaleReply,
    FaultKind::WrongSequence,
    FaultKind::Garbled,
    FaultKind::Slow(Duration::from_millis(900)),
    FaultKind::Slow(Duration::from_secs(6)),
    FaultKind::Slow(Duration::from_secs(11)),
    FaultKind::Slow(Duration::from_secs(31)),
    FaultKind::PinReset,
    FaultKind::Truncated,
    FaultKind::Overlong,
    FaultKind::GarbageCertificate,
    FaultKind::Status(DONE),
    FaultKind::Status(REFUSED),
    FaultKind::Status(AGAIN),
    FaultKind::Status(OTHER_LENGTH),
    FaultKind::Status(FETCH),
    FaultKind::Status(TWO_LEFT),
    FaultKind::Status(Status::AUTH_LOCKED),
];

const RULES: &[Until] = &[Until::Once, Until::Twice, Until::Replug, Until::Always];

/// A lock, a purpose, and the exchanges that it takes.
struct World {
    file: LockFile,
    cable: Cable,
    purpose: Purpose,
    places: Vec<Place>,
}

impl World {
    fn new(file: LockFile, cable: Cable, purpose: Purpose) -> Self {
        let world = Self { file, cable, purpose, places: Vec::new() };
        let bench = world.bench();
        world.call(&bench, &Flag::default()).unwrap();
        let lock = bench.lock.borrow();
        let signing = world.file.containers[0].signing.as_ref().unwrap();
        let certificate = Base64::decode_vec(&signing.certificate).unwrap();
        let rsa = matches!(Certificate::from_der(&certificate).unwrap().key(), PublicKey::Rsa { .. });
        let places = Place::all(lock.log(), cable, rsa, &certificate);
        drop(lock);
        Self { places, ..world }
    }

    fn bench(&self) -> Bench {
        Bench::on(self.cable, &self.file)
    }

    fn call(&self, bench: &Bench, abort: &Flag) -> Result<Signed> {
        let (account, payload) = match self.purpose {
            Purpose::Bind => (Some("bidder-0042"), None),
            Purpose::Seal => (None, Some([0x5E; 32])),
            _ => (None, None),
        };
        let request = LoginRequest {
            purpose: self.purpose,
            origin: "https://portal.example.cn",
            nonce: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            time: "2026-06-01T00:00:00Z",
            account,
            payload,
            certificate: None,
        };
        let typist = Typist::typing(PIN);
        let outcome = bench.run(bench.session.login(&request, &typist, abort));
        assert!(typist.asked.borrow().len() <= 1, "the PIN was asked twice");
        outcome
    }

    fn every_fault(&self) -> Combinations {
        let mut combinations = Combinations::default();
        let rules = if self.purpose == Purpose::Login { RULES } else { &RULES[..1] };
        for &until in rules {
            for kind in [FaultKind::OpenFails, FaultKind::OpenTaken] {
                // Opening is what stands before the first exchange.
                combinations.run(|| self.one(Fault { kind, when: When::Open, until }, self.places[0]));
            }
            for &place in &self.places {
                for &kind in KINDS {
                    combinations.run(|| self.one(Fault { kind, when: When::Exchange(place.number), until }, place));
                }
            }
        }
        for &place in &self.places {
            combinations.run(|| self.aborted(place));
        }
        combinations
    }

    /// One fault, until it stops.
    fn one(&self, fault: Fault, place: Place) {
        let name = format!("{} {} {fault} at {:?}", self.file.profile, self.purpose.as_str(), place.role);
        let expected = ending(fault.kind, place, self.cable);
        let strikes = fault.kind != FaultKind::GarbageCertificate || expected.is_err();
        let mut bench = self.bench();
        bench.lock.borrow_mut().inject(fault);

        self.tried(&bench, expected, &name);
        let again = |bench: &Bench| {
            bench.lock.borrow_mut().unplug();
            Bench::plug(bench.lock.clone(), bench.clock.clone())
        };
        match fault.until {
            Until::Once => {}
            Until::Twice => {
                assert_eq!(
                    left(&bench),
                    [Fault { until: if strikes { Until::Once } else { Until::Twice }, ..fault }],
                    "{name}"
                );
                bench = again(&bench);
                self.tried(&bench, expected, &name);
            }
            Until::Replug => {
                assert_eq!(left(&bench), [fault], "{name}");
                bench = again(&bench);
            }
            Until::Always => {
                for _ in 0..2 {
                    assert_eq!(left(&bench), [fault], "{name}");
                    bench = again(&bench);
                    self.tried(&bench, expected, &name);
                }
                bench.lock.borrow_mut().clear_faults();
            }
        }
        if strikes {
            assert_eq!(left(&bench), [], "{name}: it stopped");
        }
        self.works(&bench, &name);
    }

    /// The caller no longer wants it while the lock works.
    fn aborted(&self, place: Place) {
        let name = format!("{} {} aborted at {:?}", self.file.profile, self.purpose.as_str(), place.role);
        let bench = self.bench();
        bench.port.abort_at.set(Some(place.number));
        self.tried(&bench, Err((Code::Aborted, place.phase())), &name);
        self.works(&bench, &name);
    }

    /// One call that is to end so, on a lock that was just plugged in.
    fn tried(&self, bench: &Bench, expected: Ending, name: &str) {
        let begun = bench.clock.elapsed();
        let [pins, signatures] = counted(bench);
        let outcome = self.call(bench, &bench.port.abort);
        let took = bench.clock.elapsed() - begun;
        let told = bench.session.journal().text();
        match (&outcome, expected) {
            (Ok(signed), Ok(())) => valid(signed, name),
            (Err(error), Err((code, phase))) => {
                assert_eq!((error.code, error.phase), (code, Some(phase)), "{name}: {error}\n{told}");
            }
            (Ok(_), Err((code, _))) => panic!("{name}: no error, and {code} was to come\n{told}"),
            (Err(error), Ok(())) => panic!("{name}: {error}\n{told}"),
        }
        let most = expected.map_or_else(|(_, phase)| deadline(phase), |()| deadline(Phase::Sign));
        assert!(took <= most, "{name}: took {took:?}");
        let [pins_after, signatures_after] = counted(bench);
        assert!(pins_after <= pins + 1, "{name}: the PIN was sent twice\n{told}");
        assert!(signatures_after <= signatures + 1, "{name}: a signature was asked for twice\n{told}");
        assert_eq!(bench.port.entered.get(), 0, "{name}: the turn among pages was given back");

        let everything = format!("{outcome:?} {told} {:?} {:?}", bench.session.journal(), bench.lock.borrow().log());
        assert!(!everything.contains("MARKED"), "{name}: the PIN was told: {everything}");
        // To a PIV card it goes in clear; there is no other way.
        let wire = bench.port.wire.borrow();
        assert!(
            self.places.iter().any(|place| place.piv) || !wire.windows(6).any(|window| window == b"MARKED"),
            "{name}: the PIN crossed the wire"
        );
    }

    /// The lock signs again: in the same session, or plugged in again where it was pulled out.
    fn works(&self, bench: &Bench, name: &str) {
        let never = Flag::default();
        if !bench.lock.borrow().is_plugged() {
            let code = self.call(bench, &never).expect_err(name).code;
            assert_eq!(code, Code::Disconnected, "{name}: this session's lock is gone");
            return self.works(&Bench::plug(bench.lock.clone(), bench.clock.clone()), name);
        }
        // Slow enough that answers that come late arrive in the middle of it.
        bench.lock.borrow_mut().inject("slow=300@any:always".parse().unwrap());
        match self.call(bench, &never) {
            Ok(signed) => valid(&signed, name),
            Err(error) => panic!("{name}: afterwards {error}\n{}", bench.session.journal().text()),
        }
        assert_eq!(bench.tries_left(), Some(6), "{name}: no try was lost");
    }
}

/// PINs and signatures that were asked of the lock.
fn counted(bench: &Bench) -> [usize; 2] {
    let lock = bench.lock.borrow();
    [is_pin, is_signature].map(|wanted: fn(&Exchange) -> bool| lock.log().iter().filter(|one| wanted(one)).count())
}

fn left(bench: &Bench) -> Vec<Fault> {
    bench.lock.borrow().faults().to_vec()
}

fn valid(signed: &Signed, name: &str) {
    let text = signed.statement.text().unwrap();
    signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).expect(name);
}
