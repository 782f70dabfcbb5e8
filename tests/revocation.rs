//! OpenSSL is the CA here: its lists and its OCSP responses, with SM2, RSA and P-256 keys, are believed or refused.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use calock::Code;
use calock::certificate::Certificate;
use calock::revocation::{Revocations, Status};
use calock::text::GBK;
use calock::trust::TrustList;
use calock::verdict::{Check, verify_detached};

const CONFIG: &str = "\
[ca]\ndefault_ca=d\n\
[d]\ndatabase=index\nserial=serial\ncrlnumber=number\nnew_certs_dir=.\ndefault_days=100\ndefault_crl_days=7\npolicy=p\n\
unique_subject=no\nx509_extensions=leaf\ncrl_extensions=list\n\
[p]\ncommonName=supplied\n\
[leaf]\nkeyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\ncrlDistributionPoints=URI:http://ca.example/one.crl\n\
[root]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n\
[mute]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n\
[responder]\nextendedKeyUsage=OCSPSigning\nauthorityKeyIdentifier=keyid\n\
[list]\nauthorityKeyIdentifier=keyid\n\
[here]\nauthorityKeyIdentifier=keyid\nissuingDistributionPoint=critical,@here_point\n\
[here_point]\nfullname=URI:http://ca.example/one.crl\nonlyuser=TRUE\n\
[elsewhere]\nauthorityKeyIdentifier=keyid\nissuingDistributionPoint=critical,@elsewhere_point\n\
[elsewhere_point]\nfullname=URI:http://ca.example/two.crl\n\
[issuers]\nauthorityKeyIdentifier=keyid\nissuingDistributionPoint=critical,@issuers_point\n\
[issuers_point]\nonlyCA=TRUE\n\
[delta]\nauthorityKeyIdentifier=keyid\n2.5.29.27=critical,DER:020101\n\
[req]\ndistinguished_name=dn\n[dn]\n";

/// A CA of one kind of key in a folder, with the holders `good` and `bad`; `bad` was revoked for a stolen key.
struct Authority {
    folder: tempfile::TempDir,
    key: &'static str,
    digest: &'static str,
    /// OpenSSL signs with an empty SM2 id unless told otherwise.
    sign: &'static str,
}

impl Authority {
    fn new(key: &'static str) -> Self {
        let (digest, sign) = if key.contains("SM2") { ("sm3", "distid:1234567812345678") } else { ("sha256", "") };
        let authority = Self { folder: tempfile::tempdir().unwrap(), key, digest, sign };
        for (name, text) in [("ca.cnf", CONFIG), ("index", ""), ("serial", "1000"), ("number", "01")] {
            std::fs::write(authority.folder.path().join(name), text).unwrap();
        }
        authority.root("ca", "root");
        authority.holder("good", "leaf");
        authority.holder("bad", "leaf");
        authority.ca("-revoke bad.pem -crl_reason keyCompromise");
        authority
    }

    fn root(&self, name: &str, extensions: &str) {
        self.openssl(&format!("genpkey {} -out {name}.key", self.key));
        let sign = self.option("-sigopt");
        let about = format!("-config ca.cnf -extensions {extensions} -subj /CN=authority -days 1000 -out {name}.pem");
        self.openssl(&format!("req -x509 -new -key {name}.key -{} {sign} {about}", self.digest));
    }

    fn holder(&self, name: &str, extensions: &str) {
        self.openssl(&format!("genpkey {} -out {name}.key", self.key));
        let sign = self.option("-sigopt");
        self.openssl(&format!(
            "req -new -key {name}.key -{} {sign} -config ca.cnf -subj /CN={name} -out {name}.csr",
            self.digest
        ));
        let verify = self.option("-vfyopt");
        self.ca(&format!("{verify} -in {name}.csr -out {name}.pem -extensions {extensions} -notext"));
    }

    fn ca(&self, rest: &str) {
        let sign = self.option("-sigopt");
        self.openssl(&format!(
            "ca -batch -config ca.cnf -keyfile ca.key -cert ca.pem -md {} {sign} {rest}",
            self.digest
        ));
    }

    /// A list with the extensions of a section, read.
    fn list(&self, section: &str) -> Revocations {
        self.ca(&format!("-gencrl -crlexts {section} -out list.pem"));
        let mut lists = Revocations::default();
        assert_eq!(lists.add_bytes(&self.read("list.pem")).unwrap(), 1);
        lists
    }

    /// A response about both holders, signed by `responder`, in DER.
    fn response(&self, responder: &str, more: &str) -> Vec<u8> {
        self.openssl("ocsp -issuer ca.pem -cert good.pem -cert bad.pem -reqout asked");
        let sign = self.option("-rsigopt");
        self.openssl(&format!(
            "ocsp -index index -CA ca.pem -rsigner {responder}.pem -rkey {responder}.key -rmd {} {sign} -reqin asked \
             -respout said -ndays 2 {more}",
            self.digest
        ));
        self.read("said")
    }

    fn certificate(&self, name: &str) -> Certificate {
        Certificate::from_der_or_pem(&self.read(&format!("{name}.pem"))).unwrap()
    }

