//! What comes back when something is sent to a virtual lock.

use core::time::Duration;

/// One thing that happens after sending, in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// One input report, or one bulk-IN transfer, arrives.
    Deliver(Vec<u8>),
    /// What follows happens this much later. What is sent meanwhile has its own events and does not wait for these.
    Wait(Duration),
    /// What was sent is never taken: the call that sends it never ends.
    Hang,
    /// What was sent is refused: the call that sends it fails. On USB a STALL of the endpoint.
    Stall,
    /// The lock is pulled out.
    Unplug,
}

/// Why a lock cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The system says no.
    Fails,
    /// Another program holds it.
    Taken,
}
