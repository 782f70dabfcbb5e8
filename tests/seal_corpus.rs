//! The committed PDF files of `tests/pdf_corpus`: what each of them comes to is said in a table. What can be sealed is sealed with
//! SM2, then with RSA and with P-256 by others, verified here and judged by qpdf, pdfsig, MuPDF and pyHanko; earlier signatures stay
//! valid, nothing else on the page changes, and one changed byte is noticed. Programs that are not installed are said to be skipped.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/judges.rs"]
mod judges;
#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/pdf_desk.rs"]
mod pdf_desk;
#[path = "seal_corpus/table.rs"]
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use calock::Result;
use calock::seal::pdf::{Pdf, prepare, verify};
use calock::seal::placement::{Across, Edge, Mm, Placement, Rect, Size};
use calock::seal::{Piece, SignatureReport, Source, Version};
use judges::raster::Raster;
use judges::{hanko, run, text};
use openssl::{Algorithm, Folder};
use pdf::{Pixels, picture};
use pdf_desk::{Desk, basis, failures, reports, with_picture};
use serde_json::Value;
use table::{BEYOND_HANKO, FILES, Fate};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdf_corpus")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.pdf"))).unwrap()
}

/// Three signers whose seals are a centimetre wide.
static DESKS: LazyLock<[Desk; 3]> = LazyLock::new(|| {
    [Algorithm::Sm2, Algorithm::Rsa, Algorithm::P256]
        .map(|algorithm| with_picture(algorithm, Version::V4, &picture(30, Pixels::Rgba), 10, 10))
});
const SEAL: Mm = Mm::whole(10);

/// The work of all files, done by as many threads as there are processors.
fn each(work: impl Fn(&'static str, Fate) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(&(name, fate)) = FILES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(name, fate);
                }
            });
        }
    });
}

#[test]
fn the_table_names_every_file() {
    let named: BTreeSet<_> = FILES.iter().map(|(name, _)| format!("{name}.pdf")).collect();
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<_> = files.filter(|name| name.ends_with(".pdf")).collect();
    assert_eq!(named, there);
}

