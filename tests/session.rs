//! Sessions with virtual locks: whole logins, PIN policy and budgets. What goes wrong on the way is in `faults/`.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use base64ct::{Base64, Encoding as _};
use calock::certificate::Certificate;
use calock::error::{Code, Result};
use calock::session::{LoginRequest, Signed};
use calock::virtual_lock::{Algorithm, Cable, Contents, Description, Plugged};
use calock::wait::Flag;
use calock::{Phase, signature};
use common::{Bench, Typist, enterprise, lock_file, request};

fn login(bench: &Bench, typist: &Typist) -> Result<Signed> {
    bench.run(bench.session.login(&request(None), typist, &bench.port.abort))
}

fn assert_valid(signed: &Signed) {
    let text = signed.statement.text().unwrap();
    signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).unwrap();
    assert!(text.starts_with("CALOCK1\npurpose=login\norigin=https://portal.example.cn\n"), "{text}");
}

/// The turn among pages was given back: nobody else is kept out.
fn assert_left_alone(bench: &Bench) {
    assert_eq!(bench.port.entered.get(), 0, "the turn among pages was given back");
}

#[test]
fn an_sm2_lock_logs_in_within_its_budget() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let typist = Typist::typing("12345678");
    assert_valid(&login(&bench, &typist).unwrap());
    let first = bench.port.exchanges();
    assert_valid(&login(&bench, &typist).unwrap());
    let second = bench.port.exchanges() - first;
    println!("SM2: first login {first} exchanges, second {second}");
    assert!(first <= 12, "{}", bench.session.journal().text());
    assert!(second <= 4, "{}", bench.session.journal().text());
    assert_eq!(bench.session.journal().exchanges(), first + second);
    assert_eq!(
        *typist.steps.borrow(),
        [
            "Waiting",
            "Opening",
            "Reading",
            "Certificate",
            "Pin",
            "Signing",
            "Checking",
            "Done", // first
            "Waiting",
            "Opening",
            "Certificate",
            "Pin",
            "Signing",
            "Checking",
            "Done",
        ]
    );
    assert_left_alone(&bench);
}

#[test]
fn an_rsa_lock_logs_in_within_its_budget() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Rsa)));
    let typist = Typist::typing("12345678");
    let signed = login(&bench, &typist).unwrap();
    assert_eq!(signed.algorithm, "RS256");
    assert_valid(&signed);
    let first = bench.port.exchanges();
    login(&bench, &typist).unwrap();
    let second = bench.port.exchanges() - first;
    println!("RSA: first login {first} exchanges, second {second}");
    assert!(first <= 12 && second <= 4, "{}", bench.session.journal().text());
}

/// The other byte order, the other PIN dialect and the shifted count, over the same reports.
#[test]
fn a_little_endian_lock_logs_in_within_its_budget() {
    for algorithm in [Algorithm::Sm2, Algorithm::Rsa] {
        let file = lock_file(&little_endian(algorithm));
        let bench = Bench::new(&file);
        assert_eq!(bench.session.profile().name, "gmt0017-little");
        let typist = Typist::typing("12345678");
        let signed = login(&bench, &typist).unwrap();
        assert_valid(&signed);
        common::openssl::assert_verifies(&signed);
        let first = bench.port.exchanges();
        assert_valid(&login(&bench, &typist).unwrap());
        let second = bench.port.exchanges() - first;
        println!("little-endian {algorithm:?}: first login {first} exchanges, second {second}");
        assert!(first <= 12 && second <= 4, "{}", bench.session.journal().text());
    }
}

#[test]
fn a_count_in_the_wrong_place_is_asked_for_again() {
    let mut description = little_endian(Algorithm::Sm2);
    description.tries_max = Some(10);
    let bench = Bench::new(&lock_file(&description));
    let typist = Typist::typing("87654321");
    // 63C0 | left << 8 says 67C0 for 7 to 4 and 63C0 for 3 to 1: read as others write it that would be a locked lock.
    for left in (1..=9).rev() {
        typist.spend_last_try.set(true);
        let error = login(&bench, &typist).unwrap_err();
        assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(left)), "{error}");
        assert_eq!(error.status.map(|status| status.get()), Some(0x63C0 | u16::from(left) << 8));
    }
    let error = login(&bench, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinLocked, Some(0)));
    assert_eq!(bench.tries_left(), Some(0));
}

