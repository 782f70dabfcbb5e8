//! A file as a set of objects, each read when it is asked for.

use alloc::rc::Rc;
use core::cell::RefCell;

use super::object::{Dict, Object};
use super::parser::Parser;
use super::unpack::decode;
use super::xref::{self, Kind, Slot, Slots};
use super::{damaged, small};
use crate::prelude::*;
use crate::seal::Source;
use crate::{Code, Error, Result};

/// Text of one object, without its stream: a list of 100 000 fields has a million bytes.
const MOST_TEXT: usize = 8 << 20;
/// What is read at once: objects that belong together stand together.
const BLOCK: usize = 16 * 1024;
/// How far from the end `startxref` is looked for; the standard says 1024.
const TAIL: u64 = 2048;
/// Cross-reference tables have ten digits for a place.
const MOST_BYTES: u64 = 9_999_999_999;

/// A PDF file.
pub struct Pdf<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) slots: Slots,
    pub(super) trailer: Dict,
    pub(super) kind: Kind,
    /// What `startxref` says.
    pub(super) start: u64,
    /// The object streams that were read last.
    unpacked: RefCell<Vec<Rc<Unpacked>>>,
}

/// An object with the text it was read from.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) number: u32,
    pub(super) generation: u16,
    pub(super) object: Object,
    /// The text that positions in the object mean.
    pub(super) text: Vec<u8>,
    /// Where that text stands in the file; `None` when it stands in an object stream.
    pub(super) at: Option<u64>,
    /// Where the object begins in the text, which ends with it.
    pub(super) start: usize,
}

/// An object stream.
struct Unpacked {
    number: u32,
    content: Vec<u8>,
    /// Numbers and places in the content.
    index: Vec<(u32, usize)>,
}

/// Where the file begins, by its first bytes; some have something in front (ISO 32000-1, annex H, note 13).
pub(super) fn header(source: &dyn Source) -> Result<u64> {
    let mut start = vec![0; usize::try_from(source.len()).unwrap_or(1024).min(1024)];
    source.read(0, &mut start)?;
    start.windows(5).position(|bytes| bytes == b"%PDF-").map(|at| at as u64).ok_or(damaged("no PDF"))
}

impl<'a> Pdf<'a> {
    /// Reads where the objects are. None of them is read yet but the catalog.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`; what the source says.
    pub fn open(source: &'a dyn Source) -> Result<Self> {
        Self::until(source, source.len())
    }

    /// The file as it was when it ended there.
    pub(super) fn until(source: &'a dyn Source, end: u64) -> Result<Self> {
        header(source)?;
        if end > MOST_BYTES {
            return Err(Error::because(Code::DocumentTooLarge, "the file is larger than tables can say"));
        }
        let reader = Reader { source, end, block: RefCell::default() };
        let tail = reader.window(end.saturating_sub(TAIL), small(TAIL))?;
        const WORD: &[u8] = b"startxref";
        let last = tail.windows(WORD.len()).rposition(|bytes| bytes == WORD).ok_or(damaged("no startxref"))?;
        let start = Parser::new(&tail, last + WORD.len()).count().ok_or(damaged("startxref says no place"))?;
        let chain = xref::read(&reader, start)?;
        let (slots, trailer, kind) = (chain.slots, chain.trailer, chain.kind);
        let pdf = Self { reader, slots, trailer, kind, start, unpacked: RefCell::default() };
        pdf.catalog()?;
        Ok(pdf)
    }

    /// The document's root.
    pub(super) fn catalog(&self) -> Result<Located> {
        let root = self.trailer.get("Root").reference().ok_or(damaged("no catalog"))?;
        let found = self.load(root)?.filter(|found| found.object.dict().is_some());
        found.ok_or(damaged("no catalog"))
    }

    /// The object of a number; `None` when there is none.
    pub(super) fn load(&self, number: u32) -> Result<Option<Located>> {
        match self.slots.get(number) {
            Slot::Free => Ok(None),
            Slot::At { offset, generation } => {
                let (mut named, mut start) = (0, 0);
                let (object, text) = self.reader.text(offset, |parser| {
                    (named, _) = parser.head()?;
                    parser.skip();
                    start = parser.at;
                    parser.object()
                })?;
                if named != number {
                    return Err(damaged("another object than the cross-reference section says"));
                }
                Ok(Some(Located { number, generation, object, text, at: Some(offset), start }))
            }
            Slot::Within { stream, index } => {
                let unpacked = self.unpacked(stream)?;
                let at = usize::try_from(index).ok().and_then(|index| unpacked.index.get(index));
                let &(_, at) = at.filter(|entry| entry.0 == number).ok_or(damaged("not in its object stream"))?;
                let mut parser = Parser::new(&unpacked.content, at);
                const WRONG: Error = damaged("an object that is none");
                parser.object().ok_or(WRONG)?;
                // Read again, so that positions are those of its own text.
                let mut text = unpacked.content.get(at..parser.at).unwrap_or_default().to_vec();
                text.push(b' ');
                let object = Parser::new(&text, 0).object().ok_or(WRONG)?;
                text.pop();
                let start = text.len() - text.trim_ascii_start().len();
                Ok(Some(Located { number, generation: 0, object, text, at: None, start }))
            }
        }
    }

    /// What an object means: itself, or what it refers to.
    pub(super) fn resolve(&self, object: &Object) -> Result<Object> {
        let mut object = object.clone();
        for _ in 0..8 {
            let Object::Reference(number) = object else { return Ok(object) };
            object = self.load(number)?.map_or(Object::Null, |found| found.object);
        }
        Err(damaged("references go in circles"))
    }

