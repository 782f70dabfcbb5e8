//! The test CA's counter. Requests are made by OpenSSL and what is delivered is read by OpenSSL.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::openssl::{self, DISTID};
use crate::site::{Setup, Site};

/// An SM2 key and a request that it signed with an id, both by OpenSSL; base64 of the request.
fn request(folder: &Path, name: &str, id: &str) -> String {
    let (key, file) = (format!("{name}.key"), format!("{name}.csr"));
    assert!(openssl::content(folder, &["genpkey", "-algorithm", "SM2", "-out", &key]));
    let made = ["req", "-new", "-key", &key, "-sm3", "-sigopt", id, "-subj", "/C=CN/CN=lock", "-outform", "DER"];
    assert!(openssl::content(folder, &[&made[..], &["-out", &file]].concat()));
    Base64::encode_string(&std::fs::read(folder.join(file)).unwrap())
}

fn authorise(site: &Site) -> String {
    let answer = site.post("/api/ca/authorisations", &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["code"].as_str().unwrap().to_owned()
}

fn issue(site: &Site, code: &str, request: &str) -> crate::site::Answer {
    site.post("/api/ca/certificates", &json!({"code": code, "request": request}))
}

fn bytes(delivered: &Value, field: &str) -> Vec<u8> {
    Base64::decode_vec(delivered[field].as_str().unwrap()).unwrap()
}

/// What OpenSSL says of a certificate.
fn read(folder: &Path, der: &[u8]) -> String {
    std::fs::write(folder.join("read.der"), der).unwrap();
    let arguments = ["x509", "-inform", "DER", "-in", "read.der", "-noout", "-text", "-nameopt", "utf8"];
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_code_makes_two_certificates_for_one_holder_and_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let code = authorise(&site);
    let order = site.post("/api/ca/orders", &json!({"code": code.to_lowercase().replace('-', " ")})).json();
    assert_eq!((&order["begun"], &order["holder"]["name"]), (&json!(false), &json!("示例建设有限公司")));

    let first = request(folder.path(), "first", DISTID);
    let delivered = issue(&site, &code, &first);
    assert_eq!((delivered.status, delivered.header("content-type")), (200, "application/json"));
    let delivered = delivered.json();
    let [signing, encryption] =
        ["certificate", "encryptionCertificate"].map(|field| read(folder.path(), &bytes(&delivered, field)));
    for text in [&signing, &encryption] {
        assert!(text.contains("CN=示例建设有限公司"), "{text}");
        assert!(!text.contains("CN=lock"), "the request does not decide whom the certificate names: {text}");
    }
    assert!(signing.contains("Digital Signature") && encryption.contains("Key Encipherment"));
    assert_eq!(bytes(&delivered, "envelopedKey").len(), 388);
    // The certified key is the request's.
    std::fs::write(folder.path().join("signing.der"), bytes(&delivered, "certificate")).unwrap();
    let public = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(
        public(&["x509", "-inform", "DER", "-in", "signing.der", "-noout", "-pubkey"]),
        public(&["pkey", "-in", "first.key", "-pubout"])
    );

    // The same key gets the same again, any other nothing; also after the code's last day.
    assert_eq!(issue(&site, &code, &first).json(), delivered);
    let second = request(folder.path(), "second", DISTID);
    assert_eq!(issue(&site, &code, &second).code(), "AUTHORISATION_USED");
    site.clock.fetch_add(8 * 86_400, Ordering::SeqCst);
    assert_eq!(issue(&site, &code, &first).json(), delivered);
    assert_eq!(site.post("/api/ca/orders", &json!({"code": code})).json()["begun"], json!(true));
}

#[test]
fn what_is_refused_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let good = request(folder.path(), "good", DISTID);
    for unknown in ["ABCD-EFGH-JKLM", "", "x", "ABCD-EFGH-JKLM-NPQR", "授权码"] {
        let answer = issue(&site, unknown, &good);
        assert_eq!((answer.status, answer.code().as_str()), (403, "AUTHORISATION_UNKNOWN"), "{unknown}");
        assert_eq!(site.post("/api/ca/orders", &json!({"code": unknown})).code(), "AUTHORISATION_UNKNOWN");
    }
    let code = authorise(&site);
    // Signed with another id: another Z, so the signature is none.
    let foreign = request(folder.path(), "foreign", "distid:8765432187654321");
    let mut spoiled = Base64::decode_vec(&good).unwrap();
    let last = spoiled.len() - 1;
    spoiled[last] ^= 1;
    let certificate = Base64::encode_string(&crate::site::PEOPLE.sm2.der());
    for bad in [foreign, Base64::encode_string(&spoiled), certificate, "AAAA".into(), String::new()] {
        let answer = issue(&site, &code, &bad);
        assert_eq!((answer.status, answer.code().as_str()), (400, "REQUEST_INVALID"));
    }
    assert_eq!(issue(&site, &code, "not base64!").code(), "BAD_REQUEST");
    // None of these spent the code.
    assert_eq!(issue(&site, &code, &good).status, 200);
    let another = authorise(&site);
    let answer = issue(&site, &another, &good);
    assert_eq!((answer.status, answer.code().as_str()), (409, "KEY_CERTIFIED"));
    site.clock.fetch_add(7 * 86_400, Ordering::SeqCst);
    let late = request(folder.path(), "late", DISTID);
    let answer = issue(&site, &another, &late);
    assert_eq!((answer.status, answer.code().as_str()), (409, "AUTHORISATION_EXPIRED"));
    assert_eq!(site.post("/api/ca/orders", &json!({"code": another})).code(), "AUTHORISATION_EXPIRED");
}

#[test]
fn of_many_keys_at_the_same_moment_one_gets_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let code = authorise(&site);
    let requests: Vec<String> = (0..6).map(|at| request(folder.path(), &format!("key{at}"), DISTID)).collect();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let posts: Vec<_> = requests.iter().map(|one| scope.spawn(|| issue(&site, &code, one).status)).collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 5, "{answers:?}");
}

#[test]
fn only_the_portals_own_pages_ask_and_only_in_a_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let foreign = site.post_raw("/api/ca/authorisations", &[("origin", "https://evil.example")], b"");
    assert_eq!((foreign.status, foreign.code().as_str()), (403, "FORBIDDEN_ORIGIN"));
    assert_eq!(site.get("/api/ca/orders", &[]).status, 405);
    assert_eq!(site.post("/api/ca/nowhere", &json!({})).code(), "NOT_FOUND");

    let folder = tempfile::tempdir().unwrap();
    let site = Setup { demonstration: false, ..Setup::in_folder(folder.path()) }.start();
    assert_eq!(site.post("/api/ca/authorisations", &json!({})).code(), "NOT_FOUND");
    assert_eq!(site.post("/api/ca/orders", &json!({"code": "ABCD-EFGH-JKLM"})).code(), "NOT_FOUND");
    assert_eq!(issue(&site, "ABCD-EFGH-JKLM", "AAAA").code(), "NOT_FOUND");
}
