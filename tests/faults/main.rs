//! Every fault at every exchange of a login, a binding and a sealing, for every kind of lock and key, over HID and over USB,
//! and under every rule for when the fault stops: each call ends with the code that the fault must lead to, within its deadline; a PIN and a signature are asked
//! of the lock once at most; nobody learns the PIN; and the lock works afterwards.

#![allow(unreachable_pub)] // the modules of a test share helpers
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "../common/mod.rs"]
mod common;
mod ending;
mod place;
mod world;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use calock::apdu::Status;
use calock::error::Phase;
use calock::statement::Purpose;
use calock::virtual_lock::{Algorithm, Cable, Description, Fault, FaultKind, LockFile, Until, When};
use common::{Bench, enterprise, lock_file};
use ending::{AGAIN, DONE, FETCH, OTHER_LENGTH, REFUSED, TWO_LEFT};
use place::deadline;
use proptest::prelude::*;
use world::{Combinations, PIN, World};

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Several faults at once, where nobody has worked out what they lead to: the call ends all the same, and nothing that must
    /// happen once happens twice.
    #[test]
    fn several_faults_at_once_do_no_harm(lock in 0..LOCKS.len(), faults in prop::collection::vec(any_fault(), 1..6)) {
        static WORLDS: LazyLock<Vec<World>> =
            LazyLock::new(|| LOCKS.iter().map(|lock| World::new(lock_of(lock), lock.1, Purpose::Login)).collect());
        let world = &WORLDS[lock];
        let bench = world.bench();
        faults.iter().for_each(|&fault| bench.lock.borrow_mut().inject(fault));
        let name = format!("{faults:?}");
        let _ = world.watched(&bench, &name);
        // Each exchange of a call may take its whole time.
        let most = deadline(Phase::Sign) * u32::try_from(world.places.len()).unwrap();
        prop_assert!(bench.clock.elapsed() <= most, "{name}: took {:?}", bench.clock.elapsed());
        // In the same session it may be WRONG_LOCK now, and rightly: a spoilt certificate can still be one, another one.
        bench.lock.borrow_mut().clear_faults();
        bench.lock.borrow_mut().unplug();
        world.works(&Bench::plug(bench.lock.clone(), bench.clock.clone()), &name);
    }
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let when = prop_oneof![Just(When::Any), (1..12u32).prop_map(When::Exchange)];
    let place = (prop::sample::select(KINDS), when);
    let opening =
        prop::sample::select(&[FaultKind::OpenFails, FaultKind::OpenTaken][..]).prop_map(|kind| (kind, When::Open));
    (prop_oneof![9 => place, 1 => opening], prop::sample::select(RULES)).prop_map(|((kind, when), until)| Fault {
        kind,
        when,
        until,
    })
}

fn lock_of(&(profile, _, algorithm): &(&str, Cable, Algorithm)) -> LockFile {
    lock_file(&Description { pin: Some(PIN.into()), profile: Some(profile.into()), ..enterprise(algorithm) })
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
