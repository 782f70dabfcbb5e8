//! Forms with empty signature fields, and handwritten signatures, in PDF files: what takes the seal, what is refused, and what other
//! programs say of it. Most forms are made by pyHanko; without it those are said to be skipped.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/judges.rs"]
mod judges;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/pdf_desk.rs"]
mod pdf_desk;

use std::path::Path;

use calock::Code;
use calock::seal::pdf::{Contents, EmptyField, Order, Pdf, Style, places, prepare};
use calock::seal::placement::Mm;
use judges::{hanko, red, run, text, with_hanko};
use openssl::{Algorithm, Folder};
use pdf::{A4, Pixels, corpus, objects, picture};
use pdf_desk::{Desk, at, desk, failures, handwritten, reports};

fn fields(file: &[u8]) -> Vec<EmptyField> {
    Pdf::open(&file).unwrap().empty_fields().unwrap()
}

/// Every form of `tests/pdf_check/forms.py` by its name; `None` without pyHanko.
fn forms(folder: &Folder) -> Option<Vec<(String, Vec<u8>)>> {
    let turned = format!("{A4}/Rotate 90");
    let plain = folder.write("plain", &objects(&[A4, &turned]).table(""));
    let signer = openssl::holder_of("author", Algorithm::Rsa);
    let out = folder.path("forms");
    std::fs::create_dir(&out).unwrap();
    with_hanko("forms.py", &[&plain, signer.key(), &folder.write("author", &signer.der), &out])?;
    let files = std::fs::read_dir(Path::new(&out)).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut forms: Vec<_> = files.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect();
    forms.sort();
    Some(forms)
}

/// Whoever may judge a file does; every signature must hold for each.
fn judged(folder: &Folder, name: &str, sealed: &[u8], count: usize) {
    assert_eq!(reports(sealed).iter().map(failures).collect::<Vec<_>>(), vec![vec![]; count], "{name}");
    let path = folder.write("judged.pdf", sealed);
    if let Some(output) = run("qpdf", &["--check", &path]) {
        assert!(output.status.success(), "{name}: {}", text(&output));
    }
    if let Some(output) = run("pdfsig", &["-nocert", &path]) {
        assert_eq!(text(&output).matches("Signature is Valid.").count(), count, "{name}: {}", text(&output));
        assert_eq!(text(&output).matches("Total document signed").count(), 1, "{name}: {}", text(&output));
    }
    if let Some(found) = hanko(&[path]) {
        assert_eq!(found[0].len(), count, "{name}: {found:?}");
        // pyHanko takes no signature in a field apart from its widget for filling in, not even its own.
        let last = found[0].iter().skip(if name == "certified and apart" { 1 } else { 0 });
        assert!(last.into_iter().all(|one| one["good"] == true && one["demands"] == true), "{name}: {found:?}");
    }
}

