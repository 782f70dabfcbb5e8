//! People of a unit and the activation of their locks (C16 to C18).

use serde_json::{Value, json};

use calock_portal::store::AccountKind;

use crate::house::{House, LOCKS, Member, OTHER_CODE, OTHER_UNIT, PERSON, PERSON_CODE, Session};

/// Changde, with a unit that is logged in by its lock.
fn unit() -> (House, Member, Session) {
    let house = House::of("changde");
    let (unit, session) = member(&house);
    (house, unit, session)
}

fn member(house: &House) -> (Member, Session) {
    let unit = house.unit();
    let (session, _) = house.by_lock(&LOCKS.main);
    (unit, session)
}

fn form(name: &str) -> Value {
    json!({"list": "staff-works", "name": name, "code": PERSON_CODE, "data": {"phone": "138-0000-0000"}})
}

/// Somebody who was entered, submitted and approved: their name in data.
fn approved(house: &House, session: &Session, name: &str) -> String {
    let entered = house.post(session, "/api/staff", &form(name));
    assert_eq!(entered.status, 200, "{}", entered.text());
    let staff = entered.json()["staff"]["staff"].as_str().unwrap().to_owned();
    assert_eq!(house.post(session, &format!("/api/staff/{staff}/submit"), &json!({})).status, 200);
    let review = format!("/api/admin/reviews/staff.{staff}");
    assert_eq!(house.post(&house.admin, &review, &json!({"approve": true})).status, 200);
    staff
}

fn activate(
    house: &House,
    session: &Session,
    unit: &Member,
    staff: &str,
    lock: &crate::openssl::Signer,
) -> crate::site::Answer {
    let signed = house.signed(lock, "activate", &format!("{}/{staff}", unit.account), None);
    house.post(session, &format!("/api/staff/{staff}/activate"), &json!({"signed": signed, "contact": "138-0000-0000"}))
}

/// C17: 新增从业人员 → 电子件管理 → 提交信息 → 审核.
#[test]
fn a_person_is_entered_documented_submitted_and_reviewed() {
    let (house, _, session) = unit();
    let entered = house.post(&session, "/api/staff", &form(PERSON)).json();
    let staff = entered["staff"]["staff"].as_str().unwrap().to_owned();
    assert_eq!(
        (entered["staff"]["state"].clone(), entered["staff"]["stateWords"]["zh"].clone()),
        (json!("draft"), json!("无效"))
    );
    let masked = entered["staff"]["code"].as_str().unwrap();
    assert!(masked.starts_with("110") && masked.ends_with("2X") && masked.contains('*'), "{masked}");

    let file = format!("/api/staff/{staff}/attachments/certificate");
    let mut headers = house.headers(&session).to_vec();
    headers[0] = ("content-type", "application/pdf");
    headers.push(("x-calock-name", "%E8%AF%81%E4%B9%A6.pdf"));
    let put = house.site.send("PUT", &file, &headers, b"%PDF-1.7\nx");
    assert_eq!(put.status, 200, "{}", put.text());
    assert_eq!(house.get(&session, &file).body, b"%PDF-1.7\nx");

    let submitted = house.post(&session, &format!("/api/staff/{staff}/submit"), &json!({})).json();
    assert_eq!(submitted["staff"]["stateWords"]["zh"], "待审核");
    assert_eq!(submitted["staff"]["attachments"][0]["name"], "证书.pdf");
    let late = house.post(&session, &format!("/api/staff/{staff}"), &form("李四"));
    assert_eq!(late.json()["reason"], "submitted");
    assert_eq!(house.site.send("PUT", &file, &headers, b"%PDF-1.7\ny").json()["reason"], "submitted");

    let path = format!("/api/admin/reviews/staff.{staff}");
    let review = house.get(&house.admin, &path).json();
    let href = review["attachments"][0]["href"].as_str().unwrap();
    assert_eq!(house.get(&house.admin, href).body, b"%PDF-1.7\nx");
    assert_eq!(house.get(&session, href).status, 404, "for administrators");
    assert!(review["data"].to_string().contains(PERSON_CODE), "the number is what is compared");
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": false, "reason": "证书看不清"})).status, 200);
    let list = house.get(&session, "/api/staff").json();
    assert_eq!(
        (list["staff"][0]["state"].clone(), list["staff"][0]["reason"].clone()),
        (json!("rejected"), json!("证书看不清"))
    );
    assert_eq!(list["lists"].as_array().unwrap().len(), 2, "two lists");
    assert_eq!(house.post(&session, &format!("/api/staff/{staff}"), &form(PERSON)).status, 200, "and is written again");
}

/// C18: the unit's session stays while the person's lock signs.
#[test]
fn a_persons_lock_is_activated_in_the_units_session() {
    activated_in_the_units_session(&House::of("changde"));
}

