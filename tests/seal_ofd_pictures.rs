//! Handwritten signatures in OFD packages: annotations that the seal's signature covers.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/desk.rs"]
mod desk;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/package.rs"]
mod package;

use calock::Code;
use calock::seal::ofd::{Order, Package};
use calock::seal::{Picture, Version};
use calock::verdict::Check;
use desk::{Desk, at, desk, handwritten, reports};
use package::{Entry, document, package};

const PNG: &[u8] = b"\x89PNG\r\n\x1A\nsome ink";
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 some more";

fn sealed(desk: &Desk, bytes: &[u8], pictures: &[Picture<'_>]) -> Result<Vec<u8>, Code> {
    let places = [at("1", "100", "200")];
    let order = Order { pictures, ..desk.order(&places, false) };
    desk.carry_out(bytes, &order).map_err(|error| error.code)
}

fn text(bytes: &[u8], name: &str) -> String {
    let package = Package::open(bytes).unwrap();
    let file = package.find(name).unwrap_or_else(|| panic!("{name} is there"));
    assert_eq!(file.name, name, "spelt as it was");
    String::from_utf8_lossy(&package.read(file).unwrap()).into_owned()
}

fn names(bytes: &[u8]) -> Vec<String> {
    Package::open(bytes).unwrap().files().map(|file| file.name.clone()).collect()
}

#[test]
fn pictures_stand_on_pages_and_are_covered() {
    let desk = desk(Version::V4);
    let pictures =
        [handwritten(PNG, 0, "20.5 30 60 25.125"), handwritten(PNG, 2, "0 0 210 297"), handwritten(JPEG, 0, "1 2 3 4")];
    let made = sealed(&desk, &package(&document(3)), &pictures).unwrap();
    let report = &reports(&made)[0];
    assert_eq!((report.checks.integrity, report.checks.later_changes), (Check::Ok, Check::Ok));
    assert_eq!(report.stamps.len(), 1, "the seal's own place");
    let root = text(&made, "Doc_0/Document.xml");
    assert!(root.contains("<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"), "{root}");
    assert!(root.contains("<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations></ofd:Document>"), "{root}");
    let list = text(&made, "Doc_0/DocumentRes.xml");
    // One resource for one picture, however often it stands there; the highest ID was a page's.
    assert!(list.contains("<ofd:MultiMedia ID=\"31\" Type=\"Image\" Format=\"PNG\"><ofd:MediaFile>Handwriting.png<"));
    assert!(list.contains("Format=\"JPEG\"><ofd:MediaFile>Handwriting.jpg<"), "{list}");
    assert_eq!(list.matches("<ofd:MultiMedia ").count(), 2);
    let first = text(&made, "Doc_0/Annots/Page_0/Annotation.xml");
    assert!(first.contains("<ofd:Appearance Boundary=\"20.5 30 60 25.125\"><ofd:ImageObject "), "{first}");
    assert!(first.contains("CTM=\"60 0 0 25.125 0 0\" ResourceID=\"31\"/>"), "{first}");
    assert_eq!(first.matches("<ofd:Annot ").count(), 2);
    assert!(!names(&made).contains(&"Doc_0/Annots/Page_1/Annotation.xml".into()));
    assert_eq!(text(&made, "Doc_0/Handwriting.png").as_bytes(), String::from_utf8_lossy(PNG).as_bytes());

    // Whatever of it is changed later is noticed, and said by its name.
    let source = Package::open(made.as_slice()).unwrap();
    let entries: Vec<_> = source.files().map(|file| Entry::new(&file.name, source.read(file).unwrap())).collect();
    for name in ["Doc_0/Handwriting.png", "Doc_0/DocumentRes.xml", "Doc_0/Annots/Page_2/Annotation.xml"] {
        let mut changed = entries.clone();
        let entry = changed.iter_mut().find(|entry| entry.name == name.as_bytes()).unwrap();
        let at = entry.content.len() - 2;
        entry.content[at] ^= 1;
        let report = &reports(&package(&changed))[0];
        assert_eq!(report.checks.integrity, Check::Failed(Code::DocumentChanged), "{name}");
        assert_eq!(report.changed, [name]);
    }
    // A further seal finds nothing that it would have to change; a further picture does.
    assert!(sealed(&desk, &made, &[]).is_ok_and(|twice| reports(&twice).len() == 2));
    assert_eq!(sealed(&desk, &made, &pictures[..1]), Err(Code::DocumentLocked));
}

/// A document with resources, annotations and a last ID, written by somebody careless about case and with a prefix of their own.
fn furnished(more: &[Entry]) -> Vec<Entry> {
    let root = r#"<d:Document xmlns:d="http://www.ofdspec.org/2016"><d:CommonData><d:MaxUnitID>56</d:MaxUnitID><d:PageArea><d:PhysicalBox>0 0 210 297</d:PhysicalBox></d:PageArea><d:DocumentRes>docres.xml</d:DocumentRes><d:TemplatePage ID="2" BaseLoc="Tpl/Content.xml"/></d:CommonData><d:Pages><d:Page ID="1" BaseLoc="Pages/Page_1/Content.xml"/><d:Page ID="3" BaseLoc="Pages/Page_2/Content.xml"/></d:Pages><d:Annotations>/Doc_0/Annots/Annotations.xml</d:Annotations><d:Attachments>a.xml</d:Attachments></d:Document>"#;
    let resources = r#"<Res xmlns="http://www.ofdspec.org/2016" BaseLoc="./Res/"><Fonts/><MultiMedias><MultiMedia ID="106" Type="Image" Format="PNG"><MediaFile>qr.png</MediaFile></MultiMedia></MultiMedias><!-- kept --></Res>"#;
    let list = r#"<Annotations xmlns="http://www.ofdspec.org/2016"><Page PageID="1"><FileLoc>Page_0/Annotation.xml</FileLoc></Page></Annotations>"#;
    let own = r#"<PageAnnot xmlns="http://www.ofdspec.org/2016"/>"#;
    let mut entries = document(2);
    entries.retain(|entry| entry.name != b"Doc_0/Document.xml");
    entries.extend([
        Entry::new("Doc_0/Document.xml", root),
        Entry::new("Doc_0/DocRes.xml", resources),
        Entry::new("Doc_0/Annots/Annotations.xml", list),
        Entry::new("Doc_0/Annots/Page_0/Annotation.xml", own),
        Entry::new("Doc_0/Annots/Page_1/Annotation.xml", "somebody's"),
        Entry::new("Doc_0/Res/Handwriting.png", "somebody's"),
    ]);
    entries.extend_from_slice(more);
    entries
}

#[test]
fn what_is_there_is_kept_and_extended() {
    let desk = desk(Version::V4);
    let pictures = [handwritten(PNG, 0, "20 30 60 25"), handwritten(PNG, 1, "20 30 60 25")];
    let original = package(&furnished(&[]));
    let made = sealed(&desk, &original, &pictures).unwrap();
    assert_eq!(reports(&made)[0].checks.integrity, Check::Ok);
    let root = text(&made, "Doc_0/Document.xml");
    assert_eq!(root.replace("<d:MaxUnitID>111</", "<d:MaxUnitID>56</"), text(&original, "Doc_0/Document.xml"));
    let line =
        "<MultiMedia ID=\"107\" Type=\"Image\" Format=\"PNG\"><MediaFile>Handwriting_1.png</MediaFile></MultiMedia>";
    assert_eq!(text(&made, "Doc_0/DocRes.xml").replace(line, ""), text(&original, "Doc_0/DocRes.xml"));
    let list = text(&made, "Doc_0/Annots/Annotations.xml");
    let line = "<Page PageID=\"3\"><FileLoc>Page_1/Annotation_1.xml</FileLoc></Page>";
    assert_eq!(list.replace(line, ""), text(&original, "Doc_0/Annots/Annotations.xml"));
    let own = text(&made, "Doc_0/Annots/Page_0/Annotation.xml");
    assert!(own.starts_with("<PageAnnot xmlns=\"http://www.ofdspec.org/2016\"><Annot ID=\"108\""), "{own}");
    assert!(own.ends_with("</Annot></PageAnnot>"), "{own}");
    assert_eq!(text(&made, "Doc_0/Res/Handwriting.png"), "somebody's");
    let mut all = [names(&original), vec!["Doc_0/Res/Handwriting_1.png".into()]].concat();
    all.push("Doc_0/Annots/Page_1/Annotation_1.xml".into());
    let mut found = names(&made);
    found.retain(|name| !name.contains("Signs/"));
    all.sort();
    found.sort();
    assert_eq!(found, all, "no name twice, none spelt anew");
}

#[test]
fn what_cannot_be_done_is_refused() {
    let desk = desk(Version::V4);
    let plain = package(&document(1));
    let one = |picture| sealed(&desk, &plain, &[picture]).err();
    for boundary in ["-0.001 0 10 10", "200.001 0 10 10", "0 287.5 10 10", "0 0 0 10", "0 0 10 0"] {
        assert_eq!(one(handwritten(PNG, 0, boundary)), Some(Code::PlacementInvalid), "{boundary}");
    }
    assert_eq!(one(handwritten(PNG, 1, "0 0 10 10")), Some(Code::PlacementInvalid));
    assert_eq!(one(handwritten(b"GIF89a", 0, "0 0 10 10")), Some(Code::PictureUnreadable));
    assert_eq!(one(handwritten(b"", 0, "0 0 10 10")), Some(Code::PictureUnreadable));
    // A part that is named and not there, or is no XML of its kind.
    let without: Vec<_> = furnished(&[]).into_iter().filter(|entry| entry.name != b"Doc_0/DocRes.xml").collect();
    let picture = [handwritten(PNG, 0, "0 0 10 10")];
    assert_eq!(sealed(&desk, &package(&without), &picture), Err(Code::DocumentIncomplete));
    let mut wrong = furnished(&[]);
    for entry in &mut wrong {
        if entry.name == b"Doc_0/Annots/Page_0/Annotation.xml" {
            *entry = Entry::new("Doc_0/Annots/Page_0/Annotation.xml", "<Page/>");
        }
    }
    assert_eq!(sealed(&desk, &package(&wrong), &picture), Err(Code::DocumentUnreadable));
    // A seal without pictures takes no part in any of that.
    assert!(sealed(&desk, &package(&without), &[]).is_ok());
}
