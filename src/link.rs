//! The one seam: exchanging one APDU with one lock.
//!
//! Above it everything is the same for a lock behind WebHID, behind another cable, or for a virtual one.

mod reports;

use core::future::Future;
use core::time::Duration;

pub use reports::{ReportLink, Reports};

use crate::error::Result;

/// A way to one lock.
pub trait Link {
    /// Sends one APDU and gives the answer's bytes (data, SW1 SW2). May never end when the lock is unplugged: the caller races it
    /// against a deadline and the unplugging. Dropping it half-way is allowed; the next exchange starts clean.
    ///
    /// # Errors
    /// `BAD_FRAME` when what arrives is no frame; what the device interface itself reports otherwise.
    fn exchange(&self, apdu: &[u8]) -> impl Future<Output = Result<Vec<u8>>>;

    /// How many answers to other questions arrived during the last exchange. When its deadline passes with some of them seen, the
    /// lock is not silent: somebody else is talking to it.
    fn strangers(&self) -> u32 {
        0
    }
}

/// A clock to wait on: the browser's timer, or a test's own.
pub trait Timer {
    /// Ends after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}
