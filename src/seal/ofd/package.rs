//! The ZIP container, read with suspicion.
//!
//! Refused before anything is unpacked: encrypted entries and packages, names that stand there twice (also when only their
//! case differs), lead out of the package or are not the same in both headers, entries that overlap, and sizes that no
//! genuine document has.

use core::cell::Cell;
use core::ops::Range;
use std::collections::BTreeMap;
use std::io;

use rawzip::{CompressionMethod, ReaderAt, ZipArchive};

use super::path;
use crate::seal::Source;
use crate::text::GBK;
use crate::{Code, Error, Result};

/// Entries of one package. A page has three or four.
const MOST_ENTRIES: usize = 50_000;
/// Bytes that all entries unpack to.
const MOST_BYTES: u64 = 2 << 30;
/// Below this nobody asks how well it was compressed.
const SMALL: u64 = 64 << 20;
/// How many times as large as the package its content may be, when it is not small.
const MOST_RATIO: u64 = 100;
/// Fixed part of a record of the central directory (APPNOTE 4.3.12).
const RECORD: usize = 46;

/// An OFD package.
pub struct Package<S> {
    pub(super) source: S,
    entries: Vec<Entry>,
    /// By name, ASCII letters in lower case.
    index: BTreeMap<String, usize>,
    /// Where the central directory begins.
    pub(super) directory: u64,
}

/// One entry of the package.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its path from the root, `/` between parts, none at the beginning.
    pub name: String,
    /// Bytes it unpacks to.
    pub size: u64,
    pub(super) folder: bool,
    pub(super) deflated: bool,
    pub(super) crc: u32,
    /// Where the packed bytes are.
    pub(super) data: Range<u64>,
    /// Where its local header begins.
    pub(super) start: u64,
    /// Its record in the central directory, as it stands there.
    pub(super) record: Vec<u8>,
}

impl<S: Source> Package<S> {
    /// Reads the directory of a package.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_NAMES`, `DOCUMENT_TOO_LARGE`; what the source says.
    pub fn open(source: S) -> Result<Self> {
        let reader = Reader { source: &source, fault: Cell::new(None) };
        let mut entries = Vec::new();
        let directory = match read_directory(&reader, &mut entries) {
            Ok(directory) => directory,
            Err(error) => return Err(reader.fault.take().unwrap_or(error)),
        };
        check_sizes(&entries, source.len())?;
        check_overlap(&entries, directory)?;
        let mut index = BTreeMap::new();
        for (place, entry) in entries.iter().enumerate() {
            if index.insert(entry.name.to_ascii_lowercase(), place).is_some() {
                return Err(Error::because(Code::DocumentNames, "a name stands in the package twice"));
            }
        }
        // OFD 2.0 (GM/T 0099): the package's own encryption is described in a file of this name.
        if index.contains_key("encryptions.xml") {
            return Err(Error::because(Code::DocumentEncrypted, "Encryptions.xml"));
        }
        Ok(Self { source, entries, index, directory })
    }

    /// The files of the package, in its order; folders have no content and are left out.
    pub fn files(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.folder)
    }

    /// Every entry, folders too.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The file of a path. Vendors on Windows are careless about case; no two names differ in case alone.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Entry> {
        let place = *self.index.get(&name.to_ascii_lowercase())?;
        self.entries.get(place).filter(|entry| !entry.folder)
    }

    /// Whether any name is this folder or lies in it.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let wanted = folder.to_ascii_lowercase();
        let inside =
            |name: &str| name.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.index.range(wanted.clone()..).next().is_some_and(|(name, _)| inside(name))
            || self.index.range(format!("{wanted}/")..).next().is_some_and(|(name, _)| inside(name))
    }
}