#[test]
fn every_form_of_pyhanko_takes_a_seal_or_says_why_not() {
    let folder = Folder::new();
    let Some(forms) = forms(&folder) else { return };
    assert_eq!(forms.len(), 20);
    for algorithm in [Algorithm::Rsa, Algorithm::P256] {
        let desk = desk(algorithm);
        for (name, form) in &forms {
            let waiting = fields(form);
            assert_eq!(waiting.len(), 1, "{name}");
            let field = &waiting[0];
            assert_eq!(field.name, if name == "chinese" { "签名" } else { "Here" }, "{name}");
            let shows = name != "without a place";
            let places = [at("2", "20", "20")];
            let order = Order { field: Some(&field.name), ..desk.order(if shows { &[] } else { &places }) };
            let outcome = desk.carry_out(form, &order);
            if name.starts_with("refused") {
                assert_eq!(outcome.unwrap_err().code, Code::FieldRefused, "{name}");
                continue;
            }
            let sealed = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            let earlier = usize::from(name.starts_with("certified") || name.starts_with("signed"));
            judged(&folder, name, &sealed, earlier + 1);
            assert_eq!(fields(&sealed), [], "{name}");
            let report = reports(&sealed).pop().unwrap();
            assert_eq!(report.id, field.name);
            let stamps: Vec<_> = report.stamps.iter().map(|stamp| (stamp.page, stamp.boundary)).collect();
            if shows {
                assert_eq!(stamps, [(field.page + 1, field.boundary)], "{name}");
            } else {
                assert_eq!((stamps.len(), stamps[0].0), (1, 2));
            }
            // What the field locks is locked, and nothing else.
            let next = desk.seal(&sealed, &[at("1", "10", "10")]).map(drop).map_err(|error| error.code);
            let locked = name.starts_with("locks all") || name.starts_with("locks the");
            assert_eq!(next, if locked { Err(Code::DocumentLocked) } else { Ok(()) }, "{name}");
            if earlier == 1 {
                continue;
            }
            // With further places, handwriting and a lock, where there was no signature before.
            let ink = picture(30, Pixels::Rgb);
            let pictures = [handwritten(&ink, 1, "150 20 30 30")];
            let order = Order { placements: &places, pictures: &pictures, ..order };
            judged(&folder, name, &desk.carry_out(form, &order).unwrap(), 1);
            let locking = desk.carry_out(form, &Order { lock: true, ..order });
            match locking {
                Err(error) => assert_eq!((error.code, name.as_str()), (Code::FieldRefused, "wants a certification")),
                Ok(locked) => {
                    judged(&folder, name, &locked, 1);
                    assert_eq!(desk.seal(&locked, &places).unwrap_err().code, Code::DocumentLocked, "{name}");
                }
            }
        }
    }
}

#[test]
fn the_signature_is_of_the_form_that_the_field_wants() {
    let folder = Folder::new();
    let Some(forms) = forms(&folder) else { return };
    let form = |wanted: &str| forms.iter().find(|form| form.0 == wanted).map(|form| form.1.clone()).unwrap();
    let (rsa, sm2) = (desk(Algorithm::Rsa), desk(Algorithm::Sm2));
    let sealed = |desk: &Desk, name: &str, style| {
        desk.carry_out(&form(name), &Order { field: Some("Here"), style, ..desk.order(&[]) })
            .map_err(|error| error.code)
    };
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).filter(|part| *part == text.as_bytes()).count();
    let usual = |desk: &Desk| Style::usual(desk.certificate.key());
    let made = sealed(&rsa, "wants pkcs7", usual(&rsa)).unwrap();
    assert_eq!(holds(&made, "/SubFilter/adbe.pkcs7.detached"), 1);
    let made = sealed(&rsa, "wants pades", Style::new(Contents::Pkcs7)).unwrap();
    assert_eq!(holds(&made, "/SubFilter/ETSI.CAdES.detached"), 1);
    // pyHanko says that a filter is wanted, and not which.
    let other = Style { filter: "Example.Any", ..usual(&rsa) };
    assert!(sealed(&rsa, "wants pkcs7", other).is_ok());
    // SM2 signs with SM3, and has no PAdES.
    assert_eq!(sealed(&sm2, "wants pkcs7", usual(&sm2)), Err(Code::FieldRefused));
    assert_eq!(sealed(&sm2, "wants pades", usual(&sm2)), Err(Code::FieldRefused));
    for contents in [Contents::Pkcs7, Contents::Ses] {
        let made = sealed(&sm2, "chinese", Style::new(contents));
        assert_eq!(made, Err(Code::PlacementInvalid), "a field of this name is not there");
        let order = Order { field: Some("签名"), style: Style::new(contents), ..sm2.order(&[]) };
        assert_eq!(failures(&reports(&sm2.carry_out(&form("chinese"), &order).unwrap())[0]), []);
    }
    let made = sealed(&rsa, "wants a certification", usual(&rsa)).unwrap();
    assert_eq!((holds(&made, "/DocMDP"), holds(&made, "/TransformParams/P 2/")), (2, 1));
    let made = sealed(&rsa, "locks one", usual(&rsa)).unwrap();
    assert_eq!(holds(&made, "/TransformParams/Action/Include/Fields[<4f74686572><feff540d>]"), 1);
}

