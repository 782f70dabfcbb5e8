//! Setting a seal on a file.
//!
//! [`prepare`] decides everything and hashes the original once. Nothing is open when the lock signs but the signature itself, whose
//! room is kept free; so what is signed covers where the seal stands.

use super::appearance::appearances;
use super::contents::{Style, Unsigned, hash_of};
use super::file::{Located, Pdf};
use super::form::{Form, Level};
use super::object::{Dict, Object};
use super::update::{Update, digits, numbers};
use crate::certificate::Certificate;
use crate::certificate::time::civil;
use crate::hash::{decimal, hex, sm3};
use crate::prelude::*;
use crate::seal::hasher::Hasher;
use crate::seal::placement::{Place, Placement, Rect, places};
use crate::seal::{Piece, Seal};
use crate::{Code, Error, Result};

use super::damaged;

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
    /// Whether nothing may be changed and no further seal follow.
    pub lock: bool,
    /// How the signature is written.
    pub style: Style<'a>,
    /// The seal's picture as PNG or JPEG, when its own is neither.
    pub picture: Option<&'a [u8]>,
}

/// A sealed file but for the signature.
#[derive(Debug)]
pub struct Prepared {
    original: u64,
    update: Vec<u8>,
    unsigned: Unsigned,
    /// Where in the update the digits of the signature begin, and how many bytes they stand for.
    room: (usize, usize),
    places: Vec<Place>,
}

/// Works out the sealed file. The original is read once, for its digest.
///
/// # Errors
/// `DOCUMENT_LOCKED` when an earlier signature forbids it; `PLACEMENT_INVALID`; `SEAL_MISMATCH`, `SEAL_EXPIRED`, `SEAL_NOT_YET`,
/// `CERT_EXPIRED`, `CERT_NOT_YET`, `CERT_USAGE`, `KEY_UNSUPPORTED` of seal and certificate; `SEAL_UNREADABLE` of the picture;
/// `PARAMETER` for names that are none; and what reading the file says.
pub fn prepare(pdf: &Pdf<'_>, order: &Order<'_>) -> Result<Prepared> {
    order.seal.check_dates(order.time)?;
    order.seal.check_signer(order.certificate.der())?;
    order.certificate.check_dates(order.time)?;
    order.certificate.check_usage()?;
    order.style.check()?;
    let kind = hash_of(order.certificate.key());
    let pages = pdf.pages()?;
    let sizes: Vec<_> = pages.iter().map(|page| page.size).collect();
    let places = places(order.placements, order.seal.size(), &sizes)?;
    let form = pdf.form()?;
    let name = form.free_name();
    allowed(pdf, &form, &name)?;
    let earlier = form.signatures.iter().any(|field| field.value.is_some());

    // What is signed has a fixed length, whatever its digest.
    let unsigned =
        |digest: &[u8; 32]| Unsigned::new(&order.style, order.seal, order.certificate, order.time, digest, &name);
    let room = unsigned(&[0; 32])?.most()?;

    let mut update = Update::new(pdf)?;
    let signature = update.number()?;
    let picture = order.picture.unwrap_or(order.seal.picture_data());
    let appearances = appearances(&mut update, picture, &places, &pages)?;
    let mut stamps = Vec::new();
    for (index, (place, &appearance)) in places.iter().zip(&appearances).enumerate() {
        let page = pages.get(place.page).ok_or(Code::Internal)?;
        let stamp = Stamp { number: update.number()?, page: page.number, index };
        let annotation =
            stamp.text(&update, &name, signature, earlier, order.lock, page.own(shown(place)).0, appearance);
        update.object(stamp.number, &[annotation.as_bytes()]);
        stamps.push(stamp);
    }
    let (patch, room) = write_signature(&mut update, signature, order, earlier, &stamps, room);
    for page in &pages {
        let own = stamps.iter().filter(|stamp| stamp.page == page.number).map(|stamp| stamp.number);
        let list: Vec<_> = own.map(|number| update.reference(number)).collect();
        if !list.is_empty() {
            let found = pdf.load(page.number)?.ok_or(Code::Internal)?;
            let dict = found.object.dict().ok_or(Code::Internal)?;
            update.extend(&found, dict, "Annots", &list.join(" "))?;
        }
    }
    // Further places of a later signature are fields as well.
    let fields = if earlier { stamps.len() } else { 1 };
    let fields: Vec<_> = stamps.iter().take(fields).map(|stamp| update.reference(stamp.number)).collect();
    let certifies = (order.lock && !earlier).then_some(signature);
    name_fields(pdf, &mut update, &fields.join(" "), certifies)?;
    let identity = sm3(&[&order.time.to_be_bytes()[..], &update.at().to_be_bytes(), name.as_bytes()].concat());
    update.finish(&core::array::from_fn(|at| identity[at]))?;

    let original = pdf.reader.end;
    let mut bytes = update.bytes;
    // From the opening angle bracket to behind the closing one.
    let (from, to) = (room.0 - 1, room.0 + room.1 * 2 + 1);
    let ranges =
        [original + from as u64, original + to as u64, (bytes.len() - to) as u64].map(|number| digits(number, 10));
    bytes.splice(patch..patch + 32, ranges.join(" ").into_bytes());
    let mut hash = Hasher::new(kind);
    hash.read(pdf.reader.source, 0, original)?;
    hash.update(&bytes[..from]);
    hash.update(&bytes[to..]);
    let digest = hash.finish().try_into().map_err(|_| Code::Internal)?;
    Ok(Prepared { original, update: bytes, unsigned: unsigned(&digest)?, room, places })
}

