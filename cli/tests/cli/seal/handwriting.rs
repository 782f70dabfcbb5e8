//! `--handwriting`, `--field` and `calock seal fields`.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::json;
use tiny_skia::{Color, Pixmap};

use super::{Desk, SINGLE, checks};

/// 64 × 32 pixels, the left quarter red, the rest white; by its Exif data to be turned a quarter, so that the red is above.
const SIDEWAYS: &[u8] = include_bytes!("sideways.jpg");

/// A red picture, twice as wide as high, of this opacity.
fn png(alpha: u8) -> Vec<u8> {
    let mut pixels = Pixmap::new(20, 10).unwrap();
    pixels.fill(Color::from_rgba8(255, 0, 0, alpha));
    pixels.encode_png().unwrap()
}

fn desk() -> Desk {
    let desk = Desk::new();
    fs::write(desk.path("sideways.jpg"), SIDEWAYS).unwrap();
    fs::write(desk.path("clear.png"), png(128)).unwrap();
    fs::write(desk.path("opaque.png"), png(255)).unwrap();
    fs::write(desk.path("no picture"), "GIF89a").unwrap();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.27559 841.88976]/Annots[4 0 R]>>",
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Here)/P 3 0 R/Rect[56.69291 56.69291 198.42520 198.42520]>>",
    ];
    let (mut file, mut table) = (String::from("%PDF-1.7\n"), String::from("xref\n0 5\n0000000000 65535 f \n"));
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1).unwrap();
    }
    let start = file.len();
    write!(file, "{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    fs::write(desk.path("form.pdf"), file).unwrap();
    desk
}

