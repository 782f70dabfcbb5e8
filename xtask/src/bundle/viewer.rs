//! PDF.js (Mozilla, Apache-2.0): draws the pages of a PDF where one is to be sealed. Its files are shipped as npm has them, below
//! `pdfjs/`, with their licences; a page loads them when somebody opens a PDF, and no sooner.

use anyhow::Result;

use super::plan::Plan;
use crate::tree::Tree;

/// Where its files lie in pkg/dist.
const FOLDER: &str = "pdfjs/";

/// What of the package is needed, and where it is put. The build for older browsers: bidders' computers have them.
const FILES: &[(&str, &str)] = &[
    ("LICENSE", "LICENSE"),
    ("legacy/build/pdf.min.mjs", "pdf.min.mjs"),
    ("legacy/build/pdf.worker.min.mjs", "pdf.worker.min.mjs"),
    // Decoders for JPEG 2000, JBIG2 and colour profiles. The script that runs a PDF's own scripts stays out.
    ("wasm/openjpeg.wasm", "wasm/openjpeg.wasm"),
    ("wasm/LICENSE_OPENJPEG", "wasm/LICENSE_OPENJPEG"),
    ("wasm/LICENSE_PDFJS_OPENJPEG", "wasm/LICENSE_PDFJS_OPENJPEG"),
    ("wasm/jbig2.wasm", "wasm/jbig2.wasm"),
    ("wasm/LICENSE_JBIG2", "wasm/LICENSE_JBIG2"),
    ("wasm/LICENSE_PDFJS_JBIG2", "wasm/LICENSE_PDFJS_JBIG2"),
    ("wasm/qcms_bg.wasm", "wasm/qcms_bg.wasm"),
    ("wasm/LICENSE_QCMS", "wasm/LICENSE_QCMS"),
    ("wasm/LICENSE_PDFJS_QCMS", "wasm/LICENSE_PDFJS_QCMS"),
];
/// Whole folders: the encodings of Chinese fonts, the fourteen standard fonts, the colours of CMYK; each has its licence in it.
const FOLDERS: &[&str] = &["cmaps", "standard_fonts", "iccs"];

/// Adds its files.
pub(super) fn add(tree: &Tree, plan: &mut Plan) -> Result<()> {
    let package = tree.at("node_modules/pdfjs-dist");
    for (from, to) in FILES {
        plan.file(&package.join(from), &format!("{FOLDER}{to}"))?;
    }
    FOLDERS.iter().try_for_each(|name| plan.folder(&package.join(name), &format!("{FOLDER}{name}/")))
}
