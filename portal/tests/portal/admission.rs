//! What a login by lock meets, by the rules of the portal: whose certificate, of what kind, and what its account says.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::house::{House, LOCKS, UNIT, rules};
use crate::site::USCC;
use calock_portal::store::AccountKind;

#[test]
fn b19_a_lock_that_no_account_has_is_told_so() {
    for profile in ["fengtai", "daxing", "changde", "lanxi", "hunan"] {
        let house = House::of(profile);
        let answer = house.site.log_in(&LOCKS.main);
        assert_eq!((answer.status, answer.code().as_str()), (403, "KEY_NOT_BOUND"), "{profile}: {}", answer.text());
        assert!(answer.header("set-cookie").is_empty());
    }
    let house = House::of("daxing");
    assert!(house.site.log_in(&LOCKS.main).text().contains("此锁未绑定任何企业"));
}

#[test]
fn the_demonstration_admits_holders_without_account() {
    let house = House::of("demo");
    let entered = house.site.log_in(&LOCKS.main).json();
    assert_eq!((&entered["account"], &entered["next"]), (&json!(null), &json!("/home")));
}

#[test]
fn b08_a_persons_lock_is_told_that_units_locks_are_wanted() {
    for profile in ["fengtai", "daxing"] {
        let house = House::of(profile);
        for lock in [&LOCKS.person, &LOCKS.employee] {
            let answer = house.site.log_in(lock);
            assert_eq!((answer.status, answer.code().as_str()), (403, "PERSONAL_KEY"), "{profile}: {}", answer.text());
            assert!(answer.text().contains("目前仅支持企业锁"));
        }
    }
}

#[test]
fn a03_a_certificate_of_another_product_is_not_taken() {
    let mut strict = rules("fengtai");
    strict.products.iter_mut().for_each(|product| product.issuers.clear());
    let house = House::with(strict);
    let answer = house.site.log_in(&LOCKS.main);
    assert_eq!((answer.status, answer.code().as_str()), (403, "PRODUCT_NOT_ACCEPTED"));
    // The same key with an algorithm that the product does not have.
    let mut strict = rules("fengtai");
    strict.products.iter_mut().for_each(|product| product.algorithms = vec!["SM2-SM3".into()]);
    let house = House::with(strict);
    assert_eq!(house.site.log_in(&LOCKS.rsa).code(), "PRODUCT_NOT_ACCEPTED");
    assert_eq!(house.site.log_in(&LOCKS.main).code(), "KEY_NOT_BOUND");
}

#[test]
fn a04_what_may_not_log_in_does_not() {
    let mut sealing = rules("fengtai");
    sealing.products.iter_mut().for_each(|product| product.may.retain(|may| *may != calock_portal::rules::May::LogIn));
    assert_eq!(House::with(sealing).site.log_in(&LOCKS.main).code(), "PRODUCT_NOT_ACCEPTED");
}

/// C11, C12, C02, C14, C13: 无效, 待审核, half an hour, and then the login binds.
#[test]
fn changdes_accounts_are_told_where_they_stand_and_bound_by_logging_in() {
    let house = House::of("changde");
    let form = json!({"kind": "unit", "fields": {"name": UNIT, "code": USCC}});
    let body = json!({"by": "password", "formText": form.to_string(), "password": "Pa55word-2026"});
    let registered = house.site.post("/api/register", &body);
    assert_eq!(registered.status, 201, "{}", registered.text());
    let session = house.session(&registered);
    assert_eq!(registered.json()["account"]["stateWords"]["zh"], "无效");
    assert_eq!(house.site.log_in(&LOCKS.main).code(), "NOT_SUBMITTED");

    let filled = house.filled(&session, "changde");
    assert_eq!(filled["account"]["stateWords"]["zh"], "待审核", "{filled}");
    assert_eq!(house.site.log_in(&LOCKS.main).code(), "NOT_REVIEWED");

    house.approve(filled["account"]["account"].as_str().unwrap());
    let early = house.site.log_in(&LOCKS.main);
    assert_eq!(early.code(), "NOT_YET_SYNCED");
    assert!(early.json()["availableAt"].as_str().unwrap().ends_with('Z'), "with the time");
    let by_password = house.site.post("/api/password-login", &json!({"name": UNIT, "password": "Pa55word-2026"}));
    assert_eq!((by_password.status, &by_password.json()["notice"]["code"]), (200, &json!("NOT_YET_SYNCED")));

    house.site.clock.fetch_add(30 * 60, Ordering::SeqCst);
    let (session, entered) = house.by_lock(&LOCKS.main);
    assert_eq!((&entered["account"]["state"], &entered["next"]), (&json!("valid"), &json!("/home")));
    let bindings = house.get(&session, "/api/bindings").json();
    assert_eq!(bindings["bindings"].as_array().unwrap().len(), 1, "登录时CA证书自动关联绑定，无需手动绑定");
    let account = entered["account"]["account"].as_str().unwrap();
    assert!(house.audited(account).contains(&"bind".to_owned()));
    // C15: 同一家单位可绑定多把. One of the same CA is a renewal: see `renewals`.
    assert_eq!(house.site.log_in(&LOCKS.main).status, 200);
}

#[test]
fn c21_another_name_shows_both() {
    let house = House::of("changde");
    house.unit();
    let answer = house.site.log_in(&LOCKS.renamed);
    assert_eq!((answer.status, answer.code().as_str()), (403, "NAME_MISMATCH"));
    assert_eq!(answer.json()["names"], json!({"account": UNIT, "certificate": "示例建筑有限公司"}));
    assert!(answer.text().contains("不一致"));
    assert!(answer.header("set-cookie").is_empty());
}

#[test]
fn names_are_compared_as_people_read_them() {
    let house = House::of("changde");
    house.member(AccountKind::Unit, "示例建设\u{3000}有限公司", USCC);
    assert_eq!(house.site.log_in(&LOCKS.main).status, 200);
}

#[test]
fn a_name_that_changed_after_binding_is_refused_or_told() {
    for (profile, status) in [("hunan", 403), ("demo", 200)] {
        let house = House::of(profile);
        let member = house.unit();
        let session = house.log_in(&member);
        house.bound(&session, &member.account, &LOCKS.main);
        house.rename(&member.account, "示例建设集团有限公司");
        let answer = house.site.log_in(&LOCKS.main);
        assert_eq!(answer.status, status, "{profile}: {}", answer.text());
        let said = if status == 200 { answer.json()["notice"].clone() } else { answer.json() };
        assert_eq!(said["code"], "NAME_MISMATCH", "{said}");
        assert_eq!(said["names"], json!({"account": "示例建设集团有限公司", "certificate": UNIT}));
    }
}
