//! Signatures against the OpenSSL command line, both ways, and the published SM2 example.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/issue.rs"]
mod issue;

use std::path::Path;
use std::process::Command;

use base64ct::{Base64, Encoding};
use calock::Code;
use calock::certificate::{Certificate, Usage};
use calock::hash::hex;
use calock::signature::{normalise, raw, sm2_check, sm2_der, sm2_digest, sm2_verify_prehash, verify};
use calock::trust::TrustList;
use issue::{CN, Ca, Key, name};
use proptest::prelude::*;
use sm2::dsa::signature::hazmat::PrehashSigner;

const MESSAGE: &[u8] = b"CALOCK1\npurpose=selftest\n";
const ID: &str = "distid:1234567812345678";
/// The order of SM2's base point.
const N: &[u8] = b"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";

fn bytes(digits: &[u8]) -> Vec<u8> {
    issue::hex(digits).unwrap()
}

/// GM/T 0003.5-2012, A.2: signature on the recommended curve with the default id.
#[test]
fn the_standards_example() {
    let point = bytes(
        b"0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020\
          CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect::<Vec<_>>()
            .as_slice(),
    );
    let r = bytes(b"F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3");
    let s = bytes(b"B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
    let message = b"message digest";
    let e = sm2_digest(&point, message).unwrap();
    assert_eq!(hex(&e).to_uppercase(), "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640");
    let signature = sm2_der(&[r, s].concat().try_into().unwrap()).unwrap();
    let key = calock::certificate::PublicKey::Sm2(point.clone());
    verify(&key, message, &signature).unwrap();
    sm2_verify_prehash(&point, &e, &signature).unwrap();
    sm2_check(&point, &e, &signature).unwrap();
    assert_eq!(verify(&key, b"message digesu", &signature).unwrap_err().code, Code::SignatureInvalid);
}

/// Runs the OpenSSL command line in a folder; its output on success.
fn openssl(folder: &Path, line: &str) -> Option<Vec<u8>> {
    let output = Command::new("openssl").args(line.split_whitespace()).current_dir(folder).output().unwrap();
    output.status.success().then_some(output.stdout)
}

fn has_openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: no openssl");
    }
    found
}

