//! PDF files: every structure is sealed and verified, what must be refused is, and no changed byte goes unnoticed.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/cms.rs"]
mod cms;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/pdf_desk.rs"]
mod pdf_desk;

use calock::seal::pdf::{Contents, Order, Pdf, Style, is_pdf, prepare, verify};
use calock::seal::placement::{Across, Edge, Mm, Placement};
use calock::seal::{Kind, Piece, Source, Version};
use calock::verdict::Check;
use calock::{Code, Result};
use cms::issuer;
use openssl::Algorithm;
use pdf::{A4, Pixels, corpus, objects, picture, replaced, start_of, stream, updated};
use pdf_desk::{NOW, at, basis, desk, failures, reports, with_picture};

#[test]
fn every_structure_is_sealed_and_verified_by_every_kind_of_key() {
    for algorithm in [Algorithm::Rsa, Algorithm::P256, Algorithm::Sm2] {
        let desk = desk(algorithm);
        for (name, file) in corpus() {
            let places = [at("1,3", "20.5", "90"), Placement::Across(Across::new(Edge::Right, Mm::whole(20)))];
            let once = desk.seal(&file, &places).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = reports(&once);
            assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[]], "{name}");
            let report = &found[0];
            assert_eq!((report.checks.integrity, report.checks.later_changes), (Check::Ok, Check::Ok), "{name}");
            assert_eq!((report.kind, report.id.as_str()), (Kind::Seal, "Seal1"), "{name}");
            assert_eq!(report.time.seconds(), Some(*NOW), "{name}");
            assert_eq!(report.seal.as_ref().unwrap().name, "示例建设有限公司", "{name}");
            let twice = desk.seal(&once, &[at("all", "10", "70")]).unwrap_or_else(|error| panic!("{name}: {error}"));
            let thrice = desk.seal(&twice, &[at("2", "30", "70")]).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = reports(&thrice);
            assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[], &[], &[]], "{name} {:?}", found[0].added);
            assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["Seal1", "Seal2", "Seal3"]);
        }
    }
}

/// What the report says of the file is what the preview was drawn from, to the micrometre, however the page is turned.
#[test]
fn a_seal_stands_where_the_preview_has_it() {
    let desk = desk(Algorithm::P256);
    for (name, file) in corpus() {
        let pdf = Pdf::open(&file).unwrap();
        for edge in [Edge::Right, Edge::Left, Edge::Top, Edge::Bottom] {
            let order = [at("2,3", "12.345", "67.891"), Placement::Across(Across::new(edge, Mm::whole(30)))];
            let prepared = prepare(&pdf, &desk.order(&order)).unwrap();
            let expected: Vec<_> = prepared
                .places()
                .iter()
                .map(|place| {
                    let clip = place.clip.map_or_else(
                        || place.boundary,
                        |clip| calock::seal::placement::Rect {
                            x: place.boundary.x + clip.x,
                            y: place.boundary.y + clip.y,
                            ..clip
                        },
                    );
                    (place.page + 1, clip)
                })
                .collect();
            let found = reports(&desk.seal(&file, &order).unwrap());
            let stamps: Vec<_> = found[0].stamps.iter().map(|stamp| (stamp.page, stamp.boundary)).collect();
            assert_eq!(stamps, expected, "{name} {edge:?}");
        }
    }
}

#[test]
fn every_form_of_signature() {
    let sm2 = desk(Algorithm::Sm2);
    let rsa = desk(Algorithm::Rsa);
    let file = objects(&[A4]).table("");
    let places = [at("1", "10", "10")];
    let seal = |desk: &pdf_desk::Desk, contents| {
        let style = Style { sub_filter: "Example.Any", filter: "Example-1_b", ..Style::new(contents) };
        desk.carry_out(&file, &Order { style, ..desk.order(&places) })
    };
    for contents in [Contents::Gm, Contents::Pkcs7, Contents::Ses] {
        let sealed = seal(&sm2, contents).unwrap();
        assert_eq!(failures(&reports(&sealed)[0]), [], "{contents:?}");
        assert_eq!(reports(&sealed)[0].kind, Kind::Seal);
        assert!(
            sealed.windows(12).any(|bytes| bytes == b"/Example.Any")
                && sealed.windows(12).any(|one| one == b"/Example-1_b")
        );
    }
    for contents in [Contents::Pkcs7, Contents::Pades] {
        assert_eq!(failures(&reports(&seal(&rsa, contents).unwrap())[0]), [], "{contents:?}");
    }
    // SES and GB/T 35275 are SM2's; ESS in PAdES has no SM3.
    assert_eq!(seal(&rsa, Contents::Gm).unwrap_err().code, Code::KeyUnsupported);
    assert_eq!(seal(&rsa, Contents::Ses).unwrap_err().code, Code::KeyUnsupported);
    assert_eq!(seal(&sm2, Contents::Pades).unwrap_err().code, Code::KeyUnsupported);
    for version in [Version::V1, Version::V5] {
        let desk = with_picture(Algorithm::Sm2, version, &picture(30, Pixels::Rgba), 40, 30);
        let sealed = seal(&desk, Contents::Ses).unwrap();
        assert_eq!(failures(&reports(&sealed)[0]), [], "{version:?}");
        assert_eq!(reports(&sealed)[0].seal.as_ref().unwrap().version, version);
    }
    for (filter, sub_filter) in [("a b", "x"), ("", "x"), ("x", "y/z"), ("x", "(")] {
        let style = Style { filter, sub_filter, ..Style::new(Contents::Pkcs7) };
        let refused = desk(Algorithm::Sm2).carry_out(&file, &Order { style, ..sm2.order(&places) });
        assert_eq!(refused.unwrap_err().code, Code::Parameter);
    }
}

