//! The same vectors as native code, judged by the wasm that a browser runs: other word size, other optimisation, and the page's
//! own way through an SM2 check.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic)]

use base64ct::{Base64, Encoding as _};
use calock::certificate::{Certificate, PublicKey};
use calock::hash::{hex, parse_digest};
use calock::signature::{normalise, sm2_check, sm2_digest, verify};
use calock::statement::{Purpose, Statement};
use serde_json::Value;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The vectors that a backend accepts, with what was posted.
fn accepted() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("vectors/statement.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap().clone();
    let accepted: Vec<Value> = vectors.into_iter().filter(|vector| vector["verdict"] == "OK").collect();
    assert!(accepted.len() >= 6, "{} vectors", accepted.len());
    accepted
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

fn certificate(posted: &Value) -> Certificate {
    Certificate::from_der(&Base64::decode_vec(text(posted, "certificate")).unwrap()).unwrap()
}

fn statement(posted: &Value, certificate: &Certificate) -> String {
    let statement = Statement {
        purpose: Purpose::parse(text(posted, "purpose")).unwrap(),
        origin: text(posted, "origin").to_owned(),
        nonce: text(posted, "nonce").to_owned(),
        client: text(posted, "client").to_owned(),
        account: posted["account"].as_str().map(str::to_owned),
        certificate_digest: certificate.digest(),
        payload: posted["payload"].as_str().and_then(parse_digest),
        time: text(posted, "time").to_owned(),
    };
    statement.text().unwrap()
}

#[wasm_bindgen_test]
fn statements_and_signatures_are_the_vectors() {
    for vector in accepted() {
        let posted = &vector["posted"];
        let certificate = certificate(posted);
        let text = statement(posted, &certificate);
        assert_eq!(text, vector["text"].as_str().unwrap(), "{}", vector["name"]);
        let signature = normalise(certificate.key(), posted["signature"].as_str().unwrap().as_bytes()).unwrap();
        verify(certificate.key(), text.as_bytes(), &signature).unwrap();
        assert!(verify(certificate.key(), &text.as_bytes()[1..], &signature).is_err(), "{}", vector["name"]);
    }
}

#[wasm_bindgen_test]
fn the_pages_own_sm2_check_agrees() {
    let mut checked = 0;
    for vector in accepted() {
        let posted = &vector["posted"];
        let certificate = certificate(posted);
        let PublicKey::Sm2(point) = certificate.key() else { continue };
        let e = sm2_digest(point, statement(posted, &certificate).as_bytes()).unwrap();
        assert_eq!(hex(&e), vector["e"].as_str().unwrap());
        let signature = normalise(certificate.key(), posted["signature"].as_str().unwrap().as_bytes()).unwrap();
        sm2_check(point, &e, &signature).unwrap();
        let mut other = e;
        other[31] ^= 1;
        assert!(sm2_check(point, &other, &signature).is_err());
        checked += 1;
    }
    assert!(checked >= 3, "{checked} SM2 vectors");
}

#[wasm_bindgen_test]
fn holders_are_named_as_in_the_vectors() {
    for vector in accepted() {
        let holder = calock::certificate::holder(&certificate(&vector["posted"]), calock::text::GBK);
        assert_eq!(holder.name, vector["holder"]["name"].as_str().unwrap());
        assert_eq!(holder.kind.as_str(), vector["holder"]["kind"].as_str().unwrap());
    }
}
