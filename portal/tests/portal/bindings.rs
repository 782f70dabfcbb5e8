//! Locks of an account: added by hand, listed, viewed, reviewed, taken away. Rows of the list of rules stand beside the tests.

use std::sync::Arc;

use calock_portal::store::AccountKind;
use serde_json::{Value, json};

use crate::house::{House, LOCKS, OTHER_CODE, OTHER_UNIT, UNIT, rules};
use crate::site::{PEOPLE, USCC};

fn rows(house: &House, session: &crate::house::Session) -> Value {
    let list = house.get(session, "/api/bindings");
    assert_eq!(list.status, 200, "{}", list.text());
    list.json()
}

/// A21, D16, D17: the columns of the list, and one certificate.
#[test]
fn a_lock_is_bound_by_hand_and_listed() {
    let house = House::of("fengtai");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let before = rows(&house, &session);
    assert_eq!((before["bindings"].clone(), before["add"]["role"].clone()), (json!([]), json!("main")));

    let answer = house.bind(&session, &unit.account, &LOCKS.main);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let row = &answer.json()["binding"];
    assert_eq!(row["lockNumber"], LOCKS.main.fingerprint()[..8].to_uppercase());
    assert_eq!(row["serial"].as_str().unwrap().to_uppercase(), LOCKS.main.serial());
    assert!(row["subject"].as_str().unwrap().contains(&format!("CN={UNIT}")), "{row}");
    assert!(row["notAfter"].as_str().unwrap().ends_with('Z'), "{row}");
    let words = [
        &row["words"]["role"]["zh"],
        &row["words"]["use"]["zh"],
        &row["words"]["change"]["zh"],
        &row["words"]["review"]["zh"],
    ];
    assert_eq!(words.map(|word| word.as_str().unwrap()), ["主锁", "正常", "新增", "无需审核"]);
    assert_eq!(row["product"]["id"], "bjca-works");

    let after = rows(&house, &session);
    assert_eq!(after["bindings"].as_array().unwrap().len(), 1);
    assert_eq!((after["add"]["may"].clone(), after["add"]["reason"].clone()), (json!(false), json!("one-lock")));
    assert_eq!(after["bindings"][0]["current"], false, "the session came from a password");
    let one = house.get(&session, &format!("/api/bindings/{}", row["binding"].as_str().unwrap())).json();
    assert_eq!(one["certificate"]["holder"]["code"], USCC, "E19");
    assert_eq!(one["certificate"]["may"], json!({"logIn": true, "seal": true, "bid": true}), "A04");
    assert_eq!((one["history"][0]["action"].clone(), one["history"][0]["by"].clone()), (json!("bind"), json!("user")));
    // The lock logs in now, and its session knows itself.
    let (session, login) = house.by_lock(&LOCKS.main);
    assert_eq!(login["account"]["account"], unit.account.as_str());
    assert_eq!(rows(&house, &session)["bindings"][0]["current"], true);
    assert_eq!(house.audited(&unit.account)[..2], ["login", "bind"]);
}

#[test]
fn what_does_not_fit_is_told_and_leaves_nothing() {
    let house = House::of("daxing");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let code = |lock| house.bind(&session, &unit.account, lock);
    let other = code(&LOCKS.other);
    assert_eq!((other.status, other.code()), (403, "CODE_MISMATCH".into()), "{}", other.text());
    assert!(!other.text().contains(USCC) && other.json()["codes"]["account"].as_str().unwrap().contains('*'));
    let renamed = code(&LOCKS.renamed);
    assert_eq!(renamed.code(), "NAME_MISMATCH", "C21");
    assert_eq!(renamed.json()["names"], json!({"account": UNIT, "certificate": "示例建筑有限公司"}));
    let person = code(&LOCKS.person);
    assert_eq!(
        (person.code(), person.json()["reason"].clone()),
        ("PERSONAL_KEY".into(), json!("enterprise-only")),
        "B08"
    );
    assert!(person.text().contains("企业锁"), "{}", person.text());
    assert_eq!(code(&LOCKS.employee).code(), "PERSONAL_KEY", "B08");
    assert_eq!(code(&PEOPLE.stranger).code(), "CHAIN_UNTRUSTED");
    assert_eq!(rows(&house, &session)["bindings"], json!([]));
    // What was refused spent nothing: the same statement can be taken when the account says what it says.
    assert!(house.audited(&unit.account).iter().all(|action| action != "bind"));
}

