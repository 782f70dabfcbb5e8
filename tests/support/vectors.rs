//! Makes `tests/vectors/statement.json`: statements with keys that exist for tests only and holders that are invented.

#![allow(clippy::unwrap_used)]

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use calock::certificate::{Certificate, PublicKey, holder};
use calock::hash::{hex, sha256, sm3};
use calock::signature::{raw, sm2_digest};
use calock::statement::{Purpose, Statement};
use calock::text::GBK;
use serde_json::{Value, json};

use super::issue::{CN, Ca, Draft, Key, O, authority_key, key_usage, name, person, uscc, utf8_extension};

pub(crate) const ORIGIN: &str = "https://portal.example.cn";
const TIME: &str = "2026-11-21T22:00:00Z";
const NOW: u64 = 1_795_298_460; // one minute later
const COMPANY: &str = "示例建设工程有限公司";

/// Everything the vectors are made of.
struct World {
    root: Ca,
    stranger: Ca,
    key: Key,
    subject: Vec<u8>,
    code: String,
}

/// A statement that is right in everything; each vector changes one thing.
struct Case {
    name: &'static str,
    why: &'static str,
    certificate: Vec<u8>,
    signed: Statement,
    posted: Value,
    expected: Value,
    verdict: &'static str,
}

pub(crate) fn file() -> Value {
    let world = World::new();
    let mut vectors = Vec::new();
    for case in good(&world).into_iter().chain(bad(&world)) {
        vectors.push(case.json());
    }
    json!({
        "about": [
            "Statements of calock:1 (nine ASCII lines). Keys are for tests only, holders are invented.",
            "text: what the module signed. digest: SM3 and SHA-256 of text. e: SM3(Z || text), SM2 only, id 1234567812345678.",
            "posted: what a page posts (bytes as base64). expected: what the backend knows. verdict: OK or the code it answers.",
            "now and maxAge are seconds; trust is the list of CAs, base64 DER, each of them an anchor."
        ],
        "now": NOW,
        "maxAge": 300,
        "trust": [Base64::encode_string(&world.root.der)],
        "vectors": vectors,
    })
}

impl World {
    fn new() -> Self {
        let code = uscc("TEXT0001");
        let subject = name(&[("2.5.4.6", "CN"), (O, COMPANY), (CN, COMPANY)]);
        let root = Ca::root(Key::sm2("calock vectors: root"), "calock 测试根 SM2");
        let stranger = Ca::root(Key::sm2("calock vectors: stranger"), "别处的根");
        Self { root, stranger, key: Key::sm2("calock vectors: holder"), subject, code }
    }

    fn draft(&self, key: &Key) -> Draft {
        let code = utf8_extension("1.2.156.10260.4.1.4", &self.code);
        self.root.draft(self.subject.clone(), key).with(code)
    }

    /// The ordinary login.
    fn case(&self, name: &'static str, why: &'static str) -> Case {
        Case::new(name, why, self.draft(&self.key).issue(&self.root.key), &self.key)
    }

    /// The same with another certificate.
    fn with(&self, name: &'static str, why: &'static str, verdict: &'static str, certificate: Vec<u8>) -> Case {
        Case { verdict, ..Case::new(name, why, certificate, &self.key) }
    }
}

impl Case {
    fn new(name: &'static str, why: &'static str, certificate: Vec<u8>, key: &Key) -> Self {
        let signed = statement(&certificate);
        let mut case = Self {
            name,
            why,
            certificate,
            signed,
            posted: Value::Null,
            expected: json!({
                "purpose": "login", "origin": ORIGIN,
                "nonce": {"state": "fresh"},
            }),
            verdict: "OK",
        };
        case.sign(key);
        case
    }

    /// Signs and posts the statement as it stands, and lets the backend know it.
    fn sign(&mut self, key: &Key) {
        let text = self.signed.text().unwrap();
        let payload = self.signed.payload.map(|digest| hex(&digest));
        self.posted = json!({
            "format": "calock:1", "purpose": self.signed.purpose.as_str(), "origin": self.signed.origin,
            "nonce": self.signed.nonce, "client": self.signed.client, "account": self.signed.account,
            "payload": payload, "time": self.signed.time, "certificate": Base64::encode_string(&self.certificate),
            "algorithm": Certificate::from_der(&self.certificate).unwrap().key().algorithm(),
            "signature": Base64::encode_string(&key.sign(text.as_bytes())), "software": "calock/0.1.0",
        });
        self.expected["purpose"] = self.posted["purpose"].clone();
        for field in ["nonce", "purpose", "account", "payload", "time"] {
            self.expected["nonce"][field] = self.posted[field].clone();
        }
    }

