//! A fault as text: `KIND@WHEN[:UNTIL]`.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use super::{Fault, FaultKind, Until, When};
use crate::apdu::Status;
use crate::error::{Code, Error, Result};
use crate::virtual_lock::instruction::Instruction;

/// The kinds that need no value.
const PLAIN: &[(&str, FaultKind)] = &[
    ("open-fails", FaultKind::OpenFails),
    ("open-taken", FaultKind::OpenTaken),
    ("send-hangs", FaultKind::SendHangs),
    ("send-stalls", FaultKind::SendStalls),
    ("silent", FaultKind::Silent),
    ("unplug-before", FaultKind::UnplugBefore),
    ("pin-reset", FaultKind::PinReset),
    ("truncated", FaultKind::Truncated),
    ("overlong", FaultKind::Overlong),
    ("garbage-certificate", FaultKind::GarbageCertificate),
    ("unplug-while", FaultKind::UnplugWhile),
    ("unplug-after", FaultKind::UnplugAfter),
    ("report-dropped", FaultKind::ReportDropped),
    ("report-duplicated", FaultKind::ReportDuplicated),
    ("stale-reply", FaultKind::StaleReply),
    ("wrong-sequence", FaultKind::WrongSequence),
    ("garbled", FaultKind::Garbled),
];

const UNTIL: &[(&str, Until)] =
    &[("once", Until::Once), ("twice", Until::Twice), ("replug", Until::Replug), ("always", Until::Always)];

impl FromStr for Fault {
    type Err = Error;

    /// # Errors
    /// `PARAMETER` with a remark on which part is wrong.
    fn from_str(text: &str) -> Result<Self> {
        let (kind, rest) = text.trim().split_once('@').ok_or(wrong("a fault is KIND@WHEN[:UNTIL]"))?;
        let (when, until) = rest.split_once(':').unwrap_or((rest, "once"));
        let fault = Self { kind: kind_of(kind)?, when: when_of(when)?, until: value(UNTIL, until, NO_UNTIL)? };
        if fault.kind.is_of_opening() == (fault.when == When::Open) {
            Ok(fault)
        } else {
            Err(wrong("open-fails and open-taken strike open, and nothing else does"))
        }
    }
}

const NO_UNTIL: &str = "UNTIL is once, twice, replug or always";
const NO_KIND: &str = "no such kind of fault";
const NO_WHEN: &str = "WHEN is open, #N, any, or a command by name or instruction byte";

fn kind_of(text: &str) -> Result<FaultKind> {
    match text.split_once('=') {
        None => value(PLAIN, text, NO_KIND),
        Some(("slow", ms)) => {
            let ms: u32 = ms.parse().map_err(|_| wrong("slow=MS takes milliseconds"))?;
            Ok(FaultKind::Slow(Duration::from_millis(ms.into())))
        }
        Some(("status", word)) => {
            hex::<4>(word).map(|word| FaultKind::Status(Status(word))).ok_or(wrong("status=HHHH takes four hex digits"))
        }
        Some(_) => Err(wrong(NO_KIND)),
    }
}

fn when_of(text: &str) -> Result<When> {
    if let Some(number) = text.strip_prefix('#') {
        return number.parse().ok().filter(|&number| number > 0).map(When::Exchange).ok_or(wrong(NO_WHEN));
    }
    match text {
        "open" => Ok(When::Open),
        "any" => Ok(When::Any),
        name => match (Instruction::named(name), hex::<2>(name)) {
            (Some(instruction), _) => Ok(When::Command(instruction)),
            (None, Some(code)) => Ok(When::Instruction(code.to_be_bytes()[1])),
            (None, None) => Err(wrong(NO_WHEN)),
        },
    }
}

/// A number of exactly so many hex digits.
fn hex<const DIGITS: usize>(text: &str) -> Option<u16> {
    let digits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}

fn value<T: Copy>(table: &[(&str, T)], name: &str, otherwise: &'static str) -> Result<T> {
    table.iter().find(|(one, _)| *one == name).map(|&(_, value)| value).ok_or(wrong(otherwise))
}

fn name<T: PartialEq>(table: &[(&'static str, T)], wanted: &T) -> &'static str {
    table.iter().find(|(_, one)| one == wanted).map_or("", |(name, _)| name)
}

fn wrong(detail: &'static str) -> Error {
    Error::because(Code::Parameter, detail)
}

impl fmt::Display for Fault {
    /// The text that reads as the same fault.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind, self.when)?;
        if self.until == Until::Once { Ok(()) } else { write!(f, ":{}", name(UNTIL, &self.until)) }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow(delay) => write!(f, "slow={}", delay.as_millis()),
            Self::Status(Status(word)) => write!(f, "status={word:04X}"),
            plain => f.write_str(name(PLAIN, plain)),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Exchange(number) => write!(f, "#{number}"),
            Self::Command(instruction) => f.write_str(instruction.name),
            Self::Instruction(code) => write!(f, "{code:02X}"),
            Self::Any => f.write_str("any"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_as_the_same_fault() {
        let kinds = PLAIN.iter().map(|(name, _)| (*name).to_owned()).chain(["slow=250".into(), "status=6A9E".into()]);
        for kind in kinds {
            let whens: &[&str] =
                if kind.starts_with("open") { &["open"] } else { &["#3", "VerifyPIN", "Verify", "7F", "any"] };
            for when in whens {
                for until in ["", ":twice", ":replug", ":always"] {
                    let text = format!("{kind}@{when}{until}");
                    assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
                }
            }
        }
        assert_eq!("status=6a9e@verifypin:once".parse::<Fault>().unwrap().to_string(), "status=6A9E@VerifyPIN");
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for text in [
            "",
            "silent",
            "silent@",
            "@any",
            "silent@#0",
            "silent@#x",
            "silent@18:never",
            "quiet@any",
            "silent@open",
            "open-fails@18",
            "slow@any",
            "slow=@any",
            "slow=-1@any",
            "status=90@any",
            "status=+900@any",
            "silent@1",
            "silent@VerifyPUK",
            "silent=3@any",
            "status=9000",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap_err().code, Code::Parameter, "{text}");
        }
    }
}
