//! `calock seal show (SEAL.esl | DOCUMENT) [--at TIME] [--json] [--picture FILE]`

mod document;

use std::fs;
use std::path::{Path, PathBuf};

use calock::Code;
use calock::certificate::time::rfc3339;
use calock::certificate::{Certificate, holder};
use calock::hash::hex;
use calock::seal::ses::Signers;
use calock::seal::{Seal, Source, pdf};
use calock::text::GBK;
use calock::verdict::Check;
use clap::Args;
use serde::Serialize;

use super::file::{Document, unusable};
use super::say;
use crate::input;
use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::verify::{reason, time};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 印章文件，或已签章的 OFD、PDF · a seal, or a document with what it has in seals
    file: PathBuf,
    /// 判定时间 · judge dates at this time instead of now
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<u64>,
    /// JSON
    #[arg(long)]
    json: bool,
    /// 图片输出 · write the seal's picture; of a document with several seals the others go beside it, as NAME-2
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// What a seal says of itself, and whether its maker signed that.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    version: u32,
    id: String,
    name: String,
    vendor: String,
    kind: u32,
    created: String,
    valid_from: String,
    valid_until: String,
    picture: Picture,
    /// Names of those who may sign, or digests of their certificates.
    signers: Vec<String>,
    maker: String,
    #[serde(rename = "seal_signature")]
    seal_signature: &'static str,
    dates: &'static str,
    #[serde(skip)]
    fault: Option<Code>,
}

#[derive(Serialize)]
struct Picture {
    format: String,
    /// Millimetres.
    width: u32,
    /// Millimetres.
    height: u32,
    bytes: usize,
}

/// Shows a seal, or what a document has in seals.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let document = Document::open(&arguments.file)?;
    if pdf::is_pdf(&document) || is_zip(&document) {
        return document::run(arguments, &document);
    }
    let bytes = input::data(&arguments.file)?;
    let seal = Seal::from_der(&bytes).map_err(|error| unusable(&arguments.file, error))?;
    if let Some(path) = &arguments.picture {
        write_picture(path, &seal)?;
    }
    let view = arguments.view(&seal);
    if arguments.json {
        print(&view)?;
    } else {
        say(&view.human());
    }
    // The exit code tells whether its maker signed it and it is valid.
    match view.fault {
        None => Ok(()),
        Some(code) => Err(Failure::NotValid(reason(code))),
    }
}

fn is_zip(document: &Document) -> bool {
    let mut start = [0; 2];
    document.read(0, &mut start).is_ok() && start == *b"PK"
}

impl Arguments {
    fn view(&self, seal: &Seal) -> View {
        View::of(seal, seal.verify().into(), seal.check_dates(self.at.unwrap_or_else(now)).into())
    }
}

fn write_picture(path: &Path, seal: &Seal) -> Outcome {
    fs::write(path, seal.picture_data()).map_err(|error| Failure::unusable(path.display(), error))
}

fn print(view: &impl Serialize) -> Outcome {
    say(&(serde_json::to_string_pretty(view).map_err(|error| Failure::unusable("JSON", error))? + "\n"));
    Ok(())
}

impl View {
    fn of(seal: &Seal, signed: Check, dates: Check) -> Self {
        let picture = seal.picture();
        Self {
            version: seal.version().number(),
            id: seal.id.clone(),
            name: seal.name.clone(),
            vendor: seal.vendor.clone(),
            kind: seal.kind,
            created: rfc3339(seal.created),
            valid_from: rfc3339(seal.valid_from),
            valid_until: rfc3339(seal.valid_until),
            picture: Picture {
                format: picture.format.clone(),
                width: picture.width,
                height: picture.height,
                bytes: seal.picture_data().len(),
            },
            signers: match seal.signers() {
                Signers::Certificates(list) => list.iter().map(|der| name(der)).collect(),
                Signers::Digests(list) => list.iter().map(|one| format!("{} {}", one.kind, hex(&one.value))).collect(),
            },
            maker: name(seal.maker()),
            seal_signature: signed.as_str(),
            dates: dates.as_str(),
            fault: signed.code().or(dates.code()),
        }
    }

    fn human(&self) -> String {
        let Picture { format, width, height, bytes } = &self.picture;
        let mut lines = vec![
            format!("印章 seal            {} ({} V{})", plain(&self.name), plain(&self.id), self.version),
            format!("制章软件 vendor      {}", plain(&self.vendor)),
            format!("有效期 valid         {} … {} {}", self.valid_from, self.valid_until, self.dates),
            format!("图片 picture         {} {width}×{height} mm, {bytes} bytes", plain(format)),
            format!("制章人 maker         {} {}", plain(&self.maker), self.seal_signature),
        ];
        lines.extend(self.signers.iter().map(|signer| format!("签章人 signer        {}", plain(signer))));
        lines.join("\n") + "\n"
    }
}

/// Whatever a seal or a document says stays on its line and moves no cursor.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn name(der: &[u8]) -> String {
    Certificate::from_der(der).map_or_else(|error| error.code.to_string(), |certificate| holder(&certificate, GBK).name)
}
