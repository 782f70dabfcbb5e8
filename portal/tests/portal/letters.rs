//! The letter of commitment (C03, C20): made of the data, sealed, taken for what it is, and what it opens.

use std::sync::atomic::Ordering;

use calock_portal::rules::{Rules, SealOf};
use serde_json::{Value, json};

use crate::house::{House, LOCKS, OTHER_CODE, OTHER_UNIT, PERSON, Session, UNIT, rules};
use crate::openssl::Signer;
use crate::sealing::sealed_pdf;
use crate::site::{Answer, USCC};

/// Where a seal of 42 mm has room.
const THERE: [&str; 2] = ["100", "220"];

/// A unit that is registered, approved and here, logged in with its lock.
struct Unit<'a> {
    house: &'a House,
    session: Session,
    account: String,
}

impl<'a> Unit<'a> {
    fn arrived(house: &'a House) -> Self {
        let form = json!({"kind": "unit", "roles": ["bidder"], "fields": {"name": UNIT, "code": USCC}});
        let body = json!({"by": "password", "formText": form.to_string(), "password": "Pa55word-2026"});
        let answer = house.site.post("/api/register", &body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let account = answer.json()["account"]["account"].as_str().unwrap().to_owned();
        house.filled(&house.session(&answer), "changde");
        house.approve(&account);
        let sync = format!("/api/admin/accounts/{account}/sync");
        assert_eq!(house.post(&house.admin, &sync, &json!({"reason": "同步"})).status, 200);
        let (session, _) = house.by_lock(&LOCKS.main);
        Self { house, session, account }
    }

    fn post(&self, path: &str, body: Value) -> Answer {
        // A moment later: what happens in one second has no order.
        self.house.site.clock.fetch_add(1, Ordering::SeqCst);
        self.house.post(&self.session, path, &body)
    }

    fn get(&self, path: &str) -> Answer {
        self.house.get(&self.session, path)
    }

    fn change(&self) {
        assert_eq!(self.post("/api/account/change", json!({})).status, 200);
    }

    fn save(&self, fields: Value) {
        let answer = self.post("/api/account/save", json!({"formText": json!({"fields": fields}).to_string()}));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    fn submit(&self) -> Answer {
        self.post("/api/account/submit", json!({"formText": "{}"}))
    }

    /// The letter of the data as they are.
    fn made(&self) -> Made {
        let answer = self.post("/api/account/letter", json!({}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let shown = answer.json()["letter"]["made"].clone();
        let file = self.get(shown["file"].as_str().unwrap());
        assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"));
        Made { letter: shown["letter"].as_str().unwrap().into(), shown, file: file.body }
    }

    /// Posts a sealed document: its receipt.
    fn posted(&self, lock: &Signer, bytes: &[u8]) -> String {
        let answer = self.house.send_sealed(&self.session, &self.account, lock, bytes);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["seal"].as_str().unwrap().to_owned()
    }

    /// Hands a document in as the letter.
    fn hand_in(&self, made: &Made, bytes: &[u8]) -> Answer {
        let seal = self.posted(&LOCKS.main, bytes);
        self.post(&format!("/api/account/letter/{}/sealed", made.letter), json!({"seal": seal}))
    }

    fn seal(&self, original: &[u8]) -> Vec<u8> {
        sealed_pdf(original, &LOCKS.main, &LOCKS.other, self.house.site.now(), THERE)
    }

    fn capabilities(&self) -> Value {
        self.get("/api/session").json()["capabilities"].clone()
    }

    fn refused(&self, answer: &Answer, status: u16, code: &str) {
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
        let letter = self.get("/api/account").json()["letter"].clone();
        assert_eq!(letter["made"]["sealedAt"], Value::Null, "nothing was taken");
    }
}

struct Made {
    letter: String,
    shown: Value,
    file: Vec<u8>,
}

#[test]
fn c03_c20_sealed_submitted_approved_by_itself_and_business_is_open() {
    sealed_and_submitted(&House::of("changde"));
}

/// For an empty house of changde's.
pub fn sealed_and_submitted(house: &House) {
    let unit = Unit::arrived(house);
    let before = unit.capabilities();
    assert_eq!(
        (&before["business"], &before["refused"]["business"]),
        (&json!(false), &json!("LETTER_MISSING")),
        "{before}"
    );
    assert_eq!(unit.post("/api/account/letter", json!({})).json()["reason"], "locked", "修改信息 comes first");
    unit.change();
    unit.save(json!({"address": "示例市示例路2号"}));
    let refused = unit.submit();
    assert_eq!((refused.status, refused.code().as_str()), (403, "LETTER_MISSING"));

    let made = unit.made();
    assert!(made.file.starts_with(b"%PDF-"));
    assert_eq!(unit.made().letter, made.letter, "the same data have the same letter");
    let place = &made.shown["places"][0];
    assert_eq!((&place["seal"], &place["page"]), (&json!("unit"), &made.shown["pages"]));
    let sealed = unit.seal(&made.file);
    let taken = unit.hand_in(&made, &sealed);
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert!(taken.json()["letter"]["made"]["sealedAt"].is_string());
    assert_eq!(unit.capabilities()["business"], false, "sealed is not submitted");
    let file = unit.get(made.shown["file"].as_str().unwrap());
    assert!(file.body == sealed, "what is handed out now is sealed");

    let done = unit.submit();
    assert_eq!((done.status, &done.json()["account"]["state"]), (200, &json!("valid")), "{}", done.text());
    assert_eq!(done.json()["strength"], "ca", "the letter says all of it, sealed by the lock");
    assert_eq!(done.json()["letter"]["holds"]["letter"], json!(made.letter));
    let after = unit.capabilities();
    assert_eq!((&after["business"], &after["refused"]["business"]), (&json!(true), &Value::Null));
    assert_eq!(house.audited(&unit.account)[..2], ["submit", "commit"]);

    // The administration sees it, its seals and what was posted along.
    let seen = house.get(&house.admin, &format!("/api/admin/accounts/{}", unit.account)).json()["letter"].clone();
    assert_eq!(seen["signatures"][0]["signer"], UNIT, "{seen}");
    assert!(house.get(&house.admin, seen["href"].as_str().unwrap()).body == sealed);
    let evidence = house.get(&house.admin, &format!("/api/admin/evidence/{}", seen["evidence"].as_str().unwrap()));
    assert!(evidence.text().contains("purpose=seal"));
}

#[test]
fn the_letter_binds_the_data_and_what_changes_is_sealed_anew() {
    let house = House::of("changde");
    let unit = Unit::arrived(&house);
    unit.change();
    let made = unit.made();
    assert_eq!(unit.hand_in(&made, &unit.seal(&made.file)).status, 200);
    unit.save(json!({"legal": "王五"}));
    assert_eq!(unit.submit().code(), "LETTER_MISSING", "it was of other data");
    let again = unit.made();
    assert_ne!(again.letter, made.letter);
    unit.refused(&unit.hand_in(&again, &unit.seal(&made.file)), 409, "LETTER_MISMATCH");
    // One that was made of data that are no more.
    unit.save(json!({"legal": "赵六"}));
    let old = unit.posted(&LOCKS.main, &unit.seal(&again.file));
    let path = format!("/api/account/letter/{}/sealed", again.letter);
    assert_eq!(unit.post(&path, json!({"seal": old})).code(), "LETTER_MISMATCH");
    // Data as they were once: that letter was sealed and is kept.
    unit.save(json!({"legal": "李四"}));
    assert_eq!(unit.made().letter, made.letter);
    assert_eq!(unit.submit().json()["account"]["state"], "valid");
    assert_eq!(unit.capabilities()["business"], true);
    // While data are changed, what was approved holds, and the letter with it.
    unit.change();
    unit.save(json!({"phone": "13800000001"}));
    assert_eq!(unit.capabilities()["business"], true);
    assert_eq!(unit.submit().code(), "LETTER_MISSING");
}

#[test]
fn what_is_not_this_letter_sealed_by_this_unit_is_refused() {
    let house = House::of("changde");
    let unit = Unit::arrived(&house);
    unit.change();
    let made = unit.made();
    let other = house.insert(calock_portal::store::AccountKind::Unit, OTHER_UNIT, OTHER_CODE, true);
    assert_ne!(other, unit.account);

    let mut another = made.file.clone();
    let at = another.windows(9).position(|bytes| bytes == b"/Lang(zh-").unwrap();
    another[at + 6] = b'Z';
    unit.refused(&unit.hand_in(&made, &unit.seal(&another)), 409, "LETTER_MISMATCH");
    // The letter is there, byte for byte, and below the seal the page shows something else.
    unit.refused(&unit.hand_in(&made, &unit.seal(&overwritten(&made.file))), 409, "LETTER_MISMATCH");
    let both = sealed_pdf(&unit.seal(&made.file), &LOCKS.other, &LOCKS.main, house.site.now(), ["20", "20"]);
    unit.refused(&unit.hand_in(&made, &both), 403, "CODE_MISMATCH");
    let nothing = unit.post(&format!("/api/account/letter/{}/sealed", made.letter), json!({"seal": "none"}));
    unit.refused(&nothing, 404, "NOT_FOUND");
    // A page of the letter that was opened before.
    let elsewhere = unit.post("/api/account/letter/none/sealed", json!({"seal": "none"}));
    unit.refused(&elsewhere, 409, "LETTER_MISMATCH");
    assert_eq!(unit.get("/api/account/letter/none/file").status, 404);
    assert_eq!(unit.hand_in(&made, &unit.seal(&made.file)).status, 200, "and none of that stood in the way");
}

/// The file with another text on its first page, added as PDF allows: behind what was there.
fn overwritten(file: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(file);
    let number = |after: &str| -> u32 {
        let (_, rest) = text.rsplit_once(after).unwrap();
        rest.trim_start().split(|one: char| !one.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let (before, page) = text.split_once("<</Type/Page/").unwrap();
    let page_number: u32 = before.trim_end().trim_end_matches(" 0 obj").rsplit('\n').next().unwrap().parse().unwrap();
    let (page, _) = page.split_once(">>").unwrap();
    let (rest, _) = page.split_once("/Contents").unwrap();
    let (size, root, start) = (number("/Size"), number("/Root"), number("startxref"));
    let mut new = file.to_vec();
    let mut places = Vec::new();
    for (number, object) in [
        (page_number, format!("<</Type/Page/{rest}/Contents {size} 0 R>>")),
        (size, "<</Length 8>>stream\n0 0 m  S\nendstream".into()),
    ] {
        places.push((number, new.len()));
        new.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let at = new.len();
    let entries: String = places.iter().map(|(number, at)| format!("{number} 1\n{at:010} 00000 n\r\n")).collect();
    let trailer = format!("trailer\n<</Size {}/Root {root} 0 R/Prev {start}>>\nstartxref\n{at}\n%%EOF\n", size + 1);
    new.extend_from_slice(format!("xref\n{entries}{trailer}").as_bytes());
    new
}

fn changed(change: impl FnOnce(&mut Rules)) -> Rules {
    let mut rules = rules("changde");
    change(&mut rules);
    rules
}

#[test]
fn the_legal_representatives_seal_where_it_is_wanted_as_well() {
    let wanted = |rules: &mut Rules| {
        rules.registration.letter.as_mut().unwrap().seals = vec![SealOf::Unit, SealOf::Legal];
    };
    let house = House::with(changed(wanted));
    let unit = Unit::arrived(&house);
    unit.change();
    unit.save(json!({"legal": PERSON}));
    let made = unit.made();
    let by_unit = unit.seal(&made.file);
    unit.refused(&unit.hand_in(&made, &by_unit), 403, "LETTER_MISSING");
    let both = sealed_pdf(&by_unit, &LOCKS.person, &LOCKS.other, house.site.now(), ["20", "220"]);
    let taken = unit.hand_in(&made, &both);
    assert_eq!(taken.status, 200, "{}", taken.text());
}

#[test]
fn where_changes_are_reviewed_the_letter_waits_with_them() {
    let house = House::with(changed(|rules| rules.registration.review_changes = true));
    let unit = Unit::arrived(&house);
    unit.change();
    let made = unit.made();
    let sealed = unit.seal(&made.file);
    assert_eq!(unit.hand_in(&made, &sealed).status, 200);
    assert_eq!(unit.submit().json()["account"]["state"], "waiting");
    assert_eq!(unit.capabilities()["business"], false);
    let review = house.get(&house.admin, &format!("/api/admin/reviews/account.{}", unit.account)).json();
    assert_eq!(review["letter"]["letter"], json!(made.letter));
    assert_eq!(review["letter"]["signatures"][0]["signer"], UNIT);
    assert!(house.get(&house.admin, review["letter"]["href"].as_str().unwrap()).body == sealed);
    house.approve(&unit.account);
    assert_eq!(unit.capabilities()["business"], true);
}

#[test]
fn a_name_that_no_font_has_is_told_by_its_characters() {
    let house = House::of("changde");
    let unit = Unit::arrived(&house);
    unit.change();
    unit.save(json!({"legal": "李\u{10FFFD}"}));
    let refused = unit.post("/api/account/letter", json!({}));
    assert_eq!((refused.status, refused.code().as_str()), (422, "FONT_MISSING"));
    assert_eq!(refused.json()["characters"], "\u{10FFFD}");
}

#[test]
fn elsewhere_there_is_no_letter() {
    let house = House::of("hunan");
    let member = house.unit();
    let session = house.log_in(&member);
    assert_eq!(house.get(&session, "/api/account").json()["letter"], Value::Null);
    assert_eq!(house.post(&session, "/api/account/letter", &json!({})).code(), "NOT_FOUND");
}