/// Forms written by hand: kids, hidden widgets, fields that are no field to seal in.
#[test]
fn fields_of_other_programs() {
    let form = |page: &str, objects_of: &[&str]| {
        let form = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>";
        let mut all = objects(&[&format!("{A4}{page}")]).with(1, form);
        for object in objects_of {
            all = all.and(object);
        }
        all.table("")
    };
    let desk = desk(Algorithm::P256);
    let seal = |file: &[u8], name| {
        desk.carry_out(file, &Order { field: Some(name), ..desk.order(&[]) }).map_err(|error| error.code)
    };
    let place = "/Rect[100 100 300 300]/Subtype/Widget/Type/Annot";
    // The kind and a part of the name stand above; the widget names no page, and is hidden.
    let nested = form(
        "/Annots[8 0 R]",
        &[
            "<</T(Form)/FT/Sig/Kids[7 0 R]>>",
            "<</T(One)/Parent 6 0 R/Kids[8 0 R]/V null>>",
            &format!("<</Parent 7 0 R/F 2{place}>>"),
        ],
    );
    let found = fields(&nested);
    assert_eq!((found[0].name.as_str(), found[0].page, found.len()), ("Form.One", 0, 1));
    let sealed = seal(&nested, "Form.One").unwrap();
    assert_eq!(failures(&reports(&sealed)[0]), []);
    // pdfsig finds no signature where field and widget are apart below another field; pyHanko does.
    let folder = Folder::new();
    if let Some(found) = hanko(&[folder.write("nested.pdf", &sealed)]) {
        assert!(found[0].len() == 1 && found[0][0]["good"] == true, "{found:?}");
    }
    let update = String::from_utf8_lossy(&sealed[nested.len()..]).into_owned();
    assert!(update.contains("/F  4") && update.contains("/V  ") && update.contains("/P 4 0 R"), "{update}");
    assert_eq!(reports(&sealed)[0].stamps[0].page, 1);
    // The usual form of nested names.
    let usual =
        form("/Annots[7 0 R]", &["<</T(Form)/Kids[7 0 R]>>", &format!("<</T(One)/FT/Sig/Parent 6 0 R{place}>>")]);
    judged(&Folder::new(), "usual", &seal(&usual, "Form.One").unwrap(), 1);
    // A filter that is wanted, and something that nobody knows.
    for (seed, outcome) in [
        ("/Ff 1/Filter/Adobe.PPKLite", Ok(())),
        ("/Ff 1/Filter/Example.Any", Err(Code::FieldRefused)),
        ("/Filter/Example.Any", Ok(())),
        ("/Ff 512", Err(Code::FieldRefused)),
    ] {
        let file = form("/Annots[6 0 R]", &[&format!("<</T(A)/FT/Sig/P 4 0 R{place}/SV<<{seed}>>>>")]);
        assert_eq!(seal(&file, "A").map(drop), outcome, "{seed}");
    }
    for (what, objects) in [
        (
            "two widgets",
            vec!["<</T(A)/FT/Sig/Kids[7 0 R 8 0 R]>>".into(), format!("<<{place}>>"), format!("<<{place}>>")],
        ),
        ("a text field", vec![format!("<</T(A)/FT/Tx{place}>>")]),
        ("signed", vec![format!("<</T(A)/FT/Sig{place}/V 7 0 R>>"), "<</Type/Sig/Contents<3000>>>".into()]),
    ] {
        let objects: Vec<_> = objects.iter().map(String::as_str).collect();
        let file = form("/Annots[6 0 R]", &objects);
        assert_eq!(fields(&file), [], "{what}");
        assert_eq!(seal(&file, "A"), Err(Code::PlacementInvalid), "{what}");
    }
    // Too small for the seal, outside the page, on no page.
    for (rect, waiting, outcome) in [
        ("[100 100 219.055 219.055]", true, Ok(())),
        ("[100 100 219.04 219.055]", true, Err(Code::PlacementInvalid)),
        ("[500 100 700 300]", true, Err(Code::PlacementInvalid)),
        ("[100 100 100 300]", false, Err(Code::PlacementInvalid)),
    ] {
        let file = form("/Annots[6 0 R]", &[&format!("<</T(A)/FT/Sig/Subtype/Widget/P 4 0 R/Rect{rect}>>")]);
        assert_eq!(fields(&file)[0].boundary.width > Mm::ZERO, waiting, "{rect}");
        assert_eq!(seal(&file, "A").map(drop), outcome, "{rect}");
    }
    // What shows a further place of a signature is no field that waits.
    let file = form("/Annots[6 0 R]", &[&format!("<</T(A)/FT/Sig/P 4 0 R{place}>>")]);
    let once = desk.seal(&file, &[at("1", "10", "10")]).unwrap();
    let ink = picture(20, Pixels::Rgba);
    let pictures = [handwritten(&ink, 0, "10 100 20 20")];
    let two = [at("1", "70", "10"), at("1", "130", "10")];
    let twice = desk.carry_out(&once, &Order { pictures: &pictures, ..desk.order(&two) }).unwrap();
    assert_eq!(fields(&twice).iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["A"]);
    let thrice = seal(&twice, "A").unwrap();
    judged(&Folder::new(), "three", &thrice, 3);
}

