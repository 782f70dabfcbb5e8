//! OpenSSL, which has no line in common with this project, judges what a lock signed.

use base64ct::{Base64, Encoding as _};
use calock::certificate::PublicKey;
use calock::session::Signed;

/// Fails unless OpenSSL verifies the statement with the certificate's key.
pub fn assert_verifies(signed: &Signed) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        Base64::encode_string(signed.entry.certificate.der())
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect::<Vec<_>>()
            .join("\n")
    );
    let certificate = write("certificate.pem", pem.as_bytes());
    let text = write("statement.txt", signed.statement.text().unwrap().as_bytes());
    let signature = write("signature.bin", &signed.signature);
    let public = run(&["x509", "-in", &certificate, "-pubkey", "-noout"]);
    let public = write("public.pem", &public);
    let hash: &[&str] = match signed.entry.certificate.key() {
        PublicKey::Sm2(_) => &["-sm3", "-sigopt", "distid:1234567812345678"],
        _ => &["-sha256"],
    };
    let verified = run(&[&["dgst"], hash, &["-verify", &public, "-signature", &signature, &text]].concat());
    assert_eq!(String::from_utf8_lossy(&verified).trim(), "Verified OK");
}

fn run(arguments: &[&str]) -> Vec<u8> {
    let output = std::process::Command::new("openssl").args(arguments).output().expect("openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
