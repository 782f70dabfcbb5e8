//! Which CAs are trusted, and the way from a certificate to one of them.
//!
//! The list is data: certificates, some of them anchors. An issuer is found by AKI = SKI first and by name; the names are
//! compared on decoded text, because genuine CAs write the same name in different string types. A CA that was re-issued
//! stands in the list several times under one key identifier, and each is tried.

use std::collections::BTreeMap;

use crate::certificate::{Certificate, SignatureAlgorithm, pem_blocks};
use crate::signature::{KnownGood, verify_issued};
use crate::{Code, Error, Result};

/// The longest way from a holder's certificate to an anchor, both counted.
pub const MAX_CHAIN: usize = 8;
/// Signatures that one search may check: a list full of look-alikes must not cost more.
const MAX_CHECKS: usize = 64;

/// At which time the certificates above the holder's must be within their dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validity {
    /// Now, all of them (RFC 5280, 6.1): the shell model.
    #[default]
    Shell,
    /// Each when the one below it was issued: the chain model. A CA's end does not end what it issued before.
    Chain,
    /// Never: only the holder's own dates count.
    Leaf,
}

/// The trusted CAs of a portal.
#[derive(Clone, Debug, Default)]
pub struct TrustList {
    entries: Vec<Entry>,
    by_key: BTreeMap<Vec<u8>, Vec<usize>>,
    known: KnownGood,
    validity: Validity,
}

#[derive(Clone, Debug)]
struct Entry {
    certificate: Certificate,
    anchor: bool,
}

impl TrustList {
    /// A list of CA certificates as they lie in a folder: the self-signed ones are anchors, the others lead to them.
    #[must_use]
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        let mut list = Self::default();
        for certificate in certificates {
            list.add(certificate);
        }
        list
    }

    /// Decides which dates count; [`Validity::Shell`] unless somebody does.
    pub fn set_validity(&mut self, validity: Validity) {
        self.validity = validity;
    }

    /// Adds a CA certificate: an anchor when it is self-signed, otherwise an intermediate. Old roots sign themselves with
    /// SHA-1, and some builds cannot verify RSA: such a self-signature is not looked at, since whoever put the
    /// certificate into the list vouches for it.
    pub fn add(&mut self, certificate: Certificate) {
        let signed = || match verify_issued(&certificate, certificate.key()) {
            Ok(()) => true,
            Err(error) => {
                error.code == Code::KeyUnsupported || *certificate.signature_algorithm() == SignatureAlgorithm::RsaSha1
            }
        };
        let anchor = certificate.is_self_issued() && signed();
        self.push(certificate, anchor);
    }

    /// Adds a certificate that is trusted as it is, whoever issued it.
    pub fn add_anchor(&mut self, certificate: Certificate) {
        self.push(certificate, true);
    }

    /// Adds a certificate that counts only when it leads to an anchor.
    pub fn add_intermediate(&mut self, certificate: Certificate) {
        self.push(certificate, false);
    }

    /// Adds what a file holds, one DER certificate or any number of PEM blocks, as [`Self::add`] does. Returns how many.
    ///
    /// # Errors
    /// `CERT_UNREADABLE`; then nothing was added.
    pub fn add_bytes(&mut self, bytes: &[u8]) -> Result<usize> {
        let blocks = pem_blocks(bytes)?;
        let read = if blocks.is_empty() {
            vec![Certificate::from_der_or_pem(bytes)?]
        } else {
            blocks.iter().map(|der| Certificate::from_der(der)).collect::<Result<_>>()?
        };
        let count = read.len();
        for certificate in read {
            self.add(certificate);
        }
        Ok(count)
    }

    /// Adds one DER certificate as [`Self::add`] does.
    ///
    /// # Errors
    /// `CERT_UNREADABLE`.
    pub fn add_der(&mut self, der: &[u8]) -> Result<()> {
        self.add(Certificate::from_der(der)?);
        Ok(())
    }

    /// Adds every certificate of PEM text as [`Self::add`] does. Returns how many.
    ///
    /// # Errors
    /// `CERT_UNREADABLE`; then nothing was added.
    pub fn add_pem(&mut self, text: &str) -> Result<usize> {
        self.add_bytes(text.as_bytes())
    }

    /// How many certificates there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none: then nothing is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The certificates that are trusted as they are.
    pub fn anchors(&self) -> impl Iterator<Item = &Certificate> {
        self.entries.iter().filter(|entry| entry.anchor).map(|entry| &entry.certificate)
    }

    /// The way from `certificate` to an anchor, both included; a certificate that is an anchor is its own way. At `now`
    /// (Unix seconds) every certificate on the way is within its dates, as the list's [`Validity`] says, every issuer is a CA that may issue, has room in
    /// its path length, and signed the one before it.
    ///
    /// # Errors
    /// `CERT_EXPIRED`, `CERT_NOT_YET` of `certificate` itself; `CHAIN_UNTRUSTED` when it leads to no anchor;
    /// `CHAIN_INVALID` when it leads to one over a broken link; `KEY_UNSUPPORTED` when a link's key is none of this build.
    pub fn chain<'a>(&'a self, certificate: &'a Certificate, now: u64) -> Result<Vec<&'a Certificate>> {
        certificate.check_dates(now)?;
        if certificate.has_unknown_critical() {
            return Err(Error::because(Code::ChainInvalid, "a critical extension is not understood"));
        }
        let mut search = Search { list: self, now, checks: MAX_CHECKS, fault: None, path: vec![certificate] };
        if search.climb() {
            return Ok(search.path);
        }
        Err(search.fault.unwrap_or(Error::new(Code::ChainUntrusted)))
    }

    fn push(&mut self, certificate: Certificate, anchor: bool) {
        if let Some(known) = self.entries.iter_mut().find(|entry| entry.certificate.der() == certificate.der()) {
            known.anchor |= anchor;
            return;
        }
        if let Some(key) = certificate.subject_key_id() {
            self.by_key.entry(key.into()).or_default().push(self.entries.len());
        }
        self.entries.push(Entry { certificate, anchor });
    }

    fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors().any(|anchor| anchor.der() == certificate.der())
    }

    /// Who may have issued a certificate: those with its AKI as SKI first, then those with the right name only.
    fn issuers(&self, certificate: &Certificate) -> Vec<&Entry> {
        let named = |index: &usize| self.entries[*index].certificate.subject().same(certificate.issuer());
        let by_key = certificate.authority_key_id().and_then(|key| self.by_key.get(key));
        let mut found: Vec<usize> = by_key.into_iter().flatten().copied().filter(|index| named(index)).collect();
        for index in 0..self.entries.len() {
            if !found.contains(&index) && named(&index) {
                found.push(index);
            }
        }
        found.into_iter().map(|index| &self.entries[index]).collect()
    }
}

