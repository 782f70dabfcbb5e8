//! What pages of OFD packages say: texts with their places, templates, pictures.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/package.rs"]
mod package;

use std::path::PathBuf;

use calock::Code;
use calock::seal::ofd::{ObjectKind, Package, Page, find_word};
use calock::seal::placement::keyword::{Along, Run};
use package::{Entry, document, package};

fn open(bytes: &[u8]) -> (Package<&[u8]>, Vec<Page>) {
    let package = Package::open(bytes).unwrap();
    let pages = package.pages(&package.document().unwrap().bodies[0]).unwrap();
    (package, pages)
}

fn found(bytes: &[u8], word: &str) -> Vec<String> {
    let (package, pages) = open(bytes);
    let hits = find_word(&package, &pages, word).unwrap();
    hits.iter().map(|hit| format!("{}: {}", hit.page + 1, hit.boundary)).collect()
}

/// A document of one page with this in it, and further entries.
fn page(content: &str, more: Vec<Entry>) -> Vec<u8> {
    let mut entries = document(1);
    let name = "Doc_0/Pages/Page_1/Content.xml";
    let place = entries.iter().position(|entry| entry.name == name.as_bytes()).unwrap();
    entries[place] = Entry::new(name, format!("<Page>{content}</Page>"));
    entries.extend(more);
    package(&entries)
}

fn objects(text: &str) -> String {
    format!("<Content><Layer>{text}</Layer></Content>")
}

fn runs(content: &str) -> Vec<Run> {
    let bytes = page(&objects(content), Vec::new());
    let (package, pages) = open(&bytes);
    package.runs(0, &pages[0]).unwrap()
}

#[test]
fn letters_stand_where_steps_and_matrix_put_them() {
    // Across: by steps, and with one step for all. Letters of 5 mm reach from 4.3 above the base line to 0.7 below.
    let across = r#"<TextObject Boundary="20 30 60 10" Size="5"><TextCode X="1" Y="6" DeltaX="g 2 6 5">甲方盖章</TextCode></TextObject>"#;
    assert_eq!(found(&page(&objects(across), vec![]), "甲方盖章"), ["1: 21 31.7 22 5"]);
    assert_eq!(found(&page(&objects(across), vec![]), "方盖"), ["1: 27 31.7 11 5"]);
    // Downwards, upright.
    let down = r#"<TextObject Boundary="20 30 10 60" Size="5"><TextCode X="1" Y="6" DeltaY="8">购买方</TextCode></TextObject>"#;
    assert_eq!(found(&page(&objects(down), vec![]), "购买方"), ["1: 21 31.7 5 21"]);
    assert!(runs(down).iter().all(|run| run.along == Along::Down));
    // By the direction of reading alone, and turned with it.
    let turned = r#"<TextObject Boundary="20 30 10 60" Size="5" ReadDirection="90" CharDirection="90"><TextCode X="1" Y="6">甲方</TextCode></TextObject>"#;
    assert_eq!(found(&page(&objects(turned), vec![]), "甲方"), ["1: 20.3 36 5 10"]);
    // A quarter turn by the matrix, as Java writes it, and half the size.
    let matrix = r#"<TextObject Boundary="100 100 60 60" Size="10" CTM="3E-17 0.5 -0.5 3E-17 30 2"><TextCode X="0" Y="10" DeltaX="10">甲方</TextCode></TextObject>"#;
    assert_eq!(found(&page(&objects(matrix), vec![]), "甲方"), ["1: 124.3 102 5 10"]);
    assert!(runs(matrix).iter().all(|run| run.along == Along::Down));
    // Narrowed letters, a place taken over from the text before, one object a letter, and what is tilted or not to be seen.
    let rest = r#"
        <TextObject Boundary="20 30 60 10" Size="4" HScale="0.5"><TextCode X="1" Y="6" DeltaX="4">窄字</TextCode></TextObject>
        <TextObject Boundary="0 100 60 10" Size="4"><TextCode X="50" Y="6">前</TextCode><TextCode>同</TextCode></TextObject>
        <PageBlock><TextObject Boundary="20 60 4 4" Size="4"><TextCode X="0" Y="4">逐</TextCode></TextObject>
        <TextObject Boundary="24 60.2 4 4" Size="4"><TextCode X="0" Y="4">字</TextCode></TextObject></PageBlock>
        <TextObject Boundary="20 200 60 10" Size="9" CTM="0.7 0.7 -0.7 0.7 0 0"><TextCode X="0" Y="6" DeltaX="9">斜的</TextCode></TextObject>
        <TextObject Boundary="20 220 60 10" Size="4" Visible="false"><TextCode X="0" Y="6" DeltaX="4">隐去</TextCode></TextObject>
    "#;
    let bytes = page(&objects(rest), vec![]);
    assert_eq!(found(&bytes, "窄字"), ["1: 21 32.56 6 4"]);
    assert_eq!(found(&bytes, "同"), ["1: 50 102.56 4 4"]);
    assert_eq!(found(&bytes, "逐 字"), ["1: 20 60.56 8 4.2"]);
    assert_eq!((found(&bytes, "斜的"), found(&bytes, "隐去")), (vec![], vec![]));
}

