//! What a password is good for: names nobody has, five wrong ones, locks, new passwords.

use std::collections::BTreeSet;

use calock_portal::Database;
use serde_json::{Value, json};

use crate::house::{House, LOCKS, Member, UNIT};
use crate::site::Answer;

fn typed(house: &House, name: &str, password: &str) -> Answer {
    house.site.post("/api/password-login", &json!({"name": name, "password": password}))
}

/// Five wrong ones, then the locked answer, as somebody outside sees it: without what differs by chance.
fn guesses(house: &House, name: &str) -> Vec<Value> {
    (0..7)
        .map(|_| {
            let answer = typed(house, name, "wrong-1234");
            assert!(answer.header("set-cookie").is_empty());
            let mut body = answer.json();
            body["status"] = json!(answer.status);
            body
        })
        .collect()
}

#[test]
fn b21_five_wrong_ones_lock_and_nobody_learns_who_has_an_account() {
    let house = House::of("daxing");
    let member = house.unit();
    let real = guesses(&house, UNIT);
    let left: Vec<Value> = real.iter().map(|body| body["left"].clone()).collect();
    assert_eq!(left, [json!(4), json!(3), json!(2), json!(1), json!(0), Value::Null, Value::Null]);
    assert_eq!((&real[5]["code"], &real[5]["status"]), (&json!("ACCOUNT_LOCKED"), &json!(423)));
    assert!(real[5]["message"]["zh"].as_str().unwrap().starts_with("账号被锁定"));
    assert_eq!(guesses(&house, "没有这个公司"), real, "a name that nobody has is answered alike");
    assert_eq!(typed(&house, UNIT, &member.password).code(), "ACCOUNT_LOCKED", "the right one no longer helps");
    // An administrator unlocks.
    let path = format!("/api/admin/accounts/{}/unlock", member.account);
    assert_eq!(house.post(&house.admin, &path, &json!({"reason": "本人来电"})).status, 200);
    assert_eq!(typed(&house, UNIT, &member.password).status, 200);
}

#[test]
fn a_right_one_begins_the_count_anew() {
    let house = House::of("daxing");
    let member = house.unit();
    for _ in 0..3 {
        for left in [4, 3, 2, 1] {
            assert_eq!(typed(&house, UNIT, "wrong-1234").json()["left"], left);
        }
        assert_eq!(typed(&house, UNIT, &member.password).status, 200);
    }
}

#[test]
fn tries_at_the_same_moment_are_counted_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    at_the_same_moment(Database::Sqlite(folder.path().join("portal.db")));
}

/// For an empty database.
pub fn at_the_same_moment(database: Database) {
    let house = House::on(crate::house::rules("daxing"), database, None);
    house.unit();
    let answers: Vec<(String, Value)> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..12).map(|_| scope.spawn(|| typed(&house, UNIT, "wrong-1234"))).collect();
        tries
            .into_iter()
            .map(|answer| answer.join().unwrap())
            .map(|answer| (answer.code(), answer.json()["left"].clone()))
            .collect()
    });
    let wrong: Vec<&Value> =
        answers.iter().filter(|(code, _)| code == "PASSWORD_WRONG").map(|(_, left)| left).collect();
    assert_eq!(wrong.len(), 5, "{answers:?}");
    let left: BTreeSet<u64> = wrong.iter().filter_map(|left| left.as_u64()).collect();
    assert_eq!(left, BTreeSet::from([0, 1, 2, 3, 4]));
    assert_eq!(answers.iter().filter(|(code, _)| code == "ACCOUNT_LOCKED").count(), 7);
}

#[test]
fn b04_with_a_lock_bound_only_the_lock_logs_in() {
    let house = House::of("daxing");
    let member = house.unit();
    let session = house.log_in(&member);
    let binding = house.bound(&session, &member.account, &LOCKS.main);
    let refused = typed(&house, UNIT, &member.password);
    assert_eq!((refused.status, refused.code().as_str()), (403, "CA_LOGIN_ONLY"));
    assert!(refused.text().contains("已绑定CA锁的用户只能使用CA登录"));
    assert_eq!(typed(&house, UNIT, "wrong-1234").code(), "PASSWORD_WRONG", "told only to who knows the password");
    assert_eq!(house.site.log_in(&LOCKS.main).status, 200);
    // B15, B19: unbound, the password is the way back.
    let body = json!({"signed": house.signed(&LOCKS.main, "unbind", &format!("{}/{binding}", member.account), None)});
    let (by_lock, _) = house.by_lock(&LOCKS.main);
    let gone = house.post(&by_lock, &format!("/api/bindings/{binding}/delete"), &body);
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(typed(&house, UNIT, &member.password).status, 200);
}

#[test]
fn a22_elsewhere_the_password_goes_on_working() {
    let house = House::of("fengtai");
    let member = house.unit();
    let session = house.log_in(&member);
    house.bound(&session, &member.account, &LOCKS.main);
    assert_eq!(typed(&house, UNIT, &member.password).status, 200);
}

fn change(house: &House, member: &Member, old: Option<&str>, new: &str) -> Answer {
    let session = house.log_in(member);
    house.post(&session, "/api/account/password", &json!({"old": old, "new": new}))
}

#[test]
fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let house = House::of("fengtai");
    let member = house.unit();
    let elsewhere = house.log_in(&member);
    assert_eq!(change(&house, &member, Some("wrong-1234"), "New-pass-1").code(), "PASSWORD_WRONG");
    assert_eq!(change(&house, &member, None, "New-pass-1").code(), "FORM_INVALID");
    assert_eq!(change(&house, &member, Some(&member.password), "short1").code(), "FORM_INVALID");
    assert_eq!(house.get(&elsewhere, "/api/account").status, 200);
    let done = change(&house, &member, Some(&member.password), "New-pass-1");
    assert_eq!(done.status, 204, "{}", done.text());
    assert_eq!(house.get(&elsewhere, "/api/account").code(), "NOT_LOGGED_IN");
    assert_eq!(typed(&house, UNIT, &member.password).code(), "PASSWORD_WRONG");
    assert_eq!(typed(&house, UNIT, "New-pass-1").status, 200);
    assert!(house.audited(&member.account).contains(&"password".to_owned()));
}

#[test]
fn a_lock_sets_a_new_password_and_unlocks_it() {
    let house = House::of("fengtai");
    let member = house.unit();
    let session = house.log_in(&member);
    house.bound(&session, &member.account, &LOCKS.main);
    guesses(&house, UNIT);
    let (by_lock, _) = house.by_lock(&LOCKS.main);
    assert_eq!(house.post(&by_lock, "/api/account/password", &json!({"new": "New-pass-1"})).status, 204);
    assert_eq!(typed(&house, UNIT, "New-pass-1").status, 200);
}

#[test]
fn what_can_be_no_password_is_refused_before_it_costs_anything() {
    let house = House::of("fengtai");
    for (name, password) in [("", "x"), ("x", &*"长".repeat(300)), (&*"名".repeat(300), "x")] {
        assert_eq!(typed(&house, name, password).code(), "BAD_REQUEST");
    }
    for body in [
        json!({"name": "x"}),
        json!({"name": "x", "password": 1}),
        json!({"name": "x", "password": "y", "role": "admin"}),
    ] {
        assert_eq!(house.site.post("/api/password-login", &body).code(), "BAD_REQUEST");
    }
}
