//! CCID: the messages of a USB smart card reader, one message a bulk transfer.
//!
//! Source: USB CCID specification 1.1 chapter 6 (reference: token.md 5.1). Every message begins with ten bytes; all integers are
//! little-endian.
//!
//! | offset | length | to the reader | from the reader |
//! |---|---|---|---|
//! | 0 | 1 | kind | kind |
//! | 1 | 4 | length of what follows the ten bytes | the same |
//! | 5 | 1 | slot | slot |
//! | 6 | 1 | sequence byte | that of the message it answers |
//! | 7 | 1 | power select, or BWI | status: bits 0, 1 the card, bits 6, 7 the command |
//! | 8 | 1 | level parameter, low byte | error |
//! | 9 | 1 | level parameter, high byte | chain parameter |

mod chain;
mod descriptor;
mod reply;

use zeroize::Zeroizing;

pub use chain::{Chain, parts};
pub use descriptor::{Level, Reader};
pub use reply::{CardState, Outcome, Reply};

use crate::error::{Code, Error, Result};

/// Bytes before a message's data.
pub const HEADER: usize = 10;

/// What a message is, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    // ---- to the reader ----
    /// PC_to_RDR_SetParameters.
    SetParameters = 0x61,
    /// PC_to_RDR_IccPowerOn; answered with a data block, the ATR.
    PowerOn = 0x62,
    /// PC_to_RDR_IccPowerOff; answered with a slot status.
    PowerOff = 0x63,
    /// PC_to_RDR_GetSlotStatus; answered with a slot status.
    GetSlotStatus = 0x65,
    /// PC_to_RDR_Escape.
    Escape = 0x6B,
    /// PC_to_RDR_GetParameters; answered with parameters.
    GetParameters = 0x6C,
    /// PC_to_RDR_ResetParameters; answered with parameters.
    ResetParameters = 0x6D,
    /// PC_to_RDR_XfrBlock; answered with a data block.
    Transfer = 0x6F,
    /// PC_to_RDR_Abort; answered with a slot status.
    Abort = 0x72,

    // ---- from the reader ----
    /// RDR_to_PC_DataBlock.
    DataBlock = 0x80,
    /// RDR_to_PC_SlotStatus.
    SlotStatus = 0x81,
    /// RDR_to_PC_Parameters.
    Parameters = 0x82,
    /// RDR_to_PC_Escape.
    EscapeReply = 0x83,
    /// RDR_to_PC_DataRateAndClockFrequency.
    Clock = 0x84,
}

impl Kind {
    const ALL: [Self; 14] = [
        Self::SetParameters,
        Self::PowerOn,
        Self::PowerOff,
        Self::GetSlotStatus,
        Self::Escape,
        Self::GetParameters,
        Self::ResetParameters,
        Self::Transfer,
        Self::Abort,
        Self::DataBlock,
        Self::SlotStatus,
        Self::Parameters,
        Self::EscapeReply,
        Self::Clock,
    ];

    /// Whether a reader sends it.
    #[must_use]
    pub const fn is_reply(self) -> bool {
        self as u8 & 0x80 != 0
    }

    /// What a reader answers it with; for an answer, itself.
    #[must_use]
    pub const fn reply(self) -> Self {
        match self {
            Self::PowerOn | Self::Transfer => Self::DataBlock,
            Self::PowerOff | Self::GetSlotStatus | Self::Abort => Self::SlotStatus,
            Self::SetParameters | Self::GetParameters | Self::ResetParameters => Self::Parameters,
            Self::Escape => Self::EscapeReply,
            other => other,
        }
    }
}

/// One message, either way.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub kind: Kind,
    /// Which of the reader's slots; a lock has one, 0.
    pub slot: u8,
    /// Up by one per message; an answer repeats its question's.
    pub sequence: u8,
    /// What the three bytes mean depends on the kind.
    pub specific: [u8; 3],
    /// An APDU or a part of one, an ATR, parameters.
    pub data: Zeroizing<Vec<u8>>,
}

impl Message {
    /// A message to the reader's only slot, its three specific bytes zero.
    #[must_use]
    pub fn new(kind: Kind, sequence: u8, data: &[u8]) -> Self {
        Self { kind, slot: 0, sequence, specific: [0; 3], data: Zeroizing::new(data.to_vec()) }
    }

    /// The same with its specific bytes.
    #[must_use]
    pub fn with(mut self, specific: [u8; 3]) -> Self {
        self.specific = specific;
        self
    }

    /// The bytes of the transfer.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEADER + self.data.len()));
        bytes.push(self.kind as u8);
        // Longer data does not exist: a reader's longest message is written in the same four bytes, and APDUs are shorter.
        bytes.extend_from_slice(&u32::try_from(self.data.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&[self.slot, self.sequence]);
        bytes.extend_from_slice(&self.specific);
        bytes.extend_from_slice(&self.data);
        bytes
    }

    /// Reads one transfer.
    ///
    /// # Errors
    /// `BAD_FRAME` for a kind that does not exist, or when the length inside is not that of the transfer.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let broken = Error::because(Code::BadFrame, "not a CCID message");
        let Some((&[kind, l0, l1, l2, l3, slot, sequence, a, b, c], data)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(broken);
        };
        let kind = Kind::ALL.into_iter().find(|known| *known as u8 == kind).ok_or(broken)?;
        if u32::try_from(data.len()) != Ok(u32::from_le_bytes([l0, l1, l2, l3])) {
            return Err(broken);
        }
        Ok(Self { kind, slot, sequence, specific: [a, b, c], data: Zeroizing::new(data.to_vec()) })
    }
}

impl core::fmt::Debug for Message {
    /// Kind, numbers and length; never the data, which may be a PIN block.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?} {} {:02X?}, {} bytes", self.kind, self.sequence, self.specific, self.data.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn written_as_the_specification_says() {
        let on = Message::new(Kind::PowerOn, 0, &[]).with([1, 0, 0]);
        assert_eq!(on.encode().to_vec(), [0x62, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        let select = Message::new(Kind::Transfer, 7, &[0x00, 0xA4, 0x04, 0x00, 0x00]).with([0, 0x10, 0x00]);
        assert_eq!(select.encode().to_vec(), [0x6F, 5, 0, 0, 0, 0, 7, 0, 0x10, 0, 0x00, 0xA4, 0x04, 0x00, 0x00]);
        assert_eq!(Message::decode(&select.encode()), Ok(select));
    }

    #[test]
    fn a_wrong_length_or_kind_is_refused() {
        let good = Message::new(Kind::DataBlock, 1, &[0x90, 0]).encode().to_vec();
        let longer = [&good[..], &[0]].concat();
        let mut other = good.clone();
        other[0] = 0x7F;
        for bad in [&good[..11], &good[..9], &[], &longer, &other] {
            assert_eq!(Message::decode(bad).unwrap_err().code, Code::BadFrame, "{bad:02X?}");
        }
    }

    #[test]
    fn debug_hides_the_data() {
        let message = Message::new(Kind::Transfer, 3, b"secret");
        assert_eq!(format!("{message:?}"), "Transfer 3 [00, 00, 00], 6 bytes");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(kind in 0usize..14, slot: u8, sequence: u8, specific: [u8; 3], data: Vec<u8>) {
            let message = Message { slot, ..Message::new(Kind::ALL[kind], sequence, &data).with(specific) };
            prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
        }

        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            if let Ok(message) = Message::decode(&bytes) {
                prop_assert_eq!(message.encode().to_vec(), bytes);
            }
        }
    }
}