/// A dialect is never found out by trial: with the wrong row a lock is noticed before it is given a PIN.
#[test]
fn a_little_endian_lock_in_a_big_endian_row_gets_no_pin() {
    let lock = Plugged::new(Contents::new(&lock_file(&little_endian(Algorithm::Sm2))).unwrap(), Cable::Hid);
    let profile = calock::lock::profile::named("gm3000").unwrap();
    let bench = Bench::plug_as(profile, Rc::new(RefCell::new(lock)), common::Clock::default());
    let typist = Typist::typing("12345678");
    assert_eq!(login(&bench, &typist).unwrap_err().code, Code::BadReply);
    assert_eq!((bench.port.count(0x18), typist.asked.borrow().len(), bench.tries_left()), (0, 0, Some(6)));
}

fn little_endian(algorithm: Algorithm) -> Description {
    Description { profile: Some("gmt0017-little".into()), ..enterprise(algorithm) }
}

#[test]
fn a_wrong_pin_costs_one_try_and_says_how_many_are_left() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let typist = Typist::typing("87654321");
    let error = login(&bench, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left, error.phase), (Code::PinWrong, Some(5), Some(Phase::Pin)));
    assert_eq!(bench.port.count(0x18), 1);
    typist.pin.set("12345678");
    login(&bench, &typist).unwrap();
    assert_eq!(typist.asked.borrow()[1].tries_left, Some(5));
    assert_eq!(bench.tries_left(), Some(6), "a right PIN gives all tries back");
}

#[test]
fn the_last_try_is_not_spent_without_a_yes() {
    let mut description = enterprise(Algorithm::Sm2);
    description.tries_left = Some(1);
    let bench = Bench::new(&lock_file(&description));
    let typist = Typist::typing("12345678");
    let error = login(&bench, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinLastTry, Some(1)));
    assert!(typist.asked.borrow()[0].last_try);
    assert_eq!(bench.port.count(0x18), 0, "no VerifyPIN was sent");
    typist.spend_last_try.set(true);
    login(&bench, &typist).unwrap();
}

#[test]
fn a_locked_pin_is_not_even_asked_for() {
    let mut description = enterprise(Algorithm::Sm2);
    description.tries_left = Some(0);
    let bench = Bench::new(&lock_file(&description));
    let typist = Typist::typing("12345678");
    assert_eq!(login(&bench, &typist).unwrap_err().code, Code::PinLocked);
    assert!(typist.asked.borrow().is_empty());
}

#[test]
fn the_last_wrong_try_locks() {
    let mut description = enterprise(Algorithm::Sm2);
    description.tries_left = Some(1);
    let bench = Bench::new(&lock_file(&description));
    let typist = Typist::typing("00000000");
    typist.spend_last_try.set(true);
    let error = login(&bench, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinLocked, Some(0)));
}

#[test]
fn certificates_that_may_not_sign_stop_before_the_pin() {
    let mut expired = enterprise(Algorithm::Sm2);
    expired.not_before = Some("2024-01-01T00:00:00Z".into());
    expired.not_after = Some("2026-01-01T00:00:00Z".into());
    let mut early = enterprise(Algorithm::Sm2);
    early.not_before = Some("2027-01-01T00:00:00Z".into());
    early.not_after = Some("2028-01-01T00:00:00Z".into());
    let mut encryption = enterprise(Algorithm::Sm2);
    encryption.usage = calock::virtual_lock::CertificateUsage::Encryption;
    for (description, code) in [(expired, Code::CertExpired), (early, Code::CertNotYet), (encryption, Code::CertUsage)]
    {
        let bench = Bench::new(&lock_file(&description));
        let typist = Typist::typing("12345678");
        assert_eq!(login(&bench, &typist).unwrap_err().code, code);
        assert!(typist.asked.borrow().is_empty(), "{code}: the PIN was asked for nothing");
        assert_left_alone(&bench);
    }
}

#[test]
fn a_lock_with_only_an_encryption_certificate_says_so() {
    let mut file = lock_file(&enterprise(Algorithm::Sm2));
    file.containers[0].signing = None;
    let bench = Bench::new(&file);
    assert_eq!(login(&bench, &Typist::typing("12345678")).unwrap_err().code, Code::CertUsage);
    file.containers[0].encryption = None;
    let bench = Bench::new(&file);
    assert_eq!(login(&bench, &Typist::typing("12345678")).unwrap_err().code, Code::CertNotFound);
}

