//! The checker in `tests/ofd_check`, written apart from the signer and in another language, accepts what is sealed here and
//! rejects each of a table of one-byte changes. So does the verifier of this crate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/desk.rs"]
mod desk;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/package.rs"]
mod package;

use std::path::Path;
use std::process::Command;

use calock::seal::Version;
use calock::seal::ofd::{Order, Package};
use calock::seal::placement::{Across, Edge, Mm, Placement};
use desk::{Desk, at, desk, handwritten, reports};
use package::{Entry, document, package};

/// What the checker has against a package; nothing when it accepts it.
fn complaint(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sealed.ofd");
    std::fs::write(&file, bytes).unwrap();
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ofd_check/ofd_check.py");
    let output = Command::new("python3").arg("-B").arg(checker).arg(file).output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("Traceback"), "{said}");
    (!output.status.success()).then_some(said)
}

/// What of a PNG file the module looks at, and some ink.
const INK: &[u8] = b"\x89PNG\r\n\x1A\nsome ink";

fn sealed(desk: &Desk) -> Vec<u8> {
    let placements = [at("1-2", "20", "30.25"), Placement::Across(Across::new(Edge::Right, Mm::whole(100)))];
    let pictures = [handwritten(INK, 0, "20 200 60 25.5"), handwritten(INK, 2, "1 2 3 4")];
    let order = Order { pictures: &pictures, ..desk.order(&placements, false) };
    let once = desk.carry_out(&package(&document(3)), &order).unwrap();
    desk.seal(&once, &[at("3", "0", "0")], true).unwrap()
}

#[test]
fn the_checker_accepts_what_is_sealed_here() {
    for version in [Version::V1, Version::V4, Version::V5] {
        let desk = desk(version);
        assert_eq!(complaint(&sealed(&desk)), None, "{version:?}");
        for edge in [Edge::Left, Edge::Top, Edge::Bottom] {
            let across = Across { most_slices: Some(3), skip_first: 1, ..Across::new(edge, Mm::whole(7)) };
            let slices = desk.seal(&package(&document(8)), &[Placement::Across(across)], false).unwrap();
            assert_eq!(complaint(&slices), None, "{version:?}, {edge:?}");
        }
    }
}

#[test]
fn the_checker_refuses_what_is_not_sealed() {
    assert!(complaint(&package(&document(1))).is_some());
    assert!(complaint(b"no package").is_some());
}

/// Where one byte is changed: the file, and a text or bytes in it whose first byte gets another last bit.
const TEXTS: &[(&str, &str)] = &[
    ("OFD.xml", "0123456789abcdef"),
    ("OFD.xml", "Doc_0/Document.xml"),
    ("OFD.xml", "/Doc_0/Signs/Signatures.xml"),
    ("Doc_0/Document.xml", "210 297"),
    ("Doc_0/Document.xml", "\"10\""),
    ("Doc_0/Document.xml", "Page_2/"),
    ("Doc_0/Document.xml", "DocumentRes.xml"),
    ("Doc_0/Document.xml", "Annots/"),
    ("Doc_0/DocumentRes.xml", "Handwriting.png"),
    ("Doc_0/Handwriting.png", "some ink"),
    ("Doc_0/Annots/Annotations.xml", "\"30\""),
    ("Doc_0/Annots/Annotations.xml", "Page_0/"),
    ("Doc_0/Annots/Page_0/Annotation.xml", "20 200 60 25.5"),
    ("Doc_0/Annots/Page_0/Annotation.xml", "ResourceID"),
    ("Doc_0/Annots/Page_2/Annotation.xml", "Stamp"),
    ("Doc_0/Pages/Page_1/Content.xml", "Content"),
    ("Doc_0/Pages/Page_3/Content.xml", "/>"),
    ("Doc_0/Res/印章 & <图>.txt", "care"),
    ("Doc_0/Signs/Signatures.xml", "s007"),
    ("Doc_0/Signs/Signatures.xml", "Seal\""),
    ("Doc_0/Signs/Signatures.xml", "/Doc_0/Signs/Sign_0/"),
    ("Doc_0/Signs/Signatures.xml", "2016"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "calock"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "1.501"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "1.401"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "</ofd:CheckValue>"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "/Doc_0/Pages/Page_1"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "PageRef=\"20\""),
    ("Doc_0/Signs/Sign_0/Signature.xml", "20 30.25 42 42"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "0 0 14 42"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "s002"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "Seal.esl</"),
    ("Doc_0/Signs/Sign_0/Signature.xml", "SignedValue.dat"),
    ("Doc_0/Signs/Sign_1/Signature.xml", "0 0 42 42"),
    ("Doc_0/Signs/Sign_0/Seal.esl", "calock"),
    ("Doc_0/Signs/Sign_0/Seal.esl", "PNG not"),
    ("Doc_0/Signs/Sign_1/Seal.esl", "示例"),
    ("Doc_0/Signs/Sign_0/SignedValue.dat", "TEST0001"),
    ("Doc_0/Signs/Sign_0/SignedValue.dat", "示例"),
    ("Doc_0/Signs/Sign_0/SignedValue.dat", "PNG not"),
    ("Doc_0/Signs/Sign_0/SignedValue.dat", "/Doc_0/Signs/Sign_0/Signature.xml"),
    ("Doc_0/Signs/Sign_0/SignedValue.dat", "signer"),
    ("Doc_0/Signs/Sign_0/SignedValue.dat", "maker"),
];

