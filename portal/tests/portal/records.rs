//! Records of an account (E14 to E18): versions, signatures, strength.

use calock_portal::rules::{Check, RecordField, Submission, Words};
use serde_json::{Value, json};

use crate::house::{House, LOCKS, Member, Session, rules};
use crate::openssl::Signer;
use crate::site::Answer;

fn text(action: &str, kind: &str, record: Option<&str>, version: u64, data: &Value) -> String {
    json!({"action": action, "kind": kind, "record": record, "version": version, "data": data}).to_string()
}

fn submit(house: &House, session: &Session, unit: &Member, lock: Option<&Signer>, text: &str) -> Answer {
    let signed = lock.map(|lock| house.signed(lock, "submit", &unit.account, Some(text)));
    house.post(session, "/api/submissions", &json!({"formText": text, "signed": signed}))
}

fn by_lock() -> (House, Member, Session) {
    let house = House::of("hunan");
    let (unit, session) = member(&house);
    (house, unit, session)
}

fn member(house: &House) -> (Member, Session) {
    let unit = house.unit();
    house.bound(&house.log_in(&unit), &unit.account, &LOCKS.main);
    let (session, _) = house.by_lock(&LOCKS.main);
    (unit, session)
}

/// E14: 新增, 查看, 变更, 作废, 取消作废, each signed.
#[test]
fn a_record_has_versions_each_of_them_signed() {
    versions_each_signed(&House::of("hunan"));
}

/// The same on any database.
pub fn versions_each_signed(house: &House) {
    let (unit, session) = member(house);
    let data = json!({"attribute": "企业资质", "type": "建筑工程施工总承包"});
    let created = submit(house, &session, &unit, Some(&LOCKS.main), &text("create", "qualification", None, 0, &data));
    assert_eq!(created.status, 200, "{}", created.text());
    let row = created.json()["record"].clone();
    let record = row["record"].as_str().unwrap();
    assert_eq!(
        (row["version"].clone(), row["strength"].clone(), row["stateWords"]["zh"].clone()),
        (json!(1), json!("ca"), json!("有效"))
    );

    let act = |action: &str, version: u64, data: &Value| {
        submit(house, &session, &unit, Some(&LOCKS.main), &text(action, "qualification", Some(record), version, data))
    };
    let changed = json!({"attribute": "企业资质", "type": "市政公用工程施工总承包"});
    assert_eq!(act("change", 1, &changed).json()["record"]["version"], 2);
    assert_eq!(act("change", 1, &changed).json()["reason"], "version", "somebody changed it meanwhile");
    assert_eq!(act("void", 2, &json!({})).json()["record"]["stateWords"]["zh"], "已作废");
    assert_eq!(act("change", 3, &changed).json()["reason"], "void");
    assert_eq!(act("restore", 3, &json!({})).json()["record"]["data"], changed);
    assert_eq!(act("restore", 4, &json!({})).json()["reason"], "valid");

    let whole = house.get(&session, &format!("/api/submissions/{record}")).json();
    let said = |row: &Value| row["words"]["zh"].as_str().unwrap().to_owned();
    let versions: Vec<String> = whole["versions"].as_array().unwrap().iter().map(said).collect();
    assert_eq!(versions, ["取消作废", "作废", "变更", "新增"]);
    assert!(whole["versions"][0]["digest"].as_str().unwrap().len() == 64);
    let list = house.get(&session, "/api/submissions?kind=qualification").json();
    assert_eq!((list["records"].as_array().unwrap().len(), list["records"][0]["version"].clone()), (1, json!(4)));
    assert_eq!(list["kinds"].as_array().unwrap().len(), 4);
    // What was signed is kept, and names exactly this text.
    let evidence = list["records"][0]["evidence"].as_str().unwrap();
    let kept = house.get(&house.admin, &format!("/api/admin/evidence/{evidence}"));
    assert!(kept.header("content-disposition").starts_with("attachment"), "{}", kept.text());
    let digest = whole["versions"][0]["digest"].as_str().unwrap();
    assert!(kept.json()["statement"].as_str().unwrap().contains(&format!("payload={digest}\n")));
    assert_eq!(house.audited(&unit.account)[..4], ["restore", "void", "change", "create"]);
}

