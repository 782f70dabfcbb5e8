//! Keys, certificates and signatures by the OpenSSL command line: another implementation than the one under test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The id that every SM2 signature in China uses; OpenSSL's own default is the empty one.
pub const DISTID: &str = "distid:1234567812345678";

/// Runs OpenSSL in a folder and returns whether it was content.
pub fn content(folder: &Path, arguments: &[&str]) -> bool {
    Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl runs").status.success()
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {}: {complaint}", arguments.join(" "));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sm2,
    Rsa,
    P256,
    /// A curve that calock does not know.
    Brainpool,
}

impl Kind {
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Sm2 => "SM2-SM3",
            Self::Rsa => "RS256",
            Self::P256 => "ES256",
            Self::Brainpool => "",
        }
    }

    fn genpkey(self) -> &'static [&'static str] {
        match self {
            Self::Sm2 => &["-algorithm", "SM2"],
            Self::Rsa => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            Self::P256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            Self::Brainpool => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"],
        }
    }

    pub fn hash(self) -> &'static str {
        match self {
            Self::Sm2 => "sm3",
            Self::Rsa | Self::P256 | Self::Brainpool => "sha256",
        }
    }
}

/// A key with its certificate.
#[derive(Clone, Debug)]
pub struct Signer {
    pub kind: Kind,
    pub folder: PathBuf,
    pub name: String,
}

impl Signer {
    pub fn pem(&self) -> PathBuf {
        self.folder.join(format!("{}.crt", self.name))
    }

    pub fn der(&self) -> Vec<u8> {
        std::fs::read(self.folder.join(format!("{}.der", self.name))).unwrap()
    }

    /// The certificate's digest as the statement names it, by OpenSSL as well.
    pub fn fingerprint(&self) -> String {
        let hash = format!("-{}", self.kind.hash());
        let output = Command::new("openssl")
            .args(["dgst", &hash, "-r", &format!("{}.der", self.name)])
            .current_dir(&self.folder)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().split_whitespace().next().unwrap().to_owned()
    }

    /// The serial number in hexadecimal digits, by OpenSSL.
    pub fn serial(&self) -> String {
        let output =
            Command::new("openssl").args(["x509", "-noout", "-serial", "-in"]).arg(self.pem()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().trim_start_matches("serial=").to_owned()
    }

    /// A revocation list of this CA with these certificates in it, valid for a week.
    pub fn revocation_list(&self, revoked: &[&Self]) -> Vec<u8> {
        let scratch = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(scratch.path().join(name), text).unwrap();
        let entry = |one: &&Self| format!("R\t400101000000Z\t260101000000Z\t{}\tunknown\t/CN=x\n", one.serial());
        write("index", &revoked.iter().map(entry).collect::<String>());
        write("number", "01\n");
        write("cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=number\ndefault_crl_days=7\n");
        let (certificate, key) = (self.pem(), self.folder.join(format!("{}.key", self.name)));
        let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
        let mut arguments = vec!["ca", "-config", "cnf", "-gencrl", "-cert", certificate, "-keyfile", key];
        arguments.extend(["-md", self.kind.hash(), "-out", "list"]);
        if self.kind == Kind::Sm2 {
            arguments.extend(["-sigopt", DISTID]);
        }
        run(scratch.path(), &arguments);
        std::fs::read(scratch.path().join("list")).unwrap()
    }

    /// A signature as the lock would make it: DER for SM2 and P-256, PKCS#1 v1.5 for RSA.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join("m"), message).unwrap();
        let key = self.folder.join(format!("{}.key", self.name));
        let mut arguments =
            vec!["pkeyutl", "-sign", "-inkey", key.to_str().unwrap(), "-rawin", "-digest", self.kind.hash()];
        if self.kind == Kind::Sm2 {
            arguments.extend(["-pkeyopt", DISTID]);
        }
        arguments.extend(["-in", "m", "-out", "s"]);
        run(scratch.path(), &arguments);
        std::fs::read(scratch.path().join("s")).unwrap()
    }
}

