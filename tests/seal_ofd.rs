//! OFD packages: the samples, what is made here, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/cms.rs"]
mod cms;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/package.rs"]
mod package;

use std::path::PathBuf;

use calock::Code;
use calock::certificate::Certificate;
use calock::seal::ofd::{Order, Package, prepare, verify};
use calock::seal::placement::{Across, Edge, Mm, Placement};
use calock::seal::{Basis, Piece, SesSignature, SignatureReport, Version};
use calock::trust::TrustList;
use calock::verdict::Check;
use desk::{NOW, at, basis, desk, reports, whole};
use openssl::{holder, verifies};
use package::{Entry, document, package};

/// The names of the checks that failed, with their codes.
fn failures(report: &SignatureReport) -> Vec<(&'static str, Code)> {
    report.checks.named().into_iter().filter_map(|(name, check)| Some((name, check.code()?))).collect()
}

fn sample(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/ofd").join(name);
    let read = std::fs::read(path).ok();
    if read.is_none() {
        println!("skipped: no ../shared/data");
    }
    read
}

/// Reference seal.md 2.6, and what the files' own dates add to it.
#[test]
fn the_samples_give_the_results_of_the_survey() {
    let nothing: &[(&'static str, Code)] = &[];
    type Failures = &'static [(&'static str, Code)];
    let expected: [(&str, &[Failures]); 8] = [
        ("v4signed.ofd", &[nothing]),
        ("V4RideRight.ofd", &[nothing]),
        // Sealed in 2026 with a test seal and a certificate that ended in 2022.
        ("SESV4SignDoc.ofd", &[&[("dates", Code::CertExpired)]]),
        // The second seal changed the list that the first covers.
        ("h.ofd", &[&[("integrity", Code::DocumentChanged), ("later_changes", Code::DocumentLocked)], nothing]),
        ("hello.ofd", &[]),
        ("helloworld.ofd", &[]),
        ("chineseDir.ofd", &[]),
        ("namespace_no_std.ofd", &[]),
    ];
    for (name, signatures) in expected {
        let Some(bytes) = sample(name) else { return };
        let found = reports(&bytes);
        assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), signatures, "{name}");
        for report in &found {
            assert_eq!(report.checks.signature, Check::Ok, "{name}: the signatures themselves hold");
            assert_eq!((report.checks.chain, report.checks.revocation), (Check::NotChecked, Check::NotChecked));
            assert!(report.stamps.iter().all(|stamp| stamp.page > 0), "{name}: every stamp is on a page");
        }
    }
    let Some(broken) = sample("h.ofd") else { return };
    assert_eq!(reports(&broken)[0].changed, ["Doc_0/Signs/Signatures.xml"]);
}

fn content(bytes: &[u8], name: &str) -> Vec<u8> {
    let package = Package::open(bytes).unwrap();
    package.read(package.find(name).unwrap_or_else(|| panic!("{name} is there"))).unwrap()
}

#[test]
fn sealed_packages_verify_in_each_version() {
    for version in [Version::V1, Version::V4, Version::V5] {
        let desk = desk(version);
        let places = [at("1,3", "120.5", "220"), Placement::Across(Across::new(Edge::Right, Mm::whole(127)))];
        let sealed = desk.seal(&package(&document(3)), &places, false).unwrap();
        let found = reports(&sealed);
        assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[]], "{version:?}");
        let report = &found[0];
        assert_eq!(report.checks.integrity, Check::Ok);
        assert_eq!((report.time.seconds(), report.seal.as_ref().unwrap().version), (Some(*NOW), version));
        let stamps: Vec<_> = report.stamps.iter().map(|stamp| (stamp.page, stamp.boundary.to_string())).collect();
        let boundary = |page, text: &str| (page, String::from(text));
        assert_eq!(
            stamps,
            [
                boundary(1, "120.5 220 42 42"),
                boundary(3, "120.5 220 42 42"),
                boundary(1, "196 127 42 42"),
                boundary(2, "182 127 42 42"),
                boundary(3, "168 127 42 42"),
            ]
        );
        let value = SesSignature::from_der(&content(&sealed, "Doc_0/Signs/Sign_0/SignedValue.dat")).unwrap();
        assert!(verifies(value.certificate(), value.signed_bytes(), value.signature()), "OpenSSL, {version:?}");
        assert!(
            verifies(value.seal.maker(), &value.seal.signed_bytes(), value.seal.signature()),
            "OpenSSL, {version:?}"
        );
        assert_eq!(content(&sealed, "Doc_0/Signs/Sign_0/Seal.esl"), desk.seal.der());
    }
}