/// E14 to E17: 用CA锁登录才可以提交信息.
#[test]
fn only_a_lock_of_the_account_submits_and_only_what_it_signed() {
    let (house, unit, session) = by_lock();
    let data = json!({"title": "优质工程奖", "issuer": "示例协会"});
    let award = text("create", "award", None, 0, &data);
    assert_eq!(submit(&house, &session, &unit, None, &award).code(), "NEED_CA_TO_SUBMIT");
    let typed = house.log_in(&unit);
    let refused = submit(&house, &typed, &unit, Some(&LOCKS.main), &award);
    assert_eq!(refused.code(), "NEED_CA_TO_SUBMIT");
    assert!(refused.text().contains("用CA锁登录才可以提交信息"), "{}", refused.text());
    assert_eq!(submit(&house, &session, &unit, Some(&LOCKS.other), &award).code(), "KEY_NOT_BOUND");
    let other = text("create", "award", None, 0, &json!({"title": "另一个奖", "issuer": "示例协会"}));
    let signed = house.signed(&LOCKS.main, "submit", &unit.account, Some(&award));
    let swapped = house.post(&session, "/api/submissions", &json!({"formText": other, "signed": signed}));
    assert_eq!(swapped.code(), "PAYLOAD_MISMATCH");
    // One character more is another text.
    let spaced = house.post(&session, "/api/submissions", &json!({"formText": format!("{award} "), "signed": signed}));
    assert_eq!(spaced.code(), "PAYLOAD_MISMATCH");
    let good = house.post(&session, "/api/submissions", &json!({"formText": award, "signed": signed}));
    assert_eq!(good.status, 200, "{}", good.text());
}

#[test]
fn records_are_of_the_portals_kinds_and_of_one_account() {
    let (house, unit, session) = by_lock();
    let lock = Some(&LOCKS.main);
    let field = |kind: &str, data: Value| {
        submit(&house, &session, &unit, lock, &text("create", kind, None, 0, &data)).json()["field"].clone()
    };
    assert_eq!(field("qualification", json!({"attribute": "x"})), "type");
    assert_eq!(field("award", json!({"title": "a", "issuer": "b", "price": "c"})), "price");
    assert_eq!(field("weather", json!({})), "kind");
    assert_eq!(field("basic", json!({})), "kind", "basic data have their own way");
    let row =
        submit(&house, &session, &unit, lock, &text("create", "award", None, 0, &json!({"title": "a", "issuer": "b"})));
    let record = row.json()["record"]["record"].as_str().unwrap().to_owned();
    let crossed = text("change", "qualification", Some(&record), 1, &json!({"attribute": "x", "type": "y"}));
    assert_eq!(submit(&house, &session, &unit, lock, &crossed).status, 404, "another kind");

    let other =
        house.member(calock_portal::store::AccountKind::Unit, crate::house::OTHER_UNIT, crate::house::OTHER_CODE);
    house.bound(&house.log_in(&other), &other.account, &LOCKS.other);
    let (theirs, _) = house.by_lock(&LOCKS.other);
    let stolen = text("void", "award", Some(&record), 1, &json!({}));
    assert_eq!(submit(&house, &theirs, &other, Some(&LOCKS.other), &stolen).status, 404);
    assert_eq!(house.get(&theirs, &format!("/api/submissions/{record}")).status, 404);
}

/// E11: 仅限制开展纸质标业务.
#[test]
fn what_a_password_submits_is_for_paper() {
    let mut hunan = rules("hunan");
    let words = |text: &str| Words { zh: text.into(), en: text.into() };
    let field = RecordField { key: "text".into(), title: words("内容"), required: true, tab: None };
    hunan.submissions.kinds.push(Submission {
        key: "note".into(),
        title: words("备注"),
        by_lock: false,
        staff: false,
        fields: vec![field],
    });
    let house = House::with(hunan);
    let unit = house.unit();
    let typed = house.log_in(&unit);
    let answer = submit(&house, &typed, &unit, None, &text("create", "note", None, 0, &json!({"text": "x"}))).json();
    assert_eq!(
        (answer["record"]["strength"].clone(), answer["record"]["paperOnly"].clone()),
        (json!("password"), json!(true))
    );
    assert_eq!(answer["notice"]["code"], "PAPER_ONLY");
    // Of the same kind of field, checked as lines.
    assert_eq!(Check::default(), Check::Line);
}

/// E18: 变更历史总览.
#[test]
fn changed_basic_data_stay_in_the_history() {
    let (house, unit, session) = by_lock();
    let change = |phone: &str| {
        assert_eq!(house.post(&session, "/api/account/change", &json!({})).status, 200);
        let form = json!({"fields": {"contact": "张三", "address": "示例路1号", "phone": phone}}).to_string();
        let licence = house.headers(&session);
        house.site.send("PUT", "/api/account/attachments/licence", &licence, b"%PDF-1.7");
        let signed = house.signed(&LOCKS.main, "submit", &unit.account, Some(&form));
        let submitted = house.post(&session, "/api/account/submit", &json!({"formText": form, "signed": signed}));
        assert_eq!(submitted.status, 200, "{}", submitted.text());
        let review = format!("/api/admin/reviews/account.{}", unit.account);
        house.post(&house.admin, &review, &json!({"approve": true}));
    };
    change("010-11111111");
    change("010-22222222");
    let history = house.get(&session, "/api/history").json()["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2, "{history}");
    assert_eq!(history[0]["data"]["phone"], "010-22222222");
    assert_eq!((history[0]["changed"].clone(), history[0]["strength"].clone()), (json!(["phone"]), json!("ca")));
    // Elsewhere nobody keeps one.
    let daxing = House::of("daxing");
    let member = daxing.unit();
    assert_eq!(daxing.get(&daxing.log_in(&member), "/api/history").status, 404);
}
