//! `calock seal apply FILE --seal SEAL.esl (--p12 KEY.p12 | --lock LOCK.json) --pin-stdin --page 1 --x MM --y MM -o OUT`

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use calock::seal::placement::{Across, Edge, Mm, PageList, Placement};
use calock::seal::{Basis, Piece, Seal, assemble, ofd, pdf};
use calock::{Code, Error};
use clap::{ArgGroup, Args, ValueEnum};
use zeroize::Zeroizing;

use super::file::{self, Document, unusable};
use super::handwriting::{self, Handwriting};
use super::keyword;
use super::signer::{Signer, secret_from_stdin};
use crate::input;
use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::verify::{reason, time};

#[derive(Args)]
#[command(group = ArgGroup::new("key").required(true).args(["p12", "lock"]))]
pub(crate) struct Arguments {
    /// 文件 · the document (OFD or PDF)
    file: PathBuf,
    /// 电子印章 · the seal
    #[arg(long, value_name = "FILE")]
    seal: PathBuf,
    /// 签章人的密钥文件 · the signer's key and certificate, PKCS#12
    #[arg(long, value_name = "FILE")]
    p12: Option<PathBuf>,
    /// 签章人的虚拟锁 · the signer's virtual lock
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// 从标准输入读密码 · read the lock's PIN or the key file's password from standard input, first line
    #[arg(long)]
    pin_stdin: bool,
    /// 密钥文件的密码 · the key file's password; better given through --pin-stdin
    #[arg(long, env = "CALOCK_P12_PASSWORD", hide_env_values = true, conflicts_with = "lock")]
    password: Option<String>,
    /// 页码 · pages of the seal, such as 1 or 1-3,5,8 or all
    #[arg(long, alias = "pages", value_name = "PAGES", requires = "x", requires = "y", value_parser = parse::<PageList>)]
    page: Option<PageList>,
    /// 距页面左边 · millimetres from the page's left edge to the seal's
    #[arg(long, value_name = "MM", requires = "page", allow_hyphen_values = true, value_parser = parse::<Mm>)]
    x: Option<Mm>,
    /// 距页面上边 · millimetres from the page's upper edge to the seal's
    #[arg(long, value_name = "MM", requires = "page", allow_hyphen_values = true, value_parser = parse::<Mm>)]
    y: Option<Mm>,
    #[command(flatten)]
    keyword: keyword::Keyword,
    /// 骑缝章 · a seal across the pages at this edge: right, left, top or bottom
    #[arg(long, value_name = "EDGE", requires = "offset", value_parser = parse::<Edge>)]
    across: Option<Edge>,
    /// 骑缝章位置 · millimetres along that edge, from the top or the left
    #[arg(long, value_name = "MM", requires = "across", value_parser = parse::<Mm>)]
    offset: Option<Mm>,
    /// 每枚骑缝章最多分几片 · the most slices of one seal across pages
    #[arg(long, value_name = "N", requires = "across")]
    slices: Option<usize>,
    /// 骑缝章跳过前几页 · first pages without a slice
    #[arg(long, value_name = "N", requires = "across", default_value_t = 0)]
    skip_first: usize,
    /// 骑缝章跳过后几页 · last pages without a slice
    #[arg(long, value_name = "N", requires = "across", default_value_t = 0)]
    skip_last: usize,
    /// 空白签名域 · the empty signature field of a PDF that takes the seal
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    #[command(flatten)]
    handwriting: handwriting::Flags,
    /// 锁定 · no further seal may follow
    #[arg(long)]
    lock_document: bool,
    /// PDF 签名格式 · the form of a signature in a PDF: pkcs7 (usual for SM2), gm, ses, or pades (usual for RSA)
    #[arg(long, value_name = "FORM")]
    form: Option<Form>,
    /// PDF 的 Filter · the program that shall verify it
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// PDF 的 SubFilter · the name of the form of the signature
    #[arg(long, value_name = "NAME")]
    sub_filter: Option<String>,
    /// PDF 中的印章图片 · the seal's picture as PNG or JPEG, when its own is neither (PDF)
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// 签章时间 · the time of sealing instead of now
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<u64>,
    /// 输出 · where the sealed document goes
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// The form of a signature in a PDF.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// SignedData with the numbers of PKCS#7
    Pkcs7,
    /// SignedData with the numbers of GB/T 35275
    Gm,
    /// The seal's own signature (GB/T 38540)
    Ses,
    /// SignedData as PAdES has it
    Pades,
}

