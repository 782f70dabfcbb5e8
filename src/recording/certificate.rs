//! A certificate without what it says of anybody, of the same length and still readable as a certificate.
//!
//! Support has to see how a certificate is built (which string types, which extensions, how long, until which day), and a page must
//! be able to read it when a recording is played. So tags, lengths and object identifiers stay, and values are replaced by values
//! of the same kind: text by `X`, numbers by 01, points by the generator of their curve, which is everybody's. What stays of the
//! values: version, keyUsage, booleans, the exponent 65537, and the days of the validity without their time of day, which would be as
//! good as a number. What cannot be read is not shown at all.

use crate::certificate::tlv::{Reader, only, tag};

/// Deeper than any certificate is.
const MOST_DEPTH: usize = 16;

/// 2.5.29: the extensions of X.509, whose values are DER throughout.
const STANDARD_EXTENSION: [u8; 2] = [0x55, 0x1D];
/// 2.5.29.15.
const KEY_USAGE: [u8; 3] = [0x55, 0x1D, 0x0F];
/// 1.2.156.10197.1.301.
const SM2_CURVE: [u8; 8] = [0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D];
/// 1.2.840.10045.3.1.7.
const P256_CURVE: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

/// The generator of SM2 (GB/T 32918.5): X ‖ Y.
const SM2_GENERATOR: [u8; 64] = [
    0x32, 0xC4, 0xAE, 0x2C, 0x1F, 0x19, 0x81, 0x19, 0x5F, 0x99, 0x04, 0x46, 0x6A, 0x39, 0xC9, 0x94, 0x8F, 0xE3, 0x0B,
    0xBF, 0xF2, 0x66, 0x0B, 0xE1, 0x71, 0x5A, 0x45, 0x89, 0x33, 0x4C, 0x74, 0xC7, 0xBC, 0x37, 0x36, 0xA2, 0xF4, 0xF6,
    0x77, 0x9C, 0x59, 0xBD, 0xCE, 0xE3, 0x6B, 0x69, 0x21, 0x53, 0xD0, 0xA9, 0x87, 0x7C, 0xC6, 0x2A, 0x47, 0x40, 0x02,
    0xDF, 0x32, 0xE5, 0x21, 0x39, 0xF0, 0xA0,
];
/// The generator of NIST P-256 (FIPS 186-4 D.1.2.3): X ‖ Y.
const P256_GENERATOR: [u8; 64] = [
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D,
    0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A,
    0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB,
    0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
];

/// The certificate with its values replaced; `None` when it is no DER.
pub(super) fn without_values(der: &[u8]) -> Option<Vec<u8>> {
    only(der).ok().filter(|outer| outer.tag == tag::SEQUENCE)?;
    let mut masked = der.to_vec();
    Mask::default().fields(&mut masked, 0, 0)?;
    Some(masked)
}

/// The same inside a PIV data object: `53 len { 70 len certificate, 71 01 how it is packed, FE 00 }` (NIST SP 800-73-4, part 1,
/// appendix A); `None` for any other object.
pub(super) fn piv_object(data: &[u8]) -> Option<Vec<u8>> {
    const OBJECT: u8 = 0x53;
    const CERTIFICATE: u8 = 0x70;
    let object = only(data).ok().filter(|object| object.tag == OBJECT)?;
    let certificate = Reader::new(object.value).next().ok().filter(|first| first.tag == CERTIFICATE)?;
    let before = data.len() - object.value.len() + certificate.whole.len() - certificate.value.len();
    let after = before + certificate.value.len();
    let mut masked = data.to_vec();
    masked[before..after].copy_from_slice(&without_values(certificate.value)?);
    // How it is packed and an empty check value; anything else is nobody's to show.
    if !matches!(data[after..], [] | [0x71, 1, 0] | [0x71, 1, 0, 0xFE, 0]) {
        masked[after..].fill(0);
    }
    Some(masked)
}

/// Walks through DER and replaces values where they stand.
#[derive(Default)]
struct Mask {
    /// The last object identifier: it says what follows it.
    subject: Vec<u8>,
}

