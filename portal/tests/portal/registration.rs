//! Becoming a user: by certificate and by password, units and natural persons.

use calock_portal::Database;
use serde_json::{Value, json};

use crate::house::{House, LOCKS, OTHER_CODE, PERSON, PERSON_CODE, UNIT, log_in, rules};
use crate::openssl::Signer;
use crate::site::{Answer, USCC};

const PASSWORD: &str = "Pa55word-2026";

/// A registration by certificate, as a page makes it.
fn by_certificate(house: &House, lock: &Signer, form: &Value, password: Option<&str>) -> Answer {
    let text = form.to_string();
    let signed = house.signed_bare(lock, "register", Some(&text));
    house
        .site
        .post("/api/register", &json!({"by": "certificate", "formText": text, "signed": signed, "password": password}))
}

fn by_password(house: &House, form: &Value, password: &str) -> Answer {
    let body = json!({"by": "password", "formText": form.to_string(), "password": password});
    house.site.post("/api/register", &body)
}

/// As it stands in a query.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
    assert!(answer.header("set-cookie").is_empty(), "no session");
    answer.json()
}

#[test]
fn a16_name_and_code_are_read_from_the_certificate() {
    let house = House::of("fengtai");
    let answer = by_certificate(&house, &LOCKS.main, &json!({"roles": ["supplier"]}), Some(PASSWORD));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["account"]["name"], &body["account"]["code"]), (&json!(UNIT), &json!(USCC)));
    assert_eq!((&body["account"]["state"], &body["next"]), (&json!("draft"), &json!("/account")));
    let session = house.session(&answer);
    let account = house.get(&session, "/api/account").json();
    assert_eq!(account["fixed"], json!(["name", "code"]), "and are not editable");
    let shown = house.get(&session, "/api/session").json();
    assert_eq!((&shown["strength"], &shown["binding"]), (&json!("ca"), &Value::Null), "A21: bound after the approval");
    // A22: with name and password of the registration.
    log_in(&house.site, "示例建设 有限公司", PASSWORD);
}

#[test]
fn what_is_typed_beside_a_certificate_must_be_what_it_says() {
    let house = House::of("fengtai");
    let of = |fields: Value| by_certificate(&house, &LOCKS.main, &json!({ "fields": fields }), Some(PASSWORD));
    for (field, value) in [("name", "另一家有限公司"), ("code", OTHER_CODE)] {
        let said = refused(&of(json!({ field: value })), 422, "FORM_INVALID");
        assert_eq!((&said["field"], &said["reason"]), (&json!(field), &json!("certificate")));
    }
    assert_eq!(of(json!({"name": "示例建设有限公司 ", "code": USCC})).status, 201);
}

#[test]
fn nobody_registers_with_more_than_the_form_has() {
    let house = House::of("fengtai");
    for form in
        [json!({"state": "valid"}), json!({"account": "x"}), json!([]), json!("x"), json!({"loginName": "admin1"})]
    {
        refused(&by_certificate(&house, &LOCKS.main, &form, Some(PASSWORD)), 422, "FORM_INVALID");
    }
    for fields in [json!({"state": "valid"}), json!({"role": "admin"}), json!({"approved": "{}"}), json!({"phone": 1})]
    {
        refused(
            &by_certificate(&house, &LOCKS.main, &json!({ "fields": fields }), Some(PASSWORD)),
            422,
            "FORM_INVALID",
        );
    }
    refused(&by_certificate(&house, &LOCKS.main, &json!({"roles": ["admin"]}), Some(PASSWORD)), 422, "FORM_INVALID");
    refused(&by_certificate(&house, &LOCKS.main, &json!({"kind": "person"}), Some(PASSWORD)), 403, "NOT_ALLOWED");
    refused(&by_certificate(&house, &LOCKS.main, &json!({}), None), 422, "FORM_INVALID");
    refused(&by_certificate(&house, &LOCKS.main, &json!({}), Some("short1")), 422, "FORM_INVALID");
    refused(&by_password(&house, &json!({"kind": "unit"}), PASSWORD), 403, "NOT_ALLOWED");
    assert_eq!(
        by_certificate(&house, &LOCKS.main, &json!({}), Some(PASSWORD)).status,
        201,
        "and none of it left a trace"
    );
}

#[test]
fn the_form_that_was_signed_is_the_form_that_counts() {
    let house = House::of("fengtai");
    let text = json!({"fields": {"contact": "张三"}}).to_string();
    let signed = house.signed_bare(&LOCKS.main, "register", Some(&text));
    let post = |text: &str| {
        let body = json!({"by": "certificate", "formText": text, "signed": signed, "password": PASSWORD});
        house.site.post("/api/register", &body)
    };
    refused(&post(&text.replace("张三", "李四")), 403, "PAYLOAD_MISMATCH");
    assert_eq!(post(&text).status, 201, "a refused post spends nothing");
    refused(&post(&text), 409, "NONCE_USED");
    // A login's statement registers nobody.
    let signed = crate::site::signed(&LOCKS.other, &house.site.origin, &house.site.challenge());
    let body = json!({"by": "certificate", "formText": "{}", "signed": signed, "password": PASSWORD});
    refused(&house.site.post("/api/register", &body), 403, "PURPOSE_MISMATCH");
}

