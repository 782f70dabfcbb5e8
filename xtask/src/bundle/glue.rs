//! What wasm-bindgen makes is written for every browser and every way to load; a login page pays for it in bytes.
//!
//! Two things are taken away, both by the text of the one version that Cargo.toml names: the loader, because
//! www/calock/wasm.js fetches and compiles by itself, and the long names on the border between script and wasm, each
//! with a hash that no compressor can shorten and that stands in both files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

use super::order;
use super::sections::{self, Names};

/// Script and wasm that belong together.
pub(super) struct Glue {
    pub(super) script: String,
    pub(super) wasm: Vec<u8>,
}

/// The first line of wasm-bindgen's loader; everything after it belongs to the loader.
const LOADER: &str = "let wasmModule, wasmInstance, wasm;";
/// What stands in its place.
const START: &str = "let wasm;\n\
    /** Starts a compiled module. */\n\
    export async function start(module) {\n    \
        wasm = (await WebAssembly.instantiate(module, __wbg_get_imports())).exports;\n    \
        wasm.__wbindgen_start();\n\
    }\n";
/// Below it the text decoder of Safari forgets; Chrome's does not, and others have no WebHID.
const SAFARI: (&str, &str) = (
    "    numBytesDecoded += bytes.length;\n    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {\n        \
     cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\n        cachedTextDecoder.decode();\n        \
     numBytesDecoded = bytes.length;\n    }\n",
    "",
);
/// Chrome has had it since version 74.
const ENCODER: (&str, &str) = ("if (!('encodeInto' in cachedTextEncoder)) {", "if (false) {");
/// Chrome has had it since version 84.
const REGISTRY: (&str, &str) = (
    "(typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    : new",
    "new",
);

/// Makes both smaller without changing what they do.
///
/// `reorder`: also bring functions that resemble each other together; not for a wasm with names in it.
pub(super) fn slim(script: &str, wasm: &[u8], reorder: bool) -> Result<Glue> {
    let (body, _) = script.split_once(LOADER).context("the glue has no loader where wasm-bindgen writes one")?;
    let mut script = format!("{body}{START}");
    for (old, new) in [SAFARI, ENCODER, REGISTRY] {
        ensure!(script.contains(old), "the glue no longer has:\n{old}");
        script = script.replace(old, new);
    }
    let names = sections::names(wasm)?;
    let short = shorten(&names)?;
    let script = rename(&script, &short)?;
    let wasm = sections::renamed(wasm, &short.module, &short.imports, &short.exports)?;
    Ok(Glue { script, wasm: if reorder { order::alike_together(&wasm)? } else { wasm } })
}

/// New names by old ones.
struct Short {
    module: BTreeMap<String, String>,
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

fn shorten(names: &Names) -> Result<Short> {
    let [module] = names.modules.as_slice() else {
        bail!("the wasm imports from {:?}, not from one place", names.modules)
    };
    Ok(Short {
        module: BTreeMap::from([(module.clone(), "_".to_owned())]),
        imports: numbered(&names.imports),
        exports: numbered(&names.exports),
    })
}

/// a, b … z, a1, b1 …
fn numbered(names: &[String]) -> BTreeMap<String, String> {
    let letters: Vec<char> = ('a'..='z').collect();
    let short = |index: usize| {
        let mut name = String::from(letters[index % letters.len()]);
        if index >= letters.len() {
            // Writing to a string cannot fail.
            let _ = write!(name, "{}", index / letters.len());
        }
        name
    };
    names.iter().enumerate().map(|(index, name)| (name.clone(), short(index))).collect()
}

/// Puts the short names into the script: `NAME: function(` among the imports, `wasm.NAME` for exports.
fn rename(script: &str, short: &Short) -> Result<String> {
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    let mut imports = 0;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$') {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        rest = after;
        if let Some(parameters) = after.strip_prefix(": function")
            && let Some(name) = short.imports.get(word)
        {
            out.push_str(name);
            imports += 1;
            rest = parameters;
        } else if out.ends_with("wasm.") {
            let name = short.exports.get(word).with_context(|| format!("the wasm does not export {word}"))?;
            out.push_str(name);
        } else {
            out.push_str(word);
        }
    }
    out.push_str(rest);
    ensure!(imports == short.imports.len(), "{imports} of {} imports are in the glue", short.imports.len());
    for (old, new) in &short.module {
        let key = format!("\"{old}\": import0");
        ensure!(out.contains(&key), "the glue does not import as {old}");
        out = out.replace(&key, &format!("{new}: import0"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "export function version() {\n    return wasm.version();\n}\n\
        const import0 = {\n    __wbg_now_0123: function(arg0) { return wasm.memory; },\n};\n\
        return { \"./m_bg.js\": import0 };\n\
        function decodeText(bytes) {\n    numBytesDecoded += bytes.length;\n    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {\n        \
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\n        cachedTextDecoder.decode();\n        \
        numBytesDecoded = bytes.length;\n    }\n}\nif (!('encodeInto' in cachedTextEncoder)) {\n}\n\
        const R = (typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    : new R();\n\
        let wasmModule, wasmInstance, wasm;\nfunction __wbg_load() {}\n";

    fn module() -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        // One type () -> (); one import of it; the imported function exported three times.
        bytes.extend([1, 4, 1, 0x60, 0, 0]);
        let mut imports = vec![1, 9];
        imports.extend(b"./m_bg.js\x0e__wbg_now_0123\0\0");
        bytes.extend([2, u8::try_from(imports.len()).unwrap()]);
        bytes.extend(imports);
        let exports = b"\x03\x07version\0\0\x06memory\0\0\x10__wbindgen_start\0\0";
        bytes.extend([7, u8::try_from(exports.len()).unwrap()]);
        bytes.extend(exports);
        bytes
    }

    #[test]
    fn both_sides_get_the_same_names() {
        let glue = slim(SCRIPT, &module(), false).unwrap();
        assert!(
            glue.script.contains("return wasm.a();") && glue.script.contains("a(arg0) { return wasm.b; }"),
            "{}",
            glue.script
        );
        assert!(glue.script.contains("{ _: import0 }") && glue.script.contains("wasm.c();"), "{}", glue.script);
        assert!(!glue.script.contains("__wbg_load") && !glue.script.contains("SAFARI"), "{}", glue.script);
        let names = sections::names(&glue.wasm).unwrap();
        assert_eq!(
            (names.modules, names.imports, names.exports),
            (vec!["_".into()], vec!["a".into()], vec!["a".into(), "b".into(), "c".into()])
        );
    }

    #[test]
    fn another_glue_is_refused() {
        assert!(slim("let wasm;", &module(), false).is_err());
        assert!(slim(&SCRIPT.replace("wasm.memory", "wasm.memories"), &module(), false).is_err());
        assert!(slim(&SCRIPT.replace("__wbg_now_0123", "__wbg_now_4567"), &module(), false).is_err());
    }
}