/// A depth-first search with bounds.
struct Search<'a> {
    list: &'a TrustList,
    now: u64,
    checks: usize,
    /// The first reason why a way that led somewhere was refused.
    fault: Option<Error>,
    path: Vec<&'a Certificate>,
}

impl<'a> Search<'a> {
    /// Extends the path to an anchor; `false` leaves it as it was.
    fn climb(&mut self) -> bool {
        let Some(&last) = self.path.last() else { return false };
        if self.list.is_anchor(last) {
            return true;
        }
        if self.path.len() == MAX_CHAIN {
            return false;
        }
        for entry in self.list.issuers(last) {
            let issuer = &entry.certificate;
            if self.path.iter().any(|seen| seen.der() == issuer.der()) {
                continue; // a loop
            }
            let keyed = last.authority_key_id().is_none_or(|key| issuer.subject_key_id().is_none_or(|own| own == key));
            if self.checks == 0 {
                return false;
            }
            self.checks -= 1;
            let signed = self.list.known.check(&last.digest(), issuer, || verify_issued(last, issuer.key()));
            match signed.and_then(|()| self.check(issuer, entry.anchor)) {
                Err(error) => {
                    // Somebody of the same name with another key is not the issuer; that is no fault of the chain.
                    if keyed {
                        self.fault.get_or_insert(error);
                    }
                }
                Ok(()) => {
                    self.path.push(issuer);
                    if self.climb() {
                        return true;
                    }
                    self.path.pop();
                }
            }
        }
        false
    }

    /// Whether a certificate may stand above the path (RFC 5280, 6.1.4 k to n and 6.1.3 a).
    fn check(&self, issuer: &Certificate, anchor: bool) -> Result<()> {
        let refuse = |detail| Err(Error::because(Code::ChainInvalid, detail));
        let below = self.path.last().map_or(self.now, |below| below.not_before());
        let dates = match self.list.validity {
            Validity::Shell => issuer.check_dates(self.now),
            Validity::Chain => issuer.check_dates(below),
            Validity::Leaf => Ok(()),
        };
        if dates.is_err() {
            return refuse("an issuer is outside its dates");
        }
        // An anchor of version 1 has no extensions to say it with.
        if !(issuer.is_ca() || anchor && issuer.version() < 3) {
            return refuse("an issuer is no CA");
        }
        if !issuer.may_issue() {
            return refuse("an issuer's key may not sign certificates");
        }
        if issuer.has_unknown_critical() {
            return refuse("a critical extension of an issuer is not understood");
        }
        let below = self.path.iter().skip(1).filter(|one| !one.is_self_issued()).count();
        if issuer.path_len().is_some_and(|most| below > most as usize) {
            return refuse("the chain is longer than an issuer allows");
        }
        Ok(())
    }
}
