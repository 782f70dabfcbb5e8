//! A lock that talks in HID reports: Longmai frames over whatever carries reports.

use core::cell::{Cell, RefCell};
use core::future::Future;

use super::Link;
use crate::error::Result;
use crate::frame::longmai::{self, Assembler, Direction, Report};
use crate::prelude::*;

/// What carries reports: `HIDDevice` in a page, a virtual lock in a test.
pub trait Reports {
    /// See [`Link::enter`].
    ///
    /// # Errors
    /// As there.
    fn enter(&self) -> impl Future<Output = Result<()>>;

    /// See [`Link::leave`].
    fn leave(&self);

    /// See [`Link::close`].
    fn close(&self) -> impl Future<Output = ()>;

    /// Hands reports to the device without waiting and lets go of it.
    fn abandon(&self, reports: &[Report]);

    /// Hands one output report to the device.
    ///
    /// # Errors
    /// What the device interface reports.
    fn send(&self, report: &[u8]) -> impl Future<Output = Result<()>>;

    /// The next input report, in the order of arrival.
    ///
    /// # Errors
    /// What the device interface reports.
    fn receive(&self) -> impl Future<Output = Result<Vec<u8>>>;

    /// See [`Link::disturbed`].
    fn disturbed(&self) -> bool {
        false
    }

    /// Throws away the input reports that arrived and nobody asked for.
    fn drain(&self);
}

/// APDUs over reports.
///
/// Every page and program that has the device open receives every input report, so answers to others arrive here too. They
/// are told by their sequence byte and never taken for ours (reference: anchors.md C3.10, token.md 4.2).
pub struct ReportLink<R> {
    reports: R,
    sequence: Cell<u8>,
    strangers: Cell<u32>,
    assembler: RefCell<Assembler>,
}

impl<R: Reports> ReportLink<R> {
    /// Starts a conversation. The captured host begins at 32 (reference: token.md 3.3); a caller that shares the lock with
    /// others gives a number of its own, so that their answers do not look like its.
    pub fn new(reports: R, first_sequence: u8) -> Self {
        Self {
            reports,
            sequence: Cell::new(first_sequence),
            strangers: Cell::new(0),
            assembler: RefCell::new(Assembler::default()),
        }
    }

    /// What carries the reports.
    pub fn reports(&self) -> &R {
        &self.reports
    }

    fn next_sequence(&self) -> u8 {
        let sequence = self.sequence.get();
        self.sequence.set(sequence.wrapping_add(1));
        sequence
    }
}

impl<R: Reports> Link for ReportLink<R> {
    fn enter(&self) -> impl Future<Output = Result<()>> {
        self.reports.enter()
    }

    fn leave(&self) {
        self.reports.leave();
    }

    fn close(&self) -> impl Future<Output = ()> {
        self.reports.close()
    }

    fn abandon(&self, apdu: Option<&[u8]>) {
        let reports = apdu.and_then(|apdu| longmai::encode(Direction::Request, self.next_sequence(), apdu).ok());
        self.reports.abandon(reports.as_ref().map_or(&[], |reports| reports.as_slice()));
    }

    async fn exchange(&self, apdu: &[u8]) -> Result<Vec<u8>> {
        self.strangers.set(0);
        self.assembler.borrow_mut().reset();
        self.reports.drain();
        let sequence = self.next_sequence();
        for report in longmai::encode(Direction::Request, sequence, apdu)?.iter() {
            self.reports.send(report).await?;
        }
        loop {
            let report = self.reports.receive().await?;
            // Our own answer starts with a first fragment; what has none is the tail of a stranger's that draining cut.
            if self.assembler.borrow().is_orphan(&report) {
                self.strangers.set(self.strangers.get() + 1);
                continue;
            }
            let Some(message) = self.assembler.borrow_mut().feed(&report)? else { continue };
            if message.direction == Direction::Response && message.sequence == sequence {
                return Ok(message.apdu.to_vec());
            }
            self.strangers.set(self.strangers.get() + 1);
        }
    }

    fn disturbed(&self) -> bool {
        self.reports.disturbed()
    }

    fn strangers(&self) -> u32 {
        self.strangers.get()
    }
}
