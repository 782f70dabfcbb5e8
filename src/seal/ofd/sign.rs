//! Setting a seal on a package.
//!
//! [`prepare`] decides everything: which files are written, what they say, what is signed. Nothing of that is open when the
//! lock signs, so what it signs covers where the seal stands. [`Prepared::finish`] only adds the signature.

use core::ops::Deref;

use super::annotation::annotate;
use super::document::{Body, Page};
use super::package::Package;
use super::signatures::{List, Signature};
use super::write::{NewFile, rewrite};
use super::xml::{HEAD, NAMESPACE};
use super::{path, xml};
use crate::certificate::Certificate;
use crate::hash::sm3;
use crate::prelude::*;
use crate::seal::placement::{Place, Placement, Size, places};
use crate::seal::ses::{ToSign, assemble_signature, generalized};
use crate::seal::{Picture, Piece, Seal, SesSignature, Source, handwriting, sorted};
use crate::{Code, Error, Result, base64};

/// What shall be sealed, and how.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The seal.
    pub seal: &'a Seal,
    /// The certificate of who signs; the seal names it.
    pub certificate: &'a Certificate,
    /// The time of sealing, Unix seconds.
    pub time: u64,
    /// Where it stands: any number of places, one signature.
    pub placements: &'a [Placement],
    /// Handwritten signatures that are put on pages in the same pass. They change what a first signature covers, so only that can have
    /// them.
    pub pictures: &'a [Picture<'a>],
    /// Whether no further seal may follow.
    pub lock: bool,
}

/// A sealed package but for the signature. `P` leads to the package: a reference, or an `Rc` where the lock's answer is awaited.
pub struct Prepared<P> {
    package: P,
    to_sign: ToSign,
    files: Vec<NewFile>,
    value_at: String,
    places: Vec<Place>,
    time: u64,
}

/// Who wrote it: `Provider` of Signature.xml.
const PROVIDER: &str =
    concat!("ProviderName=\"calock\" Version=\"", env!("CARGO_PKG_VERSION"), "\" Company=\"calock\"");
/// SM3 and SM2-with-SM3 by their numbers.
const SM3_OID: &str = "1.2.156.10197.1.401";
const SM2_SM3_OID: &str = "1.2.156.10197.1.501";

/// Works out the sealed package. The original is read once, for its digests.
///
/// # Errors
/// `DOCUMENT_LOCKED` when an earlier signature covers what would have to change; `DOCUMENT_INCOMPLETE`; `PLACEMENT_INVALID`;
/// `PICTURE_UNREADABLE`; `SEAL_MISMATCH`, `SEAL_EXPIRED`, `SEAL_NOT_YET`, `CERT_EXPIRED`, `CERT_NOT_YET`, `CERT_USAGE`,
/// `KEY_UNSUPPORTED` of seal and certificate; and what reading the package says.
pub fn prepare<S: Source, P: Deref<Target = Package<S>>>(package: P, order: &Order<'_>) -> Result<Prepared<P>> {
    order.seal.check_dates(order.time)?;
    order.certificate.check_dates(order.time)?;
    order.certificate.check_usage()?;

    let document = package.document()?;
    let body = document.bodies.first().ok_or(Code::DocumentUnreadable)?;
    let pages = package.pages(body)?;
    let sizes = sizes(&pages)?;
    let places = places(order.placements, order.seal.size(), &sizes)?;
    handwriting::check(order.pictures, &sizes)?;
    let earlier = Earlier::read(&package, &document.bodies, body)?;
    let site = Site::choose(&package, body, &earlier);
    let mut ids = Ids::after(&earlier);

    let mut files = annotate(&package, body, &pages, order.pictures, order.time)?;
    if earlier.list.is_none() {
        files.push(NewFile { name: package.entrance()?.name.clone(), content: name_list(&package, &site.list)? });
    }
    let signature_id = ids.next();
    let stamps: Vec<_> = places.iter().map(|place| stamp(&ids.next(), place, &pages)).collect();
    files.push(NewFile { name: site.list.clone(), content: extend_list(&earlier, &signature_id, &site.xml, &ids) });
    files.push(NewFile { name: site.seal.clone(), content: order.seal.der().to_vec() });
    if files.iter().any(|file| earlier.covered.contains(&file.name.to_ascii_lowercase())) {
        return Err(Error::because(Code::DocumentLocked, "an earlier signature covers what would have to change"));
    }

    let references = references(&package, &files, &site, order.lock)?;
    let says = signature_xml(order, &references, &stamps, &site).into_bytes();
    let property = format!("/{}", site.xml);
    let to_sign = ToSign::new(order.seal, order.certificate, order.time, &sm3(&says), &property)?;
    files.push(NewFile { name: site.xml, content: says });
    Ok(Prepared { package, to_sign, files, value_at: site.value, places, time: order.time })
}

