//! Links of chains that were found signed: people log in again and again, and who issued their certificate does not change.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::certificate::Certificate;
use crate::signature::verify_issued;
use crate::{Code, Error, Result};

/// Links in one generation; 64 bytes each, and there are two generations.
const GENERATION: usize = 4096;

/// Digest of the certificate and digest of its issuer's: collision-free, so a link stands for exactly these two.
type Link = [u8; 64];

/// Only good signatures are kept, and nothing else of a link: dates and uses are asked for each time.
#[derive(Debug, Default)]
pub(super) struct Links(Mutex<Generations>);

/// The older one goes when the newer one is full: what is used stays, and what is not goes, without a list of ages.
#[derive(Debug, Default)]
struct Generations {
    newer: HashSet<Link>,
    older: HashSet<Link>,
}

impl Links {
    /// Whether `issuer` signed `certificate`.
    ///
    /// # Errors
    /// As [`verify_issued`].
    pub(super) fn check(&self, certificate: &Certificate, issuer: &Certificate) -> Result<()> {
        let mut link = [0; 64];
        link[..32].copy_from_slice(&certificate.digest());
        link[32..].copy_from_slice(&issuer.digest());
        if self.with(|generations| generations.has(&link))? {
            return Ok(());
        }
        verify_issued(certificate, issuer.key())?;
        self.with(|generations| generations.keep(link))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Generations) -> T) -> Result<T> {
        let mut generations =
            self.0.lock().map_err(|_| Error::because(Code::Internal, "a thread died while it held the known links"))?;
        Ok(work(&mut generations))
    }
}

/// A copy of a list starts with nothing known.
impl Clone for Links {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Generations {
    fn has(&mut self, link: &Link) -> bool {
        if self.newer.contains(link) {
            return true;
        }
        let known = self.older.contains(link);
        if known {
            self.keep(*link);
        }
        known
    }

    fn keep(&mut self, link: Link) {
        if self.newer.len() == GENERATION {
            self.older = core::mem::take(&mut self.newer);
        }
        self.newer.insert(link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(number: usize) -> Link {
        let mut link = [0; 64];
        link[..8].copy_from_slice(&(number as u64).to_be_bytes());
        link
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let mut generations = Generations::default();
        generations.keep(link(0));
        for number in 1..3 * GENERATION {
            generations.keep(link(number));
            assert!(generations.has(&link(0)), "forgotten after {number}");
        }
        assert!(!generations.has(&link(1)));
        assert!(generations.newer.len() <= GENERATION && generations.older.len() <= GENERATION);
    }
}
