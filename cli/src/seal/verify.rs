//! `calock seal verify FILE [--trust DIR] [--revocation DIR] [--validity MODEL] [--at TIME] [--json]`

use std::path::PathBuf;

use calock::Code;
use calock::certificate::holder;
use calock::certificate::time::rfc3339;
use calock::seal::{Basis, Kind, SignatureReport};
use calock::text::GBK;
use calock::verdict::Check;
use clap::Args;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::file::{self, Document, unusable};
use super::say;
use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::policy::Policy;
use crate::verify::{reason, time};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 文件 · the sealed document (OFD or PDF)
    file: PathBuf,
    /// 信任的CA证书目录 · folder of trusted CA certificates; without it the chain is not checked
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    policy: Policy,
    /// 判定时间 · judge dates and chain at this time instead of at the stated time of sealing
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<u64>,
    /// JSON: one result per signature and check
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    signatures: Vec<View>,
}

/// One signature: what people choose by first, what helps them beside it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    #[serde(serialize_with = "in_order")]
    checks: Vec<(&'static str, &'static str)>,
    /// The code of each failed check.
    #[serde(serialize_with = "in_order")]
    codes: Vec<(&'static str, &'static str)>,
    id: String,
    kind: &'static str,
    time: Option<String>,
    /// When, as a time-stamp token says.
    stamped: Option<String>,
    signer: Option<String>,
    seal: Option<Value>,
    stamps: Vec<Value>,
    /// Parts that are not what was signed, or not there.
    changed: Vec<String>,
    /// Parts that nobody signed.
    added: Vec<String>,
}

/// Prints every check of every signature; the exit code tells whether those that were made hold.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let (trust, revocations) = arguments.policy.load(arguments.trust.as_deref())?;
    let document = Document::open(&arguments.file)?;
    let basis = Basis { trust: trust.as_ref(), revocations: revocations.as_deref(), at: arguments.at, now: now() };
    let reports = file::reports(&document, &basis).map_err(|error| unusable(&arguments.file, error))?;
    if arguments.json {
        let report = Report { signatures: reports.iter().map(View::of).collect() };
        say(&(serde_json::to_string(&report).map_err(|error| Failure::unusable("JSON", error))? + "\n"));
    } else {
        say(&reports.iter().map(human).collect::<String>());
    }
    if reports.is_empty() {
        eprintln!("calock: {}: 文件没有签章 no seal or signature in this document", arguments.file.display());
    }
    match reports.iter().find_map(first_failure) {
        None => Ok(()),
        Some(code) => Err(Failure::NotValid(reason(code))),
    }
}

fn first_failure(report: &SignatureReport) -> Option<Code> {
    report.checks.named().iter().find_map(|(_, check)| check.code())
}

impl View {
    fn of(report: &SignatureReport) -> Self {
        let named = report.checks.named();
        Self {
            checks: named.iter().map(|(name, check)| (*name, check.as_str())).collect(),
            codes: named.iter().filter_map(|(name, check)| Some((*name, check.code()?.as_str()))).collect(),
            id: report.id.clone(),
            kind: match report.kind {
                Kind::Seal => "seal",
                Kind::Sign => "sign",
            },
            time: report.time.seconds().map(rfc3339),
            stamped: report.stamped.map(rfc3339),
            signer: report.signer.as_ref().map(|signer| holder(signer, GBK).name),
            seal: report.seal.as_ref().map(|seal| {
                json!({
                    "version": seal.version.number(),
                    "id": seal.id,
                    "name": seal.name,
                    "vendor": seal.vendor,
                    "validFrom": rfc3339(seal.valid_from),
                    "validUntil": rfc3339(seal.valid_until),
                })
            }),
            stamps: report.stamps.iter().map(stamp).collect(),
            changed: report.changed.clone(),
            added: report.added.clone(),
        }
    }
}

/// Names in the order in which people should look at them.
fn in_order<S: Serializer>(pairs: &[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

/// Boxes as OFD writes them: `x y w h` in millimetres.
pub(super) fn stamp(stamp: &calock::seal::Stamp) -> Value {
    json!({
        "page": stamp.page,
        "boundary": stamp.boundary.to_string(),
        "clip": stamp.clip.map(|clip| clip.to_string()),
    })
}

/// A line for the signature, and one for each check.
fn human(report: &SignatureReport) -> String {
    let plain = |text: &str| text.chars().filter(|letter| !letter.is_control()).collect::<String>();
    let seal = report.seal.as_ref().map(|seal| plain(&seal.name)).unwrap_or_default();
    let signer = report.signer.as_ref().map(|signer| plain(&holder(signer, GBK).name)).unwrap_or_default();
    let time = report.time.seconds().map(rfc3339).unwrap_or_default();
    let mut text = format!("签章 signature {} {seal} {signer} {time}\n", plain(&report.id));
    for (name, check) in report.checks.named() {
        let (title, chinese) = (title(name), chinese(check));
        let code = check.code().map(|code| format!(" {code}")).unwrap_or_default();
        // A Han character is as wide as two others.
        let gap = " ".repeat(38usize.saturating_sub(title.chars().count() * 2 + name.len()));
        text += &format!("  {title} {name}{gap}{chinese} {}{code}\n", check.as_str());
    }
    for (title, parts) in [("被改动 changed", &report.changed), ("未被签章保护 added", &report.added)] {
        parts.iter().for_each(|part| text += &format!("  {title}: {}\n", plain(part)));
    }
    text
}

const fn chinese(check: Check) -> &'static str {
    match check {
        Check::Ok => "通过",
        Check::Failed(_) => "不通过",
        Check::NotChecked => "未检查",
    }
}

fn title(name: &str) -> &'static str {
    match name {
        "integrity" => "文件完整性",
        "signature" => "签名值",
        "signer_matches_seal" => "签章人与印章一致",
        "seal_signature" => "印章的制章签名",
        "certificates" => "证书用途",
        "dates" => "有效期",
        "chain" => "证书链",
        "later_changes" => "签章后的改动",
        "revocation" => "吊销状态",
        "time_stamp" => "时间戳",
        _ => "",
    }
}
