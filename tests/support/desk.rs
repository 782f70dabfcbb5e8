//! Somebody with a seal and a key, at a time.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use calock::Result;
use calock::certificate::Certificate;
use calock::seal::ofd::{Order, Package, prepare, verify};
use calock::seal::placement::Placement;
use calock::seal::ses::{NewSeal, assemble_seal};
use calock::seal::{Basis, Picture, Piece, Seal, SignatureReport, Version, assemble};

use crate::openssl::{Holder, holder};

/// When the tests began; what OpenSSL makes is valid from its own now.
pub static NOW: LazyLock<u64> = LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 60);

pub fn basis() -> Basis<'static> {
    Basis::dated(*NOW)
}

pub fn reports(bytes: &[u8]) -> Vec<SignatureReport> {
    verify(&Package::open(bytes).unwrap(), &basis()).unwrap()
}

pub struct Desk {
    pub seal: Seal,
    pub signer: Holder,
    pub certificate: Certificate,
}

/// A unit's seal of 42 mm for these signers.
pub fn new_seal(version: Version, signers: &[Vec<u8>]) -> NewSeal<'_> {
    NewSeal {
        version,
        vendor: "calock",
        id: "TEST0001",
        kind: 1,
        name: "示例建设有限公司",
        signers,
        created: *NOW,
        valid_from: *NOW,
        valid_until: *NOW + 86_400 * 365,
        picture_format: "PNG",
        picture: b"\x89PNG not really",
        width: 42,
        height: 42,
    }
}

pub fn desk(version: Version) -> Desk {
    let (maker, signer) = (holder("maker"), holder("signer"));
    let signers = [signer.der.clone()];
    let new = new_seal(version, &signers);
    let unsigned = new.prepare(&Certificate::from_der(&maker.der).unwrap()).unwrap();
    let seal = assemble_seal(&unsigned, &maker.sign(&unsigned.signed_bytes())).unwrap();
    Desk { seal, certificate: Certificate::from_der(&signer.der).unwrap(), signer }
}

pub fn at(pages: &str, x: &str, y: &str) -> Placement {
    Placement::Pages { pages: pages.parse().unwrap(), x: x.parse().unwrap(), y: y.parse().unwrap() }
}

impl Desk {
    pub fn order<'a>(&'a self, placements: &'a [Placement], lock: bool) -> Order<'a> {
        Order { seal: &self.seal, certificate: &self.certificate, time: *NOW, placements, pictures: &[], lock }
    }

    pub fn seal(&self, bytes: &[u8], placements: &[Placement], lock: bool) -> Result<Vec<u8>> {
        self.carry_out(bytes, &self.order(placements, lock))
    }

    pub fn carry_out(&self, bytes: &[u8], order: &Order<'_>) -> Result<Vec<u8>> {
        let package = Package::open(bytes)?;
        let prepared = prepare(&package, order)?;
        let signature = self.signer.sign(prepared.signed_bytes());
        let (_, pieces) = prepared.finish(&signature)?;
        Ok(whole(bytes, &pieces))
    }
}

/// A handwritten signature on a page (from 0), `x y width height`.
pub fn handwritten<'a>(data: &'a [u8], page: usize, boundary: &str) -> Picture<'a> {
    Picture { data, page, boundary: boundary.parse().unwrap() }
}

pub fn whole(original: &[u8], pieces: &[Piece]) -> Vec<u8> {
    let mut made = Vec::new();
    assemble(original, pieces, |bytes| {
        made.extend_from_slice(bytes);
        Ok(())
    })
    .unwrap();
    made
}