#[test]
fn chains_are_checked_against_the_trust_that_is_given() {
    let desk = desk(Version::V4);
    let sealed = desk.seal(&package(&document(1)), &[at("1", "0", "0")], false).unwrap();
    let package = Package::open(sealed.as_slice()).unwrap();
    let chain = |trust: &TrustList| verify(&package, &Basis { trust: Some(trust), ..basis() }).unwrap()[0].checks.chain;
    assert_eq!(chain(&TrustList::default()), Check::Failed(Code::ChainUntrusted));
    let mut trust = TrustList::default();
    trust.add_anchor(desk.certificate.clone());
    assert_eq!(chain(&trust), Check::Failed(Code::ChainUntrusted), "the maker is nobody's");
    trust.add_anchor(Certificate::from_der(desk.seal.maker()).unwrap());
    assert_eq!(chain(&trust), Check::Ok);
}

#[test]
fn dates_are_judged_at_the_time_of_sealing_or_the_one_that_is_asked_for() {
    let desk = desk(Version::V4);
    let sealed = desk.seal(&package(&document(1)), &[at("1", "0", "0")], false).unwrap();
    let package = Package::open(sealed.as_slice()).unwrap();
    let dates = |at, now| verify(&package, &Basis { at, now, ..basis() }).unwrap()[0].checks.dates;
    assert_eq!(dates(None, *NOW + 86_400 * 3650), Check::Ok, "what was valid then stays so");
    assert_eq!(dates(Some(*NOW + 86_400 * 400), *NOW), Check::Failed(Code::SealExpired));
    assert_eq!(dates(Some(*NOW - 20), *NOW), Check::Failed(Code::SealNotYet));
    assert_eq!(dates(None, *NOW - 86_400), Check::Failed(Code::SealNotYet), "nobody seals tomorrow");
}

/// Names, case, order and packed bytes of everything that was there.
#[test]
fn what_was_there_is_copied_through_untouched() {
    let desk = desk(Version::V4);
    for name in ["hello.ofd", "chineseDir.ofd", "namespace_no_std.ofd", "v4signed.ofd"] {
        let Some(original) = sample(name) else { return };
        let package = Package::open(original.as_slice()).unwrap();
        let order = [at("1", "10", "10")];
        let prepared = prepare(&package, &desk.order(&order, false)).unwrap();
        let signature = desk.signer.sign(prepared.signed_bytes());
        let (_, pieces) = prepared.finish(&signature).unwrap();
        let sealed = whole(&original, &pieces);
        let copied: u64 = pieces
            .iter()
            .map(|piece| if let Piece::Original(range) = piece { range.end - range.start } else { 0 })
            .sum();
        assert!(copied * 10 > original.len() as u64 * 3, "{name}: most bytes are the original's");
        let after = Package::open(sealed.as_slice()).unwrap();
        let names: Vec<_> = after.files().map(|file| file.name.clone()).collect();
        for file in package.files() {
            assert!(names.contains(&file.name), "{name}: {} is still there", file.name);
            if !["OFD.xml", "Doc_0/Signs/Signatures.xml"].contains(&file.name.as_str()) {
                assert_eq!(after.read(after.find(&file.name).unwrap()).unwrap(), package.read(file).unwrap());
            }
        }
        assert!(reports(&sealed).last().is_some_and(|report| failures(report).is_empty()), "{name}");
    }
}

