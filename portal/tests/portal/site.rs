//! A portal on a free port, a clock to turn, and a small client.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64, Encoding};
use calock::trust::TrustList;
use calock::virtual_lock::{Ca, Description, HolderDescription};
use calock_portal::demo::Title;
use calock_portal::revocation::RevocationFolder;
use calock_portal::rules::{Rules, builtin};
use calock_portal::server::{Listeners, serve};
use calock_portal::{Clock, Config, Database, DemoLock, DemoLocks, Limits, Portal, TestCa};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::openssl::{ENCRYPTION, Kind, Lab, SIGNING, Signer};

/// An invented code whose two check digits are right (GB 32100, GB 11714).
pub const USCC: &str = "911101050000000514";

/// The certificates of all tests, made once.
pub struct People {
    pub root: Signer,
    pub sm2: Signer,
    pub rsa: Signer,
    pub p256: Signer,
    pub short: Signer,
    pub encryption: Signer,
    pub stranger: Signer,
}

pub static PEOPLE: LazyLock<People> = LazyLock::new(|| {
    let lab = Lab::new("portal-lab");
    let root = lab.root("root", Kind::Sm2);
    let foreign = lab.root("foreign", Kind::Sm2);
    let code = format!("1.2.156.10260.4.1.4=ASN1:UTF8String:{USCC}");
    People {
        sm2: lab.issue(&root, "sm2", Kind::Sm2, SIGNING, 400, &code),
        rsa: lab.issue(&root, "rsa", Kind::Rsa, SIGNING, 400, &code),
        p256: lab.issue(&root, "p256", Kind::P256, SIGNING, 400, &code),
        short: lab.issue(&root, "short", Kind::Sm2, SIGNING, 1, &code),
        encryption: lab.issue(&root, "encryption", Kind::Sm2, ENCRYPTION, 400, &code),
        stranger: lab.issue(&foreign, "stranger", Kind::Sm2, SIGNING, 400, &code),
        root,
    }
});

/// A running portal. Dropping it stops the server as SIGTERM would.
pub struct Site {
    pub origin: String,
    pub port: u16,
    pub portal: Portal,
    pub clock: Arc<AtomicU64>,
    pub runtime: Arc<tokio::runtime::Runtime>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What to start.
pub struct Setup {
    pub database: Database,
    pub origin: Option<String>,
    pub limits: Limits,
    pub pages: PathBuf,
    pub clock: u64,
    pub demonstration: bool,
    pub revocations: Option<RevocationFolder>,
    pub require_status: bool,
    pub rules: Rules,
    pub behind_proxy: bool,
    pub fonts: Option<PathBuf>,
    /// More CA certificates, DER.
    pub trusted: Vec<Vec<u8>>,
}

impl Setup {
    pub fn on(database: Database) -> Self {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        Self {
            database,
            origin: None,
            limits: Limits::default(),
            pages: "no-such-folder".into(),
            clock,
            demonstration: true,
            revocations: None,
            require_status: false,
            rules: builtin("demo").unwrap(),
            behind_proxy: false,
            fonts: None,
            trusted: Vec::new(),
        }
    }

    pub fn in_folder(folder: &Path) -> Self {
        Self::on(Database::Sqlite(folder.join("portal.db")))
    }

