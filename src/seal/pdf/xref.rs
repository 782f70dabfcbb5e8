//! Where each object stands: cross-reference tables and streams, and the chain of them (ISO 32000-1, 7.5.4 and 7.5.8).

use super::file::Reader;
use super::object::{Dict, Object};
use super::parser::Parser;
use super::unpack::decode;
use super::{damaged, small};
use crate::prelude::*;
use crate::{Code, Error, Result};

/// Numbers of objects: twice what the largest genuine files have. Eight bytes of memory each.
const MOST_NUMBERS: u64 = 1 << 22;
/// Sections of the chain: each signature adds one or two.
const MOST_SECTIONS: usize = 4096;

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Nowhere: its number was never given out, or given back.
    Free,
    /// In the file.
    At { offset: u64, generation: u16 },
    /// In an object stream.
    Within { stream: u32, index: u32 },
}

/// Slots by number, each in eight bytes: two bits of kind, then offset and generation, or stream and index.
#[derive(Debug, Default)]
pub(super) struct Slots(Vec<u64>);

const KIND: u32 = 62;

impl Slots {
    /// One more than the highest number.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn get(&self, number: u32) -> Slot {
        let packed = usize::try_from(number).ok().and_then(|at| self.0.get(at).copied()).unwrap_or(0);
        match packed >> KIND {
            1 => Slot::At { offset: packed << 2 >> 18, generation: low(packed & 0xFFFF).0 },
            2 => Slot::Within { stream: low(packed << 2 >> 34).1, index: low(packed & 0xFFFF_FFFF).1 },
            _ => Slot::Free,
        }
    }

    /// Sections are read from the newest: what stands there already counts.
    fn offer(&mut self, number: u64, slot: Slot) -> Result<()> {
        if number >= MOST_NUMBERS {
            return Err(Error::because(Code::DocumentTooLarge, "too many objects"));
        }
        let at = small(number);
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if self.0[at] == 0 {
            self.0[at] = match slot {
                Slot::Free => 3 << KIND,
                Slot::At { offset, generation } => 1 << KIND | offset << 16 | u64::from(generation),
                Slot::Within { stream, index } => 2 << KIND | u64::from(stream) << 32 | u64::from(index),
            };
        }
        Ok(())
    }
}

/// A number that was made of one of 16 or 32 bits.
fn low(number: u64) -> (u16, u32) {
    (u16::try_from(number).unwrap_or(0), u32::try_from(number).unwrap_or(0))
}

/// What kind of section it is; an update continues the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    Stream,
}

/// All of the chain.
pub(super) struct Chain {
    pub(super) slots: Slots,
    /// The newest trailer.
    pub(super) trailer: Dict,
    pub(super) kind: Kind,
}

/// Reads the chain from its newest section.
pub(super) fn read(reader: &Reader<'_>, start: u64) -> Result<Chain> {
    let mut slots = Slots::default();
    let mut newest = None;
    let mut seen = Vec::new();
    let mut next = Some(start);
    while let Some(at) = next {
        if seen.contains(&at) || seen.len() == MOST_SECTIONS {
            return Err(damaged("the cross-reference sections go in circles"));
        }
        seen.push(at);
        let (trailer, kind) = section(reader, at, &mut slots, &mut seen)?;
        if !trailer.get("Encrypt").is_null() {
            return Err(Error::because(Code::DocumentEncrypted, "the trailer names an encryption"));
        }
        // Some programs write 0 where there is none.
        next = match trailer.get("Prev") {
            previous if previous.is_null() || previous.size() == Some(0) => None,
            previous => Some(previous.size().ok_or(damaged("Prev is no place"))?),
        };
        newest.get_or_insert((trailer, kind));
    }
    let (trailer, kind) = newest.ok_or(damaged("no cross-reference section"))?;
    Ok(Chain { slots, trailer, kind })
}

fn section(reader: &Reader<'_>, at: u64, slots: &mut Slots, seen: &mut Vec<u64>) -> Result<(Dict, Kind)> {
    let start = reader.window(at, 64)?;
    let mut parser = Parser::new(&start, 0);
    if parser.word("xref").is_none() {
        return stream(reader, at, slots).map(|dict| (dict, Kind::Stream));
    }
    let entries = at + parser.at as u64;
    let trailer_at = table(reader, entries, true, slots)?;
    let text = reader.text(trailer_at, |parser| {
        parser.word("trailer")?;
        parser.object()
    })?;
    let trailer = text.0.dict().cloned().ok_or(damaged("the trailer is no dictionary"))?;
    if let Some(hidden) = trailer.get("XRefStm").size() {
        // Objects that old readers shall not see: the table has them as free.
        if seen.contains(&hidden) {
            return Err(damaged("the cross-reference sections go in circles"));
        }
        seen.push(hidden);
        stream(reader, hidden, slots)?;
    }
    table(reader, entries, false, slots)?;
    Ok((trailer, Kind::Table))
}