impl Mask {
    /// Elements one after the other, inside one of tag `parent`.
    fn fields(&mut self, bytes: &mut [u8], parent: u8, depth: usize) -> Option<()> {
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            let element = Reader::new(rest).next().ok()?;
            let (kind, length) = (element.tag, element.whole.len());
            let header = length - element.value.len();
            self.value(rest.get_mut(header..length)?, kind, parent, depth)?;
            at += length;
        }
        Some(())
    }

    fn value(&mut self, value: &mut [u8], kind: u8, parent: u8, depth: usize) -> Option<()> {
        const CONSTRUCTED: u8 = 0x20;
        const NULL: u8 = 0x05;
        const VERSION: u8 = 0xA0;
        if depth > MOST_DEPTH {
            return None;
        }
        match kind {
            _ if kind & CONSTRUCTED != 0 => self.fields(value, kind, depth + 1)?,
            tag::OID => self.subject = value.to_vec(),
            tag::BOOLEAN | NULL if value.len() <= 1 => {}
            tag::INTEGER if parent == VERSION && matches!(value, [0..=2]) || *value == [1, 0, 1] => {}
            tag::INTEGER => number(value),
            tag::UTC_TIME => time(value, 6),
            tag::GENERALIZED_TIME => time(value, 8),
            tag::NUMERIC => value.fill(b'0'),
            tag::BMP => wide(value, 2),
            tag::UNIVERSAL => wide(value, 4),
            tag::BIT_STRING => self.bits(value, depth),
            tag::OCTET_STRING => self.octets(value, depth),
            // Strings of one byte a character, context tags, and whatever else there may be.
            _ => value.fill(b'X'),
        }
        Some(())
    }

    /// keyUsage, a public key, or a signature; the first octet counts unused bits.
    fn bits(&mut self, value: &mut [u8], depth: usize) {
        let Some((unused, bits)) = value.split_first_mut() else { return };
        if self.subject == KEY_USAGE && bits.len() <= 2 {
            return;
        }
        *unused = 0;
        match bits {
            [4, point @ ..] if point.len() == 64 && self.subject == SM2_CURVE => point.copy_from_slice(&SM2_GENERATOR),
            [4, point @ ..] if point.len() == 64 && self.subject == P256_CURVE => {
                point.copy_from_slice(&P256_GENERATOR);
            }
            _ => self.wrapped(bits, depth),
        }
    }

    /// An extension's value. One of a CA's own may be anything: it is shown as text where it is one string, otherwise not at all.
    fn octets(&mut self, value: &mut [u8], depth: usize) {
        let whole = only(value).ok();
        if self.subject.starts_with(&STANDARD_EXTENSION) && whole.is_none_or(|inner| inner.tag != tag::OCTET_STRING) {
            return self.wrapped(value, depth);
        }
        // A key identifier is octets in octets.
        let kinds = [tag::UTF8, tag::PRINTABLE, tag::IA5, tag::OCTET_STRING];
        let string = whole.filter(|inner| kinds.contains(&inner.tag));
        let header = string.map_or(0, |inner| inner.whole.len() - inner.value.len());
        value[header..].fill(b'X');
    }

    /// DER inside a string, if that is what it is.
    fn wrapped(&mut self, value: &mut [u8], depth: usize) {
        const WRAPPED: u8 = 0;
        let is_der = only(value).is_ok_and(|inner| matches!(inner.tag, tag::SEQUENCE | tag::BIT_STRING));
        if !is_der || self.fields(value, WRAPPED, depth + 1).is_none() {
            value.fill(b'X');
        }
    }
}

/// A positive number of the same length: leading zero, if any, and then ones.
fn number(value: &mut [u8]) {
    match value {
        [0, high, rest @ ..] => {
            *high = 0x81;
            rest.fill(1);
        }
        _ => value.fill(1),
    }
}

/// The day, which takes the first `digits`, without its time.
fn time(value: &mut [u8], digits: usize) {
    let is_time = value.len() == digits + 7 && value.last() == Some(&b'Z');
    let (day, of_day) = value.split_at_mut(digits.min(value.len()));
    if !is_time || !day.iter().all(u8::is_ascii_digit) {
        day.fill(b'0');
    }
    of_day.fill(b'0');
    if let (true, Some(last)) = (is_time, of_day.last_mut()) {
        *last = b'Z';
    }
}

