//! `calock seal apply --keyword`: the seal's middle is where another program says the word is.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Desk;

/// Two pages with Latin and Chinese letters: the first in pieces, the second turned, cropped and with its own unit.
fn pdf() -> Vec<u8> {
    let first = "BT /F1 14 Tf 100 700 Td (Signed by ) Tj [(the )-900(Bid)40(der)] TJ ET\n\
                 BT /F2 12 Tf 300 500 Td <62956807> Tj 30 0 Td <4EBAFF0876D67AE0FF09> Tj ET\n\
                 BT /F2 12 Tf 0.7 0.7 -0.7 0.7 100 300 Tm <76D67AE0> Tj ET";
    let second = "BT /F2 12 Tf 0 1 -1 0 200 300 Tm <62956807> Tj <4EBA> Tj ET BT /F3 10 Tf 100 600 Td <CDB6B1EA> Tj ET";
    let fonts = "/Resources<</Font<</F1 5 0 R/F2 6 0 R/F3 7 0 R>>>>";
    let song = |number: usize, encoding: &str| {
        format!("<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/{encoding}/DescendantFonts[{number} 0 R]>>")
    };
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.27559 841.88976]{fonts}/Contents 8 0 R>>"),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/CropBox[50 100 500 800]/Rotate 90{fonts}/Contents 9 0 R>>"),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        song(10, "UniGB-UCS2-H"),
        song(10, "GBK-EUC-H"),
        format!("<</Length {}>>\nstream\n{first}\nendstream", first.len()),
        format!("<</Length {}>>\nstream\n{second}\nendstream", second.len()),
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>\
         /DW 1000/FontDescriptor 11 0 R>>"
            .to_owned(),
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120\
         /CapHeight 880/StemV 93>>"
            .to_owned(),
    ];
    super::pdf::file(&objects, "")
}

/// The middle of the first stamp of a signature, and its page.
fn middle(report: &Value, stamp: usize) -> (u64, f64, f64) {
    let stamp = &report["signatures"][0]["stamps"][stamp];
    let numbers: Vec<f64> =
        stamp["boundary"].as_str().unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
    (stamp["page"].as_u64().unwrap(), numbers[0] + numbers[2] / 2.0, numbers[1] + numbers[3] / 2.0)
}

