//! Virtual locks of other models than the GM3000, and the policy for the models that are.

use base64ct::{Base64, Encoding as _};
use serde_json::Value;

use crate::command::calock;

/// Makes a lock with these options more and gives its file.
fn made(folder: &std::path::Path, more: &[&str]) -> Value {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut arguments: Vec<String> = ["lock", "new", "--name", "示例建设有限公司"].map(String::from).into();
    arguments.extend([
        "--output".into(),
        path("lock.json"),
        "--ca".into(),
        path("ca.json"),
        "--roots".into(),
        path("roots.pem"),
    ]);
    arguments.extend(more.iter().map(|&one| one.to_owned()));
    let ended = calock(&arguments);
    assert_eq!(ended.code, 0, "{}", ended.err);
    serde_json::from_str(&std::fs::read_to_string(folder.join("lock.json")).unwrap()).unwrap()
}

fn openssl(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = std::process::Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_piv_card_has_the_keys_and_the_chain_that_openssl_reads() {
    for (more, curve) in
        [(&["--profile", "piv"][..], true), (&["--profile", "piv", "--algorithm", "rsa", "--container", "9C"], false)]
    {
        let folder = tempfile::tempdir().unwrap();
        let lock = made(folder.path(), more);
        assert_eq!(lock["profile"], "piv");
        let container = &lock["containers"][0];
        assert_eq!((&container["name"] == "9A", container["encryption"].is_null()), (curve, true));
        let bytes = |name: &str| Base64::decode_vec(container["signing"][name].as_str().unwrap()).unwrap();
        std::fs::write(folder.path().join("key.der"), bytes("key")).unwrap();
        std::fs::write(folder.path().join("leaf.der"), bytes("certificate")).unwrap();
        let text = openssl(folder.path(), &["x509", "-inform", "DER", "-in", "leaf.der", "-noout", "-text"]);
        assert_eq!((text.contains("NIST CURVE: P-256"), text.contains("Public-Key: (2048 bit)")), (curve, !curve));
        openssl(folder.path(), &["x509", "-inform", "DER", "-in", "leaf.der", "-out", "leaf.pem"]);
        openssl(folder.path(), &["verify", "-CAfile", "roots.pem", "leaf.pem"]);
        let of_certificate = openssl(folder.path(), &["x509", "-in", "leaf.pem", "-noout", "-pubkey"]);
        assert_eq!(openssl(folder.path(), &["pkey", "-inform", "DER", "-in", "key.der", "-pubout"]), of_certificate);
    }
}

#[test]
fn keys_and_profiles_that_do_not_go_together_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for more in [["--profile", "piv", "--algorithm", "sm2"], ["--profile", "gm3000", "--algorithm", "p256"]] {
        let ended = calock(["lock", "new", "--name", "x", "-o", &path("x"), "--ca", &path("ca")].iter().chain(&more));
        assert_eq!(ended.code, 2);
        assert!(ended.err.contains("no such keys"), "{}", ended.err);
    }
    let ended = calock(["lock", "new", "--name", "x", "-o", &path("x"), "--profile", "none-such"]);
    assert!(ended.code == 2 && ended.err.contains("gmt0017-little"), "{}", ended.err);
}

#[test]
fn a_file_without_a_profile_is_a_gm3000() {
    let folder = tempfile::tempdir().unwrap();
    let mut lock = made(folder.path(), &["--profile", "gmt0017-little"]);
    assert_eq!(lock["profile"], "gmt0017-little");
    lock.as_object_mut().unwrap().remove("profile");
    let file = calock::virtual_lock::LockFile::from_json(&lock.to_string()).unwrap();
    assert_eq!(file.played().unwrap().name, "gm3000");
}

#[test]
fn the_policy_is_for_origins() {
    let ended = calock(["lock", "policy", "--url", "https://portal.example.cn", "--tests"]);
    let policy = ended.json();
    assert_eq!(policy["WebHidAllowDevicesForUrls"][0]["devices"][0]["product_id"], 58904);
    assert_eq!(policy["WebUsbAllowDevicesForUrls"][0]["urls"][0], "https://portal.example.cn");
    assert_eq!(calock(["lock", "policy", "--url", "https://*.example.cn"]).code, 2);
    assert_eq!(calock(["lock", "policy"]).code, 2);
}
