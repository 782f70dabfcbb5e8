//! What comes after a signature in a PDF file: what it leaves room for, and what it does not.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/pdf_desk.rs"]
mod pdf_desk;

use std::sync::LazyLock;

use calock::Code;
use calock::seal::SignatureReport;
use calock::seal::pdf::{Order, Pdf, only_sealed_since};
use calock::verdict::Check;
use openssl::Algorithm;
use pdf::{A4, Objects, objects, replaced, stream, updated};
use pdf_desk::{Desk, at, desk, failures, reports};

static DESK: LazyLock<Desk> = LazyLock::new(|| desk(Algorithm::P256));

/// Catalog 1, pages 2, font 3, page 4 with content 5, text field 6, information 7, form 8; the page also names 40, which is not there.
fn document() -> Objects {
    let page = format!("{A4}/Annots[6 0 R]/Ghost 40 0 R");
    objects(&[&page])
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>")
        .and("<</FT/Tx/T(Name)/Subtype/Widget/Type/Annot/Rect[0 0 9 9]/P 4 0 R>>")
        .and("<</Title(One)>>")
        .and("<</Fields[6 0 R]>>")
}

fn sealed(lock: bool) -> Vec<u8> {
    let places = [at("1", "10", "10")];
    DESK.carry_out(&document().table("/Info 7 0 R"), &Order { lock, ..DESK.order(&places) }).unwrap()
}

/// The text of an object as the update of the seal has it, or else the original.
fn object(file: &[u8], number: usize) -> String {
    let head = format!("\n{number} 0 obj\n");
    let from = file.windows(head.len()).rposition(|bytes| bytes == head.as_bytes()).unwrap() + head.len();
    let to = from + file[from..].windows(7).position(|bytes| bytes == b"\nendobj").unwrap();
    String::from_utf8(file[from..to].to_vec()).unwrap()
}

fn changed(report: &SignatureReport) -> Option<Code> {
    assert_eq!(report.checks.integrity, Check::Ok, "its own revision is what it was");
    report.checks.later_changes.code()
}

fn text_stream(content: &str) -> String {
    String::from_utf8(stream("", content.as_bytes())).unwrap()
}

/// Numbers from 60 are nobody's.
const FREE: usize = 60;

