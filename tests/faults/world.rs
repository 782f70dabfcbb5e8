//! A lock and what is done with it: one call after the other, with a fault somewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64ct::{Base64, Encoding as _};
use calock::certificate::{Certificate, PublicKey};
use calock::error::{Code, Phase, Result};
use calock::session::{LoginRequest, Signed};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{Cable, Exchange, Fault, FaultKind, LockFile, Until, When};
use calock::wait::Flag;

use super::common::{Bench, Typist};
use super::ending::{Ending, ending};
use super::place::{Place, deadline, is_pin, is_signature};
use super::{KINDS, RULES};

/// Typed by everybody here, and looked for where it must not be.
pub const PIN: &str = "MARKED-7";

/// How many were run. One that fails has said why, and does not keep the others from running.
#[derive(Default)]
pub struct Combinations {
    pub run: usize,
    pub failed: usize,
}

impl Combinations {
    fn run(&mut self, one: impl FnOnce()) {
        self.run += 1;
        self.failed += usize::from(catch_unwind(AssertUnwindSafe(one)).is_err());
    }
}

/// A lock, a purpose, and the exchanges that it takes.
pub struct World {
    file: LockFile,
    cable: Cable,
    purpose: Purpose,
    pub places: Vec<Place>,
}

impl World {
    pub fn new(file: LockFile, cable: Cable, purpose: Purpose) -> Self {
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

    pub fn bench(&self) -> Bench {
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

    pub fn every_fault(&self) -> Combinations {
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
        let outcome = self.watched(bench, name);
        let took = bench.clock.elapsed() - begun;
        let told = bench.session.journal().text();
        match (&outcome, expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err((code, phase))) => {
                assert_eq!((error.code, error.phase), (code, Some(phase)), "{name}: {error}\n{told}");
            }
            (Ok(_), Err((code, _))) => panic!("{name}: no error, and {code} was to come\n{told}"),
            (Err(error), Ok(())) => panic!("{name}: {error}\n{told}"),
        }
        let most = expected.map_or_else(|(_, phase)| deadline(phase), |()| deadline(Phase::Sign));
        assert!(took <= most, "{name}: took {took:?}");
    }

    /// One call, and what must hold however it ends.
    pub fn watched(&self, bench: &Bench, name: &str) -> Result<Signed> {
        let [pins, signatures] = counted(bench);
        let outcome = self.call(bench, &bench.port.abort);
        let told = bench.session.journal().text();
        if let Ok(signed) = &outcome {
            valid(signed, name);
        }
        let [pins_after, signatures_after] = counted(bench);
        assert!(pins_after <= pins + 1, "{name}: the PIN was sent twice\n{told}");
        assert!(signatures_after <= signatures + 1, "{name}: a signature was asked for twice\n{told}");
        assert_eq!(bench.port.entered.get(), 0, "{name}: the turn among pages was given back");

        let everything = format!("{outcome:?} {told} {:?} {:?}", bench.session.journal(), bench.lock.borrow().log());
        assert!(!everything.contains("MARKED"), "{name}: the PIN was told: {everything}");
        // To a PIV card it goes in clear; there is no other way.
        if !self.places.iter().any(|place| place.piv) {
            let wire = bench.port.wire.borrow();
            assert!(!wire.windows(6).any(|window| window == b"MARKED"), "{name}: the PIN crossed the wire");
        }
        outcome
    }

    /// The lock signs again: in the same session, or plugged in again where it was pulled out.
    pub fn works(&self, bench: &Bench, name: &str) {
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
