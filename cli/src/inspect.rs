//! `calock inspect CERT… [--json]`

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::view::{AttributeView, CertificateView};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 证书文件 · certificates in PEM, DER or base64
    #[arg(required = true, value_name = "CERT")]
    certificates: Vec<PathBuf>,
    /// JSON: one object, or an array when several certificates are named
    #[arg(long)]
    json: bool,
}

/// Shows each certificate. One that cannot be read does not hide the others, and makes the exit code 2.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let now = now();
    let mut views = Vec::new();
    let mut last = Ok(());
    for path in &arguments.certificates {
        match input::certificate(path) {
            Ok(certificate) => views.push((path, CertificateView::of(&certificate, now))),
            Err(failure) => {
                if let Err(Failure::Unusable(reason)) = std::mem::replace(&mut last, Err(failure)) {
                    eprintln!("calock: {reason}");
                }
            }
        }
    }
    let alone = arguments.certificates.len() == 1;
    let text = if arguments.json {
        let views: Vec<_> = views.iter().map(|(_, view)| view).collect();
        let json = match views.as_slice() {
            [] if alone => return last,
            [view] if alone => serde_json::to_string_pretty(view),
            views => serde_json::to_string_pretty(views),
        };
        json.map_err(|error| Failure::unusable("JSON", error))? + "\n"
    } else {
        let shown = views.iter().map(|(path, view)| match alone {
            true => human(view),
            false => format!("{}\n{}", path.display(), human(view)),
        });
        shown.collect::<Vec<_>>().join("\n")
    };
    // A reader that has seen enough (`| head`) is no failure.
    drop(stdout().write_all(text.as_bytes()));
    last
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// One line for each thing to know, Chinese label first. Persons' numbers are masked: this text gets copied into reports.
fn human(view: &CertificateView) -> String {
    let mut lines = Lines::default();
    let holder = &view.holder;
    lines.add("持有人 Holder", &holder.name);
    let kind = format!("{} {}", kind(holder.kind), holder.kind);
    let evidence = holder.evidence.join(", ");
    lines.add("类型 Kind", &if evidence.is_empty() { kind } else { format!("{kind} ({evidence})") });
    if let Some(organisation) = holder.organisation.as_ref().filter(|organisation| **organisation != holder.name) {
        lines.add("单位 Organisation", organisation);
    }
    for identity in &holder.identities {
        let doubt = if identity.checked { "" } else { " 校验位不符 check digit wrong" };
        lines.add("标识 Identity", &format!("{} {}{doubt} [{}]", identity.kind, identity.masked, identity.oid));
    }
    lines.add("主题 Subject", &name(&view.subject));
    lines.add("颁发者 Issuer", &name(&view.issuer));
    lines.add("序列号 Serial", &view.serial);
    lines.add("有效期 Valid", &format!("{} … {} {}", view.not_before, view.not_after, state(view.state)));
    lines.add("算法 Algorithm", if view.algorithm.is_empty() { "不支持 unsupported" } else { view.algorithm });
    let usage = format!("{} {}", usage(view.usage), view.usage);
    lines.add("用途 Usage", &if view.ca { format!("{usage}; 签发证书 issues certificates") } else { usage });
    lines.add("指纹 Fingerprint", &view.fingerprint);
    lines.0
}

/// Lines with aligned values.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, label: &str, value: &str) {
        // A Han character is as wide as two others.
        let width: usize = label.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
        let gap = " ".repeat(20usize.saturating_sub(width).max(1));
        // Whatever a certificate says stays on its line and moves no cursor.
        let value: String = value.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect();
        self.0.push_str(&format!("{label}{gap}{value}\n"));
    }
}

fn name(attributes: &[AttributeView]) -> String {
    let shown: Vec<_> = attributes.iter().map(|attribute| format!("{}={}", attribute.name, attribute.masked)).collect();
    shown.join(", ")
}

fn kind(kind: &str) -> &'static str {
    match kind {
        "enterprise" => "企业",
        "employee" => "单位经办人",
        "person" => "个人",
        _ => "未知",
    }
}

fn usage(usage: &str) -> &'static str {
    match usage {
        "signing" => "签名",
        "encryption" => "加密",
        "both" => "签名和加密",
        _ => "未注明",
    }
}

fn state(state: &str) -> &'static str {
    match state {
        "ok" => "有效 ok",
        "expired" => "已过期 expired",
        _ => "未生效 not yet valid",
    }
}
