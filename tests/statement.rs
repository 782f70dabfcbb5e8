//! The nine lines: their exact bytes, and every field that must not become one.
#![allow(clippy::unwrap_used, clippy::panic)]

use calock::Code;
use calock::hash::{hex, parse_digest, sha256, sm3};
use calock::statement::{Purpose, Statement};
use proptest::prelude::*;
use serde_json::Value;

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const CLIENT: &str = "AAECAwQFBgcICQoLDA0ODw";

fn login() -> Statement {
    Statement {
        purpose: Purpose::Login,
        origin: "https://portal.example.cn".into(),
        nonce: NONCE.into(),
        client: CLIENT.into(),
        account: None,
        certificate_digest: [0xAB; 32],
        payload: None,
        time: "2026-11-21T22:00:00Z".into(),
    }
}

#[test]
fn exact_bytes() {
    let expected = "CALOCK1\npurpose=login\norigin=https://portal.example.cn\n\
        nonce=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\nclient=AAECAwQFBgcICQoLDA0ODw\naccount=-\n\
        cert=abababababababababababababababababababababababababababababababab\npayload=-\ntime=2026-11-21T22:00:00Z\n";
    assert_eq!(login().text().unwrap(), expected);
    let full = Statement { account: Some("user 1".into()), payload: Some([1; 32]), ..login() };
    let text = full.text().unwrap();
    assert_eq!(text.lines().nth(5), Some("account=user 1"));
    assert_eq!(text.lines().nth(7), Some("payload=0101010101010101010101010101010101010101010101010101010101010101"));
}

#[test]
fn the_vectors_have_these_texts() {
    let file: Value = serde_json::from_str(include_str!("vectors/statement.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let mut built = 0;
    for vector in vectors.iter().filter(|vector| vector["verdict"] == "OK") {
        let text = vector["text"].as_str().unwrap();
        assert_eq!(vector["digest"]["sm3"], hex(&sm3(text.as_bytes())));
        assert_eq!(vector["digest"]["sha256"], hex(&sha256(text.as_bytes())));
        let posted = &vector["posted"];
        let field = |name: &str| posted[name].as_str().unwrap().to_string();
        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!((lines.len(), lines[9]), (10, ""));
        let statement = Statement {
            purpose: Purpose::parse(&field("purpose")).unwrap(),
            origin: field("origin"),
            nonce: field("nonce"),
            client: field("client"),
            account: posted["account"].as_str().map(String::from),
            certificate_digest: parse_digest(lines[6].strip_prefix("cert=").unwrap()).unwrap(),
            payload: posted["payload"].as_str().map(|hex| parse_digest(hex).unwrap()),
            time: field("time"),
        };
        assert_eq!(statement.text().unwrap(), text, "{}", vector["name"]);
        built += 1;
    }
    assert_eq!(built, 6);
}

#[test]
fn purposes_are_eight_words() {
    for purpose in Purpose::ALL {
        assert_eq!(Purpose::parse(purpose.as_str()), Ok(purpose));
    }
    for word in ["", "Login", "login ", "log in", "admin"] {
        assert_eq!(Purpose::parse(word).unwrap_err().code, Code::ChallengeInvalid);
    }
}

#[test]
fn origins() {
    let good = [
        "https://portal.example.cn",
        "http://localhost:8420",
        "https://xn--fiq228c.example",
        "https://10.0.0.1:8443",
        "http://[::1]:8420",
        "https://a_b.example:80",
    ];
    let bad = [
        "",
        "null",
        "portal.example.cn",
        "https://",
        "https://Portal.example.cn",
        "HTTPS://portal.example.cn",
        "https://portal.example.cn/",
        "https://portal.example.cn/login",
        "https://portal.example.cn:443",
        "http://portal.example.cn:80",
        "https://portal.example.cn:",
        "https://portal.example.cn:0",
        "https://portal.example.cn:08",
        "https://portal.example.cn:65536",
        "https://portal.example.cn:+1",
        "https://user@portal.example.cn",
        "https://portal..example.cn",
        "https://.example.cn",
        "https://门户.example.cn",
        "https://portal.example.cn\n",
        "https://portal.example.cn\ncert=0",
        "https://portal.example.cn?x",
        "https://[::1",
        "https://[::1]8420",
        "https://[]",
        "file:///etc",
        "chrome-extension://abcdef",
    ];
    for origin in good {
        assert!(Statement { origin: origin.into(), ..login() }.text().is_ok(), "{origin}");
    }
    for origin in bad {
        let error = Statement { origin: origin.into(), ..login() }.text().unwrap_err();
        assert_eq!(error.code, Code::ChallengeInvalid, "{origin}");
    }
}

#[test]
fn randoms_have_one_spelling() {
    for nonce in [
        "",
        &NONCE[1..],
        &format!("{NONCE}A"),
        &format!("{NONCE}="),
        &format!("{}+", &NONCE[1..]),
        &format!("{}9", &NONCE[..42]),
        &format!("{}\n", &NONCE[..42]),
    ] {
        assert!(Statement { nonce: nonce.into(), ..login() }.text().is_err(), "{nonce}");
    }
    for client in ["", CLIENT.trim_end_matches('w'), &format!("{}x", &CLIENT[..21]), NONCE] {
        assert!(Statement { client: client.into(), ..login() }.text().is_err(), "{client}");
    }
}

#[test]
fn accounts_and_times() {
    let long = "a".repeat(129);
    for account in ["", "-", " a", "a ", "a\nb", "a\tb", "账户", "a\u{7F}", &long] {
        assert!(Statement { account: Some(account.into()), ..login() }.text().is_err(), "{account:?}");
    }
    for account in ["a", "--", "a b", "user@example.cn", "~!\"#$%&'()*+,./:;<=>?[\\]^_`{|}", &long[1..]] {
        assert!(Statement { account: Some(account.into()), ..login() }.text().is_ok(), "{account:?}");
    }
    for time in ["", "2026-11-21", "2026-11-21T22:00:00+00:00", "2026-11-21T22:00:00.0Z", "2026-02-30T22:00:00Z"] {
        assert!(Statement { time: time.into(), ..login() }.text().is_err(), "{time}");
    }
}

proptest! {
    /// Whatever the fields hold, a text that comes out has nine lines and gives every field back.
    #[test]
    fn no_field_breaks_a_line(
        origin in "https?://[a-z0-9.:/\\n=\\[\\]]{1,8}",
        nonce in "(?s).*",
        account in "[\\x00-\\x7f]{0,5}",
        time in "(?s).*",
        pick in 0..4u8,
    ) {
        let mut statement = login();
        match pick {
            0 => statement.origin = origin,
            1 => statement.nonce = nonce,
            2 => statement.account = Some(account),
            _ => statement.time = time,
        }
        if let Ok(text) = statement.text() {
            prop_assert!(text.is_ascii() && text.ends_with('\n'));
            let lines: Vec<&str> = text.lines().collect();
            prop_assert_eq!(lines.len(), 9);
            prop_assert_eq!(lines[2].strip_prefix("origin="), Some(statement.origin.as_str()));
            prop_assert_eq!(lines[5].strip_prefix("account="), Some(statement.account.as_deref().unwrap_or("-")));
        }
    }
}