/// Handwriting on every structure, first with the first seal, then with a second: every judge takes both.
#[test]
fn handwriting_leaves_every_signature_good() {
    let desks = [desk(Algorithm::Rsa), desk(Algorithm::P256)];
    let (ink, paper) = (picture(40, Pixels::Rgba), picture(40, Pixels::Rgb));
    let folder = Folder::new();
    for (name, file) in corpus() {
        let pictures = [
            handwritten(&ink, 0, "10 20 30 15"),
            handwritten(&paper, 1, "50 20 30 15.5"),
            handwritten(&ink, 2, "5 5 20 20"),
        ];
        let places = [at("1", "60", "60")];
        let once = desks[0].carry_out(&file, &Order { pictures: &pictures, ..desks[0].order(&places) }).unwrap();
        let places = [at("2", "60", "60")];
        let twice = desks[1].carry_out(&once, &Order { pictures: &pictures, ..desks[1].order(&places) }).unwrap();
        judged(&folder, name, &once, 1);
        judged(&folder, name, &twice, 2);
        let update = String::from_utf8_lossy(&once[file.len()..]).into_owned();
        assert_eq!(update.matches("/Subtype/Stamp").count(), 3, "{name}");
        assert_eq!(update.matches("/Subtype/Image").count(), 2 + 2 + 1, "{name}: each picture once, with its opacity");
    }
    // Whatever of a picture changes is noticed.
    let desk = &desks[0];
    let file = objects(&[A4]).table("");
    let (places, pictures) = ([at("1", "60", "60")], [handwritten(&paper, 0, "10 20 30 15")]);
    let order = Order { pictures: &pictures, ..desk.order(&places) };
    let mut sealed = desk.carry_out(&file, &order).unwrap();
    let place = sealed.windows(4).rposition(|part| part == b"IDAT" || part == b"/Ink").unwrap();
    sealed[place] ^= 1;
    assert_eq!(failures(&reports(&sealed)[0])[0], ("integrity", Code::DocumentChanged));
    let refused = |picture| {
        desk.carry_out(&file, &Order { pictures: &[picture], ..desk.order(&places) }).map(drop).unwrap_err().code
    };
    for boundary in ["-0.001 0 10 10", "200.001 0 10 10", "0 0 0 10", "0 290 10 10"] {
        assert_eq!(refused(handwritten(&ink, 0, boundary)), Code::PlacementInvalid, "{boundary}");
    }
    assert_eq!(refused(handwritten(&ink, 1, "0 0 10 10")), Code::PlacementInvalid);
    assert_eq!(refused(handwritten(b"GIF89a", 0, "0 0 10 10")), Code::PictureUnreadable);
    assert_eq!(refused(handwritten(&ink[..60], 0, "0 0 10 10")), Code::PictureUnreadable);
}