#[test]
fn each_later_change_is_judged() {
    let plain = sealed(false);
    assert_eq!(changed(&reports(&plain)[0]), None);
    let catalog = object(&plain, 1);
    let form = object(&plain, 8);
    let page = object(&plain, 4);
    let name = object(&plain, 6);
    let widget = form.split("6 0 R").nth(1).unwrap().trim().split(' ').next().unwrap().parse().unwrap();
    let own = object(&plain, widget);
    let put = |text: &str, entry: &str| format!("{}{entry}>>", text.strip_suffix(">>").unwrap());
    let note = "<</Type/Annot/Subtype/FreeText/Rect[0 0 90 90]/Contents(Paid)>>";
    let content = text_stream("BT /F 24 Tf 72 700 Td (Page 2) Tj ET");
    let on_page = |more: &str| page.replace("/Annots[", &format!("/Annots[{more}"));
    let behind = page.replacen("]/Ghost", " 60 0 R]/Ghost", 1);
    let in_form = form.replacen("]", " 60 0 R]", 1);
    let empty = "<</FT/Sig/T(Other)/Subtype/Widget/Type/Annot/Rect[0 0 9 9]/P 4 0 R>>";
    let text = "<</FT/Tx/T(Other)/Subtype/Widget/Type/Annot/Rect[0 0 9 9]/P 4 0 R>>";
    let filled = put(&name, "/V(Li)/AP<</N 60 0 R>>");
    let look = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0>>\nstream\n\nendstream";

    type Update = Vec<(usize, String)>;
    let one = |number: usize, text: &str| (number, String::from(text));
    let good: Vec<(&str, Update)> = vec![
        ("the same again", vec![one(4, &page), one(1, &catalog)]),
        ("what nobody names", vec![one(FREE, note)]),
        ("information", vec![one(7, "<</Title(Two)>>")]),
        (
            "what is needed to verify later",
            vec![one(1, &put(&catalog, "/DSS<</Certs[60 0 R]>>")), one(FREE, &text_stream("x"))],
        ),
        ("a field that is filled in", vec![one(6, &filled), one(FREE, look)]),
        ("a new signature field", vec![one(8, &in_form), one(4, &behind), one(FREE, empty)]),
    ];
    for (what, update) in good {
        let found = reports(&updated(&plain, &update, 61));
        assert_eq!(failures(&found[0]), [], "{what}: {:?}", found[0].added);
    }
    let wrong: Vec<(&str, Update)> = vec![
        ("content", vec![one(5, &content)]),
        ("the same content again", vec![one(5, &text_stream("BT /F 24 Tf 72 700 Td (Page 1) Tj ET"))]),
        ("a font", vec![one(3, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>")]),
        ("the page's box", vec![one(4, &page.replace("841.88976", "841.5"))]),
        ("no box at all", vec![one(4, &page.replace("/MediaBox", "/Nothing"))]),
        ("the page's content", vec![one(4, &page.replace("/Contents 5", "/Contents 60")), one(FREE, &content)]),
        ("an annotation", vec![one(4, &on_page("60 0 R ")), one(FREE, note)]),
        ("an annotation that is gone", vec![one(4, &page.replace("[6 0 R ", "["))]),
        ("a field that is gone", vec![one(8, &form.replace("[6 0 R ", "["))]),
        ("a new field that is no signature", vec![one(8, &in_form), one(4, &behind), one(FREE, text)]),
        ("a field that was moved", vec![one(6, &name.replace("0 9 9]", "0 99 9]"))]),
        ("the seal's own place", vec![one(widget, &own.replace("/Rect[", "/Rect[1"))]),
        ("the seal's own look", vec![one(widget, &own.replace("/AP<<", "/AP<</D null"))]),
        (
            "something that runs",
            vec![one(1, &put(&catalog, "/OpenAction 60 0 R")), one(FREE, "<</S/JavaScript/JS(x)>>")],
        ),
        (
            "other pages",
            vec![one(1, &catalog.replace("/Pages 2", "/Pages 60")), one(FREE, "<</Type/Pages/Kids[4 0 R]/Count 1>>")],
        ),
        ("pages twice", vec![one(2, "<</Type/Pages/Count 2/Kids[4 0 R 60 0 R]>>"), one(FREE, &page)]),
        ("what was named and was not there", vec![one(40, "<</Any 1>>")]),
        ("a permission", vec![one(1, &put(&catalog, "/Perms<<>>"))]),
    ];
    for (what, update) in wrong {
        let found = reports(&updated(&plain, &update, 61));
        assert_eq!(changed(&found[0]), Some(Code::DocumentChanged), "{what}");
        assert!(!found[0].added.is_empty(), "{what}");
    }
    // Certified as closed: nothing of what is good otherwise, but for what verifying needs.
    let locked = sealed(true);
    assert_eq!(changed(&reports(&locked)[0]), None);
    let catalog = object(&locked, 1);
    let outcome = |update: Update| changed(&reports(&updated(&locked, &update, 61))[0]);
    assert_eq!(outcome(vec![(1, put(&catalog, "/DSS<</Certs[60 0 R]>>")), (FREE, text_stream("x"))]), None);
    for update in [one(7, "<</Title(Two)>>"), one(6, &filled), one(5, &content)] {
        assert_eq!(outcome(vec![update]), Some(Code::DocumentLocked));
    }
}

#[test]
fn an_object_that_is_given_back_is_a_change() {
    let plain = sealed(false);
    let gone = updated(&plain, &[(3, b"null")], 61);
    let freed = replaced(&gone, " 00000 n \ntrailer", " 00001 f \ntrailer");
    assert_eq!(changed(&reports(&freed)[0]), Some(Code::DocumentChanged));
    assert_eq!(changed(&reports(&gone)[0]), Some(Code::DocumentChanged));
}

#[test]
fn what_stands_behind_the_last_revision() {
    let plain = sealed(false);
    assert_eq!(changed(&reports(&[&plain, b"\r\n\n".as_slice()].concat())[0]), None);
    assert_eq!(changed(&reports(&[&plain, b"%hidden\n".as_slice()].concat())[0]), Some(Code::DocumentChanged));
    assert_eq!(changed(&reports(&[&plain, [b'\n'; 100].as_slice()].concat())[0]), Some(Code::DocumentChanged));
}

/// Signature wrapping: the signature is carried to where its byte range no longer means itself, and what it covers stays.
#[test]
fn a_signature_covers_itself_and_nothing_but_its_own_string_is_left_out() {
    let plain = sealed(false);
    let number = 9; // the first new one
    let signature = object(&plain, number);
    assert!(signature.starts_with("<</Type/Sig"));
    // The same dictionary once more at the end: the byte range leaves out a string that is another's.
    let moved = updated(&plain, &[(number, signature.as_bytes())], 61);
    let found = reports(&moved);
    assert_eq!(found[0].checks.integrity, Check::Failed(Code::DocumentChanged));
    let contents = signature.find("/Contents<").unwrap();
    let ranges: Vec<u64> = {
        let from = signature.find("/ByteRange[").unwrap() + 11;
        signature[from..from + signature[from..].find(']').unwrap()]
            .split(' ')
            .map(|one| one.parse().unwrap())
            .collect()
    };
    assert_eq!(ranges[2] + ranges[3], plain.len() as u64, "to the end");
    let digits = |numbers: [u64; 4]| {
        let [a, b, c, d] = numbers;
        format!("/ByteRange[{a} {b:010} {c:010} {d:010}]")
    };
    let own = digits([ranges[0], ranges[1], ranges[2], ranges[3]]);
    for other in [
        [0, ranges[1] - 8, ranges[2], ranges[3]],
        [0, ranges[1], ranges[2] + 1, ranges[3] - 1],
        [0, ranges[1], ranges[2], ranges[3] - 1],
        [0, ranges[1], ranges[2], ranges[3] + 9],
        [1, ranges[1], ranges[2], ranges[3]],
    ] {
        let file = replaced(&plain, &own, &digits(other));
        assert_eq!(reports(&file)[0].checks.integrity, Check::Failed(Code::DocumentChanged), "{other:?}");
    }
    // Two of them, or a second Contents: which counts depends on the reader.
    let twice = [&signature[..contents], "/Contents<30>", &signature[contents..]].concat();
    let file = updated(&plain, &[(number, twice.as_bytes())], 61);
    assert_eq!(reports(&file)[0].checks.integrity, Check::Failed(Code::DocumentChanged));
    // None at all, and one of zeros.
    for empty in ["<</Type/Sig>>", "<</Type/Sig/ByteRange[0 1 2 3]/Contents<0000>>>", "<</Type/Sig/Contents 7>>"] {
        let file = updated(&plain, &[(number, empty.as_bytes())], 61);
        let checks = reports(&file)[0].checks;
        assert!(checks.integrity.code().is_some() && checks.signature.code().is_some(), "{empty}");
    }
}

/// The first signer's revision is judged as he left it, whoever came afterwards.
#[test]
fn earlier_signatures_stay_good_when_others_follow() {
    let other = desk(Algorithm::Rsa);
    let third = desk(Algorithm::Sm2);
    let once = sealed(false);
    let twice = other.seal(&once, &[at("1", "60", "10")]).unwrap();
    let thrice = third.seal(&twice, &[at("1", "110", "10")]).unwrap();
    let found = reports(&thrice);
    assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[], &[], &[]]);
    let signers: Vec<_> = found.iter().map(|one| one.signer.as_ref().unwrap().fingerprint()).collect();
    let expected =
        [&DESK.certificate, &other.certificate, &third.certificate].map(calock::certificate::Certificate::fingerprint);
    assert_eq!(signers, expected);
    // A change after the second is one for both.
    let changed_later = updated(&twice, &[(3, b"<<>>")], 61);
    let codes: Vec<_> = reports(&changed_later).iter().map(changed).collect();
    assert_eq!(codes, [Some(Code::DocumentChanged); 2]);
}

/// What is put between a document and its first seal is covered by the seal, and is no part of the document all the same.
#[test]
fn a_document_that_comes_back_sealed_is_still_that_document() {
    let document = document().table("/Info 7 0 R");
    let still = |file: &[u8]| only_sealed_since(&Pdf::open(&file).unwrap(), document.len() as u64);
    // Several places of the first seal are annotations, those of later ones fields.
    let places = [at("1", "10", "10"), at("1", "60", "10")];
    let once = DESK.carry_out(&document, &Order { lock: false, ..DESK.order(&places) }).unwrap();
    let twice = desk(Algorithm::Sm2).seal(&once, &[at("1", "110", "10"), at("1", "110", "60")]).unwrap();
    for (what, file) in [("nothing", &document), ("one seal", &once), ("two seals", &twice)] {
        assert_eq!(still(file), Ok(true), "{what}");
    }
    let page = object(&document, 4);
    let note = "<</Type/Annot/Subtype/FreeText/Rect[0 0 90 90]/Contents(Paid)>>";
    let wrong: Vec<(&str, Vec<(usize, String)>)> = vec![
        ("content", vec![(5, text_stream("BT /F 24 Tf 72 700 Td (Page 2) Tj ET"))]),
        ("an annotation", vec![(4, page.replace("[6 0 R]", "[6 0 R 60 0 R]")), (FREE, note.into())]),
        ("the page's content", vec![(4, page.replace("/Contents 5", "/Contents 60")), (FREE, text_stream("x"))]),
    ];
    for (what, update) in wrong {
        let file = DESK.seal(&updated(&document, &update, 61), &places).unwrap();
        assert_eq!(failures(&reports(&file)[0]), [], "{what}: the seal itself is good");
        assert_eq!(still(&file), Ok(false), "{what}");
    }
    assert!(only_sealed_since(&Pdf::open(&once).unwrap(), 10).is_err(), "no document ends there");
}
