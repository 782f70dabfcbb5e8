//! `calock seal` with PDF files.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::json;

use super::{Desk, SINGLE, checks};

/// Two pages of A4, with a cross-reference table and these entries in the trailer.
fn plain(trailer: &str) -> Vec<u8> {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.27559 841.88976]>>";
    file(&["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>", page, page], trailer)
}

/// A file of these objects, the first of which is the catalog.
pub(super) fn file<T: std::fmt::Display>(objects: &[T], trailer: &str) -> Vec<u8> {
    let size = objects.len() + 1;
    let mut file = String::from("%PDF-1.7\n");
    let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1).unwrap();
    }
    let start = file.len();
    write!(file, "{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    file.into_bytes()
}

fn desk() -> Desk {
    let desk = Desk::new();
    fs::write(desk.path("plain.pdf"), plain("")).unwrap();
    desk
}

#[test]
fn a_pdf_is_sealed_again_and_again_and_verified() {
    let desk = desk();
    let across = [&SINGLE[..], &["--across", "right", "--offset", "100"]].concat();
    let mut from = String::from("plain.pdf");
    for (number, form) in ["pkcs7", "gm", "ses"].into_iter().enumerate() {
        let to = format!("{form}.pdf");
        let ended = desk.apply(&from, &to, &[&across[..], &["--form", form]].concat(), "654321");
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{form}: {}", ended.out);
        let before = fs::read(desk.path(&from)).unwrap();
        assert!(fs::read(desk.path(&to)).unwrap().starts_with(&before), "the original is the beginning");
        let ended = desk.verify(&to, &["--trust", "trust"]);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
        let report = ended.json();
        assert_eq!(report["signatures"].as_array().unwrap().len(), number + 1);
        for index in 0..=number {
            assert_eq!(
                checks(&report, index),
                json!({
                    "integrity": "ok", "signature": "ok", "signer_matches_seal": "ok", "seal_signature": "ok",
                    "certificates": "ok", "dates": "ok", "chain": "ok", "later_changes": "ok",
                    "revocation": "not checked", "time_stamp": "not checked",
                }),
                "{form}"
            );
            let signature = &report["signatures"][index];
            assert_eq!((&signature["kind"], &signature["signer"]), (&json!("seal"), &json!("示例建设有限公司")));
            assert_eq!(signature["stamps"][0], json!({ "page": 1, "boundary": "120 220.5 42 42", "clip": null }));
            // Across pages it says what of the seal shows.
            assert_eq!(signature["stamps"][2], json!({ "page": 2, "boundary": "189 100 21 42", "clip": null }));
        }
        from = to;
    }
}

#[test]
fn what_a_pdf_is_refused_for_and_what_fails() {
    let desk = desk();
    let options = ["--filter", "Example.Reader", "--sub-filter", "example.sm2"];
    assert_eq!(desk.apply("plain.pdf", "named.pdf", &[&SINGLE[..], &options].concat(), "654321").code, 0);
    let mut bytes = fs::read(desk.path("named.pdf")).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains("/Filter/Example.Reader/SubFilter/example.sm2"));
    assert_eq!(desk.verify("named.pdf", &[]).code, 0);
    let at = text.find("/MediaBox[0").unwrap() + 10;
    bytes[at] = b'1';
    fs::write(desk.path("changed.pdf"), &bytes).unwrap();
    let ended = desk.verify("changed.pdf", &[]);
    let report = ended.json();
    assert_eq!((ended.code, &checks(&report, 0)["integrity"]), (1, &json!("failed")));
    assert_eq!(report["signatures"][0]["codes"]["integrity"], "DOCUMENT_CHANGED");

    let locked = [&SINGLE[..], &["--lock-document"]].concat();
    assert_eq!(desk.apply("plain.pdf", "locked.pdf", &locked, "654321").code, 0);
    fs::write(desk.path("encrypted.pdf"), plain("/Encrypt<</Filter/Standard>>")).unwrap();
    fs::write(desk.path("damaged.pdf"), &plain("")[..300]).unwrap();
    for (file, code) in [
        ("locked.pdf", "DOCUMENT_LOCKED"),
        ("encrypted.pdf", "DOCUMENT_ENCRYPTED"),
        ("damaged.pdf", "DOCUMENT_UNREADABLE"),
    ] {
        let ended = desk.apply(file, "out.pdf", &SINGLE, "654321");
        assert_eq!(ended.code, 2, "{file}");
        assert!(ended.err.contains(code), "{file}: {}", ended.err);
        assert!(!desk.path("out.pdf").exists() && !desk.path("out.pdf.draft").exists());
    }
    // Nobody is asked for a signature that this form has not.
    let ended = desk.apply("plain.pdf", "out.pdf", &[&SINGLE[..], &["--form", "pades"]].concat(), "654321");
    assert_eq!((ended.code, ended.err.contains("KEY_UNSUPPORTED")), (2, true), "{}", ended.err);
    let none = desk.verify("plain.pdf", &[]);
    assert_eq!((none.code, none.json()), (0, json!({ "signatures": [] })));
}