#[test]
fn templates_and_pictures_are_followed() {
    let content = r#"<Template TemplateID="90" ZOrder="Foreground"/><Template TemplateID="80"/><Template TemplateID="70"/><PageRes>PageRes.xml</PageRes>
        <Content><Layer><ImageObject Boundary="8.5 3.5 20 20" CTM="20 0 0 20 0 0" ResourceID="5"/>
        <ImageObject Boundary="1 2 3 4" ResourceID="6"/><ImageObject Boundary="1 2 3 4" ResourceID="99"/><ImageObject ResourceID="6"/>
        <TextObject Boundary="20 30 60 10" Size="5"><TextCode X="0" Y="5">中</TextCode></TextObject></Layer></Content>"#;
    let part = |name: &str, text: &str| Entry::new(name, text);
    let text = |word: &str, x: u32| {
        format!(
            r#"<Page><PageRes>TplRes.xml</PageRes><Content><Layer><TextObject Boundary="{x} 30 9 9" Size="5"><TextCode X="0" Y="5">{word}</TextCode></TextObject><ImageObject Boundary="0 0 9 9" ResourceID="7"/></Layer></Content></Page>"#
        )
    };
    let more = vec![
        part("Doc_0/Tpls/T0.xml", &text("下", 10)),
        part("Doc_0/Tpls/T1.xml", &text("上", 25)),
        part(
            "Doc_0/DocumentRes.xml",
            r#"<Res BaseLoc="Res"><MultiMedias><MultiMedia ID="5" Type="Image"><MediaFile>qr.png</MediaFile></MultiMedia></MultiMedias></Res>"#,
        ),
        part(
            "Doc_0/Pages/Page_1/PageRes.xml",
            r#"<Res BaseLoc="none"><MultiMedia ID="6"><MediaFile>/Doc_0/Res/own.jpg</MediaFile></MultiMedia><MultiMedia ID="5"><MediaFile>late.png</MediaFile></MultiMedia><MultiMedia ID="99"><MediaFile>../../../../etc/passwd</MediaFile></MultiMedia></Res>"#,
        ),
        part("Doc_0/Tpls/TplRes.xml", r#"<Res><MultiMedia ID="7"><MediaFile>logo.png</MediaFile></MultiMedia></Res>"#),
        part("Doc_0/Tpls/logo.png", "logo"),
        part("Doc_0/Res/qr.png", "a picture"),
        part("Doc_0/Res/own.jpg", "another"),
    ];
    let bytes = page(content, more);
    let root = "Doc_0/Document.xml";
    let bytes = rewritten(&bytes, root, |text| {
        text.replacen(
            "</ofd:CommonData>",
            r#"<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes><ofd:TemplatePage ID="80" BaseLoc="TPLS/T0.xml"/><ofd:TemplatePage ID="90" BaseLoc="/Doc_0/Tpls/T1.xml"/><ofd:TemplatePage ID="70" BaseLoc="Tpls/none.xml"/></ofd:CommonData>"#,
            1,
        )
    });
    let (package, pages) = open(&bytes);
    let mut said = Vec::new();
    for object in package.objects(&pages[0]).unwrap() {
        said.push(match object.kind {
            ObjectKind::Text(text) => text.text,
            ObjectKind::Picture { file } => format!("{file:?} {:?}", object.matrix),
            ObjectKind::Path { .. } => panic!("no path"),
        });
    }
    let picture = |name: &str, matrix: &str| format!("Some({name:?}) {matrix}");
    assert_eq!(
        said,
        [
            "下".to_owned(),
            picture("Doc_0/Tpls/logo.png", "None"),
            picture("Doc_0/Res/qr.png", r#"Some("20 0 0 20 0 0")"#),
            picture("Doc_0/Res/own.jpg", "None"),
            "None None".to_owned(),
            "中".to_owned(),
            "上".to_owned(),
            picture("Doc_0/Tpls/logo.png", "None"),
        ]
    );
    assert_eq!(package.picture("Doc_0/Res/qr.png").unwrap(), b"a picture");
    assert_eq!(package.picture("Doc_0/Res/none.png").unwrap_err().code, Code::DocumentIncomplete);
    // Words go from a template into the page.
    assert_eq!(found(&bytes, "下中上"), ["1: 10 30.7 20 5"]);
}

fn rewritten(bytes: &[u8], name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let opened = Package::open(bytes).unwrap();
    let entries: Vec<_> = opened
        .files()
        .map(|entry| {
            let content = opened.read(entry).unwrap();
            match entry.name == name {
                true => Entry::new(&entry.name, change(String::from_utf8(content).unwrap())),
                false => Entry::new(&entry.name, content),
            }
        })
        .collect();
    package(&entries)
}

/// The samples of other programs: what a person reads on their pages is found where it stands.
#[test]
fn the_samples_say_what_is_read_on_them() {
    for (name, word, places) in [
        ("helloworld.ofd", "你好呀，OFD Reader&Writer！", &["1: 31.7 25.82 40.5 3"][..]),
        ("chineseDir.ofd", "OFDReader", &["1: 43.7 25.82 15 3"]),
        ("namespace_no_std.ofd", "ＯＦＤ", &["1: 43.7 25.82 4.5 3"]),
        ("SESV4SignDoc.ofd", "你好", &["1: 31.7 25.82 6 3"]),
        (
            "hello.ofd",
            "拿来主义",
            &["1: 85 26.8 40 10", "1: 46.7 197.1 20 5", "2: 96.7 47.1 20 5", "2: 146.7 103.1 20 5"],
        ),
        // One page further.
        ("hello.ofd", "“平民化”", &["2: 151.7 54.1 25 5"]),
        // Out of a template: across, down, and with 4.9 letters from one to the next.
        ("v4signed.ofd", "重庆增值税电子普通发票", &["1: 69 6.993 71.967 6.667"]),
        ("v4signed.ofd", "购买方", &["1: 6.85 33.22 3.175 15.875"]),
        (
            "v4signed.ofd",
            "名称",
            &["1: 13.52 31.604 18.745 3.175", "1: 31.37 53.004 6.35 3.175", "1: 13.52 105.405 18.745 3.175"],
        ),
        // Steps of several kinds, and one text that goes on over four lines.
        ("v4signed.ofd", "2020年10月10日", &["1: 164 18.557 22.245 3.175"]),
        ("v4signed.ofd", "9150010807MGZHI002", &["1: 36 36.126 45.297 4.233"]),
        ("v4signed.ofd", "73869<1*43", &["1: 152.491 36.515 24.617 4.233"]),
        ("v4signed.ofd", "不在其中", &[]),
    ] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/ofd").join(name);
        let Ok(bytes) = std::fs::read(path) else {
            println!("skipped: no ../shared/data");
            return;
        };
        assert_eq!(found(&bytes, word), places, "{name}: {word}");
        let (package, pages) = open(&bytes);
        let pictures =
            pages.iter().flat_map(|page| package.objects(page).unwrap()).filter_map(|object| match object.kind {
                ObjectKind::Picture { file } => Some(file),
                _ => None,
            });
        for file in pictures {
            assert!(package.picture(&file.unwrap()).unwrap().starts_with(b"\x89PNG"), "{name}");
        }
    }
}
