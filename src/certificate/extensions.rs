//! The extensions that say what a certificate is for and who may have issued it; all others are kept as they are.

use super::oid;
use super::tlv::{Reader, Result, Tlv, UNREADABLE, only, tag};

/// More extensions than any genuine certificate has.
const MAX_EXTENSIONS: usize = 128;

/// Critical extensions whose meaning is either handled or does not change the verdict of a login.
const UNDERSTOOD: &[&str] = &[
    "2.5.29.14", // subjectKeyIdentifier
    "2.5.29.15", // keyUsage
    "2.5.29.17", // subjectAltName
    "2.5.29.18", // issuerAltName
    "2.5.29.19", // basicConstraints
    "2.5.29.31", // cRLDistributionPoints
    "2.5.29.32", // certificatePolicies
    "2.5.29.35", // authorityKeyIdentifier
    "2.5.29.37", // extKeyUsage
];

/// Bits of keyUsage (RFC 5280, 4.2.1.3), bit 0 lowest.
pub(crate) mod bit {
    pub(crate) const SIGN: u16 = 1 | 1 << 1;
    pub(crate) const ENCRYPT: u16 = 1 << 2 | 1 << 3 | 1 << 4;
    pub(crate) const CERT_SIGN: u16 = 1 << 5;
    pub(crate) const CRL_SIGN: u16 = 1 << 6;
}

/// An extension that is not read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extension {
    pub(crate) oid: String,
    pub(crate) value: Vec<u8>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    pub(crate) key_usage: Option<u16>,
    pub(crate) extended_usage: Vec<String>,
    pub(crate) is_ca: bool,
    pub(crate) path_len: Option<u32>,
    pub(crate) subject_key: Option<Vec<u8>>,
    pub(crate) authority_key: Option<Vec<u8>>,
    pub(crate) others: Vec<Extension>,
    /// A critical extension that nobody here understands: such a certificate must not be trusted.
    pub(crate) unknown_critical: bool,
}

impl Extensions {
    /// Reads the content of `Extensions` (the SEQUENCE OF inside the `[3]`).
    pub(crate) fn read(content: &[u8], is_identity: fn(&str) -> bool) -> Result<Self> {
        let mut all = Self::default();
        let mut seen = Vec::new();
        each(content, |oid, critical, value| {
            if seen.len() == MAX_EXTENSIONS {
                return Err(UNREADABLE);
            }
            let standard = oid.starts_with("2.5.29.");
            if standard && seen.contains(&oid) {
                return Err(UNREADABLE); // RFC 5280, 4.2: at most once
            }
            all.unknown_critical |= critical && !UNDERSTOOD.contains(&oid.as_str()) && !is_identity(&oid);
            seen.push(oid.clone());
            all.take(oid, value)
        })?;
        Ok(all)
    }

    fn take(&mut self, oid: String, value: &[u8]) -> Result<()> {
        match oid.as_str() {
            "2.5.29.15" => self.key_usage = Some(key_usage(only(value)?)?),
            "2.5.29.19" => (self.is_ca, self.path_len) = basic_constraints(only(value)?)?,
            "2.5.29.14" => self.subject_key = Some(typed(only(value)?, tag::OCTET_STRING)?.into()),
            "2.5.29.35" => {
                let mut fields = Reader::new(typed(only(value)?, tag::SEQUENCE)?);
                self.authority_key = fields.optional(0x80)?.map(<[u8]>::to_vec);
            }
            "2.5.29.37" => {
                let mut purposes = Reader::new(typed(only(value)?, tag::SEQUENCE)?);
                while !purposes.is_empty() && self.extended_usage.len() < MAX_EXTENSIONS {
                    self.extended_usage.push(oid::dotted(purposes.expect(tag::OID)?)?);
                }
            }
            _ => self.others.push(Extension { oid, value: value.into() }),
        }
        Ok(())
    }
}

/// Goes through the content of `Extensions`, wherever they stand: object identifier, whether critical, value.
pub(crate) fn each(content: &[u8], mut take: impl FnMut(String, bool, &[u8]) -> Result<()>) -> Result<()> {
    let mut list = Reader::new(content);
    while !list.is_empty() {
        let mut fields = Reader::new(list.expect(tag::SEQUENCE)?);
        let oid = oid::dotted(fields.expect(tag::OID)?)?;
        let critical = fields.optional(tag::BOOLEAN)?.is_some_and(|value| value != [0]);
        let value = fields.expect(tag::OCTET_STRING)?;
        fields.finish()?;
        take(oid, critical, value)?;
    }
    Ok(())
}

fn typed(element: Tlv<'_>, tag: u8) -> Result<&[u8]> {
    if element.tag == tag { Ok(element.value) } else { Err(UNREADABLE) }
}

fn key_usage(element: Tlv<'_>) -> Result<u16> {
    let [unused, bytes @ ..] = typed(element, tag::BIT_STRING)? else { return Err(UNREADABLE) };
    if *unused > 7 {
        return Err(UNREADABLE);
    }
    // Bit 0 of the BIT STRING is the highest of its first byte; a second byte holds only decipherOnly.
    let first = bytes.first().map_or(0, |byte| byte.reverse_bits());
    let second = bytes.get(1).map_or(0, |byte| byte.reverse_bits());
    Ok(u16::from(first) | u16::from(second) << 8)
}

fn basic_constraints(element: Tlv<'_>) -> Result<(bool, Option<u32>)> {
    let mut fields = Reader::new(typed(element, tag::SEQUENCE)?);
    let is_ca = fields.optional(tag::BOOLEAN)?.is_some_and(|value| value != [0]);
    let path_len = match fields.optional(tag::INTEGER)? {
        None => None,
        Some(&[byte]) if byte < 0x80 => Some(u32::from(byte)),
        Some(digits) => {
            super::tlv::unsigned(digits)?;
            Some(u32::MAX) // longer than any chain that is built
        }
    };
    fields.finish()?;
    Ok((is_ca, path_len))
}
