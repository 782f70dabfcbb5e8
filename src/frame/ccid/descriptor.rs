//! The class descriptor: 54 bytes behind the interface descriptor that say what a reader can do.
//!
//! Source: USB CCID specification 1.1 chapter 5.1. A browser does not show it among its own objects; it stands in the
//! configuration descriptor, which any page may ask a device for that it has open.

use super::HEADER;

/// What a message's data is, by dwFeatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Single bytes; the host does the card's transmission protocol, timing included.
    Character,
    /// Blocks of the card's transmission protocol.
    Tpdu,
    /// APDUs in short form.
    ShortApdu,
    /// APDUs in both forms; long ones in parts.
    ExtendedApdu,
}

/// A reader, as its class descriptor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// What is exchanged.
    pub level: Level,
    /// The most bytes of data in one message: dwMaxCCIDMessageLength without the header.
    pub most: usize,
    /// Whether it knows the card's voltage by itself.
    pub automatic_voltage: bool,
    /// dwProtocols: bit 0 for T=0, bit 1 for T=1.
    pub protocols: u32,
}

const DESCRIPTOR: usize = 54;
const TYPE_INTERFACE: u8 = 0x04;
const TYPE_CLASS: u8 = 0x21;
/// The most that is believed of dwMaxCCIDMessageLength: an extended APDU with its header.
const LONGEST: usize = 65_544 + HEADER;
/// The least: a short APDU of 5 bytes and a status word fit.
const SHORTEST: usize = HEADER + 5;

impl Reader {
    /// Finds the class descriptor of an interface in a configuration descriptor; `None` when it has none, so that the interface
    /// is no reader, or when a length in it makes no sense.
    #[must_use]
    pub fn find(configuration: &[u8], interface: u8) -> Option<Self> {
        let mut rest = configuration;
        let mut inside = false;
        while let [length, kind, ..] = *rest {
            let (descriptor, after) = rest.split_at_checked(length.into()).filter(|_| length >= 2)?;
            match (kind, descriptor) {
                (TYPE_INTERFACE, [_, _, number, ..]) => inside = *number == interface,
                (TYPE_CLASS, _) if inside && descriptor.len() == DESCRIPTOR => return Self::read(descriptor),
                _ => {}
            }
            rest = after;
        }
        None
    }

    fn read(descriptor: &[u8]) -> Option<Self> {
        let number = |at: usize| descriptor[at..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let features = number(40)?;
        let level = match features & 0x0007_0000 {
            0 => Level::Character,
            0x0001_0000 => Level::Tpdu,
            0x0002_0000 => Level::ShortApdu,
            0x0004_0000 => Level::ExtendedApdu,
            _ => return None,
        };
        let protocols = number(6)?;
        let longest = usize::try_from(number(44)?).ok()?.min(LONGEST);
        (longest >= SHORTEST).then(|| Self {
            level,
            most: longest - HEADER,
            automatic_voltage: features & 0x08 != 0,
            protocols,
        })
    }

    /// The descriptor of a reader like this one, for a device made of software.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let level: u32 = match self.level {
            Level::Character => 0,
            Level::Tpdu => 0x0001_0000,
            Level::ShortApdu => 0x0002_0000,
            Level::ExtendedApdu => 0x0004_0000,
        };
        // Automatic parameters, clock and baud rate, as a token of one piece has them.
        let features = level | 0x0000_0032 | if self.automatic_voltage { 0x08 } else { 0 };
        let mut bytes = vec![0; DESCRIPTOR];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &[54, TYPE_CLASS, 0x10, 0x01, 0, 0x07]);
        put(6, &self.protocols.to_le_bytes());
        // 4 MHz and 10 753 bit/s; nothing depends on them in a token.
        put(10, &4000_u32.to_le_bytes());
        put(14, &4000_u32.to_le_bytes());
        put(19, &10_753_u32.to_le_bytes());
        put(23, &10_753_u32.to_le_bytes());
        put(28, &254_u32.to_le_bytes());
        put(40, &features.to_le_bytes());
        put(44, &u32::try_from(self.most + HEADER).unwrap_or(u32::MAX).to_le_bytes());
        put(48, &[0xFF, 0xFF]);
        put(53, &[1]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A configuration of two interfaces, the second one a reader.
    fn configuration(class: &[u8]) -> Vec<u8> {
        let mut bytes = vec![9, 2, 0, 0, 2, 1, 0, 0x80, 50];
        bytes.extend([9, 4, 0, 0, 0, 8, 6, 0x50, 0]);
        bytes.extend([9, 4, 1, 0, 2, 0xFF, 0, 0, 0]);
        bytes.extend(class);
        bytes.extend([7, 5, 0x02, 2, 64, 0, 0, 7, 5, 0x82, 2, 64, 0, 0]);
        bytes
    }

    /// The class descriptor of an SCM SCR331-DI (04E6:5111), an old reader of class FF, from the values in CCIDLIB's list of
    /// readers: two slots, T=0 and T=1, TPDU, 263 bytes.
    const SCR331_DI: [u8; 54] = [
        0x36, 0x21, 0x00, 0x01, 0x01, 0x01, 0x03, 0x00, 0x00, 0x00, 0xA0, 0x0F, 0x00, 0x00, 0xE0, 0x2E, 0x00, 0x00,
        0x00, 0x80, 0x25, 0x00, 0x00, 0x00, 0xB0, 0x04, 0x00, 0x00, 0xFC, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0xBA, 0x00, 0x01, 0x00, 0x07, 0x01, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01,
    ];

    #[test]
    fn a_real_readers_descriptor_is_read() {
        let reader = Reader::find(&configuration(&SCR331_DI), 1).unwrap();
        assert_eq!(reader, Reader { level: Level::Tpdu, most: 253, automatic_voltage: true, protocols: 3 });
        assert_eq!(Reader::find(&configuration(&SCR331_DI), 0), None, "the other interface is no reader");
    }

    #[test]
    fn what_is_written_is_read() {
        for level in [Level::Character, Level::Tpdu, Level::ShortApdu, Level::ExtendedApdu] {
            let reader = Reader { level, most: 261, automatic_voltage: level == Level::Tpdu, protocols: 2 };
            assert_eq!(Reader::find(&configuration(&reader.encode()), 1), Some(reader));
        }
    }

    #[test]
    fn nonsense_is_no_reader() {
        let whole = configuration(&SCR331_DI);
        for length in 0..whole.len() {
            // Cut anywhere: read as far as it goes, or not at all.
            let _ = Reader::find(&whole[..length], 1);
        }
        assert_eq!(Reader::find(&[0, 4, 1], 1), None, "a descriptor of no length has no end");
        for length in [0, 9, 14] {
            let mut short = SCR331_DI;
            short[44..48].copy_from_slice(&[length, 0, 0, 0]);
            assert_eq!(Reader::find(&configuration(&short), 1), None, "messages of {length} bytes");
        }
    }
}
