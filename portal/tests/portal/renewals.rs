//! A certificate with a new serial: never without a next step (B09, B19, C19).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::house::{House, LOCKS, Session};
use crate::openssl::Signer;

/// A unit with a bound main lock.
fn settled(profile: &str) -> (House, crate::house::Member) {
    let house = House::of(profile);
    let unit = member(&house);
    (house, unit)
}

fn member(house: &House) -> crate::house::Member {
    let unit = house.unit();
    house.bound(&house.log_in(&unit), &unit.account, &LOCKS.main);
    unit
}

/// A set: what was bound in the same second has no order.
fn living(house: &House, session: &Session) -> BTreeSet<String> {
    let rows = house.get(session, "/api/bindings").json();
    let number = |row: &Value| row["fingerprint"].as_str().unwrap().to_owned();
    rows["bindings"].as_array().unwrap().iter().map(number).collect()
}

/// Logs in with a renewed lock, where somebody must confirm or approve: the session, and the notice.
fn asked(house: &House, lock: &Signer) -> (Session, Value) {
    let (session, login) = house.by_lock(lock);
    assert_eq!(login["account"], Value::Null, "{login}");
    assert_eq!(login["notice"]["code"], "SERIAL_CHANGED", "{login}");
    let number = login["notice"]["request"].as_str().unwrap();
    assert_eq!(login["next"], format!("/requests?number={number}"));
    (session, login["notice"].clone())
}

#[test]
fn replaced_at_once() {
    let (house, unit) = settled("hunan");
    let (session, login) = house.by_lock(&LOCKS.second);
    assert_eq!((login["notice"]["code"].clone(), login["next"].clone()), (json!("SERIAL_CHANGED"), json!("/home")));
    assert_eq!(login["account"]["account"], unit.account.as_str());
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.second.fingerprint()]));
    let row = house.get(&session, "/api/bindings").json();
    assert_eq!(row["bindings"][0]["changeState"], "changed");
    assert_eq!(row["ended"][0]["endedReason"], "证书更新");
    assert_eq!(house.audited(&unit.account)[..3], ["login", "renew", "unbind"]);
    let (_, again) = house.by_lock(&LOCKS.second);
    assert_eq!(again["notice"], Value::Null);
    // The old one renews nothing: whoever found it would push the new one out.
    assert_eq!(house.site.log_in(&LOCKS.main).code(), "KEY_NOT_BOUND");
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.second.fingerprint()]));
}

/// An older certificate of the same holder, found somewhere, is no renewal: it pushes nobody out, and binds itself nowhere.
#[test]
fn an_older_certificate_renews_nothing() {
    for profile in ["hunan", "changde", "demo"] {
        let (house, unit) = settled(profile);
        assert_eq!(house.site.log_in(&LOCKS.older).code(), "KEY_NOT_BOUND", "{profile}");
        let session = house.log_in(&unit);
        assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.main.fingerprint()]), "{profile}");
        // Whoever is in the account adds it as another lock.
        house.bound(&session, &unit.account, &LOCKS.older);
    }
}

#[test]
fn confirmed_by_the_password() {
    confirmed_by_password(&House::of("demo"));
}

/// The same on any database.
pub fn confirmed_by_password(house: &House) {
    let unit = member(house);
    let (session, notice) = asked(house, &LOCKS.second);
    assert_eq!(notice["ways"], json!(["password", "old-lock"]));
    let number = notice["request"].as_str().unwrap();
    let path = format!("/api/requests/{number}/confirm");
    let wrong = house.post(&session, &path, &json!({"password": "wrong-password"}));
    assert_eq!((wrong.code(), wrong.json()["left"].clone()), ("PASSWORD_WRONG".into(), json!(4)));
    let (_, same) = asked(house, &LOCKS.second);
    assert_eq!(same["request"], number, "one request, however often");
    let done = house.post(&session, &path, &json!({"password": unit.password}));
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(
        (done.json()["request"]["state"].clone(), done.json()["next"].clone()),
        (json!("approved"), json!("/home"))
    );
    assert_eq!(
        living(house, &session),
        BTreeSet::from([LOCKS.second.fingerprint()]),
        "and the session is the account's"
    );
    assert_eq!(house.post(&session, &path, &json!({"password": unit.password})).json()["reason"], "decided");
    assert_eq!(house.by_lock(&LOCKS.second).1["account"]["account"], unit.account.as_str());
}

#[test]
fn confirmed_by_the_old_lock() {
    let (house, unit) = settled("demo");
    let (session, notice) = asked(&house, &LOCKS.second);
    let path = format!("/api/requests/{}/confirm", notice["request"].as_str().unwrap());
    let line = notice["account"].as_str().unwrap();
    let by = |lock: &Signer| json!({"signed": house.signed(lock, "bind", line, None)});
    assert_eq!(house.post(&session, &path, &by(&LOCKS.second)).code(), "KEY_NOT_BOUND", "not by itself");
    let bare = json!({"signed": house.signed(&LOCKS.main, "bind", &unit.account, None)});
    assert_eq!(house.post(&session, &path, &bare).code(), "ACCOUNT_MISMATCH", "signed for this very request");
    let done = house.post(&session, &path, &by(&LOCKS.main));
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.second.fingerprint()]));
}

/// C15: it was no renewal but another lock.
#[test]
fn the_old_lock_can_stay() {
    let (house, unit) = settled("demo");
    let (session, notice) = asked(&house, &LOCKS.second);
    assert_eq!(notice["mayKeep"], true);
    let path = format!("/api/requests/{}/confirm", notice["request"].as_str().unwrap());
    let done = house.post(&session, &path, &json!({"password": unit.password, "keep": true}));
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.main.fingerprint(), LOCKS.second.fingerprint()]));
}