#[test]
fn of_several_certificates_one_must_be_chosen() {
    let mut file = lock_file(&enterprise(Algorithm::Sm2));
    let mut other = lock_file(&enterprise(Algorithm::Rsa)).containers.remove(0);
    other.name = "ECCARSA1".into();
    file.containers.push(other);
    let bench = Bench::new(&file);
    let typist = Typist::typing("12345678");
    assert_eq!(login(&bench, &typist).unwrap_err().code, Code::CertChoose);
    let entries = bench.run(bench.session.certificates(&Flag::default(), &|_| {})).unwrap();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        let fingerprint = entry.certificate.fingerprint();
        let request = LoginRequest { certificate: Some(&fingerprint), ..request(None) };
        let signed = bench.run(bench.session.login(&request, &typist, &Flag::default())).unwrap();
        assert_eq!(signed.entry.certificate.fingerprint(), fingerprint);
        assert_valid(&signed);
    }
    let request = LoginRequest { certificate: Some("00"), ..request(None) };
    let error = bench.run(bench.session.login(&request, &typist, &Flag::default())).unwrap_err();
    assert_eq!(error.code, Code::WrongLock);
}

#[test]
fn a_key_that_is_not_the_certificates_is_noticed() {
    let mut file = lock_file(&enterprise(Algorithm::Sm2));
    let other = lock_file(&enterprise(Algorithm::Sm2));
    let (own, foreign) = (file.containers[0].signing.as_mut().unwrap(), other.containers[0].signing.as_ref().unwrap());
    own.key.clone_from(&foreign.key);
    let bench = Bench::new(&file);
    let error = login(&bench, &Typist::typing("12345678")).unwrap_err();
    assert_eq!((error.code, error.phase), (Code::SignFailed, Some(Phase::Verify)));
}

#[test]
fn a_bad_challenge_never_reaches_the_lock() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let typist = Typist::typing("12345678");
    for bad in [
        LoginRequest { nonce: "short", ..request(None) },
        LoginRequest { time: "yesterday", ..request(None) },
        LoginRequest { account: Some("a\nb"), ..request(None) },
        LoginRequest { origin: "https://portal.example.cn/path", ..request(None) },
    ] {
        let error = bench.run(bench.session.login(&bad, &typist, &Flag::default())).unwrap_err();
        assert_eq!(error.code, Code::ChallengeInvalid);
    }
    assert_eq!(bench.port.exchanges(), 0);
}

#[test]
fn callers_are_served_in_turn() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let (one, two) = (Typist::typing("12345678"), Typist::typing("12345678"));
    let never = Flag::default();
    let order = RefCell::new(Vec::new());
    bench.run(async {
        let first = async {
            bench.session.login(&request(None), &one, &never).await.unwrap();
            order.borrow_mut().push(1);
        };
        let second = async {
            bench.session.login(&request(None), &two, &never).await.unwrap();
            order.borrow_mut().push(2);
        };
        both(first, second).await;
    });
    assert_eq!(*order.borrow(), [1, 2]);
    assert_eq!((bench.port.count(0x26), bench.port.count(0x18), bench.port.count(0x74)), (1, 2, 2));
}

#[test]
fn closing_leaves_the_lock_as_it_was_found() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    login(&bench, &Typist::typing("12345678")).unwrap();
    bench.run(bench.session.close());
    assert_eq!((bench.port.count(0x1C), bench.port.count(0x44)), (1, 1));
    assert!(bench.port.closed.get());
    assert_eq!(login(&bench, &Typist::typing("12345678")).unwrap_err().code, Code::LockClosed);
}

#[test]
fn closing_ends_even_when_the_browser_never_closes_the_device() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    login(&bench, &Typist::typing("12345678")).unwrap();
    bench.port.closing_hangs.set(true);
    bench.run(bench.session.close());
    assert!(!bench.port.closed.get());
    assert!(bench.clock.elapsed() <= std::time::Duration::from_secs(2), "{:?}", bench.clock.elapsed());
}

#[test]
fn a_page_that_goes_away_clears_the_pin_with_one_report() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    login(&bench, &Typist::typing("12345678")).unwrap();
    bench.session.abandon();
    assert!(bench.port.closed.get());
    // The next page finds a lock that wants its PIN.
    let next = Bench::plug(bench.lock.clone(), bench.clock.clone());
    let entries = next.run(next.session.certificates(&Flag::default(), &|_| {})).unwrap();
    assert_eq!(entries.len(), 1);
    let sign = [&[0x80, 0x74, 2, 0, 0, 0, 0x24, 0x10, 0, 0x30, 1][..], &[7; 32]].concat();
    let answer = next.run(calock::link::Link::exchange(next.session.link(), &sign)).unwrap();
    assert_eq!(answer, [0x69, 0x82]);
}

