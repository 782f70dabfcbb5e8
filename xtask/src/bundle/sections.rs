//! The names on the border of a wasm file, WebAssembly core specification 5.5, import section (2) and export section (7);
//! and the order of its functions: function section (3) and code section (10).

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const FUNCTION_TYPES: u8 = 3;
const EXPORT: u8 = 7;
const CODE: u8 = 10;
/// `\0asm` and the version.
const HEADER: usize = 8;

/// What a wasm file calls by name and what it can be called by, in the order of the file.
#[derive(Default)]
pub(super) struct Names {
    /// Where imports come from; each once.
    pub(super) modules: Vec<String>,
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

/// Reads the names.
pub(super) fn names(wasm: &[u8]) -> Result<Names> {
    let mut names = Names::default();
    for (id, body) in split(wasm)? {
        match id {
            IMPORT => {
                for (module, name, _) in imports(body)? {
                    if !names.modules.iter().any(|known| known == module) {
                        names.modules.push(module.to_owned());
                    }
                    names.imports.push(name.to_owned());
                }
            }
            EXPORT => names.exports.extend(exports(body)?.into_iter().map(|(name, ..)| name.to_owned())),
            _ => {}
        }
    }
    Ok(names)
}

/// For linkers: which features of wasm the code was compiled for. A browser skips it.
const FOR_LINKERS: &str = "target_features";

/// The same file with other names and without what only linkers read; everything else is copied as it is.
pub(super) fn renamed(
    wasm: &[u8],
    modules: &BTreeMap<String, String>,
    import_names: &BTreeMap<String, String>,
    export_names: &BTreeMap<String, String>,
) -> Result<Vec<u8>> {
    let mut out = wasm.get(..HEADER).context("the wasm ends in its header")?.to_vec();
    for (id, body) in split(wasm)? {
        let mut section = Vec::new();
        match id {
            CUSTOM if Reader(body).name()? == FOR_LINKERS => continue,
            IMPORT => {
                let list = imports(body)?;
                put_number(&mut section, list.len())?;
                for (module, name, index) in list {
                    put_name(&mut section, new_name(modules, module))?;
                    put_name(&mut section, new_name(import_names, name))?;
                    section.push(FUNCTION);
                    put_number(&mut section, index)?;
                }
            }
            EXPORT => {
                let list = exports(body)?;
                put_number(&mut section, list.len())?;
                for (name, kind, index) in list {
                    put_name(&mut section, new_name(export_names, name))?;
                    section.push(kind);
                    put_number(&mut section, index)?;
                }
            }
            _ => section.extend_from_slice(body),
        }
        out.push(id);
        put_number(&mut out, section.len())?;
        out.extend(section);
    }
    Ok(out)
}

const FUNCTION: u8 = 0;

/// Module, name and type index of each import. wasm-bindgen imports functions only.
fn imports(body: &[u8]) -> Result<Vec<(&str, &str, usize)>> {
    let mut reader = Reader(body);
    let mut list = Vec::new();
    for _ in 0..reader.number()? {
        let (module, name) = (reader.name()?, reader.name()?);
        ensure!(reader.byte()? == FUNCTION, "the wasm imports {name}, which is no function");
        list.push((module, name, reader.number()?));
    }
    Ok(list)
}

/// Name, kind and index of each export.
fn exports(body: &[u8]) -> Result<Vec<(&str, u8, usize)>> {
    let mut reader = Reader(body);
    let mut list = Vec::new();
    for _ in 0..reader.number()? {
        list.push((reader.name()?, reader.byte()?, reader.number()?));
    }
    Ok(list)
}

/// The bodies of the functions that the file defines, in its order.
pub(super) fn bodies(wasm: &[u8]) -> Result<Vec<&[u8]>> {
    let code = split(wasm)?.into_iter().find(|(id, _)| *id == CODE);
    let mut reader = Reader(code.context("the wasm defines no function")?.1);
    (0..reader.number()?).map(|_| reader.number().and_then(|length| reader.take(length))).collect()
}

/// The same functions in another order: the first one is that which stood at `order[0]`. Nothing that refers to a
/// function is changed.
pub(super) fn permuted(wasm: &[u8], order: &[usize]) -> Result<Vec<u8>> {
    let mut out = wasm.get(..HEADER).context("the wasm ends in its header")?.to_vec();
    for (id, body) in split(wasm)? {
        let mut section = Vec::new();
        if id == FUNCTION_TYPES || id == CODE {
            let mut reader = Reader(body);
            let count = reader.number()?;
            ensure!(count == order.len(), "{count} functions, but an order of {}", order.len());
            let entries: Vec<&[u8]> = if id == CODE { bodies(wasm)? } else { reader.numbers(count)? };
            put_number(&mut section, count)?;
            for &old in order {
                let entry = entries.get(old).context("the order names a function that is not there")?;
                if id == CODE {
                    put_number(&mut section, entry.len())?;
                }
                section.extend_from_slice(entry);
            }
        } else {
            section.extend_from_slice(body);
        }
        out.push(id);
        put_number(&mut out, section.len())?;
        out.extend(section);
    }
    Ok(out)
}

/// The sections: id and content.
fn split(wasm: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    ensure!(wasm.starts_with(b"\0asm\x01\0\0\0"), "these bytes are no wasm module");
    let mut reader = Reader(&wasm[HEADER..]);
    let mut sections = Vec::new();
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        sections.push((id, reader.take(length)?));
    }
    Ok(sections)
}