#[test]
fn signatures_come_as_der_as_raw_and_as_blob_and_no_other_is_taken() {
    let file = objects(&[A4]).table("");
    let desk = desk(Algorithm::Sm2);
    let places = [at("1", "10", "10")];
    let pdf = Pdf::open(&file).unwrap();
    let prepared = || prepare(&pdf, &desk.order(&places)).unwrap();
    let der = desk.signer.sign(&prepared().signed_bytes());
    let raw = calock::signature::raw(&der).unwrap();
    let blob = [&[0; 32], &raw[..32], &[0; 32], &raw[32..]].concat();
    let made: Vec<_> = [der.as_slice(), &raw, &blob].iter().map(|one| prepared().finish(one).unwrap()).collect();
    assert!(made[0] == made[1] && made[1] == made[2]);
    assert!(matches!(&made[0][..], [Piece::Original(all), Piece::New(_)] if *all == (0..file.len() as u64)));
    let mut wrong = raw;
    wrong[40] ^= 1;
    for signature in [&wrong[..], &[], &[1; 64], &raw[..63]] {
        assert_eq!(prepared().finish(signature).unwrap_err().code, Code::SignFailed);
    }
    // What a page did with WebCrypto is not done again.
    let exact = prepared().exact(&blob).unwrap();
    assert_eq!(exact, der);
    assert_eq!(prepared().finish_verified(&exact).unwrap(), made[0]);
    assert_eq!(prepared().exact(&[1; 3]).unwrap_err().code, Code::SignFailed);
}

#[test]
fn seal_and_certificate_must_be_usable() {
    let file = objects(&[A4]).table("");
    let (one, other) = (desk(Algorithm::Rsa), desk(Algorithm::Rsa));
    let places = [at("1", "10", "10")];
    let code = |order: Order<'_>| one.carry_out(&file, &order).unwrap_err().code;
    let order = one.order(&places);
    assert_eq!(code(Order { certificate: &other.certificate, ..order }), Code::SealMismatch);
    assert_eq!(code(Order { time: *NOW + 86_400 * 400, ..order }), Code::SealExpired);
    assert_eq!(code(Order { time: *NOW - 86_400, ..order }), Code::SealNotYet);
    assert_eq!(code(Order { placements: &[], ..order }), Code::PlacementInvalid);
    assert_eq!(code(Order { placements: &[at("1", "168.1", "10")], ..order }), Code::PlacementInvalid);
    assert_eq!(code(Order { placements: &[at("2", "0", "0")], ..order }), Code::PlacementInvalid);
    assert_eq!(code(Order { picture: Some(b"GIF89a"), ..order }), Code::SealUnreadable);
}

