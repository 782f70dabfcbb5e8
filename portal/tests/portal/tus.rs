//! Files that arrive little by little: the protocol tus 1.0.0, and what liars get.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use calock_portal::store::AccountKind;
use serde_json::json;

use crate::house::{House, LOCKS, OTHER_CODE, OTHER_UNIT, Session, rules};
use crate::sealing::{house, unit_in};
use crate::site::Setup;

/// Bytes that are all over the place.
fn noise(size: usize, seed: u32) -> Vec<u8> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_be_bytes()[0])
    };
    std::iter::repeat_n((), size).scan(seed, |state, ()| next(state)).collect()
}

fn offset(house: &House, session: &Session, place: &str) -> usize {
    let told = house.tus(session, "HEAD", place, &[], b"");
    assert_eq!(told.status, 200);
    told.header("upload-offset").parse().unwrap()
}

/// What is in the database, in order.
fn kept(house: &House, place: &str) -> Vec<u8> {
    let upload = place.strip_prefix("/api/uploads/").unwrap();
    let mut bytes = Vec::new();
    for part in 0.. {
        match house.site.runtime.block_on(house.site.portal.store().find_part(upload, part)).unwrap() {
            Some(more) => bytes.extend(more),
            None => return bytes,
        }
    }
    unreachable!()
}

#[test]
fn a_file_arrives_in_pieces_of_any_size() {
    in_pieces(&House::of("hunan"));
}

/// For an empty house of hunan's.
pub fn in_pieces(house: &House) {
    let (session, _) = unit_in(house);
    let bytes = noise(3_000_000, 1);
    let place = house.announce(&session, bytes.len()).header("location").to_owned();
    let mut at = 0;
    for size in [1, 196_607, 1, 7, 900_000, 196_608, 1_000_000, 706_776] {
        assert_eq!(offset(house, &session, &place), at);
        let answer = house.piece(&session, &place, at, &bytes[at..at + size]);
        at += size;
        assert_eq!(
            (answer.status, answer.header("upload-offset")),
            (204, at.to_string().as_str()),
            "{}",
            answer.text()
        );
        assert!(answer.header("upload-expires").ends_with(" GMT"));
    }
    assert_eq!(at, bytes.len());
    assert!(kept(house, &place) == bytes);
    let told = house.tus(&session, "HEAD", &place, &[], b"");
    assert_eq!((told.header("upload-length"), told.header("cache-control")), ("3000000", "no-store"));
    assert_eq!(told.header("upload-metadata"), "filename 5qCH5LmmLm9mZA==");
    two_at_once(house, &session);
}

/// Of many pieces for one place one is taken, whole.
fn two_at_once(house: &House, session: &Session) {
    const SIZE: usize = 1_000_000;
    let place = house.announce(session, SIZE).header("location").to_owned();
    let all: Vec<Vec<u8>> = (2..8).map(|seed| noise(SIZE, seed)).collect();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let send = |bytes: &Vec<u8>| house.piece(session, &place, 0, bytes).status;
        let threads: Vec<_> = all.iter().map(|bytes| scope.spawn(move || send(bytes))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<usize> = (0..all.len()).filter(|index| answers[*index] == 204).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [204, 409].contains(status)), "{answers:?}");
    assert!(kept(house, &place) == all[winners[0]]);
}

#[test]
fn the_protocol_is_spoken_as_it_is_written() {
    let (house, session, _) = house();
    let options = house.site.send("OPTIONS", "/api/uploads", &[], b"");
    assert_eq!(
        (options.status, options.header("tus-version"), options.header("tus-resumable")),
        (204, "1.0.0", "1.0.0")
    );
    assert_eq!(options.header("tus-extension"), "creation,expiration,termination");
    assert_eq!(options.header("tus-max-size"), (2u64 << 30).to_string());
    let [_, origin, cookie, csrf] = house.headers(&session);
    let other = house.site.send("POST", "/api/uploads", &[origin, cookie, csrf, ("tus-resumable", "0.2.2")], b"");
    assert_eq!((other.status, other.header("tus-version"), other.header("tus-resumable")), (412, "1.0.0", "1.0.0"));
    let unmarked = house.site.send("POST", "/api/uploads", &[origin, cookie, ("tus-resumable", "1.0.0")], b"");
    assert_eq!(unmarked.code(), "CSRF_MISSING");

    let created = house.announce(&session, 10);
    assert_eq!((created.status, created.header("tus-resumable")), (201, "1.0.0"));
    let place = created.header("location").to_owned();
    let plain = house.tus(&session, "PATCH", &place, &[("upload-offset", "0"), ("content-type", "text/plain")], b"a");
    assert_eq!(plain.status, 415);
    // Where only GET and POST go through.
    let headers = [
        ("x-http-method-override", "PATCH"),
        ("upload-offset", "0"),
        ("content-type", "application/offset+octet-stream"),
    ];
    assert_eq!(house.tus(&session, "POST", &place, &headers, b"abc").status, 204);
    assert_eq!(house.tus(&session, "POST", &place, &[], b"").status, 405);
    assert_eq!(offset(&house, &session, &place), 3);
    assert_eq!(house.tus(&session, "DELETE", &place, &[], b"").status, 204);
    for method in ["HEAD", "PATCH", "DELETE"] {
        let headers = [("upload-offset", "3"), ("content-type", "application/offset+octet-stream")];
        assert_eq!(house.tus(&session, method, &place, &headers, b"").status, 404, "{method}");
    }
}

