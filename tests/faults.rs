//! Every fault at every exchange of a login, a binding and a sealing, for both kinds of key, over HID and over USB, and under
//! every rule for when the fault stops: each call ends with the code that the fault must lead to, within its deadline; a PIN and a signature are asked
//! of the lock once at most; nobody learns the PIN; and the lock works afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use calock::apdu::Status;
use calock::certificate::Certificate;
use calock::error::{Code, Phase, Result};
use calock::session::{LoginRequest, Signed};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{Algorithm, Cable, Fault, FaultKind, LockFile, Until, When};
use calock::wait::Flag;
use common::{Bench, Typist, enterprise, lock_file};

/// Typed by everybody here, and looked for where it must not be.
const PIN: &str = "MARKED-PIN-7";

#[test]
fn every_fault_at_every_exchange_ends_with_its_code() {
    let start = Instant::now();
    let worlds: Vec<World> = [Algorithm::Sm2, Algorithm::Rsa]
        .into_iter()
        .flat_map(|algorithm| {
            let mut description = enterprise(algorithm);
            description.pin = Some(PIN.into());
            let file = lock_file(&description);
            let worlds = [Cable::Hid, Cable::Ccid].map(|cable| {
                [Purpose::Login, Purpose::Bind, Purpose::Seal].map(|purpose| World::new(file.clone(), cable, purpose))
            });
            worlds.into_iter().flatten()
        })
        .collect();
    let run: Vec<Combinations> = std::thread::scope(|scope| {
        let running: Vec<_> = worlds.iter().map(|world| scope.spawn(|| world.every_fault())).collect();
        running.into_iter().map(|world| world.join().unwrap()).collect()
    });
    let combinations: usize = run.iter().map(|one| one.run).sum();
    let failed: usize = run.iter().map(|one| one.failed).sum();
    println!("{combinations} combinations of fault, place, rule, purpose, key and cable in {:.1?}", start.elapsed());
    assert_eq!(failed, 0, "so many of them failed, each as said above");
    assert!(combinations > 12 * KINDS.len() * 10 * RULES.len(), "{combinations}");
}

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

const DONE: Status = Status::OK;
const REFUSED: Status = Status(0x6F00);
/// "Send the same command again."
const AGAIN: Status = Status::MORE_DATA;
/// "Send it with another Le."
const OTHER_LENGTH: Status = Status(0x6C00);
/// "Fetch the rest with GET RESPONSE."
const FETCH: Status = Status(0x6100);
const TWO_LEFT: Status = Status(0x63C2);

const RULES: &[Until] = &[Until::Once, Until::Twice, Until::Replug, Until::Always];

/// Bytes of a certificate in the first part of its answer, behind the four of its length.
const PART: usize = 492;

/// Bytes of an answer in one message of the virtual reader.
const MESSAGE: usize = 261;

/// One exchange of a call that nothing goes wrong with.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    number: u32,
    instruction: u8,
    /// Whether it fetches more of the answer before.
    goes_on: bool,
    /// Whether more of its answer is fetched by the next one.
    unfinished: bool,
    /// For that one: whether the certificate would still be read with noise behind the part that it fetches. What lies there may
    /// be nothing but the issuer's signature, which a login leaves to the backend.
    readable: bool,
    /// Whether its answer takes several messages with questions in between, as long ones do over USB.
    asked_for: bool,
    /// Whether it is the call's last.
    last: bool,
    /// The phase of what follows.
    next: Phase,
}

impl Place {
    fn phase(self) -> Phase {
        phase_of(self.instruction)
    }
}

fn phase_of(instruction: u8) -> Phase {
    match instruction {
        0x14 | 0x50 | 0x18 => Phase::Pin,
        0x58 | 0x74 => Phase::Sign,
        _ => Phase::Read,
    }
}

fn deadline(phase: Phase) -> Duration {
    Duration::from_secs(match phase {
        Phase::Open => 8,
        Phase::Pin => 10,
        Phase::Sign => 30,
        _ => 5,
    })
}

/// How a call ends that a fault strikes: well, or with a code at a phase.
type Ending = std::result::Result<(), (Code, Phase)>;

/// What a fault must lead to, by what it is, where it strikes and on which cable.
fn ending(kind: FaultKind, place: Place, cable: Cable) -> Ending {
    let phase = place.phase();
    let at = |code| Err((code, phase));
    match kind {
        FaultKind::OpenFails | FaultKind::OpenTaken => Err((Code::OpenFailed, Phase::Open)),
        FaultKind::UnplugBefore | FaultKind::UnplugWhile => at(Code::Disconnected),
        // A page is not told why a report was not taken; a transfer that stalls says so.
        FaultKind::SendStalls if cable == Cable::Hid => at(Code::Disconnected),
        FaultKind::SendStalls => at(Code::BadFrame),
        FaultKind::UnplugAfter if place.asked_for => at(Code::Disconnected),
        // The answer was there, and the next command finds no lock.
        FaultKind::UnplugAfter if place.last => Ok(()),
        FaultKind::UnplugAfter => Err((Code::Disconnected, place.next)),
        FaultKind::SendHangs | FaultKind::Silent | FaultKind::ReportDropped => at(Code::Timeout),
        FaultKind::Slow(delay) if delay > deadline(phase) => at(Code::Timeout),
        FaultKind::WrongSequence => at(Code::StaleReply),
        FaultKind::Garbled => at(Code::BadFrame),
        FaultKind::Slow(_) | FaultKind::ReportDuplicated | FaultKind::StaleReply | FaultKind::PinReset => Ok(()),
        FaultKind::GarbageCertificate if place.instruction == 0x4E && !place.goes_on => at(Code::CertUnreadable),
        FaultKind::GarbageCertificate => Ok(()),
        FaultKind::Truncated => match place.instruction {
            // Half a name is no name: the lock knows nothing of it when it is opened.
            0x22 | 0x46 => at(Code::LockStatus),
            0x58 => Err((Code::SignFailed, Phase::Verify)),
            _ => at(Code::BadReply),
        },
        FaultKind::Overlong => match place.instruction {
            // The noise reads as the name of a second application, and the first one has what is wanted.
            0x22 => Ok(()),
            0x46 => at(Code::LockStatus),
            // Behind a certificate is nothing that is read.
            0x4E if !place.unfinished || place.readable => Ok(()),
            0x4E => at(Code::CertUnreadable),
            // VerifyPIN's answer has no data.
            0x18 => Ok(()),
            0x58 => Err((Code::SignFailed, Phase::Verify)),
            _ => at(Code::BadReply),
        },
        FaultKind::Status(status) => with_status(status, place),
    }
}