#[test]
fn a18_b05_nobody_registers_twice_and_only_dates_are_told() {
    let house = House::of("daxing");
    assert_eq!(by_certificate(&house, &LOCKS.main, &json!({}), Some(PASSWORD)).status, 201);
    let said = refused(&by_certificate(&house, &LOCKS.second, &json!({}), Some(PASSWORD)), 409, "CODE_REGISTERED");
    assert_eq!(said["message"]["zh"].as_str().unwrap().split('。').next(), Some("此代码已经注册，请直接登录"));
    assert_eq!(said["registeredOn"].as_str().unwrap().len(), "2026-11-22".len());
    let told: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(told, ["boundOn", "code", "message", "registeredOn"], "nobody's name");
    let asked = house.site.get(&format!("/api/register/check?kind=unit&code={USCC}"), &[]).json();
    assert_eq!((&asked["free"], &asked["code"]), (&json!(false), &json!("CODE_REGISTERED")));
    // Its organisation code is the same holder's (GB 32100).
    let asked = house.site.get("/api/register/check?code=00000005-1", &[]).json();
    assert_eq!(asked["free"], false);
}

#[test]
fn b08_only_units_locks_register_units() {
    let house = House::of("daxing");
    for lock in [&LOCKS.person, &LOCKS.employee] {
        let said = refused(&by_certificate(&house, lock, &json!({}), Some(PASSWORD)), 403, "PERSONAL_KEY");
        assert!(said["message"]["zh"].as_str().unwrap().starts_with("目前仅支持企业锁"));
    }
    let mut strict = rules("daxing");
    strict.products.iter_mut().for_each(|product| product.issuers.clear());
    let house = House::with(strict);
    refused(&by_certificate(&house, &LOCKS.main, &json!({}), Some(PASSWORD)), 403, "PRODUCT_NOT_ACCEPTED");
}

#[test]
fn where_a_login_binds_and_nobody_reviews_a_registration_binds() {
    let house = House::of("demo");
    let answer = by_certificate(&house, &LOCKS.main, &json!({}), None);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let session = house.session(&answer);
    let shown = house.get(&session, "/api/session").json();
    assert!(shown["binding"].is_string(), "{shown}");
    let entered = house.site.log_in(&LOCKS.main).json();
    assert_eq!(entered["account"]["account"], answer.json()["account"]["account"]);
}

fn lanxi(name: &str, login: &str) -> Value {
    json!({"kind": "unit", "loginName": login,
        "fields": {"name": name, "contact": "张三", "phone": "13800000000", "mail": "a@example.cn"}})
}

#[test]
fn d03_d04_registered_by_password_and_activated_by_a_code() {
    let house = House::of("lanxi");
    let free = |query: &str| house.site.get(&format!("/api/register/check?{query}"), &[]).json()["free"].clone();
    assert_eq!(
        (free(&format!("name={}", percent("样例公司"))), free("loginName=yangli01")),
        (json!(true), json!(true))
    );
    let answer = by_password(&house, &lanxi("样例公司", "yangli01"), "abc123");
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(answer.header("set-cookie").is_empty(), "no session before it is activated");
    let sent = answer.json()["activation"].clone();
    assert_eq!((&sent["sentTo"], sent["code"].as_str().unwrap().len()), (&json!("138****0000"), 6));
    assert_eq!(
        (free(&format!("name={}", percent("样例 公司"))), free("loginName=YANGLI01")),
        (json!(false), json!(false)),
        "检测主体名称, 检测登录名"
    );

    let login =
        |password: &str| house.site.post("/api/password-login", &json!({"name": "yangli01", "password": password}));
    assert_eq!(login("abc124").code(), "PASSWORD_WRONG", "who does not know the password learns nothing");
    assert_eq!(login("abc123").code(), "NOT_ACTIVATED");
    let activate =
        |code: &str| house.site.post("/api/register/activate", &json!({"account": sent["account"], "code": code}));
    let code = sent["code"].as_str().unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    refused(&activate(wrong), 422, "FORM_INVALID");
    let done = activate(code);
    assert_eq!((done.status, &done.json()["account"]["state"]), (200, &json!("draft")), "{}", done.text());
    refused(&activate(code), 409, "STATE_CONFLICT");
    assert_eq!(login("abc123").status, 200);
}

