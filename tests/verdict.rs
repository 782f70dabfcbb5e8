//! The verdict over the vectors, and the single checks of `verify_detached`.
//!
//! `UPDATE_VECTORS=1 cargo test --test verdict` writes the vectors again.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/issue.rs"]
mod issue;
#[path = "support/vectors.rs"]
mod vectors;

use base64ct::{Base64, Encoding};
use calock::Code;
use calock::certificate::Certificate;
use calock::hash::parse_digest;
use calock::statement::Purpose;
use calock::text::GBK;
use calock::trust::TrustList;
use calock::verdict::{Check, Expected, Issued, NonceState, Presented, judge, verify_detached};
use issue::{CN, Ca, FROM, Key, O, TO, basic_constraints, key_usage, name, subject_key};
use serde_json::Value;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/statement.json");

fn stored() -> Value {
    serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap()
}

#[test]
fn the_stored_vectors_are_what_the_source_makes() {
    let made = vectors::file();
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(PATH, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
    }
    assert_eq!(made, stored(), "UPDATE_VECTORS=1 writes them again");
}

fn presented(posted: &Value) -> Presented {
    let text = |name: &str| posted[name].as_str().unwrap().to_string();
    let bytes = |name: &str| Base64::decode_vec(posted[name].as_str().unwrap()).unwrap();
    Presented {
        format: text("format"),
        purpose: text("purpose"),
        origin: text("origin"),
        nonce: text("nonce"),
        client: text("client"),
        account: posted["account"].as_str().map(String::from),
        payload: posted["payload"].as_str().map(String::from),
        time: text("time"),
        certificate: bytes("certificate"),
        algorithm: text("algorithm"),
        signature: bytes("signature"),
        software: text("software"),
    }
}

fn nonce(known: &Value) -> NonceState<'_> {
    match known["state"].as_str().unwrap() {
        "fresh" => NonceState::Fresh(Issued {
            nonce: known["nonce"].as_str().unwrap(),
            purpose: Purpose::parse(known["purpose"].as_str().unwrap()).unwrap(),
            account: known["account"].as_str(),
            payload: known["payload"].as_str().map(|hex| parse_digest(hex).unwrap()),
            time: known["time"].as_str().unwrap(),
        }),
        "used" => NonceState::Used,
        "expired" => NonceState::Expired,
        "unknown" => NonceState::Unknown,
        other => panic!("{other}"),
    }
}

