//! A unit with its virtual locks, and what its browser does at a portal.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use calock::certificate::IdentityKind;
use calock::certificate::identity::checks;
use calock::hash::{hex, sm3};
use calock::virtual_lock::{Ca, Description, HolderDescription, issue};
use serde_json::{Value, json};

use crate::openssl::{Kind, Signer};
use crate::postgresql::Server;
use crate::scale::ledger;
use crate::serve::{ORIGIN, Process, agent, read, signed, unpacked};

/// Status, JSON, cookie.
pub type Answer = (u16, Value, String);

/// A unit. Its first lock is the one that it registers by.
pub struct Unit {
    pub name: String,
    pub code: String,
    pub locks: Vec<Signer>,
    /// Whom the portal sees.
    address: String,
}

impl Unit {
    pub fn new(ca: &mut Ca, folder: &Path, number: usize, locks: usize) -> Self {
        let (name, code) = (format!("示例第{number}建设有限公司"), code(number));
        let holder = HolderDescription { name: name.clone(), uscc: Some(code.clone()), ..HolderDescription::default() };
        let description = Description { holder, encryption_pair: Some(false), ..Description::default() };
        let mut lock = |index: usize| {
            let folder = folder.join(format!("lock-{number}-{index}"));
            std::fs::create_dir(&folder).unwrap();
            unpacked(&json!(issue(&description, ca, now()).unwrap()), Kind::Sm2, &folder)
        };
        Self { locks: (0..locks).map(&mut lock).collect(), name, code, address: format!("192.0.2.{}", number + 1) }
    }

    pub fn post(&self, portal: &Process, path: &str, body: &Value) -> Answer {
        let headers = [("origin", ORIGIN), ("x-forwarded-for", &self.address)];
        send(portal, "POST", path, &headers, Some(body)).expect("an answer")
    }

    /// Registers by the first lock, which is bound by that.
    pub fn register(&self, portal: &Process) -> Session<'_> {
        let form = json!({"kind": "unit", "roles": ["bidder"], "fields": {}}).to_string();
        let challenge = json!({"purpose": "register", "payload": form_digest(&form)});
        let (_, challenge, _) = self.post(portal, "/api/challenge", &challenge);
        let signed = signed(&self.locks[0], &challenge);
        let asked = json!({"by": "certificate", "formText": form, "signed": signed});
        let (status, body, cookie) = self.post(portal, "/api/register", &asked);
        assert_eq!(status, 201, "{body}");
        let account = body["account"]["account"].as_str().unwrap().to_owned();
        let mut session = Session { unit: self, account, cookie, csrf: String::new() };
        session.csrf = session.get(portal, "/api/session")["csrf"].as_str().unwrap().to_owned();
        session
    }

    /// The same, with basic data that are approved: locks can be bound.
    pub fn ready(&self, portal: &Process) -> Session<'_> {
        let session = self.register(portal);
        let form = json!({"roles": ["bidder"], "fields": {}}).to_string();
        let (status, body, _) = session.post(portal, "/api/account/submit", &json!({"formText": form}));
        assert_eq!((status, body["account"]["state"].as_str()), (200, Some("valid")), "{body}");
        session
    }

    pub fn log_in(&self, portal: &Process) -> Answer {
        let (_, challenge, _) = self.post(portal, "/api/challenge", &json!({"purpose": "login"}));
        self.post(portal, "/api/login", &signed(&self.locks[0], &challenge))
    }
}

/// A session of a unit's account.
#[derive(Clone)]
pub struct Session<'a> {
    unit: &'a Unit,
    pub account: String,
    cookie: String,
    csrf: String,
}

