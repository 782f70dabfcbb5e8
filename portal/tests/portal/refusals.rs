//! Every way in which a login is refused has its own code.

use std::sync::atomic::Ordering;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::site::{PEOPLE, Setup, Site, signed};

fn site(folder: &tempfile::TempDir) -> Site {
    Setup::in_folder(folder.path()).start()
}

fn refused(site: &Site, body: &Value) -> (u16, String) {
    let answer = site.post("/api/login", body);
    assert!(answer.header("set-cookie").is_empty(), "a refused login sets no cookie");
    (answer.status, answer.code())
}

#[test]
fn a_replay_is_refused_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = site(&folder);
    let origin = first.origin.clone();
    let body = signed(&PEOPLE.sm2, &origin, &first.challenge());
    assert_eq!(first.post("/api/login", &body).status, 200);
    assert_eq!(refused(&first, &body), (409, "NONCE_USED".into()));
    drop(first);
    let mut again = Setup::in_folder(folder.path());
    again.origin = Some(origin);
    assert_eq!(refused(&again.start(), &body), (409, "NONCE_USED".into()));
}

#[test]
fn of_many_posts_of_one_statement_one_logs_in() {
    let folder = tempfile::tempdir().unwrap();
    // Two servers on one database, as two processes would be.
    let one = site(&folder);
    let mut other = Setup::in_folder(folder.path());
    other.origin = Some(one.origin.clone());
    of_many_posts_one_logs_in(&one, &other.start());
}

/// For two servers with one database and one origin.
pub fn of_many_posts_one_logs_in(one: &Site, two: &Site) {
    let body = signed(&PEOPLE.sm2, &one.origin, &one.challenge()).to_string();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let posts: Vec<_> = (0..16)
            .map(|turn| {
                let (site, body) = (if turn % 2 == 0 { one } else { two }, &body);
                let headers = [("content-type", "application/json")];
                scope.spawn(move || site.post_raw("/api/login", &headers, body.as_bytes()).status)
            })
            .collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 15, "{statuses:?}");
}

#[test]
fn an_expired_nonce_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let body = signed(&PEOPLE.sm2, &site.origin, &site.challenge());
    site.clock.fetch_add(3 * 60, Ordering::SeqCst);
    assert_eq!(refused(&site, &body), (409, "NONCE_EXPIRED".into()));
}

#[test]
fn a_nonce_never_lives_longer_than_five_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::in_folder(folder.path());
    setup.limits.nonce = Duration::from_secs(3600);
    let site = setup.start();
    let body = signed(&PEOPLE.sm2, &site.origin, &site.challenge());
    site.clock.fetch_add(5 * 60, Ordering::SeqCst);
    assert_eq!(refused(&site, &body), (409, "NONCE_EXPIRED".into()));
}

#[test]
fn an_unknown_nonce_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let mut challenge = site.challenge();
    challenge["nonce"] = json!("A".repeat(43));
    let body = signed(&PEOPLE.sm2, &site.origin, &challenge);
    assert_eq!(refused(&site, &body), (409, "NONCE_UNKNOWN".into()));
}

#[test]
fn a_statement_for_another_site_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let body = signed(&PEOPLE.sm2, "https://evil.example", &site.challenge());
    assert_eq!(refused(&site, &body), (403, "ORIGIN_MISMATCH".into()));
    // The same statement with the right origin written beside it: the signature is over the wrong one.
    let mut body = signed(&PEOPLE.sm2, "https://evil.example", &site.challenge());
    body["origin"] = json!(site.origin);
    assert_eq!(refused(&site, &body), (403, "SIGNATURE_INVALID".into()));
}

#[test]
fn a_post_from_another_site_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let body = signed(&PEOPLE.sm2, &site.origin, &site.challenge()).to_string();
    for path in ["/api/login", "/api/challenge", "/api/logout"] {
        for headers in [
            vec![("content-type", "application/json"), ("origin", "https://evil.example")],
            vec![("content-type", "application/json"), ("origin", "null")],
            vec![("content-type", "application/json"), ("sec-fetch-site", "cross-site")],
        ] {
            let answer = site.post_raw(path, &headers, body.as_bytes());
            assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN_ORIGIN"), "{path} {headers:?}");
        }
    }
    // None of it spent the nonce.
    let answer = site.post_raw("/api/login", &[("content-type", "application/json")], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn another_purpose_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let challenge =
        site.post("/api/challenge", &json!({"purpose": "bind", "account": "unit-42", "payload": null})).json();
    let body = signed(&PEOPLE.sm2, &site.origin, &challenge);
    assert_eq!(refused(&site, &body), (403, "PURPOSE_MISMATCH".into()));
    let mut login = challenge.clone();
    login["purpose"] = json!("login");
    let body = signed(&PEOPLE.sm2, &site.origin, &login);
    assert_eq!(refused(&site, &body), (403, "PURPOSE_MISMATCH".into()), "the nonce was given for another purpose");
}

#[test]
fn certificates_that_may_not_log_in_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let code = |signer| refused(&site, &signed(signer, &site.origin, &site.challenge())).1;
    assert_eq!(code(&PEOPLE.encryption), "CERT_USAGE");
    assert_eq!(code(&PEOPLE.stranger), "CHAIN_UNTRUSTED");
    site.clock.fetch_add(2 * 24 * 3600, Ordering::SeqCst);
    assert_eq!(code(&PEOPLE.short), "CERT_EXPIRED");
    site.clock.fetch_sub(4 * 24 * 3600, Ordering::SeqCst);
    assert_eq!(code(&PEOPLE.sm2), "CERT_NOT_YET");
}

#[test]
fn a_broken_signature_or_anothers_certificate_is_refused_and_spends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder);
    let good = signed(&PEOPLE.sm2, &site.origin, &site.challenge());
    let mut signature = Base64::decode_vec(good["signature"].as_str().unwrap()).unwrap();
    *signature.last_mut().unwrap() ^= 1;
    let mut broken = good.clone();
    broken["signature"] = json!(Base64::encode_string(&signature));
    assert_eq!(refused(&site, &broken), (403, "SIGNATURE_INVALID".into()));
    let mut swapped = good.clone();
    swapped["certificate"] = json!(Base64::encode_string(&PEOPLE.short.der()));
    assert_eq!(refused(&site, &swapped), (403, "SIGNATURE_INVALID".into()));
    let mut renamed = good.clone();
    renamed["algorithm"] = json!("RS256");
    assert!((400..500).contains(&refused(&site, &renamed).0));
    // Whoever saw the nonce but has no trusted key cannot take the login away from its owner.
    assert_eq!(site.post("/api/login", &good).status, 200);
}