#[test]
fn a_vendors_signature_stays_good_when_a_seal_is_added() {
    let Some(original) = sample("v4signed.ofd") else { return };
    let desk = desk(Version::V4);
    let sealed = desk.seal(&original, &[at("1", "10", "10")], false).unwrap();
    let found = reports(&sealed);
    assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[], &[]]);
    // Its IDs are bare numbers, and the new ones follow them.
    assert_eq!(found.iter().map(|report| report.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let list = String::from_utf8(content(&sealed, "Doc_0/Signs/Signatures.xml")).unwrap();
    assert!(list.contains("<ofd:MaxSignId>3</ofd:MaxSignId>"), "{list}");
}

#[test]
fn seals_follow_one_another_until_one_locks() {
    let desk = desk(Version::V4);
    let once = desk.seal(&package(&document(2)), &[at("1", "0", "0")], false).unwrap();
    let twice = desk.seal(&once, &[at("2", "0", "0")], false).unwrap();
    let locked = desk.seal(&twice, &[at("1-2", "100", "100")], true).unwrap();
    assert_eq!(reports(&locked).iter().map(failures).collect::<Vec<_>>(), [&[], &[], &[]]);
    let ids: Vec<_> = reports(&locked).into_iter().map(|report| report.id).collect();
    assert_eq!(ids, ["s001", "s003", "s005"]);
    assert_eq!(desk.seal(&locked, &[at("1", "0", "0")], false).unwrap_err().code, Code::DocumentLocked);
    let Some(vendors) = sample("V4RideRight.ofd") else { return };
    assert_eq!(desk.seal(&vendors, &[at("1", "0", "0")], false).unwrap_err().code, Code::DocumentLocked);
}

#[test]
fn what_is_added_or_changed_afterwards_is_noticed() {
    let desk = desk(Version::V4);
    let sealed = desk.seal(&package(&document(2)), &[at("1", "0", "0")], false).unwrap();
    let entries = |change: &dyn Fn(&mut Vec<Entry>)| {
        let source = Package::open(sealed.as_slice()).unwrap();
        let mut entries: Vec<_> =
            source.files().map(|file| Entry::new(&file.name, source.read(file).unwrap())).collect();
        change(&mut entries);
        reports(&package(&entries)).iter().map(failures).collect::<Vec<_>>()
    };
    let one = |name: &'static str, code| vec![vec![(name, code)]];
    assert_eq!(entries(&|_| {}), [vec![]], "packed anew it is the same document");
    assert_eq!(
        entries(&|all| all.push(Entry::new("Doc_0/Annots/new.xml", "<a/>"))),
        one("later_changes", Code::DocumentChanged)
    );
    let place = |all: &Vec<Entry>, name: &str| all.iter().position(|entry| entry.name == name.as_bytes()).unwrap();
    let rewrite = |all: &mut Vec<Entry>, name: &str, content: Vec<u8>| {
        let at = place(all, name);
        all[at] = Entry::new(name, content);
    };
    // Files are not excused by a line in the list that is no signature.
    let bogus = entries(&|all| {
        let list = String::from_utf8(content(&sealed, "Doc_0/Signs/Signatures.xml")).unwrap();
        let line = "<ofd:Signature ID=\"s999\" Type=\"Sign\" BaseLoc=\"Bogus.xml\"/></ofd:Signatures>";
        rewrite(all, "Doc_0/Signs/Signatures.xml", list.replace("</ofd:Signatures>", line).into_bytes());
        let says = "<Signature><SignedInfo><References CheckMethod=\"SM3\"/></SignedInfo><SignedValue>/Doc_0/evil.xml</SignedValue></Signature>";
        all.push(Entry::new("Doc_0/Signs/Bogus.xml", says));
        all.push(Entry::new("Doc_0/evil.xml", "<a/>"));
    });
    assert_eq!(bogus[0], [("later_changes", Code::DocumentChanged)]);
    assert_eq!(bogus[1][0].0, "integrity");
    assert_eq!(
        entries(&|all| rewrite(all, "Doc_0/Pages/Page_1/Content.xml", b"<Page/>".to_vec())),
        one("integrity", Code::DocumentChanged)
    );
    assert_eq!(
        entries(&|all| drop(all.remove(place(all, "Doc_0/Pages/Page_2/Content.xml")))),
        one("integrity", Code::DocumentIncomplete)
    );
    assert_eq!(
        entries(&|all| rewrite(all, "Doc_0/Signs/Sign_0/Seal.esl", vec![0])),
        one("integrity", Code::DocumentChanged)
    );
    assert_eq!(
        entries(&|all| drop(all.remove(place(all, "Doc_0/Signs/Sign_0/SignedValue.dat")))),
        one("integrity", Code::DocumentIncomplete)
    );
    // What is signed covers where the seal stands.
    let moved = entries(&|all| {
        let name = "Doc_0/Signs/Sign_0/Signature.xml";
        let text = String::from_utf8(all[place(all, name)].content.clone()).unwrap();
        rewrite(all, name, text.replace("\"0 0 42 42\"", "\"9 9 42 42\"").into_bytes());
    });
    assert_eq!(moved, one("integrity", Code::DocumentChanged));
}

/// Variants that vendors were seen to write (reference seal.md 2.1, 2.6).
#[test]
fn other_vendors_ways_are_read() {
    let desk = desk(Version::V4);
    let resealed = |change: &dyn Fn(String) -> String| {
        let sealed = desk.seal(&package(&document(1)), &[at("1", "0", "0")], false).unwrap();
        let source = Package::open(sealed.as_slice()).unwrap();
        let says = "Doc_0/Signs/Sign_0/Signature.xml";
        let text = change(String::from_utf8(content(&sealed, says)).unwrap());
        // Signed anew over the changed Signature.xml, raw as one vendor does.
        let hash = calock::hash::sm3(text.as_bytes());
        let to_sign =
            calock::seal::ses::ToSign::new(&desk.seal, &desk.certificate, *NOW, &hash, &format!("/{says}")).unwrap();
        let der = desk.signer.sign(to_sign.signed_bytes());
        let made = calock::seal::ses::assemble_signature(&to_sign, &der).unwrap();
        let raw = calock::signature::raw(&der).unwrap();
        let bits = [&[3, u8::try_from(der.len() + 1).unwrap(), 0], &der[..]].concat();
        let value = with_raw(made.der(), &bits, &[&[3, 65, 0], &raw[..]].concat());
        let entries: Vec<_> = source
            .files()
            .map(|file| match file.name.as_str() {
                name if name == says => Entry::new(name, &text),
                name if name.ends_with("SignedValue.dat") => Entry::new(name, &value),
                name => Entry::new(name, source.read(file).unwrap()),
            })
            .collect();
        reports(&package(&entries)).iter().map(failures).collect::<Vec<_>>()
    };
    assert_eq!(resealed(&|text| text), [vec![]], "a raw signature of 64 bytes");
    assert_eq!(resealed(&|text| text.replace("1.2.156.10197.1.401", "sm3")), [vec![]]);
    assert_eq!(resealed(&|text| text.replace("1.2.156.10197.1.401", "1.2.156.10197.1.401.2")), [vec![]]);
    let relative =
        |text: String| text.replace("\"/Doc_0/Pages/", "\"../../Pages/").replace(">/Doc_0/Signs/Sign_0/", ">");
    assert_eq!(resealed(&relative), [vec![]]);
    let without_seal = |text: String| {
        let (before, rest) = text.split_once("<ofd:Seal>").unwrap();
        [before, rest.split_once("</ofd:Seal>").unwrap().1].concat()
    };
    assert_eq!(resealed(&without_seal), [vec![]]);
    assert_eq!(resealed(&|text| text.replace("ofd:", "a:").replace("xmlns:ofd", "xmlns:a")), [vec![]]);
    // No method is MD5, and MD5 proves nothing.
    let weak = vec![vec![("integrity", Code::DigestUnsupported)]];
    assert_eq!(resealed(&|text| text.replace(" CheckMethod=\"1.2.156.10197.1.401\"", "")), weak);
    assert_eq!(resealed(&|text| text.replace("1.2.156.10197.1.401", "SHA1")), weak);
}

/// Signatures without a seal (GB/T 35275), in the forms that vendors write (reference seal.md 4.1).
#[test]
fn signatures_without_a_seal_are_verified() {
    let signer = holder("signer");
    let judged = |make: &dyn Fn(&[u8]) -> Vec<u8>| {
        let mut entries = document(1);
        let reference = |name: &str, content: &[u8]| {
            let digest = calock::base64::encode(&calock::hash::sm3(content));
            let name = name.replace('&', "&amp;").replace('<', "&lt;");
            format!("<Reference FileRef=\"/{name}\"><CheckValue>{digest}</CheckValue></Reference>")
        };
        let ofd = String::from_utf8(entries[0].content.clone()).unwrap();
        let ofd = ofd.replace("</ofd:DocRoot>", "</ofd:DocRoot><ofd:Signatures>S/List.xml</ofd:Signatures>");
        entries[0] = Entry::new("OFD.xml", ofd);
        let covered: String = entries
            .iter()
            .filter(|entry| !entry.name.ends_with(b"/"))
            .map(|entry| reference(std::str::from_utf8(&entry.name).unwrap(), &entry.content))
            .collect();
        let says = format!(
            "<Signature><SignedInfo><References CheckMethod=\"SM3\">{covered}</References></SignedInfo><SignedValue>V</SignedValue></Signature>"
        );
        entries.push(Entry::new(
            "S/List.xml",
            "<Signatures><Signature ID=\"1\" Type=\"Sign\" BaseLoc=\"A.xml\"/></Signatures>",
        ));
        entries.push(Entry::new("S/V", make(says.as_bytes())));
        entries.push(Entry::new("S/A.xml", says));
        let report = reports(&package(&entries)).remove(0);
        (report.checks.integrity, failures(&report))
    };
    let digest = |message: &[u8]| calock::hash::sm3(message);
    let good = (Check::Ok, vec![]);
    let attributes = |message: &[u8]| cms::attributes(&digest(message), *NOW);
    let over_attributes = |message: &[u8]| cms::signed_data(&signer.der, None, Some(&attributes(message)), &signer);
    assert_eq!(judged(&over_attributes), good);
    assert_eq!(judged(&|message| cms::signed_data(&signer.der, None, None, &cms::Over(&signer, message))), good);
    let over_digest = |message: &[u8]| {
        let digest = digest(message);
        cms::signed_data(&signer.der, Some(&digest), None, &cms::Raw(&signer, &digest))
    };
    assert_eq!(judged(&over_digest), good, "64 bytes over the digest in place of the content");

    let wrong = |code| (Check::Failed(code), vec![("integrity", code), ("signature", code)]);
    assert_eq!(judged(&|_| over_attributes(b"another document")), wrong(Code::DocumentChanged));
    assert_eq!(judged(&|_| over_digest(b"another document")), wrong(Code::DocumentChanged));
    let stranger = holder("stranger");
    let foreign = |message: &[u8]| cms::signed_data(&signer.der, None, Some(&attributes(message)), &stranger);
    assert_eq!(judged(&foreign), wrong(Code::SignatureInvalid));
    assert_eq!(
        judged(&|_| b"rubbish".to_vec()),
        (Check::Failed(Code::SealUnreadable), vec![("integrity", Code::SealUnreadable)])
    );
    // Nobody can say whose a bare signature is: that is not good, and not wrong either.
    assert_eq!(judged(&|message| signer.sign(message)), (Check::NotChecked, vec![]));
}

/// A V4 signature with its last field, the BIT STRING, in another form.
fn with_raw(der: &[u8], bits: &[u8], raw: &[u8]) -> Vec<u8> {
    let body = der[4..].strip_suffix(bits).unwrap();
    let content = [body, raw].concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[0x30, 0x82], &length[..], &content].concat()
}

