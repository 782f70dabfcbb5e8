//! The one seam: exchanging one APDU with one lock.
//!
//! Above it everything is the same for a lock behind WebHID, behind another cable, or for a virtual one.

#[cfg(feature = "full")]
mod any;
#[cfg(feature = "full")]
mod ccid;
mod reports;

use core::future::Future;

#[cfg(feature = "full")]
pub use any::AnyLink;
#[cfg(feature = "full")]
pub use ccid::{CcidLink, Pipes, Transfer};
pub use reports::{ReportLink, Reports};

use crate::error::Result;
use crate::prelude::*;

/// A way to one lock.
pub trait Link {
    /// Gets ready for a workflow: waits for its turn among pages, opens the device if it is not open. Ended by
    /// [`Link::leave`].
    ///
    /// # Errors
    /// `LOCK_BUSY` when another page keeps the lock; `OPEN_FAILED` when the device cannot be opened.
    fn enter(&self) -> impl Future<Output = Result<()>>;

    /// Ends a workflow: other pages may have their turn. The device stays open.
    fn leave(&self);

    /// Closes the device.
    fn close(&self) -> impl Future<Output = ()>;

    /// Hands over a last command and lets go of the device without waiting for anything: for a page that is going away.
    fn abandon(&self, apdu: Option<&[u8]>);

    /// Sends one APDU and gives the answer's bytes (data, SW1 SW2). May never end when the lock is unplugged: the caller races it
    /// against a deadline and the unplugging. Dropping it half-way is allowed; the next exchange starts clean.
    ///
    /// # Errors
    /// `BAD_FRAME` when what arrives is no frame; what the device interface itself reports otherwise.
    fn exchange(&self, apdu: &[u8]) -> impl Future<Output = Result<Vec<u8>>>;

    /// Whether something happened since the last exchange, or in [`Link::enter`], after which another lock may be there or this one
    /// in another state: the device had to be opened, or somebody else was heard talking to it. What was read before is then
    /// read again before a PIN is asked. Asked once at the beginning of each workflow.
    fn disturbed(&self) -> bool {
        false
    }

    /// How many answers to other questions arrived during the last exchange. When its deadline passes with some of them seen, the
    /// lock is not silent: somebody else is talking to it.
    fn strangers(&self) -> u32 {
        0
    }
}