/// Only in the session of the lock that asks: the number alone confirms nothing.
#[test]
fn nobody_else_confirms() {
    let (house, unit) = settled("demo");
    let (_, notice) = asked(&house, &LOCKS.second);
    let path = format!("/api/requests/{}/confirm", notice["request"].as_str().unwrap());
    let typed = house.log_in(&unit);
    let password = json!({"password": unit.password});
    assert_eq!(house.post(&typed, &path, &password).code(), "NOT_ALLOWED");
    let (third, _) = asked(&house, &LOCKS.third);
    assert_eq!(house.post(&third, &path, &password).code(), "NOT_ALLOWED");
    assert_eq!(house.site.post(&path, &password).status, 401);
}

/// C19: 提交解绑申请, an administrator decides; the number tells how it stands.
#[test]
fn approved_by_an_administrator() {
    let (house, unit) = settled("changde");
    let (_, notice) = asked(&house, &LOCKS.second);
    assert_eq!(notice["ways"], json!([]));
    let number = notice["request"].as_str().unwrap();
    let shown = house.site.get(&format!("/api/requests/{}", number.to_lowercase()), &[]).json();
    let row = &shown["request"];
    assert_eq!((row["kind"].clone(), row["stateWords"]["zh"].clone()), (json!("renewal"), json!("待审核")));
    assert_eq!(row["data"]["serial"].as_str().unwrap().to_uppercase(), LOCKS.second.serial());
    assert!(!shown.to_string().contains(&unit.account), "whose account it is, is ours: {shown}");
    let waiting = house.get(&house.admin, "/api/admin/requests?state=waiting").json();
    assert_eq!(waiting["requests"][0]["account"]["account"], unit.account.as_str());
    let decided = house.post(&house.admin, &format!("/api/admin/requests/{number}"), &json!({"approve": true}));
    assert_eq!(decided.status, 200, "{}", decided.text());
    let (session, login) = house.by_lock(&LOCKS.second);
    assert_eq!(login["account"]["account"], unit.account.as_str());
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.second.fingerprint()]));
}

/// Sent back, it can be asked for again.
#[test]
fn a_refusal_is_no_dead_end() {
    let (house, _) = settled("changde");
    let (_, first) = asked(&house, &LOCKS.second);
    let path = format!("/api/admin/requests/{}", first["request"].as_str().unwrap());
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": false})).json()["field"], "reason");
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": false, "reason": "请补交执照"})).status, 200);
    let shown = house.site.get(&format!("/api/requests/{}", first["request"].as_str().unwrap()), &[]).json();
    assert_eq!(
        (shown["request"]["state"].clone(), shown["request"]["reason"].clone()),
        (json!("rejected"), json!("请补交执照"))
    );
    let (_, second) = asked(&house, &LOCKS.second);
    assert_ne!(first["request"], second["request"]);
}

/// Two renewals wait for the same old lock: one of them takes its place, the other has nothing to take any more.
#[test]
fn one_old_lock_is_replaced_once() {
    let (house, _) = settled("changde");
    let number = |lock| asked(&house, lock).1["request"].as_str().unwrap().to_owned();
    let (first, second) = (number(&LOCKS.second), number(&LOCKS.third));
    let approve =
        |number: &str| house.post(&house.admin, &format!("/api/admin/requests/{number}"), &json!({"approve": true}));
    assert_eq!(approve(&first).status, 200);
    let late = approve(&second);
    assert_eq!((late.status, late.json()["reason"].clone()), (409, json!("ended")));
    // It still waits, and can be sent back; the third lock may ask about the one that is bound now.
    let shown = house.site.get(&format!("/api/requests/{second}"), &[]).json();
    assert_eq!(shown["request"]["state"], "waiting");
}

/// A22: where one lock is taken, another one that is added by hand comes instead of it, once an administrator says so.
#[test]
fn a_portal_with_one_lock_is_asked_by_hand_as_well() {
    let (house, unit) = settled("fengtai");
    let session = house.log_in(&unit);
    let answer = house.bind(&session, &unit.account, &LOCKS.second).json();
    assert_eq!((answer["binding"].clone(), answer["notice"]["code"].clone()), (Value::Null, json!("SERIAL_CHANGED")));
    let path = format!("/api/admin/requests/{}", answer["notice"]["request"].as_str().unwrap());
    assert_eq!(house.post(&house.admin, &path, &json!({"approve": true})).status, 200);
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.second.fingerprint()]));
    let other = house.bind(&session, &unit.account, &LOCKS.other_ca);
    assert_eq!(other.json()["reason"], "one-lock", "another CA's is no renewal: {}", other.text());
}

/// C21: the name first in the system, then in the certificate.
#[test]
fn a_renewed_lock_with_another_name_is_told_both() {
    let (house, _) = settled("changde");
    let refused = house.site.log_in(&LOCKS.renamed);
    assert_eq!((refused.status, refused.code()), (403, "NAME_MISMATCH".into()));
    assert_eq!(refused.json()["names"]["certificate"], "示例建筑有限公司");
}

/// C14: 登录时CA证书自动关联绑定; another CA's lock is another lock (C15).
#[test]
fn the_first_login_binds() {
    let house = House::of("changde");
    let unit = house.unit();
    let (session, login) = house.by_lock(&LOCKS.main);
    // C20: what is still to be done is told.
    let told = (login["account"]["account"].clone(), login["notice"]["code"].clone(), login["next"].clone());
    assert_eq!(told, (json!(unit.account), json!("LETTER_MISSING"), json!("/home")));
    assert_eq!(living(&house, &session), BTreeSet::from([LOCKS.main.fingerprint()]));
    assert_eq!(house.audited(&unit.account)[..2], ["login", "bind"]);
}
