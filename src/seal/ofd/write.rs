//! A new package out of an old one: kept entries are stretches of the original, byte for byte, and new ones stand behind them.

use core::ops::Range;

use super::package::{Entry, Package, spans};
use crate::certificate::time::civil;
use crate::prelude::*;
use crate::seal::{Piece, Source};
use crate::{Code, Error, Result};

/// A file to be put into the package, in place of one of the same name.
pub(super) struct NewFile {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

/// Version 2.0 of the format and MS-DOS as the host (APPNOTE 4.4.2, 4.4.3).
const VERSION: u16 = 20;
/// Names are UTF-8 (APPNOTE, general purpose bit 11).
const UTF8: u16 = 1 << 11;
/// New files are stored as they are: XML of some kilobytes, and seals and signatures that are mostly pictures. A page that seals
/// need not load a packer, and stored entries with their sizes in front are what every reader takes.
const STORED: u16 = 0;

/// The pieces of the package with these files. `time` (Unix seconds) is theirs.
///
/// # Errors
/// `DOCUMENT_TOO_LARGE` when it would need the 64-bit form.
pub(super) fn rewrite<S: Source>(package: &Package<S>, files: &[NewFile], time: u64) -> Result<Vec<Piece>> {
    let replaced = |entry: &Entry| files.iter().any(|file| file.name.eq_ignore_ascii_case(&entry.name));
    let cuts = cuts(package, replaced);
    let mut out = Output { pieces: Vec::new(), at: 0, directory: Vec::new(), entries: 0 };
    let mut from = 0;
    for cut in &cuts {
        out.original(from..cut.start);
        from = cut.end;
    }
    out.original(from..package.directory);
    for entry in package.entries().iter().filter(|entry| !replaced(entry)) {
        let before: u64 = cuts.iter().filter(|cut| cut.start < entry.start).map(|cut| cut.end - cut.start).sum();
        out.kept(entry, entry.start - before)?;
    }
    for file in files {
        out.file(file, package.crc.update(0, &file.content), time)?;
    }
    out.finish()
}

/// What falls away, in the order of the file: from the local header of a replaced entry to where the next one begins, padding
/// and descriptor with it.
fn cuts<S: Source>(package: &Package<S>, replaced: impl Fn(&Entry) -> bool) -> Vec<Range<u64>> {
    let gone: Vec<_> = package.entries().iter().filter(|entry| replaced(entry)).map(|entry| entry.start).collect();
    let spans = spans(package.entries());
    let next = spans.iter().skip(1).map(|&(start, _)| start).chain([package.directory]);
    spans
        .iter()
        .zip(next)
        .filter(|((start, _), _)| gone.contains(start))
        .map(|(&(start, _), next)| start..next)
        .collect()
}

struct Output {
    pieces: Vec<Piece>,
    at: u64,
    directory: Vec<u8>,
    entries: usize,
}

impl Output {
    fn original(&mut self, range: Range<u64>) {
        if range.start < range.end {
            self.at += range.end - range.start;
            self.pieces.push(Piece::Original(range));
        }
    }

    fn fresh(&mut self, bytes: Vec<u8>) {
        self.at += bytes.len() as u64;
        self.pieces.push(Piece::New(bytes));
    }

    /// An old record, with nothing but its place changed.
    fn kept(&mut self, entry: &Entry, start: u64) -> Result<()> {
        let mut record = entry.record.clone();
        let place = record.get_mut(42..46).ok_or(LARGE)?;
        // All ones: the place stands in the 64-bit extension.
        if *place == [0xFF; 4] {
            return Err(LARGE);
        }
        place.copy_from_slice(&small(start)?.to_le_bytes());
        self.directory.extend_from_slice(&record);
        self.entries += 1;
        Ok(())
    }

    fn file(&mut self, file: &NewFile, crc: u32, time: u64) -> Result<()> {
        let name = file.name.as_bytes();
        let name_length = u16::try_from(name.len()).map_err(|_| LARGE)?;
        // From the version to the lengths of name and extra field: the same in both headers.
        let mut shared = Vec::new();
        for short in [VERSION, UTF8, STORED] {
            shared.extend_from_slice(&short.to_le_bytes());
        }
        shared.extend_from_slice(&dos_time(time));
        let size = small(file.content.len() as u64)?;
        for long in [crc, size, size] {
            shared.extend_from_slice(&long.to_le_bytes());
        }
        shared.extend_from_slice(&name_length.to_le_bytes());
        shared.extend_from_slice(&[0, 0]);

        let start = small(self.at)?;
        self.directory.extend_from_slice(b"PK\x01\x02");
        self.directory.extend_from_slice(&VERSION.to_le_bytes());
        self.directory.extend_from_slice(&shared);
        // No comment, first disk, no attributes.
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&start.to_le_bytes());
        self.directory.extend_from_slice(name);
        self.entries += 1;
        self.fresh([b"PK\x03\x04", shared.as_slice(), name, &file.content].concat());
        Ok(())
    }

    /// Directory and its end (APPNOTE 4.3.16).
    fn finish(mut self) -> Result<Vec<Piece>> {
        let (start, size) = (small(self.at)?, small(self.directory.len() as u64)?);
        let count = u16::try_from(self.entries).ok().filter(|&count| count < u16::MAX).ok_or(LARGE)?.to_le_bytes();
        let mut tail = core::mem::take(&mut self.directory);
        tail.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        tail.extend_from_slice(&[count, count].concat());
        tail.extend_from_slice(&[size.to_le_bytes(), start.to_le_bytes()].concat());
        tail.extend_from_slice(&[0, 0]);
        self.fresh(tail);
        Ok(self.pieces)
    }
}

const LARGE: Error = Error::because(Code::DocumentTooLarge, "the package would need the 64-bit form of ZIP");

/// A place or a length in 32 bits; all ones mean something else.
fn small(number: u64) -> Result<u32> {
    u32::try_from(number).ok().filter(|&number| number < u32::MAX).ok_or(LARGE)
}

/// Time and date of MS-DOS (APPNOTE 4.4.6), to two seconds, from 1980 on.
fn dos_time(seconds: u64) -> [u8; 4] {
    let [year, month, day, hour, minute, second] = civil(seconds);
    let time = hour << 11 | minute << 5 | (second / 2);
    let date = year.saturating_sub(1980).min(127) << 9 | month << 5 | day;
    let [[t0, t1, ..], [d0, d1, ..]] = [time.to_le_bytes(), date.to_le_bytes()];
    [t0, t1, d0, d1]
}
