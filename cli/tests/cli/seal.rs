//! `calock seal`

mod handwriting;
mod keyword;
mod pdf;
mod show;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::command::{Ended, calock};

/// A folder with a lock, a seal for it, and the CA's roots as a trust folder.
struct Desk {
    folder: tempfile::TempDir,
}

const PAGE: &str = r#"<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content/></ofd:Page>"#;
const ROOT: &str = r#"<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="P1.xml"/><ofd:Page ID="2" BaseLoc="P2.xml"/></ofd:Pages></ofd:Document>"#;
const OFD: &str = r#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path("trust")).unwrap();
        let lock = ["lock", "new", "--ca", "ca.json", "--roots", "trust/roots.pem", "--name", "示例建设有限公司"];
        desk.good(&[&lock[..], &["--pin", "654321", "-o", "lock.json"]].concat());
        desk.good(&[
            "seal",
            "make",
            "--ca",
            "ca.json",
            "--name",
            "示例建设有限公司",
            "--lock",
            "lock.json",
            "-o",
            "seal.esl",
        ]);
        for (name, text) in
            [("OFD.xml", OFD), ("Doc_0/Document.xml", ROOT), ("Doc_0/P1.xml", PAGE), ("Doc_0/P2.xml", PAGE)]
        {
            let path = desk.path("plain").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        desk.pack("plain", "plain.ofd");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Packs a folder with Python's zipfile: another implementation than ours.
    fn pack(&self, folder: &str, to: &str) {
        let program = "import shutil, sys; shutil.make_archive(sys.argv[2], 'zip', sys.argv[1])";
        let packed = Command::new("python3").args(["-c", program]).arg(self.path(folder)).arg(self.path(to)).status();
        assert!(packed.unwrap().success());
        fs::rename(self.path(&format!("{to}.zip")), self.path(to)).unwrap();
    }

    /// Runs in the folder, with a line on standard input.
    fn run(&self, arguments: &[&str], line: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_calock"));
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that asks for nothing closes its end early.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{line}\n").as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn good(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments, "");
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
        ended
    }

    fn apply(&self, from: &str, to: &str, more: &[&str], pin: &str) -> Ended {
        let fixed = ["seal", "apply", from, "--seal", "seal.esl", "--lock", "lock.json", "--pin-stdin", "-o", to];
        self.run(&[&fixed[..], more].concat(), pin)
    }

    fn verify(&self, file: &str, more: &[&str]) -> Ended {
        self.run(&[&["seal", "verify", file, "--json"], more].concat(), "")
    }
}

const SINGLE: [&str; 6] = ["--page", "1", "--x", "120", "--y", "220.5"];

fn checks(report: &Value, signature: usize) -> Value {
    report["signatures"][signature]["checks"].clone()
}