fn read_directory<S: Source>(reader: &Reader<'_, S>, entries: &mut Vec<Entry>) -> Result<u64> {
    let damaged = |_| Error::because(Code::DocumentUnreadable, "no ZIP package, or a damaged one");
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let locator = ZipArchive::<()>::with_max_search_space(128 * 1024);
    let end = reader.source.len();
    let archive = locator.locate_in_reader(reader, &mut buffer, end).map_err(|(_, error)| damaged(error))?;
    let directory = archive.directory_offset();
    let mut listed = archive.entries(&mut buffer);
    let mut found = Vec::new();
    while let Some(record) = listed.next_entry().map_err(damaged)? {
        if found.len() == MOST_ENTRIES {
            return Err(Error::because(Code::DocumentTooLarge, "too many entries"));
        }
        if record.flags().is_encrypted() || record.flags().has_strong_encryption() {
            return Err(Error::because(Code::DocumentEncrypted, "an entry is encrypted"));
        }
        let deflated = match record.compression_method() {
            CompressionMethod::STORE => false,
            CompressionMethod::DEFLATE => true,
            _ => return Err(Error::because(Code::DocumentUnreadable, "an entry is packed in an unknown way")),
        };
        let path = record.file_path();
        let raw: &[u8] = path.as_ref();
        let fixed = (record.wayfinder(), record.central_directory_offset(), record.local_header_offset());
        found.push((fixed, raw.to_vec(), deflated, record.crc32()));
    }
    for ((wayfinder, record_at, start), raw, deflated, crc) in found {
        let local = archive.get_entry(wayfinder).map_err(damaged)?;
        let header = local.local_header(&mut buffer).map_err(damaged)?;
        let path = header.file_path();
        let again: &[u8] = path.as_ref();
        if again != raw {
            return Err(Error::because(Code::DocumentNames, "an entry has two names"));
        }
        let name = decode(&raw)?;
        let folder = name.ends_with('/');
        let (from, to) = local.compressed_data_range();
        entries.push(Entry {
            name: path::check(name.trim_end_matches('/'))?,
            size: wayfinder.uncompressed_size_hint(),
            folder,
            deflated,
            crc,
            data: from..to,
            start,
            record: record_bytes(reader.source, record_at)?,
        });
    }
    Ok(directory)
}

/// A record with its variable parts.
fn record_bytes<S: Source>(source: &S, at: u64) -> Result<Vec<u8>> {
    let mut bytes = vec![0; RECORD];
    source.read(at, &mut bytes)?;
    let more: usize =
        [28, 30, 32].iter().map(|&field| usize::from(u16::from_le_bytes([bytes[field], bytes[field + 1]]))).sum();
    bytes.resize(RECORD + more, 0);
    source.read(at + RECORD as u64, &mut bytes[RECORD..])?;
    Ok(bytes)
}

/// Names are UTF-8 in OFD; old programs on Windows wrote GBK.
fn decode(raw: &[u8]) -> Result<String> {
    match core::str::from_utf8(raw) {
        Ok(name) => Ok(name.into()),
        Err(_) => GBK(raw).ok_or(Error::because(Code::DocumentNames, "a name is no text")),
    }
}

fn check_sizes(entries: &[Entry], package: u64) -> Result<()> {
    let refuse = || Err(Error::because(Code::DocumentTooLarge, "it unpacks to more than a document holds"));
    let total = entries.iter().try_fold(0u64, |sum, entry| sum.checked_add(entry.size));
    match total {
        Some(total) if total <= MOST_BYTES && (total <= SMALL || total / MOST_RATIO <= package) => Ok(()),
        _ => refuse(),
    }
}

/// Entries that share bytes are how small files become huge ones, and how two readers see different documents.
fn check_overlap(entries: &[Entry], directory: u64) -> Result<()> {
    let spans = spans(entries);
    let next = spans.keys().skip(1).copied().chain([directory]);
    if spans.len() == entries.len() && spans.values().zip(next).all(|(&end, next)| end <= next) {
        Ok(())
    } else {
        Err(Error::because(Code::DocumentUnreadable, "entries of the package overlap"))
    }
}

/// Where each entry begins and its data ends, in the order of the file.
pub(super) fn spans(entries: &[Entry]) -> BTreeMap<u64, u64> {
    let mut spans = BTreeMap::new();
    // One by one: collecting would sort first, which is code that a page would load.
    spans.extend(entries.iter().map(|entry| (entry.start, entry.data.end)));
    spans
}

/// A [`Source`] as the ZIP reader wants it; the source's own error is kept beside.
struct Reader<'a, S> {
    source: &'a S,
    fault: Cell<Option<Error>>,
}

impl<S: Source> ReaderAt for &Reader<'_, S> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.source.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        match self.source.read(offset, &mut buffer[..length]) {
            Ok(()) => Ok(length),
            Err(error) => {
                self.fault.set(Some(error));
                Err(io::ErrorKind::Other.into())
            }
        }
    }
}
