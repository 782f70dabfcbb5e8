//! What stands before every call: the session's own mark, how often one may ask, and in whose words it is refused.

use std::sync::atomic::Ordering;

use calock_portal::rate::Rate;
use calock_portal::rules::Rules;
use serde_json::{Value, json};

use crate::house::House;
use crate::site::Setup;

/// Calls that change something for whoever is logged in.
const CHANGING: [(&str, &str); 13] = [
    ("POST", "/api/account/save"),
    ("POST", "/api/account/submit"),
    ("POST", "/api/account/change"),
    ("POST", "/api/account/withdraw"),
    ("POST", "/api/account/letter"),
    ("POST", "/api/account/letter/x/sealed"),
    ("POST", "/api/account/password"),
    ("PUT", "/api/account/attachments/licence"),
    ("DELETE", "/api/account/attachments/licence"),
    ("POST", "/api/bindings"),
    ("POST", "/api/submissions"),
    ("POST", "/api/staff"),
    ("POST", "/api/ca-applications"),
];

#[test]
fn a_change_needs_the_sessions_own_mark() {
    let house = House::of("changde");
    let member = house.unit();
    let (session, another) = (house.log_in(&member), house.log_in(&member));
    assert_ne!(session.csrf, another.csrf, "each session has its own");
    assert!(!session.cookie.contains(&session.csrf), "and it is not the cookie's value");
    let nobody = "A".repeat(43);
    for (method, path) in CHANGING {
        for mark in [None, Some(""), Some(another.csrf.as_str()), Some(nobody.as_str())] {
            let mut headers = vec![("content-type", "application/json"), ("cookie", session.cookie.as_str())];
            headers.extend(mark.map(|mark| ("x-calock-csrf", mark)));
            let answer = house.site.send(method, path, &headers, b"{}");
            assert_eq!((answer.status, answer.code().as_str()), (403, "CSRF_MISSING"), "{method} {path} {mark:?}");
        }
        let answer = house.site.send(method, path, &house.headers(&session), b"{}");
        assert_ne!(answer.status, 403, "{method} {path}: with it the call itself decides: {}", answer.text());
        let nobody = house.site.send(method, path, &[("content-type", "application/json")], b"{}");
        assert_eq!((nobody.status, nobody.code().as_str()), (401, "NOT_LOGGED_IN"), "{method} {path}");
    }
}

#[test]
fn asking_too_often_is_refused_for_a_while_by_all_processes() {
    let folder = tempfile::tempdir().unwrap();
    let started = |origin: Option<String>| {
        let mut setup = Setup::in_folder(folder.path());
        setup.origin = origin;
        setup.limits.rates.challenge = Rate { burst: 4, per_minute: 2 };
        setup.start()
    };
    let one = started(None);
    let two = started(Some(one.origin.clone()));
    let ask = |site: &crate::site::Site| site.post("/api/challenge", &json!({"purpose": "login"}));
    let statuses: Vec<u16> = [&one, &two, &one, &two, &one, &two].map(|site| ask(site).status).to_vec();
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
    let refused = ask(&one);
    assert_eq!((refused.code().as_str(), &refused.json()["retryAfter"]), ("RATE_LIMITED", &json!(30)));
    assert_eq!(refused.header("retry-after"), "30");
    for site in [&one, &two] {
        site.clock.fetch_add(30, Ordering::SeqCst);
    }
    assert_eq!((ask(&one).status, ask(&two).status), (200, 429));
    // A clock that is put right does not shut anybody out for days.
    one.clock.fetch_sub(7 * 86_400, Ordering::SeqCst);
    assert_eq!(ask(&one).status, 200);
}

#[test]
fn an_address_behind_our_proxy_is_the_one_that_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let start = |behind_proxy| {
        let mut setup = Setup::in_folder(folder.path());
        setup.behind_proxy = behind_proxy;
        setup.limits.rates.challenge = Rate { burst: 1, per_minute: 1 };
        setup.start()
    };
    let ask = |site: &crate::site::Site, forwarded: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", forwarded)];
        site.post_raw("/api/challenge", &headers, br#"{"purpose":"login"}"#).status
    };
    let site = start(true);
    assert_eq!((ask(&site, "192.0.2.1"), ask(&site, "192.0.2.2")), (200, 200));
    assert_eq!(ask(&site, "198.51.100.7, 192.0.2.1"), 429, "what a client wrote before it does not help");
    drop(site);
    let site = start(false);
    assert_eq!(
        (ask(&site, "192.0.2.3"), ask(&site, "192.0.2.4")),
        (200, 429),
        "without a proxy the header is anybody's"
    );
}

#[test]
fn a_portal_refuses_in_its_own_words() {
    let text = include_str!("../../profiles/hunan.toml").to_owned()
        + "\n[sentences]\nNOT_LOGGED_IN = { zh = \"请先登录统一注册系统。\", en = \"Log in first.\" }\n";
    let own = Rules::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let house = House::with(own);
    let refused = house.site.get("/api/account", &[]);
    assert_eq!((refused.status, &refused.json()["message"]["zh"]), (401, &json!("请先登录统一注册系统。")));
    assert_eq!(refused.header("content-type"), "application/json");
    let other = house.site.get("/api/nothing", &[]);
    assert_eq!(
        other.json()["message"]["zh"],
        "没有找到要访问的地址。请从平台首页重新进入。",
        "the house's where it has none"
    );
}

#[test]
fn the_rules_are_shown_without_the_cas_keys() {
    for (profile, _) in calock_portal::rules::BUILTIN {
        let house = House::of(profile);
        let answer = house.site.get("/api/portal", &[]);
        assert_eq!(answer.status, 200);
        let shown = answer.json();
        assert_eq!((&shown["id"], &shown["demo"]), (&json!(profile), &json!(true)));
        assert!(shown["registration"]["fields"][0]["key"].is_string() && shown["password"]["onceBound"].is_boolean());
        assert!(
            shown["products"].as_array().unwrap().iter().all(|product| product["issuers"] == Value::Null),
            "{profile}"
        );
        assert!(!answer.text().contains("issuers"));
        let snake = |text: &str| {
            text.split('"').any(|word| word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        };
        assert!(!snake(&answer.text()), "{profile}: camelCase everywhere: {}", answer.text());
    }
}
