//! Seals and signatures of all three versions, with OpenSSL as the judge of every signature, read or made.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/desk.rs"]
mod desk;
#[path = "support/openssl.rs"]
mod openssl;

use std::path::PathBuf;

use calock::Code;
use calock::certificate::Certificate;
use calock::seal::ses::{Signers, SigningTime, ToSign, assemble_seal, assemble_signature};
use calock::seal::{Seal, SesSignature, Version};
use desk::{Desk, NOW, desk, new_seal};
use openssl::{holder, verifies};

fn shared(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/seal").join(name);
    let read = std::fs::read(path).ok();
    if read.is_none() {
        println!("skipped: no ../shared/data");
    }
    read
}

#[test]
fn the_sample_seals_are_what_their_maker_signed() {
    for (name, version, id, title, time_stamp) in [
        ("UserV1.esl", Version::V1, "40C8CDD24DEF43388B86E62CCE1D6832", "OFDRW测试用印章", false),
        ("UserV4.esl", Version::V4, "51f044b76510434e9bc67a1185c2fba5", "OFD R&W 测试用印章", false),
        ("UserV5.esl", Version::V5, "09aaf39291e049e4b3d716414590937e", "OFD R&W V5测试用印章", false),
        ("UserV5_ts.esl", Version::V5, "55a4a957189a48f596706fb431e962c5", "OFD R&W V5测试用印章", true),
    ] {
        let Some(der) = shared(name) else { return };
        let seal = Seal::from_der(&der).unwrap();
        assert_eq!((seal.version(), seal.id.as_str(), seal.name.as_str()), (version, id, title), "{name}");
        assert_eq!((seal.picture().format.as_str(), seal.picture().width, seal.picture().height), ("png", 40, 40));
        assert!(seal.picture_data().starts_with(b"\x89PNG"));
        assert_eq!(seal.time_stamp().is_some(), time_stamp);
        assert_eq!(seal.der(), der);
        assert_eq!(seal.verify(), Ok(()), "{name}");
        assert!(verifies(seal.maker(), &seal.signed_bytes(), seal.signature()), "OpenSSL says the same of {name}");
        let Signers::Certificates(signers) = seal.signers() else { panic!("{name} lists certificates") };
        assert_eq!(seal.check_signer(&signers[0]), Ok(()));
        assert_eq!(seal.check_signer(seal.maker()).unwrap_err().code, Code::SealMismatch);
        assert_eq!(seal.check_dates(seal.valid_from), Ok(()));
        assert_eq!(seal.check_dates(seal.valid_from - 1).unwrap_err().code, Code::SealNotYet);
        assert_eq!(seal.check_dates(seal.valid_until + 1).unwrap_err().code, Code::SealExpired);
    }
}

#[test]
fn a_seal_with_one_byte_changed_is_no_longer_good() {
    let Some(der) = shared("UserV4.esl") else { return };
    // Header, property and the start of the picture; algorithm and signature. Of the maker's certificate between them only the
    // key matters to the signature; what else it says is for the chain.
    for at in (0..1024).chain(der.len() - 84..der.len()) {
        let mut changed = der.clone();
        changed[at] ^= 1;
        if let Ok(seal) = Seal::from_der(&changed) {
            assert!(seal.verify().is_err(), "byte {at}");
        }
    }
}

#[test]
fn only_the_exact_bytes_are_a_seal() {
    let Some(der) = shared("UserV5.esl") else { return };
    let unreadable = |bytes: &[u8]| assert_eq!(Seal::from_der(bytes).unwrap_err().code, Code::SealUnreadable);
    unreadable(&[]);
    unreadable(&[&der[..], &[0]].concat());
    unreadable(&der[..der.len() - 1]);
    unreadable(b"\x30\x80\x00\x00");
    assert_eq!(SesSignature::from_der(&der).unwrap_err().code, Code::SealUnreadable, "a seal is no signature");
}

