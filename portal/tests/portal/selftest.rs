//! 一键检测: what the portal sees, and that nothing comes of it.

use std::sync::atomic::Ordering;

use base64ct::{Base64, Encoding};
use calock_portal::rules::builtin;
use serde_json::{Value, json};

use crate::openssl::Signer;
use crate::site::{PEOPLE, Setup, Site, USCC, signed};

fn look(site: &Site, signer: &Signer) -> Value {
    let certificate = Base64::encode_string(&signer.der());
    let answer = site.post("/api/selftest/certificate", &json!({"certificate": certificate}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn statement(site: &Site, signer: &Signer, purpose: &str) -> Value {
    let challenge = site.post("/api/challenge", &json!({"purpose": purpose})).json();
    signed(signer, &site.origin, &challenge)
}

#[test]
fn a_certificate_is_looked_at_as_a_login_would() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let seen = look(&site, &PEOPLE.sm2);
    assert_eq!(seen["refusal"], Value::Null, "{seen}");
    assert_eq!(seen["holder"]["code"], USCC);
    assert_eq!((&seen["holder"]["kind"], &seen["holder"]["algorithm"]), (&json!("enterprise"), &json!("SM2-SM3")));
    let chain = seen["chain"].as_array().unwrap();
    assert_eq!(chain.len(), 2, "{seen}");
    assert!(chain.iter().all(|link| !link["subject"].as_str().unwrap().is_empty()), "{seen}");
    assert_eq!(seen["product"]["may"][0], "log-in");
    assert!(seen["product"]["title"]["zh"].is_string());
    assert!(seen["at"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn what_stands_against_a_certificate_is_told_in_a_logins_order() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let stranger = look(&site, &PEOPLE.stranger);
    assert_eq!((&stranger["refusal"]["code"], &stranger["chain"]), (&json!("CHAIN_UNTRUSTED"), &Value::Null));
    assert!(stranger["refusal"]["message"]["zh"].is_string());
    site.clock.fetch_add(400 * 86_400 * 10, Ordering::SeqCst);
    assert_eq!(look(&site, &PEOPLE.sm2)["refusal"]["code"], "CERT_EXPIRED");

    // A CA that the portal trusts and no product of this profile comes from.
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::in_folder(folder.path());
    setup.rules = builtin("daxing").unwrap();
    let site = setup.start();
    let seen = look(&site, &PEOPLE.sm2);
    assert_eq!((&seen["refusal"]["code"], &seen["product"]), (&json!("PRODUCT_NOT_ACCEPTED"), &Value::Null));
    assert!(seen["chain"].is_array(), "the chain is good all the same");
}

#[test]
fn a_test_signature_is_judged_and_nothing_comes_of_it() {
    for signer in [&PEOPLE.sm2, &PEOPLE.rsa, &PEOPLE.p256] {
        let folder = tempfile::tempdir().unwrap();
        let site = Setup::in_folder(folder.path()).start();
        let posted = statement(&site, signer, "selftest");
        let answer = site.post("/api/selftest", &posted);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["refusal"], Value::Null);
        assert_eq!(answer.json()["holder"]["name"], "示例建设有限公司");
        assert_eq!(answer.header("set-cookie"), "", "no session");
        // The nonce is spent.
        let again = site.post("/api/selftest", &posted);
        assert_eq!((again.status, again.code().as_str()), (409, "NONCE_USED"));
    }
}

#[test]
fn a_test_signature_logs_nobody_in_and_a_login_tests_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let test = statement(&site, &PEOPLE.sm2, "selftest");
    assert_eq!(site.post("/api/login", &test).code(), "PURPOSE_MISMATCH");
    let login = statement(&site, &PEOPLE.sm2, "login");
    assert_eq!(site.post("/api/selftest", &login).code(), "PURPOSE_MISMATCH");
    // Refused posts have spent nothing.
    assert_eq!(site.post("/api/selftest", &test).status, 200);
    assert_eq!(site.post("/api/login", &login).status, 200);
}

#[test]
fn a_test_signature_that_is_wrong_is_refused_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let mut posted = statement(&site, &PEOPLE.sm2, "selftest");
    posted["signature"] = statement(&site, &PEOPLE.sm2, "selftest")["signature"].clone();
    assert_eq!(site.post("/api/selftest", &posted).code(), "SIGNATURE_INVALID");
    assert_eq!(site.post("/api/selftest", &statement(&site, &PEOPLE.stranger, "selftest")).code(), "CHAIN_UNTRUSTED");
    let challenge = site.post("/api/challenge", &json!({"purpose": "selftest", "account": "somebody"})).json();
    let bound = signed(&PEOPLE.sm2, &site.origin, &challenge);
    assert_eq!(site.post("/api/selftest", &bound).code(), "ACCOUNT_MISMATCH");
}

#[test]
fn rubbish_is_no_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    for (certificate, code) in [("!", "BAD_REQUEST"), ("AAAA", "CERT_UNREADABLE"), ("", "CERT_UNREADABLE")] {
        let answer = site.post("/api/selftest/certificate", &json!({"certificate": certificate}));
        assert_eq!(answer.code(), code, "{certificate}");
    }
}