    pub fn start(self) -> Site {
        let clock = Arc::new(AtomicU64::new(self.clock));
        let hand = clock.clone();
        let mut trust = TrustList::default();
        trust.add_der(&PEOPLE.root.der()).unwrap();
        for root in &self.trusted {
            trust.add_der(root).unwrap();
        }
        let (ready, started) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let runtime =
            Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
        let inside = runtime.clone();
        let thread = std::thread::spawn(move || {
            inside.block_on(async move {
                let listeners = Listeners::localhost(0).await.unwrap();
                let port = listeners.port();
                let origin = self.origin.unwrap_or_else(|| format!("http://localhost:{port}"));
                let config = Config {
                    origin: origin.clone(),
                    rules: self.rules,
                    behind_proxy: self.behind_proxy,
                    fonts: self.fonts,
                    database: self.database,
                    pages: self.pages.clone(),
                    module: self.pages.join("module"),
                    trust,
                    revocations: self.revocations,
                    require_status: self.require_status,
                    limits: self.limits,
                    clock: Clock::from_fn(move || hand.load(Ordering::SeqCst)),
                    demo: self.demonstration.then(|| demonstration(self.clock)),
                };
                let portal = Portal::open(config).await.unwrap();
                ready.send((origin, port, portal.clone())).unwrap();
                serve(portal, listeners, async { drop(stopped.await) }).await.unwrap();
            });
        });
        let (origin, port, portal) = started.recv().expect("the portal starts");
        Site { origin, port, portal, clock, runtime, stop: Some(stop), thread: Some(thread) }
    }
}

/// One lock on the desk, and a CA with one applicant.
fn demonstration(now: u64) -> DemoLocks {
    let applicant = Description {
        holder: HolderDescription {
            name: "示例建设有限公司".into(),
            uscc: Some(USCC.into()),
            ..HolderDescription::default()
        },
        ..Description::default()
    };
    let locks = DemoLocks::new(vec![DemoLock {
        name: "enterprise".into(),
        title: Title { zh: "企业锁".into(), en: "Enterprise lock".into() },
        file: json!({"format": "calock-lock:1"}),
    }]);
    locks.issuing(TestCa::new(Ca::generate("portal test CA", now).unwrap(), vec![applicant]))
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// An answer: status, headers, body.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a refusal, with its two messages there.
    pub fn code(&self) -> String {
        let body = self.json();
        assert!(body["message"]["zh"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        assert!(body["message"]["en"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        body["code"].as_str().unwrap_or_else(|| panic!("no code: {body}")).to_owned()
    }

    /// `name=value` of the cookie that was set.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

fn answer(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = sent.expect("the portal answers");
    let body = response.body_mut().read_to_vec().expect("the answer is whole");
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

impl Site {
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            headers.iter().fold(agent().get(self.url(path)), |request, (name, value)| request.header(*name, *value));
        answer(request.call())
    }

    pub fn post_raw(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let request =
            headers.iter().fold(agent().post(self.url(path)), |request, (name, value)| request.header(*name, *value));
        answer(request.send(body))
    }

    /// Any method with a body.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let request = ureq::http::Request::builder().method(method).uri(self.url(path));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        answer(agent().run(request.body(body).unwrap()))
    }

    /// A post as the portal's own page makes it.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("origin", self.origin.as_str())];
        self.post_raw(path, &headers, body.to_string().as_bytes())
    }

    /// The portal's clock.
    pub fn now(&self) -> u64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub fn challenge(&self) -> Value {
        let answer = self.post("/api/challenge", &json!({"purpose": "login", "account": null, "payload": null}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Challenge, signature, login.
    pub fn log_in(&self, signer: &Signer) -> Answer {
        let challenge = self.challenge();
        self.post("/api/login", &signed(signer, &self.origin, &challenge))
    }

    pub fn session(&self, cookie: &str) -> Answer {
        self.get("/api/session", &[("cookie", cookie)])
    }
}

const CLIENT: &str = "AAECAwQFBgcICQoLDA0ODw";

/// The nine lines, written here from the document and not by the code under test.
pub fn statement(signer: &Signer, origin: &str, challenge: &Value) -> String {
    let or_dash = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    format!(
        "CALOCK1\npurpose={}\norigin={origin}\nnonce={}\nclient={CLIENT}\naccount={}\ncert={}\npayload={}\ntime={}\n",
        or_dash(&challenge["purpose"]),
        or_dash(&challenge["nonce"]),
        or_dash(&challenge["account"]),
        signer.fingerprint(),
        or_dash(&challenge["payload"]),
        or_dash(&challenge["time"]),
    )
}

/// What a page posts.
pub fn signed(signer: &Signer, origin: &str, challenge: &Value) -> Value {
    let signature = signer.sign(statement(signer, origin, challenge).as_bytes());
    json!({
        "format": "calock:1", "purpose": challenge["purpose"], "origin": origin, "nonce": challenge["nonce"],
        "client": CLIENT, "account": challenge["account"], "payload": challenge["payload"], "time": challenge["time"],
        "certificate": Base64::encode_string(&signer.der()), "algorithm": signer.kind.algorithm(),
        "signature": Base64::encode_string(&signature), "software": "calock/0.1.0",
    })
}
