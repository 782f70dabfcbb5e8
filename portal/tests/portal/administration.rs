//! Administrators: who they are, what they see and do, and that all of it is written down.

use calock_portal::administrator::{NotMade, make};
use calock_portal::store::AccountKind;
use serde_json::{Value, json};

use crate::house::{House, LOCKS, OTHER_CODE, OTHER_UNIT, UNIT, log_in};
use crate::site::USCC;

#[test]
fn nobody_else_finds_anything_there() {
    let house = House::of("demo");
    let unit = house.unit();
    let typed = house.log_in(&unit);
    let paths = [
        "/api/admin/reviews",
        "/api/admin/requests",
        "/api/admin/accounts",
        "/api/admin/audit",
        "/api/admin/evidence/x",
        "/api/admin/attachments/x/y",
    ];
    for path in paths {
        assert_eq!(house.get(&typed, path).status, 404, "{path}");
        assert_eq!(house.site.get(path, &[]).status, 401, "{path}");
    }
    let unlock = format!("/api/admin/accounts/{}/unlock", unit.account);
    assert_eq!(house.post(&typed, &unlock, &json!({"reason": "x"})).status, 404);
    let headers = house.headers(&house.admin);
    let unmarked = house.site.post_raw(&unlock, &headers[..3], br#"{"reason":"x"}"#);
    assert_eq!(unmarked.code(), "CSRF_MISSING");
}

#[test]
fn an_administrator_is_made_at_the_machine() {
    let house = House::of("demo");
    house.unit();
    let (store, now) = (house.site.portal.store(), house.site.now());
    let made = |name: &str, password: Option<&str>| {
        house.site.runtime.block_on(make(store, name, password.map(String::from), now))
    };
    let password = made("审核员", None).unwrap();
    assert!(password.len() >= 16);
    let session = log_in(&house.site, "审核员", &password);
    assert_eq!(house.get(&session, "/api/session").json()["role"], "admin");
    let again = made("审核员", Some("another-one-9")).unwrap();
    assert_eq!(house.get(&session, "/api/session").status, 401, "a new password ends their sessions");
    log_in(&house.site, "审核员", &again);
    assert!(matches!(made("", None), Err(NotMade::Name)));
    assert!(matches!(made("b", Some("short")), Err(NotMade::Password)));
    assert!(matches!(made(UNIT, None), Err(NotMade::Taken)));
}

/// A20, D06: 审核.
#[test]
fn basic_data_are_reviewed() {
    let house = House::of("daxing");
    let account = house.insert(AccountKind::Unit, UNIT, USCC, false);
    let list = house.get(&house.admin, "/api/admin/reviews").json();
    assert_eq!(list["reviews"][0]["account"]["stateWords"]["zh"], "待审核");
    let path = format!("/api/admin/reviews/{}", list["reviews"][0]["review"].as_str().unwrap());
    let shown = house.get(&house.admin, &path).json();
    let value = |key: &str| {
        let fields = shown["data"].as_array().unwrap();
        fields.iter().find(|field| field["key"] == key).unwrap()["value"].clone()
    };
    assert_eq!((value("name"), value("code"), value("roles")), (json!(UNIT), json!(USCC), json!(["投标人"])));
    assert_eq!(shown["before"], Value::Null);
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": true, "reason": "资料齐全"})).status, 200);
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": false, "reason": "x"})).json()["reason"], "decided");
    let whole = house.get(&house.admin, &format!("/api/admin/accounts/{account}")).json();
    assert_eq!(
        (whole["account"]["state"].clone(), whole["account"]["reviewReason"].clone()),
        (json!("valid"), json!("资料齐全"))
    );
}

#[test]
fn accounts_are_found_by_name_code_and_state() {
    found_accounts(&House::of("hunan"));
}

/// The same on any database.
pub fn found_accounts(house: &House) {
    let unit = house.unit();
    house.member(AccountKind::Unit, OTHER_UNIT, OTHER_CODE);
    house.insert(AccountKind::Unit, "百分之100%公司", "91110105MA0000082D", false);
    let session = house.log_in(&unit);
    house.bound(&session, &unit.account, &LOCKS.main);
    let names = |query: &str| {
        let found = house.get(&house.admin, &format!("/api/admin/accounts?{query}"));
        assert_eq!(found.status, 200, "{}", found.text());
        let rows = found.json()["accounts"].as_array().unwrap().clone();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").len(), 3, "and no administrator");
    assert_eq!(names(&format!("q={}", "%E5%BB%BA%E8%AE%BE")), [UNIT]);
    assert_eq!(names(&format!("q={OTHER_CODE}")), [OTHER_UNIT]);
    assert_eq!(names("q=100%25"), ["百分之100%公司"], "a percent sign is one");
    assert_eq!(names("q=_"), Vec::<String>::new());
    assert_eq!(names("state=waiting"), ["百分之100%公司"]);
    assert_eq!(house.get(&house.admin, "/api/admin/accounts?state=asleep").status, 400);
    let row = house.get(&house.admin, &format!("/api/admin/accounts?q={USCC}")).json()["accounts"][0].clone();
    assert_eq!((row["bindings"].clone(), row["locked"].clone()), (json!(1), json!(false)));
    assert!(row["boundAt"].is_string() && row["lastLogin"].is_string() && row["registeredAt"].is_string(), "{row}");
    let whole = house.get(&house.admin, &format!("/api/admin/accounts/{}", unit.account)).json();
    assert_eq!(whole["bindings"][0]["fingerprint"], LOCKS.main.fingerprint());
    assert_eq!(whole["logins"][0]["strength"], "password");
    assert_eq!(house.get(&house.admin, "/api/admin/accounts/nobody").status, 404);
}

/// B21: 连续5次输错, 账号被锁定; 由管理员解锁.
#[test]
fn a_locked_account_is_unlocked() {
    let house = House::of("daxing");
    let unit = house.unit();
    let wrong = || house.site.post("/api/password-login", &json!({"name": UNIT, "password": "wrong-password-1"}));
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(wrong().json()["left"], left);
    }
    assert_eq!(wrong().code(), "ACCOUNT_LOCKED");
    let path = format!("/api/admin/accounts/{}", unit.account);
    assert_eq!(house.get(&house.admin, &path).json()["account"]["locked"], true);
    let unlock = format!("{path}/unlock");
    assert_eq!(house.post(&house.admin, &unlock, &json!({"reason": ""})).json()["field"], "reason");
    let done = house.post(&house.admin, &unlock, &json!({"reason": "电话核实"}));
    assert_eq!(done.json()["account"]["locked"], false, "{}", done.text());
    house.log_in(&unit);
    assert!(house.audited(&unit.account).contains(&"unlock".into()));
}

/// C02, C13: data that travel can be told to be here; C23: only the centre removes a role.
#[test]
fn data_are_brought_here_and_roles_taken_away() {
    let house = House::of("changde");
    let account = house.insert(AccountKind::Unit, UNIT, USCC, false);
    let review = format!("/api/admin/reviews/account.{account}");
    assert_eq!(house.post(&house.admin, &review, &json!({"approve": true})).status, 200);
    assert_eq!(house.site.log_in(&LOCKS.main).code(), "NOT_YET_SYNCED");
    let path = format!("/api/admin/accounts/{account}");
    assert_eq!(house.post(&house.admin, &format!("{path}/sync"), &json!({"reason": "已核对"})).status, 200);
    assert_eq!(
        house.post(&house.admin, &format!("{path}/sync"), &json!({"reason": "已核对"})).json()["reason"],
        "state"
    );
    assert_eq!(house.site.log_in(&LOCKS.main).status, 200);
    let roles =
        |kept: Value| house.post(&house.admin, &format!("{path}/roles"), &json!({"reason": "本人申请", "roles": kept}));
    assert_eq!(roles(json!(["agency"])).json()["field"], "roles", "it adds none");
    let done = roles(json!([])).json();
    assert_eq!(done["account"]["roles"], json!([]));
}

/// Who, what, when, and the signature.
#[test]
fn the_audit_leads_to_the_evidence() {
    let house = House::of("hunan");
    let unit = house.unit();
    house.bound(&house.log_in(&unit), &unit.account, &LOCKS.main);
    let audit = house.get(&house.admin, &format!("/api/admin/audit?account={}&action=bind", unit.account)).json();
    let entry = &audit["entries"][0];
    assert_eq!((entry["actorName"].clone(), entry["words"]["zh"].clone()), (json!(UNIT), json!("绑定")));
    let kept = house.get(&house.admin, &format!("/api/admin/evidence/{}", entry["evidence"].as_str().unwrap())).json();
    assert!(kept["statement"].as_str().unwrap().starts_with("CALOCK1\npurpose=bind\n"), "{kept}");
    assert!(kept["statement"].as_str().unwrap().contains(&format!("account={}\n", unit.account)));
    let by_admin = house.get(&house.admin, "/api/admin/audit?action=reset-password").json();
    assert_eq!(
        (by_admin["entries"][0]["actorName"].clone(), by_admin["entries"][0]["detail"]["reason"].clone()),
        (json!("admin"), json!("新用户"))
    );
    // Page by page.
    let all = house.get(&house.admin, "/api/admin/audit").json()["entries"].as_array().unwrap().clone();
    let second = house.get(&house.admin, &format!("/api/admin/audit?before={}", all[0]["id"])).json();
    assert_eq!(second["entries"].as_array().unwrap().len(), all.len() - 1);
}

/// Passwords and tokens are in no answer, no audit.
#[test]
fn the_audit_holds_no_secret() {
    let house = House::of("demo");
    let unit = house.unit();
    house.log_in(&unit);
    let audit = house.get(&house.admin, "/api/admin/audit").text();
    assert!(!audit.contains(&unit.password) && !audit.contains("argon2"), "{audit}");
    let whole = house.get(&house.admin, &format!("/api/admin/accounts/{}", unit.account)).text();
    assert!(!whole.contains(&unit.password) && !whole.contains("argon2"), "{whole}");
}