impl Prepared {
    /// The exact bytes that are signed.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.unsigned.signed_bytes()
    }

    /// What a lock is given: e = SM3(Z ‖ bytes) for SM2, SHA-256 of the bytes for RSA and P-256.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED` when the certificate's key is no point of the curve.
    pub fn digest(&self) -> Result<[u8; 32]> {
        self.unsigned.digest()
    }

    /// Where the seal will stand: what a preview draws.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Adds the signature (DER, r ‖ s, 128 bytes, or RSA's octets) after verifying it, and hands the file out as pieces: the whole
    /// original, and what is appended.
    ///
    /// # Errors
    /// `SIGN_FAILED` when it is none of the certificate's; `KEY_UNSUPPORTED` where this build cannot verify with such a key, as in a
    /// page with RSA and P-256.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<Piece>> {
        self.filled(signature, false)
    }

    /// The exact form of a signature, for whoever verifies it over [`Self::signed_bytes`] before [`Self::finish_verified`].
    ///
    /// # Errors
    /// `SIGN_FAILED` when it is none.
    pub fn exact(&self, signature: &[u8]) -> Result<Vec<u8>> {
        self.unsigned.exact(signature)
    }

    /// [`Self::finish`] for a page, which has verified an RSA or P-256 signature with WebCrypto.
    ///
    /// # Errors
    /// `SIGN_FAILED` when it is none.
    pub fn finish_verified(self, signature: &[u8]) -> Result<Vec<Piece>> {
        self.filled(signature, true)
    }

    fn filled(mut self, signature: &[u8], verified: bool) -> Result<Vec<Piece>> {
        let contents = self.unsigned.assemble(signature, verified)?;
        let (start, most) = self.room;
        if contents.len() > most {
            return Err(Error::because(Code::Internal, "a signature is longer than the longest"));
        }
        let text = hex(&contents);
        self.update[start..start + text.len()].copy_from_slice(text.as_bytes());
        Ok(vec![Piece::Original(0..self.original), Piece::New(self.update)])
    }
}

/// What of the seal is on the page.
fn shown(place: &Place) -> Rect {
    let Rect { x, y, .. } = place.boundary;
    place.clip.map_or(place.boundary, |clip| Rect { x: x + clip.x, y: y + clip.y, ..clip })
}

impl Form {
    /// A name that no field has.
    fn free_name(&self) -> String {
        let mut number = 1;
        loop {
            let name = ["Seal", &decimal(number)].concat();
            // Further places are named after the first.
            if !self.names.iter().any(|known| known.starts_with(&name)) {
                return name;
            }
            number += 1;
        }
    }
}

/// Whether every earlier signature leaves room for a field of this name.
fn allowed(pdf: &Pdf<'_>, form: &Form, name: &str) -> Result<()> {
    for field in form.signatures.iter().filter(|field| field.value.is_some()) {
        let permission = pdf.permission(field)?;
        if permission.level == Level::Nothing || permission.locks(name) {
            return Err(Error::because(Code::DocumentLocked, "an earlier signature forbids further ones"));
        }
    }
    Ok(())
}

/// One place on a page, as an annotation.
struct Stamp {
    number: u32,
    page: u32,
    /// The first carries the signature.
    index: usize,
}

