//! Unpacking (RFC 1950 and 1951) for the few streams that are read, bit by bit with two small tables. A library that unpacks ten times
//! as fast is 4.5 kB that a page loads; what it would save here are milliseconds, as no page's content is ever unpacked.

use super::damaged;
use super::deflate::adler;
use crate::prelude::*;
use crate::{Code, Error, Result};

/// The longest code.
const LONGEST: usize = 15;
/// In which order the lengths of the codes for lengths stand (3.2.7).
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const DAMAGED: Error = damaged("a stream is damaged");

/// Unpacks zlib data of at most `most` bytes. Whatever follows its end is left alone, and so is a missing checksum: both are met in
/// genuine files.
pub(super) fn zlib(packed: &[u8], most: usize) -> Result<Vec<u8>> {
    let (&[method, flags], body) = packed.split_first_chunk().ok_or(DAMAGED)?;
    // Deflate, a header that adds up, no dictionary.
    if method & 0x0F != 8 || u16::from_be_bytes([method, flags]) % 31 != 0 || flags & 0x20 != 0 {
        return Err(DAMAGED);
    }
    let mut stream = Stream { rest: body, hold: 0, count: 0, out: Vec::new(), most };
    while !stream.block()? {}
    match stream.rest.first_chunk() {
        Some(&sum) if u32::from_be_bytes(sum) != adler(&stream.out) => Err(DAMAGED),
        _ => Ok(stream.out),
    }
}

struct Stream<'a> {
    rest: &'a [u8],
    /// Bits that were read and not used, from the lowest.
    hold: usize,
    count: usize,
    out: Vec<u8>,
    most: usize,
}

