//! How fast the verdict is, beside OpenSSL in the same run. `cargo xtask bench portal` runs this in the profile that is shipped;
//! as an ordinary test it would only say how slow a debug build is.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64ct::{Base64, Encoding as _};
use calock::certificate::Certificate;
use calock::certificate::time::rfc3339;
use calock::statement::Purpose;
use calock::text::GBK;
use calock::trust::TrustList;
use calock::verdict::{Expected, Issued, NonceState, Presented, judge};
use serde_json::{Value, json};

use crate::site::{PEOPLE, signed};

const THREADS: u64 = 2;
const SECONDS: u64 = 5;
const ORIGIN: &str = "https://portal.example.cn";
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// What the portal does between the posted bytes and its yes, without network and database.
fn verdict(body: &[u8], trust: &TrustList, time: &str, now: u64) {
    let posted: Value = serde_json::from_slice(body).unwrap();
    let text = |name: &str| posted[name].as_str().unwrap().to_owned();
    let bytes = |name: &str| Base64::decode_vec(posted[name].as_str().unwrap()).unwrap();
    let presented = Presented {
        format: text("format"),
        purpose: text("purpose"),
        origin: text("origin"),
        nonce: text("nonce"),
        client: text("client"),
        account: None,
        payload: None,
        time: text("time"),
        certificate: bytes("certificate"),
        algorithm: text("algorithm"),
        signature: bytes("signature"),
        software: text("software"),
    };
    let issued = Issued { nonce: NONCE, purpose: Purpose::Login, account: None, payload: None, time };
    let expected = Expected {
        purpose: Purpose::Login,
        origin: ORIGIN,
        nonce: NonceState::Fresh(issued),
        now,
        max_age_seconds: 300,
        trust,
        gbk: GBK,
    };
    judge(&presented, &expected).unwrap();
}

/// SM2 verifications per second of OpenSSL's own loop, on as many processes as we have threads.
fn openssl_rate() -> f64 {
    let (processes, seconds) = (THREADS.to_string(), SECONDS.to_string());
    let arguments = ["speed", "-mr", "-multi", &processes, "-seconds", &seconds, "sm2"];
    let output = Command::new("openssl").args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    // "+F7:index:bits:name:signatures per second:verifications per second", the sum of all processes.
    let line = text.lines().find(|line| line.starts_with("+F")).unwrap_or_else(|| panic!("openssl said: {text}"));
    line.rsplit(':').next().and_then(|field| field.trim().parse().ok()).unwrap()
}

#[test]
#[ignore = "a measurement, for cargo xtask bench"]
fn verdicts_per_second() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let time = rfc3339(now);
    let challenge = json!({"nonce": NONCE, "time": time, "purpose": "login", "account": null, "payload": null});
    let body = signed(&PEOPLE.sm2, ORIGIN, &challenge).to_string().into_bytes();
    let mut trust = TrustList::default();
    trust.add_der(&PEOPLE.root.der()).unwrap();
    // One signature is the statement's, the others are the links of the chain.
    let leaf = Certificate::from_der(&PEOPLE.sm2.der()).unwrap();
    let checks = trust.chain(&leaf, now).unwrap().len();

    let done = AtomicU64::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while start.elapsed() < Duration::from_secs(SECONDS) {
                    verdict(&body, &trust, &time, now);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let count = u32::try_from(done.into_inner()).unwrap();
    let verdicts = f64::from(count) / start.elapsed().as_secs_f64();
    let verifications = verdicts * f64::from(u32::try_from(checks).unwrap());
    let openssl = openssl_rate();

    println!("portal, {THREADS} threads, {SECONDS} s each:");
    println!("  verified logins              {verdicts:8.0} /s");
    println!("  SM2 signatures within them   {verifications:8.0} /s   ({checks} a login: the statement and its chain)");
    println!("  OpenSSL, SM2 verify alone    {openssl:8.0} /s");
    println!("  logins against OpenSSL checking as many signatures and nothing else: {:.2} x", verifications / openssl);
    println!("  logins against OpenSSL checking the statement's signature only:      {:.2} x", verdicts / openssl);
}
