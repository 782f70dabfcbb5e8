//! Time-stamp tokens (RFC 3161): an authority's word for when something was there.

use super::{Over, SignedData, TST_INFO};
use crate::certificate::tlv::{Reader, Result, UNREADABLE, only, tag};
use crate::certificate::{Certificate, time};
use crate::prelude::*;
use crate::seal::Hash;
use crate::seal::scheme::Verified;
use crate::{Code, Error};

use super::algorithm::Algorithm;

/// What an authority's certificate is for, and nothing else.
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// A token.
#[derive(Clone, Debug)]
pub(in crate::seal) struct TimeStamp {
    signed: SignedData,
    /// Of what was stamped.
    hash: Option<Hash>,
    imprint: Vec<u8>,
    time: u64,
}

impl TimeStamp {
    /// Reads a TimeStampToken.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID`: it is none.
    pub(in crate::seal) fn read(bytes: &[u8]) -> crate::Result<Self> {
        let read = || {
            let signed = SignedData::read(bytes)?;
            // The authority signed that this is a token's content.
            let means = signed.attributes.as_ref().and_then(|attributes| attributes.content_type.as_deref());
            if signed.content_type != TST_INFO || means != Some(TST_INFO) {
                return Err(UNREADABLE);
            }
            let info = signed.content.as_deref().ok_or(UNREADABLE)?;
            let (hash, imprint, time) = info_of(info)?;
            Ok(Self { signed, hash, imprint, time })
        };
        read().map_err(|_| Error::because(Code::SignatureInvalid, "no time-stamp token"))
    }

    /// The authority's certificate.
    ///
    /// # Errors
    /// As [`SignedData::certificate`].
    pub(in crate::seal) fn authority(&self) -> crate::Result<Certificate> {
        self.signed.certificate()
    }

    pub(in crate::seal) const fn signed(&self) -> &SignedData {
        &self.signed
    }

    /// When, in Unix seconds.
    pub(in crate::seal) const fn time(&self) -> u64 {
        self.time
    }

    /// Verifies that something was stamped, and the authority's signature.
    ///
    /// # Errors
    /// `DOCUMENT_CHANGED` when it was something else; as [`SignedData::verify`].
    pub(in crate::seal) fn verify(&self, over: Over<'_>) -> crate::Result<Verified> {
        let hash = self.hash.ok_or(Error::new(Code::DigestUnsupported))?;
        if over(hash, &[])? != self.imprint {
            return Err(Code::DocumentChanged.into());
        }
        let content = self.signed.content.as_deref().unwrap_or_default();
        self.signed.verify_over(&|hash, before| Ok(hash.of(&[before, content].concat())))
    }

    /// Whether the authority may stamp: RFC 3161, 2.3.
    ///
    /// # Errors
    /// `CERT_USAGE`; `CERT_EXPIRED` or `CERT_NOT_YET` at the time that it states.
    pub(in crate::seal) fn check_authority(&self) -> crate::Result<()> {
        let authority = self.authority()?;
        authority.check_usage()?;
        if !authority.extended_usage().iter().all(|usage| usage == TIME_STAMPING)
            || authority.extended_usage().is_empty()
        {
            return Err(Code::CertUsage.into());
        }
        authority.check_dates(self.time)
    }
}

/// Hash, imprint and time of a TSTInfo.
fn info_of(info: &[u8]) -> Result<(Option<Hash>, Vec<u8>, u64)> {
    let info = only(info)?;
    let mut info = Reader::new(if info.tag == tag::SEQUENCE { info.value } else { &[] });
    if info.expect(tag::INTEGER)? != [1] {
        return Err(UNREADABLE);
    }
    info.expect(tag::OID)?; // the authority's policy
    let mut imprint = Reader::new(info.expect(tag::SEQUENCE)?);
    let hash = Algorithm::read(imprint.expect(tag::SEQUENCE)?)?;
    let octets = imprint.expect(tag::OCTET_STRING)?.to_vec();
    imprint.finish()?;
    info.expect(tag::INTEGER)?; // the token's number
    let stated = info.next()?;
    if stated.tag != tag::GENERALIZED_TIME {
        return Err(UNREADABLE);
    }
    Ok((Hash::numbered(&hash.number), octets, whole_seconds(stated.value)?))
}

/// `20260801120000.123Z`: fractions of a second are left off.
fn whole_seconds(text: &[u8]) -> Result<u64> {
    let (seconds, rest) = text.split_at_checked(14).ok_or(UNREADABLE)?;
    let [fraction @ .., b'Z'] = rest else { return Err(UNREADABLE) };
    if !matches!(fraction, [] | [b'.', ..]) || !fraction.iter().skip(1).all(u8::is_ascii_digit) {
        return Err(UNREADABLE);
    }
    let whole = [seconds, b"Z"].concat();
    time::read(only(&crate::certificate::encode::element(tag::GENERALIZED_TIME, &[&whole]))?)
}