    fn changed(mut self, verdict: &'static str, change: impl FnOnce(&mut Self)) -> Self {
        self.verdict = verdict;
        change(&mut self);
        self
    }

    fn json(self) -> Value {
        let text = self.signed.text().unwrap();
        let mut vector = json!({
            "name": self.name, "why": self.why, "text": text, "posted": self.posted, "expected": self.expected,
            "verdict": self.verdict,
            "digest": {"sm3": hex(&sm3(text.as_bytes())), "sha256": hex(&sha256(text.as_bytes()))},
        });
        if let Ok(certificate) = Certificate::from_der(&self.certificate) {
            if let PublicKey::Sm2(point) = certificate.key() {
                vector["e"] = hex(&sm2_digest(point, text.as_bytes()).unwrap()).into();
            }
            if self.verdict == "OK" {
                let holder = holder(&certificate, GBK);
                vector["holder"] = json!({
                    "name": holder.name, "kind": holder.kind.as_str(), "code": holder.code,
                    "evidence": holder.evidence, "serial": certificate.serial(),
                    "fingerprint": certificate.fingerprint(),
                });
            }
        }
        vector
    }
}

fn statement(certificate: &[u8]) -> Statement {
    Statement {
        purpose: Purpose::Login,
        origin: ORIGIN.into(),
        nonce: random::<32>("nonce"),
        client: random::<16>("client"),
        account: None,
        certificate_digest: Certificate::from_der(certificate).unwrap().digest(),
        payload: None,
        time: TIME.into(),
    }
}

fn random<const N: usize>(label: &str) -> String {
    Base64UrlUnpadded::encode_string(&sm3(label.as_bytes())[..N])
}

fn good(world: &World) -> Vec<Case> {
    let company = |key: &Key| world.draft(key).issue(&world.root.key);
    let (p256, rsa) = (Key::p256("calock vectors: P-256 holder"), Key::rsa());
    let employee = name(&[(O, COMPANY), (CN, "测试员")]);
    let employee = world.root.draft(employee, &world.key).with(utf8_extension("1.2.156.10260.4.1.4", &world.code));
    let id = utf8_extension("1.2.156.112562.2.1.1.1", &format!("SF{}", person("19900101")));
    let person = world.root.draft(name(&[(CN, "测试员")]), &world.key).with(id);
    let mut bind = world.case("bind-sm2", "an account and a payload");
    bind.signed.purpose = Purpose::Bind;
    bind.signed.account = Some("user 0001".into());
    bind.signed.payload = Some(sm3(b"what is submitted"));
    bind.sign(&world.key);
    vec![
        world.case("login-sm2", "an enterprise's SM2 lock"),
        bind,
        Case::new("login-rsa", "an RSA key, SHA-256", company(&rsa), &rsa),
        Case::new("login-p256", "a P-256 key, SHA-256", company(&p256), &p256),
        Case::new("login-employee", "a person of an organisation", employee.issue(&world.root.key), &world.key),
        Case::new("login-person", "a person", person.issue(&world.root.key), &world.key),
    ]
}