impl Stream<'_> {
    /// Unpacks a block; whether it was the last one.
    fn block(&mut self) -> Result<bool> {
        let last = self.bits(1)? == 1;
        match self.bits(2)? {
            0 => self.stored()?,
            1 => {
                // The fixed codes (3.2.6).
                let lengths = [(8, 144), (9, 112), (7, 24), (8, 8)].map(|(length, times)| vec![length; times]).concat();
                self.coded(&Codes::new(&lengths)?, &Codes::new(&[5; 30])?)?;
            }
            2 => {
                let (letters, distances) = self.codes()?;
                self.coded(&letters, &distances)?;
            }
            _ => return Err(DAMAGED),
        }
        Ok(last)
    }

    fn stored(&mut self) -> Result<()> {
        // From the next whole byte; no whole byte is ever held back.
        (self.hold, self.count) = (0, 0);
        let (&[low, high, not_low, not_high], rest) = self.rest.split_first_chunk().ok_or(DAMAGED)?;
        if (low, high) != (!not_low, !not_high) {
            return Err(DAMAGED);
        }
        let (content, rest) = rest.split_at_checked(u16::from_le_bytes([low, high]).into()).ok_or(DAMAGED)?;
        self.rest = rest;
        self.room(content.len())?;
        self.out.extend_from_slice(content);
        Ok(())
    }

    /// The codes of a block that brings its own (3.2.7).
    fn codes(&mut self) -> Result<(Codes, Codes)> {
        let (letters, distances) = (self.bits(5)? + 257, self.bits(5)? + 1);
        let mut lengths = [0; 19];
        let named = self.bits(4)? + 4;
        for &place in ORDER.iter().take(named) {
            lengths[usize::from(place)] = self.bits(3)?.to_le_bytes()[0];
        }
        let codes = Codes::new(&lengths)?;
        let mut lengths: Vec<u8> = Vec::new();
        while lengths.len() < letters + distances {
            let (length, times) = match self.symbol(&codes)? {
                16 => (*lengths.last().ok_or(DAMAGED)?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length.to_le_bytes()[0], 1),
            };
            lengths.extend(core::iter::repeat_n(length, times));
        }
        let (front, back) = lengths.split_at(letters);
        if back.len() == distances { Ok((Codes::new(front)?, Codes::new(back)?)) } else { Err(DAMAGED) }
    }

    /// Letters and repetitions up to the end of the block (3.2.5).
    fn coded(&mut self, letters: &Codes, distances: &Codes) -> Result<()> {
        loop {
            let length = match self.symbol(letters)? {
                letter @ 0..256 => {
                    self.room(1)?;
                    self.out.push(letter.to_le_bytes()[0]);
                    continue;
                }
                256 => return Ok(()),
                285 => 258,
                symbol @ ..285 => 3 + self.extended(usize::from(symbol) - 257, 2)?,
                _ => return Err(DAMAGED),
            };
            let distance = match self.symbol(distances)? {
                symbol @ ..30 => 1 + self.extended(symbol.into(), 1)?,
                _ => return Err(DAMAGED),
            };
            let from = self.out.len().checked_sub(distance).ok_or(DAMAGED)?;
            self.room(length)?;
            // Byte by byte: what is repeated may be made by the repetition.
            for at in from..from + length {
                self.out.push(self.out[at]);
            }
        }
    }

    /// Lengths and distances grow alike: 2 to the power of `steps` of them have as many bits behind them, then one bit more.
    fn extended(&mut self, symbol: usize, steps: u32) -> Result<usize> {
        let group = symbol >> steps;
        if group < 2 {
            return Ok(symbol);
        }
        let extra = group - 1;
        let within = (symbol & ((1 << steps) - 1)) | (1 << steps);
        Ok((within << extra) + self.bits(extra)?)
    }

    fn symbol(&mut self, codes: &Codes) -> Result<u16> {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for &count in &codes.counts[1..] {
            code |= self.bits(1)?;
            let count = usize::from(count);
            if code < first + count {
                return codes.symbols.get(index + code - first).copied().ok_or(DAMAGED);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(DAMAGED)
    }

    fn bits(&mut self, count: usize) -> Result<usize> {
        while self.count < count {
            let (&byte, rest) = self.rest.split_first().ok_or(DAMAGED)?;
            self.rest = rest;
            self.hold |= usize::from(byte) << self.count;
            self.count += 8;
        }
        let bits = self.hold & ((1 << count) - 1);
        self.hold >>= count;
        self.count -= count;
        Ok(bits)
    }

    fn room(&self, more: usize) -> Result<()> {
        if self.out.len() + more > self.most {
            return Err(Error::because(Code::DocumentTooLarge, "a stream unpacks to more than any genuine one"));
        }
        Ok(())
    }
}

/// Huffman codes (3.2.2).
struct Codes {
    /// How many there are of each length.
    counts: [u16; LONGEST + 1],
    /// What they stand for, in the order of the codes.
    symbols: Vec<u16>,
}

impl Codes {
    fn new(lengths: &[u8]) -> Result<Self> {
        let mut counts = [0u16; LONGEST + 1];
        let mut symbols = Vec::new();
        let mut free = 1i32;
        for (length, count) in counts.iter_mut().enumerate().skip(1) {
            for (symbol, _) in (0..).zip(lengths).filter(|(_, one)| usize::from(**one) == length) {
                *count += 1;
                symbols.push(symbol);
            }
            free = free * 2 - i32::from(*count);
            if free < 0 {
                return Err(DAMAGED); // more codes than there is room for
            }
        }
        Ok(Self { counts, symbols })
    }
}

#[cfg(test)]
mod tests {
    use super::zlib;

    /// What another packer made with each of its levels, and what another unpacker says to damaged data.
    #[test]
    fn unpacks_as_a_library_does() {
        let mut seed = 7u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let mut cases: Vec<Vec<u8>> = vec![vec![], vec![7], vec![0; 300_000], (0..=255).collect()];
        cases.push((0..200_000).map(|_| noise()).collect());
        cases.push(
            (0..200_000u32)
                .flat_map(|at| {
                    let [low, high, ..] = at.to_le_bytes();
                    [1, high, low, noise() & 3]
                })
                .collect(),
        );
        cases.push(include_str!("inflate.rs").repeat(9).into_bytes());
        for plain in &cases {
            for level in 0..=10 {
                let packed = miniz_oxide::deflate::compress_to_vec_zlib(plain, level);
                assert_eq!(&zlib(&packed, plain.len()).unwrap(), plain, "{} bytes, level {level}", plain.len());
                assert_eq!(&zlib(&packed[..packed.len() - 4], plain.len()).unwrap(), plain, "without a checksum");
                assert!(plain.is_empty() || zlib(&packed, plain.len() - 1).is_err(), "more than it may be");
            }
        }
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&cases[6][..3000], 9);
        let (mut refused, mut taken) = (0, 0);
        for at in 0..packed.len() * 8 {
            let mut changed = packed.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let library = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&changed, 1 << 20);
            match (zlib(&changed, 1 << 20), library) {
                (Ok(own), Ok(library)) => assert_eq!(own, library, "bit {at}"),
                (Err(_), Err(_)) => refused += 1,
                // The library minds the size of the window, which nobody needs here.
                (own, _) if at < 8 => assert!(own.is_ok(), "bit {at}"),
                (own, library) => panic!("bit {at}: {own:?} and {library:?}"),
            }
            taken += 1;
        }
        assert!(refused > taken / 2);
        for length in 0..packed.len() - 4 {
            assert!(zlib(&packed[..length], 1 << 20).is_err(), "{length} bytes of it");
        }
    }
}
