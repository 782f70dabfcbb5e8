//! `calock verify --cert C --data D --signature S [--trust DIR] [--at TIME] [--json]`

use std::path::PathBuf;

use calock::Code;
use calock::certificate::time::parse_rfc3339;
use calock::text::GBK;
use calock::verdict::{Check, Checks, verify_detached};
use calock_portal::messages::message;
use clap::Args;
use serde::Serialize;

use crate::input;
use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::policy::Policy;
use crate::view::HolderView;

#[derive(Args)]
pub(crate) struct Arguments {
    /// 证书 · the signer's certificate: PEM, DER or base64
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    /// 被签数据 · the signed bytes
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// 签名 · the signature: DER, raw 64 bytes, RSA octets, or base64 of these
    #[arg(long, value_name = "FILE")]
    signature: PathBuf,
    /// 信任的CA证书目录 · folder of trusted CA certificates; without it the chain is not checked
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    policy: Policy,
    /// 判定时间 · judge at this time instead of now: 2026-11-21T22:00:00Z, with an offset (+08:00), or a date in UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<u64>,
    /// JSON: one result per check
    #[arg(long)]
    json: bool,
}

/// RFC 3339 to the second, in UTC or with an offset; or a date, for its first second in UTC.
pub(crate) fn time(text: &str) -> Result<u64, &'static str> {
    let at = parse_rfc3339(text).or_else(|| parse_rfc3339(&format!("{text}T00:00:00Z"))).or_else(|| with_offset(text));
    at.ok_or("not a time like 2026-11-21T22:00:00Z")
}

/// `2026-11-22T06:00:00+08:00`
fn with_offset(text: &str) -> Option<u64> {
    let (local, offset) = text.split_at_checked(19)?;
    let local = parse_rfc3339(&format!("{local}Z"))?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    // The clock's own rules say what hours and minutes are.
    let ahead = parse_rfc3339(&format!("1970-01-01T{hours}:{minutes}:00Z"))?;
    match offset.chars().next()? {
        '+' => local.checked_sub(ahead),
        '-' => local.checked_add(ahead),
        _ => None,
    }
}

/// One result per check: `ok`, `failed`, `not checked`.
#[derive(Serialize)]
struct Report {
    signature: &'static str,
    dates: &'static str,
    usage: &'static str,
    chain: &'static str,
    status: &'static str,
    /// The first failed check's code.
    code: Option<&'static str>,
    holder: HolderView,
}

/// Prints every check; the exit code tells whether those that were made hold.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let certificate = input::certificate(&arguments.cert)?;
    let data = input::data(&arguments.data)?;
    let signature = input::signature(&arguments.signature)?;
    let (trust, revocations) = arguments.policy.load(arguments.trust.as_deref())?;
    let at = arguments.at.unwrap_or_else(now);
    let checks = verify_detached(&certificate, &data, &signature, trust.as_ref(), revocations.as_deref(), at, GBK);
    if arguments.json {
        let json = serde_json::to_string(&report(&checks)).map_err(|error| Failure::unusable("JSON", error))?;
        println!("{json}");
    } else {
        print(&checks);
    }
    match checks.code {
        None => Ok(()),
        // Nobody can say whether such a signature is right.
        Some(Code::KeyUnsupported) if checks.signature == Check::Failed(Code::KeyUnsupported) => {
            Err(Failure::Unusable(reason(Code::KeyUnsupported)))
        }
        Some(code) => Err(Failure::NotValid(reason(code))),
    }
}

fn report(checks: &Checks) -> Report {
    Report {
        signature: checks.signature.as_str(),
        dates: checks.dates.as_str(),
        usage: checks.usage.as_str(),
        chain: checks.chain.as_str(),
        status: checks.status.as_str(),
        code: checks.code.map(Code::as_str),
        holder: HolderView::of(&checks.holder),
    }
}

fn print(checks: &Checks) {
    for (label, check) in [
        ("签名 signature    ", checks.signature),
        ("有效期 dates      ", checks.dates),
        ("用途 usage        ", checks.usage),
        ("证书链 chain      ", checks.chain),
        ("吊销状态 status   ", checks.status),
    ] {
        let chinese = match check {
            Check::Ok => "通过",
            Check::Failed(_) => "不通过",
            Check::NotChecked => "未检查",
        };
        let code = check.code().map(|code| format!(" {code}")).unwrap_or_default();
        println!("{label}{chinese} {}{code}", check.as_str());
    }
    let name: String = checks.holder.name.chars().filter(|letter| !letter.is_control()).collect();
    println!("持有人 holder     {name}");
}

/// A code and what it means to a person.
pub(crate) fn reason(code: Code) -> String {
    let message = message(code);
    format!("{code}: {} {}", message.zh, message.en)
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_read_in_three_forms() {
        let noon = time("2026-11-21T12:00:00Z").unwrap();
        assert_eq!(noon % 86_400, 43_200);
        assert_eq!(time("2026-11-21T20:00:00+08:00").unwrap(), noon);
        assert_eq!(time("2026-11-21T08:30:00-03:30").unwrap(), noon);
        assert_eq!(time("2026-11-21").unwrap(), noon - 43_200);
        for wrong in [
            "",
            "noon",
            "2026-11-31",
            "2026-11-21T12:00",
            "2026-11-21T12:00:00",
            "2026-11-21T12:00:00+8",
            "二〇二六年十一月二十一日",
        ] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
