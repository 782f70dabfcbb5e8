//! A portal with its rules, an administrator, accounts and their locks: what tests of bindings, people, requests and records
//! begin with.

use std::path::Path;
use std::sync::LazyLock;

use calock::certificate::Certificate;
use calock::hash::{hex, sha256, sm3};
use calock_portal::rules::{Rules, builtin};
use calock_portal::store::{Account, AccountKind, AccountState};
use calock_portal::{Database, administrator};
use serde_json::{Value, json};

use crate::openssl::{Kind, Lab, SIGNING, Signer};
use crate::site::{Answer, PEOPLE, Setup, Site, USCC, signed};

/// The unit of most tests, as its locks name it.
pub const UNIT: &str = "示例建设有限公司";
/// Another unit, with a code whose check digits are right.
pub const OTHER_UNIT: &str = "示例咨询有限公司";
pub const OTHER_CODE: &str = "91110105MA0000074J";
/// Somebody of the unit, with an id number whose check digit is right.
pub const PERSON: &str = "张三";
pub const PERSON_CODE: &str = "11010519491231002X";
/// An administrator's password.
const ADMIN_PASSWORD: &str = "not-a-secret-7";

/// Locks of all tests here, made once. `second` has the same holder and CA as `main`: to the portal it is another one, or the same
/// one renewed.
pub struct Locks {
    pub main: Signer,
    pub second: Signer,
    pub third: Signer,
    /// Of the same holder and CA, and ends before all others.
    pub older: Signer,
    pub rsa: Signer,
    pub renamed: Signer,
    pub other: Signer,
    pub employee: Signer,
    pub person: Signer,
    pub person_again: Signer,
    pub other_ca: Signer,
    /// The CA of `other_ca`.
    pub root: Signer,
}

pub static LOCKS: LazyLock<Locks> = LazyLock::new(|| {
    let lab = Lab::new("portal-house");
    let own = &PEOPLE.root;
    let root = lab.root("second-root", Kind::Sm2);
    let unit_code = |code: &str| format!("1.2.156.10260.4.1.4=ASN1:UTF8String:{code}");
    let person_code = format!("1.2.156.10260.4.1.1=ASN1:UTF8String:{PERSON_CODE}");
    let unit = |ca: &Signer, name: &str, holder: &str, code: &str, kind: Kind| {
        let subject = format!("/C=CN/O={holder}/CN={holder}");
        lab.issue_to(&subject, ca, name, kind, SIGNING, 400, &unit_code(code))
    };
    let person =
        |name: &str, subject: &str, more: &str| lab.issue_to(subject, own, name, Kind::Sm2, SIGNING, 400, more);
    Locks {
        main: unit(own, "main", UNIT, USCC, Kind::Sm2),
        second: unit(own, "second", UNIT, USCC, Kind::Sm2),
        third: unit(own, "third", UNIT, USCC, Kind::Sm2),
        older: lab.issue_to(
            &format!("/C=CN/O={UNIT}/CN={UNIT}"),
            own,
            "older",
            Kind::Sm2,
            SIGNING,
            100,
            &unit_code(USCC),
        ),
        rsa: unit(own, "rsa", UNIT, USCC, Kind::Rsa),
        renamed: unit(own, "renamed", "示例建筑有限公司", USCC, Kind::Sm2),
        other: unit(own, "other", OTHER_UNIT, OTHER_CODE, Kind::Sm2),
        employee: person("employee", &format!("/C=CN/O={UNIT}/CN={PERSON}"), &unit_code(USCC)),
        person: person("person", &format!("/C=CN/CN={PERSON}"), &person_code),
        person_again: person("person-again", &format!("/C=CN/CN={PERSON}"), &person_code),
        other_ca: unit(&root, "other-ca", UNIT, USCC, Kind::Sm2),
        root,
    }
});

/// The portal.
pub struct House {
    pub site: Site,
    pub admin: Session,
    folder: Option<tempfile::TempDir>,
}

/// A logged-in browser.
#[derive(Clone)]
pub struct Session {
    pub cookie: String,
    pub csrf: String,
}

/// An account that was approved, with its password.
pub struct Member {
    pub account: String,
    pub name: String,
    pub password: String,
}

/// The rules of a portal, whose products `own` (the first that may do everything, unless named) come from our CAs.
pub fn rules(profile: &str) -> Rules {
    let mut rules = builtin(profile).unwrap();
    let key = |root: &Signer| {
        let certificate = Certificate::from_der(&root.der()).unwrap();
        hex(certificate.subject_key_id().expect("the root has a key id"))
    };
    let all = |product: &calock_portal::rules::Product| product.may.len() == 3;
    let own = rules.products.iter().position(all).unwrap();
    rules.products[own].issuers.push(key(&PEOPLE.root));
    if let Some(other) = rules.products.iter_mut().skip(own + 1).find(|product| all(product)) {
        other.issuers.push(key(&LOCKS.root));
    }
    rules
}

