//! Files of an account: what is taken, what is handed out, and to whom.

use calock_portal::store::AccountKind;
use serde_json::json;

use crate::house::{House, OTHER_CODE, OTHER_UNIT, UNIT, rules};
use crate::site::USCC;

/// A PDF of some size whose bytes are all over the place.
fn paper(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut state = 1u32;
    while bytes.len() < size {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push(state.to_be_bytes()[0]);
    }
    bytes
}

/// A house with a draft account and its session.
fn house() -> (House, crate::house::Session) {
    let house = House::of("hunan");
    let form = json!({"kind": "unit", "fields": {"name": UNIT, "code": USCC}});
    let body = json!({"by": "password", "formText": form.to_string(), "password": "Pa55word-2026"});
    let session = house.session(&house.site.post("/api/register", &body));
    (house, session)
}

const PATH: &str = "/api/account/attachments/licence";

#[test]
fn a_file_comes_back_byte_for_byte_and_only_as_a_download() {
    let (house, session) = house();
    for size in [10, 196_607, 196_608, 196_609, 1_000_000] {
        let bytes = paper(size);
        let stored = house.attach(&session, "licence", &bytes);
        assert_eq!(stored.status, 200, "{}", stored.text());
        assert_eq!((&stored.json()["size"], &stored.json()["type"]), (&json!(bytes.len()), &json!("application/pdf")));
        let file = house.get(&session, PATH);
        assert!(file.body == bytes, "{size} bytes");
        assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''%E6%89%A7%E7%85%A7.pdf");
        assert_eq!(
            (file.header("content-type"), file.header("x-content-type-options")),
            ("application/pdf", "nosniff")
        );
        assert_eq!(file.header("cache-control"), "no-store");
    }
    let listed = house.get(&session, "/api/account").json()["attachments"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1, "each took the place of the one before");
    assert_eq!(listed[0]["name"], "执照.pdf");
}

#[test]
fn what_a_browser_would_run_is_not_taken_whatever_it_is_called() {
    let (house, session) = house();
    for bytes in [&b"<html><script>"[..], b"<svg xmlns=", b"GIF89a", b"%PD", b"MZ", b"\0"] {
        let answer = house.attach(&session, "licence", bytes);
        assert_eq!((answer.status, answer.json()["reason"].clone()), (422, json!("type")), "{}", answer.text());
    }
    assert_eq!(house.attach(&session, "licence", b"").json()["reason"], "required");
    assert_eq!(house.get(&session, PATH).code(), "NOT_FOUND");
    assert_eq!(house.attach(&session, "anything", &paper(20)).code(), "NOT_FOUND", "only what the profile asks for");
}

#[test]
fn a_file_over_the_limit_is_refused_and_leaves_the_old_one() {
    let (house, session) = house();
    let small = paper(1_000);
    house.attach(&session, "licence", &small);
    let answer = house.attach(&session, "licence", &paper(10 * 1024 * 1024 + 1));
    assert_eq!((answer.status, answer.code().as_str()), (413, "TOO_LARGE"));
    assert!(house.get(&session, PATH).body == small);
    assert_eq!(house.attach(&session, "licence", &paper(10 * 1024 * 1024)).status, 200);
}

#[test]
fn files_are_their_accounts() {
    let (house, session) = house();
    house.attach(&session, "licence", &paper(100));
    let other = house.member(AccountKind::Unit, OTHER_UNIT, OTHER_CODE);
    let other = house.log_in(&other);
    assert_eq!(house.get(&other, PATH).code(), "NOT_FOUND");
    assert_eq!(house.site.get(PATH, &[]).code(), "NOT_LOGGED_IN");
    let gone = house.site.send("DELETE", PATH, &house.headers(&session), b"");
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(house.get(&session, PATH).code(), "NOT_FOUND");
    assert_eq!(house.site.send("DELETE", PATH, &house.headers(&session), b"").code(), "NOT_FOUND");
}

#[test]
fn e13_files_are_locked_with_the_data() {
    let (house, session) = house();
    house.filled(&session, "hunan");
    assert_eq!(house.attach(&session, "licence", &paper(100)).json()["reason"], "waiting");
    let delete = house.site.send("DELETE", PATH, &house.headers(&session), b"");
    assert_eq!(delete.json()["reason"], "waiting");
    assert_eq!(house.get(&session, PATH).status, 200);
}

#[test]
fn parts_that_became_no_file_are_swept() {
    let (house, session) = house();
    house.attach(&session, "licence", &paper(400_000));
    house.attach(&session, "licence", &paper(300_000));
    let parts = || {
        house.site.runtime.block_on(async {
            let url = calock_portal::Database::Sqlite(house.file()).url();
            let pool = sqlx::AnyPool::connect(&url).await.unwrap();
            let count: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM attachment_parts").fetch_one(&pool).await.unwrap();
            pool.close().await;
            count.0
        })
    };
    assert_eq!(parts(), 3 + 2);
    let purge = |now| house.site.runtime.block_on(house.site.portal.store().purge(now)).unwrap();
    purge(house.site.now());
    assert_eq!(parts(), 5, "what arrived just now may still become a file");
    purge(house.site.now() + 2 * 60 * 60);
    assert_eq!(parts(), 2);
    assert_eq!(house.get(&session, PATH).body.len(), 300_000);
}

#[test]
fn limits_are_the_operators() {
    let mut setup = crate::site::Setup::in_folder(tempfile::tempdir().unwrap().keep().as_path());
    setup.rules = rules("hunan");
    setup.limits.attachment = 50;
    let site = setup.start();
    let form = json!({"kind": "unit", "fields": {"name": UNIT, "code": USCC}});
    let body = json!({"by": "password", "formText": form.to_string(), "password": "Pa55word-2026"});
    let cookie = site.post("/api/register", &body).cookie();
    let csrf = site.session(&cookie).json()["csrf"].as_str().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("x-calock-csrf", csrf.as_str())];
    assert_eq!(site.send("PUT", PATH, &headers, &paper(51)).code(), "TOO_LARGE");
    assert_eq!(site.send("PUT", PATH, &headers, &paper(50)).status, 200);
}