/// The same on any database.
pub fn activated_in_the_units_session(house: &House) {
    let (unit, session) = member(house);
    let staff = approved(house, &session, PERSON);
    let activated = activate(house, &session, &unit, &staff, &LOCKS.person);
    assert_eq!(activated.status, 200, "{}", activated.text());
    let body = activated.json();
    assert_eq!(
        (body["binding"]["role"].clone(), body["binding"]["words"]["role"]["zh"].clone()),
        (json!("personal"), json!("个人锁"))
    );
    assert_eq!(body["staff"]["contact"], "138-0000-0000");
    assert_eq!(house.get(&session, "/api/session").json()["account"]["account"], unit.account.as_str());
    // The person logs in to the unit's account, and enters nobody.
    let (person, login) = house.by_lock(&LOCKS.person);
    assert_eq!(login["account"]["account"], unit.account.as_str(), "{login}");
    assert_eq!(house.post(&person, "/api/staff", &form("王五")).code(), "NOT_ALLOWED");
    // A new lock of theirs takes the old one's place.
    let again = activate(house, &session, &unit, &staff, &LOCKS.person_again).json();
    assert_eq!(
        (again["notice"]["code"].clone(), again["binding"]["changeState"].clone()),
        (json!("SERIAL_CHANGED"), json!("changed"))
    );
    assert_eq!(house.get(&person, "/api/session").status, 401);
    assert_ne!(house.site.log_in(&LOCKS.person).status, 200);
    // They leave, and their lock with them.
    let left = house.post(&session, &format!("/api/staff/{staff}/leave"), &json!({"reason": "离职"})).json();
    assert_eq!((left["staff"]["state"].clone(), left["staff"]["binding"].clone()), (json!("left"), Value::Null));
    assert_ne!(house.site.log_in(&LOCKS.person_again).status, 200);
}

#[test]
fn a_lock_is_activated_only_for_its_person_and_after_the_review() {
    let (house, unit, session) = unit();
    let entered = house.post(&session, "/api/staff", &form(PERSON)).json();
    let waiting = entered["staff"]["staff"].as_str().unwrap().to_owned();
    assert_eq!(activate(&house, &session, &unit, &waiting, &LOCKS.person).code(), "NOT_REVIEWED");
    let other = approved(&house, &session, "李四");
    let mismatch = activate(&house, &session, &unit, &other, &LOCKS.person);
    assert_eq!(
        (mismatch.code(), mismatch.json()["names"].clone()),
        ("NAME_MISMATCH".into(), json!({"account": "李四", "certificate": PERSON}))
    );
    assert_eq!(
        activate(&house, &session, &unit, &other, &LOCKS.main).code(),
        "NAME_MISMATCH",
        "a unit's lock is nobody's own"
    );
    let staff = approved(&house, &session, PERSON);
    let elsewhere = house.signed(&LOCKS.person, "activate", &format!("{}/{other}", unit.account), None);
    let body = json!({"signed": elsewhere, "contact": "x"});
    assert_eq!(house.post(&session, &format!("/api/staff/{staff}/activate"), &body).code(), "ACCOUNT_MISMATCH");
    assert_eq!(activate(&house, &session, &unit, &staff, &LOCKS.person).status, 200);
    assert_eq!(activate(&house, &session, &unit, &staff, &LOCKS.person).code(), "KEY_ALREADY_BOUND");
    // Alive at one unit, it is activated at no other: 请先解绑.
    let second = house.member(AccountKind::Unit, OTHER_UNIT, OTHER_CODE);
    let (theirs, _) = house.by_lock(&LOCKS.other);
    let there = approved(&house, &theirs, PERSON);
    let refused = activate(&house, &theirs, &second, &there, &LOCKS.person);
    assert_eq!(refused.code(), "KEY_ALREADY_BOUND");
    assert!(!refused.text().contains(&unit.account) && !refused.text().contains(crate::house::UNIT), "not whose it is");
    house.post(&session, &format!("/api/staff/{staff}/leave"), &json!({"reason": "离职"}));
    assert_eq!(activate(&house, &theirs, &second, &there, &LOCKS.person).status, 200);
}

#[test]
fn people_are_entered_by_lock_and_in_their_shape() {
    let (house, _, session) = unit();
    let refused = |body: Value| house.post(&session, "/api/staff", &body).json()["field"].clone();
    assert_eq!(refused(json!({"list": "staff-works", "name": PERSON, "code": "123", "data": {"phone": "1"}})), "code");
    assert_eq!(refused(json!({"list": "awards", "name": PERSON, "code": PERSON_CODE, "data": {}})), "list");
    assert_eq!(refused(json!({"list": "staff-works", "name": PERSON, "code": PERSON_CODE, "data": {}})), "phone");
    assert_eq!(refused(json!({"list": "staff-works", "name": " ", "code": PERSON_CODE, "data": {}})), "name");
    // Elsewhere there is no such list.
    let daxing = House::of("daxing");
    let member = daxing.unit();
    let typed = daxing.log_in(&member);
    assert_eq!(daxing.get(&typed, "/api/staff").status, 404);
}

/// A session by password enters nobody.
#[test]
fn a_password_enters_nobody() {
    let house = House::of("changde");
    let unit = house.unit();
    let typed = house.log_in(&unit);
    assert_eq!(house.get(&typed, "/api/staff").status, 200);
    assert_eq!(house.post(&typed, "/api/staff", &form(PERSON)).code(), "NEED_CA_TO_SUBMIT");
}
