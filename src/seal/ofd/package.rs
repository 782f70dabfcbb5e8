//! The ZIP container, read with suspicion.
//!
//! Refused before anything is unpacked: encrypted entries and packages, names that stand there twice (also when only their
//! case differs), lead out of the package or are not the same in both headers, entries that overlap, and sizes that no
//! genuine document has.

use core::ops::Range;

use super::crc::Tables;
use super::directory::{Directory, Record};
use super::path;
use crate::prelude::*;
use crate::seal::{Source, sorted};
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

/// An OFD package.
pub struct Package<S> {
    pub(super) source: S,
    entries: Vec<Entry>,
    /// Name with ASCII letters in lower case, and place among the entries; sorted.
    index: Vec<(String, usize)>,
    /// For the checksums.
    pub(super) crc: Tables,
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
        let (directory, entries) = read_directory(&source)?;
        check_sizes(&entries, source.len())?;
        check_overlap(&entries, directory)?;
        let lower = |(place, entry): (usize, &Entry)| (entry.name.to_ascii_lowercase(), place);
        let index = sorted(entries.iter().enumerate().map(lower).collect());
        if index.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::because(Code::DocumentNames, "a name stands in the package twice"));
        }
        let package = Self { source, entries, index, crc: Tables::new(), directory };
        // OFD 2.0 (GM/T 0099): the package's own encryption is described in a file of this name.
        if package.place("encryptions.xml").is_ok() {
            return Err(Error::because(Code::DocumentEncrypted, "Encryptions.xml"));
        }
        Ok(package)
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
        let (_, place) = self.index.get(self.place(&name.to_ascii_lowercase()).ok()?)?;
        self.entries.get(*place).filter(|entry| !entry.folder)
    }

    /// Whether any name is this folder or lies in it.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let wanted = folder.to_ascii_lowercase();
        let inside =
            |name: &str| name.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        // A name that is less than the folder and a slash can still be the folder's own.
        let from = self.index.partition_point(|(name, _)| *name < wanted);
        self.index[from..].iter().take_while(|(name, _)| name.starts_with(&wanted)).any(|(name, _)| inside(name))
    }

    /// Where in the index a name in lower case is.
    fn place(&self, name: &str) -> core::result::Result<usize, usize> {
        self.index.binary_search_by(|(one, _)| one.as_str().cmp(name))
    }
}

/// Where the directory begins, and what it lists.
fn read_directory<S: Source>(source: &S) -> Result<(u64, Vec<Entry>)> {
    let directory = Directory::find(source)?;
    let bytes = directory.read(source)?;
    let mut rest = bytes.as_slice();
    let mut entries = Vec::new();
    while let Some(record) = Record::next(&mut rest)? {
        if entries.len() == MOST_ENTRIES {
            return Err(Error::because(Code::DocumentTooLarge, "too many entries"));
        }
        // Bit 0 encryption, bit 6 strong encryption (APPNOTE 4.4.4).
        if record.flags & 0x41 != 0 {
            return Err(Error::because(Code::DocumentEncrypted, "an entry is encrypted"));
        }
        let deflated = match record.method {
            0 => false,
            8 => true,
            _ => return Err(Error::because(Code::DocumentUnreadable, "an entry is packed in an unknown way")),
        };
        let (from, again) = record.local(source)?;
        if again != record.name {
            return Err(Error::because(Code::DocumentNames, "an entry has two names"));
        }
        let name = decode(record.name)?;
        let to = from.checked_add(record.packed).filter(|&to| to <= directory.range.start);
        entries.push(Entry {
            folder: name.ends_with('/'),
            name: path::check(name.trim_end_matches('/'))?,
            size: record.size,
            deflated,
            crc: record.crc,
            data: from..to.ok_or(Error::because(Code::DocumentUnreadable, "an entry reaches over the directory"))?,
            start: record.start,
            record: record.whole.to_vec(),
        });
    }
    if entries.len() as u64 != directory.count {
        return Err(Error::because(Code::DocumentUnreadable, "the directory has not as many entries as it says"));
    }
    Ok((directory.range.start, entries))
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
    let next = spans.iter().skip(1).map(|&(start, _)| start).chain([directory]);
    if spans.iter().zip(next).all(|(&(start, end), next)| start < next && end <= next) {
        Ok(())
    } else {
        Err(Error::because(Code::DocumentUnreadable, "entries of the package overlap"))
    }
}

/// Where each entry begins and its data ends, in the order of the file.
pub(super) fn spans(entries: &[Entry]) -> Vec<(u64, u64)> {
    sorted(entries.iter().map(|entry| (entry.start, entry.data.end)).collect())
}
