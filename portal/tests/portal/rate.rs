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
        revocations: None,
        require_status: false,
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
    let checks = f64::from(u32::try_from(trust.chain(&leaf, now).unwrap().len()).unwrap());

    // A copy of the list knows no link yet: every login is the holder's first.
    let first = rate(|| verdict(&body, &trust.clone(), &time, now));
    let again = rate(|| verdict(&body, &trust, &time, now));
    let openssl = openssl_rate();

    println!("portal, {THREADS} threads, {SECONDS} s each:");
    println!(
        "  verified logins, each with a certificate not seen before  {first:8.0} /s   {checks} SM2 signatures a login"
    );
    println!("  verified logins of holders who were here before           {again:8.0} /s   1 SM2 signature a login");
    println!("  OpenSSL, SM2 verify alone                                 {openssl:8.0} /s");
    println!(
        "  against OpenSSL checking as many signatures and nothing else: {:.2} x and {:.2} x",
        first * checks / openssl,
        again / openssl
    );
}

/// How often something is done in a second, by as many threads as there are processors.
fn rate(work: impl Fn() + Sync) -> f64 {
    let done = AtomicU64::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while start.elapsed() < Duration::from_secs(SECONDS) {
                    work();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    f64::from(u32::try_from(done.into_inner()).unwrap()) / start.elapsed().as_secs_f64()
}
