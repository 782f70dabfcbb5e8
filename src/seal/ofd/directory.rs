//! The central directory of a ZIP file (APPNOTE 4.3.12 to 4.3.16), with its 64-bit form.
//!
//! Read by hand: this is all of ZIP that a page needs, and libraries bring readers, writers and their errors' texts along.

use core::ops::Range;

use crate::prelude::*;
use crate::seal::Source;
use crate::{Code, Error, Result};

/// The end of the directory and the longest comment that may follow it (APPNOTE 4.3.16), and as much again for what mail gateways
/// append.
const SEARCHED: usize = 128 * 1024;
/// Fixed part of the end.
const END: usize = 22;
/// Fixed part of a record.
const RECORD: usize = 46;
/// Fixed part of a local header.
const LOCAL: usize = 30;
/// The largest directory that is read.
const MOST: u64 = 64 << 20;

/// Where the directory is.
pub(super) struct Directory {
    /// Its place.
    pub(super) range: Range<u64>,
    /// How many records it says that it has.
    pub(super) count: u64,
}

/// A record of the directory.
pub(super) struct Record<'a> {
    /// As it stands there.
    pub(super) whole: &'a [u8],
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Where the local header begins.
    pub(super) start: u64,
    pub(super) name: &'a [u8],
}

const DAMAGED: Error = Error::because(Code::DocumentUnreadable, "no ZIP package, or a damaged one");

impl Directory {
    /// Finds it by the end of the file.
    pub(super) fn find<S: Source>(source: &S) -> Result<Self> {
        let length = source.len();
        let searched = usize::try_from(length).map_or(SEARCHED, |length| length.min(SEARCHED));
        let mut tail = vec![0; searched];
        source.read(length - searched as u64, &mut tail)?;
        let last = searched.checked_sub(END).ok_or(DAMAGED)?;
        let at = (0..=last).rev().find(|&at| tail[at..].starts_with(b"PK\x05\x06")).ok_or(DAMAGED)?;
        let end = tail.get(at..at + END).ok_or(DAMAGED)?;
        let end_at = length - searched as u64 + at as u64;
        let (count, size, start) = (short(end, 10)?, long(end, 12)?, long(end, 16)?);
        let found = match (count, size, start) {
            (0xFFFF, ..) | (_, u32::MAX, _) | (.., u32::MAX) => Self::large(source, end_at)?,
            _ => {
                let start = u64::from(start);
                Self { range: start..start + u64::from(size), count: count.into() }
            }
        };
        if found.range.start > found.range.end || found.range.end > end_at {
            return Err(DAMAGED);
        }
        Ok(found)
    }

    /// The 64-bit form (APPNOTE 4.3.14, 4.3.15): a pointer right before the end leads to it.
    fn large<S: Source>(source: &S, end_at: u64) -> Result<Self> {
        let mut pointer = [0; 20];
        source.read(end_at.checked_sub(20).ok_or(DAMAGED)?, &mut pointer)?;
        let mut end = [0; 56];
        source.read(wide(&pointer, 8)?, &mut end)?;
        if !pointer.starts_with(b"PK\x06\x07") || !end.starts_with(b"PK\x06\x06") {
            return Err(DAMAGED);
        }
        let (count, size, start) = (wide(&end, 32)?, wide(&end, 40)?, wide(&end, 48)?);
        Ok(Self { range: start..start.checked_add(size).ok_or(DAMAGED)?, count })
    }

    /// Its bytes.
    pub(super) fn read<S: Source>(&self, source: &S) -> Result<Vec<u8>> {
        let length = self.range.end - self.range.start;
        if length > MOST {
            return Err(Error::because(Code::DocumentTooLarge, "too many entries"));
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| DAMAGED)?];
        source.read(self.range.start, &mut bytes)?;
        Ok(bytes)
    }
}

impl<'a> Record<'a> {
    /// Takes the next record off the directory's bytes; `None` at their end.
    pub(super) fn next(rest: &mut &'a [u8]) -> Result<Option<Self>> {
        if rest.is_empty() {
            return Ok(None);
        }
        if !rest.starts_with(b"PK\x01\x02") {
            return Err(DAMAGED);
        }
        let name = usize::from(short(rest, 28)?);
        let extra = usize::from(short(rest, 30)?);
        let comment = usize::from(short(rest, 32)?);
        let (whole, after) = rest.split_at_checked(RECORD + name + extra + comment).ok_or(DAMAGED)?;
        *rest = after;
        let (size, packed, start) = (long(whole, 24)?, long(whole, 20)?, long(whole, 42)?);
        // What does not fit stands in the 64-bit extension, in this order (APPNOTE 4.5.3).
        let mut extended = extension(&whole[RECORD + name..RECORD + name + extra]);
        let mut full = |stated: u32| -> Result<u64> {
            if stated != u32::MAX {
                return Ok(stated.into());
            }
            let (eight, after) = extended.split_first_chunk::<8>().ok_or(DAMAGED)?;
            extended = after;
            Ok(u64::from_le_bytes(*eight))
        };
        let (size, packed, start) = (full(size)?, full(packed)?, full(start)?);
        Ok(Some(Self {
            whole,
            flags: short(whole, 8)?,
            method: short(whole, 10)?,
            crc: long(whole, 16)?,
            packed,
            size,
            start,
            name: &whole[RECORD..RECORD + name],
        }))
    }

    /// Reads the local header: where the entry's data begins, and the name that stands there.
    pub(super) fn local<S: Source>(&self, source: &S) -> Result<(u64, Vec<u8>)> {
        let mut header = vec![0; LOCAL];
        source.read(self.start, &mut header)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(DAMAGED);
        }
        let (name, extra) = (short(&header, 26)?, short(&header, 28)?);
        header.resize(name.into(), 0);
        source.read(self.start + LOCAL as u64, &mut header)?;
        Ok((self.start + LOCAL as u64 + u64::from(name) + u64::from(extra), header))
    }
}

/// The 64-bit extension among the extra fields; empty when there is none.
fn extension(mut fields: &[u8]) -> &[u8] {
    while let (Ok(id), Ok(length)) = (short(fields, 0), short(fields, 2)) {
        let Some((field, after)) = fields.split_at_checked(4 + usize::from(length)) else { break };
        if id == 1 {
            return &field[4..];
        }
        fields = after;
    }
    &[]
}

fn short(bytes: &[u8], at: usize) -> Result<u16> {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map(|bytes| u16::from_le_bytes(*bytes)).ok_or(DAMAGED)
}

fn long(bytes: &[u8], at: usize) -> Result<u32> {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_le_bytes(*bytes)).ok_or(DAMAGED)
}

fn wide(bytes: &[u8], at: usize) -> Result<u64> {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map(|bytes| u64::from_le_bytes(*bytes)).ok_or(DAMAGED)
}
