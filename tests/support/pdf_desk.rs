//! Somebody with a seal and a key who seals PDF files.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use calock::certificate::Certificate;
use calock::seal::pdf::{Order, Pdf, Style, prepare, verify};
use calock::seal::placement::Placement;
use calock::seal::ses::{NewSeal, assemble_seal};
use calock::seal::{Basis, Picture, Seal, SignatureReport, Version, assemble};
use calock::{Code, Result};

use crate::openssl::{Algorithm, Holder, holder, holder_of};
use crate::pdf::{Pixels, picture};

/// Some minutes after the tests began: what OpenSSL makes is valid from its own now, and a busy machine is slow.
pub static NOW: LazyLock<u64> = LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 600);

pub fn basis() -> Basis<'static> {
    Basis { trust: None, revocations: None, at: None, now: *NOW }
}

pub fn reports(bytes: &[u8]) -> Vec<SignatureReport> {
    verify(&Pdf::open(&bytes).unwrap(), &basis()).unwrap()
}

/// The names of the checks that failed, with their codes.
pub fn failures(report: &SignatureReport) -> Vec<(&'static str, Code)> {
    report.checks.named().into_iter().filter_map(|(name, check)| Some((name, check.code()?))).collect()
}

pub struct Desk {
    pub seal: Seal,
    pub signer: Holder,
    pub certificate: Certificate,
}

pub fn desk(algorithm: Algorithm) -> Desk {
    with_picture(algorithm, Version::V4, &picture(60, Pixels::Rgba), 42, 42)
}

/// A seal with this picture, of this size in millimetres.
pub fn with_picture(algorithm: Algorithm, version: Version, picture: &[u8], width: u32, height: u32) -> Desk {
    let (maker, signer) = (holder("maker"), holder_of("signer", algorithm));
    let signers = [signer.der.clone()];
    let new = NewSeal {
        version,
        vendor: "calock",
        id: "TEST0001",
        kind: 1,
        name: "示例建设有限公司",
        signers: &signers,
        created: *NOW,
        valid_from: *NOW,
        valid_until: *NOW + 86_400 * 365,
        picture_format: "PNG",
        picture,
        width,
        height,
    };
    let unsigned = new.prepare(&Certificate::from_der(&maker.der).unwrap()).unwrap();
    let seal = assemble_seal(&unsigned, &maker.sign(&unsigned.signed_bytes())).unwrap();
    Desk { seal, certificate: Certificate::from_der(&signer.der).unwrap(), signer }
}

pub fn at(pages: &str, x: &str, y: &str) -> Placement {
    Placement::Pages { pages: pages.parse().unwrap(), x: x.parse().unwrap(), y: y.parse().unwrap() }
}

/// A handwritten signature on a page (from 0), `x y width height`.
pub fn handwritten<'a>(data: &'a [u8], page: usize, boundary: &str) -> Picture<'a> {
    Picture { data, page, boundary: boundary.parse().unwrap() }
}

impl Desk {
    pub fn order<'a>(&'a self, placements: &'a [Placement]) -> Order<'a> {
        let style = Style::usual(self.certificate.key());
        Order {
            seal: &self.seal,
            certificate: &self.certificate,
            time: *NOW,
            field: None,
            placements,
            pictures: &[],
            lock: false,
            style,
            picture: None,
        }
    }

    pub fn seal(&self, bytes: &[u8], placements: &[Placement]) -> Result<Vec<u8>> {
        self.carry_out(bytes, &self.order(placements))
    }

    pub fn carry_out(&self, bytes: &[u8], order: &Order<'_>) -> Result<Vec<u8>> {
        let prepared = prepare(&Pdf::open(&bytes)?, order)?;
        let signature = self.signer.sign(&prepared.signed_bytes());
        let mut made = Vec::new();
        assemble(&bytes, &prepared.finish(&signature)?, |piece| {
            made.extend_from_slice(piece);
            Ok(())
        })?;
        assert!(made.starts_with(bytes), "nothing of the original is touched");
        Ok(made)
    }
}
