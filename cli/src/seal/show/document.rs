//! What a document has in seals: signatures, the seals in them, fields that wait for one, and its pages. Whether anything holds is for
//! `calock seal verify` to say.

use std::path::{Path, PathBuf};

use calock::certificate::holder;
use calock::certificate::time::rfc3339;
use calock::seal::placement::Size;
use calock::seal::{Basis, Kind, Seal, SignatureReport, ofd, pdf};
use calock::text::GBK;
use serde::Serialize;
use serde_json::Value;

use super::{Arguments, View, plain, print, write_picture};
use crate::inspect::now;
use crate::outcome::Outcome;
use crate::seal::file::{self, Document, unusable};
use crate::seal::say;
use crate::seal::verify::stamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contents {
    kind: &'static str,
    /// Runs of pages of one size, as displayed.
    pages: Vec<Pages>,
    signatures: Vec<Signature>,
    /// Each once, however often it was used.
    seals: Vec<View>,
    /// Signature fields that wait for a signature.
    empty_fields: Vec<Field>,
}

/// Pages from 1; sizes in millimetres, absent where the document does not say.
#[derive(Serialize)]
struct Pages {
    first: usize,
    last: usize,
    size: Option<String>,
}

#[derive(Serialize)]
struct Signature {
    id: String,
    kind: &'static str,
    time: Option<String>,
    signer: Option<String>,
    /// Which of the seals, from 1.
    seal: Option<usize>,
    stamps: Vec<Value>,
}

#[derive(Serialize)]
struct Field {
    name: String,
    page: usize,
    boundary: String,
}

/// Shows it, and writes the pictures of its seals.
pub(super) fn run(arguments: &Arguments, document: &Document) -> Outcome {
    let refused = |error| unusable(&arguments.file, error);
    let reports = file::reports(document, &Basis::dated(now())).map_err(refused)?;
    let (kind, sizes, empty_fields) = if pdf::is_pdf(document) {
        let (sizes, fields) = of_pdf(document).map_err(refused)?;
        ("pdf", sizes, fields)
    } else {
        ("ofd", of_ofd(document).map_err(refused)?, Vec::new())
    };
    let mut seals: Vec<Seal> = Vec::new();
    let signatures = reports.iter().map(|report| Signature::of(report, &mut seals)).collect();
    if let Some(path) = &arguments.picture {
        for (index, seal) in seals.iter().enumerate() {
            write_picture(&numbered(path, index + 1), seal)?;
        }
    }
    let seals = seals.iter().map(|seal| arguments.view(seal)).collect();
    let contents = Contents { kind, pages: runs(&sizes), signatures, seals, empty_fields };
    if arguments.json {
        return print(&contents);
    }
    say(&contents.human());
    Ok(())
}

fn of_pdf(document: &Document) -> calock::Result<(Vec<Option<Size>>, Vec<Field>)> {
    let pdf = pdf::Pdf::open(document)?;
    let sizes = pdf.pages()?.iter().map(|page| Some(page.size)).collect();
    let fields = pdf.empty_fields()?.into_iter().map(|field| Field {
        name: field.name,
        page: field.page + 1,
        boundary: field.boundary.to_string(),
    });
    Ok((sizes, fields.collect()))
}

fn of_ofd(document: &Document) -> calock::Result<Vec<Option<Size>>> {
    let package = ofd::Package::open(document)?;
    let mut sizes = Vec::new();
    for body in &package.document()?.bodies {
        sizes.extend(package.pages(body)?.iter().map(|page| page.size));
    }
    Ok(sizes)
}

fn runs(sizes: &[Option<Size>]) -> Vec<Pages> {
    let mut runs: Vec<Pages> = Vec::new();
    for (index, size) in sizes.iter().enumerate() {
        let (number, size) = (index + 1, size.map(|size| format!("{} {}", size.width, size.height)));
        match runs.last_mut() {
            Some(run) if run.size == size => run.last = number,
            _ => runs.push(Pages { first: number, last: number, size }),
        }
    }
    runs
}

/// `seal.png`, `seal-2.png`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

impl Signature {
    fn of(report: &SignatureReport, seals: &mut Vec<Seal>) -> Self {
        let own = report.seal.as_ref().and_then(|seal| Seal::from_der(&seal.der).ok());
        let seal = own.map(|own| {
            let known = seals.iter().position(|known| known.der() == own.der());
            known.unwrap_or_else(|| {
                seals.push(own);
                seals.len() - 1
            }) + 1
        });
        Self {
            id: report.id.clone(),
            kind: match report.kind {
                Kind::Seal => "seal",
                Kind::Sign => "sign",
            },
            time: report.time.seconds().map(rfc3339),
            signer: report.signer.as_ref().map(|signer| holder(signer, GBK).name),
            seal,
            stamps: report.stamps.iter().map(stamp).collect(),
        }
    }
}

impl Contents {
    fn human(&self) -> String {
        let mut text = String::new();
        for Pages { first, last, size } in &self.pages {
            let which = if first == last { first.to_string() } else { format!("{first}-{last}") };
            text += &format!(
                "页 pages             {which}: {} mm\n",
                size.as_deref().unwrap_or("?").replacen(' ', " × ", 1)
            );
        }
        for signature in &self.signatures {
            let Signature { id, kind, time, signer, seal, stamps } = signature;
            let seal = seal.map(|number| format!(", 印章 seal {number}")).unwrap_or_default();
            let [signer, time] = [signer, time].map(|text| plain(text.as_deref().unwrap_or("?")));
            text += &format!("签章 signature       {} ({kind}{seal}) {signer} {time}\n", plain(id));
            for stamp in stamps {
                let clip = stamp["clip"].as_str().map(|clip| format!(", {clip}")).unwrap_or_default();
                let boundary = stamp["boundary"].as_str().unwrap_or_default();
                text += &format!("  位置 place         {}: {boundary}{clip} mm\n", stamp["page"]);
            }
        }
        for (index, seal) in self.seals.iter().enumerate() {
            text += &format!("\n{}. {}", index + 1, seal.human());
        }
        for Field { name, page, boundary } in &self.empty_fields {
            text += &format!("空签名域 empty field {} {page}: {boundary} mm\n", plain(name));
        }
        text
    }
}
