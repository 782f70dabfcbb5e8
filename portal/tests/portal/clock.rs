//! A demonstration's clock.

use serde_json::json;

use crate::site::{PEOPLE, Setup, Site};

#[test]
fn a_demonstrations_clock_is_put_forward_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let forward = |site: &Site, minutes: u64| site.post("/demo/clock", &json!({ "minutes": minutes }));
    let used = Setup { demonstration: false, ..Setup::in_folder(folder.path()) }.start();
    assert_eq!(forward(&used, 31).code(), "NOT_FOUND");
    drop(used);
    let site = Setup::in_folder(folder.path()).start();
    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    let before = forward(&site, 0).json()["now"].as_u64().unwrap();
    assert_eq!(forward(&site, 31).json()["now"].as_u64().unwrap(), before + 31 * 60);
    assert_eq!(site.session(&cookie).code(), "NOT_LOGGED_IN", "half an hour has passed for the session as well");
    assert_eq!(site.log_in(&PEOPLE.sm2).status, 200);
    assert_eq!(forward(&site, 100_000).status, 400);
    let elsewhere = [("content-type", "application/json"), ("origin", "https://evil.example")];
    assert_eq!(site.post_raw("/demo/clock", &elsewhere, b"{\"minutes\":1}").code(), "FORBIDDEN_ORIGIN");
}
