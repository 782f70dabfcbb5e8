//! A package from outside: refused with a code of documents, or verified; and where it can be sealed, what comes out is a
//! package with the same files and one more signature. The first byte says whether the rest is a whole package or the content
//! of a list, a Signature.xml or a document inside a good one: few inputs of a fuzzer are ZIP.
#![no_main]

use calock::certificate::Certificate;
use calock::seal::ofd::{ObjectKind, Order, Package, find_word, prepare, verify};
use calock::seal::placement::{Across, Edge, Mm, PageList, Placement, Rect};
use calock::seal::{Basis, Picture, Seal};
use calock::{Code, Error};
use libfuzzer_sys::fuzz_target;

/// A seal and the certificate that it names, with their test key thrown away.
const SEAL: &[u8] = include_bytes!("../seeds/ses/seal_v4");

const OFD: &[u8] =
    br#"<OFD><DocBody><DocRoot>D/Document.xml</DocRoot><Signatures>D/S/Signatures.xml</Signatures></DocBody></OFD>"#;
const DOCUMENT: &[u8] = br#"<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData><Pages><Page ID="1" BaseLoc="P.xml"/><Page ID="2" BaseLoc="P.xml"/></Pages></Document>"#;
const LIST: &[u8] =
    br#"<Signatures><MaxSignId>1</MaxSignId><Signature ID="1" BaseLoc="A/Signature.xml"/></Signatures>"#;
const SIGNATURE: &[u8] = br#"<Signature><SignedInfo><References CheckMethod="SM3"><Reference FileRef="/OFD.xml"><CheckValue>AA==</CheckValue></Reference></References></SignedInfo><SignedValue>V</SignedValue></Signature>"#;

fuzz_target!(|data: &[u8]| {
    let Some((&what, rest)) = data.split_first() else { return };
    let files: [(&str, &[u8]); 6] = [
        ("OFD.xml", OFD),
        ("D/Document.xml", DOCUMENT),
        ("D/P.xml", b"<Page/>"),
        ("D/S/Signatures.xml", LIST),
        ("D/S/A/Signature.xml", SIGNATURE),
        ("D/S/A/V", b"0"),
    ];
    match what % 7 {
        0 => look(rest),
        other => {
            let mut files = files;
            files[usize::from(other) - 1].1 = rest;
            look(&stored(&files));
        }
    }
});

fn look(bytes: &[u8]) {
    let package = match Package::open(bytes) {
        Err(error) => return of_documents(&error),
        Ok(package) => package,
    };
    if let Err(error) = verify(&package, &Basis::dated(u64::MAX)) {
        of_documents(&error);
    }
    read(&package);
    let Ok(seal) = Seal::from_der(SEAL) else { return };
    let calock::seal::ses::Signers::Certificates(signers) = seal.signers() else { return };
    let Some(Ok(certificate)) = signers.first().map(|der| Certificate::from_der(der)) else { return };
    let placements = [
        Placement::Pages { pages: PageList::all(), x: Mm::ZERO, y: Mm::ZERO },
        Placement::Across(Across::new(Edge::Left, Mm::ZERO)),
    ];
    let boundary = Rect { x: Mm::ZERO, y: Mm::ZERO, width: Mm::whole(9), height: Mm::whole(9) };
    let pictures = [Picture { data: include_bytes!("../seeds/pdf/picture.png"), page: 0, boundary }];
    for (placements, pictures) in placements.chunks(1).zip([&pictures[..], &[]]) {
        let (seal, certificate, time) = (&seal, &certificate, seal.created);
        let order = Order { seal, certificate, time, placements, pictures, lock: false };
        match prepare(&package, &order) {
            Err(error) => of_documents(&error),
            Ok(prepared) => {
                assert!(!prepared.places().is_empty());
                assert_eq!(prepared.finish(&[1; 64]).err().map(|error| error.code), Some(Code::SignFailed));
            }
        }
    }
}

/// What the pages say is drawn, and searched.
fn read(package: &Package<&[u8]>) {
    let Ok(document) = package.document() else { return };
    let Some(Ok(pages)) = document.bodies.first().map(|body| package.pages(body)) else { return };
    for page in &pages {
        match package.objects(page) {
            Err(error) => of_documents(&error),
            Ok(objects) => {
                for object in objects {
                    if let ObjectKind::Picture { file: Some(file) } = object.kind {
                        assert!(package.find(&file).is_some(), "a picture that is there");
                    }
                }
            }
        }
    }
    for word in ["1", "甲方", "aa"] {
        match find_word(package, &pages, word) {
            Err(error) => of_documents(&error),
            Ok(hits) => assert!(hits.iter().all(|hit| hit.page < pages.len())),
        }
    }
}

fn of_documents(error: &Error) {
    assert!(
        matches!(
            error.code,
            Code::DocumentUnreadable
                | Code::DocumentIncomplete
                | Code::DocumentNames
                | Code::DocumentTooLarge
                | Code::DocumentEncrypted
                | Code::DocumentLocked
                | Code::PlacementInvalid
        ),
        "{error}"
    );
}

/// A package of stored entries.
fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let length = u32::try_from(content.len()).unwrap_or(0).to_le_bytes();
        let crc = crc32(content).to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap_or(0).to_le_bytes();
        let shared = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc, &length, &length, &name_length, &[0, 0]].concat();
        let start = u32::try_from(out.len()).unwrap_or(0).to_le_bytes();
        directory.extend([b"PK\x01\x02\x14\x00", &shared[..], &[0; 10], &start, name.as_bytes()].concat());
        out.extend([b"PK\x03\x04", &shared[..], name.as_bytes(), content].concat());
    }
    let count = u16::try_from(files.len()).unwrap_or(0).to_le_bytes();
    let start = u32::try_from(out.len()).unwrap_or(0).to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap_or(0).to_le_bytes();
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &start, &[0, 0]].concat());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