impl From<Form> for pdf::Contents {
    fn from(form: Form) -> Self {
        match form {
            Form::Pkcs7 => Self::Pkcs7,
            Form::Gm => Self::Gm,
            Form::Ses => Self::Ses,
            Form::Pades => Self::Pades,
        }
    }
}

pub(super) fn parse<T: std::str::FromStr<Err = Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: Error| error.to_string())
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let mut placements = arguments.placements();
    if placements.is_empty() && arguments.field.is_none() && !arguments.keyword.is_some() {
        let why = "没有位置 · say where: --page --x --y, --keyword, --across --offset, or --field";
        return Err(Failure::Unusable(why.into()));
    }
    // A document is never changed in place: whoever wants the plain one again shall find it.
    if let (Ok(from), Ok(to)) = (arguments.file.canonicalize(), arguments.output.canonicalize())
        && from == to
    {
        return Err(Failure::unusable(to.display(), "输出与原文件相同 · the output is the document itself"));
    }
    let document = Document::open(&arguments.file)?;
    let seal = input::data(&arguments.seal)?;
    let seal = Seal::from_der(&seal).map_err(|error| unusable(&arguments.seal, error))?;
    placements.extend(arguments.keyword.placements(&arguments.file, &document, &seal)?);
    let (stamps, pieces) = if pdf::is_pdf(&document) {
        arguments.seal_pdf(&document, &seal, &placements)?
    } else {
        arguments.seal_ofd(&document, &seal, &placements)?
    };
    write(&arguments.output, &document, &pieces)?;
    println!("{}: {} × {stamps}", arguments.output.display(), seal.name);
    Ok(())
}

impl Arguments {
    fn placements(&self) -> Vec<Placement> {
        let mut placements = Vec::new();
        if let (Some(pages), Some(x), Some(y)) = (&self.page, self.x, self.y) {
            placements.push(Placement::Pages { pages: pages.clone(), x, y });
        }
        if let (Some(edge), Some(at)) = (self.across, self.offset) {
            placements.push(Placement::Across(Across {
                skip_first: self.skip_first,
                skip_last: self.skip_last,
                most_slices: self.slices,
                ..Across::new(edge, at)
            }));
        }
        placements
    }

    fn refused(&self, error: Error) -> Failure {
        unusable(&self.file, error)
    }

    /// Everything but writing: how many stamps there are, and the new document.
    fn seal_ofd(
        &self,
        document: &Document,
        seal: &Seal,
        placements: &[Placement],
    ) -> Result<(usize, Vec<Piece>), Failure> {
        if self.field.is_some() {
            return Err(Failure::Unusable("--field: PDF".into()));
        }
        let package = ofd::Package::open(document).map_err(|error| self.refused(error))?;
        let handwriting = self.handwriting.read(false)?;
        let pictures: Vec<_> = handwriting.iter().map(Handwriting::picture).collect();
        let signer = self.signer(seal)?;
        let certificate = &signer.certificate.clone();
        let (time, lock) = (self.time(), self.lock_document);
        let order = ofd::Order { seal, certificate, time, placements, pictures: &pictures, lock };
        let prepared = ofd::prepare(&package, &order).map_err(|error| self.refused(error))?;
        let stamps = prepared.places().len();
        let digest = prepared.digest().map_err(|error| self.refused(error))?;
        let signature = signer.sign(&digest).map_err(not_signed)?;
        let (_, pieces) = prepared.finish(&signature).map_err(not_signed)?;
        Ok((stamps, pieces))
    }