#[test]
fn every_vector_ends_in_its_verdict() {
    let file = stored();
    let mut trust = TrustList::default();
    for anchor in file["trust"].as_array().unwrap() {
        trust.add_der(&Base64::decode_vec(anchor.as_str().unwrap()).unwrap()).unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    for vector in file["vectors"].as_array().unwrap() {
        let expected = Expected {
            purpose: Purpose::parse(vector["expected"]["purpose"].as_str().unwrap()).unwrap(),
            origin: vector["expected"]["origin"].as_str().unwrap(),
            nonce: nonce(&vector["expected"]["nonce"]),
            now: file["now"].as_u64().unwrap(),
            max_age_seconds: file["maxAge"].as_u64().unwrap(),
            revocations: None,
            require_status: false,
            trust: &trust,
            gbk: GBK,
        };
        let verdict = vector["verdict"].as_str().unwrap();
        seen.insert(verdict);
        match judge(&presented(&vector["posted"]), &expected) {
            Ok(accepted) => {
                assert_eq!(verdict, "OK", "{}", vector["name"]);
                assert_eq!(vector["text"], accepted.statement);
                assert_eq!(vector["holder"]["name"], accepted.holder.name);
                assert_eq!(vector["holder"]["kind"], accepted.holder.kind.as_str());
                assert_eq!(vector["holder"]["fingerprint"], accepted.certificate.fingerprint());
            }
            Err(error) => assert_eq!(verdict, error.code.as_str(), "{}: {error}", vector["name"]),
        }
    }
    assert_eq!(seen.len(), 18, "{seen:?}");
}

/// An SM2 root, an intermediate, and a holder's signature over some data.
struct World {
    root: Ca,
    sub: Ca,
    key: Key,
}

impl World {
    fn new() -> Self {
        let root = Ca::root(Key::sm2("root"), "根");
        let sub = root.sub(Key::sm2("sub"), "中间", Some(0));
        Self { root, sub, key: Key::sm2("holder") }
    }

    fn leaf(&self) -> issue::Draft {
        self.sub.draft(name(&[(O, "示例建设工程有限公司"), (CN, "示例建设工程有限公司")]), &self.key)
    }

    fn trust(&self) -> TrustList {
        TrustList::new([&self.root.der, &self.sub.der].map(|der| Certificate::from_der(der).unwrap()))
    }
}

const DATA: &[u8] = b"signed bytes";

#[test]
fn single_checks() {
    let world = World::new();
    let trust = world.trust();
    let certificate = Certificate::from_der(&world.leaf().issue(&world.sub.key)).unwrap();
    let signature = world.key.sign(DATA);
    let raw = calock::signature::raw(&signature).unwrap();
    for form in
        [signature.clone(), raw.to_vec(), Base64::encode_string(&signature).into(), Base64::encode_string(&raw).into()]
    {
        let checks = verify_detached(&certificate, DATA, &form, Some(&trust), None, FROM, GBK);
        assert!(checks.is_valid(), "{checks:?}");
        assert_eq!((checks.chain, checks.status), (Check::Ok, Check::NotChecked));
    }
    let checks = |data, at, trust| verify_detached(&certificate, data, &signature, trust, None, at, GBK);
    assert_eq!(checks(b"other", FROM, None).code, Some(Code::SignatureInvalid));
    assert_eq!(checks(DATA, FROM, None).chain, Check::NotChecked);
    let late = checks(DATA, TO + 1, Some(&trust));
    assert_eq!((late.signature, late.dates), (Check::Ok, Check::Failed(Code::CertExpired)));
    assert_eq!((late.chain, late.code), (Check::Ok, Some(Code::CertExpired)));
    let empty = TrustList::default();
    assert_eq!(checks(DATA, FROM, Some(&empty)).code, Some(Code::ChainUntrusted));
    let mut draft = world.leaf();
    draft.extensions[0] = key_usage(&[2, 3, 4]);
    let encryption = Certificate::from_der(&draft.issue(&world.sub.key)).unwrap();
    let checks = verify_detached(&encryption, DATA, &signature, Some(&trust), None, FROM, GBK);
    assert_eq!((checks.usage, checks.code), (Check::Failed(Code::CertUsage), Some(Code::CertUsage)));
}

#[test]
fn chains() {
    let world = World::new();
    let leaf = Certificate::from_der(&world.leaf().issue(&world.sub.key)).unwrap();
    let code = |list: &TrustList, leaf: &Certificate| list.chain(leaf, FROM).map(|way| way.len()).map_err(|e| e.code);
    assert_eq!(code(&world.trust(), &leaf), Ok(3));

    // An intermediate alone leads nowhere, unless it is made an anchor; a leaf can be one too.
    let sub = Certificate::from_der(&world.sub.der).unwrap();
    let mut list = TrustList::new([sub.clone()]);
    assert_eq!(code(&list, &leaf), Err(Code::ChainUntrusted));
    list.add_anchor(sub);
    assert_eq!((list.len(), code(&list, &leaf)), (1, Ok(2)));
    let mut list = TrustList::default();
    list.add_anchor(leaf.clone());
    assert_eq!(code(&list, &leaf), Ok(1));

    // A CA below one with path length 0, a leaf as CA, a CA without its flag, one that may not issue.
    let below = world.sub.sub(Key::sm2("below"), "更下", None);
    let mut list = world.trust();
    list.add_der(&below.der).unwrap();
    let leaf_below = below.draft(name(&[(CN, "下")]), &world.key).issue(&below.key);
    assert_eq!(code(&list, &Certificate::from_der(&leaf_below).unwrap()), Err(Code::ChainInvalid));
    for (flag, usage) in [(false, &[5u8][..]), (true, &[0u8, 1][..])] {
        let key = Key::sm2("no CA");
        let draft = world.root.draft(name(&[(CN, "不是CA")]), &key);
        let mut draft = draft.with(basic_constraints(flag, None)).with(subject_key(&key.id()));
        draft.extensions[0] = key_usage(usage);
        let der = draft.issue(&world.root.key);
        let mut list = world.trust();
        list.add_intermediate(Certificate::from_der(&der).unwrap());
        let fake = Ca { name: name(&[(CN, "不是CA")]), key, der };
        let leaf = fake.draft(name(&[(CN, "下")]), &world.key).issue(&fake.key);
        assert_eq!(code(&list, &Certificate::from_der(&leaf).unwrap()), Err(Code::ChainInvalid));
    }

    // An issuer outside its dates; a critical extension nobody knows.
    let mut old = issue::Draft::new(world.root.name.clone(), world.sub.name.clone(), &world.sub.key)
        .with(basic_constraints(true, None))
        .with(subject_key(&world.sub.key.id()));
    (old.from, old.to) = (FROM - 20, FROM - 10);
    let list =
        TrustList::new([&world.root.der, &old.issue(&world.root.key)].map(|der| Certificate::from_der(der).unwrap()));
    assert_eq!(code(&list, &leaf), Err(Code::ChainInvalid));
    let odd = world.leaf().with(issue::extension("1.2.3.4", true, &[5, 0])).issue(&world.sub.key);
    assert_eq!(code(&world.trust(), &Certificate::from_der(&odd).unwrap()), Err(Code::ChainInvalid));

    // The same CA twice under one key id, the outdated one first: the other is found.
    let mut list =
        TrustList::new([&world.root.der, &old.issue(&world.root.key)].map(|der| Certificate::from_der(der).unwrap()));
    list.add_der(&world.sub.der).unwrap();
    assert_eq!(code(&list, &leaf), Ok(3));
}

#[test]
fn a_link_that_was_checked_is_known_by_all_of_its_bytes() {
    let world = World::new();
    let trust = world.trust();
    let der = world.leaf().issue(&world.sub.key);
    let leaf = Certificate::from_der(&der).unwrap();
    let code = |leaf: &Certificate, at| trust.chain(leaf, at).map(|way| way.len()).map_err(|error| error.code);
    for _ in 0..2 {
        assert_eq!(code(&leaf, FROM), Ok(3));
        // What may change since then is asked for again.
        assert_eq!(code(&leaf, TO + 1), Err(Code::CertExpired));
        // The same certificate under another signature is another certificate.
        let mut forged = der.clone();
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(code(&Certificate::from_der(&forged).unwrap(), FROM), Err(Code::ChainInvalid));
    }
}

#[test]
fn loops_and_crowds_end() {
    // Two CAs that certify each other, and a hundred of the same name and key id.
    let (one, two) = (Ca::root(Key::sm2("one"), "一"), Ca::root(Key::sm2("two"), "二"));
    let cross = |issuer: &Ca, subject: &Ca, serial| {
        let mut draft = issue::Draft::new(issuer.name.clone(), subject.name.clone(), &subject.key)
            .with(basic_constraints(true, None))
            .with(subject_key(&subject.key.id()))
            .with(issue::authority_key(&issuer.key.id()));
        draft.serial = serial;
        Certificate::from_der(&draft.issue(&issuer.key)).unwrap()
    };
    let mut list = TrustList::default();
    for serial in 1..50 {
        list.add_intermediate(cross(&one, &two, serial));
        list.add_intermediate(cross(&two, &one, serial));
    }
    let leaf = one.draft(name(&[(CN, "下")]), &Key::sm2("holder")).issue(&one.key);
    let leaf = Certificate::from_der(&leaf).unwrap();
    let started = std::time::Instant::now();
    assert_eq!(list.chain(&leaf, FROM).unwrap_err().code, Code::ChainUntrusted);
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn chains_of_other_keys() {
    for (root, holder) in [(Key::rsa(), Key::p256("holder")), (Key::p256("root"), Key::rsa())] {
        let root = Ca::root(root, "根");
        let der = root.draft(name(&[(CN, "示例")]), &holder).issue(&root.key);
        let leaf = Certificate::from_der(&der).unwrap();
        let list = TrustList::new([Certificate::from_der(&root.der).unwrap()]);
        assert!(verify_detached(&leaf, DATA, &holder.sign(DATA), Some(&list), None, FROM, GBK).is_valid());
        // Its AKI and name point to the root, its signature does not come from it.
        let forged = root.draft(name(&[(CN, "示例")]), &holder).issue(&Key::sm2("stranger"));
        let forged = Certificate::from_der(&forged).unwrap();
        assert_eq!(list.chain(&forged, FROM).unwrap_err().code, Code::ChainInvalid);
    }
}
