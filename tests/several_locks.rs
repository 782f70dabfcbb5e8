//! Several locks: which one signs is decided by the certificate that was shown, whatever stands behind the handle.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;

use std::cell::RefCell;

use calock::apdu::{Command, Form};
use calock::error::{Code, Result};
use calock::session::Signed;
use calock::virtual_lock::{Algorithm, Contents, Description, LockFile};
use calock::wait::Flag;
use common::direct::Direct;
use common::{Typist, enterprise, lock_file, request};

fn login(lock: &Direct, typist: &Typist) -> Result<Signed> {
    lock.clock.run(lock.session.login(&request(None), typist, &Flag::default()))
}

fn shown(lock: &Direct) -> String {
    let entries = lock.clock.run(lock.session.certificates(&Flag::default(), &|_| {})).unwrap();
    entries[0].certificate.fingerprint()
}

fn fingerprint(file: &LockFile) -> String {
    shown(&Direct::new(file))
}

/// Two locks that differ in nothing a host can see but their certificates, with the same PIN; GM/T 0017 and PIV.
fn pairs() -> Vec<[LockFile; 2]> {
    let piv = |algorithm| Description { profile: Some("piv".into()), ..enterprise(algorithm) };
    let little = Description { profile: Some("gmt0017-little".into()), ..enterprise(Algorithm::Sm2) };
    [enterprise(Algorithm::Sm2), enterprise(Algorithm::Rsa), little, piv(Algorithm::P256)]
        .map(|description| [(); 2].map(|()| lock_file(&description)))
        .into()
}

/// A lock in the state in which the session believes its own to be: opened by somebody before it came.
fn opened(file: &LockFile) -> Contents {
    let mut contents = Contents::new(file).unwrap();
    let form = contents.profile().form;
    let named =
        |cla, ins, data: &[&[u8]]| Command::new(cla, ins, 0, 0).with_data(data).expecting(2).encode(form).unwrap();
    let commands = if form == Form::Short {
        let aid = [0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0];
        vec![Command::new(0, 0xA4, 4, 0).with_data(&[&aid]).expecting(256).encode(form).unwrap()]
    } else {
        let container = file.containers[0].name.as_bytes();
        vec![named(0x80, 0x26, &[file.application.as_bytes()]), named(0x80, 0x42, &[&[0x10, 0], container])]
    };
    for command in commands {
        assert!(contents.card_mut().exchange(&command).ends_with(&[0x90, 0x00]));
    }
    contents
}

/// At every exchange of a first and of a second login the lock is exchanged for another, and no event says so: once for one that
/// was just plugged in, once for one that somebody left open, which no host can tell from the first by its answers.
#[test]
fn a_lock_swapped_in_the_middle_never_signs() {
    let (mut combinations, mut refused, mut discovered) = (0, 0, 0);
    for [file, other] in pairs() {
        let whole = Direct::new(&file);
        login(&whole, &Typist::typing("12345678")).unwrap();
        let first = whole.exchanges();
        login(&whole, &Typist::typing("12345678")).unwrap();
        let (own, foreign) = (fingerprint(&file), fingerprint(&other));
        for at in 2..=whole.exchanges() {
            for left_open in [false, true] {
                combinations += 1;
                let name = format!("{} exchanged at {at} (open: {left_open})", file.profile);
                let lock = Direct::new(&file);
                let typist = Typist::typing("12345678");
                let before = if at > first { Some(login(&lock, &typist).unwrap()) } else { None };
                assert!(before.is_none_or(|signed| signed.entry.certificate.fingerprint() == own));
                let contents = if left_open { opened(&other) } else { Contents::new(&other).unwrap() };
                lock.place.swap.replace(Some((at, contents)));
                match login(&lock, &typist) {
                    // The other lock was there before its certificate was read: it is the one that was shown.
                    Ok(signed) => {
                        assert!(at <= first, "{name}");
                        assert_eq!(signed.entry.certificate.fingerprint(), foreign, "{name}");
                        common::openssl::assert_verifies(&signed);
                    }
                    Err(error) => {
                        refused += 1;
                        let codes = [Code::LockStatus, Code::SignFailed, Code::BadReply, Code::CertUnreadable];
                        assert!(codes.contains(&error.code), "{name}: {error}");
                        if error.code == Code::SignFailed {
                            discovered += 1;
                        }
                    }
                }
            }
        }
    }
    println!("{combinations} swaps: {refused} refused, {discovered} of them by the signature alone");
    assert!(combinations > 80 && discovered > 0);
}

