//! Setting a seal on a file.
//!
//! [`prepare`] decides everything and hashes the original once. Nothing is open when the lock signs but the signature itself, whose
//! room is kept free; so what is signed covers where the seal stands.

use super::appearance::Look;
use super::contents::{Style, Unsigned, hash_of};
use super::field::Target;
use super::file::{Located, Pdf};
use super::form::{Form, Level};
use super::object::{Dict, Object};
use super::page::Page;
use super::seed::Demands;
use super::stamp::Stamps;
use super::update::{Update, digits};
use super::value::{Gaps, Value};
use crate::certificate::Certificate;
use crate::hash::{decimal, hex, sm3};
use crate::prelude::*;
use crate::seal::hasher::Hasher;
use crate::seal::placement::{self, Place, Placement, Size};
use crate::seal::{Picture, Piece, Seal, handwriting};
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
    /// The empty signature field of the form that takes the signature, by its full name. The seal stands in the middle of it, and at the
    /// placements as well.
    pub field: Option<&'a str>,
    /// Where it stands: any number of places, one signature.
    pub placements: &'a [Placement],
    /// Handwritten signatures that are put on pages in the same pass.
    pub pictures: &'a [Picture<'a>],
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
/// `CERT_EXPIRED`, `CERT_NOT_YET`, `CERT_USAGE`, `KEY_UNSUPPORTED` of seal and certificate; `SEAL_UNREADABLE` and
/// `PICTURE_UNREADABLE` of pictures; `FIELD_REFUSED` when the field demands what is not done; `PARAMETER` for names that are none; and
/// what reading the file says.
pub fn prepare(pdf: &Pdf<'_>, order: &Order<'_>) -> Result<Prepared> {
    order.seal.check_dates(order.time)?;
    order.seal.check_signer(order.certificate.der())?;
    order.certificate.check_dates(order.time)?;
    order.certificate.check_usage()?;
    order.style.check()?;
    let kind = hash_of(order.certificate.key());
    let pages = pdf.pages()?;
    let form = pdf.form()?;
    let target = order.field.map(|name| pdf.target(&form, &pages, name)).transpose()?;
    let target = target.as_ref();
    let places = places_of(target, order.placements, order.seal.size(), &pages)?;
    handwriting::check(order.pictures, &sizes(&pages))?;
    let new = form.free_name();
    let name = order.field.unwrap_or(&new);
    let earlier = form.signatures.iter().any(|field| field.value.is_some());
    allowed(pdf, &form, name)?;
    let carriers = usize::from(target.is_none_or(Target::is_visible));
    if earlier && places.len() + order.pictures.len() > carriers {
        allowed(pdf, &form, &new)?;
    }
    let demands = Demands::of(pdf, &target.map(Target::dict).unwrap_or_default(), order)?;
    let certifies = match demands.certifies {
        // A certification is the first signature, and one that locks forbids all.
        Some(level @ 1..) if earlier || level > 3 || order.lock && level > 1 => return Err(Code::FieldRefused.into()),
        Some(level @ 1..) => Some(level),
        None if order.lock && !earlier => Some(1),
        _ => None,
    };
    let locks = if order.lock && certifies.is_none() { Some("/Action/All") } else { demands.locks.as_deref() };

    // What is signed has a fixed length, whatever its digest. It names the field where that is ASCII.
    let property = if name.is_ascii() { name } else { &new };
    let unsigned =
        |digest: &[u8; 32]| Unsigned::new(&demands.style, order.seal, order.certificate, order.time, digest, property);
    let room = unsigned(&[0; 32])?.most()?;

    let mut update = Update::new(pdf)?;
    let signature = update.number()?;
    let stamps = Stamps { order, pages: &pages, target, name: &new, signature, earlier };
    let seals: Vec<_> = places.iter().enumerate().map(|(index, place)| look(place, index, target)).collect();
    let stamped = stamps.write(&mut update, pdf, &seals)?;
    let value = Value { order, style: &demands.style, certifies, locks, stamped: &stamped };
    let gaps = value.write(&mut update, signature, room);
    let fields = update.references(&stamped.fields);
    name_fields(pdf, &mut update, &fields, certifies.map(|_| signature))?;
    let identity = sm3(&[&order.time.to_be_bytes()[..], &update.at().to_be_bytes(), name.as_bytes()].concat());
    update.finish(&core::array::from_fn(|at| identity[at]))?;

    let original = pdf.reader.end;
    let mut bytes = update.bytes;
    let Gaps { range, digits: start } = gaps;
    // From the opening angle bracket to behind the closing one.
    let (from, to) = (start - 1, start + room * 2 + 1);
    let ranges =
        [original + from as u64, original + to as u64, (bytes.len() - to) as u64].map(|number| digits(number, 10));
    bytes.splice(range..range + 32, ranges.join(" ").into_bytes());
    let mut hash = Hasher::new(kind);
    hash.read(pdf.reader.source, 0, original)?;
    hash.update(&bytes[..from]);
    hash.update(&bytes[to..]);
    let digest = hash.finish().try_into().map_err(|_| Code::Internal)?;
    Ok(Prepared { original, update: bytes, unsigned: unsigned(&digest)?, room: (start, room), places })
}

/// The places of a seal of that size: in the middle of an empty field, and by placements. What a preview draws and a signature covers.
///
/// # Errors
/// `PLACEMENT_INVALID` when the seal reaches over an edge, there is no such page or empty field, or no place at all.
pub fn places(pdf: &Pdf<'_>, field: &str, placements: &[Placement], seal: Size) -> Result<Vec<Place>> {
    let pages = pdf.pages()?;
    places_of(Some(&pdf.target(&pdf.form()?, &pages, field)?), placements, seal, &pages)
}

fn places_of(target: Option<&Target>, placements: &[Placement], seal: Size, pages: &[Page]) -> Result<Vec<Place>> {
    let in_field = target.map(|target| target.seal(seal, pages)).transpose()?.flatten();
    let mut places: Vec<_> = in_field.into_iter().collect();
    if places.is_empty() || !placements.is_empty() {
        places.extend(placement::places(placements, seal, &sizes(pages))?);
    }
    Ok(places)
}

fn sizes(pages: &[Page]) -> Vec<Size> {
    pages.iter().map(|page| page.size).collect()
}

/// How a place looks: in a field, the field is around it.
fn look(place: &Place, index: usize, target: Option<&Target>) -> Look {
    let look = Look::from(place);
    match target.filter(|target| index == 0 && target.is_visible()) {
        Some(target) => Look { window: target.place.boundary, ..look },
        None => look,
    }
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

/// Puts the fields into the form, and a certification into the catalog.
fn name_fields(pdf: &Pdf<'_>, update: &mut Update<'_>, fields: &str, certifies: Option<u32>) -> Result<()> {
    let catalog = pdf.catalog()?;
    let root = catalog.object.dict().ok_or(Code::Internal)?;
    let new = ["<</SigFlags 3/Fields[", fields, "]>>"].concat();
    let mut extend = |found: &Located, form: &Dict| {
        if form.get("SigFlags").integer().is_none_or(|flags| flags & 3 != 3) {
            update.set(found, form, "SigFlags", "3");
        }
        // A field that was there is listed.
        if fields.is_empty() { Ok(()) } else { update.extend(found, form, "Fields", fields) }
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