#[test]
fn a_document_is_sealed_with_a_lock_and_verified() {
    let desk = Desk::new();
    let across = [&SINGLE[..], &["--across", "right", "--offset", "100"]].concat();
    let ended = desk.apply("plain.ofd", "sealed.ofd", &across, "654321");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let ended = desk.verify("sealed.ofd", &["--trust", "trust"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let report = ended.json();
    let names: Vec<_> = report.as_object().unwrap().keys().collect();
    assert_eq!(names, ["signatures"], "nothing else on top");
    assert_eq!(
        checks(&report, 0),
        json!({
            "integrity": "ok", "signature": "ok", "signer_matches_seal": "ok", "seal_signature": "ok", "certificates": "ok",
            "dates": "ok", "chain": "ok", "later_changes": "ok", "revocation": "not checked", "time_stamp": "not checked",
        })
    );
    assert!(ended.out.starts_with(r#"{"signatures":[{"checks":{"integrity":"ok","#), "{}", ended.out);
    let signature = &report["signatures"][0];
    assert_eq!((&signature["codes"], &signature["signer"]), (&json!({}), &json!("示例建设有限公司")));
    assert_eq!(signature["seal"]["version"], 4);
    assert_eq!(signature["stamps"][0], json!({ "page": 1, "boundary": "120 220.5 42 42", "clip": null }));
    assert_eq!(signature["stamps"][2], json!({ "page": 2, "boundary": "168 100 42 42", "clip": "21 0 21 42" }));
    // Without trust the chain is nobody's to judge; for people there are words in both languages.
    assert_eq!(checks(&desk.verify("sealed.ofd", &[]).json(), 0)["chain"], "not checked");
    let shown = desk.run(&["seal", "verify", "sealed.ofd"], "");
    assert!(shown.out.contains("文件完整性 integrity") && shown.out.contains("通过 ok"), "{}", shown.out);
}

#[test]
fn the_exit_code_says_whether_something_failed() {
    let desk = Desk::new();
    assert_eq!(desk.apply("plain.ofd", "sealed.ofd", &SINGLE, "654321").code, 0);
    let late = desk.verify("sealed.ofd", &["--at", "2050-01-01"]);
    assert_eq!((late.code, &checks(&late.json(), 0)["dates"]), (1, &json!("failed")));
    assert!(late.err.contains("CERT_EXPIRED"), "{}", late.err);

    // A page changed after sealing, packed anew by another program.
    let unpack = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    let paths = [desk.path("sealed.ofd"), desk.path("changed")];
    assert!(Command::new("python3").args(["-c", unpack]).args(paths).status().unwrap().success());
    fs::write(desk.path("changed/Doc_0/P1.xml"), PAGE.replace("Content", "Kontent")).unwrap();
    desk.pack("changed", "changed.ofd");
    let ended = desk.verify("changed.ofd", &[]);
    let report = ended.json();
    assert_eq!((ended.code, &checks(&report, 0)["integrity"]), (1, &json!("failed")));
    assert_eq!(report["signatures"][0]["codes"], json!({ "integrity": "DOCUMENT_CHANGED" }));
    assert_eq!(report["signatures"][0]["changed"], json!(["Doc_0/P1.xml"]));

    let plain = desk.verify("plain.ofd", &[]);
    assert_eq!((plain.code, plain.json()), (0, json!({ "signatures": [] })));
    assert!(plain.err.contains("no seal"), "it says so: {}", plain.err);
    for file in ["lock.json", "missing.ofd", "trust"] {
        let ended = desk.verify(file, &[]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{file}: {}", ended.err);
    }
    assert_eq!(desk.verify("sealed.ofd", &["--trust", "plain"]).code, 2);
    assert_eq!(desk.verify("sealed.ofd", &["--at", "soon"]).code, 2);
}

#[test]
fn nothing_is_written_unless_it_is_sealed() {
    let desk = Desk::new();
    let refused = |ended: Ended, code: i32, why: &str| {
        assert_eq!(ended.code, code, "{}", ended.err);
        assert!(ended.err.contains(why), "{why}: {}", ended.err);
        assert!(!desk.path("out.ofd").exists() && !desk.path("out.ofd.draft").exists(), "{why}");
    };
    refused(desk.apply("plain.ofd", "out.ofd", &SINGLE, "000000"), 1, "PIN_WRONG");
    refused(desk.apply("plain.ofd", "out.ofd", &SINGLE, ""), 2, "PIN_EMPTY");
    refused(
        desk.apply("plain.ofd", "out.ofd", &["--page", "3", "--x", "1", "--y", "1"], "654321"),
        2,
        "PLACEMENT_INVALID",
    );
    refused(
        desk.apply("plain.ofd", "out.ofd", &["--page", "1", "--x", "169", "--y", "1"], "654321"),
        2,
        "PLACEMENT_INVALID",
    );
    refused(desk.apply("plain.ofd", "out.ofd", &[], "654321"), 2, "--page");
    refused(desk.apply("lock.json", "out.ofd", &SINGLE, "654321"), 2, "DOCUMENT_UNREADABLE");
    let mut late = SINGLE.to_vec();
    late.extend(["--at", "2050-01-01"]);
    refused(desk.apply("plain.ofd", "out.ofd", &late, "654321"), 2, "SEAL_EXPIRED");
    let before = fs::read(desk.path("plain.ofd")).unwrap();
    assert_eq!(desk.apply("plain.ofd", "./plain.ofd", &SINGLE, "654321").code, 2, "never in place");
    assert_eq!(fs::read(desk.path("plain.ofd")).unwrap(), before);
    // Another lock's holder is not the one that the seal names.
    desk.good(&["lock", "new", "--ca", "ca.json", "--name", "其他有限公司", "-o", "other.json"]);
    let other =
        ["seal", "apply", "plain.ofd", "--seal", "seal.esl", "--lock", "other.json", "--pin-stdin", "-o", "out.ofd"];
    refused(desk.run(&[&other[..], &SINGLE].concat(), "12345678"), 2, "SEAL_MISMATCH");
    let mut locking = SINGLE.to_vec();
    locking.push("--lock-document");
    assert_eq!(desk.apply("plain.ofd", "locked.ofd", &locking, "654321").code, 0);
    refused(desk.apply("locked.ofd", "out.ofd", &SINGLE, "654321"), 2, "DOCUMENT_LOCKED");
    assert_eq!(desk.verify("locked.ofd", &[]).code, 0);
}

/// A key file of OpenSSL's, and a seal of each version for it.
#[test]
fn a_key_file_signs_as_a_lock_does() {
    let desk = Desk::new();
    let openssl = |arguments: &[&str]| {
        let ran = Command::new("openssl").args(arguments).current_dir(desk.folder.path()).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    openssl(&["genpkey", "-algorithm", "SM2", "-out", "key.pem"]);
    let id = "distid:1234567812345678";
    let request =
        ["req", "-x509", "-new", "-sm3", "-sigopt", id, "-key", "key.pem", "-subj", "/CN=signer", "-days", "99"];
    openssl(&[&request[..], &["-addext", "keyUsage=digitalSignature", "-out", "cert.pem"]].concat());
    openssl(&[
        "pkcs12",
        "-export",
        "-inkey",
        "key.pem",
        "-in",
        "cert.pem",
        "-passout",
        "pass:secret",
        "-out",
        "key.p12",
    ]);
    for version in ["1", "4", "5"] {
        let make = ["seal", "make", "--ca", "ca.json", "--name", "示例", "--shape", "square", "--cert", "cert.pem"];
        desk.good(&[&make[..], &["--version", version, "-o", "own.esl"]].concat());
        let apply =
            ["seal", "apply", "plain.ofd", "--seal", "own.esl", "--p12", "key.p12", "--pin-stdin", "-o", "own.ofd"];
        let ended = desk.run(&[&apply[..], &SINGLE].concat(), "secret");
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        let report = desk.verify("own.ofd", &[]).json();
        assert_eq!(report["signatures"][0]["seal"]["version"].to_string(), version);
        assert_eq!(checks(&report, 0)["integrity"], "ok");
        assert_eq!(desk.run(&[&apply[..], &SINGLE].concat(), "wrong").code, 2);
    }
}

#[test]
fn the_seal_is_put_into_the_lock() {
    let desk = Desk::new();
    let lock: Value = serde_json::from_slice(&fs::read(desk.path("lock.json")).unwrap()).unwrap();
    let file = &lock["files"][0];
    assert_eq!(file["name"], "seal.esl");
    use base64ct::{Base64, Encoding};
    assert_eq!(
        Base64::decode_vec(file["content"].as_str().unwrap()).unwrap(),
        fs::read(desk.path("seal.esl")).unwrap()
    );
    assert_eq!(lock["files"].as_array().unwrap().len(), 1);
    desk.good(&[
        "seal",
        "make",
        "--ca",
        "ca.json",
        "--name",
        "示例",
        "--lock",
        "lock.json",
        "-o",
        "again.esl",
        "--png",
        "a.png",
    ]);
    let lock: Value = serde_json::from_slice(&fs::read(desk.path("lock.json")).unwrap()).unwrap();
    assert_eq!(lock["files"].as_array().unwrap().len(), 1, "in place of the first");
    assert!(fs::read(desk.path("a.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_seal_is_shown() {
    let desk = Desk::new();
    let ended = desk.good(&["seal", "show", "seal.esl", "--json", "--picture", "out.png"]);
    let view = ended.json();
    assert_eq!(
        (&view["version"], &view["name"], &view["maker"]),
        (&json!(4), &json!("示例建设有限公司"), &json!("calock 测试制章"))
    );
    assert_eq!((&view["seal_signature"], &view["dates"]), (&json!("ok"), &json!("ok")));
    assert_eq!((&view["signers"], &view["picture"]["width"]), (&json!(["示例建设有限公司"]), &json!(42)));
    assert!(fs::read(desk.path("out.png")).unwrap().starts_with(b"\x89PNG"));
    assert!(desk.good(&["seal", "show", "seal.esl"]).out.contains("制章人 maker         calock 测试制章 ok"));
    let late = desk.run(&["seal", "show", "seal.esl", "--at", "2050-01-01"], "");
    assert_eq!(late.code, 1);
    assert!(late.err.contains("SEAL_EXPIRED"), "{}", late.err);
    let mut changed = fs::read(desk.path("seal.esl")).unwrap();
    let at = changed.windows(12).position(|part| part == "示例建设".as_bytes()).unwrap();
    changed[at + 2] ^= 1;
    fs::write(desk.path("changed.esl"), changed).unwrap();
    let ended = desk.run(&["seal", "show", "changed.esl", "--json"], "");
    assert_eq!((ended.code, &ended.json()["seal_signature"]), (1, &json!("failed")), "{}", ended.err);
    assert_eq!(desk.run(&["seal", "show", "lock.json"], "").code, 2);
}

/// The samples of other programs, with the results of reference seal.md 2.6.
#[test]
fn the_samples_are_judged_as_they_are() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !data.is_dir() {
        println!("skipped: no ../shared/data");
        return;
    }
    let verify = |name: &str, more: &[&str]| {
        let file = data.join("ofd").join(name).to_str().unwrap().to_owned();
        calock([&["seal", "verify", "--json", &file], more].concat())
    };
    for (name, integrity, code) in [
        ("v4signed.ofd", &["ok"][..], 0),
        ("V4RideRight.ofd", &["ok"], 0),
        ("SESV4SignDoc.ofd", &["ok"], 0),
        ("h.ofd", &["failed", "ok"], 1),
        ("hello.ofd", &[], 0),
        ("helloworld.ofd", &[], 0),
        ("chineseDir.ofd", &[], 0),
        ("namespace_no_std.ofd", &[], 0),
    ] {
        // All of them were sealed by test CAs that are over; on this day they were not.
        let ended = verify(name, &["--at", "2020-12-01"]);
        let report = ended.json();
        let found: Vec<_> = report["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["checks"]["integrity"].as_str().unwrap())
            .collect();
        assert_eq!((ended.code, found.as_slice()), (code, integrity), "{name}: {}", ended.err);
    }
    // Its second seal changed the list of seals, which the first covers: one part, and the signature itself holds.
    let report = verify("h.ofd", &["--at", "2020-12-01"]).json();
    let first = &report["signatures"][0];
    assert_eq!(
        (&first["checks"]["signature"], &first["changed"].as_array().unwrap().len()),
        (&json!("ok"), &1),
        "{first}"
    );
    for (name, version) in [("UserV1", 1), ("UserV4", 4), ("UserV5", 5), ("UserV5_ts", 5)] {
        let file = data.join(format!("seal/{name}.esl")).to_str().unwrap().to_owned();
        let view = calock(["seal", "show", &file, "--json"]).json();
        assert_eq!((&view["version"], &view["seal_signature"]), (&json!(version), &json!("ok")), "{name}");
    }
    // A key store that Java wrote, in BER.
    let scratch = tempfile::tempdir().unwrap();
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let (plain, out) = (text(data.join("ofd/hello.ofd")), text(scratch.path().join("out.ofd")));
    for version in ["V1", "V4"] {
        let (seal, key) = (text(data.join(format!("seal/User{version}.esl"))), text(data.join("seal/USER.p12")));
        let apply = ["seal", "apply", &plain, "--seal", &seal, "--p12", &key, "--password", "777777", "-o", &out];
        let ended = calock([&apply[..], &SINGLE, &["--at", "2021-01-01"]].concat());
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{version}");
        assert_eq!(calock(["seal", "verify", &out]).code, 0);
    }
}
