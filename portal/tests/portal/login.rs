//! Logging in, being logged in, logging out.

use std::sync::atomic::Ordering;

use calock_portal::Limits;
use serde_json::json;

use crate::openssl::Signer;
use crate::site::{PEOPLE, Setup, USCC, signed};

fn whole_login(signer: &Signer) {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();

    let login = site.log_in(signer);
    assert_eq!(login.status, 200, "{}", login.text());
    let body = login.json();
    assert_eq!(body["next"], "/home");
    assert_eq!(body["holder"]["name"], "示例建设有限公司");
    assert_eq!(body["holder"]["kind"], "enterprise");
    assert_eq!(body["holder"]["code"], USCC);
    let cookie = login.header("set-cookie");
    for part in ["calock_session=", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");

    let session = site.session(&login.cookie());
    assert_eq!(session.status, 200, "{}", session.text());
    assert_eq!(session.json()["holder"], body["holder"]);
    assert!(session.json()["since"].as_str().unwrap().ends_with('Z'));

    let headers =
        [("cookie", &*login.cookie()), ("origin", &*site.origin)].map(|(name, value)| (name, value.to_owned()));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let logout = site.post_raw("/api/logout", &headers, b"");
    assert_eq!(logout.status, 204, "{}", logout.text());
    let after = site.session(&login.cookie());
    assert_eq!((after.status, after.code().as_str()), (401, "NOT_LOGGED_IN"));
}

#[test]
fn sm2_logs_in() {
    whole_login(&PEOPLE.sm2);
}

#[test]
fn rsa_logs_in() {
    whole_login(&PEOPLE.rsa);
}

#[test]
fn p256_logs_in() {
    whole_login(&PEOPLE.p256);
}

#[test]
fn account_and_payload_are_bound_to_the_nonce() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let asked = json!({"purpose": "login", "account": "unit-42", "payload": "ab".repeat(32)});
    let challenge = site.post("/api/challenge", &asked).json();
    assert_eq!(challenge["account"], "unit-42");
    // Signed and posted without the account that the nonce is bound to.
    let mut without = challenge.clone();
    without["account"] = json!(null);
    let answer = site.post("/api/login", &signed(&PEOPLE.sm2, &site.origin, &without));
    assert_eq!(answer.code(), "ACCOUNT_MISMATCH");
    let mut other = challenge.clone();
    other["payload"] = json!("cd".repeat(32));
    let answer = site.post("/api/login", &signed(&PEOPLE.sm2, &site.origin, &other));
    assert_eq!(answer.code(), "PAYLOAD_MISMATCH");
    let answer = site.post("/api/login", &signed(&PEOPLE.sm2, &site.origin, &challenge));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn https_makes_the_cookie_secure() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::in_folder(folder.path());
    setup.origin = Some("https://portal.example.cn".into());
    let site = setup.start();
    let login = site.log_in(&PEOPLE.sm2);
    assert_eq!(login.status, 200, "{}", login.text());
    let cookie = login.header("set-cookie");
    assert!(cookie.starts_with("__Host-calock_session=") && cookie.contains("; Secure"), "{cookie}");
    assert_eq!(site.session(&login.cookie()).status, 200);
}

#[test]
fn sessions_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    drop(site);
    let site = Setup::in_folder(folder.path()).start();
    assert_eq!(site.session(&cookie).status, 200);
}

#[test]
fn sessions_end_when_idle_and_at_last() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let limits = Limits::default();
    let (idle, total) = (limits.session_idle.as_secs(), limits.session_total.as_secs());

    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    site.clock.fetch_add(idle + 1, Ordering::SeqCst);
    assert_eq!(site.session(&cookie).status, 401);

    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    let mut alive = 0;
    while alive + idle / 2 < total {
        site.clock.fetch_add(idle / 2, Ordering::SeqCst);
        alive += idle / 2;
        assert_eq!(site.session(&cookie).status, 200, "after {alive} s of use");
    }
    site.clock.fetch_add(idle / 2, Ordering::SeqCst);
    assert_eq!(site.session(&cookie).status, 401);
}

#[test]
fn a_new_login_ends_the_session_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let first = site.log_in(&PEOPLE.sm2).cookie();
    let body = signed(&PEOPLE.sm2, &site.origin, &site.challenge()).to_string();
    let headers = [("content-type", "application/json"), ("cookie", first.as_str())];
    let second = site.post_raw("/api/login", &headers, body.as_bytes());
    assert_eq!(second.status, 200, "{}", second.text());
    assert_ne!(second.cookie(), first);
    assert_eq!(site.session(&first).status, 401);
    assert_eq!(site.session(&second.cookie()).status, 200);
}

#[test]
fn the_token_itself_is_not_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    let token = cookie.split_once('=').unwrap().1.to_owned();
    drop(site);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
    }
}
