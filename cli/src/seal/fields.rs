//! `calock seal fields FILE.pdf [--json]`: the empty signature fields of a form.

use std::path::PathBuf;

use calock::seal::pdf::Pdf;
use calock::seal::placement::Mm;
use clap::Args;
use serde::Serialize;

use super::file::{Document, unusable};
use super::say;
use crate::outcome::{Failure, Outcome};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 文件 · the document (PDF)
    file: PathBuf,
    /// JSON
    #[arg(long)]
    json: bool,
}

/// One field: page from 1, millimetres of the displayed page.
#[derive(Serialize)]
struct Field {
    name: String,
    page: usize,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let document = Document::open(&arguments.file)?;
    let found = Pdf::open(&document).and_then(|pdf| pdf.empty_fields());
    let found = found.map_err(|error| unusable(&arguments.file, error))?;
    if arguments.json {
        let millimetres = |length: Mm| length.to_string().parse().unwrap_or_default();
        let fields: Vec<_> = found
            .into_iter()
            .map(|field| Field {
                page: field.page + 1,
                x: millimetres(field.boundary.x),
                y: millimetres(field.boundary.y),
                width: millimetres(field.boundary.width),
                height: millimetres(field.boundary.height),
                name: field.name,
            })
            .collect();
        say(&(serde_json::to_string_pretty(&fields).map_err(|error| Failure::unusable("JSON", error))? + "\n"));
        return Ok(());
    }
    for field in found {
        // Whatever a name says stays on its line and moves no cursor.
        let name: String = field.name.chars().filter(|letter| !letter.is_control()).collect();
        say(&format!("{name}: 第 {page} 页 · page {page}, {} mm\n", field.boundary, page = field.page + 1));
    }
    Ok(())
}
