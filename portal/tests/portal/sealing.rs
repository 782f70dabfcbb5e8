//! Sealed documents, made as anybody makes them: through the module, with OpenSSL as the lock. And the way that they are sent.

use base64ct::{Base64, Encoding};
use calock::certificate::Certificate;
use calock::hash::{hex, sha256, sm3};
use calock::seal::ofd::{Order, Package, prepare};
use calock::seal::placement::Placement;
use calock::seal::ses::{NewSeal, assemble_seal};
use calock::seal::{Piece, Seal, Version, assemble, pdf};
use serde_json::json;

use crate::house::{House, LOCKS, Session};
use crate::openssl::{Kind, Signer};
use crate::package::{Entry, document, package};
use crate::site::{Answer, signed};

const YEAR: u64 = 365 * 86_400;

/// A seal that this signer may use, valid from now.
fn seal_of(signer: &Signer, maker: &Signer, now: u64) -> Seal {
    let signers = [signer.der()];
    let new = NewSeal {
        version: Version::V4,
        vendor: "calock",
        id: "TEST0001",
        kind: 1,
        name: "示例印章",
        signers: &signers,
        created: now,
        valid_from: now,
        valid_until: now + YEAR / 2,
        picture_format: "PNG",
        picture: b"\x89PNG not really",
        width: 42,
        height: 42,
    };
    let unsigned = new.prepare(&Certificate::from_der(&maker.der()).unwrap()).unwrap();
    assemble_seal(&unsigned, &maker.sign(&unsigned.signed_bytes())).unwrap()
}

/// A document of two pages, sealed on the first.
pub fn sealed(signer: &Signer, maker: &Signer, now: u64) -> Vec<u8> {
    let original = package(&document(2));
    let (seal, certificate) = (seal_of(signer, maker, now), Certificate::from_der(&signer.der()).unwrap());
    let place = Placement::Pages { pages: "1".parse().unwrap(), x: "120".parse().unwrap(), y: "220".parse().unwrap() };
    let order =
        Order { seal: &seal, certificate: &certificate, time: now, placements: &[place], pictures: &[], lock: false };
    let opened = Package::open(original.as_slice()).unwrap();
    let prepared = prepare(&opened, &order).unwrap();
    let signature = signer.sign(prepared.signed_bytes());
    let (_, pieces) = prepared.finish(&signature).unwrap();
    together(&original, &pieces)
}

/// A PDF file with a further seal on its first page, its corner at these millimetres.
pub fn sealed_pdf(original: &[u8], signer: &Signer, maker: &Signer, now: u64, [x, y]: [&str; 2]) -> Vec<u8> {
    let (seal, certificate) = (seal_of(signer, maker, now), Certificate::from_der(&signer.der()).unwrap());
    let place = Placement::Pages { pages: "1".parse().unwrap(), x: x.parse().unwrap(), y: y.parse().unwrap() };
    let order = pdf::Order {
        seal: &seal,
        certificate: &certificate,
        time: now,
        field: None,
        placements: &[place],
        pictures: &[],
        lock: false,
        style: pdf::Style::usual(certificate.key()),
        picture: Some(&Base64::decode_vec(DOT).unwrap()),
    };
    let prepared = pdf::prepare(&pdf::Pdf::open(&original).unwrap(), &order).unwrap();
    let signature = signer.sign(&prepared.signed_bytes());
    let pieces = prepared.finish(&signature).unwrap();
    together(original, &pieces)
}

/// One pixel, PNG.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn together(original: &[u8], pieces: &[Piece]) -> Vec<u8> {
    let mut made = Vec::new();
    let mut add = |bytes: &[u8]| {
        made.extend_from_slice(bytes);
        Ok(())
    };
    assemble(original, pieces, &mut add).unwrap();
    made
}

/// The same package with one byte of a part changed, its checksums right again.
pub fn changed(bytes: &[u8], part: &str) -> Vec<u8> {
    let opened = Package::open(bytes).unwrap();
    let mut found = false;
    let entries: Vec<Entry> = opened
        .files()
        .map(|file| {
            let mut content = opened.read(file).unwrap();
            if file.name == part {
                found = true;
                *content.last_mut().unwrap() ^= 1;
            }
            Entry::new(&file.name, content)
        })
        .collect();
    assert!(found, "{part} is there");
    package(&entries)
}

/// A house in which the unit is logged in with its lock.
pub fn house() -> (House, Session, String) {
    let house = House::of("hunan");
    let (session, account) = unit_in(&house);
    (house, session, account)
}

/// The same in a house that is there.
pub fn unit_in(house: &House) -> (Session, String) {
    let member = house.unit();
    let session = house.log_in(&member);
    house.bound(&session, &member.account, &LOCKS.main);
    let (session, _) = house.by_lock(&LOCKS.main);
    (session, member.account)
}

impl House {
    /// A request of the upload protocol.
    pub fn tus(&self, session: &Session, method: &str, path: &str, more: &[(&str, &str)], body: &[u8]) -> Answer {
        let [_, origin, cookie, csrf] = self.headers(session);
        let mut headers = vec![origin, cookie, csrf, ("tus-resumable", "1.0.0")];
        headers.extend(more);
        self.site.send(method, path, &headers, body)
    }

    /// Announces a file called 标书.ofd: where it is.
    pub fn announce(&self, session: &Session, size: usize) -> Answer {
        let size = size.to_string();
        let headers = [("upload-length", size.as_str()), ("upload-metadata", "filename 5qCH5LmmLm9mZA==")];
        self.tus(session, "POST", "/api/uploads", &headers, b"")
    }

    /// The next bytes of it.
    pub fn piece(&self, session: &Session, place: &str, offset: usize, bytes: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream")];
        self.tus(session, "PATCH", place, &headers, bytes)
    }

    /// Uploads a file: the upload's name.
    pub fn uploaded(&self, session: &Session, bytes: &[u8]) -> String {
        let announced = self.announce(session, bytes.len());
        assert_eq!(announced.status, 201, "{}", announced.text());
        let place = announced.header("location").to_owned();
        let answer = self.piece(session, &place, 0, bytes);
        assert_eq!((answer.status, answer.header("upload-offset")), (204, bytes.len().to_string().as_str()));
        place.strip_prefix("/api/uploads/").unwrap().to_owned()
    }

    /// A statement that a lock posts these bytes.
    pub fn posting(&self, lock: &Signer, account: &str, bytes: &[u8]) -> serde_json::Value {
        let digest = match lock.kind {
            Kind::Sm2 => hex(&sm3(bytes)),
            _ => hex(&sha256(bytes)),
        };
        signed(lock, &self.site.origin, &self.challenge("seal", Some(account), Some(&digest)))
    }

    /// Uploads and posts.
    pub fn send_sealed(&self, session: &Session, account: &str, lock: &Signer, bytes: &[u8]) -> Answer {
        let upload = self.uploaded(session, bytes);
        let body = json!({"upload": upload, "signed": self.posting(lock, account, bytes)});
        self.post(session, "/api/seals", &body)
    }
}
