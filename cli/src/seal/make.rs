//! `calock seal make`: a test seal with a picture, made by the test CA that also makes virtual locks.

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use calock::certificate::PublicKey;
use calock::certificate::time::rfc3339;
use calock::hash::{hex_upper, sm3};
use calock::seal::ses::{NewSeal, assemble_seal};
use calock::seal::{Seal, Version};
use calock::signature::sm2_digest;
use calock::virtual_lock::{Ca, DataFile, Description, HolderDescription, LockFile, issue};
use calock::{Code, Error};
use clap::{ArgGroup, Args, ValueEnum};

use super::file::unusable;
use super::picture::{Picture, Shape};
use super::signer::{OWN_PIN, Signer};
use crate::input;
use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::private;
use crate::verify::time;

/// Two years, as certificates in locks are valid.
const VALID: u64 = 730 * 86_400;
/// Who made the seal, as it says.
const VENDOR: &str = "calock-test";
/// The name under which a lock keeps its seal.
const IN_LOCK: &str = "seal.esl";

#[derive(Args)]
#[command(group = ArgGroup::new("signer").required(true).multiple(true).args(["cert", "lock"]))]
pub(crate) struct Arguments {
    /// 名称 · the name that is drawn: of the enterprise or the person
    #[arg(long)]
    name: String,
    /// 形状 · the shape
    #[arg(long, default_value = "round")]
    shape: Form,
    /// 尺寸 · millimetres: 42, or 40x30 for an oval; when absent 42, 40x30, 20
    #[arg(long, value_name = "MM", value_parser = size)]
    size: Option<(u32, u32)>,
    /// 横排文字 · the line below the star, or in the middle of an oval
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// 图片 · a picture instead of a drawn one: PNG, JPG, GIF or BMP
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "font"])]
    picture: Option<PathBuf>,
    /// 字体 · a font file instead of one of the system's
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// 印章名称 · the seal's name; the name that is drawn when absent
    #[arg(long)]
    title: Option<String>,
    /// 签章人证书 · a certificate that may sign with the seal; may be named several times
    #[arg(long, value_name = "FILE")]
    cert: Vec<PathBuf>,
    /// 签章人的虚拟锁 · a virtual lock whose signing certificate may sign with the seal; the seal is put into it as well
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// 测试CA · file of the test CA; made when it is not there
    #[arg(long, value_name = "FILE", default_value = "calock-test-ca.json")]
    ca: PathBuf,
    /// 版本 · 4 (GB/T 38540-2020), 5 (GM/T 0031-2025) or 1 (GM/T 0031-2014)
    #[arg(long, default_value = "4", value_parser = version)]
    version: Version,
    /// 生效时间 · first second; now when absent
    #[arg(long, value_name = "TIME", value_parser = time)]
    valid_from: Option<u64>,
    /// 到期时间 · last second; two years later when absent
    #[arg(long, value_name = "TIME", value_parser = time)]
    valid_until: Option<u64>,
    /// 图片输出 · also write the picture
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// 印章文件 · where the seal goes
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Round,
    Oval,
    Square,
}

/// `42` or `40x30`.
fn size(text: &str) -> Result<(u32, u32), &'static str> {
    let (width, height) = text.split_once(['x', '×']).unwrap_or((text, text));
    match (width.parse(), height.parse()) {
        (Ok(width), Ok(height)) => Ok((width, height)),
        _ => Err("not a size like 42 or 40x30"),
    }
}

fn version(text: &str) -> Result<Version, &'static str> {
    text.parse().ok().and_then(Version::from_number).ok_or("a version is 1, 4 or 5")
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let now = now();
    let (width, height) = arguments.size.unwrap_or(match arguments.shape {
        Form::Round => (42, 42),
        Form::Oval => (40, 30),
        Form::Square => (20, 20),
    });
    let picture = arguments.picture(width, height)?;
    if let Some(path) = &arguments.png {
        fs::write(path, &picture).map_err(|error| Failure::unusable(path.display(), error))?;
    }
    let valid_from = arguments.valid_from.unwrap_or(now);
    let seal = NewSeal {
        version: arguments.version,
        vendor: VENDOR,
        id: &id(&picture, &arguments.name, now),
        kind: if matches!(arguments.shape, Form::Square) { 2 } else { 1 },
        name: arguments.title.as_deref().unwrap_or(&arguments.name),
        signers: &arguments.signers()?,
        created: now.min(valid_from),
        valid_from,
        valid_until: arguments.valid_until.unwrap_or(valid_from + VALID),
        picture_format: format(&picture)
            .ok_or_else(|| Failure::Unusable("图片 · neither PNG, JPG, GIF nor BMP".into()))?,
        picture: &picture,
        width,
        height,
    };
    let seal = sign(&seal, &arguments.ca, now)?;
    fs::write(&arguments.output, seal.der()).map_err(|error| Failure::unusable(arguments.output.display(), error))?;
    if let Some(path) = &arguments.lock {
        put_into(path, &seal)?;
    }
    let until = rfc3339(seal.valid_until);
    println!("{}: {} {width}×{height} mm … {until}", arguments.output.display(), seal.name);
    Ok(())
}