    /// What lists say of the holders `good` and `bad`.
    fn statuses(&self, lists: &Revocations, at: u64) -> [Status; 2] {
        let issuer = self.certificate("ca");
        ["good", "bad"].map(|name| lists.status(&self.certificate(name), &issuer, at))
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    fn option(&self, name: &str) -> String {
        if self.sign.is_empty() { String::new() } else { format!("{name} {}", self.sign) }
    }

    fn openssl(&self, line: &str) {
        openssl(self.folder.path(), line);
    }
}

fn openssl(folder: &Path, line: &str) {
    let output = Command::new("openssl").args(line.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {line}\n{}", String::from_utf8_lossy(&output.stderr));
}

const KEYS: [&str; 3] = [
    "-algorithm EC -pkeyopt ec_paramgen_curve:SM2",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
];

const DAY: u64 = 86_400;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Revoked within the last minutes, for a stolen key.
fn is_stolen(status: Status) -> bool {
    matches!(status, Status::Revoked { since, reason: 1 } if since <= now() && since + 600 > now())
}

#[test]
fn lists_are_believed_while_they_last() {
    for key in KEYS {
        let authority = Authority::new(key);
        let lists = authority.list("list");
        let [good, bad] = authority.statuses(&lists, now() + 1);
        assert!(good == Status::Good && is_stolen(bad), "{key}: {good:?} {bad:?}");
        // A list past its end proves that somebody was revoked, not that somebody is good.
        let [good, bad] = authority.statuses(&lists, now() + 8 * DAY);
        assert!(good == Status::Unknown && is_stolen(bad), "{key}: {good:?} {bad:?}");
        // Nobody had revoked anybody yesterday: today's list would say so.
        assert_eq!(authority.statuses(&lists, now() - DAY), [Status::Good; 2], "{key}");
    }
}

#[test]
fn responses_are_believed_from_the_issuer_and_from_those_it_appointed() {
    for key in KEYS {
        let authority = Authority::new(key);
        authority.holder("desk", "responder");
        for (responder, more) in [("ca", ""), ("ca", "-resp_key_id"), ("desk", ""), ("desk", "-resp_key_id")] {
            let mut lists = Revocations::default();
            lists.add_bytes(&authority.response(responder, more)).unwrap();
            let [good, bad] = authority.statuses(&lists, now() + 1);
            assert!(good == Status::Good && is_stolen(bad), "{key} {responder} {more}: {good:?} {bad:?}");
            assert_eq!(authority.statuses(&lists, now() + 3 * DAY)[0], Status::Unknown);
        }
        // Any holder of the same CA could sign; only one with its extKeyUsage may.
        let mut lists = Revocations::default();
        lists.add_bytes(&authority.response("good", "")).unwrap();
        assert_eq!(authority.statuses(&lists, now() + 1), [Status::Unknown; 2], "{key}");
    }
}

#[test]
fn every_changed_byte_of_an_answer_makes_it_worthless() {
    let authority = Authority::new(KEYS[0]);
    authority.list("list");
    let pem = String::from_utf8(authority.read("list.pem")).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let list = <base64ct::Base64 as base64ct::Encoding>::decode_vec(&base64).unwrap();
    // Without the certificates beside it, which nobody signed.
    let response = authority.response("ca", "-resp_no_certs");
    for answer in [list, response] {
        let mut lists = Revocations::default();
        lists.add_bytes(&answer).unwrap();
        assert_eq!(authority.statuses(&lists, now() + 1)[0], Status::Good);
        for at in 0..answer.len() {
            let mut changed = answer.clone();
            changed[at] ^= 1;
            let mut lists = Revocations::default();
            // Unreadable is as good as unbelievable.
            if lists.add_bytes(&changed).is_ok() {
                assert_eq!(authority.statuses(&lists, now() + 1), [Status::Unknown; 2], "byte {at}");
            }
        }
        for length in 0..answer.len() {
            assert!(Revocations::default().add_bytes(&answer[..length]).is_err(), "cut to {length}");
        }
    }
}

#[test]
fn lists_say_nothing_of_those_they_are_not_about() {
    let authority = Authority::new(KEYS[0]);
    for (section, about) in [("list", true), ("here", true), ("elsewhere", false), ("issuers", false), ("delta", false)]
    {
        let known = authority.statuses(&authority.list(section), now() + 1)[0] == Status::Good;
        assert_eq!(known, about, "{section}");
    }
    // Another CA of the same name; a CA that may not sign lists.
    let lists = authority.list("list");
    let other = Authority::new(KEYS[0]);
    assert_eq!(other.statuses(&lists, now() + 1), [Status::Unknown; 2]);
    authority.openssl(
        "req -x509 -new -key ca.key -sm3 -sigopt distid:1234567812345678 -config ca.cnf -extensions mute -subj /CN=authority -days 9 -out ca.pem"
    );
    assert_eq!(authority.statuses(&lists, now() + 1), [Status::Unknown; 2]);
}

#[test]
fn a_verdict_has_the_status_as_a_check_of_its_own() {
    let authority = Authority::new(KEYS[0]);
    let lists = authority.list("list");
    let trust = TrustList::new([authority.certificate("ca")]);
    std::fs::write(authority.folder.path().join("data"), "signed").unwrap();
    for (holder, status, code) in
        [("good", Check::Ok, None), ("bad", Check::Failed(Code::CertRevoked), Some(Code::CertRevoked))]
    {
        authority.openssl(&format!(
            "pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 -inkey {holder}.key -in data -out signature"
        ));
        let (certificate, signature) = (authority.certificate(holder), authority.read("signature"));
        let checks = |lists| verify_detached(&certificate, b"signed", &signature, Some(&trust), lists, now() + 1, GBK);
        assert_eq!((checks(Some(&lists)).status, checks(Some(&lists)).code), (status, code), "{holder}");
        assert_eq!((checks(None).status, checks(None).code), (Check::NotChecked, None), "{holder}");
    }
}
