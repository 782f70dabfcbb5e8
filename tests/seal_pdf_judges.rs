//! Sealed PDF files before other programs: qpdf and MuPDF for their structure, pdfsig, MuPDF and pyHanko for RSA and P-256 signatures
//! and what came after them, OpenSSL for SM2, pdftoppm and MuPDF for where a seal is drawn. A program that is not installed is said
//! to be skipped.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/judges.rs"]
mod judges;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/pdf_desk.rs"]
mod pdf_desk;

use calock::seal::SesSignature;
use calock::seal::pdf::{Contents, Order, Pdf, Style, prepare};
use calock::seal::placement::{Across, Edge, Mm, Placement};
use judges::{hanko, red, run, text};
use openssl::{Algorithm, Folder, openssl, verifies};
use pdf::{A4, corpus, objects};
use pdf_desk::{Desk, at, desk};

/// One seal on two pages and across all, then a second signer, then a third, by keys that all judges know.
fn sealed_thrice(desks: &[Desk], file: &[u8]) -> [Vec<u8>; 3] {
    let places = [at("1,3", "20.5", "90"), Placement::Across(Across::new(Edge::Right, Mm::whole(20)))];
    let once = desks[0].seal(file, &places).unwrap();
    let twice = desks[1].seal(&once, &[at("all", "10", "70")]).unwrap();
    let thrice =
        desks[2].seal(&twice, &[at("2", "30", "70"), Placement::Across(Across::new(Edge::Left, Mm::ZERO))]).unwrap();
    [once, twice, thrice]
}

#[test]
fn every_program_takes_every_structure_after_each_of_three_seals() {
    let desks = [desk(Algorithm::Rsa), desk(Algorithm::P256), desk(Algorithm::Rsa)];
    let folder = Folder::new();
    let mut paths = Vec::new();
    for (name, file) in corpus() {
        for (index, sealed) in sealed_thrice(&desks, &file).iter().enumerate() {
            let count = index + 1;
            let path = folder.write(&format!("{name} {count}.pdf"), sealed);
            paths.push(path.clone());
            if let Some(output) = run("qpdf", &["--check", &path]) {
                assert!(output.status.success(), "{name} {count}: {}", text(&output));
            }
            if let Some(output) = run("pdfsig", &["-nocert", &path]) {
                let said = text(&output);
                assert_eq!(said.matches("Signature is Valid.").count(), count, "{name}: {said}");
                assert_eq!(said.matches("Total document signed").count(), 1, "{name}: {said}");
            }
            if let Some(output) = run("mutool", &["sign", "-v", &path]) {
                let said = text(&output);
                assert!(said.contains("unchanged since signing"), "{name} {count}: {said}");
                assert!(!said.contains("changed since") || said.contains("unchanged"), "{name} {count}: {said}");
            }
        }
    }
    let Some(judged) = hanko(&paths) else { return };
    for (path, found) in paths.iter().zip(&judged) {
        let count = found.len();
        assert!(path.ends_with(&format!("{count}.pdf")), "{path}: {found:?}");
        for (place, one) in found.iter().enumerate() {
            let last = place + 1 == count;
            assert_eq!((&one["good"], &one["valid"]), (&true.into(), &true.into()), "{path}: {one}");
            assert_eq!(one["coverage"], if last { "ENTIRE_FILE" } else { "ENTIRE_REVISION" }, "{path}: {one}");
            assert_eq!(one["changes"], if last { "NONE" } else { "FORM_FILLING" }, "{path}: {one}");
        }
    }
    assert_eq!(judged.len(), paths.len());
}

/// pdfsig knows no SM2: what it knows holds before and after such a seal.
#[test]
fn other_keys_hold_beside_sm2() {
    let desks = [desk(Algorithm::P256), desk(Algorithm::Sm2), desk(Algorithm::Rsa), desk(Algorithm::P256)];
    let folder = Folder::new();
    let mut file = objects(&[A4, A4]).table("");
    for (index, desk) in desks.iter().enumerate() {
        file = desk.seal(&file, &[at("all", "10", &(10 + 50 * index).to_string())]).unwrap();
        let path = folder.write("mixed.pdf", &file);
        for (program, arguments) in [("qpdf", &["--check"][..]), ("mutool", &["info"])] {
            if let Some(output) = run(program, &[arguments, &[&path]].concat()) {
                assert!(output.status.success(), "{program}: {}", text(&output));
            }
        }
        if let Some(output) = run("pdfsig", &["-nocert", &path]) {
            let known = desks[..=index].iter().filter(|desk| desk.certificate.key().algorithm() != "SM2-SM3").count();
            let said = text(&output);
            assert_eq!(said.matches("Signature is Valid.").count(), known, "{said}");
        }
    }
}