impl Stamp {
    #[allow(clippy::too_many_arguments)] // an annotation says all of this
    fn text(
        &self,
        update: &Update<'_>,
        name: &str,
        signature: u32,
        earlier: bool,
        lock: bool,
        rect: [f64; 4],
        appearance: u32,
    ) -> String {
        // Printed, and not moved (12.5.3).
        let head = ["<</Type/Annot/F 132/Rect[", &numbers(&rect), "]/P ", &update.reference(self.page)].concat();
        let field = |name: &str| ["/Subtype/Widget/FT/Sig/T(", name, ")"].concat();
        let more = match (self.index, earlier) {
            (0, _) => {
                let lock = if lock && earlier { "/Lock<</Type/SigFieldLock/Action/All/P 1>>" } else { "" };
                [&field(name), "/V ", &update.reference(signature), lock].concat()
            }
            (_, false) => "/Subtype/Stamp".into(),
            (index, true) => field(&[name, "-", &decimal(index + 1)].concat()),
        };
        [&head, &more, "/AP<</N ", &update.reference(appearance), ">>>>"].concat()
    }
}

/// Writes the signature dictionary with its room free. Says where the numbers of the byte range go, and where the room is.
fn write_signature(
    update: &mut Update<'_>,
    number: u32,
    order: &Order<'_>,
    earlier: bool,
    stamps: &[Stamp],
    room: usize,
) -> (usize, (usize, usize)) {
    let stamps: Vec<_> = stamps.iter().map(|stamp| update.reference(stamp.number)).collect();
    let reference = match (order.lock, earlier) {
        (false, _) => "",
        (true, false) => {
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
        }
        (true, true) => {
            "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/Action/All/V/1.2>>>>]"
        }
    };
    // SignedData has no place for a seal; the other form is one.
    let seal = match order.style.contents {
        super::Contents::Ses => String::new(),
        _ => [SEAL_ENTRY, "<", &hex(order.seal.der()), ">"].concat(),
    };
    let style = &order.style;
    let head = [
        "<</Type/Sig/Filter/",
        style.filter,
        "/SubFilter/",
        style.sub_filter,
        "/M(",
        &date(order.time),
        ")",
        reference,
        &seal,
        STAMPS_ENTRY,
        "[",
        &stamps.join(" "),
        "]/ByteRange[0 ",
    ]
    .concat();
    let empty = [b' '; 32];
    let digits = vec![b'0'; room * 2];
    let before = update.bytes.len();
    update.object(number, &[head.as_bytes(), &empty, b"]/Contents<", &digits, b">>>"]);
    // The object's own head stands before it.
    let written = update.bytes.len() - before - b"\nendobj\n".len();
    let contents = before + written - b">>>".len() - digits.len();
    let patch = contents - b"]/Contents<".len() - empty.len();
    (patch, (contents, room))
}

/// Private names (ISO 32000-1, annex E): the seal of a signature that cannot hold it, and the annotations that show it.
pub(super) const SEAL: &str = "XXSeal";
pub(super) const STAMPS: &str = "XXStamps";
const SEAL_ENTRY: &str = "/XXSeal";
const STAMPS_ENTRY: &str = "/XXStamps";

/// `D:20260801120000+08'00'` (7.9.4): China has one time zone.
fn date(time: u64) -> String {
    let mut text = String::from("D:");
    for (number, width) in civil(time.saturating_add(8 * 3600)).into_iter().zip([4, 2, 2, 2, 2, 2]) {
        text += &digits(number, width);
    }
    text + "+08'00'"
}

/// Puts the fields into the form, and a certification into the catalog.
fn name_fields(pdf: &Pdf<'_>, update: &mut Update<'_>, fields: &str, certifies: Option<u32>) -> Result<()> {
    let catalog = pdf.catalog()?;
    let root = catalog.object.dict().ok_or(Code::Internal)?;
    let new = ["<</SigFlags 3/Fields[", fields, "]>>"].concat();
    let mut extend = |found: &Located, form: &Dict| {
        if form.get("SigFlags").integer().is_none_or(|flags| flags & 3 != 3) {
            update.set(found, form, "SigFlags", "3");
        }
        update.extend(found, form, "Fields", fields)
    };
    match root.get("AcroForm") {
        Object::Dict(form) => extend(&catalog, form)?,
        Object::Reference(number) => match pdf.load(*number)? {
            Some(found) if found.object.dict().is_some() => extend(&found, found.object.dict().ok_or(Code::Internal)?)?,
            Some(_) => return Err(damaged("the form is damaged")),
            None => update.set(&catalog, root, "AcroForm", &new),
        },
        _ => update.set(&catalog, root, "AcroForm", &new),
    }
    if let Some(signature) = certifies {
        let value = ["/DocMDP ", &update.reference(signature)].concat();
        match root.get("Perms") {
            Object::Dict(permissions) if permissions.entry("DocMDP").is_none() => {
                update.set(&catalog, permissions, "DocMDP", &update.reference(signature));
            }
            _ => update.set(&catalog, root, "Perms", &["<<", &value, ">>"].concat()),
        }
    }
    Ok(())
}