#[test]
fn who_lies_about_a_file_is_refused() {
    let (house, session, _) = house();
    let asked = |length: &str, more: &[(&str, &str)]| {
        let mut headers = vec![("upload-length", length)];
        headers.extend(more);
        house.tus(&session, "POST", "/api/uploads", &headers, b"").status
    };
    for length in ["", "0", "-1", "+5", "1e3", "abc", "99999999999999999999999"] {
        assert_eq!(asked(length, &[]), 400, "{length:?}");
    }
    assert_eq!(asked(&((2u64 << 30) + 1).to_string(), &[]), 413);
    assert_eq!(asked("10", &[("upload-metadata", "filename \u{e9}")]), 400);
    assert_eq!(asked("10", &[("upload-metadata", "filename not-base64!")]), 400);

    let place = house.announce(&session, 10).header("location").to_owned();
    let piece = |at, bytes: &[u8]| house.piece(&session, &place, at, bytes);
    assert_eq!(piece(0, b"01234").status, 204);
    for lie in [0, 4, 6, 10, 11] {
        let answer = piece(lie, b"x");
        assert_eq!((answer.status, answer.json()["offset"].clone()), (409, json!(5)), "{lie}");
        assert_eq!(answer.code(), "STATE_CONFLICT");
    }
    let longer = piece(5, b"567890");
    assert_eq!((longer.status, longer.code().as_str()), (413, "TOO_LARGE"));
    assert_eq!(piece(5, b"").status, 204, "nothing more");
    assert_eq!(piece(5, b"56789").status, 204);
    assert_eq!(piece(10, b"x").status, 413);
    assert_eq!(kept(&house, &place), b"0123456789");

    // Another account has no such upload.
    let other = house.member(AccountKind::Unit, OTHER_UNIT, OTHER_CODE);
    let typed = house.log_in(&other);
    house.bound(&typed, &other.account, &LOCKS.other);
    let (other, _) = house.by_lock(&LOCKS.other);
    assert_eq!(house.tus(&other, "HEAD", &place, &[], b"").status, 404);
    assert_eq!(house.piece(&other, &place, 10, b"").code(), "NOT_FOUND");
    assert_eq!(house.tus(&other, "DELETE", &place, &[], b"").code(), "NOT_FOUND");
    let upload = place.strip_prefix("/api/uploads/").unwrap();
    assert_eq!(house.post(&other, "/api/seals", &json!({"upload": upload})).code(), "NOT_FOUND");
    assert_eq!(offset(&house, &session, &place), 10);
}

#[test]
fn what_breaks_off_stays() {
    let (house, session, _) = house();
    let bytes = noise(2_000_000, 9);
    let place = house.announce(&session, bytes.len()).header("location").to_owned();
    let mut at = 0;
    for sent in [300_000, 1_000_000] {
        let mut stream = TcpStream::connect(("127.0.0.1", house.site.port)).unwrap();
        write!(
            stream,
            "PATCH {place} HTTP/1.1\r\nhost: localhost\r\norigin: {}\r\ncookie: {}\r\nx-calock-csrf: {}\r\ntus-resumable: 1.0.0\r\n\
             upload-offset: {at}\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
            house.site.origin, session.cookie, session.csrf, bytes.len() - at,
        )
        .unwrap();
        stream.write_all(&bytes[at..at + sent]).unwrap();
        // Once it says so, once it is just gone.
        if at == 0 {
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let _ = stream.read(&mut [0; 1024]);
        }
        drop(stream);
        let (start, expected) = (Instant::now(), at + sent);
        while offset(&house, &session, &place) != expected {
            assert!(start.elapsed() < Duration::from_secs(10), "{} of {expected}", offset(&house, &session, &place));
            std::thread::sleep(Duration::from_millis(20));
        }
        at = expected;
    }
    assert_eq!(house.piece(&session, &place, at, &bytes[at..]).status, 204);
    assert!(kept(&house, &place) == bytes);
}

#[test]
fn what_nobody_goes_on_with_expires() {
    let (house, session, _) = house();
    let place = house.announce(&session, 300_000).header("location").to_owned();
    let pass = |hours: u64| {
        house.site.clock.fetch_add(hours * 60 * 60, Ordering::SeqCst);
        house.by_lock(&LOCKS.main).0
    };
    let session = pass(23);
    assert_eq!(house.piece(&session, &place, 0, &noise(200_000, 3)).status, 204);
    // A day counts from the last piece; sweeping in between takes nothing.
    let session = pass(23);
    house.site.runtime.block_on(house.site.portal.store().purge(house.site.now())).unwrap();
    assert_eq!(offset(&house, &session, &place), 200_000);
    let session = pass(2);
    assert_eq!(house.tus(&session, "HEAD", &place, &[], b"").status, 404);
    assert_eq!(house.piece(&session, &place, 200_000, b"x").code(), "NOT_FOUND");
    house.site.runtime.block_on(house.site.portal.store().purge(house.site.now())).unwrap();
    assert!(kept(&house, &place).is_empty());
}

#[test]
fn there_is_an_end_to_what_an_account_may_have_here() {
    let mut setup = Setup::in_folder(tempfile::tempdir().unwrap().keep().as_path());
    setup.rules = rules("hunan");
    setup.limits.upload = 600;
    setup.limits.uploads = 3;
    setup.limits.account_bytes = 1_000;
    setup.trusted.push(LOCKS.root.der());
    let house = House::at(setup);
    let (session, _) = unit_in(&house);
    assert_eq!(house.announce(&session, 601).code(), "TOO_LARGE");
    let first = house.announce(&session, 600).header("location").to_owned();
    assert_eq!(house.announce(&session, 401).json()["reason"], "space");
    assert_eq!(house.announce(&session, 100).status, 201);
    assert_eq!(house.announce(&session, 100).status, 201);
    assert_eq!(house.announce(&session, 1).json()["reason"], "uploads");
    assert_eq!(house.tus(&session, "DELETE", &first, &[], b"").status, 204);
    assert_eq!(house.announce(&session, 600).status, 201);
}
