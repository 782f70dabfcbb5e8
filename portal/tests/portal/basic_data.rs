//! Basic data: saved, submitted as strongly as they were signed, reviewed, changed, withdrawn.

use serde_json::{Value, json};

use crate::house::{House, LOCKS, Session, UNIT};
use crate::openssl::Signer;
use crate::site::{Answer, USCC};

const PASSWORD: &str = "Pa55word-2026";

/// A house with a draft account, its session and name.
fn registered(profile: &str) -> (House, Session, String) {
    let house = House::of(profile);
    let (session, account) = registered_in(&house);
    (house, session, account)
}

fn registered_in(house: &House) -> (Session, String) {
    let form = json!({"kind": "unit", "fields": {"name": UNIT, "code": USCC}});
    let body = json!({"by": "password", "formText": form.to_string(), "password": PASSWORD});
    let answer = house.site.post("/api/register", &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let account = answer.json()["account"]["account"].as_str().unwrap().to_owned();
    (house.session(&answer), account)
}

fn save(house: &House, session: &Session, fields: Value) -> Answer {
    house.post(session, "/api/account/save", &json!({"formText": json!({"fields": fields}).to_string()}))
}

/// Submits a form, signed by a lock.
fn signed_submit(house: &House, session: &Session, account: &str, lock: &Signer, fields: Value) -> Answer {
    let text = json!({"fields": fields}).to_string();
    let signed = house.signed(lock, "submit", account, Some(&text));
    house.post(session, "/api/account/submit", &json!({"formText": text, "signed": signed}))
}

#[test]
fn d05_what_is_missing_is_asked_for_when_it_is_submitted() {
    let (house, session, _) = registered("hunan");
    let account = house.get(&session, "/api/account").json();
    assert_eq!(account["missing"], json!(["legal", "contact", "phone", "address", "licence"]));
    assert_eq!(account["may"], json!({"save": true, "submit": true, "change": false, "withdraw": false}));
    let saved = save(&house, &session, json!({"contact": "张三", "phone": ""}));
    assert_eq!((saved.status, &saved.json()["data"]["contact"]), (200, &json!("张三")), "saving asks for nothing");
    let refused = house.post(&session, "/api/account/submit", &json!({"formText": "{}"}));
    assert_eq!(
        (refused.status, &refused.json()["field"], &refused.json()["reason"]),
        (422, &json!("legal"), &json!("required"))
    );
    let all = json!({"legal": "李四", "phone": "13800000000", "address": "示例路1号"});
    let form = json!({"formText": json!({ "fields": all }).to_string()});
    assert_eq!(house.post(&session, "/api/account/submit", &form).json()["field"], "licence", "attachments too");
    house.attach(&session, "licence", b"%PDF-1.7");
    let done = house.post(&session, "/api/account/submit", &form);
    assert_eq!((done.status, &done.json()["account"]["state"]), (200, &json!("waiting")), "{}", done.text());
}

#[test]
fn nothing_but_the_forms_fields_can_be_written() {
    let (house, session, _) = registered("hunan");
    let before = house.get(&session, "/api/account").json();
    for form in [
        json!({"fields": {"state": "valid"}}),
        json!({"fields": {"approved": "x"}}),
        json!({"state": "valid"}),
        json!({"kind": "person"}),
        json!({"loginName": "somebody"}),
        json!({"roles": ["admin"]}),
    ] {
        let answer = house.post(&session, "/api/account/save", &json!({"formText": form.to_string()}));
        assert_eq!(answer.code(), "FORM_INVALID", "{form}");
    }
    for body in [json!({"formText": "{}", "state": "valid"}), json!({"form": {}}), json!({"formText": {}})] {
        assert_eq!(house.post(&session, "/api/account/save", &body).code(), "BAD_REQUEST", "{body}");
    }
    assert_eq!(house.get(&session, "/api/account").json(), before);
}

#[test]
fn somebody_elses_change_is_not_written_over() {
    let (house, session, _) = registered("hunan");
    let version = house.get(&session, "/api/account").json()["version"].clone();
    let form = |name: &str| json!({"formText": json!({"fields": {"contact": name}}).to_string(), "version": version});
    assert_eq!(house.post(&session, "/api/account/save", &form("张三")).status, 200);
    let late = house.post(&session, "/api/account/save", &form("王五"));
    assert_eq!((late.code().as_str(), &late.json()["reason"]), ("STATE_CONFLICT", &json!("version")));
    assert_eq!(house.get(&session, "/api/account").json()["data"]["contact"], "张三");
}

#[test]
fn e13_c12_locked_after_submitting_withdrawn_approved_changed() {
    locked_and_changed(&House::of("hunan"));
}

/// For an empty house of hunan's.
pub fn locked_and_changed(house: &House) {
    let (session, account) = registered_in(house);
    house.filled(&session, "hunan");
    let refused = save(house, &session, json!({"contact": "王五"}));
    assert_eq!(refused.json()["reason"], "waiting", "{}", refused.text());
    // 撤销
    let withdrawn = house.post(&session, "/api/account/withdraw", &json!({}));
    assert_eq!(withdrawn.json()["account"]["state"], "draft");
    assert_eq!(house.post(&session, "/api/account/withdraw", &json!({})).code(), "STATE_CONFLICT");
    assert_eq!(save(house, &session, json!({"contact": "王五"})).status, 200);
    house.post(&session, "/api/account/submit", &json!({"formText": "{}"}));
    house.approve(&account);
    let shown = house.get(&session, "/api/account").json();
    assert_eq!((&shown["account"]["stateWords"]["zh"], &shown["may"]["change"]), (&json!("有效"), &json!(true)));
    assert_eq!(save(house, &session, json!({"contact": "赵六"})).json()["reason"], "locked");
    // 变更
    let changing = house.post(&session, "/api/account/change", &json!({})).json();
    assert_eq!((&changing["account"]["state"], &changing["fixed"]), (&json!("changing"), &json!(["code"])));
    assert_eq!(save(house, &session, json!({"contact": "赵六"})).status, 200);
    let fixed = save(house, &session, json!({"code": "91110105MA0000078B"}));
    assert_eq!((&fixed.json()["field"], &fixed.json()["reason"]), (&json!("code"), &json!("fixed")));
    let shown = house.get(&session, "/api/account").json();
    assert_eq!((&shown["approved"]["data"]["contact"], &shown["data"]["contact"]), (&json!("王五"), &json!("赵六")));
    for action in ["register", "save", "submit", "withdraw", "approve", "change"] {
        assert!(
            house.audited(&account).iter().any(|word| word.contains(action)),
            "{action}: {:?}",
            house.audited(&account)
        );
    }
}

#[test]
fn e11_by_password_for_paper_by_lock_for_everything() {
    let (house, session, account) = registered("hunan");
    let submitted = house.filled(&session, "hunan");
    assert_eq!(submitted["notice"]["code"], "PAPER_ONLY");
    assert!(
        submitted["notice"]["message"]["zh"]
            .as_str()
            .unwrap()
            .starts_with("用账号登录的用户提交信息，仅限制开展纸质标业务")
    );
    house.approve(&account);
    house.bound(&session, &account, &LOCKS.main);
    let (by_lock, entered) = house.by_lock(&LOCKS.main);
    assert_eq!(entered["notice"]["code"], "PAPER_ONLY");
    let can = |session: &Session| house.get(session, "/api/session").json()["capabilities"]["electronic"].clone();
    assert_eq!(can(&by_lock), false);
    house.post(&by_lock, "/api/account/change", &json!({}));
    let done = signed_submit(&house, &by_lock, &account, &LOCKS.main, json!({"contact": "王五"}));
    assert_eq!((done.status, &done.json()["strength"]), (200, &json!("ca")), "{}", done.text());
    house.approve(&account);
    assert_eq!(can(&by_lock), true);
    // E18: both are in the history, with their strength.
    let history = house.get(&by_lock, "/api/history").json()["history"].clone();
    let strengths: Vec<&Value> = history.as_array().unwrap().iter().map(|one| &one["strength"]).collect();
    assert_eq!(strengths, ["ca", "password"]);
}

#[test]
fn a_submission_is_signed_by_a_lock_of_the_account_over_exactly_its_text() {
    let (house, session, account) = registered("hunan");
    house.filled(&session, "hunan");
    house.approve(&account);
    house.bound(&session, &account, &LOCKS.main);
    house.post(&session, "/api/account/change", &json!({}));
    let foreign = signed_submit(&house, &session, &account, &LOCKS.other, json!({"contact": "王五"}));
    assert_eq!((foreign.status, foreign.code().as_str()), (403, "KEY_NOT_BOUND"));
    let text = json!({"fields": {"contact": "王五"}}).to_string();
    let signed = house.signed(&LOCKS.main, "submit", &account, Some(&text));
    let post = |text: &str, signed: &Value| {
        house.post(&session, "/api/account/submit", &json!({"formText": text, "signed": signed}))
    };
    assert_eq!(post(&text.replace("王五", "赵六"), &signed).code(), "PAYLOAD_MISMATCH");
    let elsewhere = house.signed(&LOCKS.main, "submit", "somebody-else", Some(&text));
    assert_eq!(post(&text, &elsewhere).code(), "ACCOUNT_MISMATCH");
    let purpose = house.signed(&LOCKS.main, "bind", &account, Some(&text));
    assert_eq!(post(&text, &purpose).code(), "PURPOSE_MISMATCH");
    assert_eq!(house.get(&session, "/api/account").json()["account"]["state"], "changing", "nothing came of it");
    assert_eq!(post(&text, &signed).status, 200, "and nothing was spent");
    assert_eq!(post(&text, &signed).code(), "NONCE_USED");
}

/// A17, A19 with the certificate's own name: nobody types it once a certificate has proved it.
#[test]
fn a_proved_name_is_not_typed_over() {
    let house = House::of("fengtai");
    let text = "{}";
    let signed = house.signed_bare(&LOCKS.main, "register", Some(text));
    let body = json!({"by": "certificate", "formText": text, "signed": signed, "password": PASSWORD});
    let answer = house.site.post("/api/register", &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let session = house.session(&answer);
    for (field, value) in [("name", "另一家有限公司"), ("code", "91110105MA0000078B")] {
        let refused = save(&house, &session, json!({ field: value }));
        assert_eq!((&refused.json()["field"], &refused.json()["reason"]), (&json!(field), &json!("fixed")));
    }
    let sent = house.site.log_in(&LOCKS.main);
    assert_eq!(sent.code(), "NOT_SUBMITTED", "B02: first by account, then submit");
}