impl Arguments {
    fn picture(&self, width: u32, height: u32) -> Result<Vec<u8>, Failure> {
        if let Some(path) = &self.picture {
            return input::data(path);
        }
        let shape = match self.shape {
            Form::Round => Shape::Round,
            Form::Oval => Shape::Oval,
            Form::Square => Shape::Square,
        };
        let picture = Picture { shape, width, height, name: &self.name, line: self.text.as_deref() };
        picture.draw(self.font.as_deref())
    }

    /// The certificates that the seal names.
    fn signers(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let mut signers = Vec::new();
        for path in &self.cert {
            signers.push(input::certificate(path)?.der().to_vec());
        }
        if let Some(path) = &self.lock {
            let lock = lock_file(path)?;
            signers.push(
                signing_certificate(&lock)
                    .ok_or_else(|| Failure::unusable(path.display(), "no signing certificate"))?,
            );
        }
        Ok(signers)
    }
}

/// Has the test CA of a file sign a seal.
fn sign(seal: &NewSeal<'_>, ca: &Path, now: u64) -> Result<Seal, Failure> {
    let wrong = |error| unusable(ca, error);
    let mut authority = match private::read(ca)? {
        Some(json) => Ca::from_json(&json).map_err(wrong)?,
        None => Ca::generate("calock 测试CA", now).map_err(wrong)?,
    };
    let signed = signed_by(seal, &mut authority, now).map_err(wrong)?;
    private::write(ca, &authority.to_json().map_err(wrong)?)?;
    Ok(signed)
}

/// Makes a maker of seals with the test CA, for this one seal, and has it sign.
fn signed_by(seal: &NewSeal<'_>, ca: &mut Ca, now: u64) -> calock::Result<Seal> {
    let holder = HolderDescription { name: "calock 测试制章".into(), ..HolderDescription::default() };
    // A seal that began in the past was made by somebody who was there.
    let not_before = Some(rfc3339(seal.created.saturating_sub(86_400)));
    let description = Description { holder, not_before, pin: Some(OWN_PIN.into()), ..Description::default() };
    let maker = Signer::own(&issue(&description, ca, now)?, None)?;
    let unsigned = seal.prepare(&maker.certificate)?;
    let PublicKey::Sm2(point) = maker.certificate.key() else { return Err(Error::new(Code::KeyUnsupported)) };
    let digest = sm2_digest(point, &unsigned.signed_bytes())?;
    assemble_seal(&unsigned, &maker.sign(&digest)?)
}

/// Puts a round seal of 42 mm, made by this CA, into a lock that has none. Whether it did; without a font for the name it does not.
pub(crate) fn usual(lock: &mut LockFile, name: &str, ca: &mut Ca, now: u64) -> calock::Result<bool> {
    const SIDE: u32 = 42;
    if lock.files.iter().any(|file| file.name == IN_LOCK) {
        return Ok(false);
    }
    let Some(signer) = signing_certificate(lock) else { return Ok(false) };
    let Ok(picture) = (Picture { shape: Shape::Round, width: SIDE, height: SIDE, name, line: None }).draw(None) else {
        return Ok(false);
    };
    let seal = NewSeal {
        version: Version::V4,
        vendor: VENDOR,
        id: &id(&picture, name, now),
        kind: 1,
        name,
        signers: &[signer],
        created: now,
        valid_from: now,
        valid_until: now + VALID,
        picture_format: "PNG",
        picture: &picture,
        width: SIDE,
        height: SIDE,
    };
    put(lock, &signed_by(&seal, ca, now)?);
    Ok(true)
}

/// A seal's number: no two are alike.
fn id(picture: &[u8], name: &str, now: u64) -> String {
    hex_upper(&sm3(&[picture, name.as_bytes(), &now.to_be_bytes()].concat())[..12])
}

/// The first signing certificate, DER.
fn signing_certificate(lock: &LockFile) -> Option<Vec<u8>> {
    let pair = lock.containers.iter().find_map(|container| container.signing.as_ref())?;
    Base64::decode_vec(&pair.certificate).ok()
}

fn lock_file(path: &Path) -> Result<LockFile, Failure> {
    let json = private::read(path)?.ok_or_else(|| Failure::unusable(path.display(), "no such file"))?;
    LockFile::from_json(&json).map_err(|error| Failure::unusable(path.display(), error))
}

/// Puts the seal into the lock, in place of one that is there.
fn put_into(path: &Path, seal: &Seal) -> Outcome {
    let mut lock = lock_file(path)?;
    put(&mut lock, seal);
    private::write(path, &lock.to_json().map_err(|error| Failure::unusable(path.display(), error))?)
}

fn put(lock: &mut LockFile, seal: &Seal) {
    lock.files.retain(|file| file.name != IN_LOCK);
    lock.files.push(DataFile { name: IN_LOCK.into(), content: Base64::encode_string(seal.der()) });
}

/// What a picture is by its first bytes, as seals spell it.
fn format(picture: &[u8]) -> Option<&'static str> {
    match picture {
        [0x89, b'P', b'N', b'G', ..] => Some("PNG"),
        [0xFF, 0xD8, 0xFF, ..] => Some("JPG"),
        [b'G', b'I', b'F', b'8', ..] => Some("GIF"),
        [b'B', b'M', ..] => Some("BMP"),
        _ => None,
    }
}