    /// The same for a PDF.
    fn seal_pdf(
        &self,
        document: &Document,
        seal: &Seal,
        placements: &[Placement],
    ) -> Result<(usize, Vec<Piece>), Failure> {
        let file = pdf::Pdf::open(document).map_err(|error| self.refused(error))?;
        let picture = self.picture.as_deref().map(input::data).transpose()?;
        let handwriting = self.handwriting.read(true)?;
        let pictures: Vec<_> = handwriting.iter().map(Handwriting::picture).collect();
        let signer = self.signer(seal)?;
        let certificate = &signer.certificate.clone();
        let usual = self.form.map_or(pdf::Style::usual(certificate.key()), |form| pdf::Style::new(form.into()));
        let style = pdf::Style {
            filter: self.filter.as_deref().unwrap_or(usual.filter),
            sub_filter: self.sub_filter.as_deref().unwrap_or(usual.sub_filter),
            ..usual
        };
        let (time, lock, picture) = (self.time(), self.lock_document, picture.as_deref());
        let (field, pictures) = (self.field.as_deref(), pictures.as_slice());
        let order = pdf::Order { seal, certificate, time, field, placements, pictures, lock, style, picture };
        let prepared = pdf::prepare(&file, &order).map_err(|error| self.refused(error))?;
        let stamps = prepared.places().len();
        let digest = prepared.digest().map_err(|error| self.refused(error))?;
        let signature = signer.sign(&digest).map_err(not_signed)?;
        Ok((stamps, prepared.finish(&signature).map_err(not_signed)?))
    }

    fn time(&self) -> u64 {
        self.at.unwrap_or_else(now)
    }

    fn signer(&self, seal: &Seal) -> Result<Signer, Failure> {
        let secret = match &self.password {
            _ if self.pin_stdin => secret_from_stdin()?,
            Some(password) => Zeroizing::new(password.clone().into_bytes()),
            None => Zeroizing::default(),
        };
        match (&self.lock, &self.p12) {
            (Some(lock), _) => Signer::lock(lock, &secret, Some(seal)),
            (None, Some(p12)) => Signer::p12(p12, &secret, Some(seal)),
            (None, None) => Err(Failure::Unusable("--p12 or --lock".into())),
        }
    }
}

/// The key was asked and the answer is no.
fn not_signed(error: Error) -> Failure {
    let tries = error.tries_left.map(|left| format!(" ({left})")).unwrap_or_default();
    Failure::NotValid(format!("{}{tries}", reason(error.code)))
}

/// Writes the document beside its place, verifies what was written, and only then puts it there.
fn write(path: &Path, original: &Document, pieces: &[Piece]) -> Outcome {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".draft");
    let draft = PathBuf::from(draft);
    let written = draft_of(&draft, original, pieces).and_then(|()| check(&draft));
    let placed =
        written.and_then(|()| fs::rename(&draft, path).map_err(|error| Failure::unusable(path.display(), error)));
    if placed.is_err() {
        // Nothing half-written stays behind; what went wrong is what matters.
        let _ = fs::remove_file(&draft);
    }
    placed
}

fn draft_of(draft: &Path, original: &Document, pieces: &[Piece]) -> Outcome {
    let unwritten = |error| Failure::unusable(draft.display(), error);
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o644).open(draft).map_err(unwritten)?;
    let mut out = BufWriter::new(file);
    let mut fault = None;
    let assembled = assemble(original, pieces, |bytes| {
        out.write_all(bytes).map_err(|error| {
            fault = Some(error);
            Error::new(Code::Internal)
        })
    });
    match (assembled, fault) {
        (_, Some(error)) => Err(unwritten(error)),
        (Err(error), None) => Err(unusable(draft, error)),
        (Ok(()), None) => out
            .into_inner()
            .map_err(|error| unwritten(error.into_error()))
            .and_then(|file| file.sync_all().map_err(unwritten)),
    }
}

/// The new seal, which is the last of the list, must verify in the file as it lies on the disk.
fn check(draft: &Path) -> Outcome {
    let document = Document::open(draft)?;
    let reports = file::reports(&document, &Basis::dated(u64::MAX)).map_err(|error| unusable(draft, error))?;
    match reports.last().and_then(|report| report.checks.named().iter().find_map(|(_, check)| check.code())) {
        None if !reports.is_empty() => Ok(()),
        code => Err(Failure::NotValid(reason(code.unwrap_or(Code::Internal)))),
    }
}
