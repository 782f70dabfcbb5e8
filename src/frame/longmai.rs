//! Longmai GM3000 over HID: messages cut into reports of 64 bytes.
//!
//! Source: captured traffic (reference: token.md 3.3). A report is a tag byte and up to 63 useful bytes, zero padded. The tag's
//! upper two bits place the fragment (`11` only, `10` first, `00` middle, `01` last), its lower six count the useful bytes.
//!
//! The message inside:
//!
//! | offset | length | request | response |
//! |---|---|---|---|
//! | 0 | 2 | `FE 01` | `AA AA` |
//! | 2 | 14 | zeros | TLV length LE16, zeros |
//! | 16 | 3 | TLV length, little-endian | zeros |
//! | 19 | 1 | sequence byte | the same |
//! | 20 | 3 | TLV `12`, length big-endian | the same |
//! | 23 | n | APDU | data, SW1 SW2 |
//!
//! TLV length = 3 + n.

use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};
use crate::prelude::*;

/// Bytes of one report, in and out. The device has no report id.
pub const REPORT: usize = 64;

const USEFUL: usize = REPORT - 1;
const HEADER: usize = 20;
const TLV_TAG: u8 = 0x12;
const TLV_HEADER: usize = 3;
const REQUEST_MARK: [u8; 2] = [0xFE, 0x01];
const RESPONSE_MARK: [u8; 2] = [0xAA, 0xAA];

/// One report as it stands on the wire.
pub type Report = [u8; REPORT];

/// Which way a message goes; the header differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Host to lock: `FE 01`.
    Request,
    /// Lock to host: `AA AA`.
    Response,
}

/// A message out of its reports.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Which way it went.
    pub direction: Direction,
    /// Up by one per message; a response repeats its request's.
    pub sequence: u8,
    /// The APDU, or data and status word.
    pub apdu: Zeroizing<Vec<u8>>,
}