/// D04: who never got the code is activated by the service desk.
#[test]
fn an_administrator_activates_without_the_code() {
    let house = House::of("lanxi");
    let sent = by_password(&house, &lanxi("样例公司", "yangli01"), "abc123").json()["activation"].clone();
    let path = format!("/api/admin/accounts/{}", sent["account"].as_str().unwrap());
    assert_eq!(house.get(&house.admin, &path).json()["account"]["activated"], false);
    let activate = || house.post(&house.admin, &format!("{path}/activate"), &json!({"reason": "电话核实"}));
    let done = activate();
    assert_eq!(done.json()["account"]["activated"], true, "{}", done.text());
    refused(&activate(), 409, "STATE_CONFLICT");
    let login = json!({"name": "yangli01", "password": "abc123"});
    assert_eq!(house.site.post("/api/password-login", &login).status, 200);
    assert!(house.audited(sent["account"].as_str().unwrap()).contains(&"activate-account".into()));
}

#[test]
fn an_activation_code_is_not_guessed() {
    let house = House::of("lanxi");
    let sent = by_password(&house, &lanxi("样例公司", "yangli01"), "abc123").json()["activation"].clone();
    let tries: Vec<String> = (0..8)
        .map(|_| house.site.post("/api/register/activate", &json!({"account": sent["account"], "code": "x"})).code())
        .collect();
    assert_eq!(tries.iter().filter(|code| *code == "FORM_INVALID").count(), 5, "{tries:?}");
    assert_eq!(tries.last().map(String::as_str), Some("RATE_LIMITED"));
}

#[test]
fn names_are_taken_once() {
    let house = House::of("lanxi");
    assert_eq!(by_password(&house, &lanxi("样例公司", "yangli01"), "abc123").status, 201);
    let said = refused(&by_password(&house, &lanxi("样例二公司", "Yangli01"), "abc123"), 409, "NAME_TAKEN");
    assert_eq!(said["field"], "loginName");
    for bad in ["short", "much-too-long-name", "汉字登录名", "with space"] {
        refused(&by_password(&house, &lanxi("样例三公司", bad), "abc123"), 422, "FORM_INVALID");
    }
    refused(&by_password(&house, &lanxi("样例三公司", "yangli03"), "abc12"), 422, "FORM_INVALID");
    let mut without = lanxi("样例三公司", "yangli03");
    without["fields"].as_object_mut().unwrap().remove("phone");
    assert_eq!(refused(&by_password(&house, &without, "abc123"), 422, "FORM_INVALID")["field"], "phone");
}

#[test]
fn e03_e05_natural_persons_log_in_by_their_number() {
    let house = House::of("hunan");
    let form = json!({"kind": "person", "fields": {"name": PERSON, "code": PERSON_CODE.to_lowercase()}});
    let answer = by_password(&house, &form, PASSWORD);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["account"]["code"], "110*************2X", "masked");
    let session = log_in(&house.site, PERSON_CODE, PASSWORD);
    assert_eq!(house.get(&session, "/api/account").json()["data"]["code"], PERSON_CODE);
    refused(&by_password(&house, &form, PASSWORD), 409, "CODE_REGISTERED");
    // The lock of the same person has an account to come to; a unit's number is no person's.
    let form = json!({"kind": "person", "fields": {"name": PERSON, "code": USCC}});
    refused(&by_password(&house, &form, PASSWORD), 422, "FORM_INVALID");
}

#[test]
fn c10_check_digits_warn_and_do_not_block() {
    let house = House::of("hunan");
    let odd = "911101050000000515";
    let asked = house.site.get(&format!("/api/register/check?code={odd}"), &[]).json();
    assert_eq!(asked, json!({"free": true, "warning": "check-digit"}));
    let form = json!({"kind": "unit", "fields": {"name": UNIT, "code": odd}});
    let answer = by_password(&house, &form, PASSWORD);
    assert_eq!(
        (answer.status, &answer.json()["warnings"]),
        (201, &json!([{"field": "code", "reason": "check-digit"}]))
    );
    for bad in ["", "12", "汉字", "91110105000000051!"] {
        assert_eq!(house.site.get(&format!("/api/register/check?code={}", percent(bad)), &[]).status, 422, "{bad}");
    }
    assert_eq!(house.site.get("/api/register/check", &[]).code(), "BAD_REQUEST");
    assert_eq!(house.site.get("/api/register/check?code=1&name=2", &[]).code(), "BAD_REQUEST");
    assert_eq!(house.site.get("/api/register/check?colour=red", &[]).code(), "BAD_REQUEST");
}

#[test]
fn of_many_registrations_of_one_code_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    one_of_many(Database::Sqlite(folder.path().join("portal.db")));
}

/// For an empty database.
pub fn one_of_many(database: Database) {
    let mut generous = rules("hunan");
    generous.registration.review = false;
    let house = House::on(generous, database, None);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let posts: Vec<_> = (0..6)
            .map(|turn| {
                let house = &house;
                let form = json!({"kind": "unit", "fields": {"name": format!("样例{turn}公司"), "code": OTHER_CODE}});
                scope.spawn(move || by_password(house, &form, PASSWORD).status)
            })
            .collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 5, "{statuses:?}");
}