/// Reads the entries in use, or the free ones, and says where the trailer begins.
fn table(reader: &Reader<'_>, mut at: u64, used: bool, slots: &mut Slots) -> Result<u64> {
    const WRONG: Error = damaged("a line of the cross-reference table is none");
    /// `0000000016 00000 n`, without the end of the line.
    const LINE: usize = 18;
    loop {
        let head = reader.window(at, 64)?;
        let mut parser = Parser::new(&head, 0);
        if parser.word("trailer").is_some() {
            return Ok(at);
        }
        let (first, mut count) = (parser.count().ok_or(WRONG)?, parser.count().ok_or(WRONG)?);
        parser.skip();
        at += parser.at as u64;
        if count == 0 {
            continue;
        }
        // Lines have 20 bytes by the standard; some programs write one end of line too few or too many.
        let line = reader.window(at, 24)?;
        let ends = line.get(LINE..).unwrap_or_default();
        let stride = LINE + ends.iter().take(3).take_while(|&&byte| matches!(byte, b' ' | b'\r' | b'\n')).count();
        if stride == LINE {
            return Err(WRONG);
        }
        let mut number = first;
        while count > 0 {
            let lines = count.min(1000);
            let bytes = reader.window(at, stride * small(lines))?;
            if bytes.len() + 3 < stride * small(lines) {
                return Err(WRONG);
            }
            for line in bytes.chunks(stride) {
                let mut parser = Parser::new(line, 0);
                let (offset, generation) = (parser.count().ok_or(WRONG)?, parser.count().ok_or(WRONG)?);
                let in_use = match line.get(LINE - 1) {
                    Some(b'n') => offset > 0,
                    Some(b'f') => false,
                    _ => return Err(WRONG),
                };
                let generation = u16::try_from(generation).map_err(|_| WRONG)?;
                match in_use {
                    true if used => slots.offer(number, Slot::At { offset, generation })?,
                    false if !used => slots.offer(number, Slot::Free)?,
                    _ => {}
                }
                number += 1;
            }
            at += bytes.len() as u64;
            count -= lines;
        }
    }
}

fn stream(reader: &Reader<'_>, at: u64, slots: &mut Slots) -> Result<Dict> {
    const WRONG: Error = damaged("a cross-reference stream that is none");
    let (object, text) = reader.text(at, |parser| {
        parser.head()?;
        parser.object()
    })?;
    let dict = object.dict().filter(|dict| dict.says("Type", "XRef")).ok_or(WRONG)?.clone();
    let length = dict.get("Length").size().ok_or(WRONG)?;
    let packed = reader.stream(at + text.len() as u64, length)?;
    let content = decode(dict.get("Filter"), dict.get("DecodeParms"), packed)?;

    let widths: Vec<_> =
        dict.get("W").array().iter().filter_map(|width| width.size().filter(|width| *width <= 8)).collect();
    let &[kind_width, place_width, more_width] = widths.as_slice() else { return Err(WRONG) };
    let stride = small(kind_width + place_width + more_width);
    let whole = [Object::Integer(0), dict.get("Size").clone()];
    let index = match dict.get("Index").array() {
        [] => &whole[..],
        index => index,
    };
    let mut lines = content.chunks_exact(stride.max(1));
    for range in index.chunks(2) {
        let [Some(first), Some(count)] = [range.first(), range.get(1)].map(|number| number?.size()) else {
            return Err(WRONG);
        };
        for number in first..first.saturating_add(count) {
            // A table that ends early leaves its last objects out, as other readers have it.
            let Some(mut line) = lines.next() else { return Ok(dict) };
            let mut field = |width: u64| {
                let (value, rest) = line.split_at(small(width));
                line = rest;
                value.iter().fold(0u64, |sum, &byte| sum << 8 | u64::from(byte))
            };
            let kind = if kind_width == 0 { 1 } else { field(kind_width) };
            let (place, more) = (field(place_width), field(more_width));
            let slot = match kind {
                0 => Slot::Free,
                1 if place < 1 << 46 => Slot::At { offset: place, generation: u16::try_from(more).map_err(|_| WRONG)? },
                2 if place < MOST_NUMBERS => {
                    Slot::Within { stream: low(place).1, index: u32::try_from(more).map_err(|_| WRONG)? }
                }
                // Kinds to come are no objects (7.5.8.3).
                _ => continue,
            };
            slots.offer(number, slot)?;
        }
    }
    Ok(dict)
}