/// A statement for one account binds nothing at another, and one for another purpose binds nothing at all.
#[test]
fn a_statement_is_for_one_account_and_one_purpose() {
    let house = House::of("daxing");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let elsewhere = json!({"signed": house.signed(&LOCKS.main, "bind", "somebody-else", None)});
    assert_eq!(house.post(&session, "/api/bindings", &elsewhere).code(), "ACCOUNT_MISMATCH");
    let login = json!({"signed": house.signed(&LOCKS.main, "login", &unit.account, None)});
    assert_eq!(house.post(&session, "/api/bindings", &login).code(), "PURPOSE_MISMATCH");
    let right = json!({"signed": house.signed(&LOCKS.main, "bind", &unit.account, None)});
    let marked = house.headers(&session);
    let unmarked = house.site.post_raw("/api/bindings", &marked[..3], right.to_string().as_bytes());
    assert_eq!((unmarked.status, unmarked.code()), (403, "CSRF_MISSING".into()));
    assert_eq!(house.post(&session, "/api/bindings", &right).status, 200);
    assert_eq!(house.post(&session, "/api/bindings", &right).code(), "NONCE_USED");
}

/// B10: 主锁登录后新增副锁; the session stays the first one's.
#[test]
fn a_secondary_lock_is_added_beside_the_main_one() {
    added_beside_the_main_one(&House::of("daxing"));
}

/// The same on any database.
pub fn added_beside_the_main_one(house: &House) {
    let unit = house.unit();
    let typed = house.log_in(&unit);
    let main = house.bound(&typed, &unit.account, &LOCKS.main);
    let refused = house.bind(&typed, &unit.account, &LOCKS.second);
    assert_eq!((refused.code(), refused.json()["reason"].clone()), ("STATE_CONFLICT".into(), json!("main-session")));
    let (by_main, _) = house.by_lock(&LOCKS.main);
    let second = house.bind(&by_main, &unit.account, &LOCKS.second).json();
    assert_eq!((second["binding"]["role"].clone(), second["notice"].clone()), (json!("secondary"), Value::Null));
    assert_eq!(house.get(&by_main, "/api/session").json()["binding"], main.as_str());
    let (by_second, login) = house.by_lock(&LOCKS.second);
    assert_eq!(login["account"]["account"], unit.account.as_str());
    let refused = house.bind(&by_second, &unit.account, &LOCKS.rsa);
    assert_eq!(refused.json()["reason"], "main-session");
    // B04: 已绑定CA锁的用户只能使用CA登录.
    let typed = house.site.post("/api/password-login", &json!({"name": UNIT, "password": unit.password}));
    assert_eq!(typed.code(), "CA_LOGIN_ONLY");
}

/// C15: several locks, of several CAs and kinds of keys.
#[test]
fn an_account_has_several_locks_where_the_portal_says_so() {
    let house = House::of("hunan");
    let unit = house.unit();
    let session = house.log_in(&unit);
    for lock in [&LOCKS.main, &LOCKS.second, &LOCKS.rsa] {
        house.bound(&session, &unit.account, lock);
    }
    let list = rows(&house, &session);
    assert_eq!(list["bindings"].as_array().unwrap().len(), 3);
    assert_eq!(list["bindings"][2]["algorithm"], "RS256");
}

/// 该Key已经绑定用户，请先解绑: the database holds it, whoever is first.
#[test]
fn one_lock_has_one_living_binding_whoever_tries() {
    let folder = tempfile::tempdir().unwrap();
    let database = calock_portal::Database::Sqlite(folder.path().join("portal.db"));
    let house = Arc::new(House::on(rules("hunan"), database, None));
    one_binding_of_many(&house);
}

/// Many posts at the same moment, each with its own nonce.
pub fn one_binding_of_many(house: &Arc<House>) {
    let unit = house.unit();
    let session = house.log_in(&unit);
    let bodies: Vec<Value> =
        (0..8).map(|_| json!({"signed": house.signed(&LOCKS.main, "bind", &unit.account, None)})).collect();
    let threads: Vec<_> = bodies
        .into_iter()
        .map(|body| {
            let (house, session) = (house.clone(), session.clone());
            std::thread::spawn(move || {
                let answer = house.post(&session, "/api/bindings", &body);
                if answer.status == 200 { "bound".to_owned() } else { answer.code() }
            })
        })
        .collect();
    let mut outcomes: Vec<String> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    outcomes.sort();
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "bound").count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "KEY_ALREADY_BOUND").count(), 7, "{outcomes:?}");
    assert_eq!(rows(house, &session)["bindings"].as_array().unwrap().len(), 1);
}

