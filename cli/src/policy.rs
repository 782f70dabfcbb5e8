//! What every command asks that believes a certificate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use calock::revocation::Revocations;
use calock::trust::{TrustList, Validity};
use calock_portal::revocation::RevocationFolder;
use calock_portal::trust::load_folder;
use clap::{Args, ValueEnum};

use crate::outcome::Failure;

/// Revocation and dates.
#[derive(Args)]
pub(crate) struct Policy {
    /// 吊销列表目录 · folder of CRLs and OCSP responses; without it the status is not checked
    #[arg(long, value_name = "DIR", requires = "trust")]
    revocation: Option<PathBuf>,
    /// 证书有效期模型 · at which time the CAs above a holder must be within their dates
    #[arg(long, value_enum, default_value_t)]
    validity: Model,
}

/// [`Validity`], as it is typed.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Model {
    /// 现在 · now
    #[default]
    Shell,
    /// 签发下级时 · when they issued the one below
    Chain,
    /// 不看 · never
    Leaf,
}

impl Policy {
    /// Makes a list follow the dates that were asked for.
    pub(crate) fn apply(&self, trust: &mut TrustList) {
        trust.set_validity(match self.validity {
            Model::Shell => Validity::Shell,
            Model::Chain => Validity::Chain,
            Model::Leaf => Validity::Leaf,
        });
    }

    /// The trust list of a folder, following the dates that were asked for, and the revocation lists; `None` for what was not
    /// named.
    pub(crate) fn load(&self, trust: Option<&Path>) -> Result<(Option<TrustList>, Option<Arc<Revocations>>), Failure> {
        let trust = trust.map(load_folder).transpose().map_err(|unusable| Failure::Unusable(unusable.to_string()))?;
        let trust = trust.map(|mut trust| {
            self.apply(&mut trust);
            trust
        });
        Ok((trust, self.revocations()?.map(|folder| folder.lists())))
    }

    /// Reads the revocation lists, if any were named.
    pub(crate) fn revocations(&self) -> Result<Option<RevocationFolder>, Failure> {
        let folder = self.revocation.as_deref().map(RevocationFolder::open).transpose();
        folder.map_err(|unusable| Failure::Unusable(unusable.to_string()))
    }
}