/// To two tenths of a millimetre, by two programs: handwriting on every page of every structure, a seal in a field of a turned page.
#[test]
fn two_programs_draw_it_where_the_numbers_say() {
    let desk = desk(Algorithm::P256);
    let folder = Folder::new();
    let ink = picture(60, Pixels::Rgb);
    let pale = picture(60, Pixels::GreyAlpha);
    let desk_without_red = pdf_desk::with_picture(Algorithm::P256, calock::seal::Version::V4, &pale, 42, 42);
    for (name, file) in corpus() {
        let places = [at("1", "60", "60")];
        for page in 0..3 {
            let pictures = [handwritten(&ink, page, "31.5 87.2 36 12.4")];
            let order = Order { pictures: &pictures, ..desk_without_red.order(&places) };
            let sealed = folder.write("drawn.pdf", &desk_without_red.carry_out(&file, &order).unwrap());
            drawn(&folder, name, &sealed, page, [315, 872, 675, 996]);
        }
    }
    let place = "/Subtype/Widget/Type/Annot";
    let form = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>";
    for (turns, rect) in
        [(0, "[100 100 300 350]"), (90, "[100 100 300 350]"), (180, "[50 60 170 200]"), (270, "[9 9 299 299]")]
    {
        let page = format!("{A4}/Rotate {turns}/Annots[6 0 R]");
        let field = format!("<</T(A)/FT/Sig/P 4 0 R/Rect{rect}{place}>>");
        let file = objects(&[&page]).with(1, form).and(&field).table("");
        let pdf = Pdf::open(&file).unwrap();
        let order = Order { field: Some("A"), ..desk.order(&[]) };
        let stands = places(&pdf, "A", &[], desk.seal.size()).unwrap();
        assert_eq!(prepare(&pdf, &order).unwrap().places(), stands);
        let (seal, field) = (stands[0].boundary, &fields(&file)[0].boundary);
        assert_eq!((seal.width, seal.height), (Mm::whole(42), Mm::whole(42)), "true to size");
        let middle = |from: Mm, length: Mm| from.as_micrometres() * 2 + length.as_micrometres();
        assert!(middle(seal.x, seal.width).abs_diff(middle(field.x, field.width)) <= 2, "in the middle");
        assert!(middle(seal.y, seal.height).abs_diff(middle(field.y, field.height)) <= 2, "in the middle");
        let tenths = |mm: Mm| usize::try_from(mm.as_micrometres()).unwrap() / 100;
        let expected = [seal.x, seal.y, seal.x + seal.width, seal.y + seal.height].map(tenths);
        let sealed = folder.write("drawn.pdf", &desk.carry_out(&file, &order).unwrap());
        drawn(&folder, &format!("field, {turns}"), &sealed, 0, expected);
    }
}

/// The red on a page is here, in tenths of a millimetre.
fn drawn(folder: &Folder, name: &str, path: &str, page: usize, expected: [usize; 4]) {
    let (number, out) = ((page + 1).to_string(), folder.path("page"));
    let written = format!("{out}.ppm");
    let programs: [(&str, &[&str]); 2] = [
        ("pdftoppm", &["-r", "254", "-cropbox", "-f", &number, "-l", &number, "-singlefile", path, &out]),
        ("mutool", &["draw", "-q", "-r", "254", "-F", "ppm", "-o", &written, path, &number]),
    ];
    for (program, arguments) in programs {
        // poppler of this age does not know UserUnit.
        if program == "pdftoppm" && name == "cropped" && page == 2 {
            continue;
        }
        let Some(output) = run(program, arguments) else { continue };
        assert!(output.status.success(), "{program} {name}: {}", text(&output));
        let found =
            red(&std::fs::read(&written).unwrap()).unwrap_or_else(|| panic!("{program} {name} {page}: nothing"));
        let near = found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 2);
        assert!(near, "{program} {name}, page {number}: {found:?} and not {expected:?}");
    }
}
