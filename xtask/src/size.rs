//! The size gate: what a login page loads from the module, compressed as a web server sends it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::{bundle, gzip, imports};

/// 76 KB as 76 000 bytes, the stricter reading.
const BUDGET: usize = 76_000;
/// What the script tag names.
const ENTRY: &str = "calock.js";
/// Loaded by every login, whatever way their names are written in the scripts.
const ALWAYS: &[&str] = &[ENTRY, "calock_wasm_bg.wasm"];
/// The names of the virtual lock's elements, events and storage begin so; nothing of the module is called that.
const VIRTUAL: &str = "calock-virtual";
/// Loaded when the page, or a person on it, asks for English.
const ENGLISH: &str = "messages.en.js";
/// Loaded when something happens that few logins meet.
const MORE: &[&str] = &["messages.more.zh.js", "messages.more.en.js"];
/// The wasm that late scripts bring along.
const FULL_WASM: &str = "calock_full_bg.wasm";
/// What a page loads besides when somebody's lock needs the module with everything in it, or wants something else done with
/// it than a login. A bound against accidents; nothing waits for these bytes before a login.
const FULL_CEILING: usize = 128_000;
/// What a page loads to set seals, once somebody wants to: script, worker, module. What shows the document is not counted.
const SEAL_BUDGET: usize = 120_000;
/// What sends a sealed document, once somebody may.
const POST_CEILING: usize = 5_000;
/// What somebody asks for while placing seals, by keyword or by hand, and the self-test. A bound against accidents.
const MORE_CEILING: usize = 12_000;
/// Where PDF.js lies.
const PDFJS: &str = "pdfjs/";
/// What shows a document when one is opened: the script, and for OFD worker and module. For a PDF it is PDF.js, whose size is
/// not ours to bound.
const VIEW_CEILING: usize = 90_000;

/// Prints every file with its size, and fails when their sum is over the budget.
pub(crate) fn gate(dist: &Path) -> Result<()> {
    let mut files = loaded(dist)?;
    ensure!(files.remove(ENGLISH), "{ENTRY} does not load {ENGLISH}: who wants English would read Chinese");
    files.retain(|path| !MORE.contains(&path.as_str()));
    if let Some(path) = files.iter().find(|path| path.starts_with("virtual/")) {
        bail!("{ENTRY} loads {path}: the virtual lock must stay out of what a portal serves");
    }
    for path in files.iter().cloned().chain(bundle::late(ENTRY)).filter(|path| path.ends_with(".js")) {
        let text = read(dist, &path)?;
        let packed = text.windows(VIRTUAL.len()).any(|bytes| bytes == VIRTUAL.as_bytes());
        ensure!(!packed, "{path} has a part of the virtual lock in it");
    }
    println!("      {:<32} {:>9} {:>9}", "a login page loads", "bytes", "gzip -9");
    let (raw, compressed) = print(dist, files.iter().map(String::as_str))?;
    println!("      {:<32} {raw:>9} {compressed:>9}   budget {BUDGET} bytes", "total");
    ensure!(
        compressed <= BUDGET,
        "a login page loads {compressed} bytes (gzip -9), {} more than its budget",
        compressed - BUDGET
    );
    println!("      {} bytes below the budget", BUDGET - compressed);
    let english = read(dist, ENGLISH)?;
    println!(
        "      {:<32} {:>9} {:>9}",
        format!("a page in English adds {ENGLISH}"),
        english.len(),
        gzip::length(&english)?
    );
    late(dist)
}

/// PDF.js is not counted; so nothing but the viewer may load it.
fn uncounted(dist: &Path, files: &[String]) -> Result<()> {
    for path in files.iter().filter(|path| path.ends_with(".js")) {
        let names_it = read(dist, path)?.windows(PDFJS.len()).any(|bytes| bytes == PDFJS.as_bytes());
        ensure!(!names_it, "{path} loads PDF.js, which is not counted: only the viewer may");
    }
    Ok(())
}