/// A file of a package, by Python's zipfile.
fn unpacked(desk: &Desk, package: &str, name: &str) -> Vec<u8> {
    let program = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let ran = Command::new("python3").args(["-c", program]).arg(desk.path(package)).arg(name).output().unwrap();
    assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

#[test]
fn pictures_go_into_a_package() {
    let desk = desk();
    let options = ["--handwriting", "sideways.jpg", "--handwriting-at", "1,20,30,16"];
    let more = ["--handwriting", "clear.png", "--handwriting-at", "2,20,30,16,5.5"];
    let ended = desk.apply("plain.ofd", "signed.ofd", &[&SINGLE[..], &options, &more].concat(), "654321");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let report = desk.verify("signed.ofd", &[]).json();
    assert_eq!(checks(&report, 0)["integrity"], "ok");
    let annotation = |page: &str| {
        String::from_utf8(unpacked(&desk, "signed.ofd", &format!("Doc_0/Annots/{page}/Annotation.xml"))).unwrap()
    };
    // Upright it is twice as high as wide.
    assert!(annotation("Page_0").contains("Boundary=\"20 30 16 32\""), "{}", annotation("Page_0"));
    assert!(annotation("Page_1").contains("Boundary=\"20 30 16 5.5\""), "{}", annotation("Page_1"));
    // Paper is transparent, ink is not, and the quarter that was at the left is above.
    let made = Pixmap::decode_png(&unpacked(&desk, "signed.ofd", "Doc_0/Handwriting.png")).unwrap();
    assert_eq!((made.width(), made.height()), (32, 64));
    let pixel = |x, y| made.pixel(x, y).unwrap();
    assert!(pixel(16, 8).red() > 200 && pixel(16, 8).alpha() > 200, "{:?}", pixel(16, 8));
    assert!(pixel(16, 40).alpha() < 10, "{:?}", pixel(16, 40));
    assert_eq!(unpacked(&desk, "signed.ofd", "Doc_0/Handwriting_1.png"), png(128), "what has transparency is kept");
    // What an earlier signature covers would have to change.
    let ended = desk.apply("signed.ofd", "again.ofd", &[&SINGLE[..], &options].concat(), "000000");
    assert_eq!((ended.code, ended.err.contains("DOCUMENT_LOCKED")), (2, true), "{}", ended.err);
    assert_eq!(desk.apply("signed.ofd", "again.ofd", &SINGLE, "654321").code, 0, "and no try of the PIN was spent");
    // One byte of the picture.
    let mut bytes = fs::read(desk.path("signed.ofd")).unwrap();
    let at = bytes.windows(4).position(|part| part == b"IDAT").unwrap();
    bytes[at + 20] ^= 1;
    fs::write(desk.path("changed.ofd"), bytes).unwrap();
    let ended = desk.verify("changed.ofd", &[]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert_eq!(ended.json()["signatures"][0]["codes"]["integrity"], "DOCUMENT_CHANGED");
}

#[test]
fn a_field_of_a_form_takes_the_seal_and_pictures_stand_beside() {
    let desk = desk();
    let listed = desk.good(&["seal", "fields", "form.pdf", "--json"]).json();
    assert_eq!(listed, json!([{ "name": "Here", "page": 1, "x": 20.0, "y": 227.0, "width": 50.0, "height": 50.0 }]));
    let shown = desk.good(&["seal", "fields", "form.pdf"]);
    assert_eq!(shown.out, "Here: 第 1 页 · page 1, 20 227 50 50 mm\n");
    let pictures =
        ["--handwriting", "opaque.png", "--handwriting-at", "1,100,20,40", "--handwriting-at", "1,100,60,10"];
    let options = [&["--field", "Here"], &pictures[..]].concat();
    let ended = desk.apply("form.pdf", "signed.pdf", &options, "654321");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let report = desk.verify("signed.pdf", &[]).json();
    assert_eq!((&report["signatures"][0]["id"], &checks(&report, 0)["integrity"]), (&json!("Here"), &json!("ok")));
    let file = String::from_utf8_lossy(&fs::read(desk.path("signed.pdf")).unwrap()).into_owned();
    assert_eq!((file.matches("/Subtype/Stamp").count(), file.matches("/BM/Multiply").count()), (2, 2));
    assert_eq!(desk.good(&["seal", "fields", "signed.pdf", "--json"]).json(), json!([]));
    // Again with a photograph, upright; and the field is taken.
    let photograph = ["--handwriting", "sideways.jpg", "--handwriting-at", "1,100,90,10"];
    assert_eq!(desk.apply("signed.pdf", "twice.pdf", &[&SINGLE[..], &photograph].concat(), "654321").code, 0);
    let twice = desk.verify("twice.pdf", &[]);
    assert_eq!((twice.code, twice.json()["signatures"].as_array().unwrap().len()), (0, 2));
    for (file, options, why) in [
        ("signed.pdf", &["--field", "Here"][..], "PLACEMENT_INVALID"),
        ("form.pdf", &["--field", "There"], "PLACEMENT_INVALID"),
        ("plain.ofd", &["--field", "Here"], "PDF"),
        (
            "form.pdf",
            &["--field", "Here", "--handwriting", "no picture", "--handwriting-at", "1,1,1,1"],
            "PICTURE_UNREADABLE",
        ),
        (
            "form.pdf",
            &["--field", "Here", "--handwriting", "clear.png", "--handwriting-at", "1,190,1,30"],
            "PLACEMENT_INVALID",
        ),
        ("form.pdf", &["--field", "Here", "--handwriting", "clear.png", "--handwriting-at", "0,1,1,3"], "PAGE,X,Y"),
        ("form.pdf", &["--field", "Here", "--handwriting", "clear.png", "--handwriting-at", "1,1,1"], "PAGE,X,Y"),
        ("form.pdf", &["--field", "Here", "--handwriting", "clear.png"], "--handwriting-at"),
        (
            "form.pdf",
            &[
                "--field",
                "Here",
                "--handwriting",
                "clear.png",
                "--handwriting",
                "opaque.png",
                "--handwriting-at",
                "1,1,1,9",
            ],
            "--handwriting-at",
        ),
    ] {
        let ended = desk.apply(file, "out.pdf", options, "654321");
        assert_eq!((ended.code, ended.err.contains(why)), (2, true), "{options:?}: {}", ended.err);
        assert!(!desk.path("out.pdf").exists());
    }
}
