//! Test-only keys and certificates, DER written by hand. Every key is derived from a label (or lies beside the vectors)
//! and every signature is deterministic, so the same source makes the same bytes.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]

use base64ct::{Base64, Encoding};
use calock::hash::{sha256, sm3};
use calock::signature::{SM2_ID, sm2_der};
use rsa::pkcs8::DecodePrivateKey;
use sm2::dsa::signature::Signer;

pub(crate) const CN: &str = "2.5.4.3";
pub(crate) const C: &str = "2.5.4.6";
pub(crate) const O: &str = "2.5.4.10";
pub(crate) const OU: &str = "2.5.4.11";
pub(crate) const UTF8: u8 = 0x0C;
pub(crate) const PRINTABLE: u8 = 0x13;

/// 2026-01-01 and 2027-01-01, Unix seconds.
pub(crate) const FROM: u64 = 1_767_225_600;
pub(crate) const TO: u64 = 1_798_761_600;

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=127 => out.push(short as u8),
        middle @ 128..=255 => out.extend([0x81, middle as u8]),
        long => out.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    out.extend(content);
    out
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let groups = (0..10).rev().find(|&group| arc >> (7 * group) != 0).unwrap_or(0);
        for group in (0..=groups).rev() {
            content.push((arc >> (7 * group) & 0x7F) as u8 | if group == 0 { 0 } else { 0x80 });
        }
    }
    tlv(0x06, &[&content])
}

/// One relative name of one attribute.
pub(crate) fn rdn(id: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x31, &[&tlv(0x30, &[&oid(id), &tlv(tag, &[value])])])
}

pub(crate) fn name(parts: &[(&str, &str)]) -> Vec<u8> {
    let sets: Vec<Vec<u8>> = parts.iter().map(|(id, value)| rdn(id, UTF8, value.as_bytes())).collect();
    tlv(0x30, &sets.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A key that signs, with its certificate forms.
pub(crate) enum Key {
    Sm2(sm2::SecretKey),
    P256(p256::SecretKey),
    Rsa(Box<rsa::RsaPrivateKey>),
}

impl Key {
    pub(crate) fn sm2(label: &str) -> Self {
        Self::Sm2(sm2::SecretKey::from_slice(&sm3(label.as_bytes())).unwrap())
    }

    pub(crate) fn p256(label: &str) -> Self {
        Self::P256(p256::SecretKey::from_slice(&sha256(label.as_bytes())).unwrap())
    }

    pub(crate) fn rsa() -> Self {
        let text: String = include_str!("../vectors/rsa-test-key.b64").split_whitespace().collect();
        let der = Base64::decode_vec(&text).unwrap();
        Self::Rsa(Box::new(rsa::RsaPrivateKey::from_pkcs8_der(&der).unwrap()))
    }

    pub(crate) fn spki(&self) -> Vec<u8> {
        let ec = |curve, point: &[u8]| {
            let algorithm = tlv(0x30, &[&oid("1.2.840.10045.2.1"), &oid(curve)]);
            tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0], point])])
        };
        match self {
            Self::Sm2(key) => ec("1.2.156.10197.1.301", &key.public_key().to_sec1_bytes()),
            Self::P256(key) => ec("1.2.840.10045.3.1.7", &key.public_key().to_sec1_bytes()),
            Self::Rsa(key) => {
                use rsa::pkcs8::EncodePublicKey;
                key.to_public_key().to_public_key_der().unwrap().into_vec()
            }
        }
    }

    /// 04 ‖ X ‖ Y of an SM2 key.
    pub(crate) fn point(&self) -> Vec<u8> {
        match self {
            Self::Sm2(key) => key.public_key().to_sec1_bytes().into_vec(),
            _ => panic!("no SM2 key"),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sm2(_) => sm2_der(&self.sign_sm2(SM2_ID, message)).unwrap(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from(key).sign(message);
                sm2_der(&signature.to_bytes().into()).unwrap()
            }
            Self::Rsa(key) => {
                let mut prefix = hex(b"3031300d060960864801650304020105000420").unwrap();
                let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: std::mem::take(&mut prefix).into() };
                key.sign(scheme, &sha256(message)).unwrap()
            }
        }
    }

    /// r ‖ s with any id.
    pub(crate) fn sign_sm2(&self, id: &str, message: &[u8]) -> [u8; 64] {
        let Self::Sm2(key) = self else { panic!("no SM2 key") };
        sm2::dsa::SigningKey::new(id, key).unwrap().sign(message).to_bytes().into()
    }

    /// SM3withSM2, ecdsa-with-SHA256 or sha256WithRSAEncryption.
    fn algorithm(&self, null: bool) -> Vec<u8> {
        let id = match self {
            Self::Sm2(_) => "1.2.156.10197.1.501",
            Self::P256(_) => "1.2.840.10045.4.3.2",
            Self::Rsa(_) => "1.2.840.113549.1.1.11",
        };
        let parameters: &[u8] = if null { &[5, 0] } else { &[] };
        tlv(0x30, &[&oid(id), parameters])
    }

    /// What a test CA puts into SKI and AKI.
    pub(crate) fn id(&self) -> Vec<u8> {
        sha256(&self.spki())[..20].into()
    }
}

pub(crate) fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(digits).ok()?;
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()).collect()
}

/// An extension: identifier, critical, DER value.
pub(crate) fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xFF] } else { &[] };
    tlv(0x30, &[&oid(id), flag, &tlv(0x04, &[value])])
}