/// What is loaded on demand.
fn late(dist: &Path) -> Result<()> {
    // A page loads one of the two, by the document at hand.
    let [seal, view, post] = [bundle::seal(ENTRY), bundle::seal_view(ENTRY), bundle::seal_post(ENTRY)];
    let more = bundle::seal_more(ENTRY);
    let for_pdf = vec![seal.clone(), bundle::SEAL_PDF_WORKER.into(), bundle::SEAL_PDF_WASM.into()];
    let apart = |path: &String| [&seal, &view, &post].contains(&path) || more.contains(path);
    let files = bundle::late(ENTRY).filter(|path| !apart(path)).chain([FULL_WASM.to_owned()]).collect();
    let counted: Vec<String> = bundle::late(ENTRY).filter(|path| *path != view).chain([ENTRY.to_owned()]).collect();
    uncounted(dist, &counted)?;
    bounded(dist, "on demand", files, FULL_CEILING)?;
    let for_ofd = vec![seal, bundle::SEAL_WORKER.into(), bundle::SEAL_WASM.into()];
    bounded(dist, "to seal OFD", for_ofd, SEAL_BUDGET)?;
    bounded(dist, "to seal PDF", for_pdf, SEAL_BUDGET)?;
    let viewer = vec![view, bundle::VIEW_WORKER.into(), bundle::VIEW_WASM.into()];
    bounded(dist, "to show a document", viewer, VIEW_CEILING)?;
    bounded(dist, "to post a document", vec![post], POST_CEILING)?;
    bounded(dist, "by few who seal", more, MORE_CEILING)
}

/// Prints files that are loaded together, and fails when their sum is over the bound.
fn bounded(dist: &Path, what: &str, files: Vec<String>, bound: usize) -> Result<()> {
    println!("      {what:<32} {:>9} {:>9}", "bytes", "gzip -9");
    let (raw, compressed) = print(dist, files.iter().map(String::as_str))?;
    println!("      {:<32} {raw:>9} {compressed:>9}   at most {bound} bytes", "total");
    ensure!(compressed <= bound, "what is loaded {what} is {} bytes over its bound", compressed.saturating_sub(bound));
    Ok(())
}

/// Prints files with their sizes; returns the sums, as they are and compressed.
fn print<'a>(dist: &Path, paths: impl Iterator<Item = &'a str>) -> Result<(usize, usize)> {
    let (mut raw, mut compressed) = (0, 0);
    for path in paths {
        let bytes = read(dist, path)?;
        let (gzip, bytes) = (gzip::length(&bytes)?, bytes.len());
        println!("      {path:<32} {bytes:>9} {gzip:>9}");
        raw += bytes;
        compressed += gzip;
    }
    Ok((raw, compressed))
}

/// The entry, what must come with it, and everything that these name in an import, except late scripts.
fn loaded(dist: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let late: Vec<String> = bundle::late(ENTRY).collect();
    let mut waiting: Vec<String> = ALWAYS.iter().map(|path| (*path).to_owned()).collect();
    while let Some(path) = waiting.pop() {
        if path.ends_with(".js") && !files.contains(&path) {
            let script = String::from_utf8(read(dist, &path)?).with_context(|| format!("{path} is no UTF-8"))?;
            let named = imports::specifiers(&script);
            waiting.extend(named.iter().map(|specifier| resolve(&path, specifier)).filter(|path| !late.contains(path)));
        }
        files.insert(path);
    }
    Ok(files)
}

