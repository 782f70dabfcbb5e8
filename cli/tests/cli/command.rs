//! Running the command, and the certificates it is run on.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::openssl::{ENCRYPTION, Kind, Lab, SIGNING, Signer};

/// An invented code whose two check digits are right (GB 32100, GB 11714).
pub const USCC: &str = "911101050000000514";

pub struct People {
    pub root: Signer,
    pub sm2: Signer,
    pub rsa: Signer,
    pub p256: Signer,
    pub encryption: Signer,
    pub stranger: Signer,
    pub brainpool: Signer,
}

pub static PEOPLE: LazyLock<People> = LazyLock::new(|| {
    let lab = Lab::new("cli-lab");
    let root = lab.root("root", Kind::Sm2);
    let foreign = lab.root("foreign", Kind::Rsa);
    let code = format!("1.2.156.10260.4.1.4=ASN1:UTF8String:{USCC}");
    People {
        sm2: lab.issue(&root, "sm2", Kind::Sm2, SIGNING, 400, &code),
        rsa: lab.issue(&root, "rsa", Kind::Rsa, SIGNING, 400, &code),
        p256: lab.issue(&root, "p256", Kind::P256, SIGNING, 400, &code),
        encryption: lab.issue(&root, "encryption", Kind::Sm2, ENCRYPTION, 400, &code),
        stranger: lab.issue(&foreign, "stranger", Kind::Rsa, SIGNING, 400, &code),
        brainpool: lab.root("brainpool", Kind::Brainpool),
        root,
    }
});

pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {} {}", self.out, self.err))
    }
}

/// Runs `calock` to its end.
pub fn calock<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_calock")).args(arguments).stdin(Stdio::null()).output().unwrap();
    Ended {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}