#[test]
fn each_of_a_table_of_one_byte_changes_is_rejected() {
    std::thread::scope(|scope| {
        for version in [Version::V1, Version::V4] {
            scope.spawn(move || rejects_each(version));
        }
    });
}

fn rejects_each(version: Version) {
    let desk = desk(version);
    let sealed = sealed(&desk);
    let source = Package::open(sealed.as_slice()).unwrap();
    let entries: Vec<_> = source.files().map(|file| Entry::new(&file.name, source.read(file).unwrap())).collect();
    assert_eq!(complaint(&package(&entries)), None, "packed anew it is the same document");
    let value = source.read(source.find("Doc_0/Signs/Sign_0/SignedValue.dat").unwrap()).unwrap();
    let mut changes: Vec<(String, usize)> =
        TEXTS.iter().map(|(name, text)| ((*name).into(), find(&entries, name, text))).collect();
    // The structures' own bytes: outer tag and length, version, times, digest, and the signature at the end.
    let value_at = |place: usize| (String::from("Doc_0/Signs/Sign_0/SignedValue.dat"), place);
    changes.extend([0, 1, 3, 4, 8, 9, 10].map(value_at));
    changes.extend([1, 10, 34, 64, 70].map(|back| value_at(value.len() - back)));
    let seal = source.read(source.find("Doc_0/Signs/Sign_0/Seal.esl").unwrap()).unwrap();
    let after_seal = value.windows(seal.len()).position(|part| part == seal).unwrap() + seal.len();
    changes.extend([0, 2, 8, 14].map(|more| value_at(after_seal + more)));
    for (name, place) in changes {
        let mut changed = entries.clone();
        let entry = changed.iter_mut().find(|entry| entry.name == name.as_bytes()).unwrap();
        entry.content[place] ^= 1;
        let bytes = package(&changed);
        assert!(complaint(&bytes).is_some(), "{version:?}: byte {place} of {name}");
        let found =
            Package::open(bytes.as_slice()).and_then(|package| calock::seal::ofd::verify(&package, &desk::basis()));
        let noticed = found.is_ok_and(|found| found == reports(&sealed));
        assert!(!noticed, "{version:?}: byte {place} of {name} by our own verifier");
    }
}

fn find(entries: &[Entry], name: &str, text: &str) -> usize {
    let entry = entries.iter().find(|entry| entry.name == name.as_bytes()).unwrap_or_else(|| panic!("{name} is there"));
    let found = entry.content.windows(text.len()).position(|part| part == text.as_bytes());
    found.unwrap_or_else(|| panic!("{text} is in {name}"))
}