/// keyUsage from bit numbers.
pub(crate) fn key_usage(bits: &[u8]) -> Vec<u8> {
    let mut bytes = [0u8; 2];
    for bit in bits {
        bytes[usize::from(bit / 8)] |= 0x80 >> (bit % 8);
    }
    let long = bytes[1] != 0;
    let used = if long { &bytes[..] } else { &bytes[..1] };
    let unused = used.last().unwrap().trailing_zeros().min(7) as u8;
    extension("2.5.29.15", true, &tlv(0x03, &[&[unused], used]))
}

pub(crate) fn basic_constraints(ca: bool, path_len: Option<u8>) -> Vec<u8> {
    let ca: &[u8] = if ca { &[1, 1, 0xFF] } else { &[] };
    let length = path_len.map(|most| tlv(0x02, &[&[most]])).unwrap_or_default();
    extension("2.5.29.19", true, &tlv(0x30, &[ca, &length]))
}

pub(crate) fn subject_key(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.14", false, &tlv(0x04, &[id]))
}

pub(crate) fn authority_key(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.35", false, &tlv(0x30, &[&tlv(0x80, &[id])]))
}

pub(crate) fn utf8_extension(id: &str, text: &str) -> Vec<u8> {
    extension(id, false, &tlv(UTF8, &[text.as_bytes()]))
}

/// A certificate to be issued.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) serial: u8,
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) spki: Vec<u8>,
    pub(crate) extensions: Vec<Vec<u8>>,
    /// Writes NULL parameters into the signature algorithm.
    pub(crate) null: bool,
}

impl Draft {
    pub(crate) fn new(issuer: Vec<u8>, subject: Vec<u8>, key: &Key) -> Self {
        let null = false;
        Self { serial: 7, issuer, subject, from: FROM, to: TO, spki: key.spki(), extensions: Vec::new(), null }
    }

    pub(crate) fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub(crate) fn issue(&self, ca: &Key) -> Vec<u8> {
        let algorithm = ca.algorithm(self.null || matches!(ca, Key::Rsa(_)));
        let list: Vec<&[u8]> = self.extensions.iter().map(Vec::as_slice).collect();
        let extensions = if list.is_empty() { Vec::new() } else { tlv(0xA3, &[&tlv(0x30, &list)]) };
        let tbs = tlv(
            0x30,
            &[
                &[0xA0, 3, 2, 1, 2],
                &tlv(0x02, &[&[self.serial]]),
                &algorithm,
                &self.issuer,
                &tlv(0x30, &[&time(self.from), &time(self.to)]),
                &self.subject,
                &self.spki,
                &extensions,
            ],
        );
        let signature = ca.sign(&tbs);
        tlv(0x30, &[&tbs, &algorithm, &tlv(0x03, &[&[0], &signature])])
    }
}

fn time(seconds: u64) -> Vec<u8> {
    let text: String =
        calock::certificate::time::rfc3339(seconds).chars().filter(|letter| !"-:T".contains(*letter)).collect();
    tlv(0x18, &[text.as_bytes()])
}

/// A CA of one key, self-signed.
pub(crate) struct Ca {
    pub(crate) key: Key,
    pub(crate) name: Vec<u8>,
    pub(crate) der: Vec<u8>,
}

impl Ca {
    pub(crate) fn root(key: Key, common: &str) -> Self {
        let name = name(&[(C, "CN"), (O, "calock 测试"), (CN, common)]);
        let mut draft = Draft::new(name.clone(), name.clone(), &key)
            .with(basic_constraints(true, None))
            .with(key_usage(&[5, 6]))
            .with(subject_key(&key.id()));
        (draft.from, draft.to) = (FROM - 86_400 * 365, TO + 86_400 * 365 * 10);
        let der = draft.issue(&key);
        Self { key, name, der }
    }

    /// A CA under this one.
    pub(crate) fn sub(&self, key: Key, common: &str, path_len: Option<u8>) -> Self {
        let name = name(&[(C, "CN"), (O, "calock 测试"), (CN, common)]);
        let der = Draft::new(self.name.clone(), name.clone(), &key)
            .with(basic_constraints(true, path_len))
            .with(key_usage(&[5, 6]))
            .with(subject_key(&key.id()))
            .with(authority_key(&self.key.id()))
            .issue(&self.key);
        Self { key, name, der }
    }

    /// A holder's certificate to be issued by this CA: signing, AKI, no basicConstraints.
    pub(crate) fn draft(&self, subject: Vec<u8>, key: &Key) -> Draft {
        Draft::new(self.name.clone(), subject, key).with(key_usage(&[0, 1])).with(authority_key(&self.key.id()))
    }
}

/// An invented unified code: region 999999 exists nowhere; both check characters are right.
pub(crate) fn uscc(body: &str) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let code = format!("91999999{}", organisation(body));
    let (sum, _) = code.bytes().fold((0, 1), |(sum, weight), byte| {
        let value = ALPHABET.iter().position(|&letter| letter == byte).unwrap();
        (sum + value * weight, weight * 3 % 31)
    });
    format!("{code}{}", char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// An invented organisation code of 8 characters and the check character.
pub(crate) fn organisation(body: &str) -> String {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(letter, weight)| letter.to_digit(36).unwrap() * weight).sum();
    let check = ["0", "X", "9", "8", "7", "6", "5", "4", "3", "2", "1"][(sum % 11) as usize];
    format!("{body}{check}")
}

/// An invented person's id of region 999999.
pub(crate) fn person(date: &str) -> String {
    let body = format!("999999{date}001");
    // ISO 7064 MOD 11-2, by its recursive form.
    let rest = body.bytes().fold(0, |product, byte| (product + u32::from(byte - b'0')) * 2 % 11);
    format!("{body}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][rest as usize])
}