/// RSA and P-256, in files of OpenSSL's and in virtual locks, one after the other and after SM2: every signature holds on.
#[test]
fn other_keys_sign_as_pades_has_it() {
    let desk = desk();
    let openssl = |arguments: &[&str]| {
        let ran = Command::new("openssl").args(arguments).current_dir(desk.path(".")).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    let first = desk.apply("plain.pdf", "0.pdf", &SINGLE, "654321");
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    let mut count = 0;
    let mut sealed = |key: &[&str], secret: &str| {
        let (from, to) = (format!("{count}.pdf"), format!("{}.pdf", count + 1));
        let apply = [&["seal", "apply", &from, "--seal", "own.esl", "--pin-stdin", "-o", &to], key, &SINGLE].concat();
        let ended = desk.run(&apply, secret);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{key:?}");
        count += 1;
        let report = desk.verify(&to, &[]).json();
        for index in 0..=count {
            let checks = checks(&report, index);
            for name in ["integrity", "signer_matches_seal", "seal_signature", "later_changes"] {
                assert_eq!(checks[name], "ok", "{key:?}: signature {index}, {name}");
            }
        }
    };
    for new in [&["rsa:2048"][..], &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]] {
        let request =
            [&["req", "-x509", "-newkey"], new, &["-nodes", "-keyout", "key.pem", "-subj", "/CN=signer"]].concat();
        openssl(&[&request[..], &["-days", "99", "-addext", "keyUsage=digitalSignature", "-out", "cert.pem"]].concat());
        let export = ["pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-passout", "pass:secret"];
        openssl(&[&export[..], &["-out", "key.p12"]].concat());
        let make = ["seal", "make", "--ca", "ca.json", "--name", "示例", "--shape", "square", "--cert", "cert.pem"];
        desk.good(&[&make[..], &["-o", "own.esl"]].concat());
        sealed(&["--p12", "key.p12"], "secret");
    }
    for (lock, profile, keys) in
        [("rsa.json", "gm3000", "rsa"), ("piv.json", "piv", "p256"), ("piv2.json", "piv", "rsa")]
    {
        let new = ["lock", "new", "--ca", "ca.json", "--name", "示例建设有限公司", "--pin", "654321"];
        desk.good(&[&new[..], &["--profile", profile, "--algorithm", keys, "-o", lock]].concat());
        desk.good(&[
            "seal", "make", "--ca", "ca.json", "--name", "示例", "--shape", "square", "--lock", lock, "-o", "own.esl",
        ]);
        sealed(&["--lock", lock], "654321");
        let ofd = ["seal", "apply", "plain.ofd", "--seal", "own.esl", "--lock", lock, "--pin-stdin", "-o", "none.ofd"];
        let ended = desk.run(&[&ofd[..], &SINGLE].concat(), "654321");
        assert_eq!(
            (ended.code, ended.err.contains("KEY_UNSUPPORTED")),
            (2, true),
            "OFD takes SM2 alone: {}",
            ended.err
        );
    }
    let file = fs::read(desk.path("5.pdf")).unwrap();
    assert_eq!(String::from_utf8_lossy(&file).matches("/SubFilter/ETSI.CAdES.detached").count(), 5);
    // A wrong PIN is sent once, and the last try is not spent.
    let wrong = ["seal", "apply", "0.pdf", "--seal", "own.esl", "--lock", "piv2.json", "--pin-stdin", "-o", "none.pdf"];
    let ended = desk.run(&[&wrong[..], &SINGLE].concat(), "111111");
    assert_eq!((ended.code, ended.err.contains("PIN_WRONG")), (1, true), "{}", ended.err);
}