/// A folder in which certificates are made.
pub struct Lab {
    folder: PathBuf,
}

/// What the key of a leaf is for.
pub const SIGNING: &str = "critical,digitalSignature,nonRepudiation";
pub const ENCRYPTION: &str = "critical,keyEncipherment,dataEncipherment";

impl Lab {
    /// A fresh folder below the target directory.
    pub fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    fn key(&self, name: &str, kind: Kind) {
        let mut arguments = vec!["genpkey"];
        arguments.extend(kind.genpkey());
        let key = format!("{name}.key");
        arguments.extend(["-out", &key]);
        run(&self.folder, &arguments);
    }

    /// A self-signed CA, valid for ten years.
    pub fn root(&self, name: &str, kind: Kind) -> Signer {
        self.key(name, kind);
        let (key, crt) = (format!("{name}.key"), format!("{name}.crt"));
        let (hash, subject) = (format!("-{}", kind.hash()), format!("/C=CN/O=示例测试CA/CN={name}"));
        let mut arguments =
            vec!["req", "-x509", "-new", &hash, "-key", &key, "-utf8", "-subj", &subject, "-days", "3650"];
        arguments.extend([
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
        ]);
        if kind == Kind::Sm2 {
            arguments.extend(["-sigopt", DISTID]);
        }
        arguments.extend(["-out", &crt]);
        run(&self.folder, &arguments);
        self.signer(name, kind)
    }

    /// A certificate by a CA. `more` are further lines of the extension file.
    pub fn issue(&self, ca: &Signer, name: &str, kind: Kind, usage: &str, days: u32, more: &str) -> Signer {
        self.issue_to("/C=CN/ST=北京市/O=示例建设有限公司/CN=示例建设有限公司", ca, name, kind, usage, days, more)
    }

    /// The same for any subject.
    #[allow(clippy::too_many_arguments)]
    pub fn issue_to(
        &self,
        subject: &str,
        ca: &Signer,
        name: &str,
        kind: Kind,
        usage: &str,
        days: u32,
        more: &str,
    ) -> Signer {
        self.key(name, kind);
        let (key, csr, crt, ext) =
            (format!("{name}.key"), format!("{name}.csr"), format!("{name}.crt"), format!("{name}.ext"));
        let extensions = format!(
            "basicConstraints=critical,CA:FALSE\nkeyUsage={usage}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n{more}\n"
        );
        std::fs::write(self.folder.join(&ext), extensions).unwrap();
        let hash = format!("-{}", kind.hash());
        let mut request = vec!["req", "-new", &hash, "-key", &key, "-utf8", "-out", &csr];
        request.extend(["-subj", subject]);
        if kind == Kind::Sm2 {
            request.extend(["-sigopt", DISTID]);
        }
        run(&self.folder, &request);
        // The CA may come from another folder.
        let of_ca = |end: &str| ca.folder.join(format!("{}.{end}", ca.name)).to_string_lossy().into_owned();
        let (ca_crt, ca_key) = (of_ca("crt"), of_ca("key"));
        let (ca_hash, days) = (format!("-{}", ca.kind.hash()), days.to_string());
        let mut sign =
            vec!["x509", "-req", "-in", &csr, "-CA", &ca_crt, "-CAkey", &ca_key, "-CAcreateserial", &ca_hash];
        sign.extend(["-days", &days, "-extfile", &ext, "-out", &crt]);
        if ca.kind == Kind::Sm2 {
            sign.extend(["-sigopt", DISTID]);
        }
        if kind == Kind::Sm2 {
            sign.extend(["-vfyopt", DISTID]);
        }
        run(&self.folder, &sign);
        self.signer(name, kind)
    }

    /// Tests share signers, so everything is written to disk here and only read afterwards.
    fn signer(&self, name: &str, kind: Kind) -> Signer {
        let (crt, der) = (format!("{name}.crt"), format!("{name}.der"));
        run(&self.folder, &["x509", "-in", &crt, "-outform", "DER", "-out", &der]);
        Signer { kind, folder: self.folder.clone(), name: name.into() }
    }
}
