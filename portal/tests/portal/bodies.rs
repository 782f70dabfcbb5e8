//! Bodies that are wrong: always 4xx, always a code, never a 500 and never a login.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::site::{PEOPLE, Setup, Site, signed};

const JSON: (&str, &str) = ("content-type", "application/json");

fn expect(site: &Site, path: &str, headers: &[(&str, &str)], body: &[u8], status: u16, code: &str) {
    let answer = site.post_raw(path, headers, body);
    let shown = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{path} {headers:?} {shown}");
}

#[test]
fn bodies_that_are_no_json_of_the_shape() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let nested = [vec![b'['; 30_000], vec![b']'; 30_000]].concat();
    let deep = [br#"{"purpose":"#.to_vec(), vec![b'['; 20_000], vec![b']'; 20_000], b"}".to_vec()].concat();
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"true",
        b"0",
        b"1e999",
        b"\"login\"",
        b"purpose=login",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b"{\"purpose\":\"\xc3\x28\"}",
        b"{\"purpose\":\"\xed\xa0\x80\"}",
        br#"{"purpose":"\ud800"}"#,
        br#"{"purpose":"login","purpose":"login"}"#,
        br#"{"purpose":"login"} x"#,
        br#"{"purpose":"login",}"#,
        br#"{'purpose':'login'}"#,
        br#"{"__proto__":{}}"#,
        &nested,
        &deep,
    ];
    for path in ["/api/challenge", "/api/login"] {
        for body in bodies {
            expect(&site, path, &[JSON], body, 400, "BAD_REQUEST");
        }
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""] {
        for path in ["/api/challenge", "/api/login"] {
            expect(&site, path, &[("content-type", media)], br#"{"purpose":"login"}"#, 415, "BAD_REQUEST");
        }
    }
    expect(&site, "/api/challenge", &[], br#"{"purpose":"login"}"#, 415, "BAD_REQUEST");
    for path in ["/api/challenge", "/api/login", "/api/logout"] {
        expect(&site, path, &[JSON], &vec![b' '; 64 * 1024 + 1], 413, "TOO_LARGE");
    }
    expect(&site, "/api/logout", &[JSON], b"[]", 400, "BAD_REQUEST");
    expect(&site, "/api/logout", &[], b"x=1", 400, "BAD_REQUEST");
}

#[test]
fn challenges_that_no_statement_could_carry() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let long = "a".repeat(5000);
    for body in [
        json!({"purpose": null}),
        json!({"purpose": 1}),
        json!({"purpose": ["login"]}),
        json!({"purpose": ""}),
        json!({"purpose": "LOGIN"}),
        json!({"purpose": "log in"}),
        json!({"purpose": "login\norigin=https://evil.example"}),
        json!({"purpose": "login", "account": 1}),
        json!({"purpose": "login", "account": {}}),
        json!({"purpose": "login", "account": ""}),
        json!({"purpose": "login", "account": "a\nb"}),
        json!({"purpose": "login", "account": "a\u{0}b"}),
        json!({"purpose": "login", "account": "张三"}),
        json!({"purpose": "login", "account": long}),
        json!({"purpose": "login", "payload": "abc"}),
        json!({"purpose": "login", "payload": "zz".repeat(32)}),
        json!({"purpose": "login", "payload": "AB".repeat(32)}),
        json!({"purpose": "login", "payload": "ab".repeat(33)}),
        json!({"purpose": "login", "payload": ""}),
        json!({"purpose": "login", "time": "2026-11-21T22:00:00Z"}),
        json!({"purpose": "login", "nonce": "mine"}),
    ] {
        expect(&site, "/api/challenge", &[JSON], body.to_string().as_bytes(), 400, "BAD_REQUEST");
    }
}

#[test]
fn logins_with_one_field_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let good = signed(&PEOPLE.sm2, &site.origin, &site.challenge());
    let names: Vec<String> = good.as_object().unwrap().keys().cloned().collect();
    let wrong = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        let answer = site.post("/api/login", &body);
        assert!((400..500).contains(&answer.status), "{name}: {} {}", answer.status, answer.text());
        answer.code()
    };
    for name in &names {
        for value in
            [json!(1), json!(true), json!([]), json!({}), json!("x".repeat(40_000)), json!("\u{0}"), json!("\n")]
        {
            wrong(name, value);
        }
        if name != "account" && name != "payload" {
            assert_eq!(wrong(name, json!(null)), "BAD_REQUEST", "{name}");
        }
        if !["account", "payload", "software"].contains(&name.as_str()) {
            wrong(name, json!(""));
        }
    }
    assert_eq!(wrong("more", json!("x")), "BAD_REQUEST");
    assert_eq!(wrong("format", json!("calock:2")), "FORMAT_UNSUPPORTED");
    assert_eq!(wrong("certificate", json!("not base64!")), "BAD_REQUEST");
    assert_eq!(wrong("certificate", json!("AAAA")), "CERT_UNREADABLE");
    assert_eq!(wrong("signature", json!("====")), "BAD_REQUEST");
    assert_eq!(wrong("signature", json!("AAAA")), "SIGNATURE_INVALID");
    assert_eq!(wrong("software", json!("软件")), "BAD_REQUEST");
    for name in names.iter().filter(|name| !["account", "payload"].contains(&name.as_str())) {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(site.post("/api/login", &body).code(), "BAD_REQUEST", "without {name}");
    }
    // The statement that was mistreated in all these ways is still good, once.
    assert_eq!(site.post("/api/login", &good).status, 200);
}

/// Any JSON at all, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("login")),
        Just(json!("calock:1")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key =
            prop_oneof![Just("purpose".to_owned()), Just("nonce".to_owned()), Just("signature".to_owned()), ".{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(key, inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn no_json_and_no_bytes_log_in_or_break_the_portal() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let input = (any_json(), prop::collection::vec(any::<u8>(), 0..200));
    runner
        .run(&input, |(value, bytes)| {
            for body in [value.to_string().into_bytes(), bytes] {
                let answer = site.post_raw("/api/login", &[JSON], &body);
                prop_assert!((400..500).contains(&answer.status), "{}", answer.status);
                prop_assert!(!answer.code().is_empty());
            }
            Ok(())
        })
        .unwrap();
}