#[test]
fn pictures_of_each_kind() {
    let file = objects(&[A4]).table("");
    let holds = |sealed: &[u8], text: &str| sealed.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    for (pixels, masked) in
        [(Pixels::Rgba, true), (Pixels::Rgb, false), (Pixels::Palette, true), (Pixels::GreyAlpha, true)]
    {
        let desk = with_picture(Algorithm::P256, Version::V4, &picture(50, pixels), 30, 20);
        let sealed = desk.seal(&file, &[at("1", "10", "10")]).unwrap();
        assert_eq!(failures(&reports(&sealed)[0]), []);
        assert_eq!((holds(&sealed, "/SMask "), holds(&sealed, "/BM/Multiply")), (masked, !masked), "{pixels:?}");
    }
    let desk = with_picture(Algorithm::P256, Version::V4, b"any", 30, 20);
    let places = [at("1", "10", "10")];
    // SOI, APP0, SOF0 with three components of 4 × 2 pixels, EOI.
    let jpeg = b"\xFF\xD8\xFF\xE0\x00\x04ab\xFF\xC0\x00\x11\x08\x00\x02\x00\x04\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01\xFF\xD9";
    let sealed = desk.carry_out(&file, &Order { picture: Some(jpeg), ..desk.order(&places) }).unwrap();
    assert!(holds(&sealed, "/Width 4/Height 2/ColorSpace/DeviceRGB") && holds(&sealed, "/DCTDecode"));
    let good = picture(20, Pixels::Rgba);
    let mut wrong = vec![b"".to_vec(), b"\xFF\xD8\xFF".to_vec(), jpeg[..12].to_vec(), good[..60].to_vec()];
    // An interlaced one, one with sizes of its own, a row with a filter that is none.
    for (place, byte) in [(28, 1), (19, 21), (16, 0x40), (24, 3), (50, 9)] {
        let mut one = good.clone();
        one[place] = byte;
        wrong.push(one);
    }
    for (index, picture) in wrong.iter().enumerate() {
        let refused = desk.carry_out(&file, &Order { picture: Some(picture), ..desk.order(&places) });
        assert_eq!(refused.unwrap_err().code, Code::SealUnreadable, "{index}");
    }
}

#[test]
fn existing_forms_and_annotations_stay() {
    let field = "<</FT/Tx/T(Name)/Subtype/Widget/Type/Annot/Rect[0 0 9 9]/P 4 0 R>>";
    let page = format!("{A4}/Annots 8 0 R");
    let direct = objects(&[&page]).and(field).and("<</Fields[6 0 R]/DA(/F 0 Tf)>>").and("[6 0 R]");
    let direct = direct.with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 7 0 R/Extra(\\)#)/ViewerPreferences<<>>>>");
    let inline = objects(&[&format!("{A4}/Annots[ 6 0 R ]/Note<</Annots[]>>")]).and(field).and("[ 6 0 R ]");
    let inline = inline.with(1, "<</AcroForm<</Fields 7 0 R /SigFlags 1>>/Type/Catalog/Pages 2 0 R>>");
    let desk = desk(Algorithm::P256);
    for file in [
        direct.table(""),
        direct.streams(true, true),
        inline.table("/Info 3 0 R/ID[<01><02>]"),
        inline.streams(true, false),
    ] {
        let sealed = desk.seal(&file, &[at("1", "10", "10")]).unwrap();
        assert_eq!(failures(&reports(&sealed)[0]), []);
        let update = String::from_utf8_lossy(&sealed[file.len()..]).into_owned();
        // The old field is still first in both lists.
        assert_eq!(update.matches("[6 0 R ").count() + update.matches("[ 6 0 R").count(), 2, "{update}");
        assert!(["/SigFlags 3", "/SigFlags  3"].iter().any(|flags| update.contains(flags)), "{update}");
        assert!(!update.contains("(Name)"), "what need not change is not written: {update}");
        let twice = desk.seal(&sealed, &[at("1", "60", "10")]).unwrap();
        assert_eq!(reports(&twice).iter().map(failures).collect::<Vec<_>>(), [&[], &[]]);
    }
}

#[test]
fn a_seal_that_locks_is_the_last() {
    let desk = desk(Algorithm::Rsa);
    let places = [at("1", "10", "10"), at("2", "10", "10")];
    for (name, file) in corpus() {
        let order = Order { lock: true, ..desk.order(&places) };
        let locked = desk.carry_out(&file, &order).unwrap();
        assert_eq!(failures(&reports(&locked)[0]), [], "{name}");
        assert_eq!(desk.seal(&locked, &places).unwrap_err().code, Code::DocumentLocked, "{name}: a certification");
        let second = desk.carry_out(&desk.seal(&file, &places).unwrap(), &order).unwrap();
        assert_eq!(reports(&second).iter().map(failures).collect::<Vec<_>>(), [&[], &[]], "{name}");
        assert_eq!(desk.seal(&second, &places).unwrap_err().code, Code::DocumentLocked, "{name}: a lock");
    }
}

