//! OpenSSL's program as a judge, and a folder for what it is given.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that goes away with its test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
        self.path(name)
    }
}

/// What it printed; it must succeed.
pub fn openssl(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it said on both channels, whatever came of it: `req -verify` ends well even when the signature is wrong.
pub fn remarks(arguments: &[&str]) -> String {
    let output = run(arguments);
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

fn run(arguments: &[&str]) -> Output {
    Command::new("openssl").args(arguments).output().expect("openssl is installed")
}

fn succeeds(folder: &Path, arguments: &[&str]) -> bool {
    Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl is installed").status.success()
}

/// OpenSSL's own default is the empty id.
const DISTID: &str = "distid:1234567812345678";

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Sm2,
    Rsa,
    P256,
}

/// A key with a certificate that it signed itself.
pub struct Holder {
    pub der: Vec<u8>,
    pub algorithm: Algorithm,
    key: PathBuf,
    _folder: tempfile::TempDir,
}

/// A new holder of an SM2 key with this CN.
pub fn holder(name: &str) -> Holder {
    holder_of(name, Algorithm::Sm2)
}

/// A new holder with this CN.
pub fn holder_of(name: &str, algorithm: Algorithm) -> Holder {
    let folder = tempfile::tempdir().unwrap();
    let subject = format!("/C=CN/O=calock test/CN={name}");
    let kind: &[&str] = match algorithm {
        Algorithm::Sm2 => &["-algorithm", "SM2"],
        Algorithm::Rsa => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        Algorithm::P256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    };
    assert!(succeeds(folder.path(), &[&["genpkey"], kind, &["-out", "key"]].concat()));
    let hash: &[&str] = match algorithm {
        Algorithm::Sm2 => &["-sm3", "-sigopt", DISTID],
        _ => &["-sha256"],
    };
    let request = ["req", "-x509", "-new", "-key", "key", "-subj", &subject, "-days", "3650"];
    let extension = ["-addext", "keyUsage=critical,digitalSignature,nonRepudiation", "-outform", "DER", "-out", "der"];
    assert!(succeeds(folder.path(), &[&request[..], hash, &extension].concat()));
    let der = std::fs::read(folder.path().join("der")).unwrap();
    Holder { der, algorithm, key: folder.path().join("key"), _folder: folder }
}

impl Holder {
    /// Where the key is (PEM), for other programs to sign with.
    pub fn key(&self) -> &str {
        self.key.to_str().unwrap()
    }

    /// DER of r and s over SM3(Z ‖ message) or SHA-256, or RSA's octets.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("m"), message).unwrap();
        let key = self.key.to_str().unwrap();
        let hash: &[&str] = match self.algorithm {
            Algorithm::Sm2 => &["-digest", "sm3", "-pkeyopt", DISTID],
            _ => &["-digest", "sha256"],
        };
        let signed = ["pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", "m", "-out", "s"];
        assert!(succeeds(folder.path(), &[&signed[..], hash].concat()));
        std::fs::read(folder.path().join("s")).unwrap()
    }
}

/// Whether OpenSSL takes a DER signature over a message for one of the certificate's key.
pub fn verifies(certificate: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("c", certificate), ("m", message), ("s", signature)] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    assert!(succeeds(folder.path(), &["x509", "-inform", "DER", "-in", "c", "-pubkey", "-noout", "-out", "pub"]));
    succeeds(folder.path(), &["dgst", "-sm3", "-verify", "pub", "-sigopt", DISTID, "-signature", "s", "m"])
}
