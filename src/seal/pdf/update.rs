//! What is appended to a file: new objects, old ones written anew, and a cross-reference section of the kind the file ends with
//! (other kinds make readers repair the file, and find the signature broken; reference seal.md 3.2).

use super::damaged;
use super::file::{Located, Pdf, header};
use super::object::{Dict, Object};
use super::xref::{Kind, Slot};
use crate::hash::{decimal, hex, push_decimal};
use crate::prelude::*;
use crate::seal::sorted;
use crate::{Code, Error, Result};

/// An incremental update that is being written.
pub(super) struct Update<'a> {
    pdf: &'a Pdf<'a>,
    /// Where in the file it begins.
    base: u64,
    pub(super) bytes: Vec<u8>,
    next: u32,
    /// Number, generation and place of each object in it.
    placed: Vec<(u32, u16, u64)>,
    rewrites: Vec<Rewrite>,
}

/// An object that is written anew: its own text but for some stretches.
struct Rewrite {
    found: Located,
    edits: Vec<(usize, usize, Vec<u8>)>,
}

const LARGE: Error = Error::because(Code::DocumentTooLarge, "no numbers are left for objects");

impl<'a> Update<'a> {
    /// # Errors
    /// `DOCUMENT_UNREADABLE` when something stands before the header: programs disagree whether places count from there, and a
    /// signature's byte range with them.
    pub(super) fn new(pdf: &'a Pdf<'a>) -> Result<Self> {
        if header(pdf.reader.source)? > 0 {
            return Err(damaged("something stands before the header"));
        }
        let size = pdf.trailer.get("Size").size().and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
        // Whatever stands at the end, the update begins on a line of its own.
        let (base, bytes) = (pdf.reader.end, b"\n".to_vec());
        Ok(Self { pdf, base, bytes, next: size.max(pdf.slots.len()), placed: Vec::new(), rewrites: Vec::new() })
    }

    /// A number for a new object.
    pub(super) fn number(&mut self) -> Result<u32> {
        let number = self.next;
        self.next = number.checked_add(1).filter(|next| *next < 8_388_607).ok_or(LARGE)?;
        Ok(number)
    }

    /// `12 0 R`.
    pub(super) fn reference(&self, number: u32) -> String {
        let generation = match self.pdf.slots.get(number) {
            Slot::At { generation, .. } => generation,
            _ => 0,
        };
        [&decimal(number as usize), " ", &decimal(generation.into()), " R"].concat()
    }

    /// References with spaces between them.
    pub(super) fn references(&self, numbers: &[u32]) -> String {
        numbers.iter().map(|&number| self.reference(number)).collect::<Vec<_>>().join(" ")
    }

