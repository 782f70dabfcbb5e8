//! Programs that judge sealed PDF files. They are no part of the project: where they cannot be had, the tests that ask them say
//! `skipped`, and everything else is tested all the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{install, programs, say};
use crate::process;
use crate::tree::Tree;

/// qpdf, poppler and MuPDF from Debian; pyHanko from PyPI, in an environment of its own.
pub(super) fn ensure(tree: &Tree) {
    let debian = programs(
        "they judge sealed PDF files",
        &["qpdf", "pdfsig", "pdftoppm", "pdftotext", "mutool"],
        &["qpdf", "poppler-utils", "mupdf-tools"],
    );
    for (what, found) in [("qpdf, poppler and MuPDF", debian), ("pyHanko", hanko(tree))] {
        if let Err(error) = found {
            eprintln!("      skipped: {what}, tests that ask them will say so: {error:#}");
        }
    }
}

/// The Python that has pyHanko, once it is there.
pub(crate) fn python(tree: &Tree) -> PathBuf {
    folder(tree).join("bin/python3")
}

fn folder(tree: &Tree) -> PathBuf {
    tree.target().join("tools/judges")
}

/// The versions of tests/pdf_check/requirements.txt, each file of which is known by its digest, in target/tools/judges.
fn hanko(tree: &Tree) -> Result<()> {
    let wanted = tree.at("tests/pdf_check/requirements.txt");
    let folder = folder(tree);
    // Written when an installation went through.
    let installed = folder.join("requirements.txt");
    let python = python(tree);
    let same = matches!((fs::read(&wanted), fs::read(&installed)), (Ok(wanted), Ok(there)) if wanted == there);
    if same && process::output(Command::new(&python).args(["-c", "import pyhanko"])).is_ok() {
        return Ok(());
    }
    say("Python packages", "tests/pdf_check/requirements.txt", "pyHanko judges sealed PDF files");
    environment(&folder)?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary"]);
    process::run(pip.args([":all:", "--requirement"]).arg(&wanted))?;
    fs::copy(&wanted, &installed).with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(())
}

/// A new environment; Debian keeps what makes one in a package of its own.
fn environment(folder: &Path) -> Result<()> {
    let make = || {
        let mut command = Command::new("python3");
        process::output(command.args(["-m", "venv", "--clear"]).arg(folder)).map(drop)
    };
    make().or_else(|_| {
        install("pyHanko gets an environment of its own", &["python3 -m venv"], &["python3-venv"])?;
        make()
    })
}
