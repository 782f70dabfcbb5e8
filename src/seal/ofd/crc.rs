//! CRC-32 as ZIP has it (APPNOTE 4.4.7), eight bytes at a time. The tables are made when a package is opened: 8 KiB that look
//! like noise would be a tenth of what a page loads.

use crate::prelude::*;

/// The polynomial, its bits in reverse order.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Eight tables: the n-th tells what a byte does n bytes later.
pub(super) struct Tables(Vec<[u32; 256]>);

impl Tables {
    pub(super) fn new() -> Self {
        let mut first = [0_u32; 256];
        for (byte, entry) in (0_u32..).zip(&mut first) {
            *entry = (0..8).fold(byte, |crc, _| crc >> 1 ^ if crc & 1 == 1 { POLYNOMIAL } else { 0 });
        }
        let mut tables = vec![first];
        for place in 1..8 {
            let next = tables[place - 1].map(|crc| crc >> 8 ^ first[crc.to_le_bytes()[0] as usize]);
            tables.push(next);
        }
        Self(tables)
    }

    /// The checksum of what went before, `0` at the beginning, and these bytes.
    pub(super) fn update(&self, crc: u32, bytes: &[u8]) -> u32 {
        let [t0, t1, t2, t3, t4, t5, t6, t7] = self.0.as_slice() else { return 0 };
        let (eights, rest) = bytes.as_chunks::<8>();
        let crc = eights.iter().fold(!crc, |crc, &[a, b, c, d, e, f, g, h]| {
            let [w, x, y, z] = crc.to_le_bytes();
            t7[usize::from(a ^ w)]
                ^ t6[usize::from(b ^ x)]
                ^ t5[usize::from(c ^ y)]
                ^ t4[usize::from(d ^ z)]
                ^ t3[usize::from(e)]
                ^ t2[usize::from(f)]
                ^ t1[usize::from(g)]
                ^ t0[usize::from(h)]
        });
        !rest.iter().fold(crc, |crc, byte| crc >> 8 ^ t0[usize::from(crc.to_le_bytes()[0] ^ byte)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_and_every_cut() {
        let tables = Tables::new();
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(tables.update(0, b"123456789"), 0xCBF4_3926);
        let bytes: Vec<u8> = (0..100).map(|number| number * 2).collect();
        let whole = tables.update(0, &bytes);
        for cut in 0..bytes.len() {
            assert_eq!(tables.update(tables.update(0, &bytes[..cut]), &bytes[cut..]), whole, "{cut}");
        }
    }
}