/// Characters of two or four bytes.
fn wide(value: &mut [u8], bytes: usize) {
    value.fill(0);
    value.iter_mut().skip(bytes - 1).step_by(bytes).for_each(|low| *low = b'X');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::certificate::{Certificate, PublicKey, Usage};

    #[test]
    fn the_generators_are_points_of_their_curves() {
        let point = |generator: &[u8]| [&[4], generator].concat();
        assert!(sm2::PublicKey::from_sec1_bytes(&point(&SM2_GENERATOR)).is_ok());
        assert!(p256::PublicKey::from_sec1_bytes(&point(&P256_GENERATOR)).is_ok());
    }

    #[test]
    fn values_by_kind() {
        let cases: [(&[u8], &[u8]); 12] = [
            (&[0x02, 1, 5], &[0x02, 1, 1]),
            (&[0x02, 3, 1, 0, 1], &[0x02, 3, 1, 0, 1]),
            (&[0x02, 3, 0, 0x99, 7], &[0x02, 3, 0, 0x81, 1]),
            (&[0xA0, 3, 2, 1, 2], &[0xA0, 3, 2, 1, 2]),
            (&[0xA0, 3, 2, 1, 7], &[0xA0, 3, 2, 1, 1]),
            (b"\x17\x0d260131235958Z", b"\x17\x0d260131000000Z"),
            (b"\x18\x0f20260131235958Z", b"\x18\x0f20260131000000Z"),
            (b"\x17\x0d91110000MA0CA", b"\x17\x0d0000000000000"),
            (b"\x0c\x06\xe9\x94\x81abc", b"\x0c\x06XXXXXX"),
            (b"\x1e\x04\x95\x01\0a", b"\x1e\x04\0X\0X"),
            (b"\x12\x03123", b"\x12\x03000"),
            (b"\x82\x03a.b", b"\x82\x03XXX"),
        ];
        for (plain, masked) in cases {
            let length = u8::try_from(plain.len()).unwrap();
            let inside = |bytes: &[u8]| [&[0x30, length], bytes].concat();
            assert_eq!(without_values(&inside(plain)).unwrap(), inside(masked), "{plain:02X?}");
        }
    }

    #[test]
    fn an_extension_of_a_ca_is_text_or_nothing() {
        // 1.2.156.10260.4.1.1 with a string, and with bytes that are none.
        let extension = |value: &[u8]| {
            let oid = [0x06, 8, 0x2A, 0x81, 0x1C, 0xD0, 0x14, 4, 1, 1];
            let octets = [&[0x04, u8::try_from(value.len()).unwrap()], value].concat();
            let length = u8::try_from(oid.len() + octets.len()).unwrap();
            [&[0x30, length][..], &oid, &octets].concat()
        };
        let masked = |value: &[u8]| without_values(&extension(value)).unwrap();
        assert_eq!(masked(b"\x0c\x04code"), extension(b"\x0c\x04XXXX"));
        assert_eq!(masked(b"\x30\x06\x0c\x04code"), extension(b"XXXXXXXX"));
        assert_eq!(masked(b"code"), extension(b"XXXX"));
    }

    /// Real ones of the repository's fuzz seeds: what a page shows of a masked certificate.
    #[test]
    fn a_masked_certificate_is_still_read() {
        for (name, der) in [
            ("sm2", &include_bytes!("../../fuzz/seeds/certificate/sm2")[..]),
            ("encryption", include_bytes!("../../fuzz/seeds/certificate/encryption")),
            ("rsa", include_bytes!("../../fuzz/seeds/certificate/rsa")),
        ] {
            let plain = Certificate::from_der(der).unwrap();
            let masked = Certificate::from_der(&without_values(der).unwrap()).unwrap();
            assert_eq!(masked.der().len(), plain.der().len(), "{name}");
            assert_eq!(masked.usage(), plain.usage(), "{name}");
            assert_ne!(masked.usage(), Usage::Unspecified, "{name}");
            assert_eq!(masked.key().algorithm(), plain.key().algorithm(), "{name}");
            assert_ne!(masked.key(), plain.key(), "{name}");
            assert_ne!(masked.serial(), plain.serial(), "{name}");
            if let (PublicKey::Rsa { modulus: one, .. }, PublicKey::Rsa { modulus: other, .. }) =
                (masked.key(), plain.key())
            {
                assert_eq!(one.len(), other.len(), "{name}");
            }
            assert_eq!(masked.not_after() / 86_400, plain.not_after() / 86_400, "{name}");
            let texts = |certificate: &Certificate| -> Vec<(String, String)> {
                let attributes = certificate.subject().attributes(crate::text::GBK);
                attributes.into_iter().map(|attribute| (attribute.oid, attribute.value)).collect()
            };
            for ((oid, masked), (plain_oid, plain)) in texts(&masked).into_iter().zip(texts(&plain)) {
                assert_eq!((oid, masked), (plain_oid, "X".repeat(plain.len())), "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_masked_in_their_length_or_not_at_all(bytes: Vec<u8>) {
            for masked in [without_values(&bytes), piv_object(&bytes)].into_iter().flatten() {
                prop_assert_eq!(masked.len(), bytes.len());
            }
        }

        /// Values that no certificate has: still nothing is left of them.
        #[test]
        fn nothing_of_a_value_is_left(
            kind in prop::sample::select(&[0x02u8, 0x03, 0x04, 0x0A, 0x0C, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1A, 0x1B, 0x1C, 0x1E, 0x80, 0x82][..]),
            value in prop::collection::vec(0x80u8..=0xFF, 8..100),
        ) {
            let length = u8::try_from(value.len()).unwrap();
            let der = [&[0x30, length + 2, kind, length], &value[..]].concat();
            let masked = without_values(&der).unwrap();
            // Of bytes above 7F only a number's first may come back, as the sign it needs.
            prop_assert!(!masked[4..].iter().any(|&byte| byte >= 0x80), "{:02X?}", masked);
        }
    }
}
