//! The national root and its operating CAs, read from `../shared/data/trust` when it is there.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use calock::Code;
use calock::certificate::{Certificate, PublicKey};
use calock::trust::TrustList;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/trust");

/// Every certificate of the folder with its file name, in the order of the names; `None` when the folder is absent.
fn certificates() -> Option<Vec<(String, Certificate)>> {
    if !Path::new(FOLDER).is_dir() {
        println!("skipped: no ../shared/data");
        return None;
    }
    let mut all: Vec<_> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|ext| ext == "crt"))
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            (name.clone(), Certificate::from_der_or_pem(&bytes).unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect();
    all.sort_by(|one, two| one.0.cmp(&two.0));
    Some(all)
}

fn middle(certificate: &Certificate) -> u64 {
    certificate.not_before().midpoint(certificate.not_after())
}

#[test]
fn all_are_read_and_named_after_their_serial() {
    let Some(all) = certificates() else { return };
    assert_eq!(all.len(), 87);
    for (name, certificate) in &all {
        assert!(matches!(certificate.key(), PublicKey::Sm2(_)), "{name}");
        assert!(certificate.is_ca(), "{name}");
        if name != "ROOTCA.crt" {
            let serial = name.trim_end_matches(".crt").trim_start_matches('0').to_uppercase();
            assert_eq!(certificate.serial().trim_start_matches('0'), serial);
        }
        assert!(!certificate.subject().attributes(calock::text::GBK).is_empty(), "{name}");
    }
}

#[test]
fn those_under_the_national_root_are_trusted_and_no_others() {
    let Some(all) = certificates() else { return };
    let list = TrustList::new(all.iter().map(|(_, certificate)| certificate.clone()));
    assert_eq!(list.anchors().count(), 1);
    let (mut trusted, mut refused) = (0, 0);
    for (name, certificate) in all.iter().filter(|(name, _)| name != "ROOTCA.crt") {
        let issuer = certificate.issuer().attributes(calock::text::GBK);
        let under_root = issuer.iter().any(|part| part.name == "CN" && part.value == "ROOTCA");
        match list.chain(certificate, middle(certificate)) {
            Ok(chain) => {
                assert!(under_root, "{name}");
                assert_eq!(chain.len(), 2, "{name}");
                trusted += 1;
            }
            Err(error) => {
                assert_eq!(error.code, Code::ChainUntrusted, "{name}");
                assert!(!under_root, "{name}");
                refused += 1;
            }
        }
    }
    assert_eq!((trusted, refused), (72, 14));
}

#[test]
fn dates_and_one_changed_bit_are_seen() {
    let Some(all) = certificates() else { return };
    let list = TrustList::new(all.iter().map(|(_, certificate)| certificate.clone()));
    let code = |certificate: &Certificate, at| list.chain(certificate, at).map(|_| ()).map_err(|error| error.code);
    let mut changed = 0;
    for (name, certificate) in &all {
        if code(certificate, middle(certificate)).is_err() || name == "ROOTCA.crt" {
            continue;
        }
        assert_eq!(code(certificate, certificate.not_before() - 1), Err(Code::CertNotYet));
        assert_eq!(code(certificate, certificate.not_after() + 1), Err(Code::CertExpired));
        let mut der = certificate.der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let broken = Certificate::from_der(&der).unwrap();
        assert_eq!(code(&broken, middle(&broken)), Err(Code::ChainInvalid), "{name}");
        changed += 1;
    }
    assert_eq!(changed, 72);
}