fn bad(world: &World) -> Vec<Case> {
    let set = |name, why, verdict, field: &'static str, value: Value| {
        world.case(name, why).changed(verdict, |case| case.posted[field] = value)
    };
    let state = |name, why, verdict, state: &str| {
        world.case(name, why).changed(verdict, |case| case.expected["nonce"] = json!({"state": state}))
    };
    let known = |name, why, verdict, field: &'static str, value: Value| {
        world.case(name, why).changed(verdict, |case| case.expected["nonce"][field] = value)
    };
    let resign = |name, why, verdict, signature: &dyn Fn(&str) -> Vec<u8>| {
        world.case(name, why).changed(verdict, |case| {
            let text = case.signed.text().unwrap();
            case.posted["signature"] = Base64::encode_string(&signature(&text)).into();
        })
    };
    let issued = |change: &dyn Fn(&mut Draft)| {
        let mut draft = world.draft(&world.key);
        change(&mut draft);
        draft.issue(&world.root.key)
    };
    let twin = issued(&|draft| draft.serial = 8);
    let encryption = issued(&|draft| draft.extensions[0] = key_usage(&[2, 3]));
    let expired = issued(&|draft| draft.to = NOW - 1);
    let not_yet = issued(&|draft| draft.from = NOW + 1);
    let forged = world.draft(&world.key).issue(&world.stranger.key);
    let foreign = Draft { issuer: world.stranger.name.clone(), ..world.draft(&world.key) };
    let mut foreign = foreign;
    foreign.extensions[1] = authority_key(&world.stranger.key.id());
    let foreign = foreign.issue(&world.stranger.key);
    vec![
        set("format", "another version", "FORMAT_UNSUPPORTED", "format", "calock:2".into()),
        set("purpose-word", "no such purpose", "BAD_REQUEST", "purpose", "admin".into()),
        set("client-short", "15 bytes", "BAD_REQUEST", "client", "AAECAwQFBgcICQoLDA0O".into()),
        set("nonce-line", "a line end in the nonce", "BAD_REQUEST", "nonce", "a\nb".into()),
        set("account-line", "a line end in the account", "BAD_REQUEST", "account", "a\ncert=0".into()),
        set("payload-upper", "upper-case digits", "BAD_REQUEST", "payload", "AB".repeat(32).into()),
        set("time-offset", "not in UTC", "BAD_REQUEST", "time", "2026-11-21T22:00:00+08:00".into()),
        state("nonce-used", "a replay", "NONCE_USED", "used"),
        state("nonce-expired", "too late", "NONCE_EXPIRED", "expired"),
        state("nonce-unknown", "never given out", "NONCE_UNKNOWN", "unknown"),
        known("nonce-other", "another nonce", "NONCE_UNKNOWN", "nonce", random::<32>("other").into()),
        set("origin-posted", "posted for another site", "ORIGIN_MISMATCH", "origin", "https://evil.example".into()),
        world.case("origin-signed", "signed for another site, posted as ours").changed("SIGNATURE_INVALID", |case| {
            let good = case.posted.clone();
            case.signed.origin = "https://evil.example".into();
            case.sign(&world.key);
            let signature = case.posted["signature"].take();
            case.posted = good;
            case.posted["signature"] = signature;
        }),
        set("purpose-posted", "bind at the login endpoint", "PURPOSE_MISMATCH", "purpose", "bind".into()),
        known("purpose-issued", "a nonce given out for bind", "PURPOSE_MISMATCH", "purpose", "bind".into()),
        set("account-posted", "an account nobody asked for", "ACCOUNT_MISMATCH", "account", "user".into()),
        known("account-issued", "the account is missing", "ACCOUNT_MISMATCH", "account", "user".into()),
        set("payload-posted", "other content", "PAYLOAD_MISMATCH", "payload", "ab".repeat(32).into()),
        known("time-other", "not the challenge's time", "NONCE_UNKNOWN", "time", "2026-11-21T22:00:01Z".into()),
        world.case("time-old", "six minutes old").changed("NONCE_EXPIRED", |case| {
            case.signed.time = "2026-11-21T21:55:00Z".into();
            case.sign(&world.key);
        }),
        set("certificate-unreadable", "no certificate", "CERT_UNREADABLE", "certificate", "MAA=".into()),
        set("algorithm-other", "not the key's", "KEY_UNSUPPORTED", "algorithm", "RS256".into()),
        resign("signature-raw", "r || s instead of DER", "SIGNATURE_INVALID", &|text| {
            raw(&world.key.sign(text.as_bytes())).unwrap().to_vec()
        }),
        resign("signature-empty-id", "SM2 with an empty id", "SIGNATURE_INVALID", &|text| {
            calock::signature::sm2_der(&world.key.sign_sm2("", text.as_bytes())).unwrap()
        }),
        resign("signature-other-key", "somebody else's", "SIGNATURE_INVALID", &|text| {
            world.stranger.key.sign(text.as_bytes())
        }),
        world.case("certificate-twin", "another certificate of the same key").changed("SIGNATURE_INVALID", |case| {
            case.posted["certificate"] = Base64::encode_string(&twin).into();
        }),
        world.with("certificate-expired", "a second too late", "CERT_EXPIRED", expired),
        world.with("certificate-not-yet", "a second too early", "CERT_NOT_YET", not_yet),
        world.with("certificate-encryption", "an encryption certificate", "CERT_USAGE", encryption),
        world.with("chain-untrusted", "of a CA that is not trusted", "CHAIN_UNTRUSTED", foreign),
        world.with("chain-forged", "in the name of our CA, not signed by it", "CHAIN_INVALID", forged),
    ]
}