/// B15: deleted by the user, signed by any lock of the account; its sessions end.
#[test]
fn a_lock_is_deleted_by_whoever_holds_one_of_the_account() {
    let house = House::of("daxing");
    let unit = house.unit();
    let typed = house.log_in(&unit);
    let main = house.bound(&typed, &unit.account, &LOCKS.main);
    let (by_main, _) = house.by_lock(&LOCKS.main);
    let second = house.bound(&by_main, &unit.account, &LOCKS.second);
    let (by_second, _) = house.by_lock(&LOCKS.second);
    let path = format!("/api/bindings/{main}/delete");
    assert_eq!(house.post(&by_second, &path, &json!({})).code(), "NEED_CA_TO_SUBMIT");
    let about = format!("{}/{main}", unit.account);
    let stranger = json!({"signed": house.signed(&LOCKS.rsa, "unbind", &about, None)});
    assert_eq!(house.post(&by_second, &path, &stranger).code(), "KEY_NOT_BOUND");
    let other = json!({"signed": house.signed(&LOCKS.second, "unbind", &format!("{}/{second}", unit.account), None)});
    assert_eq!(house.post(&by_second, &path, &other).code(), "ACCOUNT_MISMATCH", "signed for another lock");

    let signed = json!({"signed": house.signed(&LOCKS.second, "unbind", &about, None), "reason": "主锁损坏"});
    let deleted = house.post(&by_second, &path, &signed);
    assert_eq!(deleted.status, 200, "{}", deleted.text());
    let row = &deleted.json()["binding"];
    assert_eq!((row["useState"].clone(), row["changeState"].clone()), (json!("stopped"), json!("deleted")));
    assert_eq!((row["endedBy"].clone(), row["endedReason"].clone()), (json!("user"), json!("主锁损坏")));
    assert_eq!(deleted.json()["loggedOut"], false);
    assert_eq!(house.get(&by_main, "/api/session").status, 401, "sessions of the lock ended");
    let again = json!({"signed": house.signed(&LOCKS.second, "unbind", &about, None)});
    assert_eq!(house.post(&by_second, &path, &again).json()["reason"], "ended");
    let list = rows(&house, &by_second);
    assert_eq!((list["bindings"].as_array().unwrap().len(), list["ended"].as_array().unwrap().len()), (1, 1));
    // The lock is free again; now the next one is the main one.
    assert_eq!(list["add"]["role"], "main");
    house.bound(&by_second, &unit.account, &LOCKS.main);
}

/// The last lock takes its own session with it.
#[test]
fn who_deletes_their_own_lock_is_logged_out() {
    let house = House::of("daxing");
    let unit = house.unit();
    let main = house.bound(&house.log_in(&unit), &unit.account, &LOCKS.main);
    let (session, _) = house.by_lock(&LOCKS.main);
    let signed = house.signed(&LOCKS.main, "unbind", &format!("{}/{main}", unit.account), None);
    let deleted = house.post(&session, &format!("/api/bindings/{main}/delete"), &json!({"signed": signed}));
    assert_eq!(deleted.json()["loggedOut"], true, "{}", deleted.text());
    assert_eq!(house.get(&session, "/api/session").status, 401);
    // B19 case 1: now the password logs in again.
    house.log_in(&unit);
}

/// A22: 由技术人员解绑.
#[test]
fn where_technicians_unbind_users_do_not() {
    let house = House::of("fengtai");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let main = house.bound(&session, &unit.account, &LOCKS.main);
    let refused = house.post(&session, &format!("/api/bindings/{main}/delete"), &json!({}));
    assert_eq!((refused.status, refused.code()), (403, "NOT_ALLOWED".into()));
    let path = format!("/api/admin/accounts/{}/unbind", unit.account);
    assert_eq!(house.post(&session, &path, &json!({"reason": "x"})).status, 404, "nobody else is an administrator");
    let done = house.post(&house.admin, &path, &json!({"reason": "锁丢失，已核对执照"}));
    assert_eq!(done.status, 200, "{}", done.text());
    let ended = rows(&house, &session)["ended"][0].clone();
    assert_eq!(
        (ended["endedBy"].clone(), ended["endedReason"].clone()),
        (json!("administrator"), json!("锁丢失，已核对执照"))
    );
    house.bound(&session, &unit.account, &LOCKS.second);
}