#[test]
fn seals_and_signatures_of_each_version_can_be_made_and_read() {
    for version in [Version::V1, Version::V4, Version::V5] {
        let Desk { seal, signer, certificate } = desk(version);
        assert_eq!(
            (seal.version(), seal.name.as_str(), seal.valid_until),
            (version, "示例建设有限公司", *NOW + 86_400 * 365)
        );
        assert!(verifies(seal.maker(), &seal.signed_bytes(), seal.signature()), "OpenSSL verifies the seal");
        let to_sign = ToSign::new(&seal, &certificate, *NOW, &[7; 32], "/Doc_0/Signs/Sign_0/Signature.xml").unwrap();
        let der = signer.sign(to_sign.signed_bytes());
        let signature = assemble_signature(&to_sign, &der).unwrap();
        assert_eq!(signature.seal, seal, "the seal is in it byte for byte");
        assert_eq!((signature.time, signature.data_hash()), (SigningTime::At(*NOW), &[7; 32][..]));
        assert_eq!(signature.property, "/Doc_0/Signs/Sign_0/Signature.xml");
        assert!(
            verifies(signature.certificate(), signature.signed_bytes(), signature.signature()),
            "OpenSSL: {version:?}"
        );
        assert_eq!(SesSignature::from_der(signature.der()).unwrap(), signature);

        // What locks and middleware hand out: r ‖ s, and the blob of GM/T 0016.
        let raw = calock::signature::raw(&der).unwrap();
        let blob = [&[0; 32], &raw[..32], &[0; 32], &raw[32..]].concat();
        for form in [&raw[..], &blob] {
            assert_eq!(assemble_signature(&to_sign, form).unwrap(), signature, "{} bytes", form.len());
        }
    }
}

#[test]
fn nothing_is_handed_out_that_does_not_verify() {
    let Desk { seal, signer, certificate } = desk(Version::V4);
    let to_sign = ToSign::new(&seal, &certificate, *NOW, &[7; 32], "/a").unwrap();
    let good = signer.sign(to_sign.signed_bytes());
    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    for wrong in [
        vec![],
        vec![0; 64],
        vec![0; 128],
        changed,
        signer.sign(b"something else"),
        holder("other").sign(to_sign.signed_bytes()),
    ] {
        assert_eq!(assemble_signature(&to_sign, &wrong).unwrap_err().code, Code::SignFailed);
    }
    let stranger = Certificate::from_der(&holder("stranger").der).unwrap();
    assert_eq!(ToSign::new(&seal, &stranger, *NOW, &[7; 32], "/a").unwrap_err().code, Code::SealMismatch);
    assert_eq!(ToSign::new(&seal, &certificate, *NOW, &[7; 32], "/文").unwrap_err().code, Code::Parameter);
}

#[test]
fn no_seal_is_handed_out_that_its_maker_did_not_sign() {
    let maker = holder("maker");
    let unsigned = new_seal(Version::V4, &[]).prepare(&Certificate::from_der(&maker.der).unwrap()).unwrap();
    let foreign = assemble_seal(&unsigned, &holder("other").sign(&unsigned.signed_bytes()));
    assert_eq!(foreign.unwrap_err().code, Code::SealInvalid);
    assert!(assemble_seal(&unsigned, &maker.sign(&unsigned.signed_bytes())).is_ok());
}

/// The digest handed to a lock is the one that its signature is verified against.
#[test]
fn what_a_lock_is_given_to_sign_is_e() {
    let Desk { seal, signer, certificate } = desk(Version::V4);
    let to_sign = ToSign::new(&seal, &certificate, *NOW, &[7; 32], "/a").unwrap();
    let calock::certificate::PublicKey::Sm2(point) = certificate.key() else { panic!("SM2") };
    let signature = signer.sign(to_sign.signed_bytes());
    assert_eq!(calock::signature::sm2_verify_prehash(point, &to_sign.digest().unwrap(), &signature), Ok(()));
}