#[test]
fn every_refusal_has_its_code() {
    let desk = desk(Version::V4);
    let places = [at("1", "0", "0")];
    let refused =
        |entries: &[Entry]| desk.seal(&package(entries), &places, false).map(drop).map_err(|error| error.code);
    assert_eq!(refused(&document(1)), Ok(()));
    let with = |more: Entry| [document(1), vec![more]].concat();
    for name in ["../evil.xml", "/abs.xml", "Doc_0//a", "Doc_0/./a", "Doc_0\\a", "C:a", ""] {
        assert_eq!(refused(&with(Entry::new(name, "x"))), Err(Code::DocumentNames), "{name:?}");
    }
    for name in ["OFD.xml", "ofd.XML", "Doc_0/DOCUMENT.xml"] {
        assert_eq!(refused(&with(Entry::new(name, "x"))), Err(Code::DocumentNames), "{name} twice");
    }
    let two_names = Entry { local_name: b"Doc_0/b.xml".to_vec(), ..Entry::new("Doc_0/a.xml", "x") };
    assert_eq!(refused(&with(two_names)), Err(Code::DocumentNames));
    assert_eq!(refused(&with(Entry { flags: 1, ..Entry::new("a", "x") })), Err(Code::DocumentEncrypted));
    assert_eq!(refused(&with(Entry::new("Encryptions.xml", "<a/>"))), Err(Code::DocumentEncrypted));
    let bomb = Entry { method: 8, size: 1 << 30, ..Entry::new("a", vec![0; 2000]) };
    assert_eq!(refused(&with(bomb)), Err(Code::DocumentTooLarge));
    // Says less than it holds: refused while unpacking.
    let liar = Entry { size: 1, ..Entry::new("a", "more than one byte") };
    assert_eq!(refused(&with(liar)), Err(Code::DocumentUnreadable));
    assert_eq!(refused(&with(Entry { method: 12, ..Entry::new("a", "x") })), Err(Code::DocumentUnreadable));
    let overlapping = Entry { place: Some(0), local_name: b"OFD.xml".to_vec(), ..Entry::new("OFD2.xml", "x") };
    assert!(refused(&with(overlapping)).is_err());
    let without =
        |name: &str| document(1).into_iter().filter(|entry| entry.name != name.as_bytes()).collect::<Vec<_>>();
    assert_eq!(refused(&without("OFD.xml")), Err(Code::DocumentUnreadable));
    assert_eq!(refused(&without("Doc_0/Document.xml")), Err(Code::DocumentIncomplete));
    assert_eq!(refused(&without("Doc_0/Pages/Page_1/Content.xml")), Err(Code::DocumentIncomplete));
    let entity = "<!DOCTYPE OFD [<!ENTITY a \"aaaa\">]><OFD>&a;</OFD>";
    assert_eq!(
        refused(&[vec![Entry::new("OFD.xml", entity)], document(1)[1..].to_vec()].concat()),
        Err(Code::DocumentUnreadable)
    );
    assert_eq!(Package::open(&b"no package"[..]).map(drop).unwrap_err().code, Code::DocumentUnreadable);

    let sealed =
        |x: &str| desk.seal(&package(&document(1)), &[at("1", x, "0")], false).map(drop).map_err(|error| error.code);
    assert_eq!((sealed("168"), sealed("168.1")), (Ok(()), Err(Code::PlacementInvalid)));
    let mut order = desk.order(&places, false);
    let bytes = package(&document(1));
    let source = Package::open(bytes.as_slice()).unwrap();
    order.time = *NOW + 86_400 * 400;
    assert_eq!(prepare(&source, &order).map(drop).unwrap_err().code, Code::SealExpired);
    let stranger = Certificate::from_der(&holder("stranger").der).unwrap();
    let order = Order { certificate: &stranger, ..desk.order(&places, false) };
    assert_eq!(prepare(&source, &order).map(drop).unwrap_err().code, Code::SealMismatch);
    let prepared = prepare(&source, &desk.order(&places, false)).unwrap();
    assert_eq!(prepared.finish(&[0; 64]).unwrap_err().code, Code::SignFailed, "nothing comes out unsigned");
}

/// Every byte of a small sealed package, flipped one at a time: nothing that matters changes without being noticed.
#[test]
fn no_changed_byte_goes_unnoticed() {
    let desk = desk(Version::V4);
    let sealed = desk.seal(&package(&document(1)), &[at("1", "0", "0")], true).unwrap();
    let good = reports(&sealed);
    let mut noticed = 0;
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 0x20;
        let Ok(package) = Package::open(changed.as_slice()) else {
            noticed += 1;
            continue;
        };
        match verify(&package, &basis()) {
            Err(_) => noticed += 1,
            Ok(found) if found != good => noticed += 1,
            // Times, attributes and versions in ZIP headers are nobody's: the same files come out.
            Ok(_) => {
                let source = Package::open(sealed.as_slice()).unwrap();
                for file in source.files() {
                    let other = package.find(&file.name).map(|file| package.read(file).unwrap());
                    assert_eq!(
                        other,
                        Some(source.read(file).unwrap()),
                        "byte {place}: {} differs unnoticed",
                        file.name
                    );
                }
            }
        }
    }
    assert!(noticed * 10 > sealed.len() * 8, "{noticed} of {} bytes", sealed.len());
}