    /// What a name of a dictionary means.
    pub(super) fn get(&self, dict: &Dict, name: &str) -> Result<Object> {
        self.resolve(dict.get(name))
    }

    /// The content of a stream, as long as its filters are known.
    pub(super) fn content(&self, found: &Located) -> Result<Vec<u8>> {
        let (Some(dict), Some(at)) = (found.object.dict(), found.at) else { return Err(damaged("no stream")) };
        let length = self.get(dict, "Length")?.size().ok_or(damaged("a stream without a length"))?;
        let packed = self.reader.stream(at + found.text.len() as u64, length)?;
        decode(&self.get(dict, "Filter")?, &self.get(dict, "DecodeParms")?, packed)
    }

    /// Whether a stream follows an object's dictionary.
    pub(super) fn is_stream(&self, found: &Located) -> Result<bool> {
        let Some(at) = found.at else { return Ok(false) };
        let behind = self.reader.window(at + found.text.len() as u64, 64)?;
        let mut parser = Parser::new(&behind, 0);
        Ok(parser.word("stream").is_some())
    }

    fn unpacked(&self, number: u32) -> Result<Rc<Unpacked>> {
        /// Few: pages and their parts mostly stand in one or two.
        const KEPT: usize = 4;
        const WRONG: Error = damaged("an object stream that is none");
        if let Some(known) = self.unpacked.borrow().iter().find(|known| known.number == number) {
            return Ok(Rc::clone(known));
        }
        if !matches!(self.slots.get(number), Slot::At { .. }) {
            return Err(WRONG);
        }
        let found = self.load(number)?.ok_or(WRONG)?;
        let dict = found.object.dict().filter(|dict| dict.says("Type", "ObjStm")).ok_or(WRONG)?;
        let (count, first) = (dict.get("N").size().ok_or(WRONG)?, dict.get("First").size().ok_or(WRONG)?);
        let mut content = self.content(&found)?;
        content.push(b' ');
        let mut parser = Parser::new(&content, 0);
        let mut index = Vec::new();
        for _ in 0..count {
            let (number, at) = (parser.count().ok_or(WRONG)?, parser.count().ok_or(WRONG)?);
            let at = first.saturating_add(at).try_into().map_err(|_| WRONG)?;
            index.push((number.try_into().map_err(|_| WRONG)?, at));
        }
        let unpacked = Rc::new(Unpacked { number, content, index });
        let mut kept = self.unpacked.borrow_mut();
        kept.truncate(KEPT - 1);
        kept.insert(0, Rc::clone(&unpacked));
        Ok(unpacked)
    }
}

/// Bytes of the file up to an end, which is that of an earlier revision when one is looked at.
pub(super) struct Reader<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) end: u64,
    /// The block that was read last.
    block: RefCell<(u64, Vec<u8>)>,
}

impl Reader<'_> {
    /// As many bytes as there are, up to `length`.
    pub(super) fn window(&self, at: u64, length: usize) -> Result<Vec<u8>> {
        let left = self.end.checked_sub(at).ok_or(damaged("a place behind the end of the file"))?;
        let length = usize::try_from(left).map_or(length, |left| left.min(length));
        let mut block = self.block.borrow_mut();
        let inside = |block: &(u64, Vec<u8>)| {
            let start = usize::try_from(at.checked_sub(block.0)?).ok()?;
            block.1.get(start..start + length).map(<[u8]>::to_vec)
        };
        if let Some(bytes) = inside(&block) {
            return Ok(bytes);
        }
        let read = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK)).max(length);
        let mut bytes = vec![0; read];
        self.source.read(at, &mut bytes)?;
        if read > BLOCK {
            return Ok(bytes);
        }
        *block = (at, bytes);
        inside(&block).ok_or(Code::Internal.into())
    }

    /// Reads an object at a place: the object and the text it was read from, which ends with it. More is read until the object
    /// is whole and something stands behind it, or there is no more.
    pub(super) fn text(
        &self,
        at: u64,
        mut read: impl FnMut(&mut Parser<'_>) -> Option<Object>,
    ) -> Result<(Object, Vec<u8>)> {
        let mut length = 2048;
        loop {
            let mut text = self.window(at, length)?;
            let mut parser = Parser::new(&text, 0);
            let whole = text.len() < length || length >= MOST_TEXT;
            if let Some(object) = read(&mut parser) {
                let end = parser.at;
                if whole || text.len() >= end + 16 {
                    text.truncate(end);
                    return Ok((object, text));
                }
            }
            if whole {
                return Err(damaged("no object where the cross-reference section has one"));
            }
            length *= 8;
        }
    }

    /// The bytes of a stream whose dictionary ends at a place. They end where the length says, and `endstream` stands there.
    pub(super) fn stream(&self, at: u64, length: u64) -> Result<Vec<u8>> {
        const WRONG: Error = damaged("a stream that is none, or does not end where it says");
        let head = self.window(at, 64)?;
        let mut parser = Parser::new(&head, 0);
        parser.skip();
        let rest = head.get(parser.at..).and_then(|rest| rest.strip_prefix(b"stream")).ok_or(WRONG)?;
        let end_of_line = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return Err(WRONG),
        };
        let start = at + (head.len() - rest.len() + end_of_line) as u64;
        let size = usize::try_from(length).ok().filter(|&size| size <= super::unpack::MOST_UNPACKED);
        let size = size.ok_or(Error::because(Code::DocumentTooLarge, "a stream that must be read is too large"))?;
        let bytes = self.window(start, size)?;
        let behind = self.window(start + bytes.len() as u64, 16)?;
        let mut parser = Parser::new(&behind, 0);
        if bytes.len() < size || parser.word("endstream").is_none() {
            return Err(WRONG);
        }
        Ok(bytes)
    }
}