impl<S: Source, P: Deref<Target = Package<S>>> Prepared<P> {
    /// The exact bytes that are signed.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        self.to_sign.signed_bytes()
    }

    /// e = SM3(Z ‖ bytes): what a lock is given.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED` when the certificate's key is no point of the curve.
    pub fn digest(&self) -> Result<[u8; 32]> {
        self.to_sign.digest()
    }

    /// Where the seal will stand: what a preview draws.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Adds the signature (DER, r ‖ s, or 128 bytes) after verifying it, and hands the package out as pieces.
    ///
    /// # Errors
    /// `SIGN_FAILED` when it is none of the certificate's; `DOCUMENT_TOO_LARGE` when the package would be.
    pub fn finish(mut self, signature: &[u8]) -> Result<(SesSignature, Vec<Piece>)> {
        let signature = assemble_signature(&self.to_sign, signature)?;
        self.files.push(NewFile { name: self.value_at, content: signature.der().to_vec() });
        let pieces = rewrite(&self.package, &self.files, self.time)?;
        Ok((signature, pieces))
    }
}

/// Displayed sizes.
///
/// # Errors
/// `DOCUMENT_UNREADABLE` for a page without a size: nothing can be placed where it is not known how large the pages are.
pub fn sizes(pages: &[Page]) -> Result<Vec<Size>> {
    pages
        .iter()
        .map(|page| page.size.ok_or(Error::because(Code::DocumentUnreadable, "a page without a size")))
        .collect()
}

/// What earlier signatures left.
struct Earlier {
    /// Path and text of the list.
    list: Option<(String, String)>,
    /// Every ID that signatures, stamps and the list itself use.
    ids: Vec<String>,
    /// Every part that they cover, ASCII letters in lower case.
    covered: Vec<String>,
}

impl Earlier {
    fn read<S: Source>(package: &Package<S>, bodies: &[Body], body: &Body) -> Result<Self> {
        let mut earlier = Self { list: None, ids: Vec::new(), covered: Vec::new() };
        for one in bodies {
            let Some(at) = &one.signatures else { continue };
            let bytes = package.read(package.part(at)?)?;
            let text = xml::text(&bytes)?;
            let list = List::read(text, at)?;
            for listed in &list.signatures {
                let bytes = package.read(package.part(&listed.path)?)?;
                let says = Signature::read(xml::text(&bytes)?, &listed.path)?;
                package.part(&says.value)?;
                earlier.covered.extend(says.references.iter().map(|one| one.path.to_ascii_lowercase()));
                earlier.ids.push(listed.id.clone());
                earlier.ids.extend(says.stamps.into_iter().map(|stamp| stamp.id));
            }
            earlier.ids.extend(list.highest);
            if one == body {
                earlier.list = Some((at.clone(), text.into()));
            }
        }
        Ok(earlier)
    }
}

/// Where the new files go.
struct Site {
    list: String,
    xml: String,
    value: String,
    seal: String,
}

impl Site {
    fn choose<S: Source>(package: &Package<S>, body: &Body, earlier: &Earlier) -> Self {
        // What is signed names the place in ASCII.
        let home = match path::folder(&body.root) {
            home if home.is_ascii() && !home.is_empty() => format!("{home}/Signs"),
            _ => "Signs".into(),
        };
        let list = match &earlier.list {
            Some((at, _)) => at.clone(),
            None => format!("{home}/Signatures.xml"),
        };
        let free = (0..).map(|number: u32| format!("{home}/Sign_{number}")).find(|folder| !package.has_folder(folder));
        let folder = free.unwrap_or_default();
        let file = |name: &str| format!("{folder}/{name}");
        Self { list, xml: file("Signature.xml"), value: file("SignedValue.dat"), seal: file("Seal.esl") }
    }
}

/// IDs of signatures and stamps, which share one row of numbers (`MaxSignId`).
struct Ids {
    /// `s`, as the standard recommends, or nothing where the file's own IDs are bare numbers.
    prefix: &'static str,
    width: usize,
    last: u64,
}

impl Ids {
    fn after(earlier: &Earlier) -> Self {
        let number = |id: &String| id.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().ok();
        let last = earlier.ids.iter().filter_map(number).max().unwrap_or(0);
        let bare = earlier.ids.first().is_some_and(|id| id.starts_with(|letter: char| letter.is_ascii_digit()));
        if bare { Self { prefix: "", width: 1, last } } else { Self { prefix: "s", width: 3, last } }
    }

    fn next(&mut self) -> String {
        self.last = self.last.saturating_add(1);
        self.last()
    }

    fn last(&self) -> String {
        format!("{}{:0width$}", self.prefix, self.last, width = self.width)
    }
}

