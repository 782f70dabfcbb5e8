//! What the portal keeps of a login convinces another tool, without calock.

use base64ct::{Base64, Encoding};

use crate::openssl::{DISTID, Kind, Signer, content};
use crate::site::{PEOPLE, Setup, signed, statement};

fn kept_evidence_verifies(signer: &Signer) {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let challenge = site.challenge();
    assert_eq!(site.post("/api/login", &signed(signer, &site.origin, &challenge)).status, 200);
    let nonce = challenge["nonce"].as_str().unwrap();
    let login = site.runtime.block_on(site.portal.store().find_signed(nonce)).unwrap().expect("the login is kept");
    let evidence = login.evidence;
    assert_eq!(evidence.statement, statement(signer, &site.origin, &challenge));
    assert_eq!(evidence.algorithm, signer.kind.algorithm());
    assert_eq!(evidence.fingerprint, signer.fingerprint());
    assert_eq!(evidence.software, "calock/0.1.0");
    assert!(evidence.holder.contains("示例建设有限公司"));

    let paper = folder.path();
    std::fs::write(paper.join("statement"), &evidence.statement).unwrap();
    std::fs::write(paper.join("signature"), Base64::decode_vec(&evidence.signature).unwrap()).unwrap();
    std::fs::write(paper.join("certificate"), Base64::decode_vec(&evidence.certificate).unwrap()).unwrap();
    let key = ["x509", "-inform", "DER", "-in", "certificate", "-pubkey", "-noout", "-out", "key"];
    assert!(content(paper, &key));
    let mut verify = vec!["pkeyutl", "-verify", "-rawin", "-digest", signer.kind.hash()];
    if signer.kind == Kind::Sm2 {
        verify.extend(["-pkeyopt", DISTID]);
    }
    verify.extend(["-pubin", "-inkey", "key", "-sigfile", "signature", "-in", "statement"]);
    assert!(content(paper, &verify), "OpenSSL accepts the kept signature");
    std::fs::write(paper.join("statement"), evidence.statement.replace("purpose=login", "purpose=bind")).unwrap();
    assert!(!content(paper, &verify), "and would have refused another statement");
}

#[test]
fn sm2_evidence_verifies_with_openssl() {
    kept_evidence_verifies(&PEOPLE.sm2);
}

#[test]
fn rsa_evidence_verifies_with_openssl() {
    kept_evidence_verifies(&PEOPLE.rsa);
}

#[test]
fn p256_evidence_verifies_with_openssl() {
    kept_evidence_verifies(&PEOPLE.p256);
}