    /// Where the next byte goes.
    pub(super) fn at(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// Writes an object.
    pub(super) fn object(&mut self, number: u32, parts: &[&[u8]]) {
        self.generation(number, 0, parts);
    }

    fn generation(&mut self, number: u32, generation: u16, parts: &[&[u8]]) {
        self.placed.push((number, generation, self.at()));
        let head = [&decimal(number as usize), " ", &decimal(generation.into()), " obj\n"].concat();
        self.bytes.extend_from_slice(head.as_bytes());
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    /// Writes a stream.
    pub(super) fn stream(&mut self, number: u32, entries: &str, content: &[u8]) {
        let length = decimal(content.len());
        let head = ["<<", entries, "/Length ", &length, ">>\nstream\n"].concat();
        self.object(number, &[head.as_bytes(), content, b"\nendstream"]);
    }

    /// Has a name say something else in a dictionary of an object that exists, or say it at all.
    pub(super) fn set(&mut self, found: &Located, dict: &Dict, name: &str, value: &str) {
        match dict.entry(name) {
            Some(entry) => self.edit(found, entry.start, entry.end, [" ", value].concat()),
            None => self.edit(found, dict.close, dict.close, ["/", name, " ", value].concat()),
        }
    }

    /// Puts items at the end of a list that a dictionary of an object names: in its place, where the list is an object of its own, or
    /// newly.
    pub(super) fn extend(&mut self, found: &Located, dict: &Dict, name: &str, items: &str) -> Result<()> {
        let Some(entry) = dict.entry(name) else {
            self.set(found, dict, name, &["[", items, "]"].concat());
            return Ok(());
        };
        match &entry.value {
            Object::Array(_) => self.edit(found, entry.end - 1, entry.end - 1, [" ", items].concat()),
            Object::Reference(number) => match self.pdf.load(*number)? {
                Some(list) if matches!(list.object, Object::Array(_)) => {
                    let end = list.text.len() - 1;
                    self.edit(&list, end, end, [" ", items].concat());
                }
                // A new list would hide the one that it may lead to.
                Some(Located { object: Object::Reference(_), .. }) => {
                    return Err(damaged("a reference to a reference"));
                }
                _ => self.set(found, dict, name, &["[", items, "]"].concat()),
            },
            _ => self.set(found, dict, name, &["[", items, "]"].concat()),
        }
        Ok(())
    }

    fn edit(&mut self, found: &Located, from: usize, to: usize, text: String) {
        let edit = (from, to, text.into_bytes());
        match self.rewrites.iter_mut().find(|rewrite| rewrite.found.number == found.number) {
            Some(rewrite) => rewrite.edits.push(edit),
            None => self.rewrites.push(Rewrite { found: found.clone(), edits: vec![edit] }),
        }
    }

    /// Writes the old objects, the cross-reference section and the end of the file.
    pub(super) fn finish(&mut self, identity: &[u8; 16]) -> Result<()> {
        for Rewrite { found, mut edits } in core::mem::take(&mut self.rewrites) {
            // From the end, so that places stay what they are; what was asked for first stands first.
            edits.reverse();
            let mut text = found.text;
            while let Some(last) = (0..edits.len()).max_by_key(|&at| (edits[at].0, edits.len() - at)) {
                let (from, to, with) = edits.remove(last);
                text.splice(from..to, with);
            }
            let text = text.get(found.start..).unwrap_or_default();
            self.generation(found.number, found.generation, &[text]);
        }
        let trailer = self.trailer(identity);
        let section = self.at();
        match self.pdf.kind {
            Kind::Table => self.table(&trailer),
            Kind::Stream => self.sections(&trailer)?,
        }
        let mut end = String::from("startxref\n");
        push_decimal(&mut end, section);
        self.bytes.extend_from_slice(end.as_bytes());
        self.bytes.extend_from_slice(b"\n%%EOF\n");
        Ok(())
    }

    /// The entries that every trailer has, but for `Size`.
    fn trailer(&self, identity: &[u8; 16]) -> String {
        let mut text = String::new();
        for name in ["Root", "Info"] {
            if let Some(number) = self.pdf.trailer.get(name).reference() {
                text += &["/", name, " ", &self.reference(number)].concat();
            }
        }
        // The first half is the document's, the second the revision's (ISO 32000-1, 14.4).
        let first = match self.pdf.get(&self.pdf.trailer, "ID") {
            Ok(Object::Array(halves)) => match halves.first() {
                Some(Object::Text(first)) => hex(first),
                _ => hex(identity),
            },
            _ => hex(identity),
        };
        text += &["/ID[<", &first, "><", &hex(identity), ">]/Prev "].concat();
        push_decimal(&mut text, self.pdf.start);
        text
    }

    /// The objects in the order of their numbers, those that follow one another together.
    fn runs(&mut self) -> Vec<Vec<(u32, u16, u64)>> {
        self.placed = sorted(core::mem::take(&mut self.placed));
        let mut runs: Vec<Vec<(u32, u16, u64)>> = Vec::new();
        for &one in &self.placed {
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|last| last.0 + 1 == one.0) => run.push(one),
                _ => runs.push(vec![one]),
            }
        }
        runs
    }

    fn table(&mut self, trailer: &str) {
        let mut text = String::from("xref\n");
        for run in self.runs() {
            push_decimal(&mut text, run[0].0.into());
            text.push(' ');
            push_decimal(&mut text, run.len() as u64);
            text.push('\n');
            for (_, generation, place) in run {
                text += &digits(place, 10);
                text.push(' ');
                text += &digits(generation.into(), 5);
                text += " n \n";
            }
        }
        text += &["trailer\n<<", trailer, "/Size ", &decimal(self.next as usize), ">>\n"].concat();
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn sections(&mut self, trailer: &str) -> Result<()> {
        let number = self.number()?;
        self.placed.push((number, 0, self.at()));
        let placed = self.placed.len();
        let (mut index, mut content) = (String::new(), Vec::with_capacity(placed * 8));
        for run in self.runs() {
            for number in [run[0].0 as usize, run.len()] {
                index += &[" ", &decimal(number)].concat();
            }
            for (_, generation, place) in run {
                // One byte of kind, five of place, two of generation.
                content.push(1);
                content.extend_from_slice(&place.to_be_bytes()[3..]);
                content.extend_from_slice(&generation.to_be_bytes());
            }
        }
        // Its own entry is in it already.
        self.placed.pop();
        let entries =
            ["/Type/XRef/W[1 5 2]/Index[", &index, "]", trailer, "/Size ", &decimal(self.next as usize)].concat();
        self.stream(number, &entries, &content);
        Ok(())
    }
}

/// Decimal digits of a fixed width.
pub(super) fn digits(number: u64, width: usize) -> String {
    let mut text = String::new();
    push_decimal(&mut text, number);
    while text.len() < width {
        text.insert(0, '0');
    }
    text
}

/// A number as PDF writes it, to a hundred-thousandth: the thirtieth part of a micrometre.
pub(super) fn number(value: f64) -> String {
    let scaled = value * 100_000.0;
    #[allow(clippy::cast_possible_truncation)] // pages have at most ten metres
    let whole = (if scaled < 0.0 { scaled - 0.5 } else { scaled + 0.5 }) as i64;
    let (before, behind) = (whole.unsigned_abs() / 100_000, whole.unsigned_abs() % 100_000);
    let mut text = String::from(if whole < 0 { "-" } else { "" });
    push_decimal(&mut text, before);
    if behind > 0 {
        text.push('.');
        text += &digits(behind, 5);
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

/// Numbers with spaces between them.
pub(super) fn numbers(values: &[f64]) -> String {
    values.iter().map(|&value| number(value)).collect::<Vec<_>>().join(" ")
}
