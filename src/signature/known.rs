//! Signatures of issuers that were found good: people log in again and again, and who issued their certificate does not change.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::certificate::Certificate;
use crate::{Code, Error, Result};

/// Signatures in one generation; 64 bytes each, and there are two generations.
const GENERATION: usize = 4096;

/// Digest of what was signed, its signature included, and digest of the issuer's certificate: collision-free, so they stand for
/// exactly these two.
type Known = [u8; 64];

/// Only good signatures are kept, and nothing else: dates and uses are asked for each time.
#[derive(Debug, Default)]
pub(crate) struct KnownGood(Mutex<Generations>);

/// The older one goes when the newer one is full: what is used stays, and what is not goes, without a list of ages.
#[derive(Debug, Default)]
struct Generations {
    newer: HashSet<Known>,
    older: HashSet<Known>,
}

impl KnownGood {
    /// Asks `verify` whether `issuer` signed what has this digest, unless that is known.
    ///
    /// # Errors
    /// Those of `verify`.
    pub(crate) fn check(
        &self,
        signed: &[u8; 32],
        issuer: &Certificate,
        verify: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mut known = [0; 64];
        known[..32].copy_from_slice(signed);
        known[32..].copy_from_slice(&issuer.digest());
        if self.with(|generations| generations.has(&known))? {
            return Ok(());
        }
        verify()?;
        self.with(|generations| generations.keep(known))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Generations) -> T) -> Result<T> {
        let died = |_| Error::because(Code::Internal, "a thread died while it held the known signatures");
        Ok(work(&mut *self.0.lock().map_err(died)?))
    }
}

/// A copy starts with nothing known.
impl Clone for KnownGood {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Generations {
    fn has(&mut self, known: &Known) -> bool {
        if self.newer.contains(known) {
            return true;
        }
        let old = self.older.contains(known);
        if old {
            self.keep(*known);
        }
        old
    }

    fn keep(&mut self, known: Known) {
        if self.newer.len() == GENERATION {
            self.older = core::mem::take(&mut self.newer);
        }
        self.newer.insert(known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(number: usize) -> Known {
        let mut known = [0; 64];
        known[..8].copy_from_slice(&(number as u64).to_be_bytes());
        known
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let mut generations = Generations::default();
        generations.keep(known(0));
        for number in 1..3 * GENERATION {
            generations.keep(known(number));
            assert!(generations.has(&known(0)), "forgotten after {number}");
        }
        assert!(!generations.has(&known(1)));
        assert!(generations.newer.len() <= GENERATION && generations.older.len() <= GENERATION);
    }
}