#[test]
fn a_lock_is_one_for_other_programs_too() {
    let desk = desk(Algorithm::Rsa);
    let folder = Folder::new();
    let file = objects(&[A4, A4]).table("");
    let places = [at("all", "10", "10")];
    let order = Order { lock: true, ..desk.order(&places) };
    let first = desk.carry_out(&file, &order).unwrap();
    let second = desk.carry_out(&desk.seal(&file, &places).unwrap(), &order).unwrap();
    for (sealed, count) in [(first, 1), (second, 2)] {
        let path = folder.write("locked.pdf", &sealed);
        if let Some(output) = run("pdfsig", &["-nocert", &path]) {
            assert_eq!(text(&output).matches("Signature is Valid.").count(), count, "{}", text(&output));
        }
        if let Some(found) = hanko(&[path]) {
            assert!(found[0].len() == count && found[0].iter().all(|one| one["good"] == true), "{found:?}");
        }
    }
}

/// `Contents` of the one signature of a file, and the bytes that it covers.
fn taken_apart(sealed: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let find = |text: &[u8]| sealed.windows(text.len()).rposition(|bytes| bytes == text).unwrap() + text.len();
    let start = find(b"/Contents<");
    let end = start + sealed[start..].iter().position(|&byte| byte == b'>').unwrap();
    let contents =
        sealed[start..end].chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
    (contents.collect(), [&sealed[..start - 1], &sealed[end + 1..]].concat())
}

/// The elements of a DER structure: tag, header length and whole.
fn elements(mut content: &[u8]) -> Vec<(u8, usize, &[u8])> {
    let mut found = Vec::new();
    while let [tag, length, rest @ ..] = content {
        let (head, length) = match length {
            0..=0x7F => (2, usize::from(*length)),
            many => {
                let count = usize::from(many - 0x80);
                (2 + count, rest[..count].iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit)))
            }
        };
        found.push((*tag, head, &content[..head + length]));
        content = &content[head + length..];
    }
    found
}

fn inside<'a>(element: &(u8, usize, &'a [u8])) -> Vec<(u8, usize, &'a [u8])> {
    elements(&element.2[element.1..])
}

fn octets<'a>(element: &(u8, usize, &'a [u8])) -> &'a [u8] {
    &element.2[element.1..]
}

/// SignedData taken apart here, every digest and signature checked by OpenSSL.
#[test]
fn openssl_verifies_what_sm2_signed() {
    let desk = desk(Algorithm::Sm2);
    let folder = Folder::new();
    let file = objects(&[A4]).table("");
    let places = [at("1", "10", "10")];
    for (contents, family) in [(Contents::Gm, "1.2.156.10197.6.1.4.2.2"), (Contents::Pkcs7, "pkcs7-signedData")] {
        let order = Order { style: Style::new(contents), ..desk.order(&places) };
        let (blob, covered) = taken_apart(&desk.carry_out(&file, &order).unwrap());
        let whole = elements(&blob)[0];
        let blob = folder.write("blob", whole.2);
        let shown = openssl(&["asn1parse", "-inform", "DER", "-in", &blob]);
        assert!(shown.contains(family), "{shown}");
        let data = inside(&inside(&inside(&whole)[1])[0]);
        let certificate = inside(&data[3])[0].2;
        assert_eq!(certificate, desk.certificate.der());
        let signer = inside(&inside(&data[4])[0]);
        let attributes = signer[3];
        assert_eq!((attributes.0, signer[5].0), (0xA0, 0x04));
        let signed = [&[0x31], &attributes.2[1..]].concat();
        assert!(verifies(certificate, &signed, octets(&signer[5])), "{contents:?}");
        let digest = openssl(&["dgst", "-sm3", &folder.write("covered", &covered)]);
        let digest = digest.trim().rsplit(' ').next().unwrap().to_owned();
        let attributes: String = attributes.2.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(attributes.contains(&digest), "the document's digest is signed");
    }
    let order = Order { style: Style::new(Contents::Ses), ..desk.order(&places) };
    let (blob, covered) = taken_apart(&desk.carry_out(&file, &order).unwrap());
    let signature = SesSignature::from_der(elements(&blob)[0].2).unwrap();
    assert!(verifies(signature.certificate(), signature.signed_bytes(), signature.signature()));
    let digest = openssl(&["dgst", "-sm3", &folder.write("covered", &covered)]);
    let hash: String = signature.data_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(digest.trim().ends_with(&hash));
}