impl Session<'_> {
    pub fn get(&self, portal: &Process, path: &str) -> Value {
        send(portal, "GET", path, &self.headers(), None).expect("an answer").1
    }

    pub fn post(&self, portal: &Process, path: &str, body: &Value) -> Answer {
        self.try_post(&portal.url(path), body).expect("an answer")
    }

    /// None when no answer comes.
    pub fn try_post(&self, url: &str, body: &Value) -> Option<Answer> {
        send_to("POST", url, &self.headers(), Some(body))
    }

    /// What binds one of the unit's further locks, signed by it.
    pub fn asked(&self, portal: &Process, lock: usize) -> Value {
        let challenge = json!({"purpose": "bind", "account": self.account});
        let (status, challenge, _) = self.post(portal, "/api/challenge", &challenge);
        assert_eq!(status, 200, "{challenge}");
        json!({"signed": signed(&self.unit.locks[lock], &challenge)})
    }

    pub fn bound(&self, portal: &Process, asked: &Value) -> Bound {
        Bound::of(&self.post(portal, "/api/bindings", asked))
    }

    /// A bind that was not answered, asked again: it is done now, or its nonce is spent and the binding is there.
    pub fn bound_or_done(&self, portal: &Process, postgres: &Server, asked: &Value) -> Bound {
        let nonce = nonce(asked);
        let was_done = ledger::traces(postgres, nonce) > 0;
        let answer = self.post(portal, "/api/bindings", asked);
        if !was_done {
            return Bound::of(&answer);
        }
        assert_eq!((answer.0, answer.1["code"].as_str()), (409, Some("NONCE_USED")), "{}", answer.1);
        ledger::led_to(postgres, nonce).expect("the binding that the nonce was spent for")
    }

    /// A request of the upload protocol: status, `Location`, `Upload-Offset`. None when no answer comes.
    pub fn tus(
        &self,
        method: &str,
        url: &str,
        more: &[(&str, &str)],
        body: &[u8],
    ) -> Option<(u16, String, Option<usize>)> {
        let request = ureq::http::Request::builder().method(method).uri(url).header("tus-resumable", "1.0.0");
        let headers = self.headers();
        let request = headers.iter().chain(more).fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = agent().run(request.body(body).unwrap()).ok()?;
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let offset = header("upload-offset").map(|offset| offset.parse().unwrap());
        Some((answer.status().as_u16(), header("location").unwrap_or_default(), offset))
    }

    fn headers(&self) -> [(&str, &str); 4] {
        [
            ("origin", ORIGIN),
            ("x-forwarded-for", &self.unit.address),
            ("cookie", &self.cookie),
            ("x-calock-csrf", &self.csrf),
        ]
    }
}

/// The nonce that a bind spends.
pub fn nonce(asked: &Value) -> &str {
    asked["signed"]["nonce"].as_str().unwrap()
}

/// A binding that was made.
#[derive(Debug)]
pub struct Bound {
    pub binding: String,
    pub fingerprint: String,
}

impl Bound {
    pub fn of((status, body, _): &Answer) -> Self {
        let text = |name: &str| body["binding"][name].as_str().unwrap_or_else(|| panic!("{status} {body}")).to_owned();
        assert_eq!(*status, 200, "{body}");
        Self { binding: text("binding"), fingerprint: text("fingerprint") }
    }
}

/// None when no answer comes.
pub fn send(
    portal: &Process,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Option<Answer> {
    send_to(method, &portal.url(path), headers, body)
}

fn send_to(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Option<Answer> {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let sent = match body {
        Some(body) => agent().run(request.header("content-type", "application/json").body(body.to_string()).unwrap()),
        None => agent().run(request.body(()).unwrap()),
    };
    sent.is_ok().then(|| read(sent))
}

/// As a page signs a form along with an SM2 key.
fn form_digest(form: &str) -> String {
    hex(&sm3(form.as_bytes()))
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// An invented code whose two check digits are right: the first pair that is found to be.
fn code(number: usize) -> String {
    const DIGITS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let start = format!("91110105MA{number:06}");
    let pairs = DIGITS.chars().flat_map(|one| DIGITS.chars().map(move |other| format!("{one}{other}")));
    let codes = pairs.map(|pair| format!("{start}{pair}"));
    codes.into_iter().find(|code| checks(IdentityKind::Uscc, code)).expect("one of them is right")
}