/// A relative specifier as a path below pkg/dist.
fn resolve(from: &str, specifier: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn read(dist: &Path, path: &str) -> Result<Vec<u8>> {
    fs::read(dist.join(path)).with_context(|| format!("pkg/dist/{path} is loaded by a login page and cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(calock: &str, wasm: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| fs::write(folder.path().join(path), bytes).unwrap();
        fs::create_dir(folder.path().join("element")).unwrap();
        fs::create_dir(folder.path().join("virtual")).unwrap();
        write("calock.js", format!("{calock};import('./messages.en.js')").as_bytes());
        write("calock_wasm_bg.wasm", wasm);
        write("messages.en.js", b"export default {}");
        write("element/login.js", b"import '../words.js'");
        write("words.js", b"");
        write("virtual/virtual.js", b"");
        for path in [
            "calock_full_bg.wasm",
            bundle::SEAL_WORKER,
            bundle::SEAL_WASM,
            bundle::SEAL_PDF_WORKER,
            bundle::SEAL_PDF_WASM,
            bundle::VIEW_WORKER,
            bundle::VIEW_WASM,
        ] {
            write(path, b"");
        }
        bundle::late(ENTRY).for_each(|path| write(&path, &[]));
        folder
    }

    /// Bytes that do not compress: SplitMix64.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 0_u64;
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (z ^ (z >> 31)).to_le_bytes()[0]
        };
        std::iter::repeat_with(&mut next).take(length).collect()
    }

    #[test]
    fn imports_are_followed_across_folders() {
        let folder = dist("import './element/login.js'", b"");
        let files = loaded(folder.path()).unwrap();
        assert!(files.contains("words.js") && files.contains("calock_wasm_bg.wasm"), "{files:?}");
        assert!(!files.contains("virtual/virtual.js"));
    }

    #[test]
    fn too_big_fails_and_says_by_how_much() {
        gate(dist("", &noise(70_000)).path()).unwrap();
        let error = gate(dist("", &noise(BUDGET + 1_000)).path()).unwrap_err().to_string();
        assert!(error.contains("more than its budget"), "{error}");
    }

    #[test]
    fn a_module_that_loads_the_virtual_lock_is_refused() {
        let error = gate(dist("import('./virtual/virtual.js')", b"").path()).unwrap_err().to_string();
        assert!(error.contains("virtual/virtual.js"), "{error}");
    }

    #[test]
    fn a_module_with_the_virtual_lock_packed_into_it_is_refused() {
        let error = gate(dist("customElements.define('calock-virtual-lock', X)", b"").path()).unwrap_err().to_string();
        assert!(error.contains("calock.js has a part"), "{error}");
    }

    #[test]
    fn english_is_loaded_but_not_by_everyone() {
        let folder = dist("", b"");
        gate(folder.path()).unwrap();
        let long: String = noise(80_000).iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(folder.path().join("messages.en.js"), format!("//{long}")).unwrap();
        gate(folder.path()).unwrap();
        fs::write(folder.path().join("calock.js"), "").unwrap();
        assert!(gate(folder.path()).unwrap_err().to_string().contains("messages.en.js"));
    }

    #[test]
    fn what_is_loaded_on_demand_does_not_count_and_has_a_bound() {
        let late = bundle::late(ENTRY).next().unwrap();
        let folder = dist(&format!("import('./{late}')"), b"");
        let add = |bytes: &[u8]| fs::write(folder.path().join(FULL_WASM), bytes).unwrap();
        assert!(!loaded(folder.path()).unwrap().contains(&late));
        add(&noise(BUDGET + 1_000));
        gate(folder.path()).unwrap();
        add(&noise(FULL_CEILING + 1_000));
        assert!(gate(folder.path()).unwrap_err().to_string().contains("on demand"));
    }

    #[test]
    fn only_the_viewer_may_load_what_is_not_counted() {
        let folder = dist("", b"");
        fs::write(folder.path().join(bundle::seal_view(ENTRY)), "new URL('./pdfjs/', import.meta.url)").unwrap();
        gate(folder.path()).unwrap();
        fs::write(folder.path().join(bundle::seal(ENTRY)), "import('./pdfjs/pdf.min.mjs')").unwrap();
        assert!(gate(folder.path()).unwrap_err().to_string().contains("not counted"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = gate(dist("import './gone.js'", b"").path()).unwrap_err();
        assert!(format!("{error:#}").contains("gone.js"));
    }
}
