//! Requests without a login (A22, B16, B17, C19), and applications for certificates (C12, E12).

use serde_json::{Value, json};

use crate::house::{House, LOCKS, UNIT};
use crate::site::{Answer, USCC};

fn form(unbind: bool, reset: bool) -> Value {
    json!({
        "kind": "unbind", "name": UNIT, "code": USCC, "contact": "张三", "phone": "138-0000-0000", "reason": "锁丢失",
        "unbind": unbind, "resetPassword": reset,
    })
}

fn put(house: &House, number: &str, key: &str, body: &[u8]) -> Answer {
    let headers = [("content-type", "application/pdf"), ("origin", house.site.origin.as_str())];
    house.site.send("PUT", &format!("/api/requests/{number}/documents/{key}"), &headers, body)
}

fn make(house: &House, form: &Value) -> String {
    let made = house.site.post("/api/requests", form);
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["request"]["number"].as_str().unwrap().to_owned()
}

/// Daxing: one PDF, 是否解绑, 是否需要重置注册密码, and the time when it is done.
#[test]
fn who_cannot_log_in_asks_with_documents_and_is_answered_by_number() {
    asked_with_documents(&House::of("daxing"));
}

/// The same on any database.
pub fn asked_with_documents(house: &House) {
    let unit = house.unit();
    house.bound(&house.log_in(&unit), &unit.account, &LOCKS.main);
    let number = make(house, &form(true, true));
    let path = format!("/api/requests/{number}");
    let row = house.site.get(&path, &[]).json()["request"].clone();
    assert_eq!((row["state"].clone(), row["documents"][0]["present"].clone()), (json!("draft"), json!(false)));
    assert!(row["when"]["zh"].as_str().unwrap().contains("11:00"), "B17: {row}");
    let early = house.site.post(&format!("{path}/submit"), &json!({}));
    assert_eq!(early.json()["field"], "document-1", "B16: incomplete requests are not processed");
    assert_eq!(put(house, &number, "document-1", b"<html>").json()["field"], "document-1");
    assert_eq!(put(house, &number, "document-1", b"\x89PNG\r\n\x1a\n").json()["reason"], "type");
    assert_eq!(put(house, &number, "document-2", b"%PDF-1.7").status, 404);
    assert_eq!(put(house, &number, "document-1", b"%PDF-1.7 scan").status, 200);
    let submitted = house.site.post(&format!("{path}/submit"), &json!({})).json();
    assert_eq!(submitted["request"]["stateWords"]["zh"], "待审核");
    assert_eq!(put(house, &number, "document-1", b"%PDF-1.7 other").json()["reason"], "decided");

    let waiting = house.get(&house.admin, "/api/admin/requests").json();
    let seen = &waiting["requests"][0];
    assert_eq!(
        (seen["account"]["account"].clone(), seen["matches"].clone()),
        (json!(unit.account), json!({"name": true, "code": true}))
    );
    assert_eq!(house.get(&house.admin, seen["documents"][0]["href"].as_str().unwrap()).body, b"%PDF-1.7 scan");
    let whole = house.get(&house.admin, &format!("/api/admin/requests/{number}")).json();
    assert_eq!(whole["request"]["bindings"].as_array().unwrap().len(), 1);
    let decided = house.post(
        &house.admin,
        &format!("/api/admin/requests/{number}"),
        &json!({"approve": true, "reason": "材料齐全"}),
    );
    assert_eq!(decided.status, 200, "{}", decided.text());
    let password = decided.json()["password"].as_str().unwrap().to_owned();

    // The lock is free, the old password dead, the new one in.
    assert_ne!(house.site.log_in(&LOCKS.main).status, 200);
    let old = house.site.post("/api/password-login", &json!({"name": UNIT, "password": unit.password}));
    assert_eq!(old.code(), "PASSWORD_WRONG");
    let session = crate::house::log_in(&house.site, UNIT, &password);
    let told = house.site.get(&path, &[]).json();
    assert_eq!(
        (told["request"]["state"].clone(), told["request"]["reason"].clone()),
        (json!("approved"), json!("材料齐全"))
    );
    assert!(!told.to_string().contains(&password), "told once, to the administrator");
    let events = house.get(&session, "/api/events").json().to_string();
    assert!(events.contains("材料齐全") && events.contains("administrator"), "{events}");
    assert_eq!(house.bind(&session, &unit.account, &LOCKS.second).status, 200, "B19 case 1");
    // 1.H: a reset password binds no foreign lock.
    assert_eq!(house.bind(&session, &unit.account, &LOCKS.other).code(), "CODE_MISMATCH");
}

