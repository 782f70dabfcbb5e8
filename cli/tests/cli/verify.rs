//! `calock verify`

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::command::{Ended, PEOPLE, USCC, calock};
use crate::openssl::Signer;

/// A certificate, data and signature on disk.
struct Case {
    folder: tempfile::TempDir,
    cert: PathBuf,
}

const DATA: &[u8] = b"CALOCK1\npurpose=submit\n\x00\xff not text";

impl Case {
    fn new(signer: &Signer) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap(), cert: signer.pem() };
        case.write("data", DATA);
        case.write("signature", &signer.sign(DATA));
        fs::create_dir(case.path("trust")).unwrap();
        fs::copy(PEOPLE.root.pem(), case.path("trust/root.CRT")).unwrap();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn verify(&self, more: &[&str]) -> Ended {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let (cert, data, signature) = (text(&self.cert), text(&self.path("data")), text(&self.path("signature")));
        let mut arguments = vec!["verify", "--cert", &cert, "--data", &data, "--signature", &signature];
        arguments.extend(more);
        calock(arguments)
    }

    fn trusting(&self, more: &[&str]) -> Ended {
        let trust = self.path("trust").to_str().unwrap().to_owned();
        self.verify(&[&["--trust", &trust, "--json"], more].concat())
    }
}

fn results(report: &Value) -> Vec<&str> {
    ["signature", "dates", "usage", "chain", "status"].iter().map(|check| report[check].as_str().unwrap()).collect()
}

/// r ‖ s out of DER, by hand.
fn raw(der: &[u8]) -> Vec<u8> {
    let number = |at: usize| {
        let length = der[at + 1] as usize;
        let digits = &der[at + 2..at + 2 + length];
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        ([vec![0; 32 - digits.len()], digits.to_vec()].concat(), at + 2 + length)
    };
    let (r, next) = number(2);
    [r, number(next).0].concat()
}

#[test]
fn a_good_signature_is_valid_in_each_of_its_forms() {
    for signer in [&PEOPLE.sm2, &PEOPLE.rsa, &PEOPLE.p256] {
        let case = Case::new(signer);
        let exact = fs::read(case.path("signature")).unwrap();
        let mut forms = vec![exact.clone(), Base64::encode_string(&exact).into_bytes()];
        let wrapped: Vec<_> = Base64::encode_string(&exact).into_bytes().chunks(64).map(<[u8]>::to_vec).collect();
        forms.push([wrapped.join(&b"\r\n"[..]), b"\n".to_vec()].concat());
        if signer.kind != crate::openssl::Kind::Rsa {
            forms.push(raw(&exact));
            forms.push(Base64::encode_string(&raw(&exact)).into_bytes());
        }
        for form in forms {
            case.write("signature", &form);
            let ended = case.trusting(&[]);
            assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{:?}", signer.kind);
            let report = ended.json();
            assert_eq!(results(&report), ["ok", "ok", "ok", "ok", "not checked"]);
            assert_eq!(report["code"], json!(null));
            assert_eq!(report["holder"]["name"], "示例建设有限公司");
            assert_eq!(report["holder"]["code"], USCC);
            let keys: Vec<_> = report.as_object().unwrap().keys().map(String::as_str).collect();
            let mut expected = ["signature", "dates", "usage", "chain", "status", "code", "holder"];
            expected.sort_unstable();
            assert_eq!(keys, expected);
        }
    }
}

#[test]
fn without_trust_the_chain_is_not_checked() {
    let ended = Case::new(&PEOPLE.stranger).verify(&["--json"]);
    assert_eq!((ended.code, results(&ended.json())), (0, vec!["ok", "ok", "ok", "not checked", "not checked"]));
    let ended = Case::new(&PEOPLE.sm2).verify(&[]);
    assert_eq!(ended.code, 0);
    assert!(ended.out.contains("签名 signature") && ended.out.contains("未检查 not checked"), "{}", ended.out);
}

fn not_valid(ended: &Ended, code: &str, expected: &[&str]) {
    assert_eq!(ended.code, 1, "{} {}", ended.out, ended.err);
    assert!(ended.err.contains(code), "the reason is on standard error: {}", ended.err);
    let report = ended.json();
    assert_eq!((report["code"].as_str().unwrap(), results(&report)), (code, expected.to_vec()));
}

