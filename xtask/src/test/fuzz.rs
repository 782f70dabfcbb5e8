//! Every fuzz target for a short while: long enough to catch a parser that falls over at once, on every run.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::process;
use crate::setup;
use crate::tree::Tree;

/// Seconds for one target in CI, where nobody waits.
const LONG: u32 = 30;
/// Seconds for one target on a developer's machine.
const SHORT: u32 = 5;

/// Runs every target under fuzz/fuzz_targets.
pub(super) fn fuzz(tree: &Tree) -> Result<Outcome> {
    let targets = targets(&tree.at("fuzz/fuzz_targets"))?;
    if targets.is_empty() {
        return Ok(Outcome::Skipped("no targets under fuzz/fuzz_targets".into()));
    }
    let Some(program) = setup::cargo_fuzz(tree)? else {
        return Ok(Outcome::Skipped("no nightly toolchain (rustup toolchain install nightly)".into()));
    };
    let path = path_with(program.parent().context("cargo-fuzz has no folder")?)?;
    let seconds = if env::var_os("CI").is_some() { LONG } else { SHORT };

    let mut failed = Vec::new();
    for target in &targets {
        println!("    {target}, {seconds} s");
        let mut command = process::cargo(tree);
        // What was found before, then what is kept in the repository to start from; new finds go into the first folder.
        let (corpus, seeds) = (format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}"));
        fs::create_dir_all(tree.at(&corpus)).with_context(|| format!("cannot create {corpus}"))?;
        command.args(["+nightly", "fuzz", "run", target, &corpus]);
        if tree.at(&seeds).is_dir() {
            command.arg(&seeds);
        }
        command.args(["--", "-verbosity=0", "-print_final_stats=1"]);
        command.arg(format!("-max_total_time={seconds}")).env("PATH", &path);
        if let Err(error) = process::run(&mut command) {
            eprintln!("    {target}: {error:#}");
            failed.push(target.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("{}: the input is under fuzz/artifacts", failed.join(", "));
    }
    Ok(Outcome::Passed)
}

fn targets(folder: &Path) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The path with one folder before all others.
fn path_with(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(std::iter::once(folder.to_path_buf()).chain(env::split_paths(&path)))?)
}