/// Cuts a message into reports.
///
/// # Errors
/// `PARAMETER` when the APDU is longer than the TLV can say (65 535).
pub fn encode(direction: Direction, sequence: u8, apdu: &[u8]) -> Result<Zeroizing<Vec<Report>>> {
    let length =
        u16::try_from(apdu.len()).map_err(|_| Error::because(Code::Parameter, "APDU does not fit a Longmai TLV"))?;
    let tlv_length = (u32::from(length) + 3).to_le_bytes();
    let mut message = Zeroizing::new(vec![0; HEADER]);
    message.reserve_exact(TLV_HEADER + apdu.len());
    match direction {
        Direction::Request => {
            message[..2].copy_from_slice(&REQUEST_MARK);
            message[16..19].copy_from_slice(&tlv_length[..3]);
        }
        Direction::Response => {
            message[..2].copy_from_slice(&RESPONSE_MARK);
            message[2..4].copy_from_slice(&tlv_length[..2]);
        }
    }
    message[19] = sequence;
    message.push(TLV_TAG);
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(apdu);

    let count = message.len().div_ceil(USEFUL);
    let mut reports = Zeroizing::new(Vec::with_capacity(count));
    for (index, fragment) in message.chunks(USEFUL).enumerate() {
        let place = match (index == 0, index + 1 == count) {
            (true, true) => Place::Only,
            (true, false) => Place::First,
            (false, false) => Place::Middle,
            (false, true) => Place::Last,
        };
        let mut report = [0; REPORT];
        // A fragment has at most 63 bytes, so the count fits the lower six bits.
        report[0] = place as u8 | u8::try_from(fragment.len()).unwrap_or(0);
        report[1..=fragment.len()].copy_from_slice(fragment);
        reports.push(report);
    }
    Ok(reports)
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Place {
    Only = 0xC0,
    First = 0x80,
    Middle = 0x00,
    Last = 0x40,
}

impl Place {
    fn of(tag: u8) -> Self {
        match tag & 0xC0 {
            0xC0 => Self::Only,
            0x80 => Self::First,
            0x40 => Self::Last,
            _ => Self::Middle,
        }
    }
}

/// Whether a report is the first of a message, or its only one.
#[must_use]
pub fn begins(report: &[u8]) -> bool {
    report.first().is_some_and(|&tag| matches!(Place::of(tag), Place::Only | Place::First))
}

/// Puts reports together to messages.
#[derive(Default)]
pub struct Assembler {
    message: Option<Zeroizing<Vec<u8>>>,
}

impl Assembler {
    /// Takes one report; gives the message when this was its last one.
    ///
    /// # Errors
    /// `BAD_FRAME` when the report is no fragment, comes out of order, or ends a message whose header or lengths are wrong. What
    /// was collected is dropped, and the next first fragment starts anew.
    pub fn feed(&mut self, report: &[u8]) -> Result<Option<Message>> {
        let collected = self.message.take();
        let (&tag, rest) = report.split_first().ok_or(broken("empty report"))?;
        let useful = rest.get(..usize::from(tag & 0x3F)).ok_or(broken("report shorter than its count"))?;
        if useful.is_empty() {
            return Err(broken("fragment without bytes"));
        }
        let place = Place::of(tag);
        let mut message = match (place, collected) {
            // A first fragment while another message was open: that one lost its end; this one is whole.
            (Place::Only | Place::First, _) => Zeroizing::new(Vec::with_capacity(HEADER + TLV_HEADER + 256)),
            (Place::Middle | Place::Last, Some(message)) => message,
            (Place::Middle | Place::Last, None) => return Err(broken("fragment without a beginning")),
        };
        if message.len() + useful.len() > HEADER + TLV_HEADER + usize::from(u16::MAX) {
            return Err(broken("longer than any message"));
        }
        message.extend_from_slice(useful);
        match place {
            Place::Only | Place::Last => parse(&message).map(Some),
            Place::First | Place::Middle => {
                self.message = Some(message);
                Ok(None)
            }
        }
    }

    /// Whether a report continues a message whose beginning was never seen here: the rest of an answer to somebody else.
    #[must_use]
    pub fn is_orphan(&self, report: &[u8]) -> bool {
        let continues = report.first().is_some_and(|&tag| matches!(Place::of(tag), Place::Middle | Place::Last));
        continues && self.message.is_none()
    }

    /// Forgets a half-received message.
    pub fn reset(&mut self) {
        self.message = None;
    }
}

fn parse(message: &[u8]) -> Result<Message> {
    let (header, tlv) = message.split_first_chunk::<HEADER>().ok_or(broken("shorter than its header"))?;
    let (direction, announced) = match [header[0], header[1]] {
        REQUEST_MARK => (Direction::Request, u32::from_le_bytes([header[16], header[17], header[18], 0])),
        RESPONSE_MARK => (Direction::Response, u32::from(u16::from_le_bytes([header[2], header[3]]))),
        _ => return Err(broken("neither request nor response")),
    };
    let (&[tag, hi, lo], apdu) = tlv.split_first_chunk::<TLV_HEADER>().ok_or(broken("no TLV"))?;
    let length = u16::from_be_bytes([hi, lo]);
    // A response of 64 KiB wraps its 16-bit length field; compare what the field can hold.
    let mask = if direction == Direction::Response { 0xFFFF } else { 0xFF_FFFF };
    if tag != TLV_TAG || usize::from(length) != apdu.len() || (u32::from(length) + 3) & mask != announced {
        return Err(broken("lengths do not agree"));
    }
    Ok(Message { direction, sequence: header[19], apdu: Zeroizing::new(apdu.to_vec()) })
}

fn broken(detail: &'static str) -> Error {
    Error::because(Code::BadFrame, detail)
}

impl core::fmt::Debug for Message {
    /// Lengths only: the APDU may hold a PIN block.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?} {} with {} bytes", self.direction, self.sequence, self.apdu.len())
    }
}
