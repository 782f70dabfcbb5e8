//! Sealed documents that are posted: what is taken, what is not, and that what was taken is there.

use calock::hash::{hex, sm3};
use calock_portal::rules::May;
use calock_portal::store::AccountKind;
use serde_json::json;

use crate::house::{House, LOCKS, OTHER_CODE, OTHER_UNIT, UNIT, rules};
use crate::package::{document, package};
use crate::sealing::{changed, house, sealed, unit_in};
use crate::site::PEOPLE;

#[test]
fn a_document_with_the_units_own_seal_is_taken() {
    taken_and_kept(&House::of("hunan"));
}

/// For an empty house of hunan's.
pub fn taken_and_kept(house: &House) {
    let (session, account) = unit_in(house);
    let bytes = sealed(&LOCKS.main, &LOCKS.other, house.site.now());
    let upload = house.uploaded(&session, &bytes);
    let body = json!({"upload": upload, "signed": house.posting(&LOCKS.main, &account, &bytes)});
    let answer = house.post(&session, "/api/seals", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let receipt = answer.json();
    assert_eq!((&receipt["size"], &receipt["kind"]), (&json!(bytes.len()), &json!("ofd")));
    assert_eq!((&receipt["digest"], &receipt["name"]), (&json!(hex(&sm3(&bytes))), &json!("标书.ofd")));
    let signatures = receipt["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 1);
    assert_eq!((&signatures[0]["name"], &signatures[0]["signer"]), (&json!("示例印章"), &json!(UNIT)));
    assert_eq!(house.audited(&account)[0], "seal");

    // Who repeats it, because the answer was lost, learns the same; nothing is spent or kept twice.
    assert_eq!(house.post(&session, "/api/seals", &json!({"upload": upload})).json(), receipt);
    assert_eq!(house.post(&session, "/api/seals", &body).json(), receipt);
    assert_eq!(house.get(&session, "/api/seals").json(), json!({"seals": [receipt]}));
    let path = format!("/api/seals/{upload}");
    assert_eq!(house.get(&session, &path).json(), receipt);
    let events = house.get(&session, "/api/events").json();
    assert_eq!((&events["events"][0]["action"], &events["events"][0]["object"]), (&json!("seal"), &json!(upload)));

    // The file, for the unit and for the administration, and for nobody else.
    let files =
        [(&session, format!("{path}/file")), (&house.admin, format!("/api/admin/attachments/{upload}/document"))];
    for (who, path) in files {
        let file = house.get(who, &path);
        assert!(file.body == bytes, "{path}: {}", file.status);
        assert_eq!(file.header("content-type"), "application/ofd");
        assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''%E6%A0%87%E4%B9%A6.ofd");
    }
    let other = house.member(AccountKind::Unit, OTHER_UNIT, OTHER_CODE);
    let other = house.log_in(&other);
    for path in [path.clone(), format!("{path}/file")] {
        assert_eq!(house.get(&other, &path).code(), "NOT_FOUND");
    }
    assert_eq!(house.get(&other, "/api/seals").json(), json!({"seals": []}));
    let evidence = house.get(&house.admin, &format!("/api/admin/evidence/{}", receipt["evidence"].as_str().unwrap()));
    assert!(evidence.text().contains("purpose=seal"), "{}", evidence.text());

    // It stays when everything that was not posted is forgotten.
    house.site.runtime.block_on(house.site.portal.store().purge(house.site.now() + 48 * 60 * 60)).unwrap();
    let (session, _) = house.by_lock(&LOCKS.main);
    assert!(house.get(&session, &format!("{path}/file")).body == bytes);
}

#[test]
fn the_statement_may_come_before_the_document_has_arrived() {
    let (house, session, account) = house();
    let bytes = sealed(&LOCKS.main, &LOCKS.other, house.site.now());
    let place = house.announce(&session, bytes.len()).header("location").to_owned();
    let upload = place.strip_prefix("/api/uploads/").unwrap();
    let post = |signed: Option<serde_json::Value>| {
        let body = signed.map_or(json!({"upload": upload}), |signed| json!({"upload": upload, "signed": signed}));
        house.post(&session, "/api/seals", &body)
    };
    assert_eq!(post(None).json()["reason"], "incomplete");
    let statement = house.posting(&LOCKS.main, &account, &bytes);
    let waiting = post(Some(statement.clone()));
    assert_eq!((waiting.status, waiting.json()["offset"].clone()), (202, json!(0)), "{}", waiting.text());
    assert_eq!(post(Some(statement)).code(), "NONCE_USED");
    assert_eq!(post(Some(house.posting(&LOCKS.second, &account, &bytes))).code(), "KEY_NOT_BOUND");
    // Longer than any nonce lives.
    house.piece(&session, &place, 0, &bytes[..100]);
    house.site.clock.fetch_add(20 * 60, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(house.piece(&session, &place, 100, &bytes[100..]).status, 204);
    let answer = post(None);
    assert_eq!((answer.status, answer.json()["digest"].clone()), (200, json!(hex(&sm3(&bytes)))), "{}", answer.text());
}

#[test]
fn a_statement_is_for_this_document_and_by_who_sealed_it() {
    let (house, session, account) = house();
    let bytes = sealed(&LOCKS.main, &LOCKS.other, house.site.now());
    let upload = house.uploaded(&session, &bytes);
    let post = |signed| house.post(&session, "/api/seals", &json!({"upload": upload, "signed": signed}));
    assert_eq!(house.post(&session, "/api/seals", &json!({"upload": upload})).json()["reason"], "statement");
    assert_eq!(post(house.posting(&LOCKS.main, &account, b"another document")).code(), "PAYLOAD_MISMATCH");
    assert_eq!(post(house.signed(&LOCKS.main, "seal", &account, None)).code(), "PAYLOAD_MISMATCH", "no digest");
    assert_eq!(post(house.posting(&LOCKS.second, &account, &bytes)).code(), "SEAL_MISMATCH", "sealed by another lock");
    assert_eq!(post(house.posting(&LOCKS.main, "somebody else's", &bytes)).code(), "ACCOUNT_MISMATCH");
    let submit = house.signed(&LOCKS.main, "submit", &account, Some("a form"));
    assert_eq!(post(submit).code(), "PURPOSE_MISMATCH");
    // A lock of the unit that is not bound here seals nothing here.
    let second = sealed(&LOCKS.second, &LOCKS.other, house.site.now());
    assert_eq!(house.send_sealed(&session, &account, &LOCKS.second, &second).code(), "KEY_NOT_BOUND");
    // None of that spent the upload or kept anything.
    assert_eq!(house.get(&session, "/api/seals").json(), json!({"seals": []}));
    assert!(!house.audited(&account).contains(&"seal".into()));
    assert_eq!(post(house.posting(&LOCKS.main, &account, &bytes)).status, 200);
}

#[test]
fn a_document_that_somebody_else_sealed_is_not_taken() {
    let (house, session, account) = house();
    let bytes = sealed(&LOCKS.other, &LOCKS.second, house.site.now());
    let answer = house.send_sealed(&session, &account, &LOCKS.main, &bytes);
    assert_eq!((answer.status, answer.code().as_str()), (403, "CODE_MISMATCH"));
}

#[test]
fn one_changed_byte_is_noticed() {
    let (house, session, account) = house();
    let bytes = sealed(&LOCKS.main, &LOCKS.other, house.site.now());
    let post = |bytes: &[u8]| house.send_sealed(&session, &account, &LOCKS.main, bytes).code();
    assert_eq!(post(&changed(&bytes, "Doc_0/Pages/Page_2/Content.xml")), "DOCUMENT_CHANGED");
    assert_eq!(post(&package(&document(2))), "DOCUMENT_INCOMPLETE", "no seal at all");
    assert_eq!(post(b"not a document"), "DOCUMENT_UNREADABLE");
}

#[test]
fn a_seal_needs_a_maker_whom_the_portal_trusts() {
    let (house, session, account) = house();
    let post = |bytes: &[u8]| house.send_sealed(&session, &account, &LOCKS.main, bytes).code();
    assert_eq!(post(&sealed(&LOCKS.main, &LOCKS.main, house.site.now())), "SEAL_INVALID", "made by its own signer");
    assert_eq!(post(&sealed(&LOCKS.main, &PEOPLE.stranger, house.site.now())), "CHAIN_UNTRUSTED");
}

#[test]
fn who_may_not_seal_is_told_so_before_anything_is_sent() {
    let mut profile = rules("hunan");
    profile.products.iter_mut().for_each(|product| product.may.retain(|may| *may != May::Seal));
    let house = House::with(profile);
    let member = house.unit();
    let typed = house.log_in(&member);
    let post = |session| house.post(session, "/api/seals", &json!({"upload": "anything"}));
    assert_eq!(house.announce(&typed, 100).code(), "NEED_CA_TO_SUBMIT");
    assert_eq!(post(&typed).code(), "NEED_CA_TO_SUBMIT");
    house.bound(&typed, &member.account, &LOCKS.main);
    let (session, _) = house.by_lock(&LOCKS.main);
    assert_eq!(house.announce(&session, 100).code(), "NO_SEAL");
    assert_eq!(post(&session).code(), "NO_SEAL");
    let [kind, origin, cookie, _] = house.headers(&session);
    let nobody = house.site.post_raw("/api/seals", &[kind, origin], b"{}");
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "NOT_LOGGED_IN"));
    assert_eq!(house.site.post_raw("/api/seals", &[kind, origin, cookie], b"{}").code(), "CSRF_MISSING");
}
