//! What an issuer or a key signs has one form: the content, the algorithm, the signature.

use super::SignatureAlgorithm;
use super::tlv::{Reader, Result, Tlv, UNREADABLE, only_of, tag, whole_bits};

/// The three parts of a certificate (RFC 5280, 4.1), a revocation list (5.1) and a request (RFC 2986, 4.2).
pub(crate) struct Signed<'a> {
    /// The content, a SEQUENCE.
    pub(crate) tbs: Tlv<'a>,
    /// How it is signed, as the outer structure says.
    pub(crate) algorithm: SignatureAlgorithm,
    /// The signature's octets.
    pub(crate) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads one that fills the bytes.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self> {
        let mut fields = Reader::new(only_of(der, tag::SEQUENCE)?);
        let tbs = fields.next()?;
        let algorithm = SignatureAlgorithm::read(fields.expect(tag::SEQUENCE)?)?;
        let signature = whole_bits(fields.expect(tag::BIT_STRING)?)?;
        fields.finish()?;
        if tbs.tag == tag::SEQUENCE { Ok(Self { tbs, algorithm, signature }) } else { Err(UNREADABLE) }
    }
}
