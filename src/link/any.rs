//! A lock on either cable.

use super::{CcidLink, Link, Pipes, ReportLink, Reports};
use crate::error::Result;

/// A way to a lock whose face its profile decides.
pub enum AnyLink<R, P> {
    /// HID.
    Reports(ReportLink<R>),
    /// USB with CCID messages.
    Ccid(CcidLink<P>),
}

impl<R: Reports, P: Pipes> Link for AnyLink<R, P> {
    async fn enter(&self) -> Result<()> {
        match self {
            Self::Reports(link) => link.enter().await,
            Self::Ccid(link) => link.enter().await,
        }
    }

    fn leave(&self) {
        match self {
            Self::Reports(link) => link.leave(),
            Self::Ccid(link) => link.leave(),
        }
    }

    async fn close(&self) {
        match self {
            Self::Reports(link) => link.close().await,
            Self::Ccid(link) => link.close().await,
        }
    }

    fn abandon(&self, apdu: Option<&[u8]>) {
        match self {
            Self::Reports(link) => link.abandon(apdu),
            Self::Ccid(link) => link.abandon(apdu),
        }
    }

    async fn exchange(&self, apdu: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Reports(link) => link.exchange(apdu).await,
            Self::Ccid(link) => link.exchange(apdu).await,
        }
    }

    fn disturbed(&self) -> bool {
        match self {
            Self::Reports(link) => link.disturbed(),
            Self::Ccid(link) => link.disturbed(),
        }
    }

    fn strangers(&self) -> u32 {
        match self {
            Self::Reports(link) => link.strangers(),
            Self::Ccid(link) => link.strangers(),
        }
    }
}
