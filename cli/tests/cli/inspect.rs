//! `calock inspect`

use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};

use crate::command::{PEOPLE, USCC, calock};

#[test]
fn a_certificate_is_read_in_each_of_its_forms() {
    let folder = tempfile::tempdir().unwrap();
    let der = PEOPLE.sm2.der();
    fs::write(folder.path().join("a.der"), &der).unwrap();
    fs::write(folder.path().join("a.txt"), Base64::encode_string(&der)).unwrap();
    for path in [PEOPLE.sm2.pem(), folder.path().join("a.der"), folder.path().join("a.txt")] {
        let ended = calock(["inspect".as_ref(), path.as_os_str(), "--json".as_ref()]);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        let view = ended.json();
        assert_eq!(view["holder"]["name"], "示例建设有限公司");
        assert_eq!(view["holder"]["kind"], "enterprise");
        assert_eq!(view["holder"]["code"], USCC);
        assert_eq!(view["holder"]["identities"][0]["kind"], "uscc");
        assert_eq!(view["fingerprint"], PEOPLE.sm2.fingerprint());
        assert_eq!((&view["algorithm"], &view["usage"]), (&"SM2-SM3".into(), &"signing".into()));
        assert_eq!(view["state"], "ok");
        assert_eq!(view["issuer"][2]["value"], "root");
        let names: Vec<_> =
            view["subject"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["C", "ST", "O", "CN"], "in the order of the certificate");
    }
}

#[test]
fn a_person_reads_it_in_chinese() {
    let ended = calock(["inspect".as_ref(), PEOPLE.rsa.pem().as_os_str()]);
    assert_eq!(ended.code, 0);
    for part in [
        "持有人 Holder",
        "示例建设有限公司",
        "企业 enterprise",
        "签名 signing",
        "RS256",
        "有效 ok",
        &PEOPLE.rsa.fingerprint(),
    ] {
        assert!(ended.out.contains(part), "{part} in\n{}", ended.out);
    }
}

#[test]
fn what_is_no_certificate_is_unusable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.crt");
    let cut = &PEOPLE.sm2.der()[..200];
    for bytes in
        [&b""[..], b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", cut, &[0x30; 5000]]
    {
        fs::write(&path, bytes).unwrap();
        let ended = calock(["inspect".as_ref(), path.as_os_str(), "--json".as_ref()]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""));
        assert!(ended.err.contains("CERT_UNREADABLE") && ended.err.contains("a.crt"), "{}", ended.err);
    }
    assert_eq!(calock(["inspect", "no-such-file"]).code, 2);
    assert_eq!(calock(["inspect"]).code, 2);
    // One bad file among good ones: the good ones are shown.
    let ended = calock(["inspect".as_ref(), path.as_os_str(), PEOPLE.sm2.pem().as_os_str(), "--json".as_ref()]);
    assert_eq!((ended.code, ended.json().as_array().unwrap().len()), (2, 1));
}

#[test]
fn all_operating_cas_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/trust");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no ../shared/data");
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path().into_os_string()).collect();
    paths.sort();
    assert_eq!(paths.len(), 87);
    let arguments = [vec!["inspect".into(), "--json".into()], paths.clone()].concat();
    let ended = calock(&arguments);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let views = ended.json();
    assert_eq!(views.as_array().unwrap().len(), 87);
    for (view, path) in views.as_array().unwrap().iter().zip(&paths) {
        let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
        let serial = view["serial"].as_str().unwrap();
        assert!(
            stem == "ROOTCA" || serial.trim_start_matches('0') == stem.trim_start_matches('0'),
            "{serial} in {stem}"
        );
        assert!(!view["subject"].as_array().unwrap().is_empty(), "{stem}");
        assert_eq!(view["ca"], true, "{stem}");
    }
    let human = calock([vec!["inspect".into()], paths].concat());
    assert_eq!((human.code, human.out.matches("持有人 Holder").count()), (0, 87));
}
