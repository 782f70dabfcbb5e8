//! `calock serve` as a process: started, killed, started again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::command::{PEOPLE, calock};
use crate::openssl::{Kind, Signer, content};

/// A portal in its own process; killed without a farewell when dropped.
pub struct Process {
    child: Child,
    port: u16,
}

impl Process {
    fn start(data: &Path, origin: &str) -> Self {
        let trust = data.join("trust");
        fs::create_dir_all(&trust).unwrap();
        fs::copy(PEOPLE.root.pem(), trust.join("root.crt")).unwrap();
        Self::with(data, origin, &["--trust", trust.to_str().unwrap()])
    }

    pub fn with(data: &Path, origin: &str, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_calock"))
            .args(["serve", "--port", "0", "--origin", origin, "--pages", "none", "--module", "none"])
            .arg("--data")
            .arg(data)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("calock portal: http://localhost:");
        let port = address.unwrap_or_else(|| panic!("the address line: {line}")).parse().unwrap();
        Self { child, port }
    }

    pub fn signal(&mut self, name: &str) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    /// Without a farewell.
    pub fn kill(&mut self) {
        assert!(!self.signal("-KILL").success());
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value, String) {
        let sent = agent().post(self.url(path)).header("content-type", "application/json").send(body.to_string());
        read(sent)
    }

    pub fn get(&self, path: &str, cookie: &str) -> (u16, Value, String) {
        read(agent().get(self.url(path)).header("cookie", cookie).call())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

/// Status, JSON, `name=value` of the cookie.
pub fn read(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, Value, String) {
    let mut response = sent.expect("the portal answers");
    let cookie = response.headers().get("set-cookie").map_or("", |value| value.to_str().unwrap());
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null), cookie)
}

pub const ORIGIN: &str = "http://localhost:8420";
const CLIENT: &str = "AAECAwQFBgcICQoLDA0ODw";

/// A key and certificate out of a demo lock's file, for OpenSSL to sign with.
pub fn unpacked(lock: &Value, kind: Kind, folder: &Path) -> Signer {
    let entry = &lock["containers"][0]["signing"];
    for (part, ending) in [("key", "key.der"), ("certificate", "der")] {
        let bytes = Base64::decode_vec(entry[part].as_str().unwrap()).unwrap();
        fs::write(folder.join(format!("lock.{ending}")), bytes).unwrap();
    }
    assert!(content(folder, &["pkey", "-inform", "DER", "-in", "lock.key.der", "-out", "lock.key"]));
    Signer { kind, folder: folder.into(), name: "lock".into() }
}

#[test]
fn an_administrator_is_of_the_portal_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut make = Command::new(env!("CARGO_BIN_EXE_calock"));
    make.args(["admin", "make", "审核员", "--profile", "daxing"]).current_dir(&folder).stdout(Stdio::null());
    assert!(make.status().unwrap().success());
    assert!(folder.path().join("calock-data/daxing/portal.db").is_file());
}

#[test]
fn an_administrator_is_made_and_logs_in() {
    let data = tempfile::tempdir().unwrap();
    let at = ["--data", data.path().to_str().unwrap()];
    let made = calock(["admin", "make", "审核员"].iter().chain(&at));
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    let password = made.out.trim();
    assert!(password.len() >= 16, "{}", made.out);
    let portal = Process::start(data.path(), ORIGIN);
    let log_in = |password: &str| {
        let (status, body, _) = portal.post("/api/password-login", &json!({"name": "审核员", "password": password}));
        (status, body["next"].clone())
    };
    assert_eq!(log_in(password), (200, json!("/admin")));
    // A new one while the portal runs; the old one is dead at once.
    let mut again = Command::new(env!("CARGO_BIN_EXE_calock"))
        .args(["admin", "make", "审核员", "--password-stdin"])
        .args(at)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut again.stdin.take().unwrap(), b"typed by hand 7\n").unwrap();
    let again = again.wait_with_output().unwrap();
    assert!(again.status.success() && again.stdout.is_empty(), "a password that was given is not printed");
    assert_eq!(log_in(password).0, 403);
    assert_eq!(log_in("typed by hand 7"), (200, json!("/admin")));
    for wrong in [vec!["admin", "make", " "], vec!["admin", "make"], vec!["admin"]] {
        assert_eq!(calock(wrong.iter().chain(&at)).code, 2, "{wrong:?}");
    }
}