/// D18: 审核通过后方可使CA.
#[test]
fn a_lock_waits_for_its_review_where_the_portal_wants_one() {
    let house = House::of("lanxi");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let answer = house.bind(&session, &unit.account, &LOCKS.main).json();
    assert_eq!(answer["notice"]["code"], "NOT_REVIEWED", "{answer}");
    let words = &answer["binding"]["words"];
    assert_eq!(
        [&words["use"]["zh"], &words["change"]["zh"], &words["review"]["zh"]].map(|word| word.as_str().unwrap()),
        ["正常", "新增", "未审核"],
        "D17"
    );
    let early = house.site.log_in(&LOCKS.main);
    assert_eq!((early.status, early.code()), (403, "NOT_REVIEWED".into()));
    let reviews = house.get(&house.admin, "/api/admin/reviews").json();
    let review = reviews["reviews"][0]["review"].as_str().unwrap().to_owned();
    assert_eq!(
        (reviews["reviews"].as_array().unwrap().len(), reviews["reviews"][0]["kind"].clone()),
        (1, json!("binding"))
    );
    let path = format!("/api/admin/reviews/{review}");
    assert_eq!(house.get(&house.admin, &path).json()["binding"]["reviewState"], "waiting");
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": false})).code(), "FORM_INVALID", "no reason");
    let approved = house.post(&house.admin, &path, &json!({"approve": true}));
    assert_eq!(approved.json()["state"], "approved", "{}", approved.text());
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": true})).json()["reason"], "decided");
    let (_, login) = house.by_lock(&LOCKS.main);
    assert_eq!(login["account"]["account"], unit.account.as_str());
    assert_eq!(rows(&house, &session)["bindings"][0]["words"]["review"]["zh"], "审核通过");
}

#[test]
fn a_lock_that_is_sent_back_is_free_again() {
    let house = House::of("lanxi");
    let unit = house.unit();
    let session = house.log_in(&unit);
    let main = house.bound(&session, &unit.account, &LOCKS.main);
    let path = format!("/api/admin/reviews/binding.{main}");
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": false, "reason": "证书不清楚"})).status, 200);
    let ended = rows(&house, &session)["ended"][0].clone();
    assert_eq!((ended["reviewState"].clone(), ended["reviewReason"].clone()), (json!("rejected"), json!("证书不清楚")));
    assert_eq!(house.site.log_in(&LOCKS.main).code(), "KEY_NOT_BOUND", "B19");
    house.bound(&session, &unit.account, &LOCKS.main);
}

/// D09: 交易员证书 are bound as the unit's own there.
#[test]
fn an_employees_lock_is_a_secondary_one_where_it_is_taken() {
    let house = House::of("demo");
    let unit = house.unit();
    let session = house.log_in(&unit);
    house.bound(&session, &unit.account, &LOCKS.main);
    let clerk = house.bind(&session, &unit.account, &LOCKS.employee).json();
    assert_eq!(
        (clerk["binding"]["role"].clone(), clerk["binding"]["person"].clone()),
        (json!("secondary"), json!("张三"))
    );
}

/// Another account's lock is nobody's business.
#[test]
fn one_account_sees_nothing_of_another() {
    let house = House::of("hunan");
    let unit = house.unit();
    let other = house.member(AccountKind::Unit, OTHER_UNIT, OTHER_CODE);
    let theirs = house.bound(&house.log_in(&other), &other.account, &LOCKS.other);
    let session = house.log_in(&unit);
    assert_eq!(house.get(&session, &format!("/api/bindings/{theirs}")).status, 404);
    assert_eq!(house.post(&session, &format!("/api/bindings/{theirs}/delete"), &json!({})).status, 404);
    assert_eq!(house.bind(&session, &unit.account, &LOCKS.other).code(), "CODE_MISMATCH");
    assert_eq!(house.get(&house.log_in(&other), &format!("/api/bindings/{theirs}")).status, 200);
}