/// After a swap that failed, the lock that is there is read again and is another: no PIN is asked until it was shown.
#[test]
fn after_a_swap_the_other_lock_gets_no_pin() {
    for [file, other] in pairs() {
        let lock = Direct::new(&file);
        let typist = Typist::typing("12345678");
        login(&lock, &typist).unwrap();
        let own = lock.exchange_for(Contents::new(&other).unwrap());
        let asked = typist.asked.borrow().len();
        // Its handles are not open, or its application is not selected.
        assert_eq!(login(&lock, &typist).unwrap_err().code, Code::LockStatus);
        for _ in 0..2 {
            assert_eq!(login(&lock, &typist).unwrap_err().code, Code::WrongLock);
        }
        assert_eq!(typist.asked.borrow().len(), asked, "no PIN was asked for");
        // The first lock back in its place is itself.
        let mut other = lock.exchange_for(own);
        login(&lock, &typist).unwrap();
        // And the other one is as good as any once its certificate was shown.
        other.card_mut().power_off();
        lock.exchange_for(other);
        assert_eq!(login(&lock, &typist).unwrap_err().code, Code::LockStatus);
        let fingerprint = shown(&lock);
        let signed =
            lock.clock.run(lock.session.login(&request(Some(&fingerprint)), &typist, &Flag::default())).unwrap();
        assert_eq!(signed.entry.certificate.fingerprint(), fingerprint);
    }
}

/// The device was opened again, or somebody else was heard: certificates are read and compared before the PIN is asked.
#[test]
fn a_disturbance_has_the_certificates_read_again() {
    for [file, other] in pairs() {
        let lock = Direct::new(&file);
        let typist = Typist::typing("12345678");
        login(&lock, &typist).unwrap();
        let first = lock.exchanges();
        lock.place.disturbed.set(true);
        login(&lock, &typist).unwrap();
        assert_eq!(lock.exchanges() - first, first, "everything was read again");
        login(&lock, &typist).unwrap();
        assert!(lock.exchanges() - 2 * first < first, "once");

        lock.place.disturbed.set(true);
        let asked = typist.asked.borrow().len();
        lock.exchange_for(opened(&other));
        let tries = lock.tries_left();
        for _ in 0..2 {
            assert_eq!(login(&lock, &typist).unwrap_err().code, Code::WrongLock);
        }
        assert_eq!((typist.asked.borrow().len(), lock.tries_left()), (asked, tries));
    }
}

/// A page that holds the first lock's fingerprint and opens a session with the second.
#[test]
fn a_request_names_the_certificate_that_was_shown() {
    for [file, other] in pairs() {
        let lock = Direct::new(&other);
        let typist = Typist::typing("12345678");
        let own = fingerprint(&file);
        let error = lock.clock.run(lock.session.login(&request(Some(&own)), &typist, &Flag::default())).unwrap_err();
        assert_eq!(error.code, Code::WrongLock);
        assert!(typist.asked.borrow().is_empty());
    }
}

/// Two sessions side by side, each with its own lock and its own PIN: neither answer goes astray.
#[test]
fn two_locks_at_once() {
    let files = ["11111111", "22222222"].map(|pin| {
        let mut description = enterprise(Algorithm::Sm2);
        description.pin = Some(pin.into());
        lock_file(&description)
    });
    let locks = files.each_ref().map(Direct::new);
    let typists = ["11111111", "22222222"].map(Typist::typing);
    let never = Flag::default();
    let signed = RefCell::new(Vec::new());
    let logins = [0, 1, 0, 1].map(|which| {
        let (lock, typist, signed, never) = (&locks[which], &typists[which], &signed, &never);
        async move {
            let one = lock.session.login(&request(None), typist, never).await.unwrap();
            signed.borrow_mut().push((which, one));
        }
    });
    locks[0].clock.run(all(logins.map(Box::pin)));
    let signed = signed.into_inner();
    assert_eq!(signed.len(), 4);
    for (which, one) in signed {
        assert_eq!(one.entry.certificate.fingerprint(), fingerprint(&files[which]));
        common::openssl::assert_verifies(&one);
    }
    assert_eq!(locks.each_ref().map(Direct::tries_left), [Some(6), Some(6)]);
}

/// Runs futures side by side until all are done.
async fn all<F: Future<Output = ()> + Unpin, const N: usize>(futures: [F; N]) {
    let mut waiting: Vec<F> = futures.into();
    std::future::poll_fn(|cx| {
        waiting.retain_mut(|future| std::pin::Pin::new(future).poll(cx).is_pending());
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