#[test]
fn a_request_says_nothing_about_who_has_an_account() {
    let house = House::of("demo");
    let mut unknown = form(true, false);
    unknown["code"] = json!("91110105MA0000074J");
    let number = make(&house, &unknown);
    let known = make(&house, &form(true, false));
    let of = |number: &str| {
        let mut row = house.site.get(&format!("/api/requests/{number}"), &[]).json()["request"].clone();
        for key in ["number", "at", "data"] {
            row[key] = Value::Null;
        }
        row
    };
    assert_eq!(of(&number), of(&known));
    let path = format!("/api/admin/requests/{number}");
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": true})).json()["reason"], "no-account");
    let refused = house.post(&house.admin, &path, &json!({"approve": false, "reason": "没有这个单位"}));
    assert_eq!(refused.json()["request"]["stateWords"]["zh"], "不予办理");
}

#[test]
fn what_is_missing_is_named() {
    let house = House::of("demo");
    for (key, value, field) in [
        ("name", json!(" "), "name"),
        ("reason", json!("x".repeat(501)), "reason"),
        ("phone", json!("1\u{7}2"), "phone"),
        ("unbind", json!(false), "unbind"),
        ("kind", json!("renewal"), "kind"),
    ] {
        let mut wrong = form(true, false);
        wrong[key] = value;
        let refused = house.site.post("/api/requests", &wrong);
        assert_eq!((refused.code(), refused.json()["field"].clone()), ("FORM_INVALID".into(), json!(field)));
    }
    assert_eq!(house.site.get("/api/requests/ABCD-EFGH-JKLM", &[]).status, 404);
    assert_eq!(house.site.get("/api/requests/%2e%2e", &[]).status, 404);
}

#[test]
fn it_is_withdrawn_with_the_number() {
    let house = House::of("demo");
    let number = make(&house, &form(true, false));
    let path = format!("/api/requests/{number}/withdraw");
    assert_eq!(house.site.post(&path, &json!({})).json()["request"]["stateWords"]["zh"], "已撤销");
    assert_eq!(house.site.post(&path, &json!({})).json()["reason"], "decided");
}

/// E12, C12: 法人 first; 待审核, 撤销, 有效.
#[test]
fn a_certificate_is_applied_for() {
    let house = House::of("hunan");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let ask = || house.post(&session, "/api/ca-applications", &json!({"product": "hunan-ca"}));
    let made = ask();
    assert_eq!(made.status, 201, "{}", made.text());
    let row = made.json()["request"].clone();
    assert_eq!((row["stateWords"]["zh"].clone(), row["data"]["legal"].clone()), (json!("待审核"), json!("李四")));
    assert_eq!(ask().json()["reason"], "open");
    let number = row["number"].as_str().unwrap();
    let path = format!("/api/requests/{number}/withdraw");
    assert_eq!(house.site.post(&path, &json!({})).status, 401, "by its own account only");
    assert_eq!(house.post(&session, &path, &json!({})).json()["request"]["state"], "withdrawn");
    let again = ask().json()["request"]["number"].as_str().unwrap().to_owned();
    house.post(&house.admin, &format!("/api/admin/requests/{again}"), &json!({"approve": true}));
    let list = house.get(&session, "/api/ca-applications").json();
    let states: Vec<&str> =
        list["requests"].as_array().unwrap().iter().map(|row| row["stateWords"]["zh"].as_str().unwrap()).collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&"有效") && states.contains(&"已撤销"), "{states:?}");
    let unknown = house.post(&session, "/api/ca-applications", &json!({"product": "weather"}));
    assert_eq!(unknown.json()["field"], "product");
}

/// C12: while an application waits there is no 提交.
#[test]
fn nothing_is_submitted_while_an_application_waits() {
    let house = House::of("hunan");
    let unit = house.unit();
    let session = house.log_in(&unit);
    assert_eq!(house.post(&session, "/api/account/change", &json!({})).status, 200);
    let number = house.post(&session, "/api/ca-applications", &json!({"product": "hunan-ca"})).json();
    let number = number["request"]["number"].as_str().unwrap().to_owned();
    let submit = json!({"formText": "{}"});
    let refused = house.post(&session, "/api/account/submit", &submit);
    assert_eq!(refused.json()["reason"], "ca-application", "{}", refused.text());
    assert_eq!(house.get(&session, "/api/account").json()["may"]["submit"], false);
    assert_eq!(house.post(&session, &format!("/api/requests/{number}/withdraw"), &json!({})).status, 200);
    assert_ne!(house.post(&session, "/api/account/submit", &submit).json()["reason"], "ca-application");
}