#[test]
fn the_demonstration_has_locks_that_log_in() {
    let data = tempfile::tempdir().unwrap();
    let portal = Process::with(data.path(), ORIGIN, &["--demo"]);
    let list = portal.get("/demo/locks.json", "").1;
    let names: Vec<_> = list.as_array().unwrap().iter().map(|lock| lock["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        names,
        ["enterprise", "enterprise-rsa", "employee", "person", "expired", "encryption", "locked", "yixin", "blank"]
    );
    let enterprise = portal.get("/demo/locks/enterprise.json", "").1;
    for (name, kind, status, told) in [
        ("enterprise", Kind::Sm2, 200, "enterprise"),
        ("enterprise-rsa", Kind::Rsa, 200, "enterprise"),
        ("employee", Kind::Sm2, 200, "employee"),
        ("person", Kind::Sm2, 200, "person"),
        ("expired", Kind::Sm2, 403, "CERT_EXPIRED"),
        ("encryption", Kind::Sm2, 403, "CERT_USAGE"),
        ("locked", Kind::Sm2, 200, "enterprise"),
    ] {
        let lock = portal.get(&format!("/demo/locks/{name}.json"), "").1;
        assert_eq!(lock["format"], "calock-lock:1", "{name}");
        let folder = tempfile::tempdir().unwrap();
        let signer = unpacked(&lock, kind, folder.path());
        let challenge = portal.post("/api/challenge", &json!({"purpose": "login"})).1;
        let (got, body, _) = portal.post("/api/login", &signed(&signer, &challenge));
        let answer = if status == 200 { &body["holder"]["kind"] } else { &body["code"] };
        assert_eq!((got, answer.as_str()), (status, Some(told)), "{name}: {body}");
        if name == "person" {
            assert!(!body.to_string().contains("19491231"), "a person's id is not shown whole: {body}");
        }
    }
    drop(portal);
    // The same locks the next time.
    let portal = Process::with(data.path(), ORIGIN, &["--demo"]);
    assert_eq!(portal.get("/demo/locks/enterprise.json", "").1, enterprise);
    // And none without being asked for.
    let portal = Process::start(data.path(), ORIGIN);
    assert_eq!(portal.get("/demo/locks.json", "").0, 404);
}

/// What a page posts; the statement is written here from its document.
pub fn signed(signer: &Signer, challenge: &Value) -> Value {
    let line = |name: &str| challenge[name].as_str().unwrap_or("-");
    let statement = format!(
        "CALOCK1\npurpose={}\norigin={ORIGIN}\nnonce={}\nclient={CLIENT}\naccount={}\ncert={}\npayload={}\ntime={}\n",
        line("purpose"),
        line("nonce"),
        line("account"),
        signer.fingerprint(),
        line("payload"),
        line("time"),
    );
    json!({
        "format": "calock:1", "purpose": challenge["purpose"], "origin": ORIGIN, "nonce": challenge["nonce"],
        "client": CLIENT, "account": challenge["account"], "payload": challenge["payload"], "time": challenge["time"],
        "certificate": Base64::encode_string(&signer.der()), "algorithm": signer.kind.algorithm(),
        "signature": Base64::encode_string(&signer.sign(statement.as_bytes())), "software": "calock/0.1.0",
    })
}

#[test]
fn a_killed_server_loses_no_session_and_no_spent_nonce() {
    let data = tempfile::tempdir().unwrap();
    let mut portal = Process::start(data.path(), ORIGIN);
    let ask = json!({"purpose": "login"});
    let spent = signed(&PEOPLE.sm2, &portal.post("/api/challenge", &ask).1);
    let (status, body, cookie) = portal.post("/api/login", &spent);
    assert_eq!(status, 200, "{body}");
    let open = signed(&PEOPLE.rsa, &portal.post("/api/challenge", &ask).1);

    // Killed in the middle of work: posts are under way from another thread.
    let port = portal.port;
    let busy = std::thread::spawn(move || {
        let url = format!("http://127.0.0.1:{port}/api/challenge");
        while agent().post(&url).header("content-type", "application/json").send(r#"{"purpose":"login"}"#).is_ok() {}
    });
    std::thread::sleep(std::time::Duration::from_millis(100));
    portal.kill();
    busy.join().unwrap();
    drop(portal);

    let portal = Process::start(data.path(), ORIGIN);
    let (status, body, _) = portal.get("/api/session", &cookie);
    assert_eq!((status, body["holder"]["name"].as_str()), (200, Some("示例建设有限公司")));
    let (status, body, _) = portal.post("/api/login", &spent);
    assert_eq!((status, body["code"].as_str()), (409, Some("NONCE_USED")));
    // A nonce that was given out before the kill and not spent is still good, once.
    assert_eq!(portal.post("/api/login", &open).0, 200);
    assert_eq!(portal.post("/api/login", &open).0, 409);
}

#[test]
fn sigterm_and_ctrl_c_end_it_well() {
    for signal in ["-TERM", "-INT"] {
        let data = tempfile::tempdir().unwrap();
        let mut portal = Process::start(data.path(), ORIGIN);
        assert!(portal.signal(signal).success(), "{signal}");
    }
}

#[test]
fn what_it_cannot_start_with_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let trust = text(folder.path());
    let no_trust = calock(["serve", "--port", "0", "--trust", &trust]);
    assert_eq!(no_trust.code, 2);
    assert!(no_trust.err.contains("no certificate"), "{}", no_trust.err);
    assert_eq!(calock(["serve", "--port", "0"]).code, 2, "a portal without a trust list lets nobody in");
    assert_eq!(calock(["serve", "--port", "0", "--trust", &trust, "--origin", "https://a/"]).code, 2);

    fs::copy(PEOPLE.root.pem(), folder.path().join("root.crt")).unwrap();
    let not_a_database = text(&folder.path().join("root.crt"));
    let ended = calock(["serve", "--port", "0", "--trust", &trust, "--database", &not_a_database]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("database"), "{}", ended.err);

    let data = tempfile::tempdir().unwrap();
    let running = Process::start(data.path(), ORIGIN);
    let (port, data) = (running.port.to_string(), text(data.path()));
    let ended = calock(["serve", "--port", &port, "--trust", &trust, "--data", &data]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains(&port), "{}", ended.err);
}

#[test]
fn rules_that_are_not_understood_are_named_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.toml");
    let ours =
        include_str!("../../../portal/profiles/daxing.toml").replace("[binding]\n", "[binding]\n  haste = true\n");
    fs::write(&file, &ours).unwrap();
    let line = ours.lines().position(|line| line == "  haste = true").unwrap() + 1;
    let data = folder.path().to_str().unwrap();
    let refused = calock(["serve", "--demo", "--port", "0", "--data", data, "--profile", file.to_str().unwrap()]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains(&format!("line {line}, column 3")) && refused.err.contains("haste"),
        "{}",
        refused.err
    );
    let refused = calock(["serve", "--demo", "--port", "0", "--data", data, "--profile", "beijing"]);
    assert!(refused.code == 2 && refused.err.contains("fengtai"), "{}", refused.err);
    let refused = calock(["serve", "--demo", "--port", "0", "--data", data, "--profile", "nowhere.toml"]);
    assert!(refused.code == 2 && refused.err.contains("nowhere.toml"), "{}", refused.err);
}

#[test]
fn a_portals_demonstration_comes_up_with_its_locks_and_its_administrator() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Process::with(folder.path(), "http://localhost:9", &["--demo", "--profile", "daxing"]);
    let (_, rules, _) = portal.get("/api/portal", "");
    assert_eq!((&rules["id"], &rules["demo"]), (&json!("daxing"), &json!(true)));
    let (_, locks, _) = portal.get("/demo/locks.json", "");
    let names: Vec<&str> = locks.as_array().unwrap().iter().map(|lock| lock["name"].as_str().unwrap()).collect();
    for name in ["main", "secondary", "renewed", "other", "renamed", "person", "pass", "expired", "foreign"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let typed = json!({"name": "admin", "password": "calock-demo-1"});
    let answer = portal.post("/api/password-login", &typed);
    assert_eq!((answer.0, &answer.1["next"]), (200, &json!("/admin")), "{}", answer.1);
}
