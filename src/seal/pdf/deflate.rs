//! Packing a picture (RFC 1950 and 1951) with one block of fixed codes: a seal is mostly areas of one colour, and a whole packer
//! would be 20 kB that a page loads.

use crate::prelude::*;

/// How far back a repetition may lie.
const WINDOW: usize = 32 * 1024;
const SHORTEST: usize = 3;
const LONGEST: usize = 258;
/// Places are remembered by a hash of the three bytes that stand there.
const REMEMBERED: usize = 1 << 13;

/// zlib data that unpacks to these bytes.
pub(super) fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut out = Bits { bytes: vec![0x78, 0x01], bits: 0, count: 0 };
    // The last block, of fixed codes.
    out.put(0b011, 3);
    let mut known = vec![usize::MAX; REMEMBERED];
    let mut at = 0;
    while let Some(&byte) = plain.get(at) {
        let length = match plain.get(at..at + SHORTEST) {
            Some(&[a, b, c]) => {
                let hash = (usize::from(a) << 10 ^ usize::from(b) << 5 ^ usize::from(c)) % REMEMBERED;
                let before = core::mem::replace(&mut known[hash], at);
                let length = if before < at && at - before <= WINDOW { alike(plain, before, at) } else { 0 };
                if length >= SHORTEST {
                    out.length(length);
                    out.distance(at - before);
                }
                length
            }
            _ => 0,
        };
        if length >= SHORTEST {
            at += length;
        } else {
            out.symbol(u32::from(byte));
            at += 1;
        }
    }
    out.symbol(256);
    out.put(0, 7);
    let mut made = out.bytes;
    made.extend(adler(plain).to_be_bytes());
    made
}

fn alike(plain: &[u8], before: usize, at: usize) -> usize {
    let (old, new) = (plain[before..].iter(), plain[at..].iter());
    old.zip(new).take(LONGEST).take_while(|(old, new)| old == new).count()
}

/// Bits from the lowest.
struct Bits {
    bytes: Vec<u8>,
    bits: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, bits: u32, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.bits.to_le_bytes()[0]);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    /// Codes stand with their highest bit first.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    /// The fixed codes (RFC 1951, 3.2.6).
    fn symbol(&mut self, symbol: u32) {
        match symbol {
            0..144 => self.code(0x30 + symbol, 8),
            144..256 => self.code(0x190 + symbol - 144, 9),
            256..280 => self.code(symbol - 256, 7),
            _ => self.code(0xC0 + symbol - 280, 8),
        }
    }

    fn length(&mut self, length: usize) {
        let over = u32::try_from(length - SHORTEST).unwrap_or(0);
        if length == LONGEST {
            self.symbol(285);
        } else if over < 8 {
            self.symbol(257 + over);
        } else {
            let extra = over.ilog2() - 2;
            self.symbol(261 + 4 * extra + (over >> extra & 3));
            self.put(over & ((1 << extra) - 1), extra);
        }
    }

    fn distance(&mut self, distance: usize) {
        let over = u32::try_from(distance - 1).unwrap_or(0);
        if over < 4 {
            self.code(over, 5);
        } else {
            let extra = over.ilog2() - 1;
            self.code(2 + 2 * extra + (over >> extra & 1), 5);
            self.put(over & ((1 << extra) - 1), extra);
        }
    }
}

/// The checksum at the end of zlib data.
pub(super) fn adler(plain: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    for &byte in plain {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::zlib;
    use crate::seal::pdf::inflate;

    #[test]
    fn what_is_packed_unpacks_to_the_same() {
        let mut seed = 1u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let mut cases: Vec<Vec<u8>> = vec![vec![], vec![7], vec![1, 2], vec![0; 100_000], (0..=255).collect()];
        cases.push((0..100_000).map(|_| noise()).collect());
        cases.push((0..50_000).map(|at| if at % 700 < 650 { 9 } else { noise() }).collect());
        for run in [3, 4, 10, 11, 12, 18, 19, 34, 35, 66, 130, 257, 258, 259, 515] {
            cases.push([vec![1, 2, 3], vec![5; run], vec![1, 2, 3]].concat());
        }
        for gap in [1, 2, 4, 5, 6, 100, 255, 256, 257, 8000, 32_767, 32_768, 32_769, 40_000] {
            cases.push([vec![200, 201, 202, 203], vec![0; gap], vec![200, 201, 202, 203, 204]].concat());
        }
        for plain in cases {
            let packed = zlib(&plain);
            assert_eq!(inflate::zlib(&packed, plain.len()).unwrap(), plain, "{} bytes", plain.len());
        }
        let one = zlib(&vec![255; 1 << 20]).len();
        assert!(one < 11 << 10, "an area of one colour: {one} bytes");
    }
}
