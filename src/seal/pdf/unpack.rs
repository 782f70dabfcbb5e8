//! The content of the few streams that are read: cross-reference streams, object streams, and a picture's own packing.

use super::inflate::zlib;
use super::object::Object;
use super::{damaged, small};
use crate::Result;
use crate::prelude::*;

/// What a stream may unpack to. A cross-reference stream of four million objects has 28 MB.
pub(super) const MOST_UNPACKED: usize = 32 << 20;

/// Undoes the filters that a stream's dictionary names: none, or Flate, with or without a predictor.
pub(super) fn decode(filter: &Object, parameters: &Object, packed: Vec<u8>) -> Result<Vec<u8>> {
    let one = |object: &Object| match object {
        Object::Array(items) if items.len() == 1 => items.first().cloned(),
        Object::Array(items) if items.is_empty() => Some(Object::Null),
        Object::Array(_) => None,
        other => Some(other.clone()),
    };
    let unknown = damaged("a stream is packed in an unknown way");
    let parameters = one(parameters).ok_or(unknown)?;
    match one(filter).ok_or(unknown)? {
        Object::Null => Ok(packed),
        Object::Name(name) if name == b"FlateDecode" || name == b"Fl" => {
            let content = zlib(&packed, MOST_UNPACKED)?;
            let number = |name: &str, usual: u64| {
                parameters
                    .dict()
                    .map(|dict| dict.get(name))
                    .filter(|value| !value.is_null())
                    .map_or(Some(usual), Object::size)
            };
            let values =
                (number("Predictor", 1), number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1));
            match values {
                (Some(1), ..) => Ok(content),
                (Some(10..=15), Some(colors @ 1..=8), Some(8), Some(columns @ 1..=4096)) => {
                    let (pixel, columns) = (small(colors), small(columns));
                    rows(&content, pixel, pixel * columns)
                }
                _ => Err(unknown),
            }
        }
        _ => Err(unknown),
    }
}

/// Undoes PNG's filters (ISO/IEC 15948, 9.2): rows of `row` bytes, each behind the byte that names its filter.
pub(super) fn rows(filtered: &[u8], pixel: usize, row: usize) -> Result<Vec<u8>> {
    let mut plain = vec![0; filtered.len().div_ceil(row + 1) * row];
    let mut above: &mut [u8] = &mut vec![0; row];
    for (line, out) in filtered.chunks(row + 1).zip(plain.chunks_exact_mut(row)) {
        let (&kind, line) = line.split_first().ok_or(damaged("an empty row"))?;
        for (at, &byte) in line.iter().enumerate() {
            let before = |row: &[u8]| at.checked_sub(pixel).and_then(|at| row.get(at).copied()).unwrap_or(0);
            let (left, up, corner) = (before(out), above[at], before(above));
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, corner),
                _ => return Err(damaged("a row with an unknown filter")),
            };
            out[at] = byte.wrapping_add(guess);
        }
        above = out;
    }
    Ok(plain)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let near = i16::from(left) + i16::from(up) - i16::from(corner);
    let [a, b, c] = [left, up, corner].map(|value| (near - i16::from(value)).abs());
    if a <= b && a <= c {
        left
    } else if b <= c {
        up
    } else {
        corner
    }
}