/// Where pdftotext has a word on a page: its middle in millimetres of the displayed page.
fn said(file: &Path, page: u64, word: &str) -> Option<(f64, f64)> {
    let page = page.to_string();
    let ran = Command::new("pdftotext").args(["-bbox", "-f", &page, "-l", &page]).arg(file).arg("-").output();
    let Ok(ran) = ran else {
        println!("skipped: no pdftotext");
        return None;
    };
    let text = String::from_utf8_lossy(&ran.stdout);
    let line = text.lines().find(|line| line.contains(&format!(">{word}<")));
    let line = line.unwrap_or_else(|| panic!("pdftotext does not find {word}: {text}"));
    let number = |name: &str| -> f64 {
        let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let millimetres = 25.4 / 72.0;
    Some(((number("xMin") + number("xMax")) / 2.0 * millimetres, (number("yMin") + number("yMax")) / 2.0 * millimetres))
}

fn near((x, y): (f64, f64), (a, b): (f64, f64)) -> bool {
    (x - a).abs() < 1.0 && (y - b).abs() < 1.5
}

#[test]
fn a_seal_stands_on_a_word_of_a_pdf() {
    let desk = Desk::new();
    desk.good(&[
        "seal",
        "make",
        "--ca",
        "ca.json",
        "--name",
        "示例",
        "--shape",
        "square",
        "--lock",
        "lock.json",
        "-o",
        "seal.esl",
    ]);
    fs::write(desk.path("plain.pdf"), pdf()).unwrap();
    let stand = |more: &[&str]| {
        let ended = desk.apply("plain.pdf", "out.pdf", more, "654321");
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{more:?}");
        let ended = desk.verify("out.pdf", &[]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        ended.json()
    };
    // In pieces, with white space among them: "the   Bidder" begins at 100 points and the rest of the line before it.
    let report = stand(&["--keyword", "Bidder"]);
    let (page, x, y) = middle(&report, 0);
    assert_eq!(page, 1);
    if let Some(place) = said(&desk.path("plain.pdf"), 1, "Bidder") {
        assert!(near((x, y), place), "{x} {y}, pdftotext: {place:?}");
    }
    // Chinese: 300 to 390 points across, base line 500, letters from 1.68 below it to 10.32 above.
    let millimetres = |points: f64| points * 25.4 / 72.0;
    let word = (millimetres((300.0 + 390.0) / 2.0), 297.0 - millimetres(500.0 + (10.32 - 1.68) / 2.0));
    let (page, x, y) = middle(&stand(&["--keyword", "投标人 (盖章)"]), 0);
    assert!(page == 1 && near((x, y), word), "{page} {x} {y}: {word:?}");
    // With an offset, and beside a seal across the pages.
    let report = stand(&[
        "--keyword",
        "投标人",
        "--offset-x",
        "20",
        "--offset-y",
        "-7.5",
        "--across",
        "left",
        "--offset",
        "100",
    ]);
    let (_, x, y) = middle(&report, 0);
    let word = (millimetres((300.0 + 342.0) / 2.0) + 20.0, 297.0 - millimetres(504.32) - 7.5);
    assert!(near((x, y), word), "{x} {y}: {word:?}");
    assert_eq!(report["signatures"][0]["stamps"].as_array().unwrap().len(), 3);
    // Both places, the second on a page that is turned and cropped; 投标 in GBK is there as well.
    assert_eq!(stand(&["--keyword", "投标人", "--nth", "all"])["signatures"][0]["stamps"].as_array().unwrap().len(), 2);
    let turned = middle(&stand(&["--keyword", "投标人", "--nth", "2"]), 0);
    // Text that runs upwards on the sheet runs to the right where that is turned by 90 degrees: x is the way from the lower edge.
    let word = (millimetres(300.0 - 100.0 + 18.0), millimetres(200.0 - 50.0 - (10.32 - 1.68) / 2.0));
    assert!(turned.0 == 2 && near((turned.1, turned.2), word), "{turned:?}: {word:?}");
    assert_eq!(middle(&stand(&["--keyword", "投标", "--nth", "last"]), 0).0, 2);
    assert_eq!(stand(&["--keyword", "投标", "--nth", "all"])["signatures"][0]["stamps"].as_array().unwrap().len(), 3);
}

#[test]
fn a_word_that_is_not_there_leaves_nothing() {
    let desk = Desk::new();
    fs::write(desk.path("plain.pdf"), pdf()).unwrap();
    // The tilted 盖章 counts for nothing, so there is one only.
    for (more, why) in [
        (&["--keyword", "不在其中"][..], "KEYWORD_NOT_FOUND"),
        (&["--keyword", "盖章", "--nth", "2"], "KEYWORD_NOT_FOUND"),
        (&["--keyword", "Signed", "--offset-x", "-40"], "PLACEMENT_INVALID"),
        (&["--keyword", "盖章", "--nth", "0"], "--nth"),
        (&["--nth", "2"], "--keyword"),
    ] {
        let ended = desk.apply("plain.pdf", "out.pdf", more, "654321");
        assert_eq!(ended.code, 2, "{more:?}");
        assert!(ended.err.contains(why), "{more:?}: {}", ended.err);
        assert!(!desk.path("out.pdf").exists(), "{more:?}");
    }
    // Which of several does not fit is said.
    let ended =
        desk.apply("plain.pdf", "out.pdf", &["--keyword", "投标", "--nth", "all", "--offset-y", "-60"], "654321");
    assert!(ended.code == 2 && ended.err.contains("place 2, page 2"), "{}", ended.err);
    // Damaged where only the reader of texts looks.
    let broken =
        String::from_utf8_lossy(&pdf()).replace("/Encoding/UniGB-UCS2-H", "/Encoding 9 0 R      ").into_bytes();
    fs::write(desk.path("plain.pdf"), broken).unwrap();
    let ended = desk.apply("plain.pdf", "out.pdf", &["--keyword", "投标人"], "654321");
    assert!(ended.code == 2 && !ended.err.contains("panicked"), "{}", ended.err);
}

#[test]
fn a_seal_stands_on_a_word_of_an_ofd() {
    let desk = Desk::new();
    let text = r#"<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer>
        <ofd:TextObject Boundary="80 100 60 10" Size="5"><ofd:TextCode X="1" Y="6" DeltaX="6 6">投标人</ofd:TextCode></ofd:TextObject>
        <ofd:TextObject Boundary="99 100 60 10" Size="5"><ofd:TextCode X="0" Y="6" DeltaX="5 5 5">（盖章）</ofd:TextCode></ofd:TextObject>
        </ofd:Layer></ofd:Content></ofd:Page>"#;
    for page in ["P1.xml", "P2.xml"] {
        fs::write(desk.path("plain/Doc_0").join(page), text).unwrap();
    }
    desk.pack("plain", "plain.ofd");
    let stand = |more: &[&str]| {
        let ended = desk.apply("plain.ofd", "out.ofd", &[&["--keyword", "投标人(盖章)"], more].concat(), "654321");
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{more:?}");
        let report = desk.verify("out.ofd", &[]).json();
        let stamps = report["signatures"][0]["stamps"].as_array().unwrap().clone();
        stamps
            .iter()
            .map(|stamp| format!("{}: {}", stamp["page"], stamp["boundary"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    // The word is from 81 to 119 across, and from 101.7 to 106.7 down.
    assert_eq!(stand(&[]), ["1: 79 83.2 42 42"]);
    assert_eq!(stand(&["--nth", "last", "--offset-x", "10.5", "--offset-y", "1"]), ["2: 89.5 84.2 42 42"]);
    assert_eq!(stand(&["--nth", "all"]).len(), 2);
    let ended = desk.apply("plain.ofd", "none.ofd", &["--keyword", "投标书"], "654321");
    assert!(ended.code == 2 && ended.err.contains("KEYWORD_NOT_FOUND"), "{}", ended.err);
    assert!(!desk.path("none.ofd").exists());
}