#[test]
fn each_failing_check_has_its_code() {
    for signer in [&PEOPLE.sm2, &PEOPLE.rsa, &PEOPLE.p256] {
        let case = Case::new(signer);
        case.write("data", b"something else");
        not_valid(&case.trusting(&[]), "SIGNATURE_INVALID", &["failed", "ok", "ok", "ok", "not checked"]);
    }
    let case = Case::new(&PEOPLE.sm2);
    let late = case.trusting(&["--at", "2035-01-01T00:00:00Z"]);
    not_valid(&late, "CERT_EXPIRED", &["ok", "failed", "ok", "ok", "not checked"]);
    let early = case.trusting(&["--at", "2020-01-01T00:00:00Z"]);
    not_valid(&early, "CERT_NOT_YET", &["ok", "failed", "ok", "ok", "not checked"]);
    let encryption = Case::new(&PEOPLE.encryption).trusting(&[]);
    not_valid(&encryption, "CERT_USAGE", &["ok", "ok", "failed", "ok", "not checked"]);
    let stranger = Case::new(&PEOPLE.stranger).trusting(&[]);
    not_valid(&stranger, "CHAIN_UNTRUSTED", &["ok", "ok", "ok", "failed", "not checked"]);
}

#[test]
fn another_keys_signature_or_rubbish_is_not_valid() {
    let case = Case::new(&PEOPLE.sm2);
    for bytes in
        [PEOPLE.p256.sign(DATA), PEOPLE.rsa.sign(DATA), vec![], b"rubbish".to_vec(), vec![0; 64], vec![0xFF; 64]]
    {
        case.write("signature", &bytes);
        not_valid(&case.trusting(&[]), "SIGNATURE_INVALID", &["failed", "ok", "ok", "ok", "not checked"]);
    }
}

#[test]
fn input_that_cannot_be_used_ends_with_two() {
    let case = Case::new(&PEOPLE.sm2);
    let unusable = |ended: Ended| {
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{}", ended.err);
        assert!(!ended.err.is_empty());
    };
    unusable(case.verify(&["--json", "--at", "yesterday"]));
    unusable(case.verify(&["--json", "--at", "2026-13-01T00:00:00Z"]));
    unusable(case.verify(&["--json", "--trust", "no-such-folder"]));
    unusable(case.verify(&["--json", "--more"]));
    let empty = tempfile::tempdir().unwrap();
    unusable(case.verify(&["--json", "--trust", empty.path().to_str().unwrap()]));
    fs::write(case.path("trust/broken.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    unusable(case.trusting(&[]));
    let mut other = Case::new(&PEOPLE.sm2);
    fs::remove_file(other.path("signature")).unwrap();
    unusable(other.verify(&["--json"]));
    other.write("signature", b"x");
    fs::remove_file(other.path("data")).unwrap();
    unusable(other.verify(&["--json"]));
    other.write("data", b"x");
    other.cert = other.path("data");
    unusable(other.verify(&["--json"]));
    unusable(calock(["verify"]));
    unusable(calock(["unknown"]));
}

#[test]
fn a_key_that_is_not_known_is_unusable() {
    let case = Case::new(&PEOPLE.brainpool);
    let ended = case.verify(&["--json"]);
    assert_eq!((ended.code, ended.json()["code"].as_str()), (2, Some("KEY_UNSUPPORTED")), "{}", ended.err);
    assert!(ended.err.contains("KEY_UNSUPPORTED"), "{}", ended.err);
}

/// The operating CAs of the national root: which of them a portal with these roots would trust.
#[test]
fn the_operating_cas_lead_to_the_national_root_or_are_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/trust");
    if !folder.is_dir() {
        println!("skipped: no ../shared/data");
        return;
    }
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("any"), b"any").unwrap();
    let (any, trust) = (text(&scratch.path().join("any")), text(&folder));
    let mut roots = std::collections::BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = text(&entry.unwrap().path());
        let view = calock(["inspect", "--json", &path]).json();
        let issuer = view["issuer"].as_array().unwrap().iter().find(|part| part["name"] == "CN").unwrap();
        let from = view["notBefore"].as_str().unwrap();
        let ended = calock([
            "verify",
            "--json",
            "--cert",
            &path,
            "--data",
            &any,
            "--signature",
            &any,
            "--trust",
            &trust,
            "--at",
            from,
        ]);
        // Nobody here can sign with a CA's key; what is looked at is the chain.
        let report = ended.json();
        assert_eq!((ended.code, &report["signature"], &report["dates"]), (1, &json!("failed"), &json!("ok")), "{path}");
        let key = (issuer["value"].as_str().unwrap().to_owned(), report["chain"].as_str().unwrap().to_owned());
        *roots.entry(key).or_insert(0) += 1;
    }
    let counted: Vec<_> = roots.iter().map(|((root, chain), count)| (root.as_str(), chain.as_str(), *count)).collect();
    // 72 CAs and the root itself; the two other roots are not in the folder.
    assert_eq!(counted, [("Civil Servant ROOT", "failed", 12), ("Device ROOT", "failed", 2), ("ROOTCA", "ok", 73)]);
}