/// `OFD.xml` with the name of the list in it, and everything else as it was.
fn name_list<S: Source>(package: &Package<S>, list: &str) -> Result<Vec<u8>> {
    let bytes = package.read(package.entrance()?)?;
    let text = xml::text(&bytes)?;
    let tree = xml::parse(text, "OFD")?;
    let incomplete = Error::because(Code::DocumentUnreadable, "no DocRoot");
    let body = xml::child(tree.root_element(), "DocBody").ok_or(incomplete)?;
    let root = xml::child(body, "DocRoot").ok_or(incomplete)?;
    let prefix = xml::prefix(text, root);
    let element = format!("<{prefix}Signatures>/{}</{prefix}Signatures>", xml::escape(list));
    // An empty element is replaced; otherwise the new one stands behind the last of DocInfo, DocRoot, Versions.
    let (from, to) = match xml::child(body, "Signatures") {
        Some(empty) => (empty.range().start, empty.range().end),
        None => {
            let end = xml::child(body, "Versions").unwrap_or(root).range().end;
            (end, end)
        }
    };
    Ok([&text[..from], &element, &text[to..]].concat().into_bytes())
}

/// The list with one more line, and everything else as it was.
fn extend_list(earlier: &Earlier, id: &str, at: &str, ids: &Ids) -> Vec<u8> {
    let highest = ids.last();
    let line =
        |prefix: &str| format!("<{prefix}Signature ID=\"{id}\" Type=\"Seal\" BaseLoc=\"/{}\"/>", xml::escape(at));
    let grown = earlier.list.as_ref().and_then(|(_, text)| {
        let tree = xml::parse(text, "Signatures").ok()?;
        let root = tree.root_element();
        // An element without content says nothing that is to be kept.
        root.first_child()?;
        let mut grown = xml::grown(text, root, &[], &line(xml::prefix(text, root)));
        // The one that counts is the last, and it stands before the new line.
        if let Some(range) = xml::children(root, "MaxSignId").last().and_then(|node| Some(node.first_child()?.range()))
        {
            grown.replace_range(range, &highest);
        }
        Some(grown)
    });
    let grown = grown.unwrap_or_else(|| {
        format!(
            "{HEAD}<ofd:Signatures xmlns:ofd=\"{NAMESPACE}\"><ofd:MaxSignId>{highest}</ofd:MaxSignId>{}</ofd:Signatures>",
            line("ofd:")
        )
    });
    grown.into_bytes()
}

/// Path and digest of every part that is covered: all but this signature's own two files and, unless it locks, the list.
fn references<S: Source>(
    package: &Package<S>,
    files: &[NewFile],
    site: &Site,
    lock: bool,
) -> Result<Vec<(String, [u8; 32])>> {
    let mut digests = Vec::new();
    let is_new = |name: &str| files.iter().any(|file| file.name.eq_ignore_ascii_case(name));
    for entry in package.files().filter(|entry| !is_new(&entry.name)) {
        digests.push((entry.name.clone(), package.digest(entry)?));
    }
    for file in files.iter().filter(|file| lock || file.name != site.list) {
        digests.push((file.name.clone(), sm3(&file.content)));
    }
    Ok(sorted(digests))
}

fn stamp(id: &str, place: &Place, pages: &[Page]) -> String {
    let page = pages.get(place.page).map(|page| xml::escape(&page.id)).unwrap_or_default();
    let clip = place.clip.map(|clip| format!(" Clip=\"{clip}\"")).unwrap_or_default();
    format!("<ofd:StampAnnot ID=\"{id}\" PageRef=\"{page}\" Boundary=\"{}\"{clip}/>", place.boundary)
}

/// Signature.xml, children in the order of the standard's schema.
fn signature_xml(order: &Order<'_>, references: &[(String, [u8; 32])], stamps: &[String], site: &Site) -> String {
    let covered: String = references
        .iter()
        .map(|(path, digest)| {
            let (path, digest) = (xml::escape(path), base64::encode(digest));
            format!("<ofd:Reference FileRef=\"/{path}\"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>")
        })
        .collect();
    format!(
        "{HEAD}<ofd:Signature xmlns:ofd=\"{NAMESPACE}\"><ofd:SignedInfo><ofd:Provider {PROVIDER}/>\
         <ofd:SignatureMethod>{SM2_SM3_OID}</ofd:SignatureMethod>\
         <ofd:SignatureDateTime>{time}</ofd:SignatureDateTime>\
         <ofd:References CheckMethod=\"{SM3_OID}\">{covered}</ofd:References>{stamps}\
         <ofd:Seal><ofd:BaseLoc>/{seal}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>\
         <ofd:SignedValue>/{value}</ofd:SignedValue></ofd:Signature>",
        time = generalized(order.time),
        stamps = stamps.concat(),
        seal = xml::escape(&site.seal),
        value = xml::escape(&site.value),
    )
}