fn new_name<'a>(names: &'a BTreeMap<String, String>, old: &'a str) -> &'a str {
    names.get(old).map_or(old, String::as_str)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the wasm ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// Unsigned LEB128 of at most 32 bits.
    fn number(&mut self) -> Result<usize> {
        let mut value = 0_usize;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        bail!("a number in the wasm is longer than five bytes")
    }

    /// So many numbers, as the bytes they are written in.
    fn numbers(&mut self, count: usize) -> Result<Vec<&'a [u8]>> {
        (0..count)
            .map(|_| {
                let before = self.0;
                self.number()?;
                Ok(&before[..before.len() - self.0.len()])
            })
            .collect()
    }

    fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length)?)?)
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) -> Result<()> {
    let mut rest = u32::try_from(number)?;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            out.push(low & 0x7f);
            return Ok(());
        }
        out.push(low | 0x80);
    }
}

fn put_name(out: &mut Vec<u8>, name: &str) -> Result<()> {
    put_number(out, name.len())?;
    out.extend_from_slice(name.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        for number in [0, 1, 127, 128, 300, 16_384, 239_643, 0xffff_ffff] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number).unwrap();
            assert_eq!(Reader(&bytes).number().unwrap(), number);
        }
        assert!(Reader(&[0x80]).number().is_err());
    }

    #[test]
    fn functions_change_places_with_their_types() {
        // Two functions of types 0 and 1; their bodies are `end` and `nop end`.
        let wasm =
            |types: [u8; 2], code: &[u8]| [&b"\0asm\x01\0\0\0\x03\x03\x02"[..], &types, b"\x0a\x08\x02", code].concat();
        let before = wasm([0, 1], b"\x02\0\x0b\x03\0\x01\x0b");
        let after = wasm([1, 0], b"\x03\0\x01\x0b\x02\0\x0b");
        assert_eq!(permuted(&before, &[1, 0]).unwrap(), after);
        assert!(permuted(&before, &[0]).is_err());
        assert!(permuted(&before, &[0, 2]).is_err());
    }

    #[test]
    fn without_new_names_nothing_changes() {
        let wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01m\x01f\0\0\x07\x05\x01\x01g\0\0";
        let none = BTreeMap::new();
        assert_eq!(renamed(wasm, &none, &none, &none).unwrap(), wasm);
        let linked = [wasm, &b"\0\x12\x0ftarget_features\x01+"[..]].concat();
        assert_eq!(renamed(&linked, &none, &none, &none).unwrap(), wasm);
        assert!(names(&wasm[..20]).is_err());
        assert!(names(b"GIF89a..").is_err());
    }
}