/// OpenSSL makes root, intermediate, holder and signature for each key kind; all are read, chained and verified here.
#[test]
fn what_openssl_makes_is_accepted() {
    if !has_openssl() {
        return;
    }
    for (kind, options) in [
        ("SM2", "-algorithm SM2"),
        ("RSA", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"),
        ("P256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let run = |line: String| openssl(at, &line).unwrap_or_else(|| panic!("openssl {line}"));
        let (hash, id, verify_id) = match kind {
            "SM2" => ("-sm3", format!("-sigopt {ID}"), format!("-vfyopt {ID}")),
            _ => ("-sha256", String::new(), String::new()),
        };
        std::fs::write(
            at.join("ext"),
            "[ca]\nbasicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n\
             subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n\
             [ee]\nkeyUsage=critical,digitalSignature,nonRepudiation\nauthorityKeyIdentifier=keyid,issuer\n\
             1.2.156.10260.4.1.4=ASN1:UTF8String:91999999TEXT000172\n",
        )
        .unwrap();
        std::fs::write(at.join("m"), MESSAGE).unwrap();
        for key in ["root", "sub", "ee"] {
            run(format!("genpkey {options} -out {key}.key"));
        }
        run(format!(
            "req -x509 -new {hash} -key root.key -subj /C=CN/O=Test/CN=Root -days 3650 -out root.crt {id} \
             -addext keyUsage=critical,keyCertSign"
        ));
        for (key, issuer, section) in [("sub", "root", "ca"), ("ee", "sub", "ee")] {
            run(format!("req -new {hash} -key {key}.key -subj /C=CN/O=Test/CN={key} {id} -out {key}.csr"));
            run(format!(
                "x509 -req -in {key}.csr -CA {issuer}.crt -CAkey {issuer}.key -CAcreateserial {hash} -days 365 {id} \
                 {verify_id} -extfile ext -extensions {section} -out {key}.crt"
            ));
        }
        run(format!("dgst {hash} -sign ee.key {id} -out m.sig m"));
        let read = |name: &str| Certificate::from_der_or_pem(&std::fs::read(at.join(name)).unwrap()).unwrap();
        let (root, sub, holder) = (read("root.crt"), read("sub.crt"), read("ee.crt"));
        let serial = String::from_utf8(run("x509 -in ee.crt -noout -serial".into())).unwrap();
        assert_eq!(serial.trim(), format!("serial={}", holder.serial()), "{kind}");
        assert_eq!(holder.usage(), Usage::Signing);
        let list = TrustList::new([root, sub]);
        assert_eq!(list.anchors().count(), 1, "{kind}");
        let now = holder.not_before() + 1;
        assert_eq!(list.chain(&holder, now).unwrap().len(), 3, "{kind}");
        let signature = std::fs::read(at.join("m.sig")).unwrap();
        verify(holder.key(), MESSAGE, &signature).unwrap();
        for at in 0..signature.len() {
            let mut wrong = signature.clone();
            wrong[at] ^= 1;
            assert_eq!(verify(holder.key(), MESSAGE, &wrong).unwrap_err().code, Code::SignatureInvalid, "{kind} {at}");
        }
        if kind == "SM2" {
            run("dgst -sm3 -sign ee.key -out empty.sig m".into()); // OpenSSL's default id is empty
            let empty = std::fs::read(at.join("empty.sig")).unwrap();
            assert_eq!(verify(holder.key(), MESSAGE, &empty).unwrap_err().code, Code::SignatureInvalid);
        }
    }
}

/// A root that signed itself with SHA-1 can be an anchor; a certificate signed with SHA-1 is refused.
#[test]
fn sha1_only_in_an_anchor() {
    if !has_openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let run = |line: &str| openssl(at, line).unwrap_or_else(|| panic!("openssl {line}"));
    let read = |name: &str| Certificate::from_der_or_pem(&std::fs::read(at.join(name)).unwrap()).unwrap();
    run("req -x509 -newkey rsa:2048 -nodes -sha1 -keyout root.key -subj /CN=Root -out root.crt");
    run("req -new -newkey rsa:2048 -nodes -keyout ee.key -subj /CN=ee -out ee.csr");
    let list = TrustList::new([read("root.crt")]);
    assert_eq!(list.anchors().count(), 1);
    for (hash, verdict) in [("-sha256", Ok(2)), ("-sha1", Err(Code::ChainInvalid))] {
        run(&format!("x509 -req -in ee.csr -CA root.crt -CAkey root.key -CAcreateserial {hash} -days 9 -out ee.crt"));
        let holder = read("ee.crt");
        let found = list.chain(&holder, holder.not_before()).map(|way| way.len()).map_err(|error| error.code);
        assert_eq!(found, verdict, "{hash}");
    }
}

/// What is signed over this crate's own digest e, and the test CA's certificates, are accepted by OpenSSL.
#[test]
fn what_is_made_here_is_accepted_by_openssl() {
    if !has_openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("m"), MESSAGE).unwrap();
    let ca = Ca::root(Key::sm2("ca"), "calock");
    let key = Key::sm2("holder");
    let der = ca.draft(name(&[(CN, "holder")]), &key).issue(&ca.key);
    for (file, der) in [("ca", &ca.der), ("ee", &der)] {
        std::fs::write(at.join(format!("{file}.der")), der).unwrap();
        openssl(at, &format!("x509 -inform DER -in {file}.der -out {file}.crt")).unwrap();
    }
    // 2026-07-01: inside the validity of both, whatever today is.
    openssl(at, &format!("verify -attime 1782864000 -CAfile ca.crt -vfyopt {ID} ee.crt")).unwrap();
    std::fs::write(at.join("ee.pub"), openssl(at, "x509 -in ee.crt -pubkey -noout").unwrap()).unwrap();

    let Key::Sm2(secret) = &key else { panic!() };
    let e = sm2_digest(&key.point(), MESSAGE).unwrap();
    let signer = sm2::dsa::SigningKey::new("an id that must not matter here", secret).unwrap();
    let signature = sm2_der(&signer.sign_prehash(&e).unwrap().to_bytes().into()).unwrap();
    std::fs::write(at.join("m.sig"), &signature).unwrap();
    let check = format!("dgst -sm3 -verify ee.pub -sigopt {ID} -signature m.sig m");
    assert!(openssl(at, &check).is_some());
    std::fs::write(at.join("m"), b"other").unwrap();
    assert!(openssl(at, &check).is_none());
}

/// The stored vectors that a backend accepts are accepted by OpenSSL too, each with its own key.
#[test]
fn openssl_agrees_with_the_vectors() {
    if !has_openssl() {
        return;
    }
    let file: serde_json::Value = serde_json::from_str(include_str!("vectors/statement.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut seen = 0;
    for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["verdict"] == "OK") {
        let posted = |name: &str| Base64::decode_vec(vector["posted"][name].as_str().unwrap()).unwrap();
        std::fs::write(at.join("m"), vector["text"].as_str().unwrap()).unwrap();
        std::fs::write(at.join("m.sig"), posted("signature")).unwrap();
        std::fs::write(at.join("ee.der"), posted("certificate")).unwrap();
        std::fs::write(at.join("ee.pub"), openssl(at, "x509 -inform DER -in ee.der -pubkey -noout").unwrap()).unwrap();
        let sm2 = vector["posted"]["algorithm"] == "SM2-SM3";
        let how = if sm2 { format!("-sm3 -sigopt {ID}") } else { "-sha256".into() };
        let digest = if sm2 { "sm3" } else { "sha256" };
        assert!(openssl(at, &format!("dgst {how} -verify ee.pub -signature m.sig m")).is_some(), "{}", vector["name"]);
        let text = String::from_utf8(openssl(at, &format!("dgst -{digest} -r m")).unwrap()).unwrap();
        assert_eq!(text.split(' ').next(), vector["digest"][digest].as_str());
        let text = String::from_utf8(openssl(at, &format!("dgst -{digest} -r ee.der")).unwrap()).unwrap();
        assert_eq!(text.split(' ').next(), vector["holder"]["fingerprint"].as_str());
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn only_one_spelling_of_a_signature() {
    let key = Key::sm2("holder");
    let certificate = Ca::root(key, "a");
    let public = Certificate::from_der(&certificate.der).unwrap();
    let good = certificate.key.sign(MESSAGE);
    verify(public.key(), MESSAGE, &good).unwrap();
    let r_s = raw(&good).unwrap();
    let number = |bytes: &[u8]| issue::tlv(0x02, &[bytes]);
    let padded = |half: &[u8]| number(&[&[0, 0], half].concat());
    for wrong in [
        vec![],
        r_s.to_vec(),
        [&good[..], &[0]].concat(),
        good[..good.len() - 1].to_vec(),
        issue::tlv(0x31, &[&good[2..]]),
        issue::tlv(0x30, &[&padded(&r_s[..32]), &padded(&r_s[32..])]),
        issue::tlv(0x30, &[&good[2..], &number(&[1])]),
        issue::tlv(0x30, &[&number(&[0]), &number(&[1])]),
        [&[0x30, 0x81, good[1]], &good[2..]].concat(),
    ] {
        assert_eq!(verify(public.key(), MESSAGE, &wrong).unwrap_err().code, Code::SignatureInvalid, "{wrong:02X?}");
    }
    let order = bytes(N);
    for (r, s) in [(&[0u8; 32][..], &[1u8; 32][..]), (&[1; 32], &[0; 32]), (&order, &[1; 32]), (&[1; 32], &[0xFF; 32])]
    {
        assert_eq!(sm2_der(&[r, s].concat().try_into().unwrap()).unwrap_err().code, Code::SignatureInvalid);
    }
    for bad in [&[4u8; 65][..], &[0; 65], &[], &[4; 64]] {
        assert_eq!(sm2_digest(bad, MESSAGE).unwrap_err().code, Code::KeyUnsupported);
    }
}

/// r + s = n: step B5 refuses it before any point is computed.
#[test]
fn a_signature_whose_numbers_add_up_to_the_order_is_refused() {
    let point = Key::sm2("holder").point();
    let e = sm2_digest(&point, MESSAGE).unwrap();
    let r = [&[0; 31][..], &[1]].concat();
    let mut s = bytes(N);
    s[31] -= 1;
    let signature = sm2_der(&[r, s].concat().try_into().unwrap()).unwrap();
    for judge in [sm2_check, sm2_verify_prehash] {
        assert_eq!(judge(&point, &e, &signature).unwrap_err().code, Code::SignatureInvalid);
        assert_eq!(judge(&[4; 65], &e, &signature).unwrap_err().code, Code::KeyUnsupported);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// What a page checks with and what a backend judges with agree: on good signatures, and with one bit wrong anywhere.
    #[test]
    fn both_ways_to_verify_agree(message: Vec<u8>, mut e_flip in 0..512usize, at in 0..512usize, forged: bool) {
        let key = Key::sm2("holder");
        let point = key.point();
        let mut e = sm2_digest(&point, &message).unwrap();
        let good = key.sign(&message);
        sm2_check(&point, &e, &good).unwrap();
        let mut r_s = raw(&good).unwrap();
        if forged {
            r_s[at / 8] ^= 1 << (at % 8);
        } else {
            e_flip %= 256;
            e[e_flip / 8] ^= 1 << (e_flip % 8);
        }
        if let Ok(signature) = sm2_der(&r_s) {
            let checked = sm2_check(&point, &e, &signature);
            prop_assert!(checked.is_err());
            prop_assert_eq!(checked, sm2_verify_prehash(&point, &e, &signature));
        }
    }
}

#[test]
fn forms_people_store_a_signature_in() {
    let public = |key: Key| Certificate::from_der(&Ca::root(key, "a").der).unwrap().key().clone();
    let good = Key::sm2("holder").sign(MESSAGE);
    let key = public(Key::sm2("holder"));
    let wrapped = format!("{}\r\n", Base64::encode_string(&good).replace("M", "M\n"));
    for form in
        [&good[..], &raw(&good).unwrap(), Base64::encode_string(&raw(&good).unwrap()).as_bytes(), wrapped.as_bytes()]
    {
        assert_eq!(normalise(&key, form).unwrap(), good);
    }
    let octets = Key::rsa().sign(MESSAGE);
    let key = public(Key::rsa());
    assert_eq!(normalise(&key, Base64::encode_string(&octets).as_bytes()).unwrap(), octets);
    for wrong in [&b""[..], b"hello", &[0xFF; 63], b"AAAA"] {
        assert_eq!(normalise(&key, wrong).unwrap_err().code, Code::SignatureInvalid);
    }
}

proptest! {
    /// DER and r ‖ s are the same number pair, whatever their leading zeros.
    #[test]
    fn der_and_raw_are_inverse(mut r_s in proptest::array::uniform32(any::<u8>()), zeros in 0..32usize) {
        r_s[..zeros].fill(0);
        r_s[31] |= 1;
        r_s[0] &= 0x7F;
        let both: [u8; 64] = [r_s, r_s].concat().try_into().unwrap();
        prop_assert_eq!(raw(&sm2_der(&both).unwrap()).unwrap(), both);
    }

    #[test]
    fn hostile_signatures_never_panic(signature in proptest::collection::vec(any::<u8>(), 0..100)) {
        let key = Certificate::from_der(&Ca::root(Key::sm2("a"), "a").der).unwrap().key().clone();
        prop_assert!(verify(&key, MESSAGE, &signature).is_err());
        let _ = normalise(&key, &signature);
    }
}