impl House {
    pub fn of(profile: &str) -> Self {
        Self::with(rules(profile))
    }

    pub fn with(rules: Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(Path::new(folder.path()).join("portal.db"));
        Self::on(rules, database, Some(folder))
    }

    pub fn on(rules: Rules, database: Database, folder: Option<tempfile::TempDir>) -> Self {
        // No certificate begins after the portal's clock.
        LazyLock::force(&LOCKS);
        let mut setup = Setup::on(database);
        setup.rules = rules;
        setup.trusted.push(LOCKS.root.der());
        Self { folder, ..Self::at(setup) }
    }

    /// A portal that is set up otherwise.
    pub fn at(setup: Setup) -> Self {
        let site = setup.start();
        let made = administrator::make(site.portal.store(), "admin", Some(ADMIN_PASSWORD.into()), site.now());
        site.runtime.block_on(made).unwrap();
        let admin = log_in(&site, "admin", ADMIN_PASSWORD);
        Self { site, admin, folder: None }
    }

    /// An approved account, with a password that the administrator sets.
    pub fn unit(&self) -> Member {
        self.member(AccountKind::Unit, UNIT, USCC)
    }

    pub fn member(&self, kind: AccountKind, name: &str, code: &str) -> Member {
        let account = self.insert(kind, name, code, true);
        let path = format!("/api/admin/accounts/{account}/reset-password");
        let answer = self.post(&self.admin, &path, &json!({"reason": "新用户"}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let password = answer.json()["password"].as_str().unwrap().to_owned();
        Member { account, name: name.into(), password }
    }

    /// An account as the store has it after registration, and after approval.
    pub fn insert(&self, kind: AccountKind, name: &str, code: &str, approved: bool) -> String {
        let now = self.site.now();
        let text = format!("{name}-{}", if approved { "a" } else { "d" });
        let account = hex(&sha256(text.as_bytes()))[..43].to_owned();
        let fields = json!({"name": name, "code": code, "legal": "李四", "phone": "010-00000000"});
        let row = Account {
            account: account.clone(),
            kind,
            name: name.into(),
            code: Some(code.into()),
            login_name: calock_portal::names::fold(name),
            password_hash: None,
            activation: None,
            proved: None,
            state: if approved { AccountState::Valid } else { AccountState::Waiting },
            roles: "[\"bidder\"]".into(),
            data: fields.to_string(),
            approved: approved.then(|| json!({"roles": ["bidder"], "data": fields}).to_string()),
            strength: None,
            letter: None,
            commitment: None,
            committed_at: None,
            review_reason: None,
            created_at: now,
            submitted_at: Some(now),
            reviewed_at: approved.then_some(now),
            effective_at: None,
            version: 1,
        };
        self.site.runtime.block_on(async {
            let mut changes = self.site.portal.store().begin().await.unwrap();
            assert!(changes.insert_account(&row).await.unwrap());
            changes.commit().await.unwrap();
        });
        account
    }

    pub fn log_in(&self, member: &Member) -> Session {
        log_in(&self.site, &member.name, &member.password)
    }

    /// A login by lock that opens a session.
    pub fn by_lock(&self, lock: &Signer) -> (Session, Value) {
        self.site.clock.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let answer = self.site.log_in(lock);
        assert_eq!(answer.status, 200, "{}", answer.text());
        (session(&self.site, &answer), answer.json())
    }

    pub fn get(&self, session: &Session, path: &str) -> Answer {
        self.site.get(path, &[("cookie", &session.cookie)])
    }

    pub fn post(&self, session: &Session, path: &str, body: &Value) -> Answer {
        self.site.post_raw(path, &self.headers(session), body.to_string().as_bytes())
    }

    /// What every page sends along.
    pub fn headers<'a>(&'a self, session: &'a Session) -> [(&'a str, &'a str); 4] {
        [
            ("content-type", "application/json"),
            ("origin", self.site.origin.as_str()),
            ("cookie", session.cookie.as_str()),
            ("x-calock-csrf", session.csrf.as_str()),
        ]
    }

    /// A statement for a purpose, an account line and a text, signed by a lock.
    pub fn signed(&self, lock: &Signer, purpose: &str, account: &str, text: Option<&str>) -> Value {
        let digest = text.map(|text| match lock.kind {
            Kind::Sm2 => hex(&sm3(text.as_bytes())),
            _ => hex(&sha256(text.as_bytes())),
        });
        let asked = json!({"purpose": purpose, "account": account, "payload": digest});
        let challenge = self.site.post("/api/challenge", &asked);
        assert_eq!(challenge.status, 200, "{}", challenge.text());
        signed(lock, &self.site.origin, &challenge.json())
    }

    /// Binds a lock in a session.
    pub fn bind(&self, session: &Session, account: &str, lock: &Signer) -> Answer {
        // A moment later: what happens in one second has no order.
        self.site.clock.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let body = json!({"signed": self.signed(lock, "bind", account, None)});
        self.post(session, "/api/bindings", &body)
    }

    /// The same where nothing may go wrong: the binding's name.
    pub fn bound(&self, session: &Session, account: &str, lock: &Signer) -> String {
        let answer = self.bind(session, account, lock);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["binding"]["binding"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }

    /// The words of the audit about an account, newest first.
    pub fn audited(&self, account: &str) -> Vec<String> {
        // Time may have passed, and the session with it.
        let admin = log_in(&self.site, "admin", ADMIN_PASSWORD);
        let answer = self.get(&admin, &format!("/api/admin/audit?account={account}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let entries = answer.json()["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    }
}

pub fn log_in(site: &Site, name: &str, password: &str) -> Session {
    let answer = site.post("/api/password-login", &json!({"name": name, "password": password}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    session(site, &answer)
}

fn session(site: &Site, answer: &Answer) -> Session {
    let cookie = answer.cookie();
    let shown = site.session(&cookie);
    assert_eq!(shown.status, 200, "{}", shown.text());
    Session { csrf: shown.json()["csrf"].as_str().unwrap().to_owned(), cookie }
}

impl House {
    /// A challenge for a purpose.
    pub fn challenge(&self, purpose: &str, account: Option<&str>, payload: Option<&str>) -> Value {
        let answer =
            self.site.post("/api/challenge", &json!({"purpose": purpose, "account": account, "payload": payload}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// The digest of a text, as a statement of this lock has it.
    pub fn digest(&self, lock: &Signer, text: &str) -> String {
        match lock.kind {
            Kind::Sm2 => hex(&sm3(text.as_bytes())),
            _ => hex(&sha256(text.as_bytes())),
        }
    }

    /// A statement that names no account.
    pub fn signed_bare(&self, lock: &Signer, purpose: &str, text: Option<&str>) -> Value {
        let digest = text.map(|text| self.digest(lock, text));
        signed(lock, &self.site.origin, &self.challenge(purpose, None, digest.as_deref()))
    }

    /// The database's file.
    pub fn file(&self) -> std::path::PathBuf {
        self.folder.as_ref().expect("it is on SQLite").path().join("portal.db")
    }

    /// The session that an answer opened.
    pub fn session(&self, answer: &Answer) -> Session {
        session(&self.site, answer)
    }

    /// Fills in everything that a portal asks of a unit, attaches the files and submits, by password.
    pub fn filled(&self, session: &Session, profile: &str) -> Value {
        let rules = builtin(profile).unwrap();
        let mut fields = serde_json::Map::new();
        for field in &rules.registration.fields {
            use calock_portal::rules::Check;
            let value = match (field.key.as_str(), field.check) {
                ("name" | "code", _) => continue,
                (_, Check::Phone) => "13800000000",
                (_, Check::Mail) => "a@example.cn",
                (_, Check::PersonId) => PERSON_CODE,
                _ => "李四",
            };
            fields.insert(field.key.clone(), json!(value));
        }
        let of_units = |file: &&calock_portal::rules::Attachment| file.only != Some(calock_portal::rules::Kind::Person);
        for file in rules.registration.attachments.iter().filter(of_units) {
            let answer = self.attach(session, &file.key, b"%PDF-1.7 licence");
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let body = json!({"formText": json!({"fields": fields}).to_string()});
        let answer = self.post(session, "/api/account/submit", &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Uploads a file to the account.
    pub fn attach(&self, session: &Session, key: &str, bytes: &[u8]) -> Answer {
        let mut headers = self.headers(session).to_vec();
        headers.push(("x-calock-name", "%E6%89%A7%E7%85%A7.pdf"));
        self.site.send("PUT", &format!("/api/account/attachments/{key}"), &headers, bytes)
    }

    /// An administrator approves the account's data.
    pub fn approve(&self, account: &str) {
        let path = format!("/api/admin/reviews/account.{account}");
        let answer = self.post(&self.admin, &path, &json!({"approve": true, "reason": "资料齐全"}));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Changes the account's name behind everybody's back.
    pub fn rename(&self, account: &str, name: &str) {
        self.site.runtime.block_on(async {
            let mut changes = self.site.portal.store().begin().await.unwrap();
            let mut row = changes.account(account).await.unwrap().unwrap();
            row.name = name.into();
            assert_eq!(changes.save_account(&row).await.unwrap(), calock_portal::store::Saved::Done);
            changes.commit().await.unwrap();
        });
    }
}
