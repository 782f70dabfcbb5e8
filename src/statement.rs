//! The text that is signed: nine ASCII lines, each ended by LF, in fixed order, none optional.
//!
//! A backend rebuilds it from its own values and never parses a client's text. So every field is checked before it
//! becomes a line: no value can end a line, start another, or have two spellings.

use crate::certificate::time::parse_rfc3339;
use crate::error::{Error, Field, Result};
use crate::hash::hex;
use crate::prelude::*;

/// The first line: which statement, which version.
pub const HEADER: &str = "CALOCK1";
/// The value of `format` in what a page posts.
pub const FORMAT: &str = "calock:1";
/// The longest account handle in bytes.
pub const MAX_ACCOUNT: usize = 128;
/// The longest origin in bytes: a host name has at most 253.
const MAX_ORIGIN: usize = 300;

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Log in.
    Login,
    /// Register an account.
    Register,
    /// Bind the lock to an account.
    Bind,
    /// Activate an account or lock.
    Activate,
    /// Unbind a lock from an account.
    Unbind,
    /// Submit a form or document.
    Submit,
    /// Seal a document.
    Seal,
    /// 一键检测: proves that everything works, and nothing else.
    Selftest,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Login,
        Self::Register,
        Self::Bind,
        Self::Activate,
        Self::Unbind,
        Self::Submit,
        Self::Seal,
        Self::Selftest,
    ];

    /// The word in the statement.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Register => "register",
            Self::Bind => "bind",
            Self::Activate => "activate",
            Self::Unbind => "unbind",
            Self::Submit => "submit",
            Self::Seal => "seal",
            Self::Selftest => "selftest",
        }
    }

    /// The purpose of a word.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID` for any other word.
    pub fn parse(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.as_str() == word);
        found.ok_or(Error::challenge(Field::Purpose))
    }
}

/// The fields of a statement, not yet checked: [`Self::text`] checks them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What the signature is for.
    pub purpose: Purpose,
    /// `scheme://host[:port]` as `location.origin` gives it: lower case, ASCII, no default port, nothing after it.
    pub origin: String,
    /// From the backend: 32 bytes, base64url without padding (43 characters).
    pub nonce: String,
    /// From the module: 16 bytes, base64url without padding (22 characters).
    pub client: String,
    /// The backend's account handle: printable ASCII, at most [`MAX_ACCOUNT`] bytes, no space at its ends, not `-`.
    pub account: Option<String>,
    /// Digest of the DER certificate: SM3 for SM2 keys, SHA-256 for RSA and P-256.
    pub certificate_digest: [u8; 32],
    /// Digest of what is submitted, by the same hash.
    pub payload: Option<[u8; 32]>,
    /// From the backend, with the nonce: `YYYY-MM-DDTHH:MM:SSZ`.
    pub time: String,
}

impl Statement {
    /// The nine lines.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID` with the field in the remark when one is out of bounds.
    pub fn text(&self) -> Result<String> {
        check_origin(&self.origin)?;
        check_nonce(&self.nonce)?;
        check_client(&self.client)?;
        check_account(self.account.as_deref())?;
        check_time(&self.time)?;
        let payload = self.payload.map(|digest| hex(&digest));
        let certificate = hex(&self.certificate_digest);
        let mut text = String::with_capacity(448);
        text.push_str(HEADER);
        text.push('\n');
        for (name, value) in [
            ("purpose", self.purpose.as_str()),
            ("origin", &self.origin),
            ("nonce", &self.nonce),
            ("client", &self.client),
            ("account", self.account.as_deref().unwrap_or("-")),
            ("cert", &certificate),
            ("payload", payload.as_deref().unwrap_or("-")),
            ("time", &self.time),
        ] {
            text.push_str(name);
            text.push('=');
            text.push_str(value);
            text.push('\n');
        }
        Ok(text)
    }
}

/// # Errors
/// `CHALLENGE_INVALID` unless it is 32 bytes in base64url without padding.
pub fn check_nonce(nonce: &str) -> Result<()> {
    require(is_base64url(nonce, 43, 0b11), Field::Nonce)
}

/// # Errors
/// `CHALLENGE_INVALID` unless it is 16 bytes in base64url without padding.
pub fn check_client(client: &str) -> Result<()> {
    require(is_base64url(client, 22, 0b1111), Field::Client)
}

/// # Errors
/// `CHALLENGE_INVALID` unless it is absent or printable ASCII within its bounds.
pub fn check_account(account: Option<&str>) -> Result<()> {
    let good = account.is_none_or(|account| {
        !account.is_empty()
            && account.len() <= MAX_ACCOUNT
            && account != "-"
            && account.bytes().all(|byte| (0x20..0x7F).contains(&byte))
            && !account.starts_with(' ')
            && !account.ends_with(' ')
    });
    require(good, Field::Account)
}

/// # Errors
/// `CHALLENGE_INVALID` unless it is a time in UTC with seconds, ended by `Z`.
pub fn check_time(time: &str) -> Result<()> {
    require(parse_rfc3339(time).is_some(), Field::Time)
}

/// # Errors
/// `CHALLENGE_INVALID` unless it is what `location.origin` of an http or https page can be.
pub fn check_origin(origin: &str) -> Result<()> {
    require(is_origin(origin), Field::Origin)
}

fn require(good: bool, field: Field) -> Result<()> {
    if good { Ok(()) } else { Err(Error::challenge(field)) }
}

/// Exact length, the alphabet of RFC 4648 clause 5, and zero in the bits that the last character has too many: one value
/// has one spelling.
fn is_base64url(text: &str, length: usize, spare: u8) -> bool {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    };
    text.len() == length
        && text.bytes().all(|byte| value(byte).is_some())
        && text.bytes().last().and_then(value).is_some_and(|last| last & spare == 0)
}

fn is_origin(origin: &str) -> bool {
    let (default_port, rest) = match (origin.strip_prefix("https://"), origin.strip_prefix("http://")) {
        (Some(rest), _) => ("443", rest),
        (_, Some(rest)) => ("80", rest),
        _ => return false,
    };
    let (host, port) = if rest.starts_with('[') {
        match rest.split_once(']') {
            Some((address, "")) => (address, None),
            Some((address, after)) => match after.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None => return false,
            },
            None => return false,
        }
    } else {
        match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        }
    };
    let good_host = match host.strip_prefix('[') {
        Some(address) => {
            (2..=45).contains(&address.len())
                && address.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9' | b':' | b'.'))
        }
        None => {
            host.split('.').all(|label| !label.is_empty())
                && host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
        }
    };
    let good_port = port.is_none_or(|port| {
        port != default_port
            && !port.starts_with('0')
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok()
    });
    origin.len() <= MAX_ORIGIN && good_host && good_port
}