#[test]
fn what_must_be_refused_is_refused_with_its_code() {
    let mut complaints = Vec::new();
    for &(name, fate) in FILES {
        let sealed = DESKS[0].seal(&file(name), &[one(Mm::ZERO, Mm::ZERO)]);
        let expected = if let Fate::Refused(code) = fate { Some(code) } else { None };
        let found = sealed.err().map(|error| error.code);
        if found != expected {
            complaints.push(format!("{name}: {found:?} and not {expected:?}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn one(x: Mm, y: Mm) -> Placement {
    Placement::Pages { pages: "1".parse().unwrap(), x, y }
}

/// In three corners of the first page, and across the pages where there are some, and large enough.
fn placements(pages: &[Size]) -> [Vec<Placement>; 3] {
    let Size { width, height } = pages[0];
    let mut last = vec![one(Mm::ZERO, height - SEAL)];
    if (2..=10).contains(&pages.len()) && pages.iter().all(|page| page.height >= SEAL && page.width >= SEAL) {
        last.push(Placement::Across(Across::new(Edge::Right, Mm::ZERO)));
    }
    [vec![one(Mm::ZERO, Mm::ZERO)], vec![one(width - SEAL, height - SEAL)], last]
}

/// A sealed file: as it was, as it is, and what of the first page seals cover, as parts of its width and height.
struct Done {
    before: Vec<u8>,
    after: Vec<u8>,
    covered: Vec<[f64; 4]>,
}

fn seal_thrice(name: &str) -> Done {
    let before = file(name);
    let pages = Pdf::open(&before).unwrap().pages().unwrap();
    let sizes: Vec<_> = pages.iter().map(|page| page.size).collect();
    let mut after = before.clone();
    let mut covered = Vec::new();
    for (desk, placements) in DESKS.iter().zip(placements(&sizes)) {
        let prepared = prepare(&Pdf::open(&after).unwrap(), &desk.order(&placements)).unwrap();
        let part = |mm: Mm, of: Mm| mm.as_micrometres() as f64 / of.as_micrometres() as f64;
        let Size { width, height } = sizes[0];
        covered.extend(prepared.places().iter().filter(|place| place.page == 0).map(|place| {
            let Rect { x, y, width: wide, height: high } = place.boundary;
            [part(x, width), part(y, height), part(x + wide, width), part(y + high, height)]
        }));
        // The helper holds that nothing of the original is touched.
        after = desk.seal(&after, &placements).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    Done { before, after, covered }
}

#[test]
fn what_can_be_sealed_is_sealed_by_three_and_every_judge_takes_it() {
    let scratch = Folder::new();
    let sealed = Mutex::new(Vec::new());
    let complaints = Mutex::new(Vec::new());
    each(|name, fate| {
        let earlier = match fate {
            Fate::Sealed => 0,
            Fate::Certified => 1,
            Fate::Stamped => 2,
            Fate::Signed(count) => count,
            Fate::Refused(_) => return,
        };
        let done = seal_thrice(name);
        let path = scratch.write(&format!("{name}.pdf"), &done.after);
        let found = [
            verified(&done.after, earlier),
            judged(&scratch, name, &path, earlier - usize::from(fate == Fate::Stamped)),
            drawn(&scratch, name, &path, &done),
            changed(&done),
        ];
        complaints.lock().unwrap().extend(found.concat().into_iter().map(|complaint| format!("{name}: {complaint}")));
        sealed.lock().unwrap().push((path, name, fate, earlier));
    });
    let mut complaints = complaints.into_inner().unwrap();
    complaints.extend(hanko_takes(sealed.into_inner().unwrap()));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Our own verifier: everything holds that was looked at.
fn verified(file: &[u8], earlier: usize) -> Vec<String> {
    let found = reports(file);
    let mut complaints: Vec<_> = found
        .iter()
        .filter(|report| !failures(report).is_empty())
        .map(|one| format!("{}: {:?}", one.id, failures(one)))
        .collect();
    if found.len() != earlier + 3 {
        complaints.push(format!("{} signatures instead of {}", found.len(), earlier + 3));
    }
    complaints
}

/// qpdf has nothing against the file that it had not before; pdfsig and MuPDF take every signature that is none of SM2.
fn judged(scratch: &Folder, name: &str, path: &str, earlier: usize) -> Vec<String> {
    let mut complaints = Vec::new();
    let original = scratch.write(&format!("{name} original.pdf"), &file(name));
    let before = run("qpdf", &["--check", &original]);
    if let (Some(before), Some(after)) = (before, run("qpdf", &["--check", path]))
        && after.status.code() > before.status.code()
    {
        complaints.push(text(&after));
    }
    if let Some(output) = run("pdfsig", &["-nocert", path]) {
        let said = text(&output);
        if said.matches("Signature is Valid.").count() != earlier + 2 {
            complaints.push(said);
        }
    }
    if let Some(output) = run("mutool", &["sign", "-v", path]) {
        let said = text(&output);
        if said.matches("unchanged since signing").count() + said.matches("signature is valid but").count()
            != earlier + 2
        {
            complaints.push(said);
        }
    }
    complaints
}

/// What is drawn of the first page is the same but where the seals stand.
fn drawn(scratch: &Folder, name: &str, path: &str, done: &Done) -> Vec<String> {
    let picture = |path: &str, out: &str| {
        let out = scratch.path(out);
        let arguments = ["-cropbox", "-scale-to", "300", "-f", "1", "-l", "1", "-singlefile", path, &out];
        let output = run("pdftoppm", &arguments)?;
        assert!(output.status.success(), "{name}: {}", text(&output));
        Some(std::fs::read(format!("{out}.ppm")).unwrap())
    };
    let original = scratch.write(&format!("{name} before.pdf"), &done.before);
    let names = [format!("{name} before"), format!("{name} after")];
    let (Some(before), Some(after)) = (picture(&original, &names[0]), picture(path, &names[1])) else {
        return Vec::new();
    };
    let (before, after) = (Raster::read(&before), Raster::read(&after));
    let outside = |x: usize, y: usize| {
        let near = |at: usize, of: usize, from: f64, to: f64| {
            let (at, of) = (at as f64, of as f64);
            at >= from * of - 2.0 && at <= to * of + 2.0
        };
        !done
            .covered
            .iter()
            .any(|[left, top, right, low]| near(x, before.width, *left, *right) && near(y, before.height, *top, *low))
    };
    let differ = before.pixels().zip(after.pixels()).filter(|((x, y, old), (_, _, new))| outside(*x, *y) && old != new);
    match (differ.count(), (before.width, before.height) == (after.width, after.height)) {
        (0, true) => Vec::new(),
        (count, _) => vec![format!("{count} pixels of the page changed")],
    }
}

/// A changed byte in the original, in the first update, in the signatures' own text or value: some check fails, or nothing can be read.
fn changed(done: &Done) -> Vec<String> {
    let Done { before, after, .. } = done;
    let last = |word: &[u8]| after.windows(word.len()).rposition(|bytes| bytes == word).unwrap() + word.len();
    let places =
        [before.len() / 2, before.len() + 200, last(b"/ByteRange[0 "), last(b"/Contents<") + 300, after.len() - 9];
    let mut complaints = Vec::new();
    for place in places {
        let mut bad = after.clone();
        bad[place] ^= 1;
        let found = Pdf::open(&bad).and_then(|pdf| verify(&pdf, &basis()));
        let noticed = |found: &[SignatureReport]| found.iter().any(|report| !failures(report).is_empty());
        if found.is_ok_and(|found| !noticed(&found)) {
            complaints.push(format!("byte {place} of {} is changed and nobody notices", after.len()));
        }
    }
    complaints
}

/// pyHanko, once for all files: RSA and P-256 hold, and what came later are further signatures.
fn hanko_takes(sealed: Vec<(String, &str, Fate, usize)>) -> Vec<String> {
    let paths: Vec<_> = sealed.iter().map(|one| one.0.clone()).collect();
    let Some(judged) = hanko(&paths) else { return Vec::new() };
    assert_eq!(judged.len(), sealed.len());
    let mut complaints = Vec::new();
    for ((_, name, fate, earlier), found) in sealed.into_iter().zip(judged) {
        let good = |(place, one): (usize, &Value)| {
            if place == earlier {
                // The one of SM2.
                one["unknown"].is_string()
            } else {
                one["valid"] == true && (one["good"] == true || (fate == Fate::Certified && place == 0))
            }
        };
        let taken = found.len() == earlier + 3 && found.iter().enumerate().all(good);
        if taken == BEYOND_HANKO.iter().any(|(beyond, _)| *beyond == name) {
            complaints.push(format!("{name}: pyHanko says {found:?}"));
        }
    }
    complaints
}

/// A file of some gigabytes that is nowhere: a header, blanks, and at the end the objects.
struct Huge {
    length: u64,
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Source for Huge {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, at: u64, into: &mut [u8]) -> Result<()> {
        into.fill(0);
        for (start, piece) in &self.pieces {
            let (from, to) = ((*start).max(at), (start + piece.len() as u64).min(at + into.len() as u64));
            if from < to {
                let range = |base: u64| usize::try_from(from - base).unwrap()..usize::try_from(to - base).unwrap();
                into[range(at)].copy_from_slice(&piece[range(*start)]);
            }
        }
        Ok(())
    }
}

impl Huge {
    /// The file moved back, every place in its table with it.
    fn of(file: &[u8], back: u64) -> Self {
        let mut moved = file.to_vec();
        for at in 0..file.len() - 18 {
            if &file[at + 10..at + 18] == b" 00000 n" {
                let place: u64 = std::str::from_utf8(&file[at..at + 10]).unwrap().parse().unwrap();
                moved[at..at + 10].copy_from_slice(format!("{:010}", place + back).as_bytes());
            }
        }
        let start = moved.windows(9).rposition(|word| word == b"startxref").unwrap();
        moved.truncate(start);
        moved.extend(format!("startxref\n{}\n%%EOF\n", back + pdf::start_of(file) as u64).into_bytes());
        Self { length: back + moved.len() as u64, pieces: vec![(0, b"%PDF-1.7\n".to_vec()), (back, moved)] }
    }
}

/// Places behind four gigabytes fit no 32 bits: neither those that are read nor those that are written and signed.
#[test]
fn places_behind_four_gigabytes_are_what_they_are() {
    let original = Huge::of(&pdf::objects(&[pdf::A4]).table(""), 1 << 32);
    let pdf = Pdf::open(&original).unwrap();
    let placements = [one(Mm::ZERO, Mm::ZERO)];
    let desk = &DESKS[1];
    let prepared = prepare(&pdf, &desk.order(&placements)).unwrap();
    let signature = desk.signer.sign(&prepared.signed_bytes());
    let pieces = prepared.finish(&signature).unwrap();
    let [Piece::Original(range), Piece::New(update)] = pieces.as_slice() else { panic!("{pieces:?}") };
    assert_eq!(*range, 0..original.length);
    let mut sealed = Huge { length: original.length + update.len() as u64, pieces: original.pieces.clone() };
    sealed.pieces.push((original.length, update.clone()));
    let found = verify(&Pdf::open(&sealed).unwrap(), &basis()).unwrap();
    assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[]]);
    assert_eq!(found[0].stamps.len(), 1);
}