/// The same for an answer whose status word was replaced.
fn with_status(status: Status, place: Place) -> Ending {
    let at = |code| Err((code, place.phase()));
    match (status, place.instruction) {
        // The rest of the certificate is never fetched.
        (DONE, 0x4E) if place.unfinished => at(Code::BadReply),
        (DONE, _) => Ok(()),
        (TWO_LEFT, _) => at(Code::PinWrong),
        (Status::AUTH_LOCKED, _) => at(Code::PinLocked),
        // What wants no data back is not sent again, whatever the lock says: above all no PIN and no signature. And another Le is
        // said to commands without data.
        (AGAIN, 0x46 | 0x18 | 0x58 | 0x74) => at(Code::LockStatus),
        (OTHER_LENGTH, instruction) if ![0x22, 0x50].contains(&instruction) => at(Code::LockStatus),
        // Said anyway.
        (AGAIN, 0x4E) if place.unfinished => Ok(()),
        // It begins anew; what was announced is there already.
        (AGAIN, 0x4E) => Ok(()),
        // Twice the same name, and the first one has what is wanted.
        (AGAIN | OTHER_LENGTH, 0x22) => Ok(()),
        (AGAIN | OTHER_LENGTH, _) => at(Code::BadReply),
        // GET RESPONSE is no command of GM/T 0017: to GetPINInfo it means that the lock does not know it.
        (FETCH, 0x14) => Ok(()),
        _ => at(Code::LockStatus),
    }
}

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
        let log = lock.log();
        let certificate = Base64::decode_vec(&world.file.containers[0].signing.as_ref().unwrap().certificate).unwrap();
        let place = |at: usize| {
            let (one, before, after) = (&log[at], at.checked_sub(1).map(|before| &log[before]), log.get(at + 1));
            Place {
                number: one.number,
                instruction: one.instruction,
                goes_on: before.is_some_and(|before| before.answered.is_some_and(|(_, status)| status == AGAIN)),
                unfinished: one.answered.is_some_and(|(_, status)| status == AGAIN),
                readable: {
                    let noisy = [&certificate[..PART], &[0xFF; 256], &certificate[PART..]].concat();
                    Certificate::from_der(&noisy[..certificate.len()]).is_ok()
                },
                asked_for: world.cable == Cable::Ccid && one.answered.is_some_and(|(data, _)| data + 2 > MESSAGE),
                last: after.is_none(),
                next: after.map_or(Phase::Verify, |after| phase_of(after.instruction)),
            }
        };
        let places = (0..log.len()).map(place).collect();
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
        for &until in RULES {
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
        let name = format!("{:?} {} {fault} on {:02X}", self.cable, self.purpose.as_str(), place.instruction);
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
        let name = format!("{:?} {} aborted at {:02X}", self.cable, self.purpose.as_str(), place.instruction);
        let bench = self.bench();
        bench.port.abort_at.set(Some(place.number));
        self.tried(&bench, Err((Code::Aborted, place.phase())), &name);
        self.works(&bench, &name);
    }

    /// One call that is to end so, on a lock that was just plugged in.
    fn tried(&self, bench: &Bench, expected: Ending, name: &str) {
        let begun = bench.clock.elapsed();
        let pins = bench.port.count(0x18);
        let signatures = bench.port.count(0x74) + bench.port.count(0x58);
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
        assert!(bench.port.count(0x18) <= pins + 1, "{name}: the PIN was sent twice\n{told}");
        let asked = bench.port.count(0x74) + bench.port.count(0x58) - signatures;
        assert!(asked <= 1, "{name}: a signature was asked for twice\n{told}");
        assert_eq!(bench.port.entered.get(), 0, "{name}: the turn among pages was given back");

        let everything = format!("{outcome:?} {told} {:?} {:?}", bench.session.journal(), bench.lock.borrow().log());
        assert!(!everything.contains("MARKED"), "{name}: the PIN was told: {everything}");
        let wire = bench.port.wire.borrow();
        assert!(!wire.windows(6).any(|window| window == b"MARKED"), "{name}: the PIN crossed the wire");
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

fn left(bench: &Bench) -> Vec<Fault> {
    bench.lock.borrow().faults().to_vec()
}

fn valid(signed: &Signed, name: &str) {
    let text = signed.statement.text().unwrap();
    signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).expect(name);
}