/// Damaged, encrypted and hostile files: refused with a code, and nothing is made.
#[test]
fn what_must_be_refused() {
    let plain = objects(&[A4]);
    let good = plain.table("");
    let text = |from: &str, to: &str| replaced(&good, from, to);
    let start = start_of(&good);
    let nested = |open: &str| objects(&[&format!("{A4}/Deep {}", open.repeat(200))]).table("");
    let mut loops = good.clone();
    let at_trailer = loops.windows(7).rposition(|bytes| bytes == b"trailer").unwrap();
    loops.splice(
        at_trailer..,
        format!("trailer\n<</Size 6/Root 1 0 R/Prev {start}>>\nstartxref\n{start}\n%%EOF").into_bytes(),
    );
    let bomb = pdf::bomb();
    let unreadable: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", vec![]),
        ("garbage", (0..5000u32).map(|at| (at * 7919 >> 3).to_le_bytes()[0]).collect()),
        ("only a head", b"%PDF-1.7\n".to_vec()),
        ("cut off", good[..good.len() - 60].to_vec()),
        ("startxref elsewhere", text(&format!("startxref\n{start}"), &format!("startxref\n{}", start + 3))),
        ("startxref behind the end", text(&format!("startxref\n{start}"), "startxref\n99999999")),
        ("a line that is none", text("00000 n \ntrailer", "00000 x \ntrailer")),
        ("an entry that is wrong", text("0000000015 00000 n", "0000000019 00000 n")),
        ("no catalog", text("/Root 1 0 R", "/Root 9 0 R")),
        ("a catalog that is a number", plain.clone().with(1, "17").table("")),
        ("Prev in a circle", loops),
        ("pages in a circle", plain.clone().with(2, "<</Type/Pages/Kids[2 0 R]>>").table("")),
        ("a page twice", plain.clone().with(2, "<</Type/Pages/Kids[4 0 R 4 0 R]>>").table("")),
        ("a page without a size", objects(&[""]).table("")),
        ("a page of no size", objects(&["/MediaBox[0 0 0 0]"]).table("")),
        ("a kid that is none", plain.clone().with(2, "<</Type/Pages/Kids[<<>>]>>").table("")),
        ("references in a circle", objects(&["/MediaBox 6 0 R"]).and("6 0 R").table("")),
        ("deep", nested("[")),
        ("deep dictionaries", nested("<</A")),
        ("a text without an end", text("/Type/Catalog", &format!("/Type{}/Catalog", "(".repeat(20)))),
        ("an object stream that is none", {
            let mut one = plain.streams(true, false);
            let at = one.windows(6).position(|bytes| bytes == b"ObjStm").unwrap();
            one[at] = b'X';
            one
        }),
    ];
    for (name, file) in &unreadable {
        let refused = sealing(file).unwrap_err();
        assert_eq!(refused.code, Code::DocumentUnreadable, "{name}");
    }
    assert_eq!(sealing(&plain.table("/Encrypt<</Filter/Standard>>")).unwrap_err().code, Code::DocumentEncrypted);
    let update = updated(&good, &[(3, b"<<>>")], 6);
    let update = replaced(&update, "/Prev", "/Encrypt 3 0 R/Prev");
    assert_eq!(sealing(&update).unwrap_err().code, Code::DocumentEncrypted);
    assert_eq!(sealing(&bomb).unwrap_err().code, Code::DocumentTooLarge, "a stream of a gigabyte in a megabyte");
    let many = text("0 6\n", "5000000 6\n");
    assert_eq!(sealing(&many).unwrap_err().code, Code::DocumentTooLarge);
    let stream = plain.streams(false, false);
    let all = replaced(&stream, "/Size 8", "/Size 8/Index[4294967295 9]");
    assert_eq!(sealing(&all).unwrap_err().code, Code::DocumentTooLarge);
}

fn sealing(file: &[u8]) -> Result<Vec<Piece>> {
    let desk = shared();
    let places = [at("1", "10", "10")];
    let pdf = Pdf::open(&file)?;
    verify(&pdf, &basis())?;
    let prepared = prepare(&pdf, &desk.order(&places))?;
    let signature = desk.signer.sign(&prepared.signed_bytes());
    prepared.finish(&signature)
}

fn shared() -> &'static pdf_desk::Desk {
    static DESK: std::sync::LazyLock<pdf_desk::Desk> = std::sync::LazyLock::new(|| desk(Algorithm::P256));
    &DESK
}

