//! Sealed documents that are sent in. They are sealed as anybody does it: through the module, with OpenSSL as the lock.

use calock::certificate::Certificate;
use calock::hash::{hex, sm3};
use calock::seal::ofd::{Order, Package, prepare};
use calock::seal::placement::Placement;
use calock::seal::ses::{NewSeal, assemble_seal};
use calock::seal::{Seal, Version, assemble};
use calock_portal::rules::May;
use serde_json::json;

use crate::house::{House, LOCKS, Session, UNIT, rules};
use crate::openssl::Signer;
use crate::package::{Entry, document, package};
use crate::site::{Answer, PEOPLE};

const YEAR: u64 = 365 * 86_400;

/// A seal that this signer may use, valid from now.
fn seal_of(signer: &Signer, maker: &Signer, now: u64) -> Seal {
    let signers = [signer.der()];
    let new = NewSeal {
        version: Version::V4,
        vendor: "calock",
        id: "TEST0001",
        kind: 1,
        name: "示例印章",
        signers: &signers,
        created: now,
        valid_from: now,
        valid_until: now + YEAR / 2,
        picture_format: "PNG",
        picture: b"\x89PNG not really",
        width: 42,
        height: 42,
    };
    let unsigned = new.prepare(&Certificate::from_der(&maker.der()).unwrap()).unwrap();
    assemble_seal(&unsigned, &maker.sign(&unsigned.signed_bytes())).unwrap()
}

/// A document of two pages, sealed on the first.
fn sealed(signer: &Signer, maker: &Signer, now: u64) -> Vec<u8> {
    let original = package(&document(2));
    let (seal, certificate) = (seal_of(signer, maker, now), Certificate::from_der(&signer.der()).unwrap());
    let place = Placement::Pages { pages: "1".parse().unwrap(), x: "120".parse().unwrap(), y: "220".parse().unwrap() };
    let order =
        Order { seal: &seal, certificate: &certificate, time: now, placements: &[place], pictures: &[], lock: false };
    let opened = Package::open(original.as_slice()).unwrap();
    let prepared = prepare(&opened, &order).unwrap();
    let signature = signer.sign(prepared.signed_bytes());
    let (_, pieces) = prepared.finish(&signature).unwrap();
    let mut made = Vec::new();
    assemble(original.as_slice(), &pieces, |bytes| {
        made.extend_from_slice(bytes);
        Ok(())
    })
    .unwrap();
    made
}

/// The same package with one byte of a part changed, its checksums right again.
fn changed(bytes: &[u8], part: &str) -> Vec<u8> {
    let opened = Package::open(bytes).unwrap();
    let mut found = false;
    let entries: Vec<Entry> = opened
        .files()
        .map(|file| {
            let mut content = opened.read(file).unwrap();
            if file.name == part {
                found = true;
                *content.last_mut().unwrap() ^= 1;
            }
            Entry::new(&file.name, content)
        })
        .collect();
    assert!(found, "{part} is there");
    package(&entries)
}

/// A house in which the unit is logged in with its lock.
fn house() -> (House, Session, String) {
    let house = House::of("hunan");
    let member = house.unit();
    let session = house.log_in(&member);
    house.bound(&session, &member.account, &LOCKS.main);
    let (session, _) = house.by_lock(&LOCKS.main);
    (house, session, member.account)
}

fn post(house: &House, session: &Session, bytes: &[u8]) -> Answer {
    house.site.post_raw("/api/seals", &house.headers(session), bytes)
}

#[test]
fn a_document_with_the_units_own_seal_is_taken() {
    let (house, session, account) = house();
    let bytes = sealed(&LOCKS.main, &LOCKS.other, house.site.now());
    let answer = post(&house, &session, &bytes);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let receipt = answer.json();
    assert_eq!((&receipt["size"], &receipt["kind"]), (&json!(bytes.len()), &json!("ofd")));
    assert_eq!(receipt["digest"], json!(hex(&sm3(&bytes))));
    let signatures = receipt["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 1);
    assert_eq!((&signatures[0]["name"], &signatures[0]["signer"]), (&json!("示例印章"), &json!(UNIT)));
    assert_eq!(house.audited(&account)[0], "seal");
    // Any lock of the unit is as good as the one that logged in.
    let other_lock = sealed(&LOCKS.second, &LOCKS.other, house.site.now());
    assert_eq!(post(&house, &session, &other_lock).status, 200);
}

#[test]
fn a_document_that_somebody_else_sealed_is_not() {
    let (house, session, account) = house();
    let bytes = sealed(&LOCKS.other, &LOCKS.second, house.site.now());
    let answer = post(&house, &session, &bytes);
    assert_eq!((answer.status, answer.code().as_str()), (403, "CODE_MISMATCH"));
    assert!(!house.audited(&account).contains(&"seal".into()));
}

#[test]
fn one_changed_byte_is_noticed() {
    let (house, session, _) = house();
    let bytes = sealed(&LOCKS.main, &LOCKS.other, house.site.now());
    assert_eq!(post(&house, &session, &changed(&bytes, "Doc_0/Pages/Page_2/Content.xml")).code(), "DOCUMENT_CHANGED");
    assert_eq!(post(&house, &session, &package(&document(2))).code(), "DOCUMENT_INCOMPLETE", "no seal at all");
    assert_eq!(post(&house, &session, b"not a document").code(), "DOCUMENT_UNREADABLE");
}

#[test]
fn a_seal_needs_a_maker_whom_the_portal_trusts() {
    let (house, session, _) = house();
    let own = sealed(&LOCKS.main, &LOCKS.main, house.site.now());
    assert_eq!(post(&house, &session, &own).code(), "SEAL_INVALID", "made by its own signer");
    let strange = sealed(&LOCKS.main, &PEOPLE.stranger, house.site.now());
    assert_eq!(post(&house, &session, &strange).code(), "CHAIN_UNTRUSTED");
}

#[test]
fn who_may_not_seal_is_told_so_before_the_document_is_judged() {
    let mut profile = rules("hunan");
    profile.products.iter_mut().for_each(|product| product.may.retain(|may| *may != May::Seal));
    let house = House::with(profile);
    let member = house.unit();
    let typed = house.log_in(&member);
    assert_eq!(post(&house, &typed, b"anything").code(), "NEED_CA_TO_SUBMIT");
    house.bound(&typed, &member.account, &LOCKS.main);
    let (session, _) = house.by_lock(&LOCKS.main);
    assert_eq!(post(&house, &session, b"anything").code(), "NO_SEAL");
    let nobody = house.site.post_raw("/api/seals", &[("origin", house.site.origin.as_str())], b"anything");
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "NOT_LOGGED_IN"));
    let [kind, origin, cookie, _] = house.headers(&session);
    let bare = house.site.post_raw("/api/seals", &[kind, origin, cookie], b"anything");
    assert_eq!(bare.code(), "CSRF_MISSING");
}

#[test]
fn a_document_over_the_limit_is_refused() {
    let (house, session, _) = house();
    let answer = post(&house, &session, &vec![0; (64 << 20) + 1]);
    assert_eq!((answer.status, answer.code().as_str()), (413, "TOO_LARGE"));
}