/// `openssl cms` verifies the detached SignedData of the other keys.
#[test]
fn openssl_verifies_what_rsa_and_p256_signed() {
    let folder = Folder::new();
    let file = objects(&[A4]).table("");
    let places = [at("1", "10", "10")];
    for algorithm in [Algorithm::Rsa, Algorithm::P256] {
        let desk = desk(algorithm);
        let own = folder.write("own", desk.certificate.der());
        let root = folder.path("root");
        openssl(&["x509", "-inform", "DER", "-in", &own, "-out", &root]);
        for contents in [Contents::Pkcs7, Contents::Pades] {
            let order = Order { style: Style::new(contents), ..desk.order(&places) };
            let (blob, covered) = taken_apart(&desk.carry_out(&file, &order).unwrap());
            let blob = folder.write("blob", elements(&blob)[0].2);
            let covered = folder.write("covered", &covered);
            let arguments = [
                "cms", "-verify", "-inform", "DER", "-in", &blob, "-content", &covered, "-binary", "-CAfile", &root,
                "-purpose", "any",
            ];
            let out = folder.path("out");
            let more: &[&str] = if contents == Contents::Pades { &["-cades"] } else { &[] };
            openssl(&[&arguments[..], &["-out", &out], more].concat());
        }
    }
}

/// On every page of every structure, single and across: what is drawn is where the numbers of the preview have it, to two tenths
/// of a millimetre.
#[test]
fn two_programs_draw_a_seal_where_the_preview_has_it() {
    let desk = desk(Algorithm::P256);
    let folder = Folder::new();
    let out = folder.path("page");
    let mut drawn = 0;
    for (name, file) in corpus() {
        for placement in [at("all", "31.5", "87.2"), Placement::Across(Across::new(Edge::Right, Mm::whole(30)))] {
            let places = [placement];
            let prepared = prepare(&Pdf::open(&file).unwrap(), &desk.order(&places)).unwrap();
            let path = folder.write("sealed.pdf", &desk.seal(&file, &places).unwrap());
            for place in prepared.places() {
                let page = (place.page + 1).to_string();
                let tenths = |mm: Mm| usize::try_from(mm.as_micrometres()).unwrap().div_ceil(100);
                let clip =
                    place.clip.unwrap_or(calock::seal::placement::Rect { x: Mm::ZERO, y: Mm::ZERO, ..place.boundary });
                let (x, y) = (place.boundary.x + clip.x, place.boundary.y + clip.y);
                let expected = [x, y, x + clip.width, y + clip.height].map(tenths);
                // Ten pixels a millimetre. poppler of this age does not know UserUnit, MuPDF does.
                let programs: [(&str, Vec<&str>); 2] = [
                    ("pdftoppm", vec!["-r", "254", "-cropbox", "-f", &page, "-l", &page, "-singlefile", &path, &out]),
                    ("mutool", vec!["draw", "-q", "-r", "254", "-F", "ppm", "-o", "OUT", &path, &page]),
                ];
                for (program, mut arguments) in programs {
                    let written = format!("{out}.ppm");
                    if let Some(place) = arguments.iter().position(|one| *one == "OUT") {
                        arguments[place] = &written;
                    }
                    if program == "pdftoppm" && name == "cropped" && page == "3" {
                        continue;
                    }
                    let Some(output) = run(program, &arguments) else { continue };
                    assert!(output.status.success(), "{program} {name}: {}", text(&output));
                    let found = red(&std::fs::read(&written).unwrap());
                    let found = found.unwrap_or_else(|| panic!("{program} {name} {page}: no seal"));
                    // The third slice of the picture has ink at its edges only; every slice reaches its own edges.
                    let near = found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 2);
                    assert!(near, "{program} {name}, page {page}: {found:?} and not {expected:?}");
                    drawn += 1;
                }
            }
        }
    }
    println!("{drawn} pages looked at");
}