#[test]
fn resting_makes_the_lock_forget_the_pin() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    bench.run(bench.session.rest()).unwrap();
    assert_eq!(bench.port.exchanges(), 0, "nothing to forget yet");
    login(&bench, &Typist::typing("12345678")).unwrap();
    bench.run(bench.session.rest()).unwrap();
    bench.run(bench.session.rest()).unwrap();
    assert_eq!(bench.port.count(0x1C), 1);
}

#[test]
fn closing_ends_a_login_that_waits_for_its_pin() {
    struct Nobody;
    impl calock::session::Person for Nobody {
        async fn pin(&self, _: calock::session::PinQuestion) -> Result<calock::session::PinAnswer> {
            std::future::pending().await
        }
        fn step(&self, _: calock::session::Step<'_>) {}
    }
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let never = Flag::default();
    let ended = RefCell::new(None);
    bench.run(both(
        async { *ended.borrow_mut() = bench.session.login(&request(None), &Nobody, &never).await.err() },
        async {
            bench.clock.sleep(std::time::Duration::from_secs(2)).await;
            bench.session.close().await;
        },
    ));
    assert_eq!(ended.borrow().map(|error| error.code), Some(Code::LockClosed));
    // And a person who never answers is not waited for without end.
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let error = bench.run(bench.session.login(&request(None), &Nobody, &never)).unwrap_err();
    assert_eq!((error.code, error.phase), (Code::Timeout, Some(Phase::Pin)));
}

#[test]
fn a_lock_of_unknown_model_is_read_and_never_given_a_pin() {
    let file = lock_file(&enterprise(Algorithm::Sm2));
    let profile = calock::lock::profile::find(0x055C, 0xF603, &[(0xFFA0, 1)]).unwrap();
    let known = Bench::new(&file);
    let bench = Bench::plug_as(profile, known.lock, known.clock);
    let never = Flag::default();
    let info = bench.run(bench.session.info(&never)).unwrap();
    assert_eq!(info.applications[0].text(), "calock-Application");
    assert_eq!(info.device.unwrap().label, "calock virtual");
    let typist = Typist::typing("12345678");
    assert_eq!(login(&bench, &typist).unwrap_err().code, Code::LockUnknown);
    let lock = bench.lock.borrow();
    assert!(lock.log().iter().all(|one| [0x04, 0x22].contains(&one.instruction)), "only reading commands were sent");
}

#[test]
fn openssl_accepts_what_the_lock_signed() {
    for algorithm in [Algorithm::Sm2, Algorithm::Rsa] {
        let bench = Bench::new(&lock_file(&enterprise(algorithm)));
        common::openssl::assert_verifies(&login(&bench, &Typist::typing("12345678")).unwrap());
    }
}

#[test]
fn the_pin_is_in_no_error_and_no_journal() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let typist = Typist::typing("MARKED-PIN-7");
    let error = login(&bench, &typist).unwrap_err();
    let everything = format!("{error} {error:?} {} {:?}", bench.session.journal().text(), bench.session.journal());
    assert!(!everything.contains("MARKED"), "{everything}");
    let wire = bench.port.wire.borrow();
    assert!(!wire.windows(6).any(|window| window == b"MARKED"), "the PIN crossed the wire");
}

#[test]
fn virtual_certificates_are_read_as_described() {
    let file = lock_file(&enterprise(Algorithm::Sm2));
    let der = Base64::decode_vec(&file.containers[0].signing.as_ref().unwrap().certificate).unwrap();
    let certificate = Certificate::from_der(&der).unwrap();
    let holder = calock::certificate::holder(&certificate, calock::text::gbk);
    assert_eq!(holder.name, "测试样例建设有限公司");
    assert_eq!(holder.code.as_deref(), Some("91110000MA0CAL0C8K"));
    assert_eq!(holder.kind.as_str(), "enterprise");
}

/// Runs two futures side by side.
async fn both(one: impl Future<Output = ()>, two: impl Future<Output = ()>) {
    let (mut one, mut two) = (Box::pin(one), Box::pin(two));
    let (mut one_done, mut two_done) = (false, false);
    std::future::poll_fn(|cx| {
        one_done = one_done || one.as_mut().poll(cx).is_ready();
        two_done = two_done || two.as_mut().poll(cx).is_ready();
        if one_done && two_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