/// What is odd but genuine: bytes in front, lines of 19 bytes, no end of line at the end, comments.
#[test]
fn what_other_programs_get_away_with() {
    let plain = objects(&[A4]);
    let mut no_end = plain.table("");
    no_end.truncate(no_end.trim_ascii_end().len());
    let spaced =
        plain.clone().with(1, "<< % the root >>\n/Type /Catalog\r\n/Pages\t2 0 R /Na#6De(a\\(b\\)\\\r\nc\\101) >>");
    for (name, file) in [
        ("lines of 19 bytes", plain.lines("", "\n")),
        ("lines of 21 bytes", plain.lines("", " \r\n")),
        ("no end of line", no_end),
        ("comments and escapes", spaced.table("")),
        ("white space behind", [plain.table("").as_slice(), b"\r\n\n  "].concat()),
        ("Prev 0", plain.table("/Prev 0")),
        ("a form without fields", plain.clone().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<<>>>>").table("")),
        ("a form that is nothing", plain.clone().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 77 0 R>>").table("")),
        ("a list that is nothing", objects(&[&format!("{A4}/Annots 77 0 R")]).table("")),
        ("a box the wrong way round", objects(&["/MediaBox[595 842 0 0]/Rotate -270"]).table("")),
    ] {
        let sealed = shared().seal(&file, &[at("1", "10", "10")]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(reports(&sealed).iter().map(failures).collect::<Vec<_>>(), [&[]], "{name}");
    }
    let image = stream("/Type/XObject/Subtype/Image/Width 1/Height 1", b"endstream endobj 1 0 obj");
    let file = String::from_utf8(image).map(|image| plain.and(&image).table("")).unwrap();
    assert!(shared().seal(&file, &[at("1", "10", "10")]).is_ok());
    assert!(is_pdf(&file) && !is_pdf(&b"PK\x03\x04".to_vec()));
}

/// Every byte of a sealed file, one after the other, is another one: no signature is left that holds. The one exception is the
/// issuer's name beside the serial number in SignedData, by which the certificate is found: nobody signs it, and it is compared as
/// text, whatever kind of text it is.
#[test]
fn no_changed_byte_goes_unnoticed() {
    let (table, streams) = (objects(&[A4]).table(""), objects(&[A4]).streams(true, false));
    // All of them once, and every seventh in the other ways of writing.
    for (algorithm, file, step) in
        [(Algorithm::Sm2, &table, 1), (Algorithm::Sm2, &streams, 7), (Algorithm::P256, &streams, 7)]
    {
        let desk = with_picture(algorithm, Version::V4, &picture(12, Pixels::Rgba), 42, 42);
        {
            let sealed = desk.seal(file, &[at("1", "10", "10")]).unwrap();
            assert_eq!(failures(&reports(&sealed)[0]), []);
            let mut changed = sealed.clone();
            let issuer: String = issuer(desk.certificate.tbs()).iter().map(|byte| format!("{byte:02x}")).collect();
            let from = sealed.windows(issuer.len()).rposition(|bytes| bytes == issuer.as_bytes()).unwrap();
            for place in (0..from).chain(from + issuer.len()..sealed.len()).step_by(step) {
                changed[place] ^= 1;
                let holds = Pdf::open(&changed)
                    .and_then(|pdf| verify(&pdf, &basis()))
                    .is_ok_and(|found| found.iter().any(|one| one.checks.is_valid()));
                let around = String::from_utf8_lossy(&sealed[place.saturating_sub(20)..(place + 20).min(sealed.len())])
                    .into_owned();
                assert!(!holds, "byte {place} of {}: {around:?}", sealed.len());
                changed[place] ^= 1;
            }
        }
    }
}

/// A source that knows how much of it was read at a time: nothing is ever read whole.
#[test]
fn a_large_file_is_read_in_pieces() {
    struct Watched<'a>(&'a [u8], std::cell::Cell<usize>, std::cell::Cell<usize>);
    impl Source for Watched<'_> {
        fn len(&self) -> u64 {
            self.0.len() as u64
        }
        fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
            self.1.set(self.1.get().max(buffer.len()));
            self.2.set(self.2.get() + buffer.len());
            self.0.read(offset, buffer)
        }
    }
    let heavy = String::from_utf8(stream("", &vec![b'x'; 20 << 20])).unwrap();
    let file = objects(&[A4]).and(&heavy).table("");
    let watched = Watched(&file, Default::default(), Default::default());
    let pdf = Pdf::open(&watched).unwrap();
    let places = [at("1", "10", "10")];
    let prepared = prepare(&pdf, &shared().order(&places)).unwrap();
    assert!(watched.1.get() <= 64 * 1024, "{} bytes at once", watched.1.get());
    assert!(watched.2.get() < file.len() + (1 << 20), "{} bytes of {}", watched.2.get(), file.len());
    let signature = shared().signer.sign(&prepared.signed_bytes());
    let pieces = prepared.finish(&signature).unwrap();
    assert!(matches!(&pieces[..], [_, Piece::New(update)] if update.len() < 64 * 1024));
}
