//! The size gate: what a login page loads from the module, compressed as a web server sends it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::{gzip, imports};

/// 76 KB as 76 000 bytes, the stricter reading. Not reached yet: see [`CEILING`].
const BUDGET: usize = 76_000;
/// What a login page may load until the budget is reached: today's figure, rounded up. It only ever goes down; what makes a
/// login page heavier than this does not pass.
const CEILING: usize = 82_500;
/// What the script tag names.
const ENTRY: &str = "calock.js";
/// Loaded by every login, whatever way their names are written in the scripts.
const ALWAYS: &[&str] = &[ENTRY, "calock_wasm_bg.wasm"];
/// Loaded when the page, or a person on it, asks for English.
const ENGLISH: &str = "messages.en.js";
/// Loaded when something happens that few logins meet.
const MORE: &[&str] = &["messages.more.zh.js", "messages.more.en.js"];

/// Prints every file with its size, and fails when their sum is over the ceiling.
pub(crate) fn gate(dist: &Path) -> Result<()> {
    let mut files = loaded(dist)?;
    ensure!(files.remove(ENGLISH), "{ENTRY} does not load {ENGLISH}: who wants English would read Chinese");
    files.retain(|path| !MORE.contains(&path.as_str()));
    if let Some(path) = files.iter().find(|path| path.starts_with("virtual/")) {
        bail!("{ENTRY} loads {path}: the virtual lock must stay out of what a portal serves");
    }
    println!("      {:<32} {:>9} {:>9}", "a login page loads", "bytes", "gzip -9");
    let (mut raw, mut compressed) = (0, 0);
    for path in &files {
        let bytes = read(dist, path)?;
        let gzip = gzip::length(&bytes)?;
        println!("      {path:<32} {:>9} {gzip:>9}", bytes.len());
        raw += bytes.len();
        compressed += gzip;
    }
    println!("      {:<32} {raw:>9} {compressed:>9}   budget {BUDGET} bytes", "total");
    ensure!(
        compressed <= CEILING,
        "a login page loads {compressed} bytes (gzip -9), {} more than it may today",
        compressed - CEILING
    );
    match compressed.checked_sub(BUDGET) {
        Some(over @ 1..) => println!("      {over} bytes over the budget; the gate holds at {CEILING}"),
        _ => println!("      {} bytes below the budget", BUDGET - compressed),
    }
    let english = read(dist, ENGLISH)?;
    println!(
        "      {:<32} {:>9} {:>9}",
        format!("a page in English adds {ENGLISH}"),
        english.len(),
        gzip::length(&english)?
    );
    Ok(())
}

/// The entry, what must come with it, and everything that these name in an import.
fn loaded(dist: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut waiting: Vec<String> = ALWAYS.iter().map(|path| (*path).to_owned()).collect();
    while let Some(path) = waiting.pop() {
        if path.ends_with(".js") && !files.contains(&path) {
            let script = String::from_utf8(read(dist, &path)?).with_context(|| format!("{path} is no UTF-8"))?;
            waiting.extend(imports::specifiers(&script).iter().map(|specifier| resolve(&path, specifier)));
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
        let error = gate(dist("", &noise(CEILING + 1_000)).path()).unwrap_err().to_string();
        assert!(error.contains("more than it may today"), "{error}");
    }

    #[test]
    fn a_module_that_loads_the_virtual_lock_is_refused() {
        let error = gate(dist("import('./virtual/virtual.js')", b"").path()).unwrap_err().to_string();
        assert!(error.contains("virtual/virtual.js"), "{error}");
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
    fn a_missing_file_is_named() {
        let error = gate(dist("import './gone.js'", b"").path()).unwrap_err();
        assert!(format!("{error:#}").contains("gone.js"));
    }
}
